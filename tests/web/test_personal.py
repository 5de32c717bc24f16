"""Leave and preferences: a button for people, one click for mailbox providers, nothing by GET."""

from __future__ import annotations

import logging
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as configured
from django.test import Client

from newsletter.web.discretion import hide_tokens
from subscribers import audience, models, signup, store
from subscribers.suppression import suppress_subscriber
from subscribers.tokens import Purpose, make_token
from subscribers.values import Act, How, Rhythm, Status, SuppressionReason
from tests.web.conftest import Reader, add_reader

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"
ONE_CLICK_MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--'
)


def text(response: Any) -> str:
    return str(response.content.decode())


def one_click(client: Client, path: str) -> Any:
    return client.post(path, "List-Unsubscribe=One-Click", content_type=FORM)


def today() -> Any:
    return datetime.now(UTC).date()


def key() -> bytes:
    return configured.SECRET_KEY.encode()


def buttons(page: str) -> list[str]:
    """The words of the buttons of a page, from top to bottom."""
    return re.findall(r"<button[^>]*>([^<]*)</button>", page)


def test_the_leave_page_has_its_button_first_and_changes_nothing(
    client: Client, reader: Reader
) -> None:
    page = text(client.get(reader.leave))
    assert buttons(page) == ["Leave the newsletter", "Send it once a week instead", "Pause"]
    assert "required" not in page.partition("Leave the newsletter</button>")[0]
    assert reader.now.status is Status.ACTIVE


def test_the_button_takes_the_reader_out_at_once(client: Client, reader: Reader) -> None:
    response = client.post(reader.leave, {"act": "leave"}, follow=True)
    assert "You have left" in text(response)
    assert audience.size(today()) == 0
    assert reader.history == ["agreed by command", "withdrawn by form"]


def test_the_record_of_leaving_keeps_the_words_of_the_button_and_no_token(
    client: Client, reader: Reader
) -> None:
    client.post(reader.leave, {"act": "leave"})
    record = store.load_history(reader.id)[-1]
    assert (record.page, record.wording) == ("/u/", "Leave the newsletter")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b"List-Unsubscribe=One-Click", FORM), (ONE_CLICK_MULTIPART, MULTIPART)],
    ids=["form-encoded", "multipart"],
)
def test_one_click_takes_the_reader_out_without_cookie_or_redirect(
    reader: Reader, body: bytes, content_type: str
) -> None:
    provider = Client(enforce_csrf_checks=True)
    response = provider.post(reader.leave, body, content_type=content_type)
    assert response.status_code == 200
    assert not response.has_header("Location")
    assert not response.cookies
    assert reader.now.status is Status.LEFT
    assert reader.history[-1] == "withdrawn by one-click"


def test_one_click_twice_is_one_click_once(client: Client, reader: Reader) -> None:
    first, second = one_click(client, reader.leave), one_click(client, reader.leave)
    assert (first.status_code, second.status_code) == (200, 200)
    assert reader.history == ["agreed by command", "withdrawn by one-click"]


def test_one_click_takes_effect_in_the_middle_of_a_send(client: Client, reader: Reader) -> None:
    assert list(audience.mailable([reader.id], today())) == [reader.id]
    one_click(client, reader.leave)
    assert audience.mailable([reader.id], today()) == {}


@pytest.mark.parametrize(
    "body",
    [
        *("", "act=", "act=come-back", "act=resume", "List-Unsubscribe=one-click"),
        *("list-unsubscribe=One-Click", "List-Unsubscribe=One-Click&List-Unsubscribe=x", "x=y"),
    ],
)
def test_a_post_without_the_exact_words_changes_nothing(
    client: Client, reader: Reader, body: str
) -> None:
    client.post(reader.leave, body, content_type=FORM)
    assert reader.history == ["agreed by command"]


def test_one_click_is_for_leaving_only(client: Client, reader: Reader) -> None:
    assert one_click(client, reader.preferences).status_code == 400
    assert reader.now.status is Status.ACTIVE


def test_a_broken_body_is_answered_and_changes_nothing(client: Client, reader: Reader) -> None:
    response = client.post(reader.leave, b"--nonsense", content_type="multipart/form-data")
    assert response.status_code == 400
    assert reader.now.status is Status.ACTIVE


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_other_methods_are_refused(client: Client, reader: Reader, method: str) -> None:
    assert getattr(client, method)(reader.leave).status_code == 405
    assert getattr(client, method)(reader.preferences).status_code == 405
    assert reader.now.status is Status.ACTIVE


def test_another_address_in_the_request_is_ignored(client: Client, reader: Reader) -> None:
    other = add_reader("bob@example.org")
    path = f"{reader.leave}?email=bob@example.org&id={other.id}"
    body = f"act=leave&email=bob@example.org&id={other.id}&subscriber_id={other.id}"
    client.post(path, body, content_type=FORM)
    assert other.now.status is Status.ACTIVE
    assert reader.now.status is Status.LEFT


def test_left_by_mistake_is_undone_on_the_same_page(client: Client, reader: Reader) -> None:
    client.post(reader.leave, {"act": "leave"})
    assert ">Come back</button>" in text(client.get(reader.leave))
    client.post(reader.leave, {"act": "come-back"})
    assert reader.now.status is Status.ACTIVE
    assert reader.history[-1] == "returned by form"


def test_an_old_link_brings_nobody_back(client: Client, reader: Reader) -> None:
    signup.leave(reader.id, act=Act(How.FORM, datetime.now(UTC) - timedelta(days=31)))
    for path in (reader.leave, reader.preferences):
        assert "Come back" not in text(client.get(path))
        client.post(path, {"act": "come-back"})
    assert reader.now.status is Status.LEFT


def test_preferences_say_where_the_subscription_stands(client: Client, reader: Reader) -> None:
    page = text(client.get(reader.preferences))
    assert "<h1>Your preferences</h1>" in page
    assert "Every day, as soon as the edition leaves, a few sentences on each story" in page


def test_pause_resume_leave_and_come_back(client: Client, reader: Reader) -> None:
    until = today() + timedelta(days=20)
    paused = client.post(
        reader.preferences, {"act": "pause", "until": until.isoformat()}, follow=True
    )
    assert f"Paused until {until:%A}, {until.day} {until:%B} {until.year}" in text(paused)
    assert (reader.now.status, reader.now.paused_until) == (Status.PAUSED, until)
    resumed = client.post(reader.preferences, {"act": "resume"}, follow=True)
    assert "You get it like this" in text(resumed)
    left = client.post(reader.preferences, {"act": "leave"}, follow=True)
    assert "You have left" in text(left)
    back = client.post(reader.preferences, {"act": "come-back"}, follow=True)
    assert "You get it like this" in text(back)
    assert reader.history[1:] == [
        "paused by form",
        "resumed by form",
        "withdrawn by form",
        "returned by form",
    ]


def test_a_button_answers_with_see_other_so_that_reloading_repeats_nothing(
    client: Client, reader: Reader
) -> None:
    response = client.post(reader.preferences, {"act": "leave"})
    assert (response.status_code, response["Location"]) == (303, reader.preferences)


def test_who_comes_back_on_the_leave_page_is_told_so_and_not_asked_to_leave(
    client: Client, reader: Reader
) -> None:
    client.post(reader.leave, {"act": "leave"})
    response = client.post(reader.leave, {"act": "come-back"})
    assert (response.status_code, response["Location"]) == (303, f"{reader.leave}?done=back")
    page = text(client.get(response["Location"]))
    assert "<h1>You are back on the list</h1>" in page
    assert "<title>You are back on the list" in page
    assert "<button" not in page
    assert '<a href="?lang=en">' in page  # the same page without the word, where the button is


def test_a_link_made_for_leaving_gives_no_link_to_the_preferences(
    client: Client, reader: Reader
) -> None:
    client.post(reader.leave, {"act": "leave"})
    page = text(client.post(reader.leave, {"act": "come-back"}, follow=True))
    assert "/p/" not in page
    assert "the preferences link at the foot of any" in page


def press(client: Client, path: str, act: str) -> Any:
    until = (today() + timedelta(days=20)).isoformat()
    return client.post(path, {"act": act, "until": until})


@pytest.mark.parametrize(
    ("before", "act", "word", "told"),
    [
        ([], "pause", "paused", "Your pause is set."),
        (["pause"], "pause", "paused", "Your pause is set."),
        (["pause"], "resume", "resumed", "The pause is over."),
        (["leave"], "come-back", "back", "You are back on the list."),
        (["pause", "leave"], "come-back", "back", "You are back on the list."),
    ],
)
def test_the_preferences_say_what_a_button_has_done(
    client: Client, reader: Reader, before: list[str], act: str, word: str, told: str
) -> None:
    for earlier in before:
        press(client, reader.preferences, earlier)
    assert told not in text(client.get(reader.preferences))
    response = press(client, reader.preferences, act)
    expected = (303, f"{reader.preferences}?done={word}")
    assert (response.status_code, response["Location"]) == expected
    page = text(client.get(response["Location"]))
    assert f'<p class="done" role="status"><strong>{told}</strong>' in page
    assert "<title>Done: " in page


@pytest.mark.parametrize(
    "query",
    [
        *("done=", "done=x", "done=BACK", "done=left", "done=paused", "back", "done=back&done=x"),
        *("done=%3Cscript%3E", "done=%00", "done=%ff", "done[]=back"),
    ],
)
def test_a_word_that_is_unknown_or_not_true_changes_nothing_on_the_page(
    client: Client, reader: Reader, query: str
) -> None:
    for path in (reader.leave, reader.preferences):
        assert client.get(f"{path}?{query}").content == client.get(path).content


@pytest.mark.parametrize("word", ["back", "paused", "resumed"])
def test_a_word_in_the_address_changes_nothing_and_hides_no_leaving(
    client: Client,
    reader: Reader,
    word: str,
    everything: Callable[[], dict[str, list[object]]],
) -> None:
    signup.leave(reader.id, act=Act(How.FORM, datetime.now(UTC)))
    before = everything()
    for path in (reader.leave, reader.preferences):
        assert client.get(f"{path}?done={word}").content == client.get(path).content
    assert everything() == before


def test_a_button_or_one_click_counts_on_a_page_that_tells_of_another(
    client: Client, reader: Reader
) -> None:
    response = client.post(f"{reader.preferences}?done=back", {"act": "pause", "until": "soon"})
    assert response.status_code == 422
    assert 'class="done"' not in text(response)
    assert "<h1>You have left</h1>" in text(one_click(client, f"{reader.leave}?done=back"))
    assert reader.now.status is Status.LEFT


def test_a_button_that_could_not_do_its_work_claims_nothing(client: Client, reader: Reader) -> None:
    press(client, reader.preferences, "leave")
    for act in ("pause", "resume"):
        assert press(client, reader.preferences, act)["Location"] == reader.preferences
    suppress_subscriber(reader.id, SuppressionReason.BOUNCED, now=datetime.now(UTC))
    for path in (reader.leave, reader.preferences):
        assert press(client, path, "come-back")["Location"] == path


def test_nobody_without_mail_is_told_that_it_comes(client: Client, reader: Reader) -> None:
    suppress_subscriber(reader.id, SuppressionReason.BOUNCED, now=datetime.now(UTC))
    for path in (reader.leave, reader.preferences):
        assert client.get(f"{path}?done=back").content == client.get(path).content


@pytest.mark.parametrize("until", ["", "soon", "2020-01-01", "9999-12-31", "2027-02-30", "\x00"])
def test_a_date_that_cannot_be_kept_is_explained_beside_the_field(
    client: Client, reader: Reader, until: str
) -> None:
    response = client.post(reader.preferences, {"act": "pause", "until": until})
    assert response.status_code == 422
    page = text(response)
    assert "<title>Error: " in page
    assert 'aria-describedby="until-error until-hint"' in page
    assert 'aria-invalid="true"' in page
    assert reader.now.status is Status.ACTIVE


def test_what_was_typed_is_shown_as_text(client: Client, reader: Reader) -> None:
    typed = '"><script>alert(1)</script>{{ 7*7 }}'
    page = text(client.post(reader.preferences, {"act": "pause", "until": typed}))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "{{ 7*7 }}" in page


def test_a_pause_that_has_ended_shows_as_active(client: Client, reader: Reader) -> None:
    earlier = datetime.now(UTC) - timedelta(days=10)
    signup.pause_until(reader.id, today() - timedelta(days=2), act=Act(How.FORM, earlier))
    assert "You get it like this" in text(client.get(reader.preferences))


def test_a_suppressed_reader_is_told_and_offered_no_way_round(
    client: Client, reader: Reader
) -> None:
    suppress_subscriber(reader.id, SuppressionReason.BOUNCED, now=datetime.now(UTC))
    page = text(client.get(reader.preferences))
    assert "No mail goes to this address" in page
    assert 'value="pause"' not in page
    client.post(reader.preferences, {"act": "leave"})
    client.post(reader.preferences, {"act": "come-back"})
    assert reader.now.status is Status.LEFT


def test_who_never_confirmed_is_told_so_and_can_leave(client: Client) -> None:
    number, _ = store.save_new("pat@example.org", "", Status.PENDING, datetime.now(UTC))
    pat = Reader(number)
    assert "Not confirmed yet" in text(client.get(pat.preferences))
    client.post(pat.preferences, {"act": "leave"})
    client.post(pat.preferences, {"act": "come-back"})
    assert pat.now.status is Status.LEFT


def test_a_page_that_is_out_of_date_shows_how_things_stand(client: Client, reader: Reader) -> None:
    one_click(client, reader.leave)
    until = (today() + timedelta(days=5)).isoformat()
    response = client.post(reader.preferences, {"act": "pause", "until": until}, follow=True)
    assert "You have left" in text(response)
    assert reader.now.status is Status.LEFT


def test_the_full_address_is_on_no_page(client: Client, reader: Reader) -> None:
    for path in (reader.leave, reader.preferences):
        page = text(client.get(path))
        assert "ann.lee" not in page
        assert "a••••@example.org" in page


def test_personal_pages_are_kept_by_nobody_and_tell_nobody_their_address(
    client: Client, reader: Reader
) -> None:
    for path in (reader.leave, reader.preferences, "/u/bad"):
        response = client.get(path)
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response["X-Robots-Tag"]
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert not response.cookies


def bad_paths(reader: Reader) -> list[str]:
    """Every kind of bad link: cut, padded, forged, other purpose, other key, of someone erased."""
    leave, preferences = reader.leave[3:], reader.preferences[3:]
    flipped = bytearray(urlsafe_b64decode(leave))
    flipped[0] ^= 1
    gone = make_token(2**40, Purpose.LEAVE, key())
    other_key = make_token(reader.id, Purpose.LEAVE, b"an older key")
    tokens = [
        *("", "x", leave[:-1], leave + "A", leave + "/", leave + "%0A", leave + "%00", "A" * 5000),
        *(urlsafe_b64encode(flipped).decode(), gone, other_key, "%F0%9F%90%A7", "../p/x", "1"),
    ]
    return [
        *(f"/u/{token}" for token in [*tokens, preferences]),
        *(f"/p/{token}" for token in [*tokens, leave]),
    ]


def test_every_kind_of_bad_link_gets_the_same_bytes(client: Client, reader: Reader) -> None:
    answers = set()
    for path in bad_paths(reader):
        for response in (client.get(path), client.post(path, {"act": "leave"})):
            answers.add((response.status_code, response.content, str(response.headers)))
    (answer,) = answers
    assert answer[0] == 404
    assert "This link does not work" in answer[1].decode()
    assert reader.now.status is Status.ACTIVE


def test_the_link_of_someone_erased_is_a_bad_link(client: Client, reader: Reader) -> None:
    path = reader.leave
    models.Subscriber.objects.filter(id=reader.id).delete()
    assert client.get(path).content == client.get("/u/x").content
    assert one_click(client, path).status_code == 404


def test_a_link_is_dead_after_the_key_has_changed(
    client: Client, reader: Reader, settings: Any
) -> None:
    path = reader.leave
    settings.SECRET_KEY = "another key"
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "ask",
    [
        lambda client, path: client.put(path),
        lambda client, path: client.get(path + "x"),
        lambda client, path: client.post(path, b"--x", content_type="multipart/form-data"),
    ],
    ids=["method", "not found", "bad request"],
)
def test_no_log_line_holds_a_token(
    client: Client,
    reader: Reader,
    caplog: pytest.LogCaptureFixture,
    ask: Callable[[Client, str], object],
) -> None:
    hide_tokens()
    with caplog.at_level(logging.DEBUG):
        for path in (reader.leave, reader.preferences):
            ask(client, path)
    assert {"/u/…", "/p/…"} <= set(caplog.text.split())
    assert reader.leave[3:] not in caplog.text
    assert reader.preferences[3:] not in caplog.text
    assert not [record for record in caplog.records if hasattr(record, "request")]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({}, ""),
        ({"reason": "too-many"}, "too-many"),
        ({"reason": "other", "own_words": "moved on"}, "other: moved on"),
        ({"own_words": "  moved\r\n on\x00 "}, "other: moved on"),
        ({"reason": "never-signed-up", "own_words": "who?"}, "never-signed-up: who?"),
        ({"reason": "<script>", "own_words": ""}, ""),
    ],
)
def test_a_reason_is_kept_as_it_was_given_and_none_is_a_hurdle(
    client: Client, reader: Reader, given: dict[str, str], kept: str
) -> None:
    client.post(reader.leave, {"act": "leave", **given})
    assert reader.now.status is Status.LEFT
    assert store.load_history(reader.id)[-1].detail == kept


def test_a_hostile_reason_is_cut_and_shown_nowhere(client: Client, reader: Reader) -> None:
    typed = "<script>alert(1)</script>{{ 7*7 }}" * 50
    page = client.post(reader.leave, {"act": "leave", "own_words": typed}, follow=True)
    assert "alert" not in text(page)
    assert len(store.load_history(reader.id)[-1].detail) <= 200


def test_once_a_week_instead_acts_at_once(client: Client, reader: Reader) -> None:
    response = client.post(reader.leave, {"act": "weekly"})
    assert response["Location"] == f"{reader.leave}?done=weekly"
    assert reader.now.preferences.rhythm is Rhythm.WEEKLY
    page = text(client.get(response["Location"]))
    assert "<h1>From now on once a week</h1>" in page
    assert "on Friday" in page
    assert "weekly" not in text(client.get(reader.leave))


def test_a_pause_instead_acts_at_once(client: Client, reader: Reader) -> None:
    response = press(client, reader.leave, "pause")
    assert response["Location"] == f"{reader.leave}?done=paused"
    assert "<h1>Paused until " in text(client.get(response["Location"]))
    assert reader.now.status is Status.PAUSED


def test_a_wrong_date_on_the_page_for_leaving_is_explained_there(
    client: Client, reader: Reader
) -> None:
    response = client.post(reader.leave, {"act": "pause", "until": "soon"})
    assert response.status_code == 422
    assert 'aria-describedby="until-error until-hint"' in text(response)
    assert "Leave the newsletter</button>" in text(response)


def test_who_has_left_is_offered_nothing_but_the_way_back(client: Client, reader: Reader) -> None:
    client.post(reader.leave, {"act": "leave"})
    assert buttons(text(client.get(reader.leave))) == ["Come back"]


@pytest.mark.parametrize("status", [Status.PENDING, Status.LEFT])
def test_who_gets_no_mail_is_offered_neither_pause_nor_less(client: Client, status: Status) -> None:
    number, _ = store.save_new("pat@example.org", "", status, datetime.now(UTC))
    page = text(client.get(Reader(number).leave))
    assert 'value="weekly"' not in page
    assert 'value="pause"' not in page


def test_one_click_works_for_who_pauses_or_never_confirmed(client: Client, reader: Reader) -> None:
    press(client, reader.preferences, "pause")
    number, _ = store.save_new("pat@example.org", "", Status.PENDING, datetime.now(UTC))
    for one in (reader, Reader(number)):
        assert one_click(client, one.leave).status_code == 200
        assert one.now.status is Status.LEFT


def test_the_record_keeps_the_network_as_far_as_it_may_be_kept(
    client: Client, reader: Reader, settings: Any
) -> None:
    kept = []
    for how_much in ("full", "part", "none"):
        signups = settings.CONFIG.signup.model_copy(update={"network": how_much})
        settings.CONFIG = settings.CONFIG.model_copy(update={"signup": signups})
        for act in ("leave", "come-back"):
            client.post(reader.leave, {"act": act}, REMOTE_ADDR="203.0.113.77")
        kept.append(store.load_history(reader.id)[-1].network)
    assert kept == ["203.0.113.77", "203.0.113.0/24", ""]


@pytest.mark.parametrize("page", ["c", "u", "p", "n", "x", "e"])
def test_no_log_line_holds_a_token_of_any_page_or_an_address(
    client: Client, page: str, caplog: pytest.LogCaptureFixture
) -> None:
    hide_tokens()
    token = make_token(7, Purpose.LEAVE, key())
    with caplog.at_level(logging.DEBUG):
        client.get(f"/{page}/{token}")
        client.put(f"/{page}/{token}?email=ann@example.org")
        client.get("/not/ann%40example.org/bob@example.org")
    assert f"/{page}/…" in caplog.text
    assert token not in caplog.text
    assert "example.org" not in caplog.text


@pytest.mark.parametrize(
    "name", ["django.request", "django.security.DisallowedHost", "waitress", "django.db.backends"]
)
def test_a_traceback_in_a_log_line_holds_no_token_and_no_address(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    hide_tokens()
    try:
        date.fromisoformat("Key (address)=(ann.lee@example.org) at /p/abcdefgh")
    except ValueError:
        logging.getLogger(name).exception("failed for %s", "ann.lee@example.org")
    assert "Key (address)=(…@…) at /p/…" in caplog.text
    assert "ann.lee" not in caplog.text


def test_the_pages_switch_their_language_by_a_link_that_keeps_the_path_only(
    client: Client, reader: Reader
) -> None:
    page = text(client.get(f"{reader.leave}?done=x&email=ann@example.org"))
    links = re.findall(r'<a href="([^"]*)" lang="(\w+)" hreflang="(\w+)"', page)
    assert links == [(f"?lang={code}", code, code) for code in ("en", "de", "ja", "zh")]
    assert page.count("aria-current") == 1
