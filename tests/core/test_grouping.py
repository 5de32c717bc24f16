"""One event is one group; two events are two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.core.entry import Entry
from newsletter.core.grouping import group
from newsletter.core.source import Publisher
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
        "Vietnam forbids exports of raw rare earths in its amended minerals law",
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


def apart(*entries: Entry) -> bool:
    """Whether each of these entries is in a group without the others, among other news or alone."""
    crowds: tuple[list[Entry], ...] = ([], OTHER_NEWS)
    return all(
        len(set(entries) & set(members)) <= 1
        for crowd in crowds
        for members in group([*entries, *crowd], field())
    )


HALF_YEAR = "Half-year activities statement"
DAILY = "Rare earths: the day in brief"


def test_a_title_that_each_company_uses_joins_no_two_of_them() -> None:
    assert apart(
        entry(HALF_YEAR, outlet="A", text="Lynas Rare Earths sold 5,100 tonnes from Mount Weld."),
        entry(HALF_YEAR, outlet="B", text="Arafura Rare Earths drew A$31 million for Nolans."),
    )


def test_a_title_without_text_is_the_companys_whose_outlet_it_is() -> None:
    own = [
        entry(HALF_YEAR, outlet=name, publisher=Publisher.COMPANY)
        for name in ("Lynas Rare Earths", "Arafura Rare Earths")
    ]
    assert apart(*own)


def test_a_standing_title_over_other_texts_joins_nothing() -> None:
    assert apart(
        entry(DAILY, outlet="A", text="Police in Hanoi held the owner of an illegal ore mill."),
        entry(DAILY, outlet="B", text="Iluka borrows A$95 million for its refinery.", hours=40),
    )


@pytest.mark.parametrize("later", ["rose 8 per cent to 655,000", "fell 1 per cent to 551,000"])
def test_the_next_price_under_a_standing_title_is_another_event(later: str) -> None:
    title = "Weekly assessment: NdPr oxide price"
    assert apart(
        entry(title, text="The oxide fell 4 per cent to 560,000 yuan a tonne.", hours=100),
        entry(title, text=f"The oxide {later} yuan a tonne."),
    )


def test_a_text_in_full_in_part_or_left_out_is_one_report() -> None:
    title, text = "Plant news", "Ore from four pits feeds a mill that opened at dawn in the hills."
    told = [text, "", text[:40], text + " It took six years."]
    entries = [entry(title, outlet=f"O{n}", text=text) for n, text in enumerate(told)]
    assert len(group(entries, field())) == 1


def test_a_title_without_text_does_not_join_two_that_have_other_texts() -> None:
    bare = entry(HALF_YEAR, outlet="C", hours=30)
    lynas = entry(HALF_YEAR, outlet="A", text="Lynas Rare Earths sold 5,100 tonnes.", hours=20)
    arafura = entry(HALF_YEAR, outlet="B", text="Arafura Rare Earths drew A$31 million.")
    found = group([bare, lynas, arafura], field())
    assert not any({lynas, arafura} <= set(members) for members in found)


def test_thousands_of_one_title_with_other_texts_are_grouped_in_time() -> None:
    entries = [
        entry(DAILY, id=str(n), text=f"Well {n * 7919 % 9973} in zone {n}", hours=n / 200)
        for n in range(3_000)
    ]
    assert sum(map(len, group(entries, field()))) == 3_000


def test_two_deals_of_one_company_with_other_partners_stay_two() -> None:
    assert apart(
        entry(
            "MP Materials and the Pentagon announce a partnership for magnets",
            outlet="A",
            text="The stake of $350 million helps MP Materials to build a plant for magnets.",
        ),
        entry(
            "General Motors and MP Materials announce a partnership for magnets",
            outlet="B",
            text="The carmaker pays $90 million ahead for magnets from a plant in Texas.",
        ),
    )


def test_the_price_that_a_company_sets_and_its_results_stay_two() -> None:
    assert apart(
        entry("Northern Rare Earth sets concentrate at 24,300 yuan for the third quarter"),
        entry("Northern Rare Earth earns 512 million yuan of net profit in the quarter"),
    )


def test_the_prices_of_two_goods_in_one_town_stay_two() -> None:
    assert apart(
        entry("Baotou: dysprosium oxide price rises to a new mark", outlet="A"),
        entry("Baotou lifts its price for concentrate", outlet="B"),
    )


def test_the_stockpiles_of_two_states_stay_two() -> None:
    assert apart(
        entry(
            "Strategic stockpile to buy gadolinium oxide",
            outlet="A",
            text="The Pentagon plans to buy gadolinium for the stockpile of critical minerals.",
        ),
        entry(
            "Strategic stockpile of critical minerals to buy with A$800 million",
            outlet="B",
            text="The stockpile is to buy rare earths first.",
        ),
    )


def test_a_headline_of_keywords_does_not_bridge_two_events() -> None:
    stuffed = "China export ban rare earth China export ban magnet China export ban quota 7% China"
    assert apart(
        entry(stuffed, outlet="A"),
        entry("China has no plan to ban the export of magnets", outlet="B"),
        entry("China lifts the rare earth mining quota by 7%", outlet="C"),
    )


OF_MARCH = entry(
    "China's rare earth magnet exports grow 6% in March",
    outlet="A",
    text="Customs counted 4,900 tonnes in March.",
)
OF_FEBRUARY = entry(
    "China's rare earth magnet exports shrink in February",
    outlet="B",
    text="Customs counted 4,600 tonnes in February.",
    hours=25,
)


def test_the_figures_of_another_month_are_another_event() -> None:
    assert apart(OF_FEBRUARY, OF_MARCH)


def test_two_that_contradict_each_other_are_not_joined_by_a_third() -> None:
    third = entry("China's rare earth magnet exports, by the customs", outlet="C", hours=15)
    found = group([OF_FEBRUARY, OF_MARCH, third], field())
    assert not any({OF_FEBRUARY, OF_MARCH} <= set(members) for members in found)


def test_a_month_that_only_compares_contradicts_nothing() -> None:
    since = (
        "China's rare earth magnet exports in the month are the highest since January: 4,900 tons"
    )
    assert len(group([OF_MARCH, entry(since, outlet="B", text="4,900 tons")], field())) == 1
