"""The values that settings take: what each must look like, and the words that say so."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
)

DATABASES = ("sqlite", "postgres", "postgresql")
LEAST_KEY = 32
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"localhost|{_LABEL}(?:\.{_LABEL})+")
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")


def _beside_the_file(path: Path, info: ValidationInfo) -> Path:
    folder = (info.context or {}).get("folder", Path.cwd())
    return (Path(folder) / path.expanduser()).resolve()


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("expected a time zone such as Europe/Berlin") from None
    return name


def _clock_time(text: str) -> str:
    hours, _, minutes = text.partition(":")
    is_time = len(text) == 5 and hours.isdigit() and minutes.isdigit()  # noqa: PLR2004 - HH:MM
    if not is_time or int(hours) > 23 or int(minutes) > 59:  # noqa: PLR2004
        raise ValueError('expected a time of day such as "07:30"')
    return text


def _one_address(text: str) -> str:
    from email.utils import parseaddr

    local, _, domain = parseaddr(text)[1].rpartition("@")
    if not local or "@" in local or not _DOMAIN.fullmatch(domain):
        raise ValueError(
            "expected an address such as: Daily Brief <daily@news.example.org>,"
            " its domain in letters a-z, digits, hyphens and dots"
        )
    if "\n" in text or "\r" in text:
        raise ValueError("expected one line")
    return text


def _web_address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError("expected an address that starts with https:// or http://")
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if host and not host.isascii():
        raise ValueError("expected a host in ASCII: write its punycode form, such as xn--bcher-kva")
    if not _HOST.fullmatch(host) or any(sign.isspace() for sign in text):
        raise ValueError("expected an address such as https://news.example.org")
    return text.rstrip("/")


def _place_to_read(text: str, info: ValidationInfo) -> str:
    try:
        scheme = urlsplit(text).scheme
    except ValueError:
        scheme = "none"
    if scheme not in ("", "http", "https"):
        raise ValueError("expected an address that starts with https:// or http://, or a file")
    return text if scheme else str(_beside_the_file(Path(text), info))


def _database(text: str, info: ValidationInfo) -> str:
    scheme, _, rest = text.partition(":")
    if text and scheme not in DATABASES:
        raise ValueError("expected sqlite:///path or postgres://user@host/name")
    if scheme != "sqlite":
        return text
    path, mark, query = rest.removeprefix("///").partition("?")
    if path in ("", "//", ":memory:", "//:memory:"):
        raise ValueError("a database in memory keeps nothing: expected sqlite:///path")
    if not rest.startswith("///"):
        raise ValueError("expected sqlite:///path, with three slashes")
    return sqlite_url(_beside_the_file(Path(unquote(path)), info)) + mark + query


def sqlite_url(file: Path) -> str:
    """The address of an SQLite database."""
    return f"sqlite:///{quote(str(file))}"


_DURATION = re.compile(r"(\d{1,4})\s*(m|h|d)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def duration_words(duration: timedelta) -> str:
    """A length of time as the file says it, in the largest unit that fits: `6h`; empty for none."""
    minutes = int(duration.total_seconds() // 60)
    if not minutes:
        return ""
    units = ((24 * 60, "d"), (60, "h"), (1, "m"))
    return next(f"{minutes // size}{unit}" for size, unit in units if minutes % size == 0)


def _duration(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    match = _DURATION.fullmatch(str(value))
    if not match:
        raise ValueError('expected a length of time such as "30m", "6h" or "1d"')
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("expected a word; this one is empty")
    return text


def _pattern(text: str) -> str:
    if not text.strip():
        raise ValueError("expected a regular expression; an empty one is found in everything")
    try:
        re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"expected a regular expression; this one is broken: {error}") from None
    return text


def _selector(text: str) -> str:
    from cssselect import SelectorError
    from lxml.cssselect import CSSSelector

    try:
        CSSSelector(text or "*", translator="html")
    except SelectorError as error:
        raise ValueError(f"expected a CSS selector such as `ul.news > li`: {error}") from None
    return text


def _long_enough(key: SecretStr) -> SecretStr:
    if 0 < len(key.get_secret_value()) < LEAST_KEY:
        raise ValueError(f"expected at least {LEAST_KEY} characters that nobody can guess")
    return key


Folder = Annotated[Path, AfterValidator(_beside_the_file)]
Zone = Annotated[str, AfterValidator(_known_zone)]
TimeOfDay = Annotated[str, AfterValidator(_clock_time)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Address = Annotated[str, AfterValidator(_one_address)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Word = Annotated[str, AfterValidator(_not_blank)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Pattern = Annotated[str, Field(max_length=500), AfterValidator(_pattern)]
Selector = Annotated[str, Field(max_length=500), AfterValidator(_selector)]
Place = Annotated[str, Field(min_length=1), AfterValidator(_place_to_read)]
Database = Annotated[str, AfterValidator(_database)]
SigningKey = Annotated[SecretStr, AfterValidator(_long_enough)]


class Settings(BaseModel):
    """The base of every group: frozen, complete, no unknown key."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)
