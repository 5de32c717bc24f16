"""A ranking as plain JSON values: what `newsletter rank` and the other commands print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newsletter.core.explanation import explained, gap_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from newsletter.core.entry import Entry
    from newsletter.core.story import Ranking, Rejection, Story

_MOST_NEAR = 10
"""How many stories below the last one are told what they lacked."""


def ranking_record(ranking: Ranking, top: int) -> dict[str, Any]:
    """The ranking's first `top` stories, the others under `also`, and what was rejected.

    Every entry's own id stands in exactly one story, or among the rejected. The first ten under
    `also` say what they lacked (`near_miss`).
    """
    records = list(story_records(ranking.stories))
    return {
        "now": _moment(ranking.now),
        "stories": records[:top],
        "also": [*_near_misses(ranking, records, top), *records[top + _MOST_NEAR :]],
        "rejected": [rejection_record(rejection) for rejection in ranking.rejected],
    }


def _near_misses(
    ranking: Ranking, records: list[dict[str, Any]], top: int
) -> Iterable[dict[str, Any]]:
    """The records just below the top, each with the gap to its last story and what would help."""
    last = ranking.stories[top - 1].score if 0 < top <= len(ranking.stories) else 1.0
    for story, record in zip(ranking.stories[top : top + _MOST_NEAR], records[top:], strict=False):
        gap = round(max(0.0, last - story.score), 4)
        yield {**record, "near_miss": {"gap": gap, "reason": gap_in_words(story, last, _LAST)}}


_LAST = "the last of the top"


def story_records(stories: Iterable[Story], first: int = 1) -> Iterable[dict[str, Any]]:
    """The stories with their places, from `first` on."""
    return (story_record(story, place) for place, story in enumerate(stories, first))


def story_record(story: Story, place: int) -> dict[str, Any]:
    """One story; `rank` is its place."""
    return {
        "rank": place,
        "id": story.id,
        "title": story.headline,
        "url": story.url,
        "section": story.section,
        "outlet": story.best.outlet,
        "outlets": story.outlets,
        "outlet_names": list(story.outlet_names),
        "language": story.best.language,
        "published": _moment(story.published_at),
        "event": story.event,
        "companies": list(story.companies),
        "countries": list(story.countries),
        "elements": list(story.elements),
        "document": _document(story.primary),
        "told_on": story.told_on.isoformat() if story.told_on else None,
        "news": story.news,
        "thread": _thread(story),
        "score": round(story.score, 4),
        "parts": {name: round(value, 4) for name, value in story.parts.items()},
        "reasons": list(story.reasons),
        "explanation": list(explained(story)),
        "highlights": [highlight.text for highlight in story.highlights],
        "marks": list(story.marks),
        "entries": [entry.declared_id or entry.id for entry in story.entries],
        "titles": [entry.title for entry in story.entries],
    }


def _document(primary: Entry | None) -> dict[str, str] | None:
    """The filing, notice or release behind the story."""
    return {"title": primary.title, "url": primary.url} if primary else None


def _thread(story: Story) -> dict[str, Any] | None:
    """The stories about one subject before this one."""
    if not story.thread:
        return None
    told = [{"date": one.date.isoformat(), "title": one.headline} for one in story.earlier]
    return {"id": story.thread, "earlier": told}


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def rejection_record(rejection: Rejection) -> dict[str, Any]:
    """One rejected entry, with why."""
    return {
        "id": rejection.entry_id,
        "title": rejection.title,
        "outlet": rejection.outlet,
        "relevance": round(rejection.relevance, 4),
        "reason": rejection.reason,
    }
