"""How surely two readings tell one event: what is shared adds, what contradicts takes away."""

from __future__ import annotations

import numpy as np
import pytest

from newsletter.core.evidence import evidence_of
from newsletter.core.evidence_table import table_of
from newsletter.core.pairing import WEIGHTS, pairs, terms
from newsletter.core.reading import read
from tests.core.entries import entry, field
from tests.core.test_grouping import OTHER_NEWS


def odds(one: str, other: str, *, days: float = 0.0) -> float:
    """The log-odds of two headlines among the other news of a day; the least if not compared."""
    news = [entry(one, outlet="A", hours=40), entry(other, outlet="B", hours=40 + 24 * days)]
    readings = [read(each, field()) for each in (*news, *OTHER_NEWS)]
    readings.sort(key=lambda reading: reading.entry.published_at)
    wanted = {n for n, reading in enumerate(readings) if reading.entry in news}
    for some, others, values in pairs(table_of(readings, field())):
        for first, second, value in zip(some, others, values, strict=True):
            if {int(first), int(second)} == wanted:
                return float(value)
    return -9.0


FOUND = "Lynas finds gadolinium at Mount Weld"


def test_every_term_has_a_weight_and_every_weight_a_term() -> None:
    readings = [read(entry(FOUND, outlet=name), field()) for name in "AB"]
    table = table_of(readings, field())
    shared = np.zeros((1, table.counts.shape[1]))
    found = terms(table, np.array([0]), np.array([1]), shared)
    assert {*found, "constant"} == set(WEIGHTS)


def test_time_takes_away() -> None:
    soon, later, much_later = (odds(FOUND, FOUND + " again", days=days) for days in (0, 2, 6))
    assert soon > later > much_later


def test_after_three_weeks_nothing_is_compared() -> None:
    assert odds(FOUND, FOUND + " again", days=22) == -9.0


def test_a_shared_sum_adds() -> None:
    with_sum = odds("Arafura raises A$87 million", "A$87 million in hand for Arafura")
    assert with_sum > odds("Arafura raises A$87 million", "More money in hand for Arafura")


def test_a_round_sum_adds_less_than_one_that_is_hardly_shared_by_chance() -> None:
    round_sum = odds("Arafura raises A$100 million", "A$100 million in hand for Arafura")
    assert round_sum < odds("Arafura raises A$87 million", "A$87 million in hand for Arafura")


def test_another_actor_takes_away() -> None:
    same = odds("Lynas sales fall in March quarter", "Lynas sales fall in the quarter to March")
    assert same > odds("Lynas sales fall in March quarter", "Iluka sales fall in March quarter")


def test_where_no_words_can_be_shared_less_is_asked() -> None:
    told = (
        entry("Lynas opens plant"),
        entry("Lynas plant opens"),
        entry("莱纳斯工厂投产", language="zh"),
        entry("라이너스 공장 가동", language="ko"),
    )
    table = table_of([read(each, field()) for each in told], field())
    one, other = np.array([0, 0, 2]), np.array([1, 2, 3])
    found = terms(table, one, other, np.zeros((3, table.counts.shape[1])))
    assert found["other script"].tolist() == [0.0, 1.0, 1.0]
    assert WEIGHTS["other script"] > 0.0


def test_an_act_that_is_told_differently_takes_away() -> None:
    same = odds("China cuts its rare earth quota", "Beijing lowers the quota for rare earths")
    assert same > odds("China cuts its rare earth quota", "China opens a rare earth museum")


@pytest.mark.parametrize(
    ("title", "lands"),
    [
        ("中, 희토류 수출 통제 확대", {"China"}),
        ("美·日, 핵심광물 협력", {"United States", "Japan"}),
        ("米 レアアースの備蓄を拡大", {"United States"}),
        ("工場は年中無休", set()),
        ("11月中に磁石を出荷", set()),
        ("Magnets for motors", set()),
    ],
)
def test_one_sign_that_stands_alone_names_a_country(title: str, lands: set[str]) -> None:
    marks = evidence_of(read(entry(title), field()), field(), frozenset()).marks
    assert {key.removeprefix("land ") for key in marks if key.startswith("land ")} == lands


def test_nothing_and_one_reading_have_no_pairs() -> None:
    for readings in ([], [read(entry(FOUND), field())]):
        assert sum(len(one) for one, _, _ in pairs(table_of(readings, field()))) == 0
