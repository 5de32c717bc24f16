"""The editor's decisions are kept with what the story scored, one of a kind for each story."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from newsletter.core.decisions import Act, Decision, Judgement
from newsletter.sample.edition import sample_draft
from newsletter.store import editions
from newsletter.store.decisions import (
    clear_judgements,
    load_judgements,
    load_judgements_since,
    load_source_names,
    save_judgement,
)

NOW = datetime(2026, 4, 7, 6, 30, tzinfo=UTC)
DAY = date(2026, 4, 7)
pytestmark = pytest.mark.django_db


def judged(story: str, act: Act, value: str = "", *, day: date = DAY) -> Judgement:
    parts = {"importance": 0.9, "novelty": 1.0}
    return Judgement(day, Decision(story, act, value), "北方稀土 raises prices", parts, 3, NOW)


def kept(*judgements: Judgement) -> tuple[Judgement, ...]:
    for one in judgements:
        save_judgement(one)
    return load_judgements(DAY)


def test_a_judgement_comes_back_as_it_was_made() -> None:
    one = judged("a", Act.MOVE, "also 2")
    assert kept(one) == (one,)


def test_judgements_come_back_in_the_order_in_which_they_were_made() -> None:
    made = (judged("b", Act.PIN), judged("a", Act.DROP), judged("c", Act.PIN))
    assert kept(*made) == made


def test_a_later_decision_on_a_story_replaces_the_earlier_one() -> None:
    assert kept(judged("a", Act.PIN), judged("a", Act.DROP)) == (judged("a", Act.DROP),)


def test_a_headline_and_a_place_replace_only_their_own_kind() -> None:
    made = (judged("a", Act.PIN), judged("a", Act.REWRITE, "One"), judged("a", Act.REWRITE, "Two"))
    assert kept(*made) == (made[0], made[2])


def test_a_new_lead_leaves_the_earlier_one_as_it_was_decided_on() -> None:
    made = judged("a", Act.LEAD), judged("b", Act.LEAD)
    assert kept(*made) == made


def test_dates_do_not_touch_each_other() -> None:
    yesterday = DAY - timedelta(days=1)
    one, other = judged("a", Act.LEAD, day=yesterday), judged("a", Act.DROP)
    assert kept(one, other) == (other,)
    assert load_judgements(yesterday) == (one,)
    assert load_judgements_since(yesterday, until=DAY) == (one, other)
    assert load_judgements_since(DAY, until=DAY) == (other,)


def test_clearing_forgets_all_that_was_decided_on_a_story() -> None:
    kept(judged("a", Act.PIN), judged("a", Act.REWRITE, "x"), judged("b", Act.DROP))
    assert clear_judgements(DAY, "a") == 2
    assert load_judgements(DAY) == (judged("b", Act.DROP),)


def test_the_sources_of_a_draft_are_known() -> None:
    edition = editions.save_draft(sample_draft(NOW, UTC), ["A", "B"])
    assert load_source_names(edition) == ("A", "B")
