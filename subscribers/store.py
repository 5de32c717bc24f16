"""The subscribers' queries: they take and return values and open no transaction."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

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
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime

    from subscribers.moves import Move
    from subscribers.values import Act

_COLUMNS = (
    *("id", "address", "name", "status", "created_at", "changed_at"),
    *("activated_at", "paused_until", "suppression", "asked_at", "leavings"),
    *("source", "attributes"),
)
PREFERENCE_COLUMNS = (
    *("rhythm", "depth", "sections", "follows", "hour", "time_zone", "mail_format", "language"),
)


def load_subscriber(subscriber_id: int) -> Subscriber | None:
    """The subscriber of a number."""
    return _first(_subscribers().filter(id=subscriber_id))


def load_these(ids: Collection[int]) -> dict[int, Subscriber]:
    """Those of `ids` that there are, by number."""
    rows = _subscribers().filter(id__in=set(ids)).values(*_COLUMNS, *PREFERENCE_COLUMNS)
    return {row["id"]: _subscriber(row) for row in rows}


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
        _subscriber(row)
        for row in rows.order_by("id").values(*_COLUMNS, *PREFERENCE_COLUMNS).iterator()
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
    address: str,
    name: str,
    status: Status,
    now: datetime,
    *,
    source: str = "",
    language: str = "",
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
        "language": language,
    }
    row, is_new = models.Subscriber.objects.get_or_create(
        address_hash=address_hash(address), defaults=values
    )
    return row.id, is_new


def save_move(person: Subscriber, move: Move, now: datetime) -> None:
    """The status a move leads to; no sign-up waits any more.

    Whoever left once stays gone since then: leaving again must not make the link new that brings
    a subscription back.
    """
    is_first = move.status is Status.ACTIVE and person.activated_at is None
    is_gone_already = person.status is Status.LEFT and move.status is Status.LEFT
    models.Subscriber.objects.filter(id=person.id).update(
        status=move.status.value,
        paused_until=move.paused_until,
        asked_at=None,
        leavings=person.leavings + (move.status is Status.LEFT),
        changed_at=person.changed_at if is_gone_already else now,
        activated_at=now if is_first else person.activated_at,
    )


def save_asked(person: Subscriber, now: datetime, *, name: str = "", language: str = "") -> None:
    """A sign-up that waits. Nothing else changes for someone who was ever on the list."""
    rows = models.Subscriber.objects.filter(id=person.id)
    rows.update(asked_at=now)
    if person.status is Status.PENDING:
        rows.update(name=name or person.name, language=language or person.preferences.language)


def save_preferences(
    subscriber_id: int, preferences: Preferences, name: str, now: datetime
) -> None:
    """New preferences and a name."""
    models.Subscriber.objects.filter(id=subscriber_id).update(
        name=name,
        changed_at=now,
        rhythm=preferences.rhythm.value,
        depth=preferences.depth.value,
        sections="\n".join(preferences.sections),
        follows="\n".join(preferences.follows),
        hour=preferences.hour,
        time_zone=preferences.time_zone,
        mail_format=preferences.mail_format.value,
        language=preferences.language,
    )


def save_address(subscriber_id: int, address: str, now: datetime) -> None:
    """Another address, a normal one.

    Raises:
        django.db.IntegrityError: it is somebody else's.
    """
    models.Subscriber.objects.filter(id=subscriber_id).update(
        address=address, address_hash=address_hash(address), changed_at=now
    )


def lock_unconfirmed(before: datetime, most: int) -> list[int]:
    """Up to `most` who asked before a moment and never confirmed, kept still."""
    asked = Coalesce("asked_at", "created_at")
    rows = models.Subscriber.objects.select_for_update(skip_locked=True).filter(
        status=Status.PENDING.value, activated_at=None
    )
    stale = rows.alias(since=asked).filter(since__lt=before)
    return list(stale.order_by("id").values_list("id", flat=True)[:most])


def forget(ids: Collection[int]) -> None:
    """Delete subscribers and what they asked for; of their history the bare facts stay."""
    history = models.Consent.objects.filter(subscriber_id__in=ids)
    history.update(network="", detail="", proof={})
    models.Notice.objects.filter(subscriber_id__in=ids).delete()
    models.PendingAct.objects.filter(subscriber_id__in=ids).delete()
    models.Subscriber.objects.filter(id__in=ids).delete()


def save_act(
    subscriber_id: int,
    kind: ConsentKind,
    act: Act,
    detail: str = "",
    proof: Mapping[str, object] | None = None,
) -> None:
    """Append to a subscriber's history what an act agreed, changed or withdrew."""
    save_consent(
        ConsentRecord(
            subscriber_id=subscriber_id,
            kind=kind,
            happened_at=act.now,
            how=act.how,
            page=act.page,
            wording=act.wording,
            wording_version=wording_version(act.wording),
            detail=detail,
            network=act.network,
            actor=act.actor,
            proof=proof or {},
        )
    )


def save_consent(record: ConsentRecord) -> None:
    """Append one line to a subscriber's history."""
    models.Consent.objects.create(
        subscriber_id=record.subscriber_id,
        kind=record.kind.value,
        happened_at=record.happened_at,
        how=record.how.value,
        page=record.page,
        wording_id=save_wording(record.wording),
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


def save_wording(text: str) -> str | None:
    """Keep a wording, once, and answer its version; None for no wording."""
    if not text:
        return None
    version = wording_version(text)
    models.Wording.objects.get_or_create(version=version, defaults={"text": text})
    return version


def _subscribers() -> QuerySet[models.Subscriber]:
    suppressions = models.Suppression.objects.filter(address_hash=OuterRef("address_hash"))
    return models.Subscriber.objects.annotate(suppression=Subquery(suppressions.values("reason")))


def _first(rows: QuerySet[models.Subscriber]) -> Subscriber | None:
    row = rows.values(*_COLUMNS, *PREFERENCE_COLUMNS).first()
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
