"""Confirm: one button, nothing by GET, and only while a sign-up waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as configured
from django.test import Client

from subscribers import applications, models, signup, store
from subscribers.suppression import suppress_subscriber
from subscribers.tokens import Purpose, make_token
from subscribers.values import Act, How, Status, SuppressionReason
from tests.web.conftest import Reader, add_reader

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return str(response.content.decode())


def path_of(reader: Reader) -> str:
    key = configured.SECRET_KEY.encode()
    return f"/c/{make_token(reader.id, Purpose.CONFIRM, key, str(reader.now.leavings))}"


@pytest.fixture
def pat(db: None) -> Reader:
    return waiting("pat@example.org")


def waiting(address: str, *, days: int = 0, status: Status = Status.PENDING) -> Reader:
    """Somebody whose sign-up of some days ago waits for its press."""
    now = datetime.now(UTC)
    number, _ = store.save_new(address, "", status, now)
    asked_at = now - timedelta(days=days)
    models.Subscriber.objects.filter(id=number).update(asked_at=asked_at)
    return Reader(number)


def test_looking_at_the_page_confirms_nothing(
    client: Client, pat: Reader, everything: Callable[[], dict[str, list[object]]]
) -> None:
    before = everything()
    for method in (client.get, client.head, client.options):
        method(path_of(pat))
    assert everything() == before


def test_the_page_has_one_button(client: Client, pat: Reader) -> None:
    page = text(client.get(path_of(pat)))
    assert page.count("<button") == 1
    assert ">Yes, send me the newsletter</button>" in page


def test_the_press_confirms_and_owes_one_welcome(client: Client, pat: Reader) -> None:
    client.post(path_of(pat), {"act": "confirm"})
    assert pat.now.status is Status.ACTIVE
    assert pat.history == ["confirmed by form"]
    assert [notice.kind for notice in models.Notice.objects.all()] == ["welcome"]


def test_the_record_keeps_the_words_of_the_button_in_the_language_of_the_page(
    client: Client, pat: Reader
) -> None:
    path = f"{path_of(pat)}?lang=de"
    button = text(client.get(path)).partition('value="confirm">')[2].partition("</button>")[0]
    client.post(path, {"act": "confirm"})
    record = store.load_history(pat.id)[-1]
    assert (record.page, record.wording) == ("/c/", button)


def test_the_thanks_say_what_comes_next_and_lead_to_the_preferences(
    client: Client, pat: Reader
) -> None:
    response = client.post(path_of(pat), {"act": "confirm"})
    assert (response.status_code, response["Location"]) == (303, f"{path_of(pat)}?done=confirmed")
    page = text(client.get(response["Location"]))
    assert "A mail to welcome you is on its way" in page
    assert "The next edition leaves at 07:30" in page
    assert f'href="{pat.preferences}"' in page


def test_pressing_twice_is_pressing_once(client: Client, pat: Reader) -> None:
    for _ in range(2):
        assert client.post(path_of(pat), {"act": "confirm"}).status_code == 303
    assert pat.history == ["confirmed by form"]
    assert models.Notice.objects.count() == 1


def test_who_is_on_the_list_is_told_so(client: Client, reader: Reader) -> None:
    page = text(client.get(path_of(reader)))
    assert "<h1>You are on the list already</h1>" in page
    assert "<button" not in page


@pytest.mark.parametrize("status", [Status.PENDING, Status.LEFT])
def test_a_sign_up_that_is_too_old_leads_to_the_form(client: Client, status: Status) -> None:
    old = waiting("old@example.org", days=31, status=status)
    client.post(path_of(old), {"act": "confirm"})
    page = text(client.get(f"{path_of(old)}?done=confirmed"))
    assert "<h1>This sign-up no longer waits</h1>" in page
    assert 'href="/subscribe"' in page
    assert "<button" not in page
    assert old.now.status is status


def test_a_sign_up_that_was_withdrawn_cannot_be_confirmed(client: Client, pat: Reader) -> None:
    mailed = path_of(pat)
    signup.leave(pat.id, act=Act(How.FORM, datetime.now(UTC)))
    for path in (mailed, path_of(pat)):
        client.post(path, {"act": "confirm"})
    assert client.get(mailed).content == client.get("/c/x").content
    assert "<h1>This sign-up no longer waits</h1>" in text(client.get(path_of(pat)))
    assert pat.now.status is Status.LEFT


def test_the_link_of_an_earlier_sign_up_is_dead_after_leaving(client: Client, pat: Reader) -> None:
    first = path_of(pat)
    client.post(first, {"act": "confirm"})
    client.post(pat.leave, {"act": "leave"})
    now = datetime.now(UTC)
    applications.apply("pat@example.org", act=Act(How.FORM, now, "/subscribe", "I want it."))
    applications.settle(now, applications.Budgets(), remind_after=timedelta(days=1))
    stands = []
    for path, status in ((first, 404), (path_of(pat), 303)):
        assert client.post(path, {"act": "confirm"}).status_code == status
        stands.append(pat.now.status)
    assert stands == [Status.LEFT, Status.ACTIVE]


def test_a_suppressed_address_is_told_why_and_cannot_confirm(client: Client, pat: Reader) -> None:
    suppress_subscriber(pat.id, SuppressionReason.BOUNCED, now=datetime.now(UTC))
    response = client.post(path_of(pat), {"act": "confirm"})
    assert response["Location"] == path_of(pat)
    page = text(client.get(f"{path_of(pat)}?done=confirmed"))
    assert "Mail to it came back to us" in page
    assert "<button" not in page
    assert "/p/" not in page
    assert pat.now.status is Status.PENDING


@pytest.mark.parametrize("body", [{}, {"act": "Confirm"}, {"act": "leave"}, {"confirm": "1"}])
def test_a_post_without_the_exact_word_confirms_nothing(
    client: Client, pat: Reader, body: dict[str, str]
) -> None:
    assert client.post(path_of(pat), body).status_code == 400
    assert pat.now.status is Status.PENDING


def test_a_mailbox_providers_one_click_confirms_nothing(client: Client, pat: Reader) -> None:
    response = client.post(path_of(pat), {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 400
    assert pat.now.status is Status.PENDING


def test_one_link_confirms_nobody_else(client: Client, pat: Reader) -> None:
    other = waiting("eve@example.org")
    body = {"act": "confirm", "email": "eve@example.org", "id": other.id}
    client.post(f"{path_of(pat)}?email=eve@example.org&id={other.id}", body)
    assert other.now.status is Status.PENDING


def test_links_for_other_pages_confirm_nothing(client: Client, pat: Reader) -> None:
    for other in (pat.leave, pat.preferences):
        path = f"/c/{other[3:]}"
        assert client.post(path, {"act": "confirm"}).status_code == 404
    assert client.post(f"/u/{path_of(pat)[3:]}", {"act": "leave"}).status_code == 404
    assert pat.now.status is Status.PENDING


def test_the_page_shows_no_full_address(client: Client, pat: Reader) -> None:
    page = text(client.get(path_of(pat)))
    assert "pat@" not in page
    assert "p••••@example.org" in page


def test_a_browser_that_hides_its_origin_can_confirm(pat: Reader) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(path_of(pat), {"act": "confirm"}, HTTP_ORIGIN="null")
    assert response.status_code == 303
    assert not response.cookies
    assert add_reader("x@example.org").now.status is pat.now.status is Status.ACTIVE
