from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.core.entry import Entry
from newsletter.core.reading import Reading, read
from newsletter.core.source import Publisher
from newsletter.core.topics import group_topics, topics_of
from newsletter.gazetteer import load_gazetteer

GAZETTEER = load_gazetteer()
NOON = datetime(2026, 4, 7, 12, tzinfo=UTC)

LIGHTHOUSE = "lighthouse keeper rescued storm coast lifeboat crew island harbour waves"
ORCHESTRA = "orchestra conductor premiere violin concert symphony hall audience cello encore"
GLACIER = "glacier melting summer ice scientists retreat alpine valley meltwater survey"


def reading(entry_id: str, title: str, text: str = "") -> Reading:
    entry = Entry(
        id=entry_id,
        declared_id=entry_id,
        url=f"https://example.org/{entry_id}",
        title=title,
        summary=text,
        text="",
        highlights=(),
        published_at=NOON,
        date_is_known=True,
        first_seen_at=NOON,
        language="en",
        outlet="The Example",
        publisher=Publisher.GENERAL_PRESS,
        weight=1.0,
    )
    return read(entry, GAZETTEER)


def told(vocabulary: str, count: int, prefix: str) -> list[Reading]:
    """Titles of six words out of ten: no two need be the same, all are of one topic."""
    made = random.Random(prefix)
    words = vocabulary.split()
    return [
        reading(f"{prefix}{n:03}", " ".join(made.sample(words, 6)).capitalize())
        for n in range(count)
    ]


def ids(groups: tuple[tuple[Reading, ...], ...]) -> set[frozenset[str]]:
    return {frozenset(one.entry.id for one in group) for group in groups}


THREE = [*told(LIGHTHOUSE, 40, "l"), *told(ORCHESTRA, 25, "o"), *told(GLACIER, 12, "g")]


def test_texts_with_the_words_of_one_topic_are_one_group() -> None:
    groups = ids(group_topics(THREE))

    assert groups == {
        frozenset(one.entry.id for one in THREE if one.entry.id[0] == first) for first in "log"
    }


def test_the_order_of_the_input_plays_no_part() -> None:
    shuffled = list(THREE)
    random.Random(3).shuffle(shuffled)

    assert group_topics(shuffled) == group_topics(THREE)


def test_a_topic_is_as_coarse_beside_many_others_as_beside_few() -> None:
    made = random.Random(8)
    others = [
        one
        for n in range(30)
        for one in told(" ".join(f"{made.randrange(10**6):06}x" for _ in range(10)), 15, f"z{n}-")
    ]

    assert ids(group_topics(THREE)) <= ids(group_topics([*THREE, *others]))


def test_a_text_that_shares_no_word_with_any_stays_alone() -> None:
    alone = reading("alone", "Quince jelly wins village prize")

    assert frozenset(("alone",)) in ids(group_topics([*THREE, alone]))


def test_a_text_joins_the_topic_whose_words_it_has_although_its_nearest_is_of_another() -> None:
    between = reading("x", "Lighthouse keeper rescued: coast crew hears symphony")

    groups = group_topics([*THREE, between])

    [own] = [group for group in groups if between in group]
    assert {one.entry.id[0] for one in own} == {"l", "x"}


def test_words_that_stand_everywhere_join_nothing() -> None:
    common = [
        reading(one.entry.id, f"Tuesday bulletin evening edition {one.entry.title}")
        for one in THREE
    ]

    assert ids(group_topics(common)) == ids(group_topics(THREE))


def test_a_short_title_is_filled_up_with_the_words_after_it() -> None:
    short = reading("s", "Both ways", f"{LIGHTHOUSE.capitalize()}.")

    [own] = [group for group in group_topics([*THREE, short]) if short in group]

    assert {one.entry.id[0] for one in own} == {"l", "s"}


def test_ten_thousand_times_the_same_text_are_one_group() -> None:
    groups = group_topics([reading("a", "Ferry strike ends")] * 10_000 + THREE)

    assert max(len(group) for group in groups) == 10_000


def test_texts_without_words_are_told_apart_by_their_titles() -> None:
    groups = group_topics([reading("a", "The who"), reading("b", "The who"), reading("c", "It is")])

    assert ids(groups) == {frozenset("ab"), frozenset("c")}


def test_empty_titles_are_not_one_topic() -> None:
    assert len(group_topics([reading("a", "!"), reading("b", "?"), *THREE])) == 5


def test_nothing_makes_no_group() -> None:
    assert group_topics([]) == ()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_different_texts_stay_apart(count: int) -> None:
    texts = [["lighthouse", "keeper"], ["glacier", "melting"], ["violin", "concert"]][:count]

    assert len(set(topics_of(texts))) == count


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=12), max_size=40))
def test_every_text_has_a_topic_whatever_its_words(texts: list[list[str]]) -> None:
    assert len(topics_of(texts)) == len(texts)
