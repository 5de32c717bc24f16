"""Sitemaps read as feeds."""

from __future__ import annotations

import gzip
import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from newsletter.core.entry import ParsedEntry
from newsletter.errors import SourceError
from newsletter.kinds import bounds
from newsletter.kinds.sitemap import MAX_LISTED, title_in
from tests.kinds.reading import problem, read, whole

NOON = datetime(2026, 4, 7, 12, tzinfo=UTC)
SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)
NEWS = (
    "<url><loc>https://e.example/1</loc><news:news><news:publication><news:name>The Paper"
    "</news:name><news:language>en</news:language></news:publication>"
    "<news:publication_date>2026-04-07T12:00:00Z</news:publication_date>"
    "<news:title>Magnets &amp; mines</news:title></news:news>"
    "<image:image><image:loc>https://e.example/1.jpg</image:loc></image:image></url>"
)


def urlset(inside: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><!-- made --><urlset {SPACES}>{inside}</urlset>'


def plain_url(number: int, date: str = "2026-04-07") -> str:
    loc = f"https://e.example/news/a-story-in-words-{number}"
    return f"<url><loc>{loc}</loc><lastmod>{date}</lastmod></url>"


def test_a_news_sitemap_gives_titles_dates_and_pictures() -> None:
    feed = whole(urlset(NEWS))
    assert feed.title == "The Paper"
    assert feed.entries == (
        ParsedEntry(
            declared_id="https://e.example/1",
            url="https://e.example/1",
            title="Magnets & mines",
            published=NOON,
            published_raw="2026-04-07T12:00:00Z",
            language="en",
            image="https://e.example/1.jpg",
        ),
    )


def test_another_publication_is_the_outlet() -> None:
    other = NEWS.replace("The Paper", "Elsewhere")
    assert [item.outlet for item in read(urlset(NEWS + other))] == [None, "Elsewhere"]


def test_a_plain_sitemap_gives_the_words_of_its_addresses() -> None:
    (found,) = read(urlset(plain_url(10_001)))
    assert (found.title, found.published_raw) == ("A story in words", "2026-04-07")


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/2026/04/china-curbs-export.html", "China curbs export"),
        ("/news/china-curbs-export/4711", "China curbs export"),
        ("/news/4711-china_curbs+export-8a7f6e5d", "China curbs export"),
        ("/%E4%B8%AD-b-c", "中 b c"),
        ("/a-%3Cb%3E-%26", "A &lt;b> &amp;"),
        ("/", ""),
        ("/about", ""),
        ("/2026/04/07", ""),
    ],
)
def test_a_title_in_an_address(path: str, title: str) -> None:
    assert title_in(f"https://e.example{path}") == title


def test_the_newest_are_kept() -> None:
    old = "".join(plain_url(n, "2020-01-01") for n in range(bounds.MAX_ITEMS + 10))
    found = read(urlset(old + plain_url(77, "2026-04-07")))
    assert len(found) == bounds.MAX_ITEMS
    assert found[0].published_raw == "2026-04-07"


def test_an_index_names_its_first_news_sitemap() -> None:
    words = problem(
        "<sitemapindex><sitemap><loc>https://e.example/pages.xml</loc></sitemap>"
        "<sitemap><loc>https://e.example/news.xml</loc></sitemap></sitemapindex>"
    )
    assert "is an index of sitemaps" in words
    assert "https://e.example/news.xml" in words


@pytest.mark.parametrize(
    "loc", ["https://u:secret@e.example/news.xml", "javascript:x", "https://e.example/" + "x" * 900]
)
def test_an_index_s_strange_addresses_are_not_told(loc: str) -> None:
    words = problem(f"<sitemapindex><sitemap><loc>{loc}</loc></sitemap></sitemapindex>")
    assert words == "is an index of sitemaps, and names none; give the address of a sitemap"


def test_an_empty_sitemap_is_a_sitemap() -> None:
    assert read("<urlset><url/></urlset>") == ()


def test_another_document_under_this_kind_is_told() -> None:
    assert "is not a sitemap" in problem("<rss><channel/></rss>", kind="sitemap")


def test_a_gzip_file_is_unpacked() -> None:
    assert len(read(gzip.compress(urlset(NEWS).encode()))) == 1


def test_a_gzip_file_that_breaks_off_gives_what_it_has() -> None:
    body = gzip.compress(urlset("".join(plain_url(n) for n in range(5000))).encode())
    assert len(read(body[: len(body) // 2])) == bounds.MAX_ITEMS


def test_a_broken_gzip_file_is_told() -> None:
    assert "is a gzip file, and a broken one" in problem(b"\x1f\x8b" + b"x" * 50)


def test_a_sitemap_that_breaks_off_keeps_its_whole_addresses_and_says_so() -> None:
    document = urlset(plain_url(1) + plain_url(2) + plain_url(3))
    found = whole(document[: document.rindex("-words")])
    assert [item.url[-1] for item in found.entries] == ["1", "2"]
    assert found.is_cut


def test_the_only_address_of_a_sitemap_that_breaks_off_is_kept() -> None:
    assert len(read(urlset(NEWS).partition("<news:title>")[0])) == 1


def test_a_whole_sitemap_is_not_cut() -> None:
    assert not whole(urlset(NEWS * 3) + "<!-- made -->").is_cut
    assert not whole("<urlset/>").is_cut


def test_a_whole_sitemap_of_many_addresses_is_not_cut() -> None:
    assert not whole(urlset("".join(map(plain_url, range(bounds.MAX_ITEMS + 1))))).is_cut


@pytest.mark.parametrize(("more", "is_cut"), [(0, False), (1, True)])
def test_a_sitemap_of_more_addresses_than_it_may_hold_says_so(more: int, is_cut: bool) -> None:
    assert whole(urlset("<url><loc>/a</loc></url>" * (MAX_LISTED + more))).is_cut is is_cut


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("AT&T", "AT&T"),
        ("Caf&eacute;", "Café"),
        ("x &#xD800; y", "x \ufffd y"),
        ("a &unknown; b", "a &unknown; b"),
    ],
)
def test_a_broken_reference_damages_no_later_address(raw: str, title: str) -> None:
    form = "<url><loc>{}</loc><news:news><news:title>{}</news:title></news:news></url>"
    later = form.format("https://e.example/2?a=1&amp;b=2", "<![CDATA[Q&A &amp; more]]>")
    first, second = read(urlset(form.format("https://e.example/1", raw) + later))
    assert first.title == title
    assert (second.url, second.title) == ("https://e.example/2?a=1&b=2", "Q&A &amp; more")


def test_no_entity_is_followed() -> None:
    head = '<!DOCTYPE u [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "bbb">]>'
    (found,) = read(
        f"{head}<urlset><url><loc>https://e.example/1</loc><news:title>&a;&b;</news:title>"
        "<news><title>x &a;&b; y</title></news></url></urlset>"
    )
    assert "root:" not in found.title
    assert "bbb" not in found.title


@pytest.mark.parametrize(
    "document",
    [
        urlset("".join(plain_url(n) for n in range(60_000))),
        urlset("<url>" * 100_000),
        urlset(f"<url {' '.join(f'a{n}=1' for n in range(200_000))}><loc>/a</loc></url>"),
        urlset(f"<url>{'<loc>/a</loc>' * 300_000}</url>"),
        urlset(f"<url><loc>https://e.example/{'a-' * 5_000_000}</loc></url>"),
        urlset(f"<url><loc>/a</loc></url><url><loc>/{'&' * 10_000_000}</loc></url>"),
        f"<sitemapindex>{'<sitemap><loc>https://e.example/a</loc></sitemap>' * 100_000}",
        gzip.compress(b"<urlset>" + b" " * 200_000_000, 1),
    ],
    ids=["many", "deep", "attributes", "children", "long", "&", "index", "bomb"],
)
def test_too_much_of_anything_is_bounded(document: str | bytes) -> None:
    begun = time.process_time()
    with suppress(SourceError):
        assert len(read(document)) <= bounds.MAX_ITEMS
    assert time.process_time() - begun < 10  # seconds of a busy machine; unbounded it takes minutes
