"""Dates, ages, counts, lists and languages, in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

WORDS_A_MINUTE = 230

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
_NAMES_OF_LANGUAGES = """
ar:Arabic cs:Czech da:Danish de:German el:Greek en:English es:Spanish et:Estonian fa:Persian
fi:Finnish fr:French he:Hebrew hi:Hindi id:Indonesian it:Italian ja:Japanese kk:Kazakh
ko:Korean mn:Mongolian ms:Malay my:Burmese nl:Dutch no:Norwegian pl:Polish pt:Portuguese
ru:Russian sv:Swedish th:Thai tr:Turkish uk:Ukrainian ur:Urdu vi:Vietnamese zh:Chinese
"""
LANGUAGES = dict(pair.split(":") for pair in _NAMES_OF_LANGUAGES.split())
RIGHT_TO_LEFT = frozenset({"ar", "ckb", "fa", "he", "ps", "ug", "ur", "yi"})

_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # the usual part of RFC 5646
_WIDE_LETTERS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def date_words(day: date) -> str:
    """A date in full: "Tuesday 7 April 2026"."""
    return f"{day_words(day)} {day.year}"


def day_words(day: date) -> str:
    """A day of these weeks: "Thursday 2 April"."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def age_words(then: datetime, now: datetime, zone: ZoneInfo) -> str:
    """How long ago, as people say it: "3 hours ago", "yesterday", "5 days ago", "on 2 March".

    A night's worth of hours is told in hours across midnight; days are those of `zone`.
    A time in the future, which clocks abroad produce, is "just now".
    """
    minutes = int((now - then).total_seconds() // 60)
    local, today = then.astimezone(zone).date(), now.astimezone(zone).date()
    days = (today - local).days
    if minutes < 60:  # noqa: PLR2004 - minutes in an hour
        return f"{count_words(minutes, 'minute')} ago" if minutes > 1 else "just now"
    if days == 0 or minutes < 12 * 60:
        return f"{count_words(minutes // 60, 'hour')} ago"
    if days < 7:  # noqa: PLR2004 - days in a week
        return "yesterday" if days == 1 else f"{days} days ago"
    year = "" if local.year == today.year else f" {local.year}"
    return f"on {local.day} {MONTHS[local.month - 1]}{year}"


def count_words(number: int, one: str, many: str = "") -> str:
    """A number and its noun: "1 outlet", "7 outlets", "1,204 entries"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def reading_words(words: int) -> str:
    """How long that many words take to read: "4 min read"."""
    return f"{max(1, round(words / WORDS_A_MINUTE))} min read"


def word_count(text: str) -> int:
    """Words, counting two Chinese or Japanese characters as one."""
    wide = len(_WIDE_LETTERS.findall(text))
    return len(_WIDE_LETTERS.sub(" ", text).split()) + (wide + 1) // 2


def direction_of(language: str) -> str:
    """The direction a language is written in: ltr or rtl."""
    return "rtl" if root_language(language) in RIGHT_TO_LEFT else "ltr"


def list_words(names: Sequence[str], left: int = 0) -> str:
    """Names as people list them: "A", "A and B", "A, B and 2 more"."""
    items = [*names, f"{left} more"] if left > 0 else list(names)
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def language_tag(language: str) -> str:
    """The tag if it names a language, else ""."""
    return language if _TAG.fullmatch(language) and root_language(language) != "und" else ""


def root_language(language: str) -> str:
    """The language without script and country: "zh" of "zh-Hans-CN"."""
    return language.lower().split("-")[0]


def language_name(language: str) -> str:
    """The language in English; its tag where we have no name for it."""
    return LANGUAGES.get(root_language(language), language)
