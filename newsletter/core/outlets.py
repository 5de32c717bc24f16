"""Who tells a story: independent outlets, the best article, the document behind it, the labels."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.core.gazetteer import names
from newsletter.core.headline import clauses, explains
from newsletter.core.source import Publisher
from newsletter.core.tokens import features, flat, stems
from newsletter.core.urls import is_web_link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsletter.core.entry import Entry
    from newsletter.core.gazetteer import Gazetteer
    from newsletter.core.reading import Reading

_STANDING = {
    Publisher.GOVERNMENT: 0.85,
    Publisher.EXCHANGE: 0.8,
    Publisher.TRADE_PRESS: 0.7,
    Publisher.GENERAL_PRESS: 0.6,
    Publisher.COMPANY: 0.55,
    Publisher.STATE_MEDIA: 0.5,
    Publisher.PRESS_WIRE: 0.4,
    Publisher.AGGREGATOR: 0.35,
}
"""How far each publisher is believed on the field before its own weight is known, 0..1."""

_READABLE = {
    Publisher.TRADE_PRESS: 0,
    Publisher.GENERAL_PRESS: 0,
    Publisher.STATE_MEDIA: 2,
    Publisher.COMPANY: 3,
    Publisher.GOVERNMENT: 3,
    Publisher.EXCHANGE: 4,
    Publisher.PRESS_WIRE: 4,
    Publisher.AGGREGATOR: 5,
}
"""Which publisher's text a reader is sent to first; lower is better."""

_DOCUMENTS = {
    Publisher.GOVERNMENT: 0,
    Publisher.EXCHANGE: 1,
    Publisher.COMPANY: 2,
    Publisher.PRESS_WIRE: 3,
}
"""Whose text is the document itself; lower is nearer to the act."""

_BY_KIND = {
    "press wire": Publisher.PRESS_WIRE,
    "state media": Publisher.STATE_MEDIA,
    "government": Publisher.GOVERNMENT,
    "aggregator": Publisher.AGGREGATOR,
}
_PRESS = (Publisher.GENERAL_PRESS, Publisher.TRADE_PRESS)
_TRUSTED, _AT_HOME, _PROMOTION, _FORUM = 0.2, 0.1, 0.2, 0.12
_SAME_TEXT = 0.85
_MOST_COMPARED = 40
_LISTED = 3


@dataclass(frozen=True)
class Coverage:
    """The independent outlets of a story: how many, and the names of all of them."""

    outlets: int
    names: tuple[str, ...]


def publisher_of(reading: Reading) -> Publisher:
    """What the publisher is: the source list's word, else what the outlet's name tells."""
    stated = reading.entry.publisher
    if stated not in _PRESS:
        return stated
    return next((_BY_KIND[kind] for kind in _BY_KIND if kind in reading.outlet_kinds), stated)


def authority(reading: Reading, section: str = "", topics: Sequence[str] = ()) -> float:
    """How far the outlet is believed on a story of a section, 0..1.

    It is believed further on what it is known for: by the gazetteer (`knows SECTION`), or by the
    operator's `topics` of its source, where one of them names the section or stands in the title.
    """
    if "promotion" in reading.outlet_kinds:
        return _PROMOTION
    if "forum" in reading.outlet_kinds:
        return _FORUM
    base = _STANDING[publisher_of(reading)]
    base += _TRUSTED if "trusted" in reading.outlet_kinds else 0.0
    base += _AT_HOME if is_at_home(reading, section, topics) else 0.0
    return max(0.0, min(1.0, base + 0.3 * (reading.entry.weight - 1.0)))


def is_at_home(reading: Reading, section: str, topics: Sequence[str] = ()) -> bool:
    """Whether the story is of what the outlet is known for."""
    if f"knows {section}" in reading.outlet_kinds:
        return True
    told = {*reading.title_items, *stems(flat(section))}
    named = (set(features(stems(flat(topic)))) for topic in topics)
    return any(words and words <= told for words in named)


def coverage(readings: Sequence[Reading], gazetteer: Gazetteer) -> Coverage:
    """Independent outlets: one house's titles, copies of a text and rewrites count once."""
    ordered = sorted(readings, key=_age)
    outlets = tuple(dict.fromkeys(reading.entry.outlet for reading in ordered))
    told: list[Reading] = []
    houses: set[str] = set()
    for reading in ordered:
        house = gazetteer.owner(reading.entry.outlet)
        if house in houses or _is_retold(reading) or _is_copy(reading, told):
            continue
        houses.add(house)
        told.append(reading)
    return Coverage(max(1, len(told)), outlets)


def _age(reading: Reading) -> tuple[object, ...]:
    return (
        publisher_of(reading) is Publisher.AGGREGATOR,
        reading.entry.published_at,
        reading.entry.id,
    )


def _is_retold(reading: Reading) -> bool:
    return publisher_of(reading) is Publisher.AGGREGATOR or is_told_elsewhere(reading)


def is_told_elsewhere(reading: Reading) -> bool:
    """Whether the outlet promotes or chats rather than reports."""
    return bool({"promotion", "forum"} & reading.outlet_kinds)


def _is_copy(reading: Reading, told: Sequence[Reading]) -> bool:
    return any(same_text(reading, known) for known in told[:_MOST_COMPARED])


def same_text(ours: Reading, theirs: Reading) -> bool:
    """Whether two readings are copies of one text: nearly the same words in the title."""
    mine, others = set(ours.words), set(theirs.words)
    if not mine or not others:
        return ours.title == theirs.title
    return len(mine & others) / len(mine | others) >= _SAME_TEXT


def best(
    readings: Sequence[Reading],
    gazetteer: Gazetteer,
    language: str,
    dull_ids: frozenset[str] = frozenset(),
    list_pages: frozenset[str] = frozenset(),
) -> Reading:
    """The article a reader is sent to: own language, linked, original, readable, free, plain.

    Among equals the best regarded, then the latest day's is taken, since it knows how things
    stand, then the earliest, then the headline that says most. `dull_ids` are the entries that
    only comment or explain; they give way to those that tell the news. `list_pages` are addresses
    that lead to no single article; of copies of one text, one on such a page stands before one
    without any link.
    """
    first = min(readings, key=_age)

    def order(reading: Reading) -> tuple[object, ...]:
        entry = reading.entry
        return (
            not entry.language.startswith(language),
            is_told_elsewhere(reading),
            entry.id in dull_ids,
            entry.url in list_pages or not is_web_link(entry.url),
            _READABLE[publisher_of(reading)],
            reading is not first and same_text(reading, first),
            entry.paywall,
            _indirectness(reading, gazetteer),
            -round(authority(reading), 2),
            -entry.published_at.toordinal(),
            not (entry.text.strip() or entry.summary.strip()),
            entry.published_at,
            -len(set(reading.words)),
            entry.id,
        )

    ordered = sorted(readings, key=order)
    return _linked(ordered[0], [r for r in ordered if r.entry.id not in dull_ids])


def _linked(chosen: Reading, ordered: Sequence[Reading]) -> Reading:
    """The chosen article, or where it has no link the first copy of its text that has one."""
    if is_web_link(chosen.entry.url):
        return chosen
    copies = (r for r in ordered if is_web_link(r.entry.url) and _is_as_good(r, chosen))
    return next(copies, chosen)


def _is_as_good(reading: Reading, chosen: Reading) -> bool:
    """Whether a reader finds the chosen article's text here as well."""
    return (
        same_text(reading, chosen)
        and reading.entry.language == chosen.entry.language
        and is_told_elsewhere(reading) == is_told_elsewhere(chosen)
        and reading.entry.paywall <= chosen.entry.paywall
    )


def list_pages(entries: Sequence[Entry]) -> frozenset[str]:
    """The links that entries of several titles share: pages that list articles."""
    titles: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        titles[entry.url].add(entry.title)
    return frozenset(url for url, known in titles.items() if len(known) >= _LISTED)


_ACTORS = ("country:", "company:", "agency:", "place:")


def _indirectness(reading: Reading, gazetteer: Gazetteer) -> int:
    """How far a headline is from saying who did what in the field, 0..4; lower is plainer."""
    parts = clauses(reading.title)
    opening = gazetteer.find(parts[0]) if len(parts) > 1 else reading.title_labels
    names_actor = any(label.startswith(_ACTORS) for label in opening)
    companies = (gazetteer.companies[name] for name in names(reading.title_labels, "company"))
    names_field = bool(reading.title_labels & gazetteer.sure) or any(
        company.is_core or company.group for company in companies
    )
    return 2 * explains(reading.title) + (not names_actor) + (not names_field)


def document(readings: Sequence[Reading], shown: Reading) -> Entry | None:
    """The filing, notice or release itself, where it is among the entries and not shown already."""
    found = [r for r in readings if publisher_of(r) in _DOCUMENTS and r is not shown]
    if publisher_of(shown) in _DOCUMENTS or not found:
        return None
    return min(
        found, key=lambda r: (_DOCUMENTS[publisher_of(r)], r.entry.published_at, r.entry.id)
    ).entry


def marks(shown: Reading) -> tuple[str, ...]:
    """Labels a reader should see beside the article."""
    publisher = publisher_of(shown)
    found = (
        ("paywall", shown.entry.paywall),
        ("state media", publisher is Publisher.STATE_MEDIA),
        ("press release", publisher in {Publisher.PRESS_WIRE, Publisher.COMPANY}),
        ("promotion", "promotion" in shown.outlet_kinds),
        ("blog", "blog" in shown.outlet_kinds),
    )
    return tuple(label for label, holds in found if holds)
