"""Ranks the entries of feed files, without database and network: choosing by itself."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
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
    from collections.abc import Container, Iterator, Sequence

    from newsletter.config import Config
    from newsletter.core.entry import Entry, ParsedFeed

MAX_ITEMS = 200_000
"""Items of one JSON Feed that are read; other kinds keep the bounds they have when collected."""
MAX_BYTES = 400_000_000


def read_entries(places: Sequence[str], now: datetime) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """The entries of feed files ("-" is standard input), each with its own id; and what was cut.

    An item that stands in several feeds with one title and link is taken once, where it has the
    longest text; where two different items have one id, all but one get "#2" and so on at their
    ends. The order of the feeds plays no part in either.

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
    return found.named(), tuple(cut)


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
    """The fullest copy of each item, while they are read: by its own id, title and link."""

    _copies: dict[tuple[str, str, str], Entry] = field(default_factory=dict)

    def take(self, own_id: str, entry: Entry) -> None:
        """Keep an entry, unless a fuller copy of it is here."""
        mark = (own_id, entry.title, entry.url)
        known = self._copies.get(mark)
        if known is None or (entry != known and _fullest_first(entry) < _fullest_first(known)):
            self._copies[mark] = entry

    def named(self) -> tuple[Entry, ...]:
        """The entries under their own ids, or under the next free one where another has that."""
        by_id: dict[str, list[Entry]] = defaultdict(list)
        for (own_id, _, _), entry in self._copies.items():
            by_id[own_id].append(entry)
        found = [
            (name, entry)
            for own_id, some in by_id.items()
            for name, entry in zip(_free(own_id, by_id), _in_order(some), strict=False)
        ]
        return tuple(replace(entry, id=name, declared_id=name) for name, entry in found)


def _in_order(entries: list[Entry]) -> list[Entry]:
    return sorted(entries, key=_fullest_first) if len(entries) > 1 else entries


def _fullest_first(entry: Entry) -> tuple[int, int, str, str]:
    """What comes first has the longest text; the last part tells any two entries apart."""
    return (-len(entry.text), -len(entry.summary), entry.outlet, repr(entry))


def _free(own_id: str, taken: Container[str]) -> Iterator[str]:
    """The id, and then those made of it that no other item has."""
    yield own_id
    yield from (name for n in count(2) if (name := f"{own_id}#{n}") not in taken)


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
_NO_EDITION = (LookupError, ValueError, TypeError, AttributeError, RecursionError, OverflowError)


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
    except _NO_EDITION as error:
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
    config: Config | None,
    *,
    now: datetime,
    told: Sequence[ToldStory] = (),
    takes_all: bool = False,
    max_age_hours: float | None = None,
) -> Ranking:
    """The ranking of entries by the configured weights; without a configuration by the usual ones.

    `takes_all` skips the relevance test and groups whole topics instead of single events. An entry
    that is older than `max_age_hours` is rejected; without it age alone rejects nothing. An edition
    that was made after `now` told nothing.
    """
    young = [entry for entry in entries if not _is_older(entry, now, max_age_hours)]
    field = load_gazetteer(config)
    ranking = rank(
        young,
        gazetteer=field,
        now=now,
        weights=_weights(config),
        told=told,
        language=config.newsletter.language if config else "en",
        takes_all=takes_all,
    )
    if past := [one for one in told if one.was_told_by(now)]:
        ranking = threaded(ranking, past_of(past), field)
    old = [entry for entry in entries if _is_older(entry, now, max_age_hours)]
    return replace(ranking, rejected=ranking.rejected + tuple(_too_old(one, now) for one in old))


def _weights(config: Config | None) -> Weights:
    if config is None:
        return Weights()
    from newsletter.config_weights import weights_in_force

    return weights_in_force(config)


def _is_older(entry: Entry, now: datetime, most_hours: float | None) -> bool:
    age = now - entry.published_at
    return most_hours is not None and age.total_seconds() / 3600 > most_hours


def _too_old(entry: Entry, now: datetime) -> Rejection:
    hours = int((now - entry.published_at).total_seconds() // 3600)
    age = f"{hours // 24} days" if hours >= 2 * 24 else f"{hours} hours"
    return Rejection(entry.id, entry.title, entry.outlet, 0.0, f"{age} old, more than asked for")
