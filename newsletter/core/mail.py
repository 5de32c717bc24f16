"""The message: an edition as bytes, made once, and a personal copy of it by joining bytes.

Only the tokens in a reader's own links, the `To` line and the Message-ID differ between two copies
of an edition. So the message is encoded twice with different letters where the tokens stand; where
the two encodings differ, the personal bytes are, even where quoted-printable has broken a token
over two lines. A token's letters take one byte each, hence every copy breaks its lines alike.

Headers are written here and not by the standard library, because several versions of it (3.11.7
among them) decode an encoded word in the text they are given, so that
`=?utf-8?q?a=0D=0ABcc:_x?=` in a headline becomes a header line of its own, and because they fold
a long List-Unsubscribe address into encoded words, which no receiver understands.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from email.quoprimime import body_encode
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from newsletter.core.delivery import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

PERSONAL_URL = "https://personal.invalid/"
"""What a personal link starts with in an edition's text; one of `PERSONAL_PATHS` follows."""

PERSONAL_PATHS = {"unsubscribe": "/u/", "preferences": "/p/"}
"""The personal links, and the path below the newsletter's own address each is served at."""

LINE = 76  # RFC 2045, 6.7 (5), and RFC 2047, 2: lines of encoded text
WORD = 75  # RFC 2047, 2: one encoded word
FULL_LINE = 998  # RFC 5322, 2.1.1: any line, without its CRLF
_LONGEST_LOCAL_PART = 64
_LONGEST_ADDRESS = 254
_LONGEST_DOMAIN = 253  # RFC 1035, 2.3.4, as text
FOLD = "\r\n "

_LETTERS = "ab"  # one for each personal link
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
_ATOMS = re.compile(rf"{_ATOM}(?: {_ATOM})*")
_BASE_URL = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:/[A-Za-z0-9._~/-]*)?")
_PERSONAL = re.compile(
    rf"(?<![^\s\"'<>(]){re.escape(PERSONAL_URL)}({'|'.join(PERSONAL_PATHS)})(?![\w/?&=%-])"
)
_TOKEN = re.compile(r"[A-Za-z0-9_-]*")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_PRINTABLE = re.compile("[ -~]*")
_Q_PLAIN = re.compile(r"[A-Za-z0-9!*+/-]")  # RFC 2047, 5 (3): what may stand plainly in a phrase
_Q = tuple(
    "_" if code == ord(" ") else chr(code) if _Q_PLAIN.match(chr(code)) else f"={code:02X}"
    for code in range(256)
)


class AddressError(ValueError):
    """An address that cannot be mailed as it is written."""


@dataclass(frozen=True)
class Mailbox:
    """An address and the name beside it, as people write them: any script, nothing encoded."""

    address: str
    name: str = ""


@dataclass(frozen=True)
class Letter:
    """The wording of an edition. Personal links stand in it as `PERSONAL_URL` plus their name."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True)
class Identity:
    """Who an edition comes from; the same for all editions of a newsletter.

    `list_id` (`daily.news.example.org`) and `list_name` make the List-Id (RFC 2919), `base_url` is
    where the personal links lead, `message_id_domain` a domain of our own (RFC 5322, 3.6.4).
    """

    sender: Mailbox
    list_id: str
    list_name: str
    base_url: str
    message_id_domain: str
    reply_to: Mailbox | None = None


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
) -> MessageTemplate:
    """The message of an edition, ready to be made personal.

    Args:
        edition_key: What names this edition for ever. Together with a delivery's id it makes the
            Message-ID, so a corrected edition that is mailed anew needs a key of its own.
        letter: What the edition says.
        identity: Who it comes from.
        date: When it was sent, aware; the same for all copies.
        tokens: For each personal link its token's length in letters of `[A-Za-z0-9_-]`.

    Raises:
        ValueError: an address or domain that cannot be written, a link nobody has a token for.
    """
    domain = ascii_domain(identity.message_id_domain)
    one, other = (
        _everything_else(letter, identity, date, _links(identity.base_url, tokens, letters))
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
    opening = (
        f"Message-ID: <{key}@{template.message_id_domain}>\r\n"
        f"{_mailbox_line('To', recipient.name, address)}\r\n"
    )
    personal = {name: _token(values, name, length) for name, length in template.tokens.items()}
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


def mailbox(text: str) -> Mailbox:
    """The mailbox that a person wrote as `Name <address>` or as an address alone."""
    name, bracket, address = text.strip().rpartition("<")
    if not bracket:
        return Mailbox(address)
    quoted = re.fullmatch(r'"(.*)"', name.strip())
    name = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else name.strip()
    return Mailbox(address.removesuffix(">").strip(), name)


def ascii_address(address: str) -> str:
    """An address as it stands in SMTP and in headers, its domain in punycode (RFC 5890).

    Raises:
        AddressError: not one plain address; or letters beyond ASCII before the `@`, which only
            relays with SMTPUTF8 (RFC 6531) could carry, and which no header may encode (RFC 2047,
            5); or what looks like an encoded word, which some readers would decode there.
    """
    if _is_plain_address(address):
        return address
    local, _, domain = address.rpartition("@")
    if not local.isascii():
        raise AddressError(f"{address!r} has letters beyond ASCII before the @; no relay is sure")
    try:
        written = f"{local}@{ascii_domain(domain)}"
    except ValueError as error:
        raise AddressError(f"{address!r} is not an address we can mail: {error}") from None
    if not _is_plain_address(written):
        raise AddressError(f"{address!r} is not an address we can mail")
    return written


def ascii_domain(domain: str) -> str:
    """A domain in ASCII; other scripts become punycode by IDNA 2008 (RFC 5891).

    Raises:
        ValueError: not a domain name.
    """
    written = domain if domain.isascii() else _punycode(domain)
    if not _DOMAIN.fullmatch(written) or len(written) > _LONGEST_DOMAIN:
        raise ValueError(f"{domain!r} is not a domain name")
    return written


def header_line(name: str, text: str) -> str:
    """An unstructured header (RFC 5322, 2.2.1) with any text in it, folded, without its last CRLF.

    Text that is not plain printable ASCII, and text that looks like an encoded word, is encoded
    (RFC 2047); control characters and line ends become a space.
    """
    text = _clean(text)
    words = text.split(" ")
    room = LINE - len(f"{name}: ")
    if _is_plain(text) and max(map(len, words)) <= room:
        return _folded(f"{name}:", words)
    return f"{name}: {_encoded(text, LINE - room)}"


def date_line(moment: datetime) -> str:
    """The Date header (RFC 5322, 3.3), in the offset that `moment` has."""
    if moment.tzinfo is None:
        raise ValueError("the date of a message needs a time zone")
    day, month = _DAYS[moment.weekday()], _MONTHS[moment.month - 1]
    return f"Date: {day}, {moment.day:02} {month} {moment:%Y %H:%M:%S %z}"


def quoted_printable(text: str) -> bytes:
    """Text in UTF-8 and quoted-printable (RFC 2045, 6.7), lines ended by CRLF, the last one too."""
    lines = text.replace("\0", "").encode("utf-8", "replace").splitlines()
    # body_encode takes bytes in the shape of Latin-1 text
    return body_encode((b"\n".join(lines) + b"\n").decode("latin-1"), LINE, "\r\n").encode("ascii")


def _everything_else(
    letter: Letter, identity: Identity, date: datetime, links: Mapping[str, str]
) -> bytes:
    """The message without the lines that name the recipient, with these links in it."""
    html, text = (_with_links(part, links) for part in (letter.html, letter.text))
    headers = (*_headers(letter.subject, identity, date, links), *_MIME_HEADERS)
    _refuse_long_lines(headers)
    top = "".join(f"{line}\r\n" for line in headers).encode("ascii")
    return b"".join((top, _part("plain", text), _part("html", html), _END))


# "=_" cannot occur in quoted-printable (RFC 2045, 6.7), so no part can hold the boundary.
_BOUNDARY = "=_straight-into-your-inbox"
_MIME_HEADERS = (
    "MIME-Version: 1.0",
    f'Content-Type: multipart/alternative; boundary="{_BOUNDARY}"',
    "",  # the headers end
)
_END = f"--{_BOUNDARY}--\r\n".encode("ascii")


def _headers(
    subject: str, identity: Identity, date: datetime, links: Mapping[str, str]
) -> Iterable[str]:
    yield date_line(date)
    yield _mailbox_line("From", identity.sender.name, ascii_address(identity.sender.address))
    if identity.reply_to:
        reply_to = identity.reply_to
        yield _mailbox_line("Reply-To", reply_to.name, ascii_address(reply_to.address))
    yield header_line("Subject", subject)
    yield _named_line("List-Id", identity.list_name, ascii_domain(identity.list_id))
    yield from _unsubscribe_lines(links.get("unsubscribe", ""))


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


def _with_links(text: str, links: Mapping[str, str]) -> str:
    """The text with the personal links filled in where they stand alone.

    Inside another address they stay as they are: a feed could otherwise have readers carry their
    tokens to `https://evil.example/?https://personal.invalid/unsubscribe`.
    """

    def link(found: re.Match[str]) -> str:
        if found[1] not in links:
            raise ValueError(f"nobody gave a token for the personal link {found[0]}")
        return links[found[1]]

    return _PERSONAL.sub(link, text)


def _part(subtype: str, text: str) -> bytes:
    head = (
        f"--{_BOUNDARY}\r\n"
        f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return head.encode("ascii") + quoted_printable(text) + b"\r\n"


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


def _token(values: Mapping[str, str], name: str, length: int) -> bytes:
    value = values.get(name, "")
    if len(value) != length or not _TOKEN.fullmatch(value):
        raise ValueError(f"the value {name!r} must be {length} letters of A-Z, a-z, 0-9, _ and -")
    return value.encode("ascii")


def _mailbox_line(field: str, name: str, address: str) -> str:
    return _named_line(field, name, address) if name else f"{field}: {address}"


def _named_line(field: str, name: str, value: str) -> str:
    """A header of a phrase and something in angle brackets, folded between them where too long."""
    phrase = _phrase(name, len(field) + 2)
    line = f"{field}: {phrase}".rstrip()
    last = line.rpartition(FOLD)[2]
    space = " " if len(last) + len(value) + 3 <= LINE else FOLD
    return f"{line}{space}<{value}>"


def _phrase(name: str, column: int) -> str:
    """A display name (RFC 5322, 3.4): as atoms, quoted or, where it must be, in encoded words."""
    if _ATOMS.fullmatch(name) and "=?" not in name and column + len(name) <= LINE:
        return name
    name = _clean(name)
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    plain = name if not name or _ATOMS.fullmatch(name) else f'"{escaped}"'
    fits = column + len(plain) <= LINE
    return plain if fits and _is_plain(name) else _encoded(name, column)


def _encoded(text: str, column: int) -> str:
    """Text as encoded words, one a line, none over 75 letters, no character torn (RFC 2047, 2, 5).

    All of it is encoded, spaces too, because the space between two encoded words is not shown.
    """
    q, b = _q_word(text), _b_word(text)
    whole, word = (q, _q_word) if len(q) <= len(b) else (b, _b_word)
    words, chunk, room = [], "", LINE - column
    if len(whole) <= room:
        return whole
    for character in text:
        if len(word(chunk + character)) > room and chunk:
            words.append(word(chunk))
            chunk, room = "", WORD
        chunk += character
    return FOLD.join((*words, word(chunk)))


def _q_word(text: str) -> str:
    return f"=?utf-8?q?{''.join(_Q[code] for code in text.encode('utf-8'))}?="


def _b_word(text: str) -> str:
    return f"=?utf-8?b?{b64encode(text.encode('utf-8')).decode('ascii')}?="


def _folded(start: str, words: Iterable[str]) -> str:
    """The words after `start`, with line ends before words that would pass the limit."""
    lines = [start]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > LINE:
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines)


def _clean(text: str) -> str:
    """One line of text: what could end or hide a line becomes a space, runs of spaces one."""
    return re.sub(" +", " ", _CONTROLS.sub(" ", text)).strip(" ")


def _is_plain(text: str) -> bool:
    return "=?" not in text and _PRINTABLE.fullmatch(text) is not None


def _is_plain_address(address: str) -> bool:
    """Atoms and a domain in ASCII, within the lengths of RFC 5321, 4.5.3.1.1 to 4.5.3.1.3."""
    if len(address) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
        return False
    return "=?" not in address and address.index("@") <= _LONGEST_LOCAL_PART


def _punycode(domain: str) -> str:
    import idna

    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise ValueError(f"{domain!r} is not a domain name") from None


def _refuse_long_lines(headers: Iterable[str]) -> None:
    for line in headers:
        if max(map(len, line.split("\r\n"))) > FULL_LINE:
            raise ValueError(f"the header {line.partition(':')[0]} has a line over {FULL_LINE}")
