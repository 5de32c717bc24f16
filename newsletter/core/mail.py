"""The message: an edition as bytes, made once, and a personal copy of it by joining bytes.

Only the tokens in a reader's own links, the `To` line and the Message-ID differ between two copies
of an edition. So the message is encoded twice with different letters where the tokens stand; where
the two encodings differ, the personal bytes are, even where quoted-printable has broken a token
over two lines. A token's letters take one byte each, hence every copy breaks its lines alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from newsletter.core.delivery import Message
from newsletter.core.headers import (
    ascii_address,
    ascii_domain,
    date_line,
    feedback_line,
    header_line,
    list_id_line,
    mailbox_line,
    refuse_long_lines,
)
from newsletter.core.mime import body_of
from newsletter.core.personal import PERSONAL_PATHS, PERSONAL_URL, filled_html, filled_text
from newsletter.core.pictures import split_pictures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from newsletter.core.headers import Mailbox
    from newsletter.core.pictures import Picture

__all__ = [
    "PERSONAL_PATHS",
    "PERSONAL_URL",
    "Feedback",
    "Identity",
    "Letter",
    "MessageTemplate",
    "Slot",
    "delivery_key",
    "message_template",
    "personalise",
]

_LETTERS = "abcdef"  # one for each of PERSONAL_PATHS
_AUTO_SUBMITTED = "Auto-Submitted: auto-generated"
_BASE_URL = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:/[A-Za-z0-9._~/-]*)?")
_TOKEN = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"


@dataclass(frozen=True)
class Letter:
    """The wording of a mail. Personal links stand in it as `PERSONAL_URL` plus their name.

    Without `html` the message is plain text alone. Pictures stand in the HTML as `data:`
    addresses. `language` is its tag (RFC 5646), empty where nobody knows.
    """

    subject: str
    html: str
    text: str
    language: str = ""


@dataclass(frozen=True)
class Identity:
    """Who an edition comes from; the same for all editions of a newsletter.

    `list_id` (`daily.news.example.org`) and `list_name` make the List-Id (RFC 2919); without a
    `list_id` the mail is none of a list's, and has no way to leave it either. `base_url` is
    where the personal links lead, `message_id_domain` a domain of our own (RFC 5322, 3.6.4).
    """

    sender: Mailbox
    list_id: str
    list_name: str
    base_url: str
    message_id_domain: str
    reply_to: Mailbox | None = None


class Feedback(NamedTuple):
    """What a mailbox provider tells a mail's complaints apart by, with nobody's own data in it.

    `campaign` is the edition's date or what the mail is for, `mail_type` `edition`, `correction`
    or `notice`.
    """

    campaign: str
    mail_type: str


class Slot(NamedTuple):
    """The number of a piece that is personal: letters `start` to `end` of the value `name`."""

    piece: int
    name: str
    start: int
    end: int


@dataclass(frozen=True)
class MessageTemplate:
    """An edition's message, cut at its personal bytes; made by `message_template`.

    `pieces` are the bytes in order, with an empty piece for each of the `slots` and, first, for
    the lines that name the recipient. `tokens` are the lengths of the personal values.
    """

    edition_key: str
    message_id_domain: str
    sender: str
    tokens: Mapping[str, int]
    pieces: tuple[bytes, ...]
    slots: tuple[Slot, ...]


def message_template(
    edition_key: str,
    letter: Letter,
    identity: Identity,
    *,
    date: datetime,
    tokens: Mapping[str, int],
    is_automatic: bool = False,
    feedback: Feedback | None = None,
) -> MessageTemplate:
    """The message of an edition, ready to be made personal.

    Args:
        edition_key: What names this edition for ever. Together with a delivery's id it makes the
            Message-ID, so a corrected edition that is mailed anew needs a key of its own.
        letter: What the edition says.
        identity: Who it comes from.
        date: When it was sent, aware; the same for all copies.
        tokens: For each personal link its token's length in letters of `[A-Za-z0-9_-]`.
        is_automatic: It follows from what one person did, so no machine may answer (RFC 3834, 5).
        feedback: What its complaints are counted under.

    Raises:
        ValueError: an address or domain that cannot be written, a link nobody has a token for.
    """
    domain = ascii_domain(identity.message_id_domain)
    html, pictures = split_pictures(letter.html, domain)
    headers = [*_headers(letter, identity, date)]
    headers += [_feedback_line(feedback, identity, domain)] if feedback else []
    headers += [_AUTO_SUBMITTED] if is_automatic else []
    shared = _Shared(replace(letter, html=html), pictures, headers)
    one, other = (
        _everything_else(shared, identity, _links(identity.base_url, tokens, letters))
        for letters in ("-" * len(tokens), _LETTERS)
    )
    pieces, slots = _cut(one, other, tokens)
    return MessageTemplate(
        edition_key, domain, ascii_address(identity.sender.address), dict(tokens), pieces, slots
    )


def personalise(
    template: MessageTemplate, *, delivery_id: int, recipient: Mailbox, values: Mapping[str, str]
) -> Message:
    """One reader's copy. It costs a join: nothing is encoded again but the recipient's name.

    Raises:
        AddressError: the recipient's address cannot be written in a message.
        ValueError: a value is missing, or is not of the promised length and letters.
    """
    address = ascii_address(recipient.address)
    key = delivery_key(template.edition_key, delivery_id)
    to = mailbox_line("To", recipient.name, address)
    opening = f"Message-ID: <{key}@{template.message_id_domain}>\r\n{to}\r\n"
    personal = {
        name: _token(values.get(name, ""), name, length) for name, length in template.tokens.items()
    }
    pieces = list(template.pieces)
    pieces[0] = opening.encode("ascii")
    for piece, name, start, end in template.slots:
        pieces[piece] = personal[name][start:end]
    return Message(key, delivery_id, template.sender, address, b"".join(pieces))


def delivery_key(edition_key: str, delivery_id: int) -> str:
    """What names a delivery to the outside: the same for every copy of it, nothing personal in it.

    It is the Message-ID's left part, so that receivers that look for copies (Sieve's `duplicate`,
    RFC 7352) take a second one for what it is.
    """
    return blake2b(f"{edition_key}\0{delivery_id}".encode(), digest_size=16).hexdigest()


class _Shared(NamedTuple):
    """What all copies have alike: the wording, the pictures it shows, the lines above it."""

    letter: Letter
    pictures: Sequence[Picture]
    headers: Sequence[str]


def _everything_else(shared: _Shared, identity: Identity, links: Mapping[str, str]) -> bytes:
    """The message without the lines that name the recipient, with these links in it."""
    leave = links.get("unsubscribe", "") if identity.list_id else ""
    headers = [*shared.headers, *_unsubscribe_lines(leave), "MIME-Version: 1.0"]
    refuse_long_lines(headers)
    top = "".join(f"{line}\r\n" for line in headers).encode("ascii")
    html, text = filled_html(shared.letter.html, links), filled_text(shared.letter.text, links)
    return top + body_of(html, text, shared.pictures)


def _headers(letter: Letter, identity: Identity, date: datetime) -> Iterable[str]:
    yield date_line(date)
    yield mailbox_line("From", identity.sender.name, ascii_address(identity.sender.address))
    if identity.reply_to:
        reply_to = identity.reply_to
        yield mailbox_line("Reply-To", reply_to.name, ascii_address(reply_to.address))
    yield header_line("Subject", letter.subject)
    if letter.language:
        yield header_line("Content-Language", letter.language)
    if identity.list_id:
        yield list_id_line(identity.list_name, identity.list_id)


def _feedback_line(feedback: Feedback, identity: Identity, domain: str) -> str:
    """The campaign, the list, the type, and last the sender, which stays the same for years."""
    name = identity.list_id.partition(".")[0]
    return feedback_line((feedback.campaign, name, feedback.mail_type), domain)


def _unsubscribe_lines(link: str) -> Iterable[str]:
    """RFC 8058, 3.1: one HTTPS address on one line; one click is not offered without HTTPS."""
    if link:
        yield f"List-Unsubscribe: <{link}>"
    if link.startswith("https://"):
        yield "List-Unsubscribe-Post: List-Unsubscribe=One-Click"


def _links(base_url: str, tokens: Mapping[str, int], letters: str) -> dict[str, str]:
    """The personal links, each with a token of one letter."""
    if not _BASE_URL.fullmatch(base_url):
        raise ValueError(f"{base_url!r} is not a web address that links can start with")
    if not tokens.keys() <= PERSONAL_PATHS.keys():
        raise ValueError(f"personal links are {', '.join(PERSONAL_PATHS)}")
    return {
        name: f"{base_url.rstrip('/')}{PERSONAL_PATHS[name]}{letter * length}"
        for (name, length), letter in zip(tokens.items(), letters, strict=False)
    }


def _cut(
    one: bytes, other: bytes, tokens: Mapping[str, int]
) -> tuple[tuple[bytes, ...], tuple[Slot, ...]]:
    """Cut a message at its personal bytes: there, and only there, `other` has other letters."""
    marks = bytes(b if a != b else 0 for a, b in zip(one, other, strict=True))
    names = dict(zip(_LETTERS.encode("ascii"), tokens, strict=False))
    told = dict.fromkeys(tokens, 0)
    pieces, slots, done = [b""], [], 0
    for run in re.finditer(rb"([^\0])\1*", marks):
        name = names[run[1][0]]
        start, end = told[name], told[name] + len(run[0])
        pieces += [one[done : run.start()], b""]
        slots.append(Slot(len(pieces) - 1, name, start, end))
        told[name], done = end % tokens[name], run.end()
    return (*pieces, one[done:]), tuple(slots)


def _token(value: str, name: str, length: int) -> bytes:
    token = value.encode("ascii", "replace")
    if len(token) != length or token.translate(None, _TOKEN):
        raise ValueError(f"the value {name!r} must be {length} letters of A-Z, a-z, 0-9, _ and -")
    return token
