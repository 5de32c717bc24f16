"""A source: a place we are told to read."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Source:
    """A place to read: its name is its identity, its address may move.

    `is_unnamed` marks one given by its address alone: readers see the feed's own title instead.
    `weight` is 1.0 for a normal outlet, up to 1.5 for one with authority on the field.
    """

    name: str
    url: str
    kind: str = "auto"
    group: str = "Trade press"
    publisher: Publisher = Publisher.TRADE_PRESS
    weight: float = 1.0
    language: str | None = None
    paywall: bool = False
    enabled: bool = True
    is_unnamed: bool = False
