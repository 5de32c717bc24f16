"""The hour at which a reader wants the mail: on that reader's own clock, within a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from newsletter.core.hours import GRACE, next_at

BERLIN = ZoneInfo("Europe/Berlin")


def local(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%d %H:%M}"


def test_an_hour_that_is_still_to_come_is_today() -> None:
    found = next_at(18, BERLIN, datetime(2026, 4, 7, 6, 30, tzinfo=UTC))
    assert found == datetime(2026, 4, 7, 16, tzinfo=UTC)


def test_an_hour_that_is_over_is_tomorrow() -> None:
    found = next_at(5, BERLIN, datetime(2026, 4, 7, 6, 30, tzinfo=UTC))
    assert found == datetime(2026, 4, 8, 3, tzinfo=UTC)


def test_an_hour_that_began_within_the_last_three_hours_is_now() -> None:
    now = datetime(2026, 4, 7, 5, 30, tzinfo=UTC)  # 07:30 in Berlin
    assert next_at(6, BERLIN, now) == now
    held = datetime(2026, 4, 7, 7, tzinfo=UTC)
    assert next_at(6, BERLIN, held) == held
    late = held + timedelta(seconds=1)
    assert next_at(6, BERLIN, late) == datetime(2026, 4, 8, 4, tzinfo=UTC)


def test_an_hour_before_midnight_that_has_just_passed_is_now() -> None:
    now = datetime(2026, 4, 6, 22, 30, tzinfo=UTC)  # half past midnight in Berlin
    assert next_at(22, BERLIN, now) == now


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


ZONES = [
    *("UTC", "Asia/Kolkata", "Australia/Lord_Howe", "America/Santiago", "Europe/Dublin"),
    *("Europe/Berlin", "Pacific/Apia", "Africa/Casablanca"),
]
HOURS = st.integers(0, 23)
NAMES = st.sampled_from(ZONES)
MOMENTS = st.datetimes(datetime(2010, 1, 1), datetime(2035, 1, 1)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=UTC)
)
CHANGES = st.sampled_from(  # hours about which clocks of these zones are put forward or back
    [
        *(datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)),
        *(datetime(2026, 4, 4, 15, tzinfo=UTC), datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
        *(datetime(2026, 4, 5, 3, tzinfo=UTC), datetime(2026, 9, 6, 4, tzinfo=UTC)),
        datetime(2011, 12, 30, 10, tzinfo=UTC),  # a whole day was left out in Apia
    ]
)
NEAR_CHANGES = st.tuples(CHANGES, st.integers(-30 * 3600, 30 * 3600)).map(
    lambda one: one[0] + timedelta(seconds=one[1])
)


def shows(hour: int, zone: ZoneInfo, moment: datetime) -> bool:
    """Whether a clock shows the hour, or is put forward over it at this moment."""
    now = moment.astimezone(zone).hour
    before = (moment - timedelta(seconds=1)).astimezone(zone).hour
    return now == hour or 0 < (hour - before) % 24 < (now - before) % 24


@given(HOURS, NAMES, MOMENTS | NEAR_CHANGES)
def test_it_is_now_or_when_the_hour_begins_and_within_a_day(
    hour: int, name: str, moment: datetime
) -> None:
    zone = ZoneInfo(name)
    found = next_at(hour, zone, moment)
    assert found.tzinfo is UTC
    assert moment <= found <= moment + timedelta(hours=25) - GRACE
    assert found == moment or shows(hour, zone, found)


@given(HOURS, NAMES, NEAR_CHANGES | MOMENTS, st.integers(0, 3 * 3600))
def test_nobody_waits_for_an_hour_that_has_just_come(
    hour: int, name: str, moment: datetime, seconds: int
) -> None:
    begin = next_at(hour, ZoneInfo(name), moment)
    assume(begin > moment)
    late = begin + timedelta(seconds=seconds)
    assert next_at(hour, ZoneInfo(name), late) == late
