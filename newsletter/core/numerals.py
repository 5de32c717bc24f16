"""Numbers written in figures, wherever they stand: the one scan that all readers of numbers share.

`amounts` sees sums of money and plain figures in it, by which texts are compared; `figures` sees
values, by which a model's words are checked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

SCALES = {
    **dict.fromkeys(("trillion", "tn", "万亿", "兆", "조"), 1e12),
    "千亿": 1e11,
    "百亿": 1e10,
    **dict.fromkeys(("billion", "bn", "b"), 1e9),
    **dict.fromkeys(("亿", "億", "억"), 1e8),
    **dict.fromkeys(("crore", "cr"), 1e7),
    **dict.fromkeys(("million", "mln", "mn", "m"), 1e6),
    "lakh": 1e5,
    **dict.fromkeys(("万", "萬", "만"), 1e4),
    **dict.fromkeys(("thousand", "k", "千", "천"), 1e3),
    "hundred": 1e2,
}
"""Words after a number, in small letters, and what they multiply it by."""


def any_of(names: Iterable[str]) -> str:
    """The pattern of any of these words, the longest first.

    Capitals are ASCII's alone: elsewhere a dotless i would be an i, and be found in no table.
    """
    found = "|".join(sorted(map(re.escape, names), key=lambda name: (-len(name), name)))
    return f"(?a:{found})"


SCALE = any_of(SCALES)
# A digit stands first, outside of any choice, so that the search leaps from digit to digit.
NUMBER = r"\d(?:\d{0,2}(?:,\d{2,3})+|\d{0,14})(?:\.\d{1,9})?"
PERCENT = r"%|\uff05|per ?cent|pct\b|퍼센트|프로"
_NUMERAL = re.compile(rf"({NUMBER})(?:[\s-]?(?:({SCALE})(?![a-z])|({PERCENT})))?", re.IGNORECASE)


class Numeral(NamedTuple):
    """A number in figures: `number` as written, its value without and with its scale, its place.

    `percent` is the word or sign that makes it a share, in small letters, empty for no share;
    `before` is the sign before it, empty at the start of the text.
    """

    number: str
    plain: float
    value: float
    has_scale: bool
    percent: str
    before: str
    start: int
    end: int


def numerals_in(text: str) -> list[Numeral]:
    """The numbers in the text, in its order."""
    return [_numeral(match, text) for match in _NUMERAL.finditer(text)]


def _numeral(match: re.Match[str], text: str) -> Numeral:
    number, scale, percent = match.groups()
    start, end = match.span()
    plain = value_of(number)
    value = plain * SCALES[scale.casefold()] if scale else plain
    before = text[start - 1 : start]
    return Numeral(number, plain, value, bool(scale), (percent or "").lower(), before, start, end)


def value_of(number: str, scale: str = "") -> float:
    """The value of a number as it is written, with the word after it."""
    return float(number.replace(",", "")) * (SCALES[scale.casefold()] if scale else 1.0)
