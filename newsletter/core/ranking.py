"""The day's ranking: entries judged, grouped, and put in order, with reasons in words.

A story's score is the weighted sum of its parts, each 0..1, divided by the sum of the weights.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import count
from types import MappingProxyType
from typing import TYPE_CHECKING

from newsletter.core.grouping import group_readings
from newsletter.core.highlights import choose, repeated_lines
from newsletter.core.memory import ToldStory, recall
from newsletter.core.news import news_in
from newsletter.core.outlets import list_pages
from newsletter.core.reading import read
from newsletter.core.redundancy import set_apart
from newsletter.core.story import Ranking, Rejection, Story, story_id_from
from newsletter.core.telling import Judged, Teller, Weights, judged
from newsletter.core.topics import group_topics

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from newsletter.core.entry import Entry
    from newsletter.core.gazetteer import Gazetteer
    from newsletter.core.memory import Memory

__all__ = ["ToldStory", "Weights", "rank"]

MOST_QUOTED = 100
"""The stories, best first, that get highlights."""

_NO_STORIES: Mapping[str, str] = MappingProxyType({})
_NO_TOPICS: Mapping[str, Sequence[str]] = MappingProxyType({})


def rank(  # noqa: PLR0913 - what an order depends on
    entries: Sequence[Entry],
    *,
    gazetteer: Gazetteer,
    now: datetime,
    weights: Weights = Weights(),  # noqa: B008 - frozen
    told: Sequence[ToldStory] = (),
    known: Mapping[str, str] = _NO_STORIES,
    topics: Mapping[str, Sequence[str]] = _NO_TOPICS,
    language: str = "en",
    takes_all: bool = False,
) -> Ranking:
    """All stories in order, best first, and the entries that are no news of the field.

    `now` is an aware moment; `told` is what earlier editions told; `known` gives the stories of
    entries that earlier runs grouped (entry id to story id), which keep their ids; `topics`
    gives what sources cover, by their names. `language` is the edition's, in which a story's best
    article and headline are preferred. `takes_all` skips the relevance test and groups whole topics
    instead of single events.
    """
    found, rejected = _all_judged(_once(entries), gazetteer, keeps_all=takes_all)
    groups = _topics(found) if takes_all else _grouped(found, gazetteer, known)
    ids = _identities(groups, known)
    readings = [[one.reading for one in members] for members in groups]
    memories = recall(readings, told, gazetteer, now, ids)
    teller = Teller(gazetteer, now, weights, language, list_pages(entries), topics)
    telling = [
        _bringing_news(*each, told, gazetteer) for each in zip(groups, memories, strict=True)
    ]
    quotable = frozenset(one.reading.entry.id for members in telling for one in members)
    stories = [teller.story(*each) for each in zip(groups, ids, memories, telling, strict=True)]
    taken = {id(one) for members in groups for one in members}
    rejected += [_rejection(one) for one in found if id(one) not in taken]
    ordered = set_apart(list(zip(stories, readings, strict=True)), weights, gazetteer)
    return Ranking(
        now=now,
        stories=_with_highlights(ordered, quotable),
        rejected=tuple(sorted(rejected, key=lambda r: (-r.relevance, r.entry_id))),
    )


def _bringing_news(
    members: Sequence[Judged], memory: Memory, told: Sequence[ToldStory], gazetteer: Gazetteer
) -> Sequence[Judged]:
    """Of a story that comes back, the entries that bring its news; all of any other story.

    They came after the edition that told it last, and their headlines say what the older ones do
    not; where no single one does, all the later entries count.
    """
    if not memory.news:
        return members
    until = max(one.known_until for one in told if one.date == memory.told_on)
    ids = {own for one in told for own in one.entry_ids}
    later = [
        one
        for one in members
        if one.reading.entry.id not in ids and one.reading.entry.published_at > until
    ]
    new = {id(one) for one in later}
    older = [one.reading for one in members if id(one) not in new]
    bearers = [one for one in later if news_in([one.reading], older, gazetteer).words]
    return (bearers if older else later) or later or members


def _with_highlights(stories: Sequence[Story], telling: frozenset[str]) -> tuple[Story, ...]:
    """The stories, the first 100 with their sentences: no page shows more.

    `telling` are the ids of the entries that may be quoted: yesterday's say nothing of an update.
    """
    shown, others = stories[:MOST_QUOTED], stories[MOST_QUOTED:]
    repeated = repeated_lines(entry for story in shown for entry in story.entries)
    quoted = (replace(one, highlights=choose(_of_today(one, telling), repeated)) for one in shown)
    return (*quoted, *others)


def _of_today(story: Story, telling: frozenset[str]) -> tuple[Entry, ...]:
    return tuple(entry for entry in story.entries if entry.id in telling)


def _grouped(
    found: Sequence[Judged], gazetteer: Gazetteer, known: Mapping[str, str]
) -> list[list[Judged]]:
    """The groups that tell news of the field: at least one of their entries says so by itself."""
    by_reading = {id(one.reading): one for one in found}
    groups = group_readings([one.reading for one in found], gazetteer, known=known)
    told = [[by_reading[id(reading)] for reading in members] for members in groups]
    return [members for members in told if any(one.relevance.is_relevant for one in members)]


def _topics(found: Sequence[Judged]) -> list[list[Judged]]:
    by_reading = {id(one.reading): one for one in found}
    groups = group_topics([one.reading for one in found])
    return [[by_reading[id(reading)] for reading in members] for members in groups]


def _once(entries: Iterable[Entry]) -> list[Entry]:
    """Each entry once by its id, in the order of the ids."""
    ordered = sorted(entries, key=lambda entry: (entry.id, entry.published_at, entry.url))
    return list({entry.id: entry for entry in reversed(ordered)}.values())


def _all_judged(
    entries: Sequence[Entry], gazetteer: Gazetteer, *, keeps_all: bool
) -> tuple[list[Judged], list[Rejection]]:
    """The entries that may be news, or all of them, and the others, of which no reading is kept.

    A text that came before in one outlet is not read again.
    """
    known: dict[tuple[str, ...], Judged | Rejection] = {}
    found, rejected = list[Judged](), list[Rejection]()
    for entry in entries:
        key = (entry.title, entry.outlet, entry.host, entry.summary, entry.text)
        if key not in known:
            one = judged(read(entry, gazetteer), gazetteer)
            known[key] = one if keeps_all or one.is_possible else _rejection(one)
        verdict = known[key]
        if isinstance(verdict, Judged):
            found.append(_of(entry, verdict))
        else:
            rejected.append(replace(verdict, entry_id=entry.id))
    return found, rejected


def _of(entry: Entry, one: Judged) -> Judged:
    """What was found of a text, for another entry that has the same one."""
    if one.reading.entry is entry:
        return one
    return replace(one, reading=replace(one.reading, entry=entry))


def _rejection(one: Judged) -> Rejection:
    entry = one.reading.entry
    return Rejection(entry.id, entry.title, entry.outlet, one.relevance.score, one.relevance.reason)


def _identities(groups: Sequence[Sequence[Judged]], known: Mapping[str, str]) -> list[str]:
    """An id for each group: the known one that most of its entries have, else its first entry's.

    No two groups get one id: where a known story fell apart, the larger part keeps it.
    """
    claims = sorted(
        (-times, min(ids), place, story_id)
        for place, members in enumerate(groups)
        for ids in [[one.reading.entry.id for one in members]]
        for story_id, times in Counter(known[i] for i in ids if i in known).items()
    )
    found: dict[int, str] = {}
    taken: set[str] = set()
    for _, _, place, story_id in claims:
        if place not in found and story_id not in taken:
            found[place] = story_id
            taken.add(story_id)
    return [found.get(place) or _own_id(members, taken) for place, members in enumerate(groups)]


def _own_id(members: Sequence[Judged], taken: set[str]) -> str:
    """Twelve hex digits that stay the same when later entries join the story."""
    first = min((one.reading.entry for one in members), key=lambda e: (e.published_at, e.id))
    names = (f"{first.id}{'#' * times}" for times in count())
    return next(own for own in map(story_id_from, names) if own not in taken)
