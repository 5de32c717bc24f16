"""A day without any story, from the empty feed to the mail: held, or sent as what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter import daily
from newsletter.build import build
from newsletter.config import load_config
from newsletter.core.edition import EditionState
from newsletter.core.source import Source
from newsletter.daily import Day
from subscribers import signup
from subscribers.models import Subscriber
from subscribers.values import Act, How
from tests.clock import FixedClock
from tests.test_preferences_day import MINING, TUESDAY, plain, told_to

pytestmark = pytest.mark.django_db

WISHES: dict[str, dict[str, object]] = {
    "daily": {},
    "headlines": {"depth": "headlines"},
    "big": {"rhythm": "big"},
    "miners": {"sections": [MINING]},
}


@pytest.fixture(autouse=True)
def _readers() -> None:
    for name, wishes in WISHES.items():
        act = Act(How.COMMAND, TUESDAY, wording="a test")
        number = signup.add(f"{name}@example.org", act=act).id
        Subscriber.objects.filter(id=number).update(**wishes)


def run(
    folder: Path, clock: FixedClock, *, least: int, calendar: str
) -> tuple[Day, dict[str, str]]:
    """An empty day with a calendar file; what became of it, and each reader's mail as text."""
    clock.moment = TUESDAY
    (folder / "empty.json").write_text(
        '{"version": "https://jsonfeed.org/version/1.1", "title": "Q", "items": []}'
    )
    (folder / "calendar.yaml").write_text(calendar)
    environ = {
        "NEWSLETTER_SECRET_KEY": "a key of the tests, long enough to be one",
        "NEWSLETTER_WEB__BASE_URL": "https://news.example.org",
        "NEWSLETTER_EDITION__LEAST_STORIES": str(least),
        "NEWSLETTER_CALENDAR__FILE": "calendar.yaml",
        "NEWSLETTER_COLLECT__PROCESSES": "0",
    }
    app = build(load_config(None, environ=environ, folder=folder), clock=clock)
    done = daily.run(app, TUESDAY.date(), (Source("Quiet", str(folder / "empty.json")),))
    return done, {name: f"{mail['Subject']} {plain(mail)}" for name, mail in told_to(app).items()}


def occasion(days: int) -> str:
    day = TUESDAY.date().replace(day=TUESDAY.day + days)
    return f"- {{date: {day}, title: Licence deadline for terbium, kind: deadline}}\n"


def test_where_no_story_is_asked_for_the_week_ahead_goes_out_alone_and_says_why(
    tmp_path: Path, clock: FixedClock
) -> None:
    done, mails = run(tmp_path, clock, least=0, calendar=occasion(2))
    assert done.held_because == ""
    assert done.edition.state is EditionState.SENT
    assert set(mails) == {"daily", "headlines"}
    for text in mails.values():
        assert text.startswith("A quiet day, ")
        assert text.count("No story met the bar today.") == 1
        assert "Licence deadline for terbium" in text


def test_by_default_such_a_day_is_held_and_says_how_it_could_leave(
    tmp_path: Path, clock: FixedClock
) -> None:
    done, mails = run(tmp_path, clock, least=1, calendar=occasion(2))
    assert done.edition.state is EditionState.HELD
    assert "edition.least_stories: 0" in done.held_because
    assert mails == {}


def test_without_anything_beside_the_stories_nothing_leaves(
    tmp_path: Path, clock: FixedClock
) -> None:
    done, mails = run(tmp_path, clock, least=0, calendar="[]\n")
    assert "nothing to tell" in done.held_because
    assert mails == {}
