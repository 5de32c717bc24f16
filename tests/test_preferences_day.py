"""Each reader gets what that reader chose: a real database, real templates, a real Maildir."""

from __future__ import annotations

import io
import mailbox
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest
from rich.console import Console

from newsletter import daily, models, send, variants
from newsletter.build import build
from newsletter.cli.results import Result, as_document, show
from newsletter.cli.site import _status
from newsletter.config import Config, load_config
from newsletter.core.beside import Beside, Correction
from newsletter.core.delivery import LedgerCount
from newsletter.core.depth import Depth
from newsletter.core.edition import Draft, Edition, EditionState
from newsletter.core.mail import MessageTemplate
from newsletter.core.story import Story
from newsletter.core.variant import Variant
from newsletter.errors import BusyError, TemplateError, TemporaryError, UsageError
from newsletter.messages import Press, press_of, render_edition, template_for
from newsletter.ports import App
from newsletter.review import Review, approve, review
from newsletter.store import corrections, editions, ledger
from newsletter.store.editions import To
from newsletter.store.variants import save_variants
from newsletter.variants import variant_faults
from subscribers import signup
from subscribers.models import Subscriber
from subscribers.values import Act, How
from tests.choosing import SECTIONS, draft, story
from tests.clock import FixedClock

pytestmark = pytest.mark.django_db

POLICY, MARKETS, MINING = SECTIONS[:3]
TUESDAY = datetime(2026, 4, 7, 6, 30, tzinfo=UTC)
FRIDAY = datetime(2026, 4, 10, 6, 30, tzinfo=UTC)
SATURDAY = datetime(2026, 4, 11, 6, 30, tzinfo=UTC)

Make = Callable[..., App]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(TUESDAY)


@pytest.fixture
def make(tmp_path: Path, clock: FixedClock) -> Make:
    """An app with these settings, by their names in the environment."""

    def made(**settings: str) -> App:
        environ = {
            "NEWSLETTER_SECRET_KEY": "a key of the tests, long enough to be one",
            "NEWSLETTER_WEB__BASE_URL": "https://news.example.org",
            "NEWSLETTER_EDITION__LEAST_STORIES": "1",
            **{f"NEWSLETTER_{name}": value for name, value in settings.items()},
        }
        return build(load_config(None, environ=environ, folder=tmp_path), clock=clock)

    return made


@pytest.fixture
def app(make: Make) -> App:
    return make()


def reader(name: str, **wishes: object) -> int:
    """A subscriber with these preferences, as their table keeps them."""
    number = signup.add(f"{name}@example.org", act=Act(How.COMMAND, TUESDAY, wording="test")).id
    Subscriber.objects.filter(id=number).update(**wishes)
    return number


def a_day(day: date, *, importance: float = 0.4) -> Draft:
    """A lead on policy, one more of it, two on mining, one headline on markets."""
    return draft(
        story("lead", POLICY, importance=importance, score=0.9),
        [
            story("law", POLICY, score=0.7),
            story("mine", MINING, score=0.8, companies=("Lynas Rare Earths",), thread="t1"),
        ],
        [story("price", MARKETS, score=0.5), story("pit", MINING, score=0.45)],
        day=day,
    )


def delivered(app: App, made: Draft) -> LedgerCount:
    """What became of a day whose draft this is."""
    done = daily.deliver(app, editions.save_draft(made, ["test"]))
    assert done.held_because == ""
    assert done.ledger is not None
    assert done.ledger.is_balanced
    return done.ledger


def told_to(app: App) -> dict[str, EmailMessage]:
    """The mails in the Maildir by their reader's name; one each."""
    folder = app.config.delivery.files.directory
    if not folder.is_dir():
        return {}
    parser = BytesParser(policy=policy.default)
    box = mailbox.Maildir(folder, create=False)
    mails = [parser.parsebytes(box.get_bytes(key)) for key in sorted(box.keys())]
    found = {str(mail["To"]).partition("@")[0]: mail for mail in mails}
    assert len(found) == len(mails)
    return found


def plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


def stories_in(mail: EmailMessage) -> set[str]:
    names = ("lead", "law", "mine", "price", "pit")
    return {name for name in names if f"story called {name} " in plain(mail)}


def reasons() -> dict[int, str]:
    rows = models.Delivery.objects.filter(state="excluded")
    return dict(rows.values_list("subscriber_id", "detail"))


def test_each_reader_gets_the_sections_of_that_readers_choice(app: App) -> None:
    reader("all")
    reader("mining", sections=MINING)
    reader("markets", sections=f"{MARKETS}\nGeopolitics")
    reader("gone", sections="A section of old")
    nothing = reader("nothing", sections="Geopolitics")
    counted = delivered(app, a_day(TUESDAY.date()))
    assert (counted.planned, counted.accepted, counted.excluded) == (5, 4, 1)
    told = {name: stories_in(mail) for name, mail in told_to(app).items()}
    everything = {"lead", "law", "mine", "price", "pit"}
    assert told == {
        "all": everything,
        "gone": everything,
        "mining": {"mine", "pit"},
        "markets": {"price"},
    }
    assert reasons() == {nothing: "nothing in the chosen sections today"}


def test_the_subject_is_of_what_the_reader_gets(app: App) -> None:
    reader("all")
    reader("mining", sections=MINING)
    delivered(app, a_day(TUESDAY.date()))
    mails = told_to(app)
    assert "lead" in str(mails["all"]["Subject"])
    assert "mine" in str(mails["mining"]["Subject"])


def test_what_a_reader_follows_is_told_beside_the_chosen_sections(app: App) -> None:
    reader("company", sections=MARKETS, follows="company:lynas rare earths")
    reader("thread", sections="Geopolitics", follows="thread:t1")
    delivered(app, a_day(TUESDAY.date()))
    told = {name: stories_in(mail) for name, mail in told_to(app).items()}
    assert told == {"company": {"price", "mine"}, "thread": {"mine"}}


def test_the_depth_is_how_much_of_each_story_is_told(app: App) -> None:
    for depth in ("headlines", "standard", "full"):
        reader(depth, depth=depth)
    delivered(app, a_day(TUESDAY.date()))
    sentences = {name: plain(mail).count("says sentence") for name, mail in told_to(app).items()}
    # the lead three, two further stories two or three each, two headlines none or one each
    assert sentences == {"headlines": 0, "standard": 3 + 2 + 2, "full": 3 + 3 + 3 + 1 + 1}


def test_who_wants_text_gets_text_alone(app: App) -> None:
    reader("html")
    reader("text", mail_format="text")
    delivered(app, a_day(TUESDAY.date()))
    mails = told_to(app)
    assert mails["html"].get_content_type() == "multipart/alternative"
    assert mails["text"].get_content_type() == "text/plain"
    assert plain(mails["text"]).replace("/p/", "") != ""
    assert stories_in(mails["text"]) == stories_in(mails["html"])
    assert mails["text"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_on_weekdays_only_is_not_on_a_saturday(app: App, clock: FixedClock) -> None:
    reader("daily")
    reader("weekdays", rhythm="weekdays")
    clock.moment = SATURDAY
    assert delivered(app, a_day(SATURDAY.date())).planned == 1
    assert set(told_to(app)) == {"daily"}


def test_on_weekdays_it_is_on_a_friday(app: App, clock: FixedClock) -> None:
    reader("weekdays", rhythm="weekdays")
    clock.moment = FRIDAY
    delivered(app, a_day(FRIDAY.date()))
    assert set(told_to(app)) == {"weekdays"}


def test_big_news_only_is_on_a_big_day_and_tells_the_big_story(make: Make) -> None:
    reader("big", rhythm="big")
    app = make(EDITION__BIG_NEWS="0.8")
    delivered(app, a_day(TUESDAY.date(), importance=0.8))
    assert {name: stories_in(mail) for name, mail in told_to(app).items()} == {"big": {"lead"}}


def test_without_big_news_only_what_is_followed_reaches_those_who_want_big_news(make: Make) -> None:
    reader("big", rhythm="big")
    reader("follower", rhythm="big", follows="company:Lynas Rare Earths")
    other = reader("other", rhythm="big", follows="company:Iluka")
    app = make(EDITION__BIG_NEWS="0.8")
    assert delivered(app, a_day(TUESDAY.date(), importance=0.79)).planned == 2
    assert {name: stories_in(mail) for name, mail in told_to(app).items()} == {"follower": {"mine"}}
    assert reasons() == {other: "no big news"}


def weekly(name: str, told_on: date | None = None, news: str = "") -> Story:
    return story(name, MINING, told_on=told_on, news=news)


def test_the_week_comes_once_and_repeats_nothing(app: App, clock: FixedClock) -> None:
    reader("weekly", rhythm="weekly")
    days = {
        0: ("lead", "law"),
        3: ("mine",),  # the Friday: the roll-up leaves
        4: ("price",),
        10: ("pit",),  # the next Friday
    }
    mails: list[set[str]] = []
    for number in range(11):
        clock.moment = TUESDAY + timedelta(days=number)
        day = clock.moment.date()
        stale = weekly("lead", told_on=TUESDAY.date())
        fresh = [weekly(name) for name in days.get(number, (f"filler{number}",))]
        told = fresh if number == 0 else [*fresh, stale]
        delivered(app, draft(told[0], told[1:], day=day))
        found = told_to(app)
        for mail in found.values():
            assert str(mail["Subject"]).startswith("The week: ")
            assert "roll-up of the week" in plain(mail)
            assert "/archive/2026-04-10" not in mail.as_string()
            mails.append(stories_in(mail))
        _empty(app)
    assert mails == [{"lead", "law", "mine"}, {"price", "pit"}]


def _empty(app: App) -> None:
    folder = app.config.delivery.files.directory
    if folder.is_dir():
        mailbox.Maildir(folder, create=False).clear()


def test_news_of_what_the_last_roll_up_told_is_told_again(app: App, clock: FixedClock) -> None:
    reader("weekly", rhythm="weekly")
    clock.moment = FRIDAY
    delivered(app, draft(weekly("lead"), day=FRIDAY.date()))
    _empty(app)
    clock.move(days=7)
    update = weekly("lead", told_on=FRIDAY.date(), news="a second plant")
    delivered(app, draft(update, day=clock.moment.date()))
    assert "Update: told on" in plain(told_to(app)["weekly"])


def test_a_reader_gets_the_mail_at_the_hour_of_that_readers_clock(
    app: App, clock: FixedClock
) -> None:
    reader("now")
    reader("evening", hour=18, time_zone="Asia/Tokyo")  # 09:00 UTC
    reader("own", hour=7)  # the newsletter's own clock: UTC
    made = a_day(TUESDAY.date())
    counted = delivered(app, made)
    assert set(told_to(app)) == {"now"}
    assert (counted.accepted, counted.waiting, counted.later) == (1, 2, 2)
    assert counted.next_due == TUESDAY + timedelta(minutes=30)
    edition = stored(TUESDAY)
    assert edition.state is EditionState.SENDING

    clock.move(minutes=29)
    assert continued(app).later == 2
    clock.move(minutes=1)
    assert continued(app).later == 1
    assert set(told_to(app)) == {"now", "own"}
    clock.move(hours=2)
    counted = continued(app)
    assert (counted.accepted, counted.waiting) == (3, 0)
    assert stored(TUESDAY).state is EditionState.SENT
    assert daily.go_on(app, app.today) is None


def test_an_hour_just_missed_is_no_reason_to_wait_for_a_day(app: App) -> None:
    reader("missed", hour=5)
    reader("long-missed", hour=3)
    assert delivered(app, a_day(TUESDAY.date())).later == 1
    assert set(told_to(app)) == {"missed"}


OUTDONE = "a newer edition leaves at the same hour"


def balanced(moment: datetime) -> LedgerCount:
    counted = ledger.count(stored(moment))
    assert counted.is_balanced
    return counted


def left_late(app: App, clock: FixedClock, **later: int) -> None:
    """Tuesday's edition, of other stories than the next, leaves so much later than it should."""
    clock.move(**later)
    others = [story("export rule", POLICY), story("drill", MINING)]
    below = [story("auction", MARKETS)]
    delivered(app, draft(story("tariff", POLICY), others, below, day=TUESDAY.date()))


@pytest.mark.parametrize("is_continued", [False, True])
def test_who_waits_for_an_edition_that_left_late_gets_the_next_one_alone(
    app: App, clock: FixedClock, *, is_continued: bool
) -> None:
    early = reader("early", hour=6)
    left_late(app, clock, hours=4)
    assert told_to(app) == {}
    clock.moment = TUESDAY + timedelta(days=1)  # both are due now
    edition = editions.save_draft(a_day(app.today), ["test"])
    approve(app, edition, _reviewed(app, edition), "a test")
    done = daily.go_on(app, app.today) if is_continued else daily.run(app, app.today, ())
    assert done is not None
    assert done.edition.date == app.today
    assert set(told_to(app)) == {"early"}
    assert reasons() == {early: OUTDONE}
    assert balanced(TUESDAY).excluded == balanced(clock.moment).accepted == 1
    assert stored(TUESDAY).state is stored(clock.moment).state is EditionState.SENT


def test_two_editions_that_wait_for_one_hour_are_the_newer_one(app: App, clock: FixedClock) -> None:
    evening = reader("evening", hour=18)
    left_late(app, clock, hours=15)  # half past nine in the evening
    clock.moment = TUESDAY + timedelta(days=1)
    delivered(app, a_day(app.today))
    clock.move(hours=11, minutes=30)
    continued(app)
    assert set(told_to(app)) == {"evening"}
    assert reasons() == {evening: OUTDONE}
    assert models.Delivery.objects.get(state="excluded").edition_id == stored(TUESDAY).id
    assert stored(TUESDAY).state is EditionState.SENT


def test_the_older_one_leaves_where_the_newer_tells_a_reader_nothing(
    app: App, clock: FixedClock
) -> None:
    evening = reader("evening", hour=18, sections=MARKETS)
    left_late(app, clock, hours=15)
    clock.moment = TUESDAY + timedelta(days=1)
    delivered(app, draft(story("mine", MINING), [story("pit", MINING)], day=app.today))
    clock.move(hours=11, minutes=30)
    continued(app)
    assert set(told_to(app)) == {"evening"}
    assert reasons() == {evening: "nothing in the chosen sections today"}
    assert models.Delivery.objects.get(state="excluded").edition_id != stored(TUESDAY).id


def test_what_is_released_after_a_newer_edition_leaves_all_the_same(
    app: App, clock: FixedClock
) -> None:
    reader("all")
    clock.move(days=1)
    delivered(app, a_day(app.today))
    clock.move(minutes=5)
    assert delivered(app, a_day(TUESDAY.date())).accepted == 1


def stored(moment: datetime) -> Edition:
    edition = editions.load_edition(moment.date())
    assert edition is not None
    return edition


def continued(app: App) -> LedgerCount:
    done = daily.go_on(app, app.today)
    assert done is not None
    assert done.ledger is not None
    return done.ledger


def test_the_status_says_how_many_wait_for_their_hour_and_the_result_too(app: App) -> None:
    reader("now")
    reader("evening", hour=18)
    delivered(app, a_day(TUESDAY.date()))
    found = _status(app, TUESDAY.date())
    assert (found["deliveries"]["accepted"], found["deliveries"]["later"]) == (1, 1)
    assert found["next_due"] == "2026-04-07T18:00:00+00:00"
    counted = ledger.count(stored(TUESDAY), TUESDAY)
    document = as_document(Result(edition=stored(TUESDAY), ledger=counted))
    assert document["deliveries"]["next_due"] == "2026-04-07T18:00:00+00:00"
    console = Console(file=io.StringIO(), width=200)
    show(Result(edition=stored(TUESDAY), ledger=counted), console)
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    assert "1 of 2 accepted, 1 waiting for their hour" in printed
    assert "The next leave at 18:00 UTC: `newsletter send --continue`" in printed


def test_the_status_counts_those_who_get_the_days_edition(app: App, clock: FixedClock) -> None:
    reader("daily")
    reader("weekly", rhythm="weekly")
    editions.save_draft(a_day(TUESDAY.date()), ["test"])
    assert _status(app, TUESDAY.date())["subscribers"] == 1
    clock.moment = FRIDAY
    editions.save_draft(a_day(FRIDAY.date()), ["test"])
    assert _status(app, FRIDAY.date())["subscribers"] == 2


def test_a_check_says_which_variant_cannot_be_rendered(make: Make, tmp_path: Path) -> None:
    folder = tmp_path / "own" / "email" / "edition"
    folder.mkdir(parents=True)
    (folder / "body.txt").write_text(BROKEN)
    app = make(TEMPLATES=str(tmp_path / "own"))
    edition = editions.save_draft(a_day(TUESDAY.date()), ["test"])
    reader("all")
    assert variant_faults(app, edition) == ()
    reader("full", depth="full")
    (fault,) = variant_faults(app, edition)
    assert "body.txt" in fault


def test_the_newest_edition_is_the_one_that_some_still_wait_for(app: App) -> None:
    reader("evening", hour=18)
    delivered(app, a_day(TUESDAY.date()))
    found = editions.load_last_sent()
    assert found is not None
    assert found.date == TUESDAY.date()


def test_the_next_days_run_also_sends_what_was_due_over_night(app: App, clock: FixedClock) -> None:
    reader("night", hour=3)
    delivered(app, a_day(TUESDAY.date()))
    assert told_to(app) == {}
    clock.move(days=1)
    editions.save_draft(replace(a_day(app.today), sections=(), also=()), ["test"])
    daily.run(app, app.today, ())
    assert stored(TUESDAY).state is EditionState.SENT


def test_what_is_overdue_for_a_day_is_not_sent_along(app: App, clock: FixedClock) -> None:
    reader("hour", hour=7)
    delivered(app, a_day(TUESDAY.date()))
    clock.move(days=1, minutes=31)
    assert daily.finish_yesterday(app, app.today) is None
    assert told_to(app) == {}
    assert editions.load_unfinished(app.today) == (TUESDAY.date(),)


def test_readers_of_one_page_share_one_rendering(app: App) -> None:
    for number in range(6):
        reader(f"m{number}", sections=MINING)
        reader(f"n{number}", sections=f"Geopolitics\n{MINING}")
        reader(f"s{number}")
    delivered(app, a_day(TUESDAY.date()))
    assert models.EditionVariant.objects.count() == 1


def test_variants_are_frozen_with_the_edition(app: App) -> None:
    reader("mining", sections=MINING, hour=12)
    delivered(app, a_day(TUESDAY.date()))
    row = models.EditionVariant.objects.get()
    assert "story called mine" in row.text
    models.EditionVariant.objects.update(
        text="What was frozen leaves: https://personal.invalid/preferences"
    )
    app.clock.moment += timedelta(hours=6)  # type: ignore[attr-defined]
    continued(app)
    assert plain(told_to(app)["mining"]).startswith("What was frozen leaves")


def test_a_choice_that_is_made_while_mails_leave_counts_at_once(app: App) -> None:
    reader("all")
    late = reader("late", hour=12)
    delivered(app, a_day(TUESDAY.date()))
    Subscriber.objects.filter(id=late).update(
        sections=MARKETS, mail_format="text", address="new@example.org"
    )
    app.clock.moment += timedelta(hours=6)  # type: ignore[attr-defined]
    continued(app)
    mail = told_to(app)["new"]
    assert mail.get_content_type() == "text/plain"
    assert stories_in(mail) == {"price"}
    assert models.EditionVariant.objects.count() == 1


def test_a_page_that_cannot_be_made_is_tried_once_for_all_its_readers(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "own" / "email" / "edition"
    folder.mkdir(parents=True)
    app = make(TEMPLATES=str(tmp_path / "own"))
    for number in range(3):
        reader(f"r{number}", hour=12)
    delivered(app, a_day(TUESDAY.date()))
    Subscriber.objects.update(depth="full")
    (folder / "body.txt").write_text("{{ page.missing }}")
    app.clock.moment += timedelta(hours=6)  # type: ignore[attr-defined]
    tried: list[str] = []
    render = variants.Variants.render

    def counted(self: variants.Variants, told: variants.Told) -> Variant:
        tried.append(told.key)
        return render(self, told)

    monkeypatch.setattr(variants.Variants, "render", counted)
    with pytest.raises(TemporaryError, match="3 of 3 messages"):
        continued(app)
    assert len(tried) == 1
    details = models.Delivery.objects.values_list("detail", flat=True)
    assert all("body.txt" in one for one in details)


def blocked(app: App, made: Draft) -> list[str]:
    """What the checks of a delivery say against a draft."""
    reviewed = review(app, editions.save_draft(made, ["test"]), for_delivery=True)
    return [f"{one.check}: {one.message}" for one in reviewed.blocked]


LEFT_OVER = "{% if %s %}{{ '{{' }} name {{ '}}' }}{% endif %}"
FULL, SHORT, WEEK = (
    "page.also and page.also[0].quotes",
    "page.lead and not page.lead.quotes",
    "page.subject.startswith('The week')",
)


def own_text(make: Make, tmp_path: Path, where: str, **settings: str) -> App:
    """An app whose own template forgets a placeholder on some pages."""
    folder = tmp_path / "own" / "email" / "edition"
    folder.mkdir(parents=True, exist_ok=True)
    stock = '{% include "stock/email/edition/body.txt" %}'
    (folder / "body.txt").write_text(LEFT_OVER.replace("%s", where) + stock)
    return make(TEMPLATES=str(tmp_path / "own"), **settings)


@pytest.mark.parametrize(
    ("where", "name"),
    [
        (FULL, "the full edition"),
        (SHORT, "the headlines edition"),
        (WEEK, "the roll-up of the week"),
    ],
)
def test_every_main_page_passes_the_checks_before_anything_leaves(
    make: Make, tmp_path: Path, clock: FixedClock, where: str, name: str
) -> None:
    reader("all")
    clock.moment = FRIDAY  # the roll-up leaves
    app = own_text(make, tmp_path, where)
    found = blocked(app, a_day(FRIDAY.date()))
    assert found == [f"placeholders: in {name}: the text part still has '{{{{' in it"]
    done = daily.deliver(app, stored(FRIDAY))
    assert name in done.held_because
    assert told_to(app) == {}


def test_a_page_of_chosen_stories_passes_the_checks_too(make: Make, tmp_path: Path) -> None:
    app = own_text(make, tmp_path, "page.lead and 'called mine' in page.lead.headline.text")
    reader("all")
    assert blocked(app, a_day(TUESDAY.date())) == []
    reader("mining", sections=MINING)
    (found,) = blocked(app, a_day(TUESDAY.date()))
    assert "in the standard edition of chosen stories: " in found


def test_what_is_wrong_with_every_page_is_told_once(make: Make, tmp_path: Path) -> None:
    reader("all")
    app = own_text(make, tmp_path, "true")
    assert blocked(app, a_day(TUESDAY.date())) == [
        "placeholders: the text part still has '{{' in it"
    ]


def test_a_main_page_that_cannot_be_made_keeps_everything_back(make: Make, tmp_path: Path) -> None:
    reader("all")
    app = own_text(make, tmp_path, FULL + " %}{{ page.missing }}{% endif %}{% if false")
    (found,) = blocked(app, a_day(TUESDAY.date()))
    assert found.startswith("message: in the full edition: ")
    assert "body.txt" in found


def test_good_pages_say_nothing_in_the_checks(app: App, clock: FixedClock) -> None:
    reader("mining", sections=MINING)
    clock.moment = FRIDAY
    assert blocked(app, a_day(FRIDAY.date())) == []


def test_what_is_decided_while_the_checks_run_is_not_frozen_over(app: App) -> None:
    reader("all")
    edition = editions.save_draft(a_day(TUESDAY.date()), ["test"])
    reviewed = review(app, edition, for_delivery=True)
    editions.save_draft(replace(edition.draft, also=()), ["test"])  # as a decision saves it
    with pytest.raises(BusyError, match="changed while it was checked"):
        daily.publish(app, daily.Day(edition, review=reviewed))
    assert stored(TUESDAY).state is EditionState.DRAFTED
    assert told_to(app) == {}
    assert daily.deliver(app, stored(TUESDAY)).edition.state is EditionState.SENT


def corrected_day(day: date) -> tuple[Correction, Draft]:
    """A correction of the day before, and a draft that holds it."""
    yesterday = draft(story("tariff", POLICY), day=day - timedelta(days=1))
    before = editions.save_draft(yesterday, ["test"])
    one = corrections.save_correction(before, None, "a tonne", "a kilo of oxide", TUESDAY)
    models.Edition.objects.filter(id=before.id).update(state="sent")
    return one, replace(a_day(day), beside=Beside(corrections=(one,)))


def printed_on(one: Correction) -> date | None:
    kept = corrections.load_correction(one.id)
    assert kept is not None
    return kept.printed_on


def test_what_some_readers_alone_are_sent_is_not_printed_yet(make: Make) -> None:
    app = make(SEGMENTS=SEGMENTS)
    reader("press", source="press")
    one, made = corrected_day(TUESDAY.date())
    daily.deliver(app, editions.save_draft(made, ["test"]), To(only=("press",)))
    assert "a kilo of oxide" in plain(told_to(app)["press"])
    assert printed_on(one) is None


@pytest.mark.parametrize("is_shown", [True, False])
def test_what_was_frozen_says_whether_a_correction_is_printed_not_the_theme_by_now(
    make: Make, *, is_shown: bool
) -> None:
    reader("all")
    one, made = corrected_day(TUESDAY.date())
    plain_theme, whole_theme = make(THEME__BLOCKS='["lead", "sections", "also"]'), make()
    first, then = (whole_theme, plain_theme) if is_shown else (plain_theme, whole_theme)
    edition = editions.save_draft(made, ["test"])
    approve(first, edition, _reviewed(first, edition), "a test")
    daily.deliver(then, stored(TUESDAY))
    assert ("a kilo of oxide" in plain(told_to(then)["all"])) is is_shown
    assert printed_on(one) == (TUESDAY.date() if is_shown else None)


def test_other_open_drafts_do_not_print_a_correction_again(app: App) -> None:
    reader("all")
    _, made = corrected_day(TUESDAY.date())
    later = editions.save_draft(replace(made, date=TUESDAY.date() + timedelta(days=1)), ["test"])
    delivered(app, made)
    found = editions.load_edition(later.date)
    assert found is not None
    assert found.draft.beside.corrections == ()


def test_all_pages_of_an_edition_are_made_with_one_press(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    for depth in ("headlines", "full"):
        reader(depth, depth=depth)
        reader(f"{depth}-mining", depth=depth, sections=MINING)
    edition = editions.save_draft(a_day(TUESDAY.date()), ["test"])
    made: list[Press] = []

    def counted(config: Config) -> Press:
        made.append(press_of(config))
        return made[-1]

    monkeypatch.setattr(variants, "press_of", counted)
    assert variants.keep_variants(app, edition) == ()
    assert models.EditionVariant.objects.count() == 4
    assert len(made) == 1


def test_who_turns_to_a_rhythm_without_this_day_gets_none(app: App) -> None:
    late = reader("late", hour=12)
    delivered(app, a_day(TUESDAY.date()))
    Subscriber.objects.filter(id=late).update(rhythm="weekly")
    app.clock.moment += timedelta(hours=6)  # type: ignore[attr-defined]
    continued(app)
    assert reasons() == {late: "not on this day, by the rhythm they chose"}


def test_who_leaves_before_the_hour_gets_none(app: App) -> None:
    late = reader("late", hour=12)
    delivered(app, a_day(TUESDAY.date()))
    signup.leave(late, act=Act(How.ONE_CLICK, TUESDAY))
    app.clock.moment += timedelta(hours=6)  # type: ignore[attr-defined]
    continued(app)
    assert told_to(app) == {}
    assert reasons() == {late: "left, paused or suppressed"}


def test_only_so_many_variants_are_held_at_a_time(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []

    def counted(edition: Edition, found: Iterable[Variant]) -> None:
        rows = list(found)
        sizes.append(len(rows))
        save_variants(edition, rows)

    monkeypatch.setattr(variants, "save_variants", counted)
    monkeypatch.setattr(variants, "_IN_MEMORY", 2)
    for depth in ("headlines", "full"):
        reader(depth, depth=depth)
        reader(f"{depth}-mining", depth=depth, sections=MINING)
    reader("markets", sections=MARKETS)
    delivered(app, a_day(TUESDAY.date()))
    assert sizes == [2, 2, 1]
    assert models.EditionVariant.objects.count() == 5


def test_of_the_messages_those_used_last_are_kept(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def counted(app: App, edition: Edition, variant: Variant, *, has_html: bool) -> MessageTemplate:
        made.append(variant.key)
        return template_for(app, edition, variant, has_html=has_html)

    monkeypatch.setattr(send, "template_for", counted)
    monkeypatch.setattr(send, "MOST_KEPT", 2)
    for number, sections in enumerate(("", MINING, "", MARKETS, "", MARKETS)):
        reader(f"r{number}", sections=sections)
    assert delivered(app, a_day(TUESDAY.date())).accepted == 6
    assert len(made) == len(set(made)) == 3


def kilobytes(app: App, depth: Depth) -> float:
    return len(render_edition(a_day(TUESDAY.date()), app.config, depth).html.encode()) / 1000


def test_a_page_that_would_be_cut_off_tells_less_instead(make: Make) -> None:
    standard, full = (kilobytes(make(), depth) for depth in (Depth.STANDARD, Depth.FULL))
    assert standard < full
    limit = f"{(standard + full) / 2:.3f}"
    app = make(CHECKS__BLOCK_KILOBYTES=limit)
    for depth in ("headlines", "standard", "full"):
        reader(depth, depth=depth)
    edition = editions.save_draft(a_day(TUESDAY.date()), ["test"])
    words = f"readers of full get standard: their page would have more than {float(limit):g} kB"
    assert variant_faults(app, edition) == (words,)
    delivered(app, a_day(TUESDAY.date()))
    sentences = {name: plain(mail).count("says sentence") for name, mail in told_to(app).items()}
    assert sentences == {"headlines": 0, "standard": 7, "full": 7}
    assert stored(TUESDAY).reason == f"all gates were green; {words}"


BROKEN = "{% if page.also and page.also[0].quotes %}{{ page.missing }}{% endif %}"


def test_where_one_variant_cannot_be_rendered_nothing_leaves(make: Make, tmp_path: Path) -> None:
    folder = tmp_path / "own" / "email" / "edition"
    folder.mkdir(parents=True)
    (folder / "body.txt").write_text(BROKEN + "{{ links.unsubscribe }} {{ links.preferences }}\n")
    app = make(TEMPLATES=str(tmp_path / "own"))
    reader("all")
    full = reader("full", depth="full")
    edition = editions.save_draft(a_day(TUESDAY.date()), ["test"])
    with pytest.raises(TemplateError, match=r"body\.txt"):
        daily.publish(app, daily.Day(edition, review=_reviewed(app, edition)))
    assert stored(TUESDAY).state is EditionState.DRAFTED
    assert told_to(app) == {}
    Subscriber.objects.filter(id=full).update(depth="standard")
    daily.publish(app, daily.Day(edition, review=_reviewed(app, edition)))
    assert set(told_to(app)) == {"all", "full"}


def test_what_an_approval_left_that_came_to_nothing_is_made_anew(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(variants, "_IN_MEMORY", 1)
    folder = tmp_path / "own" / "email" / "edition"
    folder.mkdir(parents=True)
    links = "{{ links.unsubscribe }} {{ links.preferences }}\n"
    (folder / "body.txt").write_text(f"The first make {BROKEN} {links}")
    app = make(TEMPLATES=str(tmp_path / "own"))
    for name in ("one", "two"):
        reader(name, depth="headlines")
    reader("full", depth="full")
    edition = editions.save_draft(a_day(TUESDAY.date()), ["test"])
    with pytest.raises(TemplateError):
        daily.publish(app, daily.Day(edition, review=_reviewed(app, edition)))
    (folder / "body.txt").write_text(f"The second make {links}")
    daily.publish(app, daily.Day(edition, review=_reviewed(app, edition)))
    assert {plain(mail)[:15] for mail in told_to(app).values()} == {"The second make"}


def _reviewed(app: App, edition: Edition) -> Review:
    return replace(review(app, edition, for_delivery=True), findings=())


def test_a_variant_that_breaks_later_keeps_its_readers_waiting_and_no_one_else(
    make: Make, tmp_path: Path
) -> None:
    folder = tmp_path / "own" / "email" / "edition"
    folder.mkdir(parents=True)
    app = make(TEMPLATES=str(tmp_path / "own"))
    reader("all", hour=12)
    late = reader("late", hour=12)
    delivered(app, a_day(TUESDAY.date()))
    (folder / "body.txt").write_text("{{ page.missing }}")
    Subscriber.objects.filter(id=late).update(depth="full")
    app.clock.moment += timedelta(hours=6)  # type: ignore[attr-defined]
    with pytest.raises(TemporaryError, match="1 of 2 messages"):
        continued(app)
    assert set(told_to(app)) == {"all"}
    waiting = models.Delivery.objects.get(state="planned")
    assert waiting.subscriber_id == late
    assert "body.txt" in waiting.detail


SEGMENTS = '{"team": {"domains": ["example.org"]}, "press": {"source": ["press"]}}'


def test_a_configured_segment_is_left_out_with_its_name(make: Make) -> None:
    app = make(SEGMENTS=SEGMENTS, DELIVERY__EXCLUDE='["press"]')
    reader("all")
    press = reader("press", source="press")
    delivered(app, a_day(TUESDAY.date()))
    assert set(told_to(app)) == {"all"}
    assert reasons() == {press: "segment:press"}


def test_a_configured_segment_is_the_only_one_that_gets_it(make: Make) -> None:
    app = make(SEGMENTS=SEGMENTS, DELIVERY__ONLY="press")
    reader("all")
    reader("press", source="press")
    assert delivered(app, a_day(TUESDAY.date())).planned == 1
    assert set(told_to(app)) == {"press"}


def test_segments_named_for_one_sending_hold_once(make: Make) -> None:
    app = make(SEGMENTS=SEGMENTS)
    reader("all", hour=12)
    reader("press", source="press")
    edition = editions.save_draft(a_day(TUESDAY.date()), ["test"])
    daily.deliver(app, edition, To(without=("press",)))
    assert set(reasons().values()) == {"segment:press"}
    with pytest.raises(UsageError, match="approved already, with --without press: "):
        daily.deliver(app, stored(TUESDAY), To(only=("press",)))
    assert daily.deliver(app, stored(TUESDAY), To(without=("press",))).ledger is not None


class PowerCutError(BaseException):
    pass


@pytest.fixture
def dies_before_planning(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The machine dies between approving and planning; the answer brings the power back."""

    def die(*_: object) -> None:
        raise PowerCutError

    monkeypatch.setattr(ledger, "plan", die)
    return monkeypatch.undo


def test_whoever_goes_on_after_a_death_mails_the_named_segments_and_nobody_else(
    make: Make, dies_before_planning: Callable[[], None]
) -> None:
    app = make(SEGMENTS=SEGMENTS)
    for name in ("all", "press", "more"):
        reader(name, source="press" if name == "press" else "form")
    edition = editions.save_draft(a_day(TUESDAY.date()), ["test"])
    with pytest.raises(PowerCutError):
        daily.deliver(app, edition, To(only=("press",)))
    dies_before_planning()
    assert stored(TUESDAY).state is EditionState.APPROVED
    daily.run(app, TUESDAY.date(), ())
    assert set(told_to(app)) == {"press"}


def test_what_was_approved_for_all_is_not_sent_to_some(
    make: Make, dies_before_planning: Callable[[], None]
) -> None:
    app = make(SEGMENTS=SEGMENTS)
    reader("all")
    edition = editions.save_draft(a_day(TUESDAY.date()), ["test"])
    with pytest.raises(PowerCutError):
        daily.deliver(app, edition)
    dies_before_planning()
    with pytest.raises(UsageError, match="approved already, without --only and --without"):
        daily.deliver(app, stored(TUESDAY), To(only=("press",)))
    daily.deliver(app, stored(TUESDAY))
    with pytest.raises(UsageError, match="approved already"):
        daily.deliver(app, stored(TUESDAY), To(only=("press",)))
    assert set(told_to(app)) == {"all"}


def test_a_segment_that_is_not_there_stops_it_before_anything_is_approved(make: Make) -> None:
    app = make(SEGMENTS=SEGMENTS)
    edition = editions.save_draft(a_day(TUESDAY.date()), ["test"])
    with pytest.raises(UsageError, match="no segment called 'pres'"):
        daily.deliver(app, edition, To(only=("pres",)))
    assert stored(TUESDAY).state is EditionState.DRAFTED


def test_what_is_sent_costs_no_query_for_each_reader(
    app: App, django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    for number in range(30):
        reader(f"r{number}", follows=f"company:firm {number}", sections=MINING)
    with django_assert_max_num_queries(40):
        assert delivered(app, a_day(TUESDAY.date())).accepted == 30
