"""Corrections of earlier editions as they stand in the next one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsletter.core.beside import Correction


@dataclass(frozen=True)
class CorrectionLine:
    """One correction on the page: of which edition and story, what was said, what is right."""

    of: str
    headline: str
    wrong: str
    right: str
    url: str


def correction_lines(
    corrections: Sequence[Correction],
    home_url: str,  # noqa: ARG001
) -> tuple[CorrectionLine, ...]:
    """The lines of the correction box, oldest first."""
    return tuple(
        CorrectionLine(str(one.day), one.headline, one.wrong, one.right, "") for one in corrections
    )
