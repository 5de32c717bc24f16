"""`newsletter subscribers stats`: how the list stands, and its growth by day."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.common import Options, open_app, open_config, shared_options
from newsletter.cli.people_words import (
    count_line,
    faults_told,
    segment_option,
    segment_or_everybody,
)
from newsletter.core.words import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from newsletter.config import Config
    from subscribers.stats import Day, Stats

WIDTH = 16  # of the longest bar
MOST_SOURCES = 12
BLOCKS = " ▏▎▍▌▋▊▉█"  # eighths of one


@click.command()
@shared_options
@click.option(
    "--days", type=click.IntRange(1, 3660), default=30, show_default=True, help="Days of growth."
)
@segment_option
def stats(options: Options, days: int, segment_name: str | None) -> None:
    """Count subscribers, and who came and went on each day.

    The growth is counted from the record of consent: an erasure changes no day that is past. That
    of a segment is of the people who are in it now.
    """
    config = open_config(options)
    segment = segment_or_everybody(config, segment_name)
    app = open_app(config)
    from subscribers import stats as figures

    with faults_told():
        found = figures.stats(app.clock.now().astimezone(config.zone), days, segment)
    if options.as_json:
        click.echo(json.dumps(_document(found), ensure_ascii=False, indent=2))
        return
    click.echo("\n".join([*_group_lines(found, config), "", *_growth_lines(found.growth, config)]))


def _document(found: Stats) -> dict[str, Any]:
    groups = ("status", "source", "rhythm", "depth", "format", "language")
    return {
        **{f"by_{name}": dict(getattr(found, f"by_{name}")) for name in groups},
        "suppressions": dict(found.suppressions),
        "waiting": found.waiting,
        "expired": found.expired,
        "growth": [
            {
                "date": one.day.isoformat(),
                "joined": one.joined,
                "left": one.left,
                "net": one.net,
                "total": one.total,
            }
            for one in found.growth
        ],
    }


def _group_lines(found: Stats, config: Config) -> Iterator[str]:
    yield _line("Subscribers", found.by_status)
    expired = f", {found.expired:,} never did within 30 days" if found.expired else ""
    yield f"{'To confirm':12} {found.waiting:,} can still{expired}"
    yield _line("Source", _shortened(found.by_source))
    yield _line("Rhythm", found.by_rhythm)
    yield _line("Depth", found.by_depth)
    yield _line("Format", found.by_format)
    own = f"{config.newsletter.language} (the newsletter's own)"
    yield _line("Language", {name or own: number for name, number in found.by_language.items()})
    yield _line("Never mailed", found.suppressions)


def _line(label: str, counts: Mapping[str, int]) -> str:
    return f"{label:12} {count_line(counts) or 'nobody'}"


def _shortened(sources: Mapping[str, int]) -> dict[str, int]:
    """The largest sources by name, the rest in one number."""
    named = {clean(name) or "not known": number for name, number in sources.items()}
    shown = dict(list(named.items())[:MOST_SOURCES])
    rest = sum(named.values()) - sum(shown.values())
    return shown | ({"from elsewhere": rest} if rest else {})


def _growth_lines(growth: Sequence[Day], config: Config) -> Iterator[str]:
    most = max(one.joined for one in growth)
    yield f"{'Day':10} {'joined':>9} {'left':>9} {'net':>9} {'total':>11}"
    for one in growth:
        figures = f"{one.joined:9,} {one.left:9,} {one.net:+9,} {one.total:11,}"
        yield f"{one.day.isoformat()} {figures}  {_bar(one.joined, most)}".rstrip()
    yield f"Days of {config.schedule.timezone}; the bars are of those who joined."


def _bar(number: int, most: int) -> str:
    """A bar in eighths of a block; whoever joined is seen."""
    eighths = max(1, round(number * WIDTH * 8 / most)) if number else 0
    return BLOCKS[-1] * (eighths // 8) + BLOCKS[eighths % 8].strip()
