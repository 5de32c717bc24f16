"""Corrections of editions that were sent: recorded, and mailed to those who got the wrong one.

What is recorded stands in the archive at once, and in each edition that is drafted until one of
them has left with it.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING

from django.db import transaction

from newsletter import mailing
from newsletter.core.corrections import checked, story_named
from newsletter.core.edition import EditionState
from newsletter.core.printed import is_printed, words_of_frozen, words_of_page, words_of_story
from newsletter.core.rollup import week_before
from newsletter.core.words import count_words
from newsletter.corrections_mail import correction_template
from newsletter.errors import TemporaryError, UsageError
from newsletter.messages import brand_of, message_for
from newsletter.store import corrections, editions, ledger
from subscribers import audience
from subscribers.values import MailFormat

if TYPE_CHECKING:
    from datetime import date, datetime

    from newsletter.core.beside import Correction
    from newsletter.core.delivery import Delivery, LedgerCount, Message
    from newsletter.core.edition import Edition
    from newsletter.core.mail import MessageTemplate
    from newsletter.core.story import Story
    from newsletter.ports import App
    from newsletter.store.corrections import KeptCorrection
    from subscribers.values import Recipient

_TWO_WEEKS, _FOUR_WEEKS = timedelta(days=14), timedelta(days=28)
_OUT = (EditionState.SENDING, EditionState.SENT)
_WHY_NOT = {
    EditionState.DRAFTED: "is still open: `newsletter decide rewrite` changes it",
    EditionState.HELD: "is held and still open: `newsletter decide rewrite` changes it",
    EditionState.APPROVED: "is approved, but nobody has it yet; correct it when it leaves",
    EditionState.SKIPPED: "was skipped: nobody got it",
}


def add(
    app: App, day: date, wrong: str, right: str, story: str = "", *, is_sure: bool = False
) -> Correction:
    """Record what the edition of a date got wrong and how it is right.

    `story` is the place of one of its stories, its id, or the beginning of that. The drafts that
    are still open hold the correction from now on. `is_sure` records words, too, that are not found
    in what was printed.

    Raises:
        UsageError: the edition is not out, there is no such story, the words cannot stand, or they
            were not printed.
    """
    edition = _out(day)
    try:
        wrong, right = checked(wrong, right)
        about = story_named(story, edition.draft) if story else None
    except ValueError as error:
        raise UsageError(str(error)) from error
    if not is_sure:
        _refuse_unprinted(app, edition, wrong, about)
    with transaction.atomic():
        _refuse_twice(edition, wrong, right)
        made = corrections.save_correction(edition, about, wrong, right, app.clock.now())
        corrections.save_into_open_drafts()
    return made


def withdraw(number: int) -> Correction:
    """Take back a correction that no reader has seen.

    Raises:
        UsageError: there is none of that number, or it was printed or mailed.
    """
    with transaction.atomic():
        kept = kept_correction(number)
        if why_not := _why_it_stays(kept):
            raise UsageError(f"correction {number} cannot be withdrawn: {why_not}")
        corrections.drop_correction(number)
        corrections.save_into_open_drafts()
    return kept.correction


def mail(app: App, one: Correction) -> LedgerCount:
    """Mail a correction to everyone who got the wrong edition and may be mailed today, once each.

    Run again, it goes on where a run ended, and reaches those who got the edition since.

    Raises:
        TransportError: the way out refuses for good; what waits keeps waiting.
        TemporaryError: some messages could not leave now; run again later.
        ConfigError: the sender or the base URL cannot stand in a message.
        TemplateError: a template is missing, broken, or uses what nobody gave.
    """
    run = _Run(app, one)
    began = app.clock.now()
    assert run.template  # noqa: S101 - a broken template is known before anybody is planned
    try:
        _plan(run, began)
        mailing.deliver(mailing.Mailing(app, one, began, message=partial(_message, run)))
    finally:
        app.transport.close()
    counted = ledger.count(one)
    if counted.waiting:
        raise TemporaryError(
            f"{counted.waiting} of {counted.planned} messages could not leave yet;"
            f" run `newsletter correct send {one.id}` again later"
        )
    return counted


def readers_left(app: App, one: Correction) -> int:
    """How many people the correction would be mailed to."""
    return audience.size(app.today, only=corrections.still_to_mail(one, _rolled_up_on(app, one)))


def kept_correction(number: int) -> KeptCorrection:
    """The stored correction of a number.

    Raises:
        UsageError: there is none.
    """
    kept = corrections.load_correction(number)
    if kept is None:
        raise UsageError(
            f"there is no correction {number}; `newsletter correct list` shows those there are"
        )
    return kept


@dataclass(frozen=True)
class _Run:
    """One run over a correction's ledger, and the two messages it makes copies of."""

    app: App
    one: Correction

    @cached_property
    def template(self) -> dict[bool, MessageTemplate]:
        """The message with HTML and without, each made once."""
        return {
            has_html: correction_template(self.app, self.one, has_html=has_html)
            for has_html in (True, False)
        }


@transaction.atomic
def _plan(run: _Run, began: datetime) -> None:
    """One row for everyone who got the wrong edition; those already planned keep theirs."""
    app, one = run.app, run.one
    mailing.settle_abandoned(app, one)
    readers = corrections.received(one, _rolled_up_on(app, one))
    ledger.plan(one, audience.audience_query(app.today, only=readers), began)


def _rolled_up_on(app: App, one: Correction) -> date | None:
    """The date of the edition with which the corrected one's weekly roll-up left, if it has."""
    out = editions.load_told_dates(since=one.day - _FOUR_WEEKS, before=one.day + _TWO_WEEKS)
    weekly_on = app.config.schedule.weekly_on
    for day in out[bisect_left(out, one.day) :]:
        since = week_before(day, weekly_on, [other for other in out if other < day])
        if since is not None and since < one.day:
            return day
    return None


def _message(run: _Run, delivery: Delivery, person: Recipient) -> Message:
    has_html = person.preferences.mail_format is MailFormat.HTML
    return message_for(run.app, run.template[has_html], delivery)


def _out(day: date) -> Edition:
    """The edition of a date that readers have.

    Raises:
        UsageError: they do not; with what to do instead.
    """
    edition = editions.load_edition(day)
    if edition is None:
        raise UsageError(f"there is no edition of {day} to correct")
    if edition.state not in _OUT:
        raise UsageError(f"the edition of {day} {_WHY_NOT[edition.state]}")
    return edition


def _refuse_unprinted(app: App, edition: Edition, wrong: str, about: Story | None) -> None:
    """Readers are not told "we wrote" of what nobody wrote."""
    brand, draft = brand_of(app.config), edition.draft
    if about:
        texts, where = [words_of_story(about, draft, brand)], f"this story of {edition.date}"
    else:
        texts = [edition.subject, *words_of_frozen(edition), words_of_page(draft, brand)]
        where = f"the edition of {edition.date}"
    if not is_printed(wrong, texts):
        raise UsageError(
            f"{where} does not have the words {wrong!r}: give them as they were printed, or say"
            " --yes to record them all the same"
        )


def _refuse_twice(edition: Edition, wrong: str, right: str) -> None:
    for one in corrections.load_of(edition.date):
        if (one.wrong, one.right) == (wrong, right):
            raise UsageError(f"that is recorded already, as correction {one.id}")


def _why_it_stays(kept: KeptCorrection) -> str:
    one = kept.correction
    if kept.printed_on:
        return f"the edition of {kept.printed_on} printed it"
    for edition in editions.load_in(EditionState.APPROVED):
        if one.id in [held.id for held in edition.draft.beside.corrections]:
            return f"it stands in the edition of {edition.date}, which is approved"
    gone = corrections.count_handed_over(one)
    return f"it was mailed to {count_words(gone, 'reader')}" if gone else ""
