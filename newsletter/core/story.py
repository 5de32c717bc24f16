"""A story: entries from one or more sources about one event; and the day's ranking of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime  # noqa: TC003 - read at run time when drafts are loaded

from newsletter.core.entry import Entry  # noqa: TC001 - read at run time when drafts are loaded
from newsletter.core.identity import digest

_SHORTEST_BEGINNING = 4


def is_id_meant(story_id: str, wanted: str) -> bool:
    """Whether a person who wrote `wanted` may mean this id: all of it, or how it begins."""
    begins = len(wanted) >= _SHORTEST_BEGINNING and story_id.startswith(wanted)
    return begins or story_id == wanted


def story_id_from(name: str) -> str:
    """Twelve hexadecimal digits: an id for a story out of what it is known by."""
    return digest(name)[:12]


@dataclass(frozen=True)
class Highlight:
    """One sentence taken word for word from an entry, and the outlet it stands in.

    `is_written` marks one that a language model wrote from what the outlet says.
    """

    text: str
    outlet: str
    is_written: bool = False


@dataclass(frozen=True)
class Earlier:
    """An earlier story of the same thread: the day it began, and its headline."""

    date: date
    headline: str


@dataclass(frozen=True)
class Story:
    """One event of the day, told by its entries.

    `best` is the entry a reader is sent to; `primary` the filing, notice or release itself where
    one of the entries is that. `outlets` counts independent outlets: copies of one text and
    rewrites by aggregators count once. `score` is 0..1 and is the weighted sum of `parts` (each
    0..1). `reasons` are short sentences with the numbers behind them. `marks` are labels a reader
    should see: "paywall", "state media", "press release". `event` is the kind of event.
    `told_on` is the date of the last edition that told it, and `news` says what is new since then
    (empty where nothing is). `thread` is the id of the stories about one subject that it belongs
    to, and `earlier` are those before it, the newest last. `close_to` is the headline of a story
    above it that may well be the same, which costs it some of its score.
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
    news: str = ""
    thread: str = ""
    earlier: tuple[Earlier, ...] = ()
    close_to: str = ""

    @property
    def is_stale(self) -> bool:
        """Whether an edition told it already and nothing happened since."""
        return self.told_on is not None and not self.news

    @property
    def began_at(self) -> datetime:
        """When its first entry appeared."""
        return min((entry.published_at for entry in self.entries), default=self.published_at)

    @property
    def latest_at(self) -> datetime:
        """When its latest entry appeared."""
        return max((entry.published_at for entry in self.entries), default=self.published_at)

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
