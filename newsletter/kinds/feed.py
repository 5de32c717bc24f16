"""RSS, Atom, RDF and CDF, read by feedparser from bytes that we hold."""

from __future__ import annotations

import io
import re
from contextlib import suppress
from html import unescape
from itertools import islice
from typing import TYPE_CHECKING, Any

from newsletter.core.entry import ParsedFeed
from newsletter.errors import SourceError
from newsletter.kinds import hints
from newsletter.kinds.bounds import bounded
from newsletter.kinds.item import entry, string
from newsletter.kinds.links import absolute, can_be_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.core.entry import ParsedEntry
    from newsletter.kinds.document import Document

_STARTS_AS_PAGE = re.compile(
    r"(?:<!--.{0,500}?-->|\s)*+<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_WEB_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_FEED_ROOT = re.compile(r"<(?:[\w.-]+:)?(?:rss|feed|rdf|channel)\b", re.IGNORECASE)
_LINK = re.compile(r"<link\s([^<>]{1,1000})", re.IGNORECASE)
_IS_FEED = re.compile(
    r"type\s*=\s*[\"']?application/(?:rss\+xml|atom\+xml|feed\+json)", re.IGNORECASE
)
_ADDRESS = re.compile(r"(?<![\w-])href\s*=\s*[\"']?([^\"'<>\s]{1,300})", re.IGNORECASE)
_TITLE = re.compile(r"(?<![\w-])title\s*=\s*(?:\"([^\"]{1,300})|'([^']{1,300}))", re.IGNORECASE)
_OF_COMMENTS = re.compile(
    r"\b(?:comments?|kommentare?|commentaires?|coment[aá]rios|commenti|reacties)\b", re.IGNORECASE
)
_LOOK = 4_000
_HEAD_OF_A_PAGE = 50_000
_MOST_LINKS = 200


def parse(document: Document) -> ParsedFeed:
    """The items of a feed, in its order, at most `bounds.MAX_ITEMS`.

    feedparser never sees an address that it could open: it gets bytes, and the URL only where a
    feed has an `xml:base` that may be relative to it, since it joins addresses for every tag. It
    neither sanitises nor resolves the markup inside of items (that takes it ten times as long as
    the rest): all that is kept of it goes through `core.text.plain` or `core.markup`.

    Raises:
        SourceError: the document is no feed.
    """
    text = document.text
    if _STARTS_AS_PAGE.match(text):
        raise SourceError(_is_a_page(document))
    cut = bounded(text)
    whole = cut.text
    result = _feedparser(whole, document.url)
    items: list[Any] = result["entries"]
    version = string(result.get("version"))
    if not items and not version:
        raise SourceError(_what_it_is(document))
    feed: Any = result["feed"]
    base = document.url or absolute("", string(feed.get("link")))
    is_atom = version.startswith("atom")
    return ParsedFeed(
        tuple(_entries(items, feed, base, is_atom=is_atom)),
        title=string(feed.get("title")),
        ttl=hints.ttl(feed),
        skip_hours=hints.skip_hours(whole),
        skip_days=hints.skip_days(whole),
        is_cut=cut.is_cut,
    )


def _feedparser(document: str, url: str) -> Any:  # noqa: ANN401 - feedparser has no types
    import feedparser

    headers = {"content-type": "application/xml; charset=utf-8"}
    if "xml:base" in document and absolute("", url):
        headers["content-location"] = url
    try:
        return feedparser.parse(
            io.BytesIO(document.encode()),
            response_headers=headers,
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception as error:  # its loose parser lets all kinds of errors through
        raise SourceError("cannot be read: it is too broken for a feed") from error


def _entries(
    items: list[Any],
    feed: Any,  # noqa: ANN401
    base: str,
    *,
    is_atom: bool,
) -> Iterator[ParsedEntry]:
    """The items that can be read: feedparser's values may have any shape."""
    for item in items:
        with suppress(Exception):
            yield entry(item, feed, base, is_atom=is_atom)


def _what_it_is(document: Document) -> str:
    text = document.text
    head = text[:_LOOK]
    if _FEED_ROOT.search(head):
        return "is a feed cut off before its first item, or too broken to read"
    if _WEB_PAGE.search(head):
        return _is_a_page(document)
    if text[0] in "{[":
        return 'is JSON, not an XML feed; set its kind to "jsonfeed"'
    return "is XML, but not a feed" if text[0] == "<" else "is not a feed"


def _is_a_page(document: Document) -> str:
    """That it is a web page, with the feed's address where the page names it."""
    links = islice(_LINK.finditer(document.text, 0, _HEAD_OF_A_PAGE), _MOST_LINKS)
    found = (_feed_in(link[1], document.url) for link in links)
    if address := next(filter(None, found), ""):
        return f"is a web page, not a feed; its feed is {address}"
    return "is a web page, not a feed; look for the page's feed address"


def _feed_in(attributes: str, url: str) -> str:
    """The address of the feed of articles that a page's `<link>` names, else nothing."""
    if not _IS_FEED.search(attributes):
        return ""
    named, title = _ADDRESS.search(attributes), _TITLE.search(attributes)
    address = absolute(url, unescape(named[1])) if named else ""
    path = address.partition("//")[2].partition("/")[2]
    is_of_comments = _OF_COMMENTS.search(f"{path} {title[0] if title else ''}")
    return address if can_be_named(address) and not is_of_comments else ""
