"""`newsletter subscribers` as an operator uses it: real processes, a real database, wrong words."""

from __future__ import annotations

import json
import os
import pty
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = [sys.executable, "-m", "newsletter", "subscribers"]
SETTINGS = """
schedule: {timezone: Asia/Tokyo}
segments:
  asia: {time_zone: [Asia/*]}
  swiss: {domains: ["*.ch"]}
"""
ANN, BOB, EVE = "Ann@example.org", "bob@xn--bcher-kva.example", "eve@post.ch"
STRANGER = "stranger@example.org"


def environment(home: Path) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "160",
        "LOGNAME": "olga",
    }


def subscribers(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*PROGRAM, *words],
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert "Traceback" not in done.stderr + done.stdout
    return done


def at_a_terminal(folder: Path, typed: str, *words: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command whose questions a person answers."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, *words],
        cwd=folder,
        env=environment(folder),
        stdin=follower,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.write(leader, f"{typed}\n".encode())
    out, err = process.communicate(timeout=90)
    os.close(leader)
    os.close(follower)
    return process.returncode, out, err


def document(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def addresses(folder: Path, *words: str) -> list[str]:
    told = document(subscribers(folder, "list", "--json", *words))
    return [one["address"] for one in told["subscribers"]]


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three subscribers; nobody changes them."""
    folder = tmp_path_factory.mktemp("people")
    (folder / "newsletter.yaml").write_text(SETTINGS)
    for address, name in ((ANN, "Ann 李 [b]"), ("bob@Bücher.example", ""), (EVE, "Eve")):
        done = subscribers(folder, "add", address, "--name", name)
        assert (done.returncode, done.stdout) == (0, "Added.\n"), done.stderr
    return folder


@pytest.fixture
def home(people: Path, tmp_path: Path) -> Path:
    """The same three, for a test that changes them."""
    return Path(shutil.copytree(people, tmp_path / "home"))


def test_the_help_names_every_command() -> None:
    from newsletter.cli.people import COMMANDS

    wanted = "list show add import export suppress lift erase stats"
    assert list(COMMANDS) == wanted.split()


def test_a_list_that_is_piped_is_a_line_each_with_tabs_between(people: Path) -> None:
    done = subscribers(people, "list")
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert [line[:4] for line in lines] == [
        ["active", ANN, "Ann 李 [b]", "daily"],
        ["active", BOB, "", "daily"],
        ["active", EVE, "Eve", "daily"],
    ]
    assert done.stderr == "3 active.\n"


def test_a_list_at_a_terminal_is_a_table(people: Path) -> None:
    leader, follower = pty.openpty()
    subprocess.run(
        [*PROGRAM, "list"],
        cwd=people,
        env=environment(people),
        stdin=subprocess.DEVNULL,
        stdout=follower,
        stderr=subprocess.DEVNULL,
        check=True,
        timeout=90,
    )
    os.close(follower)
    shown = os.read(leader, 100_000).decode()
    os.close(leader)
    assert "Address" in shown
    assert "│" in shown
    assert "Ann 李 [b]" in shown


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--status", "left"), []),
        (("--limit", "2"), [ANN, BOB]),
        (("--limit", "0"), []),
        (("--search", "EXAMPLE.ORG"), [ANN]),
        (("--search", " eve "), [EVE]),
        (("--search", "%"), []),
        (("--segment", "asia"), [ANN, BOB, EVE]),
        (("--segment", "swiss", "--status", "active"), [EVE]),
    ],
)
def test_the_list_is_narrowed(people: Path, words: tuple[str, ...], found: list[str]) -> None:
    assert addresses(people, *words) == found


def test_a_list_that_is_cut_says_of_how_many(people: Path) -> None:
    assert subscribers(people, "list", "--limit", "1").stderr == (
        "3 active; the first 1 are shown.\n"
    )


def test_the_list_tells_who_is_suppressed_and_who_paused_and_is_back(home: Path) -> None:
    subscribers(home, "suppress", EVE)
    change(home, 1, "status='paused', paused_until=date(2020, 1, 1)")
    change(home, 2, "status='paused', paused_until=date(2100, 1, 1)")
    done = subscribers(home, "list")
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == [
        "active",
        "paused",
        "active, by-hand",
    ]
    assert addresses(home, "--status", "paused") == [BOB]
    assert document(subscribers(home, "stats", "--json"))["by_status"]["paused"] == 1


def change(folder: Path, number: int, columns: str) -> None:
    program = (
        "import django; django.setup()\nfrom datetime import date\n"
        "from subscribers.models import Subscriber\n"
        f"Subscriber.objects.filter(id={number}).update({columns})\n"
    )
    variables = environment(folder) | {"DJANGO_SETTINGS_MODULE": "newsletter.settings"}
    subprocess.run([sys.executable, "-c", program], cwd=folder, env=variables, check=True)


def test_show_tells_where_somebody_stands_and_what_they_chose_in_words(people: Path) -> None:
    done = subscribers(people, "show", "ann@EXAMPLE.org")
    assert done.stdout.splitlines()[0] == f"{ANN} (Ann 李 [b])"
    for words in ("active", "every day", "the newsletter's own (Asia/Tokyo)", "sections      all"):
        assert words in done.stdout
    assert "History" not in done.stdout


def test_the_history_proves_a_consent(people: Path) -> None:
    done = subscribers(people, "show", ANN, "--history")
    assert "agreed, command" in done.stdout
    assert "newsletter subscribers add" in done.stdout
    assert "by       olga" in done.stdout
    told = document(subscribers(people, "show", ANN, "--history", "--json"))
    (record,) = told["history"]
    assert record["at"].endswith("Z")
    assert record["actor"] == "olga"
    assert list(told["wordings"]) == [record["wording_version"]]
    assert done.stdout.count(told["wordings"][record["wording_version"]]) == 1


def test_what_an_import_brought_along_cannot_write_to_the_terminal(home: Path) -> None:
    change(home, 1, r"attributes={'plan\x1b]0;': 'gold\x1b[2J\nfake: line'}, source='\x1b[31mx'")
    done = subscribers(home, "show", ANN)
    assert "\x1b" not in done.stdout
    assert "gold[2J fake: line" in done.stdout


@pytest.mark.parametrize("written", ["bob@Bücher.example", "BOB@XN--BCHER-KVA.EXAMPLE", f" {BOB} "])
def test_an_address_is_found_however_it_is_written(people: Path, written: str) -> None:
    told = document(subscribers(people, "show", written, "--json"))
    assert told["subscriber"]["address"] == BOB


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("show", STRANGER), 1, "nobody on the list has this address"),
        (("show", "Ann Miller"), 2, "not an e-mail address"),
        (("show", "ann(x)@example.org"), 2, "not an e-mail address"),
        (("show", ANN, BOB), 2, "expected one address"),
        (("show",), 2, "Missing argument 'ADDRESS'"),
        (("add", "a@example.org b@example.org"), 2, "not an e-mail address"),
        (("add", "Ann <ann@example.org>"), 2, "not an e-mail address"),
        (("add", "李@example.org"), 2, "outside ASCII"),
        (("suppress", "nobody"), 2, "not an e-mail address"),
        (("suppress", ANN, "--reason", "erased"), 2, "Invalid value for '--reason'"),
        (("lift", ANN), 2, "--note"),
        (("lift", ANN, "--note", " "), 2, "--note is empty"),
        (("lift", ANN, "--note", "why", "--yes"), 1, "not on the suppression list"),
        (("erase", STRANGER), 2, "--yes"),
        (("erase", "Ann Miller", "--yes"), 2, "not an e-mail address"),
        (("erase", ANN), 2, "--yes"),
        (("list", "--status", "gone"), 2, "'pending', 'active', 'paused', 'left'"),
        (("list", "--segment", "europe"), 2, "there are asia, swiss"),
        (("stats", "--segment", "europe"), 2, "there are asia, swiss"),
        (("list", "--limit", "-1"), 2, "--limit"),
        (("stats", "--days", "0"), 2, "--days"),
        (("stats", "--days", "tomorrow"), 2, "not a valid integer"),
    ],
)
def test_wrong_words_are_told_in_a_line_without_personal_data(
    people: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    done = subscribers(people, *words)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    for personal in ("example.org", "Miller", "bob@", "李", "ann@", "Ann"):
        assert personal not in done.stderr


def test_an_error_is_one_json_document_too(people: Path) -> None:
    done = subscribers(people, "show", STRANGER, "--json")
    assert document(done)["exit_code"] == done.returncode == 1


def test_adding_again_changes_nothing_and_says_so(home: Path) -> None:
    done = subscribers(home, "add", ANN.upper(), "--json")
    assert document(done) == {"id": 1, "status": "active", "new": False}


def test_a_suppressed_address_is_not_added_and_the_way_out_is_named(home: Path) -> None:
    assert subscribers(home, "suppress", STRANGER, "--note", "wrote to us").returncode == 0
    done = subscribers(home, "add", STRANGER)
    assert done.returncode == 1
    assert "newsletter subscribers lift" in done.stderr
    assert STRANGER not in done.stderr


def test_suppressing_twice_keeps_the_first_reason(home: Path) -> None:
    first = document(subscribers(home, "suppress", EVE, "--reason", "bounced", "--json"))
    again = document(subscribers(home, "suppress", EVE.upper(), "--json"))
    assert first == {"suppressed": True, "new": True, "reason": "bounced"}
    assert again == {"suppressed": True, "new": False, "reason": "bounced"}


def test_lifting_is_a_deliberate_act_that_is_kept_with_who_and_why(home: Path) -> None:
    subscribers(home, "suppress", STRANGER, "--reason", "complained", "--by", "Pat\x1b Q")
    unasked = subscribers(home, "lift", STRANGER, "--note", "by mistake")
    assert unasked.returncode == 2
    assert "reported a mail as spam" in unasked.stderr
    assert "--yes" in unasked.stderr
    assert subscribers(home, "lift", STRANGER, "--note", "by mistake", "--yes").returncode == 0
    told = document(subscribers(home, "show", STRANGER, "--history", "--json"))
    assert told["subscriber"] is told["suppression"] is None
    acts = [(one["act"], one["actor"], one["note"]) for one in told["suppression_acts"]]
    assert acts == [("suppressed", "Pat Q", ""), ("lifted", "olga", "by mistake")]


@pytest.mark.parametrize(("answer", "is_lifted"), [("y", True), ("n", False)])
def test_a_person_at_the_terminal_is_asked_before_lifting(
    home: Path, answer: str, is_lifted: bool
) -> None:
    subscribers(home, "suppress", EVE)
    code, _, err = at_a_terminal(home, answer, "lift", EVE, "--note", "they called")
    assert code == 0
    assert "Lift it?" in err
    told = document(subscribers(home, "show", EVE, "--json"))
    assert (told["suppression"] is None) == is_lifted


def test_an_erasure_asks_for_the_beginning_of_the_address(home: Path) -> None:
    code, _, err = at_a_terminal(home, "bob", "erase", ANN)
    assert code == 1
    assert "nothing was erased" in err
    assert ANN in addresses(home)
    code, out, _ = at_a_terminal(home, "aNN", "erase", ANN)
    assert (code, out.startswith("Erased.")) == (0, True)
    assert ANN not in addresses(home)


def test_after_an_erasure_only_the_hash_is_known_and_nothing_personal_is_shown(home: Path) -> None:
    told = document(subscribers(home, "erase", ANN, "--yes", "--json"))
    assert told == {"erased": True, "was_on_the_list": True}
    done = subscribers(home, "show", ANN, "--history")
    assert done.returncode == 0
    assert "keyed hash alone" in done.stdout
    assert "erased by olga" in done.stdout
    for personal in (ANN, "李"):
        assert personal.lower() not in done.stdout.lower()
    assert subscribers(home, "add", ANN).returncode == 1
    again = document(subscribers(home, "erase", ANN, "--yes", "--json"))
    assert again == {"erased": True, "was_on_the_list": False}


def test_an_address_that_is_nobodys_is_erased_from_the_notes_about_it(home: Path) -> None:
    subscribers(home, "suppress", STRANGER, "--note", "Zebulon phoned")
    done = subscribers(home, "erase", STRANGER, "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Nobody on the list has this address" in done.stdout
    assert STRANGER not in done.stdout
    assert found_on_disk(home, b"Zebulon") == []


@pytest.mark.parametrize("is_read_meanwhile", [False, True])
def test_after_an_erasure_the_address_is_in_no_byte_of_the_database(
    home: Path, *, is_read_meanwhile: bool
) -> None:
    address = "zebulon.quux@very-rare.example"
    subscribers(home, "add", address, "--name", "Zebulon Quux")
    assert found_on_disk(home, b"zebulon.quux")
    with closing(sqlite3.connect(home / "var" / "newsletter.db")) as other:
        if is_read_meanwhile:  # as the web server has it open: then the log outlives the command
            other.execute("SELECT count(*) FROM subscribers_subscriber").fetchone()
        assert subscribers(home, "erase", address, "--yes").returncode == 0
        for personal in (b"zebulon", b"Zebulon", b"very-rare"):
            assert found_on_disk(home, personal) == []


def found_on_disk(home: Path, content: bytes) -> list[str]:
    """The files of the database in which the bytes stand."""
    files = sorted((home / "var").glob("newsletter.db*"))
    assert files
    return [file.name for file in files if content in file.read_bytes()]


def test_stats_tell_the_figures_and_the_growth(home: Path) -> None:
    subscribers(home, "suppress", EVE, "--reason", "bounced")
    told = document(subscribers(home, "stats", "--days", "2", "--json"))
    assert told["by_status"] == {"pending": 0, "active": 3, "paused": 0, "left": 0}
    assert told["by_source"] == {"command": 3}
    assert told["suppressions"] == {"bounced": 1}
    assert sum(one["joined"] for one in told["growth"]) == 3
    assert told["growth"][-1]["total"] == 3
    done = subscribers(home, "stats", "--days", "2", "--segment", "swiss")
    assert "1 active" in done.stdout
    assert "█" in done.stdout
    assert "Days of Asia/Tokyo" in done.stdout


def test_an_empty_list_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "newsletter.yaml").write_text("{}\n")
    listed = subscribers(tmp_path, "list")
    assert (listed.returncode, listed.stdout, listed.stderr) == (0, "", "Nobody.\n")
    assert document(subscribers(tmp_path, "list", "--json")) == {"counts": {}, "subscribers": []}
    assert "0 active" in subscribers(tmp_path, "stats").stdout


def test_without_a_configuration_the_next_command_is_named(tmp_path: Path) -> None:
    done = subscribers(tmp_path, "stats")
    assert done.returncode == 2
    assert "newsletter init" in done.stderr
