"""A real SMTP server on loopback that keeps what it takes, with faults by switch.

Every message goes to the log before the sink answers or misbehaves, as with a relay that dies
when its disk already has the message.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, AnyStr, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

if TYPE_CHECKING:
    import ssl


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
