"""Entries about one event become one group. Hiding a story in another's group is the worse fault.

Texts that are the same are joined first; then groups grow by the likeness of all their members
(average linkage), the surest pair first, so that the order of the input plays no part.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

from newsletter.core.reading import Reading, read
from newsletter.core.similarity import (
    Profile,
    candidates,
    is_told_by,
    likeness,
    profiles,
    together,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsletter.core.entry import Entry
    from newsletter.core.gazetteer import Gazetteer

LEAST_LIKENESS = 0.27
"""Average likeness from which two groups are one (set on the development data)."""

LEAST_TOGETHER = 0.34
_LEAST_PAIR = 0.21
_SHARE_OF_BEST = 0.2
_MOST_COMPARED = 12
_SMALL, _LARGE = 2, 3
_MOST_ROUNDS = 12


def group(entries: Sequence[Entry], gazetteer: Gazetteer) -> tuple[tuple[Entry, ...], ...]:
    """The entries in groups, one an event: oldest entry first, oldest group first."""
    readings = [read(entry, gazetteer) for entry in entries]
    return tuple(
        tuple(reading.entry for reading in members)
        for members in group_readings(readings, gazetteer)
    )


def group_readings(
    readings: Sequence[Reading], gazetteer: Gazetteer
) -> tuple[tuple[Reading, ...], ...]:
    """As `group`, for entries that have been read already."""
    twins = _twins(sorted(readings, key=_age))
    found = profiles([members[0] for members in twins], gazetteer)
    clusters = _joined(found, _grown(found))
    groups = [
        sorted((reading for place in cluster for reading in twins[place]), key=_age)
        for cluster in clusters
    ]
    return tuple(tuple(members) for members in sorted(groups, key=lambda g: _age(g[0])))


def _age(reading: Reading) -> tuple[object, ...]:
    return (reading.entry.published_at, reading.entry.id, reading.entry.url, reading.entry.title)


def _twins(readings: Sequence[Reading]) -> list[list[Reading]]:
    """Readings with the same words in the title, close in time, however often they come."""
    by_title: dict[tuple[str, ...], list[list[Reading]]] = defaultdict(list)
    found: list[list[Reading]] = []
    for reading in readings:
        key = reading.title_items or (reading.entry.title.strip(), reading.entry.url)
        known = by_title[key]
        if known and _days(known[-1][0], reading) <= _TWIN_DAYS and len(key) >= _LEAST_TWIN_WORDS:
            known[-1].append(reading)
        else:
            known.append([reading])
            found.append(known[-1])
    return found


_TWIN_DAYS = 5.0
_LEAST_TWIN_WORDS = 1


def _days(ours: Reading, theirs: Reading) -> float:
    return abs((ours.entry.published_at - theirs.entry.published_at).total_seconds()) / 86_400


def _grown(found: Sequence[Profile]) -> list[list[int]]:
    """Clusters of places, grown from the surest pair on."""
    known: dict[tuple[int, int], float] = {}

    def alike(one: int, other: int) -> float:
        pair = (one, other) if one < other else (other, one)
        if pair not in known:
            known[pair] = likeness(found[pair[0]], found[pair[1]])
        return known[pair]

    sure = [(alike(*pair), pair) for pair in candidates(found)]
    edges = sorted(
        ((value, pair) for value, pair in sure if value >= _LEAST_PAIR),
        key=lambda edge: (-edge[0], edge[1]),
    )
    cluster_of = {place: [place] for place in range(len(found))}
    for _, (one, other) in edges:
        ours, theirs = cluster_of[one], cluster_of[other]
        if ours is theirs:
            continue
        some, more = ours[:_MOST_COMPARED], theirs[:_MOST_COMPARED]
        values = [alike(a, b) for a in some for b in more]
        mean = math.fsum(values) / len(values)
        if (1 - _SHARE_OF_BEST) * mean + _SHARE_OF_BEST * max(values) >= LEAST_LIKENESS:
            ours.extend(theirs)
            ours.sort()
            cluster_of.update(dict.fromkeys(theirs, ours))
    distinct = {id(cluster): cluster for cluster in cluster_of.values()}
    return list(distinct.values())


def _joined(found: Sequence[Profile], clusters: Sequence[list[int]]) -> list[list[int]]:
    """Clusters whose members together tell one event, joined the surest first.

    Each round joins what is sure and compares again, until nothing is sure enough.
    """
    members = [sorted(cluster) for cluster in sorted(clusters)]
    known: dict[tuple[int, ...], Profile] = {}
    values: dict[tuple[int, int], float] = {}
    for _ in range(_MOST_ROUNDS):
        now = [known.setdefault(tuple(c), _one(found, c)) for c in members]
        sure: list[tuple[float, int, int]] = []
        for one, other in candidates(now):
            if now[one].size + now[other].size > 2:  # noqa: PLR2004 - two single ones
                pair = id(now[one]), id(now[other])
                if pair not in values:
                    values[pair] = _surety(now[one], now[other])
                if values[pair] >= LEAST_TOGETHER:
                    sure.append((-values[pair], one, other))
        if not sure:
            break
        members = _merged(members, sorted(sure))
    return members


def _surety(ours: Profile, theirs: Profile) -> float:
    """How surely two clusters are one; enough where a large one tells all of a small one."""
    value = likeness(ours, theirs)
    small, large = (ours, theirs) if ours.size <= theirs.size else (theirs, ours)
    if value >= LEAST_TOGETHER or small.size > _SMALL or large.size < _LARGE:
        return value
    return LEAST_TOGETHER if is_told_by(small, large) else value


def _one(found: Sequence[Profile], cluster: Sequence[int]) -> Profile:
    return together([found[place] for place in cluster]) if len(cluster) > 1 else found[cluster[0]]


def _merged(
    members: Sequence[list[int]], sure: Sequence[tuple[float, int, int]]
) -> list[list[int]]:
    """The clusters after a round: each joins its surest other, and one may be joined by many."""
    centre: dict[int, int] = {}
    for _, one, other in sure:
        large, small = sorted((one, other), key=lambda place: (-len(members[place]), place))
        if small not in centre and centre.get(large, large) == large:
            centre[large] = centre[small] = large
    joined: dict[int, list[int]] = defaultdict(list)
    for place, cluster in enumerate(members):
        joined[centre.get(place, place)].extend(cluster)
    return sorted(sorted(cluster) for cluster in joined.values())
