"""A run adds to the stories of earlier runs, and never takes them apart or joins two of them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.core.grouping import group
from tests.core.entries import entry, field

FIRST = entry("Lynas to build a magnet plant in Kuantan with JS Link", outlet="A", hours=30)
SAME = entry("JS Link and Lynas plan Kuantan magnet plant", outlet="B", hours=28)
NEW = entry("Lynas and Korea's JS Link to build magnet plant in Kuantan", outlet="C", hours=4)
OTHER = entry("Brazil maps ionic clays in Goiás", outlet="D", hours=9)
ALL = [FIRST, SAME, NEW, OTHER]


def ids(known: dict[str, str]) -> set[frozenset[str]]:
    groups = group(ALL, field(), known=known)
    return {frozenset(one.outlet for one in members) for members in groups}


def test_a_new_entry_joins_the_story_it_tells() -> None:
    assert ids({FIRST.id: "s1", SAME.id: "s1"}) == {frozenset("ABC"), frozenset("D")}


def test_two_known_stories_are_never_joined() -> None:
    found = ids({FIRST.id: "s1", SAME.id: "s2"})
    assert not any({"A", "B"} <= members for members in found)
    assert any("C" in members and len(members) == 2 for members in found)


def test_the_same_headline_in_two_known_stories_stays_in_both() -> None:
    copy = replace(FIRST, id="copy", outlet="E")
    groups = group([FIRST, copy], field(), known={FIRST.id: "s1", "copy": "s2"})
    assert len(groups) == 2


def test_entries_of_one_known_story_stay_together_whatever_they_say() -> None:
    assert ids({FIRST.id: "s1", OTHER.id: "s1"}) >= {frozenset("ABCD")}


@settings(max_examples=40, deadline=None)
@given(
    st.permutations(ALL), st.lists(st.sampled_from(["", "s1", "s2", "s3"]), min_size=4, max_size=4)
)
def test_earlier_stories_hold_in_any_order(drawn: list[object], stories: list[str]) -> None:
    known = {one.id: story for one, story in zip(ALL, stories, strict=True) if story}
    groups = group(drawn, field(), known=known)  # type: ignore[arg-type]
    assert groups == group(ALL, field(), known=known)
    for story in set(known.values()):
        holding = [members for members in groups if any(known.get(e.id) == story for e in members)]
        assert len(holding) == 1
    for members in groups:
        assert len({known[one.id] for one in members if one.id in known}) <= 1
