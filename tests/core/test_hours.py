"""The hour at which a reader wants the mail: on that reader's own clock, within a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.hours import next_at

BERLIN = ZoneInfo("Europe/Berlin")


def local(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%d %H:%M}"


def test_an_hour_that_is_still_to_come_is_today() -> None:
    found = next_at(18, BERLIN, datetime(2026, 4, 7, 6, 30, tzinfo=UTC))
    assert found == datetime(2026, 4, 7, 16, tzinfo=UTC)


def test_an_hour_that_is_over_is_tomorrow() -> None:
    found = next_at(6, BERLIN, datetime(2026, 4, 7, 6, 30, tzinfo=UTC))
    assert found == datetime(2026, 4, 8, 4, tzinfo=UTC)


def test_within_the_hour_it_is_now() -> None:
    now = datetime(2026, 4, 7, 6, 30, tzinfo=UTC)
    assert next_at(8, BERLIN, now) == now


def test_an_hour_that_the_clock_leaves_out_is_when_it_is_put_forward() -> None:
    found = next_at(2, BERLIN, datetime(2026, 3, 28, 12, tzinfo=UTC))
    assert local(found, BERLIN) == "29 03:00"
    assert found == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_of_an_hour_that_comes_twice_it_is_the_first() -> None:
    found = next_at(2, BERLIN, datetime(2026, 10, 24, 12, tzinfo=UTC))
    assert found == datetime(2026, 10, 25, 0, tzinfo=UTC)


@given(
    st.integers(0, 23),
    st.sampled_from(
        ["UTC", "Asia/Kolkata", "Australia/Lord_Howe", "America/Santiago", "Europe/Dublin"]
    ),
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)),  # noqa: DTZ001 - made aware below
)
def test_it_is_never_past_and_within_a_day(hour: int, name: str, naive: datetime) -> None:
    moment, zone = naive.replace(tzinfo=UTC), ZoneInfo(name)
    found = next_at(hour, zone, moment)
    assert moment <= found <= moment + timedelta(hours=25)
    assert found.tzinfo is UTC
    is_shown = found.astimezone(zone).hour == hour
    before = found - timedelta(seconds=1)
    skips = (found.astimezone(zone).hour - before.astimezone(zone).hour) % 24 > 1
    assert is_shown or skips
