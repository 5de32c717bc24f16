"""`newsletter rank`: choosing by itself, from feed files, without database and network."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli.common import YEARS, Options, config_file, shared_options
from newsletter.cli.day import print_json

if TYPE_CHECKING:
    from newsletter.config import Config
    from newsletter.core.story import Ranking


def _as_moment(_context: click.Context, _parameter: click.Parameter, text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        moment = None
    if moment is None or moment.year not in YEARS:
        raise click.BadParameter(
            f"{text!r} is no moment; write it as 2026-04-07T08:00:00Z,"
            f" from {YEARS[0]} to {YEARS[-1]}"
        )
    return moment


def _as_age(
    _context: click.Context, _parameter: click.Parameter, hours: float | None
) -> float | None:
    if hours is not None and not isfinite(hours):
        raise click.BadParameter(f"{hours} is no number of hours")
    return hours


@click.command()
@shared_options
@click.argument("feeds", nargs=-1, required=True, metavar="FEED…")
@click.option(
    "--now",
    callback=_as_moment,
    metavar="TIME",
    help="The moment to look back from, UTC where it names no zone.  [default: now]",
)
@click.option("--top", default=10, show_default=True, type=click.IntRange(0), metavar="N")
@click.option(
    "--all",
    "takes_all",
    is_flag=True,
    help="Skip the relevance test and group whole topics, not single events: for public sets.",
)
@click.option(
    "--max-age",
    type=click.FloatRange(0, min_open=True),
    callback=_as_age,
    metavar="HOURS",
    help="Reject older entries.",
)
@click.option(
    "--history",
    type=click.Path(path_type=Path),
    metavar="DIR_OR_FILE",
    help="Earlier editions, in the JSON that this command prints.",
)
def rank(
    options: Options,
    feeds: tuple[str, ...],
    now: datetime,
    top: int,
    takes_all: bool,
    max_age: float | None,
    history: Path | None,
) -> int:
    """Rank the stories in feed files (RSS, Atom, JSON Feed; - is standard input).

    Uses no database and no network.
    """
    from newsletter import rank as step
    from newsletter.core.report import ranking_record

    config = _config(options)
    entries, cut = step.read_entries(feeds, now)
    for words in cut:
        click.echo(f"newsletter: {words}", err=True)
    told = step.read_history(history) if history else ()
    ranking = step.ranked(
        entries, config, now=now, told=told, takes_all=takes_all, max_age_hours=max_age
    )
    if options.as_json:
        print_json(ranking_record(ranking, top))
    else:
        _show(ranking, top)
    return 0


def _config(options: Options) -> Config | None:
    """The settings; None where nothing sets any, which spares reading them a third of the start."""
    file = config_file(options, may_be_missing=True)
    if file is None and not any(name.startswith("NEWSLETTER_") for name in os.environ):
        return None
    from newsletter.config import load_config

    return load_config(file)


def _show(ranking: Ranking, top: int) -> None:
    """The stories with their reasons, and how many were left."""
    from newsletter.cli.watch import stdout_console

    console = stdout_console()
    for place, story in enumerate(ranking.stories[:top], 1):
        console.print(f"{place:3}  {story.headline}", style="bold", markup=False, soft_wrap=True)
        about = f"{story.section} · {story.best.outlet} · {story.score:.2f}"
        console.print(f"     {about}", markup=False, soft_wrap=True)
        console.print(f"     {'; '.join(story.reasons)}", markup=False, soft_wrap=True)
    left = max(0, len(ranking.stories) - top)
    console.print(f"{left} more stories, {len(ranking.rejected)} entries rejected", markup=False)
