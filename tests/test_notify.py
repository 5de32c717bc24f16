"""The small mails: a sign-up from the form to the welcome, and what must never leave."""

from __future__ import annotations

import json
import mailbox
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import TYPE_CHECKING

import pytest

from newsletter import alarms, notify
from newsletter.build import build
from newsletter.config import load_config
from newsletter.core.delivery import DeliveryState, Message, Outcome
from newsletter.errors import TemplateError, TemporaryError, TransportError
from newsletter.store import editions
from newsletter.transports.memory import MemoryTransport
from subscribers import applications, notices, requests, signup, store, suppression
from subscribers.errors import TokenError
from subscribers.models import Notice
from subscribers.models import Subscriber as Subscribers
from subscribers.tokens import Purpose, read_token
from subscribers.values import (
    Act,
    ActKind,
    How,
    MailFormat,
    NoticeKind,
    Preferences,
    Rhythm,
    Status,
    Subscriber,
    SuppressionReason,
)
from tests import drafts
from tests.clock import FixedClock
from tests.conftest import NOW
from tests.mail_linter import faults_of
from tests.smtp_sink import SmtpSink

if TYPE_CHECKING:
    from pathlib import Path

    from newsletter.config import Config
    from newsletter.ports import App

pytestmark = pytest.mark.django_db

KEY = "a key of the tests, long enough to be one"
PAT = "pat@reader.example"
NETWORK = "192.0.2.1"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    environ = {
        "NEWSLETTER_SECRET_KEY": KEY,
        "NEWSLETTER_WEB__BASE_URL": "https://news.example.org",  # RFC 8058 wants https
        "NEWSLETTER_NEWSLETTER__REPLY_TO": "editor@example.org",
    }
    return load_config(None, environ=environ, folder=tmp_path)


@pytest.fixture
def app(config: Config, clock: FixedClock) -> App:
    config.state.mkdir(exist_ok=True)
    return build(config, clock=clock)


def app_with(config: Config, clock: FixedClock, transport: MemoryTransport) -> App:
    config.state.mkdir(exist_ok=True)
    return build(config, clock=clock, transport=transport)


def mails(config: Config) -> list[EmailMessage]:
    """What lies in the Maildir, the oldest first."""
    box = mailbox.Maildir(config.delivery.files.directory, create=False)
    parser = BytesParser(policy=policy.default)
    found = [parser.parsebytes(box.get_bytes(key)) for key in box.keys()]  # noqa: SIM118
    return sorted(found, key=lambda mail: mail["Date"].datetime)


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    content: str = part.get_content()
    return content


def link_of(mail: EmailMessage, path: str) -> str:
    """The token of the link that stands alone on a line of the text."""
    alone = rf"^https://news\.example\.org{path}([\w-]+)$"
    [token] = re.findall(alone, text_of(mail), re.MULTILINE)
    found: str = token
    return found


def apply(app: App, address: str = PAT, name: str = "Pat", language: str = "") -> None:
    act = Act(How.FORM, app.clock.now(), "/subscribe", "I want it.", NETWORK)
    applications.apply(address, act=act, name=name, language=language)


def pressed(app: App) -> Act:
    return Act(How.FORM, app.clock.now(), "/c/", "Yes, send me the newsletter")


def number_in(mail: EmailMessage) -> int:
    """The subscriber's number in a confirmation link, for as long as they have not left."""
    return read_token(
        link_of(mail, "/c/"),
        Purpose.CONFIRM,
        [KEY.encode()],
        lambda number: str(Subscribers.objects.get(id=number).leavings),
    )


def confirmed(app: App, mail: EmailMessage) -> Subscriber:
    return signup.confirm(number_in(mail), act=pressed(app))


def reader(app: App, address: str = PAT, name: str = "") -> Subscriber:
    return signup.add(address, name, act=pressed(app))


def send_edition() -> str:
    """An edition that is out; returns its lead's headline."""
    draft = drafts.normal()
    edition = editions.save_draft(draft, ["Somewhere"])
    edition = editions.save_approval(
        edition, subject="s", html="h", text="t", content_hash="x", reason="", now=NOW
    )
    editions.save_sending(edition)
    editions.save_sent(edition, NOW)
    assert draft.lead
    return draft.lead.headline


def states() -> dict[str, str]:
    return dict(Notice.objects.values_list("kind", "state"))


def test_a_sign_up_is_answered_by_a_mail_whose_link_leads_to_the_subscriber(app: App) -> None:
    apply(app)
    assert notify.run(app) == notify.Notified(settled=1, accepted=1)
    [mail] = mails(app.config)
    assert str(mail["To"]) == "Pat <pat@reader.example>"
    person = store.load_subscriber(number_in(mail))
    assert person is not None
    assert (person.address, person.status) == (PAT, Status.PENDING)


def test_who_left_and_signs_up_anew_gets_a_link_of_its_own(app: App, clock: FixedClock) -> None:
    for _ in range(2):
        apply(app)
        notify.run(app)
        person = store.find_subscriber(PAT)
        assert person is not None
        signup.leave(person.id, act=pressed(app))
        clock.move(days=2)
        apply(app)
        notify.run(app)
    first, *_, last = [mail for mail in mails(app.config) if "/c/" in text_of(mail)]
    assert link_of(first, "/c/") != link_of(last, "/c/")
    assert person is not None
    assert number_in(last) == person.id
    with pytest.raises(TokenError):
        number_in(first)


def test_the_link_in_html_is_the_same_and_no_other_leads_to_the_web(app: App) -> None:
    apply(app)
    notify.run(app)
    [mail] = mails(app.config)
    html = mail.get_body(("html",))
    assert html is not None
    link = f"https://news.example.org/c/{link_of(mail, '/c/')}"
    assert set(re.findall(r'href="([^"]*)"', html.get_content())) == {
        link,
        "mailto:editor@example.org",
    }
    assert re.findall(r"https?://\S+", text_of(mail)) == [link]


def test_a_reminder_comes_once_after_a_day(app: App, clock: FixedClock) -> None:
    apply(app)
    notify.run(app)
    clock.move(hours=23)
    assert notify.run(app).accepted == 0
    clock.move(hours=2)
    assert notify.run(app).accepted == 1
    for _ in range(40):
        clock.move(days=1)
        assert notify.run(app).accepted == 0
    first, reminder = mails(app.config)
    assert link_of(first, "/c/") == link_of(reminder, "/c/")
    assert "the only reminder" in text_of(reminder)


def test_who_confirmed_gets_a_welcome_with_the_latest_edition_and_no_reminder(
    app: App, clock: FixedClock
) -> None:
    headline = send_edition()
    apply(app)
    notify.run(app)
    clock.move(minutes=5)
    confirmed(app, mails(app.config)[0])
    assert notify.run(app).accepted == 1
    clock.move(days=2)
    assert notify.run(app).accepted == 0
    welcome = mails(app.config)[1]
    assert str(welcome["Subject"]) == "Welcome to Straight Into Your Inbox"
    assert headline in " ".join(text_of(welcome).split())
    html = welcome.get_body(("html",))
    assert html is not None
    assert html.get_content().index("Thank you for confirming") < html.get_content().index(
        'class="name"'
    )
    assert link_of(welcome, "/p/")
    assert link_of(welcome, "/u/")


def test_before_the_first_edition_the_welcome_is_a_greeting_alone(app: App) -> None:
    apply(app)
    notify.run(app)
    confirmed(app, mails(app.config)[0])
    notify.run(app)
    [welcome] = [mail for mail in mails(app.config) if "Welcome" in str(mail["Subject"])]
    assert "latest edition" not in text_of(welcome)
    assert link_of(welcome, "/u/")


def test_an_address_that_is_on_the_list_is_told_so_and_how_to_leave(app: App) -> None:
    person = reader(app)
    apply(app)
    notify.run(app)
    [mail] = mails(app.config)
    assert "on the list already" in str(mail["Subject"])
    for path, purpose in (("/u/", Purpose.LEAVE), ("/p/", Purpose.PREFERENCES)):
        assert read_token(link_of(mail, path), purpose, [KEY.encode()]) == person.id


def test_a_new_address_is_asked_and_the_old_one_told(app: App, clock: FixedClock) -> None:
    person = reader(app)
    requests.ask_new_address(person.id, "new@reader.example", act=pressed(app))
    notify.run(app)
    [asked] = mails(app.config)
    assert str(asked["To"]) == "new@reader.example"
    act_id = read_token(link_of(asked, "/n/"), Purpose.NEW_ADDRESS, [KEY.encode()])
    clock.move(minutes=1)
    requests.confirm_new_address(act_id, act=pressed(app))
    notify.run(app)
    told = mails(app.config)[1]
    assert str(told["To"]) == PAT
    assert "has moved" in str(told["Subject"])
    back = read_token(link_of(told, "/n/"), Purpose.NEW_ADDRESS, [KEY.encode()])
    links = re.findall(r"https://\S+", text_of(told))
    assert len(links) == 1  # the old address gets no other link to the subscription
    assert "new@reader.example" not in told.as_string()
    clock.move(days=6)
    assert requests.confirm_new_address(back, act=pressed(app)).address == PAT


def test_the_mail_to_a_new_address_does_not_tell_whose_it_is(app: App) -> None:
    person = reader(app, name="Zebulon Quux")
    requests.ask_new_address(person.id, "new@reader.example", act=pressed(app))
    notify.run(app)
    [asked] = mails(app.config)
    assert str(asked["To"]) == "new@reader.example"
    for personal in ("Zebulon", "Quux", PAT, "pat@"):
        assert personal not in asked.as_string() + text_of(asked)


@pytest.mark.parametrize(
    ("kind", "path", "purpose"),
    [(ActKind.EXPORT, "/x/", Purpose.EXPORT), (ActKind.ERASE, "/e/", Purpose.ERASE)],
)
def test_a_request_is_confirmed_by_a_link_of_its_own(
    app: App, kind: ActKind, path: str, purpose: Purpose
) -> None:
    person = reader(app)
    requests.ask(person.id, kind, act=pressed(app))
    notify.run(app)
    [mail] = mails(app.config)
    act_id = read_token(link_of(mail, path), purpose, [KEY.encode()])
    assert requests.person_of(act_id, kind, app.clock.now()).id == person.id


def test_a_suppressed_address_gets_nothing(app: App) -> None:
    suppression.suppress(PAT, SuppressionReason.COMPLAINED, now=NOW)
    apply(app)
    assert notify.run(app) == notify.Notified(settled=1)
    assert not app.config.delivery.files.directory.exists()


def test_who_is_suppressed_before_the_mail_leaves_gets_nothing(config: Config) -> None:
    out = MemoryTransport(failure=TemporaryError("the relay is busy"))
    clock = FixedClock(NOW)
    app = app_with(config, clock, out)
    apply(app)
    with pytest.raises(TemporaryError):
        notify.run(app)
    suppression.suppress(PAT, SuppressionReason.COMPLAINED, now=NOW)
    out.failure = None
    clock.move(hours=1)
    assert notify.run(app).accepted == 0
    assert out.sent == []


def test_what_cannot_leave_now_is_tried_again_later(config: Config) -> None:
    out = MemoryTransport(failure=TemporaryError("the relay is busy"))
    clock = FixedClock(NOW)
    app = app_with(config, clock, out)
    apply(app)
    with pytest.raises(TemporaryError):
        notify.run(app)
    out.failure = None
    assert notify.run(app).accepted == 0  # not at once
    clock.move(minutes=2)
    assert notify.run(app).accepted == 1


@pytest.mark.parametrize(
    ("state", "field"),
    [
        (DeliveryState.REJECTED, "rejected"),
        (DeliveryState.UNKNOWN, "unknown"),
        (DeliveryState.PLANNED, "waiting"),
    ],
)
def test_what_became_of_a_mail_is_recorded(
    config: Config, clock: FixedClock, state: DeliveryState, field: str
) -> None:
    app = app_with(config, clock, MemoryTransport(answers={PAT: state}))
    apply(app)
    done = notify.run(app)
    assert asdict(done)[field] == 1
    assert states()["confirm"] == state.value


def test_addresses_that_are_put_off_do_not_hold_up_the_others(config: Config) -> None:
    clock = FixedClock(NOW)
    people = [f"reader{number}@r{number}.example" for number in range(20)]
    app = app_with(config, clock, MemoryTransport())

    def waiting(put_off: Sequence[str]) -> int:
        out = MemoryTransport(answers=dict.fromkeys(put_off, DeliveryState.PLANNED))
        out.largest_batch = 1
        clock.move(hours=2)
        for person in people:
            notices.owe(reader(app, person).id, NoticeKind.WELCOME, clock.now())
        return notify.run(app_with(config, clock, out)).waiting

    assert waiting(people[:2]) == 2
    assert waiting(people) == notify.MOST_WAITING  # it is the relay, so no more are tried


class Dies(MemoryTransport):
    """The machine goes down when the messages are out and before anybody was told."""

    def send(self, messages: Sequence[Message]) -> list[Outcome]:
        super().send(messages)
        raise KeyboardInterrupt


def test_a_mail_that_a_dead_run_may_have_sent_never_leaves_twice(config: Config) -> None:
    clock = FixedClock(NOW)
    dying = app_with(config, clock, Dies())
    apply(dying)
    with pytest.raises(KeyboardInterrupt):
        notify.run(dying)
    after = MemoryTransport()
    for _ in range(20):
        clock.move(hours=1)
        assert notify.run(app_with(config, clock, after)).accepted == 0
    assert after.sent == []
    assert states()["confirm"] == "in_flight"


def test_a_broken_template_loses_no_mail_and_names_nobody(
    config: Config, clock: FixedClock, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    (own / "email" / "confirm").mkdir(parents=True)
    (own / "email" / "confirm" / "body.txt").write_text("{{ nobody_gave_this }}")
    broken = build(config.model_copy(update={"templates": own}), clock=clock)
    config.state.mkdir(exist_ok=True)
    apply(broken)
    with pytest.raises(TemplateError) as fault:
        notify.run(broken)
    assert "reader.example" not in str(fault.value)
    clock.move(minutes=2)
    assert notify.run(build(config, clock=clock)).accepted == 1


HOSTILE = (
    "a\r\nBcc: x@evil.example",
    "{{ 7 * 7 }}{% raise %}",
    "<script>alert(1)</script>",
    "=?utf-8?q?a=0D=0ABcc:_x@y.example?=",
    "\u202eevil\u0000",
    "x" * 400,
)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stands_in_the_to_line_alone(config: Config, name: str) -> None:
    out = MemoryTransport()
    clock = FixedClock(NOW)
    app = app_with(config, clock, out)
    apply(app, name=name)
    notify.run(app)
    person = store.find_subscriber(PAT)
    assert person is not None
    signup.confirm(person.id, act=pressed(app))
    notify.run(app)
    assert len(out.sent) == 2
    for message in out.sent:
        mail = BytesParser(policy=policy.default).parsebytes(message.content)
        assert "Bcc" not in mail
        assert [one.addr_spec for one in mail["To"].addresses] == [PAT]
        for part in mail.walk():
            if not part.is_multipart():
                assert isinstance(part, EmailMessage)
                assert not re.search(">49<|alert|evil|xxxx|Bcc", part.get_content())


def kinds_by_number() -> dict[int, NoticeKind]:
    return {row.id: NoticeKind(row.kind) for row in Notice.objects.all()}


def every_kind(app: App, clock: FixedClock) -> dict[NoticeKind, Message]:
    """A mail of each kind, as it leaves."""
    send_edition()
    apply(app)
    notify.run(app)
    clock.move(days=1, hours=1)
    notify.run(app)
    pat = store.find_subscriber(PAT)
    assert pat is not None
    signup.confirm(pat.id, act=pressed(app))
    notify.run(app)
    apply(app)
    notify.run(app)
    requests.ask(pat.id, ActKind.EXPORT, act=pressed(app))
    notify.run(app)
    requests.ask(pat.id, ActKind.ERASE, act=pressed(app))
    notify.run(app)
    requests.ask_new_address(pat.id, "new@reader.example", act=pressed(app))
    notify.run(app)
    act_id = Notice.objects.get(kind="new-address").act_id
    assert act_id
    kinds = kinds_by_number()  # a move takes the export and the erasure with it
    requests.confirm_new_address(act_id, act=pressed(app))
    notify.run(app)
    assert isinstance(app.transport, MemoryTransport)
    kinds |= kinds_by_number()
    return {kinds[message.delivery_id]: message for message in app.transport.sent}


def test_each_mail_is_well_formed_and_only_those_to_readers_are_the_lists(
    config: Config, clock: FixedClock
) -> None:
    found = every_kind(app_with(config, clock, MemoryTransport()), clock)
    assert set(found) == set(NoticeKind)
    for kind, message in found.items():
        is_of_list = kind in (NoticeKind.WELCOME, NoticeKind.ALREADY)
        assert faults_of(message.content, is_of_list=is_of_list) == [], kind
        mail = BytesParser(policy=policy.default).parsebytes(message.content)
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail.defects == []
        assert ("List-Unsubscribe" in mail) == ("List-Id" in mail) == is_of_list
        assert "personal.invalid" not in mail.as_string()
        assert len({message.key for message in found.values()}) == len(found)


def test_a_reader_of_plain_text_is_written_to_in_plain_text(
    config: Config, clock: FixedClock
) -> None:
    out = MemoryTransport()
    app = app_with(config, clock, out)
    send_edition()
    person = reader(app)
    chosen = Preferences(mail_format=MailFormat.TEXT, rhythm=Rhythm.WEEKLY)
    signup.change(person.id, chosen, act=pressed(app))
    notices.owe(person.id, NoticeKind.WELCOME, NOW)
    notify.run(app)
    mail = BytesParser(policy=policy.default).parsebytes(out.sent[0].content)
    assert mail.get_content_type() == "text/plain"
    assert "comes as you chose it before" in " ".join(mail.get_content().split())


def test_an_idle_look_asks_the_database_next_to_nothing(
    app: App, django_assert_max_num_queries: object
) -> None:
    notify.run(app)
    assert callable(django_assert_max_num_queries)
    with django_assert_max_num_queries(6):
        notify.run(app)


def test_it_stops_between_two_batches_when_told_to(config: Config, clock: FixedClock) -> None:
    app = app_with(config, clock, MemoryTransport())
    apply(app)
    assert notify.run(app, goes_on=lambda: False) == notify.Notified()
    assert notify.run(app).accepted == 1


def test_many_mails_leave_in_small_batches(config: Config, clock: FixedClock) -> None:
    sizes: list[int] = []

    class Counts(MemoryTransport):
        def send(self, messages: Sequence[Message]) -> list[Outcome]:
            sizes.append(len(messages))
            return super().send(messages)

    app = app_with(config, clock, Counts())
    for number in range(50):
        person = reader(app, f"reader{number}@r{number}.example")
        notices.owe(person.id, NoticeKind.WELCOME, NOW)
    assert notify.run(app).accepted == 50
    assert sizes == [20, 20, 10]


def bombed(app: App, times: int) -> None:
    for _ in range(times):
        apply(app)


def test_a_bombed_address_gets_one_mail_and_the_operator_one_alarm(
    app: App, clock: FixedClock
) -> None:
    for _ in range(3):
        bombed(app, 9)
        notify.run(app)
        clock.move(minutes=5)
    to = [str(mail["To"]) for mail in mails(app.config)]
    assert sorted(to) == ["Pat <pat@reader.example>", "editor@example.org"]
    [alarm] = [mail for mail in mails(app.config) if str(mail["To"]) == "editor@example.org"]
    assert "8 for addresses" in text_of(alarm)
    assert PAT not in alarm.as_string()
    assert NETWORK not in alarm.as_string()


def test_what_was_refused_in_between_is_told_an_hour_later(app: App, clock: FixedClock) -> None:
    alarms.add_refusals(app.config.state, {"network": 1}, clock.now())
    assert notify.run(app).alarm == {"network": 1}
    alarms.add_refusals(app.config.state, {"network": 2, "all": 3}, clock.now())
    alarms.add_refusals(app.config.state, {"network": 5}, clock.now())
    clock.move(minutes=59)
    assert notify.run(app).alarm == {}
    clock.move(minutes=2)
    assert notify.run(app).alarm == {"network": 7, "all": 3}


def test_one_impatient_person_is_no_alarm(app: App, clock: FixedClock) -> None:
    for _ in range(4):
        bombed(app, 3)
        assert notify.run(app).alarm == {}
        clock.move(hours=2)


def test_an_alarm_that_cannot_leave_keeps_its_numbers(config: Config, clock: FixedClock) -> None:
    out = MemoryTransport(failure=TransportError("no"))
    app = app_with(config, clock, out)
    alarms.add_refusals(config.state, {"domain": 4}, clock.now())
    with pytest.raises(TransportError):
        notify.run(app)
    out.failure = None
    clock.move(hours=1)
    assert notify.run(app).alarm == {"domain": 4}


def test_a_damaged_memory_of_refusals_stops_nothing(app: App) -> None:
    (app.config.state / "refusals.json").write_text("{")
    apply(app)
    assert notify.run(app).accepted == 1


def test_alarms_go_where_the_settings_say(config: Config, clock: FixedClock) -> None:
    signup_settings = config.signup.model_copy(update={"alarms_to": "Ops <ops@example.org>"})
    out = MemoryTransport()
    app = app_with(config.model_copy(update={"signup": signup_settings}), clock, out)
    alarms.add_refusals(config.state, {"all": 4}, clock.now())
    notify.run(app)
    assert out.sent[0].recipient == "ops@example.org"
    assert faults_of(out.sent[0].content, is_of_list=False) == []


PROGRAM = """
import sys
from newsletter.cli.notify import notify
if sys.argv[1] == "sign-up":
    from pathlib import Path
    from newsletter.cli.common import Options, open_app, open_config
    open_app(open_config(Options(Path("newsletter.yaml"), False, False)))
    from datetime import UTC, datetime
    from subscribers import applications
    from subscribers.values import Act, How
    for number in range(int(sys.argv[2])):
        act = Act(How.FORM, datetime.now(UTC), "/subscribe", "I want it.", f"192.0.{number}.1")
        applications.apply(f"pat@reader{number}.example", act=act)
else:
    sys.exit(notify.main(sys.argv[2:], standalone_mode=False))
"""


def started(folder: Path, *words: str) -> subprocess.Popen[str]:
    """A process of its own, in a folder with a newsletter of its own."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words],
        cwd=folder,
        env=kept | {"NEWSLETTER_SECRET_KEY": KEY},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Its exit code, and what it said on both streams."""
    said, complained = process.communicate(timeout=60)
    return process.returncode, said, complained


def sign_up(folder: Path, number: int = 1, settings: str = "{}\n") -> None:
    (folder / "newsletter.yaml").write_text(settings)
    assert ended(started(folder, "sign-up", str(number))) == (0, "", "")


def test_the_command_sends_once_what_waits_and_counts_it(tmp_path: Path) -> None:
    sign_up(tmp_path)
    code, said, complained = ended(started(tmp_path, "notify", "--json"))
    assert (code, complained) == (0, "")
    assert json.loads(said) == asdict(notify.Notified(settled=1, accepted=1))
    again = ended(started(tmp_path, "notify"))
    assert again == (0, "Sign-ups looked at: 0. Mails: none.\n", "")
    assert len(list((tmp_path / "var" / "outbox" / "new").iterdir())) == 1


def test_the_command_exits_with_75_when_a_mail_could_not_leave(tmp_path: Path) -> None:
    with SmtpSink() as relay:
        relay.faults.to_rcpt["pat@reader0.example"] = "451 4.7.1 not now, pat@reader0.example"
        smtp = f"{{host: 127.0.0.1, port: {relay.port}, security: none}}"
        sign_up(tmp_path, 2, f"delivery: {{transport: smtp, smtp: {smtp}}}\n")
        code, said, complained = ended(started(tmp_path, "notify", "--json"))
        assert [one.recipient for one in relay.received] == ["pat@reader1.example"]
    assert (code, complained) == (75, "")
    assert json.loads(said) == asdict(notify.Notified(settled=2, accepted=1, waiting=1))
    with closing(sqlite3.connect(tmp_path / "var" / "newsletter.db")) as database:
        details = database.execute("SELECT detail FROM subscribers_notice").fetchall()
    assert "451" in str(details)
    assert "pat@" not in str(details)


def test_two_processes_at_once_send_each_mail_once(tmp_path: Path) -> None:
    sign_up(tmp_path, 60)
    both = [started(tmp_path, "notify", "--json") for _ in range(2)]
    done = [json.loads(ended(process)[1]) for process in both]
    assert sum(one["accepted"] for one in done) == 60
    assert len(list((tmp_path / "var" / "outbox" / "new").iterdir())) == 60
