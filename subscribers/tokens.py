"""The unguessable part of a personal link: who, and for what. Pure.

A token is 18 bytes as 24 letters of base64url, for every subscriber: a seal of 12 bytes
(HMAC-SHA-256 over purpose and subscriber, cut to 96 bits), then the subscriber's id of 6 bytes
under a mask that is made from the seal. The mask keeps the size and growth of the list from
whoever holds a few links; the seal is what is checked. Nothing is stored, so a copy of the
database makes no links. The keys are the newsletter's `secret_key`, which signs, and those before
it, which are still taken: a key is changed without breaking the links in mails that are out.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest, digest
from typing import TYPE_CHECKING

from subscribers.errors import TokenError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TOKEN_LENGTH = 24
_SEAL, _ID = 12, 6
_TOKEN = re.compile(rf"[A-Za-z0-9_-]{{{TOKEN_LENGTH}}}")


class Purpose(StrEnum):
    """What a link is for; a token made for one is refused for another."""

    LEAVE = "leave"
    PREFERENCES = "preferences"
    CONFIRM = "confirm"
    NEW_ADDRESS = "new-address"  # of a pending act, not of a subscriber; the next two as well
    EXPORT = "export"
    ERASE = "erase"


def make_token(subscriber_id: int, purpose: Purpose, key: bytes, context: str = "") -> str:
    """The token of a subscriber for one purpose; the same each time.

    `context` is something about the subscriber that the token stands and falls with.

    Raises:
        TokenError: the key is empty, or the id is not one a database gives out.
    """
    if not key:
        raise TokenError("there is no key to sign links with; run `newsletter init`")
    if not 0 < subscriber_id < 1 << 8 * _ID:
        raise TokenError("a subscriber's number is out of range")
    person = subscriber_id.to_bytes(_ID, "big")
    seal = _seal(person, purpose, key, context)
    return urlsafe_b64encode(seal + _masked(person, seal, key)).decode("ascii")


def read_token(
    token: str,
    purpose: Purpose,
    keys: Sequence[bytes],
    context_of: Callable[[int], str] = lambda _id: "",
) -> int:
    """The subscriber's id (or the pending act's). `context_of` tells the context of an id.

    Raises:
        TokenError: damaged, forged, made with another key or for another purpose.
    """
    if not _TOKEN.fullmatch(token):
        raise TokenError("this link does not work")
    content = urlsafe_b64decode(token)
    seal, masked = content[:_SEAL], content[_SEAL:]
    for key in filter(None, keys):
        person = _masked(masked, seal, key)
        number = int.from_bytes(person, "big")
        if compare_digest(seal, _seal(person, purpose, key, context_of(number))):
            return number
    raise TokenError("this link does not work")


def _seal(person: bytes, purpose: Purpose, key: bytes, context: str) -> bytes:
    sealed = b"subscribers.token.seal:" + purpose.encode() + b":" + person + context.encode()
    return digest(key, sealed, sha256)[:_SEAL]


def _masked(person: bytes, seal: bytes, key: bytes) -> bytes:
    mask = digest(key, b"subscribers.token.mask:" + seal, sha256)
    return bytes(one ^ other for one, other in zip(person, mask, strict=False))
