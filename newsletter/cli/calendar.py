"""`newsletter calendar`: what the calendar holds for the days ahead, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.common import Options, date_option, open_config, shared_options

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from rich.console import Console

    from newsletter.calendar_file import CalendarRead
    from newsletter.config import Config
    from newsletter.core.ahead import AheadLine
    from newsletter.core.beside import Occasion


@click.command()
@shared_options
@date_option
@click.option(
    "--days",
    type=click.IntRange(0, 366),
    metavar="N",
    help="Look N days ahead.  [default: `calendar.days`]",
)
def calendar(options: Options, day: date | None, days: int | None) -> int:
    """Check the calendar of the week ahead, and list what it holds.

    Every fault is told with its line; an edition leaves out what has one. Ends with 2 where there
    are faults.
    """
    from newsletter.build import build
    from newsletter.calendar_file import read_calendar

    config = open_config(options)
    app = build(config)
    first, count = day or app.today, config.calendar.days if days is None else days
    try:
        read = read_calendar(app, first, count)
    finally:
        app.workers.close()
    if options.as_json:
        _print_document(read, first, count)
    else:
        _show(read, first, count, config)
    return 2 if read.faults else 0


def _print_document(read: CalendarRead, first: date, days: int) -> None:
    from newsletter.cli.day import print_json

    document: dict[str, Any] = {
        "calendar": read.name,
        "date": first.isoformat(),
        "days": days,
        "occasions": [_as_record(one) for one in read.occasions],
        "faults": list(read.faults),
    }
    print_json(document)


def _as_record(one: Occasion) -> dict[str, str | None]:
    return {
        "date": one.day.isoformat(),
        "until": one.until.isoformat() if one.until else None,
        "time": one.at,
        "title": one.title,
        "kind": one.kind,
        "place": one.place,
        "link": one.url,
    }


def _show(read: CalendarRead, first: date, days: int, config: Config) -> None:
    from newsletter.cli.watch import stdout_console
    from newsletter.core.ahead import all_lines

    console = stdout_console()
    lines = all_lines(read.occasions, first, config.zone)
    if lines:
        _show_lines(lines, console)
    elif not read.faults:
        words = f"Nothing stands in {read.name} for {first} and the {days} days after it."
        console.print(words, markup=False, soft_wrap=True)
    for fault in read.faults:
        click.echo(f"newsletter: {fault}", err=True)


def _show_lines(lines: Sequence[AheadLine], console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("When", "What", "Kind", box=None, pad_edge=False)
    table.add_column("Where", overflow="fold")
    for line in lines:
        when = ", ".join(filter(None, (line.when, line.hour)))
        where = ", ".join(filter(None, (line.place, line.host)))
        table.add_row(*map(Text, (when, line.title.text, line.kind, where)))
    console.print(table)
