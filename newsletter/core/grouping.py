"""Entries about one event become one group. Hiding a story in another's group is the worse fault.

Texts that are the same are joined first; then groups grow by the likeness of all their members
(average linkage), the surest pair first, so that the order of the input plays no part.
"""

from __future__ import annotations

from collections import defaultdict
from heapq import heapify, heappop, heappush
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

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

_SHARE_OF_BEST = 0.7
_SUREST, _UNSURE = 3.0, -3.0
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
    twins = _twins(sorted(readings, key=_age), known)
    stories = [known.get(members[0].entry.id, "") for members in twins]
    table = table_of([members[0] for members in twins], gazetteer)
    linkage = _Linkage(stories)
    linkage.link(_telling(pairs(table), stories))
    groups = [
        sorted((reading for place in places for reading in twins[place]), key=_age)
        for places in linkage.grown()
    ]
    return tuple(tuple(members) for members in sorted(groups, key=lambda g: _age(g[0])))


def _age(reading: Reading) -> tuple[object, ...]:
    return (reading.entry.published_at, reading.entry.id, reading.entry.url, reading.entry.title)


def _twins(readings: Sequence[Reading], known: Mapping[str, str]) -> list[list[Reading]]:
    """Readings with the same words in the title, close in time, however often they come."""
    by_title: dict[tuple[str, ...], list[list[Reading]]] = defaultdict(list)
    found: list[list[Reading]] = []
    for reading in readings:
        words = reading.title_items or (reading.entry.title.strip(), reading.entry.url)
        same = by_title[(known.get(reading.entry.id, ""), *words)]
        if same and _days(same[-1][0], reading) <= _TWIN_DAYS:
            same[-1].append(reading)
        else:
            same.append([reading])
            found.append(same[-1])
    return found


_TWIN_DAYS = 5.0


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
        (one[odds > _UNSURE], other[odds > _UNSURE], odds[odds > _UNSURE])
        for one, other, odds in parts
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
            held = min(value, _SUREST)
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
