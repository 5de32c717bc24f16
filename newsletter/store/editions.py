"""Editions: drafted, approved, sent; and what they told."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from newsletter import models
from newsletter.core.edition import Draft, Edition, EditionState
from newsletter.errors import BusyError, StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from django.db.models import QuerySet

_DRAFT = TypeAdapter(Draft)
OPEN = (EditionState.DRAFTED, EditionState.HELD)
"""The states in which an edition may still change."""
_LEAVING = (EditionState.APPROVED, EditionState.SENDING)


@dataclass(frozen=True)
class To:
    """Whom an edition goes to, by the names of segments: `only` those in one, `without` others.

    Without any name it goes to whom the configuration says.
    """

    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def is_same(self, other: To) -> bool:
        """Whether the same readers are meant, in whatever order they are named."""
        ours, theirs = (set(self.only), set(self.without)), (set(other.only), set(other.without))
        return ours == theirs

    @property
    def words(self) -> str:
        """Whom it means, in the words of the command's options."""
        named = [f"--only {name}" for name in self.only]
        named += [f"--without {name}" for name in self.without]
        return f"with {' '.join(named)}" if named else "without --only and --without"


EVERYBODY = To()
_TO = TypeAdapter(To)


def draft_as_json(draft: Draft) -> dict[str, object]:
    """A draft as plain JSON values."""
    plain: dict[str, object] = _DRAFT.dump_python(draft, mode="json")
    return plain


def load_edition(day: date) -> Edition | None:
    """The edition of a date, if there is one."""
    row = models.Edition.objects.filter(date=day).first()
    return _edition(row) if row else None


def lock_edition(day: date) -> Edition | None:
    """The edition of a date, which nobody else changes until the present transaction ends.

    SQLite has no such words; there every transaction of ours begins as a writer's.
    """
    row = models.Edition.objects.select_for_update().filter(date=day).first()
    return _edition(row) if row else None


def load_in(*states: EditionState) -> tuple[Edition, ...]:
    """The editions that stand in one of these states, oldest first."""
    rows = models.Edition.objects.filter(state__in=[state.value for state in states])
    return tuple(_edition(row) for row in rows.order_by("date"))


def save_draft(draft: Draft, sources: Sequence[str], reason: str = "") -> Edition:
    """Put a draft in the place of the date's earlier one.

    Raises:
        StoreError: the date's edition is frozen or skipped; it is never drafted again.
    """
    values = {
        "state": EditionState.DRAFTED.value,
        "draft": draft_as_json(draft),
        "sources": list(sources),
        "drafted_at": draft.made_at,
        "reason": reason,
    }
    if not _open_row(draft.date).update(**values):
        row = models.Edition(date=draft.date, **values)
        models.Edition.objects.bulk_create([row], ignore_conflicts=True)
        _refuse_if_closed(draft.date, _open_row(draft.date).update(**values))
    return _edition(models.Edition.objects.get(date=draft.date))


def save_wording(draft: Draft) -> Edition:
    """Keep a draft that only tells its stories in other words; its edition stays as it stands.

    Raises:
        StoreError: the date's edition is frozen or skipped.
    """
    changed = _open_row(draft.date).update(draft=draft_as_json(draft))
    _refuse_if_closed(draft.date, changed)
    return _edition(models.Edition.objects.get(date=draft.date))


def _open_row(day: date) -> QuerySet[models.Edition]:
    """The row of a date's edition while it may be drafted."""
    return models.Edition.objects.filter(date=day, state__in=[one.value for one in OPEN])


def _refuse_if_closed(day: date, changed: int) -> None:
    if not changed:
        state = models.Edition.objects.values_list("state", flat=True).get(date=day)
        raise StoreError(f"the edition of {day} is {state}; it is not drafted again")


def save_hold(edition: Edition, reason: str) -> None:
    """Note that the edition waits for a person, and why; in a transaction of the caller.

    Raises:
        BusyError: it is not what was looked at any more.
    """
    _as_looked_at(edition).update(state=EditionState.HELD.value, reason=reason)


def save_approval(
    edition: Edition,
    *,
    subject: str,
    html: str,
    text: str,
    content_hash: str,
    reason: str,
    now: datetime,
    to: To = EVERYBODY,
) -> Edition:
    """Freeze what leaves, and to whom; in a transaction of the caller.

    From here on the edition's bytes do not change.

    Raises:
        BusyError: it is not what was looked at any more.
    """
    _as_looked_at(edition).update(
        state=EditionState.APPROVED.value,
        subject=subject,
        html=html,
        text=text,
        content_hash=content_hash,
        reason=reason,
        approved_at=now,
        segments=asdict(to) if to != EVERYBODY else {},
    )
    return replace(
        edition,
        state=EditionState.APPROVED,
        subject=subject,
        html=html,
        text=text,
        content_hash=content_hash,
        reason=reason,
    )


def _as_looked_at(edition: Edition) -> QuerySet[models.Edition]:
    """The edition's row, which is still open and holds the very draft that was looked at.

    Raises:
        BusyError: somebody decided on it, drafted it anew or froze it meanwhile.
    """
    current = lock_edition(edition.date)
    if current is None or current.state not in OPEN:
        state = current.state.value if current else "gone"
        raise BusyError(
            f"the edition of {edition.date} was checked, and is {state} by now; run it again"
        )
    if current.draft != edition.draft:
        raise BusyError(
            f"the draft of {edition.date} changed while it was checked; nothing was approved or"
            " held: run it again"
        )
    return _rows(edition, *OPEN)


def load_to(edition: Edition) -> To:
    """Whom an edition was approved for."""
    kept = models.Edition.objects.values_list("segments", flat=True).get(id=edition.id)
    return _TO.validate_python(kept)


def load_later_ids(edition: Edition) -> tuple[int, ...]:
    """The ids of the editions of later dates that at least some readers have."""
    return tuple(_out().filter(date__gt=edition.date).values_list("id", flat=True))


def save_sending(edition: Edition) -> None:
    """Note that the ledger is planned and messages are leaving."""
    _rows(edition, *_LEAVING).update(state=EditionState.SENDING.value)


def save_sent(edition: Edition, now: datetime) -> None:
    """Note that nothing of the edition waits any more."""
    _rows(edition, *_LEAVING).update(state=EditionState.SENT.value, sent_at=now)


def load_told(*, since: date, before: date) -> tuple[Draft, ...]:
    """The drafts of the editions that left in `[since, before)`, newest first: what readers know.

    One that is still being sent counts: some readers have it.
    """
    return tuple(_DRAFT.validate_python(one) for one in _told(since, before))


def load_last_told(*, since: date, before: date) -> Draft | None:
    """The newest of the drafts that `load_told` has; the others are not read."""
    newest = _told(since, before).first()
    return _DRAFT.validate_python(newest) if newest else None


def _told(since: date, before: date) -> QuerySet[models.Edition, dict[str, object]]:
    rows = _out().filter(date__gte=since, date__lt=before).order_by("-date")
    return rows.values_list("draft", flat=True)


def load_told_dates(*, since: date, before: date) -> tuple[date, ...]:
    """The dates of the editions that left in `[since, before)`, oldest first."""
    rows = _out().filter(date__gte=since, date__lt=before).order_by("date")
    return tuple(rows.values_list("date", flat=True))


def load_unfinished(before: date) -> tuple[date, ...]:
    """The dates before `before` whose editions were approved and have not wholly left."""
    rows = models.Edition.objects.filter(
        date__lt=before, state__in=[state.value for state in _LEAVING]
    )
    return tuple(rows.order_by("date").values_list("date", flat=True))


def load_subjects(*, before: date, most: int) -> tuple[str, ...]:
    """The subjects of the last editions before a date that left or are about to, newest first."""
    gone = [EditionState.SENT.value, *(state.value for state in _LEAVING)]
    rows = models.Edition.objects.filter(date__lt=before, state__in=gone).order_by("-date")
    return tuple(rows.values_list("subject", flat=True)[:most])


def load_last_sent() -> Edition | None:
    """The newest edition that is out; some readers may still wait for their hour."""
    row = _out().order_by("-date").first()
    return _edition(row) if row else None


def _out() -> QuerySet[models.Edition]:
    """The editions that at least some readers have."""
    states = (EditionState.SENDING.value, EditionState.SENT.value)
    return models.Edition.objects.filter(state__in=states)


def _rows(edition: Edition, *states: EditionState) -> QuerySet[models.Edition]:
    """The edition's row while it stands in one of these states: no other move is made."""
    return models.Edition.objects.filter(id=edition.id, state__in=[one.value for one in states])


def _edition(row: models.Edition) -> Edition:
    return Edition(
        id=row.id,
        date=row.date,
        state=EditionState(row.state),
        draft=_DRAFT.validate_python(row.draft),
        subject=row.subject,
        html=row.html,
        text=row.text,
        content_hash=row.content_hash,
        reason=row.reason,
        sent_at=row.sent_at,
    )
