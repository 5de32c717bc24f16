"""What `doctor` looks up about the sending domain, against a real name server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from dns import resolver
from dnslib import QTYPE, RR, TXT
from dnslib.server import BaseResolver, DNSLogger, DNSServer

from newsletter import dns

ZONE = {
    "good.test.": "v=spf1 include:sendgrid.net ~all",
    "_dmarc.good.test.": "v=DMARC1; p=none",
    "news.own.good.test.": "v=spf1 -all",
    "_dmarc.own.good.test.": "v=DMARC1; p=reject",
    "_dmarc.test.": "v=DMARC1; p=reject",
    "noise.test.": "some-verification=1",
}


class Zone(BaseResolver):  # type: ignore[misc]
    def resolve(self, request: Any, handler: Any) -> Any:
        reply = request.reply()
        name = str(request.q.qname)
        if name in ZONE:
            reply.add_answer(RR(name, QTYPE.TXT, rdata=TXT(ZONE[name]), ttl=1))
        return reply


@pytest.fixture(autouse=True)
def name_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    server = DNSServer(Zone(), address="127.0.0.1", port=0, logger=DNSLogger("-request,-reply"))
    server.start_thread()
    local = resolver.Resolver(configure=False)
    local.nameservers = ["127.0.0.1"]
    local.port = server.server.server_address[1]
    monkeypatch.setattr(resolver, "default_resolver", local)
    yield
    server.stop()
    server.server.server_close()


def test_records_that_are_there_are_shown() -> None:
    records = dns.sending_records("good.test")
    assert records is not None
    assert [(name, text) for name, text, _ in records] == [
        ("SPF", ZONE["good.test."]),
        ("DMARC", ZONE["_dmarc.good.test."]),
    ]


def test_a_domain_without_them_gets_advice() -> None:
    records = dns.sending_records("noise.test")
    assert records is not None
    assert [text for _, text, _ in records] == ["", ""]
    assert "_dmarc.noise.test" in records[1][2]


@pytest.mark.parametrize(
    ("domain", "at"),
    [
        ("news.good.test", "_dmarc.good.test."),
        ("a.b.c.d.e.f.g.h.good.test", "_dmarc.good.test."),
        ("news.own.good.test", "_dmarc.own.good.test."),
    ],
)
def test_a_policy_may_stand_at_a_parent_the_nearest_counts(domain: str, at: str) -> None:
    records = dns.sending_records(domain)
    assert records is not None
    assert records[1][1] == ZONE[at]


def test_a_policy_of_a_top_level_is_nobodys_and_spf_is_only_advice() -> None:
    records = dns.sending_records("news.noise.test")
    assert records is not None
    missing = {name for name, text, _ in records if not text}
    assert missing == {"SPF", "DMARC"}
    assert missing & dns.REQUIRED == {"DMARC"}


def test_without_a_resolver_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    dead = resolver.Resolver(configure=False)
    dead.nameservers = ["127.0.0.1"]
    dead.port = 9
    monkeypatch.setattr(resolver, "default_resolver", dead)
    monkeypatch.setattr(dns, "TIMEOUT", 0.2)
    assert dns.sending_records("good.test") is None
