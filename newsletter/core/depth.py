"""How much of each story a reader is told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Depth(StrEnum):
    """How much of each story a page tells, the least first."""

    HEADLINES = "headlines"
    STANDARD = "standard"
    FULL = "full"

    @property
    def and_below(self) -> tuple[Depth, ...]:
        """This depth and those that tell less, in the order of how much they tell."""
        depths = tuple(Depth)
        return depths[depths.index(self) :: -1]


@dataclass(frozen=True)
class Measure:
    """How many highlights and reasons stand below a headline: the lead's, a story's, one below's.

    None is all of them. The reading time reckons with as many of any story as the lead has.
    """

    lead: int
    story: int
    below: int
    lead_reasons: int | None
    story_reasons: int | None


MEASURES = {
    Depth.HEADLINES: Measure(0, 0, 0, lead_reasons=0, story_reasons=0),
    Depth.STANDARD: Measure(3, 2, 0, lead_reasons=None, story_reasons=2),
    Depth.FULL: Measure(3, 3, 1, lead_reasons=None, story_reasons=None),
}
