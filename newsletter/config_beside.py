"""What stands beside the stories: the market strip, the week ahead, sponsors."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - pydantic reads it
from hashlib import blake2b
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from newsletter.config_values import Place, Settings, WebAddress, Word
from newsletter.core.link_hosts import host, is_allowed, is_private
from newsletter.core.urls import is_web_link

if TYPE_CHECKING:
    from collections.abc import Iterable


def _plain_link(link: str | None) -> str | None:
    if link and not is_web_link(link):
        raise ValueError("expected an address without a user's name, backslashes or port 0")
    return link


Link = Annotated[WebAddress | None, AfterValidator(_plain_link)]


class SeriesSettings(Settings):
    """One series of the market strip, and where it is read.

    `source` and `link` name to readers whose numbers they are. `rows`, `date` and `value` say where
    a document holds them: columns of a CSV, dotted paths in JSON; without `date` it tells the
    present value alone. `every` is how often the source sets a value.
    """

    name: Annotated[Word, Field(max_length=120)]
    unit: str = ""
    source: Word
    link: Link = None
    read: Place
    format: Literal["auto", "csv", "json"] = "auto"
    rows: str = ""
    date: str = "date"
    value: Word = "value"
    decimal: Literal["auto", ".", ","] = "auto"
    decimals: int = Field(2, ge=0, le=6)
    every: Literal["day", "week", "month"] = "day"

    @property
    def origin(self) -> str:
        """What tells whether stored points are of this series: numbers of another unit are not."""
        how = (self.unit, self.read, self.format, self.rows, self.date, self.value, self.decimal)
        return blake2b(repr(how).encode(), digest_size=16).hexdigest()


def _different_names(series: tuple[SeriesSettings, ...]) -> tuple[SeriesSettings, ...]:
    seen: set[str] = set()
    for one in series:
        if one.name.casefold() in seen:
            raise ValueError(f"two series are called {one.name!r}; give each its own name")
        seen.add(one.name.casefold())
    return series


class MarketSettings(Settings):
    """The market strip; without series there is none."""

    series: Annotated[
        tuple[SeriesSettings, ...], Field(max_length=50), AfterValidator(_different_names)
    ] = ()


def _subscribed(place: object) -> object:
    """Where a calendar that is offered to be subscribed to (`webcal:`) is read."""
    scheme, mark, rest = str(place).partition("://")
    return f"https://{rest}" if mark and scheme.lower() in ("webcal", "webcals") else place


class CalendarSettings(Settings):
    """The week ahead; without a file there is none."""

    file: Annotated[Place, BeforeValidator(_subscribed)] | None = None
    days: int = Field(7, ge=1, le=31)


def _not_before_since(until: dt.date | None, info: ValidationInfo) -> dt.date | None:
    since = info.data.get("since")
    if until and since and until < since:
        raise ValueError(f"expected a date that is not before `since`, {since}; it never stands")
    return until


class SponsorSettings(Settings):
    """A sponsor's line, and the dates between which it stands, both included."""

    name: Annotated[Word, Field(max_length=80)]
    text: Annotated[Word, Field(max_length=300)]
    link: Link = None
    since: dt.date | None = None
    until: Annotated[dt.date | None, AfterValidator(_not_before_since)] = None


def refuse_private_links(
    series: Iterable[SeriesSettings], sponsors: Iterable[SponsorSettings], hosts: Iterable[str]
) -> None:
    """Links beside the stories lead where readers get: no private network but to these `hosts`.

    Raises:
        ValueError: names the setting and the host.
    """
    allowed = frozenset(map(str.lower, hosts))
    links = {
        "market.series": [one.link for one in series],
        "sponsors": [one.link for one in sponsors],
    }
    for group, of_group in links.items():
        for place, link in enumerate(of_group):
            if link and is_private(link) and not is_allowed(link, allowed):
                raise ValueError(
                    f"`{group}[{place}].link`: {host(link)} is of a private network, where no"
                    " reader gets; name another, or allow it by `collect.allow_hosts`"
                )
