"""One visit to one source: ask, compare with the last answer, read what is new.

It touches no database: what is to be saved of it is `collect`'s. The reading itself happens in a
worker process (`read_document`).
"""

from __future__ import annotations

import hashlib
import sys
import threading
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.core.health import Answer, Failure, Wait
from newsletter.core.intake import Prepared, prepared
from newsletter.core.source import STDIN, is_on_the_web
from newsletter.errors import FetchError, NewsletterError
from newsletter.hosts import host_of
from newsletter.kinds.table import parse
from newsletter.ports import Fetched, FetchRequest
from newsletter.robots import Robots

if TYPE_CHECKING:
    from datetime import datetime

    from newsletter.core.health import SourceHealth
    from newsletter.core.source import Source
    from newsletter.ports import App

_TOO_MANY = 429
_UNAVAILABLE = 503
PAGE = "page"
ACCEPT_PAGE = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"


@dataclass(frozen=True)
class Reading:
    """What a worker made of a document."""

    prepared: Prepared
    wait: Wait


@dataclass(frozen=True)
class Visit:
    """What came of one visit: an answer with the entries it holds, or a failure."""

    source: Source
    answer: Answer | None = None
    found: Prepared = field(default_factory=Prepared)
    failure: Failure | None = None
    may_pass: bool = False

    @property
    def entries(self) -> int:
        """How many entries the document holds; 0 where it was not read again."""
        return len(self.found.entries)


class Visitor:
    """Visits sources for one run, from many threads.

    It remembers for the run which hosts want to be left alone, and what robots.txt files say.
    """

    def __init__(self, app: App, product: str) -> None:
        self._app = app
        self._robots = Robots(app.fetcher, product)
        self._refusals: dict[str, FetchError] = {}
        self._lock = threading.Lock()

    def visit(self, source: Source, before: SourceHealth, *, is_forced: bool = False) -> Visit:
        """Read a source once; never raises.

        `is_forced` reads it as if for the first time: no validators, no comparison.
        """
        try:
            return self._visit(source, before, is_forced=is_forced)
        except FetchError as error:
            retry = timedelta(seconds=error.retry_after)
            failure = Failure(str(error), retry, is_gone=error.is_gone)
            return Visit(source, failure=failure, may_pass=not error.is_permanent)
        except NewsletterError as error:
            return Visit(source, failure=Failure(str(error)), may_pass=not error.is_permanent)
        except Exception as error:  # noqa: BLE001 - one strange source must not stop the edition
            words = f"could not be read: {type(error).__name__}: {error}"[:300]
            return Visit(source, failure=Failure(words))

    def _visit(self, source: Source, before: SourceHealth, *, is_forced: bool) -> Visit:
        fetched = self._fetched(source, before, is_forced=is_forced)
        digest = hashlib.sha256(fetched.body).hexdigest() if fetched.body else ""
        is_same = fetched.is_unchanged or (digest and digest == before.body_hash)
        if is_same and not is_forced:
            wait = Wait(_fresh_for(fetched), before.ttl, before.skip_hours, before.skip_days)
            return Visit(source, _answer(fetched, before.body_hash, Prepared(), wait))
        reading = self._app.workers.run(
            read_document,
            fetched,
            source,
            self._app.clock.now(),
            self._app.config.collect.max_entries,
            self._app.config.collect.images,
        )
        wait = replace(reading.wait, fresh_for=_fresh_for(fetched))
        answer = _answer(fetched, digest, reading.prepared, wait)
        return Visit(source, answer, reading.prepared)

    def _fetched(self, source: Source, before: SourceHealth, *, is_forced: bool) -> Fetched:
        if not is_on_the_web(source.url):
            return read_file(source.url, self._app.config.collect.max_megabytes)
        address = before.address or source.url
        is_page = source.kind == PAGE
        if is_page and not self._robots.allows(address):
            raise FetchError("its robots.txt asks programs not to read it")
        known = ("", "") if is_forced else (before.etag, before.last_modified)
        return self.get(FetchRequest(address, *known, accept=ACCEPT_PAGE if is_page else ""))

    def get(self, request: FetchRequest) -> Fetched:
        """The answer to a request, unless its host wants to be left alone for this run.

        Raises:
            FetchError: no good answer, now or a moment ago.
        """
        host = host_of(request.url)
        refusal = self._refusals.get(host)
        if refusal is not None:
            raise refusal
        try:
            return self._app.fetcher.get(request)
        except FetchError as error:
            is_asked = error.status in (_TOO_MANY, _UNAVAILABLE) and error.retry_after > 0
            if is_asked or error.is_unreachable:
                with self._lock:
                    self._refusals[host] = error
            raise

    def may_read_page(self, url: str) -> bool:
        """Whether the host's robots.txt lets programs read a page (RFC 9309)."""
        return self._robots.allows(url)


def read_document(
    fetched: Fetched, source: Source, now: datetime, most: int, with_images: bool
) -> Reading:
    """The entries of a document, at most `most`, and what it asks of its readers.

    Raises:
        SourceError: it is nothing that can be read.
    """
    feed = parse(
        fetched.body,
        content_type=fetched.content_type,
        url=fetched.url,
        kind=source.kind,
        selectors=source.selectors,
    )
    found = prepared(
        replace(feed, entries=feed.entries[:most]), source=source, now=now, with_images=with_images
    )
    return Reading(found, Wait(ttl=feed.ttl, skip_hours=feed.skip_hours, skip_days=feed.skip_days))


def _answer(fetched: Fetched, digest: str, found: Prepared, wait: Wait) -> Answer:
    return Answer(
        etag=fetched.etag,
        last_modified=fetched.last_modified,
        body_hash=digest,
        entries=len(found.entries),
        wait=wait,
        permanent_url=fetched.permanent_url,
        newest_at=max((entry.published_at for entry in found.entries), default=None),
    )


def _fresh_for(fetched: Fetched) -> timedelta:
    return timedelta(seconds=fetched.fresh_for)


def read_file(path: str, max_megabytes: float) -> Fetched:
    """A document from a file, or from standard input for `-`.

    Raises:
        FetchError: it cannot be read, or is too large.
    """
    most = int(max_megabytes * 1_000_000)
    try:
        if path == STDIN:
            body = sys.stdin.buffer.read(most + 1)
        elif not Path(path).is_file():  # a pipe would be waited for, for ever
            raise FetchError("cannot be read: there is no such file")
        else:
            with Path(path).open("rb") as file:
                body = file.read(most + 1)
    except OSError as error:
        raise FetchError(f"cannot be read: {error.strerror}") from error
    if len(body) > most:
        raise FetchError(f"is larger than {max_megabytes:g} MB")
    return Fetched(url="", status=200, body=body, content_type="")
