"""OPML 2.0 (opml.org/spec2.opml): the lists of feeds that readers exchange."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from newsletter.core.text import clean_line
from newsletter.errors import SourceError
from newsletter.kinds.charset import decoded
from newsletter.kinds.references import with_whole_references

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

MAX_BYTES = 5_000_000
MAX_FEEDS = 5_000
MAX_NAME = 120
"""Characters of a feed's or a group's name; what follows is cut off."""
MAX_ADDRESS = 4_000
MAX_CATEGORIES = 20
MAX_GROUPS = 5
"""Outlines around a feed that are told; the outer ones."""

_END = re.compile(r"</(?:[\w.-]{1,40}:)?opml\s*>", re.IGNORECASE)

_ENDLESS_TAG = re.compile(r"<[^<>]{20000}")
_ENTITY = re.compile(r"<!ENTITY\b", re.IGNORECASE)
_PROLOGUE = re.compile(
    r"(?:<\?.{0,500}?\?>|<!doctype[^<>\[]{0,500}>|\s)*+", re.DOTALL | re.IGNORECASE
)


@dataclass(frozen=True)
class FeedOutline:
    """A feed in a list: its name and address, the names of the outlines it stands in, from outside.

    `categories` are the words of its `category` attribute, without a slash in front.
    """

    name: str
    url: str
    html_url: str = ""
    groups: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


def read_opml(body: bytes) -> tuple[FeedOutline, ...]:
    """The feeds of a list, in its order: every outline with an `xmlUrl`.

    Names and addresses are as they stand there, cleaned of control characters; they may be empty,
    or no address at all. Attributes are found whatever their case, and faults in the XML are passed
    over where that is possible. Nothing outside the document is ever read.

    Raises:
        SourceError: it is no OPML, too large, breaks off before its end, or declares entities.
    """
    text = _text(body)
    body_element = _body(_parsed(text))
    if not _END.search(text):
        raise SourceError("breaks off before its end (`</opml>` is missing); get it whole")
    feeds: list[FeedOutline] = []
    for outline, groups in _outlines(body_element):
        attributes = _attributes(outline)
        if "xmlurl" not in attributes:
            continue
        if len(feeds) == MAX_FEEDS:
            raise SourceError(f"lists more than {MAX_FEEDS} feeds; cut it in parts")
        feeds.append(
            FeedOutline(
                name=_name(attributes),
                url=clean_line(attributes["xmlurl"][:MAX_ADDRESS]),
                html_url=clean_line(attributes.get("htmlurl", "")[:MAX_ADDRESS]),
                groups=groups,
                categories=_categories(attributes.get("category", "")),
            )
        )
    return tuple(feeds)


def write_opml(title: str, feeds: Sequence[FeedOutline], made_at: datetime) -> bytes:
    """A list of feeds, by their first group, each as `type="rss"` as the specification wants it.

    `read_opml` gives back the same feeds, in the order of the groups' first appearance; of a
    category, what is behind a comma counts as another one.
    """
    from lxml import etree

    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = clean_line(title)
    etree.SubElement(head, "dateCreated").text = format_datetime(made_at)
    parents: dict[tuple[str, ...], Any] = {(): etree.SubElement(root, "body")}
    for feed in feeds:
        etree.SubElement(_parent(parents, feed.groups[:1]), "outline", _written(feed))
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def _parent(parents: dict[tuple[str, ...], Any], groups: tuple[str, ...]) -> Any:  # noqa: ANN401
    from lxml import etree

    if groups not in parents:
        parents[groups] = etree.SubElement(parents[()], "outline", text=clean_line(groups[0]))
    return parents[groups]


def _written(feed: FeedOutline) -> dict[str, str]:
    name = clean_line(feed.name)
    values = {"type": "rss", "text": name, "title": name, "xmlUrl": clean_line(feed.url)}
    if feed.html_url:
        values["htmlUrl"] = clean_line(feed.html_url)
    if feed.categories:
        values["category"] = ",".join(map(clean_line, feed.categories))
    return values


def _text(body: bytes) -> str:
    if len(body) > MAX_BYTES:
        raise SourceError(f"is larger than {MAX_BYTES // 1_000_000} MB")
    text = decoded(body, "").strip("\x00\ufeff \t\r\n")
    if _ENTITY.search(text):
        raise SourceError("declares entities of its own, as no list of feeds needs to; not read")
    if _ENDLESS_TAG.search(text):
        raise SourceError("holds a tag without end, as no list of feeds does; not read")
    # The encoding that it declares no longer holds.
    return with_whole_references(_PROLOGUE.sub("", text, count=1))


def _parsed(text: str) -> Any:  # noqa: ANN401 - lxml has no types
    from lxml import etree

    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError) as error:
        raise SourceError("is no OPML: it cannot be read as XML") from error


def _body(root: Any) -> Any:  # noqa: ANN401
    if root is None or _tag(root) != "opml":
        what = f"begins with <{_tag(root)[:40]}>" if root is not None else "has no element in it"
        raise SourceError(f"is no OPML: it {what}")
    body = next((child for child in root if _tag(child) == "body"), None)
    if body is None:
        raise SourceError("is OPML without a body; it lists nothing")
    return body


def _tag(element: Any) -> str:  # noqa: ANN401
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _outlines(body: Any) -> Iterator[tuple[Any, tuple[str, ...]]]:  # noqa: ANN401
    """Each outline and the names of those around it, in the document's order."""
    waiting: list[tuple[Any, tuple[str, ...]]] = [(child, ()) for child in reversed(body)]
    while waiting:
        element, groups = waiting.pop()
        if _tag(element) != "outline":
            continue
        yield element, groups
        name = _name(_attributes(element))
        inner = (*groups, name)[:MAX_GROUPS] if name else groups
        waiting.extend((child, inner) for child in reversed(element))


def _attributes(element: Any) -> dict[str, str]:  # noqa: ANN401
    return {name.lower(): value for name, value in element.attrib.items()}


def _name(attributes: dict[str, str]) -> str:
    names = (attributes.get(key, "")[: MAX_NAME * 4] for key in ("text", "title"))
    return next(filter(None, map(clean_line, names)), "")[:MAX_NAME].strip()


def _categories(text: str) -> tuple[str, ...]:
    words = (clean_line(word).strip("/ ") for word in text[:MAX_ADDRESS].split(","))
    return tuple(dict.fromkeys(word for word in words if word))[:MAX_CATEGORIES]
