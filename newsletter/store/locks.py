"""One run at a time: a lock that the operating system or PostgreSQL frees when its holder dies."""

from __future__ import annotations

import fcntl
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection

from newsletter.errors import BusyError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BUSY = "another run of this newsletter is at work; try again when it is done"


@contextmanager
def hold_lock(state: Path, name: str = "run", *, waits: bool = False) -> Iterator[None]:
    """Hold the named lock while the block runs; `waits` for it where somebody else has it.

    Raises:
        BusyError: somebody else holds it.
    """
    if connection.vendor == "postgresql":
        with _hold_advisory(name, waits=waits):
            yield
    else:
        with _hold_file(state / f"{name}.lock", waits=waits):
            yield


@contextmanager
def _hold_file(file: Path, *, waits: bool) -> Iterator[None]:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = file.open("w", encoding="ascii")
    except OSError as error:
        raise StoreError(f"{file}: the lock cannot be written: {error.strerror}") from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
        except BlockingIOError:
            raise BusyError(_BUSY) from None
        yield


@contextmanager
def _hold_advisory(name: str, *, waits: bool) -> Iterator[None]:
    number = lock_number(name)
    with connection.cursor() as cursor:
        if waits:
            cursor.execute("SELECT pg_advisory_lock(%s)", [number])
        else:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
            if not cursor.fetchone()[0]:
                raise BusyError(_BUSY)
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


def lock_number(name: str) -> int:
    """The number that stands for a named lock in PostgreSQL."""
    return zlib.crc32(f"newsletter:{name}".encode())
