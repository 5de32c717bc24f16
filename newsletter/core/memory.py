"""What earlier editions told, and whether a story of today brings anything new to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.core.amounts import money_in
from newsletter.core.gazetteer import Gazetteer, names
from newsletter.core.tokens import features, flat, stems

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from newsletter.core.reading import Reading

_ALIKE = 0.6
_ALIKE_AT_ONE_LINK = 0.25  # a list page may be the link of many stories
_LONGEST_MEMORY_DAYS = 365


@dataclass(frozen=True)
class ToldStory:
    """A story of an earlier edition: when, under which headline, out of which entries.

    `texts` are the titles of its entries; they are what a later wording is compared with.
    """

    date: date
    headline: str
    entry_ids: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Memory:
    """What is remembered of a story: when it was told, and what is new since, in words."""

    told_on: date | None = None
    news: str = ""

    @property
    def novelty(self) -> float:
        """1 for a new story, 0.6 for an update, 0 for one that was told already."""
        if self.told_on is None:
            return 1.0
        return 0.6 if self.news else 0.0


def remember(
    readings: Sequence[Reading], told: Sequence[ToldStory], gazetteer: Gazetteer, today: date
) -> Memory:
    """What earlier editions, up to 30 days back, told of these entries; the latest one counts."""
    for story in sorted(told, key=lambda s: (s.date, s.headline), reverse=True):
        is_recent = 0 <= (today - story.date).days <= _LONGEST_MEMORY_DAYS
        if is_recent and _is_same(readings, story):
            return Memory(story.date, _news(readings, story, gazetteer))
    return Memory()


def _is_same(readings: Sequence[Reading], story: ToldStory) -> bool:
    ids, urls = set(story.entry_ids), set(filter(None, story.urls))
    if any(r.entry.id in ids for r in readings):
        return True
    texts = [_words(text) for text in (story.headline, *story.texts)]
    return any(
        _share(set(r.words), words) >= (_ALIKE_AT_ONE_LINK if r.entry.url in urls else _ALIKE)
        for r in readings
        for words in texts
    )


def _words(text: str) -> set[str]:
    return set(features(stems(flat(text[:400]))))


def _share(ours: set[str], theirs: set[str]) -> float:
    return len(ours & theirs) / len(ours | theirs) if ours and theirs else 0.0


def _news(readings: Sequence[Reading], story: ToldStory, gazetteer: Gazetteer) -> str:
    """What entries after that edition bring that it did not have: a sum, an event, a company."""
    known = "\n".join((story.headline, *story.texts))
    later = [
        reading
        for reading in readings
        if reading.entry.id not in story.entry_ids
        and reading.entry.published_at.date() > story.date
    ]
    if not later:
        return ""
    labels, before = frozenset().union(*(r.title_labels for r in later)), gazetteer.find(known)
    sums = {a.label for r in later for a in r.money} - {a.label for a in money_in(known)}
    if sums:
        return "a new sum"
    kinds = [gazetteer.events[name] for name in names(labels - before, "event")]
    reasons = [kind.reason for kind in kinds if kind.reason and not kind.is_dull]
    if reasons:
        return reasons[0][:1].lower() + reasons[0][1:]
    companies = names(labels - before, "company")
    return f"{companies[0]} joins" if companies else ""
