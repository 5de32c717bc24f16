"""What stands beside the stories of an edition: prices, the week ahead, corrections, a sponsor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime  # noqa: TC003 - read at run time when drafts are loaded


@dataclass(frozen=True)
class Point:
    """What a series stood at on a day."""

    day: date
    value: float


@dataclass(frozen=True)
class Series:
    """A price, a share or a rate over time, as its source told it; `points` are oldest first.

    `unit` is what one value counts ("USD/kg"), `decimals` how many are shown. `every` is how often
    the source sets a value: "day" (working days), "week" or "month". `source` names it to
    readers and `url` is where they find it (or ""). `read_at` is when it was last read well; where
    it could not be read this time, `problem` says why, and what stands is from before. Where the
    source tells a number without a date (`is_dated` is False), each point is the day on which it
    was first read to differ.
    """

    name: str
    unit: str
    source: str
    points: tuple[Point, ...]
    read_at: datetime
    url: str = ""
    decimals: int = 2
    every: str = "day"
    problem: str = ""
    is_dated: bool = True


@dataclass(frozen=True)
class Occasion:
    """Something that will happen on a day, or from it `until` another, both included.

    `kind` is a word such as "quota", "deadline", "report", "hearing" or "conference"; `at` a time
    of day in the newsletter's zone ("14:30"); `place`, `url` and the others may be empty.
    """

    day: date
    title: str
    kind: str = ""
    until: date | None = None
    at: str = ""
    place: str = ""
    url: str = ""


@dataclass(frozen=True)
class Correction:
    """What an edition that was sent got wrong, and how it is right.

    `day` is the edition's date, `headline` the story's (empty where it is about no one story).
    """

    id: int
    day: date
    headline: str
    wrong: str
    right: str
    made_at: datetime


@dataclass(frozen=True)
class Sponsor:
    """The line of whoever pays for an edition, and where it leads (or "")."""

    name: str
    text: str
    url: str = ""


@dataclass(frozen=True)
class Beside:
    """Everything of an edition that is no story. What does not apply is empty."""

    market: tuple[Series, ...] = ()
    ahead: tuple[Occasion, ...] = ()
    corrections: tuple[Correction, ...] = ()
    sponsor: Sponsor | None = None

    @property
    def is_empty(self) -> bool:
        """True when nothing of it informs a reader; a sponsor's line alone does not."""
        return not (self.market or self.ahead or self.corrections)
