"""Finds the feed of a web page: what the page names, what looks like one, where feeds often are."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from newsletter.core.intake import Prepared, prepared
from newsletter.core.urls import is_web_link
from newsletter.errors import FetchError, SourceError
from newsletter.fetch import place_of
from newsletter.kinds.charset import decoded
from newsletter.kinds.links import absolute
from newsletter.kinds.table import AUTO, parse
from newsletter.ports import FetchRequest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from newsletter.core.entry import ParsedFeed
    from newsletter.core.source import Selectors, Source
    from newsletter.ports import App, Fetched

MAX_LINKED = 6
"""Addresses that are tried of those that a page names, and of those that look like a feed's."""
MAX_TIME = timedelta(seconds=90)
"""No further address is tried after so long."""
MAX_PAGE = 2_000_000
"""Characters of a page that are looked at."""
MAX_ELEMENTS = 20_000
"""Elements of a page that are looked at."""

COMMON_PATHS = (
    "/feed",
    "/feed/",
    "/rss",
    "/rss.xml",
    "/atom.xml",
    "/feed.xml",
    "/index.xml",
    "/feed.json",
    "/news/feed",
    "/news/rss",
    "/?feed=rss2",
    "/news-sitemap.xml",
    "/sitemap-news.xml",
)

_FEED_TYPES = (
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
)
_PERHAPS_TYPES = ("application/json", "application/xml", "text/xml")
_LOOKS_LIKE_A_FEED = re.compile(
    r"/(?:feeds?|rss2?|atom)/?(?:[?#]|$)|\.(?:rss|rdf|atom)(?:[?#]|$)"
    r"|/(?:feed|rss|atom|index)[\w-]{0,40}\.(?:xml|json|php)(?:[?#]|$)"
    r"|[?&](?:feed|format|type)=(?:rss|atom|feed)|//(?:feeds?|rss)\.",
    re.IGNORECASE,
)
_FEED_WORDS = frozenset(("rss", "atom", "feed", "rss feed", "atom feed", "rss-feed", "xml"))
_A_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body|title|link|div|p|a)\b", re.IGNORECASE)
_TAG = re.compile(r"<[A-Za-z]")
_LOOK = 4_000
TOO_MANY_REQUESTS = 429


@dataclass(frozen=True)
class Found:
    """A feed that was found: its address, what it holds, and how it was found, in words."""

    url: str
    feed: ParsedFeed
    how: str


@dataclass(frozen=True)
class PageLinks:
    """Addresses that a page gives: named as its feeds, and those that look like a feed's."""

    named: tuple[str, ...]
    likely: tuple[str, ...]


@dataclass(frozen=True)
class Trial:
    """What a source would give: its own title, the items that are read, and what is made of them.

    `items` counts them all; `found` has those that pass, and counts those that `allow` and `deny`
    leave out.
    """

    title: str
    items: int
    found: Prepared


def read_once(
    app: App,
    url: str,
    *,
    kind: str = AUTO,
    selectors: Selectors | None = None,
    accept: str = "",
) -> tuple[Fetched, ParsedFeed]:
    """An address and what it holds; nothing is stored.

    Raises:
        FetchError: it does not answer as it should.
        SourceError: it answers with nothing of that kind; the message names the address.
    """
    fetched = app.fetcher.get(FetchRequest(url, accept=accept))
    try:
        return fetched, parsed(app, fetched, kind=kind, selectors=selectors)
    except SourceError as error:
        raise SourceError(f"{place_of(url)} {error}") from error


def parsed(
    app: App, fetched: Fetched, *, kind: str = AUTO, selectors: Selectors | None = None
) -> ParsedFeed:
    """What a document holds, read where it can do no harm.

    Raises:
        SourceError: nothing of that kind.
    """
    return app.workers.run(
        parse,
        fetched.body,
        content_type=fetched.content_type,
        url=fetched.url,
        kind=kind,
        selectors=selectors,
    )


def tried(app: App, fetched: Fetched, source: Source) -> Trial:
    """What a source would give of a document, read where neither it nor a pattern can do harm.

    Raises:
        SourceError: nothing of the source's kind, or it takes too long.
    """
    most = app.config.collect.max_entries
    return app.workers.run(trial, fetched, source, app.clock.now(), most)


def trial(fetched: Fetched, source: Source, now: datetime, most: int) -> Trial:
    """The same, here and now, of the first `most` items.

    Raises:
        SourceError: nothing of the source's kind.
    """
    feed = parse(
        fetched.body,
        content_type=fetched.content_type,
        url=fetched.url,
        kind=source.kind,
        selectors=source.selectors,
    )
    entries = feed.entries[:most]
    found = prepared(replace(feed, entries=entries), source=source, now=now)
    return Trial(feed.title, len(entries), found)


def find_feed(app: App, url: str) -> Found:
    """The feed at an address, or the one of the web page there.

    One request after the other, at most 1 + 2 * `MAX_LINKED` + all of `COMMON_PATHS`; the first
    feed with entries ends the search, and one without is taken where there is no other.

    Raises:
        FetchError: the address itself does not answer as it should.
        SourceError: there is no feed; the message says what there is, and what to do.
    """
    fetched = app.fetcher.get(FetchRequest(url))
    try:
        return Found(lasting_address(fetched, url), parsed(app, fetched), "the address itself")
    except SourceError as error:
        if not _is_a_page(fetched):
            raise SourceError(f"{place_of(url)} {error}") from error
    links = app.workers.run(page_links, fetched.body, fetched.content_type, fetched.url)
    found = _first(app, links, fetched.url, tried={url, fetched.url})
    if found is None:
        raise SourceError(
            f"{place_of(url)} is a web page without a feed; if it lists its news, add it with"
            " --kind page --item SELECTOR"
        )
    return found


def lasting_address(fetched: Fetched, url: str) -> str:
    """Where permanent redirects lead from an address, if that can be stored; else the address."""
    return fetched.permanent_url if is_web_link(fetched.permanent_url) else url


def _is_a_page(fetched: Fetched) -> bool:
    look = decoded(fetched.body[: _LOOK * 4], fetched.content_type)
    return _A_PAGE.search(look[:_LOOK]) is not None


def _first(app: App, links: PageLinks, page: str, tried: set[str]) -> Found | None:
    """The first candidate that is a feed with entries, else the first that is a feed."""
    empty: Found | None = None
    began = app.clock.now()
    for url, how in _candidates(links, page):
        if url in tried or not is_web_link(url):
            continue
        if app.clock.now() - began > MAX_TIME:
            break
        tried.add(url)
        try:
            fetched, feed = read_once(app, url)
        except SourceError:
            continue
        except FetchError as error:
            if error.status == TOO_MANY_REQUESTS:
                break
            continue
        found = Found(lasting_address(fetched, url), feed, how)
        if feed.entries:
            return found
        empty = empty or found
    return empty


def _candidates(links: PageLinks, page: str) -> Iterator[tuple[str, str]]:
    for url in links.named:
        yield url, "named by the page"
    for url in links.likely:
        yield url, "linked from the page"
    for path in COMMON_PATHS:
        yield urljoin(page, path), "tried, as feeds are often there"


def page_links(body: bytes, content_type: str, url: str) -> PageLinks:
    """The addresses of a page that may be its feeds, at most `MAX_LINKED` of each sort.

    `<link rel="alternate">` of a feed's type in the page's order, feeds of comments last, behind
    those of a type that may be anything; then links that look like a feed's or are called so.
    """
    root = _tree(decoded(body, content_type)[:MAX_PAGE])
    if root is None:
        return PageLinks((), ())
    stated = next((base.get("href") for base in root.iter("base") if base.get("href")), "")
    base = absolute(url, stated) or url
    alternates = [link for link in root.iter("link") if _rank(link) is not None]
    alternates.sort(key=lambda link: _rank(link) or 0)
    anchors = [anchor for anchor in root.iter("a") if _is_likely(anchor)]
    return PageLinks(_addresses(alternates, base), _addresses(anchors, base))


def _addresses(elements: list[Any], base: str) -> tuple[str, ...]:
    whole = (absolute(base, element.get("href") or "") for element in elements)
    return tuple(islice(dict.fromkeys(filter(None, whole)), MAX_LINKED))


def _rank(link: Any) -> int | None:  # noqa: ANN401 - lxml has no types
    """How soon a `<link>` is tried: 0 first; None for one that names no feed."""
    relations = (link.get("rel") or "").lower().split()
    media = (link.get("type") or "").split(";")[0].strip().lower()
    is_named = "alternate" in relations or "feed" in relations
    if not is_named or not link.get("href") or media not in (*_FEED_TYPES, *_PERHAPS_TYPES):
        return None
    about = f"{link.get('title') or ''} {link.get('href')}".lower()
    return (0 if media in _FEED_TYPES else 1) + (2 if "comment" in about else 0)


def _is_likely(anchor: Any) -> bool:  # noqa: ANN401
    href = (anchor.get("href") or "").strip()
    if not href or "comment" in href.lower():
        return False
    said = " ".join("".join(islice(anchor.itertext(), 5)).lower().split())
    return _LOOKS_LIKE_A_FEED.search(href[:500]) is not None or said in _FEED_WORDS


def _tree(text: str) -> Any | None:  # noqa: ANN401
    from lxml import etree

    cut = next(islice(_TAG.finditer(text), MAX_ELEMENTS, None), None)
    markup = text[: cut.start()] if cut else text
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(markup.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        return None
