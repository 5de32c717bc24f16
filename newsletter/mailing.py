"""The way of a mail over its ledger: claim a batch, hand over, record what became of them.

The order is what keeps a reader from being skipped or mailed twice: a claim is committed to disk
before anything is handed over, and an outcome is recorded before the next claim. What a dead run
left in flight is handed over again only where the transport leaves one copy of the same message
(`is_idempotent`); elsewhere nobody knows whether it left, and it is shown as unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from newsletter.core.delivery import Delivery, DeliveryState, Outcome
from newsletter.core.headers import AddressError
from newsletter.errors import NewsletterError
from newsletter.store import ledger
from subscribers import audience

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from newsletter.core.delivery import Message
    from newsletter.ports import App
    from newsletter.store.ledger import Mailed
    from subscribers.values import Recipient

MOST_IN_DOUBT = 20  # five unknown fates in a row, or twenty refusals
_LOST = "a run ended while this message was being handed over; nobody knows whether it left"
_WEIGHT = {DeliveryState.UNKNOWN: 4, DeliveryState.REJECTED: 1}


def _spares_nobody(_rows: Sequence[int]) -> dict[int, str]:
    return {}


@dataclass(frozen=True)
class Mailing:
    """One run over the ledger of a mail.

    `message` makes a reader's copy, or says in words why that reader gets none. `spared` names
    those of the claimed deliveries that are not handed over, each with the reason. With `since`,
    what was due before stays where it is.
    """

    app: App
    mailed: Mailed
    began: datetime
    message: Callable[[Delivery, Recipient], Message | str]
    spared: Callable[[Sequence[int]], dict[int, str]] = _spares_nobody
    since: datetime | None = None


def settle_abandoned(app: App, mailed: Mailed) -> None:
    """Decide on what an earlier, dead run left in flight; in the transaction that plans."""
    if app.transport.is_idempotent:
        ledger.settle_abandoned(mailed, DeliveryState.PLANNED, "")
    else:
        ledger.settle_abandoned(mailed, DeliveryState.UNKNOWN, _LOST)


def deliver(mailing: Mailing) -> None:
    """Hand over what is planned and due, each once; stop where the way out is in doubt.

    Raises:
        TransportError: the way out refuses for good; what waits keeps waiting.
        TemporaryError: nothing of a batch could leave now.
    """
    app = mailing.app
    counted = ledger.count(mailing.mailed)
    done = counted.planned - counted.waiting
    in_doubt = 0
    size = min(app.config.delivery.batch_size, app.transport.largest_batch)
    while batch := _claim(mailing, size):
        outcomes = _hand_over(mailing, batch)
        done += len(batch)
        app.progress.advance(done, counted.planned)
        in_doubt = _in_doubt(in_doubt, outcomes)
        if in_doubt >= MOST_IN_DOUBT:
            break  # something is wrong with the way out, and each further try burns a reader


def _in_doubt(before: int, outcomes: Sequence[Outcome]) -> int:
    """How many messages in a row were not accepted; an unknown fate weighs more than a refusal."""
    for outcome in outcomes:
        is_fine = outcome.state is DeliveryState.ACCEPTED
        before = 0 if is_fine else before + _WEIGHT.get(outcome.state, 0)
    return before


@transaction.atomic
def _claim(mailing: Mailing, size: int) -> list[tuple[int, int, int]]:
    return ledger.claim(mailing.mailed, size, mailing.began, mailing.since)


def _hand_over(mailing: Mailing, batch: list[tuple[int, int, int]]) -> list[Outcome]:
    """Look once more at who may be mailed, build, hand over, record; a refusal frees the batch."""
    app = mailing.app
    # Who may be mailed depends on the day it happens, not on the edition's date.
    people = audience.mailable([subscriber for _, subscriber, _ in batch], app.today)
    spared = mailing.spared([row for row, _, _ in batch])
    outcomes = [Outcome(row, DeliveryState.EXCLUDED, why) for row, why in sorted(spared.items())]
    messages: list[Message] = []
    for row, subscriber, attempt in batch:
        if row in spared:
            continue
        built = _built(mailing, row, people.get(subscriber), attempt)
        if isinstance(built, Outcome):
            outcomes.append(built)
        else:
            messages.append(built)
    try:
        outcomes += app.transport.send(messages) if messages else []
    except NewsletterError as error:
        waiting = [Outcome(one.delivery_id, DeliveryState.PLANNED, str(error)) for one in messages]
        _record(mailing, outcomes + waiting)
        raise
    _record(mailing, outcomes)
    return outcomes


def _record(mailing: Mailing, outcomes: Sequence[Outcome]) -> None:
    ledger.record(outcomes, mailing.app.clock.now(), type(mailing.mailed))


def _built(mailing: Mailing, row: int, person: Recipient | None, attempt: int) -> Message | Outcome:
    """A reader's message, or what becomes of the delivery without one."""
    if person is None:
        return Outcome(row, DeliveryState.EXCLUDED, "left, paused or suppressed")
    delivery = Delivery(row, person.id, person.address, person.name, attempt)
    try:
        made = mailing.message(delivery, person)
    except AddressError:
        return Outcome(row, DeliveryState.REJECTED, "the address cannot be mailed")
    except NewsletterError as error:  # of a variant that nobody wanted when it was approved
        return Outcome(row, DeliveryState.PLANNED, str(error))
    return Outcome(row, DeliveryState.EXCLUDED, made) if isinstance(made, str) else made
