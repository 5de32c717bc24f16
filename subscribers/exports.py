"""The list as a table: one row a subscriber, safe in a spreadsheet, taken back by our import.

Times are ISO 8601 in UTC. `consented_at` is when the person agreed: with us, or where they were
imported from, as that platform proved it, and empty where nothing proves it. Sections and
follows stand one a line in their cell.
"""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Subquery

from subscribers.imports.cells import guarded
from subscribers.imports.platforms import OUR_COLUMNS
from subscribers.listing import standing
from subscribers.models import Consent, Subscriber, Suppression
from subscribers.segments import Segment, condition
from subscribers.values import ConsentKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from subscribers.values import Status

HEADER = tuple(name.replace(" ", "_") for name in OUR_COLUMNS)
_COLUMNS = (
    *("address", "name", "status", "suppression", "rhythm", "depth", "sections", "follows"),
    *("hour", "time_zone", "mail_format", "language", "paused_until", "source", "created_at"),
    *("activated_at", "changed_at", "consented_at", "attributes"),
)
_CHUNK = 500  # SQLite takes at most 999 values in one statement where it is old
_IMPORTED = ConsentKind.IMPORTED.value
_AGREEMENTS = (
    *(ConsentKind.AGREED.value, ConsentKind.CONFIRMED.value),
    *(ConsentKind.RETURNED.value, _IMPORTED),
)


def write_subscribers(
    out: TextIO, today: date, status: Status | None = None, segment: Segment | None = None
) -> int:
    """Write the table, or a part of it; returns how many rows. Memory stays flat.

    `status` is that of today: a pause that is over counts as active.

    Raises:
        AddressError: an address in the segment is none.
    """
    table = csv.writer(out)
    table.writerow(HEADER)
    rows = _rows(today, status, segment or Segment())
    number = 0
    while chunk := list(islice(rows, _CHUNK)):
        agreed = _agreed([row["id"] for row in chunk])
        for row in chunk:
            is_asked = row["status"] == "pending"  # what nobody confirmed is no consent
            cells = row | {"consented_at": None if is_asked else agreed.get(row["id"])}
            table.writerow([guarded(_cell(cells[name])) for name in _COLUMNS])
        number += len(chunk)
    return number


def _rows(today: date, status: Status | None, segment: Segment) -> Iterator[dict[str, Any]]:
    reasons = Suppression.objects.filter(address_hash=OuterRef("address_hash"))
    rows = Subscriber.objects.filter(condition(segment, today))
    if status:
        rows = rows.alias(stands=standing(today)).filter(stands=status.value)
    asked = rows.annotate(suppression=Subquery(reasons.values("reason"))).order_by("id")
    names = [name for name in _COLUMNS if name != "consented_at"]
    return iter(asked.values("id", *names).iterator())


def _agreed(numbers: list[int]) -> dict[int, datetime | None]:
    """When each of them agreed: the latest time counts, and the operator's word is none."""
    rows = Consent.objects.filter(subscriber_id__in=numbers, kind__in=_AGREEMENTS).order_by("id")
    found = rows.values_list("subscriber_id", "kind", "happened_at", "detail", "proof")
    return {
        number: _proven(detail, proof) if kind == _IMPORTED else at
        for number, kind, at, detail, proof in found
    }


def _proven(detail: str, proof: dict[str, object]) -> datetime | None:
    """The date the other platform kept; somebody who left keeps the date they once agreed."""
    agreed = proof.get("agreed_at")
    counts = detail in ("active", "paused", "left") and isinstance(agreed, str)
    return datetime.fromisoformat(str(agreed)) if counts else None


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return value.isoformat() if isinstance(value, date) else str(value)
