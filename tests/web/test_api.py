"""Sign-ups as JSON, from other sites: `POST /api/subscribe`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.joining import configure, configure_budgets, configure_challenge, statements, written
from tests.web.test_join import HOSTILE_ADDRESSES, HOSTILE_NAMES, standing_of_all, wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db

PATH = "/api/subscribe"
SITE = "https://shop.example"


def send(client: Client, body: object, content_type: str = "application/json", **more: str) -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.generic("POST", PATH, data, content_type, **more)  # type: ignore[arg-type]


def error(response: Any) -> tuple[int, str, str]:
    told = json.loads(response.content)["error"]
    assert set(told) == {"code", "message", "field"}
    assert told["message"]
    return response.status_code, told["code"], told["field"]


@pytest.fixture
def known_site(settings: Any) -> None:
    configure(settings, "signup", origins=(SITE,))


def test_a_sign_up_is_accepted_and_written_down(client: Client) -> None:
    given = {"email": "eve@example.org", "name": " Eve  Lee", "language": "de-CH", "source": "shop"}
    response = send(client, given)
    assert response.status_code == 202
    assert json.loads(response.content)["status"] == "accepted"
    (one,) = written()
    assert (one.address, one.name, one.language) == ("eve@example.org", "Eve Lee", "de")
    assert (one.source, one.page) == ("api:shop", "/api/subscribe")


def test_an_address_alone_is_enough(client: Client) -> None:
    assert send(client, {"email": "eve@example.org"}).status_code == 202
    (one,) = written()
    assert (one.name, one.language, one.source, one.wording) == ("", "", "api", None)


def test_every_standing_gets_the_same_bytes(client: Client) -> None:
    answers = {wire(send(client, {"email": one})) for one in standing_of_all().values()}
    assert len(answers) == 1


def test_every_standing_costs_the_same_statements(client: Client) -> None:
    people = standing_of_all()
    send(client, {"email": "warm@example.org"})
    seen = set()
    for address in people.values():
        with statements() as asked:
            send(client, {"email": address})
        seen.add(tuple(asked))
    assert len(seen) == 1


# What is not taken


@pytest.mark.parametrize("address", [one[:7000] for one in HOSTILE_ADDRESSES])
def test_what_is_no_address_is_refused_without_repeating_it(client: Client, address: str) -> None:
    response = send(client, {"email": address})
    assert error(response) == (422, "address", "email")
    assert written() == []
    assert address[:12] not in json.loads(response.content)["error"]["message"]


@pytest.mark.parametrize("name", [*(name[:7000] for name in HOSTILE_NAMES), "\ud800Eve"])
def test_a_hostile_name_is_taken_as_one_short_line_of_text(client: Client, name: str) -> None:
    assert send(client, {"email": "eve@example.org", "name": name}).status_code == 202
    kept = written()[0].name
    assert len(kept) <= 100
    assert kept.isprintable()


def test_half_a_character_in_an_address_is_no_fault_of_ours(client: Client) -> None:
    for address in ("\ud800@example.org", "eve@\ud800.org", "eve@example.org\udfff"):
        assert error(send(client, {"email": address}))[0] == 422


@pytest.mark.parametrize("given", [{}, {"email": ""}, {"email": "  "}, {"name": "Eve"}])
def test_an_address_is_needed(client: Client, given: dict[str, str]) -> None:
    assert error(send(client, given)) == (422, "missing", "email")


@pytest.mark.parametrize("field", ["email", "name", "language", "source"])
@pytest.mark.parametrize("value", [1, None, True, [], {}, ["eve@example.org"], 1.5])
def test_every_value_is_a_text(client: Client, field: str, value: object) -> None:
    given = {"email": "eve@example.org", field: value}
    assert error(send(client, given)) == (422, "not-a-text", field)


def test_an_unknown_key_is_refused_not_passed_over(client: Client) -> None:
    given = {"email": "eve@example.org", "status": "active"}
    assert error(send(client, given)) == (422, "unknown-key", "")
    assert written() == []


@pytest.mark.parametrize("source", ["a" * 41, "a b", "<b>", "ä", "a\n"])
def test_a_source_is_a_plain_word(client: Client, source: str) -> None:
    given = {"email": "eve@example.org", "source": source}
    assert error(send(client, given)) == (422, "source", "source")


def test_a_language_that_we_have_not_is_passed_over(client: Client) -> None:
    assert send(client, {"email": "eve@example.org", "language": "fr"}).status_code == 202
    assert written()[0].language == ""


@pytest.mark.parametrize(
    "body",
    [
        b" ",
        b"{",
        b"nonsense",
        b"\xff\xfe",
        b'{"email": "\xff@example.org"}',
        b'{"email": NaN}',
        b'{"email": Infinity}',
        b'{"email": "a\0b@example.org"}',
        b"[" * 8000,
        b'{"email":' * 800,
        b"9" * 8000,
        b"\xef\xbb\xbf{}",
        b'["eve@example.org"]',
        b'"eve@example.org"',
        b"null",
        b'{"email": "eve@example.org"} {"email": "eve@example.org"}',
    ],
    ids=lambda body: str(body[:12]),
)
def test_a_body_that_is_no_object_in_json_is_refused(client: Client, body: bytes) -> None:
    assert error(send(client, body)) == (400, "json", "")
    assert written() == []


def test_a_key_that_stands_twice_is_refused(client: Client) -> None:
    body = b'{"email": "a@example.org", "email": "b@example.org"}'
    assert error(send(client, body)) == (400, "duplicate-key", "")


def test_a_body_above_eight_kilobytes_is_refused(client: Client) -> None:
    start, end = b'{"email": "eve@example.org", "name": "', b'"}'
    fits = start + b"x" * (8192 - len(start) - len(end)) + end
    assert send(client, fits).status_code == 202
    assert error(send(client, fits + b" ")) == (413, "too-large", "")


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"],
)
def test_only_what_calls_itself_json_is_read(client: Client, content_type: str) -> None:
    response = send(client, {"email": "eve@example.org"}, content_type)
    assert error(response) == (415, "media-type", "")
    assert written() == []


def test_json_may_name_its_character_set(client: Client) -> None:
    given = {"email": "eve@example.org"}
    assert send(client, given, "application/json; charset=utf-8").status_code == 202


def test_a_packed_body_is_refused(client: Client) -> None:
    response = send(client, {"email": "eve@example.org"}, HTTP_CONTENT_ENCODING="gzip")
    assert error(response) == (415, "media-type", "")


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "patch"])
def test_other_methods_do_nothing(
    client: Client, everything: Callable[[], dict[str, list[object]]], method: str
) -> None:
    before = everything()
    response = getattr(client, method)(PATH)
    assert response.status_code == 405
    assert response["Allow"] == "POST, OPTIONS"
    assert everything() == before


# Too many


@pytest.mark.parametrize("budget", ["per_network_hour", "per_domain_hour", "per_hour"])
def test_a_spent_budget_says_when_to_come_back(client: Client, settings: Any, budget: str) -> None:
    configure_budgets(settings, **{budget: 1})
    assert send(client, {"email": "one@example.net"}).status_code == 202
    for address in ("one@example.net", "two@example.net"):
        response = send(client, {"email": address})
        assert error(response) == (429, "too-many", "")
        assert response["Retry-After"] == "3600"
    assert len(written()) == 1


def test_where_everybody_answers_a_question_programs_are_sent_to_the_form(
    client: Client, settings: Any
) -> None:
    configure_challenge(settings, when="always")
    response = send(client, {"email": "eve@example.org"})
    assert error(response) == (403, "challenge", "")
    assert "http://127.0.0.1:8000/subscribe" in response.content.decode()
    assert written() == []


# Browsers on other sites


def test_a_known_site_may_ask_and_read_the_answer(client: Client, known_site: None) -> None:
    response = send(client, {"email": "eve@example.org"}, HTTP_ORIGIN=SITE)
    assert response.status_code == 202
    assert response["Access-Control-Allow-Origin"] == SITE
    assert "Access-Control-Allow-Credentials" not in response
    assert "Origin" in response["Vary"]


def test_a_known_site_can_read_why_it_was_refused(client: Client, known_site: None) -> None:
    response = send(client, {"email": "eve"}, HTTP_ORIGIN=SITE)
    assert response.status_code == 422
    assert response["Access-Control-Allow-Origin"] == SITE


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "https://shop.example.evil.example",
        "https://sub.shop.example",
        "http://shop.example",
        "https://shop.example:8443",
        "HTTPS://SHOP.EXAMPLE",
        "https://shop.example/",
        "null",
        "",
        "*",
    ],
)
def test_any_other_site_is_refused_and_may_read_nothing(
    client: Client, known_site: None, origin: str
) -> None:
    response = send(client, {"email": "eve@example.org"}, HTTP_ORIGIN=origin)
    assert error(response) == (403, "origin", "")
    assert "Access-Control-Allow-Origin" not in response
    assert "Origin" in response["Vary"]
    assert written() == []


def test_the_question_before_is_answered_for_a_known_site(client: Client, known_site: None) -> None:
    response = client.options(PATH, HTTP_ORIGIN=SITE, HTTP_ACCESS_CONTROL_REQUEST_METHOD="POST")
    assert (response.status_code, response.content) == (204, b"")
    assert response["Access-Control-Allow-Origin"] == SITE
    assert response["Access-Control-Allow-Methods"] == "POST"
    assert response["Access-Control-Allow-Headers"] == "Content-Type"
    assert "Origin" in response["Vary"]


def test_the_question_before_is_not_answered_for_another(client: Client, known_site: None) -> None:
    response = client.options(PATH, HTTP_ORIGIN="https://evil.example")
    assert not [name for name, _ in response.items() if name.startswith("Access-Control")]
    assert "Origin" in response["Vary"]


def test_no_answer_may_be_kept_or_sets_a_cookie(client: Client) -> None:
    for given in ({"email": "eve@example.org"}, {}):
        response = send(client, given)
        assert response["Cache-Control"] == "no-store"
        assert not response.cookies
        assert response["X-Content-Type-Options"] == "nosniff"
