"""Addresses that are never mailed, whatever anybody imports or signs up.

An entry is the HMAC-SHA-256 of the address in lower case, cut to 128 bits. Subscribers carry the
same hash, so the audience is one join in SQL on every database and there is no second mark on the
subscriber that could disagree. An erased person leaves this hash and nothing else.

The key is a random row of the same database, not Django's SECRET_KEY: rotating or losing that key
must never lift a suppression, and a restored copy must keep them all. The price: whoever steals
the whole database can test addresses they already know against the list.
"""

from __future__ import annotations

import secrets
from hashlib import sha256
from hmac import digest
from typing import TYPE_CHECKING

from django.db import transaction

from subscribers.address import normal_address, plain_line
from subscribers.errors import HashKeyError, StatusError
from subscribers.models import HASH_LENGTH, HashKey, Subscriber, Suppression, SuppressionAct
from subscribers.values import SuppressionReason, SuppressionRecord

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from subscribers.values import Act

_ACTOR, _NOTE = 100, 200  # longest texts


def suppress(
    address: str, reason: SuppressionReason, *, now: datetime, actor: str = "", note: str = ""
) -> bool:
    """Never mail this address again; the first reason stays. Says whether that is new.

    `actor` is who decided it, where that is a person, and `note` why; the subscriber's status
    stays what it is.

    Raises:
        AddressError: this is not an address.
    """
    with transaction.atomic():
        hashed = address_hash(normal_address(address))
        return suppress_hash(hashed, reason, now, actor=actor, note=note)


def suppress_subscriber(
    subscriber_id: int,
    reason: SuppressionReason,
    *,
    now: datetime,
    actor: str = "",
    note: str = "",
) -> bool:
    """The same for someone known by number. Says whether that is new; nobody is no error."""
    found = Subscriber.objects.filter(id=subscriber_id).values_list("address_hash", flat=True)
    with transaction.atomic():
        hashed = found.first()
        return hashed is not None and suppress_hash(hashed, reason, now, actor=actor, note=note)


def suppress_hash(
    hashed: str, reason: SuppressionReason, now: datetime, *, actor: str = "", note: str = ""
) -> bool:
    """The same for a keyed hash, inside the caller's transaction."""
    values = {"reason": reason.value, "created_at": now}
    _, is_new = Suppression.objects.get_or_create(address_hash=hashed, defaults=values)
    if is_new:
        save_act(hashed, "suppressed", reason, now, actor=actor, note=note)
    return is_new


def lift(address: str, *, act: Act, note: str) -> SuppressionReason:
    """Take an address off the list, deliberately; answers why it stood there.

    Nobody is mailed by that alone: a subscriber stands where they stood, an erased person must
    sign up anew.

    Raises:
        AddressError: this is not an address.
        StatusError: the address is not on the list.
    """
    hashed = address_hash(normal_address(address))
    with transaction.atomic():
        row = Suppression.objects.select_for_update().filter(address_hash=hashed).first()
        if row is None:
            raise StatusError("this address is not on the suppression list")
        reason = SuppressionReason(row.reason)
        row.delete()
        save_act(hashed, "lifted", reason, act.now, actor=act.actor, note=note)
    return reason


def load_acts(address: str) -> list[SuppressionRecord]:
    """What happened to an address on the list, oldest first.

    Raises:
        AddressError: this is not an address.
    """
    return load_acts_of(address_hash(normal_address(address)))


def load_acts_of(hashed: str) -> list[SuppressionRecord]:
    """The same for a keyed hash."""
    rows = SuppressionAct.objects.filter(address_hash=hashed).order_by("id")
    return [
        SuppressionRecord(
            row.act, SuppressionReason(row.reason), row.actor, row.note, row.happened_at
        )
        for row in rows
    ]


def save_act(
    hashed: str,
    act: str,
    reason: SuppressionReason,
    now: datetime,
    *,
    actor: str = "",
    note: str = "",
) -> None:
    """Append one line to the history of a keyed hash; `act` is `suppressed` or `lifted`."""
    SuppressionAct.objects.create(
        address_hash=hashed,
        act=act,
        reason=reason.value,
        actor=plain_line(actor, _ACTOR),
        note=plain_line(note, _NOTE),
        happened_at=now,
    )


def is_suppressed(address: str) -> bool:
    """True when the address must never be mailed.

    Raises:
        AddressError: this is not an address.
    """
    hashed = address_hash(normal_address(address))
    return Suppression.objects.filter(address_hash=hashed).exists()


def address_hash(normal: str) -> str:
    """The keyed hash of a normal address: 32 hexadecimal digits."""
    return hasher()(normal)


def hasher() -> Callable[[str], str]:
    """`address_hash` with the key at hand, for many addresses in a row.

    Raises:
        HashKeyError: the key is lost while the list is not empty.
    """
    key = _key()
    return lambda normal: digest(key, normal.lower().encode(), sha256).hex()[:HASH_LENGTH]


def _key() -> bytes:
    row = HashKey.objects.first() or _made_key()
    return bytes(row.key)


def _made_key() -> HashKey:
    """Made at the first use. Where hashes exist already, a new key would lift every suppression."""
    if Suppression.objects.exists() or Subscriber.objects.exists():
        raise HashKeyError(
            "the key of the suppression list is missing from the database (subscribers_hash_key);"
            " restore the table from a backup: without it nobody can tell who must not be mailed"
        )
    row, _ = HashKey.objects.get_or_create(id=1, defaults={"key": secrets.token_bytes(32)})
    return row
