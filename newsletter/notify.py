"""The small mails: look at the sign-ups that wait, then send what is owed, each at most once.

A claim is committed before anything is handed over, and a notice that a dead run left in flight is
never claimed again: somebody who misses a mail asks once more, somebody who gets it twice wonders.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from newsletter import alarms
from newsletter.budgets import budgets_of
from newsletter.core.delivery import DeliveryState, Outcome
from newsletter.core.headers import AddressError
from newsletter.errors import NewsletterError
from newsletter.notices_mail import notice_message, shapes_of, template_of
from newsletter.store.moments import take_turn
from subscribers import applications, notices
from subscribers.imports import staging

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from newsletter.core.delivery import Message
    from newsletter.ports import App
    from subscribers.values import OwedNotice

MOST_AT_ONCE = 20  # notices of one claim: what a crash leaves in doubt
MOST_WAITING = 5  # mails put off in one run: then it is the way out and not their addresses
MOST_SETTLED = 20  # sign-ups in one transaction: other writers wait as long as that takes
PRUNE_EVERY = timedelta(hours=1)


@dataclass(frozen=True)
class Notified:
    """What one run did: sign-ups looked at, mails by what became of them, and the alarm it told.

    `waiting` could not leave now and are tried again.
    """

    settled: int = 0
    accepted: int = 0
    rejected: int = 0
    unknown: int = 0
    waiting: int = 0
    alarm: Mapping[str, int] = field(default_factory=dict)


def run(app: App, *, goes_on: Callable[[], bool] = lambda: True) -> Notified:
    """Settle the sign-ups that wait and send the small mails that are due.

    `goes_on` is asked between two batches; the rest then waits for the next run.

    Raises:
        TransportError: the way out refuses for good; what waits keeps waiting.
        TemporaryError: nothing could leave now; run again later.
        TemplateError, ConfigError: a mail cannot be made; what waits keeps waiting.
    """
    settled = _settle(app, goes_on)
    _prune(app)
    try:
        states = _send(app, goes_on)
        alarm = alarms.tell(app)
    finally:
        app.transport.close()
    return Notified(
        settled=settled,
        accepted=states[DeliveryState.ACCEPTED],
        rejected=states[DeliveryState.REJECTED],
        unknown=states[DeliveryState.UNKNOWN],
        waiting=states[DeliveryState.PLANNED],
        alarm=alarm,
    )


def due(app: App) -> int:
    """How many small mails wait to be sent."""
    return notices.count_due(app.clock.now())


def _settle(app: App, goes_on: Callable[[], bool]) -> int:
    signup = app.config.signup
    budgets = budgets_of(app.config)
    total, found = 0, 1
    while found and goes_on():
        settled = applications.settle(
            app.clock.now(), budgets, remind_after=signup.remind_after, most=MOST_SETTLED
        )
        alarms.add_refusals(app.config.state, settled.outcomes, app.clock.now())
        found = settled.count
        total += found
    return total


def _prune(app: App) -> None:
    now = app.clock.now()
    if take_turn(app.config.state, "prune", now, PRUNE_EVERY):
        applications.prune(now)
        staging.discard_stale(now)


def _send(app: App, goes_on: Callable[[], bool]) -> Counter[DeliveryState]:
    """Batch by batch, until nothing is due or too much is put off."""
    states: Counter[DeliveryState] = Counter()
    while states[DeliveryState.PLANNED] < MOST_WAITING and goes_on():
        batch = _claim(app) if due(app) else []
        if not batch:
            break
        states.update(outcome.state for outcome in _hand_over(app, batch))
    return states


@transaction.atomic
def _claim(app: App) -> list[OwedNotice]:
    size = min(MOST_AT_ONCE, app.transport.largest_batch)
    return notices.claim_due(app.clock.now(), size)


def _hand_over(app: App, batch: Sequence[OwedNotice]) -> list[Outcome]:
    """Build, hand over, record. Whatever fails before anything left frees the whole batch."""
    try:
        messages, outcomes = _built(app, batch)
    except Exception as error:
        _free(app, batch, error)
        raise
    try:
        outcomes += app.transport.send(messages) if messages else []
    except NewsletterError as error:
        _record(app, outcomes)
        told = {outcome.delivery_id for outcome in outcomes}
        _free(app, [notice for notice in batch if notice.id not in told], error)
        raise
    _record(app, outcomes)
    return outcomes


def _built(app: App, batch: Sequence[OwedNotice]) -> tuple[list[Message], list[Outcome]]:
    """The messages, and the outcomes of those that can be none."""
    shapes = shapes_of(app, batch)
    templates = {shape: template_of(app, shape) for shape in set(shapes.values())}
    messages, outcomes = [], []
    for notice in batch:
        try:
            messages.append(notice_message(app, templates[shapes[notice.id]], notice))
        except AddressError:
            outcomes.append(
                Outcome(notice.id, DeliveryState.REJECTED, "the address cannot be mailed")
            )
    return messages, outcomes


def _free(app: App, batch: Sequence[OwedNotice], error: Exception) -> None:
    """Put notices back for a later run. An error of our own making may quote anything."""
    detail = str(error) if isinstance(error, NewsletterError) else type(error).__name__
    _record(app, [Outcome(notice.id, DeliveryState.PLANNED, detail) for notice in batch])


def _record(app: App, outcomes: Sequence[Outcome]) -> None:
    now = app.clock.now()
    with transaction.atomic():
        for outcome in outcomes:
            notices.record(outcome.delivery_id, outcome.state.value, outcome.detail, now)
