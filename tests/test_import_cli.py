"""`newsletter subscribers import` and `export`, as they are called."""

from __future__ import annotations

import csv
import json
import os
import signal
import stat
import subprocess
import sys
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest

from tests.subscribers.importing import SUBSCRIBED, mailchimp, written

if TYPE_CHECKING:
    from pathlib import Path

DYING = """
import os, signal, sys
from newsletter.cli import main, people_files
real = people_files._prepared
def prepared(file, options):
    from subscribers.imports import plan, staging
    staging.CHUNK = 50
    prepare = plan.prepare
    def advance(done, total):
        if done > 150:
            os.kill(os.getpid(), signal.SIGKILL)
    plan.prepare = lambda file, options, _: prepare(file, options, advance)
    return real(file, options)
people_files._prepared = prepared
main.main(sys.argv[1:])
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "newsletter.yaml").write_text("newsletter: {name: Rare Earths}\n")
    return tmp_path


def call(
    home: Path, *words: str, given: bytes = b"", program: tuple[str, ...] = ("-m", "newsletter")
) -> subprocess.CompletedProcess[bytes]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, *program, "subscribers", *words],
        cwd=home,
        env=inherited | {"PYTHONPATH": os.getcwd(), "DATABASE_URL": database(home)},  # noqa: PTH109
        input=given,
        capture_output=True,
        timeout=120,
        check=False,
    )


def database(home: Path) -> str:
    return f"sqlite:///{home}/list.sqlite3"


def take(home: Path, *words: str, **more: Any) -> dict[str, Any]:
    done = call(home, "import", *words, "--json", "--yes", **more)
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def addresses(home: Path) -> list[str]:
    done = call(home, "export")
    rows = csv.DictReader(StringIO(done.stdout.decode(), newline=""))
    return [row["address"] for row in rows]


def rows_left(home: Path) -> int:
    import sqlite3

    with sqlite3.connect(home / "list.sqlite3") as opened:
        found: int = opened.execute("SELECT COUNT(*) FROM subscribers_import_row").fetchone()[0]
    return found


def test_a_file_is_reported_on_asked_about_and_taken(home: Path) -> None:
    file = written(home, SUBSCRIBED, mailchimp("ann@example.org"), mailchimp("secret@@x"))
    done = call(home, "import", str(file), given=b"y\n")
    told = done.stdout.decode()
    assert done.returncode == 0, done.stderr.decode()
    assert "Read as: mailchimp (utf-8)" in told
    assert "1  new, mailed from the next edition on" in told
    assert "  line 3: " in told
    assert "Done." in told
    assert "ann@" not in told + done.stderr.decode()
    assert "secret" not in told + done.stderr.decode()
    assert addresses(home) == ["ann@example.org"]
    assert rows_left(home) == 0


@pytest.mark.parametrize(
    ("given", "words", "code"),
    [(b"n\n", (), 1), (b"", (), 2), (b"", ("--dry-run",), 0)],
)
def test_without_a_yes_nothing_is_taken_and_nothing_stays(
    home: Path, given: bytes, words: tuple[str, ...], code: int
) -> None:
    file = written(home, SUBSCRIBED, mailchimp("ann@example.org"))
    done = call(home, "import", str(file), *words, given=given)
    assert done.returncode == code, done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert (addresses(home), rows_left(home)) == ([], 0)


def test_a_run_that_is_killed_goes_on_and_doubles_nobody(home: Path) -> None:
    lines = [mailchimp(f"a{number}@example.org") for number in range(300)]
    file = written(home, SUBSCRIBED, *lines)
    killed = call(home, "import", str(file), "--yes", program=("-c", DYING))
    assert killed.returncode == -signal.SIGKILL
    assert 0 < rows_left(home) < 300
    assert addresses(home) == []
    found = take(home, str(file))
    assert (found["counts"]["active"], found["taken"]) == (300, True)
    assert found["resumed_at"] > 100
    assert len(set(addresses(home))) == len(addresses(home)) == 300
    assert rows_left(home) == 0


def test_standard_input_is_read_but_cannot_answer(home: Path) -> None:
    text = f"{SUBSCRIBED}\n{mailchimp('ann@example.org')}\n".encode()
    assert call(home, "import", "-", given=text).returncode == 2
    assert take(home, "-", given=text)["counts"]["active"] == 1
    assert not list(home.rglob(".import-*"))


def test_a_file_that_nobody_knows_shows_the_map_to_type_and_takes_it(home: Path) -> None:
    file = written(home, "Mail,Full Name,Signup date", "ann@example.org,Ann,2020-01-01")
    done = call(home, "import", str(file), "--yes")
    assert done.returncode == 2
    mapped = "email=Mail,name=Full Name,consented_at=Signup date"
    assert f"--map '{mapped}'" in done.stderr.decode()
    assert take(home, str(file), "--map", mapped)["counts"]["active"] == 1


def test_a_date_is_read_as_the_operator_says(home: Path) -> None:
    file = written(home, "email,on", "ann@example.org,03/04/2023")
    words = (str(file), "--map", "email=email,consented_at=on")
    found = take(home, *words)
    assert (found["counts"]["unproven"], found["taken"]) == (1, False)
    assert "'03/04/2023' is ambiguous" in found["problems"][0]["reason"]
    assert take(home, *words, "--dates", "day-first")["counts"]["active"] == 1


def test_a_file_of_a_header_alone_says_exactly_that(home: Path) -> None:
    done = call(home, "import", str(written(home, SUBSCRIBED)))
    assert done.returncode == 0
    told = done.stdout.decode().splitlines()
    assert told == ["Read as: mailchimp (utf-8)", "The file has a header and no rows."]


def test_a_column_that_stands_twice_is_told(home: Path) -> None:
    file = written(home, "email,on,x,x", "ann@example.org,2020-01-01,1,2")
    words = (str(file), "--map", "email=email,consented_at=on")
    told = call(home, "import", *words, "--dry-run").stdout.decode()
    assert "The column 'x' stands there more than once: all of them are kept." in told
    assert take(home, *words)["doubled_columns"] == ["x"]


def test_people_without_proof_need_the_operators_statement(home: Path) -> None:
    file = written(home, "email,name", "ann@example.org,Ann")
    words = (str(file), "--map", "email=email,name=name", "--without-proof", "accept")
    assert call(home, "import", *words, "--yes").returncode == 2
    found = take(home, *words, "--statement", "They signed a list at our fair.", "--by", "Eve")
    assert (found["counts"]["active"], found["counts"]["accepted"]) == (1, 1)


def test_every_line_that_is_not_taken_can_be_written_to_a_file(home: Path) -> None:
    lines = [mailchimp(f"bad@@{number}") for number in range(30)]
    file = written(home, SUBSCRIBED, *lines)
    report = home / "bad.csv"
    found = take(home, str(file), "--report", str(report))
    assert (len(found["problems"]), found["taken"]) == (20, False)
    rows = list(csv.reader(StringIO(report.read_text())))
    assert (rows[0], len(rows)) == (["file", "line", "kind", "reason"], 31)
    assert "bad@@" not in report.read_text()
    assert stat.S_IMODE(report.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("import", "none.csv"), "there is no such file"),
        (("import", "."), "is a folder"),
        (("import", "newsletter.yaml", "--map", "x=y"), "--map takes"),
        (("import", "newsletter.yaml", "--encoding", "base64"), "there is no encoding"),
        (("import", "newsletter.yaml"), "no platform that we know"),
        (("export", "--json"), "--json needs a FILE"),
        (("export", "--segment", "x"), "there is no segment"),
        (("export", "nowhere/list.csv"), "cannot be written"),
    ],
)
def test_every_fault_is_one_line_that_says_what_to_do(
    home: Path, words: tuple[str, ...], told: str
) -> None:
    done = call(home, *words)
    lines = done.stderr.decode().splitlines()
    assert done.returncode in (1, 2)
    assert told in lines[-1]
    assert "Traceback" not in done.stderr.decode()


def test_an_export_is_private_whole_and_taken_back(home: Path) -> None:
    file = written(home, SUBSCRIBED, mailchimp("ann@example.org", "=2+2"))
    take(home, str(file))
    out = home / "out.csv"
    done = call(home, "export", str(out), "--status", "active", "--json")
    assert json.loads(done.stdout) == {"file": str(out), "subscribers": 1}
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert b",'=2+2," in out.read_bytes()
    assert not list(home.glob(".out.csv*"))
    (home / "list.sqlite3").unlink()
    take(home, str(out))
    assert call(home, "export").stdout == out.read_bytes()
