"""A calendar for the demonstration: invented occasions of kinds that the trade knows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

# Days from the demonstration's, and the key and value pairs of an occasion.
_OCCASIONS: tuple[tuple[int, dict[str, str]], ...] = (
    (
        0,
        {
            "title": "Monthly customs figures on rare-earth exports",
            "kind": "report",
            "time": "10:00",
            "link": "https://customs-figures.example/monthly",
        },
    ),
    (
        1,
        {
            "title": "Last day to file end-user statements for magnet export licences",
            "kind": "deadline",
            "link": "https://trade-licences.example/notices/end-user",
        },
    ),
    (
        3,
        {
            "title": "Committee hearing on the mineral stockpile bill",
            "kind": "hearing",
            "time": "14:30",
            "place": "Committee room 4",
            "link": "https://committee-hearings.example/stockpile",
        },
    ),
    (
        4,
        {
            "title": "Separation and Magnets Forum",
            "kind": "conference",
            "place": "Harbour Hall",
            "link": "https://magnets-forum.example/programme",
        },
    ),
    (
        5,
        {
            "title": "Quarterly activities report of Perth developer",
            "kind": "report",
            "link": "https://filings.exchange.example/calendar",
        },
    ),
    (
        7,
        {
            "title": "Notice of the year's second mining and separation quota expected",
            "kind": "quota",
        },
    ),
)
_SATURDAY = 5
_LASTS = {"conference": 2}  # days after the first


def sample_calendar(day: date) -> list[dict[str, Any]]:
    """Occasions of the week that begins on a day, as a calendar file has them."""
    return [_record(day + timedelta(days=after), said) for after, said in _OCCASIONS]


def _record(day: date, said: dict[str, str]) -> dict[str, Any]:
    lasts = _LASTS.get(said["kind"], 0)
    if lasts:
        until = (day + timedelta(days=lasts)).isoformat()
        return {"from": day.isoformat(), "until": until, **said}
    return {"date": _working(day).isoformat(), **said}


def _working(day: date) -> date:
    """The day, or the Monday after it: offices publish nothing on a weekend."""
    return day + timedelta(days=7 - day.weekday() if day.weekday() >= _SATURDAY else 0)
