"""How the sources fared, in lines: one for each that fails, and none about what is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from newsletter.collect import Collected
    from newsletter.core.edition import SourceReport

MOST_TOLD = 3  # when every source fails, a few say why


def show_sources(collected: Collected, console: Console) -> None:
    """A line for each source that failed just now, with the reason.

    One that has failed for days is told once, with what to do; after that it is only counted, and
    so are those that were not asked.
    """
    from rich.markup import escape

    reports = collected.reports
    failed = [report for report in reports if report.problem and not _is_known(report)]
    if failed:
        console.print(f"\n[bold]{len(failed)} of {len(reports)} sources failed[/bold]")
    are_all = len(failed) == len(reports) > MOST_TOLD
    for report in failed[:MOST_TOLD] if are_all else failed:
        words = escape(_words(report))
        console.print(f"  [red]✗[/red] {escape(report.name)}  [dim]{words}[/dim]", soft_wrap=True)
    if are_all:
        console.print(f"  … and {len(failed) - MOST_TOLD} more. Is this machine online?")
    for note in (*_notes(reports), *collected.notes):
        console.print(f"  [yellow]![/yellow] {escape(note)}", soft_wrap=True)
    for line in _counts(reports):
        console.print(line)


def _is_known(report: SourceReport) -> bool:
    """Told before, and nothing new has come of it."""
    return bool(report.waiting) or report.was_told


def _words(report: SourceReport) -> str:
    """The reason; on the day that a failure has lasted, what to do about it as well."""
    if not report.is_lasting:
        return report.problem
    days = f"has failed on {report.days} days: " if report.days > 1 else ""
    return (
        f"{days}{report.problem}; mend its `url`, or pause it with `newsletter sources pause`."
        " It is not told again."
    )


def _notes(reports: tuple[SourceReport, ...]) -> Iterator[str]:
    """What the operator should know of sources that were read."""
    for report in reports:
        if report.moved_to:
            yield f"{report.name} has moved for good, and is read at {report.moved_to} from now on"
        if report.is_cut:
            yield f"{report.name}: its document broke off or is too long; what was whole is stored"
        if report.left_out and report.left_out == report.entries + report.left_out:
            yield f"{report.name}: its allow and deny leave out all {report.left_out} items"


def _counts(reports: tuple[SourceReport, ...]) -> Iterator[str]:
    told = sum(1 for report in reports if report.problem and _is_known(report))
    waiting = sum(1 for report in reports if report.waiting and not report.problem)
    if told:
        still = "1 source still fails" if told == 1 else f"{told} sources still fail"
        yield f"{still}, as told before: newsletter sources list --failing"
    if waiting:
        yield f"{waiting} sources were not due." if waiting > 1 else "1 source was not due."
