"""Sources for people and for programs: tables, titles, JSON records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rich.console import Console

    from newsletter.cli.sources_rows import SourceRow
    from newsletter.core.edition import SourceReport
    from newsletter.core.entry import ParsedFeed

MOST_TITLES = 5
LONGEST_TITLE = 100
_COLOURS = {"active": "green", "failing": "red", "retired": "red", "never read": "yellow"}


def as_record(row: SourceRow) -> dict[str, Any]:
    """All settings and all health of a source, as plain JSON values."""
    settings = row.settings.model_dump(mode="json", exclude={"url", "every"})
    health = row.health
    moments = ("tried_at", "succeeded_at", "newest_at", "failing_since", "due_at")
    return {
        **settings,
        "url": row.address,
        "every_minutes": int(row.settings.every.total_seconds() // 60),
        "state": row.state,
        "waiting": row.waiting,
        "entries": health.entries,
        "problem": health.problem,
        "failures": health.failures,
        "moved_to": row.moved_to,
        "moving_to": row.moving_to,
        **{name: _iso(getattr(health, name)) for name in moments},
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def show_list(rows: Sequence[SourceRow], console: Console) -> None:
    """A table, and a line that counts the states."""
    from collections import Counter

    from rich.markup import escape
    from rich.table import Table

    if not rows:
        console.print("No source of that kind. `newsletter sources add URL` adds one.")
        return
    table = Table("Name", "Group", "State", "Entries", "Last success", "Newest", "Problem")
    for row in rows:
        health = row.health
        table.add_row(
            escape(row.settings.name),
            escape(row.settings.group),
            _coloured(row.state),
            str(health.entries) if row.is_known else "",
            _minute(health.succeeded_at),
            _minute(health.newest_at),
            escape(health.problem),
        )
    console.print(table)
    counts = Counter(row.state for row in rows)
    console.print(", ".join(f"{number} {state}" for state, number in counts.items()))


def _coloured(state: str) -> str:
    colour = _COLOURS.get(state, "dim")
    return f"[{colour}]{state}[/{colour}]"


def show_one(row: SourceRow, console: Console) -> None:
    """Every setting and every fact of health, a line each; empty ones are left out."""
    from rich.markup import escape

    console.print(f"[bold]{escape(row.settings.name)}[/bold]  {_coloured(row.state)}")
    for key, value in as_record(row).items():
        if key in ("name", "state") or value in (None, "", [], 0):
            continue
        label = key.removesuffix("_at").replace("_", " ")
        console.print(f"  {label:14} {escape(_in_words(value))}", soft_wrap=True)
    if not row.waiting:
        console.print("  It is read the next time that sources are read.")


def _in_words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} `{inner}`" for name, inner in value.items() if inner)
    return str(value)


def line_of(markup: str) -> str:
    """A feed's own words as one plain line."""
    from newsletter.core.text import clean_line, cut, plain, repair

    return cut(clean_line(repair(plain(markup[: LONGEST_TITLE * 20]))), LONGEST_TITLE)


def latest(feed: ParsedFeed) -> list[dict[str, str | None]]:
    """The newest entries of a feed: title, date, link; the undated ones last."""
    dated = sorted(
        (entry for entry in feed.entries if entry.published),
        key=lambda entry: entry.published.timestamp() if entry.published else 0.0,
        reverse=True,
    )
    undated = [entry for entry in feed.entries if not entry.published]
    return [
        {
            "title": line_of(entry.title) or "(no title)",
            "published": _iso(entry.published),
            "url": line_of(entry.url),
        }
        for entry in [*dated, *undated][:MOST_TITLES]
    ]


def show_feed(feed: ParsedFeed, console: Console) -> None:
    """How many entries a feed has, and its newest titles with their dates."""
    from rich.markup import escape

    console.print(f"{len(feed.entries)} entries" + (", the latest:" if feed.entries else " yet."))
    for entry in latest(feed):
        day = (entry["published"] or "no date")[:10]
        console.print(f"  [dim]{day:10}[/dim]  {escape(entry['title'] or '')}", soft_wrap=True)


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
