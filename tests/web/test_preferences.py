"""Preferences: one form for how they get it, and small ones beside it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from newsletter.store import editions
from subscribers import models, requests, signup, store
from subscribers.suppression import suppress_subscriber
from subscribers.values import (
    Act,
    Depth,
    How,
    MailFormat,
    Preferences,
    Rhythm,
    Status,
    SuppressionReason,
)
from tests import drafts
from tests.web.conftest import Reader, add_reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db

SECTIONS = (
    *("Policy & trade", "Markets & prices", "Mining & projects", "Processing & magnets"),
    *("Technology & recycling", "Companies", "Geopolitics"),
)
HOSTILE = '"><script>alert(1)</script>{{ 7*7 }}'


def text(response: Any) -> str:
    return str(response.content.decode())


def filled(**changes: Any) -> dict[str, Any]:
    """The form as it stands for somebody new, with some fields changed."""
    form = {
        "act": "save",
        "rhythm": "daily",
        "depth": "standard",
        "section": list(SECTIONS),
        "follow": [],
        "companies": "",
        "hour": "",
        "time_zone": "",
        "mail_format": "html",
        "language": "",
        "name": "",
    }
    return form | changes


def save(client: Client, reader: Reader, **changes: Any) -> Any:
    return client.post(reader.preferences, filled(**changes))


@pytest.fixture
def told(db: None) -> None:
    """An edition that left yesterday, with a company and a thread."""
    now = datetime.now(UTC)
    draft = drafts.normal()
    lead = draft.lead
    assert lead
    lead = replace(lead, companies=("Lynas Rare Earths",), thread="aaaaaaaaaaaa", headline="Mine!")
    told_on = (now - timedelta(days=1)).date()
    edition = editions.save_draft(replace(draft, date=told_on, lead=lead), [])
    editions.save_approval(
        edition, subject="s", html="h", text="t", content_hash="0", reason="", now=now
    )
    editions.save_sent(edition, now)


def test_every_choice_is_kept(client: Client, reader: Reader) -> None:
    save(
        client,
        reader,
        rhythm="weekdays",
        depth="headlines",
        section=["Mining & projects", "Companies"],
        companies="Iluka,  MP   Materials",
        hour="9",
        time_zone="Europe/Berlin",
        mail_format="text",
        language="de",
        name="Ann Lee",
    )
    assert reader.now.name == "Ann Lee"
    assert reader.now.preferences == Preferences(
        rhythm=Rhythm.WEEKDAYS,
        depth=Depth.HEADLINES,
        sections=("Companies", "Mining & projects"),
        follows=("company:Iluka", "company:MP Materials"),
        hour=9,
        time_zone="Europe/Berlin",
        mail_format=MailFormat.TEXT,
        language="de",
    )
    assert reader.history[-1] == "changed by form"


def test_the_page_says_in_words_what_was_saved(client: Client, reader: Reader) -> None:
    response = save(
        *(client, reader), rhythm="weekdays", depth="headlines", hour="9", time_zone="Europe/Berlin"
    )
    assert (response.status_code, response["Location"]) == (303, f"{reader.preferences}?done=saved")
    page = text(client.get(response["Location"]))
    assert "Every weekday, at 09:00 (Europe/Berlin), headlines only, all sections." in page
    assert "<title>Done: " in page


def test_saving_a_page_as_it_stands_changes_nothing(
    client: Client,
    reader: Reader,
    everything: Callable[[], dict[str, list[object]]],
) -> None:
    before = everything()
    save(client, reader)
    assert everything() == before


def test_the_record_says_which_words_were_pressed_and_what_changed(
    client: Client, reader: Reader
) -> None:
    save(client, reader, rhythm="weekly")
    record = store.load_history(reader.id)[-1]
    assert (record.page, record.wording) == ("/p/", "Save these choices")
    assert "daily to weekly" in record.detail


def test_all_sections_ticked_are_all_that_ever_come(client: Client, reader: Reader) -> None:
    save(client, reader, section=["Companies"])
    save(client, reader)
    assert reader.now.preferences.sections == ()


def test_the_form_shows_again_what_was_saved(client: Client, reader: Reader) -> None:
    save(client, reader, rhythm="big", section=["Companies"], companies="Iluka", hour="0")
    page = text(client.get(reader.preferences))
    ticked = re.findall(r'name="(\w+)" value="([^"]*)"[^>]* checked', page)
    assert set(ticked) == {
        *(("rhythm", "big"), ("depth", "standard"), ("section", "Companies")),
        *(("follow", "company:Iluka"), ("mail_format", "html")),
    }
    assert '<option value="0" selected>00:00</option>' in page


def test_companies_and_threads_of_the_last_editions_are_offered(
    client: Client, reader: Reader, told: None
) -> None:
    page = text(client.get(reader.preferences))
    assert 'value="company:Lynas Rare Earths"' in page
    assert re.search(r'value="thread:aaaaaaaaaaaa"> <span>Mine!', page)
    save(client, reader, follow=["company:Lynas Rare Earths", "thread:aaaaaaaaaaaa"])
    assert reader.now.preferences.follows == ("company:Lynas Rare Earths", "thread:aaaaaaaaaaaa")


def test_a_company_typed_in_another_case_is_the_one_that_was_told(
    client: Client, reader: Reader, told: None
) -> None:
    save(client, reader, companies="lynas rare earths, ,")
    assert reader.now.preferences.follows == ("company:Lynas Rare Earths",)


def test_what_is_no_longer_told_can_still_be_unfollowed(client: Client, reader: Reader) -> None:
    save(client, reader, follow=["thread:bbbbbbbbbbbb", "company:Iluka"])
    page = text(client.get(reader.preferences))
    assert 'value="thread:bbbbbbbbbbbb" checked' in page
    save(client, reader)
    assert reader.now.preferences.follows == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("rhythm", "hourly"), ("rhythm", ""), ("depth", "deep"), ("section", [])),
        *(("section", ["Sports"]), ("follow", ["person:Ann"]), ("follow", ["thread:../x"])),
        *(("follow", [f"company:{n}" for n in range(21)]), ("follow", ["company:a\nthread:b"])),
        *(("hour", "24"), ("hour", "-1"), ("hour", "9.5"), ("time_zone", "Europe/Atlantis")),
        *(("time_zone", "../../etc/passwd"), ("mail_format", "pdf"), ("language", "xx")),
        *(("companies", "x" * 100), ("name", "x" * 101)),
    ],
)
def test_a_value_that_cannot_be_kept_is_explained_and_nothing_is_saved(
    client: Client, reader: Reader, field: str, value: Any
) -> None:
    response = save(client, reader, **{"depth": "full", field: value})
    page = text(response)
    where = "follow" if field == "companies" else field
    assert response.status_code == 422
    assert "<title>Error: " in page
    assert f'<li><a href="#{where}">' in page
    assert f'id="{where}"' in page
    assert f'id="{where}-error"' in page
    assert reader.now.preferences == Preferences()


def test_a_page_with_an_error_keeps_what_was_typed(client: Client, reader: Reader) -> None:
    page = text(
        save(
            *(client, reader), rhythm="weekly", hour="99", name="Ann", companies="Iluka, MP",
            section=["Companies"], time_zone="Asia/Tokyo",
        )
    )  # fmt: skip
    assert 'value="weekly" checked' in page
    assert 'value="Ann"' in page
    assert 'value="Iluka, MP"' in page
    assert page.count('name="section"') == len(SECTIONS)
    assert len(re.findall(r'name="section"[^>]* checked', page)) == 1
    assert '<option value="Asia/Tokyo" selected>' in page


@pytest.mark.parametrize("field", ["name", "companies", "time_zone", "rhythm", "hour"])
def test_hostile_text_is_shown_as_text(client: Client, reader: Reader, field: str) -> None:
    page = text(save(client, reader, **{"depth": "?", field: HOSTILE}))
    assert "<script" not in page
    assert "49" not in re.findall(r'value="([^"]*)"', page)


def test_a_hostile_name_is_kept_on_one_line_and_shown_as_text(
    client: Client, reader: Reader
) -> None:
    save(client, reader, name=f"Ann\r\nBcc: x@example.org\x00 {HOSTILE}")
    assert not re.search(r"[\r\n\x00]", reader.now.name)
    page = text(client.get(reader.preferences))
    assert "<script" not in page
    assert "{{ 7*7 }}" in page


def test_fields_beside_the_token_reach_nobody_else(client: Client, reader: Reader) -> None:
    other = add_reader("bob@example.org")
    body = filled(rhythm="weekly", email="bob@example.org", id=other.id, subscriber_id=other.id)
    client.post(f"{reader.preferences}?email=bob@example.org&id={other.id}", body)
    assert other.now.preferences == Preferences()
    assert reader.now.preferences.rhythm is Rhythm.WEEKLY


def test_a_newsletter_with_one_section_offers_no_choice_of_them(
    client: Client, reader: Reader, settings: Any
) -> None:
    edition = settings.CONFIG.edition
    one = edition.model_copy(update={"sections": edition.sections[:1]})
    settings.CONFIG = settings.CONFIG.model_copy(update={"edition": one})
    assert 'name="section"' not in text(client.get(reader.preferences))
    assert save(client, reader, section=[], depth="full").status_code == 303
    assert reader.now.preferences.depth is Depth.FULL


def test_the_language_of_the_pages_is_the_subscribers_and_the_address_wins(
    client: Client, reader: Reader
) -> None:
    save(client, reader, language="ja")
    assert '<html lang="ja" dir="ltr">' in text(client.get(reader.preferences))
    page = text(client.get(f"{reader.preferences}?lang=de&done=x"))
    assert '<html lang="de" dir="ltr">' in page
    assert 'href="?lang=ja" lang="ja" hreflang="ja">' in page
    assert 'href="?lang=de" lang="de" hreflang="de" aria-current="true">' in page


def test_a_press_keeps_the_language_that_was_asked_for(client: Client, reader: Reader) -> None:
    path = f"{reader.preferences}?lang=de"
    response = client.post(path, {"act": "leave"})
    assert response["Location"] == path
    come_back = client.post(path, {"act": "come-back"})
    assert come_back["Location"] == f"{path}&done=back"


def test_another_language_chosen_in_the_form_is_the_one_of_the_next_page(
    client: Client, reader: Reader
) -> None:
    response = client.post(f"{reader.preferences}?lang=de", filled(language="ja"))
    assert response["Location"] == f"{reader.preferences}?done=saved"


def test_a_new_address_gets_a_mail_and_nothing_moves_yet(client: Client, reader: Reader) -> None:
    response = client.post(reader.preferences, {"act": "move", "address": "new@example.com"})
    assert response["Location"] == f"{reader.preferences}?done=address-asked"
    assert "press the button in it" in text(client.get(response["Location"]))
    assert [notice.kind for notice in models.Notice.objects.all()] == ["new-address"]
    assert reader.now.address == "ann.lee@example.org"


def test_the_answer_does_not_tell_whether_a_new_address_is_known(
    client: Client, reader: Reader
) -> None:
    add_reader("bob@example.org")
    dan = add_reader("dan@example.org")
    suppress_subscriber(dan.id, SuppressionReason.COMPLAINED, now=datetime.now(UTC))
    answers = set()
    for number, address in enumerate(("new@example.com", "bob@example.org", "dan@example.org")):
        one = add_reader(f"reader{number}@example.org")
        response = client.post(one.preferences, {"act": "move", "address": address})
        page = text(client.get(response["Location"]))
        answers.add((response.status_code, response["Location"].partition("?")[2], page))
    assert len(answers) == 1


@pytest.mark.parametrize(
    "address", ["", "ann", "a@b@example.org", "ann.lee@EXAMPLE.org", "a%b@example.org", HOSTILE]
)
def test_a_new_address_that_cannot_be_mailed_is_explained(
    client: Client, reader: Reader, address: str
) -> None:
    response = client.post(reader.preferences, {"act": "move", "address": address})
    page = text(response)
    assert response.status_code == 422
    assert 'id="address-error"' in page
    assert "<script" not in page
    assert not models.Notice.objects.exists()


def test_a_fourth_new_address_within_a_day_is_asked_to_wait(client: Client, reader: Reader) -> None:
    for number in range(4):
        assert models.Notice.objects.count() == number
        body = {"act": "move", "address": f"new@number{number}.example"}
        response = client.post(reader.preferences, body)
        has_to_wait = response["Location"].endswith("?done=address-waits")
        assert has_to_wait == (number == 3)
    assert "within the last day" in text(client.get(response["Location"]))
    assert models.Notice.objects.count() == 3


def test_for_a_week_after_a_move_the_page_offers_neither_data_nor_erasure_and_says_so(
    client: Client, reader: Reader
) -> None:
    def move(days: float) -> None:
        act = Act(How.FORM, datetime.now(UTC) - timedelta(days=days))
        requests.ask_new_address(reader.id, f"new{days}@example.com", act=act)
        asked = models.PendingAct.objects.get(kind="address", done_at=None)
        requests.confirm_new_address(asked.id, act=act)

    words = "The address changed less than a week ago."
    move(days=7)
    page = text(client.get(reader.preferences))
    assert (words in page, 'value="export"' in page, 'value="erase"' in page) == (False, True, True)
    move(days=6.9)
    page = text(client.get(reader.preferences))
    assert (words in page, 'value="export"' in page, 'value="erase"' in page) == (
        True,
        False,
        False,
    )
    before = models.Notice.objects.count()
    for kind in ("export", "erase"):
        response = client.post(reader.preferences, {"act": kind})
        assert "We sent a mail" not in text(client.get(response["Location"]))
    assert models.Notice.objects.count() == before


def test_pressing_for_ones_data_all_day_gives_one_mail(client: Client, reader: Reader) -> None:
    for _ in range(48):
        response = client.post(reader.preferences, {"act": "export"})
    assert response["Location"].endswith("?done=export-asked")
    assert models.Notice.objects.count() == 1


@pytest.mark.parametrize("kind", ["export", "erase"])
def test_asking_for_data_or_erasure_sends_a_mail_and_does_nothing_else(
    client: Client, reader: Reader, kind: str
) -> None:
    response = client.post(reader.preferences, {"act": kind}, follow=True)
    assert "We sent a mail to the address on record." in text(response)
    assert [notice.kind for notice in models.Notice.objects.all()] == [kind]
    assert reader.now.status is Status.ACTIVE


def test_nothing_can_be_asked_by_mail_for_a_suppressed_address(
    client: Client, reader: Reader
) -> None:
    suppress_subscriber(reader.id, SuppressionReason.BOUNCED, now=datetime.now(UTC))
    page = text(client.get(reader.preferences))
    assert 'value="erase"' not in page
    assert 'name="rhythm"' not in page
    for body in ({"act": "export"}, {"act": "erase"}, {"act": "move", "address": "b@example.com"}):
        assert client.post(reader.preferences, body)["Location"].startswith(reader.preferences)
    assert not models.Notice.objects.exists()


@pytest.mark.parametrize("status", [Status.PENDING, Status.LEFT])
def test_who_gets_no_mail_has_nothing_to_choose(client: Client, status: Status) -> None:
    number, _ = store.save_new("pat@example.org", "", status, datetime.now(UTC))
    pat = Reader(number)
    assert 'name="rhythm"' not in text(client.get(pat.preferences))
    assert save(client, pat, rhythm="weekly")["Location"] == pat.preferences
    assert pat.now.preferences == Preferences()


def test_choices_can_be_made_during_a_pause(client: Client, reader: Reader) -> None:
    until = (datetime.now(UTC) + timedelta(days=9)).date()
    signup.pause_until(reader.id, until, act=Act(How.FORM, datetime.now(UTC)))
    save(client, reader, rhythm="weekly")
    assert reader.now.preferences.rhythm is Rhythm.WEEKLY
    assert reader.now.paused_until == until


@pytest.mark.parametrize("act", ["", "Save", "save ", "unsubscribe", "confirm", "weekly"])
def test_only_the_exact_word_of_a_button_counts(
    client: Client,
    reader: Reader,
    act: str,
    everything: Callable[[], dict[str, list[object]]],
) -> None:
    before = everything()
    assert client.post(reader.preferences, filled(act=act, rhythm="weekly")).status_code == 400
    assert everything() == before


def test_looking_changes_no_row(
    client: Client, reader: Reader, everything: Callable[[], dict[str, list[object]]]
) -> None:
    before = everything()
    for path in (reader.leave, reader.preferences):
        for method in (client.get, client.head, client.options):
            method(f"{path}?act=save&rhythm=weekly&done=saved&lang=de")
    assert everything() == before


def test_the_select_of_time_zones_works_without_a_script(client: Client, reader: Reader) -> None:
    page = text(client.get(reader.preferences))
    assert '<optgroup label="Europe">' in page
    assert '<option value="America/Argentina/Ushuaia">Argentina, Ushuaia</option>' in page
    assert "<script" not in page
    assert "style=" not in page
