"""The subscribers' queries: they take and return values and open no transaction."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.db.models import Count, OuterRef, QuerySet, Subquery

from subscribers import models
from subscribers.address import normal_address
from subscribers.errors import NoSubscriberError
from subscribers.suppression import address_hash
from subscribers.values import (
    ConsentKind,
    ConsentRecord,
    Depth,
    How,
    MailFormat,
    Preferences,
    Rhythm,
    Status,
    Subscriber,
    SuppressionReason,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from subscribers.moves import Move

_COLUMNS = (
    *("id", "address", "name", "status", "created_at", "changed_at"),
    *("activated_at", "paused_until", "suppression", "asked_at", "source", "attributes"),
)
_PREFERENCES = (
    *("rhythm", "depth", "sections", "follows", "hour", "time_zone", "mail_format", "language"),
)


def load_subscriber(subscriber_id: int) -> Subscriber | None:
    """The subscriber of a number."""
    return _first(_subscribers().filter(id=subscriber_id))


def find_subscriber(address: str) -> Subscriber | None:
    """The subscriber of an address, however its case is written.

    Raises:
        AddressError: this is not an address.
    """
    return _first(_subscribers().filter(address_hash=address_hash(normal_address(address))))


def load_subscribers(status: Status | None = None) -> Iterator[Subscriber]:
    """All subscribers, or those of one status, oldest first; a million pass with little memory."""
    rows = _subscribers() if status is None else _subscribers().filter(status=status.value)
    return (
        _subscriber(row) for row in rows.order_by("id").values(*_COLUMNS, *_PREFERENCES).iterator()
    )


def lock_subscriber(subscriber_id: int) -> Subscriber:
    """The subscriber of a number, kept still until the transaction ends.

    Raises:
        NoSubscriberError: nobody has this number.
    """
    rows = models.Subscriber.objects.select_for_update().filter(id=subscriber_id)
    found = load_subscriber(subscriber_id) if rows.values_list("id").first() else None
    if found is None:
        raise NoSubscriberError("there is no such subscriber (any more)")
    return found


def save_new(
    address: str, name: str, status: Status, now: datetime, *, source: str = ""
) -> tuple[int, bool]:
    """The number of an address, and whether this act made it. `address` is a normal one."""
    values = {
        "address": address,
        "name": name,
        "status": status.value,
        "created_at": now,
        "changed_at": now,
        "activated_at": now if status is Status.ACTIVE else None,
        "source": source,
    }
    row, is_new = models.Subscriber.objects.get_or_create(
        address_hash=address_hash(address), defaults=values
    )
    return row.id, is_new


def save_move(person: Subscriber, move: Move, now: datetime) -> None:
    """The status a move leads to."""
    is_first = move.status is Status.ACTIVE and person.activated_at is None
    models.Subscriber.objects.filter(id=person.id).update(
        status=move.status.value,
        paused_until=move.paused_until,
        changed_at=now,
        activated_at=now if is_first else person.activated_at,
    )


def save_consent(record: ConsentRecord) -> None:
    """Append one line to a subscriber's history."""
    models.Consent.objects.create(
        subscriber_id=record.subscriber_id,
        kind=record.kind.value,
        happened_at=record.happened_at,
        how=record.how.value,
        page=record.page,
        wording_id=_kept_wording(record),
        detail=record.detail,
        network=record.network,
        actor=record.actor,
        proof=dict(record.proof),
    )


def load_history(subscriber_id: int) -> list[ConsentRecord]:
    """Everything that was agreed or withdrawn, oldest first."""
    rows = models.Consent.objects.filter(subscriber_id=subscriber_id).order_by("id")
    return [_record(row) for row in rows.select_related("wording")]


def count_by_status() -> dict[Status, int]:
    """How many subscribers stand where; every status is named."""
    rows = models.Subscriber.objects.values_list("status").annotate(number=Count("id"))
    return dict.fromkeys(Status, 0) | {Status(name): number for name, number in rows}


def wording_version(text: str) -> str:
    """The version of a wording: its SHA-256, or nothing for no wording."""
    return sha256(text.encode()).hexdigest() if text else ""


def _kept_wording(record: ConsentRecord) -> str | None:
    if not record.wording:
        return None
    models.Wording.objects.get_or_create(
        version=record.wording_version, defaults={"text": record.wording}
    )
    return record.wording_version


def _subscribers() -> QuerySet[models.Subscriber]:
    suppressions = models.Suppression.objects.filter(address_hash=OuterRef("address_hash"))
    return models.Subscriber.objects.annotate(suppression=Subquery(suppressions.values("reason")))


def _first(rows: QuerySet[models.Subscriber]) -> Subscriber | None:
    row = rows.values(*_COLUMNS, *_PREFERENCES).first()
    return _subscriber(row) if row else None


def _subscriber(row: dict[str, Any]) -> Subscriber:
    known = {name: row[name] for name in _COLUMNS}
    reason = known["suppression"]
    return Subscriber(
        **known
        | {
            "status": Status(known["status"]),
            "suppression": SuppressionReason(reason) if reason else None,
            "preferences": preferences_of(row),
        }
    )


def preferences_of(row: Mapping[str, Any]) -> Preferences:
    """The preferences in a row that has their columns."""
    return Preferences(
        rhythm=Rhythm(row["rhythm"]),
        depth=Depth(row["depth"]),
        sections=tuple(row["sections"].splitlines()),
        follows=tuple(row["follows"].splitlines()),
        hour=row["hour"],
        time_zone=row["time_zone"],
        mail_format=MailFormat(row["mail_format"]),
        language=row["language"],
    )


def _record(row: models.Consent) -> ConsentRecord:
    return ConsentRecord(
        subscriber_id=row.subscriber_id,
        kind=ConsentKind(row.kind),
        happened_at=row.happened_at,
        how=How(row.how),
        page=row.page,
        wording=row.wording.text if row.wording else "",
        wording_version=row.wording_id or "",
        detail=row.detail,
        network=row.network,
        actor=row.actor,
        proof=row.proof,
    )
