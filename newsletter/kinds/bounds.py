"""An XML document cut to bounds before a parser sees it.

feedparser hangs on a tag with 200,000 attributes, and takes seconds for 50,000 items or one item of
10 MB. One linear walk over the tags takes that away, and with it the document type (so that no
entity of its own can expand or reach outside), comments and processing instructions. What is left is
better formed than before: HTML's named entities become characters and bare ampersands are escaped, so
that the strict and faster parser takes most feeds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.entities import html5
from html import unescape

MAX_ITEMS = 500
"""Items of one document that are read; the first ones, which are the newest."""
MAX_DEPTH = 200
"""Elements within elements."""
MAX_RUN = 200_000
"""Characters of one piece of text between two tags; more is cut off."""
MAX_DOCUMENT = 4_000_000
"""Characters of the whole document; what follows is cut off."""
MAX_TAG = 8_000
"""Characters of one tag; a longer one loses its attributes."""

_TAG = re.compile(r"<(/?)([^\s<>/\"'=&;]{1,200})((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*'){0,8000})>")
_LONG_TAG = re.compile(r"<(/?)([^\s<>/\"'=&;]{1,200})[^<>]*>")
_DOCTYPE = re.compile(r"<![A-Za-z][^<>\[]{0,2000}(?:\[|>)")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&(?:#(\d{1,7}|[xX][0-9a-fA-F]{1,6});|([A-Za-z][A-Za-z0-9]{1,31});)?")
_XML_NAMES = frozenset(("amp", "lt", "gt", "quot", "apos"))
_ITEMS = frozenset(("item", "entry"))


@dataclass
class _Walk:
    """Where the walk stands: what is kept, which elements are open, what was counted."""

    kept: list[str] = field(default_factory=list)
    size: int = 0
    open: list[str] = field(default_factory=list)
    items: int = 0

    def keep(self, piece: str) -> None:
        self.kept.append(piece)
        self.size += len(piece)

    @property
    def is_full(self) -> bool:
        """True when nothing more may be kept."""
        return self.size > MAX_DOCUMENT or self.items > MAX_ITEMS or len(self.open) > MAX_DEPTH


def bounded(document: str) -> str:
    """The document from its root element on, within the bounds above, in linear time."""
    document = _NOT_XML.sub("", document)
    walk = _Walk()
    place = 0
    while not walk.is_full and (start := document.find("<", place)) >= 0:
        if walk.open or walk.kept:
            walk.keep(_text(document[place:start][:MAX_RUN]))
        place = _step(document, start, walk)
    if not walk.is_full and walk.open:
        walk.keep(_text(document[place:][:MAX_RUN]))
    return "".join(walk.kept) + "".join(f"</{name}>" for name in reversed(walk.open))


def _step(document: str, start: int, walk: _Walk) -> int:
    """Take what begins at `start`; where it ends."""
    if document.startswith("<![CDATA[", start):
        end = _after(document, "]]>", start)
        if walk.open:
            walk.keep(_section(document[start + 9 : end].removesuffix("]]>")))
        return end
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


def _section(text: str) -> str:
    """A CDATA section. Its text may hold no `]]>`, nor may it be longer than a run."""
    return f"<![CDATA[{text[:MAX_RUN]}]]>"


def _tag(document: str, start: int, walk: _Walk) -> int:
    match = _TAG.match(document, start) or _LONG_TAG.match(document, start)
    if match is None:
        walk.keep("&lt;" if walk.open else "")
        return start + 1
    closing, name = match[1], match[2]
    tag = match[0] if match.end() - start <= MAX_TAG else f"<{closing}{name}>"
    _count(walk, name, is_closing=bool(closing), is_empty=tag.endswith("/>"))
    if not walk.is_full:
        walk.keep(_text(tag))
    elif not closing and not tag.endswith("/>"):
        walk.open.pop()
    return match.end()


def _count(walk: _Walk, name: str, *, is_closing: bool, is_empty: bool) -> None:
    if is_closing:
        if name in walk.open:
            del walk.open[_last(walk.open, name) :]
        return
    walk.items += name.rsplit(":", 1)[-1].lower() in _ITEMS
    if not is_empty:
        walk.open.append(name)


def _last(names: list[str], name: str) -> int:
    return len(names) - 1 - names[::-1].index(name)


def _text(text: str) -> str:
    return _REFERENCE.sub(_reference, text) if "&" in text else text


def _reference(match: re.Match[str]) -> str:
    """One `&`: a reference that XML knows, the character that HTML means, or an escaped `&`."""
    number, name = match[1], match[2]
    if number is not None:
        character = _NOT_XML.sub("", unescape(match[0]))
        return f"&#{ord(character)};" if len(character) == 1 else ""
    if name is None:
        return "&amp;"
    if name in _XML_NAMES:
        return match[0]
    return html5.get(f"{name};", f"&amp;{name};")
