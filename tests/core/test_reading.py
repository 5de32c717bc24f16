"""A reading is found fast, holds little, and is the same whatever was read before."""

from __future__ import annotations

from newsletter.core.field_lexicon import field_lexicon
from newsletter.core.gazetteer import names
from newsletter.core.ranking import rank
from newsletter.core.reading import read
from newsletter.core.tokens import features, stems, visible
from tests.core.entries import NOW, entry, field


def test_a_plain_text_is_held_once() -> None:
    own = entry("Lynas opens a plant", text="The company opened its plant in Kalgoorlie.")
    found = read(own, field())
    assert found.title is own.title
    assert found.lead is own.text


def test_the_same_words_in_two_texts_are_the_same_objects() -> None:
    ours, theirs = (features(stems(text)) for text in ("稀土出口 magnets", "magnets 稀土价格"))
    assert any(one is other for one in ours for other in theirs if one == "magnet")
    assert any(one is other for one in ours for other in theirs if one == "稀土")


def test_below_the_lead_only_what_names_the_field_is_looked_for() -> None:
    filler = "The council met again and spoke about the old bridge over the river. " * 10
    own = entry("A council meets", text=f"{filler} Neodymium prices rose in Canada.")
    assert read(own, field()).body_labels == {"element:Neodymium"}


def test_a_phrase_is_found_whatever_texts_came_before() -> None:
    labelled = [("export licence", "law:x"), ("exporters", "who:x"), ("lying low", "soft:x")]
    fresh, used = field_lexicon(labelled, ()), field_lexicon(labelled, ())
    for text in ("exotic", "export", "licences", "lie low", "exports of export licences"):
        used.find(text)
    for text in ("Export licences for exporters", "lie low", "export", "licence export"):
        assert used.find(text) == fresh.find(text)
    assert used.find("Export licences for exporters") == {"law:x", "who:x"}
    assert used.find("They lie low") == {"soft:x"}


def test_names_of_one_kind_stand_in_order() -> None:
    labels = frozenset({"country:Japan", "country:China", "place:Baotou", "countryside:x"})
    assert names(labels, "country") == ("China", "Japan")
    assert names({"field:"}, "country") == ()


def test_an_invisible_sign_is_gone_and_a_line_break_is_a_space() -> None:
    assert visible("稀\u200b土\u2028涨\x07价\ufe0f") == "稀土 涨价"
    assert visible("a\tb\x85c é\x00") == "a b c é"


def test_a_text_that_came_before_is_judged_the_same_under_its_own_id() -> None:
    told = [entry("A recipe for soup", outlet="Kitchen Post", id=own) for own in ("e0", "e1", "e2")]
    found = rank(told, gazetteer=field(), now=NOW).rejected
    assert sorted(one.entry_id for one in found) == ["e0", "e1", "e2"]
    assert len({one.relevance for one in found}) == 1
