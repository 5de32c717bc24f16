"""Everything that is kept of a person as JSON, and all of it gone."""

from __future__ import annotations

import json

import pytest

from subscribers import models, notices, privacy, requests, signup, store
from subscribers.errors import AddressError, NoSubscriberError, SuppressedError
from subscribers.suppression import address_hash, is_suppressed, lift, load_acts, suppress
from subscribers.values import (
    Act,
    ActKind,
    ConsentKind,
    How,
    NoticeKind,
    Preferences,
    Rhythm,
    SuppressionReason,
)
from tests.subscribers.acting import (
    NOW,
    WORDS,
    active,
    command,
    everything,
    form,
    mailed,
    owed,
    person,
    settle,
    sign_up,
)

pytestmark = pytest.mark.django_db

ANN = "ann.very.rare@example.org"
PERSONAL = ("ann.very.rare", "Zebulon", "203.0.113.99", "moved.very.rare", "too much mail", "Kyoto")


def somebody() -> int:
    """Someone who used everything there is, and left traces of it in every table."""
    sign_up(ANN, name="Zebulon Quux", network="203.0.113.99")
    settle()
    number = person(ANN).id
    act = Act(How.FORM, NOW, "/p/", WORDS, "203.0.113.99")
    signup.confirm(number, act=act)
    signup.change(number, Preferences(Rhythm.WEEKLY, follows=("company:Lynas",)), act=act)
    requests.ask_new_address(number, "moved.very.rare@example.org", act=act)
    requests.ask(number, ActKind.EXPORT, act=act)
    signup.leave(number, act=act, reason="too much mail, says Zebulon")
    signup.come_back(number, act=act)
    models.Subscriber.objects.filter(id=number).update(attributes={"city": "Kyoto"})
    models.Notice.objects.filter(kind="welcome").update(detail=f"550 <{ANN}> unknown")
    sign_up(ANN, name="Zebulon Quux", network="203.0.113.99")
    return number


def test_the_export_holds_all_that_is_kept_as_plain_json() -> None:
    number = somebody()
    suppress(ANN, SuppressionReason.BOUNCED, now=NOW)
    found = json.loads(json.dumps(privacy.data_of(number, also={"deliveries": [{"edition": 1}]})))
    assert found["subscriber"]["address"] == ANN
    assert found["preferences"]["rhythm"] == "weekly"
    assert found["preferences"]["follows"] == ["company:Lynas"]
    assert found["attributes"] == {"city": "Kyoto"}
    assert [one["kind"] for one in found["history"]] == [
        *("agreed", "confirmed", "changed", "withdrawn", "returned")
    ]
    assert found["history"][0]["wording"] == WORDS
    assert found["history"][0]["network"] == "203.0.113.99"
    assert found["suppression"]["reason"] == "bounced"
    assert [one["kind"] for one in found["requests"]] == ["address", "export"]
    assert "new-address" in owed()
    assert [one["kind"] for one in found["mails"]] == [
        kind for kind in owed() if kind != "new-address"
    ]
    assert [one["outcome"] for one in found["sign_ups"]] == ["confirm", ""]
    assert found["deliveries"] == [{"edition": 1}]


def test_nobody_has_no_data() -> None:
    with pytest.raises(NoSubscriberError):
        privacy.data_of(4711)


def test_an_erasure_leaves_nothing_personal_in_any_table() -> None:
    number = somebody()
    assert all(text in everything() for text in PERSONAL)
    privacy.erase_subscriber(number, act=form(network="203.0.113.99"))
    kept = everything()
    assert [text for text in PERSONAL if text in kept] == []


def test_an_erasure_keeps_what_was_agreed_and_when_under_a_number_that_leads_nowhere() -> None:
    number = somebody()
    privacy.erase_subscriber(number, act=form())
    assert store.load_subscriber(number) is None
    history = store.load_history(number)
    assert [record.kind for record in history][-1] is ConsentKind.ERASED
    assert len(history) == 6
    assert history[0].wording == WORDS
    assert {record.network + record.detail for record in history} == {""}


def test_whoever_is_erased_is_never_mailed_again() -> None:
    number = somebody()
    notices.owe(number, NoticeKind.WELCOME, NOW)
    privacy.erase_subscriber(number, act=form())
    assert settle().count == 0
    assert mailed(NOW) == []
    sign_up(ANN)
    assert settle().outcomes == {"suppressed": 1}
    with pytest.raises(SuppressedError):
        signup.add(ANN, act=command(), bring_back=True)


def test_an_erasure_again_changes_nothing() -> None:
    number = somebody()
    privacy.erase_subscriber(number, act=form())
    kept = everything()
    privacy.erase_subscriber(number, act=form())
    privacy.erase_subscriber(4711, act=form())
    assert everything() == kept


def test_an_earlier_reason_on_the_list_stays_and_the_erasure_is_on_record_beside_it() -> None:
    number = active(ANN)
    suppress(ANN, SuppressionReason.COMPLAINED, now=NOW, actor="bob", note="Zebulon phoned")
    privacy.erase_subscriber(number, act=command())
    assert models.Suppression.objects.get().reason == "complained"
    assert [(record.reason.value, record.actor) for record in load_acts(ANN)] == [
        ("complained", "bob"),
        ("erased", "operator"),
    ]
    assert "Zebulon" not in everything()


def test_the_export_after_a_move_does_not_tell_the_address_before_it() -> None:
    number = active("before.very.rare@example.org")
    requests.ask_new_address(number, ANN, act=form())
    (asked,) = mailed(NOW)
    requests.confirm_new_address(asked.act, act=form())
    assert "before.very.rare" in everything()
    assert "before.very.rare" not in json.dumps(privacy.data_of(number))


@pytest.mark.parametrize("written", [ANN, ANN.upper(), f" {ANN} "])
def test_an_address_that_is_nobodys_is_erased_wherever_it_stands(written: str) -> None:
    sign_up(ANN, name="Zebulon Quux", network="203.0.113.99")
    suppress(ANN, SuppressionReason.BY_HAND, now=NOW, actor="bob", note="Zebulon phoned")
    requests.ask_new_address(active("other@example.org"), ANN, act=form())
    models.ImportRow.objects.create(
        run_id=1,
        part=0,
        line=2,
        address=ANN,
        address_hash=address_hash(ANN),
        name="Zebulon Quux",
        attributes={"city": "Kyoto"},
        created_at=NOW,
        changed_at=NOW,
    )
    assert all(text in everything() for text in ("ann.very.rare", "Zebulon", "203.0.113.99"))
    assert not privacy.erase_address(written, act=command())
    kept = everything()
    assert [text for text in PERSONAL if text in kept.lower() or text in kept] == []
    assert settle().count == 0
    assert [record.reason.value for record in load_acts(ANN)] == ["by-hand", "erased"]


def test_who_only_waits_to_be_signed_up_is_erased_by_address_and_never_mailed() -> None:
    sign_up(ANN, name="Zebulon Quux", network="203.0.113.99")
    assert not privacy.erase_address(ANN, act=command())
    kept = everything()
    assert [text for text in PERSONAL if text in kept] == []
    assert settle().count == 0
    assert (is_suppressed(ANN), owed()) == (True, [])


def test_an_erasure_by_address_of_somebody_on_the_list_is_an_erasure() -> None:
    number = somebody()
    assert privacy.erase_address(ANN.upper(), act=command())
    kept = everything()
    assert [text for text in PERSONAL if text in kept] == []
    assert store.load_history(number)[-1].kind is ConsentKind.ERASED


def test_what_is_no_address_is_refused_and_nothing_is_erased() -> None:
    with pytest.raises(AddressError):
        privacy.erase_address("Ann Miller", act=command())
    assert not models.Suppression.objects.exists()


def test_an_address_that_somebody_else_asked_to_move_to_is_erased_there_too() -> None:
    other, erased = active("other@example.org"), active(ANN)
    requests.ask_new_address(other, ANN, act=form())
    privacy.erase_subscriber(erased, act=form())
    assert ANN not in everything()


def test_a_lifted_erasure_starts_from_nothing() -> None:
    number = active(ANN)
    privacy.erase_subscriber(number, act=form())
    lift(ANN, act=command(), note="asked in writing")
    assert not is_suppressed(ANN)
    assert active(ANN) > number
