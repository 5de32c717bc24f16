"""The child's side of `workers`: one piece of work after another, until the parent hangs up.

Started as `python -m newsletter.worker FD`. It imports neither Django nor the network.
"""

from __future__ import annotations

import pickle
import resource
import signal
import socket
import sys
from contextlib import suppress

from newsletter.errors import NewsletterError, SourceError
from newsletter.workers import FRAME

LONGEST = 120
"""Seconds after which a child that nobody waits for any more ends itself."""

MOST_MEMORY = 1_500_000_000
"""Bytes of address space: some ten times what a child takes for a large document."""


def main(descriptor: int) -> None:
    """Answer the parent's messages: a function of a module and its arguments, each."""
    _bound_memory()
    with socket.socket(fileno=descriptor) as parent:
        while True:
            head = _received(parent, FRAME.size)
            if len(head) < FRAME.size:
                return
            body = _received(parent, FRAME.unpack(head)[0])
            signal.alarm(LONGEST)
            answer = pickle.dumps(_outcome(body), pickle.HIGHEST_PROTOCOL)
            signal.alarm(0)
            parent.sendall(FRAME.pack(len(answer)) + answer)


def _bound_memory() -> None:
    """Let work that wants too much fail here, before the machine runs out of memory.

    A lower bound that is set already is kept; a system without such bounds does without.
    """
    bounds = resource.getrlimit(resource.RLIMIT_AS)
    most = min([MOST_MEMORY, *(bound for bound in bounds if bound != resource.RLIM_INFINITY)])
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _outcome(body: bytes) -> object:
    """What the work returned, or the error it ended in: one of ours, told in words."""
    try:
        function, arguments, options = pickle.loads(body)  # noqa: S301 - from our own parent
        return function(*arguments, **options)
    except NewsletterError as error:
        return error
    except MemoryError:
        return SourceError("is too large to be read")
    except Exception as error:  # noqa: BLE001 - a strange document must not end the process
        return SourceError(f"could not be read: {type(error).__name__}: {error}"[:300])


def _received(parent: socket.socket, count: int) -> bytes:
    """So many bytes, or fewer when the parent has hung up."""
    data = bytearray()
    while len(data) < count:
        chunk = parent.recv(min(count - len(data), 1 << 20))
        if not chunk:
            break
        data += chunk
    return bytes(data)


if __name__ == "__main__":
    main(int(sys.argv[1]))
