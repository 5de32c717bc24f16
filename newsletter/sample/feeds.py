"""The document an outlet serves: its entries in its format, with its damage. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from newsletter.sample.damage import damaged
from newsletter.sample.formats import atom, json_feed, rdf, rss2
from newsletter.sample.outlets import Outlet, SampleEntry, load_outlets

__all__ = ["FeedDocument", "Outlet", "SampleEntry", "feed_document", "load_outlets"]


@dataclass(frozen=True)
class FeedDocument:
    """What goes over the wire."""

    body: bytes
    content_type: str


@dataclass(frozen=True)
class Format:
    """How a format is written, and the media type it is served as."""

    write: Callable[[Outlet, datetime, str], str]
    media_type: str


FORMATS = {
    "rss2": Format(rss2, "application/rss+xml; charset=utf-8"),
    "rdf": Format(rdf, "application/rdf+xml; charset=utf-8"),
    "atom": Format(atom, "application/atom+xml; charset=utf-8"),
    "jsonfeed": Format(json_feed, "application/feed+json; charset=utf-8"),
}


def feed_document(outlet: Outlet, now: datetime, base_url: str) -> FeedDocument:
    """The outlet's feed at `now` (aware), the same bytes for the same arguments.

    `base_url` is the server's, without a slash at the end.
    """
    form = FORMATS[outlet.format]
    text = form.write(outlet, now, f"{base_url}/feeds/{outlet.slug}")
    return FeedDocument(damaged(text, outlet.damage).encode("utf-8"), form.media_type)
