"""Who gets the edition of a day: one query, and a second look just before each hand-over."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When

from subscribers import store
from subscribers.models import Subscriber, Suppression
from subscribers.values import Exclusion, Recipient, Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date


def audience_query(day: date) -> tuple[str, list[object]]:
    """A select of the columns `id` and `reason`, and its parameters, for an `INSERT … SELECT`.

    One row, in the order of ids, for everyone whose status lets them get the edition of `day`:
    active, or paused until that day or an earlier one. `reason` is '' for those to be mailed and
    'suppressed' for those on the suppression list. Who left or never confirmed is not listed.
    """
    reason = Case(
        When(_is_suppressed(), then=Value(Exclusion.SUPPRESSED.value)),
        default=Value(Exclusion.NONE.value),
        output_field=CharField(),
    )
    rows = _receiving(day).annotate(reason=reason).order_by("id").values_list("id", "reason")
    sql, parameters = rows.query.sql_with_params()
    return sql, list(cast("Sequence[object]", parameters))


def size(day: date) -> int:
    """How many people would be mailed the edition of `day`."""
    return _mailable(day).count()


def mailable(ids: Sequence[int], day: date) -> dict[int, Recipient]:
    """Those of `ids` who may be mailed right now, by id: at most one batch, looked up afresh."""
    rows = _mailable(day).filter(id__in=list(ids)).values_list("id", "address", "name")
    return {number: Recipient(number, address, name) for number, address, name in rows}


def why_not(subscriber_id: int, day: date) -> Exclusion:
    """Why a subscriber does not get the edition of `day`; `Exclusion.NONE` ('') when they do."""
    person = store.load_subscriber(subscriber_id)
    if person is None:
        return Exclusion.GONE
    status = person.status_on(day)
    if status is not Status.ACTIVE:
        return Exclusion(status.value)
    return Exclusion.SUPPRESSED if person.suppression else Exclusion.NONE


def _mailable(day: date) -> QuerySet[Subscriber]:
    return _receiving(day).filter(~_is_suppressed())


def _receiving(day: date) -> QuerySet[Subscriber]:
    is_back = Q(status=Status.PAUSED.value, paused_until__lte=day)
    return Subscriber.objects.filter(Q(status=Status.ACTIVE.value) | is_back)


def _is_suppressed() -> Exists:
    return Exists(Suppression.objects.filter(address_hash=OuterRef("address_hash")))
