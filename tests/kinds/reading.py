"""Documents as the tests of kinds write and read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newsletter.errors import SourceError
from newsletter.kinds.table import parse

if TYPE_CHECKING:
    from newsletter.core.entry import ParsedEntry, ParsedFeed
    from newsletter.core.source import Selectors

URL = "https://feeds.example/rss/all.xml"
ATOM = 'xmlns="http://www.w3.org/2005/Atom"'


def whole(
    document: str | bytes,
    *,
    content_type: str = "",
    url: str = URL,
    kind: str = "auto",
    selectors: Selectors | None = None,
) -> ParsedFeed:
    body = document.encode() if isinstance(document, str) else document
    return parse(body, content_type=content_type, url=url, kind=kind, selectors=selectors)


def read(
    document: str | bytes, *, content_type: str = "", url: str = URL, kind: str = "auto"
) -> tuple[ParsedEntry, ...]:
    return whole(document, content_type=content_type, url=url, kind=kind).entries


def problem(
    document: str | bytes, *, kind: str = "auto", selectors: Selectors | None = None
) -> str:
    with pytest.raises(SourceError) as caught:
        whole(document, kind=kind, selectors=selectors)
    return str(caught.value)


def rss(items: str, *, head: str = "", root: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{head}<rss version="2.0"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/" {root}><channel><title>Feed</title>'
        f"<link>https://feeds.example/</link><language>en-gb</language>{items}</channel></rss>"
    )


def item(inside: str, *, root: str = "") -> ParsedEntry:
    (found,) = read(rss(f"<item><title>t</title>{inside}</item>", root=root))
    return found


def entry(inside: str, *, root: str = "") -> ParsedEntry:
    (found,) = read(f"<feed {ATOM} {root}><title>F</title><entry>{inside}</entry></feed>")
    return found
