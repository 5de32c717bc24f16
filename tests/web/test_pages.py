"""The pages for everybody."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.test import Client

from newsletter.notices_mail import Shape, letter_for
from newsletter.sample.edition import sample_draft
from newsletter.store import editions
from newsletter.web.plain_requests import plain_requests
from subscribers.values import NoticeKind, Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from newsletter.core.edition import Edition
    from tests.web.conftest import Reader

pytestmark = pytest.mark.django_db

JOINING = ["/", "/subscribe", "/subscribed", "/embed"]
PUBLIC = [
    *JOINING,
    *("/latest", "/healthz", "/style.css", "/favicon.ico", "/robots.txt", "/nothing"),
]
FORM = "application/x-www-form-urlencoded"
ONE_PART = b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n%ffeve\xff\r\n--x--\r\n'


def text(response: Any) -> str:
    return str(response.content.decode())


def test_the_home_page_says_what_this_is_and_how_to_write(client: Client) -> None:
    page = text(client.get("/"))
    assert "<h1>Straight Into Your Inbox</h1>" in page
    assert settings.CONFIG.newsletter.tagline in page
    assert 'href="mailto:daily@news.example.org"' in page
    assert "1 Example Street, Example Town" in page


def test_the_home_page_links_the_latest_edition_once_there_is_one(
    client: Client, sent_edition: Edition
) -> None:
    assert 'href="/latest"' in text(client.get("/"))


def test_before_the_first_edition_there_is_no_link_and_no_page(client: Client) -> None:
    assert 'href="/latest"' not in text(client.get("/"))
    assert client.get("/latest").status_code == 404


def test_the_latest_edition_is_shown_as_it_was_sent(client: Client, sent_edition: Edition) -> None:
    response = client.get("/latest")
    assert response.status_code == 200
    assert "<h1>Dysprosium up</h1>" in text(response)


def test_the_latest_edition_holds_no_personal_link(client: Client, sent_edition: Edition) -> None:
    page = text(client.get("/latest"))
    assert "personal.invalid" not in page
    assert page.count('href="/#change"') == 2
    assert 'id="change"' in text(client.get("/"))


def test_an_edition_has_an_address_of_its_own_date(client: Client, sent_edition: Edition) -> None:
    page = client.get(f"/archive/{sent_edition.date}")
    assert page.status_code == 200
    assert page.content == client.get("/latest").content


@pytest.mark.parametrize("day", ["1999-01-01", "2026-13-45", "2026-04-07/", "today"])
def test_a_date_without_an_edition_is_a_friendly_404(
    client: Client, sent_edition: Edition, day: str
) -> None:
    assert client.get(f"/archive/{day}").status_code == 404


def test_a_day_without_an_edition_is_told_and_leads_to_the_latest(
    client: Client, sent_edition: Edition
) -> None:
    page = text(client.get("/archive/1999-01-01"))
    assert "There is no edition of Friday, 1 January 1999" in page
    assert 'href="/latest"' in page
    assert "first edition" not in page


def test_only_before_the_first_edition_a_day_says_that_none_was_sent(client: Client) -> None:
    page = text(client.get("/archive/1999-01-01"))
    assert "The first edition has not been sent" in page
    assert 'href="/latest"' not in page


@pytest.mark.parametrize("path", ["/", "/subscribe"])
def test_the_language_of_the_editions_is_told_where_the_page_has_another(
    client: Client, path: str
) -> None:
    assert "Die Ausgaben selbst sind auf Englisch." in text(client.get(f"{path}?lang=de"))
    assert "editions themselves" not in text(client.get(f"{path}?lang=en"))


@pytest.mark.parametrize("kind", [NoticeKind.CONFIRM, NoticeKind.REMIND, NoticeKind.WELCOME])
def test_the_first_mails_tell_the_language_of_the_editions(kind: NoticeKind) -> None:
    letter = letter_for(Shape(kind, "de", has_html=True), settings.CONFIG)
    for part in (letter.html, letter.text):
        assert "Die Ausgaben selbst sind auf Englisch." in " ".join(part.split())
    english = letter_for(Shape(kind, "en", has_html=True), settings.CONFIG)
    assert "editions themselves" not in " ".join(english.text.split())


def test_the_foot_says_the_name_once_where_the_postal_address_begins_with_it(
    client: Client, settings: Any
) -> None:
    assert "<p>Straight Into Your Inbox, 1 Example Street" in text(client.get("/"))
    identity = settings.CONFIG.newsletter.model_copy(
        update={"postal_address": "Straight into your inbox, 1 Quay"}
    )
    settings.CONFIG = settings.CONFIG.model_copy(update={"newsletter": identity})
    assert "<p>Straight into your inbox, 1 Quay</p>" in text(client.get("/"))


@pytest.mark.parametrize("copied", ["%20", ".", ",", ")", ">", ";", ">).%20"])
def test_a_personal_link_may_be_copied_with_the_sign_after_it(
    client: Client, reader: Reader, copied: str
) -> None:
    assert client.get(reader.leave + copied).status_code == 200
    assert client.post(reader.leave + copied, {"act": "leave"}).status_code == 303
    assert reader.now.status is Status.LEFT


@pytest.mark.parametrize("added", ["%0A", "%09", "!", "]", "a", ".a", "%00", "/", '"'])
def test_nothing_else_may_stand_after_a_personal_link(
    client: Client, reader: Reader, added: str
) -> None:
    assert client.get(reader.leave + added).status_code == 404


def test_a_draft_is_not_shown_before_it_leaves(client: Client, db: None) -> None:
    draft = sample_draft(datetime(2026, 4, 7, 6, 30, tzinfo=UTC), UTC)
    editions.save_draft(draft, ["A"])
    assert client.get("/archive/2026-04-07").status_code == 404


def test_the_latest_edition_may_style_itself_and_nothing_else(
    client: Client, sent_edition: Edition
) -> None:
    policy = client.get("/latest")["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_a_name_with_markup_in_the_settings_is_shown_as_text(client: Client, settings: Any) -> None:
    identity = settings.CONFIG.newsletter.model_copy(update={"name": "<b>Rare</b> {{ 7*7 }}"})
    settings.CONFIG = settings.CONFIG.model_copy(update={"newsletter": identity})
    page = text(client.get("/"))
    assert "&lt;b&gt;Rare&lt;/b&gt; {{ 7*7 }}" in page
    assert "<b>" not in page


def test_the_style_sheet_may_be_kept_and_its_address_changes_with_it(client: Client) -> None:
    response = client.get("/style.css")
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in response["Cache-Control"]
    assert 'href="/style.css?v=' in text(client.get("/"))


def test_a_sign_of_life(client: Client) -> None:
    assert text(client.get("/healthz")) == "ok\n"


def test_search_engines_are_kept_from_personal_links(client: Client) -> None:
    robots = text(client.get("/robots.txt"))
    for start in ("/c/", "/u/", "/p/", "/n/", "/x/", "/e/", "/api/"):
        assert f"Disallow: {start}\n" in robots


def test_the_mark_in_the_tab_is_an_image(client: Client) -> None:
    assert client.get("/favicon.ico")["Content-Type"] == "image/svg+xml"


def test_a_form_sent_to_a_page_without_one_gets_a_page_of_ours(settings: Any) -> None:
    settings.CSRF_FAILURE_VIEW = "newsletter.web.views.foreign_form"
    response = Client(enforce_csrf_checks=True).post("/", {"email": "eve@example.org"})
    assert response.status_code == 403
    assert "That did not arrive as it should" in text(response)


def test_an_unknown_address_gets_a_page_that_says_so(client: Client) -> None:
    response = client.get("/nothing")
    assert response.status_code == 404
    assert "There is no page here" in text(response)


@pytest.mark.parametrize("path", PUBLIC)
def test_every_page_forbids_scripts_frames_and_foreign_content(client: Client, path: str) -> None:
    response = client.get(path)
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert "<script" not in text(response)


STRANGE = [
    "rot13",
    "base64",
    "idna",
    "utf-16",
    "undefined",
    "none",
    '"rot13"',
    "utf-8; charset=rot13",
]


@pytest.mark.parametrize("charset", STRANGE)
@pytest.mark.parametrize("path", ["/", "/subscribe", "/u/x", "/nothing"])
def test_a_request_that_claims_a_strange_character_set_is_read_all_the_same(
    path: str, charset: str
) -> None:
    strange = f"text/plain; charset={charset}"
    status, headers = ask("GET", path, query="lang=d%65&x=%FF%00", content_type=strange)
    assert (status, headers) == ask("GET", path, query="lang=d%65&x=%FF%00")
    assert headers["Content-Language"] == "de"


@pytest.mark.parametrize("claim", [f"charset={one}" for one in STRANGE] + ["charset*=utf-8''idna"])
def test_a_form_that_claims_a_strange_character_set_is_read_all_the_same(claim: str) -> None:
    plain = b"email=eve%40example.org&stamp=%FF"
    status, _ = ask("POST", "/subscribe", plain, content_type=f"{FORM}; {claim}")
    assert status == "200 OK"
    parts = f"multipart/form-data; boundary=x; {claim}"
    status, _ = ask("POST", "/subscribe", ONE_PART, content_type=parts)
    assert status == "422 Unprocessable Entity"


@pytest.mark.parametrize("path", ["/", "/subscribe", "/u/x", "/nothing"])
def test_a_query_of_a_thousand_parts_is_as_good_as_none(path: str) -> None:
    assert ask("GET", path, query="a=1&" * 1100) == ask("GET", path)


def ask(
    method: str, path: str, body: bytes = b"", *, query: str = "", content_type: str = ""
) -> tuple[str, dict[str, str]]:
    """The answer of the application as a web server asks it: status and headers."""
    told: list[Any] = []
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    }
    setup_testing_defaults(environ)
    application = plain_requests(get_wsgi_application())
    answer: Any = application(environ, lambda *said: told.extend(said))  # type: ignore[arg-type]
    answer.close()
    return told[0], dict(told[1])


@pytest.mark.parametrize("path", [*JOINING, "/nothing"])
def test_an_unknown_language_is_passed_over(client: Client, path: str) -> None:
    for asked in ("xx", "", "../de", "d" * 5000, "%00"):
        assert client.get(f"{path}?lang={asked}")["Content-Language"] == "en"


@pytest.mark.parametrize("path", [*JOINING, "/nothing"])
def test_a_page_says_its_language_and_that_it_depends_on_the_browser(
    client: Client, path: str
) -> None:
    response = client.get(path, HTTP_ACCEPT_LANGUAGE="fr, ja;q=0.8, de;q=0.5")
    assert response["Content-Language"] == "ja"
    assert '<html lang="ja"' in text(response)
    assert "Accept-Language" in response["Vary"]


@pytest.mark.parametrize("path", [*JOINING, "/nothing"])
def test_the_host_header_is_never_believed(client: Client, path: str) -> None:
    assert "evil.example" not in text(client.get(path, HTTP_HOST="evil.example"))


def test_reading_any_page_changes_nothing(
    client: Client,
    reader: Reader,
    sent_edition: Edition,
    everything: Callable[[], dict[str, list[object]]],
) -> None:
    before = everything()
    for path in [*PUBLIC, reader.leave, reader.preferences, "/u/x", "/p/x"]:
        for method in (client.get, client.head, client.options):
            response = method(path)
            assert not response.cookies
    assert everything() == before


def test_a_page_asked_for_by_head_is_like_get_without_its_body(
    client: Client, reader: Reader
) -> None:
    for path in [*JOINING, reader.leave, reader.preferences]:
        response = client.head(path)
        assert (response.status_code, response.content) == (200, b"")


def test_a_broken_template_of_the_operator_gets_the_page_for_our_faults(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "home.html").write_text("{{ nobody_gave_this }}")
    settings.CONFIG = settings.CONFIG.model_copy(update={"templates": tmp_path})
    client.raise_request_exception = False
    response = client.get("/")
    assert response.status_code == 500
    assert "Something broke on our side" in text(response)


def test_an_operators_template_stands_before_ours(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "not-found.html").write_text(
        '{% extends "stock/web/not-found.html" %}{% block title %}Lost{% endblock %}'
    )
    settings.CONFIG = settings.CONFIG.model_copy(update={"templates": tmp_path})
    assert "<title>Lost · " in text(client.get("/nothing"))
