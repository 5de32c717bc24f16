"""What is done once in a while, by whichever process comes first: when it was done last, in a file.

Only this machine's processes share it; on several machines it is done once on each.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from newsletter.errors import StoreError
from newsletter.store.locks import hold_lock

if TYPE_CHECKING:
    from pathlib import Path


def take_turn(state: Path, name: str, now: datetime, every: timedelta) -> bool:
    """True for one caller in each `every`; it is then held to be done now.

    Raises:
        StoreError: the file in the state folder cannot be written.
    """
    file = state / f"{name}.last"
    if not _is_over(file, now, every):
        return False
    with hold_lock(state, name, waits=True):
        if not _is_over(file, now, every):
            return False
        try:
            file.write_text(now.isoformat() + "\n", encoding="ascii")
        except OSError as error:
            raise StoreError(f"{file}: cannot be written: {error.strerror}") from error
    return True


def _is_over(file: Path, now: datetime, every: timedelta) -> bool:
    """A moment that cannot be read, or lies ahead because the clock was put back, is none."""
    try:
        last = datetime.fromisoformat(file.read_text(encoding="ascii").strip())
        return not timedelta(0) <= now - last < every
    except (OSError, ValueError, TypeError):
        return True
