"""The record of consent: only ever added to, by the database's own word, and never contradicted."""

from __future__ import annotations

from contextlib import suppress as suppress_errors
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subscribers import audience, models, privacy, signup, store
from subscribers.errors import SubscriberError
from subscribers.suppression import suppress
from subscribers.values import ConsentKind, Preferences, Rhythm, Status, SuppressionReason
from tests.subscribers.acting import (
    DAY,
    NOW,
    VICTIM,
    active,
    command,
    everything,
    form,
    left,
    mailed,
    paused,
    pending,
    settle,
    sign_up,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

pytestmark = pytest.mark.django_db

COLUMNS = {
    "id": "4711",
    "subscriber_id": "4711",
    "kind": "'confirmed'",
    "happened_at": "'2020-01-01 00:00:00+00:00'",
    "how": "'import'",
    "page": "'/x'",
    "wording_id": "NULL",
    "detail": "'x'",
    "network": "'x'",
    "actor": "'x'",
    "proof": "'{\"x\": 1}'",
}


def refuses(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError:
        return True
    return False


@pytest.mark.parametrize("column", COLUMNS)
def test_the_database_refuses_to_change_a_consent(column: str) -> None:
    sign_up()
    settle()
    assert refuses(f"UPDATE subscribers_consent SET {column} = {COLUMNS[column]}")


def test_emptying_what_is_personal_cannot_smuggle_in_another_change() -> None:
    left()
    emptied = "network = '', detail = '', proof = '{}'"
    assert refuses(f"UPDATE subscribers_consent SET {emptied}, kind = 'agreed', actor = 'eve'")
    assert not refuses(f"UPDATE subscribers_consent SET {emptied}")


def test_the_database_refuses_to_delete_a_consent() -> None:
    number = left()
    assert refuses("DELETE FROM subscribers_consent")
    assert refuses(f"DELETE FROM subscribers_consent WHERE subscriber_id = {number}")
    assert len(store.load_history(number)) == 2


def test_a_consent_of_somebody_gone_can_not_be_deleted_either() -> None:
    number = pending()
    privacy.erase_subscriber(number, act=form())
    assert refuses("DELETE FROM subscribers_consent")
    kinds = [record.kind for record in store.load_history(number)]
    assert kinds == [ConsentKind.AGREED, ConsentKind.ERASED]


PEOPLE = ("ann.very.rare@example.org", "bob.very.rare@example.org")
NAMES = ("Zebulon Quux", "Yolanda Quux")
ACTS = (
    *("sign up", "settle", "confirm", "leave", "come back", "pause", "resume", "change"),
    *("add", "bring back", "suppress", "erase", "mail", "wait"),
)
WELL_FOUNDED = {ConsentKind.CONFIRMED, ConsentKind.AGREED, ConsentKind.IMPORTED}
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from((0, 1))), min_size=1, max_size=25)


@pytest.mark.parametrize("made", [pending, active, paused, left])
@given(steps=STEPS)
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_sequence_of_acts_breaks_the_rules(
    made: object, steps: Sequence[tuple[str, int]]
) -> None:
    with transaction.atomic():
        for number, make in enumerate((made, active)):
            make(PEOPLE[number])  # type: ignore[operator]
        _run(steps)
        transaction.set_rollback(True)


def _run(steps: Sequence[tuple[str, int]]) -> None:
    now, grown, erased = NOW, 0, set[str]()
    for name, who in steps:
        now += 9 * DAY if name == "wait" else timedelta(seconds=1)
        _do(name, who, now)
        erased |= {PEOPLE[who]} if name == "erase" else set()
        grown = _grown(grown)
        _check_everybody(now)
        _check_erased(erased)


def _do(name: str, who: int, now: datetime) -> None:
    address, called, act = PEOPLE[who], NAMES[who], form(now)
    found = models.Subscriber.objects.filter(address=address).first()
    number = found.id if found else 4711
    weekly, soon = Preferences(Rhythm.WEEKLY), now.date() + 3 * DAY
    acts: dict[str, Callable[[], object]] = {
        "sign up": lambda: sign_up(address, now, name=called),
        "settle": lambda: settle(now),
        "confirm": lambda: signup.confirm(number, act=act),
        "leave": lambda: signup.leave(number, act=act, reason=f"I am {called}"),
        "come back": lambda: signup.come_back(number, act=act),
        "pause": lambda: signup.pause_until(number, soon, act=act),
        "resume": lambda: signup.resume(number, act=act),
        "change": lambda: signup.change(number, weekly, called, act=act),
        "add": lambda: signup.add(address, called, act=command(now)),
        "bring back": lambda: signup.add(address, called, act=command(now), bring_back=True),
        "suppress": lambda: suppress(address, SuppressionReason.BOUNCED, now=now, note=address),
        "erase": lambda: privacy.erase_subscriber(number, act=act),
        "mail": lambda: _check_mails(now),
        "wait": lambda: None,
    }
    with suppress_errors(SubscriberError):
        acts[name]()


def _grown(before: int) -> int:
    after = models.Consent.objects.count()
    assert after >= before
    return after


def _check_everybody(now: datetime) -> None:
    for person in store.load_subscribers():
        kinds = [record.kind for record in store.load_history(person.id)]
        if person.status in (Status.ACTIVE, Status.PAUSED):
            assert _is_founded(person.id)
            assert person.asked_at is None
        if kinds and kinds[-1] is ConsentKind.WITHDRAWN:
            assert person.status is Status.LEFT
        if person.status in (Status.LEFT, Status.PENDING) or person.suppression:
            assert audience.mailable([person.id], now.date()) == {}


def _is_founded(number: int) -> bool:
    """A press in the mail, or the operator's word: a form's sign-up alone is neither."""
    return any(
        record.kind in WELL_FOUNDED
        and (record.kind is not ConsentKind.AGREED or record.how == "command")
        for record in store.load_history(number)
    )


def _check_mails(now: datetime) -> None:
    for notice in mailed(now):
        person = store.load_subscriber(notice.subscriber_id)
        assert person is not None
        assert person.suppression is None
        if person.status is Status.LEFT:
            assert notice.kind in ("confirm", "remind")
            assert person.asked_at is not None


def _check_erased(erased: set[str]) -> None:
    """Whoever was erased and did not sign up anew since leaves no text of theirs anywhere."""
    kept = everything()
    waiting = set(models.Application.objects.values_list("address", flat=True))
    for address in erased - waiting:
        assert address not in kept
        assert NAMES[PEOPLE.index(address)] not in kept


def test_a_pause_ends_by_itself_and_the_history_shows_every_step() -> None:
    number = pending()
    signup.confirm(number, act=form())
    signup.pause_until(number, date(2026, 4, 20), act=form())
    signup.leave(number, act=form())
    signup.come_back(number, act=form())
    assert [record.kind.value for record in store.load_history(number)] == [
        *("agreed", "confirmed", "paused", "withdrawn", "returned")
    ]
    assert store.find_subscriber(VICTIM) is not None
