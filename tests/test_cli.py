"""The command line as people use it: real processes, real files, wrong words, kills."""

from __future__ import annotations

import json
import mailbox
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = [sys.executable, "-m", "newsletter"]


def environment(home: Path, **extra: str) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "160",
        **extra,
    }


def newsletter(folder: Path, *words: str, **extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *words],
        cwd=folder,
        env=environment(folder, **extra),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def django_prints(folder: Path, program: str) -> str:
    """What a few lines of Python print once Django is set up as the program sets it up."""
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env=environment(folder, DJANGO_SETTINGS_MODULE="newsletter.settings"),
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def document(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def only_line(done: subprocess.CompletedProcess[str]) -> str:
    """The one line on stderr that is no progress."""
    assert "Traceback" not in done.stderr + done.stdout
    lines = [line for line in done.stderr.splitlines() if line.startswith("newsletter: ")]
    assert len(lines) == 1, done.stderr
    return lines[0]


def feed(folder: Path, name: str = "feed.json") -> Path:
    """Four fresh rare-earth stories, so that an edition has enough to tell."""
    from datetime import UTC, datetime, timedelta

    stories = {
        "China adds terbium metal to its export control list": "Exporters need a licence from May.",
        "Lynas opens a heavy rare earth separation line in Malaysia": "Output starts this quarter.",
        "MP Materials signs a ten-year NdFeB magnet offtake for $500 million": "It starts in 2028.",
        "India awards rare earth magnet plants under its 7,280 crore scheme": "Five firms won.",
    }
    moment = datetime.now(UTC) - timedelta(hours=2)
    items = [
        {
            "id": f"item-{number}",
            "url": f"https://outlet-{number}.example/story",
            "title": title,
            "content_text": text,
            "date_published": moment.isoformat(),
            "_source": {"title": f"Outlet {number}"},
        }
        for number, (title, text) in enumerate(stories.items())
    ]
    file = folder / name
    document = {"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": items}
    file.write_text(json.dumps(document))
    return file


def set_up(folder: Path, extra: str = "") -> Path:
    """A configuration that reads one file, and one subscriber."""
    file = folder / "newsletter.yaml"
    source = f"sources:\n  - {{name: File, url: '{feed(folder)}'}}\n"
    file.write_text(f"{source}{extra}")
    assert newsletter(folder, "subscribers", "add", "ada@example.org").returncode == 0
    return file


def delivered(folder: Path) -> int:
    box = folder / "var" / "outbox"
    return len(mailbox.Maildir(box, create=False)) if box.exists() else 0


def test_run_sends_once_and_says_so_the_second_time(tmp_path: Path) -> None:
    set_up(tmp_path)
    first = newsletter(tmp_path, "run")
    again = newsletter(tmp_path, "run")
    assert (first.returncode, again.returncode) == (0, 0), first.stderr
    assert "1 of 1 accepted" in first.stdout
    assert "already sent" in again.stdout
    assert "nothing was sent again" in again.stdout
    assert delivered(tmp_path) == 1


def test_collecting_nothing_is_one_json_document_too(tmp_path: Path) -> None:
    (tmp_path / "newsletter.yaml").write_text("{}\n")
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><p>Welcome</p>")
    done = newsletter(tmp_path, "collect", "--source", str(page), "--json")
    assert document(done)["exit_code"] == done.returncode == 1


def test_json_is_one_document_on_stdout_and_nothing_else(tmp_path: Path) -> None:
    set_up(tmp_path)
    done = newsletter(tmp_path, "run", "--json", "--timings")
    told = document(done)
    assert done.stderr == ""
    assert told["state"] == "sent"
    assert told["stories"][0]["rank"] == 1
    assert told["deliveries"]["accepted"] == 1
    assert set(told["timings"]) == {"collect", "articles", "draft", "review", "send"}
    assert "ada@" not in done.stdout


def test_each_stage_is_a_command_that_works_from_what_is_stored(tmp_path: Path) -> None:
    set_up(tmp_path)
    for words in (("collect",), ("draft",), ("preview",), ("check",), ("send",)):
        done = newsletter(tmp_path, *words, "--json")
        assert done.returncode == 0, (words, done.stderr)
        document(done)
    assert delivered(tmp_path) == 1


def test_drafting_again_needs_no_source(tmp_path: Path) -> None:
    set_up(tmp_path)
    newsletter(tmp_path, "collect")
    (tmp_path / "feed.json").unlink()
    done = newsletter(tmp_path, "draft", "--json")
    assert len(document(done)["stories"]) == 4


def test_a_dry_run_needs_no_configuration_when_it_is_given_a_source(tmp_path: Path) -> None:
    done = newsletter(tmp_path, "run", "--dry-run", "--source", str(feed(tmp_path)), "--json")
    assert done.returncode == 0, done.stderr
    told = document(done)
    assert told["dry_run"] is True
    assert told["state"] == "drafted"
    assert Path(told["files"]["html"]).exists()
    assert not (tmp_path / "var" / "outbox").exists()


def test_without_a_configuration_the_next_command_is_named(tmp_path: Path) -> None:
    done = newsletter(tmp_path, "run")
    assert done.returncode == 2
    assert "newsletter init" in only_line(done)


def test_a_bad_configuration_gives_a_line_for_each_fault(tmp_path: Path) -> None:
    (tmp_path / "newsletter.yaml").write_text("newsletter:\n  nam: x\nweb:\n  port: many\n")
    done = newsletter(tmp_path, "run")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    first, second = done.stderr.splitlines()
    assert "newsletter.yaml:4: `web.port`: expected a whole number" in first + second
    assert "did you mean `name`?" in first + second


def test_an_error_is_one_json_document_too(tmp_path: Path) -> None:
    done = newsletter(tmp_path, "status", "--json")
    assert document(done)["exit_code"] == done.returncode == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("frobnicate",), "No such command"),
        (("run", "--date", "tomorrow"), "is no date"),
        (("run", "--source", "nowhere.xml", "--dry-run"), "there is no such file"),
        (("run", "--date", "0001-01-01"), "is no date"),
        (("run", "--date", "20260407"), "is no date"),
        (("run", "--source", "/", "--dry-run"), "is no file"),
        (("run", "--no-such-option"), "No such option"),
        (("run", "--config", "nowhere.yaml"), "there is no such file"),
    ],
)
def test_wrong_words_end_with_2(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    done = newsletter(tmp_path, *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_feed_that_is_none_is_told_in_words_and_holds_the_edition(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><html><body><h1>Welcome</h1></body></html>")
    (tmp_path / "newsletter.yaml").write_text("{}\n")
    collected = newsletter(tmp_path, "collect", "--source", str(page))
    assert collected.returncode == 1
    assert "web page, not a feed" in only_line(collected)
    run = newsletter(tmp_path, "run", "--source", str(page))
    assert run.returncode == 3
    assert only_line(run).startswith("newsletter: held: ")


def test_an_outbox_that_cannot_be_written_keeps_the_mail_waiting(tmp_path: Path) -> None:
    set_up(tmp_path)
    outbox = tmp_path / "var" / "outbox"
    outbox.write_text("a file where a folder should be")
    done = newsletter(tmp_path, "run")
    assert done.returncode == 1
    assert "outbox" in only_line(done)
    outbox.unlink()
    assert newsletter(tmp_path, "send").returncode == 0
    assert delivered(tmp_path) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [("{% if %}", "line 1"), ("{{ page.nothing_of_this_name }}", "nothing_of_this_name")],
)
def test_a_broken_template_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    set_up(tmp_path, "templates: mine\n")
    broken = tmp_path / "mine" / "email" / "edition" / "body.html"
    broken.parent.mkdir(parents=True)
    broken.write_text(text)
    done = newsletter(tmp_path, "run")
    assert done.returncode == 1
    assert "email/edition/body.html" in only_line(done)
    assert said in only_line(done)
    assert delivered(tmp_path) == 0
    broken.unlink()
    assert newsletter(tmp_path, "run").returncode == 0


def test_debug_shows_where_a_fault_happened(tmp_path: Path) -> None:
    assert "Traceback" in newsletter(tmp_path, "run", "--debug").stderr


def test_a_full_disk_ends_with_one_line_and_the_next_run_goes_on(tmp_path: Path) -> None:
    set_up(tmp_path)
    database = tmp_path / "var" / "newsletter.db"

    def no_room() -> None:
        room = database.stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    done = subprocess.run(
        [*PROGRAM, "run"],
        cwd=tmp_path,
        env=environment(tmp_path),
        preexec_fn=no_room,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 75, done.stderr
    only_line(done)
    assert newsletter(tmp_path, "run").returncode == 0
    assert delivered(tmp_path) == 1


def test_a_database_that_is_none_is_refused(tmp_path: Path) -> None:
    set_up(tmp_path)
    (tmp_path / "var" / "newsletter.db").write_bytes(b"this is no database at all" * 100)
    done = newsletter(tmp_path, "run")
    assert done.returncode == 1
    assert "put a backup in its place" in only_line(done)


def test_a_key_file_that_lost_its_key_is_told_before_anything_leaves(tmp_path: Path) -> None:
    set_up(tmp_path)
    (tmp_path / "var" / "secret.key").write_text("")
    for words in (("run",), ("doctor", "--offline")):
        done = newsletter(tmp_path, *words)
        assert done.returncode == 2
        assert "secret.key: is empty" in only_line(done)


def test_a_committed_row_is_on_the_disk(tmp_path: Path) -> None:
    """In WAL with less than full synchronisation a power cut takes committed rows away."""
    set_up(tmp_path)
    program = (
        "import django; django.setup(); from django.db import connection\n"
        "with connection.cursor() as cursor:\n"
        "    for name in ('journal_mode', 'synchronous'):\n"
        "        print(cursor.execute(f'PRAGMA {name}').fetchone()[0])"
    )
    assert django_prints(tmp_path, program).split() == ["wal", "2"]


def test_what_lies_in_the_state_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    set_up(tmp_path)
    assert (tmp_path / "var").stat().st_mode & 0o077 == 0
    assert (tmp_path / "var" / "secret.key").stat().st_mode & 0o077 == 0


def test_a_template_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    set_up(tmp_path, "templates: nowhere\n")
    done = newsletter(tmp_path, "run")
    assert done.returncode == 2
    assert "there is no such folder" in only_line(done)


def test_a_source_named_by_its_address_is_shown_by_its_own_title(tmp_path: Path) -> None:
    file = feed(tmp_path)
    document = json.loads(file.read_text())
    document["title"] = "Test Wire"
    for item in document["items"]:
        del item["_source"]
    file.write_text(json.dumps(document))
    done = newsletter(tmp_path, "run", "--dry-run", "--source", str(file), "--json")
    told = json.loads(done.stdout)
    assert {story["outlet"] for story in told["stories"]} == {"Test Wire"}
    assert str(tmp_path) not in Path(told["files"]["text"]).read_text()


def test_a_dry_run_of_nothing_says_that_it_would_be_held(tmp_path: Path) -> None:
    quiet = tmp_path / "quiet.json"
    quiet.write_text('{"version": "https://jsonfeed.org/version/1.1", "title": "Q", "items": []}')
    done = newsletter(tmp_path, "run", "--dry-run", "--source", str(quiet))
    assert done.returncode == 3
    assert "would be held: enough stories" in only_line(done)


def test_init_never_overwrites_without_being_told(tmp_path: Path) -> None:
    assert newsletter(tmp_path, "init", "--yes").returncode == 0
    file = tmp_path / "newsletter.yaml"
    file.write_text("mine: true\n")
    done = newsletter(tmp_path, "init", "--yes")
    assert done.returncode == 2
    assert "--force" in only_line(done)
    assert file.read_text() == "mine: true\n"
    assert newsletter(tmp_path, "init", "--yes", "--force").returncode == 0
    assert "Straight Into Your Inbox" in file.read_text()


def test_init_asks_five_questions_and_asks_again_after_a_wrong_answer(tmp_path: Path) -> None:
    answers = """Oxide Daily
nobody
Oxide <o@oxide.example>
9 Pit Lane, Baotou
25:00 X
06:15 Asia/Tokyo
pigeon
files
"""
    done = subprocess.run(
        [*PROGRAM, "init"],
        cwd=tmp_path,
        env=environment(tmp_path),
        input=answers,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "newsletter.yaml").read_text()
    for answer in ("Oxide Daily", "o@oxide.example", "9 Pit Lane", '"06:15"', "Asia/Tokyo"):
        assert answer in text
    assert newsletter(tmp_path, "status").returncode == 0


def test_doctor_says_what_is_missing_and_passes_a_good_set_up(tmp_path: Path) -> None:
    set_up(tmp_path)
    done = newsletter(tmp_path, "doctor", "--offline", "--json")
    assert done.returncode == 0, done.stdout
    parts = {one["part"]: one["level"] for one in document(done)["doctor"]}
    assert parts["database"] == parts["templates"] == parts["subscribers"] == "pass"
    assert parts["sender"] == "warn"


def test_doctor_fails_an_example_sender_once_mail_would_leave(tmp_path: Path) -> None:
    set_up(tmp_path)
    smtp = {"NEWSLETTER_DELIVERY__TRANSPORT": "smtp", "NEWSLETTER_DELIVERY__SMTP__PORT": "1"}
    smtp |= {"NEWSLETTER_DELIVERY__SMTP__HOST": "127.0.0.1"}
    done = newsletter(tmp_path, "doctor", "--offline", "--json", **smtp)
    assert done.returncode == 1
    blocked = {one["part"] for one in document(done)["doctor"] if one["level"] == "block"}
    assert {"sender", "links to us"} <= blocked


def test_doctor_names_the_nearest_kind_of_event_for_one_that_is_none(tmp_path: Path) -> None:
    set_up(tmp_path)
    sections = "[{name: Deals, kinds: [mergerr, news, zzzz]}]"
    done = newsletter(
        tmp_path, "doctor", "--offline", "--json", NEWSLETTER_EDITION__SECTIONS=sections
    )
    assert done.returncode == 0, done.stdout
    found = document(done)["doctor"]
    first, second = [one["message"] for one in found if one["part"] == "sections"]
    assert "`edition.sections`: Deals: there is no kind of event 'mergerr'; did you mean" in first
    assert "'zzzz'; known are " in second
    assert ", promotion," in second


def test_a_secret_stands_in_no_output(tmp_path: Path) -> None:
    sendgrid = "{api_key: '${KEY}', host: 'http://127.0.0.1:1'}"
    set_up(tmp_path)
    with (tmp_path / "newsletter.yaml").open("a") as file:
        file.write(f"delivery:\n  transport: sendgrid\n  sendgrid: {sendgrid}\n")
    for words in (("run",), ("doctor", "--offline"), ("status", "--json"), ("send", "--debug")):
        done = newsletter(tmp_path, *words, KEY="SG.canary-secret")
        assert "canary" not in done.stdout + done.stderr, words
    assert "canary" not in "".join(
        path.read_text(errors="replace") for path in (tmp_path / "var").rglob("*") if path.is_file()
    )


def demo_words(folder: Path) -> list[str]:
    return [*PROGRAM, "demo", "--directory", str(folder / "demo"), "--json"]


def test_demo_delivers_to_three_readers_and_not_again(tmp_path: Path) -> None:
    first = newsletter(tmp_path, "demo")
    assert first.returncode == 0, first.stderr
    assert "3 of 3 accepted" in first.stdout
    assert "Nearly made it" in first.stdout
    assert "The Slow Lode" in first.stdout
    assert "Try next" in first.stdout
    again = newsletter(tmp_path, "demo", "--json")
    assert document(again)["already_done"] is True
    box = mailbox.Maildir(tmp_path / "newsletter-demo" / "var" / "outbox", create=False)
    assert len(box) == 3


def test_demo_keeps_its_hands_off_the_operators_database(tmp_path: Path) -> None:
    real = tmp_path / "real.db"
    done = newsletter(
        tmp_path, "demo", "--json", DATABASE_URL=f"sqlite:///{real}", NEWSLETTER_STATE="elsewhere"
    )
    assert document(done)["deliveries"]["accepted"] == 3
    assert not real.exists()
    assert not (tmp_path / "elsewhere").exists()


def test_commands_started_at_once_on_a_new_database_all_succeed(tmp_path: Path) -> None:
    (tmp_path / "newsletter.yaml").write_text("{}\n")
    commands = [
        subprocess.Popen(
            [*PROGRAM, "status"],
            cwd=tmp_path,
            env=environment(tmp_path),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    told = [(command.communicate(timeout=90)[1], command.returncode) for command in commands]
    assert [code for _, code in told] == [0] * 4, told


def test_links_made_by_one_command_are_known_to_the_next(tmp_path: Path) -> None:
    (tmp_path / "newsletter.yaml").write_text("{}\n")
    program = (
        "import django; django.setup(); from django.conf import settings\n"
        "print(settings.SECRET_KEY)"
    )
    shown = {django_prints(tmp_path, program).strip() for _ in range(2)}
    assert shown == {(tmp_path / "var" / "secret.key").read_text().strip()}


def test_demo_names_commands_that_can_be_called_as_it_was_called(tmp_path: Path) -> None:
    done = newsletter(tmp_path, "demo")
    assert "__main__" not in done.stdout
    line = next(one for one in done.stdout.splitlines() if " preview --open" in one)
    assert " -m newsletter preview --open --config newsletter-demo/newsletter.yaml" in line
    called = subprocess.run(
        [*line.split()[:3], "preview", "--help"],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert called.returncode == 0


def test_demo_does_not_take_over_a_folder_that_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "newsletter-demo").mkdir()
    (tmp_path / "newsletter-demo" / "thesis.txt").write_text("mine")
    done = newsletter(tmp_path, "demo", "--fresh")
    assert done.returncode == 2
    assert (tmp_path / "newsletter-demo" / "thesis.txt").read_text() == "mine"


def test_ctrl_c_while_a_source_hangs_ends_at_once_and_leaves_nothing_half_written(
    tmp_path: Path,
) -> None:
    process = subprocess.Popen(
        [*PROGRAM, "demo"],
        cwd=tmp_path,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "Reading sources" in line:
            break
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Interrupted" in errors
    assert "Traceback" not in errors
    leftovers = [path.name for path in tmp_path.rglob(".*") if path.is_file()]
    assert leftovers == []
    done = newsletter(tmp_path, "demo", "--json")
    assert document(done)["deliveries"]["accepted"] == 3


@pytest.mark.parametrize("stage", ["Reading sources", "Choosing stories", "Rendering", "Sending"])
def test_a_kill_at_any_stage_is_made_good_by_running_again(tmp_path: Path, stage: str) -> None:
    process = subprocess.Popen(
        [*PROGRAM, "demo"],
        cwd=tmp_path,
        env=environment(tmp_path),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if stage in line:
            break
    process.kill()
    process.communicate(timeout=30)
    done = newsletter(tmp_path, "demo", "--json")
    assert done.returncode == 0, done.stderr
    assert document(done)["deliveries"]["accepted"] == 3
    box = mailbox.Maildir(tmp_path / "newsletter-demo" / "var" / "outbox", create=False)
    recipients = sorted(str(message["To"]) for message in box)
    assert len(recipients) == len(set(recipients)) == 3


def test_two_runs_at_once_send_one_edition(tmp_path: Path) -> None:
    set_up(tmp_path)
    runs = [
        subprocess.Popen(
            [*PROGRAM, "run"],
            cwd=tmp_path,
            env=environment(tmp_path),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    codes = [(run.communicate(timeout=90)[1], run.returncode) for run in runs]
    assert {code for _, code in codes} <= {0, 75}, codes
    assert delivered(tmp_path) == 1
