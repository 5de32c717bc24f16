"""What many tests share."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.clock import FixedClock

NOW = datetime(2026, 4, 7, 6, 30, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)
