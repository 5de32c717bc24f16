"""What many tests share."""

from __future__ import annotations

import signal
from datetime import UTC, datetime

import pytest

from tests.clock import FixedClock

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
