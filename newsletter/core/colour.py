"""Colours: an accent that can be read on light and on dark grounds."""

from __future__ import annotations

import re
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.core.forced_dark import turned_over

if TYPE_CHECKING:
    from collections.abc import Callable

CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3
LIGHT_GROUND = "#f3f1ec"  # the darkest light ground on which the accent stands as text
LIGHT_CARD = "#ffffff"
INK = "#1b1f22"
DARK_GROUND = "#262d31"  # the lightest dark ground on which it does

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


_UPDATE = "#8a4b08"
_RULE, _HAIRLINE, _UNDERLINE = 0.13, 0.08, 0.3  # how much ink there is in each


@dataclass(frozen=True)
class Palette:
    """What follows from the configured colours, all as #rrggbb.

    `accent` can be read on the light grounds and `accent_on_dark` on the dark ones; `update` is
    the colour of what is new. `rule`, `hairline` and `underline` are lines, strong to faint.
    """

    accent: str
    accent_on_dark: str
    update: str = _UPDATE
    rule: str = "#d9d5cc"
    hairline: str = "#e6e2da"
    underline: str = "#b9b3a6"


def is_colour(text: str) -> bool:
    """True for a colour like #0b5563, which is safe in a style sheet."""
    return _COLOUR.fullmatch(text) is not None


def palette_for(
    accent: str, ground: str = LIGHT_GROUND, card: str = LIGHT_CARD, ink: str = INK
) -> Palette:
    """The colours of an edition whose ground, sheet and text have these.

    The accent is darkened or lightened as far as it must be to be read wherever it stands, also
    where a mail client forces light colours into the dark.
    """
    light = (ground, card)
    return Palette(
        accent=_readable(accent, light, worst_turned),
        accent_on_dark=_readable(accent, (DARK_GROUND,)),
        update=_readable(_UPDATE, light, worst_turned),
        rule=mixed(ground, ink, _RULE),
        hairline=mixed(card, ink, _HAIRLINE),
        underline=mixed(card, ink, _UNDERLINE),
    )


def mixed(colour: str, other: str, share: float) -> str:
    """The first colour with that share (0 to 1) of the other in it."""
    return _mix(_channels(colour), _channels(other), share)


def worst_contrast(colour: str, grounds: tuple[str, ...]) -> float:
    """The contrast of a text on the ground where it is read worst."""
    return min(contrast(colour, ground) for ground in grounds)


def worst_turned(colour: str, grounds: tuple[str, ...]) -> float:
    """The same, also where a mail client turns all colours over to force the dark."""
    turned = worst_contrast(turned_over(colour), tuple(map(turned_over, grounds)))
    return min(worst_contrast(colour, grounds), turned)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2, "contrast ratio"): 1 to 21."""
    low, high = sorted((_luminance(_channels(one)), _luminance(_channels(other))))
    return (high + 0.05) / (low + 0.05)


def _readable(
    colour: str,
    grounds: tuple[str, ...],
    worst: Callable[[str, tuple[str, ...]], float] = worst_contrast,
) -> str:
    """The colour, its hue kept, made darker or lighter until it can be read on all grounds."""
    far = max(("#000000", "#ffffff"), key=lambda end: worst_contrast(end, grounds))
    for step in range(21):
        found = _shaded(colour, step / 20, towards=far)
        if worst(found, grounds) >= CONTRAST:
            break
    return found


def _shaded(colour: str, share: float, *, towards: str) -> str:
    """The colour in a lighter or darker shade: mixing it with white or black would dull it."""
    hue, light, vivid = rgb_to_hls(*(channel / 255 for channel in _channels(colour)))
    light += ((towards == "#ffffff") - light) * share
    return "#" + bytes(round(255 * one) for one in hls_to_rgb(hue, light, vivid)).hex()


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))


def _mix(colour: tuple[int, ...], other: tuple[int, ...], share: float) -> str:
    channels = (round(a + (b - a) * share) for a, b in zip(colour, other, strict=True))
    return "#" + bytes(channels).hex()


def _luminance(channels: tuple[int, ...]) -> float:
    linear = [_linear(channel / 255) for channel in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4  # noqa: PLR2004
