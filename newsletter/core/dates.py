"""When an item was published, as far as its feed can be believed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
"""No feed is older than the first of them; an earlier date is a default, such as 1970."""

TOLERANCE = timedelta(days=1)
"""How far ahead a date may be: the widest difference between two zones, rounded up."""


def settle(
    published: datetime | None, *, first_seen: datetime, now: datetime
) -> tuple[datetime, bool]:
    """The time to reckon with, in UTC, and whether the feed's own date stands behind it.

    A date that is missing, before `EARLIEST` or more than `TOLERANCE` ahead is replaced by the
    moment of first sight. One that is ahead by less is taken for a wrong zone and counts as `now`,
    so that no item can jump the ranking. A date without zone is UTC.
    """
    if published is None:
        return first_seen, False
    moment = published.replace(tzinfo=UTC) if published.tzinfo is None else published
    if not EARLIEST <= moment <= now + TOLERANCE:
        return first_seen, False
    return min(moment, now).astimezone(UTC), True


_MONTH_NAMES = """
jan january januar janvier janv enero ene janeiro gennaio gen januari января янв
feb february februar février fevrier févr febrero fevereiro fev febbraio februari февраля фев
mar march märz maerz mär mars marzo março marco maart марта мар
apr april avril avr abril abr aprile апреля апр
may mai mayo maio mag maggio mei мая
jun june juni juin junio junho giugno giu июня июн
jul july juli juillet juil julio julho luglio lug июля июл
aug august août aout agosto ago augustus августа авг
sep sept september septembre septiembre setembro set settembre сентября сен сент
oct october oktober okt octobre octubre outubro out ottobre ott октября окт
nov november novembre noviembre novembro ноября ноя нояб
dec december dezember dez décembre decembre déc diciembre dic dezembro dicembre декабря дек
"""
_MONTHS = {
    name: number
    for number, names in enumerate(_MONTH_NAMES.strip().splitlines(), start=1)
    for name in names.split()
}
_TIME = (
    r"(?:[\sT,]*(?:at|um|à|a las|às|klo)?\s*(?P<hour>\d{1,2})[:时時시h](?P<minute>\d{2})"
    r"(?:[:分분](?P<second>\d{2}))?(?:[.,]\d+)?\s*秒?\s*(?P<half>[ap]\.?m\.?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[A-Z]{3,4}|(?:GMT|UTC)?[+-]\d{1,2}:?\d{0,2})?)?"
)
_DAY_NAME = r"\s*(?:[^\W\d]{2,12}\.?,?\s+)?"
_PATTERNS = tuple(
    re.compile(pattern + _TIME, re.IGNORECASE)
    for pattern in (
        r"\s*(?P<year>\d{4})\s*[-/.年년]\s*(?P<month>\d{1,2})\s*[-/.月월]\s*(?P<day>\d{1,2})[日일号]?",
        _DAY_NAME + r"(?P<day>\d{1,2})(?:st|nd|rd|th|º|er|\.)?(?:\s+de|\s+of)?[\s-]+"
        r"(?P<name>[^\W\d]{3,10})\.?,?(?:\s+de)?[\s-]+(?P<year>\d{4})(?!\d)",
        _DAY_NAME + r"(?P<name>[^\W\d]{3,10})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?"
        r"\s+(?P<year>\d{4})(?!\d)",
        r"\s*(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})(?!\d)",
        r"\s*(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?!\d)",
    )
)
_EPOCH = re.compile(r"\s*(\d{10})(\d{3})?\s*")
_ZONES = {
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "cet": 1, "cest": 2, "bst": 1, "ist": 5.5, "jst": 9, "kst": 9, "hkt": 8, "sgt": 8, "awst": 8,
    "aest": 10, "aedt": 11, "msk": 3, "eet": 2, "eest": 3,
}  # fmt: skip
_RFC_ZONES = frozenset(("est", "edt", "cst", "cdt", "mst", "mdt", "pst", "pdt"))
_MAX_LENGTH = 100


def parse_date(raw: str) -> datetime | None:
    """A date as feeds write it, in UTC; None for what is no date.

    RFC 5322 and ISO 8601 first; then numbers in the order year, month, day (or day.month.year),
    months by name in the languages of the field, and seconds or milliseconds since 1970. Numbers
    with slashes that begin with no year are not guessed at. Without zone it is UTC.
    """
    text = " ".join(raw[:_MAX_LENGTH].split())
    for read in (_iso, _rfc, _epoch, _written):
        try:
            moment = read(text)
            if moment is not None:
                return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None


def _iso(text: str) -> datetime | None:
    return datetime.fromisoformat(text)


def _rfc(text: str) -> datetime | None:
    """RFC 5322; the standard library reads neither "PM" nor zones outside of that standard."""
    last = text.rsplit(" ", 1)[-1].lower()
    is_readable = last not in _ZONES.keys() - _RFC_ZONES and not last.endswith(("am", "pm", "m."))
    return parsedate_to_datetime(text) if is_readable else None


def _epoch(text: str) -> datetime | None:
    match = _EPOCH.fullmatch(text)
    return datetime.fromtimestamp(int(match[1]), UTC) if match else None


def _written(text: str) -> datetime | None:
    for pattern in _PATTERNS:
        match = pattern.match(text)
        if match and (month := _month(match.groupdict())):
            parts = match.groupdict()
            clock = (_hour(parts), int(parts["minute"] or 0), int(parts["second"] or 0))
            return datetime(
                int(parts["year"]), month, int(parts["day"]), *clock, tzinfo=_zone(parts)
            )
    return None


def _month(parts: dict[str, str | None]) -> int:
    if name := parts.get("name"):
        return _MONTHS.get(name.lower(), 0)
    return int(parts.get("month") or 0)


def _hour(parts: dict[str, str | None]) -> int:
    hour, half = int(parts["hour"] or 0), (parts["half"] or "").lower()
    return hour % 12 + (12 if half.startswith("p") else 0) if half else hour


def _zone(parts: dict[str, str | None]) -> timezone:
    zone = (parts["zone"] or "").lower()
    if match := re.fullmatch(r"(?:gmt|utc)?([+-])(\d{1,2}):?(\d{2})?", zone):
        offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        return timezone(-offset if match[1] == "-" else offset)
    return timezone(timedelta(hours=_ZONES.get(zone, 0)))
