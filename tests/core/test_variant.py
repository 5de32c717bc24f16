"""A variant tells what its readers chose, once each, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.depth import Depth
from newsletter.core.edition import Draft
from newsletter.core.page import page_for
from newsletter.core.selection import Rules
from newsletter.core.story import Story
from newsletter.core.subject import subject_of
from newsletter.core.variant import (
    BIG_NEWS,
    NO_BIG_NEWS,
    NOTHING_CHOSEN,
    Choice,
    Rhythm,
    chosen_ids,
    has_big_news,
    key_of,
    reduced,
)
from newsletter.variants import choice_of
from subscribers import values
from tests import drafts
from tests.choosing import RULES, SECTIONS, draft, story

POLICY, MARKETS, MINING = SECTIONS[:3]


def day() -> Draft:
    return draft(
        story("lead", POLICY, importance=0.9, score=0.9),
        [
            story("law", POLICY, score=0.7),
            story("price", MARKETS, score=0.65),
            story("mine", MINING, score=0.8, companies=("Lynas",), thread="t1"),
        ],
        [story("small", MINING, score=0.5), story("deal", MARKETS, score=0.45)],
    )


def variant_for(whole: Draft, choice: Choice, rules: Rules, big: float = BIG_NEWS) -> Draft | None:
    """The draft that a choice comes to."""
    return reduced(whole, chosen_ids(whole, choice, rules.sections, big), rules)


def ids(told: Draft | None) -> list[str]:
    assert told is not None
    return [one.id for one in told.stories]


def test_who_chose_nothing_gets_the_very_draft() -> None:
    whole = day()
    assert variant_for(whole, Choice(), RULES) is whole


def test_only_the_chosen_sections_are_told_and_the_lead_too() -> None:
    told = variant_for(day(), Choice(sections=(MARKETS,)), RULES)
    assert ids(told) == ["price", "deal"]
    both = variant_for(day(), Choice(sections=(MINING, POLICY)), RULES)
    assert ids(both) == ["lead", "law", "mine", "small"]


def test_the_best_that_is_left_leads_and_the_words_fit() -> None:
    told = variant_for(day(), Choice(sections=(MARKETS, MINING)), RULES)
    assert told is not None
    assert told.lead is not None
    assert told.lead.id == "mine"
    assert "mine" in told.subject
    assert "lead" not in told.subject + told.preheader + told.summary
    assert [section.name for section in told.sections] == [MARKETS]


def test_a_lead_that_is_chosen_leads_even_where_another_scores_more() -> None:
    whole = day()
    assert whole.lead is not None
    weak = replace(whole, lead=replace(whole.lead, score=0.1))
    told = variant_for(weak, Choice(sections=(POLICY,)), RULES)
    assert told is not None
    assert told.lead == weak.lead
    assert told.subject == subject_of(told.lead, told.picks[1:])


def test_the_editors_subject_holds_where_the_lead_is_the_same_and_nowhere_else() -> None:
    whole = replace(day(), subject="The editor's own words", has_own_subject=True)
    same = variant_for(whole, Choice(sections=(POLICY,)), RULES)
    other = variant_for(whole, Choice(sections=(MINING,)), RULES)
    assert same
    assert other
    assert (same.subject, same.has_own_subject) == (whole.subject, True)
    assert (other.subject, other.has_own_subject) == (subject_of(other.lead, other.also), False)


def test_the_editors_preheader_holds_where_the_lead_is_the_same_and_nowhere_else() -> None:
    own = "The editor's own line beside the subject"
    whole = replace(day(), preheader=own, has_own_preheader=True)
    same = variant_for(whole, Choice(sections=(POLICY,)), RULES)
    other = variant_for(whole, Choice(sections=(MINING,)), RULES)
    assert same
    assert other
    assert (same.preheader, same.has_own_preheader) == (own, True)
    assert other.preheader != own
    assert not other.has_own_preheader


def test_a_variant_of_one_story_calls_no_day_quiet_that_was_none() -> None:
    told = variant_for(day(), Choice(sections=(MARKETS,)), RULES)
    assert told
    assert told.quiet == ""
    assert "quiet" not in told.preheader


def test_where_only_headlines_are_left_the_best_of_them_leads() -> None:
    whole = draft(story("lead", POLICY), [], [story("a", MINING, score=0.2), story("b", MINING)])
    told = variant_for(whole, Choice(sections=(MINING,)), RULES)
    assert ids(told) == ["b", "a"]


def test_a_followed_company_is_told_whatever_its_section_and_case() -> None:
    choice = Choice(sections=(MARKETS,), follows=("company:LYNAS",))
    assert ids(variant_for(day(), choice, RULES)) == ["mine", "price", "deal"]


def test_a_followed_thread_is_told() -> None:
    choice = Choice(sections=("Geopolitics",), follows=("thread:t1",))
    assert ids(variant_for(day(), choice, RULES)) == ["mine"]


def test_an_empty_thread_is_followed_by_nobody() -> None:
    choice = Choice(sections=("Geopolitics",), follows=("thread:", "company:"))
    assert variant_for(day(), choice, RULES) is None


def test_a_section_without_news_gives_no_mail_with_the_reason() -> None:
    choice = Choice(sections=("Geopolitics",))
    assert variant_for(day(), choice, RULES) is None
    assert choice.reason_for_none == NOTHING_CHOSEN


def test_a_section_that_exists_no_more_is_not_chosen() -> None:
    whole = day()
    assert variant_for(whole, Choice(sections=("Gone",)), RULES) is whole
    assert ids(variant_for(whole, Choice(sections=("Gone", MARKETS)), RULES)) == ["price", "deal"]


def test_what_an_editor_placed_under_another_heading_counts_there_too() -> None:
    whole = day()
    moved = replace(whole, sections=(replace(whole.sections[0], name=MARKETS),))
    assert "law" in ids(variant_for(moved, Choice(sections=(MARKETS,)), RULES))


def test_big_news_only_is_what_weighs_enough_and_what_is_followed() -> None:
    assert ids(variant_for(day(), Choice(rhythm=Rhythm.BIG), RULES, 0.75)) == ["lead"]
    assert has_big_news(day(), 0.75)
    following = Choice(rhythm=Rhythm.BIG, follows=("company:Lynas",))
    assert ids(variant_for(day(), following, RULES, 0.75)) == ["lead", "mine"]


def test_what_a_single_outlet_tells_is_no_big_news() -> None:
    assert not has_big_news(draft(story("lead", POLICY, importance=1.0, outlets=1)), 0.75)
    assert has_big_news(draft(story("lead", POLICY, importance=1.0, outlets=2)), 0.75)


def test_without_big_news_those_who_want_only_that_get_none() -> None:
    choice = Choice(rhythm=Rhythm.BIG)
    assert not has_big_news(day(), 0.95)
    assert variant_for(day(), choice, RULES, 0.95) is None
    assert choice.reason_for_none == NO_BIG_NEWS


def test_choices_that_come_to_one_page_share_its_key_and_depths_do_not() -> None:
    one = variant_for(day(), Choice(sections=(MARKETS,)), RULES)
    other = variant_for(day(), Choice(sections=(MARKETS, "Gone", "Geopolitics")), RULES)
    assert one is not None
    assert other is not None
    assert key_of(one, Depth.STANDARD) == key_of(other, Depth.STANDARD)
    assert key_of(one, Depth.STANDARD) != key_of(one, Depth.FULL)
    assert key_of(one, Depth.STANDARD) != key_of(day(), Depth.STANDARD)


def test_headlines_have_no_sentence_below_them() -> None:
    page = page_for(day(), drafts.brand(), Depth.HEADLINES)
    assert page.lead is not None
    blocks = [page.lead, *(one for section in page.sections for one in section.stories)]
    assert all(not one.quotes and not one.why for one in (*blocks, *page.also))
    assert "word for word" not in page.made


def test_full_tells_all_sentences_all_reasons_and_one_below_each_headline() -> None:
    page = page_for(day(), drafts.brand(), Depth.FULL)
    blocks = [one for section in page.sections for one in section.stories]
    assert [len(one.quotes) for one in blocks] == [3] * len(blocks)
    assert all("near" in one.why for one in blocks)
    assert [len(one.quotes) for one in page.also] == [1] * len(page.also)


def test_standard_is_what_it_is_without_a_word_on_depth() -> None:
    page = page_for(day(), drafts.brand(), Depth.STANDARD)
    assert page == page_for(day(), drafts.brand())
    blocks = [one for section in page.sections for one in section.stories]
    assert [len(one.quotes) for one in blocks] == [2] * len(blocks)
    assert all(not one.quotes for one in page.also)


NAMES = "abcdefgh"
STORIES = st.builds(
    story,
    st.just("x"),
    st.sampled_from([*SECTIONS, "Gone", ""]),
    importance=st.sampled_from([0.1, 0.74, 0.75, 1.0]),
    score=st.floats(0, 1),
    outlets=st.sampled_from([1, 2, 5]),
    companies=st.lists(st.sampled_from(["Lynas", "MP", "İstanbul"]), max_size=2).map(tuple),
    thread=st.sampled_from(["", "t1", "t2"]),
)
DRAFTS = st.tuples(st.lists(STORIES, max_size=8), st.integers(1, 6)).map(
    lambda made: _drafted(
        [replace(one, id=n) for one, n in zip(made[0], NAMES, strict=False)], made[1]
    )
)
CHOICES = st.builds(
    Choice,
    st.sampled_from(Depth),
    st.lists(st.sampled_from([*SECTIONS[:3], "Nowhere"]), max_size=3, unique=True).map(tuple),
    st.lists(st.sampled_from(["company:lynas", "thread:t2", "thread:", "odd"]), max_size=3).map(
        tuple
    ),
    st.sampled_from(Rhythm),
)


def _weighs(one: Story) -> bool:
    return one.parts["importance"] >= 0.75 and one.outlets > 1


def _drafted(stories: list[Story], cut: int) -> Draft:
    return draft(stories[0] if stories else None, stories[1:cut], stories[cut:])


@given(DRAFTS, CHOICES)
def test_no_story_twice_nothing_unchosen_and_always_the_same(whole: Draft, choice: Choice) -> None:
    told = variant_for(whole, choice, RULES, 0.75)
    assert told == variant_for(whole, choice, RULES, 0.75)
    known = {*SECTIONS, *(one.section for one in whole.stories)}
    sections = {one for one in choice.sections if one in known}
    wanted = [
        one.id
        for one in whole.stories
        if ("company:lynas" in choice.follows and "Lynas" in one.companies)
        or ("thread:t2" in choice.follows and one.thread == "t2")
        or (
            (not sections or one.section in sections)
            and (choice.rhythm is not Rhythm.BIG or _weighs(one))
        )
    ]
    got = ids(told) if told else []
    assert sorted(got) == sorted(wanted)
    assert len(set(got)) == len(got)
    if told:
        assert told.lead is not None
        assert told.subject


def test_every_preference_of_a_subscriber_is_one_that_the_core_knows() -> None:
    assert [one.value for one in values.Depth] == [one.value for one in Depth]
    assert [one.value for one in values.Rhythm] == [one.value for one in Rhythm]
    for depth in values.Depth:
        for rhythm in values.Rhythm:
            found = choice_of(values.Preferences(rhythm=rhythm, depth=depth))
            assert (found.depth.value, found.rhythm.value) == (depth.value, rhythm.value)


def test_below_a_depth_are_those_that_tell_less() -> None:
    assert Depth.FULL.and_below == (Depth.FULL, Depth.STANDARD, Depth.HEADLINES)
    assert Depth.HEADLINES.and_below == (Depth.HEADLINES,)
