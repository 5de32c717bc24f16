"""`newsletter market`: read the series of the market strip and show how they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.common import Options, open_app, open_config, shared_options
from newsletter.cli.day import print_json
from newsletter.errors import ConfigError, NewsletterError

if TYPE_CHECKING:
    from rich.console import Console

    from newsletter.core.beside import Series
    from newsletter.core.market import MarketLine
    from newsletter.market import MarketRead
    from newsletter.ports import App


@click.command()
@shared_options
def market(options: Options) -> int:
    """Read the prices, shares and rates of the market strip, and show how each stands today.

    Ends with 1 if none of them could be read. `newsletter run` reads them again by itself.
    """
    app = open_app(open_config(options))
    if not app.config.market.series:
        raise ConfigError(["no series is configured; docs/market.md says how to add one"])

    from newsletter.cli.watch import stdout_console

    read, series, lines = _strip(app)
    if options.as_json:
        print_json(_as_document(app, read, series, lines))
    else:
        _show(lines, read, stdout_console())
    return 0 if read.read else NewsletterError.exit_code


def _strip(app: App) -> tuple[MarketRead, tuple[Series, ...], tuple[MarketLine, ...]]:
    from newsletter.core.market import market_lines
    from newsletter.market import read_market
    from newsletter.store.locks import hold_lock
    from newsletter.store.market import load_series

    with hold_lock(app.config.state):
        try:
            read = read_market(app)
        finally:
            app.workers.close()
    series = tuple(one for one in load_series(app.config.market.series, app.today) if one.points)
    return read, series, market_lines(series, app.today, app.config.zone)


def _as_document(
    app: App, read: MarketRead, series: tuple[Series, ...], lines: tuple[MarketLine, ...]
) -> dict[str, Any]:
    return {
        "date": app.today.isoformat(),
        "read": read.read,
        "problems": list(read.problems),
        "series": [_as_record(one, line) for one, line in zip(series, lines, strict=True)],
    }


def _as_record(one: Series, line: MarketLine) -> dict[str, Any]:
    return {
        "name": line.name,
        "value": one.points[-1].value,
        "unit": line.unit,
        "as_of": one.points[-1].day.isoformat(),
        "day_change": line.day_change,
        "week_change": line.week_change,
        "standing": line.standing,
        "is_stale": line.is_stale,
        "source": line.source,
        "url": line.url,
        "points": len(one.points),
        "read_at": one.read_at.isoformat(),
        "problem": one.problem,
    }


def _show(lines: tuple[MarketLine, ...], read: MarketRead, console: Console) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table("Series", title="The market strip", title_justify="left")
    table.add_column("Value", justify="right")
    for name in ("Changes", "Standing", "Source"):
        table.add_column(name)
    for line in lines:
        value = f"{line.value} {line.unit}".strip()
        style = "yellow" if line.is_stale else ""
        cells = (line.name, value, line.changes, line.standing, line.source)
        table.add_row(*map(escape, cells), style=style)
    if lines:
        console.print(table)
    for problem in read.problems:
        console.print(f"! {problem}", markup=False, soft_wrap=True, style="yellow")
