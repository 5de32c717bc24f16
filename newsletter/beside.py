"""What stands beside the stories of a date's edition, gathered from where each is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.calendar_file import read_calendar
from newsletter.core.beside import Beside, Sponsor
from newsletter.errors import NewsletterError
from newsletter.store.corrections import load_unprinted
from newsletter.store.market import load_series

if TYPE_CHECKING:
    from datetime import date

    from newsletter.core.beside import Occasion
    from newsletter.ports import App

MOST_NOTES = 3  # on a calendar's faults, beside an edition


def beside(app: App, day: date) -> tuple[Beside, tuple[str, ...]]:
    """Everything of a date's edition that is no story, and notes on what could not be had."""
    ahead, notes = _ahead(app, day)
    return (
        Beside(
            market=load_series(app.config.market.series, day),
            ahead=ahead,
            corrections=load_unprinted(day),
            sponsor=_sponsor(app, day),
        ),
        notes,
    )


def _ahead(app: App, day: date) -> tuple[tuple[Occasion, ...], tuple[str, ...]]:
    if app.config.calendar.file is None:
        return (), ()
    try:
        read = read_calendar(app, day, app.config.calendar.days)
    except NewsletterError as error:
        return (), (f"the week ahead is left out: {error}",)
    more = len(read.faults) - MOST_NOTES
    notes = [f"the week ahead: {fault}" for fault in read.faults[:MOST_NOTES]]
    if more > 0:
        notes.append(f"the week ahead: {more} more faults; `newsletter calendar` lists them")
    return read.occasions, tuple(notes)


def _sponsor(app: App, day: date) -> Sponsor | None:
    """The first of the configured sponsors whose dates hold the edition's."""
    for one in app.config.sponsors:
        if (one.since is None or one.since <= day) and (one.until is None or day <= one.until):
            return Sponsor(one.name, one.text, one.link or "")
    return None
