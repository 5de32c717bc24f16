"""A web page cut to bounds, as a tree.

lxml takes minutes for a tag with 200,000 attributes. So every tag is read here as browsers read it
(HTML Standard, section 13.2.5) and written anew, with a bounded number of attributes, before a
parser sees it.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from newsletter.kinds.bounds import MAX_DOCUMENT, MAX_TAG

MAX_ELEMENTS = 10_000
"""Elements of a page that are looked at, the first ones."""
MAX_ATTRIBUTES = 40
"""Attributes of one tag that are kept, the first ones."""

_UNSEEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<[!?][^>]*+(?:>|\Z)"
    r"|<(script|style|template|svg|noscript)\b[^<>]*+>.*?(?:</\1\s*+>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_VALUE = r"""(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)"""
_TAG = re.compile(
    rf"<(/?)([A-Za-z][^\s/>]*+)((?:[\s/=]++|[^\s/>=]++(?:\s*+=\s*+{_VALUE}?+)?+)*+)(?:>|\Z)"
)
_ATTRIBUTE = re.compile(rf"([^\s/>=]++)(?:\s*+=\s*+({_VALUE}))?")
_NAME = re.compile(r"[A-Za-z][\w:.-]{0,60}")


def tree_of(text: str) -> Any | None:  # noqa: ANN401 - lxml has no types
    """The page's root without scripts and drawings; None where there is no element in it."""
    from lxml import etree

    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(_bounded(text).encode("utf-8", "replace"), parser)
    except etree.LxmlError:
        return None


def _bounded(text: str) -> str:
    markup = _UNSEEN.sub("", text[:MAX_DOCUMENT])
    pieces: list[str] = []
    place = 0
    for tag in islice(_TAG.finditer(markup), 2 * MAX_ELEMENTS):
        pieces += (_escaped(markup[place : tag.start()]), _tag(tag))
        place = tag.end()
    return "".join(pieces)


def _escaped(text: str) -> str:
    return text.replace("<", "&lt;") if "<" in text else text


def _tag(tag: re.Match[str]) -> str:
    slash, name, attributes = tag.groups()
    if not _NAME.fullmatch(name):
        return ""
    if slash:
        return f"</{name}>"
    found = islice(_ATTRIBUTE.finditer(attributes), MAX_ATTRIBUTES)
    written = (_attribute(part[1], part[2] or '""') for part in found)
    return f"<{name}{''.join(written)}>"


def _attribute(name: str, value: str) -> str:
    if len(value) > MAX_TAG or not _NAME.fullmatch(name):
        return ""
    value = value[1:-1] if value[0] in "\"'" else value
    return f' {name}="{value.replace(chr(34), "&quot;")}"'
