"""An entry: one item as one source published it (RFC 4287's word)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newsletter.core.source import Publisher  # noqa: TC001 - read at run time with entries
from newsletter.core.urls import host_of


@dataclass(frozen=True)
class ParsedEntry:
    """An item as a kind's parser found it: markup and damage still in it, nothing decided.

    `published` is what the feed claims, in UTC, or None; `published_raw` its words.
    `outlet` is set where an aggregator names the real publisher of an item.
    `declared_id` is a caller's own id (JSON Feed `id`, RSS guid, Atom id).
    """

    declared_id: str
    url: str
    title: str
    summary: str = ""
    content: str = ""
    published: datetime | None = None
    published_raw: str = ""
    language: str | None = None
    authors: tuple[str, ...] = ()
    outlet: str | None = None
    publisher: Publisher | None = None
    weight: float | None = None
    image: str = ""


@dataclass(frozen=True)
class ParsedFeed:
    """A document as a kind's parser found it: its items, and what it says of itself.

    `ttl` is how long it asks readers to wait before they come again; `skip_hours` (0 to 23, UTC)
    and `skip_days` (0 is Monday) are times at which it asks not to be read (RSS 2.0). `is_cut` is
    True where there is more than was read: the document breaks off, or a bound was reached.
    """

    entries: tuple[ParsedEntry, ...]
    title: str = ""
    ttl: timedelta = timedelta(0)
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    is_cut: bool = False


@dataclass(frozen=True)
class Entry:
    """A clean, stored item. Plain text throughout; times in UTC.

    `id` is the identity that survives re-dating and retitling; `keys` are all the marks by which
    it is known again (see `core.identity`), `id` being the first of its first sight. `html` is the
    publisher's markup after the allow-list of `core.markup`, for pages; `text` is the same as plain
    text. `published_raw` is the date in the source's own words. `published_at` is the time we
    reckon with (`date_is_known` is False where it stands for the moment of first sight);
    `outlet` is the publisher as a reader knows it; `sources` are the names of all the sources in
    which it was sighted, the first one first.
    """

    id: str
    declared_id: str
    url: str
    title: str
    summary: str
    text: str
    highlights: tuple[str, ...]
    published_at: datetime
    date_is_known: bool
    first_seen_at: datetime
    language: str
    outlet: str
    publisher: Publisher
    weight: float
    paywall: bool = False
    authors: tuple[str, ...] = ()
    sources: tuple[str, ...] = field(default=())
    keys: tuple[str, ...] = ()
    published_raw: str = ""
    html: str = ""
    image: str = ""
    is_quotable: bool = True
    translated_title: str = ""
    translated_summary: str = ""

    @property
    def host(self) -> str:
        """The link's host as a reader sees it, without `www.`."""
        return host_of(self.url)
