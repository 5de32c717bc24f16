"""Threads: stories over weeks about one subject.

A story belongs to the thread of the earlier story that it continues: both are about one company of
the field, place or law, or a government's acts of one kind, and they share words or the kind of
act. What one company does and another does are two subjects, however alike.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from newsletter.core.events import kinds_of
from newsletter.core.gazetteer import names
from newsletter.core.memory import reading_of
from newsletter.core.story import Earlier, story_id_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from newsletter.core.gazetteer import Gazetteer
    from newsletter.core.memory import ToldStory
    from newsletter.core.reading import Reading
    from newsletter.core.story import Ranking, Story

THREAD_DAYS = 60
"""How long a subject may rest before it is another thread."""

_GOVERNMENT = 0.66
_SAME_WORDS, _SAME_KIND_WORDS = 0.2, 0.05
_KIND_WEIGHT, _ANCHOR_WEIGHT = 0.3, 0.2
_SMOOTHING = 6.0
_REACH_DAYS = 2 * THREAD_DAYS
_MOST_POOLED, _MOST_COMPARED, _MOST_EARLIER = 20_000, 200, 12
_ORDINALS = (
    *("", "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh"),
    *("Eighth", "Ninth", "Tenth", "Eleventh", "Twelfth"),
)


@dataclass(frozen=True)
class PastStory:
    """A story of an earlier day: id, thread ("" if unknown), headline, when it began."""

    id: str
    thread: str
    headline: str
    began_at: datetime


@dataclass(frozen=True)
class _Subject:
    """What a headline is about: its anchors, the companies among them, kinds of act, words."""

    script: str
    anchors: frozenset[str]
    companies: frozenset[str]
    families: frozenset[str]
    words: Mapping[str, float]


def past_of(told: Iterable[ToldStory]) -> tuple[PastStory, ...]:
    """Told stories as past ones, each once; one that was told without an id gets one of its own."""
    found: dict[str, PastStory] = {}
    for one in sorted(told, key=lambda one: (one.date, one.headline)):
        own = one.id or story_id_from(f"{one.date} {one.headline}")
        began_at = one.published_at or one.known_until
        found.setdefault(own, PastStory(own, one.thread, one.headline, began_at))
    return tuple(found.values())


def threaded(ranking: Ranking, past: Iterable[PastStory], gazetteer: Gazetteer) -> Ranking:
    """The ranking with each story in its thread, the earlier ones beside it and told as a reason.

    A story that is among the past keeps its thread. One that continues none begins its own.
    """
    pool = _with_threads(_pool(ranking.stories, past), gazetteer)
    members: dict[str, list[PastStory]] = defaultdict(list)
    for one in pool.values():
        members[one.thread].append(one)
    stories = tuple(_in_thread(story, pool[story.id], members) for story in ranking.stories)
    return replace(ranking, stories=stories)


def thread_words(earlier: Sequence[Earlier]) -> str:
    """How many stories a thread has, this one among them, and since when; "" for the first."""
    if not earlier:
        return ""
    first, number = min(one.date for one in earlier), len(earlier) + 1
    place = _ORDINALS[number] if number < len(_ORDINALS) else f"{number}{_ending(number)}"
    return f"{place} story on this subject since {first.day} {first:%B}"


def _ending(number: int) -> str:
    """What follows a number that gives a place: 21st, 22nd, 23rd, 113th."""
    is_teen = number % 100 // 10 == 1
    return "th" if is_teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _pool(stories: Sequence[Story], past: Iterable[PastStory]) -> list[PastStory]:
    """Past stories and those of today, each once, the oldest first; new ones without a thread."""
    known = {one.id: one for one in past}
    today = {story.id: PastStory(story.id, "", story.headline, story.began_at) for story in stories}
    for story_id in known.keys() & today.keys():
        before = known[story_id]
        began_at = min(before.began_at, today[story_id].began_at)
        today[story_id] = replace(today[story_id], thread=before.thread, began_at=began_at)
    found = {**known, **today}.values()
    return sorted(found, key=lambda one: (one.began_at, one.id))[-_MOST_POOLED:]


def _in_thread(
    story: Story, placed: PastStory, members: Mapping[str, Sequence[PastStory]]
) -> Story:
    before = [
        Earlier(one.began_at.date(), one.headline)
        for one in members[placed.thread]
        if (one.began_at, one.id) < (placed.began_at, placed.id)
    ]
    words = thread_words(before)
    reasons = (*story.reasons, words) if words else story.reasons
    shown = tuple(before[-_MOST_EARLIER:])
    return replace(story, thread=placed.thread, earlier=shown, reasons=reasons)


def _with_threads(pool: Sequence[PastStory], gazetteer: Gazetteer) -> dict[str, PastStory]:
    """The stories by id, each that has no thread yet in that of the one it continues.

    Those that began long before the newest are not looked at again.
    """
    if not pool:
        return {}
    reach = timedelta(days=_REACH_DAYS)
    read = [one for one in pool if one.began_at >= pool[-1].began_at - reach]
    old = pool[: len(pool) - len(read)]
    readings = [reading_of(one.headline, "", one.began_at, gazetteer) for one in read]
    subjects = _subjects(readings, gazetteer)
    by_anchor: dict[str, list[int]] = defaultdict(list)
    found: list[PastStory] = []
    for place, (one, subject) in enumerate(zip(read, subjects, strict=True)):
        before = None if one.thread else _continued(one, subject, found, subjects, by_anchor)
        found.append(replace(one, thread=one.thread or (before.thread if before else one.id)))
        for anchor in subject.anchors:
            by_anchor[anchor].append(place)
    return {one.id: one for one in (*(replace(o, thread=o.thread or o.id) for o in old), *found)}


def _continued(
    one: PastStory,
    subject: _Subject,
    found: Sequence[PastStory],
    subjects: Sequence[_Subject],
    by_anchor: Mapping[str, Sequence[int]],
) -> PastStory | None:
    """The earlier story that a story continues most surely; the later of two that are alike."""
    near = {n for a in subject.anchors for n in by_anchor.get(a, ())[-_MOST_COMPARED:]}
    young = [n for n in near if (one.began_at - found[n].began_at).days <= THREAD_DAYS]
    value, place = max(((_continues(subject, subjects[n]), n) for n in young), default=(0.0, 0))
    return found[place] if value else None


def _subjects(readings: Sequence[Reading], gazetteer: Gazetteer) -> list[_Subject]:
    """What each headline is about, its words weighed by how rare they are among all of them."""
    counted = Counter(word for reading in readings for word in set(reading.words))
    rarity = {w: math.log((len(readings) + _SMOOTHING) / (n + 0.5)) for w, n in counted.items()}
    return [
        _subject(reading, _unit({word: rarity[word] for word in reading.words}), gazetteer)
        for reading in readings
    ]


def _unit(weights: Mapping[str, float]) -> dict[str, float]:
    length = math.sqrt(math.fsum(weight * weight for weight in weights.values()))
    return {word: weight / length for word, weight in weights.items()} if length else {}


def _subject(reading: Reading, words: Mapping[str, float], gazetteer: Gazetteer) -> _Subject:
    labels = reading.title_labels
    core = [name for name in names(labels, "company") if gazetteer.companies[name].is_core]
    companies = frozenset(f"company {name}" for name in gazetteer.houses(core))
    things = {label for label in labels if label.startswith(("place:", "law:"))}
    kinds = [kind for kind in kinds_of(reading, gazetteer) if not kind.is_vague]
    acts = {
        f"{country} {kind.family}"
        for country in names(labels, "country")
        for kind in kinds
        if kind.importance >= _GOVERNMENT and not companies
    }
    families = frozenset(kind.family for kind in kinds)
    return _Subject(reading.script, companies | things | acts, companies, families, words)


def _continues(ours: _Subject, theirs: _Subject) -> float:
    """How surely a headline continues another's subject; 0 where it does not."""
    shared = ours.anchors & theirs.anchors
    if ours.companies and theirs.companies and not ours.companies & theirs.companies:
        return 0.0
    common = ours.words.keys() & theirs.words.keys()
    words = math.fsum(ours.words[word] * theirs.words[word] for word in common)
    same_kind = bool(ours.families & theirs.families)
    needed = _SAME_KIND_WORDS if same_kind else _SAME_WORDS
    if not shared or (words < needed and not (same_kind and ours.script != theirs.script)):
        return 0.0
    return words + _KIND_WEIGHT * same_kind + _ANCHOR_WEIGHT * len(shared)
