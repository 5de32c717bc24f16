"""Reads addresses over HTTP: within bounds, and never inside the machine's own network.

`HttpFetcher` is the real thing, `MemoryFetcher` the one for tests and rehearsals. Both pass
`tests/contracts/test_fetcher.py`.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin, urlsplit

from newsletter.core.urls import is_public_address
from newsletter.errors import FetchError, NewsletterError
from newsletter.ports import Fetched, FetchRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import httpx2

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_MIN_WAIT = 0.001

Resolve = "Callable[[str, int], list[str]]"


class _StopError(Exception):
    """Why a request ended, in words that follow the name of its address."""


@dataclass
class _Allowance:
    """What one request may still use: time until `deadline` (monotonic seconds), bytes to read."""

    deadline: float
    seconds: float
    bytes_left: int
    max_bytes: int

    def wait(self, timeout: float | None) -> float:
        """Seconds that the next step may take."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise _StopError(f"gave no full answer within {_seconds(self.seconds)}")
        return max(_MIN_WAIT, left if timeout is None else min(left, timeout))

    def take(self, count: int) -> None:
        """Count bytes that came over the wire."""
        self.bytes_left -= count
        if self.bytes_left < 0:
            raise _StopError(f"sent more than {_size(self.max_bytes)}")


class HttpFetcher:
    """Reads addresses with httpx2, one pool of connections for all threads.

    Args:
        user_agent: who we are, with a contact address.
        connect_timeout: seconds for a connection: name, TCP and TLS each.
        total_timeout: seconds for the whole answer, redirects included.
        max_bytes: of one body, on the wire and again after decompression.
        max_redirects: hops that are followed.
        allow_hosts: hosts (`host` or `host:port`) that may lead to a private address.
        resolve: host, port -> its IP addresses; the system's resolver unless a test says otherwise.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        connect_timeout: float,
        total_timeout: float,
        max_bytes: int,
        max_redirects: int = 5,
        allow_hosts: frozenset[str] = frozenset(),
        resolve: Callable[[str, int], list[str]] | None = None,
    ) -> None:
        self._headers = {"User-Agent": user_agent, "Accept": ACCEPT}
        self._connect_timeout = connect_timeout
        self._total_timeout = total_timeout
        self._max_bytes = max_bytes
        self._max_redirects = max_redirects
        self._guard = _Guard(frozenset(map(str.lower, allow_hosts)), resolve or _resolved)
        self._client: httpx2.Client | None = None
        self._lock = threading.Lock()

    def get(self, request: FetchRequest) -> Fetched:
        """The answer to one request; see `ports.Fetcher`.

        Raises:
            FetchError: the message begins with the address, without credentials and query.
        """
        hops = [request.url]
        allowance = self._new_allowance()
        try:
            with self._guard.limited(allowance):
                while True:
                    answer = self._answer(replace(request, url=hops[-1]), allowance)
                    if isinstance(answer, Fetched):
                        return answer
                    hops.append(answer)
                    if len(hops) - 1 > self._max_redirects:
                        raise _StopError(f"redirects more than {self._max_redirects} times")
        except _StopError as stop:
            raise FetchError(f"{_who(hops)} {stop}") from stop.__cause__

    def close(self) -> None:
        """Let go of all connections."""
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = None

    def _new_allowance(self) -> _Allowance:
        return _Allowance(
            deadline=time.monotonic() + self._total_timeout,
            seconds=self._total_timeout,
            # On the wire there are headers too, of every hop.
            bytes_left=self._max_bytes + 200_000 * (self._max_redirects + 1),
            max_bytes=self._max_bytes,
        )

    def _answer(self, request: FetchRequest, allowance: _Allowance) -> Fetched | str:
        """What one address answers: a document, or the address of the next hop."""
        _check_scheme(request.url)
        with _in_words(self._connect_timeout, self._total_timeout):
            client = self._ready_client()
            headers = _conditions(request)
            with client.stream("GET", request.url, headers=headers) as response:
                if response.status_code in _REDIRECTS and "location" in response.headers:
                    return urljoin(request.url, response.headers["location"].strip())
                return self._fetched(request, response, allowance)

    def _fetched(
        self, request: FetchRequest, response: httpx2.Response, allowance: _Allowance
    ) -> Fetched:
        is_unchanged = response.status_code == HTTPStatus.NOT_MODIFIED and bool(
            _conditions(request)
        )
        if not is_unchanged and response.status_code != HTTPStatus.OK:
            raise _StopError(_status_words(response))
        return Fetched(
            url=str(response.url),
            status=response.status_code,
            body=b"" if is_unchanged else self._body(response, allowance),
            content_type=response.headers.get("content-type", ""),
            etag=response.headers.get("etag", request.etag if is_unchanged else ""),
            last_modified=response.headers.get(
                "last-modified", request.last_modified if is_unchanged else ""
            ),
        )

    def _body(self, response: httpx2.Response, allowance: _Allowance) -> bytes:
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            allowance.wait(None)
            if len(body) > self._max_bytes:
                raise _StopError(f"sent more than {_size(self._max_bytes)}")
        return bytes(body)

    def _ready_client(self) -> httpx2.Client:
        with self._lock:
            if self._client is None:
                self._client = self._made_client()
            return self._client

    def _made_client(self) -> httpx2.Client:
        import httpx2

        transport = httpx2.HTTPTransport(trust_env=False)
        # There is no public argument for the backend (2.16; pinned, and a test holds it).
        transport._pool._network_backend = self._guard.backend()  # noqa: SLF001
        return httpx2.Client(
            transport=transport,
            headers=self._headers,
            trust_env=False,
            follow_redirects=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            timeout=httpx2.Timeout(self._total_timeout, connect=self._connect_timeout),
        )


class _Guard:
    """Checks every address that is connected to, and holds each thread's request to its allowance.

    The name is resolved once, all its addresses are checked, and the connection goes to a checked
    one: there is no moment in which a second look-up could lead elsewhere (DNS rebinding).
    """

    def __init__(self, allowed: frozenset[str], resolve: Callable[[str, int], list[str]]) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._current = threading.local()

    @contextmanager
    def limited(self, allowance: _Allowance) -> Iterator[None]:
        """Hold what this thread does meanwhile to an allowance."""
        self._current.allowance = allowance
        try:
            yield
        finally:
            self._current.allowance = None

    @property
    def allowance(self) -> _Allowance:
        """What the request of this thread may still use."""
        allowance: _Allowance = self._current.allowance
        return allowance

    def addresses(self, host: str, port: int, timeout: float) -> list[str]:
        """The addresses of a host that a connection may go to, within `timeout` seconds."""
        found = _within(timeout, lambda: self._resolve(host, port))
        if not self._allowed.isdisjoint((host.lower(), f"{host.lower()}:{port}")):
            return found
        refused = [address for address in found if not is_public_address(address)]
        if refused:
            raise _StopError(
                f"would lead to a private address ({refused[0]}); if that is meant, name the host"
                " in allow_hosts"
            )
        return found

    def backend(self) -> Any:  # noqa: ANN401 - a class that can only be made once httpcore2 is loaded
        """The pool's way to the network, with this guard in front."""
        import httpcore2

        guard, plain = self, httpcore2.SyncBackend()

        class Guarded(httpcore2.NetworkBackend):
            def connect_tcp(
                self, host: str, port: int, timeout: float | None = None, **options: Any
            ) -> httpcore2.NetworkStream:
                allowance = guard.allowance
                addresses = guard.addresses(host, port, allowance.wait(timeout))
                for place, address in enumerate(addresses):
                    try:
                        wait = allowance.wait(timeout)
                        return Stream(plain.connect_tcp(address, port, timeout=wait, **options))
                    except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                        if place == len(addresses) - 1:
                            raise
                raise httpcore2.ConnectError(f"no address for {host}")

        class Stream(httpcore2.NetworkStream):
            def __init__(self, inner: httpcore2.NetworkStream) -> None:
                self._inner = inner

            def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
                allowance = guard.allowance
                data = self._inner.read(max_bytes, timeout=allowance.wait(timeout))
                allowance.take(len(data))
                return data

            def write(self, buffer: bytes, timeout: float | None = None) -> None:
                self._inner.write(buffer, timeout=guard.allowance.wait(timeout))

            def close(self) -> None:
                self._inner.close()

            def start_tls(
                self,
                ssl_context: Any,
                server_hostname: str | None = None,
                timeout: float | None = None,
            ) -> httpcore2.NetworkStream:
                wait = guard.allowance.wait(timeout)
                return Stream(self._inner.start_tls(ssl_context, server_hostname, timeout=wait))

            def get_extra_info(self, info: str) -> Any:
                return self._inner.get_extra_info(info)

        return Guarded()


def _resolved(host: str, port: int) -> list[str]:
    """All IP addresses of a host, as the system gives them, without repeats."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _within(timeout: float, work: Callable[[], list[str]]) -> list[str]:
    """What `work` returns, unless it takes longer: the system's resolver knows no deadline.

    A thread that is given up ends by itself, when the resolver does.
    """
    results: list[list[str] | Exception] = []

    def run() -> None:
        try:
            results.append(work())
        except Exception as error:  # noqa: BLE001 - raised again below, in the caller's thread
            results.append(error)

    thread = threading.Thread(target=run, name="resolve", daemon=True)
    thread.start()
    thread.join(timeout)
    if not results:
        raise _StopError(f"could not be looked up: no answer from DNS within {_seconds(timeout)}")
    if isinstance(results[0], Exception):
        raise _StopError("has no address in DNS; check the spelling of the host") from results[0]
    return results[0]


def _check_scheme(url: str) -> None:
    try:
        parts = urlsplit(url)
        is_readable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_readable = False
        parts = urlsplit("")
    if parts.scheme and parts.scheme not in ("http", "https"):
        raise _StopError(f"is a {parts.scheme}: address; only http and https are read")
    if not is_readable:
        raise _StopError("is not an http or https address")


def _conditions(request: FetchRequest) -> dict[str, str]:
    """The headers of a conditional request (RFC 9110, section 13.1)."""
    wanted = {"If-None-Match": request.etag, "If-Modified-Since": request.last_modified}
    return {name: value for name, value in wanted.items() if value}


@contextmanager
def _in_words(connect_timeout: float, total_timeout: float) -> Iterator[None]:
    """Turn whatever httpx2 raises into a `_StopError`."""
    import httpx2

    try:
        yield
    except httpx2.ConnectTimeout as error:
        raise _StopError(f"could not be reached within {_seconds(connect_timeout)}") from error
    except httpx2.TimeoutException as error:
        raise _StopError(f"gave no full answer within {_seconds(total_timeout)}") from error
    except httpx2.ConnectError as error:
        raise _StopError(_connect_words(error)) from error
    except httpx2.DecodingError as error:
        raise _StopError("sent compressed data that is damaged") from error
    except httpx2.ProtocolError as error:
        raise _StopError("sent an answer that is no proper HTTP, or broke it off") from error
    except httpx2.NetworkError as error:
        raise _StopError("broke off the connection") from error
    except httpx2.UnsupportedProtocol as error:
        raise _StopError("is not an http or https address") from error
    except (httpx2.InvalidURL, UnicodeError) as error:
        raise _StopError("is not an address that can be read") from error
    except (httpx2.HTTPError, httpx2.CookieConflict, httpx2.StreamError) as error:
        raise _StopError(f"could not be read ({type(error).__name__})") from error
    except (OSError, ValueError) as error:
        raise _StopError(f"could not be read ({error})") from error


def _connect_words(error: Exception) -> str:
    text = str(error).lower()
    if "certificate" in text:
        return "has a certificate that cannot be trusted; check it in a browser"
    if "ssl" in text or "tls" in text:
        return "failed to set up an encrypted connection"
    return "refused the connection" if "refused" in text else "could not be reached"


def _status_words(response: httpx2.Response) -> str:
    code = response.status_code
    try:
        phrase = HTTPStatus(code).phrase
    except ValueError:
        phrase = ""
    advice = {
        401: "; it wants a password",
        403: "; it may refuse programs",
        404: "; the feed has moved or ended",
        410: "; the feed has ended: remove or replace the source",
        429: "; we asked too often",
    }.get(code, "")
    return f"answered {code} {phrase}".rstrip() + advice


def _who(hops: list[str]) -> str:
    first = _place(hops[0])
    return first if len(hops) == 1 else f"{first}, redirected to {_place(hops[-1])},"


def _place(url: str) -> str:
    """Host and path for a message: no scheme, credentials, query or control characters."""
    rest = url.split("?", 1)[0].split("#", 1)[0].split("://", 1)[-1]
    host, slash, path = rest.partition("/")
    shown = host.rsplit("@", 1)[-1] + slash + unquote(path, errors="replace")
    shown = "".join(char if char.isprintable() else "?" for char in shown)
    return shown if len(shown) <= 120 else shown[:119] + "…"  # noqa: PLR2004 - one line


def _seconds(value: float) -> str:
    return f"{value:.3g} s"


def _size(count: int) -> str:
    return f"{count / 1e6:.3g} MB" if count >= 100_000 else f"{count / 1e3:.3g} kB"  # noqa: PLR2004


class MemoryFetcher:
    """Answers from memory: address -> what `get` returns or raises. Notes every request."""

    def __init__(self, answers: Mapping[str, Fetched | NewsletterError]) -> None:
        self.answers = dict(answers)
        self.requests: list[FetchRequest] = []

    def get(self, request: FetchRequest) -> Fetched:
        """The answer kept for the address, or 304 where the request's validators still hold."""
        self.requests.append(request)
        answer = self.answers.get(request.url)
        if answer is None:
            raise FetchError(f"{_place(request.url)} could not be reached")
        if isinstance(answer, NewsletterError):
            raise answer
        return replace(answer, status=304, body=b"") if _is_current(request, answer) else answer

    def close(self) -> None:
        """Nothing to let go of."""


def _is_current(request: FetchRequest, answer: Fetched) -> bool:
    """RFC 9110, section 13.2.2: the entity tag decides where there is one, else the date."""
    if request.etag:
        return request.etag == answer.etag
    return bool(request.last_modified) and request.last_modified == answer.last_modified
