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
from functools import lru_cache
from html import escape, unescape
from html.entities import html5

MAX_ITEMS = 500
"""Items of one document that are read; the first ones, which are the newest."""
MAX_ELEMENTS = 15_000
"""Elements of one document; what follows is cut off."""
MAX_STEPS = 4 * MAX_ELEMENTS
"""Marks of any kind (tags, comments, sections, stray `<`) that are looked at."""
MAX_STRAYS = 1_000
"""End tags of elements that are not open; further ones are left out."""
MAX_DEPTH = 200
"""Elements within elements."""
MAX_RUN = 100_000
"""Characters of one piece of text between two tags; more is cut off."""
MAX_DOCUMENT = 6_000_000
"""Characters of the whole document; what follows is cut off."""
MAX_TAG = 8_000
"""Characters of one tag; a longer one loses its attributes."""

_NAME = r"<(/?)([^\s<>/\"'=&;]{1,200})"
_TAG = re.compile(_NAME + r"(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+>")
_SLOPPY_TAG = re.compile(_NAME + r"[^<>]*+>")
_BARE = re.compile(r"(?:<(?![^\W\d]|[/!?]))++")
_DOCTYPE = re.compile(r"<![A-Za-z][^<>\[]{0,2000}(?:\[|>)")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&(?:#(\d{1,7}|[xX][0-9a-fA-F]{1,6});|([A-Za-z][A-Za-z0-9]{1,31});)?")
_XML_NAMES = frozenset(("amp", "lt", "gt", "quot", "apos"))
_ITEMS = frozenset(("item", "entry"))
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
        self.items += name.rsplit(":", 1)[-1].lower() in _ITEMS
        self.elements += 1
        is_over = self.items > MAX_ITEMS or self.elements > MAX_ELEMENTS
        self.is_full = self.is_full or is_over or len(self.open) >= MAX_DEPTH
        if not self.is_full:
            self.open.append(name)

    def leave(self, name: str) -> bool:
        """An element closes, and with it those left open inside; False for one stray too many."""
        if name in self.open:
            del self.open[len(self.open) - 1 - self.open[::-1].index(name) :]
            return True
        self.strays += 1
        return self.strays <= MAX_STRAYS


def bounded(document: str) -> str:
    """The document from its root element on, within the bounds above, in linear time."""
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
    return "".join(walk.kept) + "".join(f"</{name}>" for name in reversed(walk.open))


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
            walk.keep(_escaped(text) if len(text) < _SHORT_TEXT else _section_of(text))


def _section_of(text: str) -> str:
    """Escaped text as a CDATA section that says the same."""
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    text = _REFERENCE.sub(_meaning, text).replace("]]>", "]]]]><![CDATA[>")
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
        return _after_doctype(document, start)
    return _tag(document, start, walk)


def _after(document: str, mark: str, start: int) -> int:
    end = document.find(mark, start)
    return len(document) if end < 0 else end + len(mark)


def _after_doctype(document: str, start: int) -> int:
    match = _DOCTYPE.match(document, start)
    if match is None:
        return start + 2
    return _after(document, "]>", start) if match[0].endswith("[") else match.end()


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
        tag = tag if walk.leave(name) else ""
    else:
        walk.enter(name)
        if tag.endswith("/>") and not walk.is_full:
            walk.open.pop()
    walk.keep(_escaped(tag))
    return match.end()


def _escaped(text: str) -> str:
    return _REFERENCE.sub(_reference, text) if "&" in text else text


def _reference(match: re.Match[str]) -> str:
    """One `&`: a reference that XML knows, the character that HTML means, or an escaped `&`."""
    return match[0] if match[2] in _XML_NAMES else escape(_meaning(match))


def _meaning(match: re.Match[str]) -> str:
    return _character(match[0])


@lru_cache(maxsize=2_000)
def _character(reference: str) -> str:
    """What one `&` means: the character of a number or name that XML or HTML know, or itself."""
    if reference.startswith("&#"):
        return _NOT_XML.sub("", unescape(reference))
    return html5.get(reference[1:], reference)
