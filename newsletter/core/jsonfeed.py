"""Entries as a JSON Feed 1.1 (jsonfeed.org), which `kinds.jsonfeed` reads back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.core.source import without_user

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from newsletter.core.entry import Entry
    from newsletter.core.source import Source

VERSION = "https://jsonfeed.org/version/1.1"


def feed_of(
    found: Iterable[tuple[Source, Sequence[Entry]]], title: str = "Collected entries"
) -> dict[str, object]:
    """A JSON Feed of what sources carry, in the given order.

    `id` is the source's own id of an item, else its link; an id that stands twice is replaced by
    ours, because ids are unique within a feed. `date_published` is left out where the source gives
    no date that can be believed. `_source` names the outlet, where it was read, who speaks, its
    weight.
    """
    items: list[dict[str, object]] = []
    ids: set[str] = set()
    for source, entries in found:
        for entry in entries:
            name = entry.declared_id or entry.url or entry.id
            item_id = entry.id if name in ids else name
            ids.add(item_id)
            items.append(_item(entry, source, item_id))
    return {"version": VERSION, "title": title, "items": items}


def _item(entry: Entry, source: Source, item_id: str) -> dict[str, object]:
    item: dict[str, object] = {
        "id": item_id,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "content_text": entry.text,
        "content_html": entry.html,
        "image": entry.image,
        "date_published": entry.published_at.isoformat() if entry.date_is_known else "",
        "language": entry.language if entry.language != "und" else "",
        "authors": [{"name": name} for name in entry.authors],
        "_highlights": list(entry.highlights),
    }
    kept = {"id", "title", "content_text"}
    full = {name: value for name, value in item.items() if value or name in kept}
    full["_source"] = {
        "title": entry.outlet,
        "url": without_user(source.url),
        "kind": entry.publisher.value,
        "weight": entry.weight,
    }
    return full
