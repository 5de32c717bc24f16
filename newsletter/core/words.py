"""Dates, ages, counts, lists and languages, in words."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from newsletter.core.personal import without_personal_host

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from newsletter.core.edition import DraftFigures

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
LEFT_TO_RIGHT_MARK = "\u200e"

_QUOTATIONS_VOUCHED = (
    "The sentences set apart under a headline are the outlets\u2019 own, word for word."
)
_TRANSLATIONS_TOLD = "Sentences marked as translated were translated by machine."
_SUMMARIES_TOLD = (
    "Sentences marked as summarised were written by a language model from the outlet\u2019s text;"
    " their names and numbers were checked against it."
)
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # the usual part of RFC 5646
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_COUNT_OF_OUTLETS = re.compile(r"\d[\d,]* (independent )?outlets\b")
_WIDE_LETTERS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def clean(text: str) -> str:
    """Text on one line, without control characters, direction overrides or broken surrogates.

    The name of the host that stands for readers' own links is taken apart.
    """
    kept = (character for character in text if not is_unwanted(character))
    return without_personal_host(" ".join("".join(kept).split()))


def is_unwanted(character: str) -> bool:
    """True for control characters, broken surrogates and direction overrides."""
    is_control = unicodedata.category(character) in {"Cc", "Cs"} and not character.isspace()
    return is_control or character in _BIDI_CONTROLS


def outlet_name(name: str) -> str:
    """An outlet's name that does not pull the number after it to its wrong side."""
    cleaned = clean(name)
    is_rtl = any(unicodedata.bidirectional(character) in {"R", "AL"} for character in cleaned)
    return cleaned + LEFT_TO_RIGHT_MARK if is_rtl else cleaned


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


def direction_in(text: str) -> str:
    """The direction of a text by its first letter that has one, as HTML's `dir="auto"` takes it."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"L", "R", "AL"}:
            return "ltr" if kind == "L" else "rtl"
    return "ltr"


def list_words(names: Sequence[str], left: int = 0) -> str:
    """Names as people list them: "A", "A and B", "A, B and 2 more"."""
    items = [*names, f"{left} more"] if left > 0 else list(names)
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def figures_words(figures: DraftFigures) -> str:
    """What an edition was made of: "142 entries from 15 sources, 31 stories"; "" of nothing."""
    entries = count_words(figures.entries_read, "entry", "entries")
    read = f"{entries} from {count_words(figures.sources_read, 'source')}"
    found = count_words(figures.stories_found, "story", "stories")
    return ", ".join([read] * (figures.entries_read > 0) + [found] * (figures.stories_found > 0))


def made_words(
    figures: DraftFigures,
    made_at: datetime,
    zone: ZoneInfo,
    *,
    has_quotes: bool,
    has_translations: bool = False,
    has_summaries: bool = False,
) -> str:
    """How an edition came about: when, out of what, and what it vouches for."""
    moment = made_at.astimezone(zone)
    read = count_words(figures.entries_read, "entry", "entries")
    failed = figures.sources_failed
    sentences = (
        (
            f"Made at {moment:%H:%M} ({zone.key}) on {moment.day} {MONTHS[moment.month - 1]}"
            f" from {read} of {count_words(figures.sources_read, 'source')};"
            f" {figures.entries_relevant:,} were on our subject and told"
            f" {count_words(figures.stories_found, 'story', 'stories')}."
        ),
        _QUOTATIONS_VOUCHED if has_quotes else "",
        _TRANSLATIONS_TOLD if has_translations else "",
        _SUMMARIES_TOLD if has_summaries else "",
        f"{count_words(failed, 'source')} did not answer." if failed else "",
    )
    return " ".join(filter(None, sentences))


def reason_words(reasons: Iterable[str], names: Sequence[str] = ()) -> str:
    """Reasons as a sentence after a colon: "told by 6 independent outlets; prices move".

    `names` are those of the story: a reason that begins with one keeps its capital.
    """
    cleaned = (clean(reason).rstrip(". ") for reason in reasons)
    joined = "; ".join(_after_a_colon(reason, names) for reason in cleaned if reason)
    return f"{joined}." if joined else ""


def _after_a_colon(reason: str, names: Sequence[str]) -> str:
    if _COUNT_OF_OUTLETS.match(reason):
        return f"told by {reason}"
    is_name = any(name and reason.startswith(name) for name in names)
    is_plain = reason[1:2].islower() or reason.startswith("A ")
    return reason[0].lower() + reason[1:] if is_plain and not is_name else reason


def language_tag(language: str) -> str:
    """The tag if it names a language, else ""."""
    return language if _TAG.fullmatch(language) and root_language(language) != "und" else ""


def root_language(language: str) -> str:
    """The language without script and country: "zh" of "zh-Hans-CN"."""
    return language.lower().split("-")[0]


def language_name(language: str) -> str:
    """The language in English; its tag where we have no name for it."""
    return LANGUAGES.get(root_language(language), language)
