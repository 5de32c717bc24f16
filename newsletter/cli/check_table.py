"""What the checks found, as a table for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.core.check import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from newsletter.core.check import Finding

_STYLES = {Level.PASS: "dim", Level.WARN: "yellow", Level.BLOCK: "red"}
_WORDS = {Level.PASS: "passed", Level.WARN: "warned", Level.BLOCK: "blocks"}
_BY_WEIGHT = (Level.BLOCK, Level.WARN, Level.PASS)


def show_checks(findings: Sequence[Finding], console: Console) -> None:
    """Every finding in a row, those that passed dimly, and how many checks came to what."""
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Check", no_wrap=True)
    table.add_column("Result", no_wrap=True)
    table.add_column("What was found", overflow="fold")
    for finding in findings:
        style = _STYLES[finding.level]
        row = (finding.check, finding.level.value, finding.message)
        table.add_row(*(f"[{style}]{escape(cell)}[/{style}]" for cell in row))
    console.print(table)
    console.print(counted_words(findings))


def counted_words(findings: Sequence[Finding]) -> str:
    """How many checks came to what: "24 passed, 2 warned, 1 blocks"; each by its worst finding."""
    worst: dict[str, Level] = {}
    for finding in findings:
        before = worst.get(finding.check, Level.PASS)
        worst[finding.check] = min(before, finding.level, key=_BY_WEIGHT.index)
    counts = {level: list(worst.values()).count(level) for level in Level}
    return ", ".join(f"{counts[level]} {_WORDS[level]}" for level in Level)
