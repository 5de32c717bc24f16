"""Entries and the sources that carry them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from newsletter import models
from newsletter.core.entry import Entry
from newsletter.core.intake import KnownEntry, content_hash
from newsletter.core.source import Publisher

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from newsletter.core.intake import Intake

_CHUNK = 500  # SQLite's limit on variables in one statement is far above


def load_known(keys: Iterable[str]) -> dict[str, KnownEntry]:
    """The stored entries that are known by any of `keys`, by key."""
    wanted = sorted(set(keys))
    known: dict[str, KnownEntry] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = models.EntryKey.objects.filter(key__in=wanted[start : start + _CHUNK])
        for key, *values in rows.values_list("key", *_KNOWN):
            known[key] = KnownEntry(*values)
    return known


_KNOWN = (
    "entry__key",
    "entry__title",
    "entry__content_hash",
    "entry__source",
    "entry__url",
    "entry__declared_id",
    "entry__published_raw",
)


def save_intake(
    intake: Intake, source: str, now: datetime, *, wanted: frozenset[str] = frozenset()
) -> None:
    """Store what is new, replace what was revised, note keys and sightings.

    `wanted` are the ids of entries whose article is to be fetched.
    """
    models.Entry.objects.bulk_create(
        [_row(entry, wanted) for entry in intake.new], ignore_conflicts=True
    )
    if intake.revised:
        _save_revisions(intake.revised, now, wanted)
    seen = [*(entry.id for entry in (*intake.new, *intake.revised)), *intake.seen_again]
    moment = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.executemany(_ADD_KEY, intake.keys)
        cursor.executemany(_ADD_SIGHTING, [(source, moment, entry_id) for entry_id in seen])


# The ORM has no insertion that looks its rows up; through it, these cost half of storing.
_ADD_KEY = (
    "INSERT INTO newsletter_entry_key (key, entry_id)"
    " SELECT %s, id FROM newsletter_entry WHERE key = %s ON CONFLICT DO NOTHING"
)
_ADD_SIGHTING = (
    "INSERT INTO newsletter_sighting (source, seen_at, entry_id)"
    " SELECT %s, %s, id FROM newsletter_entry WHERE key = %s ON CONFLICT DO NOTHING"
)


def _save_revisions(revised: Sequence[Entry], now: datetime, wanted: frozenset[str]) -> None:
    """Keep what the entries said so far, then let them say what their source says now."""
    rows = {row.key: row for row in models.Entry.objects.filter(key__in=[e.id for e in revised])}
    edited = [entry for entry in revised if entry.id in rows]
    models.Revision.objects.bulk_create(
        [
            models.Revision(
                entry=row, seen_at=now, title=row.title, summary=row.summary, text=row.text
            )
            for row in (rows[entry.id] for entry in edited)
        ]
    )
    for entry in edited:
        columns = _columns(entry) | {"article": "wanted" if entry.id in wanted else ""}
        values = {name: value for name, value in columns.items() if name not in _KEPT}
        models.Entry.objects.filter(pk=rows[entry.id].pk).update(**values)


_KEPT = frozenset(
    {"key", "declared_id", "first_seen_at", "published_at", "date_is_known", "source"}
)


def load_entries(*, since: datetime, until: datetime, sources: Sequence[str]) -> tuple[Entry, ...]:
    """The entries dated within the window that any of the named sources carried, oldest first.

    Without their markup and their keys, which choosing has no use for.
    """
    rows = (
        models.Entry.objects.filter(
            published_at__gt=since, published_at__lte=until, sightings__source__in=list(sources)
        )
        .distinct()
        .order_by("published_at", "key")
        .defer("html")
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
        "published_raw": entry.published_raw,
        "html": entry.html,
        "image": entry.image,
        "is_quotable": entry.is_quotable,
        "translated_title": entry.translated_title,
        "translated_summary": entry.translated_summary,
    }


def _row(entry: Entry, wanted: frozenset[str]) -> models.Entry:
    return models.Entry(**_columns(entry), article="wanted" if entry.id in wanted else "")


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
        published_raw=row.published_raw,
        image=row.image,
        is_quotable=row.is_quotable,
        translated_title=row.translated_title,
        translated_summary=row.translated_summary,
    )


def load_untranslated(
    sources: Sequence[str], language: str, *, since: datetime
) -> tuple[Entry, ...]:
    """Entries of the named sources in other languages, first seen since then, newest first."""
    rows = (
        models.Entry.objects.filter(
            first_seen_at__gte=since, source__in=list(sources), translated_title=""
        )
        .exclude(language__in=[language, "und"])
        .order_by("-published_at", "key")
        .defer("html")
        .prefetch_related("sightings")
    )
    return tuple(_entry(row) for row in rows)


def save_translation(entry_id: str, title: str, summary: str) -> None:
    """Keep a title and summary in the newsletter's language beside the originals."""
    models.Entry.objects.filter(key=entry_id).update(
        translated_title=title, translated_summary=summary
    )
