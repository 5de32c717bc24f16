"""What readers are told of what is kept of them: as the settings have it, in their language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from newsletter.render import PREFERENCES_URL
from newsletter.store import editions
from tests import drafts

if TYPE_CHECKING:
    from django.test import Client

    from newsletter.core.edition import Edition

pytestmark = pytest.mark.django_db

ADDRESS_KEPT = {
    "full": "The network address that you asked from",
    "part": "The beginning of the network address that you asked from",
}


def text(response: Any) -> str:
    return str(response.content.decode())


def configure(settings: Any, group: str, **changes: object) -> None:
    changed = getattr(settings.CONFIG, group).model_copy(update=changes)
    settings.CONFIG = settings.CONFIG.model_copy(update={group: changed})


@pytest.mark.parametrize("network", ["full", "part", "none"])
def test_the_page_says_how_much_of_the_network_address_is_kept(
    client: Client, settings: Any, network: str
) -> None:
    configure(settings, "signup", network=network)
    page = text(client.get("/privacy"))
    assert [kept for kept, words in ADDRESS_KEPT.items() if words in page] == (
        [network] if network in ADDRESS_KEPT else []
    )


@pytest.mark.parametrize(
    ("transport", "told"), [("sendgrid", "Twilio SendGrid"), ("smtp", "through a mail server")]
)
def test_the_page_says_who_carries_the_mails(
    client: Client, settings: Any, transport: str, told: str
) -> None:
    configure(settings, "delivery", transport=transport)
    assert told in text(client.get("/privacy"))


def test_the_page_says_that_nothing_is_tracked_and_what_a_reader_can_do(client: Client) -> None:
    page = text(client.get("/privacy"))
    assert "Whether you open an edition, and what you press in it." in page
    assert "get a copy of everything as a file, have it erased" in page
    assert 'href="mailto:daily@news.example.org"' in page


@pytest.mark.parametrize(
    ("language", "word"), [("de", "Datenschutz"), ("ja", "プライバシー"), ("zh", "隐私")]
)
def test_the_page_speaks_the_readers_language(client: Client, language: str, word: str) -> None:
    assert f"<h1>{word}</h1>" in text(client.get("/privacy", headers={"Accept-Language": language}))


def test_every_page_leads_there(client: Client) -> None:
    assert 'href="/privacy"' in text(client.get("/"))
    assert 'href="/privacy"' in text(client.get("/nothing"))


def test_the_operators_own_words_stand_in_its_place(client: Client, settings: Any) -> None:
    configure(settings, "web", privacy_url="https://www.example.com/privacy")
    response = client.get("/privacy")
    assert response.status_code == 302
    assert response["Location"] == "https://www.example.com/privacy"


def test_an_archived_edition_leads_from_pause_to_how_to_find_ones_own_link(
    client: Client, db: None
) -> None:
    edition = editions.save_draft(drafts.normal(), [])
    editions.save_approval(
        edition,
        subject="A",
        html=f'<a href="{PREFERENCES_URL}#pause">Pause</a>',
        text="A",
        content_hash="0" * 64,
        reason="",
        now=drafts.MADE_AT,
    )
    editions.save_sent(edition, drafts.MADE_AT)
    assert text(client.get("/latest")) == '<a href="/#change">Pause</a>'


def test_an_archived_edition_may_show_the_pictures_in_it(
    client: Client, sent_edition: Edition
) -> None:
    policy = client.get(f"/archive/{sent_edition.date}")["Content-Security-Policy"]
    assert "img-src 'self' data:" in policy
    assert "data:" not in client.get("/")["Content-Security-Policy"]
