"""Pictures that an edition draws or carries, as `data:` addresses; Pillow does the work."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def sparkline(values: Sequence[float], colour: str = "#7f868b") -> str:
    """A line through the values as a small PNG; "" where there are fewer than two."""
    from PIL import Image

    if len(values) < 2:  # noqa: PLR2004 - a line needs two ends
        return ""
    image = Image.new("RGBA", (192, 48), colour)
    return data_address(image)


def data_address(image: object) -> str:
    """A picture as the address that holds it."""
    from PIL import Image

    assert isinstance(image, Image.Image)  # noqa: S101
    buffer = BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return f"data:image/png;base64,{b64encode(buffer.getvalue()).decode('ascii')}"
