"""`newsletter sources`: what is read, how each source is doing, and the list itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newsletter.cli.common import Options, config_file, open_app, open_config, shared_options
from newsletter.cli.day import print_json
from newsletter.cli.sources_add import add
from newsletter.cli.sources_opml import export, import_
from newsletter.cli.sources_read import probe, test
from newsletter.cli.sources_rows import matched, may_go_on, states
from newsletter.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


@click.group()
def sources() -> None:
    """Add, look at, try out, pause and remove the sources; exchange lists of feeds."""


for command in (add, test, probe, import_, export):
    sources.add_command(command)


@sources.command(name="list")
@shared_options
@click.option("--failing", "only_failing", is_flag=True, help="Only those that fail.")
@click.option("--topic", default=None, help="Only those with this topic.")
@click.option("--group", default=None, help="Only those of this group.")
def list_(options: Options, only_failing: bool, topic: str | None, group: str | None) -> None:
    """List the sources, with how each of them is doing."""
    app = open_app(open_config(options))
    from newsletter.cli.sources_tables import as_record, show_list
    from newsletter.cli.watch import stdout_console

    found = [
        one
        for one in states(app, config_file(options))
        if (not only_failing or one.is_failing)
        and (topic is None or topic.casefold() in map(str.casefold, one.settings.topics))
        and (group is None or one.settings.group.casefold() == group.casefold())
    ]
    if options.as_json:
        print_json({"sources": [as_record(one) for one in found]})
    elif found:
        show_list(found, stdout_console(), now=app.clock.now())
    elif not app.config.sources:
        click.echo("No source is configured yet. `newsletter sources add URL` adds one.")
    elif only_failing and topic is None and group is None:
        click.echo("No source is failing.")
    else:
        click.echo("No source of that kind.")


@sources.command()
@shared_options
@click.argument("name")
def show(options: Options, name: str) -> None:
    """Show all settings of the source NAME, and how it is doing."""
    app = open_app(open_config(options))
    from newsletter.cli.sources_tables import as_record, show_one
    from newsletter.cli.watch import stdout_console

    known = {one.settings.name: one for one in states(app, config_file(options))}
    one = known[matched(known, name)]
    if options.as_json:
        print_json(as_record(one))
    else:
        show_one(one, stdout_console())


@sources.command()
@shared_options
@click.argument("name")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask.")
def remove(options: Options, name: str, is_sure: bool) -> int:
    """Take the source NAME off the list. What it has carried stays stored."""
    config = open_config(options)
    name = matched([source.name for source in config.sources], name)
    if not may_go_on(options, f"Remove {name!r}?", is_sure):
        return _told(options, name, "kept")
    from newsletter.config_edit import remove_source

    remove_source(_file(options), name)
    return _told(options, name, "removed")


@sources.command()
@shared_options
@click.argument("name")
def pause(options: Options, name: str) -> int:
    """Keep the source NAME on the list without reading it (`enabled: false`)."""
    return _switched(options, name, is_on=False)


@sources.command()
@shared_options
@click.argument("name")
def resume(options: Options, name: str) -> int:
    """Read the source NAME again, also if it was retired or is waiting after failures."""
    return _switched(options, name, is_on=True)


def _switched(options: Options, name: str, *, is_on: bool) -> int:
    config = open_config(options)
    known = {source.name: source for source in config.sources}
    name = matched(known, name)
    if known[name].enabled is not is_on:
        from newsletter.config_edit import set_key

        set_key(_file(options), name, "enabled", is_on)
    if is_on:
        open_app(config)
        from newsletter.store.sources import forget_state

        forget_state(name)
    return _told(options, name, "read again" if is_on else "paused")


def _told(options: Options, name: str, what: str) -> int:
    if options.as_json:
        print_json({"name": name, "result": what})
    else:
        click.echo(f"{name}: {what}.")
    return 0


def _file(options: Options) -> Path:
    file = config_file(options)
    if file is None:  # open_config has refused before
        raise ConfigError(["there is no newsletter.yaml to edit"])
    return file
