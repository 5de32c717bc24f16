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

from subscribers.address import normal_address
from subscribers.errors import HashKeyError
from subscribers.models import HASH_LENGTH, HashKey, Subscriber, Suppression

if TYPE_CHECKING:
    from datetime import datetime

    from subscribers.values import SuppressionReason


def suppress(address: str, reason: SuppressionReason, *, now: datetime) -> bool:
    """Never mail this address again; the first reason stays. Says whether that is new.

    Raises:
        AddressError: this is not an address.
    """
    with transaction.atomic():
        hashed = address_hash(normal_address(address))
        return _suppress_hash(hashed, reason, now)


def suppress_subscriber(subscriber_id: int, reason: SuppressionReason, *, now: datetime) -> bool:
    """The same for someone known by number. Says whether that is new; nobody is no error."""
    found = Subscriber.objects.filter(id=subscriber_id).values_list("address_hash", flat=True)
    hashed = found.first()
    return hashed is not None and _suppress_hash(hashed, reason, now)


def is_suppressed(address: str) -> bool:
    """True when the address must never be mailed.

    Raises:
        AddressError: this is not an address.
    """
    hashed = address_hash(normal_address(address))
    return Suppression.objects.filter(address_hash=hashed).exists()


def address_hash(normal: str) -> str:
    """The keyed hash of a normal address: 32 hexadecimal digits."""
    return digest(_key(), normal.lower().encode(), sha256).hex()[:HASH_LENGTH]


def _suppress_hash(hashed: str, reason: SuppressionReason, now: datetime) -> bool:
    values = {"reason": reason.value, "created_at": now}
    _, is_new = Suppression.objects.get_or_create(address_hash=hashed, defaults=values)
    return is_new


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
