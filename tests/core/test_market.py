"""How a series stands in the strip: its changes, its age, and never an old number as a new one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.beside import Point, Series
from newsletter.core.market import RHYTHMS, MarketLine, market_lines
from newsletter.core.market_values import LEAST

DAY = date(2026, 11, 24)  # a Tuesday
READ_AT = datetime(2026, 11, 24, 5, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
MINUS = "\u2212"


def series(*points: tuple[int, float], **changes: object) -> Series:
    """A series whose points are so many days before the edition's date."""
    told = tuple(Point(DAY - timedelta(days=back), value) for back, value in points)
    one = Series("NdPr oxide", "USD/kg", "Price desk", told, READ_AT)
    return replace(one, **changes)  # type: ignore[arg-type]


def line(*points: tuple[int, float], **changes: object) -> MarketLine:
    [found] = market_lines([series(*points, **changes)], DAY, ZONE)
    return found


def test_a_value_is_told_with_its_changes_and_as_of_when() -> None:
    found = line((8, 60.0), (4, 60.5), (1, 61.2))
    assert (found.value, found.unit) == ("61.20", "USD/kg")
    assert found.day_change == "+1.2 % on the day"
    assert found.week_change == "+2.0 % in a week"
    assert (found.course, found.changes[0]) == ("up", "▲")
    assert (found.standing, found.is_stale) == ("as of 23 Nov", False)


def test_a_fall_has_a_real_minus_sign_and_an_arrow_down() -> None:
    found = line((2, 1250.0), (1, 1245.0), decimals=0)
    assert found.value == "1,245"
    assert found.changes == f"▼ {MINUS}0.4 % on the day"


def test_what_did_not_move_is_level() -> None:
    found = line((9, 5.0), (2, 5.0), (1, 5.0))
    assert found.changes == "= level on the day, level in a week"


def test_a_small_change_is_told_with_two_decimals_and_a_smaller_one_is_level() -> None:
    assert line((2, 7.0), (1, 7.002)).day_change == "+0.03 % on the day"
    assert line((2, 7.0), (1, 7.0001)).changes == "= level on the day"


@pytest.mark.parametrize(("back", "is_told"), [(6, True), (7, False)])
def test_a_day_is_compared_with_the_last_one_if_that_is_recent(back: int, is_told: bool) -> None:
    assert bool(line((back, 5.0), (1, 6.0)).day_change) is is_told


@pytest.mark.parametrize(("back", "is_told"), [(7, False), (8, True), (15, True), (16, False)])
def test_a_week_is_seven_to_fourteen_days(back: int, is_told: bool) -> None:
    assert bool(line((back, 5.0), (1, 6.0)).week_change) is is_told


@pytest.mark.parametrize(
    ("every", "back", "words"),
    [("week", 8, "+20.0 % on the week"), ("month", 32, "+20.0 % on the month")],
)
def test_a_slower_series_is_compared_with_its_own_last_step(
    every: str, back: int, words: str
) -> None:
    found = line((back, 5.0), (1, 6.0), every=every)
    assert (found.day_change, found.week_change) == (words, "")


@pytest.mark.parametrize(
    ("every", "back", "is_stale"),
    [
        *(("day", 4, False), ("day", 5, True), ("week", 9, False), ("week", 10, True)),
        *(("month", 40, False), ("month", 41, True)),
    ],
)
def test_what_is_older_than_its_rhythm_is_stale_and_shows_no_change(
    every: str, back: int, is_stale: bool
) -> None:
    found = line((back + 1, 5.0), (back, 6.0), every=every)
    assert (found.is_stale, not found.changes) == (is_stale, is_stale)
    assert found.standing.startswith("stale since " if is_stale else "as of ")


def test_what_could_not_be_read_is_stale_however_young_it_is() -> None:
    found = line((2, 5.0), (1, 6.0), problem="did not answer")
    assert (found.standing, found.changes, found.course) == ("stale since 23 Nov", "", "")


def test_todays_own_number_stands_even_if_a_later_reading_failed() -> None:
    found = line((1, 5.0), (0, 6.0), problem="did not answer")
    assert (found.standing, found.is_stale) == ("as of 24 Nov", False)


def test_another_year_is_named() -> None:
    assert line((400, 5.0)).standing == "stale since 20 Oct 2025"


def test_a_price_that_has_not_moved_says_since_when() -> None:
    still = [(back, 5.0) for back in (10, 5, 3, 2, 1)]
    assert line((11, 4.0), *still).standing == "as of 23 Nov, unchanged since 14 Nov"
    assert line(*still).standing == "as of 23 Nov, unchanged since at least 14 Nov"


def test_a_number_without_a_date_says_when_it_was_read_and_since_when_it_is_the_same() -> None:
    assert line((0, 5.0), is_dated=False).standing == "as read on 24 Nov"
    moved = line((9, 4.0), (3, 5.0), is_dated=False)
    assert moved.standing == "as read on 24 Nov, unchanged since 21 Nov"
    first = line((3, 5.0), is_dated=False)
    assert first.standing == "as read on 24 Nov, unchanged since at least 21 Nov"


def test_a_number_without_a_date_that_stays_the_same_grows_stale() -> None:
    found = line((9, 4.0), (6, 5.0), is_dated=False)
    assert (found.is_stale, found.changes) == (True, "")
    failed = line((9, 4.0), (3, 5.0), is_dated=False, problem="did not answer")
    assert failed.standing == "stale since 21 Nov"


def test_a_nothing_is_no_point_whoever_kept_it() -> None:
    found = line((2, 5.0), (1, 6.0), (0, 0.0))
    assert (found.value, found.standing, found.values) == ("6.00", "as of 23 Nov", (5.0, 6.0))
    assert market_lines([series((1, 0.0), (0, 1e-320))], DAY, ZONE) == ()


@pytest.mark.parametrize("before", [1e-300, 1e-6, 0.009])
def test_a_change_that_nobody_would_believe_is_not_told(before: float) -> None:
    found = line((1, before), (0, 1e12))
    assert (found.changes, found.sign, found.course) == ("", "", "")


def test_a_change_of_ten_times_is_still_told() -> None:
    assert line((1, 1.0), (0, 11.0)).changes == "\u25b2 +1,000.0 % on the day"
    assert line((1, 1.0), (0, 11.1)).changes == ""


def test_the_sign_is_that_of_the_change_that_is_told_first() -> None:
    found = line((8, 20.0), (1, 0.001), (0, 10.0))
    assert found.changes == f"\u25bc {MINUS}50.0 % in a week"


def test_a_small_price_is_not_printed_as_nothing() -> None:
    found = line((1, 0.003), (0, 0.004))
    assert found.value == "0.004"
    assert "from 0.003 to 0.004" in found.alt


@given(st.lists(st.floats(0, 1e12), min_size=2, max_size=12))
def test_no_sign_stands_without_words_and_no_words_without_a_number(values: list[float]) -> None:
    told = [(len(values) - place, value) for place, value in enumerate(values)]
    for found in market_lines([series(*told)], DAY, ZONE):
        assert bool(found.sign) == bool(found.day_change or found.week_change)
        assert "inf" not in found.changes
        assert found.value.strip("0.")


def test_hostile_words_lose_what_no_reader_may_see() -> None:
    found = line(
        *((2, 1.0), (1, 2.0)), name="Nd\u202ePr\x00\r\n x", url="javascript:alert(1)", unit="\x08u"
    )
    assert (found.name, found.url, found.unit) == ("NdPr x", "", "u")
    assert found.alt.startswith("NdPr x, 2 points")


@given(
    st.lists(
        st.tuples(st.integers(-5, 500), st.floats(0, 1e12)), max_size=40, unique_by=lambda t: t[0]
    ),
    st.sampled_from(sorted(RHYTHMS)),
    st.booleans(),
    st.sampled_from(("", "did not answer")),
)
def test_an_old_number_is_never_passed_off_as_new(
    points: list[tuple[int, float]], every: str, is_dated: bool, problem: str
) -> None:
    told = sorted(points, reverse=True)
    one = series(*told, every=every, is_dated=is_dated, problem=problem)
    for found in market_lines([one], DAY, ZONE):
        latest = max(point.day for point in one.points if point.day <= DAY and point.value >= LEAST)
        named = f"{latest.day} {latest:%b}"
        assert named in found.standing
        if (DAY - latest).days > RHYTHMS[every].stale_after:
            assert found.is_stale
        if found.is_stale:
            assert found.changes == ""
            assert "since" in found.standing
