"""The places of readers' own links: where a token goes, and nowhere else.

Until a copy is made, `PERSONAL_URL` and a name stand for a reader's own link. A token opens that
reader's door, so it is put only where such an address stands whole: as a link's target in HTML and
as the words of that very link, alone on its line in plain text. What comes from outside cannot
name it: links that hold the host are refused, texts lose it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_HOST = "personal.invalid"
PERSONAL_URL = f"https://{_HOST}/"
"""What a personal link starts with in an edition's text; one of `PERSONAL_PATHS` follows."""

PERSONAL_PATHS = {
    "unsubscribe": "/u/",
    "preferences": "/p/",
    "confirm": "/c/",
    "new-address": "/n/",
    "export": "/x/",
    "erase": "/e/",
}
"""The personal links, and the path below the newsletter's own address each is served at."""

ATTRIBUTES = r"""(?:\s+[^\s"'<>=/]+(?:="[^"]*"|='[^']*'|=[^\s"'<>]*)?)*?"""
"""Attributes of an element as lxml writes them; in quotes of one kind the other may stand bare.

Whatever looks like an attribute in a text or in another attribute's value is none of these.
"""

_ADDRESS = rf"{re.escape(PERSONAL_URL)}(?P<name>{'|'.join(PERSONAL_PATHS)})"
_FRAGMENT = r"(?P<fragment>(?:#[\w-]*)?)"
_IN_HTML = re.compile(
    rf'(?P<before><a\b{ATTRIBUTES}\s+href="){_ADDRESS}{_FRAGMENT}(?P<after>"{ATTRIBUTES}\s*>)'
    rf"(?P<words>{re.escape(PERSONAL_URL)}(?P=name)(?P=fragment)(?=</a>))?",
    re.ASCII,
)
_IN_TEXT = re.compile(
    rf"^(?P<before>[ \t]*){_ADDRESS}{_FRAGMENT}(?P<after>[ \t]*\r?)$", re.ASCII | re.MULTILINE
)
_NAMED = re.compile(re.escape(_HOST), re.IGNORECASE)
_MOST_ESCAPES = 5


class UnknownLinkError(ValueError):
    """A personal link stands where none of its name can be filled in."""


def filled_html(html: str, links: Mapping[str, str]) -> str:
    """The HTML with these addresses, by name, in place of the personal links.

    Raises:
        UnknownLinkError: a link in it is not among them.
    """
    return _IN_HTML.sub(_filling(links), html)


def filled_text(text: str, links: Mapping[str, str]) -> str:
    """The plain text with these addresses, by name, in place of the personal links.

    Raises:
        UnknownLinkError: a link in it is not among them.
    """
    return _IN_TEXT.sub(_filling(links), text)


def public_html(html: str, address: str) -> str:
    """The HTML as anybody may see it: all personal links lead to one address."""
    return _IN_HTML.sub(_leading_to(address), html)


def public_text(text: str, address: str) -> str:
    """The plain text as anybody may see it: one address in place of all personal links."""
    return _IN_TEXT.sub(_leading_to(address), text)


def names_personal_links(text: str) -> bool:
    """Whether the host that stands for readers' links is named, in whatever letters or escapes."""
    for _ in range(_MOST_ESCAPES):
        if _NAMED.search(text if text.isascii() else unicodedata.normalize("NFKC", text)):
            return True
        plainer = unquote(text) if "%" in text else text
        if plainer == text:
            return False
        text = plainer
    return True  # no address of a page is escaped so often


def without_personal_host(text: str) -> str:
    """A text from outside with that host's name taken apart."""
    return _NAMED.sub(lambda found: found[0].replace(".", " "), text)


def _filling(links: Mapping[str, str]) -> Callable[[re.Match[str]], str]:
    def link(found: re.Match[str]) -> str:
        if found["name"] not in links:
            address = f"{PERSONAL_URL}{found['name']}"
            raise UnknownLinkError(f"nobody gave a token for the personal link {address}")
        return _replaced(found, f"{links[found['name']]}{found['fragment']}")

    return link


def _leading_to(address: str) -> Callable[[re.Match[str]], str]:
    return lambda found: _replaced(found, address)


def _replaced(found: re.Match[str], address: str) -> str:
    words = address if found.groupdict().get("words") else ""
    return f"{found['before']}{address}{found['after']}{words}"
