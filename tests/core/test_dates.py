"""When an item was published, as far as its feed can be believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.core.dates import _languages_by_month, parse_date, settle

NOW = datetime(2026, 4, 7, 6, 30, tzinfo=UTC)
SEEN = datetime(2026, 4, 6, 9, 0, tzinfo=UTC)
NOON = datetime(2026, 4, 7, 12, tzinfo=UTC)


class TestSettle:
    @pytest.mark.parametrize(
        ("published", "result"),
        [
            (None, (SEEN, False)),
            (datetime(1970, 1, 1, tzinfo=UTC), (SEEN, False)),
            (datetime(1, 1, 1, tzinfo=UTC), (SEEN, False)),
            (datetime(2099, 1, 1, tzinfo=UTC), (SEEN, False)),
            (NOW + timedelta(hours=25), (SEEN, False)),
            (NOW + timedelta(hours=8), (NOW, True)),
            (NOW - timedelta(days=400), (NOW - timedelta(days=400), True)),
        ],
    )
    def test_what_cannot_be_is_replaced(
        self, published: datetime | None, result: tuple[datetime, bool]
    ) -> None:
        assert settle(published, first_seen=SEEN, now=NOW) == result

    def test_a_date_without_zone_is_utc(self) -> None:
        naive = datetime(2026, 4, 7, 6)  # noqa: DTZ001
        assert settle(naive, first_seen=SEEN, now=NOW)[0] == datetime(2026, 4, 7, 6, tzinfo=UTC)

    def test_the_result_is_utc(self) -> None:
        east = datetime(2026, 4, 7, 9, tzinfo=timezone(timedelta(hours=8)))
        assert settle(east, first_seen=SEEN, now=NOW)[0].utcoffset() == timedelta(0)

    @settings(deadline=None)
    @given(st.none() | st.datetimes(timezones=st.sampled_from([UTC, timezone.max, timezone.min])))
    def test_nothing_lies_ahead(self, published: datetime | None) -> None:
        assert settle(published, first_seen=SEEN, now=NOW)[0] <= NOW


class TestParse:
    @pytest.mark.parametrize(
        "raw",
        [
            "Tue, 07 Apr 2026 12:00:00 GMT",
            "Tue, 07 Apr 2026 12:00:00 +0000",
            "Tue, 7 Apr 2026 20:00:00 +0800",
            "07 Apr 2026 08:00:00 EDT",
            "Tue, 07 Apr 2026 14:00:00 CEST",
            "Tue, 07 Apr 2026 07:00:00 -0500",
            "2026-04-07T12:00:00Z",
            "2026-04-07T12:00:00.000+00:00",
            "2026-04-07T20:00+08:00",
            "2026-04-07 20:00:00 +0800",
            "2026-04-07 12:00",
            "2026/04/07 12:00:00",
            "2026年4月7日 12:00",
            "2026年04月07日 12时00分",
            "7. April 2026, 12:00",
            "7 avril 2026 à 12h00",
            "7 de abril de 2026 12:00",
            "Вт, 7 апреля 2026 15:00:00 +0300",
            "April 7, 2026 12:00 PM",
            "Apr 7, 2026, 12:00 pm",
            "07-Apr-2026 12:00",
            "07.04.2026 12:00",
            "1775563200",
            "1775563200000",
            "  Tue,  07 Apr 2026\n12:00:00 GMT ",
            "Tue, 07 Apr 26 12:00:00 GMT",
            "Tuesday, 07-Apr-26 12:00:00 GMT",
            "Tue, 07 Apr 2026 12:00 GMT",
            "Fri, 07 Apr 2026 12:00:00 GMT",
            "Tue, 07 Apr 2026 08:30:00 -0330",
            "2026-04-07T08:30:00-03:30",
            "Tue, 07 Apr 2026 07:00:00 EST5EDT",
            "Tue, 07 Apr 2026 12:00:00 A",
            "Tue, 07 Apr 2026 12:00:00 +0000 GMT",
            "Tue, 07 Apr 2026 12:00:00 GMT +0000",
            "Tue, 07 Apr 2026 20:00:00 +0800 CST",
            "Tue, 07 Apr 2026 12:00:00 PM GMT",
            "Mon, 06 Apr 2026 24:00:00 -1200",
            "2026-04-06T24:00:00-12:00",
            "2026-04-07T12:00:00+0000",
            "2026-04-07T12:00:00.000000000Z",
            "2026-04-07T20:00:00+08:00Z",
            "Tue Apr 07 2026 20:00:00 GMT+0800 (China Standard Time)",
            "Tue Apr  7 12:00:00 2026",
            "Tue Apr  7 08:00:00 EDT 2026",
            "Mar, 07 Abr 2026 12:00:00 +0000",
            "12:00 April 7, 2026",
            "Tuesday, April 7, 2026 - 12:00",
            "7th of April 2026 12:00",
            "2026年4月7日 中午12:00",
            "2026年4月7日 星期二 下午12:00",
            "2026年4月7日12时0分",
            "2026年4月7日 午後0時00分",
            "２０２６年４月７日 １２：００",
            "2026년 4월 7일 오후 12:00",
            "2026년 4월 7일 오후 12시 0분",
            "2026. 4. 7. 오후 12:00",
            "ngày 7 tháng 4 năm 2026 12:00",
            "Thứ Ba, 7 tháng 4, 2026 19:00 (GMT+7)",
            "Selasa, 7 April 2026 19:00 WIB",
            "7 kwietnia 2026, 12:00",
            "7 huhtikuuta 2026 12:00",
            "7. dubna 2026 12:00",
            "7 Απριλίου 2026 12:00",
            "2026. április 7. 12:00",
            "7 квітня 2026 12:00",
            "7 เมษายน 2569 12:00 น.",
            "7 เม.ย. 2569 12:00",
            "2569-04-07T12:00:00Z",
            "٧ أبريل ٢٠٢٦ 12:00",
            "۲۰۲۶-۰۴-۰۷T۱۲:۰۰:۰۰Z",
            "令和8年4月7日 12:00",
            "民國115年4月7日 12:00",
            "20260407120000",
        ],
    )
    def test_one_moment_in_many_ways(self, raw: str) -> None:
        assert parse_date(raw) == NOON

    @pytest.mark.parametrize("raw", ["2026-04-07", "20260407", "April 7th, 2026", "7 Apr 2026"])
    def test_a_day_is_its_beginning(self, raw: str) -> None:
        assert parse_date(raw) == datetime(2026, 4, 7, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("raw", "hour", "minute"),
        [
            ("2026年4月7日 上午9:05", 9, 5),
            ("2026年4月7日 下午3:05", 15, 5),
            ("2026년 4월 7일 오전 9시 5분", 9, 5),
            ("2026년 4월 7일 오후 3시", 15, 0),
            ("Apr 7, 2026 3 p.m.", 15, 0),
            ("Apr 7, 2026 3:00 PM EST", 20, 0),
        ],
    )
    def test_half_days_have_twelve_hours(self, raw: str, hour: int, minute: int) -> None:
        assert parse_date(raw) == datetime(2026, 4, 7, hour, minute, tzinfo=UTC)

    @pytest.mark.parametrize("raw", ["13/04/2026", "04/13/2026", "13-04-2026", "13.04.2026"])
    def test_a_number_above_twelve_is_the_day(self, raw: str) -> None:
        assert parse_date(raw) == datetime(2026, 4, 13, tzinfo=UTC)

    @pytest.mark.parametrize("raw", ["Tue, 07 Apr 2026 11:59:60 GMT", "2026-04-07T11:59:60Z"])
    def test_a_leap_second_is_the_second_before(self, raw: str) -> None:
        assert parse_date(raw) == NOON - timedelta(seconds=1)

    def test_midnight_by_the_half_day(self) -> None:
        assert parse_date("April 7, 2026 12:30 AM") == datetime(2026, 4, 7, 0, 30, tzinfo=UTC)

    @pytest.mark.parametrize(
        "raw",
        ["", "x", "yesterday", "07/04/2026", "2026-13-45", "0000-00-00", "Mon, 35 Foo 2026",
         "12:00", "99999999999999", "Tue, 07 Apr 99999999 12:00:00 GMT", "-",
         "2026-04-07T12:00:00+99:00", "07/04/2026 12:00", "07/04/26", "April 2026", "2026-04",
         "2026", "Mon, 30 Nov -0001 00:00:00 +0000", "3 hours ago, 2026", "huhtikuuta 2026",
         "gestern 2026", "7 xyzzy 2026", "2026-04-07T12:00:00+9999", "huhtikuuta " * 100],
    )  # fmt: skip
    def test_what_is_no_date(self, raw: str) -> None:
        assert parse_date(raw) is None

    def test_a_month_that_no_language_has_costs_no_look_at_all_of_them(self) -> None:
        assert not _languages_by_month().keys() & {"xyzzy", "gestern", "2026"}
        assert "fi" in _languages_by_month()["huhtikuuta"]

    @settings(deadline=None)
    @given(st.text(max_size=120) | st.text("0123456789-:+TZ /.年月日Aprm,", max_size=40))
    def test_any_text_can_be_read(self, raw: str) -> None:
        moment = parse_date(raw)
        assert moment is None or moment.utcoffset() == timedelta(0)
