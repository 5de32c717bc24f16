"""`newsletter subscribers list`: who is on it, a million lines as well as three."""

from __future__ import annotations

import json
import sys
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.common import Options, open_app, open_config, shared_options
from newsletter.cli.people_words import (
    count_line,
    faults_told,
    moment_iso,
    segment_option,
    segment_or_everybody,
)
from newsletter.core.words import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from zoneinfo import ZoneInfo

    from subscribers.listing import Listed

STATUSES = ("pending", "active", "paused", "left")
MOST_IN_A_TABLE = 1000  # a table is held in memory to be measured
AT_ONCE = 1000
HEADINGS = ("Status", "Address", "Name", "Rhythm", "Since")


@click.command(name="list")
@shared_options
@click.option("--status", type=click.Choice(STATUSES), help="Only those who stand there today.")
@segment_option
@click.option("--search", default="", metavar="TEXT", help="Only with TEXT in address or name.")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="No more than N lines.")
def list_(
    options: Options, status: str | None, segment_name: str | None, search: str, limit: int | None
) -> None:
    """List subscribers, oldest first, with their status.

    Piped, it is a line each: status, address, name, rhythm and date, with tabs between.
    """
    config = open_config(options)
    segment = segment_or_everybody(config, segment_name)
    app = open_app(config)
    from subscribers.listing import Filters, count_listed, load_listed
    from subscribers.values import Status

    today = app.clock.now().astimezone(config.zone).date()
    filters = Filters(Status(status) if status else None, segment, clean(search))
    with faults_told():
        counts = {str(one): number for one, number in count_listed(filters, today).items()}
        people = load_listed(filters, today, limit)
        if options.as_json:
            _print_document(people, counts)
        else:
            total = sum(counts.values())
            number = total if limit is None else min(total, limit)
            _say_how_many(counts, limit)
            _show(people, number, config.zone)


def _say_how_many(counts: dict[str, int], limit: int | None) -> None:
    total = sum(counts.values())
    shown = f"; the first {limit:,} are shown" if limit is not None and limit < total else ""
    click.echo(f"{count_line(counts) or 'Nobody'}{shown}.", err=True)


def _show(people: Iterable[Listed], number: int, zone: ZoneInfo) -> None:
    if sys.stdout.isatty() and number <= MOST_IN_A_TABLE:
        _show_table(people, zone)
    else:
        _print_lines("\t".join(_cells(one, zone)) for one in people)


def _show_table(people: Iterable[Listed], zone: ZoneInfo) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(*HEADINGS)
    for one in people:
        table.add_row(*map(escape, _cells(one, zone)))
    if table.row_count:
        Console().print(table)


def _cells(one: Listed, zone: ZoneInfo) -> tuple[str, ...]:
    stands = f"{one.status}, {one.suppression}" if one.suppression else one.status.value
    day = one.since.astimezone(zone).date()
    return stands, one.address, one.name, one.rhythm.value, day.isoformat()


def _print_document(people: Iterable[Listed], counts: dict[str, int]) -> None:
    """One document, written while it is read."""
    click.echo(f'{{"counts": {json.dumps(counts)}, "subscribers": [')
    encode = json.JSONEncoder(ensure_ascii=False).encode
    _print_lines(_with_commas(encode(_record(one)) for one in people))
    click.echo("]}")


def _record(one: Listed) -> dict[str, Any]:
    return {
        "id": one.id,
        "address": one.address,
        "name": one.name,
        "status": one.status.value,
        "suppression": one.suppression.value if one.suppression else None,
        "rhythm": one.rhythm.value,
        "source": one.source,
        "since": moment_iso(one.since),
    }


def _with_commas(rows: Iterator[str]) -> Iterator[str]:
    before = next(rows, None)
    for row in rows:
        yield f"{before},"
        before = row
    if before is not None:
        yield before


def _print_lines(lines: Iterator[str]) -> None:
    while some := list(islice(lines, AT_ONCE)):
        click.echo("\n".join(some))
