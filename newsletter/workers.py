"""Processes that read hostile documents: the slow part of collecting, on all cores.

A document can break its reader (endless work, a crash in a C library, all memory); here it breaks
one process, which is replaced, and the others go on. The child's side is `worker`.
"""

from __future__ import annotations

import os
import pickle
import queue
import socket
import struct
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from newsletter.errors import NewsletterError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable

    Result = TypeVar("Result")

FRAME = struct.Struct("!Q")
"""A message on the wire is its length, then a pickle."""

MOST_PROCESSES = 4
_NEEDED = ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
"""What a child gets of the environment, besides LC_…: enough to start Python, and no secret."""

_FAILED = "took all the memory or broke the program that reads it; it is left out"


class HereAndNow:
    """Workers without processes: the caller does the work itself."""

    def run(self, function: Callable[..., Result], *arguments: object, **options: object) -> Result:
        """What `function(*arguments, **options)` returns or raises."""
        return function(*arguments, **options)

    def close(self) -> None:
        """Nothing to let go of."""


class Workers:
    """Up to `processes` worker processes, started when they are first needed.

    Args:
        processes: at most so many.
        seconds: what one piece of work may take.
    """

    def __init__(self, processes: int | None = None, seconds: float = 30.0) -> None:
        self._places: queue.LifoQueue[_Process | None] = queue.LifoQueue()
        for _ in range(processes or min(MOST_PROCESSES, os.cpu_count() or 1)):
            self._places.put(None)
        self._seconds = seconds
        self._all: list[_Process] = []
        self._lock = threading.Lock()

    def run(self, function: Callable[..., Result], *arguments: object, **options: object) -> Result:
        """What a module's `function(*arguments, **options)` returns; waits for a free process.

        Raises:
            NewsletterError: as `function` raised it.
            SourceError: the work took too long or ended its process.
        """
        process = self._places.get()
        try:
            if process is None or not process.is_alive:
                process = self._started()
            outcome = process.ask((function, arguments, options), self._seconds)
        except TimeoutError:
            raise SourceError(f"takes longer than {self._seconds:g} s to read") from None
        except (OSError, EOFError, pickle.UnpicklingError):
            raise SourceError(_FAILED) from None
        finally:
            self._places.put(process)
        if isinstance(outcome, NewsletterError):
            raise outcome
        result: Result = outcome
        return result

    def close(self) -> None:
        """End all processes; the next piece of work starts new ones."""
        with self._lock:
            for process in self._all:
                process.end()
            self._all.clear()

    def _started(self) -> _Process:
        process = _Process()
        with self._lock:
            self._all.append(process)
        return process


def _environment() -> dict[str, str]:
    """A child's environment: hostile documents are read there, so it holds nothing of worth."""
    path = [str(Path(__file__).resolve().parent.parent), os.environ.get("PYTHONPATH", "")]
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in _NEEDED or name.startswith("LC_")
    }
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, path))}


class _Process:
    """One child, and the socket that leads to it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            # -P: modules come from where this program's come from, never from the current folder.
            command = [sys.executable, "-P", "-m", "newsletter.worker", str(theirs.fileno())]
            self._child = subprocess.Popen(  # noqa: S603 - this very program
                command,
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is the parent's to handle
                env=_environment(),
            )
        self._socket = ours
        self.is_alive = True

    def ask(self, message: object, seconds: float) -> Any:  # noqa: ANN401 - any function's result
        """The child's answer to a message; the child is ended where there is none in time."""
        deadline = time.monotonic() + seconds
        try:
            self._socket.settimeout(seconds)
            body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
            self._socket.sendall(FRAME.pack(len(body)) + body)
            length = FRAME.unpack(self._received(FRAME.size, deadline))[0]
            return pickle.loads(self._received(length, deadline))  # noqa: S301 - our own child
        except BaseException:
            self.end()
            raise

    def _received(self, count: int, deadline: float) -> bytearray:
        data = bytearray(count)
        view = memoryview(data)
        while view:
            self._socket.settimeout(max(0.001, deadline - time.monotonic()))
            got = self._socket.recv_into(view)
            if not got:
                raise EOFError
            view = view[got:]
        return data

    def end(self) -> None:
        """Kill it, if it still runs."""
        self.is_alive = False
        self._socket.close()
        with suppress(ProcessLookupError):
            self._child.kill()
        self._child.wait()
