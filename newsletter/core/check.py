"""A check: a named test of an edition that passes, warns or blocks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """What a check found. A `block` keeps the edition from leaving by itself."""

    PASS = "pass"  # noqa: S105 - a level, not a password
    WARN = "warn"
    BLOCK = "block"


@dataclass(frozen=True)
class Finding:
    """One check's verdict on one edition, in words a person can act on."""

    check: str
    level: Level
    message: str
