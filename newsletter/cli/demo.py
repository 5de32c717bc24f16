"""`newsletter demo`: a whole day on this machine, by the real code, with sample feeds."""

from __future__ import annotations

import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.common import (
    Options,
    open_app,
    open_config,
    shared_options,
    sources_in_force,
)
from newsletter.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from newsletter.cli.watch import Watch
    from newsletter.daily import Day
    from newsletter.ports import App

FIRST_LINE = "# Written by `newsletter demo`; it is written again by each run."
SECOND_LINE = "# Its sources and prices are served by the demonstration itself, only while it runs."
READERS = (
    ("ada.reader@example.org", "Ada Reader"),
    ("li.wei@example.com", "李伟"),
    ("desk@example.net", ""),
)
WORDING = "A sample subscriber of the demonstration; the address is one that no one can own."
NOTICE = (
    "A sample edition. The outlets are invented; the facts are retold from events of 2010 to 2026."
)


@click.command()
@shared_options
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("newsletter-demo"),
    show_default=True,
    help="Where the demonstration keeps its files.",
)
@click.option("--fresh", is_flag=True, help="Forget earlier runs of the demonstration first.")
@click.option("--timings", "wants_timings", is_flag=True, help="Print each stage's time.")
def demo(options: Options, directory: Path, fresh: bool, wants_timings: bool) -> int:
    """Make and deliver today's edition from sample feeds. Needs no account, no key, no network."""
    from newsletter.cli.watch import Watch, stderr_console
    from newsletter.sample.market import series_records
    from newsletter.sample.server import SampleServer, source_records

    _claim_folder(directory, fresh=fresh)
    watch = Watch(None if options.as_json else stderr_console())
    with SampleServer(datetime.now(UTC)) as server:
        _forget_the_operators_settings()
        records = {
            "market": {"series": series_records(server.base_url)},
            "sources": source_records(server.base_url),
        }
        file = _write_config(directory, records)
        app = open_app(open_config(Options(file, options.as_json, options.is_debug)), watch)
        done, day = _a_day(app)
    return _tell(options, app, done, day, watch, wants_timings=wants_timings)


def _forget_the_operators_settings() -> None:
    """The demonstration keeps to its own folder, whatever the environment says of a real one."""
    for name in [name for name in os.environ if name.startswith("NEWSLETTER_")]:
        del os.environ[name]
    os.environ.pop("DATABASE_URL", None)


def _claim_folder(directory: Path, *, fresh: bool) -> None:
    file = directory / "newsletter.yaml"
    is_ours = file.is_file() and file.read_text(encoding="utf-8").startswith(FIRST_LINE)
    if directory.exists() and not is_ours and any(directory.iterdir()):
        raise UsageError(f"{directory}: is in use for something else; name another by --directory")
    if fresh and is_ours:
        shutil.rmtree(directory)
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{directory}: cannot be made: {error.strerror}") from error


def _write_config(directory: Path, records: dict[str, Any]) -> Path:
    """The configuration, with what is read under the names of `records`, and the data files."""
    import yaml

    from newsletter.preview import write_whole
    from newsletter.sample.calendar import sample_calendar
    from newsletter.sample.market import STALE_FILE, stale_table

    (directory / STALE_FILE).parent.mkdir(exist_ok=True)
    today = datetime.now(UTC).date()
    write_whole(directory / STALE_FILE, stale_table(today))
    occasions = yaml.safe_dump(sample_calendar(today), allow_unicode=True, sort_keys=False)
    write_whole(directory / "calendar.yaml", occasions)
    settings = {
        "newsletter": {
            "name": "Straight Into Your Inbox",
            "notice": NOTICE,
            "postal_address": "Straight Into Your Inbox, 1 Example Street, Example Town",
        },
        # The sample server is on this machine, one of its sources never answers, and the articles
        # that its feeds link to do not exist.
        "collect": {
            "allow_hosts": ["127.0.0.1"],
            "total_timeout": 3,
            "workers": 20,
            "per_host": 16,
            "articles": False,
        },
        "calendar": {"file": "calendar.yaml"},
        **records,
    }
    file = directory / "newsletter.yaml"
    text = yaml.safe_dump(settings, allow_unicode=True, sort_keys=False)
    write_whole(file, f"{FIRST_LINE}\n{SECOND_LINE}\n{text}")
    return file


def _a_day(app: App) -> tuple[Day, date]:
    from newsletter import daily
    from newsletter.store.locks import hold_lock
    from subscribers import signup
    from subscribers.values import Act, How

    day = app.today
    with hold_lock(app.config.state):
        for address, name in READERS:
            act = Act(How.COMMAND, app.clock.now(), "newsletter demo", WORDING)
            signup.add(address, name, act=act)
        return daily.run(app, day, sources_in_force(app.config, ())), day


def _tell(
    options: Options, app: App, done: Day, day: date, watch: Watch, *, wants_timings: bool
) -> int:
    from newsletter.cli.day import code_of, tell
    from newsletter.cli.results import Result
    from newsletter.cli.watch import stdout_console
    from newsletter.preview import write_preview
    from newsletter.review import frozen

    rendered = frozen(done.edition)
    result = Result.of(
        done,
        files=write_preview(app.config.state, day, rendered) if rendered else None,
        outbox=str(app.config.delivery.files.directory),
        timings=watch.timings if wants_timings else None,
    )
    tell(options, result)
    if not options.as_json:
        _show_next(app, stdout_console())
    return code_of(result)


def _show_next(app: App, console: Any) -> None:  # noqa: ANN401 - a rich console
    program = _program()
    config = app.config.state.parent / "newsletter.yaml"
    shown = config.relative_to(Path.cwd()) if config.is_relative_to(Path.cwd()) else config
    console.print("\n[bold]Try next[/bold]")
    for command, what in (
        (f"{program} preview --open --config {shown}", "open the edition in your browser"),
        (f"{program} serve --config {shown}", "the public pages; links in the mails then work"),
        (f"{program} init", "start your own newsletter, with real sources"),
    ):
        console.print(f"  {command}", soft_wrap=True)
        console.print(f"      [dim]{what}[/dim]")


def _program() -> str:
    """How the person can call this program again from where they are."""
    if Path(sys.argv[0]).name == "__main__.py":
        return f"{_from_here(sys.executable)} -m newsletter"
    return _from_here(sys.argv[0]) if "/" in sys.argv[0] else "newsletter"


def _from_here(program: str) -> str:
    """A program by the shortest words that start it: its bare name where the shell finds it."""
    path, here = Path(program), Path.cwd()
    if shutil.which(path.name) == program:
        return path.name
    is_inside = path.is_absolute() and path.is_relative_to(here)
    return str(path.relative_to(here)) if is_inside else program
