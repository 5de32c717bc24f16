"""What an import would do, or has done: counts, and the places of what was not taken."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from subscribers.imports.settling import count_verdicts
from subscribers.imports.values import Verdict
from subscribers.models import ImportRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from subscribers.imports.settling import Verdicts
    from subscribers.models import ImportRun

MOST_TOLD = 20
PROBLEMS = (Verdict.INVALID, Verdict.DUPLICATE, Verdict.UNPROVEN, Verdict.SUPPRESSED)
REASONS = {
    Verdict.DUPLICATE: "another line of the file has the same address",
    Verdict.SUPPRESSED: "on the suppression list: never mailed",
}


@dataclass(frozen=True)
class Problem:
    """A line that is not taken. `table` is the ZIP's member it stands in, if any."""

    verdict: Verdict
    table: str
    line: int
    reason: str


@dataclass(frozen=True)
class Report:
    """What becomes of the lines. The first six are people who are new here.

    `confirming` are pending and get a confirmation mail, `accepted` are among the active and come
    on the operator's word; `suppressions` are addresses that will never be mailed.
    """

    active: int
    accepted: int
    paused: int
    pending: int
    confirming: int
    left: int
    suppressions: int
    here: int
    left_here: int
    suppressed: int
    invalid: int
    duplicate: int
    unproven: int
    problems: tuple[Problem, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True where there is no line at all."""
        left_out = self.suppressed + self.invalid + self.duplicate + self.unproven
        return self.changes_nothing and not (self.here + self.left_here + left_out)

    @property
    def changes_nothing(self) -> bool:
        """True where there is nobody to take and nothing to suppress."""
        new = self.active + self.paused + self.pending + self.confirming + self.left
        return not new and not self.suppressions


def load_report(run: ImportRun, tables: Sequence[str]) -> Report:
    """The report of a run whose lines have their verdicts; `tables` names the file's tables."""
    told = tuple(problem for kind in PROBLEMS for problem in _first(run, kind, tables))
    return replace(report_of(count_verdicts(run)), problems=told)


def report_of(counts: Verdicts) -> Report:
    """The numbers alone."""

    def count(verdict: Verdict, status: str | None = None, unproven: bool | None = None) -> int:
        return sum(
            number
            for (given, stands, _, lacks), number in counts.items()
            if given == verdict.value
            and status in (None, stands)
            and (unproven is None or unproven == lacks)
        )

    return Report(
        active=count(Verdict.NEW, "active"),
        accepted=count(Verdict.NEW, "active", unproven=True),
        paused=count(Verdict.NEW, "paused"),
        pending=count(Verdict.NEW, "pending", unproven=False),
        confirming=count(Verdict.NEW, "pending", unproven=True),
        left=count(Verdict.NEW, "left"),
        suppressions=sum(n for (given, _, why, _), n in counts.items() if why and _is_taken(given)),
        here=count(Verdict.HERE),
        left_here=count(Verdict.LEFT),
        suppressed=count(Verdict.SUPPRESSED),
        invalid=count(Verdict.INVALID),
        duplicate=count(Verdict.DUPLICATE),
        unproven=count(Verdict.UNPROVEN),
    )


def problems_of(run: ImportRun, tables: Sequence[str]) -> Iterator[Problem]:
    """Every line that is not taken, in the file's order."""
    rows = ImportRow.objects.filter(run_id=run.pk, verdict__in=[kind.value for kind in PROBLEMS])
    found = rows.order_by("id").values_list("verdict", "part", "line", "reason")
    for verdict, part, line, reason in found.iterator():
        yield _problem(Verdict(verdict), tables[part], line, reason)


def _first(run: ImportRun, kind: Verdict, tables: Sequence[str]) -> list[Problem]:
    rows = ImportRow.objects.filter(run_id=run.pk, verdict=kind.value).order_by("id")
    found = rows.values_list("part", "line", "reason")[:MOST_TOLD]
    return [_problem(kind, tables[part], line, reason) for part, line, reason in found]


def _problem(kind: Verdict, table: str, line: int, reason: str) -> Problem:
    return Problem(kind, table, line, REASONS.get(kind, reason))


def _is_taken(verdict: str) -> bool:
    taken = (Verdict.NEW, Verdict.HERE, Verdict.LEFT, Verdict.UNPROVEN)
    return verdict in taken
