"""The kind of event a headline tells, and how much it matters."""

from __future__ import annotations

import pytest

from newsletter.core.events import Event, event_of
from newsletter.core.reading import read
from tests.core.entries import entry, field


def told(title: str, language: str = "en") -> Event:
    return event_of(read(entry(title, language=language), field()), field())


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Beijing now requires a licence for shipments of samarium", "export control"),
        ("China forbids exports of magnet-making technology", "export control"),
        ("商务部宣布对镝、铽出口实施管制", "export control"),
        ("중국, 디스프로슘 수출 제한 강화", "export control"),
        ("China pauses its rare earth curbs for a year", "easing"),
        ("Two Ningbo magnet makers win streamlined export licences", "licence granted"),
        ("Ministry: talk of a rare earth export ban is groundless", "official answer"),
        ("Beijing cuts the rare earth mining quota by a tenth", "quota"),
        ("White House orders a national security probe of imported magnets", "tariff"),
        ("Washington becomes the biggest shareholder of a magnet maker", "state stake"),
        ("Canberra guarantees a minimum price for dysprosium", "price floor"),
        ("Kachin fighters shut the rare earth mines at Chipwi", "conflict"),
        ("China's magnet shipments slip 6% in October", "trade figures"),
        ("Terbium oxide climbs above 8,000 yuan a kilogram", "price move"),
        ("Neodymium at an all-time high", "record price"),
        ("Rare earth refiner files for Chapter 11", "insolvency"),
        ("Carmaker idles a plant as rare earth magnets run short", "stoppage"),
        ("Iluka's half-year profit halves", "results of a major"),
        ("Regulators clear the way: Lynas gets its operating licence", "permit"),
        ("Geologists report a large rare earth find in Norway", "discovery"),
        ("Lynas boss to retire next year", "people"),
        ("Residents fear for the river below a rare earth mine", "protest"),
        ("Magnet miners' shares rally", "market reaction"),
        ("First-principles study of NdFeB grain boundaries", "academic"),
        ("牢记嘱托 谱写稀土产业新篇章", "slogan"),
        ("What the stake in MP Materials means for Australia", "follow-up"),
        ("Which grade of NdFeB suits your motor", "promotion"),
        ("Rare earths 101", "explainer"),
        ("Molten salt burns kill two workers at a rare earth mine", "fatal accident"),
        ("MP restarts the mine at Mountain Pass", "mine opening"),
        ("Burma's rare earth mine output fell to 20,000 tonnes", "production figures"),
        ("Kachin troops take the pits at Chipwi", "conflict"),
        ("Defence agency buys scandium oxide for the stockpile of a producer", "stockpile"),
    ],
)
def test_each_kind_is_known_in_other_words(title: str, kind: str) -> None:
    assert told(title).kind.name == kind


@pytest.mark.parametrize(
    ("act", "talk"),
    [
        ("China bans rare earth exports", "China could ban rare earth exports"),
        ("China bans rare earth exports", "Will China ban rare earth exports?"),
        ("중국 희토류 수출 금지", "중국 희토류 수출 금지할까"),
        ("Beijing threatens to retaliate", "Beijing hints at retaliation"),
    ],
)
def test_talk_matters_less_than_an_act_and_never_more(act: str, talk: str) -> None:
    assert told(talk).importance <= told(act).importance


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Bank launches a fund that opens doors to rare earth shares", "plant"),
        ("Mineral fund for rare earths has a new home", "discovery"),
        ("Rare earths are common, the sentence everybody writes", "ruling"),
        ("Which rare earth magnet suits the motor", "ruling"),
        ("New columns for rare earth separation arrive in Texas", "opinion"),
        ("Cerium recycling centre gets a name", "technology"),
        ("Toyota commits $80 million to rare earth magnets from Ohio", "financing"),
    ],
)
def test_a_word_with_other_meanings_makes_no_event(title: str, kind: str) -> None:
    assert kind not in told(title).told


@pytest.mark.parametrize(
    ("title", "is_denied"),
    [
        ("China does not plan to ban rare earth exports", True),
        ("Beijing won't halt rare earth exports", True),
        ("Tokyo rules out a rare earth stockpile", True),
        ("中国不会禁止稀土出口", True),
        ("중국, 희토류 수출 금지 않는다", True),
        ("China's ban on rare earth exports does not cover cerium", False),
        ("China bans rare earth exports, has no plans to relent", False),
        ("China bans rare earth exports", False),
    ],
)
def test_what_is_said_not_to_happen_is_no_act(title: str, is_denied: bool) -> None:
    assert told(title).is_denied is is_denied


def test_a_denied_act_matters_less() -> None:
    act, denied = "China will ban rare earth exports", "China will not ban rare earth exports"
    assert told(denied).importance < told(act).importance


def test_a_question_matters_less_than_the_act() -> None:
    asked = told("Will China ban rare earth exports?")
    assert asked.importance < told("China bans rare earth exports").importance


def test_a_sum_lifts_and_a_large_one_leads_whatever_the_kind() -> None:
    plain, some, much = (
        told(f"Rare earth refiner speaks of {what}").importance
        for what in ("a good year", "$40 million", "$900 million")
    )
    assert plain < some < much
    assert much >= 0.84


def test_the_kind_listed_first_is_told() -> None:
    both = told("Government takes a stake in a magnet maker and sets a price floor")
    assert both.kind.name == "price floor"
    assert {"price floor", "state stake"} <= both.told


def test_both_halves_of_a_pair_must_stand_in_the_headline() -> None:
    assert told("Rare earth producer opens a school").kind.name != "trade figures"
    assert "trade figures" not in told("Rare earth exports from China").told


@pytest.mark.parametrize(
    "heap",
    [
        "China export ban magnet China export ban dysprosium China quota",
        "Lynas, Iluka, Arafura, Ucore, Aclara: rare earth export ban",
    ],
)
def test_keywords_heaped_up_make_no_weighty_event(heap: str) -> None:
    assert told(heap).importance < told("Ucore appoints a new chairman").importance


@pytest.mark.parametrize("joint", ["as", "after", "amid", "despite"])
def test_what_only_gives_the_occasion_is_not_the_event(joint: str) -> None:
    event = told(f"Lynas opens a magnet plant in Kuantan {joint} China curbs rare earth exports")
    assert event.kind.name == "plant"
    assert "export control" in event.told


def test_a_mine_that_yields_concentrations_is_no_price_move() -> None:
    assert told("High concentrations of rare earths found in coal").kind.name != "price move"


def test_a_figure_is_the_highest_since_a_year_and_not_a_follow_up() -> None:
    assert told("6月稀土出口创2012年以来新高", language="zh").kind.name == "trade figures"
