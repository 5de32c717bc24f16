"""Which pages a host asks programs not to read: robots.txt (RFC 9309)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newsletter.core.urls import origin_of
from newsletter.errors import FetchError, NewsletterError
from newsletter.ports import FetchRequest

if TYPE_CHECKING:
    from protego import Protego

    from newsletter.ports import Fetcher

_ACCEPT = "text/plain, */*;q=0.5"
_LARGEST = 500 * 1024
"""Bytes that are read (RFC 9309, section 2.5)."""
_TOO_MANY = 429


class Robots:
    """What the robots.txt of every host says, asked once a host; threads may share it.

    It remembers for as long as it lives: one for a run, since no copy should be kept for longer
    than a day (RFC 9309, section 2.4).

    Args:
        fetcher: reads the files; it follows redirects.
        product: who we are; of a User-Agent header the part before "/" counts.
    """

    def __init__(self, fetcher: Fetcher, product: str) -> None:
        self._fetcher = fetcher
        self._product = product.partition("/")[0].strip()
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    def allows(self, url: str) -> bool:
        """Whether programs like us may read this page.

        True for what is no web address: there is nobody to ask, and the fetcher refuses it.
        """
        site = origin_of(url)
        if not site or urlsplit(url).path == "/robots.txt":
            return True
        with self._lock:
            host = self._hosts.setdefault(site, _Host())
        with host.lock:
            if not host.is_known:
                host.learn(self._fetcher, site, self._product)
        return host.allows(url, self._product)


class _Host:
    """The rules of one scheme, host and port."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.is_known = False
        self._is_open = False
        self._rules: Protego | None = None

    def learn(self, fetcher: Fetcher, site: str, product: str) -> None:
        """Read the file. Where there is none all is allowed, where it cannot be read nothing is."""
        try:
            answer = fetcher.get(FetchRequest(f"{site}/robots.txt", accept=_ACCEPT))
            self._rules = _parsed(answer.body, product)
        except NewsletterError as error:
            self._is_open = isinstance(error, FetchError) and _means_no_rules(error.status)
        self.is_known = True

    def allows(self, url: str, product: str) -> bool:
        """Whether the rules let us read an address."""
        return self._is_open if self._rules is None else self._rules.can_fetch(url, product)


def _means_no_rules(status: int) -> bool:
    """RFC 9309, section 2.3.1: 4xx and endless redirects mean that there is no file.

    429 asks us to stay away for now, so it counts with the server's failures.
    """
    return 200 < status < 500 and status != _TOO_MANY  # noqa: PLR2004 - 200: it broke off


def _parsed(body: bytes, product: str) -> Protego:
    from protego import Protego

    if len(body) > _LARGEST:  # the last line may have been cut into another rule
        body = body[: body.rfind(b"\n", 0, _LARGEST) + 1]
    text = body.decode("utf-8-sig", errors="replace")
    return Protego.parse("\n".join(_concerning(text.splitlines(), product)))


def _concerning(lines: list[str], product: str) -> list[str]:
    """The lines that are well-formed, with all other products under one name.

    The library multiplies every rule of a group by its products, and a file may be written so
    that both are many; it also reads some lines without a colon as products.
    """
    kept: list[str] = []
    for line in lines:
        rule = line.split("#", 1)[0].strip()
        field, colon, value = rule.partition(":")
        if field.strip().lower() in ("user-agent", "useragent", "user agent"):
            kept.append(f"User-agent: {_name_of(value, product)}")
        elif colon and len(field.split()) == 1:
            kept.append(rule)
    return kept


def _name_of(value: str, product: str) -> str:
    """Ourselves, everyone, or somebody else (RFC 9309, section 2.2.1: case does not matter)."""
    name = value.strip().partition("/")[0].strip().lower()
    return product if name == product.lower() else "*" if name == "*" else "-"
