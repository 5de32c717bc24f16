"""Stories as they were grouped, so that today's run adds to those of the last days."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from newsletter import models
from newsletter.core.threads import PastStory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from newsletter.core.story import Story

    Value = TypeVar("Value")

_CHUNK = 500  # SQLite's limit on variables in one statement is far above


def load_known(since: datetime) -> dict[str, str]:
    """The stories that had an entry since then: entry id -> story id."""
    rows = models.StoryEntry.objects.filter(story__latest_at__gte=since)
    return dict(rows.values_list("entry_key", "story__key"))


def load_past(since: datetime) -> tuple[PastStory, ...]:
    """The stories that had an entry since then, the oldest first."""
    rows = models.Story.objects.filter(latest_at__gte=since).order_by("began_at", "key")
    return tuple(
        PastStory(id=row.key, thread=row.thread, headline=row.headline, began_at=row.began_at)
        for row in rows
    )


def save_stories(stories: Sequence[Story], rejected: Iterable[str] = ()) -> None:
    """Note the day's stories and which entries they hold; `rejected` entries are in none any more.

    An entry that stood in another story moves. A story that loses its last entry in this way is
    gone; entries that were pruned keep their place, so an old story stays as it is.
    """
    named = {story.id: story for story in stories}
    place_of = {entry.id: story.id for story in named.values() for entry in story.entries}
    left = set(rejected) - place_of.keys()
    before = _stories_of(sorted({*place_of, *left}))
    _save_rows(named)
    _save_places(place_of)
    for part in _chunks(sorted(left)):
        models.StoryEntry.objects.filter(entry_key__in=part).delete()
    for rows in _chunks(sorted(before)):
        models.Story.objects.filter(pk__in=rows, story_entries=None).delete()


def _stories_of(entry_ids: Sequence[str]) -> set[int]:
    """The rows of the stories that these entries stand in so far."""
    found: set[int] = set()
    for part in _chunks(entry_ids):
        rows = models.StoryEntry.objects.filter(entry_key__in=part)
        found.update(rows.values_list("story_id", flat=True))
    return found


def _save_rows(stories: Mapping[str, Story]) -> None:
    """A story that is known keeps the moment it began, and the latest it ever had."""
    known = {row.key: row for part in _chunks(sorted(stories)) for row in _rows(part)}
    models.Story.objects.bulk_create(
        [_row(story, known.get(key)) for key, story in sorted(stories.items())],
        batch_size=_CHUNK,
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["thread", "headline", "began_at", "latest_at"],
    )


def _rows(keys: Sequence[str]) -> QuerySet[models.Story]:
    return models.Story.objects.filter(key__in=keys)


def _row(story: Story, known: models.Story | None) -> models.Story:
    return models.Story(
        key=story.id,
        thread=story.thread or story.id,
        headline=story.headline,
        began_at=min(story.began_at, known.began_at) if known else story.began_at,
        latest_at=max(story.latest_at, known.latest_at) if known else story.latest_at,
    )


def _save_places(place_of: Mapping[str, str]) -> None:
    """Each entry's story, in the place of the one it had."""
    keys = sorted(set(place_of.values()))
    row_of = {row.key: row for part in _chunks(keys) for row in _rows(part)}
    models.StoryEntry.objects.bulk_create(
        [
            models.StoryEntry(entry_key=entry, story=row_of[story])
            for entry, story in sorted(place_of.items())
        ],
        batch_size=_CHUNK,
        update_conflicts=True,
        unique_fields=["entry_key"],
        update_fields=["story"],
    )


def _chunks(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))
