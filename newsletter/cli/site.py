"""`serve` and `status`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.common import (
    Options,
    date_option,
    open_app,
    open_config,
    shared_options,
)

if TYPE_CHECKING:
    from datetime import date

    from newsletter.core.edition import Edition
    from newsletter.ports import App


@click.command()
@shared_options
@click.option("--bind", help="Address to listen on.  [default: web.bind]")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port to listen on.  [default: web.port]"
)
def serve(options: Options, bind: str | None, port: int | None) -> None:
    """Serve the public pages: the latest edition, preferences, unsubscribing."""
    app = open_app(open_config(options))
    from newsletter.web.server import serve as serve_pages

    bind = bind or app.config.web.bind
    port = app.config.web.port if port is None else port
    serve_pages(
        bind,
        port,
        lambda address: click.echo(f"Serving {address}, until Ctrl-C.", err=True),
        app=app,
    )


@click.command()
@shared_options
@date_option
def status(options: Options, day: date | None) -> None:
    """Say what happened on a day and who would get its edition."""
    app = open_app(open_config(options))
    found = _status(app, day or app.today)
    if options.as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    click.echo(f"{found['date']}: {found['edition'] or 'no edition yet'}")
    if found["reason"]:
        click.echo(f"  {found['reason']}")
    if found["deliveries"] and found["deliveries"]["planned"]:
        counted = ", ".join(f"{number} {name}" for name, number in found["deliveries"].items())
        click.echo(f"  deliveries: {counted}")
    click.echo(f"  subscribers who would get it: {found['subscribers']}")
    click.echo(f"  sources: {found['sources']}, failing: {len(found['failing'])}")
    for unfinished in found["unfinished"]:
        click.echo(f"  unfinished: newsletter send --date {unfinished}")
    for name, problem in found["failing"].items():
        click.echo(f"    {name}: {problem}")


def _status(app: App, day: date) -> dict[str, Any]:
    from newsletter.cli.results import ledger_record
    from newsletter.store import editions, ledger
    from newsletter.store.sources import load_health

    edition = editions.load_edition(day)
    names = [source.name for source in app.config.enabled_sources()]
    health = load_health(names)
    counted = ledger_record(ledger.count(edition, app.clock.now())) if edition else None
    next_due = counted.pop("next_due") if counted else None
    return {
        "date": day.isoformat(),
        "edition": edition.state.value if edition else None,
        "reason": edition.reason if edition else "",
        "deliveries": counted,
        "next_due": next_due,
        "subscribers": _readers(app, day, edition),
        "sources": len(names),
        "unfinished": [date.isoformat() for date in editions.load_unfinished(day)],
        "failing": {name: found.problem for name, found in health.items() if found.problem},
    }


def _readers(app: App, day: date, edition: Edition | None) -> int:
    """How many would get the day's edition, by the rhythms of those who want it."""
    from newsletter.segments import aim_of
    from newsletter.store.editions import load_to
    from newsletter.variants import variants_of

    if edition is None:
        return aim_of(app.config, day).count(day)
    to, found = load_to(edition), variants_of(app, edition)
    aim = aim_of(app.config, day, to.only, to.without)
    return aim.count(day, rhythms=found.rhythms, if_following=found.rhythms_if_following)
