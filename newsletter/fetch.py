"""Reads addresses over HTTP: within bounds, and never inside the machine's own network.

What happens on the connection itself is `guard`'s; `fetch_memory` has the same port without a
network. Both fetchers pass `tests/contracts/test_fetcher.py`.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin, urlsplit

from newsletter.errors import FetchError
from newsletter.guard import (
    Allowance,
    Guard,
    GuardedBackend,
    StopError,
    in_bytes,
    in_seconds,
    resolved,
)
from newsletter.ports import Fetched, FetchRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx2

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
_REDIRECTS = frozenset((301, 302, 303, 307, 308))


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
        self._guard = Guard(frozenset(map(str.lower, allow_hosts)), resolve or resolved)
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
                return self._followed(request, hops, allowance)
        except StopError as stop:
            raise FetchError(f"{_who(hops)} {stop}") from stop.__cause__

    def _followed(self, request: FetchRequest, hops: list[str], allowance: Allowance) -> Fetched:
        """The document at the end of the redirects; `hops` grows with each of them."""
        while True:
            answer = self._answer(replace(request, url=hops[-1]), allowance)
            if isinstance(answer, Fetched):
                return answer
            if len(hops) > self._max_redirects:
                raise StopError(f"redirects more than {self._max_redirects} times")
            hops.append(answer)

    def close(self) -> None:
        """Let go of all connections."""
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = None

    def _new_allowance(self) -> Allowance:
        return Allowance(
            deadline=time.monotonic() + self._total_timeout,
            seconds=self._total_timeout,
            # On the wire there are headers too, of every hop.
            bytes_left=self._max_bytes + 200_000 * (self._max_redirects + 1),
            max_bytes=self._max_bytes,
        )

    def _answer(self, request: FetchRequest, allowance: Allowance) -> Fetched | str:
        """What one address answers: a document, or the address of the next hop."""
        _check_scheme(request.url)
        with _in_words(allowance, self._connect_timeout):
            client = self._ready_client()
            headers = _conditions(request)
            with client.stream("GET", request.url, headers=headers) as response:
                if response.status_code in _REDIRECTS and "location" in response.headers:
                    return urljoin(request.url, response.headers["location"].strip())
                return self._fetched(request, response, allowance)

    def _fetched(
        self, request: FetchRequest, response: httpx2.Response, allowance: Allowance
    ) -> Fetched:
        is_unchanged = response.status_code == HTTPStatus.NOT_MODIFIED and bool(
            _conditions(request)
        )
        if not is_unchanged and response.status_code != HTTPStatus.OK:
            raise StopError(_status_words(response))
        return Fetched(
            url=str(response.url.copy_with(userinfo=b"")),
            status=response.status_code,
            body=b"" if is_unchanged else self._body(response, allowance),
            content_type=response.headers.get("content-type", ""),
            etag=response.headers.get("etag", request.etag if is_unchanged else ""),
            last_modified=response.headers.get(
                "last-modified", request.last_modified if is_unchanged else ""
            ),
        )

    def _body(self, response: httpx2.Response, allowance: Allowance) -> bytes:
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            allowance.wait(None)
            if len(body) > self._max_bytes:
                raise StopError(f"sent more than {in_bytes(self._max_bytes)}")
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
        pool: Any = transport._pool  # noqa: SLF001
        pool._network_backend = GuardedBackend(self._guard)  # noqa: SLF001
        return httpx2.Client(
            transport=transport,
            headers=self._headers,
            trust_env=False,
            follow_redirects=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            timeout=httpx2.Timeout(self._total_timeout, connect=self._connect_timeout),
        )


def _check_scheme(url: str) -> None:
    try:
        parts = urlsplit(url)
        is_readable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise StopError("is not a web address (http:// or https://)") from None
    if parts.scheme not in ("http", "https", ""):
        raise StopError(f'begins with "{parts.scheme}:"; only http and https are read')
    if not parts.scheme or not is_readable:
        raise StopError("is not a web address (http:// or https://)")


def _conditions(request: FetchRequest) -> dict[str, str]:
    """The headers of a conditional request (RFC 9110, section 13.1)."""
    wanted = {"If-None-Match": request.etag, "If-Modified-Since": request.last_modified}
    return {name: value for name, value in wanted.items() if value}


@contextmanager
def _in_words(allowance: Allowance, connect_timeout: float) -> Iterator[None]:
    """Turn whatever httpx2 raises into a `StopError`."""
    import httpx2

    try:
        yield
    except httpx2.ConnectTimeout as error:
        seconds = in_seconds(min(connect_timeout, allowance.seconds))
        raise StopError(f"could not be reached within {seconds}") from error
    except httpx2.TimeoutException as error:
        raise StopError(allowance.lateness) from error
    except (
        httpx2.HTTPError,
        httpx2.InvalidURL,
        httpx2.CookieConflict,
        httpx2.StreamError,
        OSError,
        ValueError,
    ) as error:
        raise StopError(_failure_words(error)) from error


def _failure_words(error: Exception) -> str:
    """What a failure means for a person; the most telling class of the error decides."""
    import httpx2

    if isinstance(error, httpx2.ConnectError):
        return _connect_words(error)
    table: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
        ((httpx2.DecodingError,), "sent compressed data that is damaged"),
        ((httpx2.ProtocolError,), "sent an answer that is no proper HTTP, or broke it off"),
        ((httpx2.NetworkError,), "broke off the connection"),
        ((httpx2.UnsupportedProtocol, httpx2.InvalidURL, UnicodeError), "is not a web address"),
    )
    found = (words for classes, words in table if isinstance(error, classes))
    return next(found, f"could not be read ({type(error).__name__})")


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
    first = place_of(hops[0])
    return first if len(hops) == 1 else f"{first}, redirected to {place_of(hops[-1])},"


def place_of(url: str) -> str:
    """Host and path for a message: no scheme, credentials, query or control characters."""
    rest = url.split("?", 1)[0].split("#", 1)[0].split("://", 1)[-1]
    host, slash, path = rest.partition("/")
    shown = host.rsplit("@", 1)[-1] + slash + unquote(path, errors="replace")
    shown = "".join(char if char.isprintable() else "?" for char in shown)
    return shown if len(shown) <= 120 else shown[:119] + "…"  # noqa: PLR2004 - one line
