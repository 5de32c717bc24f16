"""What earlier editions told, and which of today's stories they have told already.

A story was told where it has the id, an entry or a link of one that was; or where its words, names,
numbers and time tell the same event, by the same evidence that makes groups of entries. Another
happening in the same saga is a new story: the next month's figures, the plant after the agreement.
"""

from __future__ import annotations

import re
from calendar import month_name
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from newsletter.core.entry import Entry
from newsletter.core.events import kinds_of
from newsletter.core.evidence_table import table_of
from newsletter.core.language import language_of
from newsletter.core.news import news_in
from newsletter.core.pairing import pairs
from newsletter.core.reading import read
from newsletter.core.source import Publisher

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from newsletter.core.gazetteer import Gazetteer
    from newsletter.core.reading import Reading

LONGEST_MEMORY_DAYS = 365
_LONGEST_EVENT_DAYS = 21  # pairing compares nothing beyond
_SAME_EVENT, _SURELY_SAME = 0.9, 1.4
"""Log-odds from which a story was told by its words, where nothing and where something is new."""

_SAME_LINK = -2.0  # a list page may be the link of many stories
_OTHER_MONTH = 2.0
_SUREST, _UNSURE = 3.0, -3.0
_NAMES = ("company:", "place:", "country:", "region:", "agency:", "law:", "money:", "act:")
_RECENT_DAYS = 7
_UPDATE_DAYS = 14
"""So long after the telling, what is new in words alone makes a story of its own."""

_FIGURES = frozenset({"trade figures", "results", "price move"})
"""Families of acts that every month or quarter has its own of."""

_CJK_MONTH = re.compile(r"(?<!\d)(1[0-2]|[1-9])\s?[\u6708\uc6d4]")
_PERIOD = re.compile(
    r"\b(?:(first|second|third|fourth)[\s-](quarter|half)|([qh])([1-4]))\b", re.IGNORECASE
)
_ORDINALS = ("", "first", "second", "third", "fourth")
_LETTERS = {"q": "quarter", "h": "half"}
_CROWD = 2.5
"""As in a usual day of some ten entries: a quiet one must not make the same words prove more."""
_MOST_TEXTS, _MOST_MEMBERS = 6, 12
_MOST_TOLD = 3_000
_UPDATE, _LIFT = 0.6, 0.3


@dataclass(frozen=True)
class ToldStory:
    """A story of an earlier edition: when, under which headline, out of which entries.

    `texts` are the titles of its entries and `leads` what follows them, in the same order; later
    wordings are compared with them. `made_at` is the moment up to which the edition knew;
    `published_at` is when the story's best article appeared. `id` and `thread` are the story's.
    """

    date: date
    headline: str
    entry_ids: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    id: str = ""
    thread: str = ""
    made_at: datetime | None = None
    published_at: datetime | None = None

    @property
    def known_until(self) -> datetime:
        """The moment up to which the edition knew, else the end of its day."""
        day = datetime(self.date.year, self.date.month, self.date.day, tzinfo=UTC)
        return self.made_at or day + timedelta(days=1)

    def was_told_by(self, now: datetime) -> bool:
        """Whether the edition was made by then; without its moment, on an earlier day."""
        return self.made_at <= now if self.made_at else self.date < now.date()


@dataclass(frozen=True)
class Memory:
    """What is remembered of a story: when it was told last, and what is new since, in words.

    `weight` is how weighty the news is, 0..1.
    """

    told_on: date | None = None
    news: str = ""
    weight: float = 0.0

    @property
    def is_stale(self) -> bool:
        """Whether the story was told already and nothing happened since."""
        return self.told_on is not None and not self.news

    @property
    def novelty(self) -> float:
        """1 for a new story, 0.6 to 0.9 for an update, 0 for one that was told already."""
        if self.told_on is None:
            return 1.0
        return _UPDATE + _LIFT * self.weight if self.news else 0.0

    @property
    def words(self) -> str:
        """The reason in a sentence; empty for a new story."""
        if self.told_on is None:
            return ""
        day = f"{self.told_on.day} {self.told_on:%B}"
        return f"Told on {day}; new: {self.news}" if self.news else f"Told on {day}, nothing new"


def recall(
    stories: Sequence[Sequence[Reading]],
    told: Iterable[ToldStory],
    gazetteer: Gazetteer,
    now: datetime,
    ids: Sequence[str] = (),
) -> tuple[Memory, ...]:
    """What earlier editions told of each story, in the same order; each story is its readings.

    `ids` are the stories' ids where they are known, so that one is recognised by its own. Editions
    up to 365 days back count, and none that was made after `now`; by words only those of the last
    21 days do.
    """
    recent = _recent(told, now)
    if not recent:
        return (Memory(),) * len(stories)
    past = _past(recent, stories, gazetteer, now)
    named = ids or ("",) * len(stories)
    return tuple(
        _memory(members, alike, story_id, past)
        for members, alike, story_id in zip(stories, past.alike, named, strict=True)
    )


def _recent(told: Iterable[ToldStory], now: datetime) -> list[ToldStory]:
    """The told stories that count, newest first."""
    past = [one for one in told if one.was_told_by(now)]
    in_time = [one for one in past if (now.date() - one.date).days <= LONGEST_MEMORY_DAYS]
    return sorted(in_time, key=lambda t: (-t.date.toordinal(), t.headline, t.entry_ids, t.id))


@dataclass(frozen=True)
class _Past:
    """The told stories with their marks, and the log-odds that each tells one of today's stories.

    `alike` has a mapping for each story of today: number of a told story to log-odds. `names` are
    the names and sums of each told story that was compared.
    """

    told: Sequence[ToldStory]
    names: Mapping[int, frozenset[str]]
    by_mark: Mapping[str, list[int]]
    alike: Sequence[Mapping[int, float]]
    gazetteer: Gazetteer


def _past(
    told: Sequence[ToldStory],
    stories: Sequence[Sequence[Reading]],
    gazetteer: Gazetteer,
    now: datetime,
) -> _Past:
    numbers = [n for n, one in enumerate(told) if _is_comparable(one, now)][:_MOST_TOLD]
    texts = {number: _readings(told[number], gazetteer) for number in numbers}
    shown = [list(members[:_MOST_MEMBERS]) for members in stories]
    named = {number: _names(some) for number, some in texts.items()}
    return _Past(told, named, _by_mark(told), _alike(shown, texts, gazetteer), gazetteer)


def _names(readings: Iterable[Reading]) -> frozenset[str]:
    """The names and sums in readings: by words alone, two texts need to share one of them."""
    labels = frozenset[str]().union(*(one.labels | one.numbers for one in readings))
    return frozenset(label for label in labels if label.startswith(_NAMES))


def _is_comparable(told: ToldStory, now: datetime) -> bool:
    return (now - told.known_until).days <= _LONGEST_EVENT_DAYS


def _readings(told: ToldStory, gazetteer: Gazetteer) -> list[Reading]:
    """The told texts, each once: the headline, and the titles of the entries where they differ."""
    leads = (*told.leads, *[""] * len(told.texts))
    texts = dict(zip((told.headline, *told.texts), ("", *leads), strict=False))
    at = told.published_at or told.known_until
    return [reading_of(t, lead, at, gazetteer) for t, lead in [*texts.items()][:_MOST_TEXTS]]


def reading_of(title: str, lead: str, at: datetime, gazetteer: Gazetteer) -> Reading:
    """A remembered title, and what follows it, read like an entry published at that moment."""
    return read(_entry(title, lead, at), gazetteer)


def _entry(title: str, lead: str, at: datetime) -> Entry:
    return Entry(
        id="",
        declared_id="",
        url="",
        title=title,
        summary=lead,
        text="",
        highlights=(),
        published_at=at,
        date_is_known=True,
        first_seen_at=at,
        language=language_of(title, None),
        outlet="",
        publisher=Publisher.GENERAL_PRESS,
        weight=1.0,
    )


def _by_mark(told: Sequence[ToldStory]) -> dict[str, list[int]]:
    """The told stories by their ids, their entries' ids and their links."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(told):
        entries = [f"entry {own}" for own in one.entry_ids]
        links = [f"link {url}" for url in one.urls if url]
        for mark in {*entries, *links, *([f"story {one.id}"] if one.id else [])}:
            found[mark].append(number)
    return found


def _alike(
    stories: Sequence[Sequence[Reading]],
    told: Mapping[int, Sequence[Reading]],
    gazetteer: Gazetteer,
) -> list[dict[int, float]]:
    """The log-odds that told stories tell today's, as far as their texts were compared at all."""
    rows = [(one, place, False) for place, some in enumerate(stories) for one in some]
    rows += [(one, number, True) for number, some in told.items() for one in some]
    rows.sort(key=lambda row: (row[0].entry.published_at, row[0].entry.id, row[0].title, row[1:]))
    is_told = np.array([row[2] for row in rows], dtype=bool)
    found: list[dict[int, list[float]]] = [defaultdict(list) for _ in stories]
    table = table_of([row[0] for row in rows], gazetteer)
    for some, others, odds in pairs(replace(table, crowd=np.full(table.size, _CROWD))):
        mixed = is_told[some] != is_told[others]
        picked = (array[mixed].tolist() for array in (some, others, odds))
        for one, other, value in zip(*picked, strict=True):
            ours, theirs = (other, one) if is_told[one] else (one, other)
            found[rows[ours][1]][rows[theirs][1]].append(value)
    return [
        {
            number: _odds(stories[place], told[number], odds, gazetteer)
            for number, odds in some.items()
        }
        for place, some in enumerate(found)
    ]


def _odds(
    ours: Sequence[Reading], theirs: Sequence[Reading], found: Sequence[float], gazetteer: Gazetteer
) -> float:
    """The middle of the mean of all pairs and the best; the figures of another month are others.

    A pair that was not compared counts as unsure as can be, as in grouping.
    """
    held = [min(max(value, _UNSURE), _SUREST) - _UNSURE for value in found]
    mean = sum(held) / (len(ours) * len(theirs)) + _UNSURE
    value = (mean + max(found)) / 2
    if value < _SAME_LINK or not _are_of_other_periods(ours, theirs):
        return value
    return _UNSURE if _tell_figures((*ours, *theirs), gazetteer) else value - _OTHER_MONTH


def _are_of_other_periods(ours: Iterable[Reading], theirs: Iterable[Reading]) -> bool:
    mine, others = (
        {period for one in some for period in (_period(one),) if period} for some in (ours, theirs)
    )
    return bool(mine and others and not mine & others)


def _period(reading: Reading) -> str:
    """The quarter or half that the headline names, else its latest month by then; "" for none."""
    if named := _PERIOD.search(reading.title):
        ordinal, kind, letter, number = named.groups()
        return f"{ordinal or _ORDINALS[int(number)]} {kind or _LETTERS[letter.casefold()]}".lower()
    months = {*reading.names_in_title("month")}
    months |= {month_name[int(number)] for number in _CJK_MONTH.findall(reading.title)}
    this = reading.entry.published_at.month
    ages = {name: (this - number) % 12 for number, name in enumerate(month_name) if name in months}
    return min(ages, key=lambda name: ages[name], default="")


def _tell_figures(readings: Iterable[Reading], gazetteer: Gazetteer) -> bool:
    kinds = [[kind.family for kind in kinds_of(one, gazetteer)] for one in readings]
    return sum(not _FIGURES.isdisjoint(some) for some in kinds) * 2 > len(kinds)


def _memory(
    members: Sequence[Reading], alike: Mapping[int, float], story_id: str, past: _Past
) -> Memory:
    """What was told of one story.

    Where only likeness speaks for a told story, and there is news, it is a story of its own: at
    once where the likeness is some, after a fortnight where it is sure.
    """
    marked = _marked(members, story_id, alike, past)
    if sure := marked | {number for number, value in alike.items() if value >= _SURELY_SAME}:
        found = _told_before(members, sure, past)
        is_late = not marked and _days_since(members, found) > _UPDATE_DAYS
        return Memory() if found.news and is_late else found
    found = _told_before(members, _likely(members, alike, past), past)
    return Memory() if found.news else found


def _days_since(members: Sequence[Reading], found: Memory) -> int:
    latest = max(one.entry.published_at for one in members).date()
    return (latest - found.told_on).days if found.told_on else 0


def _likely(members: Sequence[Reading], alike: Mapping[int, float], past: _Past) -> set[int]:
    """The told stories of a week that are somewhat alike and share a name or a sum."""
    latest, named = max(one.entry.published_at for one in members), _names(members)
    return {
        number
        for number, value in alike.items()
        if value >= _SAME_EVENT
        and (latest - past.told[number].known_until).days < _RECENT_DAYS
        and named & past.names[number]
    }


def _marked(
    members: Sequence[Reading], story_id: str, alike: Mapping[int, float], past: _Past
) -> set[int]:
    """The told stories that have the story's id, one of its entries, or a link and likeness."""
    marks = [f"entry {one.entry.id}" for one in members] + [f"story {story_id}"]
    links = [f"link {one.entry.url}" for one in members]
    linked = {n for mark in links for n in past.by_mark.get(mark, ())}
    found = {number for mark in marks for number in past.by_mark.get(mark, ())}
    return found | {number for number in linked if alike.get(number, _UNSURE) >= _SAME_LINK}


def _told_before(members: Sequence[Reading], numbers: Iterable[int], past: _Past) -> Memory:
    """When these told stories were told last, and what is new since then."""
    told = [past.told[number] for number in sorted(numbers)]
    if not told:
        return Memory()
    last = max(told, key=lambda one: one.known_until)
    ids = {own for one in told for own in one.entry_ids}
    later = [
        one
        for one in members
        if one.entry.id not in ids and one.entry.published_at > last.known_until
    ]
    known = [reading for one in told for reading in _readings(one, past.gazetteer)]
    new = {one.entry.id for one in later}
    known += [one for one in members if one.entry.id not in new]
    news = news_in(later, known, past.gazetteer)
    return Memory(last.date, news.words, news.weight)
