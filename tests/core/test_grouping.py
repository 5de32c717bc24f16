"""One event is one group; two events are two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.core.entry import Entry
from newsletter.core.grouping import group
from tests.core.entries import entry, field


def titles(entries: Sequence[Entry]) -> set[frozenset[str]]:
    return {frozenset(one.title for one in members) for members in group(entries, field())}


def together(*headlines: str) -> bool:
    entries = [entry(title, outlet=f"Outlet {n}") for n, title in enumerate(headlines)]
    return in_one_group(entries)


def in_one_group(entries: Sequence[Entry]) -> bool:
    """Whether these entries are one group among the other news of a day."""
    wanted = set(entries)
    return any(wanted <= set(members) for members in group([*entries, *OTHER_NEWS], field()))


OTHER_NEWS = [
    entry("Iluka awards the earthworks contract for Eneabba", outlet="Zinc Post"),
    entry("Brazil maps ionic clays in Goiás", outlet="Zinc Post", hours=9),
    entry("Cerium polish demand slips as glassmakers idle kilns", outlet="Zinc Post", hours=20),
    entry("Estonian magnet works hires 80 people in Narva", outlet="Zinc Post", hours=30),
    entry("Rare earth concentrate leaves Angola for the first time", outlet="Zinc Post", hours=4),
    entry("Korean carmaker tests motors without rare earths", outlet="Zinc Post", hours=12),
    entry("Price of yttrium oxide slips for a third week", outlet="Zinc Post", hours=16),
    entry("Greenland council votes on the road to Tanbreez", outlet="Zinc Post", hours=21),
    entry("Saskatoon laboratory doubles its metal output", outlet="Zinc Post", hours=26),
    entry("Recycler of turbine magnets sues its insurer", outlet="Zinc Post", hours=28),
    entry("Kenya reopens talks on Mrima Hill", outlet="Zinc Post", hours=33),
    entry("Rare earth exports from Myanmar's Shan State resume", outlet="Zinc Post", hours=35),
]


def test_one_event_in_other_words_is_one_group() -> None:
    assert together(
        "Vietnam bans the export of raw rare earth ore",
        "Hanoi's parliament outlaws raw rare earth exports from Vietnam",
        "Vietnam bans raw rare earth exports, amends minerals law",
    )


def test_an_aggregators_tail_makes_no_difference() -> None:
    assert together(
        "Noveon raises $215 million for magnet plant - Outlet 0",
        "Noveon raises $215 million for magnet plant - Outlet 1",
    )


def test_names_and_sums_join_languages() -> None:
    assert together(
        "Noveon Magnetics raises $215 million to expand in Texas",
        "노비온 마그네틱스, 2억1500만달러 투자 유치",
    )
    assert together(
        "Northern Rare Earth raises concentrate price to 26,205 yuan",
        "包钢股份与北方稀土：稀土精矿交易价格调整为26205元/吨",
    )


def texts_together(*told: tuple[str, str]) -> bool:
    entries = [
        entry(title, text=text, outlet=f"Outlet {n}") for n, (title, text) in enumerate(told)
    ]
    return in_one_group(entries)


def test_two_views_of_one_rule_are_one_group() -> None:
    assert texts_together(
        (
            "Announcement 88: export control on rare earth machinery of China",
            "The Ministry of Commerce requires a licence for machinery made abroad.",
        ),
        (
            "Beijing reaches out for foreign-made separation machines",
            "New rules, numbered 88, demand licences for rare earth machinery made abroad.",
        ),
        (
            "China's new rare earth rules catch machines made abroad",
            "Under Announcement No. 88 makers of machinery need a licence of the ministry.",
        ),
    )


def test_the_same_unusual_figures_join_other_words_and_languages() -> None:
    assert texts_together(
        ("China's magnet exports recover in May", "Customs count 4,271 tonnes, 12.7% more."),
        ("5月稀土磁体出口回升", "海关数据显示，5月出口4271吨，增长12.7%。"),
        ("Magnets leave China again", "May shipments of 4,271 tonnes beat April's by 12.7%."),
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lynas pours its first terbium oxide in Malaysia", "Lynas profit falls by a third"),
        ("Energy Fuels makes its first terbium oxide", "Energy Fuels bids $90 million for a rival"),
        ("MP Materials wins Pentagon loan of $150 million", "MP Materials to sell magnets to Ford"),
        ("Arafura raises A$80 million", "Arafura signs offtake with Traxys"),
        ("Neo opens magnet plant in Estonia", "Neo sells its Chinese separation plants"),
        ("Northern Rare Earth lifts its list price", "Northern Rare Earth profit doubles"),
    ],
)
def test_two_events_of_one_company_on_one_day_stay_two(one: str, other: str) -> None:
    assert not together(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Laos bars the export of rare earth ore", "China tightens rare earth export controls"),
        ("China cuts its rare earth quota", "China tightens rare earth export controls"),
        ("India clears 7,280 crore magnet scheme", "India stops rare earth exports to Japan"),
        ("EU names 47 strategic projects", "EU plans joint stockpile of rare earths"),
    ],
)
def test_two_acts_of_governments_stay_two(one: str, other: str) -> None:
    assert not together(one, other)


def test_sums_that_only_look_alike_join_nothing() -> None:
    assert not together(
        "Canberra lends Iluka A$1.25 billion for Eneabba",
        "Critical minerals reserve of A$1.2 billion to buy rare earths",
    )


def test_a_large_group_takes_in_what_it_tells_already() -> None:
    told = [
        ("India clears Rs 900 crore for four magnet plants", "Four plants in Kerala get money."),
        ("Magnet plants: New Delhi approves Rs 900 crore", "Four plants in Kerala are approved."),
        ("Rs 900 crore for Kerala's magnet plants cleared", "India approves money for four."),
        ("Four Kerala magnet plants approved by New Delhi", ""),
    ]
    assert texts_together(*told)


def test_the_same_act_of_two_companies_stays_two() -> None:
    assert not together(
        "Lynas reports quarterly results: revenue up 9%",
        "Iluka reports quarterly results: revenue up 4%",
    )


def test_the_same_words_weeks_later_are_another_event() -> None:
    monthly = "China's rare earth exports fall from a month earlier"
    entries = [entry(monthly, hours=5), entry(monthly, hours=24 * 30)]
    assert len(group(entries, field())) == 2


def test_ten_thousand_copies_are_one_group() -> None:
    one = entry("Rare earth prices rise in China")
    copies = [replace(one, id=str(n)) for n in range(10_000)]
    assert len(group(copies, field())) == 1


HEADLINES = st.sampled_from(
    [
        "Lynas opens a plant in Malaysia",
        "Lynas opens new Malaysian plant",
        "India clears 7,280 crore magnet scheme",
        "Magnet scheme of Rs 7,280 crore cleared by India",
        "包钢上调价格",
        "",
        "x",
        "\u200b\x00",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(HEADLINES, st.integers(0, 90)), max_size=12), st.randoms())
def test_the_order_of_the_input_plays_no_part(
    drawn: list[tuple[str, int]],
    random: object,
) -> None:
    entries = [entry(title, hours=h, id=str(n)) for n, (title, h) in enumerate(drawn)]
    shuffled = list(entries)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert group(entries, field()) == group(shuffled, field())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=8))
def test_every_entry_stands_in_exactly_one_group(drawn: list[str]) -> None:
    entries = [entry(title, id=str(n)) for n, title in enumerate(drawn)]
    found = [one.id for members in group(entries, field()) for one in members]
    assert sorted(found) == sorted(one.id for one in entries)


def test_other_verbs_for_one_act_make_no_difference() -> None:
    assert together(
        "Estonian port city of Narva gets its magnet factory as Neo opens plant",
        "Neo Performance inaugurates magnet plant in Estonia",
    )


def test_results_of_one_season_stay_apart_in_other_languages_too() -> None:
    assert not together("北方稀土：上半年净利润增长", "金力永磁：上半年净利润增长")


def test_the_same_words_about_another_country_stay_apart() -> None:
    assert not together(
        "Vietnam bans the export of raw rare earth ore",
        "Malaysia bans the export of raw rare earth ore",
    )


@pytest.mark.parametrize("text", ["x" * 1_000_000, "\u200b\u202e\x00" * 999, "稀土" * 400_000, "y"])
def test_any_text_stands_in_a_group(text: str) -> None:
    entries = [entry(text, text=text, id="a"), entry("One", id="b"), entry("", text=text, id="c")]
    assert sum(map(len, group(entries, field()))) == 3


def test_thousands_of_nearly_equal_headlines_are_grouped_in_time() -> None:
    entries = [
        entry(f"Price of dysprosium oxide rises again {n}", id=str(n), hours=n / 100)
        for n in range(3_000)
    ]
    assert sum(map(len, group(entries, field()))) == 3_000
