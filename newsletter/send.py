"""Step 4: plan the ledger, claim a batch, build messages, hand over, record what became of them.

The order is what keeps a reader from being skipped or mailed twice: a claim is committed to disk
before anything is handed over, and an outcome is recorded before the next claim. What a dead run
left in flight is handed over again only where the transport leaves one copy of the same message
(`is_idempotent`); elsewhere nobody knows whether it left, and it is shown as unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction

from newsletter.core.delivery import Delivery, DeliveryState, LedgerCount, Outcome
from newsletter.core.headers import AddressError
from newsletter.core.hours import next_at
from newsletter.errors import NewsletterError, TemporaryError, UsageError
from newsletter.messages import message_for, template_for
from newsletter.segments import aim_of, segment_named
from newsletter.store import editions, ledger
from newsletter.variants import variants_of
from subscribers import audience
from subscribers.values import MailFormat

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from newsletter.core.delivery import Message
    from newsletter.core.edition import Edition
    from newsletter.core.mail import MessageTemplate
    from newsletter.ports import App
    from newsletter.store.editions import To
    from newsletter.variants import Told, Variants
    from subscribers.values import Recipient

MOST_IN_DOUBT = 20  # five unknown fates in a row, or twenty refusals
MOST_KEPT = 256  # message templates at a time
_LOST = "a run ended while this message was being handed over; nobody knows whether it left"
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
    app, edition = run.app, run.edition
    _plan(run)
    counted = ledger.count(edition)
    done = counted.planned - counted.waiting
    in_doubt = 0
    size = min(app.config.delivery.batch_size, app.transport.largest_batch)
    while batch := _claim(run, size):
        outcomes = _hand_over(run, batch)
        done += len(batch)
        app.progress.advance(done, counted.planned)
        in_doubt = _in_doubt(in_doubt, outcomes)
        if in_doubt >= MOST_IN_DOUBT:
            break  # something is wrong with the way out, and each further try burns a reader
    return _finish(run)


def _in_doubt(before: int, outcomes: Sequence[Outcome]) -> int:
    """How many messages in a row were not accepted; an unknown fate weighs more than a refusal."""
    for outcome in outcomes:
        if outcome.state is DeliveryState.ACCEPTED:
            before = 0
        elif outcome.state is DeliveryState.UNKNOWN:
            before += 4
        elif outcome.state is DeliveryState.REJECTED:
            before += 1
    return before


@transaction.atomic
def _plan(run: _Run) -> None:
    """One row for everyone; what an earlier, dead run left in flight is settled first."""
    edition = run.edition
    if run.app.transport.is_idempotent:
        ledger.settle_abandoned(edition, DeliveryState.PLANNED, "")
    else:
        ledger.settle_abandoned(edition, DeliveryState.UNKNOWN, _LOST)
    if not ledger.count(edition).planned:
        ledger.plan(edition, _audience(run), run.began, _moments(run))
    editions.save_sending(edition)


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


@transaction.atomic
def _claim(run: _Run, size: int) -> list[tuple[int, int, int]]:
    return ledger.claim(run.edition, size, run.began, run.since)


def _hand_over(run: _Run, batch: list[tuple[int, int, int]]) -> list[Outcome]:
    """Look once more at who may be mailed, build, hand over, record; a refusal frees the batch."""
    # Who may be mailed depends on the day it happens, not on the edition's date.
    people = audience.mailable([subscriber for _, subscriber, _ in batch], run.app.today)
    outdone = ledger.outdone([row for row, _, _ in batch], run.later, run.app.clock.now())
    outcomes = [Outcome(row, DeliveryState.EXCLUDED, _OUTDONE) for row in sorted(outdone)]
    messages: list[Message] = []
    for row, subscriber, attempt in batch:
        if row in outdone:
            continue
        built = _built(run, row, people.get(subscriber), attempt)
        if isinstance(built, Outcome):
            outcomes.append(built)
        else:
            messages.append(built)
    now = run.app.clock.now()
    try:
        outcomes += run.app.transport.send(messages) if messages else []
    except NewsletterError as error:
        waiting = [Outcome(one.delivery_id, DeliveryState.PLANNED, str(error)) for one in messages]
        ledger.record(outcomes + waiting, now)
        raise
    ledger.record(outcomes, run.app.clock.now())
    return outcomes


def _built(run: _Run, row: int, person: Recipient | None, attempt: int) -> Message | Outcome:
    """A reader's message, or what becomes of the delivery without one."""
    if person is None:
        return Outcome(row, DeliveryState.EXCLUDED, "left, paused or suppressed")
    told = run.variants.told_to(person.preferences)
    if isinstance(told, str):
        return Outcome(row, DeliveryState.EXCLUDED, told)
    delivery = Delivery(row, person.id, person.address, person.name, attempt)
    try:
        return message_for(run.app, run.template(told, person), delivery)
    except AddressError:
        return Outcome(row, DeliveryState.REJECTED, "the address cannot be mailed")
    except NewsletterError as error:  # of a variant that nobody wanted when it was approved
        return Outcome(row, DeliveryState.PLANNED, str(error))


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
