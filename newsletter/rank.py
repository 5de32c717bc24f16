"""Ranks the entries of feed files, without database and network: choosing by itself."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsletter.core.intake import clean_entry
from newsletter.core.memory import ToldStory
from newsletter.core.ranking import Weights, rank
from newsletter.core.source import STDIN, Source
from newsletter.core.story import Ranking, Rejection
from newsletter.errors import SourceError, UsageError
from newsletter.gazetteer import load_gazetteer
from newsletter.kinds.table import FILE, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from newsletter.config import Config
    from newsletter.core.entry import Entry, ParsedEntry, ParsedFeed

MAX_ITEMS = 200_000
"""Items of one JSON Feed that are read; other kinds keep the bounds they have when collected."""
MAX_BYTES = 400_000_000


def read_entries(places: Sequence[str], now: datetime) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """The entries of feed files ("-" is standard input), each with its own id; and what was cut.

    An item that stands in several feeds is taken once; where two different items have one id, the
    later one's gets "#2" and so on at its end.

    Raises:
        SourceError: a file is no feed.
        UsageError: there is no such file.
    """
    found: dict[str, Entry] = {}
    cut: list[str] = []
    for place in places:
        feed = _feed(place)
        if feed.is_cut:
            cut.append(f"{_named(place)}: holds more items than are read, or breaks off")
        source = Source(name=_named(place), url=place, kind=FILE, is_unnamed=True)
        for item in feed.entries:
            _take(found, _entry(item, source, feed.title, now))
    return tuple(found.values()), tuple(cut)


def _feed(place: str) -> ParsedFeed:
    try:
        return parse(
            _bytes(place),
            content_type="",
            url="",
            kind=FILE,
            most_items=MAX_ITEMS,
            most_bytes=MAX_BYTES,
        )
    except SourceError as error:
        raise SourceError(f"{_named(place)}: {error}") from error


def _bytes(place: str) -> bytes:
    if place == STDIN:
        return sys.stdin.buffer.read(MAX_BYTES)
    file = Path(place)
    if not file.is_file():
        what = "is no file" if file.exists() else "there is no such file"
        raise UsageError(f"{place}: {what}; give feed files, or - for standard input")
    with file.open("rb") as opened:
        return opened.read(MAX_BYTES)


def _named(place: str) -> str:
    return "standard input" if place == STDIN else place


def _entry(item: ParsedEntry, source: Source, feed_title: str, now: datetime) -> Entry:
    entry = clean_entry(item, source=source, now=now, feed_title=feed_title)
    own_id = item.declared_id or item.url or entry.title
    return replace(entry, id=own_id, declared_id=own_id)


def _take(found: dict[str, Entry], entry: Entry) -> None:
    """Keep an entry under its own id, or under the next free one where another has that."""
    for number in count(1):
        own_id = entry.id if number == 1 else f"{entry.id}#{number}"
        known = found.get(own_id)
        if known is None:
            found[own_id] = replace(entry, id=own_id, declared_id=own_id)
            return
        if (known.title, known.url) == (entry.title, entry.url):
            return


def read_history(place: Path) -> tuple[ToldStory, ...]:
    """What earlier editions told: a file that `newsletter rank --json` wrote, or a folder of them.

    Their `stories` were told; `also` was not.

    Raises:
        UsageError: there is nothing of the kind.
    """
    if not place.exists():
        raise UsageError(f"--history {place}: there is no such file or folder")
    files = sorted(place.glob("*.json")) if place.is_dir() else [place]
    return tuple(story for file in files for story in _told(file))


def _told(file: Path) -> Iterator[ToldStory]:
    try:
        edition = json.loads(file.read_bytes())
        told_on = datetime.fromisoformat(edition["now"]).date()
        stories: Iterable[dict[str, Any]] = edition["stories"]
        yield from [_told_story(story, told_on) for story in stories]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(
            f"--history {file}: is no edition; `newsletter rank --json` writes such files"
        ) from error


def _told_story(story: dict[str, Any], told_on: date) -> ToldStory:
    return ToldStory(
        date=told_on,
        headline=str(story["title"]),
        entry_ids=tuple(map(str, story["entries"])),
        urls=(str(story["url"]),),
    )


def ranked(
    entries: Sequence[Entry],
    config: Config,
    *,
    now: datetime,
    told: Sequence[ToldStory] = (),
    takes_all: bool = False,
    max_age_hours: float | None = None,
) -> Ranking:
    """The ranking of entries by the configured weights.

    `takes_all` skips the relevance test and groups whole topics instead of single events. An entry
    that is older than `max_age_hours` is rejected; without it age alone rejects nothing.
    """
    young = [entry for entry in entries if not _is_older(entry, now, max_age_hours)]
    ranking = rank(
        young,
        gazetteer=load_gazetteer(config),
        now=now,
        weights=Weights(**config.edition.weights.model_dump()),
        told=told,
        language=config.newsletter.language,
        takes_all=takes_all,
    )
    old = [entry for entry in entries if _is_older(entry, now, max_age_hours)]
    return replace(ranking, rejected=ranking.rejected + tuple(_too_old(one, now) for one in old))


def _is_older(entry: Entry, now: datetime, most_hours: float | None) -> bool:
    return most_hours is not None and (now - entry.published_at) > timedelta(hours=most_hours)


def _too_old(entry: Entry, now: datetime) -> Rejection:
    days = (now - entry.published_at).days
    return Rejection(entry.id, entry.title, entry.outlet, 0.0, f"{days} days old")
