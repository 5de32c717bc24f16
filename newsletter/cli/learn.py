"""`newsletter learn`: what the editor's judgements say of the weights; applied only if asked."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.common import Options, config_file, open_app, open_config, shared_options
from newsletter.cli.day import print_json
from newsletter.cli.sources_rows import may_go_on
from newsletter.errors import ConfigError, NewsletterError

if TYPE_CHECKING:
    from rich.console import Console

    from newsletter.core.learning import Learned, Lesson, PastDay
    from newsletter.core.ranking import Weights

_MOST_MOVES = 3


@click.command()
@shared_options
@click.option(
    "--days",
    default=90,
    show_default=True,
    type=click.IntRange(1, 3650),
    help="Learn from the editions of so many days.",
)
@click.option("--write", "writes", is_flag=True, help="Set the weights in newsletter.yaml.")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask before writing.")
@click.option("--anyway", is_flag=True, help="Write weights that are not shown to be better too.")
def learn(options: Options, days: int, writes: bool, is_sure: bool, anyway: bool) -> int:
    """Fit the weights of a story's score to the editor's decisions, and show the difference.

    Changes nothing without --write; and with it only if the fitted weights agree better with days
    that they were not fitted to.
    """
    app = open_app(open_config(options))
    from newsletter.cli.watch import stdout_console
    from newsletter.learn import learn as step

    learned = step(app, days)
    if not options.as_json:
        _show(learned, days, stdout_console())
    written = _written(options, learned, is_sure=is_sure, anyway=anyway) if writes else False
    if options.as_json:
        print_json(_as_document(learned, days, is_written=written))
    return 0


def _written(options: Options, learned: Learned, *, is_sure: bool, anyway: bool) -> bool:
    """Set the fitted weights in the configuration file, if the person agrees.

    Raises:
        NewsletterError: there are none, or they are not shown to be better.
    """
    if learned.after is None:
        raise NewsletterError(f"there is nothing to write: {learned.needed}")
    if learned.is_in_force:
        click.echo("Nothing was changed: the fitted weights are in force already.", err=True)
        return False
    if not (learned.is_better or anyway):
        raise NewsletterError(f"nothing was written: {_doubt(learned)}; --anyway writes them")
    file = config_file(options)
    if file is None:  # open_config has refused before
        raise ConfigError(["there is no newsletter.yaml to edit"])
    if not may_go_on(options, f"Set these weights in {file}?", is_sure):
        click.echo("Nothing was changed.", err=True)
        return False
    from newsletter.config_weights import set_weights

    set_weights(file, asdict(learned.after))
    click.echo(f"{file}: the weights are set; the next draft uses them.", err=True)
    return True


def _as_document(learned: Learned, days: int, *, is_written: bool) -> dict[str, Any]:
    return {
        "days": days,
        "judgements": [_as_record(lesson) for lesson in learned.lessons],
        "needed": learned.needed,
        "before": asdict(learned.before),
        "after": asdict(learned.after) if learned.after else None,
        "is_tested": learned.is_tested,
        "is_better": learned.is_better,
        "past_days": [_as_day(day, is_tested=learned.is_tested) for day in learned.days],
        "yaml": "\n".join(_lines(learned.after)) if learned.after else "",
        "written": is_written,
    }


def _as_day(day: PastDay, *, is_tested: bool) -> dict[str, Any]:
    untested = {} if is_tested else {"after": None, "pairs_after": None}
    return asdict(day) | {"date": day.date.isoformat()} | untested


def _as_record(lesson: Lesson) -> dict[str, Any]:
    judgement = lesson.judgement
    return {
        "date": judgement.date.isoformat(),
        "story": judgement.decision.story,
        "act": judgement.decision.act.value,
        "value": judgement.decision.value,
        "headline": judgement.headline,
        "place": judgement.place,
        "parts": dict(judgement.parts),
        "made_at": judgement.made_at.isoformat(),
        "comparisons": len(lesson.pairs),
    }


def _lines(weights: Weights) -> list[str]:
    from newsletter.config_weights import weight_lines

    return weight_lines(asdict(weights))


def _show(learned: Learned, days: int, console: Console) -> None:
    """The judgements; then the weights and the past days before and after, and what to write."""
    if not learned.lessons:
        console.print(f"Nothing was decided in the last {days} days.")
    else:
        _show_judgements(learned, console)
    if learned.after is None:
        console.print(f"Too little to learn from yet: {learned.needed}.", soft_wrap=True)
        return
    _show_weights(learned.before, learned.after, console)
    _show_days(learned.days, console, is_tested=learned.is_tested)
    console.print(f"\n[bold]{_verdict(learned)}[/bold]", soft_wrap=True)
    console.print("In newsletter.yaml (--write puts it there, after asking):\n")
    for line in _lines(learned.after):
        console.print(line, markup=False)


def _show_judgements(learned: Learned, console: Console) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table("Date", "Decision", "Place", "Comparisons", "Story", title_justify="left")
    table.title = "What the editor decided"
    for lesson in learned.lessons:
        one = lesson.judgement
        act = f"{one.decision.act.value} {_value(lesson)}".strip()
        place = str(one.place or "-")
        table.add_row(
            str(one.date), escape(act), place, str(len(lesson.pairs) or "-"), escape(one.headline)
        )
    console.print(table)


def _value(lesson: Lesson) -> str:
    decision = lesson.judgement.decision
    return "" if decision.act.is_wording else decision.value


def _show_weights(before: Weights, after: Weights, console: Console) -> None:
    from rich.table import Table

    table = Table("Part of the score", title="The weights, brought to a sum of one")
    table.title_justify = "left"
    for name in ("Now", "Fitted", "Change"):
        table.add_column(name, justify="right")
    new = asdict(after)
    for name, old in asdict(before).items():
        table.add_row(name, f"{old:.3f}", f"{new[name]:.3f}", f"{new[name] - old:+.3f}")
    console.print(table)


def _show_days(days: tuple[PastDay, ...], console: Console, *, is_tested: bool) -> None:
    from rich.table import Table

    table = Table("Date", title="Judgements that the order agrees with", title_justify="left")
    for name in ("Made", "Now", "Fitted to the other days"):
        table.add_column(name, justify="right")
    for day in days:
        after = day.after if is_tested else "-"
        table.add_row(str(day.date), *map(str, (day.judgements, day.before, after)))
    if is_tested:
        totals = (
            sum(d.judgements for d in days),
            sum(d.before for d in days),
            sum(d.after for d in days),
        )
        table.add_row("all", *map(str, totals), style="bold")
    console.print(table)
    _show_moves(days, console)


def _show_moves(days: tuple[PastDay, ...], console: Console) -> None:
    for day in days:
        for move in day.moves[:_MOST_MOVES]:
            words = f"{day.date}: {move.before} -> {move.after}  {move.headline}"
            console.print(words, markup=False, soft_wrap=True)
        if left := len(day.moves[_MOST_MOVES:]):
            console.print(f"{day.date}: {left} more would have moved", markup=False)


def _doubt(learned: Learned) -> str:
    """Why the fitted weights are not shown to be better."""
    if learned.is_tested:
        return "the fitted weights do no better on days that they were not fitted to"
    return "all judgements are of one day, so that the fitted weights cannot be tested yet"


def _verdict(learned: Learned) -> str:
    if learned.is_in_force:
        return "The fitted weights are in force already."
    if not learned.is_tested:
        return f"{_doubt(learned).capitalize()}. Until there are others, keep yours."
    pairs = sum(day.pairs for day in learned.days)
    before = sum(day.pairs_before for day in learned.days)
    after = sum(day.pairs_after for day in learned.days)
    told = f"On days they were not fitted to, fitted weights agree with {after} of {pairs}"
    told += f" comparisons; those in force with {before}."
    return told if learned.is_better else f"{told} That is no improvement: keep yours."
