"""Step 1: read the sources that are due, decide what is new, store entries and sources' health.

    sources --visit (threads over hosts, worker processes)--> entries --decide--> tables

Fetching, reading and storing overlap. The database is written by the caller's thread alone, a
batch of sources a transaction; a source is reported once its batch is stored.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from django.db import DataError, transaction

from newsletter import PRODUCT
from newsletter.core.edition import SourceReport
from newsletter.core.health import (
    Failure,
    SourceState,
    after_answer,
    after_failure,
    after_refusal,
    failing_days,
    health_of,
    is_told_now,
    why_not_now,
)
from newsletter.core.intake import KnownEntry, content_hash, decide
from newsletter.core.thin import is_thin, is_worth_fetching
from newsletter.gazetteer import load_gazetteer
from newsletter.hosts import host_of, over_hosts
from newsletter.store import entries as store
from newsletter.store.sources import load_health, save_health
from newsletter.visit import Visit, Visitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from newsletter.core.entry import Entry
    from newsletter.core.gazetteer import Gazetteer
    from newsletter.core.health import SourceHealth
    from newsletter.core.intake import Prepared
    from newsletter.core.source import Source
    from newsletter.ports import App


@dataclass(frozen=True)
class Collected:
    """What a collection brought: how each source fared, how many entries were new or revised.

    `articles` were fetched for entries whose feed carries little, `translated` counts entries;
    `notes` say what went wrong with neither a source nor an entry.
    """

    reports: tuple[SourceReport, ...]
    new: int
    revised: int
    articles: int = 0
    translated: int = 0
    notes: tuple[str, ...] = ()


@dataclass
class _Run:
    """One collection under way: what is known of its sources, and the count so far."""

    app: App
    now: datetime
    health: dict[str, SourceHealth]
    are_others: bool
    reports: list[SourceReport] = field(default_factory=list)
    new: int = 0
    revised: int = 0

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """The field's words; read when the first thin entry comes in."""
        return load_gazetteer(self.app.config)


def collect(
    app: App,
    sources: Sequence[Source],
    *,
    are_others: bool = False,
    is_now: bool = False,
    listener: Callable[[Source, Prepared], None] | None = None,
) -> Collected:
    """Read every source that is due. One that fails is reported, and the others go on.

    `are_others` says that they are not the configured ones but were named for this time: they are
    read whole, whatever they waited for, and their articles are not fetched. `is_now` reads those
    that are not due as well, except retired ones. `listener` is told what each source carries.
    """
    run = _Run(app, app.clock.now(), _health_of(sources), are_others)
    due = list(sources if are_others else _due(run, sources, is_now=is_now))
    done = len(sources) - len(due)
    for batch in _visits(app, due, run.health, is_forced=are_others):
        _store(run, batch)
        for visit in batch:
            done += 1
            if listener:
                listener(visit.source, visit.found)
            note = visit.failure.problem if visit.failure else f"{visit.entries} entries"
            app.progress.advance(done, len(sources), f"{visit.source.name}: {note}")
    reports = tuple(sorted(run.reports, key=lambda report: report.name))
    return Collected(reports, run.new, run.revised)


def probe(app: App, sources: Sequence[Source]) -> tuple[SourceReport, ...]:
    """Read every source once and store nothing: which of them answer, and with how much."""
    health = _health_of(sources)
    reports: list[SourceReport] = []
    for batch in _visits(app, sources, health, is_forced=True):
        for visit in batch:
            problem = visit.failure.problem if visit.failure else ""
            name = visit.source.name
            reports.append(SourceReport(name, visit.entries, problem, visit.may_pass))
            app.progress.advance(len(reports), len(sources), name)
    return tuple(sorted(reports, key=lambda report: report.name))


def _health_of(sources: Sequence[Source]) -> dict[str, SourceHealth]:
    known = load_health(source.name for source in sources)
    return {source.name: health_of(source, known.get(source.name)) for source in sources}


def _due(run: _Run, sources: Iterable[Source], *, is_now: bool) -> Iterator[Source]:
    """The sources to read now; the others are reported with what they wait for."""
    for source in sources:
        health = run.health[source.name]
        waiting = why_not_now(health, run.now)
        if waiting and not (is_now and health.state is SourceState.ACTIVE):
            run.reports.append(_report(health, run.now, waiting=waiting))
        else:
            yield source


def _visits(
    app: App, sources: Sequence[Source], health: dict[str, SourceHealth], *, is_forced: bool
) -> Iterator[list[Visit]]:
    """The visits' results as they come in, all that are done by now at a time.

    Connections are kept for the run, and no longer.
    """
    visitor = Visitor(app, PRODUCT)
    bounds = app.config.collect

    def visit(source: Source) -> Visit:
        return visitor.visit(source, health[source.name], is_forced=is_forced)

    try:
        yield from over_hosts(
            sources,
            visit,
            host=lambda source: host_of(health[source.name].address),
            threads=bounds.workers,
            per_host=bounds.per_host,
        )
    finally:
        app.fetcher.close()


def _store(run: _Run, batch: Sequence[Visit]) -> None:
    """Save visits in one transaction; if that fails, each in its own, to find the unfit one."""
    try:
        saved = _save(run, batch)
    except _UNFIT:
        saved = [one for visit in batch for one in _save_alone(run, visit)]
    for report, new, revised in saved:
        run.reports.append(report)
        run.new, run.revised = run.new + new, run.revised + revised


_UNFIT = (DataError, ValueError, TypeError, ArithmeticError, LookupError)
"""What a database or its driver says of values that it cannot take."""

_Saved = tuple[SourceReport, int, int]


def _save_alone(run: _Run, visit: Visit) -> list[_Saved]:
    """Save one visit; what turns out to be unfit to store is that source's problem alone."""
    try:
        return _save(run, [visit])
    except _UNFIT as error:
        failure = Failure(f"cannot be stored: {type(error).__name__}")
        return _save(run, [Visit(visit.source, failure=failure)])


@transaction.atomic
def _save(run: _Run, batch: Sequence[Visit]) -> list[_Saved]:
    keys = (key for visit in batch for entry in visit.found.entries for key in entry.keys)
    known = store.load_known(keys)
    saved = []
    healths = []
    for visit in batch:
        new, revised = _take_in(run, visit, known)
        health, report = _outcome(run, visit)
        healths.append(health)
        saved.append((report, new, revised))
    save_health(healths)
    return saved


def _outcome(run: _Run, visit: Visit) -> tuple[SourceHealth, SourceReport]:
    """The source's health after a visit, and what is told of it."""
    before = run.health[visit.source.name]
    if visit.refused_for:
        health = after_refusal(before, visit.refused_for, now=run.now)
        return health, _report(health, run.now, waiting=why_not_now(health, run.now))
    health = _health_after(before, visit, run.now)
    is_lasting = is_told_now(health, now=run.now, after_days=run.app.config.collect.tell_after_days)
    if is_lasting:
        health = replace(health, told_at=run.now)
    report = replace(
        _report(health, run.now, is_lasting=is_lasting, entries=visit.entries),
        may_pass=visit.may_pass,
        left_out=visit.found.filtered,
        is_cut=visit.is_cut,
        moved_to=health.address if health.address != before.address else "",
    )
    return health, report


def _take_in(run: _Run, visit: Visit, known: dict[str, KnownEntry]) -> tuple[int, int]:
    """Store what is new in one visit. What it brought is known to the batch's other visits."""
    if not visit.found.entries:
        return 0, 0
    intake = decide(visit.found.entries, source=visit.source, known=known)
    entries = {entry.id: entry for entry in (*intake.new, *intake.revised)}
    wanted = _wanted(run, visit.source, entries.values())
    store.save_intake(intake, visit.source.name, run.now, wanted=wanted)
    by_id = {memory.id: memory for memory in known.values()}
    by_id |= {entry_id: _known(entry) for entry_id, entry in entries.items()}
    known |= {key: by_id[entry_id] for key, entry_id in intake.keys if entry_id in by_id}
    return len(intake.new), len(intake.revised)


def _wanted(run: _Run, source: Source, entries: Iterable[Entry]) -> frozenset[str]:
    """The ids of the entries whose article is worth fetching."""
    if run.are_others or not run.app.config.collect.articles:
        return frozenset()
    thin = [entry for entry in entries if is_thin(entry, source)]
    return frozenset(entry.id for entry in thin if is_worth_fetching(entry, run.gazetteer))


def _known(entry: Entry) -> KnownEntry:
    return KnownEntry(
        id=entry.id,
        title=entry.title,
        content_hash=content_hash(entry),
        source=entry.sources[0],
        url=entry.url,
        declared_id=entry.declared_id,
        published_raw=entry.published_raw,
    )


def _health_after(before: SourceHealth, visit: Visit, now: datetime) -> SourceHealth:
    if visit.answer is not None:
        return after_answer(before, visit.answer, now=now, every=visit.source.every)
    return after_failure(before, visit.failure or Failure("did not answer"), now=now)


def _report(
    health: SourceHealth,
    now: datetime,
    *,
    waiting: str = "",
    is_lasting: bool = False,
    entries: int = 0,
) -> SourceReport:
    return SourceReport(
        name=health.name,
        entries=entries,
        problem=health.problem,
        may_pass=bool(waiting),
        waiting=waiting,
        days=failing_days(health, now),
        is_lasting=is_lasting,
        was_told=health.told_at is not None and not is_lasting,
    )
