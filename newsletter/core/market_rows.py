"""The rows of a document of prices: CSV or JSON text in, pairs of a date and a value out."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from newsletter.core.words import clean
from newsletter.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

MOST_ROWS = 20_000
"""Fifty years of days."""
MOST_LINES = 100_000
_SEPARATORS = (";", "\t", ",", "|")
_SHOWN = 8
_LONGEST = 40
_ABSENT = object()


@dataclass(frozen=True)
class Row:
    """A date and a value as a document writes them; `fault` says why a row cannot be used."""

    date: object
    value: object
    fault: str = ""


@dataclass(frozen=True)
class Rows:
    """The rows of a document in its order; `separator` is that of a CSV, "" in JSON."""

    rows: tuple[Row, ...]
    separator: str = ""


def csv_rows(text: str, date: str, value: str) -> Rows:
    """The rows of a table with a header; `date` and `value` name its columns in any case.

    Cells are separated by commas, semicolons, tabs or bars; lines before the header that are blank
    or begin with # are passed over, and so is a spreadsheet's `sep=;`. An empty `date` reads none.

    Raises:
        SourceError: no such column, no table, too many rows.
    """
    if text.count("\n") > MOST_LINES:
        raise SourceError(f"has more than {MOST_LINES:,} lines; name a shorter document")
    lines = io.StringIO(text, newline=None)
    header, separator = _header(lines)
    reader = csv.reader(chain([header], lines), delimiter=separator)
    try:
        names = [clean(name) for name in next(reader, [])]
        places = (_column(names, date) if date else -1, _column(names, value))
        return Rows(_bounded(_cells(reader, places, len(names))), separator)
    except csv.Error as error:
        raise SourceError(f"is no CSV that can be read: {error}") from None


def _header(lines: Iterable[str]) -> tuple[str, str]:
    told = ""
    for line in lines:
        words = line.strip().lower()
        if words.startswith("sep=") and words[4:] in _SEPARATORS:
            told = words[4:]
        elif words and not words.startswith("#"):
            return line, told or max(_SEPARATORS, key=line.count)
    raise SourceError("is empty")


def _column(names: Sequence[str], wanted: str) -> int:
    folded = [name.casefold() for name in names]
    if clean(wanted).casefold() not in folded:
        raise SourceError(f"has no column `{wanted}`; it has: {_listed(names)}")
    return folded.index(clean(wanted).casefold())


def _cells(reader: Iterable[list[str]], places: tuple[int, int], width: int) -> Iterator[Row]:
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[width:]):
            # 61,20 between commas would be read as 61.
            yield Row(None, None, "it has more cells than the header")
        elif max(places) >= len(cells):
            yield Row(None, None, "it has fewer cells than the header")
        else:
            yield Row(cells[places[0]] if places[0] >= 0 else None, cells[places[1]])


def json_rows(text: str, rows: str, date: str, value: str) -> Rows:
    """The rows of a JSON document. All three are dotted paths; a number picks from a list.

    `rows` leads to a list of rows, to one row, or to an object whose keys are the dates; its
    values are then numbers, or hold the number at `value`. An empty `date` reads none.

    Raises:
        SourceError: no JSON, nothing where a path leads, too many rows.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise SourceError("is no JSON that can be read") from None
    found = _reached(document, rows)
    if found is _ABSENT:
        raise SourceError(f"has no `{rows}`; it has: {_keys(document)}")
    return Rows(_bounded(_rows_of(found, date, value)))


def _rows_of(found: object, date: str, value: str) -> Iterator[Row]:
    match found:
        case list():
            yield from _listed_rows(found, date, value)
        case dict() if _reached(found, date or value) is not _ABSENT:
            yield from _listed_rows([found], date, value)
        case dict() if date:
            yield from _dated_rows(found, value)
        case int() | float() | str() if not date:
            yield Row(None, found)
        case _:
            raise SourceError(f"has no `{value}`; it has: {_keys(found)}")


def _listed_rows(found: Sequence[object], date: str, value: str) -> Iterator[Row]:
    for name in filter(None, (date, value)):
        if found and all(_reached(one, name) is _ABSENT for one in found):
            raise SourceError(f"has no `{name}` in its rows; the first has: {_keys(found[0])}")
    for one in found:
        day, price = _reached(one, date) if date else None, _reached(one, value)
        if day is _ABSENT or price is _ABSENT:
            yield Row(None, None, f"it has no `{date if day is _ABSENT else value}`")
        else:
            yield Row(day, price)


def _dated_rows(found: Mapping[str, object], value: str) -> Iterator[Row]:
    for day, held in found.items():
        price = _reached(held, value) if isinstance(held, dict | list) else held
        yield Row(day, None, f"it has no `{value}`") if price is _ABSENT else Row(day, price)


def _reached(value: Any, path: str) -> Any:  # noqa: ANN401 - whatever a document holds
    """What a dotted path leads to; a name with a dot in it is found too."""
    while path:
        if isinstance(value, dict) and path in value:
            return value[path]
        step, _, path = path.partition(".")
        value = _step(value, step)
    return value


def _step(value: object, step: str) -> object:
    if isinstance(value, dict):
        return value.get(step, _ABSENT)
    if isinstance(value, list) and step.isascii() and step.isdecimal() and len(step) < _SHOWN:
        return value[int(step)] if int(step) < len(value) else _ABSENT
    return _ABSENT


def _bounded(rows: Iterable[Row]) -> tuple[Row, ...]:
    kept: list[Row] = []
    for row in rows:
        if len(kept) == MOST_ROWS:
            raise SourceError(f"has more than {MOST_ROWS:,} rows; name a shorter document")
        kept.append(row)
    return tuple(kept)


def _keys(value: object) -> str:
    match value:
        case dict():
            return _listed(list(value))
        case list():
            return f"a list of {len(value)}"
        case _:
            return "a single value"


def _listed(names: Sequence[str]) -> str:
    shown = [clean(name)[:_LONGEST] for name in names[:_SHOWN]]
    more = [f"{len(names) - _SHOWN} more"] if len(names) > _SHOWN else []
    return ", ".join([*shown, *more]) or "nothing"
