"""The ledger: one row for each mail and subscriber, from planned to settled.

A mail is an edition, or a correction of one; each kind has a table of its own, of the same shape.
Two statements are written in SQL because the ORM has none like them: planning is one
`INSERT ... SELECT` from the audience query (no address passes through Python), and claiming is
one `UPDATE ... RETURNING`. Both run on SQLite and PostgreSQL and are tested on both.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Count, Exists, Min, OuterRef, Q

from newsletter import models
from newsletter.core.beside import Correction
from newsletter.core.delivery import MOVES, DeliveryState, LedgerCount, Outcome
from newsletter.core.edition import Edition
from newsletter.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet

Mailed = Edition | Correction
"""What is mailed over a ledger."""

_TABLES: dict[type[Mailed], tuple[type[models.Delivery | models.CorrectionDelivery], str]] = {
    Edition: (models.Delivery, "edition_id"),
    Correction: (models.CorrectionDelivery, "correction_id"),
}
"""The ledger of a kind, and the column that says which one of it a row is of."""

_PLAN = """
INSERT INTO {table}
    ({column}, subscriber_id, state, detail, attempt, planned_at, due_at)
{moments}
SELECT %s, audience.id, CASE WHEN audience.reason = '' THEN 'planned' ELSE 'excluded' END,
       audience.reason, 0, %s, {due}
FROM ({audience}) AS audience {joined}
WHERE 1 = 1
ON CONFLICT ({column}, subscriber_id) DO NOTHING
"""

_MOMENTS = "WITH moments (hour, time_zone, due_at) AS (VALUES {rows})"
_JOINED = (
    "LEFT JOIN moments ON moments.hour = audience.hour AND moments.time_zone = audience.time_zone"
)

_CLAIM = """
UPDATE {table}
SET state = 'in_flight', attempt = attempt + 1, claimed_at = %s
WHERE id IN (
    SELECT id FROM {table}
    WHERE {column} = %s AND state = 'planned' AND due_at <= %s AND due_at >= %s
        AND (claimed_at IS NULL OR claimed_at < %s)
    ORDER BY due_at, id LIMIT %s {lock}
)
RETURNING id, subscriber_id, attempt
"""

OVERDUE = timedelta(hours=24)
"""What was due longer ago than this is not sent along with a later edition."""

_AN_HOUR = timedelta(hours=1)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def plan(
    mailed: Mailed,
    audience: tuple[str, Sequence[Any]],
    now: datetime,
    moments: Mapping[tuple[int, str], datetime] = MappingProxyType({}),
) -> int:
    """Write one row for everyone in the audience; those already planned stay as they are.

    `audience` is a select of the columns `id`, `reason` ('' for those to be mailed), `hour` and
    `time_zone`, and its parameters. `moments` says from when on those of an hour of a time zone
    may be mailed; everyone else may be at once. Returns how many rows are new.
    """
    query, parameters = audience
    at = connection.ops.adapt_datetimefield_value
    given = [one for (_, zone), due in moments.items() for one in (zone, at(due))]
    rows = ", ".join(f"({hour:d}, %s, %s)" for hour, _ in moments)
    sql = _PLAN.format(
        **_names(mailed),
        audience=query,
        moments=_MOMENTS.format(rows=rows) if moments else "",
        joined=_JOINED if moments else "",
        due="COALESCE(moments.due_at, %s)" if moments else "%s",
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*given, mailed.id, at(now), at(now), *parameters])
        return int(cursor.rowcount)


def claim(
    mailed: Mailed, size: int, began: datetime, since: datetime | None = None
) -> list[tuple[int, int, int]]:
    """Move up to `size` planned rows to in flight; returns (delivery id, subscriber id, attempt).

    A row is tried once by the run that `began` at that moment, so a refusal ends in waiting. Only
    what is due by then, and was not due before `since`, is taken.
    """
    lock = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    at = connection.ops.adapt_datetimefield_value
    moment = at(began)
    given = [moment, mailed.id, moment, at(since or _LONG_AGO), moment, size]
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM.format(**_names(mailed), lock=lock), given)
        return sorted((int(a), int(b), int(c)) for a, b, c in cursor.fetchall())


def outdone(rows: Sequence[int], later: Sequence[int], now: datetime) -> frozenset[int]:
    """Those of the deliveries in flight whose reader gets one of the `later` editions beside it.

    `later` are ids of editions. One of them counts that leaves within the hour, or that left within
    the last one while this delivery already waited: what was released after it leaves all the same.
    """
    if not later:
        return frozenset()
    leaves = Q(state=DeliveryState.PLANNED.value, due_at__gt=now - OVERDUE)
    leaves &= Q(due_at__lt=now + _AN_HOUR)
    is_leaving = Q(state=DeliveryState.IN_FLIGHT.value, claimed_at__gt=now - _AN_HOUR)
    out = [DeliveryState.ACCEPTED.value, DeliveryState.UNKNOWN.value]
    left = Q(state__in=out, settled_at__gt=now - _AN_HOUR, settled_at__gte=OuterRef("planned_at"))
    beside = models.Delivery.objects.filter(
        leaves | is_leaving | left, edition_id__in=later, subscriber_id=OuterRef("subscriber_id")
    )
    found = models.Delivery.objects.filter(Exists(beside), id__in=rows)
    return frozenset(found.values_list("id", flat=True))


def record(outcomes: Sequence[Outcome], now: datetime, kind: type[Mailed] = Edition) -> None:
    """Write down what became of claimed rows in the ledger of a kind."""
    table, _ = _TABLES[kind]
    by_result: dict[tuple[DeliveryState, str], list[int]] = {}
    for outcome in outcomes:
        by_result.setdefault((outcome.state, outcome.detail), []).append(outcome.delivery_id)
    for (state, detail), ids in by_result.items():
        if state not in MOVES[DeliveryState.IN_FLIGHT]:
            raise StoreError(f"a message that was handed over cannot become {state.value}")
        table.objects.filter(id__in=ids, state=DeliveryState.IN_FLIGHT.value).update(
            state=state.value, detail=detail, settled_at=now
        )


def settle_abandoned(mailed: Mailed, state: DeliveryState, detail: str) -> int:
    """Move what a dead run left in flight to `state`; returns how many rows that were."""
    in_flight = _rows(mailed).filter(state=DeliveryState.IN_FLIGHT.value)
    return in_flight.update(state=state.value, detail=detail)


def count(mailed: Mailed, now: datetime | None = None) -> LedgerCount:
    """How many deliveries of a mail stand where; with `now`, how many wait for their hour."""
    every = _rows(mailed)
    rows = every.values_list("state").annotate(number=Count("id"))
    found = {DeliveryState(state): number for state, number in rows}
    later: dict[str, Any] = {"number": 0, "first": None}
    if now is not None:
        waiting = every.filter(state=DeliveryState.PLANNED.value, due_at__gt=now)
        later = waiting.aggregate(number=Count("id"), first=Min("due_at"))
    return LedgerCount(
        planned=sum(found.values()),
        accepted=found.get(DeliveryState.ACCEPTED, 0),
        rejected=found.get(DeliveryState.REJECTED, 0),
        excluded=found.get(DeliveryState.EXCLUDED, 0),
        unknown=found.get(DeliveryState.UNKNOWN, 0),
        waiting=found.get(DeliveryState.PLANNED, 0) + found.get(DeliveryState.IN_FLIGHT, 0),
        later=later["number"],
        next_due=later["first"],
    )


def is_waiting(edition: Edition, since: datetime) -> bool:
    """Whether anything of the edition waits that was not due before `since`."""
    rows = models.Delivery.objects.filter(edition_id=edition.id, due_at__gte=since)
    return rows.filter(state=DeliveryState.PLANNED.value).exists()


def _names(mailed: Mailed) -> dict[str, str]:
    table, column = _TABLES[type(mailed)]
    return {"table": table._meta.db_table, "column": column}  # noqa: SLF001 - Django documents it


def _rows(mailed: Mailed) -> QuerySet[models.Delivery] | QuerySet[models.CorrectionDelivery]:
    """All deliveries of a mail."""
    table, column = _TABLES[type(mailed)]
    return table.objects.filter(**{column: mailed.id})
