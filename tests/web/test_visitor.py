"""Whose network address counts, and how much of it is kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from newsletter.web.visitor import act_of, kept_network, network_of
from subscribers.values import How
from tests.web.joining import configure

PROXIES = ("10.0.0.0/8", "2001:db8:ffff::/48")


def network(peer: str, forwarded: str | None = None) -> str:
    headers: dict[str, Any] = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return network_of(RequestFactory().get("/", REMOTE_ADDR=peer, **headers))


@pytest.fixture
def behind_proxies(settings: Any) -> None:
    configure(settings, "web", trusted_proxies=PROXIES)


def test_without_a_proxy_the_peer_is_the_visitor() -> None:
    assert network("198.51.100.7") == "198.51.100.7"


def test_a_forwarded_address_is_not_believed_without_a_trusted_proxy() -> None:
    assert network("198.51.100.7", "203.0.113.9") == "198.51.100.7"


def test_a_forwarded_address_of_a_foreign_peer_is_not_believed(behind_proxies: None) -> None:
    assert network("198.51.100.7", "203.0.113.9") == "198.51.100.7"


def test_a_trusted_proxy_says_who_the_visitor_is(behind_proxies: None) -> None:
    assert network("10.0.0.1", "203.0.113.9") == "203.0.113.9"


def test_what_a_visitor_writes_in_front_does_not_count(behind_proxies: None) -> None:
    assert network("10.0.0.1", "192.0.2.1, 1.1.1.1, 203.0.113.9") == "203.0.113.9"


def test_trusted_hops_on_the_right_are_passed_over(behind_proxies: None) -> None:
    assert network("10.0.0.1", "192.0.2.1, 203.0.113.9, 10.2.3.4,10.0.0.2") == "203.0.113.9"


@pytest.mark.parametrize(
    "broken",
    [
        "",
        " ",
        ",",
        "unknown",
        "_hidden",
        "<script>",
        "203.0.113.9, ",
        "203.0.113.9;x",
        "1.2.3",
        "x" * 9000,
    ],
)
def test_a_broken_trail_leaves_the_proxy_as_the_visitor(behind_proxies: None, broken: str) -> None:
    assert network("10.0.0.1", broken) == "10.0.0.1"


def test_a_trail_of_trusted_hops_alone_leaves_the_peer(behind_proxies: None) -> None:
    assert network("10.0.0.1", "10.0.0.3, 10.0.0.2") == "10.0.0.1"


@pytest.mark.parametrize(
    ("hop", "expected"),
    [
        ("203.0.113.9:41234", "203.0.113.9"),
        ("[2001:db8::7]:41234", "2001:db8::7"),
        ('"[2001:db8::7]"', "2001:db8::7"),
        ("2001:DB8:0:0::7", "2001:db8::7"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("fe80::1%<script>", "fe80::1"),
    ],
)
def test_addresses_are_read_as_proxies_write_them(
    behind_proxies: None, hop: str, expected: str
) -> None:
    assert network("10.0.0.1", hop) == expected


def test_an_ipv4_address_in_ipv6_is_the_ipv4_address() -> None:
    assert network("::ffff:198.51.100.7") == "198.51.100.7"


def test_a_trusted_proxy_is_known_when_it_comes_in_ipv6_clothes(behind_proxies: None) -> None:
    assert network("::ffff:10.0.0.1", "203.0.113.9") == "203.0.113.9"


@pytest.mark.parametrize("peer", ["", "localhost", "unix:"])
def test_a_peer_without_an_address_is_nobody(peer: str) -> None:
    assert network(peer) == ""


@pytest.mark.parametrize(
    ("how_much", "address", "kept"),
    [
        ("full", "203.0.113.9", "203.0.113.9"),
        ("part", "203.0.113.9", "203.0.113.0/24"),
        ("part", "2001:db8:1:2::7", "2001:db8:1::/48"),
        ("none", "203.0.113.9", ""),
        ("part", "", ""),
    ],
)
def test_as_much_is_kept_as_the_settings_say(how_much: str, address: str, kept: str) -> None:
    assert kept_network(address, how_much) == kept


def test_an_act_is_dated_on_the_newsletters_clock_and_keeps_what_it_may(settings: Any) -> None:
    configure(settings, "schedule", timezone="Asia/Tokyo")
    configure(settings, "signup", network="part")
    request = RequestFactory().post("/subscribe", REMOTE_ADDR="203.0.113.9")
    act = act_of(request, How.FORM, "/subscribe", "I agree")
    assert str(act.now.tzinfo) == "Asia/Tokyo"
    assert act.network == "203.0.113.0/24"
    assert (act.how, act.page, act.wording) == (How.FORM, "/subscribe", "I agree")
