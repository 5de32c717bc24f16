"""A person's rights: everything we keep of them as JSON, and all of it gone."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from django.db import transaction

from subscribers import applications, store, suppression
from subscribers.address import normal_address
from subscribers.errors import NoSubscriberError
from subscribers.models import Application, ImportRow, Notice, PendingAct, SuppressionAct
from subscribers.suppression import address_hash
from subscribers.values import Act, ActKind, ConsentKind, NoticeKind, SuppressionReason

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from subscribers.values import ConsentRecord, Subscriber


def data_of(subscriber_id: int, *, also: Mapping[str, object] | None = None) -> dict[str, object]:
    """Everything that is kept of a subscriber, as plain JSON values.

    `also` is what the caller keeps elsewhere, by name; it stands beside the rest.

    Raises:
        NoSubscriberError: nobody has this number.
    """
    person = store.load_subscriber(subscriber_id)
    if person is None:
        raise NoSubscriberError("there is no such subscriber (any more)")
    hashed = address_hash(person.address)
    return {
        "subscriber": _who(person),
        "preferences": asdict(person.preferences),
        "attributes": dict(person.attributes),
        "history": [_line(record) for record in store.load_history(subscriber_id)],
        "suppression": _suppression(person, hashed),
        "sign_ups": _sign_ups(hashed),
        "requests": _requests(subscriber_id),
        "mails": _mails(subscriber_id),
        **(also or {}),
    }


def erase_subscriber(subscriber_id: int, *, act: Act) -> None:
    """Delete a subscriber, and empty what is personal wherever else it stands.

    The keyed hash goes on the suppression list, the record of consent keeps what was agreed and
    when under a number that leads to nobody. Asked again, nothing changes.
    """
    with transaction.atomic():
        applications.lock()  # first, as settling does: see applications.settle
        try:
            person = store.lock_subscriber(subscriber_id)
        except NoSubscriberError:
            return
        hashed = address_hash(person.address)
        store.forget([subscriber_id])
        _empty_the_rest(hashed, act)
        _suppress(hashed, act)
        bare = Act(act.how, act.now, act.page, act.wording, actor=act.actor)
        store.save_act(subscriber_id, ConsentKind.ERASED, bare)


def erase_address(address: str, *, act: Act) -> bool:
    """The same for an address, also where it is nobody's who is on the list.

    Sign-ups, requests, notes on the suppression list and imports that wait may hold it all the
    same. Says whether a subscriber was erased.

    Raises:
        AddressError: this is not an address.
    """
    with transaction.atomic():
        applications.lock()
        person = store.find_subscriber(address)
        if person:
            erase_subscriber(person.id, act=act)
        else:
            hashed = address_hash(normal_address(address))
            _empty_the_rest(hashed, act)
            _suppress(hashed, act)
    return person is not None


def _empty_the_rest(hashed: str, act: Act) -> None:
    applications.empty(hashed, act.now)
    PendingAct.objects.filter(address_hash=hashed).update(address="", address_hash="")
    SuppressionAct.objects.filter(address_hash=hashed).update(note="")
    ImportRow.objects.filter(address_hash=hashed).delete()


def _suppress(hashed: str, act: Act) -> None:
    """An earlier reason stays; the erasure is in the list's history all the same."""
    reason = SuppressionReason.ERASED
    if not suppression.suppress_hash(hashed, reason, act.now, actor=act.actor):
        suppression.save_act(hashed, "suppressed", reason, act.now, actor=act.actor)


def _who(person: Subscriber) -> dict[str, object]:
    return {
        "number": person.id,
        "address": person.address,
        "name": person.name,
        "status": person.status.value,
        "source": person.source,
        "created_at": person.created_at.isoformat(),
        "changed_at": person.changed_at.isoformat(),
        "activated_at": _when(person.activated_at),
        "paused_until": _when(person.paused_until),
        "asked_at": _when(person.asked_at),
    }


def _line(record: ConsentRecord) -> dict[str, object]:
    return {
        "kind": record.kind.value,
        "happened_at": record.happened_at.isoformat(),
        "how": record.how.value,
        "page": record.page,
        "wording": record.wording,
        "wording_version": record.wording_version,
        "detail": record.detail,
        "network": record.network,
        "actor": record.actor,
        "proof": dict(record.proof),
    }


def _suppression(person: Subscriber, hashed: str) -> dict[str, object]:
    history = [
        {"act": one.act, "reason": one.reason.value, "happened_at": one.happened_at.isoformat()}
        for one in suppression.load_acts_of(hashed)
    ]
    return {
        "reason": person.suppression.value if person.suppression else "",
        "history": history,
    }


def _sign_ups(hashed: str) -> list[dict[str, object]]:
    rows = Application.objects.filter(address_hash=hashed).order_by("id")
    return [{"asked_at": row.asked_at.isoformat(), "outcome": row.outcome} for row in rows]


def _requests(subscriber_id: int) -> list[dict[str, object]]:
    rows = PendingAct.objects.filter(subscriber_id=subscriber_id).order_by("id")
    rows = rows.exclude(kind=ActKind.UNDO.value)
    return [
        {
            "kind": row.kind,
            "asked_at": row.asked_at.isoformat(),
            "done_at": _when(row.done_at),
            "address": row.address,
        }
        for row in rows
    ]


def _mails(subscriber_id: int) -> list[dict[str, object]]:
    # A mail to another address would tell whose that is: there is none where it is somebody's.
    rows = Notice.objects.filter(subscriber_id=subscriber_id).order_by("id")
    rows = rows.exclude(kind=NoticeKind.NEW_ADDRESS.value)
    return [
        {
            "kind": row.kind,
            "due_at": row.due_at.isoformat(),
            "state": row.state,
            "settled_at": _when(row.settled_at),
        }
        for row in rows
    ]


def _when(moment: date | None) -> str | None:
    return moment.isoformat() if moment else None
