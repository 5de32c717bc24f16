"""Sign-ups: written down alike for all, then looked at, within budgets."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from subscribers import applications, models, notices, signup, store
from subscribers.applications import Budgets
from subscribers.errors import AddressError, HashKeyError
from subscribers.limits import is_large, mailbox_of, neighbourhood_of
from subscribers.suppression import suppress
from subscribers.values import Act, ConsentKind, How, Status, SuppressionReason
from tests.subscribers import acting
from tests.subscribers.acting import (
    DAY,
    HOUR,
    NOW,
    VICTIM,
    WORDS,
    active,
    at_once,
    form,
    left,
    mailed,
    owed,
    paused,
    pending,
    person,
    planned,
    settle,
    sign_up,
    stands,
)

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

MAKERS = acting.MAKERS | {"suppressed": acting.suppressed}


@pytest.mark.parametrize("make", [None, *MAKERS.values()], ids=["nobody", *MAKERS])
def test_a_sign_up_is_the_same_work_whoever_the_address_belongs_to(
    make: Callable[[], int] | None,
) -> None:
    active("first@example.org")
    sign_up("second@example.org")
    if make:
        make()
    tables = {table: count_of(table) for table in TABLES}
    with CaptureQueriesContext(connection) as asked:
        sign_up(now=NOW + DAY)
    statements = [one["sql"].split()[0] for one in asked.captured_queries]
    assert statements == ["SAVEPOINT", "SELECT", "SELECT", "INSERT", "RELEASE"]
    grown = {table for table in TABLES if count_of(table) != tables[table]}
    assert grown == {models.Application}


TABLES = [models.Application, models.Subscriber, models.Consent, models.Notice, models.Suppression]


def count_of(table: Any) -> int:
    return int(table.objects.count())


def test_a_sign_up_is_kept_as_asked_until_it_is_settled() -> None:
    sign_up("Ann@example.org", name="Ann\r\nLee", language="de", source="form:home")
    row = models.Application.objects.get()
    assert (row.address, row.name, row.language) == ("Ann@example.org", "Ann Lee", "de")
    assert (row.source, row.page, row.network) == ("form:home", "/subscribe", "203.0.113.7")
    assert (row.wording_id, row.outcome) == (store.wording_version(WORDS), "")


def test_a_settled_sign_up_keeps_nothing_personal() -> None:
    sign_up(name="Ann Lee", language="de")
    settle()
    row = models.Application.objects.get()
    kept = (row.address, row.name, row.language, row.source, row.page, row.network)
    assert set(kept) == {""}
    assert (row.outcome, row.settled_at) == ("confirm", NOW)


def test_a_bad_address_is_refused_and_leaves_no_trace() -> None:
    with pytest.raises(AddressError):
        sign_up("ann@@example.org")
    assert not models.Application.objects.exists()


def test_hostile_words_around_a_sign_up_are_cut_to_what_can_be_kept() -> None:
    act = Act(How.API, NOW, "p\x00\r\n" * 300, WORDS, "n" * 90)
    applications.apply(
        VICTIM, act=act, name="\x00" + "n" * 300, language="<b>de</b>", source="\ud800" + "s" * 300
    )
    assert settle().outcomes == {"confirm": 1}
    assert (person().name, person().preferences.language) == ("n" * 100, "")
    assert person().source.startswith("api:s")


def test_an_unknown_address_waits_for_its_owner() -> None:
    sign_up(name="Ann Lee", language="de", source="form:home")
    assert settle().outcomes == {"confirm": 1}
    found = person()
    assert (found.status, found.asked_at, found.name) == (Status.PENDING, NOW, "Ann Lee")
    assert (found.preferences.language, found.source) == ("de", "form:home")
    assert found.activated_at is None
    assert owed() == ["confirm", "remind"]


@pytest.mark.parametrize(("source", "how"), [("form", How.FORM), ("api:shop", How.API)])
def test_what_was_agreed_is_recorded_as_of_the_sign_up(source: str, how: How) -> None:
    sign_up(source=source)
    settle(NOW + timedelta(seconds=2))
    (record,) = store.load_history(person().id)
    assert (record.kind, record.how, record.happened_at) == (ConsentKind.AGREED, how, NOW)
    assert (record.page, record.network, record.wording) == ("/subscribe", "203.0.113.7", WORDS)


@pytest.mark.parametrize(
    ("make", "status", "mails", "outcome"),
    [
        (pending, "pending", ["confirm", "remind", "confirm"], "confirm"),
        (active, "active", ["already"], "already"),
        (paused, "paused", ["already"], "already"),
        (left, "left", ["confirm", "remind"], "confirm"),
        (acting.suppressed, "active", [], "suppressed"),
    ],
)
def test_a_strangers_sign_up_changes_nobodys_status(
    make: Callable[[], int], status: str, mails: list[str], outcome: str
) -> None:
    number = make()
    later = NOW + DAY
    sign_up(now=later, name="Somebody Else")
    assert settle(later).outcomes == {outcome: 1}
    assert (stands(number), owed()) == (status, mails)


def test_a_strangers_sign_up_does_not_rename_who_was_on_the_list() -> None:
    for number in (active("ann@example.org"), left("bob@example.org")):
        before = store.load_subscriber(number)
        assert before is not None
        sign_up(before.address, name="Somebody Else", language="de")
        settle()
        after = store.load_subscriber(number)
        assert after is not None
        assert (after.name, after.preferences) == (before.name, before.preferences)
        assert after.changed_at == before.changed_at


def test_one_confirmation_a_day_whatever_the_alias() -> None:
    gmail = ["jo.hn@gmail.com", "john@gmail.com", "J.o.h.n+x@gmail.com", "john+y@gmail.com"]
    plain = ["ann@example.org", "ann+a@example.org", "ANN+b@example.org"]
    for address in gmail + plain:
        sign_up(address, network="")
    assert settle().outcomes == {"confirm": 2, "budget": 5}
    assert owed().count("confirm") == 2


def test_a_day_later_there_is_a_confirmation_again_and_three_in_a_month_are_the_end() -> None:
    outcomes: list[str] = []
    for days in (0, 0.9, 1.1, 2.2, 3.3, 29, 30.1):
        now = NOW + days * DAY
        sign_up(now=now)
        outcomes += settle(now).outcomes
    assert outcomes == ["confirm", "budget", "confirm", "confirm", "budget", "budget", "confirm"]


def test_a_thousand_sign_ups_for_one_address_end_in_one_mail() -> None:
    """Bounded by statements, since no test asserts a time: a constant number for each."""
    for number in range(1000):
        sign_up(network=f"10.{number // 250}.{number % 250}.1")
    with CaptureQueriesContext(connection) as asked:
        while settle().count:
            pass
    assert len(asked.captured_queries) < 4500
    assert owed() == ["confirm", "remind"]
    assert models.Application.objects.filter(outcome="budget").count() == 999


def test_the_domain_the_network_and_all_have_a_budget_of_an_hour() -> None:
    few = Budgets(per_domain_hour=2, per_network_hour=3, per_hour=4)
    for number in range(4):
        sign_up(f"a{number}@one.example", network=f"10.0.{number}.1")
    assert settle(budgets=few).outcomes == {"confirm": 2, "budget": 2}
    models.Application.objects.all().delete()
    for number in range(4):
        sign_up(f"b{number}@net{number}.example", network=f"10.9.9.{number}")
    assert settle(budgets=few).outcomes == {"confirm": 3, "budget": 1}
    models.Application.objects.all().delete()
    for number in range(6):
        sign_up(f"c{number}@all{number}.example", network=f"10.1.{number}.1")
    assert settle(budgets=few).outcomes == {"confirm": 4, "budget": 2}
    later = NOW + HOUR + timedelta(seconds=1)
    sign_up("d@one.example", now=later)
    assert settle(later, budgets=few).outcomes == {"confirm": 1}


def test_a_spent_budget_is_named_before_a_sign_up_is_taken() -> None:
    few = Budgets(per_domain_hour=1, per_large_domain_hour=2, per_network_hour=3, per_hour=4)
    assert applications.spent_budget(VICTIM, "10.0.0.1", few, NOW) == ""
    sign_up(VICTIM, network="10.0.0.1")
    sign_up("a@gmail.com", network="10.0.0.200")
    assert applications.spent_budget("x@example.org", "10.9.0.1", few, NOW) == "domain"
    assert applications.spent_budget("b@gmail.com", "10.9.0.1", few, NOW) == ""
    sign_up("b@b.example", network="10.0.0.3")
    assert applications.spent_budget("x@x.example", "10.0.0.77", few, NOW) == "network"
    sign_up("c@c.example", network="10.3.0.1")
    assert applications.spent_budget("x@x.example", "10.4.0.1", few, NOW) == "all"
    assert applications.spent_budget("x@x.example", "10.4.0.1", few, NOW + HOUR) == ""


def test_an_answered_challenge_opens_the_hour_but_never_the_mailbox() -> None:
    none = Budgets(per_domain_hour=1, per_network_hour=1, per_hour=1)
    sign_up("first@example.org")
    sign_up(VICTIM, answered=True)
    sign_up(VICTIM, answered=True)
    assert settle(budgets=none).outcomes == {"confirm": 2, "budget": 1}


def test_a_network_can_be_counted_without_being_kept() -> None:
    few = Budgets(per_network_hour=1)
    applications.apply(VICTIM, act=form(network=""), counted_network="198.51.100.7")
    assert models.Application.objects.get().network == ""
    assert applications.spent_budget("x@x.example", "198.51.100.9", few, NOW) == "network"
    assert applications.spent_budget("x@x.example", "198.51.101.9", few, NOW) == ""


@pytest.mark.parametrize(
    ("network", "neighbourhood"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("203.0.113.0/24", "203.0.113.0/24"),
        ("203.0.0.0/16", "203.0.0.0/16"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_neighbours_in_a_network_count_as_one(network: str, neighbourhood: str) -> None:
    assert neighbourhood_of(network) == neighbourhood


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("J.Doe+news@Gmail.com", "jdoe@gmail.com"),
        ("j.doe@googlemail.com", "jdoe@googlemail.com"),
        ("J.Doe+a+b@example.org", "j.doe@example.org"),
        ("+x@example.org", "+x@example.org"),
    ],
)
def test_aliases_lead_to_one_mailbox(address: str, mailbox: str) -> None:
    assert mailbox_of(address) == mailbox


def test_a_domain_that_strangers_share_has_a_larger_budget() -> None:
    large = [
        "gmail.com",
        "yahoo.co.jp",
        "yahoo.com.br",
        "gmx.de",
        "gmx.net",
        "live.co.uk",
        "qq.com",
    ]
    assert all(map(is_large, large))
    small = ["example.org", "yahoo.evil.com", "notgmail.com", "gmail.com.example", "yahoo.museum"]
    assert not any(map(is_large, small))


def test_a_reminder_is_owed_once_a_day_after_the_sign_up() -> None:
    pending()
    remind = models.Notice.objects.get(kind="remind")
    assert remind.due_at == NOW + DAY
    assert [notice.kind for notice in mailed(NOW)] == ["confirm"]
    assert [notice.kind for notice in mailed(NOW + DAY)] == ["remind"]
    assert mailed(NOW + 5 * DAY) == []


def test_a_second_sign_up_brings_no_second_reminder_while_one_is_planned() -> None:
    pending()
    sign_up(now=NOW + 1.01 * DAY)
    settle(NOW + 1.01 * DAY)
    assert planned().count("remind") == 1


def test_who_confirmed_is_not_reminded() -> None:
    number = pending()
    signup.confirm(number, act=form())
    assert [notice.kind for notice in mailed(NOW + DAY)] == ["welcome"]
    assert models.Notice.objects.get(kind="remind").state == "excluded"


def test_no_reminder_where_none_is_wanted_or_where_it_came_with_the_confirmation() -> None:
    sign_up()
    settle(remind_after=timedelta())
    sign_up("late@example.org")
    settle(NOW + 2 * DAY)
    assert owed() == ["confirm", "confirm"]


def test_the_oldest_sign_ups_are_looked_at_first_and_no_more_than_asked_for() -> None:
    for number in range(5):
        sign_up(f"a{number}@d{number}.example")
    assert settle(most=2).count == 2
    waiting = models.Application.objects.filter(outcome="").order_by("id")
    assert [row.address[:2] for row in waiting] == ["a2", "a3", "a4"]
    assert (settle(most=2).count, settle(most=2).count, settle(most=2).count) == (2, 1, 0)


def test_a_sign_up_whose_address_is_lost_is_settled_as_invalid() -> None:
    sign_up()
    models.Application.objects.update(address="")
    assert settle().outcomes == {"invalid": 1}
    assert settle().count == 0


def test_a_batch_that_dies_halfway_is_whole_when_it_is_settled_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sign_up("a@a.example")
    sign_up("b@b.example")
    owe = notices.owe

    def die(number: int, *rest: Any, **more: Any) -> None:
        if models.Subscriber.objects.filter(id=number, address="b@b.example").exists():
            raise OSError("killed")
        owe(number, *rest, **more)

    with monkeypatch.context() as patch:
        patch.setattr(notices, "owe", die)
        with pytest.raises(OSError, match="killed"):
            settle()
    assert not models.Subscriber.objects.exists()
    assert not models.Notice.objects.exists()
    assert settle().outcomes == {"confirm": 2}
    assert owed().count("confirm") == 2


def test_a_lost_key_stops_settling_and_is_not_replaced() -> None:
    suppress("old@example.org", SuppressionReason.COMPLAINED, now=NOW)
    sign_up()
    models.HashKey.objects.all().delete()
    with pytest.raises(HashKeyError):
        settle()


def test_a_month_later_sign_ups_and_who_never_confirmed_are_forgotten() -> None:
    number = pending("gone@example.org")
    kept = active("kept@example.org")
    later = NOW + 30 * DAY + HOUR
    sign_up("new@example.org", now=later)
    settle(later)
    assert applications.prune(later) == 2
    assert (stands(number), stands(kept)) == ("gone", "active")
    assert stands(person("new@example.org").id) == "pending"
    assert models.Application.objects.count() == 1
    assert "gone@example.org" not in acting.everything()
    assert [record.kind for record in store.load_history(number)] == [ConsentKind.AGREED]
    assert store.load_history(number)[0].network == ""


def test_who_signed_up_again_meanwhile_is_not_forgotten() -> None:
    number = pending()
    sign_up(now=NOW + 20 * DAY)
    settle(NOW + 20 * DAY)
    applications.prune(NOW + 31 * DAY)
    assert stands(number) == "pending"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite's test database is one connection's memory"
)
def test_two_settlers_at_once_owe_one_mail() -> None:
    for number in range(40):
        sign_up(f"victim+{number}@example.org", network=f"10.0.{number}.1")
    together = Barrier(2)

    def run() -> None:
        together.wait()
        for _ in range(30):
            settle(most=3)

    at_once(run, run)
    while settle().count:
        pass
    assert owed() == ["confirm", "remind"]
    assert not models.Application.objects.filter(outcome="").exists()
