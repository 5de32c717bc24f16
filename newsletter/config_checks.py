"""Thresholds of the checks."""

from __future__ import annotations

from pydantic import Field

from newsletter.config_values import Settings


class CheckSettings(Settings):
    """Thresholds of the checks."""

    warn_kilobytes: float = Field(80, gt=0)
    block_kilobytes: float = Field(95, gt=0)
