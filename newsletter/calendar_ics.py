"""A calendar in iCalendar (RFC 5545): events, repetitions and exceptions, time zones.

The file may come from anywhere, so it is bounded: in its events, in how often one of them
repeats, in the seconds that all of it may take.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from newsletter.calendar_rules import (
    EARLIEST,
    Deadline,
    EventError,
    begins,
    day_of,
    deadline_in,
    first_of,
)
from newsletter.core.beside import Occasion
from newsletter.core.link_hosts import outward_link
from newsletter.core.repeating import is_within
from newsletter.core.text import clean_line, cut
from newsletter.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from icalendar import Event

MOST_BYTES = 5_000_000
MOST_EVENTS = 10_000
MOST_FAULTS = 100
MOST_TIMES = 1000  # of one event within the days asked for
_HIDDEN = ("PRIVATE", "CONFIDENTIAL")  # RFC 5545, 3.8.1.3: not meant for the public
_DAY = timedelta(days=1)
_LONGEST = timedelta(days=366)  # of what repeats


@dataclass(frozen=True)
class _Window:
    """The days that are asked for, the zone they begin and end in, and what bounds the reading."""

    zone: ZoneInfo
    first: date
    last: date
    allowed: frozenset[str]
    deadline: Deadline


def read_ics(
    body: bytes,
    name: str,
    zone: str,
    first: date,
    last: date,
    *,
    allowed: frozenset[str] = frozenset(),
    seconds: float = 15.0,
) -> tuple[tuple[Occasion, ...], tuple[str, ...]]:
    """What falls between two days of a zone, both included; a line for each event left out.

    Cancelled events and those marked as private are left out silently. A link that no mail may
    have is left out with a line; `allowed` hosts may be of a private network.

    Raises:
        SourceError: it is no iCalendar, holds too much, or takes more than so many `seconds`.
    """
    window = _Window(ZoneInfo(zone), first, last, allowed, deadline_in(seconds))
    found, faults = list[Occasion](), list[str]()
    events = _events(body)
    moved = _moved(events)
    for line, event in events:
        window.deadline.keep()
        try:
            held = list(_occasions(event, moved, window))
            _, why = _link(event, allowed) if held else ("", "")
            found += held
        except (EventError, ValueError, TypeError, ArithmeticError, AttributeError) as error:
            is_told = isinstance(error, EventError)
            why = str(error) if is_told else f"is damaged: {_one_line(error)}"
            why = f"{why}; it is left out"
        if why:
            faults.append(f"{name}:{line}: {_called(event)} {why}")
    more = len(faults) - MOST_FAULTS
    return tuple(found), (
        *faults[:MOST_FAULTS],
        *([f"{name}: {more} more faults"] if more > 0 else ()),
    )


def _events(body: bytes) -> list[tuple[int, Event]]:
    """Every event and the line on which it begins."""
    from icalendar import Calendar

    lines = [
        number
        for number, line in enumerate(body.splitlines(), 1)
        if line.strip().upper() == b"BEGIN:VEVENT"
    ]
    if len(body) > MOST_BYTES:
        raise SourceError(f"has over {MOST_BYTES // 1_000_000} MB")
    if len(lines) > MOST_EVENTS:
        raise SourceError(f"holds more than {MOST_EVENTS:,} events")
    try:
        calendars = Calendar.from_ical(body.decode("utf-8-sig"), multiple=True)
        events: list[Any] = [event for one in calendars for event in one.walk("VEVENT")]
    except UnicodeDecodeError:
        raise SourceError("is not UTF-8 text") from None
    except Exception as error:  # whatever a damaged file provokes in the library
        raise SourceError(f"is no iCalendar that can be read: {_one_line(error)}") from error
    if len(events) < len(lines):
        raise SourceError("is no iCalendar that can be read: it breaks off in the middle")
    return list(zip(lines, events, strict=False))


def _moved(events: list[tuple[int, Event]]) -> dict[str, list[date]]:
    """By event: which of its repetitions stand for themselves (RFC 5545, 3.8.4.4)."""
    moved: dict[str, list[date]] = {}
    for _, event in events:
        day = day_of(event, "RECURRENCE-ID")
        if day:
            moved.setdefault(_text(event, "UID"), []).append(day)
    return moved


def _occasions(event: Event, moved: dict[str, list[date]], window: _Window) -> Iterator[Occasion]:
    day = day_of(event, "DTSTART")
    if day and _date_of(day) > window.last + _DAY:
        return
    if _text(event, "CLASS").upper() in _HIDDEN or _text(event, "STATUS").upper() == "CANCELLED":
        return
    start = _start(event)
    length = _length(event, start)
    days = (window.first - min(length, _LONGEST), window.last)
    apart = moved.get(_text(event, "UID"), []) if moved else []
    for begin in islice(begins(event, start, apart, days, window.deadline), MOST_TIMES):
        one = _occasion(event, begin, length, window)
        if is_within(one, window.first, window.last):
            if not one.title:
                raise EventError("has no title")
            yield one


def _start(event: Event) -> date:
    start = day_of(event, "DTSTART")
    if start is None:
        raise EventError("has no date that can be read")
    if start.year < EARLIEST:
        raise EventError(f"begins before {EARLIEST}")
    zone = _zone_named(event)
    if zone and isinstance(start, datetime) and start.tzinfo is None:
        raise EventError(f"names the time zone {zone!r}, which nobody knows")
    return start


def _zone_named(event: Event) -> str:
    parameters = getattr(first_of(event, "DTSTART"), "params", {})
    return clean_line(str(parameters.get("TZID", "")))[:60]


def _length(event: Event, start: date) -> timedelta:
    """From beginning to end; the end of a whole day is not part of it (RFC 5545, 3.6.1)."""
    end, duration = first_of(event, "DTEND"), first_of(event, "DURATION")
    found: timedelta = timedelta()
    if end is not None:
        found = end.dt - start
    elif duration is not None:
        found = duration.dt
    return max(found, timedelta())


def _occasion(event: Event, begin: date, length: timedelta, window: _Window) -> Occasion:
    at = ""
    if isinstance(begin, datetime):
        zone = window.zone
        begin = begin.astimezone(zone) if begin.tzinfo else begin.replace(tzinfo=zone)
        at = f"{begin:%H:%M}"
    # What lasts less than a day is of the day on which it begins, across midnight as well.
    end = begin + length - timedelta(microseconds=1) if at else begin + length - _DAY
    until = _date_of(end) if length >= _DAY else None
    day = _date_of(begin)
    kinds = event.get("CATEGORIES")
    return Occasion(
        day=day,
        title=cut(_text(event, "SUMMARY"), 200),
        kind=cut(clean_line(_category(kinds)), 30),
        until=until if until and until > day else None,
        at=at,
        place=cut(_text(event, "LOCATION"), 100),
        url=_link(event, window.allowed)[0],
    )


def _link(event: Event, allowed: frozenset[str]) -> tuple[str, str]:
    """Where an event says more, and "", or nothing and why a mail may not lead there."""
    url = _text(event, "URL")
    try:
        return outward_link(url, allowed) if url else "", ""
    except ValueError as error:
        return "", f"stands without its link: {error}"


def _category(kinds: Any) -> str:  # noqa: ANN401 - one property, or several
    kinds = kinds[0] if isinstance(kinds, list) and kinds else kinds
    names = getattr(kinds, "cats", None) or []
    return str(names[0]) if names else ""


def _date_of(day: date) -> date:
    return day.date() if isinstance(day, datetime) else day


def _text(event: Event, name: str) -> str:
    found = first_of(event, name)
    return "" if found is None else clean_line(str(found))


def _called(event: Event) -> str:
    title = cut(_text(event, "SUMMARY"), 60)
    return f"\u201c{title}\u201d" if title else "an event"


def _one_line(error: Exception) -> str:
    return clean_line(str(error) or type(error).__name__)[:160]
