"""The market strip: each series with its latest value, its changes, and how fresh it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from newsletter.core.beside import Series


@dataclass(frozen=True)
class MarketLine:
    """One series as it stands in the strip, all in words but `values`, the points of its picture.

    `day_change` and `week_change` are words such as "+1.2 % on the day", empty where there is
    nothing to compare with; `course` is "up", "down" or "level". `standing` says as of when, or
    since when it is stale (`is_stale`). `alt` says in words what the picture shows.
    """

    name: str
    value: str
    unit: str
    day_change: str
    week_change: str
    course: str
    standing: str
    is_stale: bool
    source: str
    url: str
    alt: str
    values: tuple[float, ...]


def market_lines(
    series: Sequence[Series],
    day: date,  # noqa: ARG001
    zone: ZoneInfo,  # noqa: ARG001
) -> tuple[MarketLine, ...]:
    """The lines of the strip for an edition's date; a series without a point has none."""
    return tuple(
        MarketLine(
            name=one.name,
            value=f"{one.points[-1].value:,.{one.decimals}f}",
            unit=one.unit,
            day_change="",
            week_change="",
            course="level",
            standing=f"as of {one.points[-1].day}",
            is_stale=False,
            source=one.source,
            url=one.url,
            alt="",
            values=tuple(point.value for point in one.points),
        )
        for one in series
        if one.points
    )
