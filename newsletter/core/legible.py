"""Entries as far as they can be read: what a wrong charset damaged beyond repair is left out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from newsletter.core.damage import damage_in
from newsletter.core.sentences import split_sentences
from newsletter.core.story import Rejection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsletter.core.entry import Entry

DAMAGED = "its title has damaged characters"
_SHOWN = 60
_LASTING = "\u00e2\u20ac"
"""Damage in letters: the replacement character is no letter, and falls where a text is printed."""


def legible(entries: Iterable[Entry]) -> tuple[list[Entry], tuple[Rejection, ...]]:
    """The entries without their damaged sentences, and those that cannot be told at all.

    These are the ones of which the title, or the outlet's name, is damaged: another outlet's may
    tell the same.
    """
    whole, damaged = [], []
    for entry in entries:
        if damage_in(entry.title) or damage_in(entry.outlet):
            damaged.append(Rejection(entry.id, entry.title, entry.outlet, 0.0, DAMAGED))
        else:
            whole.append(_without_damage(entry))
    return whole, tuple(damaged)


def _without_damage(entry: Entry) -> Entry:
    texts = (entry.summary, entry.text, *entry.highlights)
    if damage_in(entry.translated_title) or damage_in(entry.translated_summary):
        entry = replace(entry, translated_title="", translated_summary="")
    if not any(map(damage_in, texts)):
        return entry
    return replace(
        entry,
        summary=_sound(entry.summary),
        text=_sound(entry.text),
        highlights=tuple(one for one in entry.highlights if not damage_in(one)),
    )


def _sound(text: str) -> str:
    """The sentences of a text that nothing damaged, line by line."""
    if not damage_in(text):
        return text
    marked = text.replace("\ufffd", _LASTING)
    lines = (split_sentences(line) for line in marked.split("\n"))
    return "\n".join(" ".join(one for one in line if not damage_in(one)) for line in lines)


def note_of(rejected: Iterable[Rejection]) -> tuple[str, ...]:
    """What the editor is told of the entries that cannot be told: nothing, or one line."""
    damaged = [one for one in rejected if one.reason == DAMAGED]
    if not damaged:
        return ()
    first = f"{damaged[0].title[:_SHOWN]!r} of {damaged[0].outlet}"
    more = f" and {len(damaged) - 1} more" if damaged[1:] else ""
    return (f"left out, with damaged characters in the title: {first}{more}",)
