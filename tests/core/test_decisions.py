"""The draft as the editor's decisions make it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.core.compose import compose
from newsletter.core.decisions import (
    Act,
    Decision,
    Judgement,
    apply,
    checked,
    decisions_on,
    in_force,
    keep_wording,
)
from newsletter.core.edition import Draft, DraftFigures
from newsletter.core.ranking import rank
from newsletter.core.selection import Rules
from newsletter.core.story import Highlight, Ranking
from newsletter.errors import UsageError
from tests.core.entries import NOW, entry, field

DAY = date(2026, 3, 5)
RULES = Rules(stories=5, also=4, per_section=9, per_country=9)
EVENTS = (
    "China tightens export licence rules for dysprosium and terbium",
    "Lynas starts its heavy rare earth separation line in Malaysia",
    "Neodymium oxide price rises 6 per cent in Baotou",
    "Iluka secures a loan for its Eneabba rare earth refinery",
    "Noveon signs magnet supply deal with a carmaker in Texas",
    "Brazil grants a mining licence for an ionic clay deposit",
    "Estonia opens a rare earth magnet plant in Narva",
    "Recycler recovers praseodymium from scrapped wind turbines in Denmark",
    "Arafura names offtake partner for Nolans rare earth oxides",
    "Vietnam auctions the Dong Pao rare earth mine",
    "Ucore begins building a rare earth separation facility in Louisiana",
)


def ranked(*more: str) -> Ranking:
    entries = [
        entry(title, outlet=f"Paper {number}", hours=number + 1)
        for number, title in enumerate((*EVENTS, *more))
    ]
    return rank(entries, gazetteer=field(), now=NOW)


RANKING = ranked()


def composed(ranking: Ranking = RANKING, rules: Rules = RULES) -> Draft:
    figures = DraftFigures(20, 12, 11, 3, 0)
    return compose(ranking, date=DAY, made_at=NOW, figures=figures, rules=rules)


def judged(story: str, act: Act, value: str = "", headline: str = "") -> Judgement:
    return Judgement(DAY, Decision(story, act, value), headline, {}, 0, NOW)


def decided(*judgements: Judgement, ranking: Ranking = RANKING, rules: Rules = RULES) -> Draft:
    return apply(composed(ranking, rules), ranking, judgements, rules)


def ids(draft: Draft) -> list[str]:
    return [story.id for story in draft.stories]


def full(draft: Draft) -> list[str]:
    return [story.id for story in draft.picks]


BEFORE = composed()
LEAD, *PICKS = full(BEFORE)
ALSO = [story.id for story in BEFORE.also]
UNSEEN = next(s.id for s in reversed(RANKING.stories) if s.id not in ids(BEFORE))


def test_the_page_of_these_tests_is_full() -> None:
    assert (len(PICKS), len(ALSO)) == (4, 4)


def test_without_decisions_the_draft_stays_as_it_is() -> None:
    assert decided() == BEFORE


def test_a_dropped_story_is_gone_and_the_next_one_moves_up() -> None:
    draft = decided(judged(PICKS[0], Act.DROP))
    assert PICKS[0] not in ids(draft)
    assert len(draft.picks) == len(BEFORE.picks)
    assert set(full(draft)) - set(full(BEFORE)) <= set(ALSO)


def test_a_dropped_story_is_no_near_miss() -> None:
    draft = decided(judged(PICKS[0], Act.DROP))
    assert PICKS[0] not in {miss.story.id for miss in draft.near_misses}


def test_a_dropped_lead_gives_way_to_another() -> None:
    draft = decided(judged(LEAD, Act.DROP))
    assert draft.lead
    assert draft.lead.id != LEAD
    assert draft.subject != BEFORE.subject


def test_a_pinned_story_is_told_in_full_whatever_it_scores() -> None:
    draft = decided(judged(UNSEEN, Act.PIN))
    assert UNSEEN in full(draft)
    assert len(draft.picks) == RULES.stories


def test_the_weakest_story_that_nobody_decided_on_gives_way_to_a_pinned_one() -> None:
    scores = {story.id: story.score for story in BEFORE.picks}
    weakest = min(PICKS, key=lambda name: (scores[name], name))
    draft = decided(judged(UNSEEN, Act.PIN))
    assert draft.also[0].id == weakest
    held = decided(judged(UNSEEN, Act.PIN), judged(weakest, Act.PIN))
    assert {UNSEEN, weakest} <= set(full(held))


def test_a_pin_keeps_a_story_that_later_news_would_push_off_the_page() -> None:
    weakest = min(BEFORE.picks, key=lambda story: (story.score, story.id)).id
    later = ranked(
        "China bans exports of samarium-cobalt magnets to the United States",
        "United States sets a price floor for neodymium-praseodymium oxide",
        "Myanmar halts all rare earth mining in Kachin State after an accident",
    )
    assert weakest not in full(composed(later))
    assert weakest in full(decided(judged(weakest, Act.PIN), ranking=later))


def test_a_story_made_the_lead_leads_and_the_old_lead_is_told_below() -> None:
    draft = decided(judged(PICKS[-1], Act.LEAD))
    assert draft.lead
    assert draft.lead.id == PICKS[-1]
    assert LEAD in full(draft)
    assert draft.lead.headline[:20] in draft.subject


def test_of_two_leads_the_later_one_leads_and_the_earlier_one_stays_in_full() -> None:
    draft = decided(judged(ALSO[-1], Act.LEAD), judged(PICKS[0], Act.LEAD))
    assert draft.lead
    assert draft.lead.id == PICKS[0]
    assert ALSO[-1] in full(draft)


@pytest.mark.parametrize("place", [2, 3, 4, 5])
@pytest.mark.parametrize("name", [LEAD, *PICKS, ALSO[0], ALSO[-1], UNSEEN])
def test_a_moved_story_stands_exactly_where_it_was_moved_to(name: str, place: int) -> None:
    draft = decided(judged(name, Act.MOVE, str(place)))
    assert ids(draft)[place - 1] == name
    assert len(draft.picks) == RULES.stories
    assert len(set(ids(draft))) == len(ids(draft))


@pytest.mark.parametrize("place", [1, 3])
@pytest.mark.parametrize("name", [LEAD, PICKS[0], ALSO[0], UNSEEN])
def test_a_story_moved_below_becomes_a_headline_in_that_place(name: str, place: int) -> None:
    draft = decided(judged(name, Act.MOVE, f"also {place}"))
    assert draft.also[place - 1].id == name
    assert len(draft.also) == RULES.also


def test_no_heading_stands_twice_after_a_move() -> None:
    for name in (LEAD, *PICKS, UNSEEN):
        for place in (2, 3, 4, 5):
            headings = [s.name for s in decided(judged(name, Act.MOVE, str(place))).sections]
            assert len(set(headings)) == len(headings)


def test_several_moves_each_come_out_exact() -> None:
    draft = decided(judged(PICKS[3], Act.MOVE, "2"), judged(PICKS[0], Act.MOVE, "4"))
    assert ids(draft)[1] == PICKS[3]
    assert ids(draft)[3] == PICKS[0]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.sampled_from([s.id for s in RANKING.stories]), unique=True, max_size=4),
    st.permutations([2, 3, 4, 5]),
)
def test_any_moves_to_different_places_come_out_exact(names: list[str], places: list[int]) -> None:
    moves = dict(zip(names, places, strict=False))
    draft = decided(*(judged(name, Act.MOVE, str(place)) for name, place in moves.items()))
    assert {name: ids(draft).index(name) + 1 for name in moves} == moves
    assert len(draft.picks) == RULES.stories


def test_a_moved_story_still_counts_for_the_caps() -> None:
    rules = replace(RULES, per_section=1)
    before = composed(rules=rules)
    moved = before.sections[-1].stories[0]
    draft = decided(judged(moved.id, Act.MOVE, "2"), rules=rules)
    assert {story.id for story in draft.picks} == {story.id for story in before.picks}


def test_a_rewritten_story_has_the_editors_headline_in_the_subject_too() -> None:
    draft = decided(judged(LEAD, Act.REWRITE, "Beijing asks for papers"))
    assert draft.lead
    assert draft.lead.headline == "Beijing asks for papers"
    assert draft.subject.startswith("Beijing asks for papers")
    assert full(draft) == full(BEFORE)


def test_a_place_and_a_headline_are_decided_on_separately() -> None:
    draft = decided(judged(ALSO[0], Act.PIN), judged(ALSO[0], Act.REWRITE, "New words"))
    assert "New words" in [story.headline for story in draft.picks]


def test_a_later_decision_replaces_the_earlier_one_of_its_kind() -> None:
    assert in_force([judged("a", Act.PIN), judged("a", Act.DROP)]) == (judged("a", Act.DROP),)
    assert ids(decided(judged(LEAD, Act.DROP), judged(LEAD, Act.PIN))) == ids(BEFORE)


def test_a_decision_on_a_story_that_is_gone_does_nothing() -> None:
    assert decided(judged("no such story", Act.LEAD)) == BEFORE


def test_a_story_whose_id_an_older_entry_changed_is_known_by_its_headline() -> None:
    headline = next(s.headline for s in BEFORE.stories if s.id == PICKS[0])
    draft = decided(judged("an older id", Act.DROP, headline=headline))
    assert PICKS[0] not in ids(draft)


def test_the_order_of_the_entries_and_of_independent_pins_changes_nothing() -> None:
    one = decided(judged(UNSEEN, Act.PIN), judged(ALSO[0], Act.PIN))
    other = decided(judged(ALSO[0], Act.PIN), judged(UNSEEN, Act.PIN))
    assert one.picks == other.picks


def test_a_short_day_grows_by_a_pin() -> None:
    short = replace(RULES, least_score=0.99, least_also_score=0.98)
    assert composed(rules=short).picks == ()
    draft = decided(judged(UNSEEN, Act.PIN), rules=short)
    assert full(draft) == [UNSEEN]
    assert draft.lead


def test_dropping_everything_leaves_an_empty_draft() -> None:
    draft = decided(*(judged(story.id, Act.DROP) for story in RANKING.stories))
    assert draft.stories == ()
    assert draft.lead is None


ANY = st.builds(
    lambda story, act, value: judged(
        "" if act.is_on_edition else story.id, act, value if act is Act.MOVE else "words"
    ),
    st.sampled_from(RANKING.stories),
    st.sampled_from(list(Act)),
    st.sampled_from(["2", "3", "5", "also 1", "also 4"]),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(ANY, max_size=14))
def test_whatever_is_decided_no_story_stands_twice_and_none_that_was_dropped(
    judgements: list[Judgement],
) -> None:
    draft = decided(*judgements)
    held = [one.decision for one in in_force(judgements)]
    dropped = {one.story for one in held if one.act is Act.DROP}
    pinned = {one.story for one in held if one.act in (Act.PIN, Act.LEAD)}
    assert len(set(ids(draft))) == len(ids(draft))
    assert not dropped & set(ids(draft))
    assert pinned <= set(full(draft))


def test_what_a_model_wrote_for_a_story_stays_with_it() -> None:
    highlights = (Highlight("Written.", "Paper 1", is_written=True),)
    assert BEFORE.lead
    before = replace(BEFORE, lead=replace(BEFORE.lead, highlights=highlights), notes=("a note",))
    draft = apply(before, RANKING, [judged(PICKS[0], Act.LEAD)], RULES)
    told = {story.id: story.highlights for story in keep_wording(draft, before).picks}
    assert told[LEAD] == highlights
    assert told[PICKS[0]] == draft.picks[0].highlights
    assert draft.notes == ("a note",)


def test_a_page_of_few_stories_says_that_the_day_was_quiet_as_it_is() -> None:
    pair = {story.id for story in BEFORE.picks[:2]}
    drops = [judged(s.id, Act.DROP) for s in RANKING.stories if s.id not in pair]
    short = apply(BEFORE, RANKING, drops, RULES, notice="On holiday.")
    assert short.notice == "On holiday."
    assert short.quiet == "A quiet day: two stories met the bar."
    again = apply(short, RANKING, [judged(PICKS[0], Act.PIN)], RULES, notice="On holiday.")
    assert (again.notice, again.quiet) == ("On holiday.", "")


OWN = (judged("", Act.SUBJECT, "The editor's subject"), judged("", Act.PREHEADER, "And more"))


def test_the_editors_subject_and_preheader_stand_whatever_leads() -> None:
    for others in ((), (judged(LEAD, Act.DROP),), (judged(PICKS[0], Act.LEAD),)):
        draft = decided(*OWN, *others)
        assert (draft.subject, draft.preheader) == ("The editor's subject", "And more")
        assert draft.has_own_subject
        assert draft.has_own_preheader
        bare = decided(*others)
        assert ids(draft) == ids(bare)
        assert not bare.has_own_subject
        assert not bare.has_own_preheader


def test_of_a_subject_and_a_preheader_the_last_each_hold_beside_each_other() -> None:
    again = judged("", Act.SUBJECT, "Other words")
    assert in_force([*OWN, again]) == (OWN[1], again)


def test_words_of_the_edition_are_no_decision_on_a_story() -> None:
    assert decisions_on(ranked(""), OWN) == ()


def test_a_decided_page_does_not_repeat_the_subjects_of_the_days_before() -> None:
    before = replace(BEFORE, subjects_before=(BEFORE.subject,))
    draft = apply(before, RANKING, [judged(PICKS[0], Act.PIN)], RULES)
    assert draft.lead == BEFORE.lead
    assert draft.subject != BEFORE.subject
    assert draft.subjects_before == (BEFORE.subject,)


@pytest.mark.parametrize("act", [Act.SUBJECT, Act.PREHEADER])
def test_words_for_the_inbox_list_are_one_line_of_visible_words(act: Act) -> None:
    wanted = checked(Decision("ignored", act, " New\r\nBcc: words\u202e "), BEFORE)
    assert wanted == Decision("", act, "New Bcc: words")
    with pytest.raises(UsageError, match=f"a {act.value} needs words"):
        checked(Decision("", act, " \u200b\n"), BEFORE)
    with pytest.raises(UsageError, match="at most 150 characters; this one has 151"):
        checked(Decision("", act, "x" * 151), BEFORE)


def test_a_story_stands_in_the_section_that_the_rules_give_its_event() -> None:
    unseen = next(s for s in RANKING.stories if s.id == UNSEEN)
    rules = replace(RULES, section_of={unseen.event: "Elsewhere"})
    draft = decided(judged(UNSEEN, Act.PIN), rules=rules)
    assert UNSEEN in [s.id for s in draft.sections[-1].stories]
    assert draft.sections[-1].name == "Elsewhere"


def test_a_move_to_the_first_place_makes_the_lead() -> None:
    wanted = checked(Decision(PICKS[0], Act.MOVE, "1"), BEFORE)
    assert wanted == Decision(PICKS[0], Act.LEAD)


def test_a_place_among_the_headlines_is_kept_as_one_however_long_the_page_gets() -> None:
    assert checked(Decision("a", Act.MOVE, "3"), BEFORE).value == "3"
    assert checked(Decision("a", Act.MOVE, "7"), BEFORE).value == "also 2"
    assert checked(Decision("a", Act.MOVE, "also 2"), BEFORE).value == "also 2"


@pytest.mark.parametrize("value", ["", "0", "10", "-1", "two", "٣", "also", "also x"])
def test_a_place_that_the_page_does_not_have_is_refused(value: str) -> None:
    with pytest.raises(UsageError, match="places 1 to 9"):
        checked(Decision("a", Act.MOVE, value), BEFORE)


def test_a_headline_is_one_line_of_visible_words() -> None:
    wanted = checked(Decision("a", Act.REWRITE, " New\r\nwords\u202e "), BEFORE)
    assert wanted.value == "New words"
    with pytest.raises(UsageError, match="needs words"):
        checked(Decision("a", Act.REWRITE, " \u200b\n"), BEFORE)
    with pytest.raises(UsageError, match="at most 200"):
        checked(Decision("a", Act.REWRITE, "x" * 201), BEFORE)
