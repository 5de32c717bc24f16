"""The golden editions before judges from outside: a validator, a spam filter, a pager."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from newsletter.config import load_config
from newsletter.core.headers import Mailbox
from newsletter.core.mail import Letter, message_template, personalise
from newsletter.messages import identity_of
from newsletter.render import columns
from tests.goldens import FOLDER, MAKERS, golden

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsletter.core.edition import Draft

ROOT = Path(__file__).resolve().parent.parent
VALIDATOR = ROOT / ".venv" / "vnu" / "package" / "build" / "dist" / "vnu.jar"
every_golden = pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)

ACCEPTED = ("CSS: “mso-hide”: Property “mso-hide” doesn't exist.",)
"""Errors of the validator that are as they should be: what only Outlook understands."""
OBSOLETE = re.compile(r"The “(?:width|border|cellspacing|cellpadding|bgcolor|align|valign)” attri")
"""What Word needs and the standard calls obsolete."""


@every_golden
def test_a_golden_edition_looks_as_it_did(make: Callable[[], Draft]) -> None:
    rendered = golden(make)
    for part, ending in ((rendered.html, "html"), (rendered.text, "txt")):
        kept = (FOLDER / f"{make.__name__}.{ending}").read_text(encoding="utf-8")
        assert part == kept, "`python -m tests.goldens` writes them anew; look at the difference"


@pytest.mark.skipif(
    not (VALIDATOR.is_file() and shutil.which("java")),
    reason="needs Java, and the Nu HTML checker, which .ci/run puts into .venv/vnu",
)
def test_the_nu_html_checker_finds_nothing_but_what_is_listed(tmp_path: Path) -> None:
    for make in MAKERS:
        (tmp_path / f"{make.__name__}.html").write_text(golden(make).html, encoding="utf-8")
    (tmp_path / "wrong.html").write_text("<!DOCTYPE html><p><div><b></p>", encoding="utf-8")
    done = subprocess.run(
        ["java", "-jar", str(VALIDATOR), "--format", "json", *map(str, tmp_path.glob("*.html"))],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    found = json.loads(done.stderr)["messages"]
    wrong = [one for one in found if one["url"].endswith("/wrong.html")]
    assert [one for one in wrong if one["type"] == "error"]
    ours = Counter(one["message"] for one in found if one not in wrong)
    assert [said for said in ours if said not in ACCEPTED and not OBSOLETE.match(said)] == []


@pytest.mark.skipif(not shutil.which("spamassassin"), reason="SpamAssassin is not on this machine")
@every_golden
def test_spamassassin_takes_no_golden_edition_for_spam(make: Callable[[], Draft]) -> None:
    if make.__name__ == "hostile":
        pytest.skip("it is made of what spam looks like, to see that nothing of it works")
    assert spam_score(message_of(make)) <= 0.5


@pytest.mark.skipif(not shutil.which("spamassassin"), reason="SpamAssassin is not on this machine")
def test_spamassassin_would_notice_spam() -> None:
    spam = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
    assert spam_score(b"Subject: x\r\n\r\n" + spam + b"\r\n") > 100


@every_golden
def test_the_text_part_fits_a_terminal(make: Callable[[], Draft]) -> None:
    for line in golden(make).text.splitlines():
        assert columns(line) <= 72 or "://" in line or not line.isascii(), line


def spam_score(message: bytes) -> float:
    """What SpamAssassin's own rules give a message; no network is asked."""
    done = subprocess.run(
        ["spamassassin", "--local"], input=message, capture_output=True, timeout=120, check=True
    )
    score = re.search(rb"^X-Spam-Status: .*?score=(-?[0-9.]+)", done.stdout, re.MULTILINE)
    assert score is not None
    return float(score[1])


def message_of(make: Callable[[], Draft]) -> bytes:
    """A reader's copy of a golden edition, byte for byte as it would leave."""
    settings = {
        "NEWSLETTER_WEB__BASE_URL": "https://readers.example",
        "NEWSLETTER_NEWSLETTER__SENDER": "Straight Into Your Inbox <daily@readers.example>",
    }
    rendered = golden(make)
    template = message_template(
        "2026-04-07:golden",
        Letter(rendered.subject, rendered.html, rendered.text),
        identity_of(load_config(None, environ=settings)),
        date=datetime.now(UTC),
        tokens={"unsubscribe": 24, "preferences": 24},
    )
    tokens = dict.fromkeys(template.tokens, "T" * 24)
    reader = Mailbox("ann@readers.example", "Ann Reader")
    return personalise(template, delivery_id=1, recipient=reader, values=tokens).content
