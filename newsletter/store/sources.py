"""How sources are doing: one row a source, by its name."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection

from newsletter import models
from newsletter.core.health import SourceHealth, SourceState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_CHUNK = 500  # SQLite's limit on variables in one statement is far above
_LISTS = ("skip_hours", "skip_days")
_SAME = (
    "name",
    "url",
    "address",
    "etag",
    "last_modified",
    "body_hash",
    "failures",
    "problem",
    "entries",
    "tried_at",
    "succeeded_at",
    "failing_since",
    "told_at",
    "due_at",
    "moving_to",
    "moving_runs",
    "newest_at",
)
_COLUMNS = (*_SAME, "state", "ttl_seconds", *_LISTS)

# Every source is written at every run; the ORM's upsert takes eight times as long.
_SAVE = (
    f"INSERT INTO newsletter_source ({', '.join(_COLUMNS)})"  # noqa: S608 - the names above
    f" VALUES ({', '.join(['%s'] * len(_COLUMNS))}) ON CONFLICT (name) DO UPDATE SET "
    + ", ".join(f"{name} = EXCLUDED.{name}" for name in _COLUMNS if name != "name")
)


def load_health(names: Iterable[str]) -> dict[str, SourceHealth]:
    """The health of the named sources; those never read are left out."""
    wanted = sorted(set(names))
    found: dict[str, SourceHealth] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = models.SourceState.objects.filter(name__in=wanted[start : start + _CHUNK])
        found |= {row.name: _health(row) for row in rows}
    return found


def _health(row: models.SourceState) -> SourceHealth:
    values: dict[str, Any] = {name: getattr(row, name) for name in _SAME}
    values |= {
        name: tuple(map(int, filter(None, getattr(row, name).split(",")))) for name in _LISTS
    }
    return SourceHealth(
        **values, state=SourceState(row.state), ttl=timedelta(seconds=row.ttl_seconds)
    )


def save_health(found: Sequence[SourceHealth]) -> None:
    """Write down how sources did, each of them once."""
    with connection.cursor() as cursor:
        cursor.executemany(_SAVE, [_row(health) for health in found])


def _row(health: SourceHealth) -> list[Any]:
    adapt = connection.ops.adapt_datetimefield_value
    values = [getattr(health, name) for name in _SAME]
    row = [adapt(value) if isinstance(value, datetime) else value for value in values]
    row += [health.state.value, int(health.ttl.total_seconds())]
    return [*row, *(",".join(map(str, getattr(health, name))) for name in _LISTS)]


def forget_state(name: str) -> None:
    """Let a source begin anew: not retired, not waiting, no failure, its configured address.

    What it has carried stays known.
    """
    models.SourceState.objects.filter(name=name).update(
        state=SourceState.ACTIVE.value,
        address="",
        failures=0,
        problem="",
        failing_since=None,
        told_at=None,
        due_at=None,
        moving_to="",
        moving_runs=0,
        etag="",
        last_modified="",
        body_hash="",
        ttl_seconds=0,
        skip_hours="",
        skip_days="",
    )
