"""Dates as other platforms write them. A date that can be read in two ways is not read at all."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_FORMATS = (
    *("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d"),
    *("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y"),
    *("%B %d, %Y", "%b %d, %Y", "%b %d, %Y %I:%M %p", "%d %B %Y", "%d %b %Y"),
)
_ZONE = re.compile(r" ?(?:UTC|GMT)$| (?=[+-]\d\d:?\d\d$)")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_SECONDS = 10  # digits of a moment in seconds; with 13 it is in thousandths


def moment_of(text: str, now: datetime) -> datetime | None:
    """The moment a text names, in UTC where it says no zone; None where it is none.

    A moment that has not come yet proves nothing: it is None too.
    """
    found = _parsed(text)
    if found is None or not _EARLIEST <= found <= now + timedelta(days=1):
        return None
    return found


def _parsed(text: str) -> datetime | None:
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:_SECONDS]), UTC)
    try:
        return _in_utc(datetime.fromisoformat(_ZONE.sub("", text)))
    except ValueError:
        return _loosely(text)


def _loosely(text: str) -> datetime | None:
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return _EARLIEST - timedelta(days=1)
