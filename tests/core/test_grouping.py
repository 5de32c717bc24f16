"""One event is one group; two events are two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.core.entry import Entry
from newsletter.core.grouping import group
from tests.core.entries import entry, field


def titles(entries: Sequence[Entry]) -> set[frozenset[str]]:
    return {frozenset(one.title for one in members) for members in group(entries, field())}


def together(*headlines: str, **options: str) -> bool:
    entries = [entry(title, outlet=f"Outlet {n}") for n, title in enumerate(headlines)]
    return len(group([*entries, *OTHER_NEWS], field())) == 1 + len(OTHER_NEWS)


OTHER_NEWS = [
    entry("Iluka awards the earthworks contract for Eneabba", outlet="Zinc Post"),
    entry("Brazil maps ionic clays in Goiás", outlet="Zinc Post", hours=9),
    entry("Cerium polish demand slips as glassmakers idle kilns", outlet="Zinc Post", hours=20),
    entry("Estonian magnet works hires 80 people in Narva", outlet="Zinc Post", hours=30),
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


def test_two_events_of_one_company_on_one_day_stay_two() -> None:
    assert not together(
        "Lynas pours its first terbium oxide in Malaysia",
        "Lynas half-year net profit falls by a third",
    )


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
