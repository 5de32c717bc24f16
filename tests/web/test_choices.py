"""The form of the preferences: what it proposes, and in what order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lxml import html as markup

from newsletter.catalogue import Catalogue
from tests.web.test_preferences import filled, save, text, told

if TYPE_CHECKING:
    from django.test import Client

    from tests.web.conftest import Reader

__all__ = ["told"]  # the fixture of an edition that left yesterday

pytestmark = pytest.mark.django_db


def form_of(client: Client, path: str) -> Any:
    return markup.document_fromstring(text(client.get(path)))


def zone_of(client: Client, path: str) -> str:
    chosen = form_of(client, path).xpath("//select[@id='time_zone']/option[@selected]/@value")
    return chosen[0] if chosen else ""


@pytest.mark.parametrize(
    ("language", "zone"),
    [("ja", "Asia/Tokyo"), ("zh", "Asia/Shanghai"), ("de", "Europe/Berlin"), ("en", "")],
)
def test_a_first_hour_is_proposed_on_the_clock_that_the_language_suggests(
    client: Client, reader: Reader, language: str, zone: str
) -> None:
    assert zone_of(client, f"{reader.preferences}?lang={language}") == zone


@pytest.mark.parametrize("zone", ["", "America/New_York"])
def test_the_clock_of_an_hour_that_was_chosen_stays(
    client: Client, reader: Reader, zone: str
) -> None:
    save(client, reader, hour="9", time_zone=zone)
    assert zone_of(client, f"{reader.preferences}?lang=ja") == zone


def test_a_proposed_zone_is_kept_only_with_an_hour(client: Client, reader: Reader) -> None:
    path = f"{reader.preferences}?lang=ja"
    client.post(path, filled(time_zone="Asia/Tokyo", depth="full"))
    assert reader.now.preferences.time_zone == ""
    client.post(path, filled(time_zone="Asia/Tokyo", hour="9"))
    assert (reader.now.preferences.hour, reader.now.preferences.time_zone) == (9, "Asia/Tokyo")


def test_the_zone_stands_before_the_hour_and_both_before_the_lists(
    client: Client, reader: Reader
) -> None:
    save(client, reader, companies="Iluka")
    fields = form_of(client, reader.preferences).xpath("//form[@id='choices']//@name")
    places = [fields.index(one) for one in ("time_zone", "hour", "mail_format", "follow")]
    assert places == sorted(places)


def test_the_hour_says_on_which_clock_it_is(client: Client, reader: Reader) -> None:
    page = form_of(client, reader.preferences)
    (hint,) = page.xpath("//select[@id='hour']/@aria-describedby")
    assert "time zone chosen above" in page.get_element_by_id(hint).text


def test_a_list_is_open_where_something_in_it_is_followed(
    client: Client, reader: Reader, told: None
) -> None:
    assert form_of(client, reader.preferences).xpath("//details[@open]") == []
    save(client, reader, companies="Iluka")
    page = form_of(client, reader.preferences)
    (opened,) = page.xpath("//details[@open]")
    assert "company:Iluka" in opened.xpath(".//input/@value")
    assert len(page.xpath("//details")) == 2


def test_the_newsletters_language_is_named_in_the_language_of_the_page(
    client: Client, reader: Reader
) -> None:
    page = form_of(client, f"{reader.preferences}?lang=de")
    assert "Englisch" in page.xpath("//select[@id='language']/option[1]")[0].text


@pytest.mark.parametrize(
    ("code", "name"), [("en-GB", "英语"), ("FR", "法语"), ("zh_TW", "中文"), ("xx", "xx")]
)
def test_a_language_has_its_name_in_another(code: str, name: str) -> None:
    assert Catalogue("zh").language_name(code) == name
