"""The variants of frozen editions, each stored once by what its page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter import models
from newsletter.core.depth import Depth
from newsletter.core.variant import Variant
from newsletter.store import editions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsletter.core.edition import Edition


def load_variant(edition: Edition, key: str) -> Variant | None:
    """The stored variant of an edition with this key."""
    row = models.EditionVariant.objects.filter(edition_id=edition.id, key=key).first()
    return Variant(row.key, Depth(row.depth), row.subject, row.html, row.text) if row else None


def drop_variants(edition: Edition) -> None:
    """Forget what was kept for an approval that came to nothing; what is frozen stays."""
    models.EditionVariant.objects.filter(
        edition_id=edition.id, edition__state__in=[one.value for one in editions.OPEN]
    ).delete()


def save_variants(edition: Edition, found: Iterable[Variant]) -> None:
    """Keep variants; one that is stored stays as it was frozen."""
    rows = [
        models.EditionVariant(
            edition_id=edition.id,
            key=one.key,
            depth=one.depth.value,
            subject=one.subject,
            html=one.html,
            text=one.text,
        )
        for one in found
    ]
    models.EditionVariant.objects.bulk_create(rows, ignore_conflicts=True)
