"""What SpamAssassin makes of an edition, and what happens where it is not there."""

from __future__ import annotations

import os
import shutil
import stat
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from newsletter.config import load_config
from newsletter.core.page import page_for
from newsletter.messages import trial_message
from newsletter.render import Renderer
from newsletter.spam import PROGRAM, rated
from tests import drafts

if TYPE_CHECKING:
    from pathlib import Path

IS_INSTALLED = shutil.which(PROGRAM) is not None
needs_it = pytest.mark.skipif(not IS_INSTALLED, reason="SpamAssassin is not installed here")
MOST = 0.5


def message(name: str, text: str = "") -> bytes:
    """A golden edition as a finished message."""
    environ = {
        "NEWSLETTER_SECRET_KEY": "a key of the tests, long enough to be one",
        "NEWSLETTER_NEWSLETTER__SENDER": "Straight Into Your Inbox <daily@brief-readers.dev>",
        "NEWSLETTER_WEB__BASE_URL": "https://brief-readers.dev",
    }
    config = load_config(None, environ=environ)
    draft = getattr(drafts, name)()
    rendered = Renderer().edition(
        page_for(draft, drafts.brand()), view_url="https://brief-readers.dev/archive/2026-04-07"
    )
    return trial_message(rendered, config, datetime.now(UTC)) + text.encode()


@needs_it
@pytest.mark.parametrize("name", ["normal", "quiet"])
def test_spamassassin_has_next_to_nothing_against_an_edition(name: str) -> None:
    rating = rated(message(name))
    assert rating.score is not None, rating.note
    assert rating.score <= MOST, rating.rules


@needs_it
def test_it_knows_spam_when_it_sees_it() -> None:
    gtube = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
    mail = f"From: a@b.dev\r\nTo: c@d.dev\r\nSubject: x\r\n\r\n{gtube}\r\n".encode()
    rating = rated(mail)
    assert rating.score is not None
    assert rating.score > 100
    assert "GTUBE" in rating.rules


def stands_in(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A program of SpamAssassin's name that does something else."""
    program = folder / PROGRAM
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.defpath}")


def test_where_it_is_not_installed_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert rated(b"x").score is None
    assert "not installed" in rated(b"x").note


@pytest.mark.parametrize(
    "script", ["exit 1", "cat", "echo 'X-Spam-Status: No, score=?'", "kill $$"]
)
def test_an_answer_that_cannot_be_read_gives_no_points(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    stands_in(tmp_path, monkeypatch, script)
    assert rated(b"Subject: x\r\n\r\nx").score is None
    assert "no answer" in rated(b"Subject: x\r\n\r\nx").note


def test_points_and_rules_are_read_from_a_folded_header(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    status = (
        "X-Spam-Status: Yes, score=7.25 required=5.0 tests=HTML_SHORT,\\n\\tURI_HEX autolearn=no"
    )
    stands_in(tmp_path, monkeypatch, f"printf '{status} version=4.0.1\\n\\nbody'")
    rating = rated(b"x")
    assert (rating.score, rating.rules) == (7.25, ("HTML_SHORT", "URI_HEX"))


def test_it_is_asked_offline_and_learns_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, seen = tmp_path / "said", tmp_path / "seen"
    stands_in(tmp_path, monkeypatch, f'echo "$@" > {said}; env > {seen}')
    monkeypatch.setenv("NEWSLETTER_SECRET_KEY", "canary")
    rated(b"x")
    assert "--local" in said.read_text()
    assert "bayes_auto_learn 0" in said.read_text()
    assert "canary" not in seen.read_text()
