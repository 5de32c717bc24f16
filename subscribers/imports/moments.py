"""Dates as other platforms write them.

A date that can be read in two ways is read only where the operator says in which.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from subscribers.imports.cells import clean
from subscribers.imports.values import DateOrder

if TYPE_CHECKING:
    from collections.abc import Iterator

_FORMATS = (
    *("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d"),
    *("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y"),
    *("%B %d, %Y", "%b %d, %Y", "%b %d, %Y %I:%M %p", "%d %B %Y", "%d %b %Y"),
)
_ZONE = re.compile(r" ?(?:UTC|GMT)$| (?=[+-]\d\d:?\d\d$)")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")
_NUMBERED = re.compile(
    r"(?P<one>\d\d?)(?P<mark>[/-])(?P<two>\d\d?)(?P=mark)(?P<year>\d{4})(?P<time>[ T,].*)?"
)
_TIMES = ("", "%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p")
_LONGEST_SHOWN = 40
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_SECONDS = 10  # digits of a moment in seconds; with 13 it is in thousandths


def moment_of(text: str, now: datetime, order: DateOrder | None = None) -> datetime | None:
    """The moment a text names, in UTC where it says no zone; None where it is none.

    `order` is that of 03/04/2023; without one, only a date that has one reading is read. A moment
    that has not come yet proves nothing: it is None too.
    """
    found = _parsed(text, order)
    if found is None or not _EARLIEST <= found <= _latest(now):
        return None
    return found


def why_no_moment(text: str, now: datetime, order: DateOrder | None = None) -> str:
    """Why `moment_of` is None, with the text where it looks like a date and like no address."""
    if not text:
        return "its date of consent is empty"
    told = f"its date of consent{_shown(text)}"
    found = _parsed(text, order)
    if found is None and order is None and len(list(_readings(text, tuple(DateOrder)))) > 1:
        return f"{told} is ambiguous (day or month first?): say --dates day-first or month-first"
    if found is None:
        return f"{told} is not a date{_as_asked(text, order)}"
    return f"{told} is in the future" if found > _latest(now) else f"{told} is before 1990"


def _latest(now: datetime) -> datetime:
    """Clocks and zones of other platforms differ."""
    return now + timedelta(days=1)


def _shown(text: str) -> str:
    """What has no digit is no date: it may be a name, in a column that was mapped by mistake."""
    is_shown = any(one.isdigit() for one in text) and "@" not in text
    return f" {clean(text)!r}" if is_shown and len(text) <= _LONGEST_SHOWN else ""


def _as_asked(text: str, order: DateOrder | None) -> str:
    return f" with {order.value}" if order and any(_readings(text, tuple(DateOrder))) else ""


def _parsed(text: str, order: DateOrder | None) -> datetime | None:
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:_SECONDS]), UTC)
    try:
        return _in_utc(datetime.fromisoformat(_ZONE.sub("", text)))
    except ValueError:
        return _loosely(text) or _numbered(text, order)


def _numbered(text: str, order: DateOrder | None) -> datetime | None:
    """A date in numbers with the year last, where it has one reading."""
    found = set(_readings(text, (order,) if order else tuple(DateOrder)))
    return found.pop() if len(found) == 1 else None


def _readings(text: str, orders: tuple[DateOrder, ...]) -> Iterator[datetime]:
    if not (parts := _NUMBERED.fullmatch(_ZONE.sub("", text))):
        return
    time = (parts["time"] or "").strip(" T,")
    for order in orders:
        day, month = ("one", "two") if order is DateOrder.DAY_FIRST else ("two", "one")
        date = f"{parts['year']}-{parts[month]}-{parts[day]}"
        found = (_strictly(f"{date} {time}", f"%Y-%m-%d {form}") for form in _TIMES)
        yield from filter(None, found)


def _strictly(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError:
        return None


def _loosely(text: str) -> datetime | None:
    for form in _FORMATS:
        if found := _strictly(text, form):
            return found
    return None


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return _EARLIEST - timedelta(days=1)
