"""The points of a series: one a day, the newest kept, never mixed with those of another unit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from newsletter import models
from newsletter.config_beside import SeriesSettings
from newsletter.core.beside import Point, Series
from newsletter.store.market import MOST_KEPT, MOST_TOLD, load_series, save_points, save_problem

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)
DAY = NOW.date()


def settings(name: str = "NdPr oxide", **changes: Any) -> SeriesSettings:
    values = {"name": name, "source": "Price desk", "read": "https://desk.example/p.csv", **changes}
    return SeriesSettings.model_validate(values)


def point(back: int, value: float) -> Point:
    return Point(DAY - timedelta(days=back), value)


def loaded(one: SeriesSettings, until: date = DAY) -> Series:
    [found] = load_series([one], until)
    return found


def test_what_was_read_is_loaded_oldest_first_with_the_settings_words() -> None:
    one = settings(unit="USD/kg", link="https://desk.example", decimals=1, every="week")
    save_points(one, [point(1, 61.2), point(8, 60)], NOW)
    assert loaded(one) == Series(
        *("NdPr oxide", "USD/kg", "Price desk", (point(8, 60), point(1, 61.2)), NOW),
        url="https://desk.example",
        decimals=1,
        every="week",
    )


def test_a_day_has_the_value_that_its_source_said_last() -> None:
    one = settings()
    save_points(one, [point(2, 60), point(1, 61)], NOW)
    save_points(one, [point(1, 61.5), point(0, 62)], NOW)
    assert loaded(one).points == (point(2, 60), point(1, 61.5), point(0, 62))


def test_points_after_the_editions_date_are_not_known_to_it() -> None:
    one = settings()
    save_points(one, [point(1, 61), point(0, 62)], NOW)
    assert loaded(one, DAY - timedelta(days=1)).points == (point(1, 61),)


def test_series_stand_in_the_order_of_the_settings_and_unread_ones_are_left_out() -> None:
    first, second, unread = settings("B"), settings("A"), settings("C")
    for one in (second, first):
        save_points(one, [point(0, 1)], NOW)
    save_problem(unread, "did not answer")
    assert [one.name for one in load_series([first, unread, second], DAY)] == ["B", "A"]


def test_a_failure_keeps_the_points_and_the_time_they_were_read() -> None:
    one = settings()
    save_points(one, [point(1, 61)], NOW)
    save_problem(one, "did not answer")
    found = loaded(one)
    assert (found.points, found.read_at, found.problem) == (
        *((point(1, 61),), NOW),
        "did not answer",
    )
    save_points(one, [point(0, 62)], NOW)
    assert loaded(one).problem == ""


@pytest.mark.parametrize(
    "change", [{"unit": "CNY/t"}, {"value": "dy"}, {"read": "https://other.example/p"}]
)
def test_numbers_of_other_settings_are_not_shown_and_then_forgotten(
    change: dict[str, str],
) -> None:
    save_points(settings(), [point(1, 61)], NOW)
    other = settings(**change)
    assert load_series([other], DAY) == ()
    save_points(other, [point(0, 441_000)], NOW)
    assert loaded(other).points == (point(0, 441_000),)


def test_other_words_for_readers_keep_the_points() -> None:
    save_points(settings(), [point(1, 61)], NOW)
    assert loaded(settings(source="The price desk", decimals=0)).points == (point(1, 61),)


def test_without_dates_a_value_is_kept_where_it_differs_from_the_last_one() -> None:
    one = settings(date="")
    for back, value in ((4, 61.0), (3, 61.0), (2, 62.0), (1, 61.0), (0, 61.0)):
        save_points(one, [point(back, value)], NOW)
    assert loaded(one).points == (point(4, 61), point(2, 62), point(1, 61))


def test_only_the_newest_points_are_kept() -> None:
    one = settings()
    save_points(one, [point(back, back) for back in range(1, MOST_KEPT + 1)], NOW)
    save_points(one, [point(0, 5)], NOW)
    assert models.MarketPoint.objects.count() == MOST_KEPT
    assert not models.MarketPoint.objects.filter(day=point(MOST_KEPT, 0).day).exists()


def test_a_draft_holds_the_newest_points_only() -> None:
    one = settings()
    save_points(one, [point(back, back + 1) for back in range(MOST_TOLD + 5)], NOW)
    told = loaded(one).points
    assert told == tuple(point(back, back + 1) for back in reversed(range(MOST_TOLD)))
