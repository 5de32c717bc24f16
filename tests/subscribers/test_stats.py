"""The figures of the list: who stands where, and the growth by day out of the record of consent."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from subscribers import models, signup, store
from subscribers.segments import Segment
from subscribers.stats import Day, stats
from subscribers.suppression import suppress, suppress_subscriber
from subscribers.values import Act, ConsentKind, ConsentRecord, How, Status, SuppressionReason

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 4, 7, 12, tzinfo=UTC)
TODAY = NOW.date()
YESTERDAY = NOW - timedelta(days=1)
TOKYO = ZoneInfo("Asia/Tokyo")


def add(name: str, at: datetime = NOW) -> int:
    return signup.add(f"{name}@example.org", name, act=Act(How.COMMAND, at)).id


def leave(number: int, at: datetime = NOW) -> None:
    signup.leave(number, act=Act(How.FORM, at))


def record(
    number: int, kind: ConsentKind, at: datetime, how: How = How.FORM, detail: str = "active"
) -> None:
    store.save_consent(ConsentRecord(number, kind, at, how, "", "", "", detail))


def growth(days: int = 3, now: datetime = NOW, segment: Segment | None = None) -> list[Day]:
    return list(stats(now, days, segment).growth)


def test_an_empty_list_has_a_line_for_each_day_and_for_each_status() -> None:
    told = stats(NOW, 2)
    assert told.growth == [Day(date(2026, 4, 6), 0, 0, 0), Day(TODAY, 0, 0, 0)]
    assert told.by_status == {"pending": 0, "active": 0, "paused": 0, "left": 0}
    assert told.by_rhythm == told.suppressions == {}


def test_everyone_is_counted_by_status_and_those_on_the_list_by_their_choices() -> None:
    ann, bob, eve, joe = add("ann"), add("bob"), add("eve"), add("joe")
    models.Subscriber.objects.filter(id=bob).update(
        rhythm="weekly", depth="full", language="de", mail_format="text", source="import:ghost"
    )
    models.Subscriber.objects.filter(id=joe).update(rhythm="big", source="form")
    signup.pause_until(eve, date(2026, 5, 1), act=Act(How.FORM, NOW))
    leave(joe)
    told = stats(NOW, 1)
    assert told.by_status == {"pending": 0, "active": 2, "paused": 1, "left": 1}
    assert list(told.by_rhythm.items()) == [("daily", 2), ("weekly", 1)]
    assert told.by_depth == {"standard": 2, "full": 1}
    assert told.by_language == {"": 2, "de": 1}
    assert told.by_format == {"html": 2, "text": 1}
    assert told.by_source == {"command": 2, "import:ghost": 1}
    assert ann


def test_suppressions_are_counted_by_reason_also_of_those_who_are_no_subscribers() -> None:
    suppress_subscriber(add("ann"), SuppressionReason.BOUNCED, now=NOW)
    suppress("stranger@example.org", SuppressionReason.BOUNCED, now=NOW)
    suppress("other@example.org", SuppressionReason.COMPLAINED, now=NOW)
    assert stats(NOW, 1).suppressions == {"bounced": 2, "complained": 1}
    assert stats(NOW, 1, Segment(rhythm=("daily",))).suppressions == {"bounced": 1}


def test_sign_ups_that_can_be_confirmed_are_told_from_those_that_are_too_late() -> None:
    for number, days in enumerate((1, 29, 31)):
        who, _ = store.save_new(f"p{number}@example.org", "", Status.PENDING, NOW)
        models.Subscriber.objects.filter(id=who).update(asked_at=NOW - timedelta(days=days))
    again = add("again")
    leave(again)
    models.Subscriber.objects.filter(id=again).update(asked_at=NOW)
    told = stats(NOW, 1)
    assert (told.waiting, told.expired) == (3, 1)


def test_growth_tells_who_came_and_went_on_each_day_and_the_total_at_its_end() -> None:
    ann, _, _ = add("ann", YESTERDAY), add("bob", YESTERDAY), add("eve")
    leave(ann)
    assert growth() == [
        Day(date(2026, 4, 5), 0, 0, 0),
        Day(date(2026, 4, 6), 2, 0, 2),
        Day(TODAY, 1, 1, 2),
    ]
    assert growth()[1].net == 2


def test_who_came_before_the_days_that_are_shown_is_in_the_total() -> None:
    add("ann", NOW - timedelta(days=40))
    add("bob")
    assert growth(2) == [Day(date(2026, 4, 6), 0, 0, 1), Day(TODAY, 1, 0, 2)]


def test_a_sign_up_joins_when_it_is_confirmed() -> None:
    number, _ = store.save_new("ann@example.org", "", Status.PENDING, YESTERDAY)
    record(number, ConsentKind.AGREED, YESTERDAY)
    assert growth(1) == [Day(TODAY, 0, 0, 0)]
    models.Subscriber.objects.filter(id=number).update(status="active")
    record(number, ConsentKind.CONFIRMED, NOW)
    assert growth(2) == [Day(date(2026, 4, 6), 0, 0, 0), Day(TODAY, 1, 0, 1)]


def test_taking_back_a_sign_up_that_was_never_confirmed_is_no_leaving() -> None:
    number, _ = store.save_new("ann@example.org", "", Status.PENDING, NOW)
    record(number, ConsentKind.AGREED, NOW)
    record(number, ConsentKind.WITHDRAWN, NOW)
    assert growth(1) == [Day(TODAY, 0, 0, 0)]


@pytest.mark.parametrize(
    ("status", "joined"), [("active", 1), ("paused", 1), ("pending", 0), ("left", 0)]
)
def test_an_import_adds_those_whom_it_puts_on_the_list(status: str, joined: int) -> None:
    record(1, ConsentKind.IMPORTED, NOW, How.IMPORT, status)
    record(1, ConsentKind.CHANGED, NOW)
    assert growth(1)[0].joined == joined


def test_an_erasure_of_somebody_who_moved_in_leaves_the_day_they_did() -> None:
    agreed = ConsentRecord(1, ConsentKind.IMPORTED, NOW, How.IMPORT, "", "I agree", "", "active")
    store.save_consent(agreed)
    store.forget([1])
    assert growth(1)[0].joined == 1


def test_a_pause_and_a_change_are_no_growth() -> None:
    ann = add("ann", YESTERDAY)
    signup.pause_until(ann, date(2026, 5, 1), act=Act(How.FORM, NOW))
    record(ann, ConsentKind.CHANGED, NOW)
    assert growth(1) == [Day(TODAY, 0, 0, 1)]


def test_an_erasure_changes_no_day_that_is_past() -> None:
    ann, bob = add("ann", YESTERDAY), add("bob", YESTERDAY)
    leave(bob, YESTERDAY)
    past = growth(2, YESTERDAY)
    for number in (ann, bob):
        record(number, ConsentKind.ERASED, NOW)
        models.Subscriber.objects.filter(id=number).delete()
    assert growth(3)[:2] == past
    assert growth(1) == [Day(TODAY, 0, 1, 0)]


def test_days_are_those_of_the_newsletters_zone() -> None:
    add("ann", datetime(2026, 4, 6, 14, 59, 59, 999999, tzinfo=UTC))
    add("bob", datetime(2026, 4, 6, 15, 0, tzinfo=UTC))
    told = growth(2, NOW.astimezone(TOKYO))
    assert [(one.day.day, one.joined) for one in told] == [(6, 1), (7, 1)]


def test_a_day_of_25_hours_is_one_day() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    add("ann", datetime(2026, 10, 24, 22, 0, tzinfo=UTC))  # midnight in summer time
    add("bob", datetime(2026, 10, 25, 22, 59, tzinfo=UTC))  # a minute before midnight in winter's
    add("eve", datetime(2026, 10, 25, 23, 0, tzinfo=UTC))
    told = growth(3, datetime(2026, 10, 26, 12, tzinfo=berlin))
    assert [one.joined for one in told] == [0, 2, 1]


def test_the_figures_of_a_segment_are_those_of_its_people() -> None:
    add("ann")
    bob = add("bob", YESTERDAY)
    models.Subscriber.objects.filter(id=bob).update(rhythm="weekly")
    told = stats(NOW, 2, Segment(rhythm=("weekly",)))
    assert told.by_status["active"] == 1
    assert told.growth == [Day(date(2026, 4, 6), 1, 0, 1), Day(TODAY, 0, 0, 1)]


def test_the_number_of_queries_does_not_depend_on_the_list(
    django_assert_max_num_queries: Any,
) -> None:
    for number in range(20):
        add(f"reader{number}", NOW - timedelta(days=number))
    with django_assert_max_num_queries(4):
        assert stats(NOW, 30).growth[-1].total == 20


MOVES = {
    (ConsentKind.AGREED, How.COMMAND): True,
    (ConsentKind.AGREED, How.FORM): None,
    (ConsentKind.CONFIRMED, How.FORM): True,
    (ConsentKind.IMPORTED, How.IMPORT): True,
    (ConsentKind.RETURNED, How.FORM): True,
    (ConsentKind.CHANGED, How.FORM): None,
    (ConsentKind.PAUSED, How.FORM): None,
    (ConsentKind.RESUMED, How.FORM): None,
    (ConsentKind.WITHDRAWN, How.ONE_CLICK): False,
    (ConsentKind.ERASED, How.FORM): False,
}
histories = some.lists(
    some.tuples(some.integers(1, 3), some.sampled_from(sorted(MOVES)), some.integers(0, 47)),
    max_size=12,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(histories)
def test_the_growth_is_what_following_each_history_gives(history: list[Any]) -> None:
    before, fresh = growth(), models.Consent.objects.count() * 10  # records are never deleted
    joined: Counter[date] = Counter()
    left: Counter[date] = Counter()
    on_the_list: set[int] = set()
    for who, (kind, how), hours in sorted(history, key=lambda one: -one[2]):
        at = NOW - timedelta(hours=hours)
        record(fresh + who, kind, at, how)
        side = MOVES[kind, how]
        if side is True and who not in on_the_list:
            joined[at.date()] += 1
            on_the_list.add(who)
        if side is False and who in on_the_list:
            left[at.date()] += 1
            on_the_list.remove(who)
    for was, now in zip(before, growth(), strict=True):
        assert (now.joined - was.joined, now.left - was.left) == (joined[now.day], left[now.day])
