"""The signed moment at which a form was shown: it tells a press from a stored or hasty one.

A stamp is the second of rendering in hexadecimal, a dot, and a seal (HMAC-SHA-256 over purpose and
second, cut to 96 bits). It says nothing about who looks, so a page that holds one may be kept and
shared; whoever wants one can fetch it. It proves a form of ours, at a time, and nothing more.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256
from hmac import compare_digest, digest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

LIFE = timedelta(hours=24)
_STAMP = re.compile(r"([0-9a-f]{1,12})\.([A-Za-z0-9_-]{16})")
_SEAL = 12


def make_stamp(shown_at: datetime, key: bytes) -> str:
    """The stamp of a form that is shown at an aware moment."""
    second = f"{int(shown_at.timestamp()):x}"
    return f"{second}.{_seal(second, key)}"


def is_ripe(stamp: str, now: datetime, least: timedelta, keys: Sequence[bytes]) -> bool:
    """Whether a form of ours was shown at least so long ago, and within a day."""
    match = _STAMP.fullmatch(stamp)
    if not match or not any(compare_digest(match[2], _seal(match[1], key)) for key in keys):
        return False
    age = now.timestamp() - int(match[1], 16)
    return least.total_seconds() <= age <= LIFE.total_seconds()


def _seal(second: str, key: bytes) -> str:
    sealed = digest(key, f"newsletter.stamp:form:{second}".encode(), sha256)[:_SEAL]
    return urlsafe_b64encode(sealed).decode("ascii")
