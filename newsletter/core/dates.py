"""When an item was published, as far as its feed can be believed."""

# ruff: noqa: RUF001 - months are spelt in their own letters

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
"""No feed is older than the first of them; an earlier date is a default, such as 1970."""

TOLERANCE = timedelta(days=1)
"""How far ahead a date may be: the widest difference between two zones, rounded up."""


def settle(
    published: datetime | None, *, first_seen: datetime, now: datetime
) -> tuple[datetime, bool]:
    """The time to reckon with, in UTC, and whether the feed's own date stands behind it.

    | the feed says | we reckon with | known |
    | --- | --- | --- |
    | nothing, or no date | first sight | no |
    | 1970, year 1, anything before `EARLIEST` | first sight | no |
    | 2099, more than `TOLERANCE` ahead | first sight | no |
    | some hours ahead (a wrong zone) | `now`, so that no item can jump the ranking | yes |
    | a day since `EARLIEST`, however old | that day: old is not news | yes |
    | a date without zone | the same in UTC | yes |
    """
    if published is None:
        return first_seen, False
    moment = published.replace(tzinfo=UTC) if published.tzinfo is None else published
    if not EARLIEST <= moment <= now + TOLERANCE:
        return first_seen, False
    return min(moment, now).astimezone(UTC), True


_MONTH_NAMES = """
jan january januar janvier janv enero ene janeiro gennaio gen januari января янв stycznia ocak
feb february februar février fevrier févr febrero fevereiro fev febbraio februari февраля фев lutego
mar march märz maerz mär mars marzo março marco maart maret mac marts марта мар marca mart
apr april avril avr abril abr aprile апреля апр kwietnia nisan
may mai mayo maio mag maggio mei maj мая maja mayıs
jun june juni juin junio junho giugno giu июня июн czerwca haziran
jul july juli juillet juil julio julho luglio lug июля июл lipca temmuz
aug august août aout agosto ago augustus augusti agustus ogos августа авг sierpnia ağustos
sep sept september septembre septiembre setembro set settembre сентября сен сент września eylül
oct october oktober okt octobre octubre outubro out ottobre ott октября окт października ekim
nov november novembre noviembre novembro ноября ноя нояб listopada kasım
dec december dezember dez décembre decembre déc diciembre dic dezembro dicembre desember disember \
декабря дек grudnia aralık
"""
_MONTHS = {
    name: number
    for number, names in enumerate(_MONTH_NAMES.strip().splitlines(), start=1)
    for name in names.split()
}
_ZONES = {
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "cet": 1, "cest": 2, "bst": 1, "ist": 5.5, "jst": 9, "kst": 9, "hkt": 8, "sgt": 8, "awst": 8,
    "aest": 10, "aedt": 11, "msk": 3, "eet": 2, "eest": 3, "wib": 7, "ict": 7, "myt": 8, "pht": 8,
    "nzst": 12, "nzdt": 13, "brt": -3, "sast": 2,
}  # fmt: skip
_HALF = dict.fromkeys(("上午", "凌晨", "早上", "午前", "오전", "am"), 0)
_HALF |= dict.fromkeys(("下午", "晚上", "中午", "午後", "오후", "pm"), 12)
_CLOCK = re.compile(
    r"(?:(?P<before>[上下]午|凌晨|早上|晚上|中午|午[前後]|오[전후])\s{0,2})?"
    r"(?<![\d:])(?P<hour>\d{1,2})(?:"
    r"\s?[:时時시h点點]\s?(?P<minute>\d{1,2})(?!\d)"
    r"(?:\s?[:分분]\s?(?P<second>\d{1,2})(?!\d))?(?:[.,]\d{1,9})?"
    r"(?:\s?[分분秒초])?(?:\s?(?P<half>[ap]\.?m\b\.?))?"
    r"|\s?(?P<whole>[时時시点點]|[ap]\.?m\b\.?))"
    rf"(?:\s?\(?(?:(?P<zone>{'|'.join(('utc', 'gmt', 'ut', 'z', *_ZONES))})(?![a-z]))?\s?"
    r"(?P<offset>[+-]\d{1,2}(?::?\d{2})?(?![\d/.-]))?)",
    re.IGNORECASE,
)
_DAY = r"(?<!\d)(?P<day>\d{1,2})"
_MONTH = r"(?P<month>\d{1,2})"
_YEAR = r"(?P<year>\d{4})"
_NAME = r"(?P<name>[^\s\d,./-]{3,14})"
_ORDINAL = r"(?:st|nd|rd|th|[ºo]|er|\.)?"
_SURE_DAY = r"(?P<day>1[3-9]|2\d|3[01])"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<!\d){_YEAR}\s?[-/.年년]\s?{_MONTH}\s?[-/.月월]\s?(?P<day>\d{{1,2}})(?!\d)",
        rf"{_DAY}{_ORDINAL}(?:\sde|\sof)?[\s-]{_NAME}\.?,?(?:\sde)?[\s-]{_YEAR}(?!\d)",
        rf"{_NAME}\.?\s{_DAY}(?:st|nd|rd|th)?,?\s{_YEAR}(?!\d)",
        rf"(?<!\d){_YEAR}[.,]?[\s-]{_NAME}\.?[\s-]{_DAY}(?!\d)",
        rf"{_DAY}\.\s?{_MONTH}\.\s?{_YEAR}(?!\d)",
        rf"(?<!\d){_SURE_DAY}(?P<mark>[/-]){_MONTH}(?P=mark){_YEAR}(?!\d)",
        rf"(?<!\d){_MONTH}(?P<mark>[/-]){_SURE_DAY}(?P=mark){_YEAR}(?!\d)",
        rf"{_DAY}\s?tháng\s{_MONTH},?\s(?:năm\s)?{_YEAR}(?!\d)",
        rf"(?<!\d){_YEAR}(?P<month>\d{{2}})(?P<day>\d{{2}})(?!\d)",
    )
)
_RFC_5322 = re.compile(
    r"(?:[A-Z]{3,9}\.?,? ?)?\d{1,2}[ -][A-Z]{3,9}[ -](?:\d{2}|\d{4}) \d{1,2}:\d{2}(?::\d{2})?"
    r"(?: (?:UTC?|GMT|Z|[ECMP][SD]T|[+-]\d{4}))?",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"(\d{10})(\d{3})?")
_COMPACT = re.compile(r"(\d{8})(\d{4}(?:\d{2})?)")
_END_OF_DAY = re.compile(r"(?<![\d:])24:00(?::00)?(?![\d:])")
_LEAP_SECOND = re.compile(r"(\d\d:\d\d):60(?!\d)")
_MAX_LENGTH = 100


def parse_date(raw: str) -> datetime | None:
    """A date as feeds write it, in UTC; None for what is no date, or has no day.

    ISO 8601 and RFC 5322 first (with years of two digits, no seconds, wrong weekdays); then numbers
    in the order year, month, day (or day.month.year), months by name, clocks of East Asia, and
    seconds or milliseconds since 1970; at last the months of all the languages that dateparser
    knows. Numbers with slashes are read where one of them can only be a day. Digits of any script;
    years of the Thai calendar and of Japanese and Taiwanese eras. Of two time zones the offset
    counts, a zone's name that is not known says nothing (RFC 5322, section 4.3), and without zone
    it is UTC. Only `_MAX_LENGTH` characters are looked at.
    """
    text = _our_calendar(" ".join(_our_digits(raw[:_MAX_LENGTH]).split()))
    day_after = timedelta(0)
    if "24:00" in text and (reset := _END_OF_DAY.sub("00:00:00", text)) != text:
        text, day_after = reset, timedelta(days=1)
    for read in (_iso, _rfc, _number, _written, _foreign):
        try:
            moment = read(text)
            if moment is not None:
                zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
                return zoned.astimezone(UTC) + day_after
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None


def _our_digits(text: str) -> str:
    """Digits of any script as 0 to 9, full-width letters and colons as plain ones."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


_THAI_YEAR = re.compile(r"(?<!\d)2(?:5[4-9]|6[0-3])\d(?!\d)")
_THAI_AHEAD = 543
_ERA_YEAR = re.compile(r"(令和|平成|昭和|民[國国])\s?(元|\d{1,3})(?=\s?年)")
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}


def _our_calendar(text: str) -> str:
    """Years of the Thai calendar and of eras as years of ours."""
    if "年" in text:
        text = _ERA_YEAR.sub(_year_of_era, text)
    return _THAI_YEAR.sub(lambda match: str(int(match[0]) - _THAI_AHEAD), text, count=1)


def _year_of_era(match: re.Match[str]) -> str:
    return str(_ERAS[match[1]] + (1 if match[2] == "元" else int(match[2])))


def _iso(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text[:4].isdigit() else None


def _rfc(text: str) -> datetime | None:
    """RFC 5322; the standard library misreads what is beyond it, so that it gets nothing else."""
    if not _RFC_5322.fullmatch(text):
        return None
    return parsedate_to_datetime(_LEAP_SECOND.sub(r"\1:59", text) if ":60" in text else text)


def _number(text: str) -> datetime | None:
    if epoch := _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(epoch[1]), UTC)
    compact = _COMPACT.fullmatch(text)
    return datetime.fromisoformat(f"{compact[1]}T{compact[2]}") if compact else None


def _written(text: str) -> datetime | None:
    clock = _CLOCK.search(text)
    rest = f"{text[: clock.start()].rstrip()} {text[clock.end() :].lstrip()}" if clock else text
    for pattern in _PATTERNS:
        match = pattern.search(rest)
        if match and (month := _month(match.groupdict())):
            day = datetime(int(match["year"]), month, int(match["day"]), tzinfo=UTC)
            return _at(day, clock.groupdict()) if clock else day
    return None


def _month(parts: Mapping[str, str | None]) -> int:
    if name := parts.get("name"):
        return _MONTHS.get(name.lower(), 0)
    return int(parts.get("month") or 0)


def _at(day: datetime, clock: Mapping[str, str | None]) -> datetime:
    hour, minute, second = (int(clock[part] or 0) for part in ("hour", "minute", "second"))
    half = clock["before"] or clock["half"] or clock["whole"] or ""
    later = _HALF.get(half.lower().replace(".", ""))
    if later is not None and hour <= 12:  # noqa: PLR2004 - hours of half a day
        hour = hour % 12 + later
    return day.replace(hour=hour, minute=minute, second=min(second, 59), tzinfo=_zone(clock))


def _zone(clock: Mapping[str, str | None]) -> timezone:
    if offset := clock["offset"]:
        digits = offset[1:].replace(":", "")
        hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")  # noqa: PLR2004 - hours alone
        ahead = timedelta(hours=int(hours), minutes=int(minutes))
        return timezone(-ahead if offset[0] == "-" else ahead)
    return timezone(timedelta(hours=_ZONES.get((clock["zone"] or "").lower(), 0)))


_ITS_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_ITS_DAY = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_WORD = re.compile(r"[^\s\d,/()-]{3,20}")
_MAX_FOREIGN = 60
_MOST_LANGUAGES = 8
_STRICT = {
    "PARSERS": ["absolute-time"],
    "REQUIRE_PARTS": ["day", "month", "year"],
    "STRICT_PARSING": True,
    "TIMEZONE": "UTC",
    "RETURN_AS_TIMEZONE_AWARE": True,
}
_ENGLISH = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip


def _foreign(text: str) -> datetime | None:
    """A date whose month is a word of any language, by dateparser.

    It is asked only in the languages that know one of the words as a month: to try all 200 of them
    takes 25 ms.
    """
    is_likely = _ITS_YEAR.search(text) and _ITS_DAY.search(text) and not text.isdigit()
    if not is_likely or len(text) > _MAX_FOREIGN:
        return None
    words = [word.lower().replace(".", "") for word in _WORD.findall(text)]
    months = _languages_by_month() if words else {}
    languages = dict.fromkeys(name for word in words for name in months.get(word, ()))
    if not languages:
        return None
    parse = import_module("dateparser").parse
    try:
        moment = parse(text, languages=list(languages)[:_MOST_LANGUAGES], settings=_STRICT)
    except Exception:  # noqa: BLE001 - what it raises over a strange text is not documented
        return None
    return moment if isinstance(moment, datetime) else None


@lru_cache(maxsize=1)
def _languages_by_month() -> dict[str, list[str]]:
    """A month's name -> dateparser's languages that have it, the most spoken first.

    It takes half a second, in a process that meets such a date.
    """
    found: dict[str, list[str]] = {}
    for language in import_module("dateparser.data.languages_info").language_order:
        info = import_module(f"dateparser.data.date_translation_data.{language}").info
        for name in (name for month in _ENGLISH for name in info.get(month, ())):
            found.setdefault(name.lower().replace(".", ""), []).append(language)
    return found
