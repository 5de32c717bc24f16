"""In, out and back: what each act does, and the consent it leaves behind."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from subscribers import models, signup, store
from subscribers.errors import (
    AddressError,
    HashKeyError,
    LeftError,
    NoSubscriberError,
    PauseError,
    PreferencesError,
    StatusError,
    SuppressedError,
)
from subscribers.suppression import is_suppressed, suppress, suppress_subscriber
from subscribers.values import (
    Act,
    ConsentKind,
    Depth,
    How,
    MailFormat,
    Preferences,
    Rhythm,
    Status,
    Subscriber,
    SuppressionReason,
)
from tests.subscribers import acting

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 4, 7, 7, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
WORDS = "I agree to get the daily update."


def add(address: str = "ann@example.org", name: str = "Ann Lee", **more: Any) -> Subscriber:
    circumstances = {name: more.pop(name) for name in ("how", "now", "page") if name in more}
    given: dict[str, Any] = {"how": How.COMMAND, "wording": WORDS, "now": NOW}
    return signup.add(address, name, act=Act(**given | circumstances), **more)


def add_pending(address: str = "pat@example.org") -> int:
    number, _ = store.save_new(address, "Pat", Status.PENDING, NOW)
    return number


def leave(person: Subscriber, now: datetime = LATER) -> Subscriber:
    return signup.leave(person.id, act=Act(How.FORM, now, "/u/", "Leave the list"))


def kinds(number: int) -> list[ConsentKind]:
    return [record.kind for record in store.load_history(number)]


def test_an_added_subscriber_is_active_at_once() -> None:
    person = add()
    assert (person.status, person.address, person.name) == (
        Status.ACTIVE,
        "ann@example.org",
        "Ann Lee",
    )
    assert person.is_new


def test_an_addition_records_when_how_from_where_and_to_which_words() -> None:
    person = add(page="newsletter subscribers add")
    (record,) = store.load_history(person.id)
    assert (record.kind, record.how, record.happened_at) == (
        ConsentKind.AGREED,
        How.COMMAND,
        NOW,
    )
    assert record.page == "newsletter subscribers add"
    assert record.wording == WORDS
    assert record.wording_version == sha256(WORDS.encode()).hexdigest()


def test_a_wording_is_stored_once_for_all_who_saw_it() -> None:
    add("ann@example.org")
    add("bob@example.org")
    assert models.Wording.objects.count() == 1


def test_adding_the_same_address_again_changes_nothing_and_says_so() -> None:
    first = add()
    again = add(name="Somebody Else", now=LATER)
    assert not again.is_new
    assert (again.id, again.name, again.changed_at) == (first.id, "Ann Lee", NOW)
    assert kinds(first.id) == [ConsentKind.AGREED]


@pytest.mark.parametrize("other", ["Ann@Example.ORG", " ann@example.org", "ANN@EXAMPLE.ORG"])
def test_the_same_address_in_other_letters_is_the_same_subscriber(other: str) -> None:
    assert add().id == add(other).id
    found = store.find_subscriber(other)
    assert found is not None
    assert found.address == "ann@example.org"


def test_letters_before_the_at_sign_are_kept_for_sending() -> None:
    assert add("Ann.Lee@EXAMPLE.org").address == "Ann.Lee@example.org"


def test_a_bad_address_leaves_no_trace() -> None:
    with pytest.raises(AddressError):
        add("ann@@example.org")
    assert not models.Subscriber.objects.exists()
    assert not models.Consent.objects.exists()


def test_a_name_cannot_carry_a_second_line() -> None:
    assert add(name="Ann\r\nBcc: eve@example.net").name == "Ann Bcc: eve@example.net"


@pytest.mark.parametrize("address", ["ann@example.org", "ANN@example.org", "Ann@EXAMPLE.ORG"])
def test_a_suppressed_address_is_never_added(address: str) -> None:
    suppress("ann@example.org", SuppressionReason.COMPLAINED, now=NOW)
    with pytest.raises(SuppressedError):
        add(address, bring_back=True)
    assert not models.Subscriber.objects.exists()


def test_a_suppression_outlives_the_subscriber_and_keeps_no_address() -> None:
    person = add()
    suppress_subscriber(person.id, SuppressionReason.ERASED, now=NOW)
    models.Subscriber.objects.filter(id=person.id).delete()
    assert is_suppressed("ann@example.org")
    kept = str(list(models.Suppression.objects.values()))
    assert "ann" not in kept
    assert "example.org" not in kept


def test_the_first_reason_of_a_suppression_stays() -> None:
    assert suppress("ann@example.org", SuppressionReason.BOUNCED, now=NOW)
    assert not suppress("ann@example.org", SuppressionReason.COMPLAINED, now=LATER)
    assert models.Suppression.objects.get().reason == "bounced"


def test_suppressing_a_number_that_nobody_has_is_no_error() -> None:
    assert not suppress_subscriber(4711, SuppressionReason.BOUNCED, now=NOW)


def test_a_lost_hash_key_is_an_error_and_never_a_new_key() -> None:
    suppress("ann@example.org", SuppressionReason.COMPLAINED, now=NOW)
    models.HashKey.objects.all().delete()
    with pytest.raises(HashKeyError):
        add()


def test_the_suppression_list_does_not_depend_on_the_secret_key(settings: Any) -> None:
    suppress("ann@example.org", SuppressionReason.COMPLAINED, now=NOW)
    settings.SECRET_KEY = "rotated"
    assert is_suppressed("ann@example.org")


def test_leaving_takes_effect_at_once_and_is_recorded() -> None:
    person = leave(add())
    assert (person.status, person.changed_at) == (Status.LEFT, LATER)
    withdrawn = store.load_history(person.id)[-1]
    assert (withdrawn.kind, withdrawn.how, withdrawn.page, withdrawn.wording) == (
        ConsentKind.WITHDRAWN,
        How.FORM,
        "/u/",
        "Leave the list",
    )


def test_leaving_twice_is_leaving_once() -> None:
    person = leave(add())
    again = leave(person, LATER + timedelta(hours=1))
    assert again == person
    assert kinds(person.id) == [ConsentKind.AGREED, ConsentKind.WITHDRAWN]


def test_leaving_ends_a_pause() -> None:
    person = add()
    signup.pause_until(person.id, date(2026, 5, 1), act=Act(How.FORM, NOW))
    gone = leave(person)
    assert (gone.status, gone.paused_until) == (Status.LEFT, None)


def test_who_never_confirmed_can_leave_too() -> None:
    number = add_pending()
    assert signup.leave(number, act=Act(How.ONE_CLICK, NOW)).status is Status.LEFT


def test_the_operator_cannot_bring_back_by_accident_who_left() -> None:
    person = leave(add())
    with pytest.raises(LeftError):
        add()
    assert kinds(person.id)[-1] is ConsentKind.WITHDRAWN


def test_the_operator_brings_back_who_asked_for_it() -> None:
    person = leave(add())
    back = add(bring_back=True, now=LATER + timedelta(days=90))
    assert (back.id, back.status, back.is_new) == (person.id, Status.ACTIVE, False)
    assert kinds(person.id) == [ConsentKind.AGREED, ConsentKind.WITHDRAWN, ConsentKind.AGREED]


def test_the_operator_activates_who_was_pending() -> None:
    number = add_pending()
    person = add("pat@example.org", now=LATER)
    assert (person.id, person.status, person.activated_at) == (number, Status.ACTIVE, LATER)


def test_who_left_by_mistake_comes_back() -> None:
    person = leave(add())
    back = signup.come_back(person.id, act=Act(How.FORM, LATER + timedelta(days=30)))
    assert (back.status, back.activated_at) == (Status.ACTIVE, NOW)
    assert kinds(person.id)[-1] is ConsentKind.RETURNED


def test_an_old_link_brings_nobody_back() -> None:
    person = leave(add())
    with pytest.raises(StatusError):
        signup.come_back(person.id, act=Act(How.FORM, LATER + timedelta(days=31)))
    assert kinds(person.id)[-1] is ConsentKind.WITHDRAWN


def test_coming_back_does_not_get_past_the_suppression_list() -> None:
    person = leave(add())
    suppress_subscriber(person.id, SuppressionReason.COMPLAINED, now=LATER)
    with pytest.raises(SuppressedError):
        signup.come_back(person.id, act=Act(How.FORM, LATER))


def test_coming_back_does_not_stand_in_for_a_confirmation() -> None:
    number = add_pending()
    with pytest.raises(StatusError):
        signup.come_back(number, act=Act(How.FORM, NOW))
    signup.leave(number, act=Act(How.FORM, NOW))
    with pytest.raises(StatusError):
        signup.come_back(number, act=Act(How.FORM, LATER))


def test_a_pause_is_recorded_with_its_end() -> None:
    person = add()
    paused = signup.pause_until(person.id, date(2026, 5, 1), act=Act(How.FORM, NOW))
    assert (paused.status, paused.paused_until) == (Status.PAUSED, date(2026, 5, 1))
    record = store.load_history(person.id)[-1]
    assert (record.kind, record.detail) == (ConsentKind.PAUSED, "until 2026-05-01")


def test_a_pause_can_be_moved() -> None:
    person = add()
    signup.pause_until(person.id, date(2026, 5, 1), act=Act(How.FORM, NOW))
    moved = signup.pause_until(person.id, date(2026, 6, 1), act=Act(How.FORM, NOW))
    assert moved.paused_until == date(2026, 6, 1)
    assert kinds(person.id) == [ConsentKind.AGREED, ConsentKind.PAUSED, ConsentKind.PAUSED]


@pytest.mark.parametrize("until", [NOW.date(), date(2026, 1, 1), date(2027, 4, 9), date.max])
def test_a_pause_ends_after_today_and_within_a_year(until: date) -> None:
    person = add()
    with pytest.raises(PauseError):
        signup.pause_until(person.id, until, act=Act(How.FORM, NOW))
    assert kinds(person.id) == [ConsentKind.AGREED]


def test_a_pause_ends_early_on_request() -> None:
    person = add()
    signup.pause_until(person.id, date(2026, 5, 1), act=Act(How.FORM, NOW))
    resumed = signup.resume(person.id, act=Act(How.FORM, LATER))
    assert (resumed.status, resumed.paused_until) == (Status.ACTIVE, None)
    assert kinds(person.id)[-1] is ConsentKind.RESUMED


def test_resuming_without_a_pause_changes_nothing() -> None:
    person = add()
    assert signup.resume(person.id, act=Act(How.FORM, LATER)).changed_at == NOW
    assert kinds(person.id) == [ConsentKind.AGREED]


@pytest.mark.parametrize(
    "act",
    [
        lambda number: signup.pause_until(number, date(2026, 5, 1), act=Act(How.FORM, NOW)),
        lambda number: signup.resume(number, act=Act(How.FORM, NOW)),
    ],
)
def test_who_left_or_never_confirmed_has_nothing_to_pause(act: Callable[[int], object]) -> None:
    for number in (leave(add()).id, add_pending()):
        with pytest.raises(StatusError):
            act(number)


def test_every_act_on_a_number_that_nobody_has_is_refused() -> None:
    with pytest.raises(NoSubscriberError):
        signup.leave(4711, act=Act(How.FORM, NOW))


def test_an_act_whose_record_cannot_be_written_does_not_happen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person = add()

    def fail(record: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(store, "save_consent", fail)
    with pytest.raises(OSError, match="disk full"):
        leave(person)
    still = store.load_subscriber(person.id)
    assert still is not None
    assert still.status is Status.ACTIVE


def test_a_number_is_never_given_out_twice() -> None:
    first = add("ann@example.org")
    models.Subscriber.objects.filter(id=first.id).delete()
    assert add("bob@example.org").id > first.id


def test_the_history_outlives_the_subscriber() -> None:
    person = leave(add())
    models.Subscriber.objects.filter(id=person.id).delete()
    assert kinds(person.id) == [ConsentKind.AGREED, ConsentKind.WITHDRAWN]


def test_subscribers_are_counted_and_listed_by_status() -> None:
    ann, bob = add("ann@example.org"), add("bob@example.org")
    leave(bob)
    assert store.count_by_status() == {
        Status.PENDING: 0,
        Status.ACTIVE: 1,
        Status.PAUSED: 0,
        Status.LEFT: 1,
    }
    assert [person.id for person in store.load_subscribers()] == [ann.id, bob.id]
    assert [person.id for person in store.load_subscribers(Status.LEFT)] == [bob.id]


def test_a_masked_address_shows_its_owner_which_one_it_is_and_nobody_else_the_name() -> None:
    assert add("ann.lee@example.org").masked_address == "a••••@example.org"


DAY_OF_RETURN = date(2026, 5, 1)
DAILY, CHOSEN = Preferences(), Preferences(Rhythm.WEEKLY, hour=9)
DOES: dict[str, Callable[[int], object]] = {
    "confirm": lambda number: signup.confirm(number, act=Act(How.FORM, LATER)),
    "leave": lambda number: signup.leave(number, act=Act(How.FORM, LATER)),
    "come back": lambda number: signup.come_back(number, act=Act(How.FORM, LATER)),
    "pause": lambda number: signup.pause_until(number, DAY_OF_RETURN, act=Act(How.FORM, LATER)),
    "resume": lambda number: signup.resume(number, act=Act(How.FORM, LATER)),
    "change": lambda number: signup.change(number, CHOSEN, act=Act(How.FORM, LATER)),
    "add": lambda number: signup.add(acting.VICTIM, act=Act(How.COMMAND, LATER)),
    "bring back": lambda number: signup.add(
        acting.VICTIM, act=Act(How.COMMAND, LATER), bring_back=True
    ),
}
# Status afterwards and the kind of consent recorded ("" for none); "no" where it is refused.
TABLE = {
    "pending": "active confirmed|left withdrawn|no|no|no|no|active agreed|active agreed",
    "active": "active|left withdrawn|active|paused paused|active|active changed|active|active",
    "paused": "paused|left withdrawn|paused|paused|active resumed|paused changed|paused|paused",
    "left": "no|left|active returned|no|no|no|no|active agreed",
    "unconfirmed": "no|left|no|no|no|no|no|active agreed",
    "waiting": "active confirmed|left withdrawn|active returned|no|no|no|no|active agreed",
}
CELLS = [
    (stand, act, outcome)
    for stand, row in TABLE.items()
    for act, outcome in zip(DOES, row.split("|"), strict=True)
]


@pytest.mark.parametrize(("stand", "act", "outcome"), CELLS)
def test_every_act_from_wherever_somebody_stands(stand: str, act: str, outcome: str) -> None:
    number = acting.MAKERS[stand]()
    before, lines = acting.stands(number), len(kinds(number))
    try:
        DOES[act](number)
    except (LeftError, StatusError):
        assert (acting.stands(number), len(kinds(number)), outcome) == (before, lines, "no")
    else:
        recorded = [kind.value for kind in kinds(number)[lines:]]
        assert " ".join([acting.stands(number), *recorded]) == outcome


@pytest.mark.parametrize("stand", acting.MAKERS)
@pytest.mark.parametrize("act", ["confirm", "come back", "add", "bring back"])
def test_no_act_gets_a_suppressed_address_back_on_the_list(stand: str, act: str) -> None:
    number = acting.MAKERS[stand]()
    before = acting.stands(number)
    suppress(acting.VICTIM, SuppressionReason.COMPLAINED, now=NOW)
    with pytest.raises(SuppressedError):
        DOES[act](number)
    assert acting.stands(number) == before


def test_a_confirmation_counts_once_and_is_followed_by_a_welcome() -> None:
    number = acting.pending()
    person = signup.confirm(number, act=Act(How.FORM, LATER, "/c/", WORDS))
    assert (person.activated_at, person.asked_at) == (LATER, None)
    assert signup.confirm(number, act=Act(How.FORM, LATER)) == person
    assert kinds(number) == [ConsentKind.AGREED, ConsentKind.CONFIRMED]
    assert acting.owed().count("welcome") == 1


def test_a_sign_up_can_be_confirmed_for_thirty_days() -> None:
    number = acting.pending()
    with pytest.raises(StatusError):
        signup.confirm(number, act=Act(How.FORM, NOW + timedelta(days=30, seconds=1)))
    signup.confirm(number, act=Act(How.FORM, NOW + timedelta(days=30)))


def test_leaving_withdraws_a_sign_up_that_waits() -> None:
    number = acting.waiting()
    signup.leave(number, act=Act(How.ONE_CLICK, LATER))
    with pytest.raises(StatusError):
        signup.confirm(number, act=Act(How.FORM, LATER))


def test_a_sign_up_and_a_leaving_do_not_renew_the_link_that_brings_back() -> None:
    number = acting.left()
    late = NOW + timedelta(days=40)
    acting.sign_up(now=late)
    acting.settle(late)
    signup.leave(number, act=Act(How.FORM, late))
    with pytest.raises(StatusError):
        signup.come_back(number, act=Act(How.FORM, late))


def test_a_reason_for_leaving_is_kept_as_one_short_line() -> None:
    person = add()
    signup.leave(person.id, act=Act(How.FORM, LATER), reason="too\r\nmuch\x00 " + "x" * 300)
    detail = store.load_history(person.id)[-1].detail
    assert detail.startswith("too much x")
    assert len(detail) == 200


def test_a_change_says_from_and_to_what() -> None:
    person = add()
    wanted = Preferences(
        Rhythm.WEEKLY, Depth.FULL, ("Mining",), (), 9, "Europe/Berlin", MailFormat.TEXT, "de"
    )
    changed = signup.change(person.id, wanted, act=Act(How.FORM, LATER, "/p/"))
    assert (changed.preferences, changed.name) == (wanted, "Ann Lee")
    assert store.load_history(person.id)[-1].detail == (
        "rhythm daily to weekly; depth standard to full; sections all to Mining; hour none to 9;"
        " time zone default to Europe/Berlin; format html to text; language default to de"
    )


def test_a_change_of_name_is_recorded_without_either_name() -> None:
    person = add()
    changed = signup.change(person.id, DAILY, "Bo\r\nb", act=Act(How.FORM, LATER))
    assert changed.name == "Bo b"
    assert store.load_history(person.id)[-1].detail == "name changed"


def test_a_change_that_changes_nothing_leaves_no_record() -> None:
    person = add()
    assert signup.change(person.id, DAILY, "Ann Lee", act=Act(How.FORM, LATER)).changed_at == NOW
    assert kinds(person.id) == [ConsentKind.AGREED]


def test_a_long_change_is_cut_to_what_the_record_holds() -> None:
    person = add()
    many = tuple(f"company:{number:090}" for number in range(20))
    signup.change(person.id, Preferences(follows=many), act=Act(How.FORM, LATER))
    assert len(store.load_history(person.id)[-1].detail) == 200


def test_sections_and_follows_are_kept_sorted_and_once() -> None:
    wanted = Preferences(sections=("b", "a", "b"), follows=("thread:t", "company:稀土", "thread:t"))
    kept = signup.change(add().id, wanted, act=Act(How.FORM, LATER)).preferences
    assert kept.sections == ("a", "b")
    assert kept.follows == ("company:稀土", "thread:t")


@pytest.mark.parametrize(
    "wanted",
    [
        *(Preferences(hour=hour) for hour in (-1, 24, 2**40)),
        *(Preferences(time_zone=zone) for zone in ("Europe/Atlantis", "../../etc/passwd", "\x00")),
        *(Preferences(language=word) for word in ("deutschland", "<b>", "d\ne")),
        *(Preferences(sections=(name,)) for name in ("", "a\nb", "a\u2028b", " a", "x" * 101)),
        Preferences(sections=tuple(map(str, range(31)))),
        *(Preferences(follows=(one,)) for one in ("Lynas", "company:", "person:x", "thread: x")),
        *(Preferences(follows=(one,)) for one in ("company:a\rb", "company:" + "x" * 93)),
        Preferences(follows=tuple(f"thread:{number}" for number in range(21))),
    ],
)
def test_a_choice_that_cannot_be_kept_is_refused_and_changes_nothing(wanted: Preferences) -> None:
    person = add()
    with pytest.raises(PreferencesError):
        signup.change(person.id, wanted, act=Act(How.FORM, LATER))
    assert kinds(person.id) == [ConsentKind.AGREED]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite's test database is one connection's memory"
)
def test_two_clicks_at_the_same_moment_are_one_leaving() -> None:
    person = add()
    together = Barrier(2)

    def click() -> None:
        together.wait()
        leave(person)
        connection.close()

    _at_once(click, click)
    assert kinds(person.id) == [ConsentKind.AGREED, ConsentKind.WITHDRAWN]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite's test database is one connection's memory"
)
def test_one_address_added_twice_at_the_same_moment_is_one_subscriber() -> None:
    add("first@example.org")
    together = Barrier(2)
    found: list[Subscriber] = []

    def join() -> None:
        together.wait()
        found.append(add())
        connection.close()

    _at_once(join, join)
    assert len({person.id for person in found}) == 1
    assert sorted(person.is_new for person in found) == [False, True]
    assert kinds(found[0].id) == [ConsentKind.AGREED]


def _at_once(*acts: Callable[[], None]) -> None:
    threads = [Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
