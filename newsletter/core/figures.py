"""Numbers in words and figures, in several languages, as values that can be compared.

"7,104", "7104" and "7.1 billion" are values with the number of figures they are given in; so are
"five", "twice", "五千" and "3.5 per cent".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.core.numerals import PERCENT, SCALE, SCALES, any_of, numerals_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORDS = {word: float(value) for value, word in enumerate(_ONES.split())}
_WORDS |= {word: 10.0 * value for value, word in enumerate(_TENS.split(), start=2)}
_WORDS |= {"dozen": 12.0, "first": 1.0, "second": 2.0, "third": 3.0, "fourth": 4.0, "fifth": 5.0}
_WORDS |= {"a": 1.0, "an": 1.0}
_ARTICLES = frozenset(("a", "an", "one"))
"""Numbers only before a scale: "a million"."""
_TIMES = {
    **dict.fromkeys(("double", "doubled", "doubles", "doubling", "twice", "twofold"), 2.0),
    **dict.fromkeys(("triple", "tripled", "triples", "tripling", "treble", "trebled"), 3.0),
    **dict.fromkeys(("trebles", "threefold", "thrice"), 3.0),
    **dict.fromkeys(("quadruple", "quadrupled", "quadruples", "fourfold"), 4.0),
    **dict.fromkeys(("half", "halved", "halves", "halving"), 0.5),
}
_ASIAN_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {
    "两": 2,
    "\u3007": 0,
}
_ASIAN_UNITS = {"十": 10, "百": 100, "千": 1_000}
_ASIAN_MYRIADS = {"万": 10**4, "亿": 10**8, "萬": 10**4, "億": 10**8}
_SPELLINGS = {**_WORDS, **_TIMES, "hundred": 1e2, "thousand": 1e3}
_SPELLED = re.compile(
    rf"\b({any_of(_SPELLINGS)})\b(?:[\s-](?:({SCALE})\b|({PERCENT})))?", re.IGNORECASE
)
_ASIAN = re.compile("(百分之)?([零\u3007一二两三四五六七八九十百千万亿萬億]{1,16})")
_GOES_ON = re.compile(r"[\d.,]")
_ASIAN_FIRST = frozenset(_ASIAN_DIGITS) | {"十", "百"}
_LARGEST = 1e21


@dataclass(frozen=True)
class Figure:
    """A number as it is given: its value, the figures that count, and whether it is a share."""

    value: float
    digits: int
    is_percent: bool
    text: str

    def is_told_by(self, other: Figure) -> bool:
        """Whether the other one is this number, or this one its rounding to two figures or more."""
        if self.is_percent != other.is_percent:
            return False
        if abs(self.value - other.value) <= 1e-9 * abs(other.value):
            return True
        return 2 <= self.digits < other.digits and _rounded(other.value, self.digits) == (  # noqa: PLR2004
            _rounded(self.value, self.digits)
        )


def _rounded(value: float, digits: int) -> str:
    return f"{value:.{digits - 1}e}"


def figures_of(text: str) -> tuple[Figure, ...]:
    """The numbers in the text, in figures and in words, in no stated order."""
    return tuple(one for one in _all(text) if one.value < _LARGEST)


def _all(text: str) -> Iterator[Figure]:
    for one in numerals_in(text):
        if not _GOES_ON.fullmatch(one.before):
            words = text[one.start : one.end]
            yield Figure(one.value, _digits(one.number), bool(one.percent), words)
    for match in _SPELLED.finditer(text):
        word, scale, percent = match.groups()
        if word.casefold() in _ARTICLES and not scale:
            continue
        value = _SPELLINGS[word.casefold()] * _scaled(scale)
        yield Figure(value, 1, bool(percent), match[0].strip())
    for match in _ASIAN.finditer(text):
        if match[2][0] in _ASIAN_FIRST:
            yield Figure(_asian_value(match[2]), 1, bool(match[1]), match[0])


def _scaled(scale: str | None) -> float:
    return SCALES[scale.casefold()] if scale else 1.0


def _digits(number: str) -> int:
    """How many figures count: of 7,100 two, of 7,104 four."""
    bare = number.replace(",", "")
    plain = bare.replace(".", "").lstrip("0")
    return len(plain if "." in bare else plain.rstrip("0")) or 1


def _asian_value(signs: str) -> float:
    """The value of a Chinese numeral such as 三千二百万."""
    if all(sign in _ASIAN_DIGITS for sign in signs):
        return float("".join(str(_ASIAN_DIGITS[sign]) for sign in signs))
    total = section = digit = 0
    for sign in signs:
        if sign in _ASIAN_DIGITS:
            digit = _ASIAN_DIGITS[sign]
        elif sign in _ASIAN_UNITS:
            section, digit = section + (digit or 1) * _ASIAN_UNITS[sign], 0
        else:
            total, section, digit = (total + (section + digit or 1)) * _ASIAN_MYRIADS[sign], 0, 0
    return float(total + section + digit)


def untold(text: str, sources: Iterable[str]) -> tuple[str, ...]:
    """The numbers of the text that no source has, as they are written there."""
    known = [figure for source in sources for figure in figures_of(source)]
    bare = {figure.value for figure in known if not figure.is_percent}
    missing = [
        one.text
        for one in figures_of(text)
        if not (one.value in bare and not one.is_percent)
        and not any(one.is_told_by(other) for other in known)
    ]
    return tuple(dict.fromkeys(missing))
