"""The form of the preferences: what is ticked and typed, and the preferences that it means. Pure.

Every field is kept as text, so that a page with an error shows again what was typed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from newsletter.catalogue import LANGUAGES
from newsletter.web.following import COMPANY, THREAD, typed_companies
from subscribers.address import NAME_LENGTH, plain_line
from subscribers.choices import LONGEST_CHOICE, MOST_FOLLOWS
from subscribers.values import Depth, MailFormat, Preferences, Rhythm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import QueryDict

    from newsletter.web.following import Offers
    from subscribers.values import Subscriber

HOURS = tuple(str(hour) for hour in range(24))
_LIKELY_ZONES = {"de": "Europe/Berlin", "ja": "Asia/Tokyo", "zh": "Asia/Shanghai"}
_REGIONS = (
    *("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia"),
    *("Europe", "Indian", "Pacific"),
)


@dataclass(frozen=True)
class Choices:
    """The form's fields. An empty `hour`, `time_zone` or `language` is the newsletter's own."""

    rhythm: str
    depth: str
    sections: tuple[str, ...]
    follows: tuple[str, ...]
    companies: str
    hour: str
    time_zone: str
    mail_format: str
    language: str
    name: str


def choices_of(person: Subscriber, sections: Sequence[str]) -> Choices:
    """The form as it stands for a subscriber: all sections ticked where they get all."""
    wanted = person.preferences
    ticked = tuple(name for name in sections if name in wanted.sections)
    return Choices(
        rhythm=wanted.rhythm.value,
        depth=wanted.depth.value,
        sections=ticked or tuple(sections),
        follows=wanted.follows,
        companies="",
        hour="" if wanted.hour is None else str(wanted.hour),
        time_zone=wanted.time_zone,
        mail_format=wanted.mail_format.value,
        language=wanted.language,
        name=person.name,
    )


def with_likely_zone(choices: Choices, language: str) -> Choices:
    """The form for who chose neither an hour nor a zone: with the zone their language suggests.

    Whoever has an hour keeps its clock, for the newsletter's own zone may be what they chose.
    """
    if choices.hour or choices.time_zone:
        return choices
    return replace(choices, time_zone=_LIKELY_ZONES.get(language, ""))


def without_idle_zone(choices: Choices, kept: Preferences, language: str) -> Choices:
    """The typed form without a zone that only the page proposed: no hour goes by it."""
    is_idle = not choices.hour and not kept.time_zone and kept.hour is None
    is_proposed = choices.time_zone == _LIKELY_ZONES.get(language, "")
    return replace(choices, time_zone="") if is_idle and is_proposed else choices


def choices_typed(form: QueryDict) -> Choices:
    """The form as it was sent."""
    return Choices(
        rhythm=form.get("rhythm", ""),
        depth=form.get("depth", ""),
        sections=tuple(form.getlist("section")),
        follows=tuple(form.getlist("follow")),
        companies=form.get("companies", ""),
        hour=form.get("hour", ""),
        time_zone=form.get("time_zone", "").strip(),
        mail_format=form.get("mail_format", ""),
        language=form.get("language", ""),
        name=form.get("name", ""),
    )


def faults_of(choices: Choices, sections: Sequence[str], offers: Offers) -> tuple[str, ...]:
    """The fields that cannot be kept, in the order of the page."""
    follows = _follows(choices, offers)
    is_fine = {
        "rhythm": choices.rhythm in set(Rhythm),
        "depth": choices.depth in set(Depth),
        "section": not sections or _are_some_of(choices.sections, sections),
        "follow": len(set(follows)) <= MOST_FOLLOWS and all(map(_can_be_followed, follows)),
        "hour": choices.hour in ("", *HOURS),
        "time_zone": choices.time_zone in ("", *_zones()),
        "mail_format": choices.mail_format in set(MailFormat),
        "language": choices.language in ("", *LANGUAGES),
        "name": len(choices.name) <= NAME_LENGTH,
    }
    return tuple(field for field, fine in is_fine.items() if not fine)


def preferences_meant(choices: Choices, sections: Sequence[str], offers: Offers) -> Preferences:
    """The preferences of a form without faults."""
    ticked = [name for name in sections if name in choices.sections]
    return Preferences(
        rhythm=Rhythm(choices.rhythm),
        depth=Depth(choices.depth),
        sections=() if len(ticked) == len(sections) else tuple(sorted(ticked)),
        follows=tuple(sorted(set(_follows(choices, offers)))),
        hour=int(choices.hour) if choices.hour else None,
        time_zone=choices.time_zone,
        mail_format=MailFormat(choices.mail_format),
        language=choices.language,
    )


@cache
def zones_by_region() -> dict[str, tuple[tuple[str, str], ...]]:
    """The time zones that people know by a city, as (name, city), under their region."""
    cities: dict[str, list[tuple[str, str]]] = {region: [] for region in _REGIONS}
    for zone in sorted(_zones()):
        region, _, city = zone.partition("/")
        if region in cities:
            cities[region].append((zone, city.replace("_", " ").replace("/", ", ")))
    return {region: tuple(found) for region, found in cities.items()}


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _are_some_of(ticked: Sequence[str], offered: Sequence[str]) -> bool:
    return bool(ticked) and set(ticked) <= set(offered)


def _follows(choices: Choices, offers: Offers) -> tuple[str, ...]:
    return (*choices.follows, *typed_companies(choices.companies, offers))


def _can_be_followed(follow: str) -> bool:
    """A thread by its id, a company by a name that is one plain line."""
    is_line = plain_line(follow, LONGEST_CHOICE) == follow
    is_thread = follow.startswith(THREAD) and follow.removeprefix(THREAD).isalnum()
    is_company = follow.startswith(COMPANY) and bool(follow.removeprefix(COMPANY).strip())
    return is_line and (is_thread or is_company)
