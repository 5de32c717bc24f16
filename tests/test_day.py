"""A whole day on one page: real feeds over HTTP, a real database, a real Maildir."""

from __future__ import annotations

import mailbox
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest

from newsletter import daily
from newsletter.build import build
from newsletter.choose import entries_for
from newsletter.collect import collect
from newsletter.config import Config, load_config
from newsletter.config_sources import SourceSettings
from newsletter.core.delivery import DeliveryState, Message, Outcome
from newsletter.core.edition import EditionState
from newsletter.core.source import Source
from newsletter.errors import TemporaryError, TransportError, UsageError
from newsletter.ports import App
from newsletter.review import review
from newsletter.sample.server import SampleServer, source_records
from newsletter.store import editions, ledger
from newsletter.transports.memory import MemoryTransport
from subscribers import signup
from subscribers.tokens import Purpose, read_token
from subscribers.values import Act, How
from tests.clock import FixedClock

pytestmark = pytest.mark.django_db
READERS = ("ada@example.org", "li@example.com", "desk@example.net")


@pytest.fixture(scope="module")
def feeds() -> Iterator[SampleServer]:
    with SampleServer(datetime.now(UTC)) as server:
        yield server


@pytest.fixture
def sources(feeds: SampleServer) -> tuple[Source, ...]:
    """The sample outlets but the one that hangs, so that a test takes no longer than it must."""
    records = [r for r in source_records(feeds.base_url) if "slow-lode" not in r["url"]]
    return tuple(SourceSettings(**record).as_source() for record in records)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    environ = {
        "NEWSLETTER_COLLECT__ALLOW_HOSTS": "[127.0.0.1]",
        "NEWSLETTER_COLLECT__ARTICLES": "false",  # the sample's links lead nowhere
        "NEWSLETTER_COLLECT__PROCESSES": "0",
        "NEWSLETTER_SECRET_KEY": "a key of the tests, long enough to be one",
        "NEWSLETTER_WEB__BASE_URL": "https://news.example.org",  # RFC 8058 wants https
    }
    return load_config(None, environ=environ, folder=tmp_path)


@pytest.fixture
def app(config: Config) -> App:
    return build(config)


@pytest.fixture(autouse=True)
def readers() -> None:
    for address in READERS:
        signup.add(address, act=Act(How.COMMAND, datetime.now(UTC), wording="a test"))


def today() -> datetime:
    return datetime.now(UTC)


def mails(config: Config) -> list[EmailMessage]:
    box = mailbox.Maildir(config.delivery.files.directory, create=False)
    parser = BytesParser(policy=policy.default)
    return [parser.parsebytes(box.get_bytes(key)) for key in sorted(box.keys())]


def test_a_day_from_feeds_to_the_readers_mailbox(app: App, sources: tuple[Source, ...]) -> None:
    done = daily.run(app, today().date(), sources)

    assert done.edition.state is EditionState.SENT
    assert done.collected is not None
    failed = {report.name: report.problem for report in done.collected.reports if report.problem}
    assert list(failed) == ["Pit Prop News"]
    assert "500" in failed["Pit Prop News"]
    assert done.ledger is not None
    assert (done.ledger.planned, done.ledger.accepted) == (3, 3)

    received = mails(app.config)
    assert sorted(str(mail["To"]) for mail in received) == sorted(READERS)
    lead = done.edition.draft.lead
    assert lead is not None
    for mail in received:
        html = mail.get_body(("html",))
        text = mail.get_body(("plain",))
        assert html is not None
        assert text is not None
        assert lead.url in html.get_content()
        assert lead.url in text.get_content()
        assert "personal.invalid" not in mail.as_string()
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_each_mail_carries_its_own_readers_links(app: App, sources: tuple[Source, ...]) -> None:
    daily.run(app, today().date(), sources)
    numbers = set()
    for mail in mails(app.config):
        token = str(mail["List-Unsubscribe"]).strip("<>").rpartition("/")[2]
        numbers.add(read_token(token, Purpose.LEAVE, (app.signing_key,)))
    assert len(numbers) == 3


def test_run_twice_on_one_day_does_not_send_twice(app: App, sources: tuple[Source, ...]) -> None:
    first = daily.run(app, today().date(), sources)
    again = daily.run(app, today().date(), sources)
    assert not first.was_done_before
    assert again.was_done_before
    assert len(mails(app.config)) == 3


def test_a_story_told_yesterday_is_not_told_again(
    config: Config, sources: tuple[Source, ...]
) -> None:
    clock = FixedClock(today())
    app = build(config, clock=clock)
    first = daily.run(app, clock.now().date(), sources)
    clock.move(days=1)
    second = daily.run(app, clock.now().date(), sources)
    told = {entry.id for story in first.edition.draft.stories for entry in story.entries}
    picked = {story.best.id for story in second.edition.draft.picks if story.told_on is None}
    assert told.isdisjoint(picked)


def test_an_empty_day_is_held_and_says_so(app: App, tmp_path: Path) -> None:
    feed = tmp_path / "quiet.json"
    feed.write_text('{"version": "https://jsonfeed.org/version/1.1", "title": "Q", "items": []}')
    done = daily.run(app, today().date(), (Source("Quiet", str(feed)),))
    assert done.edition.state is EditionState.HELD
    assert "nothing to tell" in done.held_because
    assert ledger.count(done.edition).planned == 0


def test_a_rehearsal_delivers_nothing_and_approves_nothing(
    app: App, sources: tuple[Source, ...]
) -> None:
    done = daily.run(app, today().date(), sources, is_rehearsal=True)
    assert done.edition.state is EditionState.DRAFTED
    assert done.review is not None
    assert ledger.count(done.edition).planned == 0
    assert not app.config.delivery.files.directory.exists()


def test_with_nobody_to_send_to_the_edition_is_held(app: App, sources: tuple[Source, ...]) -> None:
    from subscribers.models import Subscriber

    Subscriber.objects.all().delete()
    done = daily.run(app, today().date(), sources)
    assert "nobody has subscribed yet" in done.held_because


class DiesInTheMiddle(MemoryTransport):
    """Takes one batch, then the machine dies: the exception is none that anybody handles."""

    class PowerCutError(BaseException):
        pass

    def send(self, messages: Sequence[Message]) -> list[Outcome]:
        super().send(messages)
        raise self.PowerCutError


def test_a_run_that_dies_while_sending_is_continued_and_nobody_gets_two(
    config: Config, sources: tuple[Source, ...]
) -> None:
    one_a_batch = config.delivery.model_copy(update={"batch_size": 1})
    config = config.model_copy(update={"delivery": one_a_batch})
    dying = DiesInTheMiddle()
    with pytest.raises(DiesInTheMiddle.PowerCutError):
        daily.run(build(config, transport=dying), today().date(), sources)

    day = today().date()
    stored = editions.load_edition(day)
    assert stored is not None
    assert stored.state is EditionState.SENDING

    after = MemoryTransport()
    after.is_idempotent = False
    done = daily.run(build(config, transport=after), day, sources)
    assert done.ledger is not None
    assert (done.ledger.accepted, done.ledger.unknown) == (2, 1)
    keys = [message.key for message in (*dying.sent, *after.sent)]
    assert len(keys) == len(set(keys)) == 3


def test_with_a_transport_that_keeps_one_copy_the_lost_message_is_handed_over_again(
    config: Config, sources: tuple[Source, ...]
) -> None:
    dying = DiesInTheMiddle()
    with pytest.raises(DiesInTheMiddle.PowerCutError):
        daily.run(build(config, transport=dying), today().date(), sources)
    done = daily.run(build(config), today().date(), sources)
    assert done.ledger is not None
    assert done.ledger.accepted == 3
    assert len(mails(config)) == 3


class Refuses(MemoryTransport):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def send(self, messages: Sequence[Message]) -> list[Outcome]:
        raise self.error


@pytest.mark.parametrize("error", [TransportError("no key"), TemporaryError("later")])
def test_a_refused_batch_waits_and_leaves_when_the_way_is_open_again(
    config: Config, sources: tuple[Source, ...], error: Exception
) -> None:
    with pytest.raises(type(error)):
        daily.run(build(config, transport=Refuses(error)), today().date(), sources)
    done = daily.run(build(config), today().date(), sources)
    assert done.ledger is not None
    assert done.ledger.accepted == 3


class LaterForOne(MemoryTransport):
    """Puts the first message off each time it is asked."""

    def send(self, messages: Sequence[Message]) -> list[Outcome]:
        outcomes = super().send(messages)
        return [replace(outcomes[0], state=DeliveryState.PLANNED, detail="450"), *outcomes[1:]]


def test_a_message_put_off_is_tried_once_a_run_and_named(
    config: Config, sources: tuple[Source, ...]
) -> None:
    app = build(config, transport=LaterForOne())
    with pytest.raises(TemporaryError, match="1 of 3 messages could not leave yet"):
        daily.run(app, today().date(), sources)


def with_readers(number: int) -> None:
    for extra in range(number):
        signup.add(f"r{extra}@example.org", act=Act(How.COMMAND, today(), wording="a test"))


def one_a_batch(config: Config) -> Config:
    delivery = config.delivery.model_copy(update={"batch_size": 1})
    return config.model_copy(update={"delivery": delivery})


class Outage(MemoryTransport):
    """Every answer is lost, as when a provider is down."""

    def send(self, messages: Sequence[Message]) -> list[Outcome]:
        return [Outcome(one.delivery_id, DeliveryState.UNKNOWN, "503") for one in messages]


def test_an_outage_stops_the_send_after_a_few_messages_and_the_rest_leaves_later(
    config: Config, sources: tuple[Source, ...]
) -> None:
    with_readers(20)
    with pytest.raises(TemporaryError, match="could not leave yet"):
        daily.run(build(one_a_batch(config), transport=Outage()), today().date(), sources)
    done = daily.run(build(config), today().date(), sources)
    assert done.ledger is not None
    assert (done.ledger.planned, done.ledger.unknown) == (23, 5)
    assert done.ledger.accepted == 18
    assert done.ledger.is_balanced


def test_a_source_that_cannot_be_stored_is_its_own_problem(
    app: App, sources: tuple[Source, ...], tmp_path: Path
) -> None:
    odd = tmp_path / "odd.json"
    item = '{"id": "a\\ud800", "url": "https://a.example/\\ud800", "title": "x\\u0000y"}'
    odd.write_text(f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{item}]}}')
    done = daily.run(app, today().date(), (*sources, Source("Odd", str(odd))))
    assert done.edition.state is EditionState.SENT


def test_a_headline_with_braces_does_not_hold_the_edition(
    app: App, sources: tuple[Source, ...], tmp_path: Path
) -> None:
    braces = tmp_path / "braces.json"
    title = "China bans rare earth exports {{ to all }} and sets licences {% today %}"
    item = f'{{"id": "1", "url": "https://a.example/1", "title": "{title}"}}'
    braces.write_text(f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{item}]}}')
    done = daily.run(app, today().date(), (*sources, Source("Braces", str(braces))))
    assert done.edition.state is EditionState.SENT


def test_what_a_rehearsal_made_of_other_sources_is_not_sent_by_mistake(
    app: App, sources: tuple[Source, ...]
) -> None:
    day = today().date()
    daily.run(app, day, sources, is_rehearsal=True, are_others=True)
    edition = editions.load_edition(day)
    assert edition is not None
    with pytest.raises(UsageError, match="rehearsal with other sources"):
        daily.deliver(app, edition)
    assert daily.run(app, day, sources).edition.state is EditionState.SENT


def test_a_sent_edition_is_reviewed_as_it_left(
    config: Config, app: App, sources: tuple[Source, ...]
) -> None:
    done = daily.run(app, today().date(), sources)
    identity = config.newsletter.model_copy(update={"name": "Another Name"})
    renamed = build(config.model_copy(update={"newsletter": identity}))
    shown = review(renamed, done.edition, for_delivery=False)
    assert shown.rendered.html == done.edition.html


def test_a_name_of_any_length_can_be_mailed(config: Config, sources: tuple[Source, ...]) -> None:
    identity = config.newsletter.model_copy(update={"name": "Rare " * 16})
    app = build(config.model_copy(update={"newsletter": identity}))
    assert daily.run(app, today().date(), sources).edition.state is EditionState.SENT


def test_a_source_that_gains_weight_counts_for_more_at_once(
    app: App, sources: tuple[Source, ...]
) -> None:
    collect(app, sources)
    heavier = tuple(replace(source, weight=1.5) for source in sources)
    found = entries_for(app, today().date(), heavier)
    own = [entry for entry in found if entry.outlet == entry.sources[0]]
    assert own
    assert {entry.weight for entry in own} == {1.5}


def test_someone_who_leaves_between_plan_and_hand_over_gets_nothing(
    config: Config, sources: tuple[Source, ...]
) -> None:
    from subscribers.store import find_subscriber

    person = find_subscriber(READERS[0])
    assert person is not None

    class LeavesDuringTheFirstBatch(MemoryTransport):
        def send(self, messages: Sequence[Message]) -> list[Outcome]:
            last = find_subscriber(READERS[2])
            assert last is not None
            signup.leave(last.id, act=Act(How.ONE_CLICK, today()))
            return super().send(messages)

    one_a_batch = config.delivery.model_copy(update={"batch_size": 1})
    transport = LeavesDuringTheFirstBatch()
    app = build(config.model_copy(update={"delivery": one_a_batch}), transport=transport)
    done = daily.run(app, today().date(), sources)
    assert done.ledger is not None
    assert (done.ledger.accepted, done.ledger.excluded) == (2, 1)
    assert READERS[2] not in {message.recipient for message in transport.sent}


def test_what_was_approved_is_what_leaves_whatever_the_feeds_say_later(
    config: Config, sources: tuple[Source, ...], tmp_path: Path
) -> None:
    with pytest.raises(TemporaryError):
        daily.run(
            build(config, transport=Refuses(TemporaryError("later"))), today().date(), sources
        )
    approved = editions.load_edition(today().date())
    other = tmp_path / "other.json"
    other.write_text('{"version": "https://jsonfeed.org/version/1.1", "title": "Q", "items": []}')
    done = daily.run(build(config), today().date(), (Source("Other", str(other)),))
    assert approved is not None
    assert done.edition.content_hash == approved.content_hash
    assert done.edition.state is EditionState.SENT


def test_an_entry_is_stored_once_however_often_it_is_collected(
    app: App, sources: tuple[Source, ...]
) -> None:
    first = collect(app, sources)
    second = collect(app, sources)
    assert first.new > 180
    assert (second.new, second.revised) == (0, 0)


def test_a_past_date_sees_the_news_of_its_own_day(app: App, sources: tuple[Source, ...]) -> None:
    day = today().date() - timedelta(days=1)
    done = daily.run(app, day, sources, is_rehearsal=True)
    assert done.edition.draft.stories
    for story in done.edition.draft.stories:
        assert story.published_at.date() <= day
