"""The weekly roll-up: the week on one page, each subject once, nothing told the week before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.beside import Beside, Correction
from newsletter.core.edition import Draft, DraftFigures
from newsletter.core.page import page_for
from newsletter.core.rollup import OPENING, roll_up, week_before
from newsletter.core.selection import Rules
from newsletter.core.story import Story
from tests import drafts
from tests.choosing import RULES, SECTIONS, draft, story

MONDAY = date(2026, 4, 6)
FRIDAY = date(2026, 4, 10)
LAST_FRIDAY = date(2026, 4, 3)


def ids(told: Draft) -> list[str]:
    return [one.id for one in told.stories]


def on(number: int, *stories: Story) -> Draft:
    """The edition of a day of the week, Monday the first, that tells these."""
    return draft(stories[0], stories[1:], day=MONDAY + timedelta(days=number))


def test_every_story_of_the_week_stands_once_and_the_latest_telling_wins() -> None:
    early, late = story("a"), replace(story("a", score=0.7), told_on=MONDAY, news="it is law now")
    told = roll_up([on(0, early, story("b")), on(3, late), on(4, story("c"))], LAST_FRIDAY, RULES)
    assert sorted(ids(told)) == ["a", "b", "c"]
    assert late in told.stories


def test_what_came_back_without_news_is_told_as_it_was_when_it_was_news() -> None:
    first, again = story("a"), replace(story("a"), told_on=MONDAY)
    told = roll_up([on(0, first), on(4, again, story("b"))], LAST_FRIDAY, RULES)
    assert first in told.stories
    assert again not in told.stories


def test_of_a_thread_only_the_latest_story_stands() -> None:
    told = roll_up(
        [on(0, story("a", thread="t")), on(2, story("b", thread="t")), on(4, story("c"))],
        LAST_FRIDAY,
        RULES,
    )
    assert sorted(ids(told)) == ["b", "c"]


def test_a_story_of_the_roll_up_before_stands_only_with_news() -> None:
    old = story("old", told_on=LAST_FRIDAY)
    news = story("news", told_on=LAST_FRIDAY, news="a second plant")
    told = roll_up([on(0, old, news), on(4, story("c"))], LAST_FRIDAY, RULES)
    assert sorted(ids(told)) == ["c", "news"]


def test_editions_up_to_the_roll_up_before_are_left_out() -> None:
    before = draft(story("before"), day=LAST_FRIDAY)
    assert ids(roll_up([before, on(4, story("c"))], LAST_FRIDAY, RULES)) == ["c"]


def test_the_page_is_as_large_as_an_edition_and_the_best_by_score_stand_on_it() -> None:
    week = [
        on(day, *(story(f"{day}{n}", SECTIONS[n], score=0.5 + n / 20) for n in range(7)))
        for day in range(5)
    ]
    told = roll_up(week, LAST_FRIDAY, Rules(stories=4, also=3))
    assert len(told.picks) == 4
    assert len(told.also) == 3
    assert all(one.score >= 0.75 for one in told.picks)


def test_what_was_told_in_full_on_its_day_is_not_too_old_for_the_week() -> None:
    old = story("a")
    old = replace(old, published_at=old.published_at - timedelta(days=6))
    assert "a" in ids(roll_up([on(0, old), on(4, story("b"))], LAST_FRIDAY, RULES))


def test_subject_and_notice_say_that_it_is_the_week() -> None:
    told = roll_up([on(0, story("a")), on(4, story("b"))], LAST_FRIDAY, RULES, "Summer hours.")
    assert told.subject.startswith(OPENING)
    assert len(told.subject) <= 70
    assert told.date == FRIDAY
    assert told.notice.startswith("Summer hours. The roll-up of the week")
    assert "6 April" in told.notice
    assert "10 April" in told.notice


def test_its_figures_are_those_of_the_whole_week() -> None:
    days = [
        DraftFigures(80, 30, 12, 19, 1),
        DraftFigures(50, 20, 9, 20, 0),
        DraftFigures(0, 0, 0, 18, 2),
    ]
    before = replace(draft(story("old"), day=LAST_FRIDAY), figures=DraftFigures(9, 9, 9, 99, 0))
    week = [replace(on(n, story(f"s{n}")), figures=one) for n, one in enumerate(days)]
    told = roll_up([before, *week], LAST_FRIDAY, RULES)
    page = page_for(told, drafts.brand())
    assert page.facts == "130 entries from 20 sources, 21 stories"
    assert (
        "(Europe/London) on 8 April from 130 entries of 20 sources;"
        " 50 were on our subject and told 21 stories."
    ) in page.made
    assert "did not answer" not in page.made


def test_it_is_due_on_its_weekday_and_begins_after_the_one_before() -> None:
    out = [LAST_FRIDAY, MONDAY]
    assert week_before(FRIDAY, "friday", out) == LAST_FRIDAY
    assert week_before(FRIDAY, "friday", []) == LAST_FRIDAY
    assert week_before(MONDAY + timedelta(days=3), "friday", [*out, MONDAY]) is None


def test_where_its_weekday_had_no_edition_it_comes_with_the_next_one_and_once() -> None:
    saturday, sunday = FRIDAY + timedelta(days=1), FRIDAY + timedelta(days=2)
    out = [LAST_FRIDAY, MONDAY]
    assert week_before(saturday, "friday", out) == LAST_FRIDAY
    assert week_before(sunday, "friday", [*out, saturday]) is None
    next_friday = FRIDAY + timedelta(days=7)
    assert week_before(next_friday, "friday", [*out, saturday]) == saturday


def test_the_first_week_of_all_is_rolled_up_whole() -> None:
    out = [MONDAY, MONDAY + timedelta(days=1)]
    assert week_before(FRIDAY, "friday", out) == LAST_FRIDAY


def test_the_first_edition_of_all_is_no_late_roll_up() -> None:
    assert week_before(MONDAY, "friday", []) is None
    assert week_before(MONDAY + timedelta(days=1), "friday", [MONDAY]) is None


def test_every_correction_that_an_edition_of_the_week_printed_stands_once() -> None:
    one, other, old = (
        Correction(number, LAST_FRIDAY, "", "wrong", "right", datetime(2026, 4, 6, tzinfo=UTC))
        for number in (1, 2, 3)
    )

    def printing(day: int, *held: Correction) -> Draft:
        return replace(on(day, story(f"s{day}")), beside=Beside(corrections=held))

    week = [printing(-3, old), printing(0, one), printing(2, one, other), printing(4)]
    assert roll_up(week, LAST_FRIDAY, RULES).beside.corrections == (one, other)


NAMES = st.sampled_from([f"s{n}" for n in range(6)])
TOLD = st.builds(
    story,
    NAMES,
    st.sampled_from(SECTIONS),
    score=st.floats(0.5, 1),
    thread=st.sampled_from(["", "t1", "t2"]),
    told_on=st.sampled_from([None, LAST_FRIDAY, MONDAY]),
    news=st.sampled_from(["", "a new law"]),
)
WEEKS = st.lists(
    st.lists(TOLD, min_size=1, max_size=4, unique_by=lambda one: one.id), min_size=1, max_size=5
).map(lambda days: [on(number, *told) for number, told in enumerate(days)])


@given(WEEKS, st.randoms(use_true_random=False))
def test_no_subject_twice_nothing_stale_and_always_the_same(
    week: list[Draft], chance: object
) -> None:
    told = roll_up(week, LAST_FRIDAY, RULES)
    mixed = list(week)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert roll_up(mixed, LAST_FRIDAY, RULES) == told
    assert len(set(ids(told))) == len(ids(told))
    threads = [one.thread for one in told.stories if one.thread]
    assert len(set(threads)) == len(threads)
    assert not any(one.is_stale for one in told.stories)
    assert {one.id for one in told.stories} <= {one.id for d in week for one in d.stories}
