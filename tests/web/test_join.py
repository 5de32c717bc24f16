"""Joining by the form: what is taken, what comes back, and that nobody learns who is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from newsletter.notices_mail import Shape, letter_for
from newsletter.web.join import consent
from subscribers import applications, signup, store, suppression
from subscribers.values import Act, How, NoticeKind, SuppressionReason
from tests.web.conftest import add_reader
from tests.web.joining import configure, form, join, stamp, statements, text, written

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from newsletter.core.edition import Edition

pytestmark = pytest.mark.django_db

HOSTILE_ADDRESSES = [  # attack C4
    '"eve smith"@example.org',
    "eve(comment)@example.org",
    "eve@home@example.org",
    "eve%example.com@example.org",
    "example.com!eve@example.org",
    "eve smith@example.org",
    "eve@exam ple.org",
    "eve\0@example.org",
    "eve@example.org\0",
    "eve@example.org\r\nBcc: all@example.net",
    "Eve <eve@example.org>",
    "eve@example.org, bob@example.org",
    "e" * 400 + "@example.org",
    "eve@" + "e" * 10_000 + ".org",
    "ève@example.org",
    "eve",
    "@example.org",
    "eve@",
    "eve@localhost",
    "eve@127.0.0.1",
    "eve@[127.0.0.1]",
    "eve@\ud800.org".encode("utf-8", "replace").decode(),
    "{{7*7}}",
    "<script>alert(1)</script>@example.org",
    "javascript:alert(1)",
    "\u202eeve@example.org",
]
HOSTILE_NAMES = [
    "Eve\r\nBcc: all@example.net",
    "{{7*7}}",
    "{% include 'web/home.html' %}",
    '"><script>alert(1)</script>',
    "<b>Eve</b>",
    "Eve\0Smith",
    "E" * 10_000,
    "\u202eevE",
    "%s %(name)s %n",
    "' OR 1=1 --",
]


def standing_of_all() -> dict[str, str]:
    """An address of every standing, by the name of it."""
    now = datetime.now(UTC)
    add_reader("active@example.org")
    left = add_reader("left@example.org")
    signup.leave(left.id, act=Act(How.COMMAND, now))
    paused = add_reader("paused@example.org")
    signup.pause_until(paused.id, now.date() + timedelta(days=9), act=Act(How.COMMAND, now))
    applications.apply("pending@example.org", act=Act(How.FORM, now, "/subscribe"))
    applications.settle(now, applications.Budgets(), remind_after=timedelta(days=1))
    suppression.suppress("suppressed@example.org", SuppressionReason.BOUNCED, now=now)
    names = ("unknown", "active", "left", "paused", "pending", "suppressed")
    return {name: f"{name}@example.org" for name in names}


def wire(response: Any) -> bytes:
    """All bytes of an answer that a visitor sees."""
    head = [f"{name}: {value}" for name, value in sorted(response.items()) if name != "Date"]
    return "\n".join([str(response.status_code), *head, text(response)]).encode()


# The form


@pytest.mark.parametrize("path", ["/", "/subscribe"])
def test_the_form_asks_for_an_address_and_no_more_than_a_name(client: Client, path: str) -> None:
    page = text(client.get(path))
    assert '<form class="join" method="post" action="/subscribe?lang=en">' in page
    assert 'type="email" id="email" name="email"' in page
    assert 'inputmode="email" autocomplete="email"' in page
    assert 'autocomplete="name"' in page
    assert "Straight Into Your Inbox</h1>" in page
    assert '<label for="email">' in page
    assert '<label for="name">' in page


def test_the_form_holds_the_newsletters_own_words(client: Client, settings: Any) -> None:
    configure(settings, "newsletter", name="Tungsten Weekly", tagline="All about <tungsten>")
    page = text(client.get("/subscribe"))
    assert "<h1>Tungsten Weekly</h1>" in page
    assert "All about &lt;tungsten&gt;" in page
    assert "Straight Into Your Inbox" not in page


def test_the_words_of_consent_are_shown_as_they_will_be_kept(client: Client) -> None:
    words = consent("en")
    assert words in text(client.get("/subscribe"))
    assert "one edition a day" in words
    assert "leave at any time" in words
    join(client)
    (one,) = written()
    assert one.wording is not None
    assert one.wording.text == words


def test_the_form_says_that_the_network_address_is_kept_only_where_it_is(
    client: Client, settings: Any
) -> None:
    assert "network address" in text(client.get("/subscribe"))
    configure(settings, "signup", network="none")
    assert "network address" not in text(client.get("/subscribe"))


def test_the_trap_is_out_of_sight_of_eyes_keys_and_screen_readers(client: Client) -> None:
    page = text(client.get("/subscribe"))
    assert '<div class="trap" aria-hidden="true">' in page
    assert 'name="website" tabindex="-1" autocomplete="off"' in page


# What is taken


def test_a_sign_up_is_written_down_and_the_browser_sent_on(client: Client) -> None:
    response = join(client, "eve@example.org", name="  Eve   Lee ", source="front-page")
    assert (response.status_code, response["Location"]) == (303, "/subscribed")
    (one,) = written()
    assert (one.address, one.name) == ("eve@example.org", "Eve Lee")
    assert (one.source, one.page, one.language) == ("form:front-page", "/subscribe", "en")
    assert one.network == "127.0.0.1"


def test_a_sign_up_by_the_form_alone_makes_nobody_a_subscriber(client: Client) -> None:
    join(client, "eve@example.org")
    assert store.find_subscriber("eve@example.org") is None


def test_the_language_of_the_page_is_the_language_that_is_kept(client: Client) -> None:
    response = client.post("/subscribe?lang=de", form())
    assert response["Location"] == "/subscribed?lang=de"
    assert written()[0].language == "de"


def test_an_unknown_language_in_the_address_is_ignored(client: Client) -> None:
    response = client.post("/subscribe?lang=xx", form())
    assert response["Location"] == "/subscribed"
    assert written()[0].language == "en"


@pytest.mark.parametrize(("how_much", "kept"), [("part", "127.0.0.0/24"), ("none", "")])
def test_no_more_of_the_network_is_kept_than_is_allowed(
    client: Client, settings: Any, how_much: str, kept: str
) -> None:
    configure(settings, "signup", network=how_much)
    join(client)
    assert written()[0].network == kept


@pytest.mark.parametrize("path", ["/", "/subscribe"])
def test_a_link_to_the_form_may_say_where_people_come_from(client: Client, path: str) -> None:
    assert 'name="source" value="talk-2026"' in text(client.get(f"{path}?source=talk-2026"))
    assert 'name="source"' not in text(client.get(f"{path}?source=<b>"))


@pytest.mark.parametrize("source", ["a" * 41, "a b", "<b>", "ä", "a\n", "form:x"])
def test_a_source_that_is_no_plain_word_is_left_out(client: Client, source: str) -> None:
    assert join(client, source=source).status_code == 303
    assert written()[0].source == "form"


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_hostile_name_is_taken_as_one_short_line_of_text(client: Client, name: str) -> None:
    assert join(client, name=name).status_code == 303
    kept = written()[0].name
    assert len(kept) <= 100
    assert kept.isprintable()


# What comes back


@pytest.mark.parametrize("address", HOSTILE_ADDRESSES)
def test_what_is_no_address_comes_back_with_an_error(client: Client, address: str) -> None:
    response = join(client, address)
    assert response.status_code == 422
    assert "<title>Error:" in text(response)
    assert written() == []


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_hostile_name_comes_back_as_text(client: Client, name: str) -> None:
    page = text(join(client, "eve", name=name))
    assert "<script>" not in page
    assert "<b>Eve" not in page
    assert 'value="49"' not in page


def test_an_error_is_summed_up_linked_to_its_field_and_nothing_typed_is_lost(
    client: Client,
) -> None:
    response = join(client, "eve@", name="Eve", source="x")
    page = text(response)
    assert response.status_code == 422
    assert response["Cache-Control"] == "no-store"
    assert 'role="alert"' in page
    assert '<a href="#email">Enter an e-mail address' in page
    assert 'aria-invalid="true" aria-describedby="email-error"' in page
    assert 'value="eve@"' in page
    assert 'value="Eve"' in page
    assert 'name="source" value="x"' in page


def test_no_address_at_all_is_asked_for(client: Client) -> None:
    assert "Enter your e-mail address" in text(join(client, "  "))
    assert client.post("/subscribe").status_code == 422


def test_letters_that_our_mail_cannot_carry_are_named_as_the_reason(client: Client) -> None:
    assert "letters that our mail cannot carry" in text(join(client, "ève@example.org"))


def test_after_an_error_the_press_counts_at_once(client: Client) -> None:
    page = text(join(client, "eve@", stamp=stamp()))
    again = page.partition('name="stamp" value="')[2].partition('"')[0]
    assert join(client, "eve@example.org", stamp=again).status_code == 303


# Robots, stored forms, and forms on other sites


def test_a_filled_trap_gets_the_same_answer_and_nothing_is_written(client: Client) -> None:
    trapped = join(client, "eve@example.org", website="http://spam.example")
    assert written() == []
    assert wire(trapped) == wire(join(client, "eve@example.org"))


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "nonsense",
        "ffffffffffff.AAAAAAAAAAAAAAAA",
        "6fffffff." + "A" * 16,
        "\0",
        "x" * 10_000,
    ],
)
def test_a_form_without_a_good_stamp_asks_for_one_more_press(client: Client, bad: str) -> None:
    assert_asks_for_a_press(client, join(client, name="Eve", source="blog", stamp=bad))


def test_a_forged_stamp_is_no_good(client: Client) -> None:
    assert_asks_for_a_press(client, join(client, stamp=stamp(key="another key")))


def test_a_stamp_of_another_second_is_no_good(client: Client) -> None:
    second, _, seal = stamp(600).partition(".")
    assert_asks_for_a_press(client, join(client, stamp=f"{int(second, 16) + 1:x}.{seal}"))


def test_a_stamp_is_good_from_the_least_seconds_to_a_day(client: Client) -> None:
    assert_asks_for_a_press(client, join(client, stamp=stamp(0.5)))
    assert_asks_for_a_press(client, join(client, stamp=stamp(-60)))
    assert_asks_for_a_press(client, join(client, stamp=stamp(24 * 3600 + 5)))
    assert written() == []
    assert join(client, stamp=stamp(3.5)).status_code == 303
    assert join(client, stamp=stamp(24 * 3600 - 60)).status_code == 303


def test_a_stamp_of_a_key_before_this_one_is_still_good(client: Client, settings: Any) -> None:
    old = stamp()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new key of good length for this very test"
    assert join(client, stamp=old).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_SEC_FETCH_SITE": "same-site"},
        {"HTTP_SEC_FETCH_SITE": "same-origin-not"},
        {"HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_ORIGIN": ""},
        {"HTTP_ORIGIN": "http://[evil"},
        {"HTTP_ORIGIN": "http://testserver.evil.example"},
    ],
)
def test_a_form_on_another_site_asks_for_a_press_here_even_with_a_good_stamp(
    client: Client, headers: dict[str, str]
) -> None:
    assert_asks_for_a_press(client, client.post("/subscribe", form(), **headers))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_ORIGIN": "null"},
        {"HTTP_SEC_FETCH_SITE": "none"},
        {"HTTP_ORIGIN": "http://testserver"},
        {"HTTP_ORIGIN": "http://127.0.0.1:8000", "HTTP_HOST": "inner.example"},
    ],
)
def test_a_press_on_our_own_page_counts(client: Client, headers: dict[str, str]) -> None:
    assert client.post("/subscribe", form(), **headers).status_code == 303  # type: ignore[arg-type]


def assert_asks_for_a_press(client: Client, response: Any) -> None:
    """Nothing is written, the form is filled in, and its one button counts at once."""
    page = text(response)
    before = len(written())
    assert response.status_code == 200
    assert "Yes, sign me up" in page
    assert 'value="eve@example.org"' in page
    assert before == 0
    fresh = page.partition('name="stamp" value="')[2].partition('"')[0]
    assert join(client, stamp=fresh).status_code == 303
    written()[0].delete()


def test_the_page_of_one_more_press_keeps_name_and_source(client: Client) -> None:
    page = text(join(client, name="Eve", source="blog", stamp=""))
    assert 'value="Eve"' in page
    assert 'name="source" value="blog"' in page


# Who is known stays unknown


def test_every_standing_gets_the_same_bytes(client: Client) -> None:
    answers = {name: wire(join(client, address)) for name, address in standing_of_all().items()}
    assert len(set(answers.values())) == 1, sorted(answers)


def test_every_standing_costs_the_same_statements(client: Client) -> None:
    people = standing_of_all()
    join(client, "warm@example.org")
    seen = set()
    for address in people.values():
        with statements() as asked:
            join(client, address)
        seen.add(tuple(asked))
    assert len(seen) == 1
    assert any(one.startswith("INSERT") for one in seen.pop())


@pytest.mark.parametrize("data", [{"stamp": ""}, {"email": "x"}])
def test_every_standing_gets_the_same_pages_on_the_way(
    client: Client, data: dict[str, str]
) -> None:
    pages = set()
    for name, address in standing_of_all().items():
        page = text(join(client, **{"email": address, **data})).replace(name, "somebody")
        before, _, rest = page.partition('name="stamp" value="')
        pages.add(before + rest.partition('"')[2])
    assert len(pages) == 1


# Bodies of every kind


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"email": "eve@example.org"}', "application/json"),
        (b"eve@example.org", "text/plain"),
        (b"", "application/x-www-form-urlencoded"),
        (b"email=%ff%fe%00&name=%c3%28", "application/x-www-form-urlencoded"),
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"email=eve", "application/x-www-form-urlencoded; charset=utf-16"),
        (b"email=eve", "application/x-www-form-urlencoded; charset=nonsense"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"nothing", "multipart/form-data"),
        (b"&".join([b"a=1"] * 2000), "application/x-www-form-urlencoded"),
        (b"email=eve", ""),
    ],
)
def test_a_body_that_is_no_form_of_ours_gets_a_clear_page(
    client: Client, body: bytes, content_type: str
) -> None:
    response = client.generic("POST", "/subscribe", body, content_type)
    assert response.status_code in (400, 422)
    assert "</main>" in text(response)
    assert written() == []


def test_a_name_in_broken_utf_8_does_no_harm(client: Client) -> None:
    body = f"email=eve%40example.org&name=%ff%fe%00Eve&stamp={stamp()}"
    response = client.post("/subscribe", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 303
    assert "Eve" in written()[0].name


def test_a_form_in_parts_is_a_form(client: Client) -> None:
    assert client.post("/subscribe", form()).status_code == 303  # the test client's own encoding


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_methods_do_nothing(client: Client, method: str) -> None:
    assert getattr(client, method)("/subscribe").status_code == 405


# What comes next


def test_the_page_after_says_what_comes_next(client: Client, sent_edition: Edition) -> None:
    page = text(client.get("/subscribed"))
    assert "daily@news.example.org" in page
    assert "spam" in page
    assert "07:30" in page
    assert 'href="/latest"' in page


@pytest.mark.parametrize("language", ["en", "de", "ja"])
def test_the_page_after_names_the_mail_that_comes(
    client: Client, settings: Any, language: str
) -> None:
    configure(settings, "newsletter", sender="Rare & Earthy <hello@news.example.org>")
    subject = letter_for(Shape(NoticeKind.CONFIRM, language), settings.CONFIG).subject
    page = text(client.get(f"/subscribed?lang={language}"))
    assert subject in page
    assert "Rare &amp; Earthy" in page
    assert "hello@news.example.org" in page


def test_before_the_first_edition_the_page_after_links_none(client: Client) -> None:
    assert 'href="/latest"' not in text(client.get("/subscribed"))


def test_a_token_of_the_form_says_nothing_about_the_visitor(client: Client) -> None:
    one = client.get("/subscribe", HTTP_USER_AGENT="a", REMOTE_ADDR="192.0.2.1")
    assert not one.cookies
    assert one["Cache-Control"] == "public, max-age=300"


# A form for other sites


def test_the_form_to_copy_is_plain_html_that_posts_here(client: Client, settings: Any) -> None:
    configure(settings, "web", base_url="https://news.example.org")
    page = text(client.get("/embed", HTTP_HOST="evil.example"))
    assert "&lt;form action=&#34;https://news.example.org/subscribe?lang=en&#34;" in page
    assert '<form action="https://news.example.org/subscribe?lang=en" method="post">' in page
    assert "evil.example" not in page
    assert "<script" not in page
    assert "style=" not in page


def test_the_form_to_copy_carries_the_source_it_was_asked_for(client: Client) -> None:
    assert 'name="source" value="my-page_1"' in text(client.get("/embed?source=my-page_1"))
    assert 'name="source"' not in text(client.get("/embed?source=%22><b>"))


def test_a_copied_form_signs_up_after_one_press_here(client: Client) -> None:
    response = client.post(
        "/subscribe?lang=en",
        {"email": "eve@example.org", "source": "blog"},
        HTTP_ORIGIN="https://blog.example",
    )
    assert_asks_for_a_press(client, response)


@pytest.mark.parametrize("path", ["/", "/subscribe", "/subscribed", "/embed"])
def test_looking_at_the_pages_writes_nothing(
    client: Client, everything: Callable[[], dict[str, list[object]]], path: str
) -> None:
    before = everything()
    for method in (client.get, client.head, client.options):
        assert not method(path).cookies
    assert everything() == before
