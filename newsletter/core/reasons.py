"""Why a story stands where it does, in short sentences for its readers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from newsletter.core.events import Event, happened
from newsletter.core.explanation import listed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from newsletter.core.gazetteer import Gazetteer
    from newsletter.core.memory import Memory
    from newsletter.core.outlets import Coverage
    from newsletter.core.reading import Reading

_MOST_ELEMENTS = 3


def reasons_of(
    readings: Sequence[Reading],
    shown: Reading,
    told_by: Coverage,
    event: Event,
    elements: Sequence[str],
    memory: Memory,
    gazetteer: Gazetteer,
) -> tuple[str, ...]:
    """Who tells the story, what happened, which elements it names, when it was told before."""
    found = [_covered(readings, shown, told_by), *happened(event, shown, gazetteer)]
    if elements:
        found.append(f"Names {listed([name.lower() for name in elements[:_MOST_ELEMENTS]])}")
    if memory.words:
        found.append(memory.words)
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
