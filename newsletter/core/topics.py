"""Texts about one topic become one group: a coarser view than `grouping`, for undated sets.

The preset behind `--all`. Nothing but words counts: no time, no names, no kinds of event. The
same numbers serve every set; `communities` says how coarse a topic is.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsletter.core.reading import Reading

_MOST_WORDS = 20
"""Words of a text that count in full. A title with fewer is filled up with the words after it."""


def group_topics(readings: Sequence[Reading]) -> tuple[tuple[Reading, ...], ...]:
    """The readings in groups, one a topic; the order of the input plays no part."""
    same: dict[tuple[str, ...], list[Reading]] = defaultdict(list)
    for reading in sorted(readings, key=lambda reading: reading.entry.id):
        same[_words(reading)].append(reading)
    found: dict[int, list[Reading]] = defaultdict(list)
    for label, twins in zip(topics_of(list(same)), same.values(), strict=True):
        found[label].extend(twins)
    groups = (sorted(members, key=lambda reading: reading.entry.id) for members in found.values())
    return tuple(map(tuple, groups))


def _words(reading: Reading) -> tuple[str, ...]:
    """What a text is compared by; of a text of stop words those, else its own id."""
    room = max(0, _MOST_WORDS - len(reading.words))
    said = (*reading.words, *reading.lead_words[:room]) or reading.title_items
    return said or (f"id:{reading.entry.id}",)


def topics_of(texts: Sequence[Sequence[str]]) -> list[int]:
    """The number of the topic of each text, which is given as its words."""
    if len(texts) <= 1:
        return [0] * len(texts)
    from newsletter.core.communities import communities
    from newsletter.core.vectors import counted, neighbours, shortened, weighed

    counts = counted(texts)
    found = communities(shortened(counts, _MOST_WORDS), neighbours(weighed(counts)))
    return [int(label) for label in found]
