"""How sources are doing: one row a source, by its name."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from newsletter import models
from newsletter.core.health import SourceHealth, SourceState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_COLUMNS = tuple(field.name for field in fields(SourceHealth) if field.name != "name")
_LISTS = ("skip_hours", "skip_days")
_CHUNK = 500  # SQLite's limit on variables in one statement is far above


def load_health(names: Iterable[str]) -> dict[str, SourceHealth]:
    """The health of the named sources; those never read are left out."""
    wanted = sorted(set(names))
    found: dict[str, SourceHealth] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = models.SourceState.objects.filter(name__in=wanted[start : start + _CHUNK])
        found |= {row.name: _health(row) for row in rows}
    return found


def _health(row: models.SourceState) -> SourceHealth:
    values: dict[str, Any] = {name: getattr(row, name) for name in _COLUMNS}
    values |= {name: tuple(values[name]) for name in _LISTS}
    values["state"] = SourceState(row.state)
    return SourceHealth(name=row.name, **values)


def save_health(found: Sequence[SourceHealth]) -> None:
    """Write down how sources did, each of them once."""
    models.SourceState.objects.bulk_create(
        [_row(health) for health in found],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=list(_COLUMNS),
    )


def _row(health: SourceHealth) -> models.SourceState:
    values: dict[str, Any] = {name: getattr(health, name) for name in _COLUMNS}
    values |= {name: list(values[name]) for name in _LISTS}
    return models.SourceState(name=health.name, **values)


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
    )
