"""The list as an operator reads it: whom the filters let through, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from subscribers.address import normal_address
from subscribers.models import Subscriber, Suppression
from subscribers.segments import Segment, condition
from subscribers.suppression import address_hash, load_acts
from subscribers.values import Rhythm, Status, SuppressionReason, SuppressionRecord

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

_COLUMNS = ("id", "address", "name", "stands", "reason", "rhythm", "source", "since")


@dataclass(frozen=True)
class Filters:
    """Who is listed: everyone for whom all that is given holds.

    `search` is a part of the address or the name, in any case (beyond ASCII, SQLite minds it).
    """

    status: Status | None = None
    segment: Segment | None = None
    search: str = ""


@dataclass(frozen=True)
class Listed:
    """A line of the list. `status` is that of today, `since` when they joined or else came."""

    id: int
    address: str
    name: str
    status: Status
    suppression: SuppressionReason | None
    rhythm: Rhythm
    source: str
    since: datetime


def count_listed(filters: Filters, today: date) -> dict[Status, int]:
    """How many the filters let through, by the status of today; only those there are.

    Raises:
        AddressError: an address in the segment is none.
    """
    rows = _asked(filters, today).values_list(standing(today)).annotate(number=Count("id"))
    found = {Status(name): number for name, number in rows.order_by()}
    return {status: found[status] for status in Status if status in found}


def load_listed(filters: Filters, today: date, most: int | None = None) -> Iterator[Listed]:
    """Those whom the filters let through, oldest first; a million pass with little memory.

    Raises:
        AddressError: an address in the segment is none.
    """
    reasons = Suppression.objects.filter(address_hash=OuterRef("address_hash"))
    rows = _asked(filters, today).annotate(
        stands=standing(today),
        reason=Subquery(reasons.values("reason")),
        since=Coalesce("activated_at", "created_at"),
    )
    for row in rows.order_by("id").values(*_COLUMNS)[:most].iterator():
        yield Listed(
            id=row["id"],
            address=row["address"],
            name=row["name"],
            status=Status(row["stands"]),
            suppression=SuppressionReason(row["reason"]) if row["reason"] else None,
            rhythm=Rhythm(row["rhythm"]),
            source=row["source"],
            since=row["since"],
        )


def suppression_of(address: str) -> SuppressionRecord | None:
    """How an address came on the suppression list; None where it is not on it.

    Raises:
        AddressError: this is not an address.
    """
    row = Suppression.objects.filter(address_hash=address_hash(normal_address(address))).first()
    if row is None:
        return None
    known = [record for record in load_acts(address) if record.act == "suppressed"]
    reason = SuppressionReason(row.reason)
    return known[-1] if known else SuppressionRecord("suppressed", reason, "", "", row.created_at)


def _asked(filters: Filters, today: date) -> QuerySet[Subscriber]:
    rows = Subscriber.objects.filter(condition(filters.segment or Segment(), today))
    if filters.status:
        rows = rows.alias(stands=standing(today)).filter(stands=filters.status.value)
    if filters.search:
        in_address = Q(address__icontains=filters.search)
        rows = rows.filter(in_address | Q(name__icontains=filters.search))
    return rows


def standing(today: date) -> Case:
    """The status of a day: a pause ends by itself."""
    is_back = Q(status=Status.PAUSED.value, paused_until__lte=today)
    return Case(
        When(is_back, then=Value(Status.ACTIVE.value)),
        default=F("status"),
        output_field=CharField(),
    )
