"""A real HTTP server on loopback, shaped like SendGrid's v3 API, with faults by switch.

It checks requests as the API's specification says, and writes each message it accepts to its log
before it answers or misbehaves.
"""

from __future__ import annotations

import json
import re
import threading
from base64 import b64decode
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# The headers that the API keeps for itself.
RESERVED = {
    *("x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type"),
    *("content-transfer-encoding", "to", "from", "subject", "reply-to", "cc", "bcc"),
}
_ADDRESS = re.compile(r"[^@\s<>]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


@dataclass
class SendGridFaults:
    """What goes wrong, by recipient. Those after acceptance come when the log has the message."""

    refuse: dict[str, int] = field(default_factory=dict)
    """A status in place of acceptance."""
    fail_after: dict[str, int] = field(default_factory=dict)
    """Accepted, and answered with this status all the same."""
    drop_after: set[str] = field(default_factory=set)
    silent_after: set[str] = field(default_factory=set)
    redirect: tuple[int, str] | None = None
    """A status and an address in place of every answer."""


class FakeSendGrid:
    """A context manager: the running server at `url`, its `log` and its `requests`.

    `asked` holds the first line of every request, let in or not.
    """

    key = "SG.fake.key"

    def __init__(self, log: Path) -> None:
        self.log = log
        self.faults = SendGridFaults()
        self.scopes = ["mail.send"]
        self.requests: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.released = threading.Event()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def accepted(self) -> list[dict[str, Any]]:
        """What the log says was accepted: one entry a recipient."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        return [json.loads(line) for line in lines]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def accept(self, request: dict[str, Any]) -> None:
        with self.log.open("a", encoding="utf-8") as log:
            for person in request["personalizations"]:
                entry = {"to": person["to"][0]["email"], **person.get("custom_args", {})}
                log.write(json.dumps(entry) + "\n")


class _Server(ThreadingHTTPServer):
    def __init__(self, fake: FakeSendGrid) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.fake = fake


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self._is_let_in():
            self._answer(200, {"scopes": self.server.fake.scopes})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self._is_let_in():
            request = json.loads(body)
            self.server.fake.requests.append(request)
            self._take(request)

    def _take(self, request: dict[str, Any]) -> None:
        faults = [{"message": text, "field": place, "help": None} for text, place in check(request)]
        if faults:
            self._answer(400, {"errors": faults})
            return
        address = request["personalizations"][0]["to"][0]["email"]
        if address in self.server.fake.faults.refuse:
            self._refuse(self.server.fake.faults.refuse[address])
            return
        self.server.fake.accept(request)
        self._misbehave(address)

    def _misbehave(self, address: str) -> None:
        faults = self.server.fake.faults
        if address in faults.silent_after:
            self.server.fake.released.wait()
        if address in faults.silent_after | faults.drop_after:
            self.close_connection = True
            return
        self._answer(faults.fail_after.get(address, 202), None)

    def _is_let_in(self) -> bool:
        self.server.fake.asked.append(self.requestline)
        if self.server.fake.faults.redirect:
            status, address = self.server.fake.faults.redirect
            self._answer(status, None, Location=address)
            return False
        if self.headers.get("Authorization") == f"Bearer {self.server.fake.key}":
            return True
        self._refuse(401)
        return False

    def _refuse(self, status: int) -> None:
        self._answer(status, {"errors": [{"message": "no", "field": None, "help": None}]})

    def _answer(self, status: int, document: object, **headers: str) -> None:
        body = b"" if document is None else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if status == 429:
            self.send_header("X-RateLimit-Reset", "1795503600")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


def check(request: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The faults of a `mail/send` request, as (message, field)."""
    yield from _check_people(request.get("personalizations", []))
    if not _ADDRESS.fullmatch(request.get("from", {}).get("email", "")):
        yield "Does not contain a valid address.", "from.email"
    if not request.get("subject"):
        yield "The subject is required.", "subject"
    if [part["type"] for part in request.get("content", [])] != ["text/plain", "text/html"]:
        yield "plain text first, then HTML", "content"
    yield from _check_attachments(request)
    for name, value in request.get("headers", {}).items():
        if name.lower() in RESERVED or not value.isascii() or re.search(r"[\r\n]", value):
            yield "not a header you may set", f"headers.{name}"


def _check_attachments(request: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Content, file name, and for a picture in the text the name by which the HTML shows it."""
    for number, one in enumerate(request.get("attachments", [])):
        place = f"attachments.{number}"
        try:
            is_filled = bool(b64decode(one.get("content", ""), validate=True))
        except ValueError:
            is_filled = False
        if not is_filled:
            yield "The attachment content must be base64 encoded.", f"{place}.content"
        if not one.get("filename"):
            yield "The attachment filename is required.", f"{place}.filename"
        if re.search(r"[;,\s]", one.get("type", "")):
            yield "no semicolon, comma or line end", f"{place}.type"
        if one.get("disposition") not in {"inline", "attachment"}:
            yield "inline or attachment", f"{place}.disposition"
        shown = f'"cid:{one.get("content_id")}"'
        if not any(shown in part["value"] for part in request.get("content", [])):
            yield "nothing shows it", f"{place}.content_id"


def _check_people(people: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    addresses = [to["email"] for person in people for to in person["to"]]
    if not 1 <= len(addresses) <= 1000 or len(set(addresses)) < len(addresses):
        yield "one to 1000 recipients, each once", "personalizations"
    for number, address in enumerate(addresses):
        if not _ADDRESS.fullmatch(address):
            yield "Does not contain a valid address.", f"personalizations.{number}.to.0.email"
    values = [value for person in people for value in person.get("custom_args", {}).values()]
    if not all(isinstance(value, str) for value in values):
        yield "strings only", "custom_args"
