"""The child's side of `workers`: one piece of work after another, until the parent hangs up.

Started as `python -m newsletter.worker FD`. It imports neither Django nor the network.
"""

from __future__ import annotations

import pickle
import signal
import socket
import sys

from newsletter.errors import NewsletterError, SourceError
from newsletter.workers import FRAME

LONGEST = 120
"""Seconds after which a child that nobody waits for any more ends itself."""


def main(descriptor: int) -> None:
    """Answer the parent's messages: a function of a module and its arguments, each."""
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
