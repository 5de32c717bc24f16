"""Kind of source -> the function that reads its documents."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

from newsletter.core.escapes import escaped_once
from newsletter.errors import SourceError
from newsletter.kinds import feed, jsonfeed, page, sitemap
from newsletter.kinds.charset import decoded
from newsletter.kinds.document import Document

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsletter.core.entry import ParsedFeed
    from newsletter.core.source import Selectors

KINDS: dict[str, Callable[[Document], ParsedFeed]] = {
    "feed": feed.parse,
    "jsonfeed": jsonfeed.parse,
    "sitemap": sitemap.parse,
    "page": page.parse,
}
"""A new kind is one module with `parse(document)`, and one line here."""

AUTO = "auto"
FILE = "file"
"""A path, or "-" for standard input; what it holds is told by its look."""

MAX_BODY = 20_000_000
"""Bytes of a document that are read, after any compression is undone; what follows is cut off."""

_GZIP = b"\x1f\x8b"


def parse(
    body: bytes,
    *,
    content_type: str,
    url: str,
    kind: str,
    selectors: Selectors | None = None,
    most_items: int | None = None,
    most_bytes: int = MAX_BODY,
) -> ParsedFeed:
    """The items of a document, in its order; `url` is where it came from, for relative links.

    `most_items` and `most_bytes` are for an operator's own files: how many items of a JSON Feed,
    and how many bytes of a document, are read instead of the usual bounds.

    `kind` is a name of `KINDS`, or "auto" or "file": JSON Feed, sitemap or feed, by the look of it.
    A body that is a gzip file in itself (`sitemap.xml.gz`) is unpacked.

    Raises:
        SourceError: the document is none of that kind; the message begins with a verb, to stand
            after the source's name ("is a web page, not a feed").
    """
    text = decoded(_unpacked(body, most_bytes)[:most_bytes], content_type).strip(
        "\x00\ufeff \t\r\n"
    )
    if not text:
        raise SourceError("is empty: it answered with no content")
    found = _reader(kind, text)(Document(text, url, selectors, most_items))
    return replace(found, entries=escaped_once(found.entries))


def _unpacked(body: bytes, most: int) -> bytes:
    if not body.startswith(_GZIP):
        return body
    whole = bytearray()
    try:
        while body.startswith(_GZIP) and len(whole) < most:  # a file may have several members
            member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            whole += member.decompress(body, most - len(whole))
            body = member.unused_data
    except zlib.error as error:
        raise SourceError("is a gzip file, and a broken one") from error
    return bytes(whole)


def _reader(kind: str, text: str) -> Callable[[Document], ParsedFeed]:
    if kind in (AUTO, FILE):
        kind = _kind_by_look(text)
    if kind not in KINDS:
        names = ", ".join((AUTO, FILE, *KINDS))
        raise SourceError(f'has the kind "{kind}", which is none of {names}')
    return KINDS[kind]


def _kind_by_look(text: str) -> str:
    if text[0] in "{[":
        return "jsonfeed"
    return "sitemap" if sitemap.is_sitemap(text) else "feed"
