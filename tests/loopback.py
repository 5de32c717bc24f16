"""Small real HTTP servers on loopback, well-behaved and not, for tests of what goes out."""

from __future__ import annotations

import gzip
import ipaddress
import socket
import ssl
import tempfile
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from h2.connection import H2Connection

    Answer2 = Callable[["Exchange2"], None]
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
        self.connections = 0

    def get_request(self) -> Any:
        accepted = super().get_request()
        self.connections += 1
        return accepted

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server_port}{path}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what these tests are about."""


@contextmanager
def loopback(*, tls: bool = False) -> Iterator[LoopbackServer]:
    """A running server; hanging answers end with it. With `tls` its certificate is `trusted()`."""
    server = LoopbackServer()
    if tls:
        server.socket = _server_context("http/1.1").wrap_socket(server.socket, server_side=True)
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
    """Sends a byte every few milliseconds, for ten seconds: no single read takes long."""
    exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n")
    _drip(exchange, b"x")


def drips_headers(exchange: Exchange) -> None:
    """The same, before the headers end."""
    exchange.raw(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    _drip(exchange, b"y")


def fails_slowly(exchange: Exchange) -> None:
    """Answers 404 with a short body that takes three seconds to come."""
    exchange.wfile.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 150\r\n\r\n")
    _drip(exchange, b"x", 150)


def _drip(exchange: Exchange, byte: bytes, count: int = 500) -> None:
    for _ in range(count):
        if exchange.server.is_over.wait(0.02):
            return
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


@cache
def _certificate() -> tuple[bytes, bytes]:
    """A certificate for 127.0.0.1 that nobody trusts, and its key, both as PEM."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    names = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return made.public_bytes(serialization.Encoding.PEM), secret


def trusted() -> ssl.SSLContext:
    """A client's context that trusts the servers of this file."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=_certificate()[0].decode())
    return context


def _server_context(*protocols: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "server.pem"
        file.write_bytes(b"".join(_certificate()))
        context.load_cert_chain(file)
    context.set_alpn_protocols(list(protocols))
    return context


class Exchange2:
    """One HTTP/2 request, and the means to answer it well or badly."""

    def __init__(self, server: Http2Server, wire: ssl.SSLSocket, h2: H2Connection) -> None:
        self.server = server
        self.wire = wire
        self.h2 = h2
        self.stream = 0
        self.headers: dict[str, str] = {}

    def flush(self) -> None:
        self.wire.sendall(self.h2.data_to_send())

    def answer(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        """A whole, correct answer; `content_type="…"` stands for content-type."""
        self.begin(status, end=not body, **headers)
        for start in range(0, len(body), 16_384):
            piece = body[start : start + 16_384]
            self.h2.send_data(self.stream, piece, end_stream=start + 16_384 >= len(body))
        self.flush()

    def begin(self, status: int = 200, *, end: bool = False, **headers: str) -> None:
        """The headers of an answer alone."""
        fields = [(name.replace("_", "-"), value) for name, value in headers.items()]
        self.h2.send_headers(self.stream, [(":status", str(status)), *fields], end_stream=end)
        self.flush()

    def repeat(self, data: bytes, pause: float = 0) -> None:
        """Bytes as they are, again and again."""
        while not self.server.is_over.wait(pause):
            self.wire.sendall(data)


class Http2Server:
    """An HTTP/2 server with TLS on 127.0.0.1; one thread a connection, one request at a time."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer2] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.connections = 0
        self.is_over = threading.Event()
        self._context = _server_context("h2")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._wires: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def url(self, path: str = "/") -> str:
        return f"https://127.0.0.1:{self._listener.getsockname()[1]}{path}"

    def close(self) -> None:
        self.is_over.set()
        for wire in (self._listener, *self._wires):
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)
            wire.close()
        self._thread.join()

    def _accept(self) -> None:
        while not self.is_over.is_set():
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(plain,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        import h2.config
        import h2.connection
        import h2.exceptions

        with plain, suppress(OSError, ValueError, h2.exceptions.H2Error):
            wire = self._context.wrap_socket(plain, server_side=True)
            self._wires.append(wire)
            with wire:
                config = h2.config.H2Configuration(
                    client_side=False, validate_outbound_headers=False
                )
                self._talk(wire, h2.connection.H2Connection(config))

    def _talk(self, wire: ssl.SSLSocket, h2: H2Connection) -> None:
        from h2.events import RequestReceived

        h2.initiate_connection()
        wire.sendall(h2.data_to_send())
        while data := wire.recv(65_536):
            for event in h2.receive_data(data):
                if isinstance(event, RequestReceived):
                    self._exchange(Exchange2(self, wire, h2), event)
            wire.sendall(h2.data_to_send())

    def _exchange(self, exchange: Exchange2, event: Any) -> None:
        exchange.stream = event.stream_id
        exchange.headers = {name.decode(): value.decode() for name, value in event.headers}
        path = exchange.headers[":path"]
        self.requests.append((path, exchange.headers))
        self.answers[path.split("?", 1)[0]](exchange)


@contextmanager
def http2_loopback() -> Iterator[Http2Server]:
    """A running HTTP/2 server whose certificate is `trusted()`."""
    server = Http2Server()
    try:
        yield server
    finally:
        server.close()
