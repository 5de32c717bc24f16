"""How the sources fared, in lines: one for each that fails, and none about what is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from newsletter.collect import Collected
    from newsletter.core.edition import SourceReport

MOST_TOLD = 3  # when every source fails, a few say why


def show_sources(collected: Collected, console: Console) -> None:
    """A line for each source that fails, with the reason.

    One that has failed for days is told once, with what to do; after that it is only counted.
    """
    from rich.markup import escape

    reports = collected.reports
    failed = [report for report in reports if report.problem and not report.was_told]
    told = [report for report in reports if report.was_told]
    if failed:
        console.print(f"\n[bold]{len(failed)} of {len(reports)} sources failed[/bold]")
    are_all = len(failed) == len(reports) > MOST_TOLD
    for report in failed[:MOST_TOLD] if are_all else failed:
        words = escape(_words(report))
        console.print(f"  [red]✗[/red] {escape(report.name)}  [dim]{words}[/dim]", soft_wrap=True)
    if are_all:
        console.print(f"  … and {len(failed) - MOST_TOLD} more. Is this machine online?")
    if told:
        console.print(
            f"{_still_fail(len(told))}, as told before: newsletter sources list --failing"
        )
    waiting = sum(1 for report in reports if report.waiting and not report.problem)
    if waiting:
        console.print(
            f"{waiting} sources were not due." if waiting > 1 else "1 source was not due."
        )
    for note in collected.notes:
        console.print(f"  [yellow]![/yellow] {escape(note)}", soft_wrap=True)


def _still_fail(count: int) -> str:
    return "1 source still fails" if count == 1 else f"{count} sources still fail"


def _words(report: SourceReport) -> str:
    """The reason; on the day that a failure has lasted, what to do about it as well."""
    if not report.is_lasting:
        return f"{report.problem} ({report.waiting})" if report.waiting else report.problem
    days = f"has failed on {report.days} days: " if report.days > 1 else ""
    return (
        f"{days}{report.problem}; look with `newsletter sources test`, then mend its address or"
        " pause it. It is not told again."
    )
