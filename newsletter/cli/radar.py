"""`newsletter radar`: what a past edition left out, picks nobody followed, each source's yield."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.common import Options, date_option, shared_options
from newsletter.cli.day import opened, print_json
from newsletter.core.report import rejection_record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from rich.console import Console

    from newsletter.core.radar import Missed, Radar, SourceYield
    from newsletter.core.story import Story


def _past_date_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--date` as every command has it, but for what it stands for when it is not given."""
    dated = date_option(command)
    option = dated.__click_params__[-1]  # type: ignore[attr-defined]
    option.help = option.help.replace("[default: today]", "[default: yesterday]")
    return dated


@click.command()
@shared_options
@_past_date_option
@click.option(
    "--outlets",
    default=3,
    show_default=True,
    type=click.IntRange(2, 100),
    metavar="N",
    help="A story that N independent outlets have is widely carried.",
)
def radar(options: Options, day: date | None, outlets: int) -> int:
    """Look back on an edition, yesterday's without --date.

    Shows the widely carried stories that it left out and why, the picks that nobody followed, and
    for each source how much of the day it had and how much of what it carried was of use. Looks at
    the entries of the date and of the two days after it, as far as they have been collected.
    """
    app, _, sources = opened(options, ())
    from newsletter.cli.watch import stdout_console
    from newsletter.radar import radar as step

    found = step(app, day or app.today - timedelta(days=1), sources, outlets=outlets)
    if options.as_json:
        print_json(_as_document(found, outlets))
    else:
        _show(found, outlets, stdout_console())
    return 0


def _as_document(found: Radar, outlets: int) -> dict[str, Any]:
    return {
        "date": found.date.isoformat(),
        "has_edition": found.has_edition,
        "as_of": found.as_of.isoformat(),
        "until": found.until.isoformat(),
        "outlets": outlets,
        "widely_carried": [_as_record(story) for story in found.wide],
        "missed": [
            _as_record(one.story) | {"cause": one.cause.value, "reason": one.reason}
            for one in found.missed
        ],
        "unfollowed": [_as_record(story) for story in found.unfollowed],
        "sources": [_as_row(one) for one in found.sources],
        "nearest_rejected": [
            rejection_record(one) | {"title": one.title, "outlet": one.outlet}
            for one in found.rejected
        ],
    }


def _as_record(story: Story) -> dict[str, Any]:
    return {
        "id": story.id,
        "title": story.headline,
        "url": story.url,
        "outlets": story.outlets,
        "outlet_names": list(story.outlet_names),
        "score": story.score,
        "entries": [entry.id for entry in story.entries],
    }


def _as_row(one: SourceYield) -> dict[str, Any]:
    return {
        "name": one.name,
        "entries": one.entries,
        "relevant": one.relevant,
        "picked": one.picked,
        "widely_carried": one.wide,
        "first": one.first,
        "recall": _rounded(one.recall),
        "precision": _rounded(one.relevant_share),
        "picked_share": _rounded(one.picked_share),
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _show(found: Radar, outlets: int, console: Console) -> None:
    until = f"{found.until.day} {found.until:%B %H:%M} UTC"
    words = f"[bold]{found.date:%A} {found.date.day} {found.date:%B %Y}[/bold], seen from {until}"
    console.print(words + ("" if found.has_edition else ". There was no edition of this date."))
    _show_missed(found, outlets, console)
    if found.has_edition:
        _show_unfollowed(found.unfollowed, console)
    _show_sources(found.sources, console)
    _show_rejected(found, console)


def _show_missed(found: Radar, outlets: int, console: Console) -> None:
    count = len(found.wide)
    if not count:
        console.print(f"\nNo story was carried by {outlets} independent outlets or more.")
        return
    told = "1 story was" if count == 1 else f"{count} stories were"
    console.print(f"\n{told} carried by {outlets} independent outlets or more.")
    if found.missed:
        console.print("[bold]Left out[/bold]" if found.has_edition else "[bold]To be told[/bold]")
    elif found.has_edition:
        console.print("The edition told all of it." if count == 1 else "The edition told them all.")
    for one in found.missed:
        _show_one(one, console)


def _show_one(one: Missed, console: Console) -> None:
    words = f"{one.story.outlets:3} outlets  {one.story.headline}"
    console.print(words, markup=False, soft_wrap=True)
    console.print(f"             {one.cause.value}: {one.reason}", markup=False, soft_wrap=True)


def _show_unfollowed(stories: Sequence[Story], console: Console) -> None:
    if not stories:
        console.print("\nOthers followed every pick.")
        return
    console.print("\n[bold]Picks that nobody followed[/bold]")
    for story in stories:
        console.print(f"  {story.headline} ({story.best.outlet})", markup=False, soft_wrap=True)


def _show_sources(rows: Sequence[SourceYield], console: Console) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table("Source", title="What the sources were good for", title_justify="left")
    for name in ("Entries", "Relevant", "Picked", "Wide", "First", "Recall", "Precision"):
        table.add_column(name, justify="right")
    for one in rows:
        counts = (one.entries, one.relevant, one.picked, one.wide, one.first)
        shares = (_percent(one.recall), _percent(one.relevant_share))
        table.add_row(escape(one.name), *map(str, counts), *shares)
    console.print()
    console.print(table)
    console.print(
        "Wide: widely carried stories that it had; first: before all others; recall: its share of"
        " them. Precision: the share of its entries that are news of the field.",
        soft_wrap=True,
    )


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"


def _show_rejected(found: Radar, console: Console) -> None:
    if not found.rejected:
        return
    console.print("\n[bold]Rejected, but nearest to being news of the field[/bold]")
    for one in found.rejected:
        words = f"  {one.relevance:.2f}  {one.title} ({one.outlet}): {one.reason}"
        console.print(words, markup=False, soft_wrap=True)
