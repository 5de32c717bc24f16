"""A day's results: as one JSON document for programs, as tables for people."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from newsletter.cli.source_lines import show_sources
from newsletter.core.check import Level
from newsletter.core.edition import EditionState
from newsletter.core.report import rejection_record, story_records

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from rich.console import Console

    from newsletter.collect import Collected
    from newsletter.core.check import Finding
    from newsletter.core.delivery import LedgerCount
    from newsletter.core.edition import Draft, Edition
    from newsletter.core.story import Rejection
    from newsletter.daily import Day
    from newsletter.preview import PreviewFiles

_COLOURS = {Level.PASS: "green", Level.WARN: "yellow", Level.BLOCK: "red"}


@dataclass(frozen=True)
class Result:
    """What a command has to tell at its end. Parts that do not apply are empty."""

    edition: Edition | None = None
    collected: Collected | None = None
    findings: Sequence[Finding] = ()
    ledger: LedgerCount | None = None
    files: PreviewFiles | None = None
    outbox: str = ""
    held_because: str = ""
    was_done_before: bool = False
    is_rehearsal: bool = False
    rejected: Sequence[Rejection] | None = None
    within_reach: tuple[date, int] | None = None
    timings: dict[str, float] | None = None

    @classmethod
    def of(cls, day: Day, **rest: Any) -> Result:  # noqa: ANN401 - the other fields
        """The result of a day's work."""
        return cls(
            edition=day.edition,
            collected=day.collected,
            findings=day.review.findings if day.review else (),
            ledger=day.ledger,
            held_because=day.held_because,
            was_done_before=day.was_done_before,
            rejected=day.ranking.rejected if day.ranking else None,
            **rest,
        )


def as_document(result: Result) -> dict[str, Any]:
    """The result as plain JSON values. It holds no address of a subscriber."""
    document = _collected_document(result)
    if result.edition:
        document |= _edition_document(result.edition)
        document["held_because"] = result.held_because
        document["already_done"] = result.was_done_before
        document["dry_run"] = result.is_rehearsal
    if result.rejected is not None:
        document["rejected"] = [rejection_record(one) for one in result.rejected]
    if result.findings:
        document["checks"] = [asdict(finding) for finding in result.findings]
    if result.ledger:
        document["deliveries"] = ledger_record(result.ledger)
    if result.files:
        document["files"] = {"html": str(result.files.html), "text": str(result.files.text)}
    if result.timings is not None:
        document["timings"] = {name: round(took, 3) for name, took in result.timings.items()}
    return document


def ledger_record(count: LedgerCount) -> dict[str, Any]:
    """How many deliveries stand where, as plain JSON values."""
    next_due = count.next_due.isoformat() if count.next_due else None
    return asdict(count) | {"next_due": next_due}


def _collected_document(result: Result) -> dict[str, Any]:
    document: dict[str, Any] = {}
    collected = result.collected
    if collected:
        names = ("new", "revised", "articles", "translated")
        document["collected"] = {name: getattr(collected, name) for name in names}
    if result.within_reach:
        day, number = result.within_reach
        document["within_reach"] = {"date": day.isoformat(), "entries": number}
    if collected and collected.reports:
        document["sources"] = [asdict(report) for report in collected.reports]
    if collected and collected.notes:
        document["notes"] = list(collected.notes)
    return document


def _edition_document(edition: Edition) -> dict[str, Any]:
    draft = edition.draft
    return {
        "date": edition.date.isoformat(),
        "state": edition.state.value,
        "subject": edition.subject or draft.subject,
        "summary": draft.summary,
        "figures": asdict(draft.figures),
        "stories": list(story_records(draft.picks)),
        "also": list(story_records(draft.also, len(draft.picks) + 1)),
        "near_misses": [
            {"title": miss.story.headline, "gap": round(miss.gap, 4), "reason": miss.reason}
            for miss in draft.near_misses
        ],
    }


def show(result: Result, console: Console) -> None:
    """Tables for a person, in the order in which the work was done."""
    if result.collected:
        console.print(_collected_words(result.collected))
    if result.within_reach:
        day, number = result.within_reach
        console.print(f"{number} entries are within reach of the edition of {day}.")
    if result.edition and result.edition.draft.stories:
        _show_stories(result.edition.draft, console)
        _show_near_misses(result.edition.draft, console)
    if result.collected:
        show_sources(result.collected, console)
    show_findings(result.findings, console)
    if result.edition:
        console.print()
        console.print(f"[bold]{_verdict(result, result.edition)}[/bold]")
    if result.files:
        console.print(f"  HTML preview  {result.files.html}", soft_wrap=True)
        console.print(f"  text preview  {result.files.text}", soft_wrap=True)


def _collected_words(collected: Collected) -> str:
    words = [f"{collected.new} new entries", f"{collected.revised} revised"]
    if collected.articles:
        words.append(f"{collected.articles} articles fetched")
    if collected.translated:
        words.append(f"{collected.translated} translated")
    return ", ".join(words) + "."


def _show_stories(draft: Draft, console: Console) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table(
        title=f"{draft.date:%A} {draft.date.day} {draft.date:%B %Y}", title_justify="left"
    )
    table.add_column("#", justify="right")
    table.add_column("Headline", ratio=3)
    table.add_column("Outlets", justify="right")
    table.add_column("Why it was picked", ratio=3)
    for rank, story in enumerate(draft.picks, 1):
        headline = escape(story.headline) + ("  [bold](lead)[/bold]" if rank == 1 else "")
        table.add_row(str(rank), headline, str(story.outlets), escape("; ".join(story.reasons[:3])))
    for rank, story in enumerate(draft.also, len(draft.picks) + 1):
        table.add_row(
            f"[dim]{rank}[/dim]",
            f"[dim]{escape(story.headline)}[/dim]",
            f"[dim]{story.outlets}[/dim]",
            "[dim]also today[/dim]",
        )
    console.print()
    console.print(table)


def _show_near_misses(draft: Draft, console: Console) -> None:
    from rich.markup import escape

    if draft.near_misses:
        console.print("\n[bold]Nearly made it[/bold]")
        for miss in draft.near_misses:
            console.print(
                f"  {escape(miss.story.headline)}  [dim]{escape(miss.reason)}[/dim]", soft_wrap=True
            )


def show_findings(findings: Sequence[Finding], console: Console) -> None:
    """The checks: how many passed, and each that did not."""
    from rich.markup import escape

    if not findings:
        return
    passed = sum(1 for finding in findings if finding.level is Level.PASS)
    console.print(f"\n[bold]Checks[/bold]  {passed} passed")
    for finding in findings:
        if finding.level is not Level.PASS:
            colour = _COLOURS[finding.level]
            level = f"[{colour}]{finding.level.value:5}[/{colour}]"
            console.print(f"  {level} {finding.check}: {escape(finding.message)}", soft_wrap=True)


def _verdict(result: Result, edition: Edition) -> str:
    if result.is_rehearsal:
        return "Dry run: nothing was delivered."
    if result.held_because:
        return "Held: nothing leaves until a person has looked."
    if result.was_done_before:
        return _already(result, edition)
    if result.ledger:
        into = f" into {result.outbox}" if result.outbox else ""
        return f"Sent: {ledger_words(result.ledger)}{into}{_later_words(result.ledger)}"
    return f"The edition of {edition.date} is {edition.state.value}."


def _already(result: Result, edition: Edition) -> str:
    if edition.state is EditionState.SKIPPED:
        return f"The edition of {edition.date} was skipped; nothing to do."
    when = f" at {edition.sent_at:%H:%M} UTC" if edition.sent_at else ""
    counted = f" ({ledger_words(result.ledger)})" if result.ledger else ""
    return f"The edition of {edition.date} was already sent{when}{counted}; nothing was sent again."


def ledger_words(count: LedgerCount) -> str:
    """How many deliveries stand where: "3 of 4 accepted, 1 rejected"."""
    words = [f"{count.accepted} of {count.planned} accepted"]
    for number, name in (
        (count.rejected, "rejected"),
        (count.excluded, "excluded"),
        (count.unknown, "unknown"),
        (count.waiting - count.later, "waiting"),
        (count.later, "waiting for their hour"),
    ):
        if number:
            words.append(f"{number} {name}")
    return ", ".join(words)


def _later_words(count: LedgerCount) -> str:
    """When the next of those leave who wait for their hour, and how."""
    if count.next_due is None:
        return ""
    return (
        f". The next leave at {count.next_due.astimezone(UTC):%H:%M} UTC:"
        " `newsletter send --continue` sends what is due"
    )


def show_timings(timings: dict[str, float], console: Console) -> None:
    """Seconds of each stage."""
    console.print("\n[bold]Timings[/bold]" if timings else "\nNo stage had anything to do.")
    for name, took in timings.items():
        console.print(f"  {name:10} {took:7.2f} s")
    if timings:
        console.print(f"  {'all':10} {sum(timings.values()):7.2f} s")
