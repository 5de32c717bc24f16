"""Where a link leads, told by its address alone, and which hosts its words name."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newsletter.core.links import linkable
from newsletter.core.urls import MAX_URL, is_public_address, is_web_link

if TYPE_CHECKING:
    from collections.abc import Iterator

_NEAR = re.compile(r"(?:^|\.)(?:localhost|local|lan|internal|intranet|home\.arpa)\Z")
"""Names that the public Internet does not have (RFC 6761, 6762, 8375; by ICANN, 2024)."""

_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_ADDRESS = re.compile(r"https?://(?:[^\s/?#@]*@)?([^\s/?#:@]+)", re.IGNORECASE)
_BARE_HOST = re.compile(
    r"((?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,24})\.?(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE
)
_FILES = frozenset(("csv", "doc", "docx", "htm", "html", "js", "pdf", "ppt", "txt", "xls", "xlsx"))

_MIDDLES = frozenset(("ac", "co", "com", "edu", "gob", "gov", "go", "gv", "net", "or", "org", "ne"))
"""What stands before a country's ending where names are given below both (`co.uk`, `gov.cn`)."""


def outward_link(url: str, allowed: frozenset[str] = frozenset()) -> str:
    """An address from somebody else as a mail may link to it: its scheme in small letters.

    Raises:
        ValueError: it is none, is read in two ways, or leads into a private network that is not
            among the `allowed` hosts (`host` or `host:port`, in small letters).
    """
    url = url.strip()
    if not linkable(url):
        raise ValueError("expected a plain address that starts with https:// or http://")
    if not is_web_link(url):
        raise ValueError(f"expected at most {MAX_URL} characters, without a user's name")
    if is_private(url) and not is_allowed(url, allowed):
        raise ValueError("expected a host that readers can reach, none of a private network")
    scheme, mark, rest = url.partition("://")
    return f"{scheme.lower()}{mark}{rest}"


def host(url: str) -> str:
    """The host of a web address in small letters, without the dot at its end; "" for others."""
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").rstrip(".") if parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""


def is_private(url: str) -> bool:
    """Whether an address says by itself that it is of a private network, in whatever spelling."""
    name = host(url)
    if ":" in name or _NUMBER.fullmatch(name.rpartition(".")[2]):
        return not _is_public_ip(name)
    return "." not in name or _NEAR.search(name) is not None


def _is_public_ip(name: str) -> bool:
    """True for a public address in its one usual spelling; `0x7f.1` is read by some and is none."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return is_public_address(name)


def is_allowed(url: str, hosts: frozenset[str]) -> bool:
    """Whether the host of an address, with or without its port, is one of those that are meant."""
    try:
        port = urlsplit(url).port or (443 if url.lower().startswith("https") else 80)
    except ValueError:
        return False
    return not hosts.isdisjoint((host(url), f"{host(url)}:{port}"))


def hosts_named(words: str) -> Iterator[str]:
    """The hosts that a link's words name as where they lead."""
    yield from _ADDRESS.findall(words)
    found = _BARE_HOST.fullmatch(words)
    if found and found[1].rpartition(".")[2].lower() not in _FILES:
        yield found[1]


def misleads(words: str, url: str) -> bool:
    """Whether words that are shown as a link name another site than the one it leads to."""
    leads_to = host(url)
    return any(leads_to and site_of(name) != site_of(leads_to) for name in hosts_named(words))


def site_of(name: str) -> str:
    """The part of a host's name that somebody registered, as near as names alone tell."""
    labels = punycode(name.lower().rstrip(".")).split(".")
    is_below = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _MIDDLES  # noqa: PLR2004
    return ".".join(labels[-3:] if is_below else labels[-2:])


def punycode(name: str) -> str:
    """A host as DNS has it."""
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name.encode("ascii", "backslashreplace").decode("ascii")
