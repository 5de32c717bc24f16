"""A running newsletter for the browser: `newsletter serve`, its Maildir, and the mails in it."""

from __future__ import annotations

import email
import os
import re
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from email import policy
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path

SECONDS = 30
_PROGRAM = [sys.executable, "-m", "newsletter"]


@dataclass(frozen=True)
class Site:
    """Where it is served, and the folder it lives in."""

    url: str
    folder: Path

    def command(self, *words: str) -> str:
        """What a command prints; it must succeed."""
        done = subprocess.run(
            [*_PROGRAM, *words, "--config", str(self.folder / "newsletter.yaml")],
            capture_output=True,
            text=True,
            env=_environment(),
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def mails(self, address: str) -> list[EmailMessage]:
        """The mails to an address, oldest first."""
        files = sorted(
            (self.folder / "out" / "new").glob("*"), key=lambda file: file.stat().st_mtime_ns
        )
        read = [
            email.message_from_bytes(file.read_bytes(), policy=policy.default) for file in files
        ]
        return [mail for mail in read if address in str(mail["To"])]

    def wait_for_mail(self, address: str, count: int) -> EmailMessage:
        """The mail number `count` to an address, once it has come."""
        deadline = time.monotonic() + SECONDS
        while len(found := self.mails(address)) < count:
            assert time.monotonic() < deadline, f"{len(found)} of {count} mails came"
            time.sleep(0.1)
        assert len(found) == count
        return found[-1]

    def link_in(self, mail: EmailMessage, path: str) -> str:
        """The personal link of a mail's text that leads to a path such as `/c/`."""
        part = mail.get_body(("plain",))
        assert part is not None
        (link,) = set(re.findall(rf"{re.escape(self.url + path)}[\w-]+", part.get_content()))
        return str(link)


@contextmanager
def serving(folder: Path, **settings: object) -> Iterator[Site]:
    """`newsletter serve` in a process of its own, with mail into a Maildir."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = Site(f"http://127.0.0.1:{port}", folder)
    written = {
        "newsletter": {"postal_address": "1 Example Street, Example Town"},
        "web": {"base_url": site.url, "port": port},
        "delivery": {"files": {"directory": "out"}},
        "signup": {"least_seconds": 0},
        **settings,
    }
    file = folder / "newsletter.yaml"
    file.write_text(yaml.safe_dump(written), encoding="utf-8")
    process = subprocess.Popen(
        [*_PROGRAM, "serve", "--config", str(file)],
        stderr=subprocess.PIPE,
        text=True,
        env=_environment(),
    )
    try:
        assert process.stderr
        first = process.stderr.readline()
        assert "Serving" in first, first + process.stderr.read()
        yield site
    finally:
        process.terminate()
        process.communicate(timeout=SECONDS)


def _written_at(file: Path) -> int:
    return file.stat().st_mtime_ns


def _environment() -> dict[str, str]:
    own = ("NEWSLETTER", "DJANGO", "DATABASE_URL")
    return {name: value for name, value in os.environ.items() if not name.startswith(own)}
