"""The editor decides on an open draft: what is recorded, what it becomes, what is refused."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from newsletter.core.decisions import Act, Decision
from newsletter.core.edition import Edition, EditionState
from newsletter.decide import clear, clear_words, decide
from newsletter.draft import draft
from newsletter.errors import UsageError
from newsletter.models import Edition as EditionRow
from newsletter.ports import App
from newsletter.store import editions
from newsletter.store.decisions import load_judgements
from tests.clock import FixedClock
from tests.deciding import HEADLINES, NOW, opened, sources, store_day, stored
from tests.test_cli import newsletter

DAY = NOW.date()


@pytest.fixture
def app(tmp_path: Path, clock: FixedClock) -> App:
    clock.moment = NOW
    return opened(tmp_path, clock)


@pytest.fixture
def edition(app: App, db: None) -> Edition:
    store_day()
    return draft(app, DAY, sources())[0]


def ids(edition: Edition) -> list[str]:
    return [story.id for story in edition.draft.stories]


def test_the_day_of_these_tests_has_four_stories_and_two_headlines(edition: Edition) -> None:
    assert (len(edition.draft.picks), len(edition.draft.also)) == (4, 2)


def test_a_decision_is_recorded_with_what_the_story_scored_and_its_place(
    app: App, edition: Edition, clock: FixedClock
) -> None:
    clock.move(minutes=20)
    story = edition.draft.stories[2]
    decide(app, edition, Decision(story.id, Act.DROP))
    (one,) = load_judgements(DAY)
    assert one.decision == Decision(story.id, Act.DROP)
    assert (one.headline, one.place) == (story.headline, 3)
    assert one.parts == story.parts
    assert one.made_at == NOW + timedelta(minutes=20)


def test_the_stored_draft_follows_the_decision(app: App, edition: Edition) -> None:
    dropped = ids(edition)[1]
    after = decide(app, edition, Decision("2", Act.DROP))
    assert dropped not in ids(after)
    assert editions.load_edition(DAY) == after
    assert after.state is EditionState.DRAFTED


def test_a_story_is_named_by_its_place_its_id_or_the_beginning_of_it(
    app: App, edition: Edition
) -> None:
    wanted = ids(edition)[3]
    for name in ("4", wanted, wanted[:8]):
        assert ids(decide(app, edition, Decision(name, Act.LEAD)))[0] == wanted


def test_a_story_that_is_not_on_the_page_can_be_pinned_by_its_id(
    app: App, edition: Edition
) -> None:
    missed = edition.draft.near_misses[0].story
    after = decide(app, edition, Decision(missed.id, Act.PIN))
    assert missed.id in [story.id for story in after.draft.picks]
    assert load_judgements(DAY)[0].place == 0


def test_decisions_add_up(app: App, edition: Edition) -> None:
    names = ids(edition)
    after = decide(app, edition, Decision(names[1], Act.DROP))
    after = decide(app, after, Decision(names[3], Act.LEAD))
    after = decide(app, after, Decision(names[3], Act.REWRITE, "The editor's words"))
    assert after.draft.lead
    assert after.draft.lead.headline == "The editor's words"
    assert names[1] not in ids(after)


def test_what_came_in_since_the_draft_does_not_move_the_page(
    app: App, edition: Edition, clock: FixedClock
) -> None:
    clock.move(hours=2)
    news = "China bans exports of samarium-cobalt magnets to the United States"
    stored(news, 1, at=NOW + timedelta(hours=1))
    after = decide(app, edition, Decision("1", Act.PIN))
    assert ids(after) == ids(edition)
    assert [s.score for s in after.draft.stories] == [s.score for s in edition.draft.stories]


def test_a_recorded_headline_is_the_original_one(app: App, edition: Edition) -> None:
    title = edition.draft.stories[0].headline
    after = decide(app, edition, Decision("1", Act.REWRITE, "Other words"))
    decide(app, after, Decision("1", Act.PIN))
    assert {one.headline for one in load_judgements(DAY)} == {title}


def test_a_draft_made_again_keeps_the_decisions(
    app: App, edition: Edition, clock: FixedClock
) -> None:
    dropped = ids(edition)[1]
    decide(app, edition, Decision(dropped, Act.DROP))
    decide(app, edition, Decision(ids(edition)[0], Act.REWRITE, "The editor's words"))
    clock.move(hours=1)
    again, _ = draft(app, DAY, sources())
    assert dropped not in ids(again)
    assert "The editor's words" in [story.headline for story in again.draft.stories]


def test_cleared_decisions_leave_the_draft_as_it_was(app: App, edition: Edition) -> None:
    name = ids(edition)[0]
    after = decide(app, edition, Decision(name, Act.DROP))
    again = clear(app, after, name)
    assert again.draft == edition.draft
    assert load_judgements(DAY) == ()


def test_clearing_what_was_never_decided_on_names_what_was(app: App, edition: Edition) -> None:
    after = decide(app, edition, Decision("1", Act.DROP))
    with pytest.raises(UsageError, match=re.escape(ids(edition)[0])):
        clear(app, after, "2")


def test_a_story_that_is_not_there_is_refused_with_the_nearest_places(
    app: App, edition: Edition
) -> None:
    last = edition.draft.stories[-1].headline
    with pytest.raises(UsageError, match=rf"places 1 to 6.*6 \({re.escape(last)}\)"):
        decide(app, edition, Decision("22", Act.DROP))
    word = edition.draft.stories[2].headline.split()[0]
    with pytest.raises(UsageError, match=r"nearest are: .*" + re.escape(word)):
        decide(app, edition, Decision(word, Act.DROP))
    assert load_judgements(DAY) == ()


def test_a_word_that_stands_in_a_near_miss_gives_its_id(app: App, edition: Edition) -> None:
    missed = edition.draft.near_misses[0].story
    word = missed.headline.split()[0]
    with pytest.raises(UsageError, match=rf"nearest are: .*{missed.id} \({missed.headline}\)"):
        decide(app, edition, Decision(word, Act.PIN))


def test_the_editors_subject_stays_beside_later_decisions_until_it_is_cleared(
    app: App, edition: Edition
) -> None:
    own = "The editor's own words of the day"
    after = decide(app, edition, Decision("", Act.SUBJECT, own))
    assert (after.draft.subject, after.draft.has_own_subject) == (own, True)
    after = decide(app, after, Decision("1", Act.DROP))
    assert after.draft.subject == own
    again, _ = draft(app, DAY, sources())
    assert again.draft.subject == own
    cleared = clear_words(app, again, Act.SUBJECT)
    assert not cleared.draft.has_own_subject
    assert cleared.draft.subject != own
    assert [one.decision.act for one in load_judgements(DAY)] == [Act.DROP]
    with pytest.raises(UsageError, match="no subject was written"):
        clear_words(app, cleared, Act.SUBJECT)


def test_a_draft_does_not_look_like_the_editions_that_left_before_it(
    app: App, edition: Edition
) -> None:
    subject = edition.draft.subject
    assert edition.draft.subjects_before == ()
    earlier = editions.save_draft(replace(edition.draft, date=DAY - timedelta(days=1)), ["A"])
    assert draft(app, DAY, sources())[0].draft.subject == subject
    EditionRow.objects.filter(date=earlier.date).update(state="approved", subject=subject)
    again = draft(app, DAY, sources())[0].draft
    assert again.subjects_before == (subject,)
    assert again.subject != subject
    assert again.lead == edition.draft.lead


@pytest.mark.parametrize("state", ["approved", "sending", "sent", "skipped"])
def test_a_closed_edition_is_not_decided_on(app: App, edition: Edition, state: str) -> None:
    EditionRow.objects.update(state=state)
    closed = editions.load_edition(DAY)
    assert closed
    for act in (decide, clear):
        with pytest.raises(UsageError, match=state):
            act(app, closed, "1" if act is clear else Decision("1", Act.DROP))  # type: ignore[arg-type]
    assert editions.load_edition(DAY) == closed


def test_a_held_edition_is_open_again_after_a_decision(app: App, edition: Edition) -> None:
    editions.save_hold(edition, "footer: no address")
    held = editions.load_edition(DAY)
    assert held
    after = decide(app, held, Decision("1", Act.PIN))
    assert (after.state, after.reason) == (EditionState.DRAFTED, "")


def test_a_bad_value_changes_nothing(app: App, edition: Edition) -> None:
    with pytest.raises(UsageError, match="places 1 to 6"):
        decide(app, edition, Decision("1", Act.MOVE, "99"))
    assert load_judgements(DAY) == ()
    assert editions.load_edition(DAY) == edition


def configured(folder: Path) -> None:
    """A newsletter of one feed file, read and drafted for 7 April 2026."""
    rows = [
        {
            "id": str(number),
            "url": f"https://paper-{number}.example/{number}",
            "title": title,
            "date_published": (NOW - timedelta(hours=number + 1)).isoformat(),
            "_source": {"title": f"Paper {number}"},
        }
        for number, title in enumerate(HEADLINES)
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Wire", "items": rows}
    (folder / "feed.json").write_text(json.dumps(feed))
    (folder / "newsletter.yaml").write_text(
        "edition: {stories: 4, also: 2, least_stories: 1, per_section: 9}\n"
        "collect: {articles: false, processes: 0}\n"
        "sources:\n  - {name: Wire, url: feed.json}\n"
    )
    assert newsletter(folder, "collect").returncode == 0
    assert newsletter(folder, "draft", "--date", "2026-04-07").returncode == 0


def test_the_command_decides_shows_and_clears(tmp_path: Path) -> None:
    configured(tmp_path)
    words = ("--date", "2026-04-07", "--json")
    before = json.loads(newsletter(tmp_path, "decide", "show", *words).stdout)
    name = before["stories"][0]["id"]
    done = newsletter(tmp_path, "decide", "rewrite", "1", "The editor's words", *words)
    assert json.loads(done.stdout)["stories"][0]["title"] == "The editor's words"
    assert "The editor's words" in Path(json.loads(done.stdout)["files"]["html"]).read_text()
    assert newsletter(tmp_path, "decide", "drop", name, *words).returncode == 0
    shown = json.loads(newsletter(tmp_path, "decide", "show", *words).stdout)
    assert [(one["story"], one["act"]) for one in shown["decisions"]] == [
        (name, "rewrite"),
        (name, "drop"),
    ]
    assert name not in [story["id"] for story in shown["stories"]]
    assert newsletter(tmp_path, "decide", "clear", name, *words).returncode == 0
    assert json.loads(newsletter(tmp_path, "decide", "show", *words).stdout) == before


def test_the_command_for_people_names_places_ids_and_decisions(tmp_path: Path) -> None:
    configured(tmp_path)
    done = newsletter(tmp_path, "decide", "move", "3", "2", "--date", "2026-04-07")
    assert done.returncode == 0, done.stderr
    shown = newsletter(tmp_path, "decide", "show", "--date", "2026-04-07").stdout
    assert "move 2" in shown
    assert re.search(r"\b[0-9a-f]{12}\b", shown)


def test_the_command_says_what_was_decided_and_where_the_story_stands_now(tmp_path: Path) -> None:
    configured(tmp_path)
    on = ("--date", "2026-04-07")
    shown = json.loads(newsletter(tmp_path, "decide", "show", *on, "--json").stdout)
    titles = [story["title"] for story in shown["stories"]]

    def last_line(*words: str) -> str:
        done = newsletter(tmp_path, "decide", *words, *on)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1]

    told = f"Moved: {titles[2]}. It stands in place 2 of 6, told in full."
    assert last_line("move", "3", "2") == told
    assert last_line("move", titles_id(shown, 2), "1").endswith("It is the lead, place 1.")
    assert last_line("drop", titles_id(shown, 1)).startswith(f"Dropped: {titles[1]}. It is not on")
    missed = shown["near_misses"][0]
    line = last_line("pin", missed["id"])
    assert line.startswith(f"Pinned: {missed['title']}. It stands in place")
    assert line.endswith("told in full.")
    line = last_line("clear", titles_id(shown, 1))
    assert line.startswith(f"Forgotten what was decided on: {titles[1]}. It stands in place")


def test_the_editor_writes_subject_and_preheader_sees_them_and_takes_them_back(
    tmp_path: Path,
) -> None:
    configured(tmp_path)
    on = ("--date", "2026-04-07")
    before = json.loads(newsletter(tmp_path, "decide", "show", *on, "--json").stdout)
    done = newsletter(tmp_path, "decide", "subject", " Licences:\nwhat we know ", *on)
    said = "The subject is yours. The subject of the edition: Licences: what we know"
    assert done.stdout.splitlines()[-1] == said
    assert newsletter(tmp_path, "decide", "preheader", "And the week ahead", *on).returncode == 0
    again = newsletter(tmp_path, "draft", *on, "--json")
    assert json.loads(again.stdout)["subject"] == "Licences: what we know"
    shown = json.loads(newsletter(tmp_path, "decide", "show", *on, "--json").stdout)
    assert (shown["subject"], shown["preheader"]) == (
        "Licences: what we know",
        "And the week ahead",
    )
    assert [(one["story"], one["act"]) for one in shown["decisions"]] == [
        ("", "subject"),
        ("", "preheader"),
    ]
    assert "subject Licences: what we know" in newsletter(tmp_path, "decide", "show", *on).stdout
    for words in ("subject", "preheader"):
        cleared = newsletter(tmp_path, "decide", "clear", words, *on)
        assert cleared.returncode == 0, cleared.stderr
    after = json.loads(newsletter(tmp_path, "decide", "show", *on, "--json").stdout)
    assert after == before
    refused = newsletter(tmp_path, "decide", "clear", "subject", *on)
    assert refused.returncode == 2
    assert "no subject was written for the edition of 2026-04-07" in refused.stderr


def titles_id(shown: dict[str, Any], place: int) -> str:
    name: str = shown["stories"][place]["id"]
    return name


def test_without_a_draft_the_command_says_how_to_make_one(tmp_path: Path) -> None:
    configured(tmp_path)
    done = newsletter(tmp_path, "decide", "pin", "1", "--date", "2026-04-08")
    assert done.returncode == 1
    assert "`newsletter draft --date 2026-04-08` makes one" in done.stderr
