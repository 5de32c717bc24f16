"""The list of those who are never mailed: outlives people, and every change of it is on record."""

from __future__ import annotations

import pytest

from subscribers import models, signup, store, suppression
from subscribers.errors import StatusError, SuppressedError
from subscribers.suppression import is_suppressed, lift, load_acts, suppress, suppress_subscriber
from subscribers.values import Status, SuppressionReason
from tests.subscribers.acting import DAY, NOW, VICTIM, active, command, everything, form, pending

pytestmark = pytest.mark.django_db


def test_a_suppression_is_on_record_with_who_and_why() -> None:
    suppress(VICTIM, SuppressionReason.BY_HAND, now=NOW, actor="ann", note="asked\r\nby phone")
    (record,) = load_acts(VICTIM)
    assert (record.act, record.reason) == ("suppressed", SuppressionReason.BY_HAND)
    assert (record.actor, record.note, record.happened_at) == ("ann", "asked by phone", NOW)


def test_suppressing_again_changes_nothing() -> None:
    assert suppress(VICTIM, SuppressionReason.BOUNCED, now=NOW)
    assert not suppress("VICTIM@example.org", SuppressionReason.BY_HAND, now=NOW + DAY)
    assert [record.reason for record in load_acts(VICTIM)] == [SuppressionReason.BOUNCED]


@pytest.mark.parametrize("reason", [SuppressionReason.BOUNCED, SuppressionReason.COMPLAINED])
def test_a_bounce_or_a_complaint_leaves_the_status(reason: SuppressionReason) -> None:
    number = active()
    assert suppress_subscriber(number, reason, now=NOW)
    found = store.load_subscriber(number)
    assert found is not None
    assert (found.status, found.suppression) == (Status.ACTIVE, reason)
    assert [record.reason for record in load_acts(VICTIM)] == [reason]


def test_lifting_is_on_record_and_lets_the_address_in_again() -> None:
    suppress(VICTIM, SuppressionReason.BOUNCED, now=NOW)
    assert lift("Victim@Example.org", act=command(NOW + DAY), note="mailbox works again") is (
        SuppressionReason.BOUNCED
    )
    assert not is_suppressed(VICTIM)
    assert [(record.act, record.actor) for record in load_acts(VICTIM)] == [
        ("suppressed", ""),
        ("lifted", "operator"),
    ]
    assert signup.add(VICTIM, act=command()).status is Status.ACTIVE


def test_lifting_what_is_not_on_the_list_is_refused_and_not_on_record() -> None:
    active()
    with pytest.raises(StatusError):
        lift(VICTIM, act=command(), note="")
    assert load_acts(VICTIM) == []


def test_the_list_and_its_history_hold_no_address() -> None:
    suppress(VICTIM, SuppressionReason.BOUNCED, now=NOW)
    lift(VICTIM, act=command(), note="")
    assert "victim" not in everything()


def test_a_confirmation_does_not_get_past_the_list() -> None:
    number = pending()
    suppress(VICTIM, SuppressionReason.COMPLAINED, now=NOW)
    with pytest.raises(SuppressedError):
        signup.confirm(number, act=form())
    assert models.Subscriber.objects.get().status == "pending"


def test_many_addresses_are_hashed_with_one_look_at_the_key(
    django_assert_num_queries: object,
) -> None:
    suppress(VICTIM, SuppressionReason.BOUNCED, now=NOW)
    with django_assert_num_queries(1):  # type: ignore[operator]
        hashed = suppression.hasher()
        hashes = {hashed(f"a{number}@example.org") for number in range(100)}
    assert len(hashes) == 100
    assert hashed("Victim@example.org") == suppression.address_hash(VICTIM)
