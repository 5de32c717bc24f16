"""Who gets the edition of a day: one query, and a second look just before each hand-over."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When

from subscribers import store
from subscribers.models import Subscriber, Suppression
from subscribers.values import Exclusion, Recipient, Rhythm, Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import date

    from subscribers.values import Preferences

EVERY_RHYTHM = frozenset(Rhythm)
SEGMENT = "segment:"
"""What the reason of those starts with whom a named part of the audience leaves out."""


def audience_query(
    day: date,
    rhythms: Collection[Rhythm] = EVERY_RHYTHM,
    *,
    if_following: Collection[Rhythm] = (),
    only: Q | None = None,
    without: Sequence[tuple[str, Q]] = (),
) -> tuple[str, list[object]]:
    """A select of `id`, `reason`, `hour` and `time_zone`, and its parameters, to `INSERT … SELECT`.

    One row, in the order of ids, for everyone of these rhythms whose status lets them get the
    edition of `day`: active, or paused until that day or an earlier one. Of the rhythms
    `if_following`, those are listed who follow something. Who is not in `only` is not listed.
    `reason` is '' for those to be mailed, 'suppressed' for those on the suppression list, and
    `segment:<name>` for those whom one of the named conditions `without` leaves out.
    """
    reason = Case(
        When(_is_suppressed(), then=Value(Exclusion.SUPPRESSED.value)),
        *(When(condition, then=Value(f"{SEGMENT}{name}")) for name, condition in without),
        default=Value(Exclusion.NONE.value),
        output_field=CharField(),
    )
    rows = _receiving(day).filter(_of_rhythm(rhythms, if_following), only or Q())
    listed = rows.annotate(reason=reason).order_by("id")
    columns = listed.values_list("id", "reason", "hour", "time_zone")
    sql, parameters = columns.query.sql_with_params()
    return sql, list(cast("Sequence[object]", parameters))


def size(
    day: date,
    rhythms: Collection[Rhythm] = EVERY_RHYTHM,
    *,
    if_following: Collection[Rhythm] = (),
    only: Q | None = None,
    without: Sequence[tuple[str, Q]] = (),
) -> int:
    """How many people would be mailed the edition of `day`; as for `audience_query`."""
    rows = _mailable(day).filter(_of_rhythm(rhythms, if_following), only or Q())
    for _, condition in without:
        rows = rows.exclude(condition)
    return rows.count()


def hours(day: date) -> list[tuple[int, str]]:
    """The hours at which those who receive on `day` want their mail, each with its time zone."""
    rows = _receiving(day).filter(hour__isnull=False).order_by("hour", "time_zone")
    return [
        (int(hour or 0), zone) for hour, zone in rows.values_list("hour", "time_zone").distinct()
    ]


def choices(day: date) -> Iterator[Preferences]:
    """What those who receive on `day` want to read: each choice once, the commonest first.

    Hour, format and language do not tell choices apart, and are the defaults.
    """
    columns = ("rhythm", "depth", "sections", "follows")
    rows = _receiving(day).values(*columns).annotate(number=Count("id"))
    usual = {"hour": None, "time_zone": "", "mail_format": "html", "language": ""}
    for row in rows.order_by("-number", *columns).iterator():
        yield store.preferences_of({**usual, **row})


def mailable(ids: Sequence[int], day: date) -> dict[int, Recipient]:
    """Those of `ids` who may be mailed right now, by id: at most one batch, looked up afresh."""
    rows = (
        _mailable(day)
        .filter(id__in=list(ids))
        .values("id", "address", "name", *store.PREFERENCE_COLUMNS)
    )
    return {
        row["id"]: Recipient(row["id"], row["address"], row["name"], store.preferences_of(row))
        for row in rows
    }


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


def _of_rhythm(rhythms: Collection[Rhythm], if_following: Collection[Rhythm]) -> Q:
    follow = [one.value for one in if_following if one not in rhythms]
    wanted = Q(rhythm__in=sorted(one.value for one in rhythms))
    return wanted | Q(~Q(follows=""), rhythm__in=sorted(follow)) if follow else wanted


def _is_suppressed() -> Exists:
    return Exists(Suppression.objects.filter(address_hash=OuterRef("address_hash")))
