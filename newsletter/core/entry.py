"""An entry: one item as one source published it (RFC 4287's word)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003 - read at run time when drafts are loaded

from newsletter.core.source import Publisher  # noqa: TC001 - read at run time with entries


@dataclass(frozen=True)
class ParsedEntry:
    """An item as a kind's parser found it: markup and damage still in it, nothing decided.

    `published` is what the feed claims, in UTC, or None; `published_raw` its words.
    `outlet` is set where an aggregator names the real publisher of an item.
    `feed_title` is what the feed calls itself.
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
    feed_title: str = ""


@dataclass(frozen=True)
class Entry:
    """A clean, stored item. Plain text throughout; times in UTC.

    `id` is the identity that survives re-dating and retitling. `published_at` is the time we
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

    @property
    def host(self) -> str:
        """The link's host as a reader sees it, without `www.`."""
        return self.url.split("//", 1)[-1].split("/", 1)[0].rsplit("@", 1)[-1].removeprefix("www.")
