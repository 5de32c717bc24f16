"""A calendar as occasions: a YAML file of the operator's, or iCalendar (RFC 5545)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from newsletter.core.beside import Occasion
    from newsletter.ports import App


def occasions(app: App, first: date, days: int) -> tuple[Occasion, ...]:  # noqa: ARG001
    """What the configured calendar holds for so many days from `first` on, in order.

    Raises:
        NewsletterError: the calendar cannot be read; it says where and what is wrong.
    """
    return ()
