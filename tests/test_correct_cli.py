"""`newsletter correct` as people and programs use it: real processes and a real Maildir."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.test_cli import delivered, document, newsletter, only_line, set_up

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
    made = document(newsletter(sent, "correct", "add", TODAY, "--json", "--wrong=a", "--right=b"))
    gone = newsletter(sent, "correct", "withdraw", str(made["id"]), "--json")
    assert document(gone)["withdrawn"]["id"] == made["id"]
    none = newsletter(sent, "correct", "send", str(made["id"]), "--yes")
    assert none.returncode == 2
    assert "`newsletter correct list` shows those there are" in only_line(none)


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("add", "2026-04-07", *WORDS), "there is no edition of 2026-04-07"),
        (("add", TODAY, "--wrong", " ", "--right", "x"), "wrong are missing"),
        (("add", TODAY, *WORDS, "--story", "77"), "has no story '77'"),
    ],
)
def test_what_cannot_be_corrected_is_told_in_one_line(
    sent: Path, words: tuple[str, ...], fault: str
) -> None:
    done = newsletter(sent, "correct", *words)
    assert done.returncode == 2
    assert fault in only_line(done)


@pytest.mark.parametrize("words", [("add", "yesterday", *WORDS), ("send", "0"), ("send", "x")])
def test_words_that_make_no_sense_are_refused(sent: Path, words: tuple[str, ...]) -> None:
    done = newsletter(sent, "correct", *words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_an_older_database_gets_the_tables(sent: Path, tmp_path: Path) -> None:
    set_up(tmp_path)
    with sqlite3.connect(tmp_path / "var" / "newsletter.db") as database:
        database.execute("DROP TABLE newsletter_correction_delivery")
        database.execute("DELETE FROM django_migrations WHERE name = '0006_mailed_corrections'")
    done = newsletter(tmp_path, "correct", "list")
    assert done.returncode == 0, done.stderr
    assert "Nothing was corrected yet." in done.stdout
