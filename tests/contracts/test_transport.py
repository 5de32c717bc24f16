"""What every way out promises, over real files, a real SMTP server and a real HTTP server."""

from __future__ import annotations

import errno
import logging
import mailbox
import os
import shutil
import socket
import ssl
import subprocess
import traceback
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import policy
from email.parser import BytesParser
from ipaddress import ip_address
from typing import TYPE_CHECKING, NoReturn

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from newsletter.core.delivery import DeliveryState, Message
from newsletter.core.headers import Mailbox
from newsletter.core.mail import (
    PERSONAL_URL,
    Feedback,
    Identity,
    Letter,
    message_template,
    personalise,
)
from newsletter.errors import NewsletterError, TemporaryError, TransportError
from newsletter.transports.files import FilesTransport
from newsletter.transports.memory import MemoryTransport
from newsletter.transports.sendgrid import SendGridTransport
from newsletter.transports.smtp import Security, SmtpTransport
from tests.fake_sendgrid import FakeSendGrid
from tests.mail_linter import faults_of
from tests.smtp_sink import SmtpSink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from newsletter.ports import Transport

ACCEPTED, REJECTED = DeliveryState.ACCEPTED, DeliveryState.REJECTED
PLANNED, UNKNOWN = DeliveryState.PLANNED, DeliveryState.UNKNOWN
KINDS = ["files", "memory", "smtp", "sendgrid"]
PASSWORD = "s3cret-word"
SHORT = 0.5  # seconds to wait for an answer that never comes

_TEMPLATE = message_template(
    "2026-11-24",
    Letter(
        "Lynas – 镝 prices =?utf-8?q?a=0D=0ABcc:_x@y.example?=",
        f'<p>Fürther</p>\n.\n..\n<a href="{PERSONAL_URL}unsubscribe">Leave</a>' + "<p>x</p>" * 500,
        f".\n..dots\nFrom here on\nLeave:\n{PERSONAL_URL}unsubscribe\n",
    ),
    Identity(
        Mailbox("daily@news.example.org", "Straight Into Your Inbox"),
        list_id="daily.news.example.org",
        list_name="Straight Into Your Inbox",
        base_url="https://news.example.org",
        message_id_domain="news.example.org",
        reply_to=Mailbox("editor@example.org", "Müller, Ed"),
    ),
    date=datetime(2026, 11, 24, 7, 30, tzinfo=UTC),
    tokens={"unsubscribe": 43},
)


def message(number: int, local: str = "reader") -> Message:
    return personalise(
        _TEMPLATE,
        delivery_id=number,
        recipient=Mailbox(f"{local}{number}@example.org", f"Reader, {number}"),
        values={"unsubscribe": f"{number:043}"},
    )


def batch(size: int) -> list[Message]:
    return [message(number) for number in range(1, size + 1)]


@dataclass
class Way:
    """A transport, and what its far side holds."""

    transport: Transport
    copies: Callable[[Message], int]
    contents: Callable[[], list[bytes]] = list


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


@pytest.fixture
def provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSendGrid]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with FakeSendGrid(tmp_path / "provider.log") as server:
        yield server


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    return tmp_path / "var" / "outbox"


@pytest.fixture
def by_smtp(sink: SmtpSink) -> Iterator[SmtpTransport]:
    transport = smtp(sink)
    yield transport
    transport.close()


@pytest.fixture
def by_sendgrid(provider: FakeSendGrid) -> SendGridTransport:
    return SendGridTransport(api_key=provider.key, host=provider.url, timeout=10)


def smtp(
    server: SmtpSink,
    *,
    timeout: float = 10,
    security: Security = "none",
    username: str = "",
    password: str = "",
    tls: ssl.SSLContext | None = None,
) -> SmtpTransport:
    return SmtpTransport(
        host=server.host,
        port=server.port,
        username=username,
        password=password,
        security=security,
        timeout=timeout,
        tls=tls,
    )


@pytest.fixture(params=KINDS)
def way(request: pytest.FixtureRequest) -> Way:
    kind: str = request.param
    made: Way = request.getfixturevalue(f"way_{kind}")
    return made


@pytest.fixture
def way_files(outbox: Path) -> Way:
    return Way(
        FilesTransport(outbox),
        lambda wanted: stored(outbox).count(as_stored(wanted)),
        lambda: stored(outbox),
    )


@pytest.fixture
def way_memory() -> Way:
    transport = MemoryTransport()
    return Way(
        transport,
        lambda wanted: sum(kept == wanted for kept in transport.sent),
        lambda: [kept.content for kept in transport.sent],
    )


@pytest.fixture
def way_smtp(sink: SmtpSink, by_smtp: SmtpTransport) -> Way:
    return Way(
        by_smtp,
        lambda wanted: [kept.content for kept in sink.received].count(wanted.content),
        lambda: [kept.content for kept in sink.received],
    )


@pytest.fixture
def way_sendgrid(provider: FakeSendGrid, by_sendgrid: SendGridTransport) -> Way:
    return Way(
        by_sendgrid,
        lambda wanted: provider.accepted().count({"to": wanted.recipient, "nl_key": wanted.key}),
    )


def stored(outbox: Path) -> list[bytes]:
    return [file.read_bytes() for file in sorted(outbox.glob("[nc]*/*"))]


def as_stored(message: Message) -> bytes:
    return message.content.replace(b"\r\n", b"\n")


def states(transport: Transport, messages: list[Message]) -> list[DeliveryState]:
    outcomes = transport.send(messages)
    assert [outcome.delivery_id for outcome in outcomes] == [m.delivery_id for m in messages]
    assert all(outcome.detail for outcome in outcomes if outcome.state is not ACCEPTED)
    return [outcome.state for outcome in outcomes]


def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


# What all promise


def test_each_message_has_one_outcome_in_order_and_one_copy(way: Way) -> None:
    messages = batch(5)
    assert states(way.transport, messages) == [ACCEPTED] * 5
    assert [way.copies(each) for each in messages] == [1] * 5


def test_an_empty_batch_is_no_work(way: Way) -> None:
    assert way.transport.send([]) == []


# `files` has its own line ends, SendGrid writes its own bytes
@pytest.mark.parametrize("kind", ["memory", "smtp"])
def test_bytes_arrive_unchanged(kind: str, request: pytest.FixtureRequest) -> None:
    way: Way = request.getfixturevalue(f"way_{kind}")
    messages = batch(3)
    way.transport.send(messages)
    assert sorted(way.contents()) == sorted(each.content for each in messages)


def test_a_second_hand_over_leaves_one_copy_where_that_is_promised(way: Way) -> None:
    assert states(way.transport, [message(1)]) == [ACCEPTED]
    assert states(way.transport, [message(1), message(2)]) == [ACCEPTED, ACCEPTED]
    assert way.copies(message(1)) == (1 if way.transport.is_idempotent else 2)


def test_a_transport_can_be_closed_twice_and_used_again(way: Way) -> None:
    way.transport.send([message(1)])
    way.transport.close()
    way.transport.close()
    assert states(way.transport, [message(2)]) == [ACCEPTED]


def test_a_diagnosis_is_one_line_that_names_the_transport_and_sends_nothing(way: Way) -> None:
    line = way.transport.diagnose()
    assert line.startswith(f"{way.transport.name}: ")
    assert "\n" not in line
    assert way.copies(message(1)) == 0


def unreachable(kind: str, folder: Path) -> Transport:
    if kind == "files":
        (folder / "file").touch()
        return FilesTransport(folder / "file" / "outbox")
    if kind == "smtp":
        return SmtpTransport(host="127.0.0.1", port=closed_port(), security="none")
    if kind == "sendgrid":
        return SendGridTransport(api_key="x", host=f"http://127.0.0.1:{closed_port()}")
    return MemoryTransport(failure=TransportError("told to fail"))


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("files", TransportError),
        ("memory", TransportError),
        ("smtp", TemporaryError),
        ("sendgrid", TemporaryError),
    ],
)
def test_a_way_out_that_is_shut_raises_one_clear_line(
    kind: str, error: type[NewsletterError], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with pytest.raises(error) as caught:
        unreachable(kind, tmp_path).send([message(1)])
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("kind", ["files", "smtp", "sendgrid"])
def test_the_diagnosis_of_a_way_out_that_is_shut_is_a_transport_error(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with pytest.raises(TransportError):
        unreachable(kind, tmp_path).diagnose()


# memory


def test_memory_gives_the_answers_it_is_told_to_and_keeps_what_may_have_left() -> None:
    messages = batch(4)
    told = [ACCEPTED, REJECTED, PLANNED, UNKNOWN]
    answers = {each.recipient: state for each, state in zip(messages, told, strict=True)}
    transport = MemoryTransport(answers=answers)
    assert states(transport, messages) == told
    assert transport.sent == [messages[0], messages[3]]


# files


def test_any_mail_client_reads_the_maildir(outbox: Path) -> None:
    FilesTransport(outbox).send(batch(2))
    letters = list(mailbox.Maildir(outbox, create=False))
    assert {letter["To"] for letter in letters} == {
        f'"Reader, {number}" <reader{number}@example.org>' for number in (1, 2)
    }
    assert {letter.get_subdir() for letter in letters} == {"new"}


def test_a_file_is_the_message_with_the_line_ends_of_a_maildir(outbox: Path) -> None:
    messages = batch(3)
    assert all(b"\r\n" in each.content for each in messages)
    FilesTransport(outbox).send(messages)
    assert sorted(stored(outbox)) == sorted(
        each.content.replace(b"\r\n", b"\n") for each in messages
    )
    assert not any(b"\r" in file for file in stored(outbox))


def test_a_file_is_named_by_the_key_alone(outbox: Path) -> None:
    FilesTransport(outbox).send([message(1)])
    assert os.listdir(outbox / "new") == [message(1).key]  # noqa: PTH208


@pytest.mark.parametrize("key", ["../../escape", ".hidden", "a/b", "edition:7", "ä b", "a:2,S"])
def test_any_key_is_one_file_of_the_maildir(key: str, outbox: Path) -> None:
    odd = message(1)._replace(key=key)
    transport = FilesTransport(outbox)
    assert states(transport, [odd]) == states(transport, [odd]) == [ACCEPTED]
    assert stored(outbox) == [as_stored(odd)]
    [file] = (outbox / "new").iterdir()
    assert not file.name.startswith(".")
    assert ":" not in file.name


@pytest.mark.parametrize("place", ["new/{}", "cur/{}", "cur/{}:2,", "cur/{}:2,RS", "new/{}:2,S"])
def test_a_message_that_a_reader_has_moved_or_flagged_is_not_written_again(
    place: str, outbox: Path
) -> None:
    transport = FilesTransport(outbox)
    transport.send([message(1)])
    (outbox / "new" / message(1).key).rename(outbox / place.format(message(1).key))
    assert states(transport, [message(1)]) == [ACCEPTED]
    assert stored(outbox) == [as_stored(message(1))]


def refuse(number: int, at_call: int = 1) -> Callable[[int], None]:
    """An fsync that fails from the given call on, as on a disk that is full or broken."""
    calls = iter(range(1, 1_000))

    def fsync(_descriptor: int) -> None:
        if next(calls) >= at_call:
            raise OSError(number, os.strerror(number))

    return fsync


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (errno.ENOSPC, TemporaryError, "disk is full"),
        (errno.EDQUOT, TemporaryError, "disk is full"),
        (errno.EIO, TransportError, "cannot be written"),
        (errno.EROFS, TransportError, "cannot be written"),
    ],
)
def test_a_disk_that_refuses_is_named_and_nothing_half_written_stays(
    number: int,
    kind: type[NewsletterError],
    words: str,
    outbox: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("newsletter.transports.files.os.fsync", refuse(number))
    with pytest.raises(kind, match=words) as caught:
        FilesTransport(outbox).send(batch(2))
    assert str(outbox) in str(caught.value)
    assert [file for file in outbox.rglob("*") if file.is_file()] == []


def test_a_disk_that_fills_up_in_the_middle_leaves_the_rest_planned(
    outbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = iter(range(100))

    def fsync(_descriptor: int) -> None:
        if next(calls) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("newsletter.transports.files.os.fsync", fsync)
    transport = FilesTransport(outbox)
    assert states(transport, batch(4)) == [ACCEPTED, ACCEPTED, PLANNED, PLANNED]
    assert len(stored(outbox)) == 2
    assert states(transport, batch(4)) == [ACCEPTED] * 4
    assert len(stored(outbox)) == 4


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_takes_names_but_no_bytes_fails_the_diagnosis(
    number: int, outbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.transports.files.os.fsync", refuse(number))
    with pytest.raises(TransportError, match=str(outbox)):
        FilesTransport(outbox).diagnose()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 kB, where the machine lets us mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    if not (shutil.which("mount") and shutil.which("umount")):
        pytest.skip("a really full disk needs the commands mount and umount")
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        why = done.stderr.partition("\n")[0]
        pytest.skip(f"a really full disk needs the right to mount one: {why}")
    try:
        yield place
    finally:  # lazily: a test that failed may still hold a file open
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill(file: Path, most: int) -> None:
    """Take up to so many bytes of a disk, and all of it where it has fewer."""
    with suppress(OSError), file.open("wb", buffering=0) as ballast:
        for _ in range(most // 1024):
            ballast.write(b"x" * 1024)


def test_a_disk_that_is_really_full_takes_nothing_and_says_so_until_there_is_space(
    small_disk: Path,
) -> None:
    outbox = small_disk / "outbox"
    transport = FilesTransport(outbox)
    fill(small_disk / "ballast", 1_000_000)
    with pytest.raises(TemporaryError, match=f"disk is full: {outbox}"):
        transport.send(batch(2))
    with pytest.raises(TransportError, match="disk is full"):
        transport.diagnose()
    assert [file for file in outbox.rglob("*") if file.is_file()] == []
    (small_disk / "ballast").unlink()
    assert states(transport, batch(2)) == [ACCEPTED] * 2
    assert "holds 2 messages" in transport.diagnose()


def test_a_disk_that_really_fills_up_in_the_middle_keeps_whole_messages_and_one_copy_of_each(
    small_disk: Path,
) -> None:
    outbox, messages = small_disk / "outbox", batch(5)
    transport = FilesTransport(outbox)
    fill(small_disk / "ballast", 40_000)
    first = states(transport, messages)
    written = first.count(ACCEPTED)
    assert 0 < written < 5
    assert first == [ACCEPTED] * written + [PLANNED] * (5 - written)
    assert sorted(stored(outbox)) == sorted(as_stored(each) for each in messages[:written])
    assert list((outbox / "tmp").iterdir()) == []
    (small_disk / "ballast").unlink()
    assert states(transport, messages) == [ACCEPTED] * 5
    assert sorted(stored(outbox)) == sorted(as_stored(each) for each in messages)


def test_an_interrupt_leaves_no_half_a_message(
    outbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_descriptor: int) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr("newsletter.transports.files.os.fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        FilesTransport(outbox).send([message(1)])
    assert [file for file in outbox.rglob("*") if file.is_file()] == []


def test_file_and_folder_are_on_the_disk_before_a_message_counts_as_accepted(
    outbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synchronised: list[str] = []

    def fsync(descriptor: int) -> None:
        path = os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115
        synchronised.append(os.path.relpath(path, outbox).split("/")[0])

    if not os.path.exists("/proc/self/fd"):  # noqa: PTH110
        pytest.skip("no /proc to ask")
    monkeypatch.setattr("newsletter.transports.files.os.fsync", fsync)
    FilesTransport(outbox).send(batch(2))
    assert synchronised == ["tmp", "tmp", "new"]


# smtp


def test_the_message_that_a_relay_receives_has_no_fault(
    sink: SmtpSink, by_smtp: SmtpTransport
) -> None:
    by_smtp.send([message(1)])
    [received] = sink.received
    assert faults_of(received.content) == []
    assert (received.sender, received.recipient) == (
        "daily@news.example.org",
        "reader1@example.org",
    )


def test_one_connection_serves_all_messages_of_all_batches(
    sink: SmtpSink, by_smtp: SmtpTransport
) -> None:
    by_smtp.send(batch(3))
    by_smtp.send([message(4)])
    assert sink.connections == 1
    assert len(sink.received) == 4


@pytest.mark.parametrize("content", [b".\r\n..\r\n.a\r\n", b"a\r\n.\r\nb\r\n", b"no end", b""])
def test_dots_at_line_starts_arrive_as_they_were(
    content: bytes, sink: SmtpSink, by_smtp: SmtpTransport
) -> None:
    by_smtp.send([message(1)._replace(content=content)])
    expected = content if content.endswith(b"\r\n") else content + b"\r\n"
    assert [kept.content for kept in sink.received] == [expected]


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        ("550 5.1.1 no such user", REJECTED),
        ("553 5.1.3 bad address", REJECTED),
        ("450 4.2.1 greylisted", PLANNED),
        ("421 4.3.2 closing", PLANNED),
        ("", PLANNED),
        ("554 5.7.1 relay access denied", PLANNED),
    ],
)
def test_a_refused_recipient_costs_the_others_nothing(
    reply: str, state: DeliveryState, sink: SmtpSink, by_smtp: SmtpTransport
) -> None:
    sink.faults.to_rcpt["reader2@example.org"] = reply
    assert states(by_smtp, batch(3)) == [ACCEPTED, state, ACCEPTED]
    assert [kept.recipient for kept in sink.received] == [
        "reader1@example.org",
        "reader3@example.org",
    ]


def test_the_reply_is_kept_with_its_enhanced_code(sink: SmtpSink, by_smtp: SmtpTransport) -> None:
    sink.faults.to_rcpt["reader1@example.org"] = "550 5.1.1 no such user"
    [outcome] = by_smtp.send([message(1)])
    assert outcome.detail == "550 5.1.1 no such user"


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        ("550 5.7.1 looks like spam", REJECTED),
        ("451 4.3.0 try later", PLANNED),
        ("421 4.3.2 closing", PLANNED),
        ("", UNKNOWN),
        ("nonsense", UNKNOWN),
        ("354 what", UNKNOWN),
    ],
)
def test_after_the_data_a_clear_no_is_no_and_anything_else_is_unknown(
    reply: str, state: DeliveryState, sink: SmtpSink, by_smtp: SmtpTransport
) -> None:
    sink.faults.after_data["reader2@example.org"] = reply
    assert states(by_smtp, batch(3)) == [ACCEPTED, state, ACCEPTED]
    assert [kept.recipient for kept in sink.received].count("reader2@example.org") == 1


def test_a_relay_that_is_silent_after_the_data_leaves_the_message_unknown(sink: SmtpSink) -> None:
    sink.faults.silent_after_data.add("reader1@example.org")
    transport = smtp(sink, timeout=SHORT)
    assert states(transport, [message(1)]) == [UNKNOWN]
    transport.close()
    assert [kept.recipient for kept in sink.received] == ["reader1@example.org"]


def test_a_connection_that_died_between_messages_is_replaced_once(
    sink: SmtpSink, by_smtp: SmtpTransport
) -> None:
    by_smtp.send([message(1)])
    sink.close_connections()
    assert states(by_smtp, [message(2)]) == [ACCEPTED]
    assert sink.connections == 2


@pytest.mark.parametrize("reply", ["421 4.7.0 too many messages", ""])
def test_a_kept_connection_that_is_closed_at_the_next_message_is_replaced(
    reply: str, sink: SmtpSink, by_smtp: SmtpTransport
) -> None:
    by_smtp.send([message(1)])
    sink.faults.to_mail_once = reply
    assert states(by_smtp, [message(2)]) == [ACCEPTED]
    assert [kept.recipient for kept in sink.received] == [
        "reader1@example.org",
        "reader2@example.org",
    ]


def test_a_relay_that_always_hangs_up_is_not_asked_for_ever(
    sink: SmtpSink, by_smtp: SmtpTransport
) -> None:
    sink.faults.to_mail = ""
    assert states(by_smtp, batch(2)) == [PLANNED, PLANNED]
    assert sink.connections == 2


def test_a_refused_sender_stops_the_batch(sink: SmtpSink, by_smtp: SmtpTransport) -> None:
    sink.faults.to_mail = "553 5.7.1 not your address"
    with pytest.raises(TransportError, match=r"sender: 553 5\.7\.1"):
        by_smtp.send(batch(2))


def test_a_refused_sender_in_the_middle_leaves_the_rest_planned(
    sink: SmtpSink, by_smtp: SmtpTransport
) -> None:
    by_smtp.send([message(9)])
    sink.faults.to_rcpt["reader2@example.org"] = "530 5.7.0 authentication required"
    assert states(by_smtp, batch(3)) == [ACCEPTED, PLANNED, PLANNED]


def test_a_relay_that_goes_away_in_the_middle_leaves_the_rest_planned() -> None:
    with SmtpSink() as relay:
        transport = smtp(relay)
        transport.send([message(1)])
    with pytest.raises(TemporaryError, match="cannot be reached"):
        transport.send(batch(2))


@pytest.mark.parametrize("address", ["a@b.example\r\nRCPT TO:<c@d.example>", "müller@example.org"])
def test_an_address_that_smtp_cannot_say_is_rejected_and_says_nothing(
    address: str, sink: SmtpSink, by_smtp: SmtpTransport
) -> None:
    odd = message(1)._replace(recipient=address)
    assert states(by_smtp, [odd, message(2)]) == [REJECTED, ACCEPTED]
    assert [kept.recipient for kept in sink.received] == ["reader2@example.org"]


def test_signing_in_with_the_right_password() -> None:
    with SmtpSink(login=("editor", PASSWORD)) as relay:
        transport = smtp(relay, username="editor", password=PASSWORD)
        assert states(transport, [message(1)]) == [ACCEPTED]
        assert "signed in" in transport.diagnose()
        transport.close()


def test_a_refused_password_is_final_and_never_shown() -> None:
    with SmtpSink(login=("editor", "another")) as relay:
        transport = smtp(relay, username="editor", password=PASSWORD)
        with pytest.raises(TransportError, match="refuses the user name or password") as caught:
            transport.send([message(1)])
        with pytest.raises(TransportError):
            transport.diagnose()
    trace = "".join(traceback.format_exception(caught.value))
    assert "535 5.7.8 not ***" in trace
    assert PASSWORD not in f"{trace}{transport!r}"


def test_a_relay_that_wants_a_sign_in_nobody_gave_stops_the_batch() -> None:
    with SmtpSink(login=("editor", PASSWORD)) as relay:
        transport = smtp(relay)
        with pytest.raises(TransportError, match="530"):
            transport.send([message(1)])


def test_a_relay_that_offers_no_starttls_is_a_wrong_setting(sink: SmtpSink) -> None:
    transport = smtp(sink, security="starttls", username="editor", password=PASSWORD)
    with pytest.raises(TransportError, match="does not do what is configured"):
        transport.send([message(1)])
    assert sink.received == []


def test_a_password_that_smtp_cannot_carry_is_a_wrong_setting() -> None:
    with SmtpSink(login=("editor", PASSWORD)) as relay:
        transport = smtp(relay, username="editor", password="pässwörd")
        with pytest.raises(TransportError, match="cannot carry") as caught:
            transport.send([message(1)])
    assert "pässwörd" not in f"{caught.value!r}"


def test_a_password_never_leaves_unencrypted() -> None:
    transport = SmtpTransport(
        host="relay.example", port=25, username="u", password=PASSWORD, security="none"
    )
    with pytest.raises(TransportError, match="unencrypted"):
        transport.send([message(1)])


def test_a_relay_that_is_not_ready_is_temporary(sink: SmtpSink, by_smtp: SmtpTransport) -> None:
    sink.faults.to_ehlo = "421 4.3.2 not now"
    with pytest.raises(TemporaryError):
        by_smtp.send([message(1)])


def test_a_server_that_never_greets_is_temporary() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        transport = SmtpTransport(host="127.0.0.1", port=port, security="none", timeout=SHORT)
        with pytest.raises(TemporaryError, match=r"closed|reached"):
            transport.send([message(1)])


@dataclass(frozen=True)
class Certificates:
    """Contexts of a server with its own certificate, and of a client that trusts it."""

    server: ssl.SSLContext
    client: ssl.SSLContext


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    folder = tmp_path_factory.mktemp("certificates")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "relay.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    client = ssl.create_default_context(cafile=folder / "certificate.pem")
    return Certificates(server, client)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_messages_go_encrypted_to_a_relay_whose_certificate_is_valid(
    security: Security, certificates: Certificates
) -> None:
    with SmtpSink(**{security: certificates.server}) as relay:  # type: ignore[arg-type]
        transport = smtp(relay, security=security, tls=certificates.client)
        assert states(transport, batch(2)) == [ACCEPTED, ACCEPTED]
        assert "TLS" in transport.diagnose()
        transport.close()
        assert len(relay.received) == 2


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_is_refused(
    security: Security, certificates: Certificates
) -> None:
    with SmtpSink(**{security: certificates.server}) as relay:  # type: ignore[arg-type]
        transport = smtp(relay, security=security)
        with pytest.raises(TransportError, match="certificate that is not valid"):
            transport.send([message(1)])
        assert relay.received == []


def test_tls_to_a_relay_that_speaks_none_is_a_wrong_setting(
    sink: SmtpSink, certificates: Certificates
) -> None:
    with pytest.raises(TransportError, match="does not do what is configured"):
        smtp(sink, security="tls", tls=certificates.client).send([message(1)])


# sendgrid


def test_pictures_travel_with_the_html_that_shows_them(
    provider: FakeSendGrid, by_sendgrid: SendGridTransport
) -> None:
    png = b"\x89PNG\r\n\x1a\n" + bytes(100)
    shown = f'<img src="data:image/png;base64,{b64encode(png).decode()}" alt="up 2 per cent">'
    letter = Letter("Prices", f"<p>Für dich</p>{shown}", "Up 2 per cent", "en")
    who = Identity(
        Mailbox("daily@news.example.org"), "", "", "https://news.example.org", "n.example"
    )
    template = message_template(
        *("e", letter, who),
        date=datetime(2026, 11, 24, tzinfo=UTC),
        tokens={},
        feedback=Feedback("2026-11-24", "edition"),
    )
    mail = personalise(template, delivery_id=1, recipient=Mailbox("ann@example.org"), values={})
    assert states(by_sendgrid, [mail]) == [ACCEPTED]
    [request] = provider.requests
    [picture] = request["attachments"]
    assert b64decode(picture["content"]) == png
    assert picture["type"] == "image/png"
    assert picture["filename"] == picture["content_id"].partition("@")[0] + ".png"
    plain, html = (part["value"] for part in request["content"])
    assert plain == "Up 2 per cent\n"
    assert html == f'<p>Für dich</p><img src="cid:{picture["content_id"]}" alt="up 2 per cent">\n'
    assert request["headers"]["Feedback-ID"] == "2026-11-24:edition:n-example"
    assert request["headers"]["Content-Language"] == "en"


def test_sendgrid_is_told_what_the_message_says(
    provider: FakeSendGrid, by_sendgrid: SendGridTransport
) -> None:
    sent = message(1)
    by_sendgrid.send([sent])
    [request] = provider.requests
    mail = BytesParser(policy=policy.default).parsebytes(sent.content)
    plain, html = (part.get_content() for part in mail.iter_parts())
    assert request["personalizations"] == [
        {
            "to": [{"email": "reader1@example.org", "name": "Reader, 1"}],
            "custom_args": {"nl_key": sent.key},
        }
    ]
    assert request["from"] == {
        "email": "daily@news.example.org",
        "name": "Straight Into Your Inbox",
    }
    assert request["reply_to"] == {"email": "editor@example.org", "name": "Müller, Ed"}
    assert request["content"] == [
        {"type": "text/plain", "value": plain.replace("\r\n", "\n")},
        {"type": "text/html", "value": html.replace("\r\n", "\n")},
    ]
    assert request["headers"] == {
        "Message-ID": f"<{sent.key}@news.example.org>",
        "List-Id": "Straight Into Your Inbox <daily.news.example.org>",
        "List-Unsubscribe": f"<https://news.example.org/u/{1:043}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def test_nothing_in_a_request_to_sendgrid_could_be_read_as_an_encoded_word(
    provider: FakeSendGrid, by_sendgrid: SendGridTransport
) -> None:
    by_sendgrid.send([message(1)])
    [request] = provider.requests
    assert request["subject"] == "Lynas – 镝 prices = ?utf-8?q?a=0D=0ABcc:_x@y.example?="


def test_sendgrid_is_told_to_follow_nobody(
    provider: FakeSendGrid, by_sendgrid: SendGridTransport
) -> None:
    by_sendgrid.send([message(1)])
    settings = provider.requests[0]["tracking_settings"]
    tracked = [name for name, setting in settings.items() if any(setting.values())]
    assert tracked == []
    assert {"click_tracking", "open_tracking", "subscription_tracking"} <= settings.keys()


@pytest.mark.parametrize("status", [500, 503, 504])
def test_an_error_of_the_server_leaves_the_message_unknown(
    status: int, provider: FakeSendGrid, by_sendgrid: SendGridTransport
) -> None:
    provider.faults.fail_after["reader2@example.org"] = status
    assert states(by_sendgrid, batch(3)) == [ACCEPTED, UNKNOWN, ACCEPTED]
    assert len(provider.accepted()) == 3


def test_an_answer_that_is_not_the_documented_one_leaves_the_message_unknown(
    provider: FakeSendGrid, by_sendgrid: SendGridTransport
) -> None:
    provider.faults.fail_after["reader1@example.org"] = 200
    assert states(by_sendgrid, [message(1)]) == [UNKNOWN]


def test_a_lost_answer_leaves_the_message_unknown(
    provider: FakeSendGrid, by_sendgrid: SendGridTransport
) -> None:
    provider.faults.drop_after.add("reader2@example.org")
    assert states(by_sendgrid, batch(3)) == [ACCEPTED, UNKNOWN, ACCEPTED]
    assert len(provider.accepted()) == 3


def test_an_answer_that_does_not_come_in_time_leaves_the_message_unknown(
    provider: FakeSendGrid,
) -> None:
    provider.faults.silent_after.add("reader1@example.org")
    transport = SendGridTransport(api_key=provider.key, host=provider.url, timeout=SHORT)
    assert states(transport, [message(1)]) == [UNKNOWN]
    assert len(provider.accepted()) == 1


def test_a_recipient_that_sendgrid_refuses_is_rejected_and_the_others_are_not(
    provider: FakeSendGrid, by_sendgrid: SendGridTransport
) -> None:
    odd = message(2)._replace(recipient="reader2@localhost")
    outcomes = by_sendgrid.send([message(1), odd, message(3)])
    assert [outcome.state for outcome in outcomes] == [ACCEPTED, REJECTED, ACCEPTED]
    assert outcomes[1].detail == "SendGrid answers 400: Does not contain a valid address."


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413])
def test_a_refused_request_stops_the_batch(
    status: int, provider: FakeSendGrid, by_sendgrid: SendGridTransport
) -> None:
    provider.faults.refuse["reader1@example.org"] = status
    with pytest.raises(TransportError, match=str(status)):
        by_sendgrid.send(batch(2))
    assert provider.accepted() == []


def test_a_refused_request_in_the_middle_leaves_the_rest_planned(
    provider: FakeSendGrid, by_sendgrid: SendGridTransport
) -> None:
    provider.faults.refuse["reader2@example.org"] = 403
    assert states(by_sendgrid, batch(3)) == [ACCEPTED, PLANNED, PLANNED]
    assert len(provider.accepted()) == 1


@pytest.fixture
def elsewhere(provider: FakeSendGrid, tmp_path: Path) -> Iterator[FakeSendGrid]:
    """Another server, which would take the key and the message."""
    with FakeSendGrid(tmp_path / "elsewhere.log") as server:
        yield server


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_a_wrong_host_and_takes_the_key_to_nobody(
    status: int,
    provider: FakeSendGrid,
    elsewhere: FakeSendGrid,
    by_sendgrid: SendGridTransport,
) -> None:
    provider.faults.redirect = (status, f"{elsewhere.url}/v3/scopes")
    with pytest.raises(TransportError, match=rf"{status} .*delivery\.sendgrid\.host") as caught:
        by_sendgrid.send(batch(2))
    with pytest.raises(TransportError, match=str(status)):
        by_sendgrid.diagnose()
    assert provider.asked == ["POST /v3/mail/send HTTP/1.1", "GET /v3/scopes HTTP/1.1"]
    assert elsewhere.asked == []
    assert provider.key not in str(caught.value)


def test_a_redirect_to_an_answer_given_elsewhere_leaves_the_message_unknown(
    provider: FakeSendGrid, elsewhere: FakeSendGrid, by_sendgrid: SendGridTransport
) -> None:
    provider.faults.redirect = (303, f"{elsewhere.url}/v3/scopes")
    assert states(by_sendgrid, [message(1)]) == [UNKNOWN]
    assert provider.asked == ["POST /v3/mail/send HTTP/1.1"]
    assert elsewhere.asked == []


def test_a_redirect_to_the_same_host_is_not_followed_either(
    provider: FakeSendGrid, by_sendgrid: SendGridTransport
) -> None:
    provider.faults.redirect = (302, "/v3/mail/send")
    with pytest.raises(TransportError):
        by_sendgrid.send([message(1)])
    assert len(provider.asked) == 1


@pytest.mark.parametrize("first", [1, 2])
def test_too_many_requests_leave_the_rest_planned_and_say_until_when(
    first: int, provider: FakeSendGrid, by_sendgrid: SendGridTransport
) -> None:
    provider.faults.refuse[f"reader{first}@example.org"] = 429
    outcomes = by_sendgrid.send(batch(3))
    assert [outcome.state for outcome in outcomes[first - 1 :]] == [PLANNED] * (4 - first)
    assert "1795503600" in outcomes[-1].detail
    assert len(provider.requests) == first


@pytest.mark.parametrize("key", ["SG.wrong.key", "SG.wrong.key\n", "SG.wr\nong", "SG.wröng", ""])
def test_a_wrong_key_is_final_and_never_shown(
    key: str, provider: FakeSendGrid, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    transport = SendGridTransport(api_key=key, host=provider.url)
    for act in (lambda: transport.send([message(1)]), transport.diagnose):
        with pytest.raises(TransportError, match="API key") as caught:
            act()
        shown = f"{caught.value}{caught.value!r}{transport!r}{caplog.text}"
        assert not key.strip() or key.strip() not in shown


def test_a_key_with_a_line_end_behind_it_works(provider: FakeSendGrid) -> None:
    transport = SendGridTransport(api_key=f"{provider.key}\n", host=provider.url)
    assert states(transport, [message(1)]) == [ACCEPTED]


def test_the_package_does_not_log_the_key(
    provider: FakeSendGrid, by_sendgrid: SendGridTransport, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    by_sendgrid.send([message(1)])
    assert provider.key not in caplog.text


def test_a_key_that_may_not_send_fails_the_diagnosis(
    provider: FakeSendGrid, by_sendgrid: SendGridTransport
) -> None:
    provider.scopes = ["stats.read"]
    with pytest.raises(TransportError, match=r"mail\.send"):
        by_sendgrid.diagnose()


def test_a_wrong_key_in_the_environment_is_not_taken_for_a_missing_one(
    provider: FakeSendGrid, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENDGRID_API_KEY", provider.key)
    with pytest.raises(TransportError, match="no SendGrid API key"):
        SendGridTransport(api_key="", host=provider.url).send([message(1)])
