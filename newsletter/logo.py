"""The masthead's picture, from the operator's file to the `data:` address that templates show."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from newsletter.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 100_000
"""Bytes of a logo's file: it travels with every mail."""

_WIDE = 300  # above it, the file is taken to hold two pixels for each one shown
_SHEET = 528  # pixels between the margins of the sheet
TALLEST = 120
"""Pixels that a logo is high at most: below it, the news begins on the first screen."""

_KINDS = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif"}


@dataclass(frozen=True)
class Logo:
    """A picture as a `data:` address, with the width and height it is shown at, in pixels."""

    address: str
    width: int
    height: int


def read_logo(file: Path, width: int = 0) -> Logo:
    """The logo in a PNG, JPEG or GIF file, to be shown at that width (0: one that fits it).

    Without a width it is its own, or half of it where it is over 300. Neither way it is wider than
    the sheet or higher than `TALLEST`; it keeps its proportions.

    Raises:
        ConfigError: there is no such file, it is too large, or it is no picture.
    """
    content = _content(file)
    kind, wide, high = _measured(file, content)
    wanted = min(width or (wide // 2 if wide > _WIDE else wide), _SHEET)
    shown = max(1, min(wanted, TALLEST * wide // high))
    address = f"data:{kind};base64,{b64encode(content).decode('ascii')}"
    return Logo(address, shown, max(1, min(TALLEST, round(high * shown / wide))))


def _content(file: Path) -> bytes:
    try:
        size = file.stat().st_size
        content = file.read_bytes() if size <= LARGEST else b""
    except OSError as error:
        raise _fault(file, f"it cannot be read ({error.strerror}); mend the path") from error
    if size > LARGEST:
        what = f"it has {size // 1000} kB; a logo travels with every mail, make it 100 kB at most"
        raise _fault(file, what)
    return content


def _measured(file: Path, content: bytes) -> tuple[str, int, int]:
    """The media type, width and height of a picture that is whole."""
    from PIL import Image

    try:
        with Image.open(BytesIO(content), formats=tuple(_KINDS)) as image:
            image.load()
            return _KINDS[str(image.format)], image.width, image.height
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _fault(file, "it is no whole PNG, JPEG or GIF; save it anew as one") from error


def _fault(file: Path, what: str) -> ConfigError:
    return ConfigError([f"`theme.logo`: {file}: {what}"])
