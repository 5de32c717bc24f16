"""What the ledger and the memory keep that a subscriber may ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter import models

if TYPE_CHECKING:
    from collections.abc import Iterable


def load_deliveries(subscriber_id: int) -> list[dict[str, str]]:
    """The editions that were meant for a subscriber, oldest first: date, state, and when."""
    rows = models.Delivery.objects.filter(subscriber_id=subscriber_id).select_related("edition")
    return [
        {
            "edition": row.edition.date.isoformat(),
            "state": row.state,
            "at": (row.settled_at or row.claimed_at or row.planned_at).isoformat(),
        }
        for row in rows.order_by("edition__date", "id")
    ]


def load_correction_mails(subscriber_id: int) -> list[dict[str, str]]:
    """The corrections that were mailed to a subscriber, or meant to be, oldest first."""
    rows = models.CorrectionDelivery.objects.filter(subscriber_id=subscriber_id)
    return [
        {
            "corrected_edition": row.correction.edition.date.isoformat(),
            "state": row.state,
            "at": (row.settled_at or row.claimed_at or row.planned_at).isoformat(),
        }
        for row in rows.select_related("correction__edition").order_by("id")
    ]


def load_thread_headlines(threads: Iterable[str]) -> dict[str, str]:
    """The newest headline of each thread that is still remembered."""
    rows = models.Story.objects.filter(thread__in=list(threads)).order_by("latest_at", "id")
    return dict(rows.values_list("thread", "headline"))
