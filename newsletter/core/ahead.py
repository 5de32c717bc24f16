"""The week ahead: what a calendar holds for an edition's day and those after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING

from newsletter.core.link_hosts import hosts_named
from newsletter.core.links import linkable
from newsletter.core.quote import Phrase
from newsletter.core.repeating import in_order
from newsletter.core.urls import host_of, is_web_link
from newsletter.core.words import MONTHS, WEEKDAYS, clean, direction_in, outlet_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from newsletter.core.beside import Occasion

MOST_LINES = 12
_MANY = 100
_FAR = 180  # days, after which a day without its year could be taken for an earlier one


@dataclass(frozen=True)
class AheadLine:
    """One occasion as it stands on the page.

    `when` is its day or days in words ("Today", "Thu 26 Nov", "Mon 30 Nov to Wed 2 Dec"), `hour`
    its time with the zone's name ("14:30 CET") or empty. `title` has its own direction; where it
    `names_a_host` itself, it may not be the link's words. `kind` ("hearing"), `place`, `url` and
    `host` may be empty.
    """

    when: str
    hour: str
    title: Phrase
    names_a_host: bool
    kind: str
    place: str
    url: str
    host: str


def ahead_lines(
    occasions: Sequence[Occasion], day: date, zone: ZoneInfo
) -> tuple[tuple[AheadLine, ...], str]:
    """The lines of the week ahead in their order, and in words how many more there are (or "").

    `day` is the edition's, `zone` the one that times are told in.
    """
    lines = all_lines(occasions, day, zone)
    more = len(lines) - MOST_LINES
    counted = "and many more" if more >= _MANY else f"and {more} more"
    return lines[:MOST_LINES], counted if more > 0 else ""


def all_lines(occasions: Sequence[Occasion], day: date, zone: ZoneInfo) -> tuple[AheadLine, ...]:
    """Every line of what is not over on a day, in order."""
    ordered = in_order((one for one in occasions if (one.until or one.day) >= day), day)
    return tuple(_line(one, day, zone) for one in ordered)


def _line(one: Occasion, day: date, zone: ZoneInfo) -> AheadLine:
    title = clean(one.title)
    url = linkable(one.url) if is_web_link(one.url) else ""
    return AheadLine(
        when=_when(one, day),
        hour=_hour(one, zone) if one.at and one.day >= day else "",
        title=Phrase(title, dir=direction_in(title)),
        names_a_host=any(any(hosts_named(word)) for word in title.split()),
        kind=outlet_name(one.kind),
        place=outlet_name(one.place),
        url=url,
        host=host_of(url),
    )


def _when(one: Occasion, day: date) -> str:
    until = one.until if one.until and one.until > one.day else None
    if one.day < day:
        return f"Until {_day(until, day)}" if until and until != day else "Until today"
    begins = "Today" if one.day == day else _day(one.day, day)
    return f"{begins} to {_day(until, day)}" if until else begins


def _day(shown: date, day: date) -> str:
    words = f"{WEEKDAYS[shown.weekday()][:3]} {shown.day} {MONTHS[shown.month - 1][:3]}"
    return f"{words} {shown.year}" if abs((shown - day).days) > _FAR else words


def _hour(one: Occasion, zone: ZoneInfo) -> str:
    """The time with the zone's name on that day: CET in winter, CEST in summer; else UTC+4."""
    moment = datetime.combine(one.day, time.fromisoformat(one.at), zone)
    name = moment.tzname() or zone.key
    return f"{one.at} {_offset(name) if name[:1] in '+-' else name}"


def _offset(name: str) -> str:
    """What zones without letters are called: "+04" is UTC+4, "+0545" is UTC+5:45."""
    return f"UTC{name[0]}{int(name[1:3])}{f':{name[3:]}' if name[3:] else ''}"
