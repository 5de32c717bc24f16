"""The way to the network, guarded: no private address, and no more time and bytes than allowed.

It stands between httpcore2 and its sockets, because only there can be seen which address is
connected to, and when a server drips.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from newsletter.core.urls import is_public_address

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    import httpcore2

_MIN_WAIT = 0.001
_MOST_KEPT = 8
_KEPT_SECONDS = 60.0

Origin = tuple[str, str, int]
"""Scheme, host and port."""


class StopError(Exception):
    """Why a request ended, in words that follow the name of its address.

    `is_unreachable` is True where no connection came about, `is_permanent` where the next try
    would end in the same way, `is_private` where it would have led into a private network.
    """

    def __init__(
        self,
        message: str,
        *,
        is_unreachable: bool = False,
        is_permanent: bool = False,
        is_private: bool = False,
    ) -> None:
        self.is_unreachable = is_unreachable
        self.is_permanent = is_permanent
        self.is_private = is_private
        super().__init__(message)


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

    @property
    def is_over(self) -> bool:
        """True when the time is up."""
        return time.monotonic() >= self.deadline

    def wait(self, timeout: float | None) -> float:
        """Seconds that the next step may take."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise StopError(self.lateness)
        return max(_MIN_WAIT, left if timeout is None else min(left, timeout))

    @contextmanager
    def hurried(self, seconds: float) -> Iterator[None]:
        """Less time for what is done meanwhile."""
        deadline = self.deadline
        self.deadline = min(deadline, time.monotonic() + seconds)
        try:
            yield
        finally:
            self.deadline = deadline

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
        found = [host] if _is_ip(host) else _within(timeout, lambda: self._resolve(host, port))
        if not found:
            raise _no_address()
        if not self._allowed.isdisjoint((host.lower(), f"{host.lower()}:{port}")):
            return found
        refused = [address for address in found if not is_public_address(address)]
        if refused:
            raise StopError(
                f"would lead to a private address ({refused[0]}); if that is meant, name the host"
                " in collect.allow_hosts of the configuration, or without a file in the"
                ' environment: NEWSLETTER_COLLECT__ALLOW_HOSTS="[HOST]"',
                is_unreachable=True,
                is_permanent=True,
                is_private=True,
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


@dataclass
class Kept:
    """A connection, and what it takes to see whether it can be used once more."""

    connection: httpcore2.HTTPConnection
    stream: httpcore2.NetworkStream | None = None
    used_at: float = 0.0

    def is_fit(self) -> bool:
        """False for one that is old, or on which the server said something: a good-bye."""
        return (
            self.stream is not None
            and time.monotonic() - self.used_at < _KEPT_SECONDS
            and self.connection.is_available()
            and not self.stream.get_extra_info("is_readable")
        )


class Connections:
    """Open connections, each thread's its own, so that nobody pays for another's bytes.

    Args:
        guard: stands in front of every one of them.
        ssl_context: whom to trust; the system's certificates where it is None.
    """

    def __init__(self, guard: Guard, ssl_context: Callable[[], ssl.SSLContext] | None) -> None:
        self._guard = guard
        self._make_context = ssl_context
        self._context: ssl.SSLContext | None = None
        self._lock = threading.Lock()
        self._mine = threading.local()
        self._all: list[tuple[threading.Thread, dict[Origin, Kept]]] = []

    def ready(self, origin: Origin) -> tuple[Kept, bool]:
        """A connection of this thread, and whether it has served before; the oldest makes room."""
        mine = self._of_this_thread()
        kept = mine.get(origin)
        if kept is not None and kept.is_fit():
            return kept, True
        self.drop(origin)
        while len(mine) >= _MOST_KEPT:
            self.drop(next(iter(mine)))
        made = mine[origin] = Kept(self._made(origin))
        return made, False

    def drop(self, origin: Origin) -> None:
        """Close this thread's connection to a place, if there is one."""
        kept = self._of_this_thread().pop(origin, None)
        if kept is not None:
            kept.connection.close()

    def close(self) -> None:
        """Close those of all threads."""
        with self._lock:
            for _, kept in self._all:
                _close(kept)

    def _of_this_thread(self) -> dict[Origin, Kept]:
        mine: dict[Origin, Kept] | None = getattr(self._mine, "kept", None)
        if mine is None:
            mine = self._mine.kept = {}
            with self._lock:
                self._forget_the_dead()
                self._all.append((threading.current_thread(), mine))
        return mine

    def _forget_the_dead(self) -> None:
        """Close what threads that have ended left open."""
        dead = [pair for pair in self._all if not pair[0].is_alive()]
        for pair in dead:
            _close(pair[1])
            self._all.remove(pair)

    def _made(self, origin: Origin) -> httpcore2.HTTPConnection:
        import httpcore2

        scheme, host, port = origin
        with self._lock:
            if scheme == "https" and self._context is None:
                self._context = (self._make_context or httpcore2.default_ssl_context)()
        return httpcore2.HTTPConnection(
            httpcore2.Origin(scheme.encode(), host.encode(), port),
            ssl_context=self._context,
            http1=True,
            http2=True,
            network_backend=cast("httpcore2.NetworkBackend", GuardedBackend(self._guard)),
        )


def _close(kept: dict[Origin, Kept]) -> None:
    for origin in list(kept):
        one = kept.pop(origin, None)  # its thread may be at work
        if one is not None:
            one.connection.close()


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
        words = f"could not be looked up: no answer from DNS within {in_seconds(timeout)}"
        raise StopError(words, is_unreachable=True)
    if isinstance(results[0], Exception):
        raise _no_address() from results[0]
    return results[0]


def _is_ip(host: str) -> bool:
    """True for an address as `ipaddress` reads it; other spellings are the resolver's to read."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _no_address() -> StopError:
    words = "has no address in DNS; check the spelling of the host"
    return StopError(words, is_unreachable=True)


def in_seconds(value: float) -> str:
    """A length of time for a message."""
    return f"{value:.3g} s"


def in_bytes(count: int) -> str:
    """A number of bytes for a message."""
    return f"{count / 1e6:.3g} MB" if count >= 100_000 else f"{count / 1e3:.3g} kB"  # noqa: PLR2004
