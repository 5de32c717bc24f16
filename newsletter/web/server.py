"""The web server that comes along: waitress, in this process, until it is told to end."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from newsletter.errors import NewsletterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

LARGEST_BODY = 64 * 1024  # the forms of these pages are a few hundred bytes
THREADS = 8


def serve(bind: str, port: int, on_ready: Callable[[str], None] | None = None) -> None:
    """Serve the pages; returns after Ctrl-C or SIGTERM. Prints nothing, logs no request.

    `on_ready` is told the address once it answers; with port 0 that is a free one.

    Raises:
        NewsletterError: the address cannot be listened on.
    """
    from waitress import create_server

    from newsletter.web.wsgi import application

    try:
        server = create_server(
            application,
            host=bind,
            port=port,
            threads=THREADS,
            ident=None,
            max_request_body_size=LARGEST_BODY,
            clear_untrusted_proxy_headers=True,
        )
    except (OSError, ValueError) as error:
        raise NewsletterError(
            f"cannot listen on {bind}:{port}: {error}; choose another --bind or --port"
        ) from error
    with _ending_on_sigterm():
        try:
            if on_ready:
                on_ready(_address(server, bind))
            server.run()
        finally:
            server.close()


def _address(server: Any, bind: str) -> str:
    """A name such as localhost may stand for two sockets; the first one is told."""
    several = getattr(server, "effective_listen", None)
    port = several[0][1] if several else server.effective_port
    return f"http://[{bind}]:{port}" if ":" in bind else f"http://{bind}:{port}"


@contextmanager
def _ending_on_sigterm() -> Iterator[None]:
    """SIGTERM ends as Ctrl-C does. Only the main thread may say so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
