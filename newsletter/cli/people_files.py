"""`newsletter subscribers import` and `export`: moving in from any platform, and out again."""

from __future__ import annotations

import csv
import os
import sys
import tempfile
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.common import Options, open_app, open_config, shared_options
from newsletter.cli.day import print_json
from newsletter.cli.people_report import document_of, lines_of
from newsletter.cli.people_words import (
    by_option,
    faults_told,
    segment_option,
    segment_or_everybody,
)
from newsletter.cli.watch import Watch, stderr_console
from newsletter.errors import NewsletterError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from newsletter.config import Config
    from newsletter.ports import App
    from subscribers.imports.plan import Prepared
    from subscribers.imports.report import Report
    from subscribers.imports.values import ImportOptions

WORDING = "Imported by the operator, who states that these people agreed to get the newsletter."
_PIECE = 1 << 20


@click.command(name="import")
@shared_options
@by_option
@click.argument("source", metavar="FILE", type=click.Path(allow_dash=True, path_type=str))
@click.option(
    "--map",
    "mapped",
    multiple=True,
    metavar="email=COLUMN,…",
    help="Which column is which, where the file is of no platform we know: email, name,"
    " first_name, last_name, consented_at, network, status.",
)
@click.option(
    "--dates",
    type=click.Choice(["day-first", "month-first"]),
    help="How 03/04/2023 is to be read.  [default: an ambiguous date proves nothing]",
)
@click.option("--dry-run", "is_rehearsal", is_flag=True, help="Only tell what would be done.")
@click.option(
    "--without-proof",
    type=click.Choice(["refuse", "confirm", "accept"]),
    default="refuse",
    show_default=True,
    help="Those without a date of consent: leave them out, mail each a confirmation, or take them"
    " on your --statement.",
)
@click.option("--statement", default="", help="Your word on how these people agreed, kept for each")
@click.option("--encoding", default="", help="The file's encoding.  [default: found out]")
@click.option(
    "--report",
    "report_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every line that is not taken to this CSV file.",
)
@click.option("--yes", "is_agreed", is_flag=True, help="Do not ask.")
def import_(options: Options, source: str, report_file: Path | None, **given: Any) -> int:  # noqa: ANN401
    """Take in the subscribers of FILE (- for standard input): another platform's export, or ours.

    Nobody who left or is suppressed comes back by this. Everything of a file is taken, or nothing.
    """
    _refuse_contradictions(source, **given)
    config = open_config(options)
    app = open_app(config)
    with faults_told(), _file(source, config) as file:
        prepared = _prepared(file, _import_options(app, config, **given))
        try:
            if report_file:
                _write_report(report_file, prepared)
            is_wanted = _is_wanted(options, prepared, **given)
        except BaseException:
            _refuse(prepared)
            raise
        taken = _taken(prepared) if is_wanted else None
        if not taken:
            _refuse(prepared)
        return _tell(options, prepared, taken, **given)


def _refuse_contradictions(source: str, **given: Any) -> None:  # noqa: ANN401
    if given["without_proof"] == "accept" and not given["statement"].strip():
        raise UsageError(
            "--without-proof accept needs your word: --statement 'how and when they agreed'"
        )
    if source == "-" and not (given["is_agreed"] or given["is_rehearsal"]):
        raise UsageError("a file from standard input needs --yes or --dry-run: nobody can answer")


def _import_options(app: App, config: Config, **given: Any) -> ImportOptions:  # noqa: ANN401
    from subscribers.imports.layout import columns_of
    from subscribers.imports.values import DateOrder, ImportOptions, WithoutProof
    from subscribers.limits import Budgets

    return ImportOptions(
        now=app.clock.now(),
        by=given["actor"],
        wording=given["statement"].strip() or WORDING,
        columns=columns_of(given["mapped"]),
        without_proof=WithoutProof(given["without_proof"]),
        encoding=given["encoding"],
        dates=DateOrder(given["dates"]) if given["dates"] else None,
        keeps_networks=config.signup.network == "full",
        budgets=Budgets(**config.signup.budgets.model_dump()),
    )


@contextmanager
def _file(source: str, config: Config) -> Iterator[Path]:
    """The file; standard input is kept in a private one while it is read, since it is read twice.

    Raises:
        UsageError: there is no such file.
    """
    if source != "-":
        if not Path(source).is_file():
            what = "is a folder, no file" if Path(source).is_dir() else "there is no such file"
            raise UsageError(f"{source}: {what}")
        yield Path(source)
        return
    with tempfile.NamedTemporaryFile(dir=config.state, prefix=".import-") as spool:
        while piece := sys.stdin.buffer.read(_PIECE):
            spool.write(piece)
        spool.flush()
        yield Path(spool.name)


def _prepared(file: Path, options: ImportOptions) -> Prepared:
    from subscribers.imports import plan

    watch = Watch(stderr_console())
    with watch.stage("Reading the file"):
        return plan.prepare(file, options, watch.advance)


def _is_wanted(options: Options, prepared: Prepared, **given: Any) -> bool:  # noqa: ANN401
    """Whether to go on. The report is told first, on stderr where stdout is for JSON."""
    if given["is_rehearsal"] or prepared.report.changes_nothing:
        return False
    if given["is_agreed"]:
        return True
    for line in lines_of(prepared):
        click.echo(line, err=options.as_json)
    try:
        return click.confirm("Take them in?", err=options.as_json)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise UsageError("nobody is here to answer: give --yes, or --dry-run to look") from None


def _taken(prepared: Prepared) -> Report:
    from subscribers.imports import plan

    with Watch(stderr_console()).stage("Taking them in"):
        return plan.carry_out(prepared)


def _refuse(prepared: Prepared) -> None:
    from subscribers.imports import plan

    plan.refuse(prepared)


def _tell(options: Options, prepared: Prepared, taken: Report | None, **given: Any) -> int:  # noqa: ANN401
    is_refused = not (taken or given["is_rehearsal"] or prepared.report.changes_nothing)
    if options.as_json:
        print_json(document_of(prepared, taken, is_rehearsal=given["is_rehearsal"]))
        return int(is_refused)
    if given["is_agreed"] or given["is_rehearsal"] or prepared.report.changes_nothing:
        for line in lines_of(prepared, taken):
            click.echo(line)
    if not prepared.report.is_empty:
        click.echo("Done." if taken else "Nothing was taken in.")
    return int(is_refused)


def _write_report(file: Path, prepared: Prepared) -> None:
    from subscribers.imports import plan
    from subscribers.imports.cells import guarded

    with _whole(file) as out:
        table = csv.writer(out)
        table.writerow(("file", "line", "kind", "reason"))
        for one in plan.problems(prepared):
            table.writerow((guarded(one.table), one.line, one.verdict.value, one.reason))


@click.command()
@shared_options
@segment_option
@click.argument("target", metavar="[FILE]", required=False)
@click.option(
    "--status",
    type=click.Choice(["pending", "active", "paused", "left"]),
    help="Only those who stand there today.",
)
def export(
    options: Options, target: str | None, status: str | None, segment_name: str | None
) -> None:
    """Write the subscribers as CSV to FILE, or to standard output; `import` takes it back."""
    is_file = target is not None and target != "-"
    if options.as_json and not is_file:
        raise UsageError("--json needs a FILE: the table itself goes to standard output")
    config = open_config(options)
    app = open_app(config)
    from subscribers.exports import write_subscribers
    from subscribers.values import Status

    chosen = Status(status) if status else None
    segment = segment_or_everybody(config, segment_name)
    today = app.clock.now().astimezone(config.zone).date()
    with faults_told(), _whole(Path(target)) if target and is_file else _stdout() as out:
        number = write_subscribers(out, today, chosen, segment)
    if options.as_json:
        print_json({"file": target, "subscribers": number})
    elif is_file:
        people = "1 subscriber" if number == 1 else f"{number} subscribers"
        click.echo(f"Wrote {people} to {target}.", err=True)


@contextmanager
def _whole(file: Path) -> Iterator[TextIO]:
    """A file for its owner only, that takes its name once it is whole.

    Raises:
        NewsletterError: it cannot be written.
    """
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        place = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(place, "w", encoding="utf-8", newline="") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
    except OSError as error:
        raise NewsletterError(f"{file}: cannot be written: {error.strerror}") from error
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def _stdout() -> Iterator[TextIO]:
    out = TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="", write_through=True)
    try:
        yield out
    finally:
        out.detach()
