"""The hour at which a reader wants the mail, as a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def next_at(hour: int, zone: ZoneInfo, moment: datetime) -> datetime:
    """The first moment, in UTC, from `moment` on at which a clock of the zone shows the hour.

    While it shows it already, that is `moment` itself. Where the clock is put forward over the
    hour, it is when that happens; where it shows the hour twice, the first time (PEP 495).
    """
    local = moment.astimezone(zone)
    if local.hour == hour:
        return moment.astimezone(UTC)
    days = (local.date() + timedelta(days=number) for number in range(3))
    shown = (datetime(day.year, day.month, day.day, hour, tzinfo=zone) for day in days)
    found = (one.astimezone(UTC) for one in shown)
    return next(one for one in found if one >= moment)
