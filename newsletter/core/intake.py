"""What is new in a feed: cleaned, identified, compared with what is known."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from newsletter.core.dates import settle
from newsletter.core.entry import Entry
from newsletter.core.identity import (
    KnownEntry,
    content_hash,
    digest,
    identified,
    keys_to_remember,
    recognised,
)
from newsletter.core.language import language_of
from newsletter.core.markup import sanitised
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
from newsletter.core.urls import MAX_URL, is_web_link, mended_link, untracked_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from newsletter.core.entry import ParsedEntry, ParsedFeed
    from newsletter.core.source import Source

__all__ = ["Intake", "KnownEntry", "Prepared", "clean_entry", "content_hash", "decide", "prepared"]

MAX_TITLE = 300
"""Characters of a title that are kept."""
MAX_SUMMARY = 2_000
"""Characters of a summary that are kept."""
MAX_TEXT = 64_000
"""Characters of a text that are kept."""
MAX_HTML = 100_000
"""Characters of an item's markup that are looked at for pages."""
MAX_WEIGHT = 2.0
_TITLE_FROM_TEXT = 100
_MAX_RAW_TITLE = 4_000
_MAX_RAW_DATE = 100
_MAX_ID = 500
_MAX_ID_HEAD = 100
_MAX_AUTHORS = 10
_MAX_SEARCHED = 1_000


@dataclass(frozen=True)
class Prepared:
    """One document's items as clean entries, each once.

    `refused` are items that cannot be entries: (title, reason). `filtered` counts those that the
    source's `allow` and `deny` leave out.
    """

    entries: tuple[Entry, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    filtered: int = 0


@dataclass(frozen=True)
class Intake:
    """What one reading of one source changes.

    `new` are to be stored, `revised` to replace title and text of the entry with the same id (its
    first sight and date stay), `seen_again` are the ids of those only to be noted as sighted in
    this source. `keys` are the keys not yet known: (key, id of the entry that it stands for).
    """

    new: tuple[Entry, ...] = ()
    seen_again: tuple[str, ...] = ()
    revised: tuple[Entry, ...] = ()
    keys: tuple[tuple[str, str], ...] = ()


def prepared(
    feed: ParsedFeed, *, source: Source, now: datetime, with_images: bool = False
) -> Prepared:
    """The items of a document as clean entries; those with the same identity are one.

    This is nearly all of the work on an item, and needs no store: it runs in a worker process.
    `with_images` lets the publisher's pictures stay in `Entry.html`.
    """
    found: list[Entry] = []
    refused: list[tuple[str, str]] = []
    for item in feed.entries:
        try:
            entry = clean_entry(
                item, source=source, now=now, feed_title=feed.title, with_images=with_images
            )
        except Exception as error:  # noqa: BLE001 - whatever one item does, the others are kept
            refused.append((_named(item), f"cannot be read ({type(error).__name__})"))
            continue
        if entry.title:
            found.append(entry)
        else:
            refused.append((entry.url or entry.declared_id, "has neither a title nor text"))
    kept = _wanted(found, source)
    return Prepared(
        identified(found, source.name, kept=kept), tuple(refused), filtered=kept.count(False)
    )


def _named(item: ParsedEntry) -> str:
    """What an item that cannot be read is called in a message: its title, as far as it prints."""
    return "".join(filter(str.isprintable, item.title[:MAX_TITLE])) or "an item without a title"


def _wanted(entries: Iterable[Entry], source: Source) -> list[bool]:
    """Whether each entry passes the source's `allow` and `deny`.

    A pattern is searched for, regardless of case, in the first 1000 characters each of title,
    summary and link. The patterns are the operator's own and trusted: one that backtracks without
    end costs its operator the reading of that source.
    """
    allow, deny = (
        [re.compile(pattern, re.IGNORECASE) for pattern in patterns]
        for patterns in (source.allow, source.deny)
    )
    return [
        (not allow or _is_found(allow, entry)) and not _is_found(deny, entry) for entry in entries
    ]


def _is_found(patterns: Sequence[re.Pattern[str]], entry: Entry) -> bool:
    fields = [field[:_MAX_SEARCHED] for field in (entry.title, entry.summary, entry.url)]
    return any(pattern.search(field) for pattern in patterns for field in fields)


def decide(entries: Sequence[Entry], *, source: Source, known: Mapping[str, KnownEntry]) -> Intake:
    """Which entries are new, which are known, which were edited (see `core.identity`).

    `known` is what the store has under the entries' keys. What is known keeps its id.
    """
    new: list[Entry] = []
    seen: dict[str, Entry | None] = {}
    keys: dict[str, str] = {}
    for entry in entries:
        memory = recognised(entry, source.name, known)
        if memory is None:
            free = [key for key in entry.keys if key not in known]
            new.append(entry if free[0] == entry.id else replace(entry, id=free[0]))
            keys.update(dict.fromkeys(free, free[0]))
            continue
        if not _is_edited(entry, memory, source.name):
            seen[memory.id] = None
        else:
            seen.setdefault(memory.id, replace(entry, id=memory.id))
        gained = keys_to_remember(entry, memory, known)
        keys.update(dict.fromkeys(gained, memory.id))
    return Intake(
        new=tuple(new),
        seen_again=tuple(entry_id for entry_id, edited in seen.items() if edited is None),
        revised=tuple(edited for edited in seen.values() if edited is not None),
        keys=tuple(keys.items()),
    )


def _is_edited(entry: Entry, memory: KnownEntry, source: str) -> bool:
    is_author = memory.source in ("", source)
    return is_author and content_hash(entry) != memory.content_hash


def clean_entry(
    parsed: ParsedEntry,
    *,
    source: Source,
    now: datetime,
    feed_title: str = "",
    with_images: bool = False,
    with_html: bool = True,
) -> Entry:
    """An item as an entry without identity: repaired, plain, clean, dated, in a known language."""
    outlet = _outlet(parsed, source, feed_title)
    url = _link(parsed)
    words = _words(parsed, outlet)
    # Empty only where there is neither a title nor text.
    title = _title(parsed, outlet) or cut(clean_line(words.start), _TITLE_FROM_TEXT)
    published_at, is_known = settle(parsed.published, first_seen=now, now=now)
    return Entry(
        id="",
        declared_id=_own_id(parsed.declared_id),
        url=url,
        title=title,
        summary=_unless_echo(words.summary, title, outlet),
        text=cut(_unless_echo(words.text or words.summary, title, outlet), MAX_TEXT),
        highlights=words.highlights,
        published_at=published_at,
        date_is_known=is_known,
        first_seen_at=now,
        language=language_of(f"{title}\n{words.start}", parsed.language or source.language),
        outlet=outlet,
        publisher=parsed.publisher or source.publisher,
        weight=_weight(parsed.weight, source.weight),
        paywall=source.paywall,
        authors=_authors(parsed.authors),
        sources=(source.name,),
        published_raw=clean_line(parsed.published_raw[:_MAX_RAW_DATE]),
        html=_html(parsed, url, words.is_damaged, with_images) if with_html else "",
        image=parsed.image if is_web_link(parsed.image) else "",
        is_quotable=source.is_quotable,
    )


def _outlet(parsed: ParsedEntry, source: Source, feed_title: str) -> str:
    """The publisher's name as a reader knows it."""
    named = parsed.outlet or (feed_title if source.is_unnamed else "")
    return (clean_line(repair(plain(named)))[:MAX_TITLE] if named else "") or source.name


def _own_id(declared: str) -> str:
    """The source's own id as it is; of one that is too long to keep, its beginning and a digest."""
    own_id = declared if declared.isprintable() else "".join(filter(str.isprintable, declared))
    return own_id if len(own_id) <= _MAX_ID else f"{own_id[:_MAX_ID_HEAD]}…{digest(own_id)}"


def _link(parsed: ParsedEntry) -> str:
    """The link for a reader, or nothing where it is no web address."""
    url = mended_link(parsed.url[: 2 * MAX_URL])
    return untracked_url(url) if is_web_link(url) else ""


def _title(parsed: ParsedEntry, outlet: str) -> str:
    """One line, without markup and without the outlet's name at its end."""
    line = clean_line(repair(plain(parsed.title[:_MAX_RAW_TITLE])))
    return cut(without_outlet_suffix(line, outlet), MAX_TITLE)


@dataclass(frozen=True)
class _Words:
    summary: str
    highlights: tuple[str, ...]
    text: str
    is_damaged: bool

    @property
    def start(self) -> str:
        return self.summary or self.text


def _words(parsed: ParsedEntry, outlet: str) -> _Words:
    """What an item says under its title. An item that says it once is cleaned once."""
    points, found = split_highlights(parsed.content or parsed.summary)
    repaired = repair(found)
    text = without_furniture(clean(repaired), outlet)
    is_all = parsed.content in ("", parsed.summary) and not points
    short = text if is_all else without_furniture(clean(repair(plain(parsed.summary))), outlet)
    return _Words(
        summary=without_outlet_suffix(cut(short, MAX_SUMMARY), outlet),
        highlights=tuple(clean_line(repair(point)) for point in points),
        text=text,
        is_damaged=repaired != found,
    )


def _html(parsed: ParsedEntry, base: str, is_damaged: bool, with_images: bool) -> str:
    """The item's markup as pages may show it; `base` is what its addresses are relative to."""
    markup = (parsed.content or parsed.summary)[:MAX_HTML]
    return sanitised(repair(markup) if is_damaged else markup, base=base, with_images=with_images)


def _unless_echo(text: str, title: str, outlet: str) -> str:
    """Nothing where a text says but the title, with or without the outlet's name after it."""
    short = text[: 2 * MAX_TITLE].split()
    return "" if short in (title.split(), f"{title} {outlet}".split()) else text


def _authors(names: tuple[str, ...]) -> tuple[str, ...]:
    lines = (cut(clean_line(repair(plain(name))), MAX_TITLE) for name in names[:_MAX_AUTHORS])
    return tuple(dict.fromkeys(filter(None, lines)))


def _weight(claimed: float | None, usual: float) -> float:
    """The item's own weight within 0 to `MAX_WEIGHT`, else its source's."""
    if claimed is None or not math.isfinite(claimed):
        return usual
    return min(max(claimed, 0.0), MAX_WEIGHT)
