"""The checks: each complains about what it is for, and about nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from newsletter.core.check import Finding, Level
from newsletter.core.checks import CHECKS, blocks, examine
from newsletter.core.proof import Proof
from newsletter.sample.edition import sample_draft

UNSUBSCRIBE = "https://personal.invalid/unsubscribe"
PREFERENCES = "https://personal.invalid/preferences"
DRAFT = sample_draft(datetime(2026, 4, 7, 6, 30, tzinfo=UTC), UTC)
LINKS = "\n".join(story.url for story in DRAFT.stories)
HTML = (
    '<!DOCTYPE html>\n<html lang="en"><head><style>p{}</style></head><body>'
    f'<p>9 Pit Lane, Baotou</p><a href="{UNSUBSCRIBE}">leave</a>'
    f'<a href="{PREFERENCES}">change</a></body></html>'
)
GOOD = Proof(
    draft=DRAFT,
    subject="Lynas opens a heavy rare earth line in Malaysia",
    html=HTML,
    text=f"{LINKS}\n{UNSUBSCRIBE}\n{PREFERENCES}\n",
    unsubscribe=UNSUBSCRIBE,
    preferences=PREFERENCES,
    sender="Brief <daily@brief.test>",
    postal_address="9 Pit Lane, Baotou",
    base_url="https://brief.test",
    transport="smtp",
    recipients=3,
)


def complaints(**changes: object) -> dict[str, Finding]:
    found = examine(replace(GOOD, **changes))  # type: ignore[arg-type]
    return {finding.check: finding for finding in found if finding.level is not Level.PASS}


def test_a_good_edition_passes_every_check() -> None:
    found = examine(GOOD)
    assert [finding.level for finding in found] == [Level.PASS] * len(CHECKS)
    assert blocks(found) == ()


def with_stories(number: int) -> dict[str, object]:
    lead = DRAFT.lead if number else None
    return {"draft": replace(DRAFT, lead=lead, sections=(), also=())}


def test_an_empty_day_is_blocked() -> None:
    finding = complaints(**with_stories(0))["enough stories"]
    assert finding.level is Level.BLOCK
    assert "nothing to tell" in finding.message


def test_a_nearly_empty_day_is_blocked_and_says_how_to_send_it() -> None:
    finding = complaints(**with_stories(1))["enough stories"]
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


def test_the_text_part_has_every_storys_link() -> None:
    text = GOOD.text.replace(DRAFT.stories[2].url, "")
    assert complaints(text=text)["text part"].level is Level.BLOCK


def test_a_mail_without_a_doctype_is_blocked() -> None:
    assert complaints(html=HTML.removeprefix("<!DOCTYPE html>\n"))["HTML"].level is Level.BLOCK
