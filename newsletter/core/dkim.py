"""A DKIM signature (RFC 6376): the header it stands in, and the bytes that are to be signed.

Written here because a signature is made for every copy: the canonical forms cost half a
millisecond, and the key is used by a library that computes outside Python. The forms are
`relaxed/relaxed`, so that a relay that folds a header anew breaks nothing.
"""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SIGNED = (
    *("From", "To", "Subject", "Date", "Reply-To", "Message-ID", "MIME-Version", "Content-Type"),
    *("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID"),
)
"""The headers that are covered, each once more than it stands in the message, so that nobody can
add one (RFC 6376, 8.15). RFC 8058, 4, wants both headers of one-click unsubscribing among them."""

_FOLD = b"\r\n "
_LINE = 72  # letters of a folded line
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:((?:[^\r]|\r\n[ \t])*)\r\n")


def signature_line(
    content: bytes, *, domain: str, selector: str, sign: Callable[[bytes], bytes]
) -> bytes:
    """The DKIM-Signature header of a finished message, with its CRLF.

    No time is in it, so that the same message always gets the same signature.

    Args:
        content: The message, its lines ended by CRLF.
        domain: Who vouches for it; its key is published at `selector._domainkey.domain`.
        selector: Which of the domain's keys.
        sign: Signs bytes by `rsa-sha256` (RFC 6376, 3.3.1).
    """
    head, _, body = content.partition(b"\r\n\r\n")
    fields = [(name.lower(), text) for name, text in _FIELD.findall(head + b"\r\n")]
    names = _names([name for name, _ in fields])
    digest = b64encode(sha256(relaxed_body(body)).digest())
    unsigned = b"DKIM-Signature:" + _FOLD.join(
        (
            b" v=1; a=rsa-sha256; c=relaxed/relaxed;",
            f"d={domain}; s={selector};".encode("ascii"),
            _folded_names(names),
            b"bh=" + digest + b";",
            b"b=",
        )
    )
    covered = [*_covered(fields, names), relaxed_field(*unsigned.split(b":", 1))]
    signature = b64encode(sign(b"\r\n".join(covered)))
    chunks = (signature[start : start + _LINE] for start in range(0, len(signature), _LINE))
    return unsigned + _FOLD.join(chunks) + b"\r\n"


def is_same_key(record: str, other: str) -> bool:
    """Whether two key records (RFC 6376, 3.6.1) publish the same key, and not a revoked one."""
    keys = [re.search(r"(?:^|;)\s*p\s*=([^;]*)", one) for one in (record, other)]
    one, two = ("".join(key[1].split()) if key else "" for key in keys)
    return one == two != ""


def relaxed_field(name: bytes, text: bytes) -> bytes:
    """A header in its relaxed form, without its CRLF (RFC 6376, 3.4.2)."""
    unfolded = text.replace(b"\r\n", b"")
    return name.lower() + b":" + _with_single_spaces(unfolded).strip(b" ")


def relaxed_body(body: bytes) -> bytes:
    """A body in its relaxed form (RFC 6376, 3.4.4)."""
    ended = body if body.endswith(b"\r\n") else body + b"\r\n"
    kept = _with_single_spaces(ended).replace(b" \r\n", b"\r\n")
    while kept.endswith(b"\r\n\r\n"):
        kept = kept[:-2]
    return b"" if kept == b"\r\n" else kept


def _with_single_spaces(text: bytes) -> bytes:
    """Runs of spaces and tabs made one space; five times as fast as a regular expression."""
    text = text.replace(b"\t", b" ")
    while b"  " in text:
        text = text.replace(b"  ", b" ")
    return text


def _names(there: list[bytes]) -> list[bytes]:
    """What `h=` lists; a name that is not there says that there is none (RFC 6376, 3.5)."""
    signed = [name.lower().encode("ascii") for name in SIGNED]
    return [name for name in signed for _ in range(there.count(name) + 1)]


def _covered(fields: list[tuple[bytes, bytes]], names: list[bytes]) -> Iterable[bytes]:
    """The listed headers' relaxed forms, of several alike the last one first (5.4.2)."""
    left = fields[::-1]
    for name in names:
        found = next((field for field in left if field[0] == name), None)
        if found:
            left.remove(found)
            yield relaxed_field(*found)


def _folded_names(names: list[bytes]) -> bytes:
    lines = [b"h="]
    for name in names:
        if len(lines[-1]) + len(name) >= _LINE:
            lines.append(b"")
        lines[-1] += name + b":"
    return _FOLD.join(lines).rstrip(b":") + b";"
