"""A day's draft from stored entries, under a clock set by hand, for tests of the editor's work."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zlib import crc32

from newsletter.build import build
from newsletter.config import load_config
from newsletter.core.intake import Intake
from newsletter.core.source import Source
from newsletter.store import entries as store
from tests.clock import FixedClock
from tests.core.entries import entry

if TYPE_CHECKING:
    from pathlib import Path

    from newsletter.core.entry import Entry
    from newsletter.ports import App

NOW = datetime(2026, 4, 7, 6, 30, tzinfo=UTC)
HEADLINES = (
    "China tightens export licence rules for dysprosium and terbium",
    "Lynas starts its heavy rare earth separation line in Malaysia",
    "Neodymium oxide price rises 6 per cent in Baotou",
    "Iluka secures a loan for its Eneabba rare earth refinery",
    "Noveon signs magnet supply deal with a carmaker in Texas",
    "Brazil grants a mining licence for an ionic clay deposit",
    "Estonia opens a rare earth magnet plant in Narva",
    "Vietnam auctions the Dong Pao rare earth mine",
)
SETTINGS = {
    "NEWSLETTER_EDITION__STORIES": "4",
    "NEWSLETTER_EDITION__ALSO": "2",
    "NEWSLETTER_EDITION__LEAST_STORIES": "1",
    "NEWSLETTER_EDITION__PER_SECTION": "9",
    "NEWSLETTER_SECRET_KEY": "a key of the tests, long enough to be one",
}


def opened(folder: Path, clock: FixedClock | None = None) -> App:
    """An app whose pages hold four stories in full and two headlines."""
    config = load_config(None, environ=SETTINGS, folder=folder)
    return build(config, clock=clock or FixedClock(NOW))


def source(number: int) -> Source:
    """The source of that number."""
    return Source(f"Paper {number}", f"https://paper-{number}.example/feed")


def sources(count: int = len(HEADLINES)) -> tuple[Source, ...]:
    """The sources that carry the headlines, one each."""
    return tuple(source(number) for number in range(count))


def stored(title: str, number: int, *, at: datetime, seen_at: datetime | None = None) -> Entry:
    """An entry that the source of that number published at a moment and that was read then."""
    one = entry(title, outlet=source(number).name)
    mark = crc32(f"{title} {at}".encode())
    made = replace(
        one,
        id=f"{number:08x}{mark:08x}",
        published_at=at,
        first_seen_at=seen_at or at,
        url=f"https://paper-{number}.example/{mark}",
    )
    store.save_intake(Intake(new=(made,)), source(number).name, made.first_seen_at)
    return made


def store_day(moment: datetime = NOW) -> None:
    """The headlines, an hour apart, before a moment."""
    for number, title in enumerate(HEADLINES):
        stored(title, number, at=moment - timedelta(hours=number + 1))
