"""An XML document cut to bounds before a parser sees it.

feedparser hangs on a tag with 200,000 attributes, and takes many seconds for 50,000 items or one of
10 MB. A linear walk over the tags takes that away, and with it the document type (so that no
entity of its own can expand or reach outside), comments and processing instructions. What is left
is better formed than before: HTML's named entities become characters and bare ampersands are
escaped, so that the strict and faster parser takes most feeds. It is also less: elements that
nobody reads are left out, and long escaped text becomes a CDATA section, which means the same in
XML and spares the parser an event for each of its escapes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from newsletter.kinds.references import decoded, escaped

MAX_ITEMS = 500
"""Items of one document that are read, the first ones in its order: in most feeds the newest, in a
feed that puts its oldest items first the oldest."""
MAX_ELEMENTS = 15_000
"""Elements of one document; what follows is cut off."""
MAX_STEPS = 4 * MAX_ELEMENTS
"""Marks of any kind (tags, comments, sections, stray `<`) that are looked at."""
MAX_STRAYS = 1_000
"""End tags of elements that are not open; further ones are left out."""
MAX_DEPTH = 200
"""Elements within elements; what lies deeper is left out, up to where its item goes on or ends."""
MAX_RUN = 100_000
"""Characters of one piece of text between two tags; more is cut off."""
MAX_DOCUMENT = 6_000_000
"""Characters of the whole document; what follows is cut off."""
MAX_TAG = 8_000
"""Characters of one tag; a longer one loses its attributes."""
MAX_DECLARATION = 4_000
"""Characters of one declaration of a document type that are looked at for its end."""

_NAME = r"<(/?)([^\s<>/\"'=&;]{1,200})"
_TAG = re.compile(_NAME + r"(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+>")
_SLOPPY_TAG = re.compile(_NAME + r"[^<>]*+>")
_BARE = re.compile(r"(?:<(?![^\W\d]|[/!?]))++")
_DECLARATION = re.compile(r"<![A-Za-z](?:[^<>\[\"']++|\"[^\"]*+\"|'[^']*+')*+(?:\[|>)")
_ITEMS = frozenset(("item", "entry"))
_WAY_OUT = re.compile(
    r"</([^\s<>]{1,200})\s*+>|<(?:[\w.-]{1,40}:)?(?:item|entry)[\s/>]", re.IGNORECASE
)
_VOID = frozenset(("br", "hr", "img", "input", "meta", "wbr", "embed"))
"""HTML's elements that have no end tag (HTML Standard, section 13.1.2) and no meaning in a feed."""
_CONTROLS = bytes({*range(0x20)} - {*b"\t\n\r"})
_SHORT_TEXT = 60
_UNREAD = re.compile(
    r"<(category|comments|dc:subject|slash:\w{1,20}|wfw:\w{1,20}|thr:\w{1,20}|post-id"
    r"|media:(?:keywords|category|credit|rating|copyright|hash)|itunes:(?:keywords|duration"
    r"|explicit|episode|season|episodeType|block))\b[^<>]*+>(?:(?<=/>)|"
    r"(?:[^<]++|<!\[CDATA\[[^<\]]*+\]\]>)*+</\1>)"
)
_RENAMED = {"media:description": "media:caption", "media:text": "media:caption"}
"""A picture's caption, which feedparser takes for the item's own text."""


@dataclass
class _Walk:
    """Where the walk stands: what is kept, which elements are open, whether a bound is reached."""

    kept: list[str] = field(default_factory=list)
    size: int = 0
    run: int = 0
    open: list[str] = field(default_factory=list)
    items: int = 0
    elements: int = 0
    strays: int = 0
    last_item: tuple[int, int] = (0, 0)
    """Pieces kept and elements open before the last item begins."""
    is_full: bool = False

    def keep(self, piece: str) -> None:
        """Keep a piece of the document, if that stays within its bound."""
        self.is_full = self.is_full or self.size + len(piece) > MAX_DOCUMENT
        if not self.is_full:
            self.kept.append(piece)
            self.size += len(piece)

    def text(self, text: str) -> str:
        """As much of `text` as still fits into the run between two tags."""
        kept = text[: max(0, MAX_RUN - self.run)]
        self.run += len(kept)
        return kept

    def enter(self, name: str) -> None:
        """An element opens."""
        is_item = _is_item(name)
        self.items += is_item
        self.elements += 1
        is_over = self.items > MAX_ITEMS or self.elements > MAX_ELEMENTS
        self.is_full = self.is_full or is_over or len(self.open) >= MAX_DEPTH
        if not self.is_full:
            if is_item:
                self.last_item = (len(self.kept), len(self.open))
            self.open.append(name)

    def drop_half_item(self) -> None:
        """Leave out the last item where it has no end, unless it is the first, or none has one."""
        pieces, depth = self.last_item
        is_alone = sum(map(_is_item, self.open)) == 1
        is_open = depth < len(self.open) and _is_item(self.open[depth])
        if is_alone and is_open and self.items > 1:
            del self.kept[pieces:], self.open[depth:]

    def close(self, depth: int) -> None:
        """Close the elements deeper than that, as if their end tags stood here."""
        self.kept += (f"</{name}>" for name in reversed(self.open[depth:]))
        del self.open[depth:]

    def leave(self, name: str) -> bool:
        """An element closes, and with it those left open inside; False for one stray too many.

        Inside an item they get their end tags: feedparser would take the next items for their text.
        """
        if name in self.open:
            depth = len(self.open) - 1 - self.open[::-1].index(name)
            if _is_item(name):
                self.close(depth + 1)
            del self.open[depth:]
            return True
        self.strays += 1
        return self.strays <= MAX_STRAYS


@dataclass(frozen=True)
class Bounded:
    """A document within its bounds; `is_cut` where it breaks off or holds more than they allow."""

    text: str
    is_cut: bool


def _is_item(name: str) -> bool:
    return name.rsplit(":", 1)[-1].lower() in _ITEMS


def bounded(document: str) -> Bounded:
    """The document from its root element on, within the bounds above, in linear time.

    An item that the end of the document or a bound cuts in two is left out, where whole ones stand
    before it: readers would see half a sentence.
    """
    document = _without_controls(document)
    walk = _Walk()
    place = 0
    steps = 0
    while not walk.is_full and (start := document.find("<", place)) >= 0:
        _keep_text(document, place, start, walk)
        place = _step(document, start, walk)
        steps += 1
        walk.is_full = walk.is_full or steps > MAX_STEPS
    _keep_text(document, place, len(document), walk)
    is_cut = walk.is_full or bool(walk.open)
    walk.drop_half_item()
    ends = (f"</{name}>" for name in reversed(walk.open))
    return Bounded("".join((*walk.kept, *ends)), is_cut)


def _without_controls(document: str) -> str:
    """The document without the characters that XML does not know (XML 1.0, section 2.2)."""
    kept = document.encode("utf-8", "ignore").translate(None, _CONTROLS).decode()
    return kept.replace("\ufffe", "").replace("\uffff", "")


def _keep_text(document: str, start: int, end: int, walk: _Walk) -> None:
    if walk.open and end > start:
        text = walk.text(document[start : min(end, start + MAX_RUN)])
        if "&" not in text:
            walk.keep(text)
        else:
            walk.keep(escaped(text) if len(text) < _SHORT_TEXT else _section_of(text))


def _section_of(text: str) -> str:
    """Escaped text as a CDATA section that says the same."""
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    text = decoded(text).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{text}]]>"


def _step(document: str, start: int, walk: _Walk) -> int:
    """Take what begins at `start`; where it ends."""
    if bare := _BARE.match(document, start):
        walk.keep(f"<![CDATA[{walk.text(bare[0])}]]>" if walk.open else "")
        return bare.end()
    if document.startswith("<![CDATA[", start):
        return _section(document, start, walk)
    if document.startswith("<!--", start):
        return _after(document, "-->", start)
    if document.startswith("<?", start):
        return _after(document, "?>", start)
    if document.startswith("<!", start):
        return _after_declaration(document, start)
    return _tag(document, start, walk)


def _after(document: str, mark: str, start: int) -> int:
    end = document.find(mark, start)
    return len(document) if end < 0 else end + len(mark)


def _after_declaration(document: str, start: int) -> int:
    """Where a declaration ends, or its internal subset begins: the walk goes on through that.

    It needs no other care, since text before the root element is not kept.
    """
    match = _DECLARATION.match(document, start, start + MAX_DECLARATION)
    return match.end() if match else start + len("<!")


def _section(document: str, start: int, walk: _Walk) -> int:
    """A CDATA section: kept, but not longer than a run of text."""
    end = _after(document, "]]>", start)
    if walk.open:
        text = document[start + len("<![CDATA[") : end].removesuffix("]]>")
        walk.keep(f"<![CDATA[{walk.text(text)}]]>")
    return end


def _tag(document: str, start: int, walk: _Walk) -> int:
    if unread := _UNREAD.match(document, start):
        return unread.end()
    match = _TAG.match(document, start) or _SLOPPY_TAG.match(document, start)
    if match is None:
        _keep_text("&lt;", 0, 4, walk)
        return start + 1
    walk.run = 0
    slash, name = match.groups()
    tag = match[0]
    if name in _RENAMED or len(tag) > MAX_TAG:
        name = _RENAMED.get(name, name)
        tag = f"<{slash}{name}{'/' * tag.endswith('/>')}>"
    if slash:
        tag = tag if name.lower() not in _VOID and walk.leave(name) else ""
    else:
        if len(walk.open) >= MAX_DEPTH and (place := _after_depth(document, start, walk)) >= 0:
            return place
        if name.lower() in _VOID and not tag.endswith("/>"):
            tag = f"{tag[:-1]}/>"
        walk.enter(name)
        if tag.endswith("/>") and not walk.is_full:
            walk.open.pop()
    walk.keep(escaped(tag))
    return match.end()


def _after_depth(document: str, start: int, walk: _Walk) -> int:
    """Where the item that nests too deeply goes on or ends, with all closed inside it; -1: no item.

    It goes on at the end of the element that lies right in it, such as its description.
    """
    item = max((n for n, name in enumerate(walk.open) if _is_item(name)), default=-1)
    if item < 0:
        return -1
    inside = walk.open[min(item + 1, len(walk.open) - 1)]
    for way in _WAY_OUT.finditer(document, start):
        if way[1] is None or _is_item(way[1]):
            walk.close(item + (way[1] is not None))
            return way.start()
        if way[1] == inside:
            walk.close(item + 1)
            return way.end()
    walk.close(item + 1)
    return len(document)
