"""What the field's words find, in which scripts, and what they leave alone."""

from __future__ import annotations

import pytest

from newsletter.core.amounts import figures_in, money_in
from newsletter.core.gazetteer import gazetteer_from, names
from newsletter.core.headline import headline
from newsletter.core.tokens import visible
from tests.core.entries import field


@pytest.mark.parametrize(
    "text",
    [
        "Northern Rare Earth lifts its price",
        "Baogang and its sister company",
        "包钢上调价格",
        "北方稀土上调价格",
    ],
)
def test_one_house_is_found_under_all_its_names(text: str) -> None:
    companies = names(field().find(text), "company")
    assert {field().companies[name].group for name in companies} == {"Baogang"}


def test_a_word_in_any_form_is_found() -> None:
    assert "event:export control" in field().find("Export-controls on magnets")
    assert "event:tariff" in field().find("Tariffs may follow")


def test_a_ticker_is_found_only_in_capitals() -> None:
    assert "company:USA Rare Earth" in field().find("USAR closes higher")
    assert "company:USA Rare Earth" not in field().find("usar is a Spanish verb")


def test_the_united_states_are_no_pronoun_and_no_company() -> None:
    found = field().find("U.S. rare earth output grows, and US mines grow")
    assert "country:United States" in found
    assert not names(found, "company")
    assert "country:United States" not in field().find("it concerns all of us")


def test_invisible_characters_do_not_hide_a_word() -> None:
    assert field().find("dys\u200bpro\u2060sium") == field().find("dysprosium")
    assert visible("a\u200bb\u0000c\nd") == "abc d"


def test_an_empty_gazetteer_finds_nothing() -> None:
    assert gazetteer_from({}).find("rare earths") == frozenset()


@pytest.mark.parametrize(
    ("text", "currency", "value"),
    [
        ("a $215 million round", "usd", 215e6),
        ("2억1500만달러 투자", "usd", 215e6),
        ("投资5000亿美元", "usd", 500e9),
        ("₹7,280 crore scheme", "inr", 72.8e9),
        ("Rs 700-crore unit", "inr", 7e9),
        ("A$1.65 billion loan", "aud", 1.65e9),
        ("£10m raise", "gbp", 10e6),
    ],
)
def test_sums_are_read_in_the_ways_languages_write_them(
    text: str, currency: str, value: float
) -> None:
    found = money_in(text)[0]
    assert found.currency == currency
    assert found.value == pytest.approx(value)


def test_years_and_single_digits_are_no_figures() -> None:
    assert figures_in("In 2026, 3 plants and 25 firms grew 8%") == {"25", "8%"}


@pytest.mark.parametrize(
    ("title", "outlet", "printed"),
    [
        ("Lynas opens a plant - Daily Ore", "Daily Ore", "Lynas opens a plant"),
        ("Lynas opens a plant | dailyore.example", "Daily Ore", "Lynas opens a plant"),
        ("Rare earths - a long story", "Daily Ore", "Rare earths - a long story"),
        ("EXCLUSIVE: Lynas opens a plant", "Daily Ore", "Lynas opens a plant"),
        (
            "NOVEON OPENS PLANT IN THE US",
            "Daily Ore",
            "Noveon Opens Plant in the US",
        ),
        ("LS전선, 공장 짓는다… 검토", "Daily Ore", "LS전선, 공장 짓는다… 검토"),
    ],
)
def test_a_headline_loses_its_outlet_and_its_shouting(
    title: str, outlet: str, printed: str
) -> None:
    assert headline(title, outlet, "dailyore.example") == printed
