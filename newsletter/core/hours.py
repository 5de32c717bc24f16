"""The hour at which a reader wants the mail, as a moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

GRACE = timedelta(hours=3)
"""So long after its hour began a mail still leaves: nobody waits a day for an hour just missed."""


def next_at(hour: int, zone: ZoneInfo, moment: datetime) -> datetime:
    """The moment, in UTC, from `moment` on at which a reader of this hour may be mailed.

    That is the first at which a clock of the zone shows the hour; `moment` itself while it shows
    it already, and where the hour began no longer than `GRACE` ago. Where the clock is put forward
    over the hour, it begins when that happens; where it shows the hour twice, the first time
    (PEP 495).
    """
    local = moment.astimezone(zone)
    days = [local.date() + timedelta(days=number) for number in range(-1, 3)]
    begins = [_begin(day, hour, zone) for day in days]
    if local.hour == hour or any(moment - GRACE <= one <= moment for one in begins):
        return moment.astimezone(UTC)
    return next(one for one in begins if one > moment)


def _begin(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=zone).astimezone(UTC)
