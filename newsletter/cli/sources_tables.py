"""Sources for people and for programs: tables, titles, JSON records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from rich.console import Console

    from newsletter.cli.sources_rows import SourceRow
    from newsletter.core.edition import SourceReport
    from newsletter.core.entry import ParsedFeed
    from newsletter.discover import Trial

    Item = tuple[str, datetime | None, str]
    """A title, the date, the link."""

MOST_TITLES = 5
LONGEST_TITLE = 100
_MOMENTS = ("tried_at", "succeeded_at", "newest_at", "failing_since", "told_at", "due_at")
_COLOURS = {"active": "green", "failing": "red", "retired": "red", "never read": "yellow"}


def as_record(row: SourceRow) -> dict[str, Any]:
    """All settings and all health of a source, as plain JSON values."""
    from newsletter.config_values import duration_words

    health = row.health
    return {
        **row.settings.model_dump(mode="json"),
        "url": row.address,
        "every": duration_words(row.settings.every),
        "state": row.state,
        "waiting": row.waiting,
        "entries": health.entries,
        "problem": health.problem,
        "failures": health.failures,
        "moved_to": row.moved_to,
        "moving_to": row.moving_to,
        **{name: _iso(getattr(health, name)) for name in _MOMENTS},
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def show_list(rows: Sequence[SourceRow], console: Console, *, now: datetime) -> None:
    """A table that fits 80 columns, what is to be said of some of them, and a count of states."""
    from collections import Counter

    from rich.markup import escape
    from rich.table import Table

    table = Table("Name", "State", "Entries", "Newest")
    for row in rows:
        table.add_row(
            escape(row.settings.name),
            _coloured(row.state),
            str(row.health.entries) if row.is_known else "",
            _short(row.health.newest_at, now),
        )
    console.print(table)
    for row in rows:
        for words in _remarks(row):
            console.print(
                f"[bold]{escape(row.settings.name)}[/bold]{escape(words)}", soft_wrap=True
            )
    counts = Counter(row.state for row in rows)
    told = ", ".join(f"{number} {state}" for state, number in counts.items())
    console.print(f"{told}. Times are UTC.")


def _short(moment: datetime | None, now: datetime) -> str:
    """A date for a narrow column; the year stands in the place of the time where it is another."""
    if moment is None:
        return ""
    form = "%d %b %H:%M" if moment.year == now.year else "%d %b %Y"
    return f"{moment:{form}}".removeprefix("0")


def _remarks(row: SourceRow) -> Iterable[str]:
    """What there is to say of a source, each to stand right after its name."""
    if row.health.problem:
        yield f": {row.health.problem}"
    if row.moved_to:
        yield f" is read at {row.moved_to} now: change its `url` when you like"


def _coloured(state: str) -> str:
    colour = _COLOURS.get(state, "dim")
    return f"[{colour}]{state}[/{colour}]"


def show_one(row: SourceRow, console: Console) -> None:
    """Every setting, then every fact of health that there is; a line each, and for each of a list.

    Settings have the words of the file, so that they can be written as they are shown.
    """
    from rich.markup import escape

    console.print(f"[bold]{escape(row.settings.name)}[/bold]  {_coloured(row.state)}")
    record = as_record(row)
    for key in type(row.settings).model_fields:
        if key != "name":
            _show_value(key, record[key], console)
    facts = [key for key in record if key not in type(row.settings).model_fields]
    for key in facts:
        if key != "state" and record[key]:
            moment = getattr(row.health, key) if key in _MOMENTS else None
            value = f"{moment:%Y-%m-%d %H:%M} UTC" if moment else record[key]
            _show_value(_label(key), value, console)
    if not row.waiting:
        console.print("  It is read the next time that sources are read.")


def _label(key: str) -> str:
    return "told on" if key == "told_at" else key.removesuffix("_at").replace("_", " ")


def _show_value(label: str, value: object, console: Console) -> None:
    from rich.markup import escape

    for number, line in enumerate(_in_words(value)):
        console.print(f"  {label if not number else '':14} {escape(line)}", soft_wrap=True)


def _in_words(value: object) -> list[str]:
    """A value as lines: one for each item of a list, `-` where there is none."""
    if isinstance(value, bool):
        return [str(value).lower()]
    if isinstance(value, list):
        return [str(item) for item in value] or ["-"]
    if isinstance(value, dict):
        return [f"{name}: {inner}" for name, inner in value.items() if inner]
    return ["-" if value in (None, "") else str(value)]


def line_of(markup: str) -> str:
    """A feed's own words as one plain line."""
    from newsletter.core.text import clean_line, cut, plain, repair

    return cut(clean_line(repair(plain(markup[: LONGEST_TITLE * 20]))), LONGEST_TITLE)


def items_of(feed: ParsedFeed) -> list[Item]:
    """The items of a feed as they are shown."""
    return [(line_of(one.title), one.published, line_of(one.url)) for one in feed.entries]


def latest(items: Iterable[Item]) -> list[dict[str, str | None]]:
    """The newest items: title, date, link; the undated ones last."""
    items = list(items)
    dated = [item for item in items if item[1] is not None]
    dated.sort(key=lambda item: item[1].timestamp() if item[1] else 0.0, reverse=True)
    undated = [item for item in items if item[1] is None]
    return [
        {"title": title or "(no title)", "published": _iso(published), "url": url}
        for title, published, url in [*dated, *undated][:MOST_TITLES]
    ]


def show_feed(feed: ParsedFeed, console: Console) -> None:
    """How many entries a feed has, and its newest titles with their dates."""
    _show_items(in_number(len(feed.entries), "entry", "entries"), items_of(feed), console)


def trial_record(trial: Trial) -> dict[str, Any]:
    """What trying a source gave, as plain JSON values."""
    return {
        "title": line_of(trial.title),
        "entries": trial.items,
        "left_out": trial.found.filtered,
        "refused": len(trial.found.refused),
        "latest": latest(_passed(trial)),
    }


def show_trial(trial: Trial, console: Console) -> None:
    """How many entries a source has, how many are left out, and the newest of the others."""
    words = in_number(trial.items, "entry", "entries")
    if trial.found.filtered:
        words += f", {trial.found.filtered} left out by allow and deny"
    if trial.found.refused:
        words += f", {len(trial.found.refused)} without title and text"
    _show_items(words, _passed(trial), console)


def _passed(trial: Trial) -> list[Item]:
    return [
        (one.title, one.published_at if one.date_is_known else None, one.url)
        for one in trial.found.entries
    ]


def _show_items(words: str, items: Sequence[Item], console: Console) -> None:
    from rich.markup import escape

    console.print(words + (", the latest:" if items else "."))
    for item in latest(items):
        day = (item["published"] or "no date")[:10]
        console.print(f"  [dim]{day:10}[/dim]  {escape(item['title'] or '')}", soft_wrap=True)


def in_number(count: int, one: str, many: str) -> str:
    """A number with its word."""
    return f"{count} {one if count == 1 else many}"


def show_reports(reports: Sequence[SourceReport], console: Console) -> None:
    """A table of how sources answered, the failed ones last, where they are seen."""
    from rich.markup import escape
    from rich.table import Table

    table = Table("Source", "Entries", "Problem")
    for report in sorted(reports, key=lambda report: bool(report.problem)):
        mark = "[red]✗[/red]" if report.problem else "[green]✓[/green]"
        number = "" if report.problem else str(report.entries)
        table.add_row(f"{mark} {escape(report.name)}", number, escape(report.problem))
    console.print(table)
    failed = sum(1 for report in reports if report.problem)
    console.print(f"{len(reports) - failed} of {len(reports)} sources answered.")
