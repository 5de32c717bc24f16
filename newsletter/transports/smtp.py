"""The transport `smtp`: a relay, one recipient a transaction, over one kept connection.

What each failure means is decided by where it falls (RFC 5321): until the final dot of DATA has
left us, the relay has nothing; once it has, only a reply tells, and where there is none, nobody
knows.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from newsletter.core.delivery import DeliveryState, Outcome
from newsletter.errors import NewsletterError, TemporaryError, TransportError
from newsletter.transports.outcomes import one_by_one, one_line, reason

if TYPE_CHECKING:
    import smtplib
    import ssl
    from collections.abc import Callable, Sequence

    from newsletter.core.delivery import Message

Security = Literal["none", "starttls", "tls"]

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_ADDRESS = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")
_GO_AHEAD = 354  # the reply to DATA
_SIGN_IN = 530  # RFC 4954, 6: authentication required
_CLOSING = 421  # RFC 5321, 3.8: the relay is closing the connection


class SmtpTransport:
    """Hands messages to a relay with smtplib.

    The connection is opened with the first message and kept; one that has died in the meantime is
    replaced once before a message is given up for now. Not for use by several threads.

    Args:
        host: The relay's name or address.
        port: 587 for submission with STARTTLS, 465 for TLS from the start (RFC 8314, 3).
        username: Empty where the relay asks for no sign-in.
        password: Never shown in an error.
        security: `starttls` and `tls` demand encryption and a certificate that is valid for `host`.
        timeout: Seconds that any one answer may take. An answer to the final dot that takes longer
            leaves a message unknown; RFC 5321, 4.5.3.2.6, would have us wait ten minutes for it.
        tls: Another certificate policy than Python's default one, for a relay with its own CA.
        sign: Makes of a message's bytes the signed ones (`transports.dkim`).
    """

    name = "smtp"
    is_idempotent = False
    largest_batch = 1

    def __init__(
        self,
        *,
        host: str,
        port: int,
        username: str = "",
        password: str = "",
        security: Security = "starttls",
        timeout: float = 30,
        tls: ssl.SSLContext | None = None,
        sign: Callable[[bytes], bytes] | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._username = username
        self._password = password
        self._security = security
        self._timeout = timeout
        self._tls = tls
        self._sign = sign
        self._connection: smtplib.SMTP | None = None

    def send(self, messages: Sequence[Message]) -> list[Outcome]:
        """Hand over the messages one by one; one outcome for each, in order.

        A relay that becomes unreachable in the middle leaves the rest planned.

        Raises:
            TransportError: sign-in, certificate or sender refused; nothing of this batch left.
            TemporaryError: the relay cannot be reached now; nothing of this batch left.
        """
        return one_by_one(messages, self._deliver)

    def diagnose(self) -> str:
        """A line that says the relay answers and lets us in; sends nothing."""
        import smtplib

        try:
            relay = self._connected()
            relay.noop()
        except (TemporaryError, smtplib.SMTPException) as error:
            raise TransportError(str(error)) from error
        return f"smtp: {self._place} answers ({self._manners(relay)})"

    def close(self) -> None:
        """Take leave of the relay."""
        relay, self._connection = self._connection, None
        if relay:
            _quit(relay)

    @property
    def _place(self) -> str:
        return f"{self._host}:{self._port}"

    def _manners(self, relay: smtplib.SMTP) -> str:
        version = getattr(relay.sock, "version", None)
        encrypted = version() if version else "not encrypted"
        return f"{encrypted}, signed in" if self._username else f"{encrypted}, no sign-in"

    def _deliver(self, message: Message) -> Outcome:
        """One message, tried anew once where the kept connection died before the message went."""
        if self._sign:
            message = message._replace(content=self._sign(message.content))
        was_kept = self._connection is not None
        transaction = self._transact(message)
        if was_kept and transaction.is_lost:
            transaction = self._transact(message)
        return transaction.outcome

    def _transact(self, message: Message) -> _Transaction:
        """One transaction. Whatever went wrong, the next one starts clean or anew."""
        transaction = _Transaction(self._connected(), message)
        try:
            transaction.run()
        except BaseException:
            self._drop()
            raise
        if transaction.is_last:
            self._drop()
        return transaction

    def _drop(self) -> None:
        relay, self._connection = self._connection, None
        if relay:
            relay.close()

    def _connected(self) -> smtplib.SMTP:
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        """A connection that is encrypted and signed in as configured."""
        import smtplib

        self._refuse_open_password()
        try:
            relay = self._open()
            try:
                self._greet(relay)
            except BaseException:
                relay.close()
                raise
        except UnicodeError:
            raise TransportError(
                "the relay's name, the user name or the password has letters that SMTP cannot carry"
            ) from None
        except (OSError, smtplib.SMTPException) as error:
            raise self._failure(error) from None  # a relay may repeat the password
        return relay

    def _refuse_open_password(self) -> None:
        """RFC 4954, 4 and 9: no password over a connection that others can read."""
        if self._username and self._security == "none" and self._host not in _LOOPBACK:
            raise TransportError(
                f"delivery.smtp.security is none: the password would go to {self._place}"
                " unencrypted; choose starttls or tls"
            )

    def _open(self) -> smtplib.SMTP:
        import smtplib

        if self._security == "tls":
            return smtplib.SMTP_SSL(
                self._host, self._port, timeout=self._timeout, context=self._context()
            )
        return smtplib.SMTP(self._host, self._port, timeout=self._timeout)

    def _greet(self, relay: smtplib.SMTP) -> None:
        if self._security == "starttls":
            relay.starttls(context=self._context())
        relay.ehlo_or_helo_if_needed()
        if self._username:
            relay.login(self._username, self._password)

    def _context(self) -> ssl.SSLContext:
        import ssl

        return self._tls or ssl.create_default_context()

    def _failure(self, error: Exception) -> NewsletterError:
        """What a connection that did not come about means: for now, or for good."""
        import smtplib
        import ssl

        text = self._hide(_reason(error))
        if isinstance(error, smtplib.SMTPAuthenticationError) and _is_permanent(error.smtp_code):
            return TransportError(f"{self._place} refuses the user name or password: {text}")
        if isinstance(error, ssl.SSLCertVerificationError):
            return TransportError(f"{self._place} shows a certificate that is not valid: {text}")
        if isinstance(error, (smtplib.SMTPServerDisconnected, ssl.SSLEOFError)):
            return TemporaryError(f"{self._place} closed the connection: {text}")
        if isinstance(error, smtplib.SMTPResponseException) and not _is_permanent(error.smtp_code):
            return TemporaryError(f"{self._place} is not ready: {text}")
        if isinstance(error, (smtplib.SMTPException, ssl.SSLError)):
            return TransportError(f"{self._place} does not do what is configured: {text}")
        return TemporaryError(f"{self._place} cannot be reached: {text}")

    def _hide(self, text: str) -> str:
        return text.replace(self._password, "***") if self._password else text


class _Transaction:
    """MAIL, RCPT and DATA for one message, and what came of it in `outcome`.

    `is_last` says that the connection cannot be used any more, `is_lost` that it went before the
    message did.
    """

    def __init__(self, relay: smtplib.SMTP, message: Message) -> None:
        self._relay = relay
        self._message = message
        self.is_last = False
        self.is_lost = False
        self.outcome = self._outcome(DeliveryState.PLANNED)

    def run(self) -> None:
        """Carry it out; raises TransportError where the relay refuses us and not the recipient."""
        import smtplib

        try:
            self.outcome = self._announce() or self._hand_over()
        except ValueError as error:  # from _path, before anything was said
            self.outcome = self._outcome(DeliveryState.REJECTED, _reason(error))
        except (smtplib.SMTPException, OSError) as error:
            self.is_last = self.is_lost = True
            detail = f"connection lost: {_reason(error)}"
            self.outcome = self._outcome(DeliveryState.PLANNED, detail)

    def _announce(self) -> Outcome | None:
        """The envelope; None when the relay waits for the message."""
        sender, recipient = _path(self._message.sender), _path(self._message.recipient)
        size = f" SIZE={len(self._message.content)}" if self._relay.has_extn("size") else ""
        code, reply = self._relay.docmd("MAIL", f"FROM:{sender}{size}")
        if _is_permanent(code):
            raise TransportError(f"the relay refuses our sender: {_reply(code, reply)}")
        if _is_done(code):
            code, reply = self._relay.docmd("RCPT", f"TO:{recipient}")
            if code == _SIGN_IN:
                raise TransportError(f"the relay wants us to sign in: {_reply(code, reply)}")
            if _is_permanent(code) and b"relay" in reply.lower():
                return self._refused(code, reply, DeliveryState.PLANNED)
        if _is_done(code):
            code, reply = self._relay.docmd("DATA")
        if code == _GO_AHEAD:
            return None
        self.is_lost = code == _CLOSING
        return self._refused(code, reply)

    def _hand_over(self) -> Outcome:
        """The message itself.

        An error while it is being written comes before its last bytes, the dot, have gone out, so
        the relay has nothing it may deliver (RFC 5321, 4.1.1.4): that is a lost connection. After
        the dot only a reply counts.
        """
        import smtplib

        self._relay.send(_stuffed(self._message.content))
        try:
            code, reply = self._relay.getreply()
        except (smtplib.SMTPException, OSError) as error:
            return self._unanswered(_reason(error))
        if _is_done(code):
            return self._outcome(DeliveryState.ACCEPTED)
        if code // 100 in {4, 5}:
            return self._refused(code, reply)
        return self._unanswered(_reply(code, reply))

    def _refused(self, code: int, reply: bytes, state: DeliveryState | None = None) -> Outcome:
        """A clear no: before the dot, and after it too (RFC 5321, 4.2.5), nothing is delivered."""
        final = DeliveryState.REJECTED if _is_permanent(code) else DeliveryState.PLANNED
        self.is_last = code == _CLOSING or not self._is_reset()
        return self._outcome(state or final, _reply(code, reply))

    def _unanswered(self, why: str) -> Outcome:
        self.is_last = True
        return self._outcome(DeliveryState.UNKNOWN, f"no answer to the message: {why}")

    def _is_reset(self) -> bool:
        import smtplib

        with suppress(smtplib.SMTPException, OSError):
            return _is_done(self._relay.rset()[0])
        return False

    def _outcome(self, state: DeliveryState, detail: str = "") -> Outcome:
        return Outcome(self._message.delivery_id, state, detail)


def _path(address: str) -> str:
    """An address as a command names it (RFC 5321, 4.1.2); smtplib would find one in any text."""
    if not _ADDRESS.fullmatch(address):
        raise ValueError(f"not an address that SMTP can name: {address!r}")
    return f"<{address}>"


def _stuffed(content: bytes) -> bytes:
    """The message as DATA wants it (RFC 5321, 4.5.2): dots doubled at line starts, a dot to end."""
    stuffed = content.replace(b"\r\n.", b"\r\n..")
    if content.startswith(b"."):
        stuffed = b"." + stuffed
    end = b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n"
    return stuffed + end


def _is_done(code: int) -> bool:
    return code // 100 == 2  # noqa: PLR2004 - RFC 5321, 4.2.1


def _is_permanent(code: int) -> bool:
    return code // 100 == 5  # noqa: PLR2004 - RFC 5321, 4.2.1


def _reply(code: int, text: bytes | str) -> str:
    """A reply on one line, its enhanced status code (RFC 3463) kept."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return one_line(f"{code} {words}")


def _reason(error: Exception) -> str:
    import smtplib

    if isinstance(error, smtplib.SMTPResponseException):
        return _reply(error.smtp_code, error.smtp_error)
    return reason(error)


def _quit(relay: smtplib.SMTP) -> None:
    import smtplib

    with suppress(smtplib.SMTPException, OSError):
        relay.quit()
    relay.close()
