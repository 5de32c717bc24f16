"""Entries for tests: a headline is enough, everything else has a plain default."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from newsletter.core.entry import Entry
from newsletter.core.gazetteer import Gazetteer
from newsletter.core.source import Publisher
from newsletter.gazetteer import load_gazetteer

NOW = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)


@cache
def field() -> Gazetteer:
    """The gazetteer that the project ships."""
    return load_gazetteer()


def entry(  # noqa: PLR0913 - every part of an entry may matter to a test
    title: str,
    *,
    outlet: str = "Daily Ore",
    hours: float = 3.0,
    text: str = "",
    language: str = "en",
    publisher: Publisher = Publisher.TRADE_PRESS,
    weight: float = 1.0,
    highlights: tuple[str, ...] = (),
    paywall: bool = False,
    id: str | None = None,  # noqa: A002 - the field's own name
) -> Entry:
    """An entry with this headline, published so many hours before `NOW`."""
    name = id or f"{outlet}/{title}/{hours}"
    at = NOW - timedelta(hours=hours)
    host = outlet.lower().replace(" ", "-") or "none"
    return Entry(
        id=name,
        declared_id=name,
        url=f"https://{host}.example/{len(title)}-{int(hours)}",
        title=title,
        summary="",
        text=text,
        highlights=highlights,
        published_at=at,
        date_is_known=True,
        first_seen_at=at,
        language=language,
        outlet=outlet,
        publisher=publisher,
        weight=weight,
        paywall=paywall,
        sources=(outlet,),
    )
