"""Stories as they were grouped: saved as often as you like, joined, moved, and never in the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newsletter import models
from newsletter.core.story import Story
from newsletter.core.threads import PastStory
from newsletter.store import stories
from tests import drafts

NOW = datetime(2026, 4, 7, 5, 40, tzinfo=UTC)
WEEK = timedelta(days=7)
pytestmark = pytest.mark.django_db


def story(number: int, *entries: int, hours: float = 3, thread: int | None = None) -> Story:
    """A story of entries by their numbers, each an hour older than the one before."""
    told = tuple(
        replace(drafts.entry(f"北方稀土 {n}", "A", hours=hours + place), id=f"{n:016x}")
        for place, n in enumerate(entries)
    )
    return replace(
        drafts.story(told[0]),
        id=f"{number:012x}",
        entries=told,
        thread="" if thread is None else f"{thread:012x}",
    )


def known() -> dict[int, int]:
    """Entry number to story number."""
    found = stories.load_known(NOW - WEEK)
    return {int(entry, 16): int(story, 16) for entry, story in found.items()}


def test_saved_stories_are_known_by_their_entries() -> None:
    stories.save_stories([story(1, 11, 12), story(2, 21)])
    assert known() == {11: 1, 12: 1, 21: 2}


def test_saving_twice_changes_nothing() -> None:
    day = [story(1, 11, 12), story(2, 21)]
    stories.save_stories(day)
    before = (known(), stories.load_past(NOW - WEEK))
    stories.save_stories(day, ["f" * 16])
    assert (known(), stories.load_past(NOW - WEEK)) == before
    assert models.StoryEntry.objects.count() == 3


def test_a_story_keeps_its_id_and_when_it_began_as_entries_join() -> None:
    stories.save_stories([story(1, 11, 12, hours=40)])
    began = NOW - timedelta(hours=41)
    stories.save_stories([story(1, 13, hours=1)])
    assert known() == {11: 1, 12: 1, 13: 1}
    assert [one.began_at for one in stories.load_past(NOW - WEEK)] == [began]
    assert models.Story.objects.get().latest_at == NOW - timedelta(hours=1)


def test_an_entry_that_is_grouped_otherwise_moves() -> None:
    stories.save_stories([story(1, 11, 12), story(2, 21)])
    stories.save_stories([story(1, 11), story(2, 21, 12)])
    assert known() == {11: 1, 12: 2, 21: 2}


def test_a_story_whose_entries_all_moved_is_gone() -> None:
    stories.save_stories([story(1, 11), story(2, 21)])
    stories.save_stories([story(2, 21, 11)])
    assert known() == {11: 2, 21: 2}
    assert models.Story.objects.count() == 1


def test_a_rejected_entry_is_in_no_story_any_more() -> None:
    stories.save_stories([story(1, 11, 12), story(2, 21)])
    stories.save_stories([story(1, 11)], [f"{12:016x}", f"{21:016x}"])
    assert known() == {11: 1}
    assert models.Story.objects.count() == 1


def test_a_story_of_none_of_todays_entries_stays_as_it_is() -> None:
    stories.save_stories([story(1, 11)])
    stories.save_stories([story(2, 21)])
    assert known() == {11: 1, 21: 2}


def test_entries_that_were_pruned_leave_their_story_alone() -> None:
    stories.save_stories([story(1, 11, 12)])
    models.Entry.objects.all().delete()
    stories.save_stories([story(1, 13)])
    assert known() == {11: 1, 12: 1, 13: 1}


def test_only_stories_that_had_an_entry_lately_are_known() -> None:
    stories.save_stories([story(1, 11, hours=24 * 9), story(2, 21)])
    assert known() == {21: 2}
    assert [one.id for one in stories.load_past(NOW - 10 * WEEK)] == [f"{1:012x}", f"{2:012x}"]


def test_a_story_alone_is_a_thread_of_its_own_and_past_stories_come_oldest_first() -> None:
    stories.save_stories([story(3, 31), story(1, 11, hours=90), story(2, 21, hours=5, thread=1)])
    first, second, third = stories.load_past(NOW - WEEK)
    assert (first.id, first.thread) == (f"{1:012x}", f"{1:012x}")
    assert second == PastStory(f"{2:012x}", first.id, "北方稀土 21", NOW - timedelta(hours=5))
    assert third.thread == third.id == f"{3:012x}"


def test_more_stories_than_one_statement_takes_are_saved() -> None:
    day = [story(n, n * 2, n * 2 + 1) for n in range(1, 1_300)]
    stories.save_stories(day, [f"{n:016x}" for n in range(10_000, 12_000)])
    stories.save_stories(day)
    assert len(known()) == 2_598


def test_a_headline_of_any_length_is_kept() -> None:
    long = replace(story(1, 11), headline="稀土" * 5_000)
    stories.save_stories([long])
    assert stories.load_past(NOW - WEEK)[0].headline == long.headline
