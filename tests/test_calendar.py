"""The calendar of the week ahead: YAML and iCalendar, from a file and from the web."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as some
from lxml import html as markup

from newsletter.beside import beside
from newsletter.build import build
from newsletter.calendar_file import CalendarRead, read_calendar
from newsletter.calendar_ics import read_ics
from newsletter.calendar_yaml import read_yaml
from newsletter.config import load_config
from newsletter.core.beside import Beside, Occasion
from newsletter.core.page import page_for
from newsletter.errors import FetchError, NewsletterError, SourceError, UsageError
from newsletter.render import Renderer, columns
from newsletter.sample.calendar import sample_calendar
from tests import drafts
from tests.clock import FixedClock
from tests.collecting import SETTINGS
from tests.loopback import LoopbackServer, hangs, loopback, says
from tests.test_cli import newsletter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from newsletter.ports import App

FIRST, LAST = date(2026, 11, 24), date(2026, 12, 1)  # a Tuesday, and the next

HOSTILE = [
    "http://10.0.0.1/",
    "http://intranet/",
    "http://0x7f.1/",
    "https://paypal.com@evil.example/",
    "https://e.example:0/",
    "javascript:alert(1)",
    "https://e.example/" + "x" * 2048,
]


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with loopback() as running:
        yield running


def app_with(folder: Path, place: str, **more: str) -> App:
    named = SETTINGS | {"NEWSLETTER_CALENDAR__FILE": place} | more
    clock = FixedClock(datetime(2026, 11, 24, 6, 30, tzinfo=UTC))
    return build(load_config(None, environ=named, folder=folder), clock=clock)


def in_yaml(text: str) -> tuple[tuple[Occasion, ...], tuple[str, ...]]:
    return read_yaml(text.encode(), "calendar.yaml", FIRST, LAST)


def faults(text: str) -> tuple[str, ...]:
    return in_yaml(text)[1]


def event(*lines: str, before: str = "") -> bytes:
    """A calendar of one event, `SUMMARY` and `UID` included unless it names its own."""
    own = {line.split(":")[0].split(";")[0] for line in lines}
    filled = [line for line in ("UID:1", "SUMMARY:Hearing") if line.split(":")[0] not in own]
    return calendar("BEGIN:VEVENT\n" + "\n".join([*filled, *lines]) + "\nEND:VEVENT", before=before)


def calendar(*events: str, before: str = "") -> bytes:
    head = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//tests//EN\n{before}"
    return (head + "\n".join(events) + "\nEND:VCALENDAR\n").replace("\n", "\r\n").encode()


def in_ics(body: bytes, zone: str = "Europe/Berlin") -> tuple[Occasion, ...]:
    found, told = read_ics(body, "calendar.ics", zone, FIRST, LAST)
    assert told == ()
    return found


def days(found: tuple[Occasion, ...]) -> list[str]:
    return sorted(f"{one.day:%m-%d}" + (f" {one.at}" if one.at else "") for one in found)


class TestYaml:
    def test_an_item_says_when_what_and_where(self) -> None:
        found, told = in_yaml(
            "- date: 2026-11-26\n  title: Hearing\n  kind: hearing\n  time: 14:30\n"
            "  place: Brussels\n  link: https://a.example/x\n"
        )
        assert told == ()
        assert found == (
            Occasion(
                day=date(2026, 11, 26),
                title="Hearing",
                kind="hearing",
                at="14:30",
                place="Brussels",
                url="https://a.example/x",
            ),
        )

    def test_the_list_may_stand_under_events(self) -> None:
        assert len(in_yaml("events:\n  - {date: 2026-11-26, title: A}\n")[0]) == 1

    @pytest.mark.parametrize("text", ["", "# nothing yet\n", "events:\n", "[]", "---\n"])
    def test_an_empty_file_holds_nothing_and_has_no_fault(self, text: str) -> None:
        assert in_yaml(text) == ((), ())

    def test_what_began_before_the_window_and_is_not_over_is_held(self) -> None:
        found, _ = in_yaml("- {from: 2026-11-01, until: 2026-11-24, title: Consultation}\n")
        assert [one.until for one in found] == [FIRST]

    def test_what_lies_outside_the_window_is_not_held(self) -> None:
        text = "- {date: 2026-11-23, title: A}\n- {date: 2026-12-02, title: B}\n"
        assert in_yaml(text) == ((), ())

    def test_what_is_repeated_is_held_as_often_as_it_falls_into_the_window(self) -> None:
        text = "- {date: 2026-01-06, every: week, title: A}\n"
        assert days(in_yaml(text)[0]) == ["11-24", "12-01"]
        text = "- {date: 2026-01-06, every: week, until: 2026-11-30, title: A}\n"
        assert days(in_yaml(text)[0]) == ["11-24"]

    def test_all_faults_are_told_at_once_each_with_its_line(self) -> None:
        told = faults(
            "- dat: 2026-11-26\n"
            "  title: A\n"
            "- date: 26.11.2026\n"
            "  title: B\n"
            "  time: 25:00\n"
            "- {date: 2026-11-26}\n"
            "- date: 2026-11-26\n"
            "  title: C\n"
            "  until: 2026-11-25\n"
            "- date: 2026-11-26\n"
            "  title: D\n"
            "  link: javascript:alert(1)\n"
            "  every: fortnight\n"
            "- just words\n"
            "- {date: 2026-11-26, from: 2026-11-26, title: E}\n"
            "- {date: , title: ''}\n"
        )
        assert [fault.split(": ", 2)[:2] for fault in told] == [
            ["calendar.yaml:1", "`dat`"],
            ["calendar.yaml:1", "`date`"],
            ["calendar.yaml:3", "`date`"],
            ["calendar.yaml:5", "`time`"],
            ["calendar.yaml:6", "`title`"],
            ["calendar.yaml:9", "`until`"],
            ["calendar.yaml:12", "`link`"],
            ["calendar.yaml:13", "`every`"],
            ["calendar.yaml:14", "expected a list of occasions such as `- {date"],
            ["calendar.yaml:15", "`from`"],
            ["calendar.yaml:16", "`title`"],
            ["calendar.yaml:16", "`date`"],
        ]
        assert "did you mean `date`?" in told[0]
        assert "expected a date such as 2026-12-01, found '26.11.2026'" in told[2]

    @pytest.mark.parametrize("url", HOSTILE)
    def test_a_link_that_would_hold_the_edition_is_left_out_and_told(self, url: str) -> None:
        (one,), (told,) = in_yaml(f"- {{date: 2026-11-26, title: A, link: '{url}'}}\n")
        assert (one.title, one.url) == ("A", "")
        assert told.startswith("calendar.yaml:1: `link`: expected ")
        assert told.endswith("the occasion stands without it")

    def test_ever_so_many_faults_are_counted_in_a_moment(self) -> None:
        keys = ",".join(f"k{number}: 1" for number in range(60_000))
        begun = time.process_time()
        found, told = in_yaml(f"- {{{keys}}}")
        assert found == ()
        assert (len(told), told[-1]) == (101, "calendar.yaml: 59902 more faults")
        assert time.process_time() - begun < 4  # 0.9 s; a guess at each key takes far longer

    def test_an_item_with_a_fault_is_left_out_and_the_others_stand(self) -> None:
        found, told = in_yaml("- {date: 2026-11-26, title: A}\n- {date: soon, title: B}\n")
        assert ([one.title for one in found], len(told)) == (["A"], 1)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("- {date: 2026-11-26\n- b\n", "calendar.yaml:3: is not valid YAML: "),
            ("a: b\n", "calendar.yaml:1: expected a list of occasions"),
            ("just words\n", "calendar.yaml:1: expected a list of occasions"),
            ("- {date: 2026-11-26, title: A, title: B}\n", "`title`: stands twice (first on line"),
            ("- {date: 2026-11-26, title: [A]}\n", "`title`: expected a single value"),
            ("- {date: 2026-11-26, title: A, ? [b] : c}\n", "there is no such key"),
            ("- {date: 2026-11-26, title: " + "A" * 201 + "}", "expected at most 200 characters"),
            ("- {date: 1026-11-26, title: A}\n", "expected a date such as"),
            ("- {date: 20261126, title: A}\n", "expected a date such as"),
            ("- !!python/object/apply:os.system ['true']\n", "expected a list of occasions"),
            ("--- a\n--- b\n", "calendar.yaml:2: is not valid YAML"),
        ],
    )
    def test_a_fault_is_one_line_in_plain_words(self, text: str, said: str) -> None:
        (fault,) = faults(text)
        assert said in fault
        assert "\n" not in fault

    def test_aliases_that_multiply_take_no_time(self) -> None:
        rows = ["a: &a [x, x, x, x, x, x, x, x, x]"]
        rows += [f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi")]  # noqa: B905
        assert len(faults("\n".join([*rows, "events: *i"]))) == 9

    def test_an_alias_that_holds_itself_is_a_fault(self) -> None:
        assert faults("- &a [*a]\n") != ()

    def test_nesting_without_end_is_a_fault(self) -> None:
        (fault,) = faults("[" * 100_000)
        assert "calendar.yaml:1: is nested too deep" in fault

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (b"#" * 1_000_001, "has over 1 MB"),
            (b"\xff\xfe\x00", "is not UTF-8 text"),
            (b"<!doctype html><title>Sign in</title>", "is a web page or XML"),
        ],
    )
    def test_what_is_no_calendar_is_refused(self, body: bytes, said: str) -> None:
        with pytest.raises(SourceError, match=said):
            read_yaml(body, "calendar.yaml", FIRST, LAST)

    def test_too_many_items_are_refused(self) -> None:
        (fault,) = faults("[" + "a," * 10_001 + "]")
        assert "has more than 10,000 occasions" in fault

    def test_hostile_text_is_cleaned(self) -> None:
        found, _ = in_yaml('- {date: 2026-11-26, title: "A\\u202e\\0 b\\r\\nBcc: x"}\n')
        assert found[0].title == "A b Bcc: x"

    def test_the_sample_calendar_has_no_fault_whatever_the_day(self) -> None:
        for number in range(7):
            day = date(2026, 11, 24 + number)
            found, told = read_yaml(
                yaml.safe_dump(sample_calendar(day)).encode(), "x", day, date(2026, 12, 31)
            )
            assert (len(found), told) == (6, ())

    @settings(max_examples=200)
    @given(some.text(alphabet="-{}[]:&*!|>'\"#?,% \n\tadetil20261-\x00é", max_size=80))
    def test_any_text_is_read_or_told_as_faults(self, text: str) -> None:
        found, told = in_yaml(text)
        assert all("\n" not in fault for fault in told)
        assert all(FIRST <= one.day <= LAST for one in found)


class TestICalendar:
    def test_an_event_says_when_what_and_where(self) -> None:
        body = event(
            "DTSTART;TZID=America/New_York:20261126T090000",
            "DTEND;TZID=America/New_York:20261126T103000",
            "SUMMARY:Hearing\\, second day",
            "CATEGORIES:hearing,trade",
            "LOCATION:Room 4",
            "URL:https://a.example/x",
        )
        (one,) = in_ics(body)
        assert one == Occasion(
            day=date(2026, 11, 26),
            title="Hearing, second day",
            kind="hearing",
            at="15:00",
            place="Room 4",
            url="https://a.example/x",
        )

    @pytest.mark.parametrize(
        ("start", "told"),
        [
            ("DTSTART:20261126T233000Z", "11-27 00:30"),
            ("DTSTART:20261126T090000", "11-26 09:00"),
            ("DTSTART;TZID=Asia/Tokyo:20261127T070000", "11-26 23:00"),
            ("DTSTART;TZID=W. Europe Standard Time:20261126T090000", "11-26 09:00"),
            ("DTSTART;VALUE=DATE:20261126", "11-26"),
        ],
    )
    def test_times_are_told_in_the_newsletters_zone(self, start: str, told: str) -> None:
        assert days(in_ics(event(start))) == [told]

    def test_a_zone_that_the_file_describes_itself_is_known(self) -> None:
        zone = (
            "BEGIN:VTIMEZONE\nTZID:Of their own\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
            "TZOFFSETFROM:+0300\nTZOFFSETTO:+0300\nEND:STANDARD\nEND:VTIMEZONE\n"
        )
        body = event("DTSTART;TZID=Of their own:20261126T090000", before=zone)
        assert days(in_ics(body)) == ["11-26 07:00"]

    @pytest.mark.parametrize(
        ("lines", "until"),
        [
            (("DTSTART;VALUE=DATE:20261126", "DTEND;VALUE=DATE:20261128"), date(2026, 11, 27)),
            (("DTSTART;VALUE=DATE:20261126", "DTEND;VALUE=DATE:20261127"), None),
            (("DTSTART;VALUE=DATE:20261126", "DTEND;VALUE=DATE:20261126"), None),
            (("DTSTART;VALUE=DATE:20261126", "DURATION:P3D"), date(2026, 11, 28)),
            (("DTSTART:20261126T080000Z", "DTEND:20261128T160000Z"), date(2026, 11, 28)),
            (("DTSTART:20261126T210000Z", "DTEND:20261127T010000Z"), None),
            (("DTSTART:20261126T080000Z", "DURATION:PT90M"), None),
            (("DTSTART:20261126T080000Z", "DTEND:20261101T000000Z"), None),
        ],
    )
    def test_the_last_day_is_the_one_before_the_end(
        self, lines: tuple[str, ...], until: date | None
    ) -> None:
        assert [one.until for one in in_ics(event(*lines))] == [until]

    def test_what_is_running_when_the_window_begins_is_held(self) -> None:
        body = event("DTSTART;VALUE=DATE:20261110", "DTEND;VALUE=DATE:20261125")
        assert [one.until for one in in_ics(body)] == [FIRST]
        assert in_ics(event("DTSTART;VALUE=DATE:20261110", "DTEND;VALUE=DATE:20261124")) == ()

    @pytest.mark.parametrize(
        ("rule", "found"),
        [
            ("RRULE:FREQ=WEEKLY;BYDAY=TU,FR", ["11-24 09:00", "11-27 09:00", "12-01 09:00"]),
            ("RRULE:FREQ=MONTHLY;BYDAY=-1MO", ["11-30 09:00"]),
            ("RRULE:FREQ=WEEKLY;UNTIL=20261124T080000Z", ["11-24 09:00"]),
            ("RRULE:FREQ=WEEKLY;UNTIL=20261124T075959Z", []),
            ("RRULE:FREQ=WEEKLY;UNTIL=20261124", ["11-24 09:00"]),
            ("RRULE:FREQ=WEEKLY;COUNT=47", ["11-24 09:00"]),
            ("RRULE:FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=28", ["11-28 09:00"]),
            ("RDATE;TZID=Europe/Berlin:20261125T100000,20261126T110000", None),
        ],
    )
    def test_repetitions_are_worked_out(self, rule: str, found: list[str] | None) -> None:
        body = event("DTSTART;TZID=Europe/Berlin:20260106T090000", rule)
        assert days(in_ics(body)) == (["11-25 10:00", "11-26 11:00"] if found is None else found)

    def test_a_repetition_keeps_its_hour_across_summer_time(self) -> None:
        body = event("DTSTART;TZID=Europe/Berlin:20260707T090000", "RRULE:FREQ=WEEKLY")
        assert days(in_ics(body)) == ["11-24 09:00", "12-01 09:00"]

    def test_exceptions_are_left_out_and_moved_dates_stand_where_they_moved(self) -> None:
        series = "BEGIN:VEVENT\nUID:1\nSUMMARY:Call\nDTSTART;TZID=Europe/Berlin:20261120T090000\n"
        series += "RRULE:FREQ=DAILY\nEXDATE;TZID=Europe/Berlin:20261125T090000\n"
        series += "EXDATE;VALUE=DATE:20261129\nEND:VEVENT"
        moved = "BEGIN:VEVENT\nUID:1\nSUMMARY:Call\nRECURRENCE-ID:20261126T080000Z\n"
        moved += "DTSTART:20261126T150000Z\nEND:VEVENT"
        gone = "BEGIN:VEVENT\nUID:1\nSUMMARY:Call\nRECURRENCE-ID:20261127T080000Z\n"
        gone += "DTSTART:20261127T080000Z\nSTATUS:CANCELLED\nEND:VEVENT"
        assert days(in_ics(calendar(series, moved, gone))) == [
            *("11-24 09:00", "11-26 16:00", "11-28 09:00", "11-30 09:00", "12-01 09:00"),
        ]

    def test_days_without_hours_repeat_too(self) -> None:
        body = event(
            "DTSTART;VALUE=DATE:20260131",
            "DTEND;VALUE=DATE:20260203",
            "RRULE:FREQ=MONTHLY;BYMONTHDAY=23",
            "EXDATE;VALUE=DATE:20260223",
        )
        found = in_ics(body)
        assert [(one.day, one.until) for one in found] == [
            (date(2026, 11, 23), date(2026, 11, 25)),
        ]

    @pytest.mark.parametrize(
        "line", ["STATUS:CANCELLED", "CLASS:PRIVATE", "CLASS:confidential", "STATUS:cancelled"]
    )
    def test_what_is_cancelled_or_private_is_left_out(self, line: str) -> None:
        assert in_ics(event("DTSTART:20261126T090000Z", line)) == ()

    @pytest.mark.parametrize(
        ("lines", "said"),
        [
            (("RRULE:FREQ=SECONDLY",), "repeats more often than once a day"),
            (("RRULE:FREQ=HOURLY;COUNT=3",), "repeats more often than once a day"),
            (("RRULE:FREQ=DAILY;BYHOUR=1,2",), "repeats more often than once a day"),
            (("RRULE:FREQ=DAILY;INTERVAL=0",), "repeats in steps of nothing"),
            (("RRULE:FREQ=NEVER",), "repeats by a rule that cannot be read"),
            (
                ("RRULE:FREQ=YEARLY;BYYEARDAY=" + ",".join(map(str, range(1, 300))),),
                "by a rule that is far too long",
            ),
            (("SUMMARY:",), "has no title"),
            (("DTSTART:soon",), "has no date that can be read"),
            (("DTSTART;TZID=Nowhere/At all:20261126T090000",), "the time zone 'Nowhere/At all'"),
            (("DTSTART:10000101T000000Z", "RRULE:FREQ=DAILY"), "begins before 1900"),
        ],
    )
    def test_an_event_that_cannot_be_used_is_told_with_its_line(
        self, lines: tuple[str, ...], said: str
    ) -> None:
        start = () if lines[0].startswith("DTSTART") else ("DTSTART:20261124T090000Z",)
        good = "BEGIN:VEVENT\nUID:2\nSUMMARY:Good\nDTSTART:20261126T090000Z\nEND:VEVENT\n"
        body = event(*start, *lines, before=good)
        found, told = read_ics(body, "calendar.ics", "Europe/Berlin", FIRST, LAST)
        assert [one.title for one in found] == ["Good"]
        (fault,) = told
        assert fault.startswith("calendar.ics:9: ")
        assert said in fault
        assert fault.endswith("; it is left out")

    @pytest.mark.parametrize(
        "rule",
        [
            "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=DAILY;INTERVAL=999999999",
            "FREQ=YEARLY;COUNT=999999999",
            "FREQ=DAILY;UNTIL=99991231T235959Z",
        ],
    )
    def test_a_rule_that_finds_no_day_ends_all_the_same(self, rule: str) -> None:
        found = in_ics(event("DTSTART:20261124T090000Z", f"RRULE:{rule}"))
        assert days(found)[0] == "11-24 10:00"

    def test_work_without_end_is_given_up(self) -> None:
        one = "BEGIN:VEVENT\nSUMMARY:A\nDTSTART:20261124T090000Z\n"
        one += "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\nEND:VEVENT"
        with pytest.raises(SourceError, match=r"take over 0\.2 s"):
            read_ics(calendar(*[one] * 500), "x", "UTC", FIRST, LAST, seconds=0.2)

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:A\r\n", "is no iCalendar"),
            (b"BEGIN:VCALENDAR\r\nwords\r\nEND:VCALENDAR\r\n", "is no iCalendar"),
            (b"BEGIN:VCALENDAR\r\nX:\xff\r\nEND:VCALENDAR\r\n", "is not UTF-8 text"),
            (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 10_001, "holds more than 10,000 event"),
            (b"BEGIN:VCALENDAR\r\n" + b"x" * 5_000_000, "has over 5 MB"),
        ],
    )
    def test_what_is_no_calendar_is_refused(self, body: bytes, said: str) -> None:
        with pytest.raises(SourceError, match=said):
            read_ics(body, "calendar.ics", "UTC", FIRST, LAST)

    def test_hostile_text_is_cleaned_and_cut(self) -> None:
        body = event(
            "DTSTART:20261126T090000Z",
            "SUMMARY:A\u202e\x07\\nBcc: x " + "b" * 400,
            "URL:javascript:alert(1)",
        )
        (one,), (told,) = read_ics(body, "calendar.ics", "Europe/Berlin", FIRST, LAST)
        assert "stands without its link: expected a plain address that starts with https://" in told
        assert one.title.startswith("A Bcc: x ")
        assert len(one.title) <= 200
        assert one.url == ""

    @pytest.mark.parametrize("url", HOSTILE)
    def test_a_link_that_would_hold_the_edition_is_left_out_and_told(self, url: str) -> None:
        body = event("DTSTART:20261126T090000Z", f"URL:{url}")
        (one,), (told,) = read_ics(body, "calendar.ics", "UTC", FIRST, LAST)
        assert (one.title, one.url) == ("Hearing", "")
        assert told.startswith("calendar.ics:4: \u201cHearing\u201d stands without its link: ")

    def test_a_scheme_in_capitals_is_written_as_checks_know_it(self) -> None:
        (one,) = in_ics(event("DTSTART:20261126T090000Z", "URL:HTTPS://gov.example/X"))
        assert one.url == "https://gov.example/X"

    def test_a_link_outside_the_days_is_nobodys_concern(self) -> None:
        body = event("DTSTART:20261026T090000Z", "URL:http://intranet/")
        assert read_ics(body, "calendar.ics", "UTC", FIRST, LAST) == ((), ())

    def test_an_event_may_have_few_rules(self) -> None:
        weekly = [f"RRULE:FREQ=WEEKLY;BYDAY={day}" for day in ("MO", "TU", "WE", "TH", "FR")]
        found = in_ics(event("DTSTART;VALUE=DATE:20261001", *weekly))
        assert days(found) == ["11-24", "11-25", "11-26", "11-27", "11-30", "12-01"]
        begun = time.monotonic()
        many = event("DTSTART;VALUE=DATE:19000101", *["RRULE:FREQ=DAILY"] * 2000)
        found, (told,) = read_ics(many, "calendar.ics", "UTC", FIRST, LAST)
        assert found == ()
        assert "repeats by more than 5 rules; it is left out" in told
        assert time.monotonic() - begun < 5

    def test_the_time_of_all_bounds_that_of_one_event(self) -> None:
        slow = event("DTSTART;VALUE=DATE:19000101", *["RRULE:FREQ=DAILY"] * 5)
        with pytest.raises(SourceError, match=r"take over 0\.05 s"):
            read_ics(slow, "calendar.ics", "UTC", FIRST, LAST, seconds=0.05)

    @settings(max_examples=150, deadline=None)
    @given(
        some.lists(
            some.sampled_from(
                [
                    *("DTSTART:20261124T090000Z", "DTSTART;VALUE=DATE:20261124", "DTSTART:PT5M"),
                    *("DTEND:20261125", "DTEND:x", "DURATION:-P1D", "DURATION:P99999999W"),
                    *("RRULE:FREQ=WEEKLY", "RRULE:FREQ=DAILY;COUNT=-1", "RRULE:", "RRULE:BYDAY=X"),
                    *("EXDATE:20261124", "RDATE:99991231", "RDATE;VALUE=PERIOD:20261124T0Z/PT1H"),
                    *("RECURRENCE-ID:20261124T090000Z", "DTSTART;TZID=../../etc:20261124T090000"),
                    *("RECURRENCE-ID:soon", "RECURRENCE-ID;RANGE=THISANDFUTURE:20261124T090000Z"),
                    *("SUMMARY:A", "CATEGORIES:", "URL:x", "STATUS:", "EXDATE:", "DTSTART:"),
                    *("RDATE:20261126T090000Z", "RRULE:FREQ=YEARLY;BYEASTER=1;BYSETPOS=0"),
                ]
            ),
            max_size=8,
        )
    )
    def test_any_event_is_read_or_told_as_a_fault(self, lines: list[str]) -> None:
        body = calendar("\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"]))
        try:
            found, told = read_ics(body, "calendar.ics", "Europe/Berlin", FIRST, LAST)
        except SourceError:
            return
        assert all("\n" not in fault for fault in told)
        assert all(one.day <= LAST and (one.until or one.day) >= FIRST for one in found)


class TestPlace:
    def test_a_file_is_read_beside_the_configuration(self, tmp_path: Path) -> None:
        (tmp_path / "c.yaml").write_text("- {date: 2026-11-26, title: A}\n", "utf-8")
        read = read_calendar(app_with(tmp_path, "c.yaml"), FIRST, 7)
        assert [one.title for one in read.occasions] == ["A"]

    def test_the_window_holds_its_own_day_and_so_many_after_it(self, tmp_path: Path) -> None:
        text = "".join(f"- {{date: 2026-11-{n}, title: '{n}'}}\n" for n in range(22, 31))
        (tmp_path / "c.yaml").write_text(text, "utf-8")
        read = read_calendar(app_with(tmp_path, "c.yaml"), FIRST, 2)
        assert [one.title for one in read.occasions] == ["24", "25", "26"]

    @pytest.mark.parametrize(
        ("body", "title"),
        [
            (event("DTSTART:20261126T090000Z", "SUMMARY:From the web"), "From the web"),
            (b"- {date: 2026-11-26, title: In YAML}\n", "In YAML"),
            (b"\xef\xbb\xbf" + event("DTSTART:20261126T090000Z", "SUMMARY:A mark"), "A mark"),
        ],
    )
    def test_a_calendar_on_the_web_is_known_by_what_it_is(
        self, tmp_path: Path, server: LoopbackServer, body: bytes, title: str
    ) -> None:
        server.answers["/private-8c1f/feed"] = says(body)
        read = read_calendar(app_with(tmp_path, server.url("/private-8c1f/feed")), FIRST, 7)
        assert [one.title for one in read.occasions] == [title]

    @pytest.mark.parametrize("kind", ["yaml", "ics"])
    def test_a_private_host_that_is_allowed_may_be_linked(self, tmp_path: Path, kind: str) -> None:
        (tmp_path / "c.yaml").write_text(
            "- {date: 2026-11-26, title: A, link: 'https://intranet/x'}\n", "utf-8"
        )
        body = event("DTSTART:20261126T090000Z", "URL:https://intranet/x")
        (tmp_path / "c.ics").write_bytes(body)
        app = app_with(tmp_path, f"c.{kind}", NEWSLETTER_COLLECT__ALLOW_HOSTS='["Intranet"]')
        read = read_calendar(app, FIRST, 7)
        assert ([one.url for one in read.occasions], read.faults) == (["https://intranet/x"], ())

    def test_an_address_to_subscribe_to_is_read_by_https(self, tmp_path: Path) -> None:
        app = app_with(tmp_path, "webcal://calendars.example/a.ics")
        assert app.config.calendar.file == "https://calendars.example/a.ics"

    def test_an_address_may_stand_in_the_environment(self, tmp_path: Path) -> None:
        file = tmp_path / "newsletter.yaml"
        file.write_text("calendar: {file: '${CALENDAR_URL}'}\n", "utf-8")
        config = load_config(file, environ=SETTINGS | {"CALENDAR_URL": "https://a.example/x.ics"})
        assert config.calendar.file == "https://a.example/x.ics"

    @pytest.mark.parametrize("answer", [says(b"", 404), hangs, says(b"<html>Sign in</html>")])
    def test_what_a_private_address_hides_is_in_no_message(
        self, tmp_path: Path, server: LoopbackServer, answer: object
    ) -> None:
        server.answers["/private-8c1f/feed"] = answer  # type: ignore[assignment]
        app = app_with(tmp_path, server.url("/private-8c1f/feed"))
        with pytest.raises((FetchError, SourceError)) as failed:
            read_calendar(app, FIRST, 7)
        assert str(failed.value).startswith("127.0.0.1")
        assert "8c1f" not in str(failed.value)

    @pytest.mark.parametrize(
        ("name", "said"),
        [("nope.yaml", "there is no such file"), (".", "is no file but a folder or a device")],
    )
    def test_a_file_that_cannot_be_read_is_told(self, tmp_path: Path, name: str, said: str) -> None:
        with pytest.raises(UsageError, match=said):
            read_calendar(app_with(tmp_path, name), FIRST, 7)

    def test_worker_processes_read_it_as_well(self, tmp_path: Path) -> None:
        (tmp_path / "c.yaml").write_text("- {date: 2026-11-26, title: A}\n- b\n", "utf-8")
        (tmp_path / "c.ics").write_bytes(event("DTSTART:20261126T090000Z"))
        one_process = {"NEWSLETTER_COLLECT__PROCESSES": "1"}
        reads: list[CalendarRead] = []
        for name in ("c.yaml", "c.ics"):
            app = app_with(tmp_path, name, **one_process)
            reads.append(read_calendar(app, FIRST, 7))
            app.workers.close()
        assert [[one.title for one in read.occasions] for read in reads] == [["A"], ["Hearing"]]
        assert [len(read.faults) for read in reads] == [1, 0]


@pytest.mark.django_db
class TestEdition:
    def test_without_a_calendar_nothing_is_ahead(self, tmp_path: Path) -> None:
        app = build(load_config(None, environ=SETTINGS, folder=tmp_path))
        held, notes = beside(app, FIRST)
        assert (held.ahead, notes) == ((), ())

    def test_an_edition_goes_out_without_a_calendar_that_fails(
        self, tmp_path: Path, server: LoopbackServer
    ) -> None:
        server.answers["/a.ics"] = says(b"", 503)
        held, notes = beside(app_with(tmp_path, server.url("/a.ics")), FIRST)
        assert held.ahead == ()
        (note,) = notes
        assert note.startswith("the week ahead is left out: 127.0.0.1")

    def test_a_fault_leaves_the_rest_in_and_is_told_to_the_editor(self, tmp_path: Path) -> None:
        text = "- {date: 2026-11-26, title: A}\n" + "- {date: soon, title: B}\n" * 5
        (tmp_path / "c.yaml").write_text(text, "utf-8")
        held, notes = beside(app_with(tmp_path, "c.yaml"), FIRST)
        assert [one.title for one in held.ahead] == ["A"]
        assert len(notes) == 4
        assert f"{tmp_path / 'c.yaml'}:2: `date`" in notes[0]
        assert notes[-1] == "the week ahead: 2 more faults; `newsletter calendar` lists them"


DAY = drafts.DAY
RTL = "مؤتمر المعادن النادرة"
AHEAD = (
    Occasion(DAY, "Customs figures", "report", at="10:00", url="https://www.customs.example/x"),
    Occasion(DAY.replace(day=9), RTL, "conference", until=DAY.replace(day=11), place="الرياض"),
    Occasion(
        DAY.replace(day=10), "出口许可证申请截止" * 8, url="https://trade.example/" + "a" * 90
    ),
)


def edition(ahead: tuple[Occasion, ...]) -> tuple[markup.HtmlElement, str]:
    draft = replace(drafts.normal(), beside=Beside(ahead=ahead))
    rendered = Renderer().edition(page_for(draft, drafts.brand()))
    return markup.document_fromstring(rendered.html), rendered.text


class TestBlock:
    def test_a_line_tells_day_title_kind_place_and_host(self) -> None:
        tree, _ = edition(AHEAD)
        assert [" ".join(one.text_content().split()) for one in tree.find_class("when")] == [
            *("Today 10:00 BST", "Thu 9 Apr to Sat 11 Apr", "Fri 10 Apr"),
        ]
        first, second, _ = (one.text_content().split() for one in tree.find_class("occasion"))
        assert first == ["Customs", "figures", "report", "·", "customs.example"]
        assert second[-3:] == ["conference", "·", "الرياض\u200e"]

    def test_a_title_from_right_to_left_is_kept_apart(self) -> None:
        tree, _ = edition(AHEAD)
        (apart,) = [one for one in tree.iter("span") if one.get("dir") == "rtl"]
        assert apart.text_content() == RTL

    def test_the_text_keeps_its_width_and_every_link_on_a_line_of_its_own(self) -> None:
        _, text = edition(AHEAD)
        block = text.split("THE WEEK AHEAD\n", 1)[1].split("\n=====", 1)[0].splitlines()
        links = [f"  {one.url}" for one in AHEAD if one.url]
        assert [line for line in block if "://" in line] == links
        assert all(columns(line) <= 72 for line in block if line not in links)
        assert "* Today, 10:00 BST" in block

    def test_a_title_that_looks_like_an_address_is_not_linked_but_the_host_is(self) -> None:
        bait = Occasion(DAY, "www.paypal.com", "login", url="https://evil.example/x")
        tree, text = edition((bait,))
        assert "  https://evil.example/x\n" in text
        (cell,) = tree.find_class("occasion")
        assert [(one.text_content(), one.get("href")) for one in cell.iter("a")] == [
            ("evil.example", "https://evil.example/x")
        ]
        assert cell.text_content().split()[0] == "www.paypal.com"

    def test_what_does_not_fit_is_counted_in_both_parts(self) -> None:
        tree, text = edition(tuple(Occasion(DAY, f"Number {n}") for n in range(15)))
        assert len(tree.find_class("occasion")) == 12
        assert "and 3 more" in tree.text_content()
        assert "  and 3 more\n" in text

    def test_without_occasions_there_is_no_block(self) -> None:
        tree, text = edition(())
        assert "The week ahead" not in tree.text_content()
        assert "WEEK AHEAD" not in text

    def test_markup_in_a_title_is_shown_not_done(self) -> None:
        bad = Occasion(DAY, "<script>alert(1)</script>", "<b>k</b>", place="</td></table>")
        tree, _ = edition((bad,))
        assert tree.findall(".//script") == []
        assert "<script>alert(1)</script>" in tree.text_content()


class TestCommand:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (tmp_path / "newsletter.yaml").write_text("calendar: {file: c.yaml}\n", "utf-8")
        (tmp_path / "c.yaml").write_text(
            "- {date: 2026-11-26, title: A hearing, kind: hearing, place: Brussels}\n"
            "- {date: 2026-12-20, title: Later}\n",
            "utf-8",
        )
        return tmp_path

    def test_it_lists_what_comes(self, folder: Path) -> None:
        done = newsletter(folder, "calendar", "--date", "2026-11-24")
        assert done.returncode == 0, done.stderr
        assert "Thu 26 Nov" in done.stdout
        assert "A hearing" in done.stdout
        assert "Later" not in done.stdout

    def test_it_looks_as_far_as_it_is_told(self, folder: Path) -> None:
        done = newsletter(folder, "calendar", "--date", "2026-11-24", "--days", "30", "--json")
        document = json.loads(done.stdout)
        assert [one["title"] for one in document["occasions"]] == ["A hearing", "Later"]
        assert document["occasions"][0] == {
            "date": "2026-11-26",
            "until": None,
            "time": "",
            "title": "A hearing",
            "kind": "hearing",
            "place": "Brussels",
            "link": "",
        }
        assert (document["days"], document["faults"]) == (30, [])

    def test_it_says_that_nothing_comes(self, folder: Path) -> None:
        done = newsletter(folder, "calendar", "--date", "2026-01-01")
        assert "Nothing stands in" in done.stdout
        assert done.returncode == 0

    def test_faults_are_told_with_their_lines_and_end_with_2(self, folder: Path) -> None:
        with (folder / "c.yaml").open("a", encoding="utf-8") as file:
            file.write("- {date: soon, title: B}\n- {date: 2026-11-26}\n")
        done = newsletter(folder, "calendar", "--date", "2026-11-24")
        assert done.returncode == 2
        assert [line.split(": ")[1] for line in done.stderr.splitlines()] == [
            *(f"{folder / 'c.yaml'}:3", f"{folder / 'c.yaml'}:4"),
        ]
        assert "A hearing" in done.stdout

    def test_without_a_calendar_it_says_where_one_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "newsletter.yaml").write_text("", "utf-8")
        done = newsletter(tmp_path, "calendar")
        assert done.returncode == 2
        assert "no calendar is configured; name one as `calendar.file`" in done.stderr


def test_every_error_of_a_calendar_is_one_of_ours(tmp_path: Path) -> None:
    (tmp_path / "c.ics").write_bytes(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n")
    with pytest.raises(NewsletterError, match=r"c\.ics: is no iCalendar"):
        read_calendar(app_with(tmp_path, "c.ics"), FIRST, 7)
