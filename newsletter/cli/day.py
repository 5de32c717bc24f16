"""The day's work: `run` does all of it; each stage is a command that works from what is stored."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.common import (
    Options,
    date_option,
    open_app,
    open_config,
    shared_options,
    source_option,
    sources_in_force,
)
from newsletter.core.check import Finding, Level
from newsletter.core.edition import EditionState
from newsletter.errors import HeldError, NewsletterError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from newsletter.cli.results import Result
    from newsletter.cli.watch import Watch
    from newsletter.core.edition import Edition
    from newsletter.core.source import Source
    from newsletter.ports import App
    from newsletter.review import Review

HELD = HeldError.exit_code
timings_option = click.option(
    "--timings", "wants_timings", is_flag=True, help="Print each stage's time."
)


@click.command()
@shared_options
@date_option
@source_option
@click.option("--dry-run", "is_rehearsal", is_flag=True, help="Do everything but deliver.")
@timings_option
def run(
    options: Options,
    day: date | None,
    addresses: tuple[str, ...],
    is_rehearsal: bool,
    wants_timings: bool,
) -> int:
    """Do the day's whole job: collect, draft, check, send."""
    app, watch, sources = opened(
        options, addresses, may_be_missing=is_rehearsal and bool(addresses)
    )

    from newsletter import daily
    from newsletter.cli.results import Result
    from newsletter.store.locks import hold_lock

    day = _named(options, app, day, is_rehearsal=is_rehearsal)
    with hold_lock(app.config.state):
        done = daily.run(app, day, sources, is_rehearsal=is_rehearsal, are_others=bool(addresses))
    result = Result.of(
        done,
        files=_preview(app, done.edition, done.review),
        outbox=_outbox(app),
        is_rehearsal=is_rehearsal,
        timings=watch.timings if wants_timings else None,
    )
    tell(options, result)
    return code_of(result)


@click.command()
@shared_options
@date_option
@source_option
@timings_option
def draft(
    options: Options, day: date | None, addresses: tuple[str, ...], wants_timings: bool
) -> int:
    """Choose the stories from the stored entries and compose the draft."""
    app, watch, sources = opened(options, addresses)

    from newsletter.cli.results import Result
    from newsletter.daily import reworded
    from newsletter.draft import draft as draft_step
    from newsletter.review import review
    from newsletter.store import editions
    from newsletter.store.locks import hold_lock

    day = day or app.today
    with hold_lock(app.config.state):
        before = editions.load_edition(day)
        if before and (before.is_frozen or before.state is EditionState.SKIPPED):
            raise UsageError(
                f"the edition of {day} is {before.state.value}; it is not drafted again"
            )
        with watch.stage("draft"):
            edition, ranking = draft_step(app, day, sources)
        edition = reworded(app, edition)
    with watch.stage("review"):
        reviewed = review(app, edition, for_delivery=False)
    tell(
        options,
        Result(
            edition=edition,
            findings=reviewed.findings,
            rejected=ranking.rejected,
            files=_preview(app, edition, reviewed),
            timings=watch.timings if wants_timings else None,
        ),
    )
    return 0


@click.command()
@shared_options
@date_option
def check(options: Options, day: date | None) -> int:
    """Run every check on the stored edition; 3 if one blocks."""
    app, _, _ = opened(options, (), needs_sources=False)

    from newsletter.cli.check_table import show_checks
    from newsletter.cli.results import Result, as_document
    from newsletter.cli.watch import stdout_console
    from newsletter.review import review
    from newsletter.variants import variant_faults

    edition = stored(app, day)
    reviewed = review(app, edition, for_delivery=True, is_thorough=True)
    faults = () if edition.draft.is_empty else variant_faults(app, edition)
    warned = tuple(Finding("variants", Level.WARN, fault) for fault in faults)
    findings = (*reviewed.findings, *warned)
    if options.as_json:
        print_json(as_document(Result(edition=edition, findings=findings)))
    else:
        show_checks(findings, stdout_console())
    for finding in reviewed.blocked:
        click.echo(f"newsletter: {finding.check}: {finding.message}", err=True)
    return HELD if reviewed.blocked else 0


@click.command()
@shared_options
@date_option
@click.option(
    "--continue",
    "goes_on",
    is_flag=True,
    help="Only send what is due of the editions that are leaving: readers whose hour has come.",
)
@click.option("--only", multiple=True, metavar="SEGMENT", help="Send to those in it; repeatable.")
@click.option(
    "--without", multiple=True, metavar="SEGMENT", help="Leave out those in it; repeatable."
)
@timings_option
def send(
    options: Options,
    day: date | None,
    goes_on: bool,
    only: tuple[str, ...],
    without: tuple[str, ...],
    wants_timings: bool,
) -> int:
    """Check, approve and deliver the stored edition; go on with one that was interrupted."""
    if goes_on and (day or only or without):
        raise UsageError("--continue goes on with what is leaving: give it no other option")
    app, watch, _ = opened(options, (), needs_sources=False)

    from newsletter import daily
    from newsletter.cli.results import Result
    from newsletter.store.editions import To
    from newsletter.store.locks import hold_lock

    to = To(only, without)
    with hold_lock(app.config.state):
        done = daily.go_on(app, app.today) if goes_on else daily.deliver(app, stored(app, day), to)
    timings = watch.timings if wants_timings else None
    result = Result.of(done, outbox=_outbox(app), timings=timings) if done else Result()
    tell(options, result)
    return code_of(result)


def opened(
    options: Options,
    addresses: Sequence[str],
    *,
    needs_sources: bool = True,
    may_be_missing: bool = False,
) -> tuple[App, Watch, tuple[Source, ...]]:
    """An app over an up-to-date database, its progress, and the sources in force."""
    from newsletter.cli.watch import Watch, stderr_console

    config = open_config(options, may_be_missing=may_be_missing)
    sources = sources_in_force(config, addresses) if needs_sources else ()
    watch = Watch(None if options.as_json else stderr_console())
    return open_app(config, watch), watch, sources


def _named(options: Options, app: App, day: date | None, *, is_rehearsal: bool) -> date:
    """The date to work for; a real run for another day than today is told, in case of a slip."""
    now = app.today
    if day and day != now and not is_rehearsal and not options.as_json:
        click.echo(f"Note: this is the edition of {day}, and today is {now}.", err=True)
    return day or now


def stored(app: App, day: date | None) -> Edition:
    """The stored edition of a date; NewsletterError, with what makes one, where there is none."""
    from newsletter.store import editions

    wanted = day or app.today
    edition = editions.load_edition(wanted)
    if edition is None:
        raise NewsletterError(
            f"there is no edition of {wanted} yet: `newsletter draft --date {wanted}` makes one"
        )
    return edition


def _preview(app: App, edition: Edition, reviewed: Review | None) -> Any:  # noqa: ANN401
    from newsletter.preview import write_preview

    if reviewed is None or edition.draft.is_empty:
        return None
    try:
        return write_preview(app.config.state, edition.date, reviewed.rendered)
    except NewsletterError as error:  # it must not hide what has left
        click.echo(f"newsletter: {error}", err=True)
        return None


def _outbox(app: App) -> str:
    delivery = app.config.delivery
    return str(delivery.files.directory) if delivery.transport == "files" else ""


def tell(options: Options, result: Result) -> None:
    """A result as JSON or as tables, with the timings where they were asked for."""
    from newsletter.cli.results import as_document, show, show_timings
    from newsletter.cli.watch import stdout_console

    if options.as_json:
        print_json(as_document(result))
        return
    console = stdout_console()
    show(result, console)
    if result.timings is not None:
        show_timings(result.timings, console)


def print_json(document: dict[str, Any]) -> None:
    """One document on stdout, written in parts: a ranking of many entries is large."""
    for part in json.JSONEncoder(ensure_ascii=False, indent=2).iterencode(document):
        sys.stdout.write(part)
    sys.stdout.write("\n")


def code_of(result: Result) -> int:
    """The exit code; what is not as it should be is told in one line on stderr."""
    blocked = [one for one in result.findings if one.level is Level.BLOCK]
    held = result.held_because or "; ".join(f"{one.check}: {one.message}" for one in blocked)
    if held:
        would = "would be held" if result.is_rehearsal else "held"
        click.echo(f"newsletter: {would}: {held}", err=True)
        return HELD
    has_gone_wrong = result.ledger and (result.ledger.unknown or result.ledger.rejected)
    if has_gone_wrong and not result.was_done_before:
        return 1
    return 0
