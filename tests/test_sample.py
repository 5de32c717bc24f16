"""The sample feeds and the loopback server behind `newsletter demo`."""

import calendar
import json
import socket
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

import feedparser
import pytest

from newsletter.sample.damage import DAMAGES, read_as_windows_874
from newsletter.sample.feeds import FORMATS, Outlet, feed_document, load_outlets
from newsletter.sample.server import SampleServer, source_records

NOW = datetime(2026, 3, 5, 7, 30, tzinfo=UTC)
BASE = "http://127.0.0.1:8000"
OUTLETS = {outlet.slug: outlet for outlet in load_outlets()}
DELIVERING = [outlet for outlet in OUTLETS.values() if outlet.entries]
WHOLE = [outlet for outlet in DELIVERING if "truncated" not in outlet.damage]
GROUPS = {
    "Trade press",
    "Companies",
    "Governments",
    "China",
    "Exchanges",
    "Press-release wires",
    "General press",
}


def names_of(outlets: list[Outlet]) -> list[str]:
    return [outlet.slug for outlet in outlets]


def text_of(slug: str, now: datetime = NOW) -> str:
    return feed_document(OUTLETS[slug], now, BASE).body.decode("utf-8")


def moment(parsed: time.struct_time) -> datetime:
    return datetime.fromtimestamp(calendar.timegm(parsed), UTC)


def titles_in(outlet: Outlet) -> list[str]:
    body = feed_document(outlet, NOW, BASE).body
    if outlet.format == "jsonfeed":
        return [item["title"] for item in json.loads(body)["items"]]
    return [entry.get("title", "") for entry in feedparser.parse(body).entries]


# The outlets


def test_there_are_enough_outlets_and_entries() -> None:
    assert len(OUTLETS) >= 17
    assert len(DELIVERING) >= 14
    assert sum(len(titles_in(outlet)) for outlet in DELIVERING) > 185


def test_no_two_outlets_share_a_slug_or_a_name() -> None:
    assert len(OUTLETS) == len(load_outlets())
    assert len({outlet.name for outlet in OUTLETS.values()}) == len(OUTLETS)


def test_every_format_damage_and_group_is_used() -> None:
    assert {outlet.format for outlet in DELIVERING} == set(FORMATS)
    assert {name for outlet in DELIVERING for name in outlet.damage} == set(DAMAGES)
    assert {outlet.group for outlet in OUTLETS.values()} == GROUPS


def test_weights_are_within_the_bounds_of_the_configuration() -> None:
    assert all(0.5 <= outlet.weight <= 1.5 for outlet in OUTLETS.values())


def test_links_lead_to_reserved_hosts_only() -> None:
    links = [outlet.link(entry) for outlet in DELIVERING for entry in outlet.entries]
    hosts = {urlsplit(link).hostname for link in links if not link.startswith("javascript:")}
    assert all(host and host.endswith(".example") for host in hosts)


def test_an_outlet_publishes_every_link_once() -> None:
    for outlet in DELIVERING:
        counts = Counter(outlet.link(entry) for entry in outlet.entries)
        assert max(counts.values()) == 1, outlet.slug


# The documents


@pytest.mark.parametrize("outlet", WHOLE, ids=names_of(WHOLE))
def test_a_document_gives_back_all_its_entries(outlet: Outlet) -> None:
    assert len(titles_in(outlet)) == len(outlet.entries)


def test_titles_survive_the_formats() -> None:
    for outlet in DELIVERING:
        if not outlet.damage and outlet.publisher != "aggregator":
            assert titles_in(outlet) == [entry.title for entry in outlet.entries]


def test_broken_markup_is_broken_and_mostly_recovered() -> None:
    outlet = OUTLETS["quarry-post"]
    assert feedparser.parse(feed_document(outlet, NOW, BASE).body).bozo
    assert len(titles_in(outlet)) >= len(outlet.entries) - 1


def test_a_document_is_the_same_for_the_same_moment() -> None:
    assert text_of("oxide-ledger") == text_of("oxide-ledger")


def test_dates_move_with_the_moment_of_the_run() -> None:
    first, later = (
        feedparser.parse(text_of("oxide-ledger", now)).entries[0].published_parsed
        for now in (NOW, NOW + timedelta(days=2))
    )
    assert moment(later) - moment(first) == timedelta(days=2)


def test_dates_written_in_a_zone_mean_the_same_moment() -> None:
    outlet = OUTLETS["baiyun-rare-earth"]
    age = outlet.entries[0].age_hours
    assert age is not None
    entry = feedparser.parse(text_of(outlet.slug)).entries[0]
    assert entry.published.endswith("+0800")
    assert moment(entry.published_parsed) == NOW - timedelta(hours=age)


def test_fixed_and_missing_dates_are_left_as_they_are() -> None:
    document = feedparser.parse(text_of("lanthanide-letter"))
    dates = [entry.get("published", entry.get("updated", "")) for entry in document.entries]
    assert "1970-01-01T00:00:00Z" in dates
    assert "" in dates


def test_the_thai_damage_is_in_the_document_and_not_in_the_file() -> None:
    outlet = OUTLETS["andaman-minerals-desk"]
    assert "โ€" in text_of(outlet.slug)
    assert not any("โ" in entry.title + entry.summary for entry in outlet.entries)


@pytest.mark.parametrize(
    ("clean", "damaged"), [("—", "โ€”"), ("’", "โ€\x99"), ("\xa0", "ย\xa0"), ("plain", "plain")]
)
def test_utf8_read_as_windows_874(clean: str, damaged: str) -> None:
    assert read_as_windows_874(clean) == damaged


def test_doubly_escaped_titles_show_their_entities() -> None:
    titles = titles_in(OUTLETS["harbour-herald"])
    assert any("&amp;" in title or "&#8217;" in title for title in titles)


def test_an_aggregator_writes_the_outlet_into_the_headline() -> None:
    assert all(" - " in title for title in titles_in(OUTLETS["headline-gather"]))


def test_highlights_are_a_list_before_the_full_text() -> None:
    content = feedparser.parse(text_of("oxide-ledger")).entries[0].content[0].value
    assert content.startswith("<h3>Highlights</h3><ul><li>")
    assert content.index("</ul>") < content.index("<p>")


def test_hostile_markup_is_among_the_samples() -> None:
    assert "&lt;script&gt;" in text_of("swiftrelease-wire")
    assert "onerror=" in text_of("swiftrelease-wire")
    assert "<link>javascript:" in text_of("headline-gather")


# The server


@pytest.fixture(scope="module")
def server() -> Iterator[SampleServer]:
    with SampleServer(NOW) as running:
        yield running


def get(server: SampleServer, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection(urlsplit(server.base_url).netloc, timeout=5)
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize("slug", ["oxide-ledger", "fifteen-elements"])
def test_the_server_sends_the_document_of_its_moment(server: SampleServer, slug: str) -> None:
    response, body = get(server, f"/feeds/{slug}")
    expected = feed_document(OUTLETS[slug], NOW, server.base_url)
    assert (response.status, body) == (200, expected.body)
    assert response.headers["Content-Type"] == expected.content_type
    assert response.headers["Last-Modified"] == "Thu, 05 Mar 2026 07:30:00 GMT"


def test_an_unchanged_feed_is_answered_with_304(server: SampleServer) -> None:
    first, _ = get(server, "/feeds/oxide-ledger")
    again, body = get(server, "/feeds/oxide-ledger", **{"If-None-Match": first.headers["ETag"]})
    assert (again.status, body) == (304, b"")
    other, _ = get(server, "/feeds/oxide-ledger", **{"If-None-Match": '"another"'})
    assert other.status == 200


def test_a_moved_feed_redirects_to_a_path_that_delivers(server: SampleServer) -> None:
    moved, _ = get(server, "/feeds/alloy-and-magnet-newsroom")
    assert moved.status == 301
    response, body = get(server, moved.headers["Location"])
    assert response.status == 200
    assert feedparser.parse(body).entries


def test_a_failing_outlet_answers_500(server: SampleServer) -> None:
    assert get(server, "/feeds/pit-prop-news")[0].status == 500


@pytest.mark.parametrize("path", ["/", "/feeds/", "/feeds/nobody", "/other/oxide-ledger"])
def test_an_unknown_path_is_not_found(server: SampleServer, path: str) -> None:
    assert get(server, path)[0].status == 404


def test_a_hanging_outlet_says_nothing_until_the_server_closes() -> None:
    with SampleServer(NOW) as server:
        address = urlsplit(server.base_url)
        client = socket.create_connection((address.hostname, address.port), timeout=0.3)
        client.sendall(b"GET /feeds/slow-lode HTTP/1.0\r\n\r\n")
        with pytest.raises(TimeoutError):
            client.recv(1)
    # A close that left the reader hanging would run into this timeout instead of the end.
    with client:
        client.settimeout(5)
        assert client.recv(1) == b""


def test_the_server_is_silent(capfd: pytest.CaptureFixture[str]) -> None:
    with SampleServer(NOW) as server:
        get(server, "/feeds/oxide-ledger")
        get(server, "/feeds/nobody")
    assert capfd.readouterr() == ("", "")


def test_source_records_are_what_the_configuration_lists() -> None:
    records = source_records(BASE)
    keys = {"name", "url", "group", "publisher", "weight", "language"}
    assert all(set(record) == keys for record in records)
    assert records[0]["url"] == f"{BASE}/feeds/oxide-ledger"
    assert len(records) == len(OUTLETS)
