"""The way to the network, guarded: no private address, and no more time and bytes than allowed.

It stands between httpx2's pool and its sockets, because only there can be seen which address is
connected to, and when a server drips.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newsletter.core.urls import is_public_address

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    import httpcore2

_MIN_WAIT = 0.001


class StopError(Exception):
    """Why a request ended, in words that follow the name of its address."""


@dataclass
class Allowance:
    """What one request may still use: time until `deadline` (monotonic seconds), bytes to read."""

    deadline: float
    seconds: float
    bytes_left: int
    max_bytes: int
    has_begun: bool = False

    @property
    def lateness(self) -> str:
        """What to say when the time is up."""
        answer = "no full answer" if self.has_begun else "no answer"
        return f"gave {answer} within {in_seconds(self.seconds)}"

    def wait(self, timeout: float | None) -> float:
        """Seconds that the next step may take."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise StopError(self.lateness)
        return max(_MIN_WAIT, left if timeout is None else min(left, timeout))

    def take(self, count: int) -> None:
        """Count bytes that came over the wire."""
        self.has_begun = self.has_begun or count > 0
        self.bytes_left -= count
        if self.bytes_left < 0:
            raise StopError(f"sent more than {in_bytes(self.max_bytes)}")


class Guard:
    """Checks every address that is connected to, and holds each thread's request to its allowance.

    The name is resolved once, all its addresses are checked, and the connection goes to a checked
    one: there is no moment in which a second look-up could lead elsewhere (DNS rebinding).
    """

    def __init__(self, allowed: frozenset[str], resolve: Callable[[str, int], list[str]]) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._current = threading.local()

    @contextmanager
    def limited(self, allowance: Allowance) -> Iterator[None]:
        """Hold what this thread does meanwhile to an allowance."""
        self._current.allowance = allowance
        try:
            yield
        finally:
            self._current.allowance = None

    @property
    def allowance(self) -> Allowance:
        """What the request of this thread may still use."""
        allowance: Allowance = self._current.allowance
        return allowance

    def addresses(self, host: str, port: int, timeout: float) -> list[str]:
        """The addresses of a host that a connection may go to, within `timeout` seconds."""
        found = _within(timeout, lambda: self._resolve(host, port))
        if not found:
            raise StopError("has no address in DNS; check the spelling of the host")
        if not self._allowed.isdisjoint((host.lower(), f"{host.lower()}:{port}")):
            return found
        refused = [address for address in found if not is_public_address(address)]
        if refused:
            raise StopError(
                f"would lead to a private address ({refused[0]}); if that is meant, name the host"
                " in allow_hosts"
            )
        return found


class GuardedBackend:
    """The pool's way to the network (an httpcore2 `NetworkBackend`), with the guard in front."""

    def __init__(self, guard: Guard) -> None:
        import httpcore2

        self._guard = guard
        self._plain = httpcore2.SyncBackend()
        self._failures = (httpcore2.ConnectError, httpcore2.ConnectTimeout)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,  # noqa: ANN401 - as httpcore2 has it
    ) -> GuardedStream:
        """A connection to one of the host's checked addresses, the first that answers."""

        def connected(address: str) -> GuardedStream:
            wait = self._guard.allowance.wait(timeout)
            stream = self._plain.connect_tcp(address, port, wait, local_address, socket_options)
            return GuardedStream(self._guard, stream)

        addresses = self._guard.addresses(host, port, self._guard.allowance.wait(timeout))
        for address in addresses[:-1]:
            try:
                return connected(address)
            except self._failures:
                continue
        return connected(addresses[-1])

    def sleep(self, seconds: float) -> None:
        """Wait between two tries; the pool is set to try once."""
        self._plain.sleep(seconds)


class GuardedStream:
    """A connection (an httpcore2 `NetworkStream`) that uses up the allowance of its reader."""

    def __init__(self, guard: Guard, stream: httpcore2.NetworkStream) -> None:
        self._guard = guard
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What has come in, at most `max_bytes`."""
        allowance = self._guard.allowance
        data = self._stream.read(max_bytes, timeout=allowance.wait(timeout))
        allowance.take(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it."""
        self._stream.write(buffer, timeout=self._guard.allowance.wait(timeout))

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> GuardedStream:
        """The same connection, encrypted."""
        wait = self._guard.allowance.wait(timeout)
        stream = self._stream.start_tls(ssl_context, server_hostname, timeout=wait)
        return GuardedStream(self._guard, stream)

    def close(self) -> None:
        """Let go of the connection."""
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as httpcore2 has it
        """What the pool asks: whether it is readable, its TLS object."""
        return self._stream.get_extra_info(info)


def resolved(host: str, port: int) -> list[str]:
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
        raise StopError(f"could not be looked up: no answer from DNS within {in_seconds(timeout)}")
    if isinstance(results[0], Exception):
        raise StopError("has no address in DNS; check the spelling of the host") from results[0]
    return results[0]


def in_seconds(value: float) -> str:
    """A length of time for a message."""
    return f"{value:.3g} s"


def in_bytes(count: int) -> str:
    """A number of bytes for a message."""
    return f"{count / 1e6:.3g} MB" if count >= 100_000 else f"{count / 1e3:.3g} kB"  # noqa: PLR2004
