"""Which preferences can be kept, and what changed between two of them. Touches only the zones."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from subscribers.address import plain_line
from subscribers.errors import PreferencesError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from subscribers.values import Preferences

MOST_FOLLOWS = 20
MOST_SECTIONS = 30
LONGEST_CHOICE = 100
DETAIL_LENGTH = 200
_LAST_HOUR = 23
_FOLLOW = re.compile(r"(company|thread):(?! ).+")
_LANGUAGE = re.compile(r"[A-Za-z0-9-]{0,8}", re.ASCII)
_WORDS = {"mail_format": "format", "time_zone": "time zone"}
_NOTHING = {"sections": "all", "follows": "none", "hour": "none"}


def checked(wanted: Preferences) -> Preferences:
    """The same preferences with sections and follows sorted, each once.

    Raises:
        PreferencesError: a time zone, an hour, a language, a section or a follow that cannot be
            kept, or too many of them.
    """
    _refuse_a_foreign_clock(wanted)
    if not _LANGUAGE.fullmatch(wanted.language):
        raise PreferencesError("this is not a language the pages are written in")
    return replace(wanted, sections=_sections(wanted.sections), follows=_follows(wanted.follows))


def differences(before: Preferences, after: Preferences) -> list[str]:
    """What changed, each as "rhythm daily to weekly"."""
    changed = [one.name for one in fields(before)]
    return [
        f"{_WORDS.get(name, name)} {_shown(before, name)} to {_shown(after, name)}"
        for name in changed
        if getattr(before, name) != getattr(after, name)
    ]


def in_one_line(changes: Iterable[str]) -> str:
    """The changes as the record of consent keeps them: one line of at most 200 characters."""
    line = "; ".join(changes)
    return line if len(line) <= DETAIL_LENGTH else line[: DETAIL_LENGTH - 1] + "…"


def _refuse_a_foreign_clock(wanted: Preferences) -> None:
    if wanted.hour is not None and not 0 <= wanted.hour <= _LAST_HOUR:
        raise PreferencesError("an hour of delivery is a number from 0 to 23")
    if wanted.time_zone and wanted.time_zone not in _zones():
        raise PreferencesError("a time zone is one of the IANA names, such as Europe/Berlin")


@cache
def _zones() -> frozenset[str]:
    longest = 40
    return frozenset(name for name in available_timezones() if len(name) <= longest)


def _sections(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(names)) > MOST_SECTIONS or not all(map(_is_plain, names)):
        raise PreferencesError(f"sections are at most {MOST_SECTIONS} names, each on one line")
    return tuple(sorted(set(names)))


def _follows(names: tuple[str, ...]) -> tuple[str, ...]:
    are_follows = all(_is_plain(name) and _FOLLOW.fullmatch(name) for name in names)
    if len(set(names)) > MOST_FOLLOWS or not are_follows:
        raise PreferencesError(
            f"at most {MOST_FOLLOWS} companies and threads can be followed, each by its name"
        )
    return tuple(sorted(set(names)))


def _is_plain(text: str) -> bool:
    return text != "" and plain_line(text, LONGEST_CHOICE) == text


def _shown(preferences: Preferences, name: str) -> str:
    value = getattr(preferences, name)
    if value in ((), "", None):
        return _NOTHING.get(name, "default")
    return ", ".join(value) if isinstance(value, tuple) else str(value)
