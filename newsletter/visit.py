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
from newsletter.core.text import clean_line
from newsletter.errors import FetchError, NewsletterError
from newsletter.hosts import host_of
from newsletter.kinds.table import parse
from newsletter.ports import Fetched, FetchRequest
from newsletter.robots import Robots

if TYPE_CHECKING:
    from datetime import datetime

    from newsletter.core.entry import ParsedEntry
    from newsletter.core.health import SourceHealth
    from newsletter.core.source import Source
    from newsletter.ports import App

_TOO_MANY = 429
_UNAVAILABLE = 503
PAGE = "page"
ACCEPT_PAGE = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"


@dataclass(frozen=True)
class Reading:
    """What a worker made of a document; see `Visit` for `is_cut`."""

    prepared: Prepared
    wait: Wait
    is_cut: bool = False


@dataclass(frozen=True)
class Visit:
    """What came of one visit: an answer with the entries it holds, a failure, or nothing.

    `refused_for` is how long its host wants to be left alone: then the source was not asked.
    `is_cut` says that the document broke off, or that items were left out because of a bound.
    """

    source: Source
    answer: Answer | None = None
    found: Prepared = field(default_factory=Prepared)
    failure: Failure | None = None
    may_pass: bool = False
    refused_for: timedelta = timedelta(0)
    is_cut: bool = False

    @property
    def entries(self) -> int:
        """How many entries the document holds; 0 where it was not read again."""
        return len(self.found.entries)


class RefusedError(Exception):
    """Its host asked a moment ago to be left alone."""

    def __init__(self, wait: timedelta) -> None:
        self.wait = wait
        super().__init__()


class Visitor:
    """Visits sources and pages for one run, from many threads.

    It remembers for the run which hosts want to be left alone, which cannot be reached, and what
    robots.txt files say. With `is_impatient`, a host that was silent once is not asked again.
    """

    def __init__(self, app: App, product: str, *, is_impatient: bool = False) -> None:
        self._app = app
        self._robots = Robots(app.fetcher, product)
        self._is_impatient = is_impatient
        self._refusals: dict[str, FetchError] = {}
        self._lock = threading.Lock()

    def visit(self, source: Source, before: SourceHealth, *, is_forced: bool = False) -> Visit:
        """Read a source once; never raises.

        `is_forced` reads it as if for the first time: no validators, no comparison.
        """
        try:
            return self._visit(source, before, is_forced=is_forced)
        except RefusedError as refusal:
            return Visit(source, may_pass=True, refused_for=refusal.wait)
        except FetchError as error:
            retry = timedelta(seconds=error.retry_after)
            failure = Failure(_in_a_line(error), retry, is_gone=error.is_gone)
            return Visit(source, failure=failure, may_pass=not error.is_permanent)
        except NewsletterError as error:
            failure = Failure(_in_a_line(error))
            return Visit(source, failure=failure, may_pass=not error.is_permanent)
        except Exception as error:  # noqa: BLE001 - one strange source must not stop the edition
            words = f"could not be read: {type(error).__name__}: {_in_a_line(error)}"
            return Visit(source, failure=Failure(words))

    def _visit(self, source: Source, before: SourceHealth, *, is_forced: bool) -> Visit:
        manner = _manner(source)
        is_known = before.body_hash.startswith(manner) and not is_forced
        fetched = self._fetched(source, before, is_known=is_known)
        digest = manner + hashlib.sha256(fetched.body).hexdigest()[:40]
        if is_known and (fetched.is_unchanged or digest == before.body_hash):
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
        return Visit(source, answer, reading.prepared, is_cut=reading.is_cut)

    def _fetched(self, source: Source, before: SourceHealth, *, is_known: bool) -> Fetched:
        if not is_on_the_web(source.url):
            return read_file(source.url, self._app.config.collect.max_megabytes)
        validators = (before.etag, before.last_modified) if is_known else ("", "")
        request = FetchRequest(before.address or source.url, *validators)
        return self.get_page(request) if source.kind == PAGE else self._get(request)

    def get_page(self, request: FetchRequest) -> Fetched:
        """A web page, if its host's robots.txt lets programs read it (RFC 9309).

        Raises:
            FetchError: it does not, or there is no good answer.
        """
        self._ask_robots(request.url)
        fetched = self._get(replace(request, accept=ACCEPT_PAGE))
        if host_of(fetched.url) != host_of(request.url):
            self._ask_robots(fetched.url)
        return fetched

    def _ask_robots(self, url: str) -> None:
        if not self._robots.allows(url):
            words = f"{host_of(url)}: its robots.txt asks programs not to read it"
            raise FetchError(words, is_permanent=True)

    def _get(self, request: FetchRequest) -> Fetched:
        """The answer to a request, unless its host wants to be left alone for this run."""
        refusal = self._refusals.get(host_of(request.url))
        if refusal is not None and refusal.retry_after:
            raise RefusedError(timedelta(seconds=refusal.retry_after))
        if refusal is not None:
            words = f"was not asked: a moment ago {refusal}"
            raise FetchError(words, host=refusal.host, is_permanent=refusal.is_permanent)
        try:
            return self._app.fetcher.get(request)
        except FetchError as error:
            self._note(error)
            raise

    def _note(self, error: FetchError) -> None:
        is_asked = error.status in (_TOO_MANY, _UNAVAILABLE) and error.retry_after > 0
        is_silent = self._is_impatient and not error.status
        if error.host and (is_asked or error.is_unreachable or is_silent):
            with self._lock:
                self._refusals[error.host] = error


def _in_a_line(error: Exception) -> str:
    """The error's words as a line that is safe on a terminal and in the database."""
    return clean_line(str(error)[:500])


def _manner(source: Source) -> str:
    """16 signs that differ when a source is to be read in another way than before."""
    how = (source.kind, source.selectors, source.allow, source.deny, source.language)
    return hashlib.sha256(repr(how).encode()).hexdigest()[:16]


def read_document(
    fetched: Fetched, source: Source, now: datetime, most: int, with_images: bool
) -> Reading:
    """The newest entries of a document, at most `most`, and what it asks of its readers.

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
    kept = _newest(feed.entries, most)
    found = prepared(replace(feed, entries=kept), source=source, now=now, with_images=with_images)
    wait = Wait(ttl=feed.ttl, skip_hours=feed.skip_hours, skip_days=feed.skip_days)
    return Reading(found, wait, is_cut=feed.is_cut or len(kept) < len(feed.entries))


def _newest(entries: tuple[ParsedEntry, ...], most: int) -> tuple[ParsedEntry, ...]:
    """The entries with the latest dates, in the document's order; undated ones count as new."""
    if len(entries) <= most:
        return entries
    by_date = sorted(
        range(len(entries)),
        key=lambda place: (_date_of(entries[place]), -place),
        reverse=True,
    )
    return tuple(entries[place] for place in sorted(by_date[:most]))


def _date_of(entry: ParsedEntry) -> float:
    return entry.published.timestamp() if entry.published else float("inf")


def _answer(fetched: Fetched, digest: str, found: Prepared, wait: Wait) -> Answer:
    return Answer(
        etag=fetched.etag,
        last_modified=fetched.last_modified,
        body_hash=digest,
        entries=len(found.entries),
        wait=wait,
        permanent_url=fetched.permanent_url,
        newest_at=max(
            (entry.published_at for entry in found.entries if entry.date_is_known), default=None
        ),
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
            raise FetchError("cannot be read: there is no such file", is_permanent=True)
        else:
            with Path(path).open("rb") as file:
                body = file.read(most + 1)
    except OSError as error:
        raise FetchError(f"cannot be read: {error.strerror}") from error
    if len(body) > most:
        raise FetchError(f"is larger than {max_megabytes:g} MB", is_permanent=True)
    return Fetched(url="", status=200, body=body, content_type="")
