"""Corrections of editions that were sent: recorded, printed in a later edition, mailed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db.models import Q

from newsletter import models
from newsletter.core.beside import Correction
from newsletter.core.delivery import DeliveryState
from newsletter.store import editions
from subscribers.values import Rhythm

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from django.db.models import QuerySet

    from newsletter.core.edition import Edition
    from newsletter.core.story import Story

_HAVE_IT = (DeliveryState.ACCEPTED.value, DeliveryState.UNKNOWN.value)
_NOT_HANDED_OVER = (DeliveryState.PLANNED.value, DeliveryState.EXCLUDED.value)
_TO_DO = (DeliveryState.PLANNED.value, DeliveryState.IN_FLIGHT.value)


@dataclass(frozen=True)
class KeptCorrection:
    """A correction as it is stored: `printed_on` is the date of the edition that printed it.

    `story` is the id of the story that it is about, or empty.
    """

    correction: Correction
    story: str
    printed_on: date | None


def load_kept() -> tuple[KeptCorrection, ...]:
    """All corrections, the newest first."""
    rows = _rows().order_by("-id")
    return tuple(_kept(row) for row in rows)


def load_correction(number: int) -> KeptCorrection | None:
    """The correction of that number."""
    row = _rows().filter(id=number).first()
    return _kept(row) if row else None


def load_unprinted(before: date) -> tuple[Correction, ...]:
    """The corrections of editions before a date that no edition has printed yet, oldest first."""
    rows = _rows().filter(edition__date__lt=before, printed_on=None)
    return tuple(_correction(row) for row in rows.order_by("id"))


def load_of(day: date) -> tuple[Correction, ...]:
    """The corrections of the edition of a date, oldest first."""
    return tuple(_correction(row) for row in _rows().filter(edition__date=day).order_by("id"))


def save_correction(
    edition: Edition, story: Story | None, wrong: str, right: str, now: datetime
) -> Correction:
    """Record a correction of an edition, of one of its stories where one is given."""
    row = models.Correction.objects.create(
        edition_id=edition.id,
        story=story.id if story else "",
        headline=story.headline if story else "",
        wrong=wrong,
        right=right,
        made_at=now,
    )
    return _correction(_rows().get(id=row.id))


def save_printed(edition: Edition, printed: Iterable[int]) -> None:
    """Note which corrections an edition that leaves prints; the first one that does counts.

    Other drafts that are still open hold them no more.
    """
    rows = models.Correction.objects.filter(id__in=list(printed), printed_on=None)
    if rows.update(printed_on=edition.date):
        save_into_open_drafts()


def save_into_open_drafts() -> None:
    """Let the drafts that are still open hold the corrections that wait to be printed."""
    for edition in editions.load_in(*editions.OPEN):
        draft = edition.draft
        waiting = load_unprinted(draft.date)
        if waiting != draft.beside.corrections:
            beside = replace(draft.beside, corrections=waiting)
            editions.save_wording(replace(draft, beside=beside))


def drop_correction(number: int) -> None:
    """Take a correction back, with the mails of it that are only planned."""
    models.CorrectionDelivery.objects.filter(correction_id=number).delete()
    models.Correction.objects.filter(id=number).delete()


def count_handed_over(one: Correction) -> int:
    """How many mails of it were handed over, or may have been when a run died."""
    every = models.CorrectionDelivery.objects.filter(correction_id=one.id)
    return every.exclude(state__in=_NOT_HANDED_OVER).count()


def received(one: Correction, rolled_up_on: date | None = None) -> Q:
    """Those subscribers who got the corrected edition, or of whom nobody knows whether they did.

    `rolled_up_on` is the date of the edition with which its roll-up left: of those who got that
    one, the weekly readers met the mistake there.
    """
    got = models.Delivery.objects.filter(state__in=_HAVE_IT)
    readers = Q(id__in=got.filter(edition__corrections=one.id).values("subscriber_id"))
    if rolled_up_on is None:
        return readers
    later = got.filter(edition__date=rolled_up_on).values("subscriber_id")
    return readers | Q(id__in=later, rhythm=Rhythm.WEEKLY.value)


def still_to_mail(one: Correction, rolled_up_on: date | None = None) -> Q:
    """Those of them with whom nothing was tried yet that settled the matter."""
    every = models.CorrectionDelivery.objects.filter(correction_id=one.id)
    settled = every.exclude(state__in=_TO_DO)
    return received(one, rolled_up_on) & ~Q(id__in=settled.values("subscriber_id"))


def _rows() -> QuerySet[models.Correction]:
    return models.Correction.objects.select_related("edition")


def _kept(row: models.Correction) -> KeptCorrection:
    return KeptCorrection(_correction(row), row.story, row.printed_on)


def _correction(row: models.Correction) -> Correction:
    return Correction(
        id=row.id,
        day=row.edition.date,
        headline=row.headline,
        wrong=row.wrong,
        right=row.right,
        made_at=row.made_at,
    )
