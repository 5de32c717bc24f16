"""Numbers in text: sums of money and plain figures, in the ways several languages write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import ascii_letters, digits
from typing import TYPE_CHECKING

from newsletter.core.numerals import NUMBER, SCALE, any_of, numerals_in, value_of

if TYPE_CHECKING:
    from newsletter.core.numerals import Numeral

# Dollars for one unit of the currency, rounded: good for orders of magnitude only.
DOLLARS = {
    "usd": 1.0,
    "eur": 1.1,
    "gbp": 1.3,
    "aud": 0.65,
    "cad": 0.72,
    "inr": 0.012,
    "cny": 0.14,
    "jpy": 0.0067,
    "krw": 0.0007,
}

_CURRENCIES = {
    "usd": ("us$", "$", "usd", "dollar", "dollars", "美元", "달러", "ドル"),
    "eur": ("€", "eur", "euro", "euros", "欧元", "유로", "ユーロ"),
    "gbp": ("£", "gbp", "英镑", "파운드"),
    "aud": ("a$", "au$", "aud", "澳元"),
    "cad": ("c$", "ca$", "cad", "加元"),
    "inr": ("₹", "rs.", "rs", "inr", "rupees", "卢比", "루피"),
    "cny": ("rmb", "yuan", "cny", "人民币", "元", "위안"),
    "jpy": ("¥", "jpy", "yen", "日元", "円", "엔"),
    "krw": ("₩", "krw", "won", "韩元", "원"),
}
_NAMES = {sign: code for code, signs in _CURRENCIES.items() for sign in signs}
_SIGN = any_of(_NAMES)
_LONGEST_SIGN = max(map(len, _NAMES)) + 2
_SIGN_BEFORE = re.compile(rf"(?<![a-z])({_SIGN})\s?$", re.IGNORECASE)
_SIGN_AFTER = re.compile(rf"(?:\s?({NUMBER})\s?({SCALE}))?\s?({_SIGN})(?![a-z])", re.IGNORECASE)
_SIGN_ENDS = frozenset(sign[-1] for sign in _NAMES)
_PART_OF_A_NAME = frozenset(f"{ascii_letters}{digits}_.")
_SHARES = frozenset(("%", "\uff05", "percent", "per cent"))
"""What makes a figure a percentage by which texts are compared."""
_LIST = r"(\d{1,4}(?:\s?(?:,|and|&|、|和)\s?\d{1,4}(?!\d))*)"
_ACT = re.compile(
    rf"(?:\b(?:announcement|notice|order|decree|circular|regulation|proclamation)s?"
    rf"(?:\s(?:no\.?|nos\.?|number|numbers|numbered))?|\bnos?\.)\s?{_LIST}(?!\d|[.,]\d)"
    r"|第\s?(\d{1,4})\s?号|(\d{1,4})\s?号(?:公告|令)",
    re.IGNORECASE,
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_ACT_WORDS = (
    *("announcement", "notice", "order", "decree", "circular", "regulation", "proclamation"),
    *("no.", "nos.", "号"),
)
_DIGIT = re.compile(r"\d")
_LONGEST = 4_000
_LEAST_TELLING = 1e6
_UNUSUAL_DIGITS = 3


@dataclass(frozen=True)
class Amount:
    """A sum of money: its currency and its value in units of it."""

    currency: str
    value: float

    @property
    def dollars(self) -> float:
        """The order of magnitude in US dollars."""
        return self.value * DOLLARS[self.currency]

    @property
    def is_telling(self) -> bool:
        """Whether the sum is large and not round, so that two texts hardly share it by chance."""
        return self.dollars >= _LEAST_TELLING and self.label.split(":")[1][2] != "0"

    @property
    def label(self) -> str:
        """The sum as two figures and its power of ten, so that 7,104 and 7,100 are the same.

        A sum like 1.25 billion keeps its third figure: it is a rounding of neither neighbour.
        """
        exact, rounded = f"{self.value:.2e}", f"{self.value:.1e}"
        is_between = exact[3] == "5" and float(exact) == self.value
        return f"{self.currency}:{exact if is_between else rounded}"


def money_in(text: str) -> tuple[Amount, ...]:
    """The sums of money named in the text, in order of size, each once."""
    short = text[:_LONGEST]
    found, end = set[Amount](), 0
    for one in numerals_in(short):
        if sign := _sign_before(one, short):
            found.add(Amount(_NAMES[sign], one.value))
        if one.has_scale and one.start >= end:
            amount, end = _signed_after(one, short)
            found.update(amount)
    return tuple(sorted(found, key=lambda amount: (-amount.dollars, amount.currency)))


def _sign_before(one: Numeral, text: str) -> str:
    """The currency's sign in "$5 million"; the last letter is looked at first, which is quick."""
    last = text[one.start - 2 : one.start - 1] if one.before.isspace() else one.before
    if last.casefold() not in _SIGN_ENDS:
        return ""
    sign = _SIGN_BEFORE.search(text, max(0, one.start - _LONGEST_SIGN), one.start)
    return sign[1].casefold() if sign else ""


def _signed_after(one: Numeral, text: str) -> tuple[tuple[Amount, ...], int]:
    """The sum in "5 million dollars" or "2억1500만달러", and where it ends."""
    match = _SIGN_AFTER.match(text, one.end)
    if not match:
        return (), one.end
    number, scale, sign = match.groups()
    value = one.value + (value_of(number, scale) if number else 0.0)
    return (Amount(_NAMES[sign.casefold()], value),), match.end()


def figures_in(text: str) -> frozenset[str]:
    """Plain figures and percentages as labels; years and single digits say too little.

    A figure counts without its scale: "12 million tonnes" and "12 mt" share it.
    """
    return frozenset(
        f"{one.plain:g}%" if one.percent in _SHARES else f"{one.plain:g}"
        for one in numerals_in(text[:_LONGEST])
        if one.before not in _PART_OF_A_NAME
        and (one.percent in _SHARES or _tells_something(one.plain))
    )


def acts_in(text: str) -> frozenset[str]:
    """The numbers of official acts: "Announcements 57 and 61", "No. 61", "第61号"."""
    found: set[str] = set()
    short = text[:_LONGEST]
    if not _DIGIT.search(short) or not any(map(short.casefold().__contains__, _ACT_WORDS)):
        return frozenset()
    for match in _ACT.finditer(short):
        listed = next(part for part in match.groups() if part)
        found.update(n for n in re.findall(r"\d+", listed) if _tells_something(float(n)))
    return frozenset(found)


def is_unusual(figure: str) -> bool:
    """Whether a figure has three digits or more that count, so that two texts hardly share it.

    Purities (99.9 %) are named everywhere and tell nothing.
    """
    counting = figure.rstrip("%").replace(".", "").strip("0")
    is_purity = figure.startswith("9") and figure.endswith("%")
    return len(counting) >= _UNUSUAL_DIGITS and not is_purity


def _tells_something(value: float) -> bool:
    return value > 9 and not _FIRST_YEAR <= value <= _LAST_YEAR  # noqa: PLR2004 - one digit


def spoken(amount: Amount) -> str:
    """The sum as a reader would say it: "$1.6 billion", "Rs 7,280 crore"."""
    prefix = _PREFIXES[amount.currency]
    for size, name in _INDIAN_STEPS if amount.currency == "inr" else _STEPS:
        if float(f"{amount.value / size:.3g}") >= 1:
            return f"{prefix}{_rounded(amount.value / size)} {name}"
    return f"{prefix}{amount.value:,.0f}"


def _rounded(value: float) -> str:
    """Three figures, or all before the point."""
    short = f"{value:.3g}"
    return f"{value:,.0f}" if float(short) >= _THOUSAND else short


_THOUSAND = 1000
_STEPS = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_INDIAN_STEPS = ((1e7, "crore"), (1e5, "lakh"))
_PREFIXES = {
    "usd": "$",
    "eur": "€",
    "gbp": "£",
    "aud": "A$",
    "cad": "C$",
    "cny": "CNY ",
    "jpy": "¥",
    "krw": "KRW ",
    "inr": "Rs ",
}
