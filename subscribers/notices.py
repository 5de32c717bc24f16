"""Small mails that are owed to subscribers: written down, claimed once, settled once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from subscribers import moves, store
from subscribers.models import Notice, PendingAct, Suppression
from subscribers.values import NoticeKind, OwedNotice, Status

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from subscribers.values import Subscriber

OPEN_FOR = timedelta(days=1)
"""How long a subscriber's request can be confirmed (see requests.py)."""
_STALE = timedelta(days=7)
_SOONEST, _LATEST = timedelta(minutes=1), timedelta(hours=1)  # until the next try
_OF_AN_ACT = (NoticeKind.NEW_ADDRESS, NoticeKind.EXPORT, NoticeKind.ERASE)
_TO_AN_ADDRESS = (NoticeKind.NEW_ADDRESS, NoticeKind.MOVED)


@dataclass(frozen=True)
class _Case:
    """A due notice with all that decides whether it leaves."""

    row: Notice
    person: Subscriber | None
    address: str
    is_suppressed: bool


def owe(
    subscriber_id: int, kind: NoticeKind, due_at: datetime, *, act_id: int | None = None
) -> None:
    """Write down that a small mail is owed from a moment on; nothing is sent."""
    Notice.objects.create(
        subscriber_id=subscriber_id, kind=kind.value, due_at=due_at, act_id=act_id
    )


def is_owed(subscriber_id: int, kind: NoticeKind) -> bool:
    """True while a small mail of this kind is planned."""
    rows = Notice.objects.filter(subscriber_id=subscriber_id, kind=kind.value, state="planned")
    return rows.exists()


def claim_due(now: datetime, most: int) -> list[OwedNotice]:
    """Move up to `most` due notices to in flight and return them; call it in a transaction.

    A notice whose reason is gone (confirmed meanwhile, erased, suppressed, a week late) is settled
    as `excluded` and not returned. What an earlier, dead run left in flight is not touched: it
    never leaves twice. An empty answer means that nothing is due.
    """
    while cases := _due(now, most):
        reasons = {case.row.id: _why_not(case, now) for case in cases}
        _exclude(reasons, now)
        owed = [_owed(case) for case in cases if not reasons[case.row.id]]
        if owed:
            _take([notice.id for notice in owed], now)
            return owed
    return []


def record(notice_id: int, state: str, detail: str, now: datetime) -> None:
    """Write down what became of a claimed notice.

    `state` is accepted, rejected, unknown, or planned where nothing left and it is tried again:
    after a minute at first, then in ever longer steps up to an hour.
    """
    rows = Notice.objects.filter(id=notice_id, state="in_flight")
    if state == "planned":
        first = rows.values_list("claimed_at", flat=True).first() or now
        wait = min(max(now - first, _SOONEST), _LATEST)
        rows.update(state=state, detail=detail, due_at=now + wait)
    else:
        rows.update(state=state, detail=detail, settled_at=now)


def count_due(now: datetime) -> int:
    """How many notices wait to be sent."""
    return Notice.objects.filter(state="planned", due_at__lte=now).count()


def count_in_doubt(now: datetime) -> int:
    """How many notices a run left behind while it handed them over: they never leave again."""
    abandoned = Q(state="in_flight", claimed_at__lt=now - _LATEST)
    return Notice.objects.filter(Q(state="unknown") | abandoned).count()


def _due(now: datetime, most: int) -> list[_Case]:
    # Without effect on SQLite, where the caller's transaction is alone in writing.
    rows = Notice.objects.select_for_update(skip_locked=True).filter(
        state="planned", due_at__lte=now
    )
    found = list(rows.order_by("due_at", "id")[:most])
    people = store.load_these([row.subscriber_id for row in found])
    acts = PendingAct.objects.in_bulk([row.act_id for row in found if row.act_id])
    for row in found:
        row.act = acts.get(row.act_id) if row.act_id else None
    suppressed = _suppressed([row.act.address_hash for row in found if row.act])
    return [_case(row, people.get(row.subscriber_id), suppressed) for row in found]


def _case(row: Notice, person: Subscriber | None, suppressed: Collection[str]) -> _Case:
    if row.act and row.kind in _TO_AN_ADDRESS:
        return _Case(row, person, row.act.address, row.act.address_hash in suppressed)
    address = person.address if person else ""
    return _Case(row, person, address, person is not None and person.suppression is not None)


def _suppressed(hashes: Collection[str]) -> frozenset[str]:
    rows = Suppression.objects.filter(address_hash__in=set(hashes))
    return frozenset(rows.values_list("address_hash", flat=True))


def _why_not(case: _Case, now: datetime) -> str:
    """Why a due notice does not leave; "" where it does."""
    row, person = case.row, case.person
    if person is None or not case.address:
        return "gone"
    if case.is_suppressed:
        return "suppressed"
    if now - min(row.claimed_at or row.due_at, row.due_at) > _STALE:
        return "too late"
    return "" if _still_holds(row, person, now) else "no longer asked for"


def _still_holds(row: Notice, person: Subscriber, now: datetime) -> bool:
    kind, status = NoticeKind(row.kind), person.status_on(now.date())
    if kind in (NoticeKind.CONFIRM, NoticeKind.REMIND):
        return moves.may_confirm(person, now)
    if kind in _OF_AN_ACT:
        asked = row.act
        return asked is not None and not asked.done_at and now - asked.asked_at <= OPEN_FOR
    if kind is NoticeKind.WELCOME:
        return status is Status.ACTIVE
    return status in (Status.ACTIVE, Status.PAUSED) or kind is NoticeKind.MOVED


def _owed(case: _Case) -> OwedNotice:
    row, person = case.row, case.person
    return OwedNotice(
        id=row.id,
        kind=NoticeKind(row.kind),
        subscriber_id=row.subscriber_id,
        address=case.address,
        name=person.name if person and row.kind != NoticeKind.NEW_ADDRESS else "",
        language=person.preferences.language if person else "",
        act=row.act_id or 0,
        leavings=person.leavings if person else 0,
    )


def _exclude(reasons: dict[int, str], now: datetime) -> None:
    for reason in sorted(set(filter(None, reasons.values()))):
        ids = [number for number, why in reasons.items() if why == reason]
        rows = Notice.objects.filter(id__in=ids)
        rows.update(state="excluded", detail=reason, settled_at=now)


def _take(ids: list[int], now: datetime) -> None:
    """`claimed_at` is the first time: the wait until another try is counted from it."""
    first = Coalesce(F("claimed_at"), Value(now))
    Notice.objects.filter(id__in=ids).update(state="in_flight", claimed_at=first)
