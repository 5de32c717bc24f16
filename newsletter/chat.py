"""One question to a language model behind an OpenAI-compatible chat-completions address.

Hosted and local servers speak it alike. The address is the operator's own word, so that it may lead
to this machine or a private network; only there may it be plain HTTP. Time and size are bounded,
redirects are not followed, and the key is sent nowhere else and stands in no message.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from newsletter.core.urls import is_public_address
from newsletter.errors import FetchError
from newsletter.fetch_words import (
    address_of,
    failure_of,
    fit_value,
    headers_of,
    place_of,
    status_words,
    unpacked,
)
from newsletter.guard import Allowance, Connections, Guard, StopError, resolved

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    import httpcore2

    from newsletter.fetch_words import Address

MAX_BYTES = 1_000_000
_PATH = "/chat/completions"
_OK = 200


@dataclass(frozen=True)
class Chat:
    """Where a model answers, its name, the key (empty for none) and the seconds it may take."""

    url: str
    model: str
    key: str = field(repr=False)
    timeout: float
    ssl_context: Callable[[], ssl.SSLContext] | None = field(default=None, repr=False)

    def ask(self, task: str, material: str) -> str:
        """What the model answers to a task about some material.

        Raises:
            FetchError: no answer, too slow, too large, refused, or not in the form agreed on.
        """
        where = self.url if _PATH in self.url else self.url.rstrip("/") + _PATH
        try:
            return _content(self._posted(where, task, material))
        except StopError as stop:
            raise FetchError(
                f"{place_of(where)} {stop}", is_permanent=stop.is_permanent
            ) from stop.__cause__

    def _posted(self, where: str, task: str, material: str) -> bytes:
        address = address_of(where)
        guard = _guard(address)
        connections = Connections(guard, self.ssl_context)
        allowance = Allowance(
            deadline=time.monotonic() + self.timeout,
            seconds=self.timeout,
            bytes_left=2 * MAX_BYTES,
            max_bytes=MAX_BYTES,
        )
        try:
            with guard.limited(allowance):
                return _answer(connections, address, self._request(address, task, material))
        except StopError:
            raise
        except Exception as error:  # what a server can provoke in the protocol libraries
            raise _in_words(error, allowance) from error
        finally:
            connections.close()

    def _request(self, address: Address, task: str, material: str) -> httpcore2.Request:
        import httpcore2

        messages = [{"role": "system", "content": task}, {"role": "user", "content": material}]
        body = json.dumps({"model": self.model, "messages": messages}).encode()
        headers = [
            (b"Host", address.place.encode()),
            (b"Content-Type", b"application/json"),
            (b"Content-Length", str(len(body)).encode()),
            (b"Accept", b"application/json"),
            (b"Accept-Encoding", b"gzip, deflate"),
        ]
        if self.key:
            headers.append((b"Authorization", b"Bearer " + _fit_key(self.key)))
        elif address.credentials:
            headers.append((b"Authorization", address.credentials.encode()))
        url = httpcore2.URL(
            scheme=address.scheme, host=address.host, port=address.port, target=address.target
        )
        return httpcore2.Request("POST", url, headers=headers, content=body)


class _NearbyGuard(Guard):
    """A guard for plain HTTP, which anyone on the way can read: it leads to no public address."""

    def addresses(self, host: str, port: int, timeout: float) -> list[str]:
        found = super().addresses(host, port, timeout)
        if any(map(is_public_address, found)):
            raise StopError(
                "was not asked: the key would go over the Internet in clear text; write https://"
                " in `highlights.model.url` (http:// only leads to this machine or a private"
                " network)",
                is_permanent=True,
            )
        return found


def _guard(address: Address) -> Guard:
    kind = Guard if address.scheme == "https" else _NearbyGuard
    return kind(frozenset((address.host.lower(),)), resolved)


def _fit_key(key: str) -> bytes:
    if not fit_value(key) or not key.isascii():
        raise StopError("was not asked: the key has characters that no key has", is_permanent=True)
    return key.encode()


def _answer(connections: Connections, address: Address, request: httpcore2.Request) -> bytes:
    kept, _ = connections.ready(address.origin)
    response = kept.connection.handle_request(request)
    try:
        headers = headers_of(response.headers)
        if response.status != _OK:
            raise StopError(status_words(response.status, 0.0))
        encoding = headers.get(b"content-encoding", "")
        return b"".join(unpacked(iter(response.stream), encoding, MAX_BYTES))  # type: ignore[arg-type]
    finally:
        response.close()


def _in_words(error: Exception, allowance: Allowance) -> StopError:
    import httpcore2

    if isinstance(error, httpcore2.TimeoutException):
        return StopError(allowance.lateness)
    return failure_of(error)


def _content(body: bytes) -> str:
    """The text of the first choice."""
    try:
        answer: Any = json.loads(body)
        content = answer["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError):
        content = None
    if not isinstance(content, str):
        raise StopError("did not answer as a chat-completions address does")
    return content
