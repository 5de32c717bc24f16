"""Colours: an accent that can be read on light and on dark grounds."""

from __future__ import annotations

import re
from dataclasses import dataclass

CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3
LIGHT_GROUND = "#f3f1ec"  # the darkest light ground on which the accent stands as text
DARK_GROUND = "#262d31"  # the lightest dark ground on which it does

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Palette:
    """The accent as it can be read on light and on dark grounds, both as #rrggbb."""

    accent: str
    accent_on_dark: str


def is_colour(text: str) -> bool:
    """True for a colour like #0b5563, which is safe in a style sheet."""
    return _COLOUR.fullmatch(text) is not None


def palette_for(accent: str) -> Palette:
    """The accent, darkened or lightened as far as it must be to be read on either ground."""
    return Palette(
        accent=_readable(accent, LIGHT_GROUND, (0, 0, 0)),
        accent_on_dark=_readable(accent, DARK_GROUND, (255, 255, 255)),
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2, "contrast ratio"): 1 to 21."""
    low, high = sorted((_luminance(_channels(one)), _luminance(_channels(other))))
    return (high + 0.05) / (low + 0.05)


def _readable(colour: str, ground: str, towards: tuple[int, int, int]) -> str:
    for step in range(21):
        mixed = _mix(_channels(colour), towards, step / 20)
        if contrast(mixed, ground) >= CONTRAST:
            break
    return mixed


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))


def _mix(colour: tuple[int, ...], other: tuple[int, ...], share: float) -> str:
    mixed = (round(a + (b - a) * share) for a, b in zip(colour, other, strict=True))
    return "#" + bytes(mixed).hex()


def _luminance(channels: tuple[int, ...]) -> float:
    linear = [_linear(channel / 255) for channel in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4  # noqa: PLR2004
