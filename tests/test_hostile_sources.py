"""Hostile and broken sources: each is reported or made harmless, and the others go on."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import DataError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from newsletter import models
from newsletter.build import build
from newsletter.collect import collect
from newsletter.config import load_config
from newsletter.core.source import Source
from newsletter.fetch_memory import MemoryFetcher
from newsletter.ports import Fetched
from tests.clock import FixedClock
from tests.collecting import SETTINGS, Collector, collector, item, rss
from tests.conftest import NOW
from tests.loopback import (
    closed_port,
    drips,
    drips_headers,
    floods,
    gzip_bomb,
    hangs,
    loopback,
    redirects,
    says,
)

if TYPE_CHECKING:
    from tests.loopback import Answer

pytestmark = pytest.mark.django_db

LAUGHS = "".join(
    f'<!ENTITY l{n} "{"&l" + str(n - 1) + ";"}{("&l" + str(n - 1) + ";") * 9}">'
    for n in range(1, 10)
)
BOMB = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY l0 "ha">{LAUGHS}]>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def with_head(head: str, body: bytes) -> bytes:
    return head.encode() + body.split(b"?>", 1)[1]


@pytest.fixture
def desk(tmp_path: Path, clock: FixedClock) -> Iterator[Collector]:
    with loopback() as server:
        made = collector(
            tmp_path, server, clock, collect__total_timeout="1", collect__max_megabytes="2"
        )
        made.source("/good")
        made.serve("/good", rss(item(100)))
        yield made


BROKEN: dict[str, tuple[Answer, str]] = {
    "hanging": (hangs, "gave no answer within 1 s"),
    "dripping": (drips, "gave no full answer within 1 s"),
    "dripping headers": (drips_headers, "gave no full answer within 1 s"),
    "endless": (floods, "sent more than 2 MB"),
    "a gzip bomb": (gzip_bomb(200_000_000), "sent more than 2 MB"),
    "a nested gzip bomb": (gzip_bomb(50_000_000, layers=2), "sent more than 2 MB"),
    "10 MB": (says(rss("x" * 10_000_000)), "sent more than 2 MB"),
    "HTML": (says(b"<!doctype html><html><body>Hello</body></html>"), "is a web page, not a feed"),
    "empty": (says(b""), "is empty"),
    "an error": (says(b"oops", 500), "answered 500"),
    "JSON of another kind": (says(b'{"error": true}'), "is JSON, but not a JSON Feed"),
    "garbage": (says(b"\x00\x01\xff" * 500), "is not a feed"),
    "a redirect to loopback": (redirects("http://localhost:1/"), "private address"),
    "a redirect to metadata": (redirects("http://169.254.169.254/latest"), "private address"),
    "a redirect to a file": (redirects("file:///etc/passwd"), "only http and https"),
    "no proper HTTP": (lambda exchange: exchange.raw(b"SSH-2.0-x\r\n\r\n"), "no proper HTTP"),
    "a page that is nothing": (says(b"<a/>"), "is XML, but not a feed"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_source_is_named_with_its_reason_and_the_others_go_on(
    desk: Collector, name: str
) -> None:
    answer, reason = BROKEN[name]
    desk.source("/bad")
    desk.server.answers["/bad"] = answer
    collected = desk.collect()
    assert reason in desk.report("bad", collected).problem
    assert desk.titles == ["Rare earth story 100"]


def test_a_redirect_loop_ends(desk: Collector) -> None:
    desk.source("/loop")
    desk.server.answers["/loop"] = redirects("/loop")
    assert "redirects more than 5 times" in desk.report("loop", desk.collect()).problem
    assert len(desk.requests("/loop")) == 6


def test_no_request_reaches_a_private_address(desk: Collector, tmp_path: Path) -> None:
    with loopback() as inside:
        inside.answers["/"] = says(b"secret")
        for number, host in enumerate(("127.0.0.2", "localhost", "0x7f000001", "[::1]")):
            name = f"s{number}"
            desk.sources[name] = Source(name, f"http://{host}:{inside.server_port}/")
        collected = desk.collect()
        problems = [report.problem for report in collected.reports if report.name != "good"]
        assert all(problems)
        assert inside.requests == []


def test_nobody_listens(desk: Collector) -> None:
    desk.sources["off"] = Source("off", f"http://127.0.0.1:{closed_port()}/feed")
    assert "refused the connection" in desk.report("off", desk.collect()).problem


def test_a_server_without_proper_tls_is_told(desk: Collector) -> None:
    desk.sources["tls"] = Source("tls", desk.server.url("/good").replace("http://", "https://"))
    assert "encrypted connection" in desk.report("tls", desk.collect()).problem


HARMLESS: dict[str, tuple[bytes, list[str]]] = {
    "billion laughs": (
        with_head(BOMB, rss(item(1, title="One"), item(2, title="Two &l9; two"))),
        ["One"],
    ),
    "external entities": (
        with_head(OUTSIDE, rss(item(1, title="One"), item(2, title="Two &x; two"))),
        ["One"],
    ),
    "truncated XML": (rss(item(1), item(2))[:-150], ["Rare earth story 1"]),
    "NUL bytes": (rss(item(1, title="One\x00 two")), ["One two"]),
    "UTF-8 with BOM": (b"\xef\xbb\xbf" + rss(item(1)), ["Rare earth story 1"]),
    "UTF-16 with BOM": (rss(item(1)).decode().encode("utf-16"), ["Rare earth story 1"]),
    "windows-1252 bytes in UTF-8": (
        rss(item(1, title="Caf\u00e9 x")).replace("\u00e9".encode(), b"\xe9"),
        ["Café x"],
    ),
    "a script in the title": (
        rss(item(1, title="&lt;script&gt;alert(1)&lt;/script&gt;Plant opens")),
        ["Plant opens"],
    ),
    "lines in the title": (rss(item(1, title="One&#13;&#10;Bcc: x")), ["One Bcc: x"]),
    "duplicate guids": (
        rss(item(1, guid="same"), item(2, guid="same")),
        ["Rare earth story 1", "Rare earth story 2"],
    ),
    "no link": (rss(item(1, link="")), ["Rare earth story 1"]),
    "a link that runs a script": (
        rss(item(1, link="javascript:alert(1)"), item(2, link="data:text/html,x")),
        ["Rare earth story 1", "Rare earth story 2"],
    ),
    "an item without anything": (
        rss(item(1), item(2, title="", description="")),
        ["Rare earth story 1"],
    ),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_a_strange_feed_gives_what_is_good_in_it(desk: Collector, name: str) -> None:
    body, titles = HARMLESS[name]
    desk.source("/odd")
    desk.serve("/odd", body, Content_Type="application/octet-stream")
    collected = desk.collect("odd")
    assert desk.report("odd", collected).problem == ""
    assert set(titles) <= set(desk.titles)


def test_an_entity_brings_in_no_file_and_no_flood(desk: Collector) -> None:
    desk.source("/odd")
    desk.serve("/odd", with_head(OUTSIDE, rss(item(1, title="A &x; b", description="&x;"))))
    desk.collect()
    entry = models.Entry.objects.get(declared_id="guid-1")
    assert "root:" not in entry.title + entry.summary + entry.text
    assert len(entry.title) < 20


def test_a_wrong_content_type_does_not_matter(desk: Collector) -> None:
    desk.source("/odd")
    desk.serve("/odd", rss(item(1)), Content_Type="image/png")
    assert desk.collect("odd").new == 1


@pytest.mark.parametrize(
    ("date", "is_known"),
    [
        ("Thu, 01 Jan 1970 00:00:00 GMT", False),
        ("Fri, 01 Jan 2099 00:00:00 GMT", False),
        ("", False),
        ("yesterday or so", False),
        ("Tue, 07 Apr 2026 01:00:00 -0500", True),
    ],
)
def test_a_date_that_cannot_be_believed_is_the_first_sight(
    desk: Collector, date: str, is_known: bool
) -> None:
    desk.source("/odd")
    desk.serve("/odd", rss(item(1, pubDate=date)))
    desk.collect("odd")
    entry = models.Entry.objects.get()
    assert entry.date_is_known == is_known
    assert entry.published_raw == date
    assert entry.published_at <= NOW
    assert is_known or entry.published_at == NOW


def test_relative_links_follow_the_documents_base(desk: Collector) -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://base.example/news/">'
        "<title>T</title><id>x</id><updated>2026-04-07T06:00:00Z</updated>"
        '<entry xml:base="2026/"><id>1</id><title>One</title><link href="one.html"/>'
        "<updated>2026-04-07T06:00:00Z</updated></entry></feed>"
    )
    desk.source("/odd")
    desk.serve("/odd", atom.encode())
    desk.collect("odd")
    assert models.Entry.objects.get().url == "https://base.example/news/2026/one.html"


@pytest.mark.parametrize(
    ("name", "is_cut", "body"),
    [
        ("50 000 items", True, rss(*(f"<item><title>T{n}</title></item>" for n in range(50_000)))),
        ("a title of 1 MB", False, rss(item(1, title="Rare " * 200_000))),
        ("depth", False, rss(item(1, description="<b>" * 100_000), item(2))),
        ("one item of megabytes", False, rss(item(1, description="&lt;p&gt;word " * 140_000))),
        ("a storm of ampersands", False, rss(item(1, description="&" * 1_900_000))),
        ("a storm of brackets", False, rss(item(1, title="<" * 1_900_000))),
        ("many attributes", False, rss(item(1), f"<item {'a=' * 400_000}>")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_huge_feed_is_read_within_bounds(
    desk: Collector, name: str, is_cut: bool, body: bytes
) -> None:
    desk.source("/huge")
    desk.serve("/huge", body)
    report = desk.report("huge", desk.collect("huge"))
    assert (report.problem, report.is_cut) == ("", is_cut), name
    assert 1 <= models.Entry.objects.count() <= 500
    assert all(len(entry.title) <= 300 for entry in models.Entry.objects.all())


def test_guids_that_change_daily_make_no_second_entry(desk: Collector) -> None:
    desk.source("/odd")
    for day in range(4):
        desk.serve("/odd", rss(item(1, guid=f"{day}-{os.urandom(4).hex()}")))
        desk.collect("odd")
        desk.clock.move(days=1)
    assert models.Entry.objects.count() == 1


@pytest.mark.parametrize("error", [ValueError, DataError])
def test_what_cannot_be_stored_is_that_sources_problem_alone(
    desk: Collector, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    from newsletter.store import entries as store

    real = store.save_intake

    def refuse(intake: object, source: str, *rest: object, **options: object) -> None:
        if source == "odd":
            raise error("a value that no database takes")
        real(intake, source, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "save_intake", refuse)
    desk.source("/odd")
    desk.serve("/odd", rss(item(1)))
    collected = desk.collect()
    assert desk.report("odd", collected).problem == f"cannot be stored: {error.__name__}"
    assert desk.titles == ["Rare earth story 100"]


PIECES = st.sampled_from(
    [
        b"<script>alert(1)</script>",
        b"&lt;img src=x onerror=alert(1)&gt;",
        b"<![CDATA[<svg/onload=alert(1)>]]>",
        b"&lt;a href='java&#10;script:alert(1)'&gt;x&lt;/a&gt;",
        b"&lt;iframe srcdoc='&lt;script&gt;'&gt;",
        b"<item>",
        b"</item>",
        b"]]>",
        b"<![CDATA[",
        b"<!--",
        b"\xff\xfe",
        b"\x00",
        b"&bogus;",
        b"<link>javascript:alert(1)</link>",
        b"<guid>guid-1</guid>",
        b"<pubDate>2026-13-45</pubDate>",
        "\u202e\u200b\u0e42\u20ac\u201d".encode(),
        b"<title/>",
        b"<x:y z='",
    ]
)
SEEDS = (
    rss(item(1), item(2, description="&lt;p&gt;Text &lt;b&gt;bold&lt;/b&gt;&lt;/p&gt;"), item(3)),
    (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>1</id>'
        b'<title type="html">&lt;b&gt;One&lt;/b&gt;</title><link href="/one"/>'
        b'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>x</p></div></content>'
        b"<updated>2026-04-07T06:00:00Z</updated></entry></feed>"
    ),
    json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "J",
            "items": [{"id": "1", "title": "One", "content_html": "<p>x</p>", "url": "/one"}],
        }
    ).encode(),
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A feed with pieces put in, cut out and doubled at random places."""
    body = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 8))):
        place = draw(st.integers(0, len(body)))
        length = draw(st.integers(0, 40))
        piece = draw(st.one_of(PIECES, st.binary(max_size=6), st.just(bytes(body[:60]))))
        body[place : place + length] = piece
    return bytes(body)


_HARMLESS_LINK = re.compile(r"(?:https?|mailto):", re.IGNORECASE)


def assert_safe(markup: str) -> None:
    """No element that acts, no handler, no link but to the web or a mailbox."""
    if not markup.strip():
        return
    for element in lxml_html.fragment_fromstring(markup, create_parent="div").iter():
        assert element.tag not in {"script", "style", "iframe", "object", "svg", "img", "form"}
        assert not [name for name in element.attrib if str(name).lower().startswith("on")]
        for name in ("href", "src"):
            value = element.get(name)
            assert value is None or _HARMLESS_LINK.match(value), value


fetched_before: list[bytes] = []


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(body=mutated())
def test_whatever_a_feed_holds_nothing_is_raised_and_nothing_unsafe_is_stored(
    tmp_path: Path, body: bytes
) -> None:
    url = "https://feeds.example/x"
    config = load_config(None, environ=SETTINGS, folder=tmp_path)
    fetcher = MemoryFetcher({url: Fetched(url, 200, body, "text/xml")})
    app = build(config, fetcher=fetcher, clock=FixedClock(NOW))
    # A source of its own each time: none waits because of an earlier one, every document is read.
    collected = collect(app, [Source(f"mutated {len(fetched_before)}", url)])
    fetched_before.append(body)
    assert len(collected.reports) == 1
    assert len(fetcher.requests) == 1
    for entry in models.Entry.objects.all():
        assert entry.url == "" or entry.url.startswith(("http://", "https://"))
        assert not re.search(r"[\x00-\x1f\u202a-\u202e\u200b]", entry.title)
        assert_safe(entry.html)


class TestCrash:
    """A collector that is killed in the middle has stored what it said it had."""

    PROGRAM = """
import os, signal, sys
from pathlib import Path
os.environ["NEWSLETTER_CONFIG"] = sys.argv[1]
os.environ["DJANGO_SETTINGS_MODULE"] = "newsletter.settings"
import django; django.setup()
from newsletter.build import build
from newsletter.collect import collect
from newsletter.config import load_config
from newsletter.ports import Silent
from newsletter.store.schema import prepare_database
config = load_config(Path(sys.argv[1]))
prepare_database(config.state)
class Told(Silent):
    def advance(self, done, total, note=""):
        print(note.split(":")[0], flush=True)
        if done >= 7:
            os.kill(os.getpid(), signal.SIGKILL)
collect(build(config, progress=Told()), config.enabled_sources())
"""

    def test_what_was_told_as_read_is_stored_and_the_next_run_goes_on(self, tmp_path: Path) -> None:
        import sqlite3

        with loopback() as server:
            lines = ["collect:", "  allow_hosts: [127.0.0.1]", "  processes: 2", "sources:"]
            for number in range(20):
                server.answers[f"/{number}"] = says(rss(item(number)))
                lines.append(f"  - {{name: s{number}, url: '{server.url(f'/{number}')}'}}")
            file = tmp_path / "newsletter.yaml"
            file.write_text("\n".join(lines))
            (tmp_path / "var").mkdir()
            command = [sys.executable, "-c", self.PROGRAM, str(file)]
            clean = {
                name: value
                for name, value in os.environ.items()
                if not name.startswith("NEWSLETTER_") and name != "DATABASE_URL"
            }
            killed = subprocess.run(command, capture_output=True, text=True, check=False, env=clean)
            told = killed.stdout.split()
            assert killed.returncode == -9
            assert len(told) >= 7
            with sqlite3.connect(tmp_path / "var" / "newsletter.db") as database:
                found = database.execute("SELECT source FROM newsletter_sighting").fetchall()
            assert set(told) <= {name for (name,) in found}
            finished = subprocess.run(
                [sys.executable, "-m", "newsletter", "collect", "--config", str(file), "--json"],
                capture_output=True,
                text=True,
                check=True,
                env=clean,
            )
            assert json.loads(finished.stdout)["collected"]["new"] == 20 - len(found)


def test_compressed_answers_are_read(desk: Collector) -> None:
    desk.source("/zip")
    desk.serve("/zip", gzip.compress(rss(item(1))), Content_Encoding="gzip")
    assert desk.collect("zip").new == 1
