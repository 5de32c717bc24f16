"""Step 1: read the sources, decide what is new, store entries and each source's health.

Sources are fetched and parsed by a few threads; the database is written by the caller's thread
alone, one transaction a source, so that a crash loses nothing that was reported as read.
"""

from __future__ import annotations

import hashlib
import queue
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import DatabaseError, transaction

from newsletter.core.edition import SourceReport
from newsletter.core.intake import decide, identities
from newsletter.core.source import is_on_the_web
from newsletter.errors import FetchError, NewsletterError
from newsletter.kinds.table import parse
from newsletter.ports import Fetched, FetchRequest
from newsletter.store import entries as store
from newsletter.store.entries import SourceHealth

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsletter.core.entry import ParsedEntry
    from newsletter.core.source import Source
    from newsletter.ports import App


@dataclass(frozen=True)
class Collected:
    """What a collection brought: how each source fared, how many entries were new or revised."""

    reports: tuple[SourceReport, ...]
    new: int
    revised: int


@dataclass(frozen=True)
class _Reading:
    """What one thread made of one source: an answer and its entries, or a problem in words."""

    source: Source
    fetched: Fetched | None = None
    entries: tuple[ParsedEntry, ...] = ()
    body_hash: str = ""
    problem: str = ""
    may_pass: bool = False

    @property
    def report(self) -> SourceReport:
        """The same in a few words."""
        return SourceReport(self.source.name, len(self.entries), self.problem, self.may_pass)


def collect(app: App, sources: Sequence[Source]) -> Collected:
    """Read every source once. A source that fails is reported, and the others go on."""
    health = store.load_health(source.name for source in sources)
    reports: list[SourceReport] = []
    new = revised = 0
    for found in _readings(app, sources, health):
        reading, added, changed = _stored(app, found, health.get(found.source.name))
        new, revised = new + added, revised + changed
        reports.append(reading.report)
        note = reading.problem or f"{len(reading.entries)} entries"
        app.progress.advance(len(reports), len(sources), f"{reading.source.name}: {note}")
    reports.sort(key=lambda report: report.name)
    return Collected(tuple(reports), new, revised)


def _stored(app: App, reading: _Reading, before: SourceHealth | None) -> tuple[_Reading, int, int]:
    """Save a reading; what turns out to be unfit to store is that source's problem alone."""
    try:
        return reading, *_save(app, reading, before)
    except DatabaseError:
        raise
    except Exception as error:  # noqa: BLE001 - one strange source must not stop the edition
        failed = _Reading(reading.source, problem=f"cannot be stored: {type(error).__name__}")
        return failed, *_save(app, failed, before)


def probe(app: App, sources: Sequence[Source]) -> tuple[SourceReport, ...]:
    """Read every source once and store nothing: which of them answer, and with how much."""
    reports: list[SourceReport] = []
    for reading in _readings(app, sources, {}):
        reports.append(reading.report)
        app.progress.advance(len(reports), len(sources), reading.source.name)
    return tuple(sorted(reports, key=lambda report: report.name))


def _readings(
    app: App, sources: Sequence[Source], health: dict[str, SourceHealth]
) -> Iterator[_Reading]:
    """Readings as they come in. The threads are daemons: Ctrl-C never waits for a server."""
    waiting: queue.SimpleQueue[Source] = queue.SimpleQueue()
    done: queue.SimpleQueue[_Reading] = queue.SimpleQueue()
    for source in sources:
        waiting.put(source)

    def work() -> None:
        while True:
            try:
                source = waiting.get_nowait()
            except queue.Empty:
                return
            done.put(_read(app, source, health.get(source.name)))

    for _ in range(min(app.config.collect.workers, len(sources))):
        threading.Thread(target=work, daemon=True, name="collect").start()
    for _ in sources:
        yield done.get()


def _read(app: App, source: Source, before: SourceHealth | None) -> _Reading:
    try:
        fetched = _fetch(app, source, before)
        digest = hashlib.sha256(fetched.body).hexdigest() if fetched.body else ""
        if fetched.is_unchanged or (before and digest and digest == before.body_hash):
            return _Reading(source, fetched, body_hash=before.body_hash if before else digest)
        found = parse(
            fetched.body, content_type=fetched.content_type, url=fetched.url, kind=source.kind
        )
        return _Reading(source, fetched, found[: app.config.collect.max_entries], digest)
    except NewsletterError as error:
        return _Reading(source, problem=str(error), may_pass=not error.is_permanent)
    except Exception as error:  # noqa: BLE001 - one strange source must not stop the edition
        return _Reading(source, problem=f"could not be read: {type(error).__name__}: {error}"[:300])


def _fetch(app: App, source: Source, before: SourceHealth | None) -> Fetched:
    if not is_on_the_web(source.url):
        return _read_file(source, app.config.collect.max_megabytes)
    known = before if before and before.url == source.url else None
    etag, modified = (known.etag, known.last_modified) if known else ("", "")
    return app.fetcher.get(FetchRequest(source.url, etag, modified))


def _read_file(source: Source, max_megabytes: float) -> Fetched:
    file = Path(source.url)
    try:
        if file.stat().st_size > max_megabytes * 1_000_000:
            raise FetchError(f"is larger than {max_megabytes:g} MB")
        body = file.read_bytes()
    except OSError as error:
        raise FetchError(f"cannot be read: {error.strerror}") from error
    return Fetched(url="", status=200, body=body, content_type="")


@transaction.atomic
def _save(app: App, reading: _Reading, before: SourceHealth | None) -> tuple[int, int]:
    now = app.clock.now()
    source = reading.source
    known_health = before or SourceHealth(source.name, source.url)
    if reading.fetched is None:
        failed = replace(
            known_health,
            url=source.url,
            failures=known_health.failures + 1,
            problem=reading.problem,
            tried_at=now,
        )
        store.save_health(failed)
        return 0, 0
    known = store.load_known(identities(reading.entries, source))
    intake = decide(reading.entries, source=source, known=known, now=now)
    store.save_intake(intake, source.name, now)
    store.save_health(
        SourceHealth(
            name=source.name,
            url=source.url,
            etag=reading.fetched.etag,
            last_modified=reading.fetched.last_modified,
            body_hash=reading.body_hash,
            entries=len(reading.entries) or known_health.entries,
            tried_at=now,
            succeeded_at=now,
        )
    )
    return len(intake.new), len(intake.revised)
