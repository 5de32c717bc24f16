"""JSON Feed 1.0 and 1.1 (jsonfeed.org), with an optional `_source` for feeds of many outlets."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any, cast

from newsletter.core.dates import parse_date
from newsletter.core.entry import ParsedEntry, ParsedFeed
from newsletter.core.source import Publisher
from newsletter.errors import SourceError
from newsletter.kinds.links import absolute, with_whole_links

if TYPE_CHECKING:
    from datetime import datetime

    from newsletter.kinds.document import Document

MAX_ITEMS = 2_000
"""Items of one document that are read, the first ones."""
MAX_TEXT = 200_000
"""Characters of one item's text that are read."""
MAX_DIGITS = 400
"""Characters of a number; a longer one is read as text."""

_Object = dict[str, Any]


def parse(document: Document) -> ParsedFeed:
    """The items of a JSON Feed, in its order, at most `MAX_ITEMS` or what the document says.

    An item may have its own `language`, and `_source` with the `title` of its outlet, its `url`,
    its `kind` (a `Publisher`) and its `weight`: this is what `newsletter collect --json` writes.

    Raises:
        SourceError: the document is no JSON Feed.
    """
    feed = _loaded(document.text)
    language = _string(feed, "language") or None
    most = document.most_items or MAX_ITEMS
    items = cast("list[object]", feed["items"])[:most]
    entries = tuple(
        _entry(item, feed, document.url, language) for item in items if isinstance(item, dict)
    )
    is_cut = len(feed["items"]) > most
    return ParsedFeed(entries, title=_string(feed, "title"), is_cut=is_cut)


def _loaded(document: str) -> _Object:
    try:
        feed = json.loads(document, strict=False, parse_int=_whole, parse_float=_fraction)
    except (json.JSONDecodeError, RecursionError) as error:
        raise SourceError(f"is not a JSON Feed: {_reason(error)}") from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise SourceError('is JSON, but not a JSON Feed: it has no list of "items"')
    return feed


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"broken JSON in line {error.lineno}, column {error.colno}"
    return "nested too deeply"


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= MAX_DIGITS else digits


def _fraction(digits: str) -> float | str:
    return float(digits) if len(digits) <= MAX_DIGITS else digits


def _entry(item: _Object, feed: _Object, url: str, language: str | None) -> ParsedEntry:
    source = _object(item, "_source")
    raw, published = _date(item)
    base = _base(feed, url)
    content = with_whole_links(_string(item, "content_html"), base)
    content = content or _as_html(_string(item, "content_text"))
    return ParsedEntry(
        declared_id=_id(item),
        url=absolute(base, _string(item, "url")) or absolute(base, _string(item, "external_url")),
        title=escape(_string(item, "title"), quote=False),
        summary=_as_html(_string(item, "summary")) or content,
        content=content,
        published=published,
        published_raw=raw,
        language=_string(item, "language") or language,
        authors=_authors(item),
        outlet=_string(source, "title") or None,
        publisher=_publisher(_string(source, "kind")),
        weight=_number(source.get("weight")),
        image=_image(item, base),
    )


def _base(feed: _Object, url: str) -> str:
    """What relative links are relative to: the feed's own address, else the page that it is of."""
    own = absolute(url, _string(feed, "feed_url")) or absolute("", url)
    return own or absolute("", _string(feed, "home_page_url"))


def _string(holder: _Object, name: str) -> str:
    value = holder.get(name)
    if not isinstance(value, str):
        return ""
    return value[:MAX_TEXT].replace("\0", "").encode("utf-8", "replace").decode()


def _object(holder: _Object, name: str) -> _Object:
    value = holder.get(name)
    return value if isinstance(value, dict) else {}


def _id(item: _Object) -> str:
    """The id as text; the specification asks readers to take numbers too."""
    value = item.get("id")
    return str(value)[:MAX_TEXT] if isinstance(value, str | int | float) else ""


def _date(item: _Object) -> tuple[str, datetime | None]:
    """The date in its own words and as a time: that of the change where the first is unreadable."""
    raws = [raw for name in ("date_published", "date_modified") if (raw := _string(item, name))]
    read = ((raw, moment) for raw in raws if (moment := parse_date(raw)))
    return next(read, (raws[0] if raws else "", None))


def _image(item: _Object, base: str) -> str:
    """The item's main picture, its banner, or the first picture attached to it."""
    listed = item.get("attachments")
    attached = (
        [part for part in listed if isinstance(part, dict)] if isinstance(listed, list) else []
    )
    links = [_string(item, "image"), _string(item, "banner_image")]
    links += [_string(p, "url") for p in attached if _string(p, "mime_type").startswith("image/")]
    return next(filter(None, (absolute(base, link) for link in links)), "")


def _as_html(text: str) -> str:
    """Plain text as HTML, its line ends kept."""
    return escape(text, quote=False).replace("\n", "<br>")


def _authors(item: _Object) -> tuple[str, ...]:
    listed = item.get("authors")
    people = [*listed] if isinstance(listed, list) else []
    people.append(item.get("author"))
    return tuple(filter(None, (_string(p, "name") for p in people if isinstance(p, dict))))


def _publisher(name: str) -> Publisher | None:
    return Publisher(name) if name in list(Publisher) else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return None
