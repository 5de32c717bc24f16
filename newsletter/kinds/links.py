"""Links of a document, made whole (RFC 3986, section 5)."""

from __future__ import annotations

import re
from itertools import pairwise
from urllib.parse import urljoin

from newsletter.core.urls import origin_of

MAX_LINK = 4_000
"""Characters of a link; a longer one is none."""

LONGEST_NAMED = 300
"""Characters of a link that is named in a message."""

MAX_LINKS = 300
"""Relative links of one item that are made whole."""

_WEB = ("http://", "https://")
_RELATIVE = r"(?![A-Za-z][\w+.-]{0,30}+:|#)"
_IN_MARKUP = re.compile(
    rf"""((?:href|src)=)(?:"{_RELATIVE}([^"<>]{{1,{MAX_LINK}}}+)"|'{_RELATIVE}([^'<>]{{1,{MAX_LINK}}}+)')"""
)


def absolute(base: str, link: str) -> str:
    """The link as an address on the web, or nothing where it is none."""
    link = link.strip()
    if not link or len(link) > MAX_LINK:
        return ""
    try:
        whole = link if link.lower().startswith(_WEB) else urljoin(base, link)
    except ValueError:
        return ""
    return whole if whole.lower().startswith(_WEB) else ""


def can_be_named(address: str) -> bool:
    """Whether an address is fit for a message: short, printable, with nobody's password in it."""
    is_short = 0 < len(address) <= LONGEST_NAMED
    return is_short and address.isprintable() and " " not in address and "@" not in address


def with_whole_links(markup: str, base: str) -> str:
    """The markup with the relative ones among its `href`s and `src`s made whole."""
    if not base or not _may_have_relative(markup):
        return markup
    site = origin_of(base)

    def whole(match: re.Match[str]) -> str:
        link = match[2] or match[3]
        is_rooted = link[0] == "/" and link[1:2] not in ("/", "\\") and "/." not in link
        address = site + link if is_rooted else absolute(base, link)
        return f'{match[1]}"{address}"' if address and '"' not in address else match[0]

    return _IN_MARKUP.sub(whole, markup, count=MAX_LINKS)


def _may_have_relative(markup: str) -> bool:
    """A quick look, which spares most items the slow one: their links are whole."""
    if "='" in markup:
        return True
    pieces = pairwise(markup.split('="'))
    return any(
        before.endswith(("href", "src")) and not value.startswith(_WEB) for before, value in pieces
    )
