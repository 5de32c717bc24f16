"""The check that every feature of HTML and CSS works in the clients that readers use.

What is known is the pinned data of caniemail.com. A feature that fails in a client of the
configured families needs a declared fallback: a line in `email/fallbacks.yaml` beside the templates
that says what a reader gets there. One that works in part needs a line too, or is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.core.client_features import features_of
from newsletter.core.proof import Proof, block, warn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from newsletter.core.check import Finding
    from newsletter.core.client_support import Support, Weakness

CHECK = "mail clients"
MOST_NAMED = 3
"""Clients that a finding names; how many more there are is said."""

NOT_TESTED = frozenset(
    {f"html-{tag}" for tag in ("html", "head", "title", "meta", "a", "b", "br", "i", "em", "u")}
    | {
        f"html-{tag}"
        for tag in ("center", "cite", "q", "s", "sub", "sup", "font", "ins", "noscript")
    }
    | {f"css-{name}" for name in ("color", "font-family", "font-style", "content", "quotes")}
    | {"css-pseudo-class-root"}
)
"""Features of every day that caniemail.com has no page for; others unknown to it are told."""


def clients(proof: Proof) -> Iterator[Finding]:
    """Each feature works in the configured clients, or what happens without it is declared."""
    if proof.support is not None:
        yield from client_findings(proof.html, proof.support, proof.thresholds.clients)


def client_findings(html: str, support: Support, families: Iterable[str]) -> Iterator[Finding]:
    """What an HTML part asks of clients in vain, by families such as "gmail"."""
    chosen = frozenset(families)
    for slug in sorted(features_of(html) - support.fallbacks.keys() - NOT_TESTED):
        if slug not in support.weaknesses:
            words = f"nothing is known of `{_bare(slug)}` in mail clients; is it spelt right?"
            yield warn(CHECK, f"{words} {_remedy(slug)}")
            continue
        weak = [one for one in support.weaknesses[slug] if one.client.family in chosen]
        failing = [one for one in weak if not one.is_partial]
        title = support.titles[slug]
        if failing:
            words = f"`{title}` does not work in {_named(failing)}"
            yield block(CHECK, f"{words}; {_remedy(slug)}")
        elif weak:
            words = f"`{title}` works only in part in {_named(weak)}{_noted(weak)}"
            yield warn(CHECK, f"{words}; {_remedy(slug)}")


def _bare(slug: str) -> str:
    return slug.partition("-")[2]


def _remedy(slug: str) -> str:
    return f"declare `{slug}` in email/fallbacks.yaml of your templates folder, or take it out"


def _named(weak: list[Weakness]) -> str:
    names = [f"{one.client.name} ({one.version})" for one in weak[:MOST_NAMED]]
    more = len(weak) - len(names)
    if more:
        return f"{', '.join(names)} and {more} more"
    return " and ".join((", ".join(names[:-1]), names[-1])) if names[1:] else names[0]


def _noted(weak: list[Weakness]) -> str:
    """The first thing noted of the first of them."""
    notes = next((one.notes for one in weak if one.notes), ())
    return f" ({notes[0].rstrip('.')})" if notes else ""
