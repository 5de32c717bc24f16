"""The transport `sendgrid`: Twilio SendGrid's v3 API, one message a request.

The API takes parts, not a finished message. They are read back from the message's own bytes: these
are what was checked and frozen, every transport then says the same, and nothing but a `Message`
has to travel. Reading costs about a millisecond, little beside a request. SendGrid writes the MIME
parts, Date and DKIM signature anew; our Message-ID and List-* headers go along as they are.

The account may be set to rewrite links, add a pixel or its own unsubscribe line: each request
switches that off.

What an answer means follows from where it falls. SendGrid has no idempotency key, so a request
that was written and not answered clearly is unknown, and is settled by its events, which carry
the delivery's key back in the custom argument `nl_key`.

A redirect is not followed. urllib would take the API key along to whatever address it names, and
ask there with GET. SendGrid's API documents none, so it comes from something that is not SendGrid:
by RFC 9110, 15.4, our request was not carried out, every later one would fare the same, and the
batch stops before a whole list has become unknown. Only 303 (15.4.4) may be said of a request
that was, and leaves its message unknown.
"""

from __future__ import annotations

import json
import logging
import re
from base64 import b64encode
from email import policy
from email.parser import BytesParser
from http import HTTPStatus
from http.client import HTTPException
from ssl import SSLCertVerificationError
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import HTTPRedirectHandler, build_opener

from python_http_client.client import Client
from python_http_client.exceptions import HTTPError

from newsletter.core.delivery import DeliveryState, Outcome
from newsletter.errors import NewsletterError, TemporaryError, TransportError
from newsletter.transports.outcomes import one_by_one, one_line, reason, waiting

if TYPE_CHECKING:
    from collections.abc import Sequence
    from email.message import EmailMessage
    from urllib.request import OpenerDirector, Request

    from newsletter.core.delivery import Message

_ACCEPTED = 202
_HINTS = {
    401: " (the API key is not valid; see delivery.sendgrid.api_key)",
    403: " (the API key or the sender is not allowed to send)",
    413: " (the message is too large)",
}
_ELSEWHERE = (
    " (it names another address, where the API key is not sent; see delivery.sendgrid.host)"
)

# Not among the headers the API keeps for itself (its specification, `headers`).
_HEADERS = (
    *("Message-ID", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"),
    *("Feedback-ID", "Content-Language", "Auto-Submitted"),
)
_TRACKING_OFF = {
    "click_tracking": {"enable": False, "enable_text": False},
    "open_tracking": {"enable": False},
    "subscription_tracking": {"enable": False},
    "ganalytics": {"enable": False},
}


class SendGridTransport:
    """Hands messages to SendGrid through the `sendgrid` package.

    Args:
        api_key: A key that may send mail (`mail.send`). Never shown in an error.
        host: `https://api.eu.sendgrid.com` for subusers in the European Union.
        timeout: Seconds that connecting, and each part of an answer, may take. The package itself
            would wait for ever.
    """

    name = "sendgrid"
    is_idempotent = False
    largest_batch = 1

    def __init__(
        self, *, api_key: str, host: str = "https://api.sendgrid.com", timeout: float = 30
    ) -> None:
        self._api_key = api_key.strip()
        self._host = host.rstrip("/")
        self._timeout = timeout

    def send(self, messages: Sequence[Message]) -> list[Outcome]:
        """Post the messages one by one; one outcome for each, in order.

        After "too many requests", and after an error once some have left, the rest stays planned.

        Raises:
            TransportError: the key or the request is refused; nothing of this batch left.
            TemporaryError: SendGrid cannot be reached now; nothing of this batch left.
        """
        try:
            return one_by_one(messages, self._deliver)
        except _TooManyRequestsError as error:
            return waiting(messages, error)

    def diagnose(self) -> str:
        """A line that says the key may send mail; asks SendGrid for the key's scopes."""
        try:
            scopes = json.loads(self._api("scopes").get().body)["scopes"]
        except HTTPError as error:
            raise TransportError(self._complaint(error)) from None
        except (OSError, HTTPException, LookupError, TypeError, ValueError) as error:
            raise TransportError(f"{self._host} gives no answer: {reason(error)}") from None
        if "mail.send" not in scopes:
            raise TransportError("the SendGrid API key lacks the right to send mail (mail.send)")
        return f"sendgrid: {self._host} knows the key, which may send mail"

    def close(self) -> None:
        """Nothing to let go of: the package opens a connection for each request."""

    def _deliver(self, message: Message) -> Outcome:
        request = request_for(message)
        try:
            answer = self._api("mail", "send").post(request_body=request)
        except HTTPError as error:
            return self._refused(message, error)
        except URLError as error:
            raise self._unreachable(error) from None
        except (OSError, HTTPException) as error:
            return _unknown(message, f"no answer to the request: {reason(error)}")
        if answer.status_code != _ACCEPTED:
            return _unknown(message, f"an answer nobody expects: {answer.status_code}")
        return Outcome(message.delivery_id, DeliveryState.ACCEPTED)

    def _api(self, *path: str) -> _StayingClient:
        """A client of one address of the API, with a timeout, not logging the key as it would.

        `path` stays a tuple: the package then fails to make of it, by its own class, a longer one.
        """
        self._refuse_odd_key()
        from sendgrid import SendGridAPIClient

        logging.getLogger("python_http_client").setLevel(logging.INFO)
        theirs = SendGridAPIClient(self._api_key, host=self._host).client
        return _StayingClient(
            self._host, theirs.request_headers, version=3, url_path=path, timeout=self._timeout
        )

    def _refuse_odd_key(self) -> None:
        """Before the HTTP library does, which would show the key in its error."""
        if not self._api_key:
            raise TransportError("there is no SendGrid API key; see delivery.sendgrid.api_key")
        if not re.fullmatch("[!-~]+", self._api_key):
            raise TransportError("the SendGrid API key holds characters that no key has")

    def _refused(self, message: Message, error: HTTPError) -> Outcome:
        """An error status: of this recipient, of all messages, or of a server that lost its way."""
        status, complaint = error.status_code, self._complaint(error)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.SEE_OTHER:
            return _unknown(message, complaint)
        if status == HTTPStatus.BAD_REQUEST and _is_about_recipient(error):
            return Outcome(message.delivery_id, DeliveryState.REJECTED, complaint)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise _TooManyRequestsError(complaint)
        raise TransportError(complaint)

    def _unreachable(self, error: URLError) -> NewsletterError:
        """No connection, or one lost before the whole request was written: nothing left.

        urllib wraps errors in URLError up to the end of writing, and never those of reading.
        """
        text = f"{self._host} cannot be reached: {reason(error.reason)}"
        is_distrusted = isinstance(error.reason, SSLCertVerificationError)
        return TransportError(text) if is_distrusted else TemporaryError(text)

    def _complaint(self, error: HTTPError) -> str:
        """What SendGrid says, on one line, without the key."""
        words = "; ".join(str(fault.get("message", "")) for fault in _faults(error))
        is_redirect = error.status_code // 100 == 3  # noqa: PLR2004 - RFC 9110, 15.4
        hint = _ELSEWHERE if is_redirect else _HINTS.get(error.status_code, "")
        reset = (error.headers or {}).get("X-RateLimit-Reset", "")
        wait = f"; allowed again at {reset}" if reset else ""
        text = f"SendGrid answers {error.status_code}{hint}: {words or error.reason}{wait}"
        return one_line(text.replace(self._api_key, "***"))


class _StayingClient(Client):  # type: ignore[misc]
    """The package's client, which asks the host it was made for and nobody else."""

    def _make_request(
        self, _opener: OpenerDirector, request: Request, timeout: float | None = None
    ) -> object:
        return super()._make_request(build_opener(_NoRedirects), request, timeout)


class _NoRedirects(HTTPRedirectHandler):
    """Makes of a redirect the error that every other status but success is."""

    def redirect_request(self, *_redirect: object, **_named: object) -> None:
        """There is no next request."""


class _TooManyRequestsError(TemporaryError):
    """SendGrid asks us to wait; the messages keep their place."""


def request_for(message: Message) -> dict[str, Any]:
    """The body of `POST /v3/mail/send` that says what the message says."""
    mail = BytesParser(policy=policy.default).parsebytes(message.content)
    raw = {name: re.sub(r"[\r\n]", "", str(value)) for name, value in mail.raw_items()}
    recipient = {**_party(mail, "To"), "email": message.recipient}
    request: dict[str, Any] = {
        "personalizations": [{"to": [recipient], "custom_args": {"nl_key": message.key}}],
        "from": _party(mail, "From"),
        "subject": _undecodable(str(mail["Subject"])),
        "content": _contents(mail),
        "headers": {name: raw[name] for name in _HEADERS if name in raw},
        "tracking_settings": _TRACKING_OFF,
    }
    extra: dict[str, Any] = {"reply_to": _party(mail, "Reply-To")} if "Reply-To" in mail else {}
    pictures = [_picture(part) for part in mail.walk() if part["Content-ID"]]
    return request | extra | ({"attachments": pictures} if pictures else {})


def _party(mail: EmailMessage, field: str) -> dict[str, str]:
    address = mail[field].addresses[0]
    name = {"name": _undecodable(address.display_name)} if address.display_name else {}
    return {"email": address.addr_spec, **name}


def _contents(mail: EmailMessage) -> list[dict[str, str]]:
    """The parts, the plain one first as the API demands."""
    bodies = [(kind, mail.get_body((kind,))) for kind in ("plain", "html")]
    return [
        {"type": f"text/{kind}", "value": body.get_content().replace("\r\n", "\n")}
        for kind, body in bodies
        if body
    ]


def _picture(part: EmailMessage) -> dict[str, str]:
    """A picture beside the HTML; `content_id` is what its `cid:` address names."""
    return {
        "content": b64encode(part.get_content()).decode("ascii"),
        "type": part.get_content_type(),
        "filename": str(part.get_filename()),
        "disposition": "inline",
        "content_id": str(part["Content-ID"]).strip("<>"),
    }


def _undecodable(text: str) -> str:
    """Text in which nobody finds an encoded word: SendGrid may pass ASCII on as it is."""
    return text.replace("=?", "= ?")


def _faults(error: HTTPError) -> list[dict[str, Any]]:
    """The faults in an answer: `{"errors": [{"message": ..., "field": ...}]}`."""
    try:
        return [fault for fault in json.loads(error.body)["errors"] if isinstance(fault, dict)]
    except (LookupError, TypeError, ValueError):
        return []


def _is_about_recipient(error: HTTPError) -> bool:
    fields = [str(fault.get("field")) for fault in _faults(error)]
    return bool(fields) and all(re.match(r"personalizations\.\d+\.to", field) for field in fields)


def _unknown(message: Message, detail: str) -> Outcome:
    return Outcome(message.delivery_id, DeliveryState.UNKNOWN, detail)
