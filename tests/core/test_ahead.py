"""The week ahead: what falls into it, in which order, and how each line reads."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from newsletter.core.ahead import MOST_LINES, AheadLine, ahead_lines
from newsletter.core.beside import Occasion
from newsletter.core.repeating import EVERY, repeated

DAY = date(2026, 11, 24)  # a Tuesday
BERLIN = ZoneInfo("Europe/Berlin")


def lines(*occasions: Occasion, zone: ZoneInfo = BERLIN) -> tuple[AheadLine, ...]:
    return ahead_lines(occasions, DAY, zone)[0]


def line(day: date, title: str = "A hearing", **rest: str) -> AheadLine:
    (only,) = lines(Occasion(day, title, **rest))  # type: ignore[arg-type]
    return only


def when(day: date, until: date | None = None) -> str:
    (only,) = lines(Occasion(day, "A conference", until=until))
    return only.when


@pytest.mark.parametrize(
    ("day", "until", "words"),
    [
        (DAY, None, "Today"),
        (date(2026, 11, 26), None, "Thu 26 Nov"),
        (date(2026, 11, 30), date(2026, 12, 2), "Mon 30 Nov to Wed 2 Dec"),
        (DAY, date(2026, 11, 25), "Today to Wed 25 Nov"),
        (date(2026, 11, 20), date(2026, 12, 2), "Until Wed 2 Dec"),
        (date(2026, 11, 20), DAY, "Until today"),
        (date(2026, 11, 26), date(2026, 11, 26), "Thu 26 Nov"),
        (date(2026, 11, 20), date(2027, 12, 31), "Until Fri 31 Dec 2027"),
        (date(2026, 12, 31), None, "Thu 31 Dec"),
    ],
)
def test_a_day_is_told_as_people_say_it(day: date, until: date | None, words: str) -> None:
    assert when(day, until) == words


@pytest.mark.parametrize(
    ("day", "zone", "words"),
    [
        (date(2026, 11, 26), "Europe/Berlin", "14:30 CET"),
        (date(2026, 11, 26), "UTC", "14:30 UTC"),
        (date(2026, 11, 26), "Asia/Dubai", "14:30 UTC+4"),
        (date(2026, 11, 26), "Asia/Kathmandu", "14:30 UTC+5:45"),
        (date(2026, 11, 26), "America/Sao_Paulo", "14:30 UTC-3"),
        (date(2026, 11, 26), "Asia/Shanghai", "14:30 CST"),
    ],
)
def test_a_time_names_its_zone(day: date, zone: str, words: str) -> None:
    (only,) = lines(Occasion(day, "A hearing", at="14:30"), zone=ZoneInfo(zone))
    assert only.hour == words


def test_summer_time_is_told_by_the_occasions_own_day() -> None:
    late = date(2026, 10, 23)  # clocks go back on the 25th
    found, _ = ahead_lines(
        [Occasion(late, "Before", at="09:00"), Occasion(date(2026, 10, 26), "After", at="09:00")],
        late,
        BERLIN,
    )
    assert [one.hour for one in found] == ["09:00 CEST", "09:00 CET"]


def test_what_has_no_time_names_no_zone() -> None:
    assert line(DAY).hour == ""


def test_what_has_begun_before_tells_no_time_of_day() -> None:
    one = Occasion(DAY - timedelta(days=1), "A fair", until=DAY + timedelta(days=1), at="09:00")
    assert lines(one)[0].hour == ""


def test_today_comes_first_then_what_is_running_then_the_days_that_follow() -> None:
    tomorrow = DAY + timedelta(days=1)
    found = lines(
        Occasion(tomorrow, "Tomorrow, afternoon", at="14:00"),
        Occasion(DAY - timedelta(days=9), "Running", until=DAY + timedelta(days=9)),
        Occasion(tomorrow, "Tomorrow, morning", at="09:00"),
        Occasion(tomorrow, "Tomorrow"),
        Occasion(DAY, "Today, afternoon", at="14:00"),
        Occasion(DAY, "Today"),
    )
    assert [one.title.text for one in found] == [
        *("Today", "Today, afternoon", "Running"),
        *("Tomorrow", "Tomorrow, morning", "Tomorrow, afternoon"),
    ]


def test_what_is_over_is_not_ahead() -> None:
    over = Occasion(DAY - timedelta(days=3), "Over", until=DAY - timedelta(days=1))
    assert lines(over, Occasion(DAY - timedelta(days=1), "Yesterday")) == ()


@pytest.mark.parametrize(
    ("count", "words"),
    [(MOST_LINES, ""), (MOST_LINES + 1, "and 1 more"), (MOST_LINES + 150, "and many more")],
)
def test_a_long_list_ends_with_how_many_more_there_are(count: int, words: str) -> None:
    found, more = ahead_lines([Occasion(DAY, f"Number {n}") for n in range(count)], DAY, BERLIN)
    assert len(found) == MOST_LINES
    assert more == words


def test_the_same_occasion_told_twice_stands_once() -> None:
    assert len(lines(Occasion(DAY, "A hearing"), Occasion(DAY, "A hearing"))) == 1


@pytest.mark.parametrize(
    ("title", "direction"),
    [
        ("出口许可证申请截止", "ltr"),
        ("2026 مؤتمر المعادن", "rtl"),
        ("כנס מגנטים", "rtl"),
        ("Hearing on معادن", "ltr"),
        ("2026", "ltr"),
    ],
)
def test_a_title_has_its_own_direction(title: str, direction: str) -> None:
    assert line(DAY, title).title.dir == direction


def test_a_place_in_arabic_does_not_turn_what_follows_it() -> None:
    assert line(DAY, place="الرياض").place == "الرياض\u200e"


def test_a_link_is_shown_with_its_host_and_only_if_a_mail_may_link_to_it() -> None:
    good = line(DAY, url="https://www.hearing.example/a")
    assert (good.url, good.host) == ("https://www.hearing.example/a", "hearing.example")
    bad = line(DAY, url="javascript:alert(1)")
    assert (bad.url, bad.host) == ("", "")


def test_text_is_cleaned_of_controls_and_overrides() -> None:
    one = line(DAY, "A\x00 \u202ehearing\r\nBcc: x", kind="re\x08port", place="Ro\u2066om")
    assert (one.title.text, one.kind, one.place) == ("A hearing Bcc: x", "report", "Room")


def days_of(
    start: date, every: str, first: date, last: date, ends: date | None = None
) -> list[str]:
    found = repeated(Occasion(start, "x"), every, ends, first, last)
    return [one.day.isoformat() for one in found]


def test_a_month_without_the_day_has_it_at_its_end() -> None:
    found = days_of(date(2026, 1, 31), "month", date(2026, 2, 1), date(2026, 4, 30))
    assert found == ["2026-02-28", "2026-03-31", "2026-04-30"]


def test_a_leap_day_comes_every_year() -> None:
    found = days_of(date(2024, 2, 29), "year", date(2025, 1, 1), date(2028, 12, 31))
    assert found == ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]


def test_a_repetition_ends_on_its_last_day() -> None:
    ends = date(2026, 12, 8)
    assert days_of(DAY, "week", DAY, date(2027, 1, 30), ends)[-1] == "2026-12-08"


def test_nothing_is_repeated_before_it_begins() -> None:
    assert days_of(date(2027, 1, 1), "week", DAY, date(2026, 12, 31)) == []


DATES = some.dates(date(1990, 1, 1), date(2199, 12, 31))


@given(DATES, some.sampled_from(EVERY), DATES, some.integers(0, 60))
def test_a_window_holds_what_counting_from_the_start_holds(
    start: date, every: str, first: date, days: int
) -> None:
    last = min(first + timedelta(days=days), date(2199, 12, 31))
    all_days = days_of(start, every, start, last)
    assert days_of(start, every, first, last) == [
        day for day in all_days if day >= first.isoformat()
    ]


@pytest.mark.parametrize(
    "title", ["www.paypal.com", "https://paypal.com/login", "Log in at paypal.com today"]
)
def test_a_title_that_looks_like_an_address_is_not_what_is_linked(title: str) -> None:
    assert line(DAY, title, url="https://gov.example/x").names_a_host


@pytest.mark.parametrize("title", ["A hearing", "Report v2.1", "U.S. list", "Annex.pdf", "Q4/2026"])
def test_other_titles_are_linked_by_their_words(title: str) -> None:
    assert not line(DAY, title, url="https://gov.example/x").names_a_host


@pytest.mark.parametrize("url", ["https://a@b.example/", "https://b.example:0/"])
def test_a_link_that_programs_read_in_two_ways_is_none(url: str) -> None:
    assert line(DAY, url=url).url == ""
