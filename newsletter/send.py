"""Step 4: plan the ledger of an edition, and hand over to each reader what that reader chose.

`mailing` holds the order of claiming, handing over and recording, by which nobody is skipped or
mailed twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction

from newsletter import mailing
from newsletter.core.hours import next_at
from newsletter.core.printed import is_printed, words_of_frozen
from newsletter.errors import TemporaryError, UsageError
from newsletter.messages import message_for, template_for
from newsletter.segments import aim_of, segment_named
from newsletter.store import corrections, editions, ledger
from newsletter.variants import variants_of
from subscribers import audience
from subscribers.values import MailFormat

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from newsletter.core.delivery import Delivery, LedgerCount, Message
    from newsletter.core.edition import Edition
    from newsletter.core.mail import MessageTemplate
    from newsletter.ports import App
    from newsletter.store.editions import To
    from newsletter.variants import Told, Variants
    from subscribers.values import Recipient

MOST_KEPT = 256  # message templates at a time
_OUTDONE = "a newer edition leaves at the same hour"


@dataclass
class _Run:
    """One run over an edition's ledger: what it delivers, and the messages it has made so far.

    `later` are the ids of newer editions that are out, and `templates` those used last, the latest
    at the end.
    """

    app: App
    variants: Variants
    began: datetime
    since: datetime | None
    later: tuple[int, ...]
    templates: dict[tuple[str, bool], MessageTemplate] = field(default_factory=dict)

    @property
    def edition(self) -> Edition:
        return self.variants.edition

    def template(self, told: Told, person: Recipient) -> MessageTemplate:
        """The message of a variant in the format that the reader wants, made once."""
        has_html = person.preferences.mail_format is MailFormat.HTML
        key = (told.key, has_html)
        found = self.templates.pop(key, None)
        if found is None:
            variant = self.variants.rendered(told)
            found = template_for(self.app, self.edition, variant, has_html=has_html)
            if len(self.templates) >= MOST_KEPT:
                del self.templates[next(iter(self.templates))]
        self.templates[key] = found
        return found


def send(app: App, edition: Edition, *, since: datetime | None = None) -> LedgerCount:
    """Deliver a frozen edition to everyone planned and still waiting whose hour has come.

    With `since`, what was due before stays where it is. Where only readers are left whose hour is
    still to come, the edition stays `sending`, and a later run goes on with it.

    Raises:
        TransportError: the way out refuses for good; what waits keeps waiting.
        TemporaryError: some messages could not leave now; run again later.
        UsageError: a segment that it was approved for is not there any more.
    """
    try:
        later = editions.load_later_ids(edition)
        return _deliver(_Run(app, variants_of(app, edition), app.clock.now(), since, later))
    finally:
        app.transport.close()


def _deliver(run: _Run) -> LedgerCount:
    _plan(run)
    mailing.deliver(
        mailing.Mailing(
            run.app,
            run.edition,
            run.began,
            message=partial(_message, run),
            spared=partial(_outdone, run),
            since=run.since,
        )
    )
    return _finish(run)


@transaction.atomic
def _plan(run: _Run) -> None:
    """One row for everyone; what an earlier, dead run left in flight is settled first."""
    edition = run.edition
    mailing.settle_abandoned(run.app, edition)
    if not ledger.count(edition).planned:
        ledger.plan(edition, _audience(run), run.began, _moments(run))
    editions.save_sending(edition)
    printed = _printed(edition)
    if printed and editions.load_to(edition) == editions.EVERYBODY:  # else most still wait for them
        corrections.save_printed(edition, printed)


def _printed(edition: Edition) -> list[int]:
    """The numbers of its corrections whose right words stand in what was frozen."""
    held = edition.draft.beside.corrections
    texts = words_of_frozen(edition) if held else ()
    return [one.id for one in held if is_printed(one.right, texts)]


def _audience(run: _Run) -> tuple[str, list[object]]:
    """Who gets it: by rhythm, and by the segments it was approved for or that are configured."""
    to = editions.load_to(run.edition)
    aim = aim_of(run.app.config, run.app.today, to.only, to.without)
    return audience.audience_query(
        run.app.today,
        run.variants.rhythms,
        if_following=run.variants.rhythms_if_following,
        only=aim.only,
        without=aim.without,
    )


def check_segments(app: App, edition: Edition, to: To) -> None:
    """Refuse segments that are not there, and others than those an edition is approved for.

    Raises:
        UsageError: with the names there are, or with what the edition is approved for.
    """
    for name in (*to.only, *to.without):
        segment_named(app.config, name)
    if edition.is_frozen and not (kept := editions.load_to(edition)).is_same(to):
        raise UsageError(
            f"the edition of {edition.date} is approved already, {kept.words}: it goes on so,"
            f" by `newsletter send --date {edition.date}`"
        )


def _moments(run: _Run) -> dict[tuple[int, str], datetime]:
    """From when on the readers of each hour and time zone may be mailed."""
    return {
        (hour, name): next_at(hour, _zone(name, run.app.config.zone), run.began)
        for hour, name in audience.hours(run.app.today)
    }


def _zone(name: str, own: ZoneInfo) -> ZoneInfo:
    """A reader's time zone; the newsletter's where there is none, or none that is known here."""
    try:
        return ZoneInfo(name) if name else own
    except (KeyError, ValueError, OSError):
        return own


def _outdone(run: _Run, rows: Sequence[int]) -> dict[int, str]:
    outdone = ledger.outdone(rows, run.later, run.app.clock.now())
    return dict.fromkeys(outdone, _OUTDONE)


def _message(run: _Run, delivery: Delivery, person: Recipient) -> Message | str:
    """A reader's copy of the variant of that reader's choice, or why there is none."""
    told = run.variants.told_to(person.preferences)
    if isinstance(told, str):
        return told
    return message_for(run.app, run.template(told, person), delivery)


def _finish(run: _Run) -> LedgerCount:
    counted = ledger.count(run.edition, run.began)
    stuck = counted.waiting - counted.later
    if stuck:
        raise TemporaryError(
            f"{stuck} of {counted.planned} messages could not leave yet;"
            f" run `newsletter send --date {run.edition.date}` again later"
        )
    if not counted.later:
        editions.save_sent(run.edition, run.app.clock.now())
    return counted
