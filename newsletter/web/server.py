"""The web server that comes along: waitress, in this process, until it is told to end."""

from __future__ import annotations

import logging
import signal
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from newsletter.errors import NewsletterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from waitress.server import BaseWSGIServer

    from newsletter.ports import App

LARGEST_BODY = 64 * 1024  # the forms of these pages are a few hundred bytes
THREADS = 8
MOST_CONNECTIONS = 1000  # so that a hundred slow ones do not keep the others out
IDLE_SECONDS = 30


def serve(
    bind: str,
    port: int,
    on_ready: Callable[[str], None] | None = None,
    *,
    app: App | None = None,
) -> None:
    """Serve the pages; returns after Ctrl-C or SIGTERM. Logs no request.

    `on_ready` is told the address once it is listened on; with port 0 that is a free one. With an
    `app`, the small mails leave meanwhile, through its transport.

    Visitors' addresses: REMOTE_ADDR is the peer, and `X-Forwarded-For` comes through as it is only
    where proxies are configured; `newsletter.web.visitor` decides what of it to believe.

    Raises:
        NewsletterError: the address cannot be listened on.
    """
    from waitress import wasyncore

    from newsletter.web.sweep import sweeping

    listener = _listener(bind, port)
    connections: dict[int, object] = {}
    server = _server(listener, connections)
    with _ending_on_sigterm():
        try:
            if on_ready:
                on_ready(_address(listener))
            with sweeping(app):
                server.run()
        finally:
            wasyncore.close_all(connections)


def _server(listener: socket.socket, connections: dict[int, object]) -> BaseWSGIServer:
    from django.conf import settings
    from waitress import create_server

    from newsletter.web.wsgi import application

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a busy moment is no news
    return create_server(
        application,
        map=connections,
        sockets=[listener],
        threads=THREADS,
        connection_limit=MOST_CONNECTIONS,
        channel_timeout=IDLE_SECONDS,
        cleanup_interval=IDLE_SECONDS // 3,
        asyncore_use_poll=True,
        ident=None,
        max_request_body_size=LARGEST_BODY,
        clear_untrusted_proxy_headers=not settings.CONFIG.web.trusted_proxies,
    )


def _listener(bind: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(bind, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, *_, address = found[0]
        return socket.create_server(address[:2], family=family)
    except OSError as error:
        raise NewsletterError(
            f"cannot listen on {bind}:{port}: {error.strerror}; choose another address or port"
        ) from error


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


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
