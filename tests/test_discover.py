"""Finding the feed of a page, on real servers with real manners."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from newsletter.config import Config
from newsletter.core.source import Selectors, Source
from newsletter.discover import COMMON_PATHS, MAX_LINKED, find_feed, page_links, read_once, tried
from newsletter.errors import FetchError, SourceError
from newsletter.fetch import HttpFetcher
from newsletter.ports import Fetched
from newsletter.workers import HereAndNow, Workers
from tests.loopback import LoopbackServer, loopback, redirects, says

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.ports import App

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{items}</channel>
</rss>"""
ITEM = "<item><title>Terbium up</title><link>https://a.example/1</link></item>"
PAGE = "<!doctype html><html><head>{head}</head><body><h1>News</h1>{body}</body></html>"


def rss(title: str = "Wire", items: str = ITEM) -> Any:
    return says(RSS.format(title=title, items=items).encode(), Content_Type="application/rss+xml")


def page(head: str = "", body: str = "") -> Any:
    return says(PAGE.format(head=head, body=body).encode(), Content_Type="text/html")


def alternate(href: str, media: str = "application/rss+xml", rest: str = "") -> str:
    return f'<link rel="alternate" type="{media}" href="{href}" {rest}>'


@dataclass
class Ticking:
    """A clock that goes on by `step` each time it is looked at."""

    step: timedelta = timedelta(0)
    moment: datetime = datetime(2026, 4, 7, tzinfo=UTC)

    def now(self) -> datetime:
        self.moment += self.step
        return self.moment


@dataclass
class Parts:
    """What the search uses of an App."""

    fetcher: HttpFetcher
    workers: HereAndNow
    clock: Ticking
    config: Config


@pytest.fixture
def app() -> Iterator[App]:
    fetcher = HttpFetcher(
        user_agent="test",
        connect_timeout=2,
        total_timeout=2,
        max_bytes=1_000_000,
        allow_hosts=frozenset({"127.0.0.1"}),
    )
    yield cast("App", Parts(fetcher, HereAndNow(), Ticking(), Config()))
    fetcher.close()


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with loopback() as running:
        running.answers = Answers()
        yield running


class Answers(dict[str, Any]):
    """404 for every path that nobody gave an answer for."""

    def __missing__(self, path: str) -> Any:
        return says(b"no", 404)


def paths(server: LoopbackServer) -> list[str]:
    return [path for path, _ in server.requests]


def test_an_address_that_is_a_feed_needs_no_search(app: App, server: LoopbackServer) -> None:
    server.answers["/f"] = rss("Wire")
    found = find_feed(app, server.url("/f"))
    assert (found.url, found.feed.title) == (server.url("/f"), "Wire")
    assert paths(server) == ["/f"]


def test_json_feeds_and_sitemaps_are_taken_as_they_are(app: App, server: LoopbackServer) -> None:
    items = [{"id": "1", "url": "https://a.example/1", "title": "T"}]
    server.answers["/j"] = says(json.dumps({"title": "J", "items": items}).encode())
    server.answers["/s"] = says(
        b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        b"<url><loc>https://a.example/terbium-price-up</loc></url></urlset>"
    )
    assert find_feed(app, server.url("/j")).feed.title == "J"
    assert len(find_feed(app, server.url("/s")).feed.entries) == 1


def test_a_named_feed_is_found_relative_to_the_base(app: App, server: LoopbackServer) -> None:
    head = '<base href="/deep/er/">' + alternate("../feed.rss")
    server.answers |= {"/": page(head), "/deep/feed.rss": rss()}
    found = find_feed(app, server.url("/"))
    assert found.url == server.url("/deep/feed.rss")
    assert found.how == "named by the page"


def test_a_feed_of_comments_comes_last(app: App, server: LoopbackServer) -> None:
    head = alternate("/c", rest='title="Wire » Comments Feed"') + alternate("/f")
    server.answers |= {"/": page(head), "/c": rss("Comments"), "/f": rss("Wire")}
    assert find_feed(app, server.url("/")).feed.title == "Wire"


def test_an_empty_feed_gives_way_to_one_with_entries(app: App, server: LoopbackServer) -> None:
    server.answers |= {
        "/": page(alternate("/empty") + alternate("/full")),
        "/empty": rss("Empty", ""),
        "/full": rss("Full"),
    }
    assert find_feed(app, server.url("/")).feed.title == "Full"


def test_an_empty_feed_is_better_than_none(app: App, server: LoopbackServer) -> None:
    server.answers |= {"/": page(alternate("/empty")), "/empty": rss("Empty", "")}
    assert find_feed(app, server.url("/")).feed.title == "Empty"


def test_links_in_the_text_are_tried_after_the_named_ones(app: App, server: LoopbackServer) -> None:
    body = '<a href="/about">us</a><a href="/export/all.rss">subscribe</a>'
    server.answers |= {"/": page(alternate("/gone"), body), "/export/all.rss": rss()}
    found = find_feed(app, server.url("/"))
    assert found.how == "linked from the page"
    assert paths(server) == ["/", "/gone", "/export/all.rss"]


@pytest.mark.parametrize("path", COMMON_PATHS)
def test_every_common_path_is_tried(app: App, server: LoopbackServer, path: str) -> None:
    bare = path.split("?", maxsplit=1)[0]
    server.answers |= {"/news": page(), bare: rss()}
    assert find_feed(app, server.url("/news")).feed.title == "Wire"


def test_the_search_ends_with_the_first_that_has_entries(app: App, server: LoopbackServer) -> None:
    server.answers |= {"/": page(), "/rss": rss(), "/atom.xml": rss()}
    find_feed(app, server.url("/"))
    assert paths(server) == ["/", "/feed", "/feed/", "/rss"]


def test_a_page_without_a_feed_is_told_what_to_do(app: App, server: LoopbackServer) -> None:
    server.answers["/news"] = page()
    with pytest.raises(SourceError, match=r"web page without a feed.*--kind page --item SELECTOR"):
        find_feed(app, server.url("/news"))


def test_a_page_of_a_thousand_links_costs_few_requests(app: App, server: LoopbackServer) -> None:
    head = "".join(alternate(f"/l{n}") for n in range(1000))
    body = "".join(f'<a href="/a{n}.rss">x</a>' for n in range(1000))
    server.answers["/"] = page(head, body)
    with pytest.raises(SourceError):
        find_feed(app, server.url("/"))
    assert len(server.requests) <= 1 + 2 * MAX_LINKED + len(COMMON_PATHS)


def test_no_address_is_tried_when_the_time_is_over(app: App, server: LoopbackServer) -> None:
    cast("Parts", app).clock.step = timedelta(hours=1)
    server.answers |= {"/": page(alternate("/f")), "/f": rss()}
    with pytest.raises(SourceError):
        find_feed(app, server.url("/"))
    assert paths(server) == ["/"]


def test_a_page_cannot_send_us_to_files_or_scripts() -> None:
    links = page_links(
        b'<link rel=alternate type="application/rss+xml" href="file:///etc/passwd">'
        b'<link rel=alternate type="application/rss+xml" href="javascript:alert(1)">'
        b'<a href="ftp://a.example/x.rss">RSS</a>',
        "text/html",
        "https://a.example/",
    )
    assert links.named + links.likely == ()


def test_a_candidate_with_a_password_is_not_tried(app: App, server: LoopbackServer) -> None:
    port = server.server_port
    server.answers |= {"/": page(alternate(f"http://u:p@127.0.0.1:{port}/f")), "/f": rss()}
    with pytest.raises(SourceError):
        find_feed(app, server.url("/"))


def test_what_is_neither_feed_nor_page_is_told_as_it_is(app: App, server: LoopbackServer) -> None:
    server.answers["/x"] = says(b'{"a": 1}', Content_Type="application/json")
    with pytest.raises(SourceError, match="JSON"):
        find_feed(app, server.url("/x"))
    assert paths(server) == ["/x"]


def test_an_address_that_does_not_answer_is_no_page(app: App, server: LoopbackServer) -> None:
    with pytest.raises(FetchError, match="404"):
        find_feed(app, server.url("/nothing"))


def test_links_of_a_page_that_moved_start_where_it_is_now(app: App, server: LoopbackServer) -> None:
    server.answers |= {
        "/old": redirects("/new/"),
        "/new/": page(alternate("f.xml")),
        "/new/f.xml": rss(),
    }
    assert find_feed(app, server.url("/old")).url == server.url("/new/f.xml")


def test_a_page_is_read_by_its_selectors(app: App, server: LoopbackServer) -> None:
    body = '<ul class="n"><li><a href="/1">One</a></li><li><a href="/2">Two</a></li></ul>'
    server.answers["/"] = page(body=body)
    _, feed = read_once(app, server.url("/"), kind="page", selectors=Selectors("ul.n > li"))
    assert [entry.title for entry in feed.entries] == ["One", "Two"]


@pytest.mark.parametrize(
    "body",
    [b"", b"\x00" * 1000, b"<" * 200_000, b"<div>" * 100_000, b"<a href='" + b"x" * 500_000],
    ids=["nothing", "zeros", "brackets", "deep", "long"],
)
def test_a_hostile_page_gives_no_links_and_no_fault(body: bytes) -> None:
    assert page_links(body, "text/html", "https://a.example/").named == ()


def fetched(title: str) -> Fetched:
    body = RSS.format(title="Wire", items=ITEM.replace("Terbium up", title)).encode()
    return Fetched(url="https://a.example/f", status=200, body=body, content_type="")


def test_a_pattern_without_end_ends_with_the_time_of_a_worker(app: App) -> None:
    source = Source("Wire", "https://a.example/f", allow=("(a+)+$", "Terbium"))
    with closing(Workers(1, seconds=3)) as workers:
        working = replace(cast("Parts", app), workers=workers)  # type: ignore[arg-type]
        assert tried(cast("App", working), fetched("Terbium up"), source).items == 1
        with pytest.raises(SourceError, match="takes longer than 3 s"):
            tried(cast("App", working), fetched("a" * 60 + "!"), source)
