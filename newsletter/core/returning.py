"""The label of a story that comes back, and the way to the edition that told it before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.core.links import archive_url
from newsletter.core.words import clean, day_words

if TYPE_CHECKING:
    from newsletter.core.story import Story


def told_label(story: Story) -> str:
    """When it was told last and, where it is an update, what is new; "" for a new story."""
    if story.told_on is None:
        return ""
    day = day_words(story.told_on)
    if not story.news:
        return f"Told on {day}"
    return f"Update: told on {day}; new: {clean(story.news)}"


def told_url(story: Story, home_url: str) -> str:
    """Where the edition that told it last is kept; "" for a new story, or where there is none."""
    return archive_url(home_url, story.told_on) if story.told_on else ""
