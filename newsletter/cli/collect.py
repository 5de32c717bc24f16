"""`newsletter collect`: read the sources, and say how each of them fared."""

from __future__ import annotations

import os
from functools import partial
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from newsletter.cli.common import (
    Options,
    config_file,
    date_option,
    shared_options,
    source_option,
)
from newsletter.cli.day import opened, print_json, tell, timings_option
from newsletter.errors import SourceError, TemporaryError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from newsletter.collect import Collected
    from newsletter.core.edition import SourceReport
    from newsletter.core.entry import Entry
    from newsletter.core.intake import Prepared
    from newsletter.core.source import Source


@click.command()
@shared_options
@date_option
@source_option
@click.option("--now", "is_now", is_flag=True, help="Read the sources that are not due as well.")
@timings_option
def collect(
    options: Options,
    day: date | None,
    addresses: tuple[str, ...],
    is_now: bool,
    wants_timings: bool,
) -> int:
    """Read the sources, store what is new, count what the date's edition can draw on.

    With --source and --json it prints the entries of these sources as a JSON Feed 1.1.
    """
    if not addresses or config_file(options, may_be_missing=True):
        return _collected(options, day, addresses, is_now, wants_timings)
    with TemporaryDirectory(prefix="newsletter-") as state:  # nobody's newsletter: nothing stays
        os.environ.setdefault("NEWSLETTER_STATE", state)
        return _collected(options, day, addresses, is_now, wants_timings)


def _collected(
    options: Options,
    day: date | None,
    addresses: tuple[str, ...],
    is_now: bool,
    wants_timings: bool,
) -> int:
    app, watch, sources = opened(options, addresses, may_be_missing=bool(addresses))

    from newsletter import daily
    from newsletter.choose import entries_for
    from newsletter.cli.results import Result
    from newsletter.store.locks import hold_lock

    found: dict[str, tuple[Entry, ...]] = {}
    wants_feed = bool(addresses) and options.as_json
    with hold_lock(app.config.state):
        collected = daily.gather(
            app,
            sources,
            are_others=bool(addresses),
            is_now=is_now,
            listener=partial(_note, found) if wants_feed else None,
        )
    _refuse_if_all_failed(collected.reports)
    if wants_feed:
        print_json(_feed(sources, found, collected))
        return 0
    day = day or app.today
    result = Result(
        collected=collected,
        within_reach=(day, len(entries_for(app, day, sources))),
        timings=watch.timings if wants_timings else None,
    )
    tell(options, result)
    return 0


def _note(found: dict[str, tuple[Entry, ...]], source: Source, prepared: Prepared) -> None:
    found[source.name] = prepared.entries


def _feed(
    sources: Sequence[Source], found: dict[str, tuple[Entry, ...]], collected: Collected
) -> dict[str, object]:
    """What the sources carry, in their order, and which of them failed."""
    from newsletter.core.jsonfeed import feed_of

    feed = feed_of([(source, found.get(source.name, ())) for source in sources])
    failed = [report for report in collected.reports if report.problem]
    if failed:
        feed["_failures"] = [{"source": one.name, "problem": one.problem} for one in failed]
    return feed


def _refuse_if_all_failed(reports: Sequence[SourceReport]) -> None:
    if any(not report.problem for report in reports):
        return
    told = "; ".join(f"{report.name}: {report.problem}" for report in reports[:3])
    more = f"; and {len(reports) - 3} more" if len(reports) > 3 else ""  # noqa: PLR2004
    kind = TemporaryError if any(report.may_pass for report in reports) else SourceError
    raise kind(f"no source could be read: {told}{more}")
