"""A correction from the editor's words to the archive, the next edition and the readers' mail."""

from __future__ import annotations

import mailbox
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest

from newsletter import models
from newsletter.build import build
from newsletter.config import Config, load_config
from newsletter.core.beside import Correction
from newsletter.core.decisions import Act as Decided
from newsletter.core.decisions import Decision
from newsletter.core.delivery import DeliveryState, Message, Outcome
from newsletter.core.depth import Depth
from newsletter.core.edition import Edition, EditionState
from newsletter.core.story import Highlight
from newsletter.correct import add, kept_correction, mail, readers_left, withdraw
from newsletter.corrections_mail import letter_for
from newsletter.decide import decide
from newsletter.draft import draft
from newsletter.errors import TemplateError, TemporaryError, TransportError, UsageError
from newsletter.notices_mail import latest_edition
from newsletter.ports import App
from newsletter.render import PREFERENCES_URL, UNSUBSCRIBE_URL
from newsletter.send import send
from newsletter.store import corrections, editions, ledger
from newsletter.transports.memory import MemoryTransport
from subscribers import signup
from subscribers.models import Subscriber
from subscribers.tokens import Purpose, read_token
from subscribers.values import Act, How
from tests import deciding, drafts
from tests.catalogues import TRANSLATED
from tests.clock import FixedClock

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 7, 6, 30, tzinfo=UTC)
DAY = NOW.date()
NEXT_DAY = DAY + timedelta(days=1)
READERS = ("ada@example.org", "li@example.com", "desk@example.net")
WRONG, RIGHT = "78 dollars a tonne", "78 dollars a kilo"
SUBJECT = "Dysprosium up"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    environ = {
        "NEWSLETTER_SECRET_KEY": "a key of the tests, long enough to be one",
        "NEWSLETTER_WEB__BASE_URL": "https://news.example.org",
    }
    return load_config(None, environ=environ, folder=tmp_path)


@pytest.fixture
def app(config: Config, clock: FixedClock) -> App:
    return build(config, clock=clock)


def frozen(
    day: date = DAY, corrected: tuple[Correction, ...] = (), *, has_box: bool = True
) -> Edition:
    """An approved edition of a day, with these corrections in it, printed where it has the box."""
    normal = drafts.normal()
    assert normal.lead is not None
    said = (Highlight("The oxide is sold for 78 Dollars\u00a0a tonne, it says.", "Outlet"),)
    lead = replace(normal.lead, id="0123456789ab", highlights=said)
    draft = replace(normal, date=day, lead=lead)
    draft = replace(draft, beside=replace(draft.beside, corrections=corrected))
    links = f'<a href="{PREFERENCES_URL}">Change</a> <a href="{UNSUBSCRIBE_URL}">Leave</a>'
    box = "".join(f"It should read: {one.right}\n" for one in corrected if has_box)
    edition = editions.save_draft(draft, [])
    return editions.save_approval(
        edition,
        subject=SUBJECT,
        html=f"<!DOCTYPE html>\n<html><body><h1>Dysprosium up</h1>{links}</body></html>",
        text=f"Dysprosium up\n{box}{UNSUBSCRIBE_URL}\n",
        content_hash="0" * 64,
        reason="",
        now=NOW,
    )


def sent_to(app: App, *addresses: str) -> Edition:
    """The edition of the day after it left to these readers."""
    for address in addresses:
        signup.add(address, act=Act(How.COMMAND, NOW, wording="test"))
    send(app, frozen())
    edition = editions.load_edition(DAY)
    assert edition is not None
    assert edition.state is EditionState.SENT
    return edition


@pytest.fixture
def one(app: App, clock: FixedClock) -> Correction:
    """A correction of an edition that three readers have."""
    sent_to(app, *READERS)
    clock.move(hours=3)
    return add(app, DAY, WRONG, RIGHT, "1")


def mails(config: Config) -> list[EmailMessage]:
    """The corrections in the Maildir."""
    box = mailbox.Maildir(config.delivery.files.directory, create=False)
    parser = BytesParser(policy=policy.default)
    every = [parser.parsebytes(box.get_bytes(key)) for key in sorted(box.keys())]
    return [one for one in every if "correction" in str(one["Subject"])]


def parts_of(message: EmailMessage) -> list[str]:
    bodies = [message.get_body((kind,)) for kind in ("plain", "html")]
    return [" ".join(str(body.get_content()).split()) for body in bodies if body]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (EditionState.DRAFTED, "still open: `newsletter decide rewrite` changes it"),
        (EditionState.HELD, "held and still open"),
        (EditionState.APPROVED, "nobody has it yet"),
        (EditionState.SKIPPED, "was skipped"),
    ],
)
def test_only_what_readers_have_is_corrected(app: App, state: EditionState, words: str) -> None:
    edition = frozen()
    models.Edition.objects.filter(id=edition.id).update(state=state.value)
    with pytest.raises(UsageError, match=re.escape(words)):
        add(app, DAY, WRONG, RIGHT)
    assert corrections.load_kept() == ()


def test_a_day_without_an_edition_has_nothing_to_correct(app: App) -> None:
    with pytest.raises(UsageError, match="there is no edition of 2026-04-07"):
        add(app, DAY, WRONG, RIGHT)


def test_an_edition_that_is_still_leaving_can_be_corrected(app: App) -> None:
    edition = frozen()
    editions.save_sending(edition)
    assert add(app, DAY, WRONG, RIGHT).day == DAY


def test_the_same_correction_is_recorded_once(app: App, one: Correction) -> None:
    with pytest.raises(UsageError, match=f"recorded already, as correction {one.id}"):
        add(app, DAY, f" {WRONG}\n", RIGHT)
    assert len(corrections.load_kept()) == 1


def test_a_correction_keeps_the_story_that_it_is_about(app: App, one: Correction) -> None:
    edition = editions.load_edition(DAY)
    assert edition is not None
    assert one.headline == edition.draft.stories[0].headline
    with pytest.raises(UsageError, match="has no story '99'"):
        add(app, DAY, "another", RIGHT, "99")


@pytest.mark.parametrize("story", ["", "1"])
def test_words_that_were_never_printed_are_recorded_only_where_the_editor_is_sure(
    app: App, story: str
) -> None:
    sent_to(app, *READERS)
    where = "this story of" if story else "the edition of"
    with pytest.raises(UsageError, match=f"^{where} 2026-04-07 does not have .*--yes"):
        add(app, DAY, "cadmium telluride", RIGHT, story)
    assert corrections.load_kept() == ()
    assert add(app, DAY, "cadmium telluride", RIGHT, story, is_sure=True).right == RIGHT


def test_words_of_another_story_are_not_those_of_the_one_that_is_named(app: App) -> None:
    sent_to(app, *READERS)
    with pytest.raises(UsageError, match="this story of 2026-04-07 does not have"):
        add(app, DAY, WRONG, RIGHT, "2")
    assert add(app, DAY, WRONG, RIGHT).headline == ""


@pytest.mark.parametrize("words", ["dysprosium  UP", "“Dysprosium” up", "Change", "tonne, it says"])
def test_what_the_frozen_page_or_the_draft_says_was_printed(app: App, words: str) -> None:
    sent_to(app, *READERS)
    assert add(app, DAY, words, RIGHT)


@pytest.mark.parametrize("language", ["en", *TRANSLATED])
@pytest.mark.parametrize("most", [8, 60, 500])
def test_the_line_beside_the_subject_says_both_within_110_letters(
    config: Config, one: Correction, language: str, most: int
) -> None:
    wrong, right = (f"{word} {'words of it ' * 50}"[:most] for word in ("Old", "New"))
    identity = config.newsletter.model_copy(update={"language": language})
    spoken = config.model_copy(update={"newsletter": identity})
    html = letter_for(replace(one, wrong=wrong, right=right), spoken).html
    (preheader,) = re.findall(r'<div class="hidden"(?! aria-hidden)[^>]*>(.*?)</div>', html)
    assert len(preheader.strip()) <= 110
    assert "Old" in preheader
    assert "New" in preheader


def test_the_english_line_beside_the_subject_is_a_sentence(config: Config, one: Correction) -> None:
    line = f"We wrote “{WRONG}”; it should read “{RIGHT}”"
    assert line in letter_for(one, config).html


def held_by(day: date) -> tuple[Correction, ...]:
    edition = editions.load_edition(day)
    assert edition is not None
    return edition.draft.beside.corrections


def test_the_open_draft_of_the_next_day_holds_it_at_once_and_no_earlier_one(
    app: App, one: Correction
) -> None:
    editions.save_draft(replace(drafts.normal(), date=NEXT_DAY), ["A"])
    editions.save_draft(replace(drafts.normal(), date=DAY - timedelta(days=1)), ["A"])
    other = add(app, DAY, SUBJECT, RIGHT)
    assert held_by(NEXT_DAY) == (one, other)
    assert held_by(DAY - timedelta(days=1)) == ()


def test_a_draft_made_anew_still_holds_what_no_edition_has_printed(
    tmp_path: Path, clock: FixedClock, one: Correction
) -> None:
    clock.move(days=1)
    news = deciding.opened(tmp_path, clock)
    deciding.store_day(clock.now())
    for _ in range(2):
        made, _ranking = draft(news, NEXT_DAY, deciding.sources())
        assert made.draft.beside.corrections == (one,)
    assert decide(news, made, Decision("2", Decided.DROP)).draft.beside.corrections == (one,)


@pytest.mark.parametrize("depth", Depth)
def test_a_newcomer_is_not_welcomed_with_a_known_mistake(
    config: Config, one: Correction, depth: Depth
) -> None:
    latest = latest_edition(config, depth)
    assert latest is not None
    assert [line.right for line in latest.page.corrections] == [RIGHT]


def test_the_edition_that_leaves_with_it_is_the_one_that_printed_it(
    app: App, one: Correction, clock: FixedClock
) -> None:
    clock.move(days=1)
    send(app, frozen(NEXT_DAY, (one,)))
    assert kept_correction(one.id).printed_on == NEXT_DAY
    assert corrections.load_unprinted(NEXT_DAY + timedelta(days=1)) == ()


def test_an_edition_whose_theme_has_no_such_block_prints_none(
    app: App, one: Correction, clock: FixedClock
) -> None:
    clock.move(days=1)
    send(app, frozen(NEXT_DAY, (one,), has_box=False))
    assert kept_correction(one.id).printed_on is None


def test_what_nobody_has_seen_can_be_withdrawn_and_leaves_the_open_draft(
    app: App, one: Correction
) -> None:
    editions.save_draft(replace(drafts.normal(), date=NEXT_DAY), ["A"])
    other = add(app, DAY, SUBJECT, RIGHT)
    assert withdraw(other.id) == other
    assert held_by(NEXT_DAY) == (one,)
    with pytest.raises(UsageError, match="there is no correction"):
        withdraw(other.id)


def test_what_was_printed_stays(app: App, one: Correction, clock: FixedClock) -> None:
    clock.move(days=1)
    send(app, frozen(NEXT_DAY, (one,)))
    with pytest.raises(UsageError, match="the edition of 2026-04-08 printed it"):
        withdraw(one.id)


def test_what_an_approved_edition_holds_stays(one: Correction) -> None:
    frozen(NEXT_DAY, (one,))
    with pytest.raises(UsageError, match="2026-04-08, which is approved"):
        withdraw(one.id)


def test_what_was_mailed_stays(app: App, one: Correction) -> None:
    mail(app, one)
    with pytest.raises(UsageError, match="it was mailed to 3 readers"):
        withdraw(one.id)


def test_what_a_dead_run_may_have_mailed_stays(
    config: Config, clock: FixedClock, one: Correction
) -> None:
    killed(config, clock, one)
    with pytest.raises(UsageError, match="it was mailed to 1 reader"):
        withdraw(one.id)


def test_what_was_planned_and_could_not_leave_can_be_withdrawn(
    config: Config, clock: FixedClock, one: Correction
) -> None:
    closed = MemoryTransport(failure=TemporaryError("later"))
    with pytest.raises(TemporaryError):
        mail(build(config, clock=clock, transport=closed), one)
    assert withdraw(one.id) == one
    assert not models.CorrectionDelivery.objects.exists()


def test_everyone_who_got_the_edition_is_mailed_once(
    app: App, config: Config, one: Correction
) -> None:
    signup.add("new@example.org", act=Act(How.COMMAND, NOW, wording="test"))
    assert readers_left(app, one) == 3
    counted = mail(app, one)
    assert (counted.planned, counted.accepted) == (3, 3)
    assert sorted(str(found["To"]) for found in mails(config)) == sorted(READERS)
    assert readers_left(app, one) == 0
    assert mail(app, one).accepted == 3
    assert len(mails(config)) == 3


def test_the_mail_says_what_was_wrong_what_is_right_and_where_to_read_it(
    app: App, config: Config, one: Correction
) -> None:
    mail(app, one)
    found = mails(config)[0]
    assert found["Subject"] == "A correction to the edition of Tuesday, 7 April 2026"
    assert len(parts_of(found)) == 2
    for part in parts_of(found):
        for words in (f"“{WRONG}”", f"“{RIGHT}”", one.headline[:30]):
            assert words in part
        assert "https://news.example.org/archive/2026-04-07" in part
        assert "personal.invalid" not in part


def test_it_is_a_mail_of_the_list_with_each_readers_own_way_out(
    app: App, config: Config, one: Correction
) -> None:
    mail(app, one)
    found = mails(config)
    numbers = set()
    for message in found:
        assert message["List-Id"]
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        token = str(message["List-Unsubscribe"]).strip("<>").rpartition("/")[2]
        numbers.add(read_token(token, Purpose.LEAVE, (app.signing_key,)))
        assert all("/p/" in part and "/u/" in part for part in parts_of(message))
    assert numbers == set(Subscriber.objects.values_list("id", flat=True))
    assert len({message["Message-ID"] for message in found}) == 3


def test_who_reads_plain_text_gets_no_html(app: App, config: Config, one: Correction) -> None:
    Subscriber.objects.filter(address=READERS[0]).update(mail_format="text")
    mail(app, one)
    kinds = {str(found["To"]): found.get_content_type() for found in mails(config)}
    assert kinds[READERS[0]] == "text/plain"
    assert kinds[READERS[1]] == "multipart/alternative"


def test_it_is_written_in_the_newsletters_language(config: Config, one: Correction) -> None:
    identity = config.newsletter.model_copy(update={"language": "de-CH"})
    letter = letter_for(one, config.model_copy(update={"newsletter": identity}))
    assert letter.subject == "Berichtigung zur Ausgabe vom Dienstag, 7. April 2026"
    assert f"„{WRONG}“" in letter.text


def test_markup_in_the_words_is_shown_as_text(app: App, config: Config, one: Correction) -> None:
    hostile = add(
        app, DAY, "<b>{{ 7*7 }}</b>", "a\r\nBcc: x@y.example <script>1</script>", is_sure=True
    )
    html = letter_for(hostile, config).html
    assert "&lt;b&gt;{{ 7*7 }}&lt;/b&gt;" in html
    assert "<script" not in html
    mail(app, hostile)
    assert {found["Bcc"] for found in mails(config)} == {None}


def test_two_corrections_and_the_edition_have_message_ids_of_their_own(
    app: App, one: Correction, clock: FixedClock, config: Config
) -> None:
    transport = MemoryTransport()
    memory = build(config, clock=clock, transport=transport)
    other = add(app, DAY, SUBJECT, RIGHT)
    again = replace(one, made_at=one.made_at + timedelta(days=1))  # of another database
    for correction in (one, other):
        mail(memory, correction)
    models.CorrectionDelivery.objects.all().delete()
    mail(memory, again)
    assert len(transport.sent) == 9


class PowerCutError(BaseException):
    """The machine dies: nobody handles this."""


class DiesAfterOneBatch(MemoryTransport):
    """Takes one batch, then the machine dies before anything is written down."""

    def send(self, messages: Sequence[Message]) -> list[Outcome]:
        super().send(messages)
        raise PowerCutError


def one_a_batch(config: Config) -> Config:
    delivery = config.delivery.model_copy(update={"batch_size": 1})
    return config.model_copy(update={"delivery": delivery})


def killed(config: Config, clock: FixedClock, one: Correction) -> MemoryTransport:
    """A run that died with one message handed over, which nothing tells."""
    dying = DiesAfterOneBatch()
    with pytest.raises(PowerCutError):
        mail(build(one_a_batch(config), clock=clock, transport=dying), one)
    assert ledger.count(one).waiting == 3
    clock.move(minutes=5)
    return dying


def test_a_run_that_dies_is_continued_and_nobody_gets_two(
    config: Config, clock: FixedClock, one: Correction
) -> None:
    dying = killed(config, clock, one)
    after = MemoryTransport()
    after.is_idempotent = False
    counted = mail(build(config, clock=clock, transport=after), one)
    assert (counted.accepted, counted.unknown, counted.waiting) == (2, 1, 0)
    recipients = [message.recipient for message in (*dying.sent, *after.sent)]
    assert sorted(recipients) == sorted(READERS)
    assert readers_left(build(config, clock=clock), one) == 0


def test_where_copies_are_recognised_the_lost_message_is_handed_over_again(
    config: Config, clock: FixedClock, one: Correction
) -> None:
    dying = killed(config, clock, one)
    after = MemoryTransport()
    counted = mail(build(config, clock=clock, transport=after), one)
    assert counted.accepted == 3
    assert dying.sent[0].key in {message.key for message in after.sent}
    assert len(after.sent) == 3


class DiesInFiles(MemoryTransport):
    """Hands over to the real Maildir, then dies before the record."""

    def __init__(self, app: App) -> None:
        super().__init__()
        self.real = app.transport

    def send(self, messages: Sequence[Message]) -> list[Outcome]:
        self.real.send(messages)
        raise PowerCutError


def test_with_files_a_killed_run_leaves_one_copy_for_each(
    app: App, config: Config, clock: FixedClock, one: Correction
) -> None:
    with pytest.raises(PowerCutError):
        mail(build(one_a_batch(config), clock=clock, transport=DiesInFiles(app)), one)
    assert len(mails(config)) == 1
    clock.move(minutes=5)
    assert mail(app, one).accepted == 3
    assert sorted(str(found["To"]) for found in mails(config)) == sorted(READERS)


@pytest.mark.parametrize("error", [TransportError("no key"), TemporaryError("later")])
def test_a_refused_batch_waits_and_leaves_when_the_way_is_open_again(
    app: App, config: Config, clock: FixedClock, one: Correction, error: TemporaryError
) -> None:
    closed = MemoryTransport(failure=error)
    with pytest.raises(type(error)):
        mail(build(config, clock=clock, transport=closed), one)
    assert ledger.count(one).waiting == 3
    assert readers_left(app, one) == 3
    clock.move(minutes=5)
    assert mail(app, one).accepted == 3


def test_what_was_put_off_is_named_with_the_way_to_go_on(
    config: Config, clock: FixedClock, one: Correction
) -> None:
    later = MemoryTransport(answers={READERS[1]: DeliveryState.PLANNED})
    with pytest.raises(TemporaryError, match=f"1 of 3 .*newsletter correct send {one.id}`"):
        mail(build(config, clock=clock, transport=later), one)


def test_an_outage_stops_it_after_a_few_messages(
    config: Config, clock: FixedClock, app: App
) -> None:
    addresses = [f"r{number}@example.org" for number in range(20)]
    sent_to(app, *addresses)
    one = add(app, DAY, WRONG, RIGHT)
    lost = MemoryTransport(answers=dict.fromkeys(addresses, DeliveryState.UNKNOWN))
    with pytest.raises(TemporaryError, match="15 of 20"):
        mail(build(one_a_batch(config), clock=clock, transport=lost), one)
    assert ledger.count(one).unknown == 5


def test_who_leaves_before_the_hand_over_gets_nothing(
    config: Config, clock: FixedClock, one: Correction
) -> None:
    last = Subscriber.objects.get(address=READERS[2])

    class LeavesDuringTheFirstBatch(MemoryTransport):
        def send(self, messages: Sequence[Message]) -> list[Outcome]:
            signup.leave(last.id, act=Act(How.ONE_CLICK, NOW))
            return super().send(messages)

    transport = LeavesDuringTheFirstBatch()
    counted = mail(build(one_a_batch(config), clock=clock, transport=transport), one)
    assert (counted.accepted, counted.excluded) == (2, 1)
    assert READERS[2] not in {message.recipient for message in transport.sent}


def test_who_got_the_edition_after_the_correction_was_mailed_is_reached_by_a_second_run(
    app: App, clock: FixedClock, one: Correction
) -> None:
    late = Subscriber.objects.get(address=READERS[0])
    rows = models.Delivery.objects.filter(subscriber_id=late.id)
    rows.update(state="planned")
    assert mail(app, one).accepted == 2
    rows.update(state="accepted")
    clock.move(hours=1)
    assert mail(app, one).accepted == 3


def test_a_broken_template_is_known_before_anybody_is_planned(
    config: Config, clock: FixedClock, one: Correction, tmp_path: Path
) -> None:
    folder = tmp_path / "own" / "email" / "correction"
    folder.mkdir(parents=True)
    (folder / "body.txt").write_text("{{ nobody_gave_this }}")
    own = config.model_copy(update={"templates": tmp_path / "own"})
    with pytest.raises(TemplateError, match="nobody_gave_this"):
        mail(build(own, clock=clock), one)
    assert ledger.count(one).planned == 0


def test_weekly_readers_are_told_once_they_have_the_roll_up_that_told_the_mistake(
    app: App, clock: FixedClock
) -> None:
    sent_to(app, "ada@example.org", "weekly@example.org")  # a Tuesday, when all get it daily
    Subscriber.objects.filter(address="weekly@example.org").update(rhythm="weekly")
    models.Delivery.objects.filter(
        subscriber_id=Subscriber.objects.get(address="weekly@example.org").id
    ).delete()
    one = add(app, DAY, WRONG, RIGHT)
    assert readers_left(app, one) == 1
    clock.move(days=3)  # to Friday, when the roll-up leaves
    send(app, frozen(DAY + timedelta(days=3)))
    assert readers_left(app, one) == 2
    assert mail(app, one).accepted == 2
    clock.move(days=7)  # the next week's roll-up is another matter
    send(app, frozen(DAY + timedelta(days=10)))
    assert readers_left(app, one) == 0
