"""Feeds that escape their markup twice, so that readers would see `&#8217;` for an apostrophe."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsletter.core.entry import ParsedEntry

# A sign that nobody writes on purpose: the escaped escape of a quotation mark, dash or ellipsis.
_TWICE = re.compile(
    r"&amp;(?:#8[0-9]{3}|#x20[0-9a-f]{2}|[lr][sd]quo|[nm]dash|hellip);", re.IGNORECASE
)
_ESCAPED_ESCAPE = re.compile(r"&amp;(?=#?\w{1,31};)(?!(?:lt|gt|#60|#62|#x3[ce]);)", re.IGNORECASE)
_LEAST = 2  # one item may quote HTML; two make a habit


def escaped_once(parsed: Sequence[ParsedEntry]) -> tuple[ParsedEntry, ...]:
    """The items with one layer of escapes taken off, where the whole feed escapes twice.

    In any other feed entities are decoded once, later, and `&amp;lt;` stays `&lt;`.
    """
    texts = (f"{item.title} {item.summary} {item.content}" for item in parsed)
    if sum(1 for text in texts if _TWICE.search(text)) < _LEAST:
        return tuple(parsed)
    return tuple(
        replace(
            item,
            title=_one_layer(item.title),
            summary=_one_layer(item.summary),
            content=_one_layer(item.content),
        )
        for item in parsed
    )


def _one_layer(markup: str) -> str:
    """Only ampersands that begin an escape; `&amp;lt;` stays, so that no tag can come of it."""
    return _ESCAPED_ESCAPE.sub("&", markup)
