"""The market series: their points, when each was read last, and what was wrong since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter import models
from newsletter.core.beside import Point, Series

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from newsletter.config_beside import SeriesSettings

MOST_KEPT = 400
"""Points of a series; older ones are forgotten."""

MOST_TOLD = 60
"""Points that a draft holds: twice what its line shows, to know since when a value stands."""


def load_series(settings: Sequence[SeriesSettings], until: date) -> tuple[Series, ...]:
    """The series of these settings with their points up to a date, in the settings' order.

    One that was never read well is left out, and so are points that were read by other settings.
    """
    names = [one.name for one in settings]
    rows = {row.name: row for row in models.MarketSeries.objects.filter(name__in=names)}
    found = [(one, rows[one.name]) for one in settings if one.name in rows]
    return tuple(
        _series(one, row, until, row.read_at)
        for one, row in found
        if row.origin == one.origin and row.read_at is not None
    )


def _series(
    one: SeriesSettings, row: models.MarketSeries, until: date, read_at: datetime
) -> Series:
    kept = row.points.filter(day__lte=until).order_by("-day").values_list("day", "value")
    points = reversed(kept[:MOST_TOLD])
    return Series(
        name=one.name,
        unit=one.unit,
        source=one.source,
        points=tuple(Point(day, value) for day, value in points),
        read_at=read_at,
        url=one.link or "",
        decimals=one.decimals,
        every=one.every,
        problem=row.problem,
        is_dated=bool(one.date),
    )


def save_points(one: SeriesSettings, points: Sequence[Point], now: datetime) -> None:
    """Keep what was read well now: a day's value is what its source said of it last.

    A value without a date is kept where it differs from the last one. What other settings had read
    under this name is forgotten.
    """
    row, _ = models.MarketSeries.objects.get_or_create(name=one.name)
    if row.origin != one.origin:
        row.points.all().delete()
    row.origin, row.read_at, row.problem = one.origin, now, ""
    row.save()
    new = points if one.date else _moved(row, points)
    models.MarketPoint.objects.bulk_create(
        [models.MarketPoint(series=row, day=point.day, value=point.value) for point in new],
        update_conflicts=True,
        unique_fields=["series", "day"],
        update_fields=["value"],
    )
    _forget_oldest(row)


def _moved(row: models.MarketSeries, points: Sequence[Point]) -> list[Point]:
    latest = row.points.order_by("-day").values_list("value", flat=True).first()
    return [point for point in points if point.value != latest]


def _forget_oldest(row: models.MarketSeries) -> None:
    old = row.points.order_by("-day").values_list("day", flat=True)[MOST_KEPT : MOST_KEPT + 1]
    if day := old.first():
        row.points.filter(day__lte=day).delete()


def save_problem(one: SeriesSettings, problem: str) -> None:
    """A series could not be read this time; what it had stays, and is known to be from before."""
    models.MarketSeries.objects.get_or_create(name=one.name, defaults={"origin": one.origin})
    models.MarketSeries.objects.filter(name=one.name).update(problem=problem)
