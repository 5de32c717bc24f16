"""A clock that tests set by hand."""

from __future__ import annotations

from datetime import datetime, timedelta


class FixedClock:
    """Stands still until told to move."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def move(self, **by: float) -> None:
        self.moment += timedelta(**by)
