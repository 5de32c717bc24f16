"""Corrections as they are stored: what waits to be printed, and who got the wrong edition."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from newsletter import models
from newsletter.core.beside import Beside, Correction
from newsletter.core.delivery import DeliveryState, Outcome
from newsletter.core.edition import Edition
from newsletter.sample.edition import sample_draft
from newsletter.store import corrections, editions, ledger
from subscribers import audience, signup, suppression
from subscribers.models import Subscriber
from subscribers.values import Act, How, SuppressionReason

NOW = datetime(2026, 4, 7, 6, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
DAY = NOW.date()
pytestmark = pytest.mark.django_db


def edition_for(people: int) -> Edition:
    for number in range(people):
        signup.add(f"r{number}@example.org", act=Act(How.COMMAND, NOW, wording="test"))
    draft = sample_draft(NOW, UTC)
    assert draft.lead is not None
    lead = replace(draft.lead, id="0123456789ab")
    edition = editions.save_draft(replace(draft, lead=lead), ["A"])
    ledger.plan(edition, audience.audience_query(DAY), NOW)
    return edition


def a_correction(edition: Edition, right: str = "a kilo") -> Correction:
    return corrections.save_correction(edition, edition.draft.lead, "a tonne", right, NOW)


def test_a_correction_is_loaded_as_it_was_saved() -> None:
    edition = edition_for(0)
    one = a_correction(edition)
    assert edition.draft.lead is not None
    assert one == Correction(one.id, DAY, edition.draft.lead.headline, "a tonne", "a kilo", NOW)
    kept = corrections.load_correction(one.id)
    assert kept is not None
    assert (kept.correction, kept.story, kept.printed_on) == (one, edition.draft.lead.id, None)
    assert corrections.load_of(DAY) == (one,)
    assert corrections.load_of(DAY + timedelta(days=1)) == ()


def test_what_waits_to_be_printed_is_of_earlier_editions_only() -> None:
    one = a_correction(edition_for(0))
    assert corrections.load_unprinted(DAY) == ()
    assert corrections.load_unprinted(DAY + timedelta(days=1)) == (one,)


def test_the_first_edition_that_leaves_with_a_correction_is_the_one_that_printed_it() -> None:
    edition = edition_for(0)
    one, other = a_correction(edition), a_correction(edition, "an ounce")
    for days in (1, 2):
        day = DAY + timedelta(days=days)
        made = replace(edition.draft, date=day, beside=Beside(corrections=(one,)))
        corrections.save_printed(editions.save_draft(made, ["A"]), [one.id])
    kept = corrections.load_correction(one.id)
    assert kept is not None
    assert kept.printed_on == DAY + timedelta(days=1)
    assert corrections.load_unprinted(DAY + timedelta(days=9)) == (other,)


def answered(edition: Edition, *states: DeliveryState) -> list[int]:
    """Deliver to as many readers with these fates; the subscribers' numbers."""
    claimed = ledger.claim(edition, len(states), LATER)
    outcomes = [Outcome(row, state) for (row, _, _), state in zip(claimed, states, strict=True)]
    ledger.record(outcomes, LATER)
    return [subscriber for _, subscriber, _ in claimed]


def plan(one: Correction) -> int:
    query = audience.audience_query(DAY, only=corrections.received(one))
    return ledger.plan(one, query, LATER)


def planned_for(one: Correction) -> set[int]:
    rows = models.CorrectionDelivery.objects.filter(correction_id=one.id, state="planned")
    return set(rows.values_list("subscriber_id", flat=True))


def test_only_those_who_got_the_edition_or_may_have_it_are_planned() -> None:
    edition = edition_for(5)
    people = answered(
        edition,
        DeliveryState.ACCEPTED,
        DeliveryState.UNKNOWN,
        DeliveryState.REJECTED,
        DeliveryState.EXCLUDED,
    )
    one = a_correction(edition)
    assert plan(one) == 2
    assert planned_for(one) == set(people[:2])
    assert plan(one) == 0


def test_who_left_paused_or_is_suppressed_meanwhile_is_not_planned() -> None:
    edition = edition_for(4)
    left, paused, suppressed, stays = answered(edition, *[DeliveryState.ACCEPTED] * 4)
    signup.leave(left, act=Act(How.FORM, NOW))
    Subscriber.objects.filter(id=paused).update(
        status="paused", paused_until=DAY + timedelta(days=9)
    )
    address = Subscriber.objects.get(id=suppressed).address
    suppression.suppress(address, SuppressionReason.BOUNCED, now=NOW)
    one = a_correction(edition)
    assert audience.size(DAY, only=corrections.still_to_mail(one)) == 1
    plan(one)
    assert planned_for(one) == {stays}


def test_who_was_mailed_is_not_still_to_be_mailed() -> None:
    edition = edition_for(3)
    answered(edition, *[DeliveryState.ACCEPTED] * 3)
    one = a_correction(edition)
    plan(one)
    claimed = ledger.claim(one, 2, LATER + timedelta(minutes=1))
    ledger.record([Outcome(claimed[0][0], DeliveryState.ACCEPTED)], LATER, Correction)
    left = Subscriber.objects.filter(corrections.still_to_mail(one))
    assert {person.id for person in left} == {claimed[1][1]} | planned_for(one)
    assert ledger.count(one).is_balanced


def test_the_ledgers_of_editions_and_corrections_do_not_touch_each_other() -> None:
    edition = edition_for(2)
    answered(edition, *[DeliveryState.ACCEPTED] * 2)
    one = a_correction(edition)
    plan(one)
    before = ledger.count(edition)
    claimed = ledger.claim(one, 9, LATER + timedelta(minutes=1))
    assert len(claimed) == 2
    ledger.record([Outcome(claimed[0][0], DeliveryState.REJECTED)], LATER, Correction)
    assert ledger.settle_abandoned(one, DeliveryState.UNKNOWN, "lost") == 1
    counted = ledger.count(one)
    assert (counted.rejected, counted.unknown, counted.planned) == (1, 1, 2)
    assert ledger.count(edition) == before


def test_the_database_itself_refuses_a_second_row() -> None:
    edition = edition_for(1)
    answered(edition, DeliveryState.ACCEPTED)
    one = a_correction(edition)
    plan(one)
    row = models.CorrectionDelivery.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_a_correction_taken_back_takes_its_planned_mails_with_it() -> None:
    edition = edition_for(1)
    answered(edition, DeliveryState.ACCEPTED)
    one = a_correction(edition)
    plan(one)
    corrections.drop_correction(one.id)
    assert corrections.load_kept() == ()
    assert not models.CorrectionDelivery.objects.exists()
