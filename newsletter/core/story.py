"""A story: entries from one or more sources about one event; and the day's ranking of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime  # noqa: TC003 - read at run time when drafts are loaded

from newsletter.core.entry import Entry  # noqa: TC001 - read at run time when drafts are loaded


@dataclass(frozen=True)
class Highlight:
    """One sentence taken word for word from an entry, and the outlet it stands in."""

    text: str
    outlet: str


@dataclass(frozen=True)
class Story:
    """One event of the day, told by its entries.

    `best` is the entry a reader is sent to; `primary` the filing, notice or release itself where
    one of the entries is that. `outlets` counts independent outlets: copies of one text and
    rewrites by aggregators count once. `score` is 0..1 and is the weighted sum of `parts` (each
    0..1). `reasons` are short sentences with the numbers behind them. `marks` are labels a reader
    should see: "paywall", "state media", "press release". `event` is the kind of event.
    """

    id: str
    entries: tuple[Entry, ...]
    best: Entry
    primary: Entry | None
    headline: str
    section: str
    event: str
    outlets: int
    outlet_names: tuple[str, ...]
    score: float
    parts: dict[str, float]
    reasons: tuple[str, ...]
    highlights: tuple[Highlight, ...]
    marks: tuple[str, ...]
    elements: tuple[str, ...]
    companies: tuple[str, ...]
    countries: tuple[str, ...]
    published_at: datetime
    told_on: date | None = None

    @property
    def url(self) -> str:
        """Where a reader is sent."""
        return self.best.url


@dataclass(frozen=True)
class Rejection:
    """An entry that is no news of the field, with its relevance (0..1) and why."""

    entry_id: str
    title: str
    outlet: str
    relevance: float
    reason: str


@dataclass(frozen=True)
class Ranking:
    """All stories, best first, and what was rejected. Every entry stands in exactly one."""

    now: datetime
    stories: tuple[Story, ...]
    rejected: tuple[Rejection, ...]
