"""Small real HTTP servers on loopback, well-behaved and not, for tests of what goes out."""

from __future__ import annotations

import gzip
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Answer = Callable[["Exchange"], None]


class Exchange(BaseHTTPRequestHandler):
    """One request, and the means to answer it well or badly."""

    protocol_version = "HTTP/1.1"
    server: LoopbackServer

    def do_GET(self) -> None:
        self.server.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        self.server.answers[self.path.split("?", 1)[0]](self)

    def log_message(self, *args: Any) -> None:
        """Say nothing: the requests are kept."""

    def answer(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        """A whole, correct answer; `content_type="…"` stands for Content-Type."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 304:
            self.wfile.write(body)

    def raw(self, data: bytes) -> None:
        """Bytes as they are, and the end of the connection."""
        self.close_connection = True
        self.wfile.write(data)


class LoopbackServer(ThreadingHTTPServer):
    """A server on a free port of 127.0.0.1; `answers` maps a path to what happens there."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.answers: dict[str, Answer] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.is_over = threading.Event()

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server_port}{path}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what these tests are about."""


@contextmanager
def loopback() -> Iterator[LoopbackServer]:
    """A running server; hanging answers end with it."""
    server = LoopbackServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.is_over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def says(body: bytes, status: int = 200, **headers: str) -> Answer:
    """Answers with this."""
    return lambda exchange: exchange.answer(status, body, **headers)


def redirects(target: str, status: int = 302) -> Answer:
    return says(b"", status, Location=target)


def hangs(exchange: Exchange) -> None:
    """Takes the request and says nothing."""
    exchange.server.is_over.wait(10)
    exchange.close_connection = True


def drips(exchange: Exchange) -> None:
    """Sends a byte every few milliseconds, for ever: no single read takes long."""
    exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n")
    _drip(exchange, b"x")


def drips_headers(exchange: Exchange) -> None:
    """The same, before the headers end."""
    exchange.raw(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    _drip(exchange, b"y")


def _drip(exchange: Exchange, byte: bytes) -> None:
    while not exchange.server.is_over.wait(0.02):
        try:
            exchange.wfile.write(byte)
        except OSError:
            return


def floods(exchange: Exchange) -> None:
    """Sends without end, in chunks."""
    exchange.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not exchange.server.is_over.is_set():
        try:
            exchange.wfile.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        except OSError:
            return


def gzip_bomb(size: int, *, layers: int = 1) -> Answer:
    """A few bytes that become `size` bytes."""
    body = b"\x00" * size
    for _ in range(layers):
        body = gzip.compress(body)
    return says(body, Content_Encoding=", ".join(["gzip"] * layers))


def closed_port() -> int:
    """A port of loopback on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
