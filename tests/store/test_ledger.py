"""The ledger: planned once, claimed once, settled once, and it always adds up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from newsletter import models
from newsletter.core.delivery import MOVES, DeliveryState, Outcome
from newsletter.core.depth import Depth
from newsletter.core.edition import Edition
from newsletter.core.variant import Variant
from newsletter.sample.edition import sample_draft
from newsletter.store import editions, ledger
from newsletter.store.variants import load_variant, save_variants
from subscribers import audience, signup
from subscribers.models import Subscriber
from subscribers.values import Act, How

NOW = datetime(2026, 4, 7, 6, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
pytestmark = pytest.mark.django_db

Planned = Callable[[int], Edition]


def edition_for(people: int) -> Edition:
    for number in range(people):
        signup.add(f"r{number}@example.org", act=Act(How.COMMAND, NOW, wording="test"))
    edition = editions.save_draft(sample_draft(NOW, UTC), ["A"])
    ledger.plan(edition, audience.audience_query(date(2026, 4, 7)), NOW)
    return edition


def test_planning_writes_one_row_for_each_reader() -> None:
    edition = edition_for(5)
    assert ledger.count(edition).planned == 5
    assert ledger.count(edition).waiting == 5


def test_planning_twice_adds_nobody_twice() -> None:
    edition = edition_for(3)
    assert ledger.plan(edition, audience.audience_query(edition.date), NOW) == 0
    assert ledger.count(edition).planned == 3


def test_the_database_itself_refuses_a_second_row() -> None:
    edition = edition_for(1)
    row = models.Delivery.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Delivery.objects.create(
            edition_id=edition.id,
            subscriber_id=row.subscriber_id,
            state="planned",
            planned_at=NOW,
            due_at=NOW,
        )


def test_those_who_left_are_not_planned() -> None:
    person = signup.add("gone@example.org", act=Act(How.COMMAND, NOW, wording="test"))
    signup.leave(person.id, act=Act(How.FORM, NOW))
    assert ledger.count(edition_for(2)).planned == 2


def test_a_claim_takes_each_row_once() -> None:
    edition = edition_for(5)
    first = ledger.claim(edition, 3, LATER)
    second = ledger.claim(edition, 3, LATER)
    assert len(first) == 3
    assert len(second) == 2
    assert {row for row, _, _ in first}.isdisjoint(row for row, _, _ in second)
    assert ledger.claim(edition, 3, LATER) == []


def test_a_row_that_was_put_back_waits_for_the_next_run() -> None:
    edition = edition_for(1)
    ((row, _, attempt),) = ledger.claim(edition, 1, NOW)
    ledger.record([Outcome(row, DeliveryState.PLANNED, "later, please")], NOW)
    assert ledger.claim(edition, 1, NOW) == []
    ((_, _, again),) = ledger.claim(edition, 1, LATER)
    assert (attempt, again) == (1, 2)


SEVEN = NOW + timedelta(minutes=30)
TEN = NOW + timedelta(hours=3, minutes=30)


def edition_with_hours() -> Edition:
    """One reader at once, one at seven, two at ten in two time zones, one of an unknown hour."""
    wishes = [(None, ""), (7, ""), (10, ""), (19, "Asia/Tokyo"), (5, "")]
    for number, (hour, zone) in enumerate(wishes):
        person = signup.add(f"h{number}@example.org", act=Act(How.COMMAND, NOW, wording="test"))
        Subscriber.objects.filter(id=person.id).update(hour=hour, time_zone=zone)
    edition = editions.save_draft(sample_draft(NOW, UTC), ["A"])
    moments = {(7, ""): SEVEN, (10, ""): TEN, (19, "Asia/Tokyo"): TEN}
    assert ledger.plan(edition, audience.audience_query(edition.date), NOW, moments) == 5
    return edition


def test_a_row_is_claimed_from_its_hour_on_and_not_before() -> None:
    edition = edition_with_hours()
    assert len(ledger.claim(edition, 9, SEVEN - timedelta(seconds=1))) == 2
    assert len(ledger.claim(edition, 9, SEVEN)) == 1
    assert len(ledger.claim(edition, 9, TEN + timedelta(microseconds=1))) == 2


def test_what_was_due_before_a_moment_can_be_left_where_it_is() -> None:
    edition = edition_with_hours()
    assert ledger.is_waiting(edition, TEN)
    assert len(ledger.claim(edition, 9, TEN, SEVEN + timedelta(seconds=1))) == 2
    assert not ledger.is_waiting(edition, TEN)
    assert len(ledger.claim(edition, 9, TEN, SEVEN)) == 1


def test_the_count_says_how_many_wait_for_their_hour_and_when_the_next_leave() -> None:
    edition = edition_with_hours()
    counted = ledger.count(edition, NOW)
    assert (counted.waiting, counted.later, counted.next_due) == (5, 3, SEVEN)
    counted = ledger.count(edition, SEVEN)
    assert (counted.waiting, counted.later, counted.next_due) == (5, 2, TEN)
    assert ledger.count(edition, TEN).next_due is None
    assert counted.is_balanced


def the_next_edition(edition: Edition, at: datetime) -> Edition:
    """The edition of the day after, planned for the same readers at a moment."""
    made = replace(sample_draft(NOW, UTC), date=edition.date + timedelta(days=1))
    newer = editions.save_draft(made, ["A"])
    ledger.plan(newer, audience.audience_query(newer.date), at)
    return newer


@pytest.mark.parametrize(
    ("newer_due", "is_outdone"),
    [
        (timedelta(minutes=59), True),
        (timedelta(minutes=60), False),
        (timedelta(hours=-23), True),
        (timedelta(hours=-24), False),  # overdue: it is not sent along
    ],
)
def test_a_newer_edition_within_the_hour_outdoes_an_older_one(
    newer_due: timedelta, *, is_outdone: bool
) -> None:
    edition = edition_for(1)
    newer = the_next_edition(edition, LATER + newer_due)
    rows = [row for row, _, _ in ledger.claim(edition, 1, LATER)]
    assert ledger.outdone(rows, [newer.id], LATER) == (frozenset(rows) if is_outdone else set())
    assert ledger.outdone(rows, [], LATER) == frozenset()


@pytest.mark.parametrize(
    ("state", "minutes", "is_outdone"),
    [
        (DeliveryState.ACCEPTED, 59, True),
        (DeliveryState.ACCEPTED, 61, False),
        (DeliveryState.UNKNOWN, 1, True),
        (DeliveryState.REJECTED, 1, False),
        (DeliveryState.EXCLUDED, 1, False),
    ],
)
def test_a_newer_edition_that_has_just_left_outdoes_an_older_one_that_waited(
    state: DeliveryState, minutes: int, *, is_outdone: bool
) -> None:
    edition = edition_for(1)
    newer = the_next_edition(edition, NOW)
    ((other, _, _),) = ledger.claim(newer, 1, LATER)
    ledger.record([Outcome(other, state)], LATER)
    rows = [row for row, _, _ in ledger.claim(edition, 1, LATER)]
    now = LATER + timedelta(minutes=minutes)
    assert ledger.outdone(rows, [newer.id], now) == (frozenset(rows) if is_outdone else set())


def test_a_variant_is_kept_as_it_was_first_stored() -> None:
    edition = edition_for(1)
    first = Variant("k", Depth.FULL, "subject", "<p>one</p>", "one")
    save_variants(edition, [first])
    save_variants(edition, [Variant("k", Depth.FULL, "other", "two", "two")])
    assert load_variant(edition, "k") == first
    assert load_variant(edition, "other") is None


def test_an_outcome_settles_only_what_is_in_flight() -> None:
    edition = edition_for(1)
    ((row, _, _),) = ledger.claim(edition, 1, LATER)
    ledger.record([Outcome(row, DeliveryState.ACCEPTED)], LATER)
    ledger.record([Outcome(row, DeliveryState.REJECTED, "too late")], LATER)
    assert ledger.count(edition).accepted == 1
    assert ledger.count(edition).rejected == 0


def test_what_a_dead_run_left_in_flight_becomes_what_we_say() -> None:
    edition = edition_for(2)
    ledger.claim(edition, 2, LATER)
    assert ledger.settle_abandoned(edition, DeliveryState.UNKNOWN, "lost") == 2
    assert ledger.count(edition).unknown == 2
    assert ledger.claim(edition, 2, LATER + timedelta(days=1)) == []


def test_final_states_have_no_way_on() -> None:
    final = {DeliveryState.ACCEPTED, DeliveryState.REJECTED, DeliveryState.EXCLUDED}
    assert all(not MOVES[state] for state in final)


def test_a_reader_can_be_erased_and_the_ledger_stays() -> None:
    edition = edition_for(1)
    Subscriber.objects.all().delete()
    assert ledger.count(edition).planned == 1


STATES = st.sampled_from([state for state in DeliveryState if state is not DeliveryState.IN_FLIGHT])


class TheLedgerAlwaysAddsUp(TestCase):
    """Whatever is claimed, answered or abandoned in whatever order."""

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(
            st.tuples(st.integers(1, 4), st.lists(STATES, max_size=4), st.booleans()), max_size=6
        )
    )
    def test_planned_is_the_sum_of_all_states(
        self, steps: list[tuple[int, list[DeliveryState], bool]]
    ) -> None:
        edition = edition_for(6)
        moment = LATER
        for size, answers, dies in steps:
            moment += timedelta(minutes=1)
            claimed = ledger.claim(edition, size, moment)
            outcomes = [
                Outcome(row, state) for (row, _, _), state in zip(claimed, answers, strict=False)
            ]
            ledger.record(outcomes, moment)
            if dies:
                ledger.settle_abandoned(edition, DeliveryState.UNKNOWN, "lost")
            counted = ledger.count(edition)
            assert counted.is_balanced
            assert counted.planned == 6
