"""`newsletter learn`: from the editor's decisions on the stored drafts to weights in the file."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from newsletter.core.decisions import Act, Decision
from newsletter.core.learning import LEAST_JUDGEMENTS, NAMES
from newsletter.decide import decide
from newsletter.draft import draft
from newsletter.learn import learn
from newsletter.ports import App
from newsletter.store import editions
from tests.clock import FixedClock
from tests.deciding import NOW, opened, sources, store_day
from tests.test_cli import django_prints, newsletter

DAY = NOW.date()

SEEDED = """
import django; django.setup()
from datetime import UTC, datetime, timedelta
from dataclasses import replace
from newsletter.core.decisions import Act, Decision, Judgement
from newsletter.core.edition import Section
from newsletter.sample.edition import sample_draft
from newsletter.store import editions
from newsletter.store.decisions import save_judgement

names = {names!r}
now = datetime.now(UTC)
for number in range({days}):
    moment = now - timedelta(days=number)
    draft = sample_draft(moment, UTC)
    low = dict.fromkeys(names, 0.5)
    def with_parts(story, **parts):
        return replace(story, parts=low | parts)
    lead = with_parts(draft.lead, coverage=0.8, importance=0.45)
    rest = tuple(with_parts(s, coverage=0.3, importance=0.75) for s in draft.stories[1:])
    draft = replace(draft, lead=lead, sections=(Section("Policy & trade", rest),), also=())
    editions.save_draft(draft, ["A"])
    for act, story in ((Act.LEAD, lead), (Act.DROP, replace(rest[0], id="gone"))):
        save_judgement(Judgement(
            draft.date, Decision(story.id, act), story.headline, story.parts, 1, moment))
"""


def seeded(folder: Path, days: int) -> Path:
    """A newsletter whose editor made the widely carried story the lead on each of some days."""
    file = folder / "newsletter.yaml"
    file.write_text("edition:\n  stories: 6  # six\n  weights:\n    novelty: 0.08  # kept\n")
    assert newsletter(folder, "learn").returncode == 0
    django_prints(folder, SEEDED.format(names=NAMES, days=days))
    return file


def printed(folder: Path, *words: str) -> dict[str, Any]:
    done = newsletter(folder, "learn", "--json", *words)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture
def app(tmp_path: Path, clock: FixedClock) -> App:
    return opened(tmp_path, clock)


def edited(app: App, clock: FixedClock, days: int) -> None:
    """Days whose editor dropped one story and pinned another that had found no place."""
    for number in range(days):
        clock.moment = NOW + timedelta(days=30 * number)
        store_day(clock.moment)
        edition, _ = draft(app, clock.moment.date(), sources())
        edition = decide(app, edition, Decision("2", Act.DROP))
        decide(app, edition, Decision(edition.draft.near_misses[0].story.id, Act.PIN))


@pytest.mark.django_db
def test_real_decisions_on_real_drafts_can_be_learned_from(app: App, clock: FixedClock) -> None:
    edited(app, clock, 4)
    learned = learn(app, 365)
    assert learned.after
    assert [lesson.judgement.decision.act for lesson in learned.lessons] == [Act.DROP, Act.PIN] * 4
    assert all(lesson.pairs for lesson in learned.lessons)
    assert len(learned.days) == 4


@pytest.mark.django_db
def test_only_the_days_asked_for_count(app: App, clock: FixedClock) -> None:
    edited(app, clock, 4)
    assert len(learn(app, 31).lessons) == 4
    assert len(learn(app, 30).lessons) == 2


@pytest.mark.django_db
def test_learning_changes_no_draft_and_no_setting(app: App, clock: FixedClock) -> None:
    edited(app, clock, 3)
    before = editions.load_edition(DAY)
    learn(app, 365)
    assert editions.load_edition(DAY) == before


def test_without_decisions_it_says_that_there_are_none(tmp_path: Path) -> None:
    (tmp_path / "newsletter.yaml").write_text("{}\n")
    done = newsletter(tmp_path, "learn")
    assert done.returncode == 0
    assert "Nothing was decided in the last 90 days." in done.stdout
    assert printed(tmp_path)["after"] is None


def test_few_judgements_are_shown_and_what_is_needed_is_said(tmp_path: Path) -> None:
    file = seeded(tmp_path, 2)
    found = printed(tmp_path)
    assert len(found["judgements"]) == 4
    assert str(LEAST_JUDGEMENTS) in found["needed"]
    text = file.read_text()
    done = newsletter(tmp_path, "learn", "--write", "--yes")
    assert done.returncode == 1
    assert "there is nothing to write" in done.stderr
    assert file.read_text() == text


def test_weights_are_shown_before_and_after_and_nothing_is_written(tmp_path: Path) -> None:
    file = seeded(tmp_path, 5)
    text = file.read_text()
    done = newsletter(tmp_path, "learn")
    assert done.returncode == 0, done.stderr
    for words in ("Now", "Fitted", "coverage", "edition:\n  weights:\n", str(date.today().year)):  # noqa: DTZ011
        assert words in done.stdout
    assert file.read_text() == text


def test_the_document_has_judgements_days_and_the_lines_for_the_file(tmp_path: Path) -> None:
    seeded(tmp_path, 5)
    found = printed(tmp_path)
    assert found["after"]["coverage"] > found["before"]["coverage"]
    assert found["is_better"] is True
    assert len(found["past_days"]) == 5
    day = found["past_days"][0]
    assert (day["judgements"], day["before"] < day["after"]) == (2, True)
    assert found["yaml"].startswith("edition:\n  weights:\n    relevance: ")
    assert set(found["judgements"][0]["parts"]) == set(NAMES)


def test_learning_twice_from_the_same_judgements_changes_nothing_more(tmp_path: Path) -> None:
    file = seeded(tmp_path, 5)
    first = printed(tmp_path, "--write", "--yes")
    text = file.read_text()
    for _ in range(2):
        done = newsletter(tmp_path, "learn", "--write", "--yes")
        assert done.returncode == 0, done.stderr
        assert "in force already" in done.stderr
    assert file.read_text() == text
    again = printed(tmp_path)
    assert again["before"] == again["after"] == first["after"]


def one_day(folder: Path) -> Path:
    """A newsletter whose editor dropped six stories, all on one day."""
    file = folder / "newsletter.yaml"
    file.write_text("{}\n")
    assert newsletter(folder, "learn").returncode == 0
    drops = "((Act.DROP, replace(rest[0], id=f'gone {n}')) for n in range(6))"
    program = SEEDED.format(names=NAMES, days=1)
    acts = '((Act.LEAD, lead), (Act.DROP, replace(rest[0], id="gone")))'
    assert acts in program
    django_prints(folder, program.replace(acts, drops))
    file.write_text("edition:\n  stories: 6\n")
    return file


def test_with_one_day_it_says_that_nothing_can_be_tested_yet(tmp_path: Path) -> None:
    one_day(tmp_path)
    done = newsletter(tmp_path, "learn")
    assert "cannot be tested yet" in done.stdout
    assert "On days they were not fitted to" not in done.stdout
    found = printed(tmp_path)
    assert (found["is_tested"], found["is_better"]) == (False, False)
    assert [day["after"] for day in found["past_days"]] == [None]


def test_weights_that_are_not_shown_to_be_better_are_written_only_anyway(tmp_path: Path) -> None:
    file = one_day(tmp_path)
    text = file.read_text()
    done = newsletter(tmp_path, "learn", "--write", "--yes")
    assert done.returncode == 1
    assert "--anyway writes them" in done.stderr
    assert file.read_text() == text
    assert newsletter(tmp_path, "learn", "--write", "--yes", "--anyway").returncode == 0
    assert "weights:" in file.read_text()


def test_nobody_to_ask_writes_nothing(tmp_path: Path) -> None:
    file = seeded(tmp_path, 5)
    text = file.read_text()
    for words in (("--write",), ("--write", "--json")):
        done = newsletter(tmp_path, "learn", *words)
        assert done.returncode == 2
        assert "--yes answers it" in done.stderr
    assert file.read_text() == text


def test_yes_writes_the_weights_and_keeps_every_comment(tmp_path: Path) -> None:
    file = seeded(tmp_path, 5)
    found = printed(tmp_path, "--write", "--yes")
    assert found["written"] is True
    text = file.read_text()
    assert "stories: 6  # six" in text
    assert f"novelty: {found['after']['novelty']}  # kept" in text
    again = printed(tmp_path)
    assert again["before"] == found["after"]
