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


def test_a_share_of_nothing_is_not_told() -> None:
    assert line((2, 0.0), (1, 6.0)).day_change == ""
    assert line((2, 0.0), (1, 0.0)).changes == "= level on the day"
    assert line((2, 6.0), (1, 0.0)).day_change == f"{MINUS}100.0 % on the day"


def test_the_picture_is_told_in_words() -> None:
    found = line((3, 57.9), (2, 61.4), (1, 61.2))
    assert found.alt == (
        "NdPr oxide, 3 points, 21 Nov to 23 Nov: from 57.90 to 61.20 USD/kg,"
        " lowest 57.90, highest 61.40"
    )
    assert found.values == (57.9, 61.4, 61.2)


def test_a_single_point_has_no_picture() -> None:
    found = line((1, 57.9))
    assert (found.values, found.alt, found.changes) == ((), "", "")


def test_a_point_after_the_editions_date_is_not_known_yet() -> None:
    assert line((1, 5.0), (-1, 6.0)).value == "5.00"
    assert market_lines([series((-1, 6.0)), series()], DAY, ZONE) == ()


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
        latest = max(point.day for point in one.points if point.day <= DAY)
        named = f"{latest.day} {latest:%b}"
        assert named in found.standing
        if (DAY - latest).days > RHYTHMS[every].stale_after:
            assert found.is_stale
        if found.is_stale:
            assert found.changes == ""
            assert "since" in found.standing
