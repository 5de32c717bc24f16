"""The database is brought up to date before anything reads it; a newer one is refused."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from newsletter.errors import NewsletterError, StoreError, TemporaryError
from newsletter.store.locks import hold_lock

if TYPE_CHECKING:
    from pathlib import Path


def prepare_database(state: Path) -> None:
    """Create or upgrade the tables in place.

    An SQLite database that needs an upgrade is copied into the state folder first.

    Raises:
        StoreError: the database was made by a newer version, is damaged, full or not writable.
    """
    try:
        _make_folder()
        if _left_to_do():
            with hold_lock(state, "migrate", waits=True):
                _upgrade(state)
    except DatabaseError as error:
        raise database_fault(error) from error


def _left_to_do() -> list[str]:
    """The names of the migrations that this database lacks, in order."""
    executor = MigrationExecutor(connection)
    _refuse_newer(executor)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [migration.name for migration, _ in plan]


def _upgrade(state: Path) -> None:
    """What is left to do once we are alone: another command may have done it meanwhile."""
    names = _left_to_do()
    if names:
        if MigrationExecutor(connection).loader.applied_migrations:
            _back_up(state, names[0])
        call_command("migrate", verbosity=0, interactive=False)


def forget_on_disk() -> None:
    """Take what was deleted out of SQLite's write-ahead log too: an erasure reaches the disk.

    Where others read at the moment it is left to the next checkpoint.
    """
    if connection.vendor == "sqlite":
        with suppress(OperationalError), connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def prove_writable() -> str:
    """Write a row and take it back; returns what kind of database it is.

    Raises:
        StoreError: it cannot be written.
    """
    from newsletter.models import SourceState

    try:
        with transaction.atomic():
            SourceState.objects.create(name="newsletter doctor", url="")
            transaction.set_rollback(True)
    except DatabaseError as error:
        raise database_fault(error) from error
    return connection.display_name


def database_fault(error: Exception) -> NewsletterError:
    """A database's complaint as an error of ours: one line that says what to do."""
    said = str(error).strip().partition("\n")[0] or type(error).__name__
    for words, kind, advice in _FAULTS:
        if any(word in said for word in words):
            return kind(f"the database {_name()} says: {said}; {advice}")
    return StoreError(f"the database {_name()} says: {said}; see `newsletter doctor`")


_FAULTS: tuple[tuple[tuple[str, ...], type[NewsletterError], str], ...] = (
    (
        ("disk", "full"),
        TemporaryError,
        "make room, then run it again: nothing half-written was kept",
    ),
    (("locked",), TemporaryError, "another program holds it; try again when that is done"),
    (("readonly", "unable to open"), StoreError, "make the file and its folder writable"),
    (("malformed", "not a database"), StoreError, "it is damaged: put a backup in its place"),
    (("connect", "refused"), TemporaryError, "is the server up, and is the address right?"),
)


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _make_folder() -> None:
    if connection.vendor != "sqlite" or _name().startswith((":memory:", "file:")):
        return
    from pathlib import Path

    try:
        Path(_name()).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not Path(_name()).exists():
            Path(_name()).touch(mode=0o600)  # SQLite's other files follow it
    except OSError as error:
        raise StoreError(f"{_name()}: its folder cannot be made: {error.strerror}") from error


def _refuse_newer(executor: MigrationExecutor) -> None:
    ours = set(executor.loader.disk_migrations)
    apps = {app for app, _ in ours}
    newer = [
        name
        for app, name in executor.loader.applied_migrations
        if app in apps and (app, name) not in ours
    ]
    if newer:
        raise StoreError(
            f"the database {_name()} was made by a newer version of this program"
            f" (it has {max(newer)}); install that version, or restore an older backup"
        )


def _back_up(state: Path, name: str) -> None:
    if connection.vendor != "sqlite":
        return
    copy = state / f"before-{name}.db"
    copy.unlink(missing_ok=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(copy)])
