"""Lines on their way in: written in chunks, each with the place it reaches.

A run that is killed is taken up again by the same file with the same options. What waits here is
personal, so it is emptied when it has been taken, when it is refused, and after a day.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import file_digest, sha256
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from subscribers.imports.values import ImportBusyError, Staged
from subscribers.models import ImportRow, ImportRun

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from subscribers.imports.values import ImportOptions

CHUNK = 5000
KEPT_FOR = timedelta(days=1)

_COLUMNS = ("run_id", *Staged._fields)
_INSERT = (
    f"INSERT INTO subscribers_import_row ({', '.join(_COLUMNS)})"  # noqa: S608 - our own names
    f" VALUES ({', '.join(['%s'] * len(_COLUMNS))})"
)
_CREATED, _CHANGED, _ACTIVATED, _PAUSED = (
    Staged._fields.index(name)
    for name in ("created_at", "changed_at", "activated_at", "paused_until")
)


def hash_of(file: Path) -> str:
    """The SHA-256 of a file."""
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()


def begin(file_hash: str, options: ImportOptions) -> ImportRun:
    """The run of a file with these options: where a killed one stopped, else a new one."""
    with transaction.atomic():
        discard_stale(options.now)
        run, _ = ImportRun.objects.get_or_create(
            key=_key(file_hash, options), defaults={"started_at": options.now}
        )
    return run


def write(run: ImportRun, part: int, lines: Iterable[Staged]) -> Iterator[int]:
    """Stage lines of a part that the run has not reached; tells the line after each chunk.

    Raises:
        ImportBusyError: another run of the same file is at work.
    """
    row_of = _adapter(run)
    waiting = iter(lines)
    while chunk := list(islice(waiting, CHUNK)):
        with transaction.atomic():
            _advance(run, part, chunk[-1].line)
            with connection.cursor() as cursor:
                cursor.executemany(_INSERT, [row_of(line) for line in chunk])
        yield run.line


def finish_part(run: ImportRun, part: int) -> None:
    """A part is staged to its end; the next one begins at its first line."""
    _advance(run, part + 1, 0)


def discard_stale(now: datetime) -> None:
    """Empty what waits of runs that began more than a day ago, and forget them."""
    for stale in ImportRun.objects.filter(started_at__lt=now - KEPT_FOR):
        discard(stale)


def discard(run: ImportRun) -> None:
    """Empty what waits of a run, and forget it."""
    with transaction.atomic():
        empty(run)


def empty(run: ImportRun) -> None:
    """The same inside the caller's transaction."""
    is_alone = not ImportRun.objects.exclude(pk=run.pk).exists()
    table = ImportRow.objects.all() if is_alone else ImportRow.objects.filter(run_id=run.pk)
    table._raw_delete(table.db)  # noqa: SLF001 - no row passes through Python
    ImportRun.objects.filter(pk=run.pk).delete()


def _advance(run: ImportRun, part: int, line: int) -> None:
    """Move the mark from where this run saw it: of two runs at once, one stops here."""
    here = ImportRun.objects.filter(pk=run.pk, part=run.part, line=run.line)
    if not here.update(part=part, line=line):
        raise ImportBusyError(
            "another import of this file is running (or was just refused); wait for it to end"
        )
    run.part, run.line = part, line


def _adapter(run: ImportRun) -> Callable[[Staged], list[Any]]:
    """A staged line as this database takes it; what most lines share is adapted once."""
    moment, date = connection.ops.adapt_datetimefield_value, connection.ops.adapt_datefield_value
    now, run_id = run.started_at, run.pk
    adapted_now = moment(now)

    def row_of(line: Staged) -> list[Any]:
        row: list[Any] = list(line)
        created, changed, activated = line.created_at, line.changed_at, line.activated_at
        row[_CREATED] = moment(created)
        row[_CHANGED] = adapted_now if changed is now else moment(changed)
        row[_ACTIVATED] = row[_CREATED] if activated is created else moment(activated)
        row[_PAUSED] = date(line.paused_until)
        return [run_id, *row]

    return row_of


def _key(file_hash: str, options: ImportOptions) -> str:
    """What must be the same for a run to be taken up: the moment and who acts may differ."""
    chosen = (
        *(sorted(options.columns.items()), options.without_proof.value, options.encoding),
        *(options.keeps_networks, options.wording, options.dates),
    )
    return sha256(f"{file_hash} {chosen!r}".encode()).hexdigest()
