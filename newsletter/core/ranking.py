"""The day's ranking: entries judged, grouped, and put in order, with reasons in words.

A story's score is the weighted sum of its parts, each 0..1, divided by the sum of the weights.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from newsletter.core.events import Event, event_of, happened, mark_of
from newsletter.core.grouping import group_readings
from newsletter.core.headline import headline
from newsletter.core.highlights import choose
from newsletter.core.memory import Memory, ToldStory, remember
from newsletter.core.outlets import (
    Coverage,
    authority,
    best,
    coverage,
    document,
    is_told_elsewhere,
    list_pages,
    marks,
)
from newsletter.core.reading import Reading, read
from newsletter.core.relevance import Relevance, judge_reading
from newsletter.core.story import Ranking, Rejection, Story
from newsletter.core.topics import group_topics

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime, timedelta

    from newsletter.core.entry import Entry
    from newsletter.core.gazetteer import Gazetteer

__all__ = ["ToldStory", "Weights", "rank"]

_FULL_COVERAGE = 8
_HALF_LIFE_HOURS = 36.0
_UNDATED_SHARE = 0.8
_DULL_SHARE = 2 / 3
_MOST_NAMED = 6
_HEARSAY = 0.4


@dataclass(frozen=True)
class Weights:
    """How much each part of a story's score counts. Only the proportions matter."""

    relevance: float = 0.10
    importance: float = 0.42
    coverage: float = 0.18
    authority: float = 0.10
    freshness: float = 0.12
    novelty: float = 0.08


@dataclass(frozen=True)
class _Judged:
    """An entry that was read, judged, and whose event is known."""

    reading: Reading
    relevance: Relevance
    event: Event

    @property
    def is_possible(self) -> bool:
        """Whether the entry may be news of the field, by itself or with others."""
        return self.relevance.is_relevant or self.relevance.is_doubtful


def rank(
    entries: Sequence[Entry],
    *,
    gazetteer: Gazetteer,
    now: datetime,
    weights: Weights = Weights(),
    told: Sequence[ToldStory] = (),
    language: str = "en",
    takes_all: bool = False,
) -> Ranking:
    """All stories in order, best first, and the entries that are no news of the field.

    `now` is an aware moment; `told` is what earlier editions told; `language` is the edition's,
    in which a story's best article and headline are preferred. `takes_all` skips the relevance test
    and groups whole topics instead of single events.
    """
    judged = _all_judged(_once(entries), gazetteer)
    if takes_all:
        groups = _topics(judged)
    else:
        groups = _grouped([one for one in judged if one.is_possible], gazetteer)
    teller = _Teller(gazetteer, now, weights, tuple(told), language, list_pages(entries))
    stories = [teller.story(members) for members in groups]
    taken = {id(one) for members in groups for one in members}
    rejected = [_rejection(one) for one in judged if id(one) not in taken]
    return Ranking(
        now=now,
        stories=tuple(sorted(stories, key=lambda story: (-story.score, story.id))),
        rejected=tuple(sorted(rejected, key=lambda r: (-r.relevance, r.entry_id))),
    )


def _grouped(judged: Sequence[_Judged], gazetteer: Gazetteer) -> list[list[_Judged]]:
    """The groups that tell news of the field: at least one of their entries says so by itself."""
    by_reading = {id(one.reading): one for one in judged}
    groups = group_readings([one.reading for one in judged], gazetteer)
    found = [[by_reading[id(reading)] for reading in members] for members in groups]
    return [members for members in found if any(one.relevance.is_relevant for one in members)]


def _topics(judged: Sequence[_Judged]) -> list[list[_Judged]]:
    by_reading = {id(one.reading): one for one in judged}
    groups = group_topics([one.reading for one in judged])
    return [[by_reading[id(reading)] for reading in members] for members in groups]


def _once(entries: Iterable[Entry]) -> list[Entry]:
    """Each entry once by its id, in the order of the ids."""
    ordered = sorted(entries, key=lambda entry: (entry.id, entry.published_at, entry.url))
    return list({entry.id: entry for entry in reversed(ordered)}.values())


def _all_judged(entries: Sequence[Entry], gazetteer: Gazetteer) -> list[_Judged]:
    """Every entry read and judged; a text that came before in one outlet is not read again."""
    known: dict[tuple[str, ...], _Judged] = {}
    found: list[_Judged] = []
    for entry in entries:
        key = (entry.title, entry.outlet, entry.host, entry.summary, entry.text)
        if key not in known:
            known[key] = _judged(read(entry, gazetteer), gazetteer)
        one = known[key]
        found.append(replace(one, reading=replace(one.reading, entry=entry)))
    return found


def _judged(reading: Reading, gazetteer: Gazetteer) -> _Judged:
    return _Judged(reading, judge_reading(reading, gazetteer), event_of(reading, gazetteer))


def _rejection(one: _Judged) -> Rejection:
    entry = one.reading.entry
    return Rejection(entry.id, entry.title, entry.outlet, one.relevance.score, one.relevance.reason)


@dataclass(frozen=True)
class _Teller:
    """Makes stories out of judged entries."""

    gazetteer: Gazetteer
    now: datetime
    weights: Weights
    told: tuple[ToldStory, ...]
    language: str
    list_pages: frozenset[str]

    def story(self, members: Sequence[_Judged]) -> Story:
        """The story that a group of entries tells."""
        readings = [one.reading for one in members]
        shown = self._shown(members)
        told_by = coverage(readings, self.gazetteer)
        event = _as_told(_main_event(members), members, shown)
        memory = remember(readings, self.told, self.gazetteer, self.now.date())
        parts = self._parts(members, told_by, event, memory)
        entries = _shown_first(readings, shown)
        title = headline(shown.entry.title, shown.entry.outlet, shown.entry.host)
        elements = _named(one.relevance.elements for one in members)
        return Story(
            id=_identity(readings),
            entries=entries,
            best=shown.entry,
            primary=document(readings, shown),
            headline=title or shown.entry.title or shown.entry.url,
            section=event.section,
            event=event.kind.name,
            outlets=told_by.outlets,
            outlet_names=told_by.names,
            score=self._score(parts),
            parts=parts,
            reasons=_reasons(readings, shown, told_by, event, elements, memory),
            highlights=choose(entries),
            marks=marks(shown) + mark_of(event),
            elements=elements,
            companies=_named(self.gazetteer.houses(one.relevance.companies) for one in members),
            countries=_countries(members),
            published_at=shown.entry.published_at,
            told_on=memory.told_on,
        )

    def _shown(self, members: Sequence[_Judged]) -> Reading:
        """The best article; what only comments, or is doubtful by itself, gives way."""
        dull = frozenset(
            one.reading.entry.id
            for one in members
            if one.event.kind.is_dull or not one.relevance.is_relevant
        )
        readings = [one.reading for one in members]
        return best(readings, self.gazetteer, self.language, dull, self.list_pages)

    def _parts(
        self, members: Sequence[_Judged], told_by: Coverage, event: Event, memory: Memory
    ) -> dict[str, float]:
        parts = {
            "relevance": max(one.relevance.score for one in members),
            "importance": event.importance * _standing(members),
            "coverage": min(1.0, math.log(told_by.outlets) / math.log(_FULL_COVERAGE)),
            "authority": max(authority(one.reading) for one in members),
            "freshness": self._freshness([one.reading.entry for one in members]),
            "novelty": memory.novelty,
        }
        return {name: round(value, 3) for name, value in parts.items()}

    def _freshness(self, entries: Sequence[Entry]) -> float:
        """Half after 36 hours; the mean of the first and the latest report."""
        first = min(entries, key=lambda entry: entry.published_at)
        latest = max(entries, key=lambda entry: entry.published_at)
        return (self._decay(first) + self._decay(latest)) / 2

    def _decay(self, entry: Entry) -> float:
        hours = max(0.0, (self.now - entry.published_at).total_seconds() / 3600)
        known = 1.0 if entry.date_is_known else _UNDATED_SHARE
        return float(0.5 ** (hours / _HALF_LIFE_HOURS)) * known

    def _score(self, parts: dict[str, float]) -> float:
        total = sum(getattr(self.weights, name) * value for name, value in parts.items())
        whole = sum(getattr(self.weights, name) for name in parts)
        return round(total / whole, 4) if whole else 0.0


def _standing(members: Sequence[_Judged]) -> float:
    """What only promoters and forums tell is hardly an event."""
    hearsay = all(is_told_elsewhere(one.reading) for one in members)
    return _HEARSAY if hearsay else 1.0


def _main_event(members: Sequence[_Judged]) -> Event:
    """The event of the story: of what most entries tell, the weightiest; dull only if most are."""
    dull = [one.event for one in members if one.event.kind.is_dull]
    telling = [one.event for one in members if not one.event.kind.is_dull] or dull
    if len(dull) >= _DULL_SHARE * len(members):
        telling = dull
    votes = Counter(name for event in telling for name in event.told)

    def weight(event: Event) -> tuple[float, float, str]:
        share = votes[event.kind.name] / len(telling)
        return (event.importance * (0.6 + 0.4 * share), event.importance, event.section)

    return max(telling, key=weight)


def _as_told(event: Event, members: Sequence[_Judged], shown: Reading) -> Event:
    """The event, only planned where the shown article, or else most of the others, say so."""
    same = [one for one in members if one.event.kind is event.kind]
    said = [one.event.is_planned for one in same if one.reading is shown]
    told = said or [one.event.is_planned for one in same]
    return replace(event, is_planned=2 * sum(told) >= len(told) > 0)


def _shown_first(readings: Sequence[Reading], shown: Reading) -> tuple[Entry, ...]:
    rest = [reading.entry for reading in readings if reading is not shown]
    return (shown.entry, *rest)


def _identity(readings: Sequence[Reading]) -> str:
    """Twelve hex digits that stay the same when later entries join the story."""
    first = min(readings, key=lambda r: (r.entry.published_at, r.entry.id))
    return hashlib.sha256(first.entry.id.encode("utf-8", "replace")).hexdigest()[:12]


def _named(found: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The names most entries give, the most given first."""
    counted = Counter(name for names in found for name in names)
    ordered = sorted(counted, key=lambda name: (-counted[name], name))
    return tuple(ordered[:_MOST_NAMED])


def _countries(members: Sequence[_Judged]) -> tuple[str, ...]:
    """The countries named; those of the titles count twice, since they act."""
    titles = [one.reading.names_in_title("country") for one in members]
    return _named([*titles, *(one.relevance.countries for one in members)])


def _reasons(
    readings: Sequence[Reading],
    shown: Reading,
    told_by: Coverage,
    event: Event,
    elements: tuple[str, ...],
    memory: Memory,
) -> tuple[str, ...]:
    """Why the story stands where it does, in short sentences with their numbers."""
    found = [_covered(readings, shown, told_by), *happened(event)]
    if elements:
        found.append(f"Names {_listed([name.lower() for name in elements[:3]])}")
    if memory.told_on:
        found.append(_remembered(memory, memory.told_on))
    return tuple(found)


def _covered(readings: Sequence[Reading], shown: Reading, told_by: Coverage) -> str:
    if told_by.outlets == 1 and len(told_by.names) > 1:
        return f"One report, carried by {len(told_by.names)} outlets"
    if told_by.outlets == 1:
        return f"Only {shown.entry.outlet or 'one outlet'} has it so far"
    times = [reading.entry.published_at for reading in readings]
    return f"{told_by.outlets} independent outlets {_within(max(times) - min(times))}"


def _within(span: timedelta) -> str:
    hours = round(span.total_seconds() / 3600)
    if hours < 1:
        return "on the same day"
    if hours < 24:  # noqa: PLR2004 - a day
        return "within an hour" if hours == 1 else f"within {hours} hours"
    days = math.ceil(hours / 24) + (hours % 24 == 0)
    return f"within {days} days"


def _remembered(memory: Memory, told_on: date) -> str:
    day = f"{told_on.day} {told_on:%B}"
    return f"Told on {day}; new: {memory.news}" if memory.news else f"Told on {day}, nothing new"


def _listed(names: Sequence[str]) -> str:
    if len(names) < 2:  # noqa: PLR2004 - nothing to join
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
