"""The small mails while the pages are served: a thread that looks every two seconds.

The interval is fixed and no request rings it, so neither the time of an answer nor that of the
next one tells what a sign-up led to. Only a way out that fails is left alone for longer.
"""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from django.db import connection

from newsletter.alarms import alarm_line
from newsletter.errors import NewsletterError
from newsletter.notify import MOST_WAITING, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.ports import App

EVERY = 2.0  # seconds
LONGEST_WAIT = 60.0  # seconds, where nothing can leave
LAST_WORDS = 1.0  # seconds that the end waits for a mail that is just being handed over
QUIET = 60.0  # seconds between two lines about faults


@contextmanager
def sweeping(app: App | None, every: float = EVERY) -> Iterator[None]:
    """Send the small mails of `app` while the block runs; without an app, send none.

    The thread has the app's transport and a database connection to itself. A hand-over that hangs
    at the end is left: its notices stay in flight, and nobody gets them twice.
    """
    if app is None:
        yield
        return
    is_over = threading.Event()
    thread = threading.Thread(
        target=_sweep, args=(app, is_over, every), name="small mails", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join(LAST_WORDS)


def _sweep(app: App, is_over: threading.Event, every: float) -> None:
    wait, quiet_until = every, 0.0
    try:
        while not is_over.wait(wait):
            fault = _once(app, is_over)
            wait = min(wait * 2, LONGEST_WAIT) if fault else every
            if fault and time.monotonic() >= quiet_until:
                _say(fault)
                quiet_until = time.monotonic() + QUIET
    finally:
        connection.close()


def _once(app: App, is_over: threading.Event) -> str:
    """One look; what went wrong, in words without anybody's data."""
    try:
        done = run(app, goes_on=lambda: not is_over.is_set())
    except NewsletterError as error:
        return f"small mails wait: {error}"
    except Exception as error:  # noqa: BLE001 - whatever it is, the next look may go well
        with suppress(Exception):
            connection.close()  # it may be what is broken
        return (
            f"small mails wait: unexpected fault: {type(error).__name__}; try `newsletter notify`"
        )
    if done.alarm:
        _say(alarm_line(done.alarm))
    is_put_off = done.waiting >= MOST_WAITING
    return f"{done.waiting} small mails could not leave yet" if is_put_off else ""


def _say(line: str) -> None:
    with suppress(OSError, ValueError):  # nobody may be left to read it
        sys.stderr.write(f"newsletter: {line}\n")
        sys.stderr.flush()
