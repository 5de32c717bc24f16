"""Dates and numbers as tables of prices write them.

A column is looked at whole before a cell is read: 04/05/2026 and 1.234 can be read two ways, and
the other rows may tell which it is. Where nothing tells, they are refused, never guessed.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from math import isfinite
from typing import TYPE_CHECKING

from newsletter.core.words import MONTHS
from newsletter.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = 1e12
"""A larger number is no price."""
LEAST = 1e-6
"""Nor is a smaller one: no price, share or rate is 0, which many tables write for a missing one."""
BLANKS = frozenset({"", "-", "\u2013", ".", "n/a", "null"})
"""What tables write, in small letters, where there is no price on a day."""

_LONGEST = 40
_TIME = r"(?:[T ]\S.*)?"
_YEAR_FIRST = re.compile(
    r"(\d{4})(?:([-/.])(\d{1,2})(?:\2(\d{1,2}))?|\u5e74(\d{1,2})\u6708(?:(\d{1,2})\u65e5)?)" + _TIME
)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})" + _TIME)
_DAY_NAMED = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})[.,]?[ -](\d{4})" + _TIME)
_MONTH_NAMED = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})" + _TIME)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SECONDS, _MILLISECONDS = range(10**8, 10**11), range(10**11, 10**14)

_SPACES = " \u00a0\u2009\u202f'\u2019"
_GAPS = str.maketrans(dict.fromkeys(_SPACES, "") | {"\u2212": "-"})
_GAP = re.compile(f"[0-9][{_SPACES}][0-9]")
_GROUPED = {mark: re.compile(rf"[-+]?[1-9]\d{{0,2}}\{mark}\d{{3}}") for mark in ".,"}
_NUMBER = {
    mark: re.compile(
        rf"[-+]?(?:[0-9]{{1,3}}(?:\{group}[0-9]{{3}})+|[0-9]+)(?:\{mark}[0-9]+)?(?:[eE][-+]?[0-9]{{1,3}})?"
    )
    for mark, group in ((".", ","), (",", "."))
}


def is_blank(raw: object) -> bool:
    """True where a table says that there is no price."""
    return raw is None or (isinstance(raw, str) and raw.strip().lower() in BLANKS)


def decimal_mark(column: Iterable[object], separator: str) -> str:
    """The decimal mark of a column, "." or ",", told by those numbers that can be read one way.

    Raises:
        SourceError: they contradict each other, or 1.234 between semicolons can be either.
    """
    texts = [text.strip() for text in column if isinstance(text, str)]
    plain = [text for text in texts if _can_be_read(text.translate(_GAPS))]
    told = {_mark_told(text) for text in plain} - {""}
    if len(told) > 1:
        raise SourceError("writes numbers both as 1.5 and as 1,5; set `decimal` to the one it uses")
    if told:
        return told.pop()
    if separator != ";":
        return "."
    unclear = [text for text in plain if "." in text]
    if unclear:
        words = f"has numbers such as {unclear[0][:_LONGEST]} that can be read two ways"
        raise SourceError(f"{words}; set `decimal` to the mark it uses")
    return ","


def _can_be_read(compact: str) -> bool:
    return len(compact) <= _LONGEST and any(one.fullmatch(compact) for one in _NUMBER.values())


def _mark_told(text: str) -> str:
    """The decimal mark that a number shows by itself, or ""."""
    compact = text.translate(_GAPS)
    last, other = (",", ".") if compact.rfind(",") > compact.rfind(".") else (".", ",")
    if last not in compact:
        return ""
    if compact.count(last) > 1:
        return other
    is_clear = other in compact or _GAP.search(text) or not _GROUPED[last].fullmatch(compact)
    return last if is_clear else ""


def number_in(raw: object, mark: str) -> float | None:
    """A price, with `mark` before its decimals; None for what is none: 0, below it, or endless."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int | float):
        return _price(raw)
    compact = raw.strip().translate(_GAPS) if isinstance(raw, str) else ""
    if len(compact) > _LONGEST or not _NUMBER[mark].fullmatch(compact):
        return None
    group = "," if mark == "." else "."
    return _price(float(compact.replace(group, "").replace(mark, ".")))


def _price(number: float) -> float | None:
    try:
        value = float(number)
    except OverflowError:
        return None
    return value if isfinite(value) and LEAST <= value <= MOST else None


def day_order(column: Iterable[object]) -> str:
    """Whether a column writes 24/11/2026 ("dmy") or 11/24/2026 ("mdy"); "" where nothing tells.

    Raises:
        SourceError: it does both.
    """
    told = {_order_told(text) for text in column if isinstance(text, str)} - {""}
    if len(told) > 1:
        raise SourceError("writes dates both as 24/11/2026 and as 11/24/2026")
    return told.pop() if told else ""


def _order_told(text: str) -> str:
    match = _YEAR_LAST.fullmatch(text.strip()[:_LONGEST])
    if not match or match[2] == ".":
        return ""
    first, second = int(match[1]), int(match[3])
    return "dmy" if first > 12 else "mdy" if second > 12 else ""  # noqa: PLR2004 - months


def day_in(raw: object, order: str) -> date | None:
    """The day that a cell names, as written in its own time zone; epochs are UTC's.

    `order` is the column's `day_order`. None for what is no date, or could be two.
    """
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int | float):
        return _numbered(raw)
    text = raw.strip() if isinstance(raw, str) else ""
    if len(text) > _LONGEST or (not text.isascii() and "\u5e74" not in text):
        return None
    if text.isdecimal():
        return _numbered(int(text))
    year, month, day = _parts(text, order)
    return _date(year, month, day)


def _numbered(number: float) -> date | None:
    if not isfinite(number):
        return None
    whole = int(number)
    if match := _COMPACT.fullmatch(str(whole)):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if whole in _SECONDS:
        return datetime.fromtimestamp(whole, UTC).date()
    if whole in _MILLISECONDS:
        return datetime.fromtimestamp(whole / 1000, UTC).date()
    return None


def _parts(text: str, order: str) -> tuple[int, int, int]:
    """Year, month and day of a written date; zeros for none."""
    if match := _YEAR_FIRST.fullmatch(text):
        return int(match[1]), int(match[3] or match[5]), int(match[4] or match[6] or 1)
    if match := _YEAR_LAST.fullmatch(text):
        return _year_last(match, order)
    if match := _DAY_NAMED.fullmatch(text):
        return int(match[3]), _month(match[2]), int(match[1])
    if match := _MONTH_NAMED.fullmatch(text):
        return int(match[3]), _month(match[1]), int(match[2])
    return 0, 0, 0


def _year_last(match: re.Match[str], order: str) -> tuple[int, int, int]:
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    order = "dmy" if match[2] == "." or first == second else order
    if order == "dmy":
        return year, second, first
    return (year, first, second) if order == "mdy" else (0, 0, 0)


def _month(name: str) -> int:
    begins = [month.lower().startswith(name.lower()) for month in MONTHS]
    return begins.index(True) + 1 if any(begins) else 0


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year >= 1900 else None  # noqa: PLR2004 - or no year
    except ValueError:
        return None
