"""A source: a place we are told to read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Publisher(StrEnum):
    """Who stands behind a source; decides labels, caps and authority."""

    TRADE_PRESS = "trade-press"
    GENERAL_PRESS = "general-press"
    COMPANY = "company"
    GOVERNMENT = "government"
    STATE_MEDIA = "state-media"
    PRESS_WIRE = "press-wire"
    EXCHANGE = "exchange"
    AGGREGATOR = "aggregator"


def is_on_the_web(address: str) -> bool:
    """True for an http or https address; anything else that a source may name is a file."""
    return address.startswith(("http://", "https://"))


_USER = re.compile(r"(?<=://)[^/?#]*@")
STDIN = "-"
"""The address that stands for standard input."""


def without_user(address: str) -> str:
    """An address without the user's name and password in it."""
    return _USER.sub("", address)


@dataclass(frozen=True)
class Selectors:
    """CSS selectors that pick the items of a web page without a feed.

    `item` is looked for in the page, the others inside each item; empty ones are found by guess
    (the first link, its text, the first thing that reads as a date, no summary).
    """

    item: str
    title: str = ""
    link: str = ""
    date: str = ""
    summary: str = ""


@dataclass(frozen=True)
class Source:
    """A place to read: its name is its identity, its address may move.

    `is_unnamed` marks one given by its address alone: readers see the feed's own title instead.
    `weight` is 1.0 for a normal outlet, up to 1.5 for one with authority on the field.
    `topics` are the operator's own words for what it covers. `allow` and `deny` are regular
    expressions over an item's title, summary and link: where there are `allow`s, one must match;
    no `deny` may. `every` is the least time between two readings. A source whose text may not be
    quoted (`is_quotable` False) gives headlines and links only. `has_articles` says whether its
    articles may be fetched where the feed carries little.
    """

    name: str
    url: str
    kind: str = "auto"
    group: str = "Trade press"
    publisher: Publisher = Publisher.TRADE_PRESS
    weight: float = 1.0
    language: str | None = None
    topics: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    every: timedelta = timedelta(0)
    is_quotable: bool = True
    has_articles: bool = True
    selectors: Selectors | None = None
    paywall: bool = False
    enabled: bool = True
    is_unnamed: bool = False
