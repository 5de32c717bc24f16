"""Small mails: owed once, claimed once, settled once, and not sent when their reason is gone."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction

from subscribers import applications, models, notices, requests, signup
from subscribers.suppression import suppress
from subscribers.values import ActKind, NoticeKind, OwedNotice, SuppressionReason
from tests.subscribers import acting
from tests.subscribers.acting import (
    DAY,
    HOUR,
    MAKERS,
    NOW,
    VICTIM,
    active,
    at_once,
    form,
    mailed,
    pending,
    suppressed,
    waiting,
)

if TYPE_CHECKING:
    from datetime import datetime

pytestmark = pytest.mark.django_db


def state(kind: str) -> tuple[str, str]:
    row = models.Notice.objects.get(kind=kind)
    return row.state, row.detail


def claimed(now: datetime = NOW) -> OwedNotice:
    (notice,) = notices.claim_due(now, 10)
    return notice


def test_a_claimed_notice_has_all_that_its_mail_needs() -> None:
    number = pending()
    notice = claimed()
    assert (notice.kind, notice.subscriber_id) == (NoticeKind.CONFIRM, number)
    assert (notice.address, notice.act) == (VICTIM, 0)


def test_a_notice_is_claimed_once() -> None:
    pending()
    assert len(notices.claim_due(NOW, 10)) == 1
    assert notices.claim_due(NOW + DAY / 2, 10) == []


def test_no_more_are_claimed_than_asked_for_the_most_overdue_first() -> None:
    for number in range(5):
        notices.owe(
            active(f"a{number}@example.org"), NoticeKind.WELCOME, NOW - timedelta(minutes=number)
        )
    assert notices.count_due(NOW) == 5
    assert [one.address[:2] for one in notices.claim_due(NOW, 2)] == ["a4", "a3"]
    assert notices.count_due(NOW) == 3


def test_a_notice_is_not_due_before_its_moment() -> None:
    notices.owe(active(), NoticeKind.WELCOME, NOW + HOUR)
    assert notices.claim_due(NOW, 10) == []
    assert notices.claim_due(NOW + HOUR, 10) != []


def test_what_became_of_a_notice_is_written_down_once() -> None:
    pending()
    notice = claimed()
    notices.record(notice.id, "accepted", "250 ok", NOW)
    notices.record(notice.id, "planned", "", NOW)
    row = models.Notice.objects.get(id=notice.id)
    assert (row.state, row.detail, row.settled_at) == ("accepted", "250 ok", NOW)


def test_what_did_not_leave_is_tried_again_in_ever_longer_steps() -> None:
    pending()
    waits, now = [], NOW
    for _ in range(10):
        notices.record(claimed(now).id, "planned", "try later", now)
        due = models.Notice.objects.get(kind="confirm").due_at
        waits.append(due - now)
        now = due
    assert waits[0] == timedelta(minutes=1)
    assert waits[-1] == HOUR
    assert waits == sorted(waits)


def test_a_week_of_trying_is_the_end() -> None:
    notices.owe(active(), NoticeKind.WELCOME, NOW)
    notices.record(claimed().id, "planned", "try later", NOW)
    models.Notice.objects.update(due_at=NOW + 7 * DAY)
    assert notices.claim_due(NOW + 7 * DAY + HOUR, 10) == []
    assert state("welcome") == ("excluded", "too late")


def test_a_notice_that_lay_for_a_week_does_not_leave() -> None:
    notices.owe(active(), NoticeKind.WELCOME, NOW)
    assert notices.claim_due(NOW + 7 * DAY + HOUR, 10) == []
    assert state("welcome") == ("excluded", "too late")


def test_excluded_notices_do_not_hide_the_ones_behind_them() -> None:
    for number in range(4):
        notices.owe(number + 4711, NoticeKind.WELCOME, NOW - HOUR)
    notices.owe(active(), NoticeKind.WELCOME, NOW)
    assert [notice.address for notice in notices.claim_due(NOW, 2)] == [VICTIM]


def test_nothing_leaves_to_a_suppressed_address() -> None:
    number = suppressed()
    for kind in (NoticeKind.WELCOME, NoticeKind.ALREADY, NoticeKind.CONFIRM):
        notices.owe(number, kind, NOW)
    assert notices.claim_due(NOW, 10) == []
    assert set(models.Notice.objects.values_list("detail", flat=True)) == {"suppressed"}


@pytest.mark.parametrize("stand", MAKERS)
@pytest.mark.parametrize(
    ("kind", "gets"),
    [
        (NoticeKind.CONFIRM, {"pending", "waiting"}),
        (NoticeKind.REMIND, {"pending", "waiting"}),
        (NoticeKind.WELCOME, {"active"}),
        (NoticeKind.ALREADY, {"active", "paused"}),
    ],
)
def test_who_gets_which_notice(stand: str, kind: NoticeKind, gets: set[str]) -> None:
    number = MAKERS[stand]()
    models.Notice.objects.all().delete()
    notices.owe(number, kind, NOW)
    assert [notice.kind for notice in notices.claim_due(NOW, 10)] == [kind] * (stand in gets)


def test_a_press_meanwhile_takes_back_the_confirmation() -> None:
    number = pending()
    signup.confirm(number, act=form())
    assert [notice.kind for notice in mailed(NOW)] == [NoticeKind.WELCOME]
    assert state("confirm") == ("excluded", "no longer asked for")


def test_a_new_address_is_told_at_the_new_one_and_only_while_it_may_be_mailed() -> None:
    requests.ask_new_address(active(), "new@example.org", act=form())
    suppress("new@example.org", SuppressionReason.BY_HAND, now=NOW)
    assert notices.claim_due(NOW, 10) == []
    assert state("new-address") == ("excluded", "suppressed")


def test_a_request_that_is_a_day_old_is_not_mailed() -> None:
    requests.ask(active(), ActKind.EXPORT, act=form())
    assert notices.claim_due(NOW + DAY + HOUR, 10) == []


def test_where_somebody_moved_from_is_kept_for_the_week_in_which_there_is_a_way_back() -> None:
    number = active("old@example.org")
    requests.ask_new_address(number, "new@example.org", act=form())
    (asked,) = mailed(NOW)
    requests.confirm_new_address(asked.act, act=form())
    moved = claimed()
    assert (moved.kind, moved.address) == (NoticeKind.MOVED, "old@example.org")
    notices.record(moved.id, "accepted", "", NOW)
    assert "old@example.org" in acting.everything()
    applications.prune(NOW + 7 * DAY)
    assert "old@example.org" in acting.everything()
    applications.prune(NOW + 7 * DAY + HOUR)
    assert "old@example.org" not in acting.everything()


def test_a_mail_to_a_new_address_is_made_without_the_name() -> None:
    number = active()
    requests.ask_new_address(number, "new@example.org", act=form())
    requests.ask(number, ActKind.EXPORT, act=form())
    assert [(one.kind, one.name) for one in mailed(NOW)] == [
        (NoticeKind.NEW_ADDRESS, ""),
        (NoticeKind.EXPORT, "Ann Lee"),
    ]


def test_a_notice_tells_how_often_its_subscriber_left() -> None:
    pending()
    assert [one.leavings for one in mailed(NOW)] == [0]
    waiting("back@example.org")
    assert [one.leavings for one in mailed(NOW)] == [1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite's test database is one connection's memory"
)
def test_two_claimers_at_once_never_get_the_same_notice() -> None:
    for number in range(30):
        notices.owe(active(f"a{number}@example.org"), NoticeKind.WELCOME, NOW)
    together, found = Barrier(2), list[int]()

    def run() -> None:
        together.wait()
        for _ in range(20):
            with transaction.atomic():
                found.extend(notice.id for notice in notices.claim_due(NOW, 2))

    at_once(run, run)
    assert len(found) == len(set(found)) == 30
