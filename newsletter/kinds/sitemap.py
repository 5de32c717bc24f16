"""Sitemaps (sitemaps.org, 0.9) with Google's news and image extensions."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from newsletter.core.dates import parse_date
from newsletter.core.entry import ParsedEntry, ParsedFeed
from newsletter.errors import SourceError
from newsletter.kinds.bounds import MAX_DOCUMENT, MAX_ITEMS, MAX_RUN
from newsletter.kinds.links import absolute, can_be_named
from newsletter.kinds.references import with_whole_references

if TYPE_CHECKING:
    from newsletter.kinds.document import Document

MAX_LISTED = 50_000
"""Addresses of one sitemap that are looked at: as many as one may hold."""

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?([A-Za-z][\w.-]{0,40})[\s>/]")
_HEAD = 20_000
_LONGEST_TAG = 100
_LONGEST_DATE = 60
_MOST_FIELDS = 100


def is_sitemap(text: str) -> bool:
    """True for a document whose root element is a sitemap's or a sitemap index's."""
    return _root(text)[0] in ("urlset", "sitemapindex")


def _root(text: str) -> tuple[str, str]:
    """The root element's name, and the document from it on: without a document type."""
    head = _COMMENT.sub("", text[:_HEAD])
    root = _ROOT.search(head)
    return (root[1].lower(), head[root.start() :] + text[_HEAD:]) if root else ("", "")


def parse(document: Document) -> ParsedFeed:
    """The addresses of a sitemap as items, the newest first, at most `bounds.MAX_ITEMS`.

    A news sitemap gives titles and dates; in a plain one the title is made from the address, and
    the date is that of the last change. Addresses that are no headline's stay without a title.
    The last address of a document that breaks off is left out: it may be half of one. A whole
    one of many addresses is not cut: what is left out is older than what is kept.

    Raises:
        SourceError: the document is no sitemap, or an index of sitemaps.
    """
    name, text = _root(document.text)
    if name not in ("urlset", "sitemapindex"):
        raise SourceError("is not a sitemap: it does not begin with <urlset>")
    tree = _tree(text)
    if name == "sitemapindex":
        raise SourceError(_is_an_index(tree, document.url))
    found = _named(tree, "url")
    listed = found[:MAX_LISTED]
    is_broken_off = bool(listed) and not _has_end(text, name)
    whole = listed[:-1] if is_broken_off and len(listed) > 1 else listed
    places = [fields for place in whole if (fields := _fields(place)).get("url/loc")]
    places.sort(key=_date, reverse=True)
    title = next(filter(None, (place.get("publication/name", "") for place in places)), "")
    entries = (_entry(place, document.url, title) for place in places[:MAX_ITEMS])
    is_cut = is_broken_off or len(found) > MAX_LISTED
    return ParsedFeed(tuple(entries), title=title, is_cut=is_cut)


def _has_end(text: str, root: str) -> bool:
    """Whether the last end tag is the root element's, within what is read of the document."""
    last = text.rfind("</", 0, MAX_DOCUMENT)
    return last >= 0 and root in text[last : last + _LONGEST_TAG].lower()


def _date(fields: dict[str, str]) -> str:
    """The date in its own words: W3C's form sorts as text. It comes before what is none."""
    raw = fields.get("news/publication_date") or fields.get("url/lastmod", "")
    return raw[:_LONGEST_DATE] if raw[:4].isdigit() else ""


def _tree(text: str) -> Any | None:  # noqa: ANN401 - lxml has no types
    """The document's root, read as far as it is well formed; no entity is ever followed."""
    from lxml import etree

    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        document = with_whole_references(text[:MAX_DOCUMENT])
        return etree.fromstring(document.encode("utf-8", "replace"), parser)
    except etree.LxmlError as error:
        raise SourceError("cannot be read: it is too broken for a sitemap") from error


def _named(tree: Any | None, name: str) -> list[Any]:  # noqa: ANN401
    """The root's children of that name, whatever their namespace is declared to be."""
    children = [] if tree is None else tree.iterchildren()
    return [child for child in children if _name(child) == name]


def _name(element: Any) -> str:  # noqa: ANN401
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def _fields(place: Any) -> dict[str, str]:  # noqa: ANN401
    """Texts under `<url>` by "parent/child", the first of each."""
    fields: dict[str, str] = {}
    for element in islice(place.iterdescendants(), _MOST_FIELDS):
        if element.text and len(element) == 0:
            key = f"{_name(element.getparent())}/{_name(element)}"
            fields.setdefault(key, element.text[:MAX_RUN].strip())
    return fields


def _entry(fields: dict[str, str], url: str, feed_title: str) -> ParsedEntry:
    link = absolute(url, fields["url/loc"])
    raw = _date(fields)
    outlet = fields.get("publication/name", "")
    return ParsedEntry(
        declared_id=link,
        url=link,
        title=fields.get("news/title") or title_in(link),
        published=parse_date(raw),
        published_raw=raw,
        language=fields.get("publication/language") or None,
        outlet=outlet if outlet and outlet != feed_title else None,
        image=absolute(url, fields.get("image/loc", "")),
    )


_EXTENSION = re.compile(r"\.[A-Za-z]{2,5}$")
_NOT_A_WORD = re.compile(r"\d{5,}|[0-9a-f]{8,}|[a-z]?\d{4,}|\d{1,2}", re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"[-_+\s]+")
_LEAST_WORDS = 3
_LONGEST_SLUG = 400


def title_in(url: str) -> str:
    """A headline from the last part of an address that reads as one, as HTML; else nothing."""
    try:
        path = unquote(urlsplit(url).path)
    except ValueError:
        return ""
    for part in reversed(path.split("/")):
        words = _words(_EXTENSION.sub("", part[:_LONGEST_SLUG]))
        if len(words) >= _LEAST_WORDS:
            title = " ".join(words)
            return (title[:1].upper() + title[1:]).replace("&", "&amp;").replace("<", "&lt;")
    return ""


def _words(slug: str) -> list[str]:
    """The words of a slug, without the numbers that sites put at its ends."""
    words = [word for word in _BETWEEN_WORDS.split(slug) if word]
    while words and _NOT_A_WORD.fullmatch(words[-1]):
        words.pop()
    while words and _NOT_A_WORD.fullmatch(words[0]):
        words.pop(0)
    return words


def _is_an_index(tree: Any | None, url: str) -> str:  # noqa: ANN401
    """What to do with an index, with the address of its first news sitemap, or of its first."""
    fields = (_fields(place) for place in _named(tree, "sitemap")[:MAX_ITEMS])
    found = [absolute(url, place.get("sitemap/loc", "")) for place in fields]
    named = [address for address in found if can_be_named(address)]
    news = [address for address in named if "news" in address.lower()]
    if not named:
        return "is an index of sitemaps, and names none; give the address of a sitemap"
    return f"is an index of sitemaps; give the address of one of them, such as {(news or named)[0]}"
