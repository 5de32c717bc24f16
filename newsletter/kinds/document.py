"""What a kind's parser is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsletter.core.source import Selectors


@dataclass(frozen=True)
class Document:
    """A decoded document: its text, where it came from (for relative links), how to pick items.

    `most_items` is how many items of a JSON Feed are read, where its own bound is not meant.
    """

    text: str
    url: str = ""
    selectors: Selectors | None = None
    most_items: int | None = None
