"""The database is brought up to date before anything reads it; a newer one is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from newsletter.errors import StoreError

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
        executor = MigrationExecutor(connection)
        _refuse_newer(executor)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            if executor.loader.applied_migrations:
                _back_up(state, plan[0][0].name)
            call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        raise StoreError(database_words(error)) from error


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
        raise StoreError(database_words(error)) from error
    return connection.display_name


def database_words(error: Exception) -> str:
    """A database's complaint as one line that says what to do."""
    said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    advice = "see `newsletter doctor`"
    if "disk" in said or "full" in said:
        advice = "make room on the disk, then run the command again; nothing half-written was kept"
    elif "readonly" in said or "unable to open" in said:
        advice = "make the file and its folder writable"
    elif "locked" in said:
        advice = "another program holds it; try again when that is done"
    elif "malformed" in said or "not a database" in said:
        advice = "the file is damaged; put a backup in its place"
    return f"the database {_name()} says: {said}; {advice}"


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _make_folder() -> None:
    if connection.vendor != "sqlite" or _name().startswith((":memory:", "file:")):
        return
    from pathlib import Path

    try:
        Path(_name()).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{_name()}: its folder cannot be made: {error.strerror}") from error


def _refuse_newer(executor: MigrationExecutor) -> None:
    ours = set(executor.loader.disk_migrations)
    apps = {app for app, _ in ours}
    newer = [name for app, name in executor.loader.applied_migrations if app in apps and (app, name) not in ours]
    if newer:
        raise StoreError(
            f"the database {_name()} was made by a newer version of this program"
            f" (it has {sorted(newer)[-1]}); install that version, or restore an older backup"
        )


def _back_up(state: Path, name: str) -> None:
    if connection.vendor != "sqlite":
        return
    copy = state / f"before-{name}.db"
    copy.unlink(missing_ok=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(copy)])
