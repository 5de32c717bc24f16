"""Ranks the entries of feed files, without database and network: choosing by itself."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsletter.core.intake import clean_entry
from newsletter.core.memory import ToldStory
from newsletter.core.ranking import Weights, rank
from newsletter.core.source import STDIN, Source
from newsletter.core.story import Ranking, Rejection
from newsletter.core.threads import past_of, threaded
from newsletter.errors import SourceError, UsageError
from newsletter.gazetteer import load_gazetteer
from newsletter.kinds.table import FILE, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsletter.config import Config
    from newsletter.core.entry import Entry, ParsedFeed

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
    found = _Found()
    cut: list[str] = []
    for place in places:
        feed = _feed(place)
        if feed.is_cut:
            cut.append(f"{_named(place)}: holds more items than are read, or breaks off")
        source = Source(name=_named(place), url=place, kind=FILE, is_unnamed=True)
        title, items = feed.title, list(reversed(feed.entries))
        del feed
        while items:  # an item's text goes as soon as its entry is there: half of all the memory
            item = items.pop()
            entry = clean_entry(item, source=source, now=now, feed_title=title, with_html=False)
            found.take(item.declared_id or item.url or entry.title, entry)
    return tuple(found.entries.values()), tuple(cut)


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


@dataclass
class _Found:
    """The entries by their own ids, while they are read."""

    entries: dict[str, Entry] = field(default_factory=dict)
    _seen: set[tuple[str, str, str]] = field(default_factory=set)
    _numbers: dict[str, Iterator[int]] = field(default_factory=dict)

    def take(self, own_id: str, entry: Entry) -> None:
        """Keep an entry under its own id, or under the next free one where another has that."""
        mark = (own_id, entry.title, entry.url)
        if mark in self._seen:
            return
        self._seen.add(mark)
        free = self._free(own_id)
        self.entries[free] = replace(entry, id=free, declared_id=free)

    def _free(self, own_id: str) -> str:
        if own_id not in self.entries:
            return own_id
        numbers = self._numbers.setdefault(own_id, count(2))
        names = (f"{own_id}#{number}" for number in numbers)
        return next(name for name in names if name not in self.entries)


def read_history(place: Path) -> tuple[ToldStory, ...]:
    """What earlier editions told: a file that `newsletter rank --json` wrote, or a folder of them.

    Their `stories` were told; `also` was not.

    Raises:
        UsageError: there is nothing of the kind, too much of it, or a file is broken or too large.
    """
    if not place.exists():
        raise UsageError(f"--history {place}: there is no such file or folder")
    found = islice(place.glob("*.json"), MAX_EDITIONS + 1) if place.is_dir() else [place]
    files = sorted(found)
    if not files:
        raise UsageError(f"--history {place}: holds no edition; its files end in .json")
    if len(files) > MAX_EDITIONS:
        raise UsageError(f"--history {place}: holds more than {MAX_EDITIONS:,} editions")
    return tuple(story for file in files for story in _told(file))


MAX_EDITIONS = 2_000
MAX_EDITION_BYTES = 20_000_000
_LONGEST_DATE = len("2026-04-07")


def _told(file: Path) -> list[ToldStory]:
    try:
        with file.open("rb") as opened:
            read = opened.read(MAX_EDITION_BYTES + 1)
    except OSError as error:
        raise UsageError(f"--history {file}: cannot be read: {error.strerror}") from error
    if len(read) > MAX_EDITION_BYTES:
        most = MAX_EDITION_BYTES // 1_000_000
        raise UsageError(f"--history {file}: is larger than {most} MB, too large for an edition")
    try:
        edition = json.loads(read)
        made_at = _moment(edition["now"])
        return [_told_story(story, made_at) for story in edition["stories"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(
            f"--history {file}: is no edition; `newsletter rank --json` writes such files"
        ) from error


def _moment(words: str) -> datetime:
    """The moment of an edition; a date alone stands for the end of its day."""
    moment = datetime.fromisoformat(words)
    if len(words) <= _LONGEST_DATE:
        moment += timedelta(days=1, seconds=-1)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _told_story(story: dict[str, Any], made_at: datetime) -> ToldStory:
    """A told story; other programs' editions may name no id, thread or wording beside the title."""
    entries, wordings = story["entries"], story.get("titles") or []
    if not isinstance(entries, list) or not isinstance(wordings, list):
        raise TypeError
    thread = story.get("thread")
    return ToldStory(
        date=made_at.date(),
        headline=str(story["title"]),
        entry_ids=tuple(map(str, entries)),
        urls=(str(story["url"]),),
        texts=tuple(map(str, wordings)),
        id=str(story.get("id") or ""),
        thread=str(thread.get("id") or "") if isinstance(thread, dict) else "",
        made_at=made_at,
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
    field = load_gazetteer(config)
    ranking = rank(
        young,
        gazetteer=field,
        now=now,
        weights=Weights(**config.edition.weights.model_dump()),
        told=told,
        language=config.newsletter.language,
        takes_all=takes_all,
    )
    if told:
        ranking = _told_last(threaded(ranking, past_of(told), field))
    old = [entry for entry in entries if _is_older(entry, now, max_age_hours)]
    return replace(ranking, rejected=ranking.rejected + tuple(_too_old(one, now) for one in old))


def _told_last(ranking: Ranking) -> Ranking:
    """The ranking with the stories that were told already, without news since, below all others."""
    return replace(ranking, stories=tuple(sorted(ranking.stories, key=lambda s: s.is_stale)))


def _is_older(entry: Entry, now: datetime, most_hours: float | None) -> bool:
    age = now - entry.published_at
    return most_hours is not None and age.total_seconds() / 3600 > most_hours


def _too_old(entry: Entry, now: datetime) -> Rejection:
    days = (now - entry.published_at).days
    return Rejection(entry.id, entry.title, entry.outlet, 0.0, f"{days} days old")
