"""A loopback HTTP server for the sample feeds, with the manners and faults of real ones."""

import hashlib
import sys
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

from newsletter.sample.feeds import FeedDocument, Outlet, feed_document, load_outlets
from newsletter.sample.market import PRICES, price_table

# How long a close may wait for the accept loop to look up, in seconds.
POLL_INTERVAL = 0.01


def source_records(base_url: str) -> list[dict[str, Any]]:
    """The outlets as the configuration's `sources:` list wants them."""
    return [_source_record(outlet, base_url) for outlet in load_outlets()]


def _source_record(outlet: Outlet, base_url: str) -> dict[str, Any]:
    return {
        "name": outlet.name,
        "url": f"{base_url}/feeds/{outlet.slug}",
        "group": outlet.group,
        "publisher": outlet.publisher,
        "weight": outlet.weight,
        "language": outlet.language,
    }


class SampleServer:
    """Serves `/feeds/<slug>` and prices on a free port of 127.0.0.1 until the `with` block ends.

    Dates count from `now` (aware), which is fixed for the server's life, so a feed asked for
    twice is the same and a conditional request gets 304 (RFC 9110, 13.1).
    """

    def __init__(self, now: datetime) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self.base_url = f"http://127.0.0.1:{self._server.server_port}"
        self._server.publish(load_outlets(), now, self.base_url)
        self._thread = Thread(target=self._server.serve_forever, args=(POLL_INTERVAL,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def publish(self, outlets: tuple[Outlet, ...], now: datetime, base_url: str) -> None:
        self.closing = Event()
        self.last_modified = format_datetime(now.astimezone(UTC), usegmt=True)
        self.outlets = {outlet.slug: outlet for outlet in outlets}
        self.documents = {o.slug: feed_document(o, now, base_url) for o in outlets}
        self.prices = FeedDocument(price_table(now.date()), "text/csv; charset=utf-8")

    def handle_error(self, request: object, client_address: object) -> None:
        # A reader that gives up is part of the demonstration; anything else is a fault of ours.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        folder, _, slug = self.path.rpartition("/")
        outlet = self.server.outlets.get(slug)
        if self.path == PRICES:
            self._send_document(self.server.prices, _entity_tag(self.server.prices))
        elif outlet is None or folder not in ("/feeds", "/feeds/moved"):
            self.send_error(HTTPStatus.NOT_FOUND)
        elif folder == "/feeds/moved":
            self._answer(outlet)
        else:
            self._behave(outlet)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing: the demo's terminal belongs to the demo."""

    def _behave(self, outlet: Outlet) -> None:
        match outlet.behaviour:
            case "hang":
                self.server.closing.wait()
            case "error500":
                self.send_error(HTTPStatus.INTERNAL_SERVER_ERROR)
            case "redirect":
                target = f"/feeds/moved/{outlet.slug}"
                self._send(HTTPStatus.MOVED_PERMANENTLY, {"Location": target})
            case _:
                self._answer(outlet)

    def _answer(self, outlet: Outlet) -> None:
        document = self.server.documents[outlet.slug]
        tag = _entity_tag(document)
        if self.headers.get("If-None-Match") == tag:
            self._send(HTTPStatus.NOT_MODIFIED, {"ETag": tag})
        else:
            self._send_document(document, tag)

    def _send_document(self, document: FeedDocument, tag: str) -> None:
        headers = {
            "Content-Type": document.content_type,
            "Content-Length": str(len(document.body)),
            "ETag": tag,
            "Last-Modified": self.server.last_modified,
        }
        self._send(HTTPStatus.OK, headers)
        self.wfile.write(document.body)

    def _send(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


def _entity_tag(document: FeedDocument) -> str:
    return f'"{hashlib.sha256(document.body).hexdigest()[:32]}"'
