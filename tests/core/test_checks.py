"""The checks: each complains about what it is for, and about nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.anatomy import anatomy_of
from newsletter.core.check import Finding, Level
from newsletter.core.check_links import links_to_ask
from newsletter.core.checks import CHECKS, blocks, examine
from newsletter.core.edition import Draft
from newsletter.core.proof import LinkAnswer, LinkAnswers, Proof, SpamRating, Thresholds
from newsletter.core.story import Story
from newsletter.sample.edition import sample_draft

UNSUBSCRIBE = "https://personal.invalid/unsubscribe"
PREFERENCES = "https://personal.invalid/preferences"
SAMPLE = sample_draft(datetime(2026, 4, 7, 6, 30, tzinfo=UTC), UTC)
assert SAMPLE.lead


def at_a_real_host(story: Story, number: int) -> Story:
    """The story, linked to a host that is none of those kept for examples."""
    return replace(story, best=replace(story.best, url=f"https://www.oxideledger.com/{number}"))


DRAFT = replace(
    SAMPLE,
    lead=replace(at_a_real_host(SAMPLE.lead, 0), outlets=3),
    sections=tuple(
        replace(
            part, stories=tuple(at_a_real_host(one, n) for n, one in enumerate(part.stories, 1))
        )
        for part in SAMPLE.sections
    ),
    also=tuple(at_a_real_host(one, n) for n, one in enumerate(SAMPLE.also, 10)),
)
LINES = "\n".join(f"{story.headline}\n{story.url}" for story in DRAFT.stories)
ITEMS = "".join(f'<h2><a href="{story.url}">{story.headline}</a></h2>\n' for story in DRAFT.stories)
PICTURE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9Q"
    "DwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
HTML = (
    '<!DOCTYPE html>\n<html lang="en" dir="ltr"><head><title>Brief</title><style>p{}</style></head>'
    f"<body><div>{DRAFT.preheader}</div><h1>Brief</h1>{ITEMS}<p>9 Pit Lane, Baotou</p>"
    f'<a href="{UNSUBSCRIBE}">leave</a><a href="{PREFERENCES}">change</a></body></html>'
)
GOOD = Proof(
    draft=DRAFT,
    subject="Lynas opens a heavy rare earth line in Malaysia",
    html=HTML,
    text=f"{LINES}\n{UNSUBSCRIBE}\n{PREFERENCES}\n",
    unsubscribe=UNSUBSCRIBE,
    preferences=PREFERENCES,
    sender="Brief <daily@brief.test>",
    postal_address="9 Pit Lane, Baotou",
    base_url="https://brief.test",
    transport="smtp",
    recipients=3,
)


def with_body(markup: str) -> dict[str, object]:
    """The good edition with something more in it."""
    return {"html": HTML.replace("</h1>", f"</h1>{markup}")}


def complaints(**changes: object) -> dict[str, Finding]:
    found = examine(replace(GOOD, **changes))  # type: ignore[arg-type]
    return {finding.check: finding for finding in found if finding.level is not Level.PASS}


def test_a_good_edition_passes_every_check() -> None:
    found = examine(GOOD)
    assert [finding for finding in found if finding.level is not Level.PASS] == []
    assert [finding.check for finding in found] == [name for name, _ in CHECKS]
    assert blocks(found) == ()


def with_stories(number: int) -> dict[str, object]:
    lead = DRAFT.lead if number else None
    return {"draft": replace(DRAFT, lead=lead, sections=(), also=())}


def test_an_empty_day_is_blocked() -> None:
    finding = complaints(**with_stories(0))["enough stories"]
    assert finding.level is Level.BLOCK
    assert "nothing to tell" in finding.message


def test_a_nearly_empty_day_is_blocked_and_says_how_to_send_it() -> None:
    three = Thresholds(least_stories=3)
    finding = complaints(**with_stories(1), thresholds=three)["enough stories"]
    assert finding.level is Level.BLOCK
    assert "edition.least_stories" in finding.message


def with_sources(read: int, failed: int) -> dict[str, object]:
    figures = replace(DRAFT.figures, sources_read=read, sources_failed=failed)
    return {"draft": replace(DRAFT, figures=figures)}


@pytest.mark.parametrize(
    ("read", "failed", "level"), [(20, 2, Level.WARN), (3, 3, Level.WARN), (2, 3, Level.BLOCK)]
)
def test_failing_sources_warn_and_most_failing_block(read: int, failed: int, level: Level) -> None:
    assert complaints(**with_sources(read, failed))["sources answered"].level is level


def test_a_story_that_stands_twice_is_blocked() -> None:
    assert DRAFT.lead
    twice = replace(DRAFT, also=(DRAFT.lead,))
    found = [one for one in examine(replace(GOOD, draft=twice)) if one.check == "each story once"]
    assert Level.BLOCK in {finding.level for finding in found}


def test_one_headline_over_two_stories_is_told() -> None:
    assert DRAFT.lead
    other = replace(DRAFT.also[0], headline=DRAFT.lead.headline)
    findings = complaints(draft=replace(DRAFT, also=(other,)))
    assert findings["each story once"].level is Level.WARN


def test_two_stories_may_share_the_link_of_a_list_of_news() -> None:
    lead, other = DRAFT.stories[:2]
    shared = replace(other, best=replace(other.best, url=lead.url))
    findings = complaints(draft=replace(DRAFT, also=(shared,)))
    assert findings["each story once"].level is Level.WARN


@pytest.mark.parametrize("target", ["javascript:alert(1)", "data:text/html,x", "ftp://a/", "/x"])
def test_a_link_that_is_none_of_the_web_is_blocked(target: str) -> None:
    html = HTML.replace("<body>", f'<body><a href="{target}">x</a>')
    assert complaints(html=html)["safe links"].level is Level.BLOCK


@pytest.mark.parametrize(
    "words", ['href="x"', "HREF='javascript:x'", "&lt;a href=&quot;data:x&quot;&gt;"]
)
def test_words_that_look_like_a_link_are_none(words: str) -> None:
    assert "safe links" not in complaints(**with_body(f"<p>{words}</p>"))


@pytest.mark.parametrize(
    "markup", ["<a href=' JavaScript:x'>x</a>", "<a href=data:x>x</a>", '<area href="ftp://a/">']
)
def test_an_unsafe_link_is_found_however_it_is_written(markup: str) -> None:
    assert complaints(**with_body(markup))["safe links"].level is Level.BLOCK


def test_the_case_of_a_links_scheme_is_no_matter() -> None:
    assert "safe links" not in complaints(**with_body('<a href="HTTPS://NEWS.dev/x">x</a>'))


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://10.0.0.5/x", "10.0.0.5 is a private address"),
        ("https://odd.dev/{{x}}", "none that a mail may hold"),
        ("https://odd.dev/x", "the templates do not place odd.dev here"),
    ],
)
def test_a_story_that_stands_without_its_link_is_told_and_leaves(url: str, why: str) -> None:
    assert DRAFT.lead
    lead = replace(DRAFT.lead, best=replace(DRAFT.lead.best, url=url))
    found = complaints(draft=replace(DRAFT, lead=lead))
    assert found["safe links"].level is Level.WARN
    assert why in found["safe links"].message
    assert "text part" not in found


@pytest.mark.parametrize(
    ("subject", "level"),
    [
        ("", Level.BLOCK),
        ("One\nBcc: x@y.z", Level.BLOCK),
        ("Short", Level.WARN),
        ("x" * 100, Level.WARN),
        ("CHINA BANS ALL EXPORTS OF TERBIUM", Level.WARN),
    ],
)
def test_a_subject_is_one_readable_line(subject: str, level: Level) -> None:
    assert complaints(subject=subject)["subject"].level is level


@pytest.mark.parametrize("part", ["html", "text"])
@pytest.mark.parametrize("link", [UNSUBSCRIBE, PREFERENCES])
def test_without_a_way_out_nothing_leaves(part: str, link: str) -> None:
    body = getattr(GOOD, part).replace(link, "https://elsewhere.test/")
    assert complaints(**{part: body})["way out"].level is Level.BLOCK


def test_the_postal_address_must_stand_in_the_mail() -> None:
    assert complaints(postal_address="1 Other Road")["postal address"].level is Level.BLOCK


@pytest.mark.parametrize(
    ("setting", "value", "check"),
    [
        ("sender", "Brief <daily@news.example.org>", "sender"),
        ("base_url", "http://brief.test", "links to us"),
        ("base_url", "http://127.0.0.1:8000", "links to us"),
    ],
)
def test_examples_block_real_mail_and_only_warn_on_this_machine(
    setting: str, value: str, check: str
) -> None:
    assert complaints(**{setting: value})[check].level is Level.BLOCK
    assert complaints(**{setting: value, "transport": "files"})[check].level is Level.WARN
    assert complaints(**{setting: value, "recipients": None})[check].level is Level.WARN


def test_nobody_to_send_to_is_blocked_only_when_mail_would_leave() -> None:
    assert complaints(recipients=0)["audience"].level is Level.BLOCK
    assert "audience" not in complaints(recipients=None)


@pytest.mark.parametrize(("kilobytes", "level"), [(85, Level.WARN), (99, Level.BLOCK)])
def test_a_mail_that_gmail_would_cut_is_told(kilobytes: int, level: Level) -> None:
    html = HTML.replace("<body>", "<body>" + "x" * kilobytes * 1000)
    assert complaints(html=html)["size"].level is level


def test_a_style_block_that_gmail_would_drop_is_told() -> None:
    html = HTML.replace("p{}", "p{}" * 6000)
    assert complaints(html=html)["size"].level is Level.WARN


@pytest.mark.parametrize("left", ["{{ name }}", "{% if %}"])
@pytest.mark.parametrize("part", ["html", "text"])
def test_a_placeholder_left_over_is_blocked(part: str, left: str) -> None:
    body = getattr(GOOD, part) + left
    assert complaints(**{part: body})["placeholders"].level is Level.BLOCK


def test_braces_that_a_headline_brought_are_no_placeholder() -> None:
    assert DRAFT.lead
    headline = "Rare earths {{ explained }}"
    draft = replace(DRAFT, lead=replace(DRAFT.lead, headline=headline))
    assert "placeholders" not in complaints(draft=draft, html=HTML + headline)


def test_what_cannot_become_a_message_does_not_leave() -> None:
    assert complaints(message_fault="too long")["message"].level is Level.BLOCK


@pytest.mark.parametrize("damage", ["Chinaโ€™s", "Chinaâ€™s", "rare\ufffdearth", "MÃ¼nchen"])
def test_text_that_went_through_a_wrong_charset_is_blocked(damage: str) -> None:
    assert complaints(text=GOOD.text + damage)["damaged text"].level is Level.BLOCK


@pytest.mark.parametrize("clean", ["北方稀土", "แร่หายาก", "München’s “x” — y", "Ōsaka €5"])
def test_real_text_of_any_script_is_not_taken_for_damage(clean: str) -> None:
    assert "damaged text" not in complaints(text=GOOD.text + clean)


@pytest.mark.parametrize("clean", ["นโยบาย", "ไทย\xa0ลาว", "นโยบาย\xa0"])
def test_thai_is_not_taken_for_damage(clean: str) -> None:
    assert "damaged text" not in complaints(text=GOOD.text + clean)


def test_damage_that_a_story_brought_is_told_and_leaves() -> None:
    assert DRAFT.lead
    best = replace(DRAFT.lead.best, title="rare\ufffdearth")
    draft = replace(DRAFT, lead=replace(DRAFT.lead, best=best))
    found = complaints(draft=draft, text=f"{GOOD.text} rare\ufffdearth")
    assert found["damaged text"].level is Level.WARN


def test_the_text_part_has_every_storys_link() -> None:
    text = GOOD.text.replace(DRAFT.stories[2].url, "")
    assert complaints(text=text)["text part"].level is Level.BLOCK


def test_a_mail_without_a_doctype_is_blocked() -> None:
    assert complaints(html=HTML.removeprefix("<!DOCTYPE html>\n"))["HTML"].level is Level.BLOCK


def test_a_story_that_no_second_outlet_tells_is_told_where_nothing_else_is_better_founded() -> None:
    assert DRAFT.lead
    alone = replace(DRAFT, lead=replace(DRAFT.lead, outlets=1))
    assert complaints(draft=alone)["corroborated"].level is Level.WARN
    document = replace(DRAFT.lead, outlets=1, primary=DRAFT.lead.best)
    assert "corroborated" not in complaints(draft=replace(DRAFT, lead=document))


def test_more_founded_stories_can_be_asked_for() -> None:
    wanted = Thresholds(corroborated=2)
    assert complaints(thresholds=wanted)["corroborated"].level is Level.WARN


def yesterday(*stories: Story) -> tuple[Draft, ...]:
    return (
        replace(DRAFT, lead=None, sections=(), also=stories, subject="Something else entirely"),
    )


def test_a_story_of_yesterday_without_news_does_not_leave_in_full() -> None:
    assert DRAFT.lead
    assert complaints(earlier=yesterday(DRAFT.lead))["told before"].level is Level.BLOCK
    assert complaints(earlier=yesterday(DRAFT.also[0]))["told before"].level is Level.WARN


def test_a_story_of_yesterday_comes_back_with_news() -> None:
    assert DRAFT.lead
    told = replace(DRAFT.lead, told_on=DRAFT.date, news="a quota of 135,000 tonnes")
    draft = replace(DRAFT, lead=told)
    assert "told before" not in complaints(draft=draft, earlier=yesterday(DRAFT.lead))


def test_what_the_editor_brings_back_without_news_is_a_reminder_only() -> None:
    assert DRAFT.lead
    draft = replace(DRAFT, lead=replace(DRAFT.lead, told_on=DRAFT.date))
    found = complaints(draft=draft, earlier=yesterday(DRAFT.lead))["told before"]
    assert found.level is Level.WARN


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://10.0.0.4/x",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://localhost:8000/",
        "http://intranet/",
        "http://printer.local/",
        "http://wiki.corp.internal/",
        "http://ok@127.0.0.1/",
        "HTTP://LOCALHOST./",
    ],
)
def test_a_link_into_a_private_network_is_blocked(url: str) -> None:
    found = complaints(**with_body(f'<a href="{url}">x</a>'))["private links"]
    assert found.level is Level.BLOCK


@pytest.mark.parametrize("url", ["https://8.8.8.8/", "https://a.dev/", "https://[2606:4700::1]/"])
def test_a_public_address_is_no_private_one(url: str) -> None:
    assert "private links" not in complaints(**with_body(f'<a href="{url}">x</a>'))


def test_a_private_host_may_be_linked_to_where_the_configuration_names_it_and_our_own_always() -> (
    None
):
    inside = with_body('<a href="http://wiki.corp.internal/x">x</a>')
    allowed = frozenset({"wiki.corp.internal:80"})
    assert "private links" not in complaints(**inside, allowed_hosts=allowed)
    ours = {**with_body('<a href="http://localhost:8000/archive/1">x</a>')}
    assert "private links" not in complaints(**ours, base_url="http://localhost:8000")


def test_a_name_that_leads_into_a_private_network_is_blocked() -> None:
    answers = LinkAnswers((LinkAnswer("https://inside.dev/", "private", is_private=True),))
    found = complaints(answers=answers)
    assert found["private links"].level is Level.BLOCK
    assert "links answer" not in found or found["links answer"].level is Level.BLOCK


def test_a_storys_name_that_leads_into_a_private_network_is_told() -> None:
    assert DRAFT.lead
    inside = LinkAnswers((LinkAnswer(DRAFT.lead.url, "private", is_private=True),))
    told = replace(DRAFT, lead=replace(DRAFT.lead, entries=(DRAFT.lead.best,)))
    assert complaints(answers=inside, draft=told)["private links"].level is Level.WARN


@pytest.mark.parametrize(
    ("words", "url"),
    [
        ("https://bank.com", "https://evil.dev/"),
        ("bank.com", "https://evil.dev/bank.com"),
        ("www.bank.com/login?x=1", "https://evil.dev/"),
        ("Log in at https://bank.com/ today", "https://evil.dev/"),
        ("bank.co.uk", "https://evil.co.uk/"),
        ("bank.com", "https://bank.com.evil.dev/"),
        ("https://bank.com", "https://bank.com@evil.dev/"),
    ],
)
def test_words_that_are_an_address_lead_there(words: str, url: str) -> None:
    found = complaints(**with_body(f'<a href="{url}">{words}</a>'))["honest links"]
    assert found.level is Level.BLOCK


@pytest.mark.parametrize(
    ("words", "url"),
    [
        ("bank.com", "https://www.bank.com/a"),
        ("news.bank.co.uk", "https://www.bank.co.uk/a"),
        ("Read the notice", "https://evil.dev/"),
        ("annual-report.pdf", "https://filings.dev/annual-report.pdf"),
        ("desk@bank.com", "mailto:desk@bank.com"),
        ("中国稀土.com", "https://xn--fiqs8s6ct66m.com/"),
        ("U.S. curbs", "https://news.dev/"),
    ],
)
def test_other_words_may_lead_anywhere(words: str, url: str) -> None:
    assert "honest links" not in complaints(**with_body(f'<a href="{url}">{words}</a>'))


def test_a_host_in_foreign_letters_is_shown_in_its_bare_form() -> None:
    found = complaints(**with_body('<a href="https://b\u0430nk.com/">x</a>'))["host names"]
    assert found.level is Level.WARN
    assert "xn--" in found.message


def answers(dead: int, alive: int) -> LinkAnswers:
    problems = [LinkAnswer(f"https://d.dev/{n}", f"d.dev/{n} answered 404") for n in range(dead)]
    good = [LinkAnswer(f"https://a.dev/{n}") for n in range(alive)]
    return LinkAnswers((*problems, *good), seconds=20)


@pytest.mark.parametrize(
    ("dead", "alive", "level"), [(1, 3, Level.WARN), (2, 2, Level.WARN), (3, 2, Level.BLOCK)]
)
def test_dead_links_are_told_and_block_when_they_are_most(
    dead: int, alive: int, level: Level
) -> None:
    assert complaints(answers=answers(dead, alive))["links answer"].level is level


def test_how_many_dead_links_block_is_configured() -> None:
    strict = Thresholds(dead_links_block=0.2)
    found = complaints(answers=answers(1, 3), thresholds=strict)["links answer"]
    assert found.level is Level.BLOCK


def test_a_busy_server_of_the_lead_holds_no_edition() -> None:
    assert DRAFT.lead
    busy = LinkAnswer(DRAFT.lead.url, "www.oxideledger.com/0 answered 503 Service Unavailable")
    given = LinkAnswers((busy, *answers(0, 9).given))
    assert complaints(answers=given)["links answer"].level is Level.WARN


def test_a_dead_link_of_the_lead_blocks_alone() -> None:
    assert DRAFT.lead
    dead = LinkAnswer(DRAFT.lead.url, "www.oxideledger.com/0 answered 410 Gone", is_gone=True)
    given = LinkAnswers((dead, *answers(0, 9).given))
    assert complaints(answers=given)["links answer"].level is Level.BLOCK


def test_links_that_were_not_asked_are_told_and_those_that_answer_are_counted() -> None:
    late = LinkAnswers((), ("https://slow.dev/",), 20)
    assert "not asked within 20 s" in complaints(answers=late)["links answer"].message
    found = {one.check: one for one in examine(replace(GOOD, answers=answers(0, 4)))}
    assert found["links answer"] == Finding("links answer", Level.PASS, "4 links answer")


def test_example_names_are_told_in_one_line() -> None:
    body = '<a href="https://outlet.example/1">x</a><a href="https://www.example.com/2">x</a>'
    found = complaints(**with_body(body))["links answer"]
    assert found.message.startswith("2 links lead to example names")


def test_only_links_that_somebody_else_must_answer_at_are_asked() -> None:
    body = "".join(
        f'<a href="{url}">x</a>'
        for url in (
            *("https://a.dev/1", "https://a.dev/1", "https://outlet.example/", "http://10.0.0.1/"),
            *(
                f"{PREFERENCES}#pause",
                "https://brief.test/archive/1",
                "mailto:a@b.dev",
                "#top",
                "https://x.invalid/",
            ),
        )
    )
    proof = replace(GOOD, **with_body(body))  # type: ignore[arg-type]
    assert links_to_ask(proof) == ("https://a.dev/1", *(story.url for story in DRAFT.stories))


@pytest.mark.parametrize(
    "subject",
    [
        "You won't believe what China did to the magnet makers",
        "Terbium doubles in a single morning!!",
        "Lynas opens heavy rare earth line in Malaysia",
    ],
)
def test_a_subject_that_teases_shouts_or_repeats_is_told(subject: str) -> None:
    before = (replace(yesterday()[0], subject="Lynas opens a heavy rare earth line in Malaysia"),)
    assert complaints(subject=subject, earlier=before)["subject"].level is Level.WARN


@pytest.mark.parametrize("preheader", ["", "Too short", "x" * 200, "Not in the mail " * 4])
def test_the_line_beside_the_subject_is_there_and_of_a_fit_length(preheader: str) -> None:
    html = HTML.replace(DRAFT.preheader, preheader if "Not in" not in preheader else "")
    found = complaints(draft=replace(DRAFT, preheader=preheader), html=html)
    assert found["preheader"].level is Level.WARN


def test_the_preheader_does_not_say_the_subject_again() -> None:
    assert complaints(subject=DRAFT.preheader)["preheader"].level is Level.WARN


@pytest.mark.parametrize(
    "headings",
    ["<h1>Another</h1>", "<h2></h2>", "<h4>Too deep</h4>"],
)
def test_headings_are_an_outline(headings: str) -> None:
    assert complaints(**with_body(headings))["headings"].level is Level.WARN


def test_a_mail_without_a_first_heading_is_told() -> None:
    assert complaints(html=HTML.replace("h1>", "p>"))["headings"].level is Level.WARN


@pytest.mark.parametrize("attribute", [' lang="en"', ' dir="ltr"', "<title>Brief</title>"])
def test_a_screen_reader_is_told_language_direction_and_title(attribute: str) -> None:
    assert complaints(html=HTML.replace(attribute, ""))["HTML"].level is Level.WARN


def picture(attributes: str, address: str = PICTURE) -> dict[str, object]:
    return with_body(f'<img src="{address}" {attributes}>')


def test_every_picture_has_words_and_a_size() -> None:
    whole = 'alt="NdPr at 78 dollars" width="96" height="24"'
    assert complaints(**picture(whole)) == {}
    assert complaints(**picture(whole.replace("alt", "title")))["alt texts"].level is Level.BLOCK
    unsized = complaints(**picture('alt=""'))
    assert unsized.keys() == {"picture sizes"}


def test_heavy_pictures_are_told() -> None:
    light = Thresholds(warn_picture_kilobytes=0.01)
    found = complaints(**picture('alt="" width="1" height="1"'), thresholds=light)
    assert found["picture weight"].level is Level.WARN


@pytest.mark.parametrize(
    "markup",
    [
        '<img alt="" width="1" height="1" src="https://t.dev/open.gif">',
        '<img alt="" width="1" height="1" src="//t.dev/open.gif">',
        '<table background="https://t.dev/a.png"><tr><td>x</td></tr></table>',
        "<p style=\"background:url('https://t.dev/a.png')\">x</p>",
        "<style>@import 'https://t.dev/a.css';</style>",
        '<link rel="stylesheet" href="https://t.dev/a.css">',
    ],
)
def test_an_opened_mail_asks_no_host_for_anything(markup: str) -> None:
    assert complaints(**with_body(markup))["remote pictures"].level is Level.BLOCK


@pytest.mark.parametrize(
    "markup",
    [
        "<script>x</script>",
        '<iframe srcdoc="x"></iframe>',
        '<form action="https://t.dev/"></form>',
        '<p onclick="x">a</p>',
        '<meta http-equiv="Refresh" content="0">',
    ],
)
def test_nothing_in_a_mail_is_alive(markup: str) -> None:
    assert complaints(**with_body(markup))["active content"].level is Level.BLOCK


@pytest.mark.parametrize(
    ("markup", "level"),
    [
        ("<p>a</p></span>", Level.WARN),
        ("<b>a", Level.WARN),
        ('<p id="a">a</p><p id="a">b</p>', Level.WARN),
        ('<p title="a" title="b">a</p>', Level.WARN),
        ("<table><tr><td>a</td></table>", Level.BLOCK),
        ('<a href="https://a.dev/">a<a href="https://b.dev/">b</a></a>', Level.BLOCK),
        ('<p title="a>never closed</p>', Level.BLOCK),
    ],
)
def test_html_is_what_the_standard_wants(markup: str, level: Level) -> None:
    found = [
        one.level
        for one in examine(replace(GOOD, **with_body(markup)))  # type: ignore[arg-type]
        if one.check == "valid HTML"
    ]
    assert level in found


def test_what_outlook_alone_reads_is_no_fault() -> None:
    ghost = "<!--[if mso]><table><tr><td><![endif]--><p>a</p><!--[if mso]></td></tr><![endif]-->"
    assert "valid HTML" not in complaints(**with_body(ghost))


def test_a_headline_that_the_text_part_lacks_is_told_however_its_lines_break() -> None:
    headline = DRAFT.stories[1].headline
    broken = GOOD.text.replace(headline, headline.replace(" ", "\n   "))
    assert "text part" not in complaints(text=broken)
    assert complaints(text=GOOD.text.replace(headline, ""))["text part"].level is Level.WARN


@pytest.mark.parametrize(("score", "level"), [(0.6, Level.WARN), (5.1, Level.BLOCK)])
def test_what_a_spam_filter_dislikes_is_told_with_its_rules(score: float, level: Level) -> None:
    found = complaints(spam=SpamRating(score, ("URI_HEX", "HTML_SHORT")))["spam score"]
    assert found.level is level
    assert "URI_HEX, HTML_SHORT" in found.message


def test_where_no_spam_filter_is_installed_the_check_says_so_and_passes() -> None:
    rating = SpamRating(None, note="SpamAssassin is not installed")
    found = {one.check: one for one in examine(replace(GOOD, spam=rating))}
    assert found["spam score"] == Finding("spam score", Level.PASS, rating.note)


def test_a_level_of_the_configuration_overrides_a_checks_own() -> None:
    lost = {"text": GOOD.text.replace(DRAFT.stories[2].url, "")}
    soft = Thresholds(levels={"text part": "warn"})
    assert complaints(**lost, thresholds=soft)["text part"].level is Level.WARN
    strict = Thresholds(levels={"subject": "block"})
    assert complaints(subject="Short", thresholds=strict)["subject"].level is Level.BLOCK
    assert complaints(thresholds=strict) == {}


def test_a_check_that_is_off_says_so() -> None:
    off = Thresholds(levels={"postal address": "off"})
    found = examine(replace(GOOD, postal_address="nowhere", thresholds=off))
    assert [one.message for one in found if one.check == "postal address"] == [
        "off, by `checks.levels`"
    ]


def test_checks_have_names_of_their_own() -> None:
    names = [name for name, _ in CHECKS]
    assert len(set(names)) == len(names)


@given(st.text(max_size=400))
def test_no_html_makes_a_check_fail(markup: str) -> None:
    html = HTML.replace("</h1>", f"</h1>{markup}")
    found = {one.check for one in examine(replace(GOOD, html=html))}
    assert found == {name for name, _ in CHECKS}


_TAGS = st.sampled_from(
    ["<a href=x>", "</a>", "<table>", "<td>", "</td>", "<svg>", "<!--", "-->", "<p", ">", "<img>"]
)


@given(st.lists(_TAGS | st.text(alphabet="a<>&\"'=/ \0", max_size=4), max_size=30))
def test_no_broken_markup_makes_a_check_fail(pieces: list[str]) -> None:
    anatomy = anatomy_of("".join(pieces))
    assert all(fault.line >= 1 for fault in anatomy.faults)


def test_every_check_has_its_row_in_the_documentation() -> None:
    page = (Path(__file__).parents[2] / "docs" / "checks.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)
    assert told == [name for name, _ in CHECKS]


@pytest.mark.parametrize(
    "changes",
    [
        with_body(f"<p>see {UNSUBSCRIBE}</p>"),
        with_body(f'<a href="https://evil.example/({PREFERENCES}">x</a>'),
        with_body('<a href="https://evil.example/?https%3a//PERSONAL.invalid/erase">x</a>'),
        {"text": f"{GOOD.text}Leave: {UNSUBSCRIBE}\n"},
    ],
)
def test_a_readers_link_that_no_copy_fills_in_is_blocked(changes: dict[str, object]) -> None:
    finding = complaints(**changes)["personal links"]
    assert finding.level is Level.BLOCK
    assert "no copy can fill it in" in finding.message


def test_a_headline_that_leads_to_the_readers_own_link_is_blocked() -> None:
    assert DRAFT.lead
    markup = f'<a href="{UNSUBSCRIBE}">{DRAFT.lead.headline}</a>'
    finding = complaints(**with_body(markup))["personal links"]
    assert finding.level is Level.BLOCK
    assert "leads to the reader's own link" in finding.message


class Breaking:
    """Knowledge of mail programs that nobody can read."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def __getattr__(self, _name: str) -> object:
        raise self._error


def test_a_check_that_breaks_holds_the_edition_and_the_others_are_made() -> None:
    found = examine(replace(GOOD, support=Breaking(ZeroDivisionError())))  # type: ignore[arg-type]
    assert [finding.check for finding in found] == [name for name, _ in CHECKS]
    [finding] = [one for one in found if one.level is not Level.PASS]
    assert (finding.check, finding.level) == ("mail clients", Level.BLOCK)
    assert "ZeroDivisionError" in finding.message
    assert "fault of the program" in finding.message


def test_whoever_stops_the_program_while_a_check_looks_stops_it() -> None:
    with pytest.raises(KeyboardInterrupt):
        examine(replace(GOOD, support=Breaking(KeyboardInterrupt())))  # type: ignore[arg-type]


def test_a_link_without_words_is_told_however_many_pictures_there_are() -> None:
    silent = (
        '<a href="https://www.oxideledger.com/0"><img src="data:," alt="" width="1" height="1"></a>'
    )
    spoken = silent.replace('alt=""', 'alt="The Oxide Ledger"')
    told = complaints(**with_body(silent))["alt texts"]
    assert "a link has no words" in told.message
    assert "alt texts" not in complaints(**with_body(spoken))
