"""The ledger: one row for each edition and subscriber, from planned to settled.

Two statements are written in SQL because the ORM has none like them: planning is one
`INSERT ... SELECT` from the audience query (no address passes through Python), and claiming is
one `UPDATE ... RETURNING`. Both run on SQLite and PostgreSQL and are tested on both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Count

from newsletter import models
from newsletter.core.delivery import MOVES, DeliveryState, LedgerCount, Outcome
from newsletter.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from newsletter.core.edition import Edition

_PLAN = """
INSERT INTO newsletter_delivery
    (edition_id, subscriber_id, state, detail, attempt, planned_at)
SELECT %s, audience.id, CASE WHEN audience.reason = '' THEN 'planned' ELSE 'excluded' END,
       audience.reason, 0, %s
FROM ({audience}) AS audience
WHERE 1 = 1
ON CONFLICT (edition_id, subscriber_id) DO NOTHING
"""

_CLAIM = """
UPDATE newsletter_delivery
SET state = 'in_flight', attempt = attempt + 1, claimed_at = %s
WHERE id IN (
    SELECT id FROM newsletter_delivery
    WHERE edition_id = %s AND state = 'planned' AND (claimed_at IS NULL OR claimed_at < %s)
    ORDER BY id LIMIT %s {lock}
)
RETURNING id, subscriber_id, attempt
"""


def plan(edition: Edition, audience: tuple[str, Sequence[Any]], now: datetime) -> int:
    """Write one row for everyone in the audience; those already planned stay as they are.

    `audience` is a select of the columns `id` and `reason` ('' for those to be mailed) and its
    parameters. Returns how many rows are new.
    """
    query, parameters = audience
    with connection.cursor() as cursor:
        cursor.execute(_PLAN.format(audience=query), [edition.id, now, *parameters])
        return int(cursor.rowcount)


def claim(edition: Edition, size: int, began: datetime) -> list[tuple[int, int, int]]:
    """Move up to `size` planned rows to in flight; returns (delivery id, subscriber id, attempt).

    A row is tried once by the run that `began` at that moment, so a refusal ends in waiting.
    """
    lock = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM.format(lock=lock), [began, edition.id, began, size])
        return sorted((int(a), int(b), int(c)) for a, b, c in cursor.fetchall())


def record(outcomes: Sequence[Outcome], now: datetime) -> None:
    """Write down what became of claimed rows."""
    by_result: dict[tuple[DeliveryState, str], list[int]] = {}
    for outcome in outcomes:
        by_result.setdefault((outcome.state, outcome.detail), []).append(outcome.delivery_id)
    for (state, detail), ids in by_result.items():
        if state not in MOVES[DeliveryState.IN_FLIGHT]:
            raise StoreError(f"a message that was handed over cannot become {state.value}")
        models.Delivery.objects.filter(id__in=ids, state=DeliveryState.IN_FLIGHT.value).update(
            state=state.value, detail=detail, settled_at=now
        )


def settle_abandoned(edition: Edition, state: DeliveryState, detail: str) -> int:
    """Move what a dead run left in flight to `state`; returns how many rows that were."""
    return models.Delivery.objects.filter(
        edition_id=edition.id, state=DeliveryState.IN_FLIGHT.value
    ).update(state=state.value, detail=detail)


def count(edition: Edition) -> LedgerCount:
    """How many deliveries of the edition stand where."""
    rows = models.Delivery.objects.filter(edition_id=edition.id).values_list("state")
    found = {DeliveryState(state): number for state, number in rows.annotate(number=Count("id"))}
    return LedgerCount(
        planned=sum(found.values()),
        accepted=found.get(DeliveryState.ACCEPTED, 0),
        rejected=found.get(DeliveryState.REJECTED, 0),
        excluded=found.get(DeliveryState.EXCLUDED, 0),
        unknown=found.get(DeliveryState.UNKNOWN, 0),
        waiting=found.get(DeliveryState.PLANNED, 0) + found.get(DeliveryState.IN_FLIGHT, 0),
    )
