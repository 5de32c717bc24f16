"""Reads addresses over HTTP/1.1 and HTTP/2: within bounds, never inside the machine's own network.

What happens on the connection itself is `guard`'s, what answers mean is `fetch_words`';
`fetch_memory` has the same port without a network. Both fetchers pass
`tests/contracts/test_fetcher.py`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.errors import FetchError
from newsletter.fetch_words import (
    Address,
    address_of,
    failure_of,
    fit_value,
    fresh_for,
    headers_of,
    place_of,
    redirected,
    retry_after,
    status_words,
    unpacked,
)
from newsletter.guard import (
    Allowance,
    Connections,
    Guard,
    Kept,
    StopError,
    in_seconds,
    resolved,
)
from newsletter.hosts import host_of
from newsletter.ports import Fetched, FetchRequest

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    import httpcore2

__all__ = ["ACCEPT", "HttpFetcher", "place_of"]

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
_WHOLE, _UNCHANGED = frozenset((200, 203)), 304
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_PERMANENT = frozenset((301, 308))
_ASKS_TO_WAIT = frozenset((300, 301, 302, 303, 304, 307, 308, 429, 503))
_UNREAD_BYTES, _UNREAD_SECONDS = 65_536, 1.0
"""How much of a body that nobody wants is read, so that its connection can be used again."""


@dataclass
class _Walk:
    """The way from the first address to the answer, for the answer and for messages.

    `host`, `status` and `wait` (what it asks for, in seconds) are of the last one that was asked.
    """

    hops: list[str]
    host: str = ""
    status: int = 0
    wait: float = 0.0
    permanent_url: str = ""
    is_permanent: bool = True

    def go_on(self, target: str) -> None:
        """Follow a redirect."""
        self.is_permanent = self.is_permanent and self.status in _PERMANENT
        if self.is_permanent:
            self.permanent_url = target
        self.hops.append(target)
        self.status, self.wait = 0, 0.0

    def is_fair(self, allowance: Allowance) -> bool:
        """Whether the last one had its time: not where those before it had used it up."""
        return len(self.hops) == 1 or not allowance.is_over

    @property
    def who(self) -> str:
        """Whom a message is about."""
        first = place_of(self.hops[0])
        if len(self.hops) == 1:
            return first
        return f"{first}, redirected to {place_of(self.hops[-1])},"


class HttpFetcher:
    """Reads addresses with httpcore2; every thread has connections of its own.

    Args:
        user_agent: who we are, with a contact address.
        connect_timeout: seconds for a connection: name, TCP and TLS each.
        total_timeout: seconds for the whole answer, redirects included.
        max_bytes: of one body, on the wire and again after decompression.
        max_redirects: hops that are followed.
        allow_hosts: hosts (`host` or `host:port`) that may lead to a private address.
        resolve: host, port -> its IP addresses; the system's resolver unless a test says otherwise.
        ssl_context: makes what decides whom to trust; the system's certificates unless given.
        wall_clock: seconds since 1970, for servers that send dates but not their own.
    """

    def __init__(  # noqa: PLR0913 - each is a bound or a way to the world of its own
        self,
        *,
        user_agent: str,
        connect_timeout: float,
        total_timeout: float,
        max_bytes: int,
        max_redirects: int = 5,
        allow_hosts: frozenset[str] = frozenset(),
        resolve: Callable[[str, int], list[str]] | None = None,
        ssl_context: Callable[[], ssl.SSLContext] | None = None,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._user_agent = user_agent.encode()
        self._timeouts = {"timeout": {"connect": connect_timeout}}
        self._connect_timeout = connect_timeout
        self._total_timeout = total_timeout
        self._max_bytes = max_bytes
        self._max_redirects = max_redirects
        self._guard = Guard(frozenset(map(str.lower, allow_hosts)), resolve or resolved)
        self._connections = Connections(self._guard, ssl_context)
        self._wall_clock = wall_clock

    def get(self, request: FetchRequest) -> Fetched:
        """The answer to one request; see `ports.Fetcher`.

        Raises:
            FetchError: the message begins with the address, without credentials and query.
        """
        walk = _Walk([request.url])
        allowance = self._new_allowance(request.seconds)
        try:
            with self._guard.limited(allowance):
                return self._followed(request, walk, allowance)
        except StopError as stop:
            raise FetchError(
                f"{walk.who} {stop}",
                status=walk.status,
                retry_after=walk.wait,
                host=walk.host,
                is_unreachable=stop.is_unreachable and walk.is_fair(allowance),
                is_detour=not walk.is_permanent,
                is_permanent=stop.is_permanent,
                is_private=stop.is_private,
            ) from stop.__cause__

    def close(self) -> None:
        """Let go of the connections of all threads."""
        self._connections.close()

    def _new_allowance(self, most: float) -> Allowance:
        seconds = min(most or self._total_timeout, self._total_timeout)
        return Allowance(
            deadline=time.monotonic() + seconds,
            seconds=seconds,
            # On the wire there are headers too, of every hop.
            bytes_left=self._max_bytes + 200_000 * (self._max_redirects + 1),
            max_bytes=self._max_bytes,
        )

    def _followed(self, request: FetchRequest, walk: _Walk, allowance: Allowance) -> Fetched:
        """The document at the end of the redirects; `walk` grows with each of them."""
        while True:
            address = address_of(walk.hops[-1], is_first=len(walk.hops) == 1)
            walk.host = host_of(walk.hops[-1])
            headers, body = self._exchanged(address, request, walk, allowance)
            target = headers.get(b"location", "") if walk.status in _REDIRECTS else ""
            if not target:
                return self._fetched(request, walk, address.url, headers, body)
            if len(walk.hops) > self._max_redirects:
                words = f"redirects more than {self._max_redirects} times"
                raise StopError(words, is_permanent=True)
            walk.go_on(redirected(address.url, target))

    def _fetched(
        self, request: FetchRequest, walk: _Walk, url: str, headers: dict[bytes, str], body: bytes
    ) -> Fetched:
        is_unchanged = walk.status == _UNCHANGED and bool(_conditions(request))
        if walk.status not in _WHOLE and not is_unchanged:
            raise StopError(status_words(walk.status, walk.wait))
        etag, modified = (request.etag, request.last_modified) if is_unchanged else ("", "")
        return Fetched(
            url=url,
            status=walk.status,
            body=body,
            content_type=fit_value(headers.get(b"content-type", "")),
            etag=fit_value(headers.get(b"etag", "")) or etag,
            last_modified=fit_value(headers.get(b"last-modified", "")) or modified,
            permanent_url=walk.permanent_url and address_of(walk.permanent_url).url,
            fresh_for=fresh_for(headers, self._wall_clock()),
        )

    def _exchanged(
        self, address: Address, request: FetchRequest, walk: _Walk, allowance: Allowance
    ) -> tuple[dict[bytes, str], bytes]:
        """What one address answers, headers and body; its status goes into `walk`."""
        try:
            is_over = False
            try:
                kept, response = self._asked(address, request)
                headers = headers_of(response.headers)
                walk.status = response.status
                may_ask = walk.status in _ASKS_TO_WAIT
                walk.wait = retry_after(headers, self._wall_clock()) if may_ask else 0.0
                body, is_over = self._body(response, headers, allowance, request)
                kept.used_at = time.monotonic()
                is_over = is_over and kept.connection.is_idle()
            finally:
                if not is_over:
                    self._connections.drop(address.origin)
        except StopError:
            raise
        except Exception as error:  # what a server can provoke in three protocol libraries
            raise self._in_words(error, allowance) from error
        return headers, body

    def _asked(self, address: Address, request: FetchRequest) -> tuple[Kept, httpcore2.Response]:
        """The beginning of an answer.

        A kept connection may break in the very moment in which it is used again; GET may then be
        sent once more, on a new one (RFC 9110, section 9.2.2).
        """
        import httpcore2

        wanted = self._request(address, request)
        kept, is_used = self._connections.ready(address.origin)
        try:
            response = kept.connection.handle_request(wanted)
        except (
            httpcore2.ProtocolError,
            httpcore2.NetworkError,
            httpcore2.ConnectionNotAvailable,
        ):
            if not is_used:
                raise
            self._connections.drop(address.origin)
            kept, _ = self._connections.ready(address.origin)
            response = kept.connection.handle_request(wanted)
        kept.stream = response.extensions["network_stream"]
        return kept, response

    def _body(
        self,
        response: httpcore2.Response,
        headers: dict[bytes, str],
        allowance: Allowance,
        request: FetchRequest,
    ) -> tuple[bytes, bool]:
        """The body of a good answer, and whether the connection is through with it."""
        chunks: Iterator[bytes] = iter(response.stream)  # type: ignore[arg-type]
        try:
            if response.status not in _WHOLE or not request.wants_body:
                return b"", _is_read_away(chunks, allowance)
            encoding = headers.get(b"content-encoding", "")
            pieces = []
            for piece in unpacked(chunks, encoding, self._max_bytes):
                allowance.wait(None)
                pieces.append(piece)
            return b"".join(pieces), True
        finally:
            response.close()

    def _request(self, address: Address, request: FetchRequest) -> httpcore2.Request:
        import httpcore2

        headers = [
            (b"Host", address.place.encode()),
            (b"User-Agent", self._user_agent),
            (b"Accept", (request.accept or ACCEPT).encode()),
            (b"Accept-Encoding", b"gzip, deflate"),
            *_conditions(request),
        ]
        if address.credentials:
            headers.append((b"Authorization", address.credentials.encode()))
        url = httpcore2.URL(
            scheme=address.scheme, host=address.host, port=address.port, target=address.target
        )
        return httpcore2.Request(b"GET", url, headers=headers, extensions=self._timeouts)

    def _in_words(self, error: Exception, allowance: Allowance) -> StopError:
        """Why a request failed, from whatever httpcore2 and what lies below it raise."""
        import httpcore2

        if isinstance(error, httpcore2.ConnectTimeout):
            seconds = in_seconds(min(self._connect_timeout, allowance.seconds))
            return StopError(f"could not be reached within {seconds}", is_unreachable=True)
        if isinstance(error, httpcore2.TimeoutException):
            return StopError(allowance.lateness)
        return failure_of(error)


def _is_read_away(chunks: Iterator[bytes], allowance: Allowance) -> bool:
    """Read a body that nobody wants; False where it is too long, too slow or broken."""
    count = 0
    try:
        with allowance.hurried(_UNREAD_SECONDS):
            for chunk in chunks:
                count += len(chunk)
                if count > _UNREAD_BYTES:
                    return False
    except Exception:  # noqa: BLE001 - the status is known; only the connection is lost
        return False
    return True


def _conditions(request: FetchRequest) -> list[tuple[bytes, bytes]]:
    """The headers of a conditional request (RFC 9110, section 13.1)."""
    wanted = ((b"If-None-Match", request.etag), (b"If-Modified-Since", request.last_modified))
    return [
        (name, fit_value(value).encode("latin-1")) for name, value in wanted if fit_value(value)
    ]
