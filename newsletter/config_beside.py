"""What stands beside the stories: the market strip, the week ahead, sponsors."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - pydantic reads it
from typing import Literal

from pydantic import Field

from newsletter.config_values import Place, Settings, WebAddress, Word


class SeriesSettings(Settings):
    """One series of the market strip, and where it is read."""

    name: Word
    unit: str = ""
    source: Word
    link: WebAddress | None = None
    read: Place
    format: Literal["auto", "csv", "json"] = "auto"
    rows: str = ""
    date: str = "date"
    value: str = "value"
    decimals: int = Field(2, ge=0, le=6)
    every: Literal["day", "week", "month"] = "day"


class MarketSettings(Settings):
    """The market strip; without series there is none."""

    series: tuple[SeriesSettings, ...] = ()


class CalendarSettings(Settings):
    """The week ahead; without a file there is none."""

    file: Place | None = None
    days: int = Field(7, ge=1, le=31)


class SponsorSettings(Settings):
    """A sponsor's line, and the dates between which it stands."""

    name: Word
    text: Word
    link: WebAddress | None = None
    since: dt.date | None = None
    until: dt.date | None = None
