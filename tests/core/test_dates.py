"""When an item was published, as far as its feed can be believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.dates import parse_date, settle

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
        ],
    )
    def test_one_moment_in_many_ways(self, raw: str) -> None:
        assert parse_date(raw) == NOON

    @pytest.mark.parametrize("raw", ["2026-04-07", "20260407", "April 7th, 2026", "7 Apr 2026"])
    def test_a_day_is_its_beginning(self, raw: str) -> None:
        assert parse_date(raw) == datetime(2026, 4, 7, tzinfo=UTC)

    def test_midnight_by_the_half_day(self) -> None:
        assert parse_date("April 7, 2026 12:30 AM") == datetime(2026, 4, 7, 0, 30, tzinfo=UTC)

    @pytest.mark.parametrize(
        "raw",
        ["", "x", "yesterday", "07/04/2026", "2026-13-45", "0000-00-00", "Mon, 35 Foo 2026",
         "12:00", "99999999999999", "Tue, 07 Apr 99999999 12:00:00 GMT", "-",
         "2026-04-07T12:00:00+99:00"],
    )  # fmt: skip
    def test_what_is_no_date(self, raw: str) -> None:
        assert parse_date(raw) is None

    @given(st.text(max_size=120) | st.text("0123456789-:+TZ /.年月日Aprm,", max_size=40))
    def test_any_text_can_be_read(self, raw: str) -> None:
        moment = parse_date(raw)
        assert moment is None or moment.utcoffset() == timedelta(0)
