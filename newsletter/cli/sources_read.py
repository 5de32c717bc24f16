"""`newsletter sources test` and `probe`: read, and store nothing."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter import PRODUCT
from newsletter.cli.common import Options, open_app, open_config, shared_options
from newsletter.cli.day import print_json
from newsletter.cli.sources_rows import matched, states
from newsletter.core.source import STDIN, is_on_the_web
from newsletter.errors import ConfigError, FetchError, SourceError, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection

    from newsletter.core.source import Source
    from newsletter.discover import Trial
    from newsletter.ports import App

ALL_LEFT_OUT = "all of it is left out; look at its `allow` and `deny`"
_SUFFIXES = frozenset((".xml", ".rss", ".atom", ".rdf", ".json", ".html", ".htm", ".gz", ".txt"))


@click.command()
@shared_options
@click.argument("name", metavar="NAME_OR_URL_OR_FILE")
def test(options: Options, name: str) -> None:
    """Read a source once and show its latest titles, or why it cannot be read. Stores nothing.

    NAME_OR_URL_OR_FILE is a configured source, an address, a file, or - for standard input.
    """
    from newsletter.cli.sources_tables import line_of, show_trial, trial_record
    from newsletter.cli.watch import stderr_console, stdout_console

    app = open_app(open_config(options))
    source = _meant(app, name)
    if not options.as_json:
        stderr_console().print(f"Reading {line_of(source.name)} …", markup=False)
    trial = _read(app, source)
    if options.as_json:
        print_json({"name": source.name, **trial_record(trial)})
    else:
        show_trial(trial, stdout_console())
    if trial.found.filtered and not trial.found.entries:
        click.echo(f"newsletter: {line_of(source.name)}: {ALL_LEFT_OUT}", err=True)


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
    name = _configured(configured, name)
    row = next(row for row in states(app, None) if row.settings.name == name)
    return replace(row.settings.as_source(), url=row.health.address)


def _configured(names: Collection[str], name: str) -> str:
    """The configured source that is meant; a path that leads nowhere is told as such."""
    try:
        return matched(names, name)
    except UsageError as error:
        is_path = "/" in name or Path(name).suffix.lower() in _SUFFIXES
        if not is_path or name.count(" "):
            raise
        what = "is a folder, no file" if Path(name).is_dir() else "there is no such file"
        raise UsageError(f"{name}: {what}, nor a source of that name") from error


def refuse_unwelcome(app: App, url: str, name: str) -> None:
    """Refuse a page, called `name`, that its host asks programs not to read (RFC 9309).

    Raises:
        FetchError: it is such a page.
    """
    from newsletter.robots import Robots

    if not Robots(app.fetcher, PRODUCT).allows(url):
        raise FetchError(f"{name}: its robots.txt asks programs not to read it")


def _read(app: App, source: Source) -> Trial:
    """What a source gives now; every problem begins with the source's name."""
    from newsletter.discover import tried
    from newsletter.hosts import host_of
    from newsletter.ports import FetchRequest
    from newsletter.visit import ACCEPT_PAGE, PAGE, read_file

    is_page = source.kind == PAGE
    if is_page:
        refuse_unwelcome(app, source.url, source.name)
    try:
        if is_on_the_web(source.url):
            request = FetchRequest(source.url, accept=ACCEPT_PAGE if is_page else "")
            fetched = app.fetcher.get(request)
        else:
            fetched = read_file(source.url, app.config.collect.max_megabytes)
        if is_page and host_of(fetched.url) != host_of(source.url):
            refuse_unwelcome(app, fetched.url, host_of(fetched.url))
        return tried(app, fetched, source)
    except FetchError as error:
        raise FetchError(
            f"{source.name}: {error}", status=error.status, is_permanent=error.is_permanent
        ) from error
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
        print_json({"sources": [asdict(report) for report in reports]})
    else:
        show_reports(reports, stdout_console())
    return 1 if any(report.problem for report in reports) else 0
