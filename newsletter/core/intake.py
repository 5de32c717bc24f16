"""What is new in a feed: cleaned, identified, compared with what is known."""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from newsletter.core.dates import settle
from newsletter.core.entry import Entry
from newsletter.core.language import language_of
from newsletter.core.text import (
    clean,
    clean_line,
    cut,
    plain,
    repair,
    split_highlights,
    without_furniture,
    without_outlet_suffix,
)
from newsletter.core.urls import identity_of, is_web_link, untracked_url

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from newsletter.core.entry import ParsedEntry
    from newsletter.core.source import Source

MAX_TITLE = 300
"""Characters of a title that are kept."""
MAX_SUMMARY = 2_000
"""Characters of a summary that are kept."""
MAX_TEXT = 64_000
"""Characters of a text that are kept."""
MAX_WEIGHT = 2.0
_TITLE_FROM_TEXT = 100
_MAX_RAW_TITLE = 4_000
_MAX_AUTHORS = 10


@dataclass(frozen=True)
class KnownEntry:
    """What the store remembers of an entry, for comparison.

    `source` is the source that it came from first; only that one's edits are revisions. Empty
    where the store does not say: then an edit by any source is one.
    """

    id: str
    title: str
    content_hash: str
    source: str = ""


@dataclass(frozen=True)
class Intake:
    """What one reading of one source changes.

    `new` are to be stored, `revised` to replace title and text of the entry with the same id (its
    first sight and date stay), `seen_again` only to be noted as sighted in this source. `refused`
    are items that cannot be entries: (title, reason).
    """

    new: tuple[Entry, ...] = ()
    seen_again: tuple[str, ...] = ()
    revised: tuple[Entry, ...] = ()
    refused: tuple[tuple[str, str], ...] = field(default=())


def decide(
    parsed: Sequence[ParsedEntry], *, source: Source, known: Mapping[str, KnownEntry], now: datetime
) -> Intake:
    """Which items of a feed are new, which are known, which were edited, which are none.

    Items of one feed with the same identity are one; the first counts. `known` is what the store
    has of `identities(parsed, source)`.
    """
    entries: dict[str, Entry] = {}
    refused: list[tuple[str, str]] = []
    for item, key in zip(parsed, identities(parsed, source), strict=True):
        entry = replace(clean_entry(item, source=source, now=now), id=key)
        if entry.title:
            entries.setdefault(key, entry)
        else:
            refused.append((entry.url or entry.declared_id, "has neither a title nor text"))
    return _sorted_out(entries, source.name, known, tuple(refused))


def _sorted_out(
    entries: Mapping[str, Entry],
    source: str,
    known: Mapping[str, KnownEntry],
    refused: tuple[tuple[str, str], ...],
) -> Intake:
    old = {entry_id: known[entry_id] for entry_id in entries if entry_id in known}
    edited = {e for e, memory in old.items() if _is_edited(entries[e], memory, source)}
    return Intake(
        new=tuple(entry for entry_id, entry in entries.items() if entry_id not in old),
        seen_again=tuple(entry_id for entry_id in old if entry_id not in edited),
        revised=tuple(entry for entry_id, entry in entries.items() if entry_id in edited),
        refused=refused,
    )


def _is_edited(entry: Entry, memory: KnownEntry, source: str) -> bool:
    is_author = memory.source in ("", source)
    return is_author and content_hash(entry) != memory.content_hash


def content_hash(entry: Entry) -> str:
    """16 hexadecimal characters over title, summary and text: they differ when a reader sees it."""
    return _digest(entry.title, entry.summary, entry.text)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:16]


def identities(parsed: Sequence[ParsedEntry], source: Source) -> tuple[str, ...]:
    """The id of each item of one document, as `decide` gives them.

    As `identity`, but a link that items with different ids and titles share is a list page's: it
    tells none of them apart and does not count.
    """
    shared = _shared_links(parsed)
    return tuple(
        identity(replace(item, url="") if identity_of(_link(item)) in shared else item, source)
        for item in parsed
    )


def _shared_links(parsed: Sequence[ParsedEntry]) -> frozenset[str]:
    ids: defaultdict[str, set[str]] = defaultdict(set)
    titles: defaultdict[str, set[str]] = defaultdict(set)
    for item in parsed:
        link = identity_of(_link(item))
        ids[link].add(item.declared_id)
        titles[link].add(_words_of(item))
    differ = (link for link, found in titles.items() if len(found) > 1)
    return frozenset(link for link in differ if len(ids[link]) > 1 or "" in ids[link])


def identity(parsed: ParsedEntry, source: Source) -> str:
    """The id that an item by itself gets: 16 hexadecimal characters of a SHA-256.

    Over the canonical link without scheme, because feeds change their ids and two sources may carry
    one link; else over the source's own id and its name; else over title and source.
    """
    if key := identity_of(_link(parsed)):
        return _digest(key)
    if parsed.declared_id:
        return _digest("id", parsed.declared_id, source.name)
    return _digest("title", _words_of(parsed), source.name)


def _words_of(parsed: ParsedEntry) -> str:
    """The title, or what stands for it, so that two ways to write it are equal."""
    words = parsed.title or parsed.summary or parsed.content
    return clean_line(plain(words[:_MAX_RAW_TITLE])).casefold()


def clean_entry(parsed: ParsedEntry, *, source: Source, now: datetime) -> Entry:
    """An item as an entry: repaired, plain, clean, dated, in a known language.

    The title is empty only where the item has neither title nor text. A link that is no web
    address is left out, not the item.
    """
    outlet = _outlet(parsed, source)
    highlights, text = _text(parsed, outlet)
    summary = _summary(parsed, outlet)
    title = _title(parsed, outlet) or cut(clean_line(summary or text), _TITLE_FROM_TEXT)
    published_at, is_known = settle(parsed.published, first_seen=now, now=now)
    return Entry(
        id=identity(parsed, source),
        declared_id=parsed.declared_id,
        url=_link(parsed),
        title=title,
        summary="" if _is_echo(summary, title, outlet) else summary,
        text="" if _is_echo(text or summary, title, outlet) else cut(text or summary, MAX_TEXT),
        highlights=highlights,
        published_at=published_at,
        date_is_known=is_known,
        first_seen_at=now,
        language=language_of(f"{title}\n{summary or text}", parsed.language or source.language),
        outlet=outlet,
        publisher=parsed.publisher or source.publisher,
        weight=_weight(parsed.weight, source.weight),
        paywall=source.paywall,
        authors=_authors(parsed.authors),
        sources=(source.name,),
    )


def _outlet(parsed: ParsedEntry, source: Source) -> str:
    """The publisher's name as a reader knows it."""
    title = parsed.feed_title if source.is_unnamed else ""
    return clean_line(repair(plain(parsed.outlet or title)))[:MAX_TITLE] or source.name


def _link(parsed: ParsedEntry) -> str:
    """The link for a reader, or nothing where it is no web address."""
    url = parsed.url.strip()
    return untracked_url(url) if is_web_link(url) else ""


def _title(parsed: ParsedEntry, outlet: str) -> str:
    """One line, without markup and without the outlet's name at its end."""
    line = clean_line(repair(plain(parsed.title[:_MAX_RAW_TITLE])))
    return cut(without_outlet_suffix(line, outlet), MAX_TITLE)


def _summary(parsed: ParsedEntry, outlet: str) -> str:
    text = without_furniture(clean(repair(plain(parsed.summary))), outlet)
    return without_outlet_suffix(cut(text, MAX_SUMMARY), outlet)


def _is_echo(text: str, title: str, outlet: str) -> bool:
    """True when a text says nothing but the title, with or without the outlet's name after it."""
    short = text[: 2 * MAX_TITLE].split()
    return short in (title.split(), f"{title} {outlet}".split())


def _text(parsed: ParsedEntry, outlet: str) -> tuple[tuple[str, ...], str]:
    points, text = split_highlights(parsed.content or parsed.summary)
    points = tuple(clean_line(repair(point)) for point in points)
    return points, without_furniture(clean(repair(text)), outlet)


def _authors(names: tuple[str, ...]) -> tuple[str, ...]:
    lines = (cut(clean_line(repair(plain(name))), MAX_TITLE) for name in names[:_MAX_AUTHORS])
    return tuple(dict.fromkeys(filter(None, lines)))


def _weight(claimed: float | None, usual: float) -> float:
    """The item's own weight within 0 to `MAX_WEIGHT`, else its source's."""
    if claimed is None or not math.isfinite(claimed):
        return usual
    return min(max(claimed, 0.0), MAX_WEIGHT)
