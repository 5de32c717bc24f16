"""Reading a series: a document's text in, its points out, with a count of what was left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.core.beside import Point
from newsletter.core.market_rows import Row, Rows, csv_rows, json_rows
from newsletter.core.market_values import day_in, day_order, decimal_mark, is_blank, number_in
from newsletter.core.words import clean, count_words
from newsletter.errors import SourceError

if TYPE_CHECKING:
    from datetime import date

MOST_POINTS = 400


@dataclass(frozen=True)
class Columns:
    """Where a document holds a series; see `docs/market.md`.

    `form` is "csv", "json" or "auto"; without `date` the document tells the present value alone.
    `decimal` is ".", "," or "auto".
    """

    form: str = "auto"
    rows: str = ""
    date: str = "date"
    value: str = "value"
    decimal: str = "auto"


@dataclass(frozen=True)
class Reading:
    """A document's points, oldest first, one a day; `note` tells of rows left out, or is ""."""

    points: tuple[Point, ...]
    note: str = ""


def points_in(text: str, columns: Columns, today: date, hint: str = "") -> Reading:
    """The last `MOST_POINTS` points of a document; its value now, as of today, where it is undated.

    `hint` is a content type or a file's ending, and decides what `auto` is where it is clear.

    Raises:
        SourceError: nothing in it can be read; the words stand after the document's name.
    """
    found = _rows(text, columns, hint)
    if not columns.date and len(found.rows) > 1:
        words = f"has {len(found.rows):,} rows; name the column that holds each one's `date`"
        raise SourceError(words)
    points, faults = _sorted_out(found, columns, today)
    if not points:
        raise SourceError(f"has no row that can be used{_first(faults)}")
    days = {point.day: point for point in points}
    newest = [days[day] for day in sorted(days)][-MOST_POINTS:]
    return Reading(tuple(newest), _note(faults, len(found.rows)))


def _rows(text: str, columns: Columns, hint: str) -> Rows:
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if start == "<":
        raise SourceError("is a page or XML, neither CSV nor JSON; look where it leads")
    if _is_json(columns.form, hint, start):
        return json_rows(text.removeprefix("\ufeff"), columns.rows, columns.date, columns.value)
    return csv_rows(text.removeprefix("\ufeff"), columns.date, columns.value)


def _is_json(form: str, hint: str, start: str) -> bool:
    if form != "auto":
        return form == "json"
    told = [name for name in ("json", "csv") if name in hint.lower()]
    return told == ["json"] if len(told) == 1 else start in ("{", "[")


def _sorted_out(found: Rows, columns: Columns, today: date) -> tuple[list[Point], list[str]]:
    mark, order = columns.decimal, day_order(row.date for row in found.rows)
    if mark == "auto":
        mark = decimal_mark((row.value for row in found.rows), found.separator)
    points: list[Point] = []
    faults: list[str] = []
    for number, row in enumerate(found.rows, 1):
        if not row.fault and is_blank(row.value):
            continue
        one = _point(row, mark, order, today, is_dated=bool(columns.date))
        if isinstance(one, Point):
            points.append(one)
        else:
            faults.append(f"row {number}: {one}")
    return points, faults


def _point(row: Row, mark: str, order: str, today: date, *, is_dated: bool) -> Point | str:
    """The point of a row, or why it is none."""
    if row.fault:
        return row.fault
    value = number_in(row.value, mark)
    if value is None:
        return f"{_shown(row.value)} is no price"
    if not is_dated:
        return Point(today, value)
    day = day_in(row.date, order)
    if day is None:
        return f"{_shown(row.date)} is no date, or could be two; dates read best as 2026-11-24"
    return Point(day, value) if day <= today else f"{day} is in the future"


def _note(faults: list[str], count: int) -> str:
    if not faults:
        return ""
    return f"{len(faults):,} of {count_words(count, 'row')} left out{_first(faults)}"


def _first(faults: list[str]) -> str:
    return f"; {faults[0]}" if faults else ""


def _shown(raw: object) -> str:
    text = clean(str(raw)[:60])
    return f"`{text[:30]}`" if text else "an empty cell"
