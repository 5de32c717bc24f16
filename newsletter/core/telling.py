"""A story out of the entries that tell it: its event, its best article, its parts, its reasons."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from newsletter.core.events import OTHER, Event, event_of, mark_of
from newsletter.core.headline import headline
from newsletter.core.outlets import (
    Coverage,
    authority,
    best,
    coverage,
    document,
    marks,
)
from newsletter.core.reasons import reasons_of
from newsletter.core.relevance import Relevance, judge_reading
from newsletter.core.story import Story

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from newsletter.core.entry import Entry
    from newsletter.core.gazetteer import Gazetteer
    from newsletter.core.memory import Memory
    from newsletter.core.reading import Reading

_FULL_COVERAGE = 8
_HALF_LIFE_HOURS = 48.0
_UNDATED_SHARE = 0.8
_DULL_SHARE = 2 / 3
_MOST_NAMED = 6
_HEARSAY = {"promotion": 0.3, "blog": 0.4, "forum": 0.85}
"""What counts of an event that only such outlets tell; a forum's hot list names the day's news."""

_TALKED_ABOUT = 0.6
_MOST_OF_A_FIRST = 0.7


@dataclass(frozen=True)
class Weights:
    """How much each part of a story's score counts. Only the proportions matter."""

    relevance: float = 0.04
    importance: float = 0.44
    coverage: float = 0.09
    authority: float = 0.03
    freshness: float = 0.05
    novelty: float = 0.07
    distinctness: float = 0.28


@dataclass(frozen=True, slots=True)
class Judged:
    """An entry that was read, judged, and whose event is known."""

    reading: Reading
    relevance: Relevance
    event: Event

    @property
    def is_possible(self) -> bool:
        """Whether the entry may be news of the field, by itself or with others."""
        return self.relevance.is_relevant or self.relevance.is_doubtful


def judged(reading: Reading, gazetteer: Gazetteer) -> Judged:
    """The entry of a reading with its relevance and its event."""
    return Judged(reading, judge_reading(reading, gazetteer), event_of(reading, gazetteer))


@dataclass(frozen=True)
class Teller:
    """Makes stories out of judged entries, as they look at one moment."""

    gazetteer: Gazetteer
    now: datetime
    weights: Weights
    language: str
    list_pages: frozenset[str]
    topics: Mapping[str, Sequence[str]]

    def story(
        self, members: Sequence[Judged], story_id: str, memory: Memory, telling: Sequence[Judged]
    ) -> Story:
        """The story that a group of entries tells, as if no other stood above it.

        `telling` are those of them that tell today's news, from which its event and its article
        are taken.
        """
        readings = [one.reading for one in members]
        shown = self._shown(telling)
        told_by = coverage(readings, self.gazetteer)
        event = _as_told(_main_event(telling), telling, shown)
        said = _as_said(event, telling, shown)
        event = _lifted(event, max(one.event.lift for one in telling))
        parts = self._parts(members, told_by, event, memory)
        elements = _named(one.relevance.elements for one in members)
        title = headline(shown.entry.title, shown.entry.outlet, shown.entry.host)
        return Story(
            id=story_id,
            entries=_shown_first(readings, shown),
            best=shown.entry,
            primary=document([one.reading for one in telling], shown),
            headline=title or shown.entry.title or shown.entry.url,
            section=event.section,
            event=event.kind.name,
            outlets=told_by.outlets,
            outlet_names=told_by.names,
            score=score(parts, self.weights),
            parts=parts,
            reasons=reasons_of(readings, shown, told_by, said, elements, memory, self.gazetteer),
            highlights=(),
            marks=marks(shown) + mark_of(event),
            elements=elements,
            companies=_named(self.gazetteer.houses(one.relevance.companies) for one in members),
            countries=_countries(members),
            published_at=shown.entry.published_at,
            told_on=memory.told_on,
            news=memory.news,
        )

    def _shown(self, members: Sequence[Judged]) -> Reading:
        """The best article; what only comments, or is doubtful by itself, gives way."""
        dull = frozenset(
            one.reading.entry.id
            for one in members
            if one.event.kind.is_dull or not one.relevance.is_relevant
        )
        readings = [one.reading for one in members]
        return best(readings, self.gazetteer, self.language, dull, self.list_pages)

    def _parts(
        self, members: Sequence[Judged], told_by: Coverage, event: Event, memory: Memory
    ) -> dict[str, float]:
        parts = {
            "relevance": max(one.relevance.score for one in members),
            "importance": event.importance * _standing(members) * _liveliness(members, event),
            "coverage": min(1.0, math.log(told_by.outlets) / math.log(_FULL_COVERAGE)),
            "authority": max(self._authority(one.reading, event.section) for one in members),
            "freshness": self._freshness([one.reading.entry for one in members]),
            "novelty": memory.novelty,
            "distinctness": 1.0,
        }
        return {name: round(value, 3) for name, value in parts.items()}

    def _authority(self, reading: Reading, section: str) -> float:
        named = (self.topics.get(name, ()) for name in reading.entry.sources)
        return authority(reading, section, [topic for topics in named for topic in topics])

    def _freshness(self, entries: Sequence[Entry]) -> float:
        """Half after 48 hours; the mean of the first and the latest report."""
        first = min(entries, key=lambda entry: entry.published_at)
        latest = max(entries, key=lambda entry: entry.published_at)
        return (self._decay(first) + self._decay(latest)) / 2

    def _decay(self, entry: Entry) -> float:
        hours = max(0.0, (self.now - entry.published_at).total_seconds() / 3600)
        known = 1.0 if entry.date_is_known else _UNDATED_SHARE
        return float(0.5 ** (hours / _HALF_LIFE_HOURS)) * known


def score(parts: Mapping[str, float], weights: Weights) -> float:
    """The weighted mean of the parts, 0..1."""
    total = sum(getattr(weights, name) * value for name, value in parts.items())
    whole = sum(getattr(weights, name) for name in parts)
    return round(total / whole, 4) if whole else 0.0


def _standing(members: Sequence[Judged]) -> float:
    """What only promoters and blogs tell is hardly an event."""
    return max(_trust(one.reading.outlet_kinds) for one in members)


def _trust(kinds: frozenset[str]) -> float:
    return min((share for kind, share in _HEARSAY.items() if kind in kinds), default=1.0)


def _liveliness(members: Sequence[Judged], event: Event) -> float:
    """Less where most entries only comment: a saga that is talked about is no act of the day."""
    if event.kind.is_dull:
        return 1.0
    dull = sum(one.event.kind.is_dull for one in members) / len(members)
    return 1.0 - _TALKED_ABOUT * dull


def _main_event(members: Sequence[Judged]) -> Event:
    """The event of the story: of what most entries tell, the weightiest; dull only if most are."""
    dull = [one.event for one in members if one.event.kind.is_dull]
    telling = [one.event for one in members if not one.event.kind.is_dull] or dull
    if len(dull) >= _DULL_SHARE * len(members):
        telling = dull
    votes = Counter(name for event in telling for name in event.told)

    def weight(event: Event) -> tuple[float, float, float, str]:
        share = votes[event.kind.name] / len(telling)
        weighed = event.importance * (0.6 + 0.4 * share)
        return (weighed, event.importance, event.kind.importance, event.section)

    return max(telling, key=weight)


def _lifted(event: Event, lift: float) -> Event:
    """The event as a first of its kind: small acts gain, weighty ones are so without it."""
    lifted = min(_MOST_OF_A_FIRST, event.importance + lift)
    return replace(event, importance=max(event.importance, lifted))


def _as_told(event: Event, members: Sequence[Judged], shown: Reading) -> Event:
    """The event, only planned where the shown article, or else most of the others, say so."""
    same = [one for one in members if one.event.kind is event.kind]
    said = [one.event.is_planned for one in same if one.reading is shown]
    told = said or [one.event.is_planned for one in same]
    return replace(event, is_planned=2 * sum(told) >= len(told) > 0)


def _as_said(event: Event, members: Sequence[Judged], shown: Reading) -> Event:
    """The event for a reason, which says no more than the shown headline or half of all do."""
    own = next(one.event for one in members if one.reading is shown)
    kind = event.kind.name
    if kind in own.in_title:
        return replace(event, is_denied=own.is_denied and own.kind is event.kind)
    if own.kind.name in own.in_title:
        return own
    if 2 * sum(kind in one.event.in_title for one in members) >= len(members):
        return event
    return replace(event, kind=OTHER)


def _shown_first(readings: Sequence[Reading], shown: Reading) -> tuple[Entry, ...]:
    rest = [reading.entry for reading in readings if reading is not shown]
    return (shown.entry, *rest)


def _named(found: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The names most entries give, the most given first."""
    counted = Counter(name for names in found for name in names)
    ordered = sorted(counted, key=lambda name: (-counted[name], name))
    return tuple(ordered[:_MOST_NAMED])


def _countries(members: Sequence[Judged]) -> tuple[str, ...]:
    """The countries named; those of the titles count twice, since they act."""
    titles = [one.reading.names_in_title("country") for one in members]
    return _named([*titles, *(one.relevance.countries for one in members)])
