"""Several people decide, draft and approve at once: nobody's work is lost or undone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from newsletter import choose as choosing
from newsletter import decide as deciding
from newsletter import draft as drafting
from newsletter.core.decisions import Act, Decision
from newsletter.core.edition import Draft, Edition
from newsletter.decide import clear, decide
from newsletter.draft import draft
from newsletter.errors import BusyError, StoreError, UsageError
from newsletter.models import Edition as EditionRow
from newsletter.ports import App
from newsletter.store import editions
from newsletter.store.decisions import load_judgements, save_judgement
from tests.clock import FixedClock
from tests.deciding import NOW, opened, sources, store_day, stored

DAY = NOW.date()
SEQUENCES = {
    "drop then pin": (("a", Act.DROP, ""), ("a", Act.PIN, "")),
    "pin then drop": (("z", Act.PIN, ""), ("z", Act.DROP, "")),
    "lead then drop": (("b", Act.LEAD, ""), ("b", Act.DROP, "")),
    "another lead, dropped": (("b", Act.LEAD, ""), ("c", Act.LEAD, ""), ("c", Act.DROP, "")),
    "another lead, cleared": (("b", Act.LEAD, ""), ("c", Act.LEAD, ""), ("c", None, "")),
    "move then clear": (("b", Act.MOVE, "4"), ("b", None, "")),
    "move below and up": (("b", Act.MOVE, "6"), ("b", Act.MOVE, "3")),
    "one place for two": (("b", Act.MOVE, "3"), ("d", Act.MOVE, "3")),
    "words and places": (
        *(("a", Act.REWRITE, "One"), ("a", Act.MOVE, "3"), ("z", Act.LEAD, "")),
        *(("a", Act.REWRITE, "Two"), ("a", Act.DROP, ""), ("a", Act.PIN, "")),
    ),
}


@pytest.fixture
def app(tmp_path: Path, clock: FixedClock) -> App:
    clock.moment = NOW
    return opened(tmp_path, clock)


@pytest.fixture
def edition(app: App, request: pytest.FixtureRequest) -> Edition:
    alone = request.node.get_closest_marker("django_db").kwargs.get("transaction")
    request.getfixturevalue("transactional_db" if alone else "db")
    store_day()
    return draft(app, DAY, sources())[0]


def now() -> Edition:
    found = editions.load_edition(DAY)
    assert found is not None
    return found


def ids(edition: Edition) -> list[str]:
    return [story.id for story in edition.draft.stories]


@contextmanager
def meanwhile(step: Any, act: Callable[[], object]) -> Iterator[None]:
    """Something happens once, while a step has ranked the stories and not yet saved anything."""
    with pytest.MonkeyPatch.context() as patched:

        def choose(*args: Any, **named: Any) -> Any:
            found = choosing.choose(*args, **named)
            patched.undo()
            act()
            return found

        patched.setattr(step, "choose", choose)
        yield


@pytest.mark.django_db
def test_what_another_decides_while_a_decision_is_worked_out_holds_too(
    app: App, edition: Edition
) -> None:
    one, other = ids(edition)[1:3]
    with meanwhile(deciding, lambda: decide(app, edition, Decision(other, Act.DROP))):
        decide(app, edition, Decision(one, Act.DROP))
    assert {one, other}.isdisjoint(ids(now()))
    assert len(load_judgements(DAY)) == 2


@pytest.mark.django_db
def test_what_is_decided_while_the_day_is_drafted_again_holds(app: App, edition: Edition) -> None:
    dropped = ids(edition)[1]
    with meanwhile(drafting, lambda: decide(app, edition, Decision(dropped, Act.DROP))):
        draft(app, DAY, sources())
    assert dropped not in ids(now())


@pytest.mark.django_db
def test_words_that_came_since_the_editor_looked_stay(app: App, edition: Edition) -> None:
    lead = edition.draft.stories[0]
    decide(app, edition, Decision(lead.id, Act.REWRITE, "The editor's words"))
    decide(app, edition, Decision("3", Act.DROP))
    assert now().draft.stories[0].headline == "The editor's words"


@pytest.mark.django_db
def test_a_decision_on_a_draft_that_is_made_anew_is_refused_and_changes_nothing(
    app: App, edition: Edition, clock: FixedClock
) -> None:
    def again() -> None:
        clock.move(minutes=5)
        draft(app, DAY, sources())

    with meanwhile(deciding, again), pytest.raises(BusyError, match="drafted anew"):
        decide(app, edition, Decision("1", Act.DROP))
    with meanwhile(deciding, again), pytest.raises(BusyError, match="drafted anew"):
        clear(app, edition, "1")
    assert load_judgements(DAY) == ()
    assert now().draft.made_at == NOW + timedelta(minutes=10)


@pytest.mark.django_db
def test_an_edition_that_is_approved_meanwhile_stays_as_it_was_approved(
    app: App, edition: Edition
) -> None:
    def approve() -> None:
        EditionRow.objects.update(state="approved")

    with meanwhile(deciding, approve), pytest.raises(UsageError, match="approved"):
        decide(app, edition, Decision("1", Act.DROP))
    EditionRow.objects.update(state="drafted")
    with meanwhile(drafting, approve), pytest.raises(StoreError, match="approved"):
        draft(app, DAY, sources())
    assert now().draft == edition.draft
    assert load_judgements(DAY) == ()


@pytest.mark.django_db
def test_what_was_read_since_the_draft_does_not_move_the_page(
    app: App, edition: Edition, clock: FixedClock
) -> None:
    clock.move(hours=2)
    news = "China bans exports of samarium-cobalt magnets to the United States"
    stored(news, 1, at=NOW - timedelta(hours=1), seen_at=NOW + timedelta(hours=1))
    after = decide(app, edition, Decision("1", Act.PIN))
    assert ids(after) == ids(edition)


@pytest.mark.django_db(transaction=True)
def test_stories_are_ranked_while_no_transaction_is_open(app: App, edition: Edition) -> None:
    seen: list[bool] = []
    acts: tuple[tuple[Any, Callable[[], object]], ...] = (
        (deciding, lambda: decide(app, edition, Decision("1", Act.PIN))),
        (deciding, lambda: clear(app, edition, "1")),
        (drafting, lambda: draft(app, DAY, sources())),
    )
    for step, act in acts:
        with meanwhile(step, lambda: seen.append(connection.in_atomic_block)):
            act()
    assert seen == [False, False, False]


on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite lets one write at a time; see with_postgres"
)


def in_a_thread(work: Callable[[], object]) -> tuple[threading.Thread, list[Exception]]:
    """Work on a connection of its own, and what it raised."""
    raised: list[Exception] = []

    def run() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - told to the test
            raised.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, raised


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_decisions_at_the_same_moment_all_hold(app: App, edition: Edition) -> None:
    names = ids(edition)[:4]
    threads = [
        in_a_thread(lambda name=name: decide(app, edition, Decision(name, Act.DROP)))  # type: ignore[misc]
        for name in names
    ]
    for thread, raised in threads:
        thread.join()
        assert raised == []
    assert set(names).isdisjoint(ids(now()))
    assert len(load_judgements(DAY)) == len(names)


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_draft_does_not_undo_an_approval_that_is_about_to_be_saved(
    app: App, edition: Edition
) -> None:
    with transaction.atomic():
        EditionRow.objects.update(state="approved")
        thread, raised = in_a_thread(lambda: editions.save_draft(edition.draft, ["A"]))
        while thread.is_alive() and not is_somebody_waiting():
            pass
    thread.join()
    assert [type(error) for error in raised] == [StoreError]
    assert now().state.value == "approved"


def is_somebody_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db
@pytest.mark.parametrize("name", SEQUENCES)
def test_any_sequence_ends_in_the_page_of_its_last_decisions_and_of_a_draft_made_again(
    app: App, edition: Edition, name: str
) -> None:
    letters = dict(zip("abcd", ids(edition), strict=False))
    letters["z"] = edition.draft.near_misses[0].story.id
    seen = edition
    for letter, act, value in SEQUENCES[name]:
        story = letters[letter]
        seen = decide(app, seen, Decision(story, act, value)) if act else clear(app, seen, story)
    last = load_judgements(DAY)
    assert redrafted(app) == seen.draft

    for one in last:
        clear(app, now(), one.decision.story) if one.decision.story in left() else None
    assert redrafted(app) == edition.draft
    for one in last:
        save_judgement(one)
    assert redrafted(app) == seen.draft


def left() -> set[str]:
    return {one.decision.story for one in load_judgements(DAY)}


def redrafted(app: App) -> Draft:
    return draft(app, DAY, sources())[0].draft
