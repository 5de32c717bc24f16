"""What mail clients make of light colours when they force a mail into the dark.

Clients that know no `prefers-color-scheme` change colours by themselves, in one of two ways.

All colours are turned over: Outlook for Windows, Gmail on iOS. The rule here is that of Microsoft's
editor in Outlook on the web (roosterjs, `getDarkColor`): lightness in CIELAB is turned over into
the range from that of #333333 to white. Outlook on the web and on phones does so too, and marks
what it changed, so that a mail may choose otherwise.

Some are: Gmail on Android, web views on Android. The rule here is that of Chromium (Blink's
`dark_mode_settings.h`, `dark_mode_color_filter.cc`): text that is darker than 150 of 255 and
grounds lighter than 205 are turned over in CIELAB, the others stay. Chromium's last touches, which
make dark greys darker and faint text lighter, are left out: the model is the stricter for it.

Which client does which is what people who test mails report; Gmail and Outlook for Windows publish
no rule, so for them both are a model.
"""

from __future__ import annotations

from functools import lru_cache

LIGHTEST = 100.0
DARK_LIGHTNESS = 21.247
"""The CIELAB lightness of #333333, Outlook's dark ground."""

_TURNED_SUM = 110.0  # Chromium: what a colour's lightness and its turned one add up to
_TEXT_BELOW, _GROUND_ABOVE = 150, 205  # of 255; Chromium's thresholds
_WHITE = (0.95047, 1.0, 1.08883)  # D65, the white of sRGB
_TO_XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
_FROM_XYZ = (
    (3.2404542, -1.5371385, -0.4985314),
    (-0.9692660, 1.8760108, 0.0415560),
    (0.0556434, -0.2040259, 1.0572252),
)
_BEND, _SLOPE = 216 / 24389, 24389 / 27  # CIE 15: where the cube root begins, and the line below it

Lab = tuple[float, float, float]


@lru_cache(maxsize=1024)
def turned_over(colour: str) -> str:
    """A colour (#rrggbb) as clients that turn all colours over show it, text and ground alike."""
    lightness, a, b = lab(colour)
    share = (LIGHTEST - DARK_LIGHTNESS) / LIGHTEST
    return from_lab(((LIGHTEST - lightness) * share + DARK_LIGHTNESS, a, b))


@lru_cache(maxsize=1024)
def lightened_text(colour: str) -> str:
    """A text's colour as clients that turn only some colours over show it."""
    return _turned_in_chromium(colour) if _brightness(colour) < _TEXT_BELOW else colour


@lru_cache(maxsize=1024)
def darkened_ground(colour: str) -> str:
    """A ground's colour as clients that turn only some colours over show it."""
    return _turned_in_chromium(colour) if _brightness(colour) > _GROUND_ABOVE else colour


def lab(colour: str) -> Lab:
    """A colour in CIELAB under D65 (CIE 15:2004): lightness from 0 to 100, and the two hues."""
    linear = [_linear(channel / 255) for channel in _channels(colour)]
    x, y, z = (
        _bent(value / white) for value, white in zip(_times(_TO_XYZ, linear), _WHITE, strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def from_lab(colour: Lab) -> str:
    """The nearest colour of the screen; a channel that it cannot show is cut off."""
    lightness, a, b = colour
    y = (lightness + 16) / 116
    bent = (y + a / 500, y, y - b / 200)
    xyz = [_unbent(value) * white for value, white in zip(bent, _WHITE, strict=True)]
    shares = (_curved(min(1.0, max(0.0, value))) for value in _times(_FROM_XYZ, xyz))
    return "#" + bytes(round(255 * share) for share in shares).hex()


def _turned_in_chromium(colour: str) -> str:
    lightness, a, b = lab(colour)
    return from_lab((min(_TURNED_SUM - lightness, LIGHTEST), a, b))


def _brightness(colour: str) -> float:
    red, green, blue = _channels(colour)
    return (299 * red + 587 * green + 114 * blue) / 1000


def _channels(colour: str) -> bytes:
    return bytes.fromhex(colour.removeprefix("#"))


def _times(matrix: tuple[tuple[float, float, float], ...], column: list[float]) -> list[float]:
    return [sum(a * b for a, b in zip(row, column, strict=True)) for row in matrix]


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB


def _curved(share: float) -> float:
    return share * 12.92 if share <= 0.0031308 else 1.055 * share ** (1 / 2.4) - 0.055  # noqa: PLR2004 - sRGB


def _bent(share: float) -> float:
    return float(share ** (1 / 3)) if share > _BEND else (_SLOPE * share + 16) / 116


def _unbent(value: float) -> float:
    return value**3 if value**3 > _BEND else (116 * value - 16) / _SLOPE
