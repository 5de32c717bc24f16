"""Numbers are read once, in one way, and told as a reader would say them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.amounts import DOLLARS, Amount, acts_in, figures_in, money_in, spoken
from newsletter.core.figures import figures_of
from newsletter.core.numerals import SCALES, numerals_in


@pytest.mark.parametrize(
    ("currency", "value", "words"),
    [
        ("usd", 1.5e12, "$1.5 trillion"),
        ("usd", 2.5e16, "$25,000 trillion"),
        ("usd", 999.9e6, "$1 billion"),
        ("usd", 999.9e9, "$1 trillion"),
        ("usd", 999.4e6, "$999 million"),
        ("eur", 999_999, "€1 million"),
        ("usd", 315e6, "$315 million"),
        ("aud", 1.65e9, "A$1.65 billion"),
        ("krw", 1e12, "KRW 1 trillion"),
        ("gbp", 85_000, "£85,000"),
        ("inr", 72.8e9, "Rs 7,280 crore"),
        ("inr", 15e6, "Rs 1.5 crore"),
        ("inr", 2e6, "Rs 20 lakh"),
        ("inr", 9_999_000, "Rs 1 crore"),
        ("inr", 45_000, "Rs 45,000"),
    ],
)
def test_a_sum_is_told_in_three_figures_and_its_largest_step(
    currency: str, value: float, words: str
) -> None:
    assert spoken(Amount(currency, value)) == words


@given(st.sampled_from(sorted(DOLLARS)), st.floats(0, 1e24))
def test_no_sum_is_told_with_a_power_of_ten(currency: str, value: float) -> None:
    assert "e+" not in spoken(Amount(currency, value))


@pytest.mark.parametrize("scale", sorted(SCALES))
def test_every_scale_means_the_same_as_a_sum_and_as_a_figure(scale: str) -> None:
    gap = "" if ord(scale[0]) > 127 else " "
    text = f"$25{gap}{scale}"
    [sum_] = money_in(text)
    assert sum_.value == pytest.approx(25 * SCALES[scale])
    assert sum_.value in {figure.value for figure in figures_of(text)}


def test_a_number_has_its_value_with_and_without_its_scale() -> None:
    [one] = numerals_in("about 1,250.5 million tonnes")
    assert (one.plain, one.value, one.percent, one.before) == (1250.5, 1250.5e6, "", " ")


def test_texts_are_compared_by_figures_without_their_scale() -> None:
    assert figures_in("12 million tonnes, 1.2 million tonnes") == {"12"}
    assert {one.value for one in figures_of("1.2 million tonnes")} == {1.2e6}


def test_a_sum_of_two_steps_is_one_sum() -> None:
    assert [one.value for one in money_in("2억1500만달러")] == [215e6]


def test_a_currency_stands_before_or_after_and_is_no_end_of_a_word() -> None:
    found = money_in("Rs. 700 crore, US$ 5m, 3亿元 and 40 million euros, but 12 million wonders")
    assert {(one.currency, round(one.value)) for one in found} == {
        ("inr", 7_000_000_000),
        ("usd", 5_000_000),
        ("cny", 300_000_000),
        ("eur", 40_000_000),
    }
    assert money_in("It fell; errors 12") == ()


def test_a_number_inside_a_name_is_no_figure() -> None:
    assert figures_in("A320 and Rs7,280 and v1.25, 64 plants") == {"64"}


def test_a_number_of_an_act_needs_a_word_for_an_act() -> None:
    assert acts_in("ORDER 57 and 61; 第18号") == {"57", "61", "18"}
    assert acts_in("57 plants and 61 mines") == frozenset()


@pytest.mark.parametrize(
    "text", ["$5 m\u0131llion", "5 b\u0130llion yuan", "s\u0131x", "5 \u212a won"]
)
def test_letters_that_only_look_like_a_word_of_a_number_do_no_harm(text: str) -> None:
    assert all(one.value <= 6 for one in money_in(text))
    assert all(one.value <= 6 for one in figures_of(text))


@given(st.text(alphabet="0123456789.,$€%Rs 万亿元 kmbn\n-", max_size=60))
def test_no_text_breaks_the_reading_of_numbers(text: str) -> None:
    assert all(one.value >= 0 for one in money_in(text))
    assert all(text[one.start : one.end].startswith(one.number) for one in numerals_in(text))
    assert isinstance(figures_in(text), frozenset)
