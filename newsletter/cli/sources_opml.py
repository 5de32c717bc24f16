"""`newsletter sources import` and `export`: lists of feeds as other readers write and read them."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.common import Options, config_file, open_config, shared_options
from newsletter.cli.day import print_json
from newsletter.core.source import without_user
from newsletter.errors import ConfigError, NewsletterError, SourceError, UsageError

if TYPE_CHECKING:
    from newsletter.config import Config
    from newsletter.config_sources import SourceSettings
    from newsletter.opml import FeedOutline

MOST_TOLD = 20
LONGEST_TOPIC = 60


@dataclass
class _Sorted:
    """The outlines of a list: what will be added, and what will not, with the reason."""

    file: Path
    known: dict[str, str]
    names: list[str]
    records: list[dict[str, Any]] = field(default_factory=list)
    skipped: list[dict[str, str]] = field(default_factory=list)

    def take(self, outline: FeedOutline) -> None:
        """Sort one outline in."""
        from newsletter.config_edit import check_record
        from newsletter.core.urls import canonical_url

        reason = self._reason(outline)
        record = {} if reason else self._record(outline)
        try:
            if record:
                check_record(record, self.file)
        except ConfigError as error:
            reason = error.faults[0]
        if reason:
            shown = {"name": outline.name, "url": without_user(outline.url), "reason": reason}
            self.skipped.append(shown)
            return
        self.records.append(record)
        self.names.append(record["name"])
        self.known[canonical_url(outline.url)] = record["name"]

    def _reason(self, outline: FeedOutline) -> str:
        """Why an outline is not added; empty when it is."""
        from newsletter.core.urls import canonical_url, is_web_link

        if is_web_link(without_user(outline.url)) and not is_web_link(outline.url):
            return "has a user's name or password in its address, which is not stored"
        if not is_web_link(outline.url) or "${" in outline.url:
            return "has no address that starts with http:// or https://"
        known = self.known.get(canonical_url(outline.url))
        return f"is on the list already, as {known!r}" if known else ""

    def _record(self, outline: FeedOutline) -> dict[str, Any]:
        """The outermost group is its group, the inner ones are topics, as are its categories.

        What has no name is called after its host.
        """
        from newsletter.cli.sources_add import host_name, unlike, writable

        name = unlike(writable(outline.name) or host_name(outline.url), self.names)
        record: dict[str, Any] = {"name": name, "url": outline.url}
        group = writable(outline.groups[0]) if outline.groups else ""
        words = (*outline.groups[1:], *outline.categories)
        fit = (writable(word)[:LONGEST_TOPIC].strip() for word in words)
        topics = list(dict.fromkeys(filter(None, fit)))
        record |= {"group": group} if group else {}
        return record | ({"topics": topics} if topics else {})


@click.command(name="import")
@shared_options
@click.argument("source", metavar="FILE", type=click.Path(allow_dash=True, path_type=str))
@click.option("--dry-run", "is_rehearsal", is_flag=True, help="Tell what would be added.")
def import_(options: Options, source: str, is_rehearsal: bool) -> None:
    """Add the feeds of an OPML FILE (- for standard input), all in one write."""
    from newsletter.cli.sources_add import known_addresses
    from newsletter.opml import read_opml

    config = open_config(options)
    file = config_file(options) or Path()
    body = _body(source)
    try:
        outlines = read_opml(body)
    except SourceError as error:
        raise SourceError(f"{source}: {error}") from error
    found = _Sorted(file, known_addresses(config), [one.name for one in config.sources])
    for outline in outlines:
        found.take(outline)
    if found.records and not is_rehearsal:
        from newsletter.config_edit import add_sources

        add_sources(file, found.records)
    _tell_import(options, found, is_rehearsal)


def _body(source: str) -> bytes:
    from newsletter.opml import MAX_BYTES

    if source == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    if not Path(source).is_file():
        what = "is a folder, no file" if Path(source).is_dir() else "there is no such file"
        raise UsageError(f"{source}: {what}")
    try:
        with Path(source).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise NewsletterError(f"{source}: cannot be read: {error.strerror}") from error


def _tell_import(options: Options, found: _Sorted, is_rehearsal: bool) -> None:
    if options.as_json:
        print_json({"added": found.records, "skipped": found.skipped, "dry_run": is_rehearsal})
        return
    for record in found.records[:MOST_TOLD]:
        click.echo(f"  {record['name']}  {record['url']}")
    if len(found.records) > MOST_TOLD:
        click.echo(f"  … and {len(found.records) - MOST_TOLD} more")
    what = "would be added" if is_rehearsal else "added"
    click.echo(f"{len(found.records)} {what}, {len(found.skipped)} skipped.")
    for one in found.skipped[:MOST_TOLD]:
        click.echo(f"  skipped: {one['name'] or one['url'] or '(empty)'}: {one['reason']}")
    if len(found.skipped) > MOST_TOLD:
        click.echo(f"  … and {len(found.skipped) - MOST_TOLD} more; --json lists them all")


@click.command()
@shared_options
@click.argument("target", metavar="[FILE]", required=False)
def export(options: Options, target: str | None) -> None:
    """Write the list of feeds as OPML 2.0 to FILE, or to standard output."""
    from newsletter.build import SystemClock
    from newsletter.opml import write_opml

    config = open_config(options)
    feeds, skipped = _outlines(config, config_file(options))
    text = write_opml(f"{config.newsletter.name}: sources", feeds, SystemClock().now()).decode()
    if target and target != "-":
        _write(Path(target), text)
    elif not options.as_json:
        click.echo(text, nl=False)
    if options.as_json:
        document = {"file": target, "feeds": len(feeds), "skipped": skipped}
        opml = {} if target and target != "-" else {"opml": text}
        print_json(document | opml)
        return
    for one in skipped:
        click.echo(f"left out: {one['name']}: {one['reason']}", err=True)
    if target and target != "-":
        feeds_written = "1 feed" if len(feeds) == 1 else f"{len(feeds)} feeds"
        click.echo(f"Wrote {feeds_written} to {target}.", err=True)


def _outlines(config: Config, file: Path | None) -> tuple[list[FeedOutline], list[dict[str, str]]]:
    """What other readers can read, and what is left out with the reason."""
    from newsletter.cli.sources_rows import addresses
    from newsletter.opml import FeedOutline

    feeds: list[FeedOutline] = []
    skipped: list[dict[str, str]] = []
    for source, address in zip(config.sources, addresses(config.sources, file), strict=True):
        reason = _unfit(source, address)
        if reason:
            skipped.append({"name": source.name, "reason": reason})
        else:
            feeds.append(FeedOutline(source.name, address, "", (source.group,), source.topics))
    return feeds, skipped


def _unfit(source: SourceSettings, address: str) -> str:
    from newsletter.core.urls import is_web_link

    if source.kind in ("page", "sitemap", "file"):
        return f"is a {source.kind}, which other programs do not read as a feed"
    if not is_web_link(source.url):
        return "is no plain web address"
    if "${" in address:
        return "has a secret in its address"
    return "" if address == source.url else "has a query from the environment in its address"


def _write(file: Path, text: str) -> None:
    from newsletter.preview import write_whole

    try:
        write_whole(file, text)
    except OSError as error:
        raise NewsletterError(f"{file}: cannot be written: {error.strerror}") from error
