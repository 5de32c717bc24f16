"""Colours as style sheets write them, brought into the one form that can be reckoned with."""

from __future__ import annotations

import re
from functools import lru_cache

_HEX = re.compile(r"#([0-9a-f]{3,8})")
_FUNCTION = re.compile(r"rgba?\(([^()]*)\)")
_NAMES = {
    "black": "#000000", "silver": "#c0c0c0", "gray": "#808080", "grey": "#808080",
    "white": "#ffffff", "maroon": "#800000", "red": "#ff0000", "purple": "#800080",
    "fuchsia": "#ff00ff", "green": "#008000", "lime": "#00ff00", "olive": "#808000",
    "yellow": "#ffff00", "navy": "#000080", "blue": "#0000ff", "teal": "#008080",
    "aqua": "#00ffff", "orange": "#ffa500",
}  # fmt: skip
_SHORT = (3, 4)
_CHANNELS = 3


@lru_cache(maxsize=1024)
def colour_in(value: str) -> tuple[str, float] | None:
    """The first colour of a value as #rrggbb, and how opaque it is (0 to 1); None without one.

    Read are hexadecimal colours, `rgb()` and `rgba()`, `transparent`, and the names of CSS 2.1.
    """
    text = value.strip().lower()
    found = _HEX.search(text)
    if found:
        return _of_digits(found[1])
    function = _FUNCTION.search(text)
    if function:
        return _of_numbers(re.split(r"[\s,/]+", function[1].strip()))
    if "transparent" in text.split():
        return "#000000", 0.0
    return next(((_NAMES[word], 1.0) for word in text.split() if word in _NAMES), None)


def over(colour: str, opacity: float, below: str) -> str:
    """What is seen of a colour that lies on another."""
    pairs = zip(_channels(colour), _channels(below), strict=True)
    return _hex([opacity * a + (1 - opacity) * b for a, b in pairs])


def _of_digits(digits: str) -> tuple[str, float] | None:
    if len(digits) in _SHORT:
        digits = "".join(digit * 2 for digit in digits)
    if len(digits) not in (6, 8):
        return None
    return f"#{digits[:6]}", int(digits[6:] or "ff", 16) / 255


def _of_numbers(parts: list[str]) -> tuple[str, float] | None:
    try:
        numbers = [_number(part, 255) for part in parts[:_CHANNELS]]
        opacity = _number(parts[_CHANNELS], 1) if len(parts) > _CHANNELS else 1.0
    except ValueError:
        return None
    if len(numbers) < _CHANNELS:
        return None
    return _hex(numbers), min(1.0, max(0.0, opacity))


def _number(text: str, whole: float) -> float:
    return float(text[:-1]) / 100 * whole if text.endswith("%") else float(text)


def _hex(channels: list[float]) -> str:
    return "#" + bytes(round(min(255.0, max(0.0, channel))) for channel in channels).hex()


def _channels(colour: str) -> bytes:
    return bytes.fromhex(colour.removeprefix("#"))
