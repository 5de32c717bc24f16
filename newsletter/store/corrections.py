"""Corrections of editions that were sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from newsletter.core.beside import Correction


def load_unprinted(before: date) -> tuple[Correction, ...]:  # noqa: ARG001
    """The corrections of editions before a date that no edition has printed yet, oldest first."""
    return ()
