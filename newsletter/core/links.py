"""Which addresses a mail may link to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsletter.core.damage import damage_in
from newsletter.core.personal import names_personal_links
from newsletter.core.urls import host_of
from newsletter.core.words import is_unwanted

if TYPE_CHECKING:
    from datetime import date

_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"\\^`{|}]+", re.IGNORECASE)


def linkable(url: str) -> str:
    """The address if a mail may link to it (http or https, a host, nothing odd), else "".

    Nor may it name the host that stands for readers' own links, wherever in it.
    """
    if not _WEB_ADDRESS.fullmatch(url) or any(map(is_unwanted, url)) or damage_in(url):
        return ""
    return url if host_of(url) and not names_personal_links(url) else ""


def archive_url(home_url: str, day: date) -> str:
    """Where the edition of a date is kept for everybody; "" where the newsletter has no address."""
    home = linkable(home_url).rstrip("/")
    return f"{home}/archive/{day.isoformat()}" if home else ""
