"""RSS, Atom, RDF and CDF, read by feedparser from bytes that we hold."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Any

from newsletter.core.dates import parse_date
from newsletter.core.entry import ParsedEntry
from newsletter.errors import SourceError
from newsletter.kinds.bounds import bounded

if TYPE_CHECKING:
    from collections.abc import Iterator

_STARTS_AS_PAGE = re.compile(
    r"(?:<!--.{0,500}?-->|\s)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_WEB_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_FEED_ROOT = re.compile(r"<(?:[\w.-]+:)?(?:rss|feed|rdf|channel)\b", re.IGNORECASE)
_PAGE = "is a web page, not a feed; look for the page's feed address"
_LOOK = 4_000


def parse(document: str, url: str) -> tuple[ParsedEntry, ...]:
    """The items of a feed, in its order, at most `bounds.MAX_ITEMS`.

    feedparser never sees an address that it could open: it gets bytes, and `url` only as the base
    of the items' links. It neither sanitises nor resolves the markup inside of items (that takes it
    ten times as long as the rest): all that is kept of it goes through `core.text.plain`.

    Raises:
        SourceError: the document is no feed.
    """
    if _STARTS_AS_PAGE.match(document):
        raise SourceError(_PAGE)
    result = _feedparser(bounded(document), url)
    items: list[Any] = result["entries"]
    version = str(result.get("version", ""))
    if not items and not version:
        raise SourceError(_what_it_is(document))
    is_atom = version.startswith("atom")
    feed: Any = result["feed"]
    return tuple(_entry(item, feed, is_atom=is_atom) for item in items)


def _feedparser(document: str, url: str) -> Any:  # noqa: ANN401 - feedparser has no types
    import feedparser

    headers = {"content-type": "application/xml; charset=utf-8"}
    if url.startswith(("http://", "https://")):
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


def _what_it_is(document: str) -> str:
    head = document[:_LOOK]
    if _FEED_ROOT.search(head):
        return "is a feed cut off before its first item, or too broken to read"
    if _WEB_PAGE.search(head):
        return _PAGE
    if document[0] in "{[":
        return 'is JSON, not an XML feed; set its kind to "jsonfeed"'
    return "is XML, but not a feed" if document[0] == "<" else "is not a feed"


def _entry(item: Any, feed: Any, *, is_atom: bool) -> ParsedEntry:  # noqa: ANN401
    raw = _raw_date(item)
    return ParsedEntry(
        declared_id=_string(item.get("id")),
        url=_string(item.get("link")),
        title=_title(item, is_atom=is_atom),
        summary=_string(item.get("summary")),
        content=_content(item),
        published=parse_date(raw) or _parsed_date(item),
        published_raw=raw,
        language=_string(item.get("language")) or _language(item, feed),
        authors=tuple(_authors(item)),
        outlet=_outlet(item, feed),
        feed_title=_string(feed.get("title")),
    )


def _string(value: Any) -> str:  # noqa: ANN401
    return value if isinstance(value, str) else ""


def _list(item: Any, name: str) -> list[Any]:  # noqa: ANN401
    value = item.get(name)
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _content(item: Any) -> str:  # noqa: ANN401
    """The longest of the item's contents."""
    return max((_string(part.get("value")) for part in _list(item, "content")), key=len, default="")


def _title(item: Any, *, is_atom: bool) -> str:  # noqa: ANN401
    """The title as HTML. RSS does not say what it is, and means HTML; Atom says (RFC 4287, 3.1)."""
    title = _string(item.get("title"))
    detail = item.get("title_detail") or {}
    is_text = is_atom and detail.get("type") == "text/plain"
    return escape(title, quote=False) if is_text else title


_DATES = ("published", "updated", "created")


def _raw_date(item: Any) -> str:  # noqa: ANN401
    return next(filter(None, (_string(dict.get(item, name)) for name in _DATES)), "")


def _parsed_date(item: Any) -> datetime | None:  # noqa: ANN401
    """The date as feedparser understood it: it knows Greek, Hungarian and Korean feeds."""
    for name in _DATES:
        parts = dict.get(item, f"{name}_parsed")
        if parts:
            try:
                year, month, day, hour, minute, second = parts[:6]
                return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
            except (ValueError, TypeError):
                continue
    return None


def _language(item: Any, feed: Any) -> str | None:  # noqa: ANN401
    detail = item.get("title_detail") or {}
    return _string(detail.get("language")) or _string(feed.get("language")) or None


def _authors(item: Any) -> Iterator[str]:  # noqa: ANN401
    for person in _list(item, "authors"):
        if name := _string(person.get("name")):
            yield name


def _outlet(item: Any, feed: Any) -> str | None:  # noqa: ANN401
    """The publisher that an aggregator names, unless the feed names itself."""
    origin = item.get("source")
    name = _string(origin.get("title")) if isinstance(origin, dict) else ""
    return name if name and name != feed.get("title") else None
