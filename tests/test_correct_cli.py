"""`newsletter correct` as people and programs use it: real processes and a real Maildir."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import pytest

from tests.smtp_sink import SmtpSink
from tests.test_cli import (
    PROGRAM,
    delivered,
    document,
    environment,
    newsletter,
    only_line,
    set_up,
)

TODAY = datetime.now(UTC).date().isoformat()
WORDS = ("--wrong", "terbium metal", "--right", "terbium oxide")


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose one reader has today's edition."""
    folder = tmp_path_factory.mktemp("sent")
    set_up(folder, "schedule: {timezone: UTC}\n")
    done = newsletter(folder, "run")
    assert done.returncode == 0, done.stderr
    return folder


def test_a_correction_from_the_record_to_the_readers_mail(sent: Path) -> None:
    added = newsletter(sent, "correct", "add", TODAY, *WORDS, "--story", "1")
    assert added.returncode == 0, added.stderr
    assert "`newsletter correct send 1` mails it to the 1 reader of that edition." in added.stdout

    unasked = newsletter(sent, "correct", "send", "1")
    assert unasked.returncode == 2
    assert "to 1 reader? There is nobody to ask here; --yes answers it" in only_line(unasked)
    assert delivered(sent) == 1

    mailed = newsletter(sent, "correct", "send", "1", "--yes", "--json")
    assert mailed.returncode == 0, mailed.stderr
    assert document(mailed)["deliveries"]["accepted"] == 1
    assert delivered(sent) == 2

    again = newsletter(sent, "correct", "send", "1")
    assert again.returncode == 0
    assert "Nobody is left to mail correction 1 to (1 of 1 accepted)." in again.stdout
    assert delivered(sent) == 2

    (listed,) = document(newsletter(sent, "correct", "list", "--json"))["corrections"]
    assert (listed["wrong"], listed["right"]) == ("terbium metal", "terbium oxide")
    assert (listed["day"], listed["printed_on"]) == (TODAY, None)
    assert listed["headline"]
    shown = newsletter(sent, "correct", "list").stdout
    assert "terbium oxide" in shown
    assert "ada@example.org" not in shown + mailed.stdout + mailed.stderr

    stays = newsletter(sent, "correct", "withdraw", "1")
    assert stays.returncode == 2
    assert "it was mailed to 1 reader" in only_line(stays)


def test_what_was_not_seen_is_withdrawn(sent: Path) -> None:
    words = ("--wrong", "not printed", "--right", "b", "--yes")
    made = document(newsletter(sent, "correct", "add", TODAY, "--json", *words))
    assert "id" not in made
    gone = newsletter(sent, "correct", "withdraw", str(made["number"]), "--json")
    assert document(gone)["withdrawn"]["number"] == made["number"]
    none = newsletter(sent, "correct", "send", str(made["number"]), "--yes")
    assert none.returncode == 2
    assert "`newsletter correct list` shows those there are" in only_line(none)


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("add", "2026-04-07", *WORDS), "there is no edition of 2026-04-07"),
        (("add", TODAY, "--wrong", " ", "--right", "x"), "wrong are missing"),
        (("add", TODAY, *WORDS, "--story", "77"), "has no story '77'"),
        (("add", TODAY, "--wrong", "cadmium", "--right", "x"), "say --yes to record"),
    ],
)
def test_what_cannot_be_corrected_is_told_in_one_line(
    sent: Path, words: tuple[str, ...], fault: str
) -> None:
    done = newsletter(sent, "correct", *words)
    assert done.returncode == 2
    assert fault in only_line(done)


def test_print_is_not_promised_where_no_edition_can_print_it(sent: Path) -> None:
    words = ("correct", "add", TODAY, "--wrong", "offtake", "--right", "loan")
    done = newsletter(sent, *words, NEWSLETTER_THEME__BLOCKS="[lead, sections]")
    assert done.returncode == 0, done.stderr
    told = "but not in the next edition: `theme.blocks` has no `corrections`."
    assert told in done.stdout
    assert (
        newsletter(sent, "correct", "withdraw", done.stdout.split()[1].strip(":")).returncode == 0
    )


@pytest.mark.parametrize("name", ["x", "0", "-1", "1.5", "²", "9" * 19])
def test_what_is_no_number_of_a_correction_is_told_with_what_one_is(sent: Path, name: str) -> None:
    done = newsletter(sent, "correct", "withdraw", "--", name)
    assert done.returncode == 2
    assert "is no number of a correction: `newsletter correct list` has them" in done.stderr
    assert "range" not in done.stderr


@pytest.mark.parametrize("words", [("add", "yesterday", *WORDS), ("send", "0"), ("send", "x")])
def test_words_that_make_no_sense_are_refused(sent: Path, words: tuple[str, ...]) -> None:
    done = newsletter(sent, "correct", *words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def killed_after(folder: Path, sink: SmtpSink, mails: int, extra: dict[str, str]) -> None:
    """`correct send`, killed when the relay has that many mails and says nothing to the last."""
    process = subprocess.Popen(
        [*PROGRAM, "correct", "send", "1", "--yes"],
        cwd=folder,
        env=environment(folder, **extra),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = monotonic() + 60
    while len(sink.received) < mails and monotonic() < until:
        with suppress(subprocess.TimeoutExpired):
            pytest.fail(f"it ended by itself: {process.wait(timeout=0.05)}")
    process.kill()
    assert process.wait(timeout=30) == -signal.SIGKILL


def test_a_send_that_is_killed_is_continued_nobody_is_mailed_twice_and_nobody_skipped(
    tmp_path: Path,
) -> None:
    set_up(tmp_path, "schedule: {timezone: UTC}\n")
    everyone = [f"{name}@example.org" for name in ("ada", "li", "mo", "eve")]
    (tmp_path / "list.csv").write_text("\n".join(["email", *everyone[1:]]))
    words = (
        "import",
        "list.csv",
        "--yes",
        "--map",
        "email=email",
        "--without-proof",
        "accept",
        "--statement",
        "Asked.",
    )
    taken = newsletter(tmp_path, "subscribers", *words)
    assert taken.returncode == 0, taken.stderr
    assert newsletter(tmp_path, "run").returncode == 0
    assert newsletter(tmp_path, "correct", "add", TODAY, *WORDS).returncode == 0
    with SmtpSink() as sink:
        relay = {"TRANSPORT": "smtp", "SMTP__HOST": sink.host, "SMTP__PORT": str(sink.port)}
        relay |= {"SMTP__SECURITY": "none"}
        extra = {f"NEWSLETTER_DELIVERY__{name}": value for name, value in relay.items()}
        sink.faults.silent_after_data = {"li@example.org"}
        killed_after(tmp_path, sink, 2, extra)
        sink.faults.silent_after_data = set()
        again = newsletter(tmp_path, "correct", "send", "1", "--yes", "--json", **extra)
        third = newsletter(tmp_path, "correct", "send", "1", "--yes", **extra)
    counted = document(again)["deliveries"]
    assert (counted["accepted"], counted["unknown"], again.returncode) == (3, 1, 1)
    assert "Nobody is left to mail" in third.stdout
    assert sorted(mail.recipient for mail in sink.received) == sorted(everyone)


def test_an_older_database_gets_the_tables(sent: Path, tmp_path: Path) -> None:
    set_up(tmp_path)
    with sqlite3.connect(tmp_path / "var" / "newsletter.db") as database:
        database.execute("DROP TABLE newsletter_correction_delivery")
        database.execute("DELETE FROM django_migrations WHERE name = '0006_mailed_corrections'")
    done = newsletter(tmp_path, "correct", "list")
    assert done.returncode == 0, done.stderr
    assert "Nothing was corrected yet." in done.stdout
