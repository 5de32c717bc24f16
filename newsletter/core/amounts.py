"""Numbers in text: sums of money and plain figures, in the ways several languages write them."""

from __future__ import annotations

import re
from dataclasses import dataclass

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
_SCALES = {
    "trillion": 1e12,
    "tn": 1e12,
    "billion": 1e9,
    "bn": 1e9,
    "b": 1e9,
    "million": 1e6,
    "mln": 1e6,
    "mn": 1e6,
    "m": 1e6,
    "crore": 1e7,
    "cr": 1e7,
    "lakh": 1e5,
    "thousand": 1e3,
    "k": 1e3,
    "万亿": 1e12,
    "千亿": 1e11,
    "百亿": 1e10,
    "兆": 1e12,
    "조": 1e12,
    "亿": 1e8,
    "億": 1e8,
    "억": 1e8,
    "万": 1e4,
    "萬": 1e4,
    "만": 1e4,
}


_NUMBER = r"\d{1,3}(?:,\d{2,3})+(?:\.\d+)?|\d{1,12}(?:\.\d{1,6})?"
_SCALE = "|".join(re.escape(s) for s in sorted(_SCALES, key=lambda s: (-len(s), s)))
_SIGN = "|".join(re.escape(s) for s in sorted(_NAMES, key=lambda s: (-len(s), s)))
_SIGN_FIRST = re.compile(
    rf"(?<![a-z])({_SIGN})\s?({_NUMBER})[\s-]?(?:({_SCALE})(?![a-z]))?", re.IGNORECASE
)
_SIGN_LAST = re.compile(
    rf"({_NUMBER})[\s-]?({_SCALE})(?:\s?({_NUMBER})\s?({_SCALE}))?\s?({_SIGN})(?![a-z])",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    rf"(?<![A-Za-z0-9_.])({_NUMBER})(?:\s?(%|percent|per cent|\uff05))?", re.IGNORECASE
)
_LIST = r"(\d{1,4}(?:\s?(?:,|and|&|、|和)\s?\d{1,4}(?!\d))*)"
_ACT = re.compile(
    rf"(?:\b(?:announcement|notice|order|decree|circular|regulation|proclamation)s?"
    rf"(?:\s(?:no\.?|nos\.?|number|numbers|numbered))?|\bnos?\.)\s?{_LIST}(?!\d|[.,]\d)"
    r"|第\s?(\d{1,4})\s?号|(\d{1,4})\s?号(?:公告|令)",
    re.IGNORECASE,
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
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
    if not _DIGIT.search(short):
        return ()
    found = {_first(match) for match in _SIGN_FIRST.finditer(short)}
    found.update(_last(match) for match in _SIGN_LAST.finditer(short))
    return tuple(sorted(found, key=lambda amount: (-amount.dollars, amount.currency)))


def _first(match: re.Match[str]) -> Amount:
    sign, number, scale = match.groups()
    return Amount(_NAMES[sign.casefold()], _value(number, scale))


def _last(match: re.Match[str]) -> Amount:
    number, scale, second, second_scale, sign = match.groups()
    value = _value(number, scale) + (_value(second, second_scale) if second else 0.0)
    return Amount(_NAMES[sign.casefold()], value)


def _value(number: str, scale: str | None) -> float:
    return float(number.replace(",", "")) * (_SCALES[scale.casefold()] if scale else 1.0)


def figures_in(text: str) -> frozenset[str]:
    """Plain figures and percentages as labels; years and single digits say too little."""
    found = set()
    for number, percent in _FIGURE.findall(text[:_LONGEST]):
        value = float(number.replace(",", ""))
        if percent:
            found.add(f"{value:g}%")
        elif _tells_something(value):
            found.add(f"{value:g}")
    return frozenset(found)


def acts_in(text: str) -> frozenset[str]:
    """The numbers of official acts: "Announcements 57 and 61", "No. 61", "第61号"."""
    found: set[str] = set()
    short = text[:_LONGEST]
    for match in _ACT.finditer(short) if _DIGIT.search(short) else ():
        listed = next(part for part in match.groups() if part)
        found.update(n for n in re.findall(r"\d+", listed) if _tells_something(float(n)))
    return frozenset(found)


def is_unusual(figure: str) -> bool:
    """Whether a figure has three digits or more that count, so that two texts hardly share it.

    Purities (99.9 %) are named everywhere and tell nothing.
    """
    digits = figure.rstrip("%").replace(".", "").strip("0")
    is_purity = figure.startswith("9") and figure.endswith("%")
    return len(digits) >= _UNUSUAL_DIGITS and not is_purity


def _tells_something(value: float) -> bool:
    return value > 9 and not _FIRST_YEAR <= value <= _LAST_YEAR  # noqa: PLR2004 - one digit


def spoken(amount: Amount) -> str:
    """The sum as a reader would say it: "$1.6 billion", "Rs 7,280 crore"."""
    if amount.currency == "inr":
        return f"Rs {amount.value / 1e7:,.0f} crore"
    for size, name in ((1e9, "billion"), (1e6, "million")):
        if amount.value >= size:
            return f"{_PREFIXES[amount.currency]}{amount.value / size:.3g} {name}"
    return f"{_PREFIXES[amount.currency]}{amount.value:,.0f}"


_PREFIXES = {
    "usd": "$",
    "eur": "€",
    "gbp": "£",
    "aud": "A$",
    "cad": "C$",
    "cny": "CNY ",
    "jpy": "¥",
    "krw": "KRW ",
}
