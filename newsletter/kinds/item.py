"""One item as feedparser found it, made an entry."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Any

from newsletter.core.dates import parse_date
from newsletter.core.entry import ParsedEntry
from newsletter.kinds.links import absolute, with_whole_links

if TYPE_CHECKING:
    from collections.abc import Iterator

_HTML = ("text/html", "application/xhtml+xml")
_PLAIN = "text/plain"


def entry(item: Any, feed: Any, url: str, *, is_atom: bool) -> ParsedEntry:  # noqa: ANN401
    """The item; `url` is the base of its relative links where no `xml:base` says otherwise."""
    raw, published = _date(item)
    base = absolute(url, _detail(item, "title").get("base") or "") or url
    summary, content = _summary(item, is_atom=is_atom), _content(item, is_atom=is_atom)
    return ParsedEntry(
        declared_id=string(dict.get(item, "id")),
        url=_link(item, url, is_atom=is_atom),
        title=_as_html(dict.get(item, "title"), _detail(item, "title"), is_atom=is_atom),
        summary=summary,
        content=with_whole_links(content, _base(item, base)),
        published=published,
        published_raw=raw,
        language=string(dict.get(item, "language")) or _language(item, feed),
        authors=tuple(_authors(item)),
        outlet=_outlet(item, feed),
        image=next(filter(None, (absolute(base, link) for link in _images(item))), ""),
    )


def string(value: Any) -> str:  # noqa: ANN401
    """The value where it is text, else nothing."""
    return value if isinstance(value, str) else ""


def _list(item: Any, name: str) -> list[Any]:  # noqa: ANN401
    value = dict.get(item, name)
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _detail(item: Any, name: str) -> Any:  # noqa: ANN401
    value = dict.get(item, f"{name}_detail")
    return value if isinstance(value, dict) else {}


def _link(item: Any, url: str, *, is_atom: bool) -> str:  # noqa: ANN401
    """The page for a reader: before a redirecting service, a page before other formats.

    An RSS guid is a link where it does not deny it (RSS 2.0, "guid"); an Atom id never is.
    """
    links = [link for link in _list(item, "links") if _is_alternate(link)]
    links.sort(key=lambda link: link.get("type", _HTML[0]) not in _HTML)
    found = [dict.get(item, "feedburner_origlink"), dict.get(item, "pheedo_origlink")]
    whole = [absolute("", string(link)) for link in found]
    whole += [absolute(url, string(link.get("href"))) for link in links]
    if not is_atom and dict.get(item, "guidislink"):
        whole.append(absolute("", string(dict.get(item, "id"))))
    return next(filter(None, whole), "")


def _is_alternate(link: Any) -> bool:  # noqa: ANN401
    return string(link.get("rel", "alternate")).rsplit("/", 1)[-1] == "alternate"


def _as_html(value: Any, detail: Any, *, is_atom: bool) -> str:  # noqa: ANN401
    """Text as HTML. RSS does not say what it is, and means HTML; Atom says (RFC 4287, 3.1).

    feedparser ends each line break that it read as XML, which HTML takes for a second one.
    """
    text = string(value).replace("<br></br>", "<br>")
    return escape(text, quote=False) if is_atom and detail.get("type") == _PLAIN else text


_IS_MARKUP = re.compile(r"</\w{1,20}>|<br\b|&#?\w{2,8};")


def _summary(item: Any, *, is_atom: bool) -> str:  # noqa: ANN401
    """The summary; a copy of the content has the content's type; a caption stands in for none."""
    contents = _list(item, "content")
    detail = _detail(item, "summary") or (contents[0] if contents else {})
    if summary := _as_html(dict.get(item, "summary"), detail, is_atom=is_atom):
        return summary
    caption = string(dict.get(item, "media_caption"))
    return caption if _IS_MARKUP.search(caption) else _lines(caption)


def _lines(text: str) -> str:
    return escape(text, quote=False).replace("\n", "<br>")


def _content(item: Any, *, is_atom: bool) -> str:  # noqa: ANN401
    """The longest of the item's contents that are text."""
    parts = (part for part in _list(item, "content") if _is_text(string(part.get("type"))))
    texts = (_as_html(part.get("value"), part, is_atom=is_atom) for part in parts)
    return max(texts, key=len, default="")


def _is_text(media_type: str) -> bool:
    return not media_type or media_type.startswith("text/") or media_type.endswith("xml")


def _base(item: Any, base: str) -> str:  # noqa: ANN401
    """What the content's relative links are relative to."""
    own = (string(part.get("base")) for part in _list(item, "content"))
    return absolute(base, next(own, "")) or base


_DATES = (
    "published",
    "updated",
    "created",
    "publishdate",
    "publisheddate",
    "publicationdate",
    "prism_publicationdate",
    "pub_date",
    "pubdatetime",
    "datepublished",
    "dateposted",
    "datecreated",
    "datetime",
    "lastmod",
)
"""Where feeds write an item's date, the first one first (`updated` is `dc:date` too)."""


def _date(item: Any) -> tuple[str, datetime | None]:  # noqa: ANN401
    """The item's date in its own words and as a time: the first of its dates that is one."""
    found = [(name, raw) for name in _DATES if (raw := string(dict.get(item, name)))]
    for name, raw in found:
        if moment := parse_date(raw) or _parsed_date(dict.get(item, f"{name}_parsed")):
            return raw, moment
    return (found[0][1] if found else ""), None


def _parsed_date(parts: Any) -> datetime | None:  # noqa: ANN401
    """The date as feedparser understood it: it knows Greek, Hungarian and Korean feeds."""
    try:
        year, month, day, hour, minute, second = parts[:6]
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except (ValueError, TypeError):
        return None


def _language(item: Any, feed: Any) -> str | None:  # noqa: ANN401
    spoken = string(_detail(item, "title").get("language"))
    return spoken or string(feed.get("language")) or None


def _authors(item: Any) -> Iterator[str]:  # noqa: ANN401
    for person in _list(item, "authors"):
        if name := string(person.get("name")):
            yield name


def _outlet(item: Any, feed: Any) -> str | None:  # noqa: ANN401
    """The publisher that an aggregator names, unless the feed names itself."""
    origin = dict.get(item, "source")
    name = string(origin.get("title")) if isinstance(origin, dict) else ""
    return name if name and name != feed.get("title") else None


_PICTURE = re.compile(r"[^?#]{1,2000}\.(?:jpe?g|png|webp|gif|avif)(?:[?#]|$)", re.IGNORECASE)


def _images(item: Any) -> Iterator[str]:  # noqa: ANN401
    """Addresses of the item's pictures, the best first: Media RSS, enclosures, iTunes."""
    pictures = [media for media in _list(item, "media_content") if _is_picture(media)]
    for media in (*_widest(pictures), *_widest(_list(item, "media_thumbnail"))):
        yield string(media.get("url"))
    for link in _list(item, "links"):
        if link.get("rel") == "enclosure" and _is_picture(link):
            yield string(link.get("href"))
    image = dict.get(item, "image")
    if isinstance(image, dict):
        yield string(image.get("href"))


def _is_picture(media: Any) -> bool:  # noqa: ANN401
    stated = string(media.get("type")) or string(media.get("medium"))
    address = string(media.get("url")) or string(media.get("href"))
    return stated.startswith("image") if stated else _PICTURE.match(address) is not None


def _widest(pictures: list[Any]) -> list[Any]:
    return sorted(pictures, key=lambda picture: -_width(string(picture.get("width"))))


def _width(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0  # noqa: PLR2004
