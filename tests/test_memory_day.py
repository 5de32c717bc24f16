"""A fortnight of editions over a real store: told stories stay away, updates return, threads grow.

Two outlets publish; the clock stands at 07:00 of each day; every edition is sent.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from newsletter import daily, models
from newsletter.build import build
from newsletter.collect import collect
from newsletter.config import load_config
from newsletter.core.edition import EditionState
from newsletter.core.source import Source
from newsletter.draft import draft
from newsletter.errors import StoreError, UsageError
from newsletter.rank import MAX_EDITION_BYTES, ranked, read_entries, read_history
from newsletter.store import editions, stories
from newsletter.transports.memory import MemoryTransport
from subscribers import signup
from subscribers.values import Act, How
from tests.clock import FixedClock

if TYPE_CHECKING:
    from newsletter.core.edition import Draft
    from newsletter.core.story import Story
    from newsletter.ports import App

pytestmark = pytest.mark.django_db
FIRST = date(2026, 3, 2)
TALKS = "Lynas and MP Materials confirm talks on a merger"
COPY = "MP Materials and Lynas: merger talks confirmed by both"
OFFER = "MP Materials and Lynas merger talks: MP offers $9 billion"
LATE_COPY = "MP Materials offers $9 billion for Lynas in merger talks"
VOTE = "Lynas shareholders vote for the merger with MP Materials"
PERMIT = "Lynas seeks permit for its Kalgoorlie refinery"
CUTS = "Power cuts stop work at the Lynas refinery in Kalgoorlie"
FILLERS = (
    "Neo opens its magnet plant in Narva",
    "Vietnam arrests the head of a rare earth mine in Yen Bai",
    "China sets its rare earth mining quota for the first half",
    "Toyota develops a motor magnet without dysprosium",
    "Arafura signs offtake deal with Siemens for neodymium",
    "Dysprosium prices reach a record in Europe",
    "Brazil maps new ionic clays in Goias",
    "Energy Fuels reports results for its monazite line at White Mesa",
    "Solvay restarts separation in La Rochelle",
    "Kachin rebels close the border to rare-earth ore trucks",
    "India clears a scheme for sintered magnets",
    "Pensana draws a loan for its mine in Longonjo",
    "Japan lifts rare earth mud from the sea bed off Minamitorishima",
    "Iluka hires a new head for its rare earth refinery",
)


@dataclass
class Fortnight:
    """Days one after another; `say` puts a headline into an outlet's feed."""

    app: App
    clock: FixedClock
    folder: Path
    said: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    @property
    def day(self) -> date:
        return self.clock.now().date()

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(Source(name, str(self.folder / f"{name}.json")) for name in sorted(self.said))

    def say(self, outlet: str, title: str, *, hours: float = 2) -> None:
        at = self.clock.now() - timedelta(hours=hours)
        items = self.said.setdefault(outlet, [])
        link = f"https://{outlet.lower()}.example/{len(items)}"
        items.append({"id": link, "url": link, "title": title, "date_published": at.isoformat()})
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": outlet, "items": items}
        (self.folder / f"{outlet}.json").write_text(json.dumps(feed), encoding="utf-8")

    def tell(self) -> Draft:
        """Send the day's edition; the clock then stands on the next morning."""
        self.say("Filler", FILLERS[(self.day - FIRST).days])
        done = daily.run(self.app, self.day, self.sources)
        assert done.edition.state is EditionState.SENT, done.held_because
        self.clock.move(days=1)
        return done.edition.draft

    def quiet(self, days: int) -> None:
        for _ in range(days):
            self.tell()


@pytest.fixture
def fortnight(tmp_path: Path) -> Fortnight:
    environ = {
        "NEWSLETTER_COLLECT__ARTICLES": "false",
        "NEWSLETTER_COLLECT__PROCESSES": "0",
        "NEWSLETTER_EDITION__LEAST_STORIES": "1",
        "NEWSLETTER_SECRET_KEY": "a key of the tests, long enough to be one",
        "NEWSLETTER_WEB__BASE_URL": "https://news.example.org",
    }
    clock = FixedClock(datetime(2026, 3, 2, 7, tzinfo=UTC))
    signup.add("ada@example.org", act=Act(How.COMMAND, clock.now(), wording="a test"))
    config = load_config(None, environ=environ, folder=tmp_path)
    return Fortnight(build(config, clock=clock, transport=MemoryTransport()), clock, tmp_path)


def about_lynas(draft: Draft) -> list[Story]:
    return [story for story in draft.stories if "Lynas" in story.headline]


def test_a_fortnight(fortnight: Fortnight) -> None:
    fortnight.say("Alpha", TALKS)
    (first,) = about_lynas(fortnight.tell())
    assert (first.told_on, first.news, first.earlier) == (None, "", ())

    fortnight.say("Beta", COPY)
    assert about_lynas(fortnight.tell()) == []
    fortnight.quiet(1)

    fortnight.say("Alpha", OFFER)
    (update,) = about_lynas(fortnight.tell())
    assert (update.told_on, update.news) == (FIRST, "a sum of $9 billion")
    assert 0.6 < update.parts["novelty"] < 1.0
    edition = editions.load_edition(FIRST + timedelta(days=3))
    assert edition is not None
    for text in (edition.html, edition.text):
        words = " ".join(text.split())
        assert "Update: told on Monday 2 March; new: a sum of $9 billion" in words
        assert "https://news.example.org/archive/2026-03-02" in words

    fortnight.say("Beta", LATE_COPY)
    assert about_lynas(fortnight.tell()) == []
    fortnight.quiet(2)

    fortnight.say("Beta", VOTE)
    (vote,) = about_lynas(fortnight.tell())
    assert (vote.told_on, vote.news) == (FIRST + timedelta(days=3), "an approval")
    fortnight.say("Alpha", VOTE, hours=1)
    assert about_lynas(fortnight.tell()) == []
    fortnight.quiet(5)


def test_a_subject_that_goes_on_is_a_thread(fortnight: Fortnight) -> None:
    fortnight.say("Alpha", PERMIT)
    (first,) = about_lynas(fortnight.tell())
    fortnight.quiet(8)
    fortnight.say("Beta", CUTS)
    (second,) = about_lynas(fortnight.tell())
    assert (second.told_on, second.thread) == (None, first.thread)
    assert [one.headline for one in second.earlier] == [PERMIT]
    assert "Second story on this subject since 2 March" in second.reasons
    past = stories.load_past(fortnight.clock.now() - timedelta(days=30))
    assert [one.headline for one in past if one.thread == first.thread] == [PERMIT, CUTS]


def test_an_entry_that_comes_later_joins_its_story_and_the_story_keeps_its_id(
    fortnight: Fortnight,
) -> None:
    fortnight.say("Alpha", TALKS)
    (first,) = about_lynas(fortnight.tell())
    fortnight.quiet(3)  # by now the first entry lies outside the window
    fortnight.say("Beta", TALKS)
    fortnight.tell()
    known = stories.load_known(fortnight.clock.now() - timedelta(days=7))
    assert sum(story == first.id for story in known.values()) == 2


def test_a_draft_made_twice_is_the_same(fortnight: Fortnight) -> None:
    fortnight.say("Alpha", TALKS)
    fortnight.quiet(1)
    fortnight.say("Beta", COPY)
    fortnight.say("Beta", VOTE)
    collect(fortnight.app, fortnight.sources)
    once, ranking = draft(fortnight.app, fortnight.day, fortnight.sources)
    again, same = draft(fortnight.app, fortnight.day, fortnight.sources)
    assert (once.draft, ranking) == (again.draft, same)


def test_a_run_that_dies_while_it_saves_leaves_nothing_behind(
    fortnight: Fortnight, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCutError(BaseException):
        pass

    def dies(*_: object) -> None:
        raise PowerCutError

    fortnight.say("Alpha", TALKS)
    fortnight.quiet(1)
    before = set(models.StoryEntry.objects.values_list("entry_key", "story__key"))
    fortnight.say("Beta", CUTS)
    collect(fortnight.app, fortnight.sources)
    with monkeypatch.context() as patched:
        patched.setattr(editions, "save_draft", dies)
        with pytest.raises(PowerCutError):
            draft(fortnight.app, fortnight.day, fortnight.sources)
    assert set(models.StoryEntry.objects.values_list("entry_key", "story__key")) == before
    assert editions.load_edition(fortnight.day) is None
    assert about_lynas(fortnight.tell())


def test_a_frozen_edition_saves_no_stories(fortnight: Fortnight) -> None:
    fortnight.say("Alpha", TALKS)
    fortnight.tell()
    fortnight.clock.move(days=-1)
    fortnight.say("Beta", VOTE)
    collect(fortnight.app, fortnight.sources)
    before = models.StoryEntry.objects.count()
    with pytest.raises(StoreError):
        draft(fortnight.app, fortnight.day, fortnight.sources)
    assert models.StoryEntry.objects.count() == before


def test_what_was_drafted_but_not_sent_was_not_told(fortnight: Fortnight) -> None:
    fortnight.say("Alpha", TALKS)
    collect(fortnight.app, fortnight.sources)
    draft(fortnight.app, fortnight.day, fortnight.sources)
    fortnight.clock.move(days=1)
    (story,) = about_lynas(fortnight.tell())
    assert story.told_on is None


def test_only_what_was_read_for_the_day_counts_in_its_figures(fortnight: Fortnight) -> None:
    fortnight.say("Alpha", TALKS)
    fortnight.quiet(5)
    fortnight.say("Beta", VOTE)
    told = fortnight.tell()
    assert told.figures.entries_read <= 5
    assert all(
        story.latest_at > fortnight.clock.now() - timedelta(days=4) for story in told.stories
    )


class TestHistoryOfRank:
    """`newsletter rank --history`: editions in the JSON that the command prints."""

    def edition(self, place: Path, day: str, *titles: str, **more: object) -> None:
        told = [{"title": t, "url": "", "entries": [], **more} for t in titles]
        text = json.dumps({"now": f"{day}T08:00:00Z", "stories": told})
        (place / f"{day}.json").write_text(text, encoding="utf-8")

    def ranked(self, place: Path, *titles: str) -> tuple[Story, ...]:
        items = [
            {"id": str(n), "title": title, "date_published": "2026-03-05T06:00:00Z"}
            for n, title in enumerate(titles)
        ]
        feed = place.parent / "feed.json"
        form = {"version": "https://jsonfeed.org/version/1.1", "title": "A", "items": items}
        feed.write_text(json.dumps(form), encoding="utf-8")
        now = datetime(2026, 3, 5, 8, tzinfo=UTC)
        entries, _ = read_entries([str(feed)], now)
        config = load_config(None, environ={}, folder=place.parent)
        return ranked(entries, config, now=now, told=read_history(place)).stories

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        (tmp_path / "history").mkdir()
        return tmp_path / "history"

    def test_a_story_of_any_of_the_files_was_told(self, place: Path) -> None:
        self.edition(place, "2026-02-20", FILLERS[0])
        self.edition(place, "2026-03-04", TALKS)
        (story,) = self.ranked(place, COPY)
        assert story.told_on == date(2026, 3, 4)
        assert story.parts["novelty"] == 0.0

    def test_a_told_story_stands_below_all_others(self, place: Path) -> None:
        self.edition(place, "2026-03-04", TALKS)
        found = self.ranked(place, TALKS, FILLERS[13], "Rare earths: what they are")
        assert [story.is_stale for story in found] == [False] * (len(found) - 1) + [True]
        assert len(found) > 1

    def test_news_in_a_told_story_is_named(self, place: Path) -> None:
        self.edition(place, "2026-03-04", TALKS)
        (story,) = self.ranked(place, OFFER)
        assert story.news == "a sum of $9 billion"

    def test_told_stories_make_threads_with_the_ids_that_the_files_give(self, place: Path) -> None:
        self.edition(place, "2026-02-20", PERMIT, id="a" * 12, thread={"id": "b" * 12})
        (story,) = self.ranked(place, CUTS)
        assert story.thread == "b" * 12
        assert [one.headline for one in story.earlier] == [PERMIT]

    def test_a_year_of_editions_is_read(self, place: Path) -> None:
        for number in range(365):
            day = (date(2025, 3, 5) + timedelta(days=number)).isoformat()
            self.edition(place, day, *(f"{filler} {number}" for filler in FILLERS))
        assert len(read_history(place)) == 365 * len(FILLERS)
        assert self.ranked(place, TALKS)[0].told_on is None

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "no JSON",
            "[]",
            "{}",
            '{"now": "yesterday", "stories": []}',
            '{"now": 5, "stories": []}',
            '{"now": "2026-03-04", "stories": ["a"]}',
            '{"now": "2026-03-04", "stories": [{"title": "a", "url": "", "entries": "abc"}]}',
            '{"now": "2026-03-04", "stories": [{"title": "a"}]}',
            "[" * 100_000,
        ],
    )
    def test_what_is_no_edition_is_refused_by_name(self, place: Path, text: str) -> None:
        (place / "odd.json").write_text(text, encoding="utf-8")
        with pytest.raises(UsageError, match=r"odd\.json: is no edition"):
            read_history(place)

    def test_an_edition_of_a_date_alone_counts_until_the_days_end(self, place: Path) -> None:
        text = json.dumps(
            {"now": "2026-03-04", "stories": [{"title": TALKS, "url": "", "entries": []}]}
        )
        (place / "one.json").write_text(text)
        assert read_history(place)[0].made_at == datetime(2026, 3, 4, 23, 59, 59, tzinfo=UTC)

    def test_nothing_there_an_empty_folder_and_too_much_are_named(self, place: Path) -> None:
        with pytest.raises(UsageError, match="there is no such file or folder"):
            read_history(place / "missing")
        with pytest.raises(UsageError, match="holds no edition"):
            read_history(place)
        with (place / "huge.json").open("wb") as file:
            file.truncate(MAX_EDITION_BYTES + 1)
        with pytest.raises(UsageError, match=r"huge\.json: is larger than 20 MB"):
            read_history(place)

    def test_a_folder_that_is_named_like_a_file_cannot_be_read(self, place: Path) -> None:
        (place / "odd.json").mkdir()
        with pytest.raises(UsageError, match=r"odd\.json: cannot be read"):
            read_history(place)
