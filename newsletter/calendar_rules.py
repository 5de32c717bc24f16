"""When an event of an iCalendar begins: its rule, further dates, exceptions (RFC 5545, 3.8.5).

dateutil works out the rules. It is kept from rules that never end within a day's reach.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from newsletter.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from icalendar import Event

EARLIEST = 1900
MOST_STEPS = 100_000  # of one rule, from its start to the days asked for: daily for 270 years
MOST_RULES = 5  # of one event: each is worked out beside the others
_LONGEST_RULE = 500
_ONCE_A_DAY = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")
_OF_THE_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")
_MARGIN = timedelta(days=2)  # the same moment is up to a day away in another zone
_CYCLE = 400  # years, after which dates fall on the same days of the week again


@dataclass(frozen=True)
class Deadline:
    """The moment at which a calendar has taken `seconds`, its whole time, by the steady clock."""

    at: float
    seconds: float

    def keep(self) -> None:
        """Go on only before it.

        Raises:
            SourceError: it has passed.
        """
        if time.monotonic() > self.at:
            words = f"has events that take over {self.seconds:g} s to work out"
            raise SourceError(words)


def deadline_in(seconds: float) -> Deadline:
    """The deadline in so many seconds."""
    return Deadline(time.monotonic() + seconds, seconds)


class EventError(Exception):
    """An event cannot be used; says why, to stand after its place."""


def begins(
    event: Event, start: date, moved: list[date], days: tuple[date, date], deadline: Deadline
) -> Iterator[date]:
    """When it begins each time: between two days, and perhaps a little before and after.

    `moved` are the times that stand for themselves, as events of their own.

    Raises:
        EventError: the rule asks for too much.
        SourceError: the deadline has passed.
    """
    first, last = days
    if first_of(event, "RECURRENCE-ID") is not None or not (
        event.get("RRULE") or event.get("RDATE")
    ):
        yield start
        return
    zone = start.tzinfo if isinstance(start, datetime) else None
    shift = (9997 - last.year) // _CYCLE * _CYCLE
    opens = _shifted(_wall(first, start) - _MARGIN, shift)
    closes = _shifted(_wall(last, start) + _MARGIN, shift)
    steps = enumerate(_every(event, start, moved, (shift, last), deadline))
    for count, moment in steps:
        deadline.keep()
        if moment > closes:
            return
        if count > MOST_STEPS:
            raise EventError(f"repeats more than {MOST_STEPS:,} times before these days")
        if moment >= opens:
            wall = _shifted(moment, -shift)
            yield wall.replace(tzinfo=zone) if isinstance(start, datetime) else wall.date()


def _every(
    event: Event, start: date, moved: list[date], bounds: tuple[int, date], deadline: Deadline
) -> Any:  # noqa: ANN401
    """Every beginning by the clock on the wall, so many years later, in order.

    dateutil goes on to the year 9999 where no day fits a rule (30 February). A shift by full cycles
    of the calendar leaves it little to search.
    """
    from dateutil.rrule import rruleset

    (shift, last), times = bounds, rruleset()
    times.rdate(_shifted(_wall(start, start), shift))
    for rule in _rules(event):
        times.rrule(_rule(rule, start, shift, last))
    for add, days in (
        (times.rdate, _dates(event, "RDATE")),
        (times.exdate, (*_dates(event, "EXDATE"), *moved)),
    ):
        for day in days:
            deadline.keep()
            if day.year in range(EARLIEST, last.year + 2):
                add(_shifted(_wall(day, start), shift))
    return times


def _rules(event: Event) -> list[Any]:
    rules = listed(event, "RRULE")
    if len(rules) > MOST_RULES:
        raise EventError(f"repeats by more than {MOST_RULES} rules")
    return rules


def _rule(rule: Any, start: date, shift: int, last: date) -> Any:  # noqa: ANN401 - two libraries
    from dateutil.rrule import rrulestr

    _refuse_rule(rule)
    until = next(iter(_values(rule, "UNTIL")), None)
    parts = {key: value for key, value in rule.items() if key != "UNTIL"}
    text = type(rule)(parts).to_ical().decode()
    if len(text) > _LONGEST_RULE:
        raise EventError("repeats by a rule that is far too long")
    made: Any = rrulestr(text, dtstart=_shifted(_wall(start, start), shift))
    if not isinstance(until, date) or until.year > last.year:
        return made
    end = _wall(until, start)
    if not isinstance(until, datetime):
        end = end.replace(hour=23, minute=59, second=59)
    return made.replace(until=_shifted(end, shift))


def _refuse_rule(rule: Any) -> None:  # noqa: ANN401
    frequency = str(next(iter(_values(rule, "FREQ")), "")).upper()
    if frequency in ("SECONDLY", "MINUTELY", "HOURLY"):
        raise EventError("repeats more often than once a day")
    if frequency not in _ONCE_A_DAY:
        raise EventError("repeats by a rule that cannot be read")
    if any(len(_values(rule, part)) > 1 for part in _OF_THE_DAY):
        raise EventError("repeats more often than once a day")
    if any(int(value) < 1 for value in _values(rule, "INTERVAL")):
        raise EventError("repeats in steps of nothing")


def _values(rule: Any, part: str) -> list[Any]:  # noqa: ANN401
    found = rule.get(part) if isinstance(rule, dict) else None  # else it is damaged
    return found if isinstance(found, list) else [] if found is None else [found]


def _wall(day: date, start: date) -> datetime:
    """A day or moment by the clock of the place where the event begins, without its zone."""
    if not isinstance(day, datetime):
        at = start.time() if isinstance(start, datetime) else datetime.min.time()
        return datetime.combine(day, at)
    if not isinstance(start, datetime):
        return datetime.combine(day.date(), datetime.min.time())
    if day.tzinfo and start.tzinfo:
        day = day.astimezone(start.tzinfo)
    return day.replace(tzinfo=None)


def _shifted(moment: datetime, years: int) -> datetime:
    return moment.replace(year=moment.year + years)


def _dates(event: Event, name: str) -> Iterator[date]:
    for property_ in listed(event, name):
        for value in getattr(property_, "dts", []):
            day = value.dt[0] if isinstance(value.dt, tuple) else value.dt  # a period's beginning
            if isinstance(day, date):
                yield day


def listed(event: Event, name: str) -> list[Any]:
    """A property as often as it stands in the event."""
    found = event.get(name)
    return found if isinstance(found, list) else [] if found is None else [found]


def first_of(event: Event, name: str) -> Any:  # noqa: ANN401 - a property of any type
    """A property, the first where there are several; None where there is none."""
    return next(iter(listed(event, name)), None)


def day_of(event: Event, name: str) -> date | None:
    """The day or moment that a property names; None where there is none, or it is damaged."""
    try:
        day = first_of(event, name).dt
    except (AttributeError, ValueError):
        return None
    return day if isinstance(day, date) else None
