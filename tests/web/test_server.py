"""The real server in a process of its own, on loopback, with a database on disk."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from newsletter.errors import NewsletterError
from newsletter.web.server import serve
from subscribers.tokens import Purpose, make_token

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

KEY = "a key for this test only, long enough to be taken"
PROGRAM = """
from datetime import UTC, datetime
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from newsletter.web.server import serve
from subscribers import signup
from subscribers.values import Act, How
act = Act(How.COMMAND, datetime.now(UTC))
ann, bob = (signup.add(name + "@example.org", act=act) for name in ("ann", "bob"))
print(ann.id, bob.id, flush=True)
serve("127.0.0.1", 0, lambda address: print(address, flush=True))
print("ended", flush=True)
"""
FORM = "application/x-www-form-urlencoded"
ONE_CLICK = b"List-Unsubscribe=One-Click"
ONE_CLICK_MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--'
)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Server:
    """A running `serve`, and two readers on its list."""

    def __init__(self, folder: Path) -> None:
        (folder / "var").mkdir()
        (folder / "newsletter.yaml").write_text("{}\n")
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            env=_environment(folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        first = self.process.stdout.readline()
        assert first, self.process.communicate()[1]
        self.ann, self.bob = (int(number) for number in first.split())
        self.host = self.process.stdout.readline().strip().removeprefix("http://")

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        connection = http.client.HTTPConnection(self.host, timeout=20)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, sent)
        response = connection.getresponse()
        answer = Answer(response.status, dict(response.headers), response.read())
        connection.close()
        return answer

    def end(self) -> tuple[str, str, int]:
        """What it printed on both streams after SIGTERM, and its exit code."""
        self.process.send_signal(signal.SIGTERM)
        printed, complained = self.process.communicate(timeout=20)
        return printed, complained, self.process.returncode


def _environment(folder: Path) -> dict[str, str]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("NEWSLETTER_") and name != "DATABASE_URL"
    }
    return inherited | {
        "DJANGO_SETTINGS_MODULE": "newsletter.settings",
        "NEWSLETTER_CONFIG": str(folder / "newsletter.yaml"),
        "NEWSLETTER_SECRET_KEY": KEY,
        "PYTHONWARNINGS": "default",
    }


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("site"))
    yield running
    if running.process.poll() is None:
        running.end()


def leave(number: int) -> str:
    return f"/u/{make_token(number, Purpose.LEAVE, KEY.encode())}"


def preferences(number: int) -> str:
    return f"/p/{make_token(number, Purpose.PREFERENCES, KEY.encode())}"


def heading(server: Server, number: int) -> str:
    page = server.ask("GET", preferences(number)).body.decode()
    return page.partition("<h1>")[2].partition("</h1>")[0]


def test_reading_by_get_and_head_changes_nothing(server: Server) -> None:
    for path in (leave(server.ann), preferences(server.ann)):
        assert server.ask("GET", path).status == 200
        head = server.ask("HEAD", path)
        assert (head.status, head.body) == (200, b"")
    assert heading(server, server.ann) == "You get every edition"


def test_one_click_works_form_encoded_and_repeated(server: Server) -> None:
    for _ in range(2):
        answer = server.ask("POST", leave(server.ann), ONE_CLICK, Content_Type=FORM)
        assert answer.status == 200
        assert not {"Location", "Set-Cookie"} & set(answer.headers)
    assert heading(server, server.ann) == "You have left"


def test_one_click_works_multipart(server: Server) -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--'
    )
    kind = "multipart/form-data; boundary=x"
    assert server.ask("POST", leave(server.bob), body, Content_Type=kind).status == 200
    assert heading(server, server.bob) == "You have left"


def test_bad_links_get_the_same_bytes(server: Server) -> None:
    paths = ["/u/x", "/p/x", "/u/", leave(4711), preferences(4711), leave(server.ann)[:-1]]
    answers = [server.ask("GET", path) for path in paths]
    assert {answer.status for answer in answers} == {404}
    assert len({answer.body for answer in answers}) == 1


def test_a_body_larger_than_any_form_is_refused(server: Server) -> None:
    answer = server.ask("POST", leave(server.ann), b"a" * 200_000, Content_Type=FORM)
    assert answer.status in (400, 413)


def test_an_answer_does_not_name_the_server(server: Server) -> None:
    assert "Server" not in server.ask("GET", "/").headers


def test_it_ends_on_sigterm_and_has_said_nothing_of_any_request(
    tmp_path: Path,
) -> None:
    server = Server(tmp_path)
    for method in ("GET", "POST", "PUT"):
        server.ask(method, leave(server.ann), b"--x", Content_Type="multipart/form-data")
        server.ask(method, "/u/nothing")
    assert server.end() == ("ended\n", "", 0)


def test_an_address_that_is_taken_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(NewsletterError, match=f"cannot listen on 127.0.0.1:{port}") as refusal:
            serve("127.0.0.1", port)
    assert "\n" not in str(refusal.value)
