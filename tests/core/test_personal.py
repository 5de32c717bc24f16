"""A reader's token goes where our own templates put that reader's link, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsletter.core.beside import Beside, Correction, Occasion, Sponsor
from newsletter.core.headers import Mailbox
from newsletter.core.links import linkable
from newsletter.core.mail import Identity, Letter, message_template, personalise
from newsletter.core.page import page_for
from newsletter.core.personal import (
    PERSONAL_URL,
    UnknownLinkError,
    filled_html,
    filled_text,
    public_html,
    public_text,
)
from newsletter.core.story import Highlight
from newsletter.core.urls import is_web_link
from newsletter.core.words import clean
from newsletter.render import Renderer, inline_styles
from tests.drafts import DAY, MADE_AT, brand, draft, entry, story

if TYPE_CHECKING:
    from newsletter.core.edition import Draft

HOME = "https://news.example.org"
LEAVE, CHANGE = f"{PERSONAL_URL}unsubscribe", f"{PERSONAL_URL}preferences"
LINKS = {"unsubscribe": f"{HOME}/u/UUU", "preferences": f"{HOME}/p/PPP"}
TOKENS = {"unsubscribe": "U" * 40, "preferences": "P" * 40}

addresses = st.sampled_from((LEAVE, CHANGE, f"{CHANGE}#pause", LEAVE.upper(), f"{PERSONAL_URL}x"))
around = st.text(st.sampled_from(" \n\"'<>()=/?#&;:%\\,.a-\u200b\u202e\x00"), max_size=8)
phrases = st.sampled_from(
    (
        '<a href="',
        "href='",
        "&quot;",
        "&#34;",
        "</a>",
        '">',
        "https://evil.example/",
        "x" * 70,
        "\n",
    )
)
hostile_texts = st.lists(addresses | around | phrases, max_size=6).map("".join)
hostile_links = st.tuples(
    st.sampled_from(("https://evil.example/", "https://e.example/?q=", "HTTPS://E.example/#", "")),
    around | phrases,
    addresses,
    around,
).map("".join)


@cache
def renderer() -> Renderer:
    return Renderer()


def told(text: str, link: str) -> Draft:
    """An edition of which one text and one link stand wherever somebody else's may."""
    best = replace(entry(f"News {text}", f"Wire {text}"), url=link)
    one = replace(
        story(best, others=(text,), highlights=((text, text),), reasons=(text,), marks=(text,)),
        headline=text,
        primary=replace(best, id="2", title=text),
        highlights=(Highlight(text, text),),
        news=text,
        told_on=DAY,
    )
    beside = Beside(
        ahead=(Occasion(DAY, text or "x", text, place=text, url=link),),
        corrections=(Correction(1, DAY, text, text, text, MADE_AT),),
        sponsor=Sponsor(text, text, link),
    )
    plain = replace(draft(one, (), (one,)), beside=beside)
    return replace(plain, subject=text, preheader=text, summary=text, quiet=text, notice=text)


def parts_of_copy(one: Draft) -> tuple[str, str]:
    """The HTML and the text of a reader's own copy."""
    page = page_for(one, brand())
    rendered = renderer().edition(page, view_url=f"{HOME}/archive/2026-04-07")
    template = message_template(
        "e",
        Letter(rendered.subject, rendered.html, rendered.text),
        Identity(Mailbox("d@news.example.org"), "d.news.example.org", "D", HOME, "example.org"),
        date=datetime(2026, 4, 7, tzinfo=UTC),
        tokens={name: len(token) for name, token in TOKENS.items()},
    )
    copy = personalise(template, delivery_id=1, recipient=Mailbox("ann@example.org"), values=TOKENS)
    mail = message_from_bytes(copy.content, policy=policy.default)
    html, text = mail.get_body(("html",)), mail.get_body(("plain",))
    assert html is not None
    assert text is not None
    return html.get_content(), text.get_content()


@given(text=hostile_texts, link=hostile_links)
@example(text=LEAVE, link=LEAVE)
@example(text=f"{'x' * 70} {CHANGE}", link=f"{CHANGE}#pause")
@example(text=f'href="{LEAVE}"', link=f"https://evil.example/({CHANGE}")
@example(text=f'"><a href="{LEAVE}">', link=f"https://evil.example/?q='{LEAVE}")
@settings(max_examples=25, deadline=None)
def test_whatever_a_feed_says_and_links_only_the_footer_has_tokens(text: str, link: str) -> None:
    leave, change = f"{HOME}/u/{TOKENS['unsubscribe']}", f"{HOME}/p/{TOKENS['preferences']}"
    html, words = parts_of_copy(told(text, link))
    for part in (html, words):
        assert part.count(TOKENS["unsubscribe"]) == 1
        assert part.count(TOKENS["preferences"]) == 2
    for target in (leave, change, f"{change}#pause"):
        assert html.count(f'href="{target}"') == 1
        assert words.splitlines().count(target) == 1


@given(words=hostile_texts)
@settings(max_examples=150, deadline=None)
def test_what_looks_like_a_link_in_words_or_in_other_attributes_is_none(words: str) -> None:
    """Even where nothing has cleaned them: lxml leaves quotes as they are in both."""
    from markupsafe import escape

    html = inline_styles(
        f'<html><body><p title="{escape(words)}">{escape(words)}</p>'
        f'<a title="{escape(words)}" href="https://evil.example/">{escape(words)}</a></body></html>'
    )
    assert filled_html(html, LINKS) == html


def test_a_link_and_its_own_words_are_filled_with_the_part_of_the_page_it_names() -> None:
    html = f'<a class="tap" href="{CHANGE}#pause" style="x">{CHANGE}#pause</a>'
    there = f"{LINKS['preferences']}#pause"
    assert filled_html(html, LINKS) == f'<a class="tap" href="{there}" style="x">{there}</a>'
    assert filled_text(f"Pause:\n  {CHANGE}#pause\r\n", LINKS) == f"Pause:\n  {there}\r\n"


@pytest.mark.parametrize(
    "html",
    [
        f"<p>{LEAVE}</p>",
        f'<a href="https://evil.example/">{LEAVE}</a>',
        f"""<a title='" href="{LEAVE}"' href="https://evil.example/">x</a>""",
        f'<a href="https://evil.example/({LEAVE}">x</a>',
        f'<a href="{LEAVE}?x">x</a>',
        f'<img src="{LEAVE}">',
    ],
)
def test_html_that_holds_the_address_otherwise_stays_as_it_is(html: str) -> None:
    assert filled_html(html, LINKS) == html
    assert public_html(html, f"{HOME}/#change") == html


@pytest.mark.parametrize("line", [f"See {LEAVE}", f"{LEAVE}.", f"({LEAVE})", f"{LEAVE} now"])
def test_a_line_that_says_more_than_the_address_stays_as_it_is(line: str) -> None:
    assert filled_text(f"a\n{line}\nb\n", LINKS) == f"a\n{line}\nb\n"
    assert public_text(line, HOME) == line


def test_a_link_that_nobody_gave_is_named() -> None:
    with pytest.raises(UnknownLinkError, match=r"personal link https://personal\.invalid/export"):
        filled_text(f"{PERSONAL_URL}export", LINKS)


def test_anybody_may_see_where_links_are_explained() -> None:
    html = f'<a href="{LEAVE}">Leave</a><a href="{CHANGE}#pause">Pause</a>'
    explained = f'<a href="{HOME}/#change">'
    assert public_html(html, f"{HOME}/#change") == f"{explained}Leave</a>{explained}Pause</a>"
    assert public_text(f"Leave:\n{LEAVE}\n", f"{HOME}/#change") == f"Leave:\n{HOME}/#change\n"


@pytest.mark.parametrize(
    "url",
    [
        LEAVE,
        "https://PERSONAL.Invalid/unsubscribe",
        "https://personal.invalid./unsubscribe",
        "https://personal%2Einvalid/unsubscribe",
        "https://%70ersonal%252einvalid/x",
        "https://personal.invalid:443/export",
        "https://x.example@personal.invalid/unsubscribe",
        "https://personal.invalid@x.example/unsubscribe",
        "https://\uff50ersonal.invalid/unsubscribe",
        "https://evil.example/(https://personal.invalid/preferences",
        "https://evil.example/?q='https://personal.invalid/unsubscribe",
        "https://evil.example/?q=https%3A%2F%2Fpersonal.invalid%2Funsubscribe",
    ],
)
def test_no_link_of_somebody_else_names_the_host(url: str) -> None:
    assert linkable(url) == ""
    assert not is_web_link(url)


def test_a_text_loses_the_host_and_keeps_its_words() -> None:
    said = clean("See https://Personal.in\x00valid/unsubscribe for impersonal data")
    assert said == "See https://Personal invalid/unsubscribe for impersonal data"
