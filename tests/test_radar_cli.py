"""`newsletter radar`: yesterday's edition beside what its sources went on to carry."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsletter.core.decisions import Act, Decision
from newsletter.core.radar import Cause
from newsletter.decide import decide
from newsletter.draft import draft
from newsletter.errors import UsageError
from newsletter.models import Edition as EditionRow
from newsletter.ports import App
from newsletter.radar import radar
from tests.clock import FixedClock
from tests.deciding import HEADLINES, NOW, opened, sources, store_day, stored
from tests.test_cli import newsletter

DAY = NOW.date()
CURBS = (
    "China tightens export licence rules for dysprosium and terbium",
    "Beijing tightens export licence rules for dysprosium, terbium",
    "China's tighter export licence rules hit dysprosium and terbium",
)


@pytest.fixture
def app(tmp_path: Path, clock: FixedClock) -> App:
    clock.moment = NOW
    return opened(tmp_path, clock)


def spread(*hours: float, seen_later: float = 0.0) -> None:
    """One story in three papers, so many hours after the draft of the day."""
    for number, (title, after) in enumerate(zip(CURBS, hours, strict=True)):
        at = NOW + timedelta(hours=after)
        stored(title, number, at=at, seen_at=at + timedelta(hours=seen_later))


@pytest.mark.django_db
def test_a_story_that_broke_after_the_edition_is_told_the_next_day(
    app: App, clock: FixedClock
) -> None:
    stored(HEADLINES[2], 5, at=NOW - timedelta(hours=2))
    draft(app, DAY, sources())
    spread(2, 3, 4)
    clock.move(days=1)
    found = radar(app, DAY, sources(), outlets=3)
    (missed,) = found.missed
    assert missed.cause is Cause.LATER
    assert missed.story.outlets == 3
    assert [story.headline for story in found.unfollowed] == [HEADLINES[2]]


@pytest.mark.django_db
def test_a_story_that_was_read_too_late_is_told_apart(app: App, clock: FixedClock) -> None:
    draft(app, DAY, sources())
    spread(-5, -4, -3, seen_later=8)
    clock.move(days=1)
    (missed,) = radar(app, DAY, sources(), outlets=3).missed
    assert missed.cause is Cause.LATER
    assert "but first read at" in missed.reason


@pytest.mark.django_db
def test_a_story_that_the_edition_told_is_not_missed(app: App, clock: FixedClock) -> None:
    spread(-5, -4, -3)
    draft(app, DAY, sources())
    clock.move(days=1)
    found = radar(app, DAY, sources(), outlets=3)
    assert len(found.wide) == 1
    assert found.missed == ()


@pytest.mark.django_db
def test_a_story_that_the_editor_dropped_is_missed_for_that_reason(
    app: App, clock: FixedClock
) -> None:
    spread(-5, -4, -3)
    edition, _ = draft(app, DAY, sources())
    decide(app, edition, Decision("1", Act.DROP))
    clock.move(days=1)
    (missed,) = radar(app, DAY, sources(), outlets=3).missed
    assert missed.cause is Cause.DROPPED


@pytest.mark.django_db
def test_a_dropped_story_that_began_days_before_was_dropped(app: App, clock: FixedClock) -> None:
    first = NOW - timedelta(hours=76)
    stored(CURBS[0], 5, at=first)
    clock.moment = first + timedelta(hours=1)
    draft(app, clock.moment.date(), sources())
    clock.moment = NOW
    spread(-5, -4, -3)
    edition, _ = draft(app, DAY, sources())
    assert edition.draft.stories[0].began_at == first
    decide(app, edition, Decision("1", Act.DROP))
    clock.move(days=1)
    (missed,) = radar(app, DAY, sources(), outlets=3).missed
    assert (missed.cause, missed.story.id) == (Cause.DROPPED, edition.draft.stories[0].id)


@pytest.mark.django_db
def test_scores_of_the_radar_are_those_of_the_draft(app: App, clock: FixedClock) -> None:
    weights = app.config.edition.weights.model_copy(update={"authority": 5.0})
    edition_settings = app.config.edition.model_copy(update={"weights": weights})
    app = replace(app, config=app.config.model_copy(update={"edition": edition_settings}))
    at_home = tuple(replace(one, topics=("dysprosium",)) for one in sources())
    spread(-5, -4, -3)
    edition, _ = draft(app, DAY, at_home)
    decide(app, edition, Decision("1", Act.DROP))
    clock.move(days=1)
    (missed,) = radar(app, DAY, at_home, outlets=3).missed
    assert f"a score of {edition.draft.stories[0].score:.2f}" in missed.reason


@pytest.mark.django_db
def test_copies_of_what_an_earlier_edition_told_are_not_missed(app: App, clock: FixedClock) -> None:
    stored(CURBS[0], 5, at=NOW - timedelta(hours=5))
    draft(app, DAY, sources())
    EditionRow.objects.update(state="sent")
    spread(94, 95, 96)  # by now the told entry lies outside the window
    clock.move(days=4)
    edition, _ = draft(app, clock.now().date(), sources())
    assert edition.draft.stories == ()
    clock.move(days=1)
    found = radar(app, edition.date, sources(), outlets=3)
    assert (found.wide, found.missed) == ((), ())


@pytest.mark.django_db
def test_a_story_that_yesterdays_edition_told_is_not_missed_today(
    app: App, clock: FixedClock
) -> None:
    spread(-5, -4, -3)
    draft(app, DAY, sources())
    EditionRow.objects.update(state="sent")
    clock.move(days=2)
    found = radar(app, DAY + timedelta(days=1), sources(), outlets=3)
    assert not found.has_edition
    assert found.wide == ()


@pytest.mark.django_db
def test_an_edition_drafted_when_its_day_was_over_knew_what_had_been_read_by_then(
    app: App, clock: FixedClock
) -> None:
    spread(-5, -4, -3, seen_later=30)
    clock.move(days=2)
    draft(app, DAY, sources())
    found = radar(app, DAY, sources(), outlets=3)
    assert found.missed == ()
    assert len(found.wide) == 1


@pytest.mark.django_db
def test_a_day_without_an_edition_shows_what_there_was_to_tell(app: App, clock: FixedClock) -> None:
    spread(-5, -4, -3)
    clock.move(days=1)
    found = radar(app, DAY, sources(), outlets=3)
    assert [one.cause for one in found.missed] == [Cause.NO_EDITION]


@pytest.mark.django_db
def test_an_empty_store_breaks_nothing(app: App, clock: FixedClock) -> None:
    clock.move(days=1)
    found = radar(app, DAY, sources(), outlets=3)
    assert found.wide == found.unfollowed == ()
    assert [one.entries for one in found.sources] == [0] * len(sources())


@pytest.mark.django_db
def test_hindsight_ends_two_days_after_the_edition(app: App, clock: FixedClock) -> None:
    store_day()
    draft(app, DAY, sources())
    stored(CURBS[1], 7, at=NOW + timedelta(days=4))
    clock.move(days=5)
    found = radar(app, DAY, sources(), outlets=2)
    assert found.wide == ()
    assert found.until == datetime(2026, 4, 9, 23, 59, 59, tzinfo=UTC)


@pytest.mark.django_db
def test_a_day_that_is_not_over_is_refused(app: App) -> None:
    with pytest.raises(UsageError, match="is not over yet"):
        radar(app, DAY, sources(), outlets=3)


@pytest.mark.django_db
def test_each_source_is_measured(app: App, clock: FixedClock) -> None:
    spread(-5, -4, -3)
    stored("Local fair opens on Sunday", 0, at=NOW - timedelta(hours=1))
    draft(app, DAY, sources())
    clock.move(days=1)
    first, second, *_ = radar(app, DAY, sources(), outlets=3).sources
    assert (first.entries, first.relevant, first.picked, first.first) == (2, 1, 1, 1)
    assert (first.relevant_share, second.relevant_share) == (0.5, 1.0)
    assert (first.recall, second.recall, second.first) == (1.0, 1.0, 0)


def configured(folder: Path) -> None:
    """A newsletter of three feed files; one story stands in all of them, of yesterday noon."""
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0) - timedelta(days=1)
    lines = ["collect: {articles: false, processes: 0}", "sources:"]
    for number, title in enumerate(CURBS):
        item = {
            "id": str(number),
            "url": f"https://paper-{number}.example/1",
            "title": title,
            "date_published": (noon + timedelta(minutes=number)).isoformat(),
        }
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": "X", "items": [item]}
        (folder / f"{number}.json").write_text(json.dumps(feed))
        lines.append(f"  - {{name: Paper {number}, url: {number}.json}}")
    (folder / "newsletter.yaml").write_text("\n".join(lines))
    assert newsletter(folder, "collect").returncode == 0


def test_the_command_looks_back_on_yesterday(tmp_path: Path) -> None:
    configured(tmp_path)
    done = newsletter(tmp_path, "radar", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    assert (found["date"], found["has_edition"], found["outlets"]) == (yesterday, False, 3)
    (missed,) = found["missed"]
    assert (missed["outlets"], missed["cause"]) == (3, "no edition")
    assert [one["recall"] for one in found["sources"]] == [1.0, 1.0, 1.0]
    assert [one["first"] for one in found["sources"]] == [1, 0, 0]


def test_the_command_tells_people_in_words(tmp_path: Path) -> None:
    configured(tmp_path)
    done = newsletter(tmp_path, "radar")
    assert done.returncode == 0, done.stderr
    assert "There was no edition of this date." in done.stdout
    assert "1 story was carried by 3 independent outlets or more." in done.stdout
    assert "Paper 2" in done.stdout
    few = newsletter(tmp_path, "radar", "--outlets", "9").stdout
    assert "No story was carried by 9 independent outlets or more." in few
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    assert newsletter(tmp_path, "draft", "--date", yesterday).returncode == 0
    told = newsletter(tmp_path, "radar").stdout
    assert "The edition told all of it." in told


def test_its_help_names_yesterday_and_others_today(tmp_path: Path) -> None:
    assert "[default: yesterday]" in newsletter(tmp_path, "radar", "--help").stdout
    assert "[default: today]" in newsletter(tmp_path, "draft", "--help").stdout


def test_a_day_to_come_is_refused_in_plain_words(tmp_path: Path) -> None:
    configured(tmp_path)
    done = newsletter(tmp_path, "radar", "--date", "2199-01-01")
    assert done.returncode == 2
    assert "2199-01-01 is not over yet" in done.stderr
