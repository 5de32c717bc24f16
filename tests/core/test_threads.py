"""Stories over weeks about one subject form a thread; other subjects stay out of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from newsletter.core.memory import ToldStory
from newsletter.core.ranking import rank
from newsletter.core.story import Earlier, Ranking, Story
from newsletter.core.threads import PastStory, past_of, thread_words, threaded
from tests.core.entries import NOW, entry, field


def past(number: int, headline: str, *, days: float, thread: str = "") -> PastStory:
    own = f"{number:012x}"
    return PastStory(own, thread or own, headline, NOW - timedelta(days=days))


def ranked(*titles: str) -> Ranking:
    entries = [entry(title, id=title, outlet=f"Outlet {n}") for n, title in enumerate(titles)]
    return rank(entries, gazetteer=field(), now=NOW)


def continued(title: str, *before: PastStory) -> Story:
    return threaded(ranked(title), before, field()).stories[0]


NARVA = past(1, "Neo opens its magnet plant in Narva", days=40)
PERMIT = past(2, "Lynas seeks permit for its Kalgoorlie refinery", days=30)


def test_a_story_joins_the_thread_of_the_earlier_one_it_continues() -> None:
    found = continued("Lynas wins permit for its refinery in Kalgoorlie", NARVA, PERMIT)
    assert found.thread == PERMIT.thread
    assert found.earlier == (Earlier(PERMIT.began_at.date(), PERMIT.headline),)


def test_a_thread_grows_and_the_story_says_so() -> None:
    second = past(3, "Lynas permit for Kalgoorlie refinery delayed", days=10, thread=PERMIT.thread)
    found = continued("Lynas wins permit for its refinery in Kalgoorlie", second, NARVA, PERMIT)
    assert [one.headline for one in found.earlier] == [PERMIT.headline, second.headline]
    assert "Third story on this subject since 3 February" in found.reasons


def test_a_governments_acts_of_one_kind_are_a_subject() -> None:
    before = past(4, "China puts export controls on seven rare earths", days=20)
    found = continued("China widens export controls to more rare earths", before)
    assert found.thread == before.thread
    other = continued("India puts export controls on rare earths", before)
    assert other.thread == other.id


def test_what_another_company_does_is_another_subject() -> None:
    before = past(5, "Arafura raises money for its rare earth refinery", days=5)
    found = continued("Iluka raises money for its rare earth refinery", before)
    assert (found.thread, found.earlier) == (found.id, ())


def test_one_companys_unlike_doings_are_two_subjects() -> None:
    before = past(6, "Lynas chief executive to retire", days=5)
    found = continued("Ford signs offtake deal with Lynas for dysprosium", before)
    assert found.thread == found.id


def test_after_sixty_days_a_subject_begins_anew() -> None:
    old = replace(PERMIT, began_at=NOW - timedelta(days=70))
    found = continued("Lynas wins permit for its refinery in Kalgoorlie", old)
    assert found.thread == found.id


def test_a_subject_goes_on_in_another_language() -> None:
    before = past(7, "中国对稀土实施出口管制", days=5)
    found = continued("China puts export controls on rare earths", before)
    assert found.thread == before.thread


def test_a_saved_story_keeps_its_thread_and_is_not_its_own_past() -> None:
    story = continued("Lynas wins permit for its refinery in Kalgoorlie")
    saved = PastStory(story.id, "f" * 12, story.headline, story.began_at)
    again = continued(story.headline, saved, PERMIT)
    assert (again.thread, again.earlier) == ("f" * 12, ())


def test_two_stories_of_one_day_share_a_thread_whichever_was_saved_before() -> None:
    ranking = ranked(
        "Lynas seeks permit for its Kalgoorlie refinery",
        "Lynas shareholders vote on its Kalgoorlie refinery in May",
    )
    once = threaded(ranking, [], field())
    saved = [PastStory(s.id, s.thread, s.headline, s.began_at) for s in once.stories]
    assert threaded(ranking, saved, field()) == once
    assert len({story.thread for story in once.stories}) == 1


def test_the_order_of_the_past_plays_no_part() -> None:
    before = [NARVA, PERMIT, past(3, "Lynas refinery in Kalgoorlie opens", days=3)]
    ranking = ranked("Lynas wins permit for its refinery in Kalgoorlie")
    assert threaded(ranking, before, field()) == threaded(ranking, before[::-1], field())


def test_the_words_count_the_story_itself_and_name_the_first_day() -> None:
    day = date(2026, 3, 12)
    assert thread_words([]) == ""
    assert thread_words([Earlier(day, "A")]) == "Second story on this subject since 12 March"
    many = [Earlier(day + timedelta(days=n), "A") for n in range(20)]
    assert thread_words(many) == "21st story on this subject since 12 March"


def test_told_stories_are_past_ones_and_keep_their_threads() -> None:
    told = [
        ToldStory(date(2026, 3, 1), "Lynas seeks permit", id="a", thread="t"),
        ToldStory(date(2026, 3, 3), "Lynas seeks permit still", id="a", thread="t"),
        ToldStory(date(2026, 3, 2), "Neo opens a plant"),
    ]
    first, second = past_of(told)
    assert (first.id, first.thread, first.headline) == ("a", "t", "Lynas seeks permit")
    assert (len(second.id), second.thread) == (12, "")
    assert past_of(told[::-1]) == (first, second)


def test_no_headline_breaks_a_thread() -> None:
    odd = [past(n, words, days=n) for n, words in enumerate(["", "\x00", "稀土" * 900, "\ud800"])]
    assert threaded(ranked("Lynas opens a plant"), odd, field()).stories[0].thread
