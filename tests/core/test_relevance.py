"""Which entries are news of the rare-earth industry."""

from __future__ import annotations

import pytest

from newsletter.core.relevance import THRESHOLD, judge
from tests.core.entries import entry, field

NEWS = [
    "Dysprosium oxide trebles in Rotterdam as licences dry up",
    "Lynas raises A$400 million for its Kalgoorlie refinery",
    "Beijing tells exporters to name the end user of every magnet",
    "Critical minerals pact between Washington and Canberra names six projects",
    "Magnet maker halts output for want of terbium",
    "Neodymium recovered from old wind turbines at pilot plant",
    "稀土出口许可办法今日公布",
    "영구자석 공장 착공…희토류 공급망 확보",
    "レアアース輸出規制、自動車に影響",
    "Seltene Erden: EU sucht neue Lieferanten",
]

LOOK_ALIKES = [
    "Rare Earth reunite for one night of Motown in Detroit",
    "Astronomers find rare Earth-sized exoplanet in a habitable zone",
    "Toddler has surgery after swallowing 14 toy magnets",
    "Best fridge magnets to bring home from Lisbon",
    "Rare Pokémon card fetches a record sum",
    "Chevy Cobalt owners gather for a last rally",
    "Workers stage rare protest outside parliament",
    "Lithium prices slide as Chilean brine expands",
    "Copper mine in Peru reopens after a strike",
    "5 rare earth stocks to buy before spring",
    "Rare Earth Magnet Market Size to Reach USD 40 Billion by 2034, CAGR of 8%",
    "Spin waves in a topological antiferromagnet at low temperature",
    "Neodymium disc magnets, pack of 50, nickel coated",
    "A magnet school opens its robotics wing",
]


@pytest.mark.parametrize("title", NEWS)
def test_news_of_the_field_is_relevant_in_every_language(title: str) -> None:
    assert judge(entry(title), field()).is_relevant


@pytest.mark.parametrize("title", LOOK_ALIKES)
def test_what_only_looks_like_the_field_is_not(title: str) -> None:
    found = judge(entry(title), field())
    assert not found.is_relevant
    assert found.reason


def test_a_passing_word_far_down_does_not_make_an_entry_relevant() -> None:
    text = "Sales of cars rose in May. " * 40 + "Some motors hold rare earths."
    assert not judge(entry("Carmaker's sales rise in May", text=text), field()).is_relevant


def test_keyword_stuffing_does_not_beat_an_honest_headline() -> None:
    honest = judge(entry("China tightens export controls on dysprosium"), field())
    stuffed = judge(
        entry("rare earth rare earth rare earth rare earth rare earth export ban price"), field()
    )
    listed = judge(
        entry("neodymium praseodymium dysprosium terbium samarium yttrium scandium lanthanum"),
        field(),
    )
    assert stuffed.score < honest.score
    assert listed.score < honest.score


def test_it_says_what_it_found() -> None:
    found = judge(entry("Lynas ships terbium oxide from Malaysia to Japan"), field())
    assert found.companies == ("Lynas Rare Earths",)
    assert found.elements == ("Terbium",)
    assert set(found.countries) == {"Malaysia", "Japan"}
    assert "Terbium" in found.reason


@pytest.mark.parametrize(
    "text", ["", "word", "\x00\x1b\u202e", "稀", "🧲" * 500, "a" * 1_000_000, "rare " * 200_000]
)
def test_odd_text_is_judged_and_never_raises(text: str) -> None:
    for odd in (entry(text, id="odd"), entry("Title", text=text)):
        assert 0.0 <= judge(odd, field()).score <= 1.0


def test_the_threshold_is_what_decides() -> None:
    found = judge(entry("Rare earth price index rises in China"), field())
    assert found.is_relevant == (found.score >= THRESHOLD)
