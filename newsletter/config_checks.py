"""Thresholds of the checks, and what a complaint of each counts as."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from newsletter.config_values import Settings
from newsletter.core.checks import NAMES
from newsletter.core.client_support import DEFAULT_CLIENTS, FAMILIES

_ALWAYS = ("way out", "personal links", "postal address", "message")
"""What readers have a right to, or no mail leaves without; nobody lowers it by a slip."""


def _of_known_checks(levels: dict[str, str]) -> dict[str, str]:
    for name, level in levels.items():
        if name not in NAMES:
            near = get_close_matches(name, NAMES, n=1, cutoff=0.5)
            meant = f"did you mean {near[0]!r}? " if near else ""
            raise ValueError(f"no check is called {name!r}; {meant}There are: {', '.join(NAMES)}")
        if name in _ALWAYS and level != "block":
            raise ValueError(f"expected no lower level for {name!r}: no mail may leave without it")
    return levels


def _known_families(clients: tuple[str, ...]) -> tuple[str, ...]:
    for name in clients:
        if name not in FAMILIES:
            raise ValueError(f"nobody tested {name!r}; there are: {', '.join(FAMILIES)}")
    return clients


class CheckSettings(Settings):
    """Thresholds of the checks."""

    warn_kilobytes: float = Field(80, gt=0)
    block_kilobytes: float = Field(95, gt=0)
    warn_picture_kilobytes: float = Field(100, gt=0)
    corroborated: int = Field(1, ge=0, le=40)
    links: bool = True
    link_seconds: float = Field(20, gt=0, le=300)
    dead_links_block: float = Field(0.5, ge=0, le=1)
    spam: bool = True
    spam_score: float = 0.5
    spam_block: float = 5
    clients: Annotated[tuple[str, ...], AfterValidator(_known_families)] = DEFAULT_CLIENTS
    levels: Annotated[
        dict[str, Literal["off", "warn", "block"]], AfterValidator(_of_known_checks)
    ] = Field(default_factory=dict)
