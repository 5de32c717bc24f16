"""What many tests share."""

from __future__ import annotations

import signal
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.db.backends.sqlite3.base import DatabaseWrapper

from tests.clock import FixedClock

if TYPE_CHECKING:
    from collections.abc import Iterator

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell's background job ignores Ctrl-C, and so would every program that the tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)

NOW = datetime(2026, 4, 7, 6, 30, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture(scope="session", autouse=True)
def _records_of_consent_may_be_flushed() -> Iterator[None]:
    """SQLite is emptied between tests by DELETE, which the record of consent refuses."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_OPERATIONS, "execute_sql_flush", _flush_without_guard)
        yield


_OPERATIONS = DatabaseWrapper.ops_class
_flush = _OPERATIONS.execute_sql_flush


def _flush_without_guard(operations: Any, statements: list[str]) -> None:
    with operations.connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master"
            " WHERE type = 'trigger' AND tbl_name = 'subscribers_consent'"
        )
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        _flush(operations, statements)
        for _, sql in triggers:
            cursor.execute(sql)
