"""Sentences that tell a story, word for word."""

from __future__ import annotations

from newsletter.core.highlights import LONGEST, choose, split_sentences
from tests.core.entries import entry

TEXT = (
    "Lynas will double its output of terbium in Malaysia by 2028. "
    "Subscribe to our newsletter for more stories like this one. "
    "The company, led by Ms. A. Lacaze, said the U.S. Army is a customer of the plant. "
    "The plant will employ 140 people and run on natural gas from the coast. "
    "Analysts had expected the work to begin two years later than this. "
    "This sentence was cut by the feed before it could come to its"
)


def test_nothing_beyond_the_headline_gives_no_highlights() -> None:
    assert choose([entry("Lynas doubles terbium")]) == ()
    assert choose([entry("Lynas doubles terbium", text="Lynas doubles terbium")]) == ()


def test_sentences_are_whole_and_stand_in_the_source() -> None:
    found = choose([entry("Lynas to grow", text=TEXT)])
    assert len(found) == 3
    assert all(highlight.text in TEXT for highlight in found)
    assert all(highlight.text.endswith(".") for highlight in found)
    assert all(len(highlight.text) <= LONGEST for highlight in found)


def test_furniture_and_cut_sentences_stay_out() -> None:
    shown = " ".join(h.text for h in choose([entry("Lynas to grow", text=TEXT)]))
    assert "Subscribe" not in shown
    assert "cut by the feed" not in shown


def test_the_publishers_own_highlights_come_first() -> None:
    own = "A licence was granted on Monday"
    found = choose([entry("Lynas to grow", text=TEXT, highlights=(own,))])
    assert found[0].text == own
    assert found[0].outlet == "Daily Ore"


def test_no_highlight_repeats_the_headline_or_another() -> None:
    title = "Lynas will double its output of terbium in Malaysia by 2028"
    found = choose([entry(title, text=TEXT), entry("Other words", text=TEXT, outlet="B")])
    texts = [highlight.text for highlight in found]
    assert len(set(texts)) == len(texts)
    assert not any(text.startswith("Lynas will double") for text in texts)


def test_an_abbreviation_does_not_end_a_sentence() -> None:
    line = "The U.S. Army and Mr. Smith agreed. A new plant follows."
    assert list(split_sentences(line)) == [
        "The U.S. Army and Mr. Smith agreed.",
        "A new plant follows.",
    ]


def test_chinese_sentences_are_told_apart_and_kept_as_they_are() -> None:
    text = "商务部周三公布了新的稀土出口许可办法，自下月起施行。企业须逐批申请并说明最终用户。"
    found = choose([entry("出口新规", text=text, language="zh")])
    assert [highlight.text in text for highlight in found] == [True, True]
