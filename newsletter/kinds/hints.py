"""When a feed asks to be read.

By RSS 2.0's `ttl`, `skipHours` and `skipDays`, and by RSS 1.0's syndication module.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

MOST = timedelta(days=366)
"""The longest wait that is believed."""

_HEAD = 20_000
"""Characters from the root element on in which a channel speaks of itself."""

_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SKIP_HOURS = re.compile(r"(?is)<skiphours\b[^<>]{0,200}>(.{0,2000}?)</skiphours")
_SKIP_DAYS = re.compile(r"(?is)<skipdays\b[^<>]{0,200}>(.{0,2000}?)</skipdays")
_HOUR = re.compile(r"<hour>\s{0,20}(\d{1,2})\s{0,20}</hour", re.IGNORECASE)
_DAY = re.compile(r"<day>\s{0,20}([a-z]{3,9})\s{0,20}</day", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,6}")
_A_DAY = 24


def ttl(feed: Any) -> timedelta:  # noqa: ANN401 - feedparser has no types
    """How long to wait: `ttl` in minutes, else the update period through its frequency."""
    if minutes := _number(feed.get("ttl")):
        return min(timedelta(minutes=minutes), MOST)
    period, frequency = feed.get("sy_updateperiod"), _number(feed.get("sy_updatefrequency"))
    if not isinstance(period, str):
        return timedelta(0)
    return _PERIODS.get(period.strip().lower(), timedelta(0)) / (frequency or 1)


def _number(value: object) -> int:
    match = _NUMBER.fullmatch(value.strip()) if isinstance(value, str) else None
    return int(match[0]) if match else 0


def skip_hours(document: str) -> tuple[int, ...]:
    """The hours of the day, in UTC, at which not to come; the old specification's 24 is 0."""
    hours = (int(hour) for hour in _inside(_SKIP_HOURS, _HOUR, document))
    return tuple(sorted({hour % _A_DAY for hour in hours if hour <= _A_DAY}))


def skip_days(document: str) -> tuple[int, ...]:
    """The days of the week on which not to come; 0 is Monday."""
    names = (name[:3].lower() for name in _inside(_SKIP_DAYS, _DAY, document))
    return tuple(sorted({_DAYS.index(name) for name in names if name in _DAYS}))


def _inside(outer: re.Pattern[str], inner: re.Pattern[str], document: str) -> list[str]:
    found = outer.search(document[:_HEAD])
    return inner.findall(found[1]) if found else []
