"""A document of prices, from bytes to points; read in a worker, since it is a stranger's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.core.market_reading import Columns, Reading, points_in
from newsletter.kinds.charset import decoded

if TYPE_CHECKING:
    from datetime import date


def read_series(
    body: bytes, content_type: str, ending: str, columns: Columns, today: date
) -> Reading:
    """The points that a document holds; see `points_in`. `ending` is its file's, such as ".csv".

    Raises:
        SourceError: nothing in it can be read.
    """
    text = decoded(body, content_type)
    media_type = content_type.split(";", 1)[0]
    hint = media_type if "csv" in media_type or "json" in media_type else ending
    return points_in(text, columns, today, hint)
