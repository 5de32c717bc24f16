"""What an import tells: in lines for a person, or as one document. Never an address."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from subscribers.imports.plan import Prepared
    from subscribers.imports.report import Report

_WORDS = (
    ("active", "new, mailed from the next edition on"),
    ("accepted", "  of them on your word, without a date of consent"),
    ("paused", "new, paused until a date"),
    ("confirming", "new, without proof: each gets a confirmation mail, spread over time"),
    ("pending", "new, never confirmed there: kept as pending, not mailed"),
    ("left", "new, had left there: kept as left, not mailed"),
    ("suppressions", "put on the suppression list (bounced, complained, blocked)"),
    ("here", "here already: kept as they are"),
    ("left_here", "left here: stay so"),
    ("suppressed", "on the suppression list already: never mailed"),
    ("unproven", "without proof of consent: left out (see --without-proof)"),
    ("invalid", "not valid: left out"),
    ("duplicate", "the same address on another line of the file"),
)
_HEADINGS = {
    "invalid": "not valid",
    "duplicate": "the same address again",
    "unproven": "without proof of consent",
    "suppressed": "on the suppression list",
}


def lines_of(prepared: Prepared, taken: Report | None = None) -> Iterator[str]:
    """The report, in lines. `taken` is what came of it, where something did."""
    yield f"Read as: {', '.join(prepared.platforms)} ({', '.join(prepared.encodings)})"
    if prepared.resumed_at:
        yield f"Went on from line {prepared.resumed_at}, where an earlier run stopped."
    if prepared.report.is_empty:
        yield "The file has a header and no rows."
    for name in prepared.doubled:
        yield f"The column {name!r} stands there more than once: all of them are kept."
    numbers = asdict(taken or prepared.report)
    width = len(str(max(numbers[name] for name, _ in _WORDS)))
    for name, words in _WORDS:
        if numbers[name]:
            yield f"  {numbers[name]:{width}}  {words}"
    yield from _problems(prepared.report)


def document_of(prepared: Prepared, taken: Report | None, *, is_rehearsal: bool) -> dict[str, Any]:
    """The same as one JSON document."""
    numbers = asdict(taken or prepared.report)
    told = [
        {"kind": one.verdict.value, "file": one.table, "line": one.line, "reason": one.reason}
        for one in prepared.report.problems
    ]
    return {
        "platforms": list(prepared.platforms),
        "encodings": list(prepared.encodings),
        "resumed_at": prepared.resumed_at,
        "doubled_columns": list(prepared.doubled),
        "dry_run": is_rehearsal,
        "taken": taken is not None,
        "counts": {name: numbers[name] for name, _ in _WORDS},
        "problems": told,
    }


def _problems(report: Report) -> Iterator[str]:
    heading = ""
    for one in report.problems:
        if heading != one.verdict.value:
            heading = one.verdict.value
            yield f"{_HEADINGS[heading]} (the first {_most(report, heading)}):"
        place = f"{one.table} line {one.line}" if one.table else f"line {one.line}"
        yield f"  {place}: {one.reason}"


def _most(report: Report, kind: str) -> int:
    return sum(one.verdict.value == kind for one in report.problems)
