"""The ledger: planned once, claimed once, settled once, and it always adds up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from newsletter import models
from newsletter.core.delivery import MOVES, DeliveryState, Outcome
from newsletter.core.edition import Edition
from newsletter.sample.edition import sample_draft
from newsletter.store import editions, ledger
from subscribers import audience, signup
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
            edition_id=edition.id, subscriber_id=row.subscriber_id, state="planned", planned_at=NOW
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
    from subscribers.models import Subscriber

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
