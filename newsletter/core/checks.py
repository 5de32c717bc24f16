"""The checks an edition passes before it leaves. Adding one is a function and a line in `CHECKS`.

A check looks at a `Proof` and answers with findings under its own name; none means that it passed,
and so does a `pass` that says what was looked at. `block` keeps an edition from leaving by itself,
`warn` is told to the editor. docs/checks.md has the table for people.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from newsletter.core import (
    check_day,
    check_html,
    check_links,
    check_personal,
    check_sending,
    check_words,
)
from newsletter.core.check import Finding, Level
from newsletter.core.check_clients import clients
from newsletter.core.check_contrast import contrast

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from newsletter.core.proof import Proof

OFF = "off"
CHECKS: tuple[tuple[str, Callable[[Proof], Iterator[Finding]]], ...] = (
    ("enough stories", check_day.enough_stories),
    ("corroborated", check_day.corroborated),
    ("told before", check_day.not_told_before),
    ("sources answered", check_day.sources_answered),
    ("each story once", check_day.stories_once),
    ("safe links", check_links.safe_links),
    ("private links", check_links.public_links),
    ("honest links", check_links.honest_links),
    ("host names", check_links.plain_hosts),
    ("links answer", check_links.links_answer),
    ("subject", check_words.subject_line),
    ("preheader", check_words.preheader),
    ("way out", check_sending.way_out),
    ("personal links", check_personal.personal_links),
    ("postal address", check_sending.postal_address),
    ("sender", check_sending.real_sender),
    ("links to us", check_sending.reachable_site),
    ("audience", check_sending.audience),
    ("message", check_sending.can_be_mailed),
    ("spam score", check_sending.spam_score),
    ("size", check_html.size),
    ("HTML", check_html.doctype),
    ("valid HTML", check_html.valid_html),
    ("headings", check_html.headings),
    ("alt texts", check_html.alt_texts),
    ("picture sizes", check_html.picture_sizes),
    ("picture weight", check_html.picture_weight),
    ("remote pictures", check_html.nothing_remote),
    ("active content", check_html.nothing_active),
    ("mail clients", clients),
    ("contrast", contrast),
    ("placeholders", check_words.nothing_left_over),
    ("damaged text", check_words.no_damage),
    ("text part", check_words.whole_text_part),
    ("wording", check_day.wording),
)
NAMES = tuple(name for name, _ in CHECKS)
PAGE_CHECKS = frozenset(
    (
        *("safe links", "private links", "honest links", "subject", "way out", "postal address"),
        *("size", "HTML", "valid HTML", "headings", "alt texts", "picture sizes", "picture weight"),
        *("remote pictures", "active content", "placeholders", "damaged text", "text part"),
    )
)
"""Those that another page of the same edition may fail, and that cost little."""


def examine(proof: Proof, only: Collection[str] = NAMES) -> tuple[Finding, ...]:
    """The findings of some checks in the order of `CHECKS`; one without a complaint is a `pass`."""
    checks = [one for one in CHECKS if one[0] in only]
    return tuple(finding for name, check in checks for finding in _findings(proof, name, check))


def _findings(
    proof: Proof, name: str, check: Callable[[Proof], Iterator[Finding]]
) -> list[Finding]:
    """One check's findings, at the level that the configuration gives to its complaints."""
    level = proof.thresholds.levels.get(name, "")
    if level == OFF:
        return [Finding(name, Level.PASS, "off, by `checks.levels`")]
    found = _looked(proof, name, check) or [Finding(name, Level.PASS, "")]
    return [replace(one, level=Level(level)) if _counts(one, level) else one for one in found]


def _looked(proof: Proof, name: str, check: Callable[[Proof], Iterator[Finding]]) -> list[Finding]:
    """What a check finds; what it could not look at keeps the edition, and no run ends of it."""
    try:
        return list(check(proof))
    except Exception as error:  # noqa: BLE001 - whatever it is, the other checks count
        words = (
            f"could not be looked at ({type(error).__name__}): a fault of the program, not of the"
            " edition; look at the edition yourself, and please report it"
        )
        return [Finding(name, Level.BLOCK, words)]


def _counts(finding: Finding, level: str) -> bool:
    return bool(level) and finding.level is not Level.PASS


def blocks(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings that keep an edition from leaving."""
    return tuple(finding for finding in findings if finding.level is Level.BLOCK)
