"""The database: made when missing, upgraded in place, refused when newer or damaged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from newsletter.errors import BusyError, StoreError
from newsletter.store.locks import hold_lock, lock_number
from newsletter.store.schema import prepare_database, prove_writable
from subscribers import audience, signup
from subscribers.values import Act, How

NOW = datetime(2026, 4, 7, 6, 30, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_a_newer_database_is_refused_by_name(tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)",
            ["newsletter", "9999_from_the_future", datetime(2030, 1, 1, tzinfo=UTC)],
        )
    try:
        with pytest.raises(StoreError, match=r"newer version.*9999_from_the_future"):
            prepare_database(tmp_path)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE name = '9999_from_the_future'")


@pytest.mark.django_db
def test_a_database_that_is_up_to_date_is_left_alone(tmp_path: Path) -> None:
    prepare_database(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_an_older_database_is_upgraded_in_place_and_copied_before(tmp_path: Path) -> None:
    signup.add("ada@example.org", act=Act(How.COMMAND, NOW, wording="a test"))
    call_command("migrate", "newsletter", "zero", verbosity=0)
    prepare_database(tmp_path)
    assert prove_writable() in ("SQLite", "PostgreSQL")
    assert audience.size(NOW.date()) == 1
    copies = [path.name for path in tmp_path.glob("*.db")]
    assert copies == (["before-0001_initial.db"] if connection.vendor == "sqlite" else [])


@pytest.mark.django_db
def test_the_models_and_the_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_proving_that_it_is_writable_leaves_nothing_behind() -> None:
    from newsletter.models import SourceState

    assert prove_writable() in ("SQLite", "PostgreSQL")
    assert SourceState.objects.count() == 0


@contextmanager
def somebody_elses_lock(folder: Path) -> Iterator[None]:
    """The lock as another process has it: PostgreSQL gives its own session a lock twice."""
    if connection.vendor != "postgresql":
        with hold_lock(folder):
            yield
        return
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [lock_number("run")])
        yield
    finally:
        other.close()


@pytest.mark.django_db
def test_a_second_run_is_told_to_wait(tmp_path: Path) -> None:
    with somebody_elses_lock(tmp_path), pytest.raises(BusyError), hold_lock(tmp_path):
        pass


@pytest.mark.django_db
def test_a_lock_is_free_again_after_its_block(tmp_path: Path) -> None:
    for _ in range(2):
        with hold_lock(tmp_path):
            pass
