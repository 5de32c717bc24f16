"""What of a calendar falls into a span of days, repetitions among it, and in which order."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from newsletter.core.beside import Occasion

MONTHS_BETWEEN = {"month": 1, "quarter": 3, "year": 12}
EVERY = ("week", *MONTHS_BETWEEN)
_WEEK = 7


def in_order(occasions: Iterable[Occasion], first: date) -> tuple[Occasion, ...]:
    """Each once, by day and time as seen from `first`; what has begun before it stands after it."""
    return tuple(sorted(set(occasions), key=lambda one: _place(one, first)))


def _place(one: Occasion, first: date) -> tuple[date, bool, str, str, str]:
    return max(one.day, first), one.day < first, one.at, one.title, repr(one)


def is_within(one: Occasion, first: date, last: date) -> bool:
    """Whether any of its days is one of those from `first` to `last`, both included."""
    return one.day <= last and (one.until or one.day) >= first


def repeated(
    one: Occasion, every: str, ends: date | None, first: date, last: date
) -> Iterator[Occasion]:
    """An occasion of one day as often as it falls between `first` and `last`, both included.

    `every` is one of `EVERY`; `ends` is the last day that it may fall on. A day that a month does
    not have is the month's last: what stands on 31 January stands on 28 February.
    """
    number = _full_steps(one.day, first, every)
    stop = min(last, ends) if ends else last
    while (day := _day_of(one.day, every, number)) <= stop:
        if day >= first:
            yield replace(one, day=day)
        number += 1


def _full_steps(start: date, first: date, every: str) -> int:
    """How many repetitions lie safely before `first`."""
    if every == "week":
        return max(0, (first - start).days // _WEEK)
    months = (first.year - start.year) * 12 + first.month - start.month
    return max(0, months // MONTHS_BETWEEN[every] - 1)


def _day_of(start: date, every: str, number: int) -> date:
    if every == "week":
        return start + timedelta(weeks=number)
    months = start.year * 12 + start.month - 1 + number * MONTHS_BETWEEN[every]
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))
