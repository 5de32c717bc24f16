"""`newsletter sources add`: from an address to a source, looked at before it is saved."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from newsletter.cli.common import Options, config_file, open_app, open_config, shared_options
from newsletter.cli.day import print_json
from newsletter.core.source import STDIN, Publisher, without_user
from newsletter.errors import FetchError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from newsletter.config import Config
    from newsletter.discover import Found
    from newsletter.ports import App

    Command = TypeVar("Command", bound=Callable[..., Any])
    Record = dict[str, Any]

KINDS = ("auto", "feed", "jsonfeed", "sitemap", "page")
_PICKED = ("item", "title", "link", "date", "summary")


def source_options(command: Command) -> Command:
    """The settings of a new source."""
    for option in (
        click.option("--yes", "is_sure", is_flag=True, help="Save without asking."),
        *(
            click.option(
                "--item" if part == "item" else f"--item-{part}",
                f"pick_{part}",
                metavar="SELECTOR",
                help=f"CSS selector of {'the items of a page' if part == 'item' else f'its {part}'}"
                + (" (means --kind page)." if part == "item" else "."),
            )
            for part in reversed(_PICKED)
        ),
        click.option("--topic", "topics", multiple=True, help="A topic; may be given again."),
        click.option("--language", help="Two letters, such as en."),
        click.option("--weight", type=click.FloatRange(0, 3), help="1 is a normal outlet."),
        click.option("--kind", type=click.Choice(KINDS), default="auto", show_default=True),
        click.option("--publisher", type=click.Choice([one.value for one in Publisher])),
        click.option("--group", help="Where it stands in lists."),
        click.option("--name", help="What lists call it.  [default: the feed's title]"),
    ):
        command = option(command)
    return command


@click.command()
@shared_options
@click.argument("url")
@source_options
def add(options: Options, url: str, is_sure: bool, **given: Any) -> int:  # noqa: ANN401
    """Add the source at URL: a feed, or a web page whose feed is looked for."""
    from newsletter.cli.watch import Watch, stderr_console
    from newsletter.config_edit import add_sources, check_record

    config = open_config(options)
    file = config_file(options) or Path()
    address = web_address(url)
    record = _record(given)
    check_record({"name": given["name"] or "new", "url": address, **record}, file)
    _refuse_known(config, address)
    _refuse_name(config, given["name"])
    watch = Watch(None if options.as_json else stderr_console())
    app = open_app(config, watch)
    with watch.stage("Looking for its feed"):
        found = _found(app, address, record, has_scheme="://" in url)
    found_at = found.url.replace("${", "$%7B")
    _refuse_known(config, found_at)
    name = given["name"] or new_name(config, found)
    record = {"name": name, "url": found_at, **record}
    check_record(record, file)
    answer = _answer(options, found, record, is_sure)
    if answer == "save":
        add_sources(file, [record])
    return _told(options, found, record, answer)


def web_address(text: str) -> str:
    """An address as people type it, whole: `https://` where it has no scheme.

    Raises:
        UsageError: it is none, or has a password in it.
    """
    address = text.strip()
    if address.lower().startswith("feed:"):
        rest = address[len("feed:") :]
        address = f"https:{rest}" if rest.startswith("//") else rest
    if address == STDIN:
        raise UsageError(
            "standard input is no source to come back to; `newsletter sources test -` shows what"
            " is in it"
        )
    if "://" not in address:
        if Path(address).is_file():
            raise UsageError(
                f"{address} is a file; add it to `sources:` in newsletter.yaml by hand, with"
                " `kind: file`; `newsletter sources test FILE` shows what is in it"
            )
        address = f"https://{address}"
    from newsletter.core.urls import is_web_link

    if "@" in address.split("://", 1)[1].split("/")[0]:
        raise UsageError("an address with a user's name or password in it is not stored")
    if not is_web_link(address):
        raise UsageError(f"{without_user(text)[:200]!r} is no web address (http:// or https://)")
    return address


def _record(given: dict[str, Any]) -> Record:
    """What was said on the command line, as the file is to say it; the name and URL apart."""
    record: Record = {
        key: given[key] for key in ("group", "publisher", "weight", "language") if given[key]
    }
    if given["weight"] == 0:
        record["weight"] = 0
    if given["topics"]:
        record["topics"] = list(given["topics"])
    picked = {part: given[f"pick_{part}"] for part in _PICKED if given[f"pick_{part}"]}
    kind = "page" if picked and given["kind"] == "auto" else given["kind"]
    if picked and kind != "page":
        raise UsageError(f"selectors go with --kind page, not with --kind {kind}")
    if kind == "page" and "item" not in picked:
        raise UsageError("--kind page needs --item SELECTOR, such as --item 'ul.news > li'")
    if kind != "auto":
        record["kind"] = kind
    return record | ({"selectors": picked} if picked else {})


def known_addresses(config: Config) -> dict[str, str]:
    """Canonical address -> the name of the source that is read there."""
    from newsletter.core.urls import canonical_url

    return {canonical_url(source.url): source.name for source in config.sources}


def _refuse_known(config: Config, address: str) -> None:
    from newsletter.core.urls import canonical_url

    name = known_addresses(config).get(canonical_url(address))
    if name is not None:
        raise UsageError(f"{address} is on the list already, as {name!r}")


def _refuse_name(config: Config, name: str | None) -> None:
    from newsletter.config_sources import same_name

    if name and same_name(name) in (same_name(source.name) for source in config.sources):
        raise UsageError(f"there is a source called {name!r} already; give another --name")


def _found(app: App, address: str, record: Record, *, has_scheme: bool) -> Found:
    """What is at the address; every failure of a scheme that we chose says so."""
    try:
        return _read(app, address, record)
    except FetchError as error:
        if has_scheme or error.status:
            raise
        hint = "https:// was put in front; write http:// if it has no https"
        raise FetchError(f"{error} ({hint})", is_permanent=error.is_permanent) from error


def _read(app: App, address: str, record: Record) -> Found:
    from newsletter.cli.sources_read import refuse_unwelcome
    from newsletter.core.source import Selectors
    from newsletter.discover import Found, find_feed, lasting_address, read_once
    from newsletter.fetch import place_of
    from newsletter.hosts import host_of
    from newsletter.visit import ACCEPT_PAGE, PAGE

    kind = record.get("kind", "auto")
    if kind == PAGE:
        refuse_unwelcome(app, address, place_of(address))
    if kind == "auto":
        return find_feed(app, address)
    picked = record.get("selectors")
    selectors = Selectors(**picked) if picked else None
    accept = ACCEPT_PAGE if kind == PAGE else ""
    fetched, feed = read_once(app, address, kind=kind, selectors=selectors, accept=accept)
    if kind == PAGE and host_of(fetched.url) != host_of(address):
        refuse_unwelcome(app, fetched.url, place_of(fetched.url))
    return Found(lasting_address(fetched, address), feed, "the address itself")


def new_name(config: Config, found: Found) -> str:
    """The feed's title, or its host where it has none, unlike every other name."""
    from newsletter.cli.sources_tables import line_of

    title = writable(line_of(found.feed.title)) or host_name(found.url)
    return unlike(title, (source.name for source in config.sources))


def host_name(url: str) -> str:
    """What a source without a name of its own is called: its host."""
    from newsletter.fetch import place_of

    return place_of(url).partition("/")[0].removeprefix("www.")


def writable(name: str) -> str:
    """A name from outside, fit for newsletter.yaml: printable, and filled in by nobody."""
    shown = "".join(char for char in name if char.isprintable())
    return shown.replace("${", "$ {")[:110].strip()


def unlike(name: str, others: Iterable[str]) -> str:
    """The name, with a number behind it where another source has it."""
    from newsletter.config_sources import same_name

    taken = set(map(same_name, others))
    number, new = 1, name
    while same_name(new) in taken:
        number += 1
        new = f"{name} {number}"
    return new


def _answer(options: Options, found: Found, record: Record, is_sure: bool) -> str:
    """`save`, `leave` or `nobody` to ask; what was found is shown first."""
    if not options.as_json:
        _show(found, record)
    if is_sure:
        return "save"
    if options.as_json or not sys.stdin.isatty():
        return "nobody"
    return "save" if click.confirm("Add it?", default=True, err=True) else "leave"


def _show(found: Found, record: Record) -> None:
    from rich.markup import escape

    from newsletter.cli.sources_tables import line_of, show_feed
    from newsletter.cli.watch import stdout_console

    console = stdout_console()
    title = line_of(found.feed.title) or "(no title)"
    console.print(f"[bold]{escape(title)}[/bold]", soft_wrap=True)
    console.print(f"{escape(found.url)}  [dim]({found.how})[/dim]", soft_wrap=True)
    show_feed(found.feed, console)
    if record["name"] != title:
        console.print(f"Its name will be {escape(repr(record['name']))}.", soft_wrap=True)


def _told(options: Options, found: Found, record: Record, answer: str) -> int:
    if options.as_json:
        from newsletter.cli.sources_tables import items_of, latest, line_of

        document = {
            "found": {
                "url": found.url,
                "how": found.how,
                "title": line_of(found.feed.title),
                "entries": len(found.feed.entries),
                "latest": latest(items_of(found.feed)),
            },
            "source": record,
            "saved": answer == "save",
        }
        print_json(document)
    elif answer != "nobody":
        click.echo(f"Added {record['name']!r}." if answer == "save" else "Not added.")
    if answer == "nobody":
        click.echo("newsletter: nothing was saved; the same with --yes saves it", err=True)
        return UsageError.exit_code
    return 0
