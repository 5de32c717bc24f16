"""Texts about one topic become one group: a coarser view than `grouping`, for undated sets."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsletter.core.reading import Reading


def group_topics(readings: Sequence[Reading]) -> tuple[tuple[Reading, ...], ...]:
    """The readings in groups, one a topic; the order of the input plays no part."""
    found: dict[tuple[str, ...], list[Reading]] = defaultdict(list)
    for reading in sorted(readings, key=lambda reading: reading.entry.id):
        found[reading.title_items].append(reading)
    return tuple(tuple(members) for members in found.values())
