"""Entries and the sources that carry them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter import models
from newsletter.core.entry import Entry
from newsletter.core.intake import KnownEntry, content_hash
from newsletter.core.source import Publisher

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from newsletter.core.intake import Intake

_CHUNK = 500  # SQLite's limit on variables in one statement is far above


@dataclass(frozen=True)
class SourceHealth:
    """What reading a source has told us so far."""

    name: str
    url: str
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    failures: int = 0
    problem: str = ""
    entries: int = 0
    tried_at: datetime | None = None
    succeeded_at: datetime | None = None


def load_health(names: Iterable[str]) -> dict[str, SourceHealth]:
    """The health of the named sources; those never read are left out."""
    rows = models.SourceState.objects.filter(name__in=list(names))
    return {
        row.name: SourceHealth(
            name=row.name,
            url=row.url,
            etag=row.etag,
            last_modified=row.last_modified,
            body_hash=row.body_hash,
            failures=row.failures,
            problem=row.problem,
            entries=row.entries,
            tried_at=row.tried_at,
            succeeded_at=row.succeeded_at,
        )
        for row in rows
    }


def save_health(health: SourceHealth) -> None:
    """Write down how a source did."""
    values = {name: getattr(health, name) for name in health.__dataclass_fields__ if name != "name"}
    models.SourceState.objects.update_or_create(name=health.name, defaults=values)


def load_known(ids: Iterable[str]) -> dict[str, KnownEntry]:
    """The stored entries among `ids`, by id."""
    wanted = sorted(set(ids))
    known: dict[str, KnownEntry] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = models.Entry.objects.filter(key__in=wanted[start : start + _CHUNK])
        for key, title, digest, source in rows.values_list(
            "key", "title", "content_hash", "source"
        ):
            known[key] = KnownEntry(key, title, digest, source)
    return known


def save_intake(intake: Intake, source: str, now: datetime) -> None:
    """Store what is new, replace what was revised, note the sightings."""
    models.Entry.objects.bulk_create([_row(entry) for entry in intake.new], ignore_conflicts=True)
    for entry in intake.revised:
        values = {name: value for name, value in _columns(entry).items() if name not in _KEPT}
        models.Entry.objects.filter(key=entry.id).update(**values)
    seen = [*(entry.id for entry in (*intake.new, *intake.revised)), *intake.seen_again]
    _save_sightings(seen, source, now)


_KEPT = frozenset(
    {"key", "declared_id", "first_seen_at", "published_at", "date_is_known", "source"}
)


def _save_sightings(ids: Sequence[str], source: str, now: datetime) -> None:
    for start in range(0, len(ids), _CHUNK):
        keys = models.Entry.objects.filter(key__in=ids[start : start + _CHUNK])
        models.Sighting.objects.bulk_create(
            [
                models.Sighting(entry_id=row, source=source, seen_at=now)
                for row in keys.values_list("id", flat=True)
            ],
            ignore_conflicts=True,
        )


def load_entries(*, since: datetime, until: datetime, sources: Sequence[str]) -> tuple[Entry, ...]:
    """The entries dated within the window that any of the named sources carried, oldest first."""
    rows = (
        models.Entry.objects.filter(
            published_at__gt=since, published_at__lte=until, sightings__source__in=list(sources)
        )
        .distinct()
        .order_by("published_at", "key")
        .prefetch_related("sightings")
    )
    return tuple(_entry(row) for row in rows)


def _columns(entry: Entry) -> dict[str, object]:
    return {
        "key": entry.id,
        "declared_id": entry.declared_id,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "text": entry.text,
        "highlights": list(entry.highlights),
        "published_at": entry.published_at,
        "date_is_known": entry.date_is_known,
        "first_seen_at": entry.first_seen_at,
        "language": entry.language,
        "outlet": entry.outlet,
        "publisher": entry.publisher.value,
        "weight": entry.weight,
        "paywall": entry.paywall,
        "authors": list(entry.authors),
        "content_hash": content_hash(entry),
        "source": entry.sources[0] if entry.sources else "",
    }


def _row(entry: Entry) -> models.Entry:
    return models.Entry(**_columns(entry))


def _entry(row: models.Entry) -> Entry:
    sightings = sorted(
        row.sightings.all(), key=lambda sighting: (sighting.seen_at, sighting.source)
    )
    return Entry(
        id=row.key,
        declared_id=row.declared_id,
        url=row.url,
        title=row.title,
        summary=row.summary,
        text=row.text,
        highlights=tuple(row.highlights),
        published_at=row.published_at,
        date_is_known=row.date_is_known,
        first_seen_at=row.first_seen_at,
        language=row.language,
        outlet=row.outlet,
        publisher=Publisher(row.publisher),
        weight=row.weight,
        paywall=row.paywall,
        authors=tuple(row.authors),
        sources=tuple(sighting.source for sighting in sightings),
    )
