"""Which entries are worth a look at their article: the feed carries little, the subject is ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.core.relevance import judge
from newsletter.core.source import Publisher

if TYPE_CHECKING:
    from newsletter.core.entry import Entry
    from newsletter.core.gazetteer import Gazetteer
    from newsletter.core.source import Source

ENOUGH = 600
"""Characters of text that tell a story; below that the article is asked for."""


def is_thin(entry: Entry, source: Source) -> bool:
    """True where the article would bring more, and fetching it is fitting.

    Not behind a paywall, not where the source says no, not for an aggregator: its links lead to
    its own pages.
    """
    is_open = source.has_articles and not source.paywall and bool(entry.url)
    is_article = entry.publisher is not Publisher.AGGREGATOR
    return is_open and is_article and len(entry.text) < ENOUGH


def is_worth_fetching(entry: Entry, gazetteer: Gazetteer) -> bool:
    """True for what may be news of the field; all else would waste others' bandwidth."""
    relevance = judge(entry, gazetteer)
    return relevance.is_relevant or relevance.is_doubtful
