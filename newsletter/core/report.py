"""A ranking as plain JSON values: what `newsletter rank` and the other commands print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsletter.core.story import Ranking, Rejection, Story


def ranking_record(ranking: Ranking, top: int) -> dict[str, Any]:
    """The ranking's first `top` stories, the others under `also`, and what was rejected.

    Every entry's own id stands in exactly one story, or among the rejected.
    """
    records = list(story_records(ranking.stories))
    return {
        "now": ranking.now.isoformat().replace("+00:00", "Z"),
        "stories": records[:top],
        "also": records[top:],
        "rejected": [rejection_record(rejection) for rejection in ranking.rejected],
    }


def story_records(stories: Iterable[Story], first: int = 1) -> Iterable[dict[str, Any]]:
    """The stories with their places, from `first` on."""
    return (story_record(story, place) for place, story in enumerate(stories, first))


def story_record(story: Story, place: int) -> dict[str, Any]:
    """One story; `rank` is its place."""
    return {
        "rank": place,
        "title": story.headline,
        "url": story.url,
        "section": story.section,
        "outlet": story.best.outlet,
        "outlets": story.outlets,
        "language": story.best.language,
        "score": round(story.score, 4),
        "parts": {name: round(value, 4) for name, value in story.parts.items()},
        "reasons": list(story.reasons),
        "highlights": [highlight.text for highlight in story.highlights],
        "marks": list(story.marks),
        "entries": [entry.declared_id or entry.id for entry in story.entries],
    }


def rejection_record(rejection: Rejection) -> dict[str, Any]:
    """One rejected entry, with why."""
    return {
        "id": rejection.entry_id,
        "relevance": round(rejection.relevance, 4),
        "reason": rejection.reason,
    }
