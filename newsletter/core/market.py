"""The market strip: each series with its latest value, its changes, and how fresh it is.

An old number is never passed off as new: every line says as of when it stands, and what is older
than its rhythm allows, or could not be read, says since when it is stale and shows no change.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from newsletter.core.links import linkable
from newsletter.core.market_values import LEAST
from newsletter.core.words import MONTHS, clean, count_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from newsletter.core.beside import Point, Series

MOST_DRAWN = 30
UNMOVED = 4
"""So many equal points in a row are told to be unchanged."""
_WEEK, _OLDEST_OF_A_WEEK = 7, 14
_SIGNS = {"up": "\u25b2", "down": "\u25bc", "level": "="}
_PLUS, _MINUS = "+", "\u2212"
_LEAST_SHOWN = 0.05
"""Per cent; smaller changes are told with two decimals."""
_MOST_TOLD = 1000
"""Per cent; what changes by more has changed its unit, or one of both numbers is wrong."""


@dataclass(frozen=True)
class Rhythm:
    """How often a source sets a value: what it makes of age, and how a step is called.

    `stale_after` are the days after which a value is old (a weekend and a day, for `day`);
    `reach` the days between two points that still are one step.
    """

    stale_after: int
    reach: int
    step: str


RHYTHMS = {
    "day": Rhythm(4, 5, "on the day"),
    "week": Rhythm(9, 10, "on the week"),
    "month": Rhythm(40, 45, "on the month"),
}


@dataclass(frozen=True)
class MarketLine:
    """One series as it stands in the strip, all in words but `values`, the points of its picture.

    `day_change` is the latest step, in words such as "+1.2 % on the day", `week_change` that of a
    week; both are empty where there is nothing to compare with. `course` is "up", "down" or
    "level", "" without a step, and `sign` shows it to those who see no colour. `standing` says as
    of when, or since when it is stale (`is_stale`). `alt` says in words what the picture shows.
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

    @property
    def sign(self) -> str:
        """The sign of the course."""
        return _SIGNS.get(self.course, "")

    @property
    def changes(self) -> str:
        """Both changes after the sign: "▲ +1.2 % on the day, +3.4 % in a week"; "" without."""
        told = ", ".join(filter(None, (self.day_change, self.week_change)))
        return f"{self.sign} {told}".strip()


def market_lines(series: Sequence[Series], day: date, zone: ZoneInfo) -> tuple[MarketLine, ...]:
    """The lines of the strip for an edition's date; a series without a point has none."""
    known = [(one, _usable(one, day)) for one in series]
    return tuple(_line(one, points, day, zone) for one, points in known if points)


def _usable(one: Series, day: date) -> tuple[Point, ...]:
    return tuple(point for point in one.points if point.day <= day and point.value >= LEAST)


def _line(one: Series, points: tuple[Point, ...], day: date, zone: ZoneInfo) -> MarketLine:
    is_stale = _is_stale(one, points, day)
    steps = () if is_stale else points
    before, week = _step_before(steps, RHYTHMS[one.every]), _week_before(steps, one.every)
    latest = points[-1].value
    drawn = points[-MOST_DRAWN:]
    day_change = _change_words(before, latest, RHYTHMS[one.every].step)
    week_change = _change_words(week, latest, "in a week")
    return MarketLine(
        name=clean(one.name),
        value=_number(latest, one.decimals),
        unit=clean(one.unit),
        day_change=day_change,
        week_change=week_change,
        course=_course(day_change or week_change),
        standing=_standing(one, points, day, zone, is_stale=is_stale),
        is_stale=is_stale,
        source=clean(one.source),
        url=linkable(one.url),
        alt=_alt(one, drawn, day),
        values=tuple(point.value for point in drawn) if len(drawn) > 1 else (),
    )


def _is_stale(one: Series, points: Sequence[Point], day: date) -> bool:
    age = (day - points[-1].day).days
    return age > RHYTHMS[one.every].stale_after or (bool(one.problem) and age > 0)


def _step_before(points: Sequence[Point], rhythm: Rhythm) -> float | None:
    """The value one step before the latest."""
    if len(points) < 2:  # noqa: PLR2004 - a step has two ends
        return None
    before, latest = points[-2], points[-1]
    return before.value if (latest.day - before.day).days <= rhythm.reach else None


def _week_before(points: Sequence[Point], every: str) -> float | None:
    """The value a week before the latest, of what is set each day."""
    if every != "day" or not points:
        return None
    ages = [((points[-1].day - point.day).days, point.value) for point in reversed(points)]
    return next((value for age, value in ages if _WEEK <= age <= _OLDEST_OF_A_WEEK), None)


def _change_words(before: float | None, latest: float, when: str) -> str:
    """A change such as "+1.2 % on the day"; "" where nobody would believe it."""
    change = (latest - before) / before * 100 if before else inf
    if not abs(change) <= _MOST_TOLD:
        return ""
    words = f"{abs(change):,.{1 if abs(change) >= _LEAST_SHOWN else 2}f}"
    if not words.strip("0."):
        return f"level {when}"
    return f"{_PLUS if change > 0 else _MINUS}{words} % {when}"


def _course(told: str) -> str:
    """The course of a change as it is told: the sign and the words never differ."""
    return {"": "", _PLUS: "up", _MINUS: "down"}.get(told[:1], "level")


def _standing(
    one: Series, points: Sequence[Point], day: date, zone: ZoneInfo, *, is_stale: bool
) -> str:
    """As of when the latest value stands, or since when it is stale or has not moved."""
    latest = points[-1].day
    read = min(one.read_at.astimezone(zone).date(), day)
    if not one.is_dated and not one.problem and read >= latest:
        return _undated_standing(points, read, day)
    if is_stale:
        return f"stale since {_day(latest, day)}"
    unmoved = _unmoved_words(points, day)
    return f"as of {_day(latest, day)}{unmoved}"


def _undated_standing(points: Sequence[Point], read: date, day: date) -> str:
    """Of a number without a date we know when we read it, and when it last differed."""
    words = f"as read on {_day(read, day)}"
    if read == points[-1].day:
        return words
    at_least = "" if len(points) > 1 else "at least "
    return f"{words}, unchanged since {at_least}{_day(points[-1].day, day)}"


def _unmoved_words(points: Sequence[Point], day: date) -> str:
    moved = [place for place, point in enumerate(points) if point.value != points[-1].value]
    first = moved[-1] + 1 if moved else 0
    if len(points) - first < UNMOVED:
        return ""
    at_least = "" if moved else "at least "
    return f", unchanged since {at_least}{_day(points[first].day, day)}"


def _alt(one: Series, points: Sequence[Point], day: date) -> str:
    """What the picture shows: when, from where to where, and between which bounds."""
    if len(points) < 2:  # noqa: PLR2004 - no picture
        return ""
    values = [point.value for point in points]
    first, last, least, most = (
        _number(value, one.decimals) for value in (values[0], values[-1], min(values), max(values))
    )
    days = f"{_day(points[0].day, day)} to {_day(points[-1].day, day)}"
    count = count_words(len(points), "point")
    return clean(
        f"{one.name}, {count}, {days}: from {first} to {last} {one.unit}".rstrip()
        + f", lowest {least}, highest {most}"
    )


def _number(value: float, decimals: int) -> str:
    """With so many decimals, or as many as it takes to be more than nothing."""
    words = f"{value:,.{decimals}f}"
    return words if words.strip("0.") else f"{value:.6f}".rstrip("0")


def _day(one: date, today: date) -> str:
    """A day as tables have it: "3 Nov", with its year where that is another."""
    year = "" if one.year == today.year else f" {one.year}"
    return f"{one.day} {MONTHS[one.month - 1][:3]}{year}"
