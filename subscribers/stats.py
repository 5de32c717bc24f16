"""How the list stands and how it grows, counted in the database.

The growth comes from the record of consent, which outlives the subscriber: erasing people changes
no day that is past.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Substr

from subscribers.listing import standing
from subscribers.models import Consent, Subscriber, Suppression
from subscribers.moves import CONFIRM_WINDOW
from subscribers.segments import Segment, condition
from subscribers.values import ConsentKind, How, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_COLUMNS = ("source", "rhythm", "depth", "mail_format", "language")
_READING = (Status.ACTIVE.value, Status.PAUSED.value)
_MINUTE = "%Y-%m-%d %H:%M"
_MOVED_IN = Q(kind=ConsentKind.IMPORTED.value) & (
    Q(detail__in=_READING) | Q(wording__isnull=False)  # the wording stays after an erasure
)
_IN = (
    Q(kind__in=[ConsentKind.CONFIRMED.value, ConsentKind.RETURNED.value])
    | Q(kind=ConsentKind.AGREED.value, how=How.COMMAND.value)
    | _MOVED_IN
)
_OUT = Q(kind__in=[ConsentKind.WITHDRAWN.value, ConsentKind.ERASED.value])


@dataclass(frozen=True)
class Day:
    """What a day changed, and how many were on the list at its end."""

    day: date
    joined: int
    left: int
    total: int

    @property
    def net(self) -> int:
        """By how many the list grew."""
        return self.joined - self.left


@dataclass(frozen=True)
class Stats:
    """The figures of a list.

    `by_status` counts everyone, as they stand today; the other groups count those on the list,
    active or paused. `waiting` have a sign-up that they can still confirm, `expired` never
    confirmed in time. `suppressions` are counted by reason; of a segment, those of its people.
    `growth` is oldest first.
    """

    by_status: Mapping[str, int]
    by_source: Mapping[str, int]
    by_rhythm: Mapping[str, int]
    by_depth: Mapping[str, int]
    by_format: Mapping[str, int]
    by_language: Mapping[str, int]
    suppressions: Mapping[str, int]
    waiting: int
    expired: int
    growth: Sequence[Day]


def stats(now: datetime, days: int, segment: Segment | None = None) -> Stats:
    """The figures now, and the growth of the last `days` days, today's among them.

    `now` is an aware moment; days are those of its own time zone. The growth of a segment is that
    of the people who are in it now.

    Raises:
        AddressError: an address in the segment is none.
    """
    people = Subscriber.objects.all()
    if segment is not None:
        people = people.filter(condition(segment, now.date()))
    groups = _grouped(people, now.date())
    total = groups["status"][Status.ACTIVE.value] + groups["status"][Status.PAUSED.value]
    waiting, expired = _waiting(people, now)
    return Stats(
        by_status=dict.fromkeys(map(str, Status), 0) | groups["status"],
        by_source=_largest_first(groups["source"]),
        by_rhythm=_largest_first(groups["rhythm"]),
        by_depth=_largest_first(groups["depth"]),
        by_format=_largest_first(groups["mail_format"]),
        by_language=_largest_first(groups["language"]),
        suppressions=_suppressions(None if segment is None else people),
        waiting=waiting,
        expired=expired,
        growth=_growth(now, days, total, None if segment is None else people),
    )


def _grouped(people: QuerySet[Subscriber], today: date) -> dict[str, Counter[str]]:
    """One pass over the table; what it groups by has few different values."""
    counts: dict[str, Counter[str]] = {column: Counter() for column in ("status", *_COLUMNS)}
    rows = people.values_list(standing(today), *_COLUMNS).annotate(number=Count("id"))
    for status, *values, number in rows.order_by():
        counts["status"][status] += number
        if status in _READING:
            for column, value in zip(_COLUMNS, values, strict=True):
                counts[column][value] += number
    return counts


def _largest_first(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _waiting(people: QuerySet[Subscriber], now: datetime) -> tuple[int, int]:
    in_time = Q(asked_at__gte=now - CONFIRM_WINDOW)
    never = Q(status=Status.PENDING.value)
    again = Q(status=Status.LEFT.value, asked_at__isnull=False)
    found = people.filter(never | again).aggregate(
        waiting=Count("id", filter=in_time), expired=Count("id", filter=never & ~in_time)
    )
    return found["waiting"], found["expired"]


def _suppressions(people: QuerySet[Subscriber] | None) -> dict[str, int]:
    rows = Suppression.objects.all()
    if people is not None:
        rows = rows.filter(address_hash__in=people.values("address_hash"))
    counts = rows.values_list("reason").annotate(number=Count("id")).order_by()
    return _largest_first(Counter(dict(counts)))


def _growth(now: datetime, days: int, total: int, people: QuerySet[Subscriber] | None) -> list[Day]:
    """Counted back from those on the list now."""
    first = now.date() - timedelta(days=days - 1)
    joined, left = _moves(datetime.combine(first, time.min, tzinfo=now.tzinfo), people)
    growth = []
    for number in range(days):
        day = now.date() - timedelta(days=number)
        growth.append(Day(day, joined[day], left[day], total))
        total -= growth[-1].net
    return growth[::-1]


def _moves(
    since: datetime, people: QuerySet[Subscriber] | None
) -> tuple[Counter[date], Counter[date]]:
    """How many came on the list and went off it on each day, from a midnight on."""
    joined: Counter[date] = Counter()
    left: Counter[date] = Counter()
    for minute, is_in, number in _counted(_crossings(since, people)):
        moment = datetime.strptime(minute, _MINUTE).replace(tzinfo=UTC)
        (joined if is_in else left)[moment.astimezone(since.tzinfo).date()] += number
    return joined, left


def _crossings(since: datetime, people: QuerySet[Subscriber] | None) -> QuerySet[Consent]:
    """The records that took somebody on the list who was not on it, or off it who was."""
    sides = Consent.objects.filter(_IN | _OUT)
    before = sides.filter(subscriber_id=OuterRef("subscriber_id"), id__lt=OuterRef("id"))
    last_side = Subquery(before.order_by("-id").values_list(_side())[:1])
    rows = sides.filter(happened_at__gte=since)
    if people is not None:
        rows = rows.filter(subscriber_id__in=people.values("id"))
    return rows.annotate(is_in=_side(), was_in=Coalesce(last_side, Value(value=False))).exclude(
        is_in=F("was_in")
    )


def _side() -> Case:
    """Whether a record puts somebody on the list."""
    return Case(
        When(_IN, then=Value(value=True)),
        default=Value(value=False),
        output_field=BooleanField(),
    )


def _counted(rows: QuerySet[Consent]) -> QuerySet[Consent, tuple[str, bool, int]]:
    """By minute: the date in a time zone costs more in SQLite than everything else together.

    A moment begins with the same sixteen signs on both databases, whose connections are in UTC.
    """
    minute = Substr(Cast("happened_at", CharField()), 1, 16)
    grouped = rows.values_list(minute, "is_in")
    return grouped.annotate(number=Count("id")).order_by()
