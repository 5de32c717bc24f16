"""A collector over real feeds on loopback, for tests: one clock, one server, one database."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from newsletter import models
from newsletter.build import build
from newsletter.collect import Collected, collect
from newsletter.config import load_config
from newsletter.core.source import Source
from newsletter.store import entries as store
from tests.loopback import LoopbackServer, says

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from newsletter.core.edition import SourceReport
    from newsletter.core.entry import Entry
    from newsletter.ports import App
    from tests.clock import FixedClock

SETTINGS = {
    "NEWSLETTER_COLLECT__ALLOW_HOSTS": "[127.0.0.1]",
    "NEWSLETTER_COLLECT__TOTAL_TIMEOUT": "2",
    "NEWSLETTER_COLLECT__PROCESSES": "0",
    "NEWSLETTER_SECRET_KEY": "a key of the tests, long enough to be one",
}


def item(number: int, **changes: str) -> str:
    """An RSS item with its own link, guid, title, date and text."""
    values = {
        "title": f"Rare earth story {number}",
        "link": f"https://outlet.example/{number}",
        "guid": f"guid-{number}",
        "pubDate": "Tue, 07 Apr 2026 06:00:00 GMT",
        "description": f"What happened to neodymium magnets, part {number}.",
        **changes,
    }
    return "<item>" + "".join(f"<{k}>{v}</{k}>" for k, v in values.items() if v) + "</item>"


def rss(*items: str, head: str = "") -> bytes:
    """An RSS 2.0 document."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Outlet</title>'
        f"<link>https://outlet.example/</link>{head}{''.join(items)}</channel></rss>"
    ).encode()


@dataclass
class Collector:
    """Sources on a loopback server, and the collecting of them."""

    app: App
    server: LoopbackServer
    clock: FixedClock
    sources: dict[str, Source] = field(default_factory=dict)

    def serve(self, path: str, body: bytes, status: int = 200, **headers: str) -> None:
        """Answer at a path from now on."""
        self.server.answers[path] = says(body, status, **headers)

    def source(self, path: str, **changes: Any) -> Source:
        """A source that reads a path of the server, called like the path."""
        name = path.strip("/")
        source = replace(Source(name, self.server.url(path)), **changes)
        self.sources[name] = source
        return source

    def collect(self, *names: str, **options: Any) -> Collected:
        """Read the named sources, or all."""
        chosen = [self.sources[name] for name in names] if names else list(self.sources.values())
        return collect(self.app, chosen, **options)

    def report(self, name: str, collected: Collected) -> SourceReport:
        """How one source fared."""
        return next(report for report in collected.reports if report.name == name)

    def requests(self, path: str) -> list[dict[str, str]]:
        """The headers of each request for a path."""
        return [headers for asked, headers in self.server.requests if asked == path]

    @property
    def titles(self) -> list[str]:
        """The titles of all stored entries."""
        return sorted(models.Entry.objects.values_list("title", flat=True))

    def entries(self, since: datetime, until: datetime) -> tuple[Entry, ...]:
        """The stored entries of all sources."""
        return store.load_entries(since=since, until=until, sources=list(self.sources))


def collector(
    folder: Path, server: LoopbackServer, clock: FixedClock, **settings: str
) -> Collector:
    """A collector whose state lies in a folder; `collect__workers="2"` sets that setting."""
    named = {f"NEWSLETTER_{name.upper()}": value for name, value in settings.items()}
    config = load_config(None, environ=SETTINGS | named, folder=folder)
    return Collector(build(config, clock=clock), server, clock)
