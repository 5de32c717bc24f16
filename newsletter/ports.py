"""What the steps need from outside: tiny protocols, and the frozen `App` that carries them."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from datetime import date, datetime

    from newsletter.config import Config
    from newsletter.core.delivery import Message, Outcome

    Result = TypeVar("Result")


class Clock(Protocol):
    """The only way to learn the time."""

    def now(self) -> datetime:
        """The present moment, in UTC, aware."""
        ...


@dataclass(frozen=True)
class FetchRequest:
    """One address to read, with the validators of the last good answer (RFC 9110, section 13).

    `accept` is the Accept header; empty for feeds. Without `wants_body` only whether and how it
    answers is asked. `seconds` is less time than the fetcher gives by itself; 0 for all of that.
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    accept: str = ""
    wants_body: bool = True
    seconds: float = 0.0


@dataclass(frozen=True)
class Fetched:
    """An answer of 200 or 304. `url` is where the redirects ended; `body` is empty on 304.

    `permanent_url` is where the leading permanent redirects (301, 308) lead, empty without any.
    `fresh_for` is how many seconds the server says that the answer stays fresh (RFC 9111, 4.2.1).
    """

    url: str
    status: int
    body: bytes
    content_type: str
    etag: str = ""
    last_modified: str = ""
    permanent_url: str = ""
    fresh_for: float = 0.0

    @property
    def is_unchanged(self) -> bool:
        """True when the server said that our copy is still good."""
        return self.status == 304  # noqa: PLR2004 - the status code itself


class Fetcher(Protocol):
    """Reads an address, within bounds."""

    def get(self, request: FetchRequest) -> Fetched:
        """The answer to one request.

        Raises:
            FetchError: no answer, too slow, too large, refused, an error status.
        """
        ...

    def close(self) -> None:
        """Let go of connections; the next request makes new ones."""
        ...


class Workers(Protocol):
    """Where slow work on hostile documents is done."""

    def run(self, function: Callable[..., Result], *arguments: object, **options: object) -> Result:
        """What a module's `function(*arguments, **options)` returns.

        Raises:
            NewsletterError: as `function` raised it.
            SourceError: the work took too long or broke what it ran in.
        """
        ...

    def close(self) -> None:
        """Let go of processes."""
        ...


class Transport(Protocol):
    """A way out for finished messages."""

    name: str
    is_idempotent: bool
    """True when handing over the same message twice leaves one copy."""
    largest_batch: int
    """How many messages may be handed over between two records: what a crash leaves in doubt."""

    def send(self, messages: Sequence[Message]) -> list[Outcome]:
        """Hand over a batch; one outcome for each message, in order.

        Raises:
            TransportError: nothing of this batch left, and trying again will not help.
            TemporaryError: nothing of this batch left, but it may later.
        """
        ...

    def diagnose(self) -> str:
        """A line that says the way out is ready; raises TransportError when it is not."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


class Progress(Protocol):
    """Told how the work goes; the command line draws it, tests listen, `Silent` does neither."""

    def stage(self, name: str) -> AbstractContextManager[None]:
        """A named stage of the day's work begins; it ends with the block."""
        ...

    def advance(self, done: int, total: int, note: str = "") -> None:
        """`done` of `total` parts of the stage are finished; `note` names the last one."""
        ...


class Silent:
    """A progress that nobody watches."""

    def stage(self, name: str) -> AbstractContextManager[None]:  # noqa: ARG002
        """Nothing to show."""
        return nullcontext()

    def advance(self, done: int, total: int, note: str = "") -> None:
        """Nothing to show."""


@dataclass(frozen=True)
class App:
    """Everything a step needs, made by `build.build` and passed as the first argument."""

    config: Config
    clock: Clock
    fetcher: Fetcher
    workers: Workers
    transport: Transport
    progress: Progress
    signing_key: bytes

    @property
    def today(self) -> date:
        """The date where the newsletter lives."""
        return self.clock.now().astimezone(self.config.zone).date()
