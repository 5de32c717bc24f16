"""Pictures that an edition draws or carries, as `data:` addresses; Pillow does the work."""

from __future__ import annotations

from base64 import b64encode
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL.Image import Image

SPARK_WIDTH, SPARK_HEIGHT = 100, 26
"""What a sparkline takes in a mail, in pixels; the picture has twice as many each way."""
SPARK_COLOUR = "#7f868b"
"""A tone that stands out from light and from dark grounds (3:1, WCAG 2.2, 1.4.11)."""

_DENSITY, _FINER = 2, 4
_MARGIN = 4
_LINE, _DOT = 1.75, 3.0
_SHADES = 15


def sparkline(values: Sequence[float], colour: str = SPARK_COLOUR) -> str:
    """A line through the values, its end a dot, as a small PNG; "" where there are under two.

    The ground is transparent. Equal values make a level line in the middle.
    """
    if len(values) < 2:  # noqa: PLR2004 - a line needs two ends
        return ""
    return _sparkline(tuple(values), colour)


@lru_cache(maxsize=64)  # every variant of an edition shows the same few
def _sparkline(values: tuple[float, ...], colour: str) -> str:
    mask = _drawn(_places(values))
    return data_address(_tinted(mask, colour), bits=4, transparency=_opacities())


def _places(values: Sequence[float]) -> list[tuple[float, float]]:
    """Where each value stands in the picture, in pixels of a mail."""
    least, most = min(values), max(values)
    width, height = SPARK_WIDTH - 2 * _MARGIN, SPARK_HEIGHT - 2 * _MARGIN
    step = width / (len(values) - 1)
    return [
        (_MARGIN + place * step, _MARGIN + height * (1 - _share(value, least, most)))
        for place, value in enumerate(values)
    ]


def _share(value: float, least: float, most: float) -> float:
    return (value - least) / (most - least) if most > least else 0.5


def _drawn(places: Sequence[tuple[float, float]]) -> Image:
    """Line and dot in white on black; drawn larger and made smaller, so that edges are smooth."""
    from PIL import Image, ImageDraw

    scale = _DENSITY * _FINER
    large = Image.new("L", (SPARK_WIDTH * scale, SPARK_HEIGHT * scale), 0)
    pen = ImageDraw.Draw(large)
    points = [(x * scale, y * scale) for x, y in places]
    pen.line(points, fill=255, width=round(_LINE * scale), joint="curve")
    pen.circle(points[-1], _DOT * scale, fill=255)
    return large.resize((SPARK_WIDTH * _DENSITY, SPARK_HEIGHT * _DENSITY), Image.Resampling.BOX)


def _tinted(mask: Image, colour: str) -> Image:
    """The mask as a palette of one colour in `_SHADES` steps of opacity: half a byte a pixel."""
    from PIL import Image

    shades = mask.point([round(grey * _SHADES / 255) for grey in range(256)])
    picture = Image.frombytes("P", mask.size, shades.tobytes())
    picture.putpalette(bytes.fromhex(colour.removeprefix("#")) * (_SHADES + 1))
    return picture


def _opacities() -> bytes:
    return bytes(round(shade * 255 / _SHADES) for shade in range(_SHADES + 1))


def data_address(image: Image, **options: Any) -> str:  # noqa: ANN401 - Pillow's, for a PNG
    """A picture as the address that holds it; `options` are those of Pillow's PNG writer."""
    buffer = BytesIO()
    image.save(buffer, "PNG", optimize=True, **options)
    return f"data:image/png;base64,{b64encode(buffer.getvalue()).decode('ascii')}"
