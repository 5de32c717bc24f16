"""`newsletter sources test` and `probe`: read, and store nothing."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli.common import Options, open_app, open_config, shared_options
from newsletter.cli.sources_rows import matched, states
from newsletter.core.source import STDIN, is_on_the_web
from newsletter.errors import ConfigError, FetchError, SourceError

if TYPE_CHECKING:
    from newsletter.core.entry import ParsedFeed
    from newsletter.core.source import Source
    from newsletter.ports import App


@click.command()
@shared_options
@click.argument("name", metavar="NAME_OR_URL_OR_FILE")
def test(options: Options, name: str) -> None:
    """Read a source once and show its latest titles, or why it cannot be read. Stores nothing.

    NAME_OR_URL_OR_FILE is a configured source, an address, a file, or - for standard input.
    """
    from newsletter.cli.sources_tables import latest, line_of, show_feed
    from newsletter.cli.watch import stderr_console, stdout_console

    app = open_app(open_config(options))
    source = _meant(app, name)
    if not options.as_json:
        stderr_console().print(f"Reading {line_of(source.name)} …", markup=False)
    feed = _read(app, source)
    if options.as_json:
        document = {
            "name": source.name,
            "title": line_of(feed.title),
            "entries": len(feed.entries),
            "latest": latest(feed),
        }
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        show_feed(feed, stdout_console())


def _meant(app: App, name: str) -> Source:
    """A configured source at the address where it is read now, or one made for this time."""
    from dataclasses import replace

    from newsletter.core.source import Source
    from newsletter.fetch import place_of

    configured = {source.name: source for source in app.config.sources}
    if name not in configured:
        if is_on_the_web(name):
            return Source(place_of(name), name)
        if name == STDIN or Path(name).is_file():
            return Source(name, name, kind="file")
    name = matched(configured, name)
    row = next(row for row in states(app, None) if row.settings.name == name)
    return replace(row.settings.as_source(), url=row.health.address)


def _read(app: App, source: Source) -> ParsedFeed:
    """What a source holds now; every problem begins with the source's name."""
    from newsletter.discover import parsed
    from newsletter.ports import FetchRequest
    from newsletter.visit import read_file

    try:
        if is_on_the_web(source.url):
            fetched = app.fetcher.get(FetchRequest(source.url))
        else:
            fetched = read_file(source.url, app.config.collect.max_megabytes)
        return parsed(app, fetched, kind=source.kind, selectors=source.selectors)
    except FetchError as error:
        raise FetchError(f"{source.name}: {error}", status=error.status) from error
    except SourceError as error:
        raise SourceError(f"{source.name}: {error}") from error


@click.command()
@shared_options
def probe(options: Options) -> int:
    """Read every source that is not paused once, and tell which of them answer. Stores nothing."""
    from newsletter.cli.sources_tables import show_reports
    from newsletter.cli.watch import Watch, stderr_console, stdout_console

    config = open_config(options)
    if not config.enabled_sources():
        raise ConfigError(["no source is configured; `newsletter sources add URL` adds one"])
    watch = Watch(None if options.as_json else stderr_console())
    app = open_app(config, watch)
    from newsletter.collect import probe as probe_step

    with watch.stage("collect"):
        reports = probe_step(app, config.enabled_sources())
    if options.as_json:
        document = {"sources": [asdict(report) for report in reports]}
        click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))
    else:
        show_reports(reports, stdout_console())
    return 1 if any(report.problem for report in reports) else 0
