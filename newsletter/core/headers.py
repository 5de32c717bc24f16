"""A message's headers, each written so that no text in it becomes another header.

They are written here and not by the standard library, because several versions of it (3.11.7
among them) decode an encoded word in the text they are given, so that
`=?utf-8?q?a=0D=0ABcc:_x?=` in a headline becomes a header line of its own, and because they fold
a long List-Unsubscribe address into encoded words, which no receiver understands.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

AsciiAddress = NewType("AsciiAddress", str)
"""An address that `ascii_address` made: nothing in it can end a header or a command."""

_LINE = 76  # RFC 2047, 2: a line with encoded words
_B_FRAME = len("=?utf-8?b??=")
_WORD = 75  # RFC 2047, 2: one encoded word
_FULL_LINE = 998  # RFC 5322, 2.1.1: any line, without its CRLF
_FOLD = "\r\n "
_LONGEST_LOCAL_PART = 64
_LONGEST_ADDRESS = 254
_SHORTEST_SENDER, _LONGEST_SENDER = 5, 15  # letters of a Feedback-ID's last field
_LONGEST_DOMAIN = 253  # RFC 1035, 2.3.4, as text

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
_ATOMS = re.compile(rf"{_ATOM}(?: {_ATOM})*")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_SPACES = re.compile(" +")
_Q_PLAIN = re.compile(r"[A-Za-z0-9!*+/-]")  # RFC 2047, 5 (3): what may stand plainly in a phrase
_Q = {
    code: "_" if code == ord(" ") else chr(code) if _Q_PLAIN.match(chr(code)) else f"={code:02X}"
    for code in range(256)
}


class AddressError(ValueError):
    """An address that cannot be mailed as it is written."""


@dataclass(frozen=True)
class Mailbox:
    """An address and the name beside it, as people write them: any script, nothing encoded."""

    address: str
    name: str = ""


def mailbox(text: str) -> Mailbox:
    """The mailbox that a person wrote as `Name <address>` or as an address alone."""
    name, bracket, address = text.strip().rpartition("<")
    if not bracket:
        return Mailbox(address)
    quoted = re.fullmatch(r'"(.*)"', name.strip())
    name = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else name.strip()
    return Mailbox(address.removesuffix(">").strip(), name)


def ascii_address(address: str) -> AsciiAddress:
    """An address as it stands in SMTP and in headers, its domain in punycode (RFC 5890).

    Raises:
        AddressError: not one plain address; or letters beyond ASCII before the `@`, which only
            relays with SMTPUTF8 (RFC 6531) could carry, and which no header may encode (RFC 2047,
            5); or what looks like an encoded word, which some readers would decode there.
    """
    if _is_plain_address(address):
        return AsciiAddress(address)
    local, _, domain = address.rpartition("@")
    if not local.isascii():
        raise AddressError(f"{address!r} has letters beyond ASCII before the @; no relay is sure")
    try:
        written = f"{local}@{ascii_domain(domain)}"
    except ValueError as error:
        raise AddressError(f"{address!r} is not an address we can mail: {error}") from None
    if not _is_plain_address(written):
        raise AddressError(f"{address!r} is not an address we can mail")
    return AsciiAddress(written)


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
    room = _LINE - len(f"{name}: ")
    if _is_plain(text) and max(map(len, words)) <= room:
        return _folded(f"{name}:", words)
    return f"{name}: {_encoded(text, _LINE - room)}"


def date_line(moment: datetime) -> str:
    """The Date header (RFC 5322, 3.3), in the offset that `moment` has."""
    if moment.tzinfo is None:
        raise ValueError("the date of a message needs a time zone")
    day, month = _DAYS[moment.weekday()], _MONTHS[moment.month - 1]
    return f"Date: {day}, {moment.day:02} {month} {moment:%Y %H:%M:%S %z}"


def mailbox_line(field: str, name: str, address: AsciiAddress) -> str:
    """A header of one mailbox (RFC 5322, 3.6.2 and 3.6.3), such as `To`, with any name or none."""
    return _named_line(field, name, address) if name else f"{field}: {address}"


def list_id_line(name: str, list_id: str) -> str:
    """The List-Id header (RFC 2919, 3): the list's name for people, and its identifier.

    Raises:
        ValueError: `list_id` is not shaped like a domain name.
    """
    return _named_line("List-Id", name, ascii_domain(list_id))


def feedback_line(fields: Iterable[str], sender: str) -> str:
    """The Feedback-ID header, which Gmail counts complaints under (support.google.com/a/6254652).

    Up to three fields, empty ones left out, and last the sender's own: 5 to 15 letters that are
    the same in all its mail. All are made of ASCII letters, digits and hyphens.
    """
    last = _slug(sender)[:_LONGEST_SENDER].strip("-").ljust(_SHORTEST_SENDER, "0")
    return f"Feedback-ID: {':'.join((*filter(None, map(_slug, fields)), last))}"


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")


def refuse_long_lines(headers: Iterable[str]) -> None:
    """Take no header with a line that SMTP would not carry (RFC 5322, 2.1.1).

    Raises:
        ValueError: a line of 999 letters or more; only what cannot be folded makes one.
    """
    for line in headers:
        if max(map(len, line.split("\r\n"))) > _FULL_LINE:
            raise ValueError(f"the header {line.partition(':')[0]} has a line over {_FULL_LINE}")


def _named_line(field: str, name: str, value: str) -> str:
    """A header of a phrase and something in angle brackets, folded between them where too long."""
    phrase = _phrase(name, len(field) + 2)
    line = f"{field}: {phrase}".rstrip()
    last = line.rpartition(_FOLD)[2]
    space = " " if len(last) + len(value) + 3 <= _LINE else _FOLD
    return f"{line}{space}<{value}>"


def _phrase(name: str, column: int) -> str:
    """A display name (RFC 5322, 3.4): as atoms, quoted or, where it must be, in encoded words."""
    is_short = name.isascii() and column + len(name) <= _LINE
    if is_short and "=?" not in name and _ATOMS.fullmatch(name):
        return name
    name = _clean(name)
    if _is_plain(name):
        plain = name if not name or _ATOMS.fullmatch(name) else _quoted(name)
        if column + len(plain) <= _LINE:
            return plain
    return _encoded(name, column)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _encoded(text: str, column: int) -> str:
    """Text as encoded words, one a line, none over 75 letters, no character torn (RFC 2047, 2, 5).

    All of it is encoded, spaces too, because the space between two encoded words is not shown.
    """
    whole, word, room = _q_word(text), _q_word, _LINE - column
    if len(whole) > _B_FRAME + -(-len(text.encode("utf-8")) // 3) * 4:  # 3 bytes make 4 letters
        whole, word = _b_word(text), _b_word
    if len(whole) <= room:
        return whole
    words, chunk = [], ""
    for character in text:
        if len(word(chunk + character)) > room and chunk:
            words.append(word(chunk))
            chunk, room = "", _WORD
        chunk += character
    return _FOLD.join((*words, word(chunk)))


def _q_word(text: str) -> str:
    # bytes in the shape of Latin-1 text, so that all of them are replaced in one call
    return f"=?utf-8?q?{text.encode('utf-8').decode('latin-1').translate(_Q)}?="


def _b_word(text: str) -> str:
    return f"=?utf-8?b?{b64encode(text.encode('utf-8')).decode('ascii')}?="


def _folded(start: str, words: Iterable[str]) -> str:
    """The words after `start`, with line ends before words that would pass the limit."""
    lines = [start]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > _LINE:
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines)


def _clean(text: str) -> str:
    """One line of text: what could end or hide a line becomes a space, runs of spaces one."""
    if not text.isprintable():  # most text is, and asking costs less than a search
        text = _CONTROLS.sub(" ", text)
    if "  " in text:
        text = _SPACES.sub(" ", text)
    return text.strip(" ")


def _is_plain(text: str) -> bool:
    return "=?" not in text and text.isascii() and text.isprintable()


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
