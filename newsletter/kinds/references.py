"""References (`&amp;`, `&#233;`, `&eacute;`) repaired, so that an XML parser takes them.

XML knows five names, and no `&` that stands alone (XML 1.0, sections 4.1 and 4.6). Documents hold
HTML's names and bare ampersands, at which lxml's recovery loses what follows, in every later text.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape
from html.entities import html5

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&(?:#(\d{1,7}|[xX][0-9a-fA-F]{1,6});|([A-Za-z][A-Za-z0-9]{1,31});)?")
_WHOLE = r"(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
_ALONE = re.compile(f"&(?!{_WHOLE})")
_NOT_OF_XML = re.compile(f"&(?!(?:amp|lt|gt|quot|apos);){_WHOLE}")
_LITERAL = re.compile(r"(<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)


def with_whole_references(document: str) -> str:
    """The XML document with references that XML knows, in linear time.

    HTML's names and numbers become characters and any other `&` is escaped; comments and CDATA
    sections, in which `&` means itself, stay as they are. Entities that the document declares
    become plain words, so none of them can expand.
    """
    if "&" not in document:
        return document
    pieces = _LITERAL.split(document)
    pieces[::2] = map(escaped, pieces[::2])
    return "".join(pieces)


def escaped(text: str) -> str:
    """Text or a tag with its references repaired: what XML knows, a character, or `&amp;`."""
    if "&" not in text:
        return text
    return _NOT_OF_XML.sub(_reference, _ALONE.sub("&amp;", text))


def decoded(text: str) -> str:
    """Escaped text as the characters that it means."""
    return _REFERENCE.sub(_meaning, text)


def _reference(match: re.Match[str]) -> str:
    return escape(_meaning(match))


def _meaning(match: re.Match[str]) -> str:
    return _character(match[0])


@lru_cache(maxsize=2_000)
def _character(reference: str) -> str:
    """What one `&` means: the character of a number or name that XML or HTML know, or itself."""
    if reference.startswith("&#"):
        return _NOT_XML.sub("", unescape(reference))
    return html5.get(reference[1:], reference)
