"""The audience query at a large list, in a process of its own: `… N` subscribers in SQLite."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

DAY = date(2026, 4, 7)
_COLUMNS = (
    *("address", "address_hash", "name", "status", "created_at", "changed_at", "activated_at"),
    *("source", "language", "rhythm", "depth", "sections", "follows", "hour", "time_zone"),
    *("mail_format", "attributes"),
)
_NOW = datetime(2026, 4, 7, 6, tzinfo=UTC)


def main(count: int) -> None:
    from django.db import connection, transaction

    from newsletter.store.schema import prepare_database
    from subscribers.models import Suppression

    prepare_database(Path(os.environ["NEWSLETTER_STATE"]))
    marks = ", ".join(["%s"] * len(_COLUMNS))
    statement = f"INSERT INTO subscribers_subscriber ({', '.join(_COLUMNS)}) VALUES ({marks})"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(statement, _people(count))
        Suppression.objects.bulk_create(
            Suppression(address_hash=f"{n:032x}", reason="bounced", created_at=_NOW)
            for n in range(0, count, 200)
        )
        cursor.execute("CREATE TEMP TABLE planned (id INTEGER, reason TEXT)")
        cursor.execute("CREATE TEMP TABLE bare (id INTEGER)")
    _measure(count)


def _people(count: int) -> Any:  # noqa: ANN401 - rows, one at a time
    rhythms = ("daily",) * 6 + ("weekdays", "weekdays", "weekly", "big")
    for n in range(count):
        status = "left" if n % 10 == 9 else "active"
        follows = "company:Lynas" if n % 7 == 0 else ""
        hour, zone = (n % 24, "Asia/Tokyo") if n % 5 == 0 else (None, "")
        yield (
            *(f"r{n}@example.org", f"{n:032x}", "", status, _NOW, _NOW, _NOW),
            *("form", "", rhythms[n % 10], "standard", "", follows, hour, zone),
            *("html", "{}"),
        )


def _measure(count: int) -> None:
    from subscribers import audience
    from subscribers.segments import Segment, condition
    from subscribers.values import Rhythm

    rhythms = (Rhythm.DAILY, Rhythm.WEEKDAYS)
    asia = condition(Segment(time_zone=("Asia/*",)), DAY)
    cases = {
        "a day": audience.audience_query(DAY, rhythms, if_following=(Rhythm.BIG,)),
        "a segment of it": audience.audience_query(DAY, rhythms, only=asia),
        "a segment left out": audience.audience_query(DAY, rhythms, without=[("asia", asia)]),
    }
    floor = _took("INSERT INTO bare SELECT id FROM subscribers_subscriber", [])
    print(f"  {'case':34} {'s':>7} {'µs a subscriber':>16} {'of floor':>9}")
    print(f"  {'copy all ids (floor)':34} {floor:7.2f} {floor / count * 1e6:16.2f} {1:9.1f}")
    for name, (sql, parameters) in cases.items():
        statement = f"INSERT INTO planned SELECT a.id, a.reason FROM ({sql}) AS a"
        took = _took(statement, parameters)
        print(f"  {name:34} {took:7.2f} {took / count * 1e6:16.2f} {took / floor:9.1f}")


def _took(statement: str, parameters: Any) -> float:  # noqa: ANN401
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute(statement, parameters)
        return time.perf_counter() - began


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="newsletter-bench-") as folder:
        os.environ["NEWSLETTER_STATE"] = folder
        os.environ.pop("DATABASE_URL", None)
        os.environ["DJANGO_SETTINGS_MODULE"] = "newsletter.settings"
        import django

        django.setup()
        main(int(sys.argv[1]))
