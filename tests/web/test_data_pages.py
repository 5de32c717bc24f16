"""The links of requests: a new address, a copy of one's data, an erasure; and odd orders."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as configured

from newsletter import models as ledger
from subscribers import models, requests, signup, store, suppression
from subscribers.suppression import suppress_subscriber
from subscribers.tokens import Purpose, make_token
from subscribers.values import Act, ActKind, How, Status, SuppressionReason
from tests.web.conftest import Reader, add_reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from newsletter.core.edition import Edition

pytestmark = pytest.mark.django_db

PAGES = {
    ActKind.ADDRESS: ("/n/", Purpose.NEW_ADDRESS, "move"),
    ActKind.EXPORT: ("/x/", Purpose.EXPORT, "export"),
    ActKind.ERASE: ("/e/", Purpose.ERASE, "erase"),
    ActKind.UNDO: ("/n/", Purpose.NEW_ADDRESS, "move"),
}
HOURS = {ActKind.UNDO: 7 * 24}  # a link works so long; the others for a day


def text(response: Any) -> str:
    return str(response.content.decode())


def link(kind: ActKind, number: int) -> str:
    page, purpose, _ = PAGES[kind]
    return f"{page}{make_token(number, purpose, configured.SECRET_KEY.encode())}"


def asked(reader: Reader, kind: ActKind, *, hours: float = 0, address: str = "") -> str:
    """The link in the mail of a request that was made some hours ago."""
    act = Act(How.FORM, datetime.now(UTC) - timedelta(hours=hours))
    if kind in (ActKind.ADDRESS, ActKind.UNDO):
        requests.ask_new_address(reader.id, address or "new@example.com", act=act)
    else:
        requests.ask(reader.id, kind, act=act)
    if kind is ActKind.UNDO:
        requests.confirm_new_address(models.PendingAct.objects.latest("id").id, act=act)
    return link(kind, models.PendingAct.objects.latest("id").id)


def press(client: Client, path: str, kind: ActKind, **more: object) -> Any:
    return client.post(path, {"act": PAGES[kind][2], **more})


@pytest.mark.parametrize("kind", ActKind)
def test_looking_changes_no_row(
    client: Client,
    reader: Reader,
    kind: ActKind,
    everything: Callable[[], dict[str, list[object]]],
) -> None:
    path = asked(reader, kind)
    before = everything()
    for method in (client.get, client.head, client.options):
        method(path)
    assert everything() == before


@pytest.mark.parametrize("kind", ActKind)
def test_the_page_has_one_button_and_no_full_address(
    client: Client, reader: Reader, kind: ActKind
) -> None:
    page = text(client.get(asked(reader, kind)))
    assert page.count("<button") == 1
    assert ("n••••@example.com" if kind is ActKind.UNDO else "a••••@example.org") in page
    assert "ann.lee" not in page
    assert "new@example.com" not in page


@pytest.mark.parametrize("kind", ActKind)
@pytest.mark.parametrize("body", [{}, {"act": "confirm"}, {"act": "EXPORT"}, {"act": " erase"}])
def test_a_post_without_the_exact_word_changes_nothing(
    client: Client,
    reader: Reader,
    kind: ActKind,
    body: dict[str, str],
    everything: Callable[[], dict[str, list[object]]],
) -> None:
    path = asked(reader, kind)
    before = everything()
    assert client.post(path, body).status_code == 400
    assert everything() == before


@pytest.mark.parametrize("kind", ActKind)
def test_a_link_that_is_too_old_says_so(client: Client, reader: Reader, kind: ActKind) -> None:
    path = asked(reader, kind, hours=HOURS.get(kind, 24) + 1)
    before = reader.now
    for response in (client.get(path), press(client, path, kind)):
        assert response.status_code == 410
        assert "<h1>This link has done its work</h1>" in text(response)
    assert reader.now == before


@pytest.mark.parametrize("kind", ActKind)
def test_a_token_of_another_purpose_is_refused(
    client: Client,
    reader: Reader,
    kind: ActKind,
    everything: Callable[[], dict[str, list[object]]],
) -> None:
    path = asked(reader, kind)
    number = models.PendingAct.objects.latest("id").id
    key = configured.SECRET_KEY.encode()
    before = everything()
    for purpose in Purpose:
        if purpose is not PAGES[kind][1]:
            foreign = f"{PAGES[kind][0]}{make_token(number, purpose, key)}"
            assert press(client, foreign, kind).status_code == 404
    for other in ("/c/", "/u/", "/p/", "/n/", "/x/", "/e/"):
        if other != PAGES[kind][0]:
            assert client.post(f"{other}{path[3:]}", {"act": "erase"}).status_code == 404
    assert everything() == before


@pytest.mark.parametrize("kind", ActKind)
def test_a_request_of_another_kind_is_a_bad_link(
    client: Client, reader: Reader, kind: ActKind
) -> None:
    asked(reader, kind)
    number, before = models.PendingAct.objects.latest("id").id, reader.now
    for other in ActKind:
        if PAGES[other] != PAGES[kind]:
            assert press(client, link(other, number), other).status_code == 404
    assert reader.now == before


def test_a_press_moves_the_subscription_and_leads_to_its_preferences(
    client: Client, reader: Reader
) -> None:
    response = press(client, asked(reader, ActKind.ADDRESS), ActKind.ADDRESS)
    assert (response.status_code, response["Location"]) == (303, f"{reader.preferences}?done=moved")
    assert "From now on it is sent to n••••@example.com." in text(client.get(response["Location"]))
    assert reader.now.address == "new@example.com"
    record = store.load_history(reader.id)[-1]
    assert (record.page, record.wording) == ("/n/", "Yes, send it to this address")


def newest(kind: ActKind) -> str:
    """The link of the newest request of a kind."""
    return link(kind, models.PendingAct.objects.filter(kind=kind.value).latest("id").id)


def test_whoever_has_a_mail_that_was_passed_on_takes_nothing_over(
    client: Client, reader: Reader
) -> None:
    export = asked(reader, ActKind.EXPORT)
    client.post(reader.preferences, {"act": "move", "address": "eve@example.com"})
    press(client, newest(ActKind.ADDRESS), ActKind.ADDRESS)
    assert reader.now.address == "eve@example.com"
    back = newest(ActKind.UNDO)
    for kind in ("export", "erase"):
        client.post(reader.preferences, {"act": kind})
        assert not models.PendingAct.objects.filter(kind=kind).exists()
    assert press(client, export, ActKind.EXPORT).status_code == 404
    client.post(reader.preferences, {"act": "move", "address": "mallory@example.com"})
    waiting = newest(ActKind.ADDRESS)
    response = press(client, back, ActKind.ADDRESS)
    assert response["Location"] == f"{reader.preferences}?done=moved"
    assert reader.now.address == "ann.lee@example.org"
    for dead in (waiting, back):
        assert press(client, dead, ActKind.ADDRESS).status_code == 410
    assert reader.now.address == "ann.lee@example.org"


def test_an_address_that_is_taken_meanwhile_is_not_taken_away(
    client: Client, reader: Reader
) -> None:
    path = asked(reader, ActKind.ADDRESS)
    other = add_reader("new@example.com")
    assert press(client, path, ActKind.ADDRESS).status_code == 410
    assert reader.now.address == "ann.lee@example.org"
    assert other.now.address == "new@example.com"


def test_who_leaves_meanwhile_does_not_move(client: Client, reader: Reader) -> None:
    path = asked(reader, ActKind.ADDRESS)
    client.post(reader.leave, {"act": "leave"})
    assert press(client, path, ActKind.ADDRESS).status_code == 410
    assert (reader.now.address, reader.now.status) == ("ann.lee@example.org", Status.LEFT)


def test_the_export_is_a_file_with_everything_that_is_kept(
    client: Client, reader: Reader, sent_edition: Edition
) -> None:
    now = datetime.now(UTC)
    ledger.Delivery.objects.create(
        edition_id=sent_edition.id,
        subscriber_id=reader.id,
        state="accepted",
        planned_at=now,
        due_at=now,
        settled_at=now,
    )
    response = press(client, asked(reader, ActKind.EXPORT), ActKind.EXPORT)
    assert response["Content-Type"] == "application/json"
    assert response["Content-Disposition"] == 'attachment; filename="my-newsletter-data.json"'
    assert response["Cache-Control"] == "no-store"
    data = json.loads(response.content)
    assert data["subscriber"]["address"] == "ann.lee@example.org"
    assert [line["kind"] for line in data["history"]] == ["agreed"]
    day = sent_edition.date.isoformat()
    assert data["deliveries"] == [{"edition": day, "state": "accepted", "at": now.isoformat()}]
    assert data["corrections"] == []


def test_the_export_holds_nothing_of_anybody_else(client: Client, reader: Reader) -> None:
    other = add_reader("bob@example.org")
    path = f"{asked(reader, ActKind.EXPORT)}?email=bob@example.org&id={other.id}"
    file = text(press(client, path, ActKind.EXPORT, email="bob@example.org", id=other.id))
    assert "bob@" not in file


def test_the_page_before_an_erasure_says_what_goes_and_what_stays(
    client: Client, reader: Reader
) -> None:
    page = text(client.get(asked(reader, ActKind.ERASE)))
    assert "<h2>What goes</h2>" in page
    assert "<h2>What stays</h2>" in page
    assert "you would have to write to us first" in page


def test_an_erasure_leaves_no_person_and_no_working_link(client: Client, reader: Reader) -> None:
    path = asked(reader, ActKind.ERASE)
    export = asked(reader, ActKind.EXPORT)
    response = press(client, path, ActKind.ERASE)
    assert (response.status_code, "Your data is erased" in text(response)) == (200, True)
    assert store.load_subscriber(reader.id) is None
    assert suppression.is_suppressed("ann.lee@example.org")
    bad_link = client.get("/u/x").content
    for link_of_old in (reader.leave, reader.preferences, path, export):
        assert client.get(link_of_old).content == bad_link


def test_an_erasure_touches_nobody_else(client: Client, reader: Reader) -> None:
    other = add_reader("bob@example.org")
    path = f"{asked(reader, ActKind.ERASE)}?email=bob@example.org"
    press(client, path, ActKind.ERASE, email="bob@example.org", id=other.id)
    assert other.now.status is Status.ACTIVE


def _leave(reader: Reader) -> None:
    signup.leave(reader.id, act=Act(How.FORM, datetime.now(UTC)))


def _suppress(reader: Reader) -> None:
    suppress_subscriber(reader.id, SuppressionReason.COMPLAINED, now=datetime.now(UTC))


@pytest.mark.parametrize(
    "presses",
    [
        ["n:move", "n:move"],
        ["x:export", "x:export", "x:export"],
        ["e:erase", "e:erase"],
        ["e:erase", "x:export", "n:move", "p:save", "u:leave", "c:confirm"],
        ["n:move", "e:erase", "n:move"],
        ["u:leave", "n:move", "u:come-back", "n:move"],
        ["u:leave", "x:export", "p:resume", "p:pause", "p:save", "u:weekly"],
        ["leave", "p:move", "p:export", "e:erase", "p:come-back"],
        ["suppress", "n:move", "x:export", "p:erase", "c:confirm", "e:erase"],
        ["c:confirm", "u:one-click", "c:confirm", "u:weekly", "u:pause", "u:come-back"],
        ["p:pause", "p:pause", "u:weekly", "p:resume", "p:resume", "u:leave", "u:leave"],
        ["p:move", "p:move", "p:erase", "p:erase", "e:erase", "p:erase"],
    ],
)
def test_presses_in_an_odd_order_are_all_answered(
    client: Client, reader: Reader, presses: list[str]
) -> None:
    client.raise_request_exception = True
    paths = {
        "n": asked(reader, ActKind.ADDRESS),
        "x": asked(reader, ActKind.EXPORT),
        "e": asked(reader, ActKind.ERASE),
        "u": reader.leave,
        "p": reader.preferences,
        "c": f"/c/{make_token(reader.id, Purpose.CONFIRM, configured.SECRET_KEY.encode())}",
    }
    for one in presses:
        page, _, word = one.partition(":")
        if not word:
            {"leave": _leave, "suppress": _suppress}[page](reader)
            continue
        response = client.post(paths[page], _body(word))
        assert response.status_code in (200, 303, 404, 410, 422)
        assert client.get(paths[page]).status_code in (200, 404, 410)


def _body(word: str) -> dict[str, str]:
    if word == "one-click":
        return {"List-Unsubscribe": "One-Click"}
    until = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    return {
        "act": word,
        "until": until,
        "address": "other@example.com",
        "rhythm": "weekly",
        "depth": "full",
        "section": "Companies",
        "mail_format": "html",
    }
