"""`newsletter correct`: what an edition that is out got wrong, and how it is right."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.common import Options, date_argument, open_app, open_config, shared_options
from newsletter.cli.day import opened, print_json
from newsletter.cli.sources_rows import may_go_on
from newsletter.core.words import count_words

if TYPE_CHECKING:
    from datetime import date

    from rich.console import Console

    from newsletter.config import Config
    from newsletter.core.beside import Correction
    from newsletter.core.delivery import LedgerCount
    from newsletter.store.corrections import KeptCorrection


_MOST_DIGITS = 18  # of a number that the database can hold


def _as_number(_context: click.Context, _parameter: click.Parameter, text: str) -> int:
    is_number = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
    if not is_number or int(text) == 0:
        raise click.BadParameter(
            f"{text!r} is no number of a correction: `newsletter correct list` has them as No.,"
            " 1 is the first"
        )
    return int(text)


@click.group()
def correct() -> None:
    """Correct an edition that is out: in the archive, in the next edition, by mail if you want.

    A correction stands above the edition in the archive at once, and in the box of the next edition
    that is drafted or still open. `correct send` also mails it to those who got the wrong edition.
    """


@correct.command()
@shared_options
@date_argument
@click.option("--wrong", required=True, help="The words that were wrong, as the edition had them.")
@click.option("--right", required=True, help="How it is right.")
@click.option(
    "--story", default="", metavar="STORY", help="The story's place in the edition, or its id."
)
@click.option(
    "--yes",
    "is_sure",
    is_flag=True,
    help="Record the wrong words even where the edition, or the story, does not have them.",
)
def add(
    options: Options, day: date | None, wrong: str, right: str, story: str, *, is_sure: bool
) -> int:
    """Record what the edition of DATE got wrong.

    The wrong words are refused where the edition does not have them, or the story does not that
    --story names: readers are told that it wrote them. Capitals and kinds of quotation mark do not
    matter. --yes records them all the same.
    """
    app = open_app(open_config(options))
    from newsletter.correct import add as step
    from newsletter.correct import kept_correction, readers_left
    from newsletter.store.locks import hold_lock

    with hold_lock(app.config.state):
        made = step(app, day or app.today, wrong, right, story, is_sure=is_sure)
    if options.as_json:
        print_json(_record(kept_correction(made.id)))
        return 0
    click.echo(
        f"Correction {made.id}: it stands above the edition of {made.day} in the archive from now"
        f" on, {_next_edition(app.config)}."
    )
    if readers := readers_left(app, made):
        people = count_words(readers, "reader")
        click.echo(f"`newsletter correct send {made.id}` mails it to the {people} of that edition.")
    return 0


def _next_edition(config: Config) -> str:
    if "corrections" in config.theme.blocks:
        return "and in the next edition that leaves"
    return "but not in the next edition: `theme.blocks` has no `corrections`"


@correct.command(name="list")
@shared_options
def list_(options: Options) -> int:
    """List the corrections, the newest first: what became of each."""
    open_app(open_config(options))
    from newsletter.cli.watch import stdout_console
    from newsletter.store.corrections import load_kept

    kept = load_kept()
    if options.as_json:
        print_json({"corrections": [_record(one) for one in kept]})
    else:
        _show(kept, stdout_console())
    return 0


@correct.command()
@shared_options
@click.argument("number", callback=_as_number)
def withdraw(options: Options, number: int) -> int:
    """Take back the correction NUMBER, as long as it was neither printed nor mailed."""
    app = open_app(open_config(options))
    from newsletter.correct import withdraw as step
    from newsletter.store.locks import hold_lock

    with hold_lock(app.config.state):
        gone = step(number)
    if options.as_json:
        print_json({"withdrawn": _words(gone)})
    else:
        click.echo(f"Withdrawn: correction {gone.id} of the edition of {gone.day}.")
    return 0


@correct.command()
@shared_options
@click.argument("number", callback=_as_number)
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask before mailing.")
def send(options: Options, number: int, is_sure: bool) -> int:
    """Mail the correction NUMBER to those who got the wrong edition, once each.

    Run again, it goes on where a run ended.
    """
    app, _, _ = opened(options, (), needs_sources=False)
    from newsletter.correct import kept_correction, mail, readers_left
    from newsletter.store import ledger
    from newsletter.store.locks import hold_lock

    one = kept_correction(number).correction
    before = ledger.count(one)
    readers = readers_left(app, one)
    question = (
        f"Mail correction {number} of the edition of {one.day} to {count_words(readers, 'reader')}?"
    )
    if readers and not may_go_on(options, question, is_sure):
        click.echo("Nothing was mailed.", err=True)
        return 0
    if readers or before.waiting:
        with hold_lock(app.config.state), app.progress.stage("send"):
            mail(app, one)
    return _told(options, one, before, ledger.count(one))


def _told(options: Options, one: Correction, before: LedgerCount, after: LedgerCount) -> int:
    """What became of the mails; 1 where some of this run's are lost or were refused."""
    from newsletter.cli.results import ledger_record, ledger_words

    if options.as_json:
        print_json({"correction": _words(one), "deliveries": ledger_record(after)})
    elif after == before:
        told = f" ({ledger_words(after)})" if after.planned else ""
        click.echo(f"Nobody is left to mail correction {one.id} to{told}.")
    else:
        click.echo(f"Mailed correction {one.id}: {ledger_words(after)}.")
    has_gone_wrong = after.unknown > before.unknown or after.rejected > before.rejected
    return 1 if has_gone_wrong else 0


def _words(one: Correction) -> dict[str, Any]:
    record = asdict(one)
    number = {"number": record.pop("id")}
    return number | record | {"day": one.day.isoformat(), "made_at": one.made_at.isoformat()}


def _record(kept: KeptCorrection) -> dict[str, Any]:
    from newsletter.cli.results import ledger_record
    from newsletter.store import ledger

    return {
        **_words(kept.correction),
        "story": kept.story,
        "printed_on": kept.printed_on.isoformat() if kept.printed_on else None,
        "deliveries": ledger_record(ledger.count(kept.correction)),
    }


def _show(every: tuple[KeptCorrection, ...], console: Console) -> None:
    from rich.markup import escape
    from rich.table import Table

    if not every:
        console.print("Nothing was corrected yet.")
        return
    table = Table("No.", "Edition", "What was wrong", "What is right", "Printed", "Mailed to")
    for kept in every:
        one = kept.correction
        about = f"[dim]{escape(one.headline)}[/dim]\n" if one.headline else ""
        table.add_row(
            str(one.id),
            str(one.day),
            about + escape(one.wrong),
            escape(one.right),
            str(kept.printed_on or "not yet"),
            _mailed(one),
        )
    console.print(table)


def _mailed(one: Correction) -> str:
    from newsletter.store import ledger

    counted = ledger.count(one)
    waiting = f", {counted.waiting} waiting" if counted.waiting else ""
    return f"{counted.accepted}{waiting}" if counted.planned else "nobody"
