"""A real SMTP server on loopback that keeps what it takes, with faults by switch; and a linter.

Every message goes to the log before the sink answers or misbehaves, as with a relay that dies
when its disk already has the message.
"""

from __future__ import annotations

import asyncio
import re
from base64 import b64decode
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from quopri import decodestring
from typing import TYPE_CHECKING, Any, AnyStr, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator


@dataclass(frozen=True)
class Received:
    """A message the sink took: its envelope, its bytes, and the number of its connection."""

    sender: str
    recipient: str
    content: bytes
    connection: int


@dataclass
class Faults:
    """Replies other than the good ones. "" closes the connection without one, as 421 does after it.

    Those after the data are given when the message is in the log.
    """

    to_ehlo: str | None = None
    to_mail: str | None = None
    to_mail_once: str | None = None
    to_rcpt: dict[str, str] = field(default_factory=dict)
    after_data: dict[str, str] = field(default_factory=dict)
    silent_after_data: set[str] = field(default_factory=set)


class SmtpSink:
    """A context manager: the running server."""

    host = "127.0.0.1"

    def __init__(
        self,
        *,
        login: tuple[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
    ) -> None:
        self.faults = Faults()
        self.received: list[Received] = []
        self.connections = 0
        self.login = login
        self.starttls = starttls
        self._controller = _Controller(self, tls)

    @property
    def port(self) -> int:
        return self._controller.chosen_port

    def close_connections(self) -> None:
        """Hang up on everyone, as an idle relay does."""
        self._controller.close_connections()

    def __enter__(self) -> Self:
        self._controller.start()
        self.connections = 0  # the controller knocks once by itself
        return self

    def __exit__(self, *exception: object) -> None:
        self._controller.stop()

    def authenticate(self, *arguments: Any) -> AuthResult:
        login = arguments[-1]
        assert isinstance(login, LoginPassword)
        given = (login.login.decode(), login.password.decode())
        if given == self.login:
            return AuthResult(success=True)
        # as rude as a relay can be: it repeats the password
        return AuthResult(success=False, handled=False, message=f"535 5.7.8 not {given[1]}")


class _Controller(Controller):
    """aiosmtpd's thread and loop, on a port that the system chooses."""

    def __init__(self, sink: SmtpSink, tls: ssl.SSLContext | None) -> None:
        self._sink = sink
        self._servers: list[_Server] = []
        super().__init__(_Handler(sink.faults, sink), hostname=sink.host, port=0, ssl_context=tls)

    @property
    def chosen_port(self) -> int:
        assert isinstance(self.server, asyncio.Server)
        return int(self.server.sockets[0].getsockname()[1])

    def close_connections(self) -> None:
        async def close() -> None:
            for server in self._servers:
                if server.transport:
                    server.transport.close()

        asyncio.run_coroutine_threadsafe(close(), self.loop).result()

    def factory(self) -> SMTP:
        starttls = self._sink.starttls
        server = _Server(
            self.handler,
            sink=self._sink,
            hostname="sink.test",
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=self._sink.authenticate,
            auth_require_tls=False,
        )
        self._servers.append(server)
        return server

    def _trigger_server(self) -> None:
        self.port = self.chosen_port
        super()._trigger_server()  # type: ignore[no-untyped-call]


class _Server(SMTP):
    def __init__(self, handler: object, *, sink: SmtpSink, **options: Any) -> None:
        super().__init__(handler, **options)
        self._sink = sink

    def connection_made(self, transport: Any) -> None:
        if self.transport is None:  # not once more for STARTTLS
            self._sink.connections += 1
        super().connection_made(transport)

    async def push(self, status: AnyStr) -> None:
        if status:
            await super().push(status)


class _Handler:
    """Answers as the faults say. The names and arguments are aiosmtpd's."""

    def __init__(self, faults: Faults, sink: SmtpSink) -> None:
        self._faults = faults
        self._sink = sink

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, name: str, replies: list[str]
    ) -> list[str]:
        session.host_name = name
        fault = self._faults.to_ehlo
        return replies if fault is None else [_answer(server, fault)]

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        fault, self._faults.to_mail_once = self._faults.to_mail_once, None
        fault = self._faults.to_mail if fault is None else fault
        if fault is not None:
            return _answer(server, fault)
        if self._sink.login and not session.authenticated:
            return "530 5.7.0 sign in first"
        envelope.mail_from = address
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self._faults.to_rcpt:
            return _answer(server, self._faults.to_rcpt[address])
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        [recipient] = envelope.rcpt_tos
        content = bytes(envelope.original_content or b"")
        sender = envelope.mail_from or ""
        self._sink.received.append(Received(sender, recipient, content, self._sink.connections))
        if recipient in self._faults.silent_after_data:
            await asyncio.Event().wait()  # until the client hangs up
        return _answer(server, self._faults.after_data.get(recipient, "250 2.0.0 kept"))


def _answer(server: SMTP, reply: str) -> str:
    if not reply or reply.startswith("421"):
        assert server.transport is not None
        asyncio.get_running_loop().call_soon(server.transport.close)
    return reply


OF_LISTS = ("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post")
REQUIRED = ("Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type")
OPTIONAL = ("Reply-To", "Auto-Submitted")

_ADDRESS = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+"
_WORD = r"=\?utf-8\?[qb]\?[!->@-~]+\?="
_PHRASE = rf'(?:"(?:[^"\\]|\\.)*"|{_WORD}(?: {_WORD})*|[A-Za-z0-9!#$%&\'*+/=?^_`{{|}}~ -]+)'
_SHAPES = {
    "Date": r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}",
    "From": rf"(?:(?:{_PHRASE} )?<{_ADDRESS}>|{_ADDRESS})",
    "To": rf"(?:(?:{_PHRASE} )?<{_ADDRESS}>|{_ADDRESS})",
    "Reply-To": rf"(?:(?:{_PHRASE} )?<{_ADDRESS}>|{_ADDRESS})",
    "Message-ID": r"<[A-Za-z0-9.-]+@[A-Za-z0-9.-]+>",
    "List-Id": rf"(?:{_PHRASE} )?<[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+>",
    "List-Unsubscribe": r"<https://[!-;=?-~]+>",
    "List-Unsubscribe-Post": r"List-Unsubscribe=One-Click",
    "MIME-Version": r"1\.0",
    "Content-Type": r'multipart/alternative; boundary="[^"]{1,70}"|text/plain; charset="utf-8"',
    "Auto-Submitted": r"auto-generated",
}
_PART_HEADERS = [
    b'Content-Type: text/%s; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable' % kind
    for kind in (b"plain", b"html")
]
_PLAIN = _PART_HEADERS[0]  # also how a message of plain text alone ends its headers


def faults_of(content: bytes, *, is_of_list: bool = True) -> list[str]:
    """What a strict receiver finds wrong with a message, of a list or to one person alone."""
    head, _, body = content.partition(b"\r\n\r\n")
    required = (*REQUIRED, *OF_LISTS) if is_of_list else REQUIRED
    if head.endswith(_PLAIN):
        head = head.removesuffix(_PLAIN) + _PLAIN.partition(b"\r\n")[0]
        faults = _faults_of_text(body)
    else:
        faults = _faults_of_body(head, body)
    return [*_faults_of_bytes(content), *_faults_of_headers(head, required), *faults]


def headers_of(content: bytes) -> list[tuple[str, str]]:
    """The headers as they stand, unfolded (RFC 5322, 2.2.3) and not decoded."""
    head = content.partition(b"\r\n\r\n")[0].decode("ascii")
    fields = re.split(r"\r\n(?![ \t])", head)
    return [
        (name, value.replace("\r\n", "")) for name, _, value in (f.partition(": ") for f in fields)
    ]


def _faults_of_bytes(content: bytes) -> Iterator[str]:
    if re.search(rb"(?<!\r)\n|\r(?!\n)", content):
        yield "a line end that is not CRLF"
    if re.search(rb"[^\r\n -~]", content):
        yield "a byte that is not printable ASCII"
    if not content.endswith(b"\r\n"):
        yield "the last line has no end"
    for line in content.split(b"\r\n"):
        if len(line) > 998:
            yield f"a line of {len(line)} letters"


def _faults_of_headers(head: bytes, required: tuple[str, ...]) -> Iterator[str]:
    headers = headers_of(head)
    names = [name for name, _ in headers]
    for name in required:
        if names.count(name) != 1:
            yield f"{names.count(name)} times {name}"
    for name in set(names) - set(required):
        if name not in OPTIONAL or names.count(name) > 1:
            yield f"an unexpected header {name}"
    for name, value in headers:
        if name in _SHAPES and not re.fullmatch(_SHAPES[name], value):
            yield f"{name} is malformed: {value}"
        if name == "Date" and parsedate_to_datetime(value).tzinfo is None:
            yield f"Date is not one: {value}"
        yield from _faults_of_words(name, value)
    yield from _faults_of_folding(head.decode("ascii"))


def _faults_of_words(name: str, value: str) -> Iterator[str]:
    """RFC 2047: whole words, on their own, short, of whole characters, with no control in them."""
    word = rf"(?:(?<= )|^){_WORD}(?= |$)"
    if "=?" in re.sub(word, "", value):
        yield f"{name} holds a torn encoded word: {value}"
    for found in re.findall(word, value):
        _, _, form, text, _ = found.split("?")
        raw = b64decode(text) if form == "b" else decodestring(text, header=True)
        if len(found) > 75 or re.search("[\x00-\x1f\x7f-\x9f]", raw.decode("utf-8", "replace")):
            yield f"{name} holds a bad encoded word: {found}"
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            yield f"{name} holds half a character: {found}"


def _faults_of_folding(head: str) -> Iterator[str]:
    for line in head.split("\r\n"):
        if not line.strip():
            yield "a header line of nothing but space"
        if "=?" in line and len(line) > 76:
            yield f"a header line with an encoded word is too long: {line}"
        if len(line) > 78 and not line.startswith("List-Unsubscribe: <"):
            yield f"a header line is too long: {line}"


def _faults_of_body(head: bytes, body: bytes) -> Iterator[str]:
    found = re.search(rb'boundary="([^"]+)"', head)
    boundary = found[1] if found else b"?"
    opening, *parts = re.split(rb"(?:^|\r\n)--%s(?:--)?\r\n" % re.escape(boundary), body)
    if opening or len(parts) != 3 or parts[-1] or not body.endswith(b"--%s--\r\n" % boundary):
        yield "not two parts between boundaries"
        return
    for part, expected in zip(parts, _PART_HEADERS, strict=False):
        part_head, _, text = part.partition(b"\r\n\r\n")
        if part_head != expected:
            yield f"a part is not as expected: {part_head!r}"
        yield from _faults_of_text(text)


def _faults_of_text(text: bytes) -> Iterator[str]:
    """RFC 2045, 6.7."""
    for line in text.split(b"\r\n"):
        if len(line) > 76:
            yield f"a quoted-printable line of {len(line)} letters"
        if line.endswith((b" ", b"\t")):
            yield "a quoted-printable line that ends in a space"
        if re.search(rb"=(?![0-9A-F]{2}|$)", line):
            yield f"not quoted-printable: {line!r}"
    decodestring(text).decode("utf-8")
