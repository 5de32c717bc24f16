"""What the editor's judgements teach about the weights of a story's score."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from newsletter.core.decisions import Act, Decision, Judgement
from newsletter.core.edition import Draft, NearMiss, Section
from newsletter.core.learning import (
    LEAST_JUDGEMENTS,
    LEAST_PAIRS,
    NAMES,
    Learned,
    Lesson,
    fit,
    learn,
    lessons_of,
)
from newsletter.core.story import Story
from newsletter.core.telling import Weights, score
from tests import drafts

MONDAY = date(2026, 3, 2)
MADE_AT = datetime(2026, 3, 2, 7, tzinfo=UTC)
NOW = Weights()
NOTHING = dict.fromkeys(NAMES, 0.0)
FOND_OF_COVERAGE = replace(NOW, coverage=0.6, importance=0.1)
ONLY_COVERAGE = Weights(**{**NOTHING, "coverage": 1.0})
ONLY_NOVELTY = Weights(**{**NOTHING, "novelty": 1.0})


def parts(**given: float) -> dict[str, float]:
    return {**dict.fromkeys(NAMES, 0.5), **given}


def story(name: str, values: dict[str, float]) -> Story:
    made = drafts.story(drafts.entry(name, "Daily Ore"))
    return replace(made, id=name, parts=values, score=score(values, NOW))


def page(
    day: date, *told: Story, also: tuple[Story, ...] = (), missed: tuple[Story, ...] = ()
) -> Draft:
    misses = tuple(NearMiss(one, 0.1, "") for one in missed)
    further = (Section("Policy & trade", told[1:]),)
    return replace(drafts.draft(told[0], further, also), date=day, near_misses=misses)


def judged(
    one: Story, act: Act, value: str = "", *, day: date = MONDAY, place: int = 0
) -> Judgement:
    decision = Decision(one.id, act, value)
    return Judgement(day, decision, one.headline, one.parts, place, MADE_AT)


A, B, C, D, E = (story(name, parts(importance=(5 - n) / 5)) for n, name in enumerate("abcde"))


def preferences(judgement: Judgement, draft: Draft, *others: Judgement) -> set[str]:
    """What is preferred to what, as "ab" for a before b."""
    names = {one.parts["importance"]: one.id for one in (A, B, C, D, E)}
    (lesson,) = [
        one
        for one in lessons_of([judgement, *others], {draft.date: draft})
        if one.judgement is judgement
    ]
    return {names[x["importance"]] + names[y["importance"]] for x, y in lesson.pairs}


def test_every_story_that_stayed_is_preferred_to_a_dropped_one() -> None:
    assert preferences(judged(A, Act.DROP), page(MONDAY, B, C, also=(D,))) == {"ba", "ca", "da"}


def test_a_pinned_story_is_preferred_to_what_is_not_told_in_full() -> None:
    draft = page(MONDAY, A, D, also=(B,), missed=(C,))
    assert preferences(judged(D, Act.PIN), draft) == {"db", "dc"}


def test_a_lead_is_preferred_to_the_other_stories_in_full() -> None:
    assert preferences(judged(C, Act.LEAD), page(MONDAY, C, A, B, also=(D,))) == {"ca", "cb"}


def test_a_story_moved_up_is_preferred_to_those_it_passed_only() -> None:
    draft = page(MONDAY, A, D, B, C, E)
    assert preferences(judged(D, Act.MOVE, "2", place=4), draft) == {"db", "dc"}


def test_those_that_a_story_was_moved_below_are_preferred_to_it() -> None:
    draft = page(MONDAY, A, C, D, B, E)
    assert preferences(judged(B, Act.MOVE, "4", place=2), draft) == {"cb", "db"}


def test_stories_that_were_decided_on_themselves_are_not_compared_with() -> None:
    draft = page(MONDAY, B, C, also=(D,))
    assert preferences(judged(A, Act.DROP), draft, judged(C, Act.PIN)) == {"ba", "da"}


def test_a_headline_edit_and_a_day_without_a_draft_say_nothing_of_the_order() -> None:
    assert preferences(judged(A, Act.REWRITE, "x"), page(MONDAY, A, B)) == set()
    (lesson,) = lessons_of([judged(A, Act.DROP)], {})
    assert lesson.pairs == ()


def test_the_words_of_an_edition_teach_nothing_and_are_no_lesson() -> None:
    own = Judgement(MONDAY, Decision("", Act.SUBJECT, "x"), "", {}, 0, MADE_AT)
    drop = judged(A, Act.DROP)
    lessons = lessons_of([own, drop], {MONDAY: page(MONDAY, A, B)})
    assert [one.judgement for one in lessons] == [drop]


def days_of(true: Weights, count: int, seed: int = 1) -> tuple[list[Judgement], dict[date, Draft]]:
    """Days on which an editor with other weights drops the weakest and leads with the strongest."""
    dice = random.Random(seed)
    judgements: list[Judgement] = []
    found: dict[date, Draft] = {}
    for number in range(count):
        day = MONDAY + timedelta(days=number)
        told = [story(f"{day} {n}", {name: dice.random() for name in NAMES}) for n in range(9)]
        told.sort(key=lambda one: score(one.parts, true), reverse=True)
        judgements += [judged(told[0], Act.LEAD, day=day), judged(told[-1], Act.DROP, day=day)]
        found[day] = page(day, *told[:6], also=tuple(told[6:8]))
    return judgements, found


def learned(true: Weights = FOND_OF_COVERAGE, count: int = 12) -> Learned:
    return learn(*days_of(true, count), NOW)


def test_the_weights_move_towards_what_the_editor_prefers() -> None:
    found = learned()
    assert found.after
    assert found.after.coverage > 2 * found.before.coverage
    assert found.after.importance < found.before.importance
    assert found.is_better


def test_the_fitted_weights_are_not_negative_and_sum_to_one() -> None:
    for true in (FOND_OF_COVERAGE, ONLY_COVERAGE, ONLY_NOVELTY):
        after = learned(true).after
        assert after
        assert min(asdict(after).values()) >= 0
        assert sum(asdict(after).values()) == pytest.approx(1, abs=0.005)


def test_few_judgements_move_the_weights_less_than_many() -> None:
    few, many = learned(count=3).after, learned(count=30).after
    assert few
    assert many
    assert learned().before.coverage < few.coverage < many.coverage


def test_an_editor_who_agrees_leaves_the_weights_about_where_they_are() -> None:
    found = learned(NOW)
    assert found.after
    for name, value in asdict(found.after).items():
        assert value == pytest.approx(getattr(found.before, name), abs=0.08)


def test_nothing_is_fitted_to_few_judgements_and_it_says_how_many_are_needed() -> None:
    found = learned(count=2)
    assert found.after is None
    assert found.days == ()
    assert str(LEAST_JUDGEMENTS) in found.needed
    assert str(LEAST_PAIRS) in found.needed
    assert "there are 4" in found.needed


def test_nothing_is_fitted_to_few_comparisons() -> None:
    days = [MONDAY + timedelta(days=n) for n in range(6)]
    judgements = [judged(B, Act.DROP, day=day) for day in days]
    found = learn(judgements, {day: page(day, A) for day in days}, NOW)
    assert found.after is None
    assert "there are 6, with 6" in found.needed


def test_only_the_proportions_of_the_weights_in_force_matter() -> None:
    judgements, found = days_of(FOND_OF_COVERAGE, 8)
    tenfold = Weights(**{name: 10 * value for name, value in asdict(NOW).items()})
    assert learn(judgements, found, tenfold) == learn(judgements, found, NOW)


def test_a_past_day_is_measured_with_weights_fitted_to_the_other_days() -> None:
    judgements, found = days_of(FOND_OF_COVERAGE, 4)
    whole = learn(judgements, found, NOW)
    assert whole.after
    first = whole.days[0]
    rest = [one for one in judgements if one.date != first.date]
    unseen = fit(lessons_of(rest, found), NOW)
    own = lessons_of([one for one in judgements if one.date == first.date], found)
    agreed = [score(x, unseen) > score(y, unseen) for one in own for x, y in one.pairs]
    assert (first.pairs_after, first.pairs) == (sum(agreed), len(agreed))


def test_each_past_day_tells_which_stories_would_have_moved() -> None:
    day = learned().days[0]
    assert day.moves
    assert all(move.before != move.after for move in day.moves)
    spans = [abs(move.before - move.after) for move in day.moves]
    assert spans == sorted(spans, reverse=True)


def loss(lessons: Sequence[Lesson], weights: dict[str, float], towards: Weights) -> float:
    """What the fit makes least: doubt about each judgement, and the distance from the weights."""
    pull = 15 * sum((weights[name] - getattr(towards, name)) ** 2 for name in NAMES)
    for lesson in lessons:
        for better, worse in lesson.pairs:
            lead = sum(weights[name] * (better[name] - worse[name]) for name in NAMES)
            pull += math.log1p(math.exp(-20 * lead)) / len(lesson.pairs)
    return float(pull)


def test_no_weights_near_the_fitted_ones_fit_better() -> None:
    judgements, found = days_of(FOND_OF_COVERAGE, 10)
    lessons, towards = lessons_of(judgements, found), learned().before
    fitted = asdict(fit(lessons, towards))
    least = loss(lessons, fitted, towards)
    for more, less in itertools.permutations(NAMES, 2):
        moved = min(0.01, fitted[less])
        near = {**fitted, more: fitted[more] + moved, less: fitted[less] - moved}
        assert loss(lessons, near, towards) > least - 1e-4


def test_each_judgement_weighs_the_same_however_many_stories_it_is_compared_with() -> None:
    first = judged(A, Act.DROP)
    good, bad = parts(coverage=1.0), parts(coverage=0.0)
    once = fit([Lesson(first, ((good, bad),))], NOW)
    often = fit([Lesson(first, ((good, bad),) * 50)], NOW)
    assert once == often


def test_a_part_that_an_old_judgement_does_not_have_teaches_nothing() -> None:
    old = {name: value for name, value in parts().items() if name != "novelty"}
    pairs = ((parts(coverage=1.0, novelty=1.0), old),)
    after = fit([Lesson(judged(A, Act.DROP), pairs)] * 20, NOW)
    other = fit([Lesson(judged(A, Act.DROP), ((parts(coverage=1.0), parts()),))] * 20, NOW)
    assert after == other


def test_the_same_judgements_give_the_same_weights() -> None:
    assert learned() == learned()


def test_weights_that_were_applied_are_no_ground_for_the_next_fit() -> None:
    judgements, found = days_of(FOND_OF_COVERAGE, 8)
    first = learn(judgements, found, NOW).after
    assert first
    again = learn(judgements, found, first)
    assert again.after == again.before == first
    assert again.is_in_force
    assert learn(judgements, found, ONLY_NOVELTY).after == first


def test_what_is_written_in_a_file_sums_to_one_exactly() -> None:
    for count in range(3, 12):
        after = learned(count=count).after
        assert after
        assert sum(round(1000 * value) for value in asdict(after).values()) == 1000
        assert learn([], {}, after).before == after


def test_with_one_day_there_is_none_to_test_on() -> None:
    told = [story(f"{n}", parts(coverage=(9 - n) / 9, importance=n / 9)) for n in range(9)]
    judgements = [judged(one, Act.DROP) for one in told[4:]]
    found = learn(judgements, {MONDAY: page(MONDAY, *told[:4])}, ONLY_NOVELTY)
    assert found.after
    assert len(found.days) == 1
    assert (found.is_tested, found.is_better) == (False, False)
    assert learned(count=3).is_tested


def test_weights_of_zero_break_nothing() -> None:
    judgements, found = days_of(NOW, 4)
    assert learn(judgements, found, Weights(**NOTHING)).before == learn([], {}, NOW).before


def test_a_part_that_the_program_does_not_know_any_more_breaks_nothing() -> None:
    judgements, found = days_of(FOND_OF_COVERAGE, 8)
    old = [replace(one, parts={**one.parts, "fame": 1.0}) for one in judgements]
    assert learn(old, found, NOW).after == learn(judgements, found, NOW).after
