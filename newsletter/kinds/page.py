"""A web page without a feed: its items are picked by the operator's CSS selectors."""

from __future__ import annotations

from html import escape
from itertools import islice
from typing import TYPE_CHECKING, Any

from newsletter.core.dates import parse_date
from newsletter.core.entry import ParsedEntry, ParsedFeed
from newsletter.errors import SourceError
from newsletter.kinds.bounds import MAX_ITEMS
from newsletter.kinds.links import absolute
from newsletter.kinds.selecting import picker
from newsletter.kinds.web_page import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.core.source import Selectors
    from newsletter.kinds.document import Document

_MOST_PIECES = 400
_MOST_CANDIDATES = 12
_LONGEST_DATE = 60
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def parse(document: Document) -> ParsedFeed:
    """The items that the document's selectors pick, in the page's order, at most `MAX_ITEMS`.

    What lies inside of an item is no item of its own. Without a selector of its own, an item's
    link is its first link, the title that link's text (else the first heading, or the picture's
    words), the date the first thing that reads as one; there is no summary.

    Raises:
        SourceError: no selectors were given, one of them is broken or fits nothing in the page, or
            none of the items has a link.
    """
    selectors = document.selectors
    if selectors is None or not selectors.item:
        raise SourceError("is to be read as a page, but has no selectors; add at least `item`")
    root = tree_of(document.text)
    if root is None:
        raise SourceError("is not a web page: there is no element in it")
    found = _outermost(picker(selectors.item)(root))
    if not found:
        raise SourceError(_unmatched("item", selectors.item, "nothing in the page"))
    base = _base(root, document.url)
    entries = [entry for entry in _entries(found, selectors, base) if entry.url]
    if not entries:
        found_by = f"that `{selectors.item}` finds"
        raise SourceError(f"has items {found_by}, but none with a link; adapt its selectors")
    return ParsedFeed(tuple(entries), title=escape(_text(root.find(".//title")), quote=False))


def _unmatched(name: str, selector: str, where: str) -> str:
    return (
        f"does not fit its selectors: `{name}: {selector}` matches {where}; either it is wrong, or"
        " the page's layout has changed: adapt it"
    )


def _outermost(elements: list[Any]) -> list[Any]:
    """The elements that lie in no other of them, at most `MAX_ITEMS`."""
    inside: set[Any] = set()
    kept: list[Any] = []
    for element in elements:
        if element not in inside:
            inside.update(element.iter())
            kept.append(element)
    return kept[:MAX_ITEMS]


def _base(root: Any, url: str) -> str:  # noqa: ANN401
    """Where relative links lead from: the page's `<base href>`, else its own address."""
    stated = next((base.get("href") for base in root.iter("base") if base.get("href")), "")
    return absolute(url, stated) or url


def _entries(items: list[Any], selectors: Selectors, base: str) -> Iterator[ParsedEntry]:
    picks = {
        name: picker(selector)
        for name in ("title", "link", "date", "summary")
        if (selector := getattr(selectors, name))
    }
    parts = [{name: next(iter(pick(item)), None) for name, pick in picks.items()} for item in items]
    for name in ("title", "link"):
        if name in picks and all(picked[name] is None for picked in parts):
            raise SourceError(_unmatched(name, getattr(selectors, name), "in none of the items"))
    for item, picked in zip(items, parts, strict=True):
        link = _link(picked["link"]) if "link" in picks else _link(item)
        raw = _written(picked["date"]) if "date" in picks else _date_in(item)
        title = _text(picked["title"]) if "title" in picks else _title(item, link)
        yield ParsedEntry(
            declared_id="",
            url="" if link is None else absolute(base, link.get("href")),
            title=escape(title, quote=False),
            summary=escape(_text(picked.get("summary")), quote=False),
            published=parse_date(raw),
            published_raw=raw,
            language=_language(item),
            image=_image(item, base),
        )


def _link(element: Any | None) -> Any | None:  # noqa: ANN401
    """The first link in an element, the element itself included."""
    links = [] if element is None else element.iter("a", "area")
    return next((link for link in links if _is_followed(link.get("href", ""))), None)


def _is_followed(href: str) -> bool:
    return bool(href.strip()) and not href.strip().lower().startswith(
        ("#", "javascript:", "mailto:")
    )


def _title(item: Any, link: Any | None) -> str:  # noqa: ANN401
    """The link's text, else a heading's, else that of another link to the same place."""
    if link is None:
        return ""
    same = (other for other in item.iter("a") if other.get("href") == link.get("href"))
    texts = (_text(element) for element in (link, *item.iter(*_HEADINGS), *same))
    said = (link.get("title"), link.get("aria-label"), *(i.get("alt") for i in link.iter("img")))
    return next(filter(None, texts), "") or next(filter(None, said), "")


def _text(element: Any | None) -> str:  # noqa: ANN401
    """The element's words on one line."""
    pieces = () if element is None else islice(element.itertext(), _MOST_PIECES)
    return " ".join(" ".join(pieces).split())


def _written(element: Any | None) -> str:  # noqa: ANN401
    """A date's words: for machines where the page has them, else for people."""
    if element is None:
        return ""
    stated = (part.get("datetime") or part.get("content") for part in element.iter("time", "meta"))
    own = element.get("datetime") or element.get("content")
    return own or next(filter(None, stated), "") or _text(element)[:_LONGEST_DATE]


def _date_in(item: Any) -> str:  # noqa: ANN401
    """The words of the first thing in the item that reads as a date."""
    times = (_written(time) for time in item.iter("time"))
    pieces = (" ".join(piece.split()) for piece in islice(item.itertext(), _MOST_PIECES))
    likely = (p for p in pieces if len(p) <= _LONGEST_DATE and any(c.isdigit() for c in p))
    candidates = [*islice(times, _MOST_CANDIDATES), *islice(likely, _MOST_CANDIDATES)]
    return next((words for words in candidates if parse_date(words)), "")


def _language(item: Any) -> str | None:  # noqa: ANN401
    """The `lang` that holds for the item."""
    spoken = (holder.get("lang") for holder in (item, *item.iterancestors()))
    return next(filter(None, spoken), None)


def _image(item: Any, base: str) -> str:  # noqa: ANN401
    """The item's first picture; a lazy page's real one stands in a `data-src`."""
    links = (image.get("data-src") or image.get("src", "") for image in item.iter("img"))
    return next(filter(None, (absolute(base, link) for link in links)), "")
