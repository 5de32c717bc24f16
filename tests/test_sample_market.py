"""The demonstration's prices: plausible, fixed for a day, one of them stale on purpose."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from urllib.request import urlopen

import pytest

from newsletter.core.market import RHYTHMS
from newsletter.core.market_reading import Columns, Reading, points_in
from newsletter.sample.market import COLUMNS, PRICES, price_table, series_records, stale_table
from newsletter.sample.server import SampleServer

MONDAY = date(2026, 11, 23)
WEEK = [MONDAY + timedelta(days=on) for on in range(7)]


def fresh(name: str, today: date) -> Reading:
    return points_in(price_table(today).decode(), Columns(value=name), today)


def stale(today: date) -> Reading:
    return points_in(stale_table(today), Columns(value="price"), today)


@pytest.mark.parametrize("today", WEEK)
def test_on_every_day_the_strip_has_fresh_prices_and_a_stale_one(today: date) -> None:
    allowed = RHYTHMS["day"].stale_after
    for name in (name for name in COLUMNS if name != "Terbium oxide"):
        assert (today - fresh(name, today).points[-1].day).days <= allowed
    assert (today - stale(today).points[-1].day).days > allowed


def test_every_row_of_both_tables_can_be_read() -> None:
    assert fresh("NdPr oxide", MONDAY).note == stale(MONDAY).note == ""
    assert len(fresh("USD/CNY", MONDAY).points) > 30


def test_a_days_price_does_not_change_from_one_run_to_the_next() -> None:
    monday, tuesday = (
        {point.day: point.value for point in fresh("NdPr oxide", day).points} for day in WEEK[:2]
    )
    both = monday.keys() & tuesday.keys()
    assert len(both) > 30
    assert all(monday[day] == tuesday[day] for day in both)


def test_no_price_jumps() -> None:
    for name in (name for name in COLUMNS if name != "Terbium oxide"):
        values = [point.value for point in fresh(name, MONDAY).points]
        steps = [abs(b / a - 1) for a, b in pairwise(values)]
        assert max(steps) < 0.12


def test_the_server_answers_with_the_table_and_the_records_lead_to_it() -> None:
    now = datetime(2026, 11, 24, 5, tzinfo=UTC)
    with SampleServer(now) as server:
        records = series_records(server.base_url)
        with urlopen(f"{server.base_url}{PRICES}") as answer:
            assert answer.headers.get_content_type() == "text/csv"
            assert answer.read() == price_table(now.date())
    assert {record["read"] for record in records} == {
        *(f"{server.base_url}{PRICES}", "data/terbium.csv")
    }
    assert all("Sample" in str(record["source"]) for record in records)
