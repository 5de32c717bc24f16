"""Words: dates, ages, counts, lists, languages and reasons as people say them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from newsletter.core import words as said
from newsletter.core.words import age_words, reason_words

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 4, 7, 5, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(minutes=-30), "just now"),
        (timedelta(seconds=70), "just now"),
        (timedelta(minutes=12), "12 minutes ago"),
        (timedelta(minutes=61), "1 hour ago"),
        (timedelta(hours=3, minutes=10), "3 hours ago"),
        (timedelta(hours=11), "11 hours ago"),
        (timedelta(hours=13), "yesterday"),
        (timedelta(hours=29), "yesterday"),
        (timedelta(hours=31), "2 days ago"),
        (timedelta(days=6), "6 days ago"),
        (timedelta(days=10), "on 28 March"),
        (timedelta(days=400), "on 3 March 2025"),
    ],
)
def test_age_is_told_as_people_say_it(ago: timedelta, words: str) -> None:
    assert age_words(NOW - ago, NOW, LONDON) == words


def test_yesterday_is_a_matter_of_the_readers_time_zone() -> None:
    then, now = datetime(2026, 4, 6, 16, 30, tzinfo=UTC), datetime(2026, 4, 7, 5, 40, tzinfo=UTC)
    assert age_words(then, now, ZoneInfo("Asia/Shanghai")) == "13 hours ago"
    assert age_words(then, now, ZoneInfo("UTC")) == "yesterday"


def test_control_characters_and_direction_overrides_are_taken_out() -> None:
    assert said.clean("a\x00b\x08 \u202ec\r\nd\ud800") == "ab c d"


def test_chinese_text_is_counted_two_characters_to_a_word() -> None:
    assert said.word_count("稀土 magnet 永磁") == 3


@pytest.mark.parametrize(
    ("names", "left", "words"),
    [
        (["A"], 0, "A"),
        (["A", "B"], 0, "A and B"),
        (["A", "B"], 2, "A, B and 2 more"),
        ([], 0, ""),
    ],
)
def test_names_are_listed_with_commas_and_one_and(names: list[str], left: int, words: str) -> None:
    assert said.list_words(names, left) == words


def test_a_number_agrees_with_its_noun() -> None:
    assert said.count_words(1, "entry", "entries") == "1 entry"
    assert said.count_words(1204, "entry", "entries") == "1,204 entries"


def test_a_date_is_written_with_and_without_its_year() -> None:
    day = date(2026, 4, 2)
    assert (said.day_words(day), said.date_words(day)) == (
        "Thursday 2 April",
        "Thursday 2 April 2026",
    )


def test_a_few_words_still_take_a_minute() -> None:
    assert [said.reading_words(count) for count in (0, 230, 805)] == [
        *("1 min read", "1 min read", "4 min read"),
    ]


@pytest.mark.parametrize(
    ("tag", "root", "name", "direction"),
    [
        ("zh-Hans-CN", "zh", "Chinese", "ltr"),
        ("ar", "ar", "Arabic", "rtl"),
        ("FA-ir", "fa", "Persian", "rtl"),
        ("xx", "xx", "xx", "ltr"),
    ],
)
def test_a_language_has_a_name_and_a_direction(
    tag: str, root: str, name: str, direction: str
) -> None:
    assert said.root_language(tag) == root
    assert said.language_name(tag) == name
    assert said.direction_of(tag) == direction


@pytest.mark.parametrize("tag", ["", "und", "und-Latn", 'en" onclick="x', "e", "english!"])
def test_what_names_no_language_is_no_tag(tag: str) -> None:
    assert said.language_tag(tag) == ""


def test_reasons_are_one_sentence() -> None:
    reasons = ("6 independent outlets in 2 hours", "Export controls", "Names dysprosium.", "")
    assert reason_words(reasons) == (
        "told by 6 independent outlets in 2 hours; export controls; names dysprosium."
    )


def test_no_reasons_are_no_sentence() -> None:
    assert reason_words(()) == reason_words(("", " ")) == ""


def test_a_reason_that_begins_with_a_name_keeps_its_capital() -> None:
    assert reason_words(("China answers",), ("Far Wire", "China")) == "China answers."
    assert reason_words(("US tariffs", "A stake sold")) == "US tariffs; a stake sold."
