"""What is asked for on a page and confirmed by a press in a mail: within a day, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection

from subscribers import models, requests, signup, store
from subscribers.errors import AddressError, NoSubscriberError, StatusError, SuppressedError
from subscribers.suppression import is_suppressed, suppress
from subscribers.values import ActKind, NoticeKind, Status, SuppressionReason
from tests.subscribers import acting
from tests.subscribers.acting import (
    DAY,
    HOUR,
    NOW,
    active,
    at_once,
    form,
    left,
    mailed,
    paused,
    pending,
    settle,
    sign_up,
    stands,
    suppressed,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

pytestmark = pytest.mark.django_db

OLD, NEW = "old@example.org", "new@example.org"
WEEK = 7 * DAY


def moving() -> tuple[int, int]:
    """Somebody who asked to move, and the number of the request."""
    number = active(OLD)
    requests.ask_new_address(number, NEW, act=form())
    (notice,) = mailed(NOW)
    assert (notice.kind, notice.address) == (NoticeKind.NEW_ADDRESS, NEW)
    return number, notice.act


def asked(kind: ActKind, number: int | None = None) -> int:
    requests.ask(number or active(OLD), kind, act=form())
    (notice,) = mailed(NOW)
    assert (notice.kind.value, notice.address) == (kind.value, OLD)
    return notice.act


def address_of(number: int) -> str:
    found = store.load_subscriber(number)
    assert found is not None
    return found.address


def test_nothing_moves_before_the_new_address_confirms() -> None:
    number, act = moving()
    assert address_of(number) == OLD
    moved = requests.confirm_new_address(act, act=form())
    assert (moved.id, moved.address, moved.status) == (number, NEW, Status.ACTIVE)
    assert store.find_subscriber(OLD) is None


def test_a_move_is_told_to_the_old_address_and_on_record_without_either() -> None:
    number, act = moving()
    requests.confirm_new_address(act, act=form())
    assert [(one.kind, one.address) for one in mailed(NOW)] == [(NoticeKind.MOVED, OLD)]
    record = store.load_history(number)[-1]
    assert (record.kind.value, record.detail) == ("changed", "address changed")


def test_a_press_counts_once() -> None:
    _, act = moving()
    requests.confirm_new_address(act, act=form())
    with pytest.raises(StatusError):
        requests.confirm_new_address(act, act=form())
    assert acting.owed().count("moved") == 1


@pytest.mark.parametrize("kind", [ActKind.ADDRESS, ActKind.EXPORT, ActKind.ERASE])
def test_a_request_can_be_confirmed_for_a_day(kind: ActKind) -> None:
    number, act = moving() if kind is ActKind.ADDRESS else (0, asked(kind))
    found = requests.person_of(act, kind, NOW + DAY)
    assert found.address == OLD
    assert number in (0, found.id)
    with pytest.raises(StatusError):
        requests.person_of(act, kind, NOW + DAY + HOUR)


def test_a_request_of_one_kind_is_none_of_another() -> None:
    act = asked(ActKind.EXPORT)
    with pytest.raises(NoSubscriberError):
        requests.erase(act, act=form())
    with pytest.raises(NoSubscriberError):
        requests.person_of(4711, ActKind.ERASE, NOW)


def test_a_new_address_is_asked_for_three_times_a_day() -> None:
    number, _ = moving()
    for hours in (1, 2):
        requests.ask_new_address(number, f"{hours}@example.org", act=form(NOW + hours * HOUR))
    with pytest.raises(StatusError):
        requests.ask_new_address(number, "4@example.org", act=form(NOW + 3 * HOUR))
    requests.ask_new_address(number, "4@example.org", act=form(NOW + DAY))
    assert acting.owed().count("new-address") == 4


def test_the_address_that_is_mailed_already_is_none_to_move_to() -> None:
    with pytest.raises(AddressError):
        requests.ask_new_address(active(OLD), "OLD@example.org", act=form())
    with pytest.raises(AddressError):
        requests.ask_new_address(active(OLD), "new@@example.org", act=form())


@pytest.mark.parametrize("make", [pending, left])
def test_only_who_is_on_the_list_can_move(make: Callable[[], int]) -> None:
    with pytest.raises(StatusError):
        requests.ask_new_address(make(), NEW, act=form())


def test_a_suppressed_subscriber_cannot_ask_for_anything() -> None:
    number = suppressed()
    with pytest.raises(SuppressedError):
        requests.ask_new_address(number, NEW, act=form())
    with pytest.raises(SuppressedError):
        requests.ask(number, ActKind.ERASE, act=form())


def test_somebody_elses_address_answers_alike_and_is_told_that_it_is_on_the_list() -> None:
    other = paused(NEW)
    requests.ask_new_address(active(OLD), NEW, act=form())
    assert [(one.kind, one.subscriber_id) for one in mailed(NOW)] == [(NoticeKind.ALREADY, other)]


def test_a_suppressed_new_address_answers_alike_and_gets_nothing() -> None:
    suppress(NEW, SuppressionReason.COMPLAINED, now=NOW)
    requests.ask_new_address(active(OLD), NEW, act=form())
    assert mailed(NOW) == []


def test_a_stranger_is_not_mailed_more_often_through_moves_than_through_sign_ups() -> None:
    for number in range(5):
        reader = active(f"reader{number}@example.org")
        requests.ask_new_address(reader, f"new+{number}@example.org", act=form())
    sign_up("new@example.org")
    settle()
    assert len(mailed(NOW)) == 1


@pytest.mark.parametrize("make", [pending, left])
def test_who_is_not_on_the_list_gives_way_to_the_owner_of_the_mailbox(
    make: Callable[[str], int],
) -> None:
    other = make(NEW)
    models.Notice.objects.all().delete()
    models.Application.objects.all().delete()
    number, act = moving()
    requests.confirm_new_address(act, act=form())
    assert (address_of(number), stands(other)) == (NEW, "gone")


def test_an_address_that_became_somebody_elses_is_not_taken_over() -> None:
    number, act = moving()
    active(NEW)
    with pytest.raises(SuppressedError):
        requests.confirm_new_address(act, act=form())
    assert address_of(number) == OLD


def test_an_address_that_was_suppressed_meanwhile_is_not_moved_to() -> None:
    number, act = moving()
    suppress(NEW, SuppressionReason.BY_HAND, now=NOW)
    with pytest.raises(SuppressedError):
        requests.confirm_new_address(act, act=form())
    assert address_of(number) == OLD


def test_who_left_meanwhile_does_not_move() -> None:
    number, act = moving()
    signup.leave(number, act=form())
    with pytest.raises(StatusError):
        requests.confirm_new_address(act, act=form())


@pytest.mark.parametrize("kind", [ActKind.EXPORT, ActKind.ERASE])
def test_one_mail_of_a_kind_leaves_in_a_day(kind: ActKind) -> None:
    number = active(OLD)
    for hours in (0, 1, 12, 23.9, 24):
        requests.ask(number, kind, act=form(NOW + hours * HOUR))
    assert acting.owed() == [kind.value] * 2


def test_forty_eight_presses_in_a_day_are_one_export() -> None:
    number = active(OLD)
    for half_hours in range(48):
        requests.ask(number, ActKind.EXPORT, act=form(NOW + half_hours * HOUR / 2))
        for notice in mailed(NOW + half_hours * HOUR / 2):
            requests.export(notice.act, act=form(NOW + half_hours * HOUR / 2))
    assert acting.owed() == ["export"]


def moved_away(number: int, address: str = NEW, now: datetime = NOW) -> int:
    """The way back of a move that was asked for and confirmed; it stands in a mail to the old."""
    was_at = address_of(number)
    requests.ask_new_address(number, address, act=form(now))
    (asked,) = mailed(now)
    requests.confirm_new_address(asked.act, act=form(now))
    (told,) = mailed(now)
    assert (told.kind, told.address) == (NoticeKind.MOVED, was_at)
    return told.act


def test_the_old_address_can_take_a_move_back_for_a_week_and_once() -> None:
    number = active(OLD)
    back = moved_away(number)
    assert requests.person_of(back, ActKind.ADDRESS, NOW + WEEK).id == number
    with pytest.raises(StatusError):
        requests.confirm_new_address(back, act=form(NOW + WEEK + HOUR))
    requests.confirm_new_address(back, act=form(NOW + WEEK))
    assert address_of(number) == OLD
    assert store.load_history(number)[-1].detail == "change of address taken back"
    assert mailed(NOW + WEEK) == []
    with pytest.raises(StatusError):
        requests.confirm_new_address(back, act=form(NOW + WEEK))


@pytest.mark.parametrize("kind", [ActKind.EXPORT, ActKind.ERASE])
def test_nobody_exports_or_erases_for_a_week_after_a_move(kind: ActKind) -> None:
    number = active(OLD)
    moved_away(number)
    with pytest.raises(StatusError):
        requests.ask(number, kind, act=form(NOW + WEEK - HOUR))
    requests.ask(number, kind, act=form(NOW + WEEK))
    assert acting.planned() == [kind.value]


def test_after_a_move_is_taken_back_its_owner_need_not_wait() -> None:
    number = active(OLD)
    requests.confirm_new_address(moved_away(number), act=form())
    assert requests.export(asked(ActKind.EXPORT, number), act=form())


@pytest.mark.parametrize("is_fetched", [False, True])
def test_what_waits_for_a_press_is_void_after_a_move(*, is_fetched: bool) -> None:
    number = active(OLD)
    export, erasure = asked(ActKind.EXPORT, number), asked(ActKind.ERASE, number)
    if is_fetched:
        requests.export(export, act=form())
    requests.ask_new_address(number, "third@example.org", act=form())
    (third,) = mailed(NOW)
    moved_away(number)
    with pytest.raises(NoSubscriberError):
        requests.export(export, act=form())
    with pytest.raises(NoSubscriberError):
        requests.erase(erasure, act=form())
    with pytest.raises(StatusError):
        requests.confirm_new_address(third.act, act=form())
    assert address_of(number) == NEW


def test_who_moves_a_subscription_on_does_not_shut_its_owner_out() -> None:
    number = active(OLD)
    back = moved_away(number)
    later = moved_away(number, "third@example.org")
    requests.confirm_new_address(later, act=form())
    assert address_of(number) == NEW
    last = moved_away(number, "fourth@example.org")
    requests.confirm_new_address(back, act=form(NOW + DAY))
    assert address_of(number) == OLD
    with pytest.raises(StatusError):
        requests.confirm_new_address(last, act=form(NOW + DAY))
    assert not requests.has_moved_lately(number, NOW + DAY)


def test_an_export_may_be_fetched_again_within_the_day() -> None:
    act = asked(ActKind.EXPORT)
    first = requests.export(act, act=form(), also={"deliveries": [1, 2]})
    assert first["deliveries"] == [1, 2]
    requests.export(act, act=form(NOW + HOUR))
    with pytest.raises(StatusError):
        requests.export(act, act=form(NOW + DAY + HOUR))


def test_who_left_can_still_fetch_and_erase() -> None:
    number = left(OLD)
    assert requests.export(asked(ActKind.EXPORT, number), act=form())
    requests.erase(asked(ActKind.ERASE, number), act=form())
    assert stands(number) == "gone"


def test_an_erasure_is_confirmed_once_and_then_leads_to_nobody() -> None:
    act = asked(ActKind.ERASE)
    requests.erase(act, act=form())
    assert is_suppressed(OLD)
    with pytest.raises(NoSubscriberError):
        requests.erase(act, act=form())


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite's test database is one connection's memory"
)
def test_two_presses_at_once_are_one_move() -> None:
    _, act = moving()
    refused: list[Exception] = []

    def press() -> None:
        try:
            requests.confirm_new_address(act, act=form())
        except StatusError as error:
            refused.append(error)

    at_once(press, press)
    assert len(refused) == 1
    assert acting.owed().count("moved") == 1
