"""Step 4: plan the ledger, claim a batch, build messages, hand over, record what became of them.

The order is what keeps a reader from being skipped or mailed twice: a claim is committed to disk
before anything is handed over, and an outcome is recorded before the next claim. What a dead run
left in flight is handed over again only where the transport leaves one copy of the same message
(`is_idempotent`); elsewhere nobody knows whether it left, and it is shown as unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from newsletter.core.delivery import Delivery, DeliveryState, LedgerCount, Outcome
from newsletter.core.headers import AddressError
from newsletter.errors import NewsletterError, TemporaryError
from newsletter.messages import message_for, template_for
from newsletter.store import editions, ledger
from subscribers import audience

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from newsletter.core.delivery import Message
    from newsletter.core.edition import Edition
    from newsletter.core.mail import MessageTemplate
    from newsletter.ports import App

MOST_IN_DOUBT = 20  # five unknown fates in a row, or twenty refusals
_LOST = "a run ended while this message was being handed over; nobody knows whether it left"


def send(app: App, edition: Edition) -> LedgerCount:
    """Deliver a frozen edition to everyone planned and still waiting.

    Raises:
        TransportError: the way out refuses for good; what waits keeps waiting.
        TemporaryError: some messages could not leave now; run again later.
    """
    try:
        return _deliver(app, edition)
    finally:
        app.transport.close()


def _deliver(app: App, edition: Edition) -> LedgerCount:
    began = app.clock.now()
    _plan(app, edition, began)
    template = template_for(app, edition)
    counted = ledger.count(edition)
    done = counted.planned - counted.waiting
    in_doubt = 0
    size = min(app.config.delivery.batch_size, app.transport.largest_batch)
    while batch := _claim(edition, size, began):
        outcomes = _hand_over(app, template, batch)
        done += len(batch)
        app.progress.advance(done, counted.planned)
        in_doubt = _in_doubt(in_doubt, outcomes)
        if in_doubt >= MOST_IN_DOUBT:
            break  # something is wrong with the way out, and each further try burns a reader
    return _finish(app, edition)


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
def _plan(app: App, edition: Edition, now: datetime) -> None:
    """One row for everyone; what an earlier, dead run left in flight is settled first."""
    if app.transport.is_idempotent:
        ledger.settle_abandoned(edition, DeliveryState.PLANNED, "")
    else:
        ledger.settle_abandoned(edition, DeliveryState.UNKNOWN, _LOST)
    if not ledger.count(edition).planned:
        ledger.plan(edition, audience.audience_query(app.today), now)
    editions.save_sending(edition)


@transaction.atomic
def _claim(edition: Edition, size: int, began: datetime) -> list[tuple[int, int, int]]:
    return ledger.claim(edition, size, began)


def _hand_over(
    app: App, template: MessageTemplate, batch: list[tuple[int, int, int]]
) -> list[Outcome]:
    """Look once more at who may be mailed, build, hand over, record; a refusal frees the batch."""
    # Who may be mailed depends on the day it happens, not on the edition's date.
    people = audience.mailable([subscriber for _, subscriber, _ in batch], app.today)
    outcomes: list[Outcome] = []
    messages: list[Message] = []
    for row, subscriber, attempt in batch:
        person = people.get(subscriber)
        if person is None:
            outcomes.append(Outcome(row, DeliveryState.EXCLUDED, "left, paused or suppressed"))
            continue
        delivery = Delivery(row, subscriber, person.address, person.name, attempt)
        try:
            messages.append(message_for(app, template, delivery))
        except AddressError:
            outcomes.append(Outcome(row, DeliveryState.REJECTED, "the address cannot be mailed"))
    try:
        outcomes += app.transport.send(messages) if messages else []
    except NewsletterError as error:
        waiting = [Outcome(one.delivery_id, DeliveryState.PLANNED, str(error)) for one in messages]
        ledger.record(outcomes + waiting, app.clock.now())
        raise
    ledger.record(outcomes, app.clock.now())
    return outcomes


def _finish(app: App, edition: Edition) -> LedgerCount:
    counted = ledger.count(edition)
    if counted.waiting:
        raise TemporaryError(
            f"{counted.waiting} of {counted.planned} messages could not leave yet;"
            f" run `newsletter send --date {edition.date}` again later"
        )
    editions.save_sent(edition, app.clock.now())
    return counted
