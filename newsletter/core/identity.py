"""Which items are one entry: the keys by which an entry is known again.

An item has up to three keys, each 16 hexadecimal characters of a SHA-256, in this order:

1. **link**: its canonical link without scheme (`urls.identity_of`), the same for all sources;
2. **own id**: the source's own id (guid, Atom id), within its source;
3. **words**: title and text, within the source, where the text has `MIN_TEXT` characters.

An item with neither link nor own id has its title, and where the text is short title and date.
Items with a key in common are one entry, in a document and over the days. So:

| what happens | what follows |
| --- | --- |
| the source changes its ids | one entry, by its link, else by its words |
| the link changes, the id stays (slug, https, tokens in the path) | one entry, by its id |
| an item is dated anew | one entry: no key of an item with link, id or text holds its date |
| the title is edited | one entry and a revision |
| two sources carry one link | one entry, two sightings; the first source's edits are revisions |
| several items of a document carry one id under other titles and links | the id does not count |
| an id known from before comes with another link, title and date ("latest") | another entry |
| items with different ids and titles carry one link (a list page) | the link does not count |
| one title every day, with other text and link | different entries |
| items are missing, all of them or for a while | nothing is forgotten |
| an item stands twice in a document | one entry, the latest of them |

The order of a document's items changes nothing.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from newsletter.core.urls import identity_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from newsletter.core.entry import Entry

MIN_TEXT = 200
"""Characters from which a text is taken for one item's own, not for a line that many share."""
MAX_KEYS = 12
"""Keys of one entry in one reading: enough for a few copies of an item in a document."""
_MOST_TITLES = 2
"""Titles under one link and one id: an item and its corrected copy. With more it is a list."""


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
    url: str = ""
    declared_id: str = ""
    published_raw: str = ""


@dataclass(frozen=True)
class _Item:
    """An entry beside what its keys are made of."""

    entry: Entry
    link: str
    title: str

    @property
    def own_id(self) -> str:
        return self.entry.declared_id


@dataclass(frozen=True)
class _Shared:
    """What tells a document's items not apart, because several of them carry it."""

    links: frozenset[str]
    ids: frozenset[str]
    titles: frozenset[str]


def digest(*parts: str) -> str:
    """16 hexadecimal characters that differ where any of the parts does."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:16]


def content_hash(entry: Entry) -> str:
    """16 hexadecimal characters over title, summary and text: they differ when a reader sees it."""
    return digest(entry.title, entry.summary, entry.text)


def identified(
    entries: Sequence[Entry], source: str, *, kept: Sequence[bool] | None = None
) -> tuple[Entry, ...]:
    """A document's entries with their keys and ids; those with a key in common are one.

    `kept` says of each whether it is wanted: the others still tell which links and ids are shared.
    The result stands in the document's order.
    """
    items = [_Item(entry, identity_of(entry.url), entry.title.casefold()) for entry in entries]
    shared = _Shared(_shared_links(items), _shared_ids(items), _shared_titles(items))
    keyed = [
        (item.entry, tuple(_keys(item, source, shared)))
        for item, is_kept in zip(items, kept or [True] * len(items), strict=True)
        if is_kept
    ]
    return tuple(_merged([keyed[place] for place in group]) for group in _groups(keyed))


def _keys(item: _Item, source: str, shared: _Shared) -> Iterator[str]:
    has_link, has_id = item.link not in shared.links, item.own_id not in shared.ids
    has_text = len(item.entry.text) >= MIN_TEXT
    if has_link:
        yield digest(item.link)
    if has_id:
        yield _id_key(item.own_id, source)
    if has_text:
        yield digest("words", item.title, item.entry.text, source)
    if not has_link and not has_id:
        if not has_text:
            yield digest("dated", item.title, item.entry.published_raw, source)
        if item.title not in shared.titles:
            yield _title_key(item.title, source)


def _id_key(own_id: str, source: str) -> str:
    return digest("id", own_id, source)


def _title_key(title: str, source: str) -> str:
    return digest("title", title, source)


def _shared_links(items: Sequence[_Item]) -> frozenset[str]:
    """Links that tell no items apart; no link at all is one of them."""
    ids = _gathered((item.link, item.own_id) for item in items)
    titles = _gathered((item.link, item.title) for item in items)
    shared = {
        link
        for link, found in titles.items()
        if len(found) > 1 and (len(ids[link]) > 1 or "" in ids[link] or len(found) > _MOST_TITLES)
    }
    return frozenset(shared | {""})


def _shared_ids(items: Sequence[_Item]) -> frozenset[str]:
    """Ids that tell no items apart; no id at all is one of them."""
    links = _gathered((item.own_id, item.link) for item in items)
    titles = _gathered((item.own_id, item.title) for item in items)
    shared = {
        own_id
        for own_id, found in titles.items()
        if len(found) > _MOST_TITLES
        or (len(found) > 1 and (len(links[own_id]) > 1 or "" in links[own_id]))
    }
    return frozenset(shared | {""})


def _shared_titles(items: Sequence[_Item]) -> frozenset[str]:
    """Titles that come with different dates and texts."""
    dates = _gathered((item.title, item.entry.published_raw) for item in items)
    texts = _gathered((item.title, item.entry.text) for item in items)
    return frozenset(t for t, found in dates.items() if len(found) > 1 and len(texts[t]) > 1)


def _gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    gathered: defaultdict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        gathered[one].add(other)
    return gathered


def _groups(keyed: Sequence[tuple[Entry, tuple[str, ...]]]) -> list[list[int]]:
    """The places of entries that hang together by common keys."""
    leader = list(range(len(keyed)))

    def leader_of(place: int) -> int:
        while leader[place] != place:
            leader[place] = place = leader[leader[place]]
        return place

    holder: dict[str, int] = {}
    for place, (_, keys) in enumerate(keyed):
        for key in keys:
            one, other = leader_of(holder.setdefault(key, place)), leader_of(place)
            leader[max(one, other)] = min(one, other)
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for place in range(len(keyed)):
        groups[leader_of(place)].append(place)
    return list(groups.values())


def _merged(group: Sequence[tuple[Entry, tuple[str, ...]]]) -> Entry:
    entry, keys = max(group, key=_standing) if len(group) > 1 else group[0]
    others = {key for _, found in group for key in found if key not in keys}
    keys = (*keys, *sorted(others))[:MAX_KEYS]
    return replace(entry, id=keys[0], keys=keys)


def _standing(member: tuple[Entry, tuple[str, ...]]) -> tuple[object, ...]:
    """The latest is the best, then the longest; the rest makes the choice free of the order."""
    entry, _ = member
    return entry.date_is_known, entry.published_at, len(entry.text), repr(entry)


def recognised(entry: Entry, source: str, known: Mapping[str, KnownEntry]) -> KnownEntry | None:
    """The known entry that an entry is, by the first of its keys that tells; None for a new one.

    Where every key is taken, none of them is left to call it another entry.
    """
    found = [(key, known[key]) for key in entry.keys if key in known]
    for key, memory in found:
        if not _is_namesake(key, entry, source, memory):
            return memory
    return found[0][1] if found and len(found) == len(entry.keys) else None


def _is_namesake(key: str, entry: Entry, source: str, memory: KnownEntry) -> bool:
    """True for a key that another entry has by chance: a constant id, a title that comes daily."""
    is_other_date = entry.published_raw != memory.published_raw
    if not is_other_date:
        return False
    title = entry.title.casefold()
    if key == _id_key(entry.declared_id, source):
        has_both_dates = bool(entry.published_raw and memory.published_raw)
        return has_both_dates and title != memory.title.casefold() and _is_moved(entry, memory)
    return key == _title_key(title, source) and content_hash(entry) != memory.content_hash


def _is_moved(entry: Entry, memory: KnownEntry) -> bool:
    links = {identity_of(entry.url), identity_of(memory.url)}
    return len(links) > 1 and "" not in links


def keys_to_remember(
    entry: Entry, memory: KnownEntry, known: Mapping[str, KnownEntry]
) -> tuple[str, ...]:
    """The keys that a known entry has gained.

    A link or id that it had from the start without the key was one that several items shared: it
    does not come to count because the others have left the document.
    """
    fresh = [key for key in entry.keys if key not in known]
    if not fresh:
        return ()
    shared = {_id_key(memory.declared_id, memory.source), digest(identity_of(memory.url))}
    return tuple(key for key in fresh if key not in shared)
