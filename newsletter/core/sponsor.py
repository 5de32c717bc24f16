"""The sponsor's line as it stands on the page, marked as what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.core.links import linkable
from newsletter.core.quote import Phrase
from newsletter.core.urls import host_of
from newsletter.core.words import clean, direction_in, outlet_name

if TYPE_CHECKING:
    from newsletter.core.beside import Sponsor


@dataclass(frozen=True)
class SponsorLine:
    """Who pays, what they say in its own direction, and where it leads; `url`, `host` or empty."""

    name: str
    words: Phrase
    url: str
    host: str


def sponsor_line(sponsor: Sponsor | None) -> SponsorLine | None:
    """The line of an edition's sponsor; None where there is none, or nothing left to say."""
    if sponsor is None or not clean(sponsor.name) or not clean(sponsor.text):
        return None
    text, url = clean(sponsor.text), linkable(sponsor.url)
    return SponsorLine(
        outlet_name(sponsor.name), Phrase(text, dir=direction_in(text)), url, host_of(url)
    )
