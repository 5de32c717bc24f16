"""Importing a list: our import against a bare loop from CSV into SQLite that checks nothing.

Each case runs in a process of its own, so that its peak memory is its own; the files are those of
a Mailchimp export. Trust the ratios, not the seconds: the bare loop stores one table, ours checks
each address, hashes it, keeps a proof of consent for each person, and writes every row twice so
that a broken file leaves nothing behind.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SIZES = (10_000, 100_000, 1_000_000)
_HEADER = (
    *("Email Address", "First Name", "Last Name", "MEMBER_RATING", "OPTIN_TIME", "OPTIN_IP"),
    *("CONFIRM_TIME", "CONFIRM_IP", "TIMEZONE", "LEID", "EUID", "TAGS"),
)

_BARE = """
import csv, json, resource, sqlite3, sys, time
began = time.perf_counter()
database = sqlite3.connect(sys.argv[2] + "/bare.sqlite3")
with open(sys.argv[1], newline="", encoding="utf-8") as file, database:
    rows = csv.reader(file)
    header = next(rows)
    database.execute(f"CREATE TABLE list ({', '.join(f'c{n} TEXT' for n in range(len(header)))})")
    marks = ", ".join("?" * len(header))
    database.executemany(f"INSERT INTO list VALUES ({marks})", rows)
took = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": took, "peak": peak}))
"""
_OURS = """
import json, resource, sys, time
from pathlib import Path
from newsletter.cli.common import Options, open_app, open_config
file = Path(sys.argv[2]) / "newsletter.yaml"
file.write_text("{}")
app = open_app(open_config(Options(file, False, False)))
from subscribers.imports import plan
from subscribers.imports.values import ImportOptions
began = time.perf_counter()
options = ImportOptions(app.clock.now(), "bench", "They agreed.")
prepared = plan.prepare(Path(sys.argv[1]), options, lambda done, total: None)
staged = time.perf_counter() - began
taken = plan.carry_out(prepared)
took = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": took, "staged": staged, "peak": peak, "active": taken.active}))
"""


def main() -> None:
    """Print the figures of all sizes."""
    print("\nImport of a Mailchimp export into SQLite; `bare` is csv.reader into executemany")
    print(f"  {'rows':>9} {'bare rows/s':>12} {'ours rows/s':>12} {'times':>6} {'peak MB':>8}")
    for rows in SIZES:
        with tempfile.TemporaryDirectory(prefix="newsletter-bench-") as folder:
            file = Path(folder) / "subscribed_members_export.csv"
            _write(file, rows)
            bare, ours = _run(_BARE, file, folder), _run(_OURS, file, folder)
        if ours["active"] != rows:
            raise SystemExit(f"only {ours['active']} of {rows} rows were taken in")
        print(
            f"  {rows:>9,} {rows / bare['seconds']:>12,.0f} {rows / ours['seconds']:>12,.0f}"
            f" {ours['seconds'] / bare['seconds']:>6.1f} {ours['peak']:>8.0f}",
            flush=True,
        )


def _write(file: Path, rows: int) -> None:
    with file.open("w", newline="", encoding="utf-8") as out:
        table = csv.writer(out)
        table.writerow(_HEADER)
        for number in range(rows):
            day = f"20{10 + number % 15}-{1 + number % 12:02}-{1 + number % 28:02}"
            address = f"reader.{number}@mail{number % 997}.example.org"
            table.writerow(
                (
                    *(address, f"Ann {number % 999}", "Lee", "3", f"{day} 10:00:00", "192.0.2.1"),
                    *(f"{day} 10:05:00", "192.0.2.1", "Europe/Berlin", number, f"{number:x}"),
                    "Editors",
                )
            )


def _run(program: str, file: Path, folder: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", program, str(file), folder],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"NEWSLETTER_CONFIG": ""},
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
