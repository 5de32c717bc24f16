"""A quiet day: what an edition says of itself when little was worth telling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.core.words import MONTHS

if TYPE_CHECKING:
    from datetime import date

_WHOLE = 3
"""From so many stories told in full on, a day is no quiet one."""


def quiet_words(told: int) -> str:
    """What the page says of a day with so many stories told in full; empty on any other day."""
    if told >= _WHOLE:
        return ""
    if told == 0:
        return "No story met the bar today."
    counted = "one story" if told == 1 else "two stories"
    return f"A quiet day: {counted} met the bar."


def quiet_subject(day: date) -> str:
    """The subject of an edition without a story to lead it."""
    return f"A quiet day, {day.day} {MONTHS[day.month - 1]}: no story met the bar"
