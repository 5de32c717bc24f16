"""The configured calendar as occasions: YAML or iCalendar, a file of the operator's or an address.

It is read by a worker, as feeds are: on the web anybody may have written it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.calendar_ics import MOST_BYTES, read_ics
from newsletter.calendar_yaml import read_yaml
from newsletter.core.repeating import in_order
from newsletter.core.source import is_on_the_web
from newsletter.core.urls import host_of
from newsletter.errors import FetchError, NewsletterError, SourceError, UsageError
from newsletter.fetch_words import place_of
from newsletter.ports import FetchRequest

if TYPE_CHECKING:
    from datetime import date

    from newsletter.core.beside import Occasion
    from newsletter.ports import App

MOST_OCCASIONS = 200  # that an edition keeps; it shows fewer still
_ACCEPT = "text/calendar, application/yaml;q=0.9, text/yaml;q=0.9, */*;q=0.5"


@dataclass(frozen=True)
class CalendarRead:
    """What a calendar holds for some days, in order, and a line for each fault found in it."""

    name: str
    occasions: tuple[Occasion, ...]
    faults: tuple[str, ...] = ()


def read_calendar(app: App, day: date, days: int) -> CalendarRead:
    """What the configured calendar holds for a day and so many days after it.

    What has begun before and is not over is part of it. Faults name the file and the line; what
    they are about is left out.

    Raises:
        UsageError: no calendar is configured.
        NewsletterError: it cannot be read at all; says where and why.
    """
    place = app.config.calendar.file
    if place is None:
        raise UsageError("no calendar is configured; name one as `calendar.file`")
    # The path of a private calendar is its password: of an address, only the host is told.
    name = host_of(place) or "the calendar" if is_on_the_web(place) else place
    body = _fetched(app, place, name) if is_on_the_web(place) else _read(Path(place))
    last = day + timedelta(days=days)
    allowed = frozenset(map(str.lower, app.config.collect.allow_hosts))
    try:
        if _is_ics(body, place):
            zone = app.config.schedule.timezone
            found, faults = app.workers.run(read_ics, body, name, zone, day, last, allowed=allowed)
        else:
            found, faults = app.workers.run(read_yaml, body, name, day, last, allowed=allowed)
    except SourceError as error:
        raise SourceError(f"{name}: {error}") from error
    return CalendarRead(name, in_order(found, day)[:MOST_OCCASIONS], faults)


def _fetched(app: App, url: str, name: str) -> bytes:
    try:
        return app.fetcher.get(FetchRequest(url, accept=_ACCEPT)).body
    except FetchError as error:
        words = str(error).replace(place_of(url), name)
        raise FetchError(words, status=error.status, is_permanent=error.is_permanent) from error
    finally:
        app.fetcher.close()  # a draft asks nobody else


def _read(file: Path) -> bytes:
    if not file.is_file():  # a pipe would be waited for, for ever
        what = "is no file but a folder or a device" if file.exists() else "there is no such file"
        raise UsageError(f"`calendar.file`: {file}: {what}")
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise NewsletterError(f"{file}: cannot be read: {error.strerror}") from error


def _is_ics(body: bytes, place: str) -> bool:
    start = body[:200].removeprefix(b"\xef\xbb\xbf").lstrip().upper()
    return start.startswith(b"BEGIN:VCALENDAR") or place.lower().endswith((".ics", ".ical"))
