"""The real server in a process of its own, on loopback, with a database on disk."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from django.conf import settings as django_settings

from newsletter.build import build
from newsletter.errors import NewsletterError, TransportError
from newsletter.transports.memory import MemoryTransport
from newsletter.web.server import serve
from newsletter.web.stamp import make_stamp
from newsletter.web.sweep import sweeping
from subscribers import applications
from subscribers.tokens import Purpose, make_token
from subscribers.values import Act, How

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from newsletter.core.delivery import Message, Outcome
    from newsletter.ports import App

KEY = "a key for this test only, long enough to be taken"
PROGRAM = """
from datetime import UTC, datetime
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.conf import settings
from newsletter.build import build
from newsletter.web.server import serve
from subscribers import signup
from subscribers.values import Act, How
act = Act(How.COMMAND, datetime.now(UTC))
ann, bob = (signup.add(name + "@example.org", act=act) for name in ("ann", "bob"))
print(ann.id, bob.id, flush=True)
serve("127.0.0.1", 0, lambda address: print(address, flush=True), app=build(settings.CONFIG))
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

    def __init__(self, folder: Path, settings: str = "{}\n") -> None:
        self.folder = folder
        (folder / "var").mkdir()
        (folder / "newsletter.yaml").write_text(settings)
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

    def sign_up(self, address: str, **headers: str) -> None:
        """Send the form as a person would, a moment after it was shown."""
        shown_at = datetime.now(UTC) - timedelta(seconds=10)
        form = {"email": address, "name": "", "stamp": make_stamp(shown_at, KEY.encode())}
        body = urlencode(form).encode()
        answer = self.ask(
            "POST", "/subscribe", body, Content_Type=FORM, Sec_Fetch_Site="same-origin", **headers
        )
        assert answer.status == 303, answer.body

    def mail_to(self, address: str) -> str:
        """The mail that comes into the Maildir within some seconds."""
        found: str = until(lambda: self._mail_to(address))
        return found

    def _mail_to(self, address: str) -> str:
        files = (self.folder / "var" / "outbox" / "new").glob("*")
        texts = (file.read_text(encoding="ascii") for file in files)
        return next((text for text in texts if f"\nTo: {address}\n" in text), "")

    def end(self) -> tuple[str, str, int]:
        """What it printed on both streams after SIGTERM, and its exit code."""
        self.process.send_signal(signal.SIGTERM)
        printed, complained = self.process.communicate(timeout=20)
        return printed, complained, self.process.returncode


def until(is_there: Callable[[], Any], seconds: float = 20) -> Any:
    """What `is_there` answers as soon as it is something."""
    deadline = time.monotonic() + seconds
    while not (found := is_there()):
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)
    return found


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
    assert heading(server, server.ann) not in ("", "You have left")


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


def test_many_slow_connections_do_not_keep_the_others_out(server: Server) -> None:
    host, _, port = server.host.partition(":")
    with ExitStack() as slow:
        for _ in range(130):
            one = slow.enter_context(socket.create_connection((host, int(port)), timeout=5))
            one.sendall(b"POST /subscribe HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n")
        for _ in range(3):
            began = time.monotonic()
            assert server.ask("GET", "/healthz").status == 200
            assert time.monotonic() - began < 5


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


def test_a_sign_up_over_the_web_is_mailed_within_seconds(server: Server) -> None:
    server.sign_up("pat@reader.example")
    mail = server.mail_to("pat@reader.example")
    assert "Subject: Please confirm" in mail
    assert "/c/" in mail


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        ("{}\n", "127.0.0.1"),
        ("web:\n  trusted_proxies: [127.0.0.0/8]\n", "203.0.113.7"),
    ],
)
def test_a_proxys_word_for_the_visitor_counts_only_where_the_proxy_is_ours(
    tmp_path: Path, settings: str, kept: str
) -> None:
    server = Server(tmp_path, settings)
    server.sign_up("pat@reader.example", X_Forwarded_For="198.51.100.9, 203.0.113.7")
    server.mail_to("pat@reader.example")
    assert server.end()[2] == 0
    with closing(sqlite3.connect(tmp_path / "var" / "newsletter.db")) as database:
        networks = database.execute("SELECT network FROM subscribers_consent WHERE page <> ''")
        assert networks.fetchall() == [(kept,)]


def test_an_outbox_that_cannot_be_written_is_one_line_without_an_address(tmp_path: Path) -> None:
    server = Server(tmp_path)
    outbox = tmp_path / "var" / "outbox"
    outbox.write_text("in the way")
    server.sign_up("pat@reader.example")
    assert server.process.stderr
    line = server.process.stderr.readline()
    assert line.startswith("newsletter: small mails wait: the outbox")
    assert "pat@" not in line
    assert server.ask("GET", "/subscribed").status == 200
    assert server.end() == ("ended\n", "", 0)


@pytest.fixture
def sweeper(tmp_path: Path) -> App:
    config = django_settings.CONFIG.model_copy(update={"state": tmp_path})
    return build(config, transport=MemoryTransport())


def apply(address: str) -> None:
    act = Act(How.FORM, datetime.now(UTC), "/subscribe", "I want it.", "192.0.2.1")
    applications.apply(address, act=act)


@pytest.mark.django_db(transaction=True)
def test_the_thread_goes_on_after_a_fault_and_says_one_line_a_minute(
    sweeper: App, capfd: pytest.CaptureFixture[str]
) -> None:
    transport = sweeper.transport
    assert isinstance(transport, MemoryTransport)
    transport.largest_batch = 1
    people = [f"pat{number}@reader.example" for number in range(3)]
    fine, faults = transport.send, [ValueError(people[0]), KeyError(people[1])]

    def send(messages: Sequence[Message]) -> list[Outcome]:
        if faults:
            raise faults.pop(0)
        return fine(messages)

    transport.send = send  # type: ignore[method-assign]
    for person in people:
        apply(person)
    with sweeping(sweeper, every=0.01):
        until(lambda: transport.sent)
    assert [message.recipient for message in transport.sent] == people[2:]
    complaints = capfd.readouterr().err.splitlines()
    assert complaints == [
        "newsletter: small mails wait: unexpected fault: ValueError; try `newsletter notify`"
    ]


@pytest.mark.django_db(transaction=True)
def test_the_thread_ends_with_the_server_even_while_a_relay_hangs(sweeper: App) -> None:
    hangs, is_hanging = threading.Event(), threading.Event()

    def wait(_messages: object) -> list[object]:
        is_hanging.set()
        hangs.wait(20)
        raise TransportError("too late")

    sweeper.transport.send = wait  # type: ignore[method-assign,assignment]
    apply("pat@reader.example")
    with sweeping(sweeper, every=0.01):
        assert is_hanging.wait(20)
        began = time.monotonic()
    assert time.monotonic() - began < 2
    [thread] = [one for one in threading.enumerate() if one.name == "small mails"]
    hangs.set()
    thread.join(20)
    assert not thread.is_alive()


def test_without_an_app_no_thread_is_started() -> None:
    with sweeping(None):
        assert [one for one in threading.enumerate() if one.name == "small mails"] == []
