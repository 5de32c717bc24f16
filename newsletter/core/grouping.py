"""Entries about one event become one group. Hiding a story in another's group is the worse fault.

Texts that are the same are joined first; then groups grow by the likeness of all their members
(average linkage), the surest pair first, so that the order of the input plays no part.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from newsletter.core.evidence import actors_of
from newsletter.core.evidence_table import table_of
from newsletter.core.pairing import pairs
from newsletter.core.reading import Reading, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from newsletter.core.entry import Entry
    from newsletter.core.evidence_table import Floats, Places
    from newsletter.core.gazetteer import Gazetteer

LEAST_ODDS = 0.0
"""Log-odds from which two groups are one: the mean of all pairs, and a share of the best pair."""

_SHARE_OF_BEST = 0.65
_SUREST, _UNSURE = 3.0, -3.0
_TWO, _APART = -7.0, -24.0
"""Odds from which a pair contradicts itself, and what it counts: a third must not bridge it."""

_NONE: Mapping[str, str] = MappingProxyType({})


def group(
    entries: Sequence[Entry], gazetteer: Gazetteer, *, known: Mapping[str, str] = _NONE
) -> tuple[tuple[Entry, ...], ...]:
    """The entries in groups, one an event: oldest entry first, oldest group first."""
    readings = [read(entry, gazetteer) for entry in entries]
    return tuple(
        tuple(reading.entry for reading in members)
        for members in group_readings(readings, gazetteer, known=known)
    )


def group_readings(
    readings: Sequence[Reading], gazetteer: Gazetteer, *, known: Mapping[str, str] = _NONE
) -> tuple[tuple[Reading, ...], ...]:
    """As `group`, for entries that have been read already.

    `known` is what earlier runs found, entry id to story id. Entries of one story stay together and
    two such stories never become one; a new entry joins one of them or founds its own.
    """
    twins = _twins(sorted(readings, key=_age), known, gazetteer)
    twins.sort(key=lambda members: _age(_fullest(members)))
    stories = [known.get(members[0].entry.id, "") for members in twins]
    table = table_of([_fullest(members) for members in twins], gazetteer)
    linkage = _Linkage(stories)
    linkage.link(_telling(pairs(table), stories))
    groups = [
        sorted((reading for place in places for reading in twins[place]), key=_age)
        for places in linkage.grown()
    ]
    return tuple(tuple(members) for members in sorted(groups, key=lambda g: _age(g[0])))


def _fullest(twins: Sequence[Reading]) -> Reading:
    """The first reading with the most text: it stands for its twins."""
    return max(twins, key=lambda reading: len(reading.lead))


def _age(reading: Reading) -> tuple[object, ...]:
    return (reading.entry.published_at, reading.entry.id, reading.entry.url, reading.entry.title)


def _twins(
    readings: Sequence[Reading], known: Mapping[str, str], gazetteer: Gazetteer
) -> list[list[Reading]]:
    """Readings with the same title and no other text, close in time, however often they come.

    A title alone proves little: each company has a "Quarterly Activities Report", and each week its
    "NdPr price assessment". Where the texts do not agree too, pairing decides.
    """
    by_title: dict[tuple[str, ...], list[_Twins]] = defaultdict(list)
    found: list[_Twins] = []
    for reading in readings:
        words = reading.title_items or (reading.entry.title.strip(), reading.entry.url)
        same = by_title[(known.get(reading.entry.id, ""), *words)]
        text = _text_of(reading, gazetteer)
        twins = next((twins for twins in same[-_MOST_TEXTS:] if twins.agree(reading, text)), None)
        if twins is None:
            twins = _Twins()
            same.append(twins)
            found.append(twins)
        twins.add(reading, text)
    return [twins.readings for twins in found]


_TWIN_DAYS = 5.0
_MOST_TEXTS = 12
_LEAST_COMMON = 0.6


@dataclass(frozen=True)
class _Text:
    """What stands below a title: its words and numbers, and whom title, text or outlet name."""

    words: frozenset[str]
    numbers: frozenset[str]
    companies: frozenset[str]

    def agrees(self, other: _Text) -> bool:
        """Whether both may be one text, of which one is shorter; nothing agrees with all."""
        if self.companies and other.companies and self.companies.isdisjoint(other.companies):
            return False
        fewer, more = sorted((self, other), key=lambda text: len(text.words))
        common = len(fewer.words & more.words)
        return common >= _LEAST_COMMON * len(fewer.words) and fewer.numbers <= more.numbers


class _Twins:
    """Readings of one text; `text` is the longest of theirs, which each of them agrees with."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []
        self.text = _Text(_NO_WORDS, _NO_WORDS, _NO_WORDS)

    def agree(self, reading: Reading, text: _Text) -> bool:
        """Whether a later reading with this text is one more of them."""
        return _days(self.readings[0], reading) <= _TWIN_DAYS and self.text.agrees(text)

    def add(self, reading: Reading, text: _Text) -> None:
        """Take in one more."""
        self.readings.append(reading)
        self.text = _Text(
            max(self.text.words, text.words, key=len),
            self.text.numbers | text.numbers,
            self.text.companies or text.companies,
        )


_NO_WORDS = frozenset[str]()


def _text_of(reading: Reading, gazetteer: Gazetteer) -> _Text:
    numbers = reading.lead_figures.union(amount.label for amount in reading.money)
    return _Text(frozenset(reading.lead_words), numbers, actors_of(reading, gazetteer))


def _days(ours: Reading, theirs: Reading) -> float:
    return abs((ours.entry.published_at - theirs.entry.published_at).total_seconds()) / 86_400


def _telling(
    parts: Iterable[tuple[Places, Places, Floats]], stories: Sequence[str]
) -> Iterator[tuple[int, int, float]]:
    """The pairs that may play a part: both places can join something, and odds are not the least.

    Two groups are never surer than the best pair of theirs, so that a place without a sure one
    stays alone.
    """
    held = [
        (one[tells], other[tells], odds[tells])
        for one, other, odds in parts
        for tells in [(odds > _UNSURE) | (odds <= _TWO)]
    ]
    joins = np.array([bool(story) for story in stories], dtype=bool)
    for one, other, odds in held:
        joins[one[odds >= LEAST_ODDS]] = True
        joins[other[odds >= LEAST_ODDS]] = True
    for one, other, odds in held:
        both = joins[one] & joins[other]
        yield from zip(one[both].tolist(), other[both].tolist(), odds[both].tolist(), strict=True)


class _Linkage:
    """Groups of places that grow by the mean log-odds of their pairs, the surest two first.

    A pair that was not compared counts as unsure as can be. A heap holds an upper bound of what
    joins two groups; what is popped is reckoned again, since growing may have lowered it.
    """

    def __init__(self, stories: Sequence[str]) -> None:
        self.members = {place: [place] for place in range(len(stories))}
        self.stories = list(stories)
        self.sums: dict[int, dict[int, float]] = {place: {} for place in self.members}
        self.best: dict[int, dict[int, float]] = {place: {} for place in self.members}

    def link(self, found: Iterable[tuple[int, int, float]]) -> None:
        """Take in pairs of places with their log-odds, each pair once."""
        for ours, theirs, value in found:
            held = min(value, _SUREST) if value > _TWO else _APART
            self.sums[ours][theirs] = self.sums[theirs][ours] = held - _UNSURE
            self.best[ours][theirs] = self.best[theirs][ours] = held

    def grown(self) -> list[list[int]]:
        """The groups, each in order of its places."""
        self._join_known()
        heap = [
            (-self._odds(one, other), one, other)
            for one, others in self.sums.items()
            for other in others
            if one < other and self._odds(one, other) >= LEAST_ODDS
        ]
        heapify(heap)
        while heap:
            bound, one, other = heappop(heap)
            if other in self.sums.get(one, ()):
                value = self._odds(one, other)
                if value >= -bound:
                    self._offer(heap, self._join(one, other))
                elif value >= LEAST_ODDS:
                    heappush(heap, (-value, one, other))
        return [sorted(places) for places in self.members.values()]

    def _odds(self, one: int, other: int) -> float:
        if self.stories[one] and self.stories[other]:
            return _UNSURE
        compared = len(self.members[one]) * len(self.members[other])
        mean = self.sums[one][other] / compared + _UNSURE
        return (1 - _SHARE_OF_BEST) * mean + _SHARE_OF_BEST * self.best[one][other]

    def _offer(self, heap: list[tuple[float, int, int]], changed: tuple[int, set[int]]) -> None:
        one, others = changed
        for other in sorted(others):
            value = self._odds(one, other)
            if value >= LEAST_ODDS:
                heappush(heap, (-value, min(one, other), max(one, other)))

    def _join(self, one: int, other: int) -> tuple[int, set[int]]:
        """Join two groups; the one that remains, and the groups whose odds with it changed."""
        keep, gone = (one, other) if len(self.sums[one]) >= len(self.sums[other]) else (other, one)
        self.members[keep] += self.members.pop(gone)
        self.stories[keep] = self.stories[keep] or self.stories[gone]
        sums, best = self.sums.pop(gone), self.best.pop(gone)
        for third, value in sums.items():
            most = best[third]
            del self.sums[third][gone], self.best[third][gone]
            if third != keep:
                total = self.sums[keep].get(third, 0.0) + value
                most = max(most, self.best[keep].get(third, _UNSURE))
                self.sums[keep][third] = self.sums[third][keep] = total
                self.best[keep][third] = self.best[third][keep] = most
        return keep, sums.keys() - {keep}

    def _join_known(self) -> None:
        """Join what an earlier run found to be one story."""
        first: dict[str, int] = {}
        for place, story in enumerate(self.stories):
            if story and story in first:
                self.sums[first[story]].setdefault(place, 0.0)
                self.sums[place].setdefault(first[story], 0.0)
                self.best[first[story]].setdefault(place, _UNSURE)
                self.best[place].setdefault(first[story], _UNSURE)
                first[story], _ = self._join(first[story], place)
            elif story:
                first[story] = place
