"""How surely two readings tell one event: what is shared adds, what contradicts takes away."""

from __future__ import annotations

import numpy as np

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


def test_another_actor_takes_away() -> None:
    same = odds("Lynas sales fall in March quarter", "Lynas sales fall in the quarter to March")
    assert same > odds("Lynas sales fall in March quarter", "Iluka sales fall in March quarter")


def test_nothing_and_one_reading_have_no_pairs() -> None:
    for readings in ([], [read(entry(FOUND), field())]):
        assert sum(len(one) for one, _, _ in pairs(table_of(readings, field()))) == 0
