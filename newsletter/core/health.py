"""How a source is doing: what reading it told us, and when to read it again. Pure transitions.

Times are UTC. A reading ends in `after_answer` or `after_failure`; both return the new health.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsletter.core.source import Source

RUNS_TO_MOVE = 3
"""Readings in a row that a permanent redirect has to hold before the source's address moves."""

LONGEST_HINT = timedelta(hours=12)
"""However long a server says that its answer stays fresh, a daily reader comes every day."""

LONGEST_ORDER = timedelta(hours=24) - timedelta(minutes=5)
"""The longest Retry-After that is obeyed: it may be a mistake, and must not cost two daily runs."""

FIRST_BACK_OFF = timedelta(minutes=10)
LONGEST_BACK_OFF = timedelta(hours=12)
_SLACK = timedelta(minutes=5)


class SourceState(StrEnum):
    """Whether a source is read. Pausing is the operator's word in the configuration."""

    ACTIVE = "active"
    RETIRED = "retired"  # its server said 410: gone for good


@dataclass(frozen=True)
class Wait:
    """What is asked of readers: by the server (`fresh_for`) and by the document (the others)."""

    fresh_for: timedelta = timedelta(0)
    ttl: timedelta = timedelta(0)
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


@dataclass(frozen=True)
class SourceHealth:
    """What reading a source has told us so far.

    `url` is the configured address, `address` the one that is read: a permanent redirect that held
    moved it there. `moving_to` and `moving_runs` are a move that has not held long enough yet.
    `failures` counts readings in a row, `failing_since` is when the first of them was; `told_at`
    is when the operator heard of a lasting failure. `due_at` is when to come again.
    """

    name: str
    url: str
    address: str = ""
    state: SourceState = SourceState.ACTIVE
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    failures: int = 0
    problem: str = ""
    entries: int = 0
    tried_at: datetime | None = None
    succeeded_at: datetime | None = None
    failing_since: datetime | None = None
    told_at: datetime | None = None
    due_at: datetime | None = None
    ttl: timedelta = timedelta(0)
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    moving_to: str = ""
    moving_runs: int = 0
    newest_at: datetime | None = None


@dataclass(frozen=True)
class Answer:
    """A reading that went well, as far as health is concerned."""

    etag: str
    last_modified: str
    body_hash: str
    entries: int
    wait: Wait
    permanent_url: str = ""
    newest_at: datetime | None = None


@dataclass(frozen=True)
class Failure:
    """A reading that did not: why, how long the server asks us to wait, whether it has ended."""

    problem: str
    retry_after: timedelta = timedelta(0)
    is_gone: bool = False


def health_of(source: Source, known: SourceHealth | None) -> SourceHealth:
    """What is known of a source; nothing, where its configured address has changed."""
    if known is None or known.url != source.url:
        return SourceHealth(source.name, source.url, address=source.url)
    return known if known.address else replace(known, address=source.url)


def why_not_now(health: SourceHealth, now: datetime) -> str:
    """Why a source is not read now, to stand after its name; empty when it is due.

    RSS `skipHours` and `skipDays` (UTC) count only while the last reading is less than
    `LONGEST_HINT` old: a newsletter that leaves at one of these hours still reads its sources.
    """
    if health.state is SourceState.RETIRED:
        return f"retired: {health.problem}"
    is_believable = health.tried_at is None or health.tried_at <= now  # else a clock was wrong
    if health.due_at and now < health.due_at and is_believable:
        return f"waits until {health.due_at:%Y-%m-%d %H:%M} UTC"
    is_fresh = health.succeeded_at is not None and now - health.succeeded_at < LONGEST_HINT
    moment = now.astimezone(UTC)
    if is_fresh and (moment.hour in health.skip_hours or moment.weekday() in health.skip_days):
        return "asks not to be read at this hour"
    return ""


def after_answer(
    health: SourceHealth, answer: Answer, *, now: datetime, every: timedelta = timedelta(0)
) -> SourceHealth:
    """The health after a good reading: no failure is left, and it is due when all agree.

    `every` is the operator's own schedule. It gets five minutes' grace, so that a run that starts
    at the same time every day finds its sources due.
    """
    moved = _moved(health, answer.permanent_url)
    hint = max(answer.wait.fresh_for, answer.wait.ttl)
    pause = max(min(hint, LONGEST_HINT), every - _SLACK)
    return replace(
        moved,
        state=SourceState.ACTIVE,
        etag=answer.etag,
        last_modified=answer.last_modified,
        body_hash=answer.body_hash,
        failures=0,
        problem="",
        entries=answer.entries or health.entries,
        tried_at=now,
        succeeded_at=now,
        failing_since=None,
        told_at=None,
        due_at=now + pause if pause > timedelta(0) else None,
        ttl=answer.wait.ttl,
        skip_hours=answer.wait.skip_hours,
        skip_days=answer.wait.skip_days,
        newest_at=max(filter(None, (health.newest_at, answer.newest_at)), default=None),
    )


def _moved(health: SourceHealth, permanent_url: str) -> SourceHealth:
    """The address follows a permanent redirect (RFC 9110, 15.4.2 and 15.4.9) that holds."""
    if not permanent_url or permanent_url == health.address:
        return replace(health, moving_to="", moving_runs=0)
    runs = health.moving_runs + 1 if permanent_url == health.moving_to else 1
    if runs < RUNS_TO_MOVE:
        return replace(health, moving_to=permanent_url, moving_runs=runs)
    return replace(health, address=permanent_url, moving_to="", moving_runs=0)


def after_failure(health: SourceHealth, failure: Failure, *, now: datetime) -> SourceHealth:
    """The health after a bad reading. Validators and all that is known of entries stay.

    The second failure in a row waits `FIRST_BACK_OFF`, every further one twice as long, at most
    `LONGEST_BACK_OFF`; a server's own Retry-After counts where it is longer.
    """
    failures = health.failures + 1
    pause = max(_back_off(failures), min(failure.retry_after, LONGEST_ORDER))
    return replace(
        health,
        state=SourceState.RETIRED if failure.is_gone else health.state,
        failures=failures,
        problem=failure.problem,
        tried_at=now,
        failing_since=health.failing_since or now,
        due_at=now + pause if pause > timedelta(0) else None,
    )


def after_refusal(health: SourceHealth, wait: timedelta, *, now: datetime) -> SourceHealth:
    """The health of a source that was not asked, because its host wants to be left alone."""
    return replace(health, due_at=now + min(wait, LONGEST_ORDER))


def _back_off(failures: int) -> timedelta:
    if failures <= 1:
        return timedelta(0)
    return min(FIRST_BACK_OFF * (1 << min(failures - 2, 20)), LONGEST_BACK_OFF)


def failing_days(health: SourceHealth, now: datetime) -> int:
    """On how many calendar days (UTC) it has failed, today included; 0 where it does not fail."""
    if health.failing_since is None:
        return 0
    first, today = (moment.astimezone(UTC).date() for moment in (health.failing_since, now))
    return max(1, (today - first).days + 1)


def is_told_now(health: SourceHealth, *, now: datetime, after_days: int) -> bool:
    """True once in a failure: on the day that it has lasted `after_days`, or at its end (410)."""
    has_lasted = failing_days(health, now) >= after_days or health.state is SourceState.RETIRED
    return bool(health.problem) and has_lasted and health.told_at is None
