"""An import from beginning to end: prepare (read, stage, report), then carry out or refuse.

Nothing but the staging tables is written before `carry_out`, and that is one transaction.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from subscribers.errors import ImportFileError
from subscribers.imports import settling, staging
from subscribers.imports.layout import Layout, layout_of
from subscribers.imports.reading import Table, rows_of, tables_of
from subscribers.imports.report import Problem, Report, load_report, problems_of, report_of
from subscribers.imports.rows import LineReader
from subscribers.suppression import hasher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from subscribers.imports.values import ImportOptions
    from subscribers.models import ImportRun

    Advance = Callable[[int, int], None]  # lines read, of about how many

_SAMPLES = 20


@dataclass(frozen=True)
class Prepared:
    """A file that is staged and reported on.

    `resumed_at` is where a killed run stopped, `doubled` are columns that stand in a header twice.
    """

    run: ImportRun
    options: ImportOptions
    platforms: tuple[str, ...]
    tables: tuple[str, ...]
    encodings: tuple[str, ...]
    report: Report
    resumed_at: int = 0
    doubled: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Part:
    table: Table
    layout: Layout


def prepare(file: Path, options: ImportOptions, advance: Advance) -> Prepared:
    """Read and stage a file, and say what it would do.

    Raises:
        ImportFileError: the file as a whole cannot be taken; nothing of it stays behind.
        ImportBusyError: another run of the same file is at work.
        HashKeyError: the key of the suppression list is lost.
    """
    parts = _parts(file, options)
    file_hash = staging.hash_of(file)
    run = staging.begin(file_hash, options)
    resumed_at = sum(part.table.lines for part in parts[: run.part]) + run.line
    options = replace(options, now=run.started_at)
    try:
        _stage(run, parts, options, file_hash, advance)
    except ImportFileError:
        staging.discard(run)
        raise
    settling.classify(run, options)
    names = tuple(part.table.name for part in parts)
    return Prepared(
        run,
        options,
        tuple(dict.fromkeys(part.layout.platform.name for part in parts)),
        names,
        tuple(dict.fromkeys(part.table.encoding for part in parts)),
        load_report(run, names),
        resumed_at,
        tuple(dict.fromkeys(name for part in parts for name in part.layout.doubled)),
    )


def problems(prepared: Prepared) -> Iterator[Problem]:
    """Every line that is not taken; before it is carried out or refused."""
    return problems_of(prepared.run, prepared.tables)


def carry_out(prepared: Prepared) -> Report:
    """Take it all, in one transaction; tells what was taken.

    Raises:
        ImportBusyError: another run has taken or refused the same file meanwhile.
    """
    taken = report_of(settling.settle(prepared.run, prepared.options))
    return replace(taken, problems=prepared.report.problems)


def refuse(prepared: Prepared) -> None:
    """Take nothing, and empty what was staged."""
    staging.discard(prepared.run)


def _parts(file: Path, options: ImportOptions) -> list[_Part]:
    """The tables with their layouts, those of people who are not to be mailed first."""
    found = []
    for table in tables_of(file, options.encoding):
        with closing(rows_of(table)) as rows:
            head = [row for _, row in islice(rows, _SAMPLES)]
        if not head:
            raise ImportFileError(f"{table.name or 'the file'} is empty")
        try:
            layout = layout_of(head[0], head[1:], options.columns, table.name)
        except ImportFileError as error:
            raise ImportFileError(f"{table.name}: {error}" if table.name else str(error)) from None
        found.append(_Part(table, layout))
    return sorted(found, key=lambda part: -part.layout.platform.standing.strictness)


def _stage(
    run: ImportRun, parts: list[_Part], options: ImportOptions, file_hash: str, advance: Advance
) -> None:
    total = sum(part.table.lines for part in parts)
    hashed = hasher()
    for number, part in enumerate(parts):
        if number < run.part:
            continue
        before = sum(one.table.lines for one in parts[:number])
        reader = LineReader(part.layout, options, number, file_hash, hashed, part.table.name)
        rows = islice(rows_of(part.table), 1, None)
        lines = (reader.staged(line, row) for line, row in rows if line > run.line)
        for line in staging.write(run, number, lines):
            advance(before + line, total)
        staging.finish_part(run, number)
