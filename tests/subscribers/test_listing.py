"""The list as an operator narrows it, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from subscribers import models, signup, store
from subscribers.listing import Filters, count_listed, load_listed, suppression_of
from subscribers.segments import Segment
from subscribers.suppression import suppress, suppress_subscriber
from subscribers.values import Act, How, Status, SuppressionReason

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 4, 7, 12, tzinfo=UTC)
TODAY = NOW.date()
BACK = date(2026, 4, 20)


def add(who: str, **columns: Any) -> int:
    number = signup.add(f"{who.lower()}@example.org", who, act=Act(How.COMMAND, NOW)).id
    models.Subscriber.objects.filter(id=number).update(**columns)
    return number


def listed(today: date = TODAY, most: int | None = None, **filters: Any) -> list[int]:
    return [one.id for one in load_listed(Filters(**filters), today, most)]


def test_everybody_is_listed_oldest_first_with_the_day_they_joined() -> None:
    ann, bob = add("Ann"), add("Bob", rhythm="weekly", activated_at=None)
    first, second = load_listed(Filters(), TODAY)
    assert (first.id, second.id) == (ann, bob)
    assert (first.name, first.source, first.since) == ("Ann", "command", NOW)
    assert (second.rhythm, second.since) == ("weekly", NOW)


def test_a_pause_that_is_over_counts_as_active() -> None:
    ann = add("Ann", status="paused", paused_until=BACK)
    assert listed(status=Status.PAUSED) == listed(BACK, status=Status.ACTIVE) == [ann]
    assert listed(status=Status.ACTIVE) == listed(BACK, status=Status.PAUSED) == []
    assert count_listed(Filters(), TODAY) == {Status.PAUSED: 1}
    assert count_listed(Filters(), BACK) == {Status.ACTIVE: 1}


def test_a_search_looks_into_addresses_and_names_and_takes_no_sign_as_a_pattern() -> None:
    ann, bob = add("Ann"), add("Bob", name="Lee_Ann 100%")
    assert listed(search="aNN") == [ann, bob]
    assert listed(search="bob@EXAMPLE") == [bob]
    assert listed(search="0%") == listed(search="e_a") == [bob]
    assert listed(search="%") == [bob]
    assert count_listed(Filters(search="nobody"), TODAY) == {}


def test_all_that_is_given_must_hold() -> None:
    add("Ann", rhythm="weekly")
    bob = add("Bob", rhythm="weekly")
    add("Bobby")
    weekly = Segment(rhythm=("weekly",))
    assert listed(search="bob", segment=weekly, status=Status.ACTIVE) == [bob]
    assert count_listed(Filters(Status.ACTIVE, weekly, "bob"), TODAY) == {Status.ACTIVE: 1}


def test_no_more_are_listed_than_asked_for() -> None:
    ann, _ = add("Ann"), add("Bob")
    assert listed(most=1) == [ann]
    assert listed(most=0) == []


def test_who_is_suppressed_is_listed_with_the_reason() -> None:
    suppress_subscriber(add("Ann"), SuppressionReason.BOUNCED, now=NOW)
    (ann,) = load_listed(Filters(), TODAY)
    assert ann.suppression is SuppressionReason.BOUNCED


def test_how_an_address_came_on_the_suppression_list_is_told_with_who_and_why() -> None:
    assert suppression_of("ann@example.org") is None
    suppress("ann@example.org", SuppressionReason.BY_HAND, now=NOW, actor="olga", note="asked")
    found = suppression_of("ANN@example.org")
    assert found
    assert (found.reason, found.actor, found.note) == ("by-hand", "olga", "asked")


def test_an_entry_of_the_suppression_list_without_a_record_still_has_reason_and_date() -> None:
    number, _ = store.save_new("ann@example.org", "", Status.PENDING, NOW)
    hashed = models.Subscriber.objects.get(id=number).address_hash
    models.Suppression.objects.create(address_hash=hashed, reason="bounced", created_at=NOW)
    found = suppression_of("ann@example.org")
    assert found
    assert (found.reason, found.happened_at) == ("bounced", NOW)
