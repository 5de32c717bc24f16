"""What later headlines bring to a story that was told already, and how weighty that is.

Only headlines count: what stands deeper in a text may have been known all along. A later headline
with other words for the same thing brings nothing.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from newsletter.core.amounts import Amount, money_in, spoken
from newsletter.core.events import event_of, kinds_of
from newsletter.core.gazetteer import EventKind, Gazetteer, names
from newsletter.core.tokens import STOP_WORDS, stem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from newsletter.core.reading import Reading

_LEAST_ACT, _LIGHTER = 0.4, 0.1
_LEAST_SUM, _LARGE_SUM = 1e6, 500e6
_SAME_SUM = 0.15
_MOST_TOLD, _SHARE = 2, 3
_STEP_WEIGHT, _ACTOR_WEIGHT, _COUNT_WEIGHT = 0.4, 0.3, 0.2
_COUNTED = re.compile(r"(?<![\w.,$€£¥₹])(\d{1,4}(?:,\d{3})*)\s+([A-Za-z][a-z]{2,})")
_UNITS = frozenset(
    {"million", "billion", "trillion", "crore", "lakh", "percent", "year", "month", "week", "day"}
)
_STEPS = {
    "a proposal": "talk talks consider weigh mull eye seek propose plan offer bid",
    "an agreement": "agree sign ink",
    "an approval": "approve clear vote grant authorise authorize ratify",
    "a refusal": "reject block veto refuse",
    "a denial": "deny dismiss refute",
    "a delay": "delay postpone extend defer",
    "a start": "open launch start begin commission",
    "a completion": "complete finish conclude",
    "an end": "scrap cancel withdraw terminate abandon collapse suspend shelve revoke",
}
"""The steps by which an act goes on, and the verbs of headlines that tell them."""

_STEP_OF = {stem(verb): step for step, verbs in _STEPS.items() for verb in verbs.split()}
_FIRST_STEP = "a proposal"


@dataclass(frozen=True)
class News:
    """New facts in words ("a sum of $315 million"), and how weighty the weightiest is, 0..1."""

    words: str = ""
    weight: float = 0.0


@dataclass(frozen=True)
class _Known:
    """What was told: families of acts, acts only planned, steps, sums, names, numbers of things.

    `importance` is that of the weightiest act.
    """

    families: frozenset[str]
    planned: frozenset[str]
    importance: float
    steps: frozenset[str]
    sums: tuple[Amount, ...]
    labels: frozenset[str]
    counts: Mapping[str, set[str]]


def news_in(later: Sequence[Reading], told: Sequence[Reading], gazetteer: Gazetteer) -> News:
    """What the headlines of `later` tell that `told` did not; at most two facts, weightiest first.

    A fact is a kind of act not told before, or one that was only planned then; a further step in
    it, such as an approval or an end; a sum of money; a company or country that acts where others
    did; another number of what was counted before. A third of the later headlines must tell it:
    what one of many says is no news yet.
    """
    if not later or not told:
        return News()
    known = _known(told, gazetteer)
    found = Counter(
        fact
        for one in later
        for fact in {fact for find in _FINDERS for fact in find(one, known, gazetteer)}
    )
    told_often = [fact for fact, times in found.items() if times * _SHARE >= len(later)]
    ordered = sorted(told_often, key=lambda fact: (-fact.weight, fact.words))
    words = list(dict.fromkeys(fact.words for fact in ordered))[:_MOST_TOLD]
    return News("; ".join(words), ordered[0].weight) if ordered else News()


def _known(told: Sequence[Reading], gazetteer: Gazetteer) -> _Known:
    events = [event_of(reading, gazetteer) for reading in told]
    labels = frozenset[str]().union(*(reading.labels for reading in told))
    named = {name for event in events for name in event.told} | {*names(labels, "event")}
    done = {event.kind.name for event in events if not event.is_planned}
    counts: dict[str, set[str]] = defaultdict(set)
    for number, thing, _ in (count for reading in told for count in _counts(reading)):
        counts[thing].add(number)
    return _Known(
        families=frozenset(gazetteer.events[n].family for n in named if n in gazetteer.events),
        planned=frozenset(event.kind.name for event in events if event.is_planned) - done,
        importance=max(event.kind.importance for event in events),
        steps=frozenset(step for reading in told for step in _steps(reading)),
        sums=tuple(amount for reading in told for amount in reading.money),
        labels=labels,
        counts=counts,
    )


def _acts(reading: Reading, gazetteer: Gazetteer) -> list[EventKind]:
    """The kinds of act that the headline itself tells; none where it comments or looks back."""
    kinds = kinds_of(replace(reading, lead_labels=frozenset()), gazetteer)
    if any(kind.is_dull for kind in kinds):
        return []
    return [kind for kind in kinds if not kind.is_vague and kind.importance >= _LEAST_ACT]


def _new_acts(reading: Reading, known: _Known, gazetteer: Gazetteer) -> Iterable[News]:
    """Acts that are done now and were not told, and weigh about as much as what was told."""
    if event_of(reading, gazetteer).is_planned:
        return
    for kind in _acts(reading, gazetteer):
        is_other = kind.family not in known.families
        is_weighty = kind.importance >= known.importance - _LIGHTER
        if (is_other and is_weighty) or kind.name in known.planned:
            yield News(_told_as(kind, reading), kind.importance)


def _told_as(kind: EventKind, reading: Reading) -> str:
    """The act within a sentence; the headline itself where the kind says nothing."""
    reason = kind.reason or f"\u201c{reading.title.strip()}\u201d"
    return reason[:1].lower() + reason[1:]


def _new_steps(reading: Reading, known: _Known, gazetteer: Gazetteer) -> Iterable[News]:
    """A step further on in an act that was at another one when it was told."""
    if known.steps and not any(kind.is_dull for kind in kinds_of(reading, gazetteer)):
        for step in _steps(reading) - known.steps - {_FIRST_STEP}:
            yield News(step, _STEP_WEIGHT)


def _steps(reading: Reading) -> set[str]:
    return {_STEP_OF[item] for item in reading.title_items if item in _STEP_OF}


def _new_sums(reading: Reading, known: _Known, _gazetteer: Gazetteer) -> Iterable[News]:
    for amount in money_in(reading.title):
        if amount.dollars >= _LEAST_SUM and not any(_is_same(amount, one) for one in known.sums):
            yield News(f"a sum of {spoken(amount)}", min(1.0, amount.dollars / _LARGE_SUM))


def _is_same(ours: Amount, theirs: Amount) -> bool:
    """Whether two sums may be one, rounded or changed into another currency."""
    return abs(ours.dollars - theirs.dollars) <= _SAME_SUM * max(ours.dollars, theirs.dollars)


def _new_actors(reading: Reading, known: _Known, gazetteer: Gazetteer) -> Iterable[News]:
    """Who acts now: the headline tells an act, and names nobody of those known before."""
    acts = _acts(reading, gazetteer)
    for kind in ("company", "country") if acts else ():
        named, before = reading.names_in_title(kind), set(names(known.labels, kind))
        if named and before and not before & set(named):
            yield News(f"{named[0]}: {_told_as(acts[0], reading)}", _ACTOR_WEIGHT)


def _new_counts(reading: Reading, known: _Known, _gazetteer: Gazetteer) -> Iterable[News]:
    for number, thing, words in _counts(reading):
        if thing in known.counts and number not in known.counts[thing]:
            yield News(words, _COUNT_WEIGHT)


def _counts(reading: Reading) -> list[tuple[str, str, str]]:
    """Plain numbers of the headline with the stem of what they count, and both as they stand."""
    return [
        (number, stem(thing.casefold()), f"{number} {thing}")
        for number, thing in _COUNTED.findall(reading.title)
        if stem(thing.casefold()) not in _UNITS and thing.casefold() not in STOP_WORDS
    ]


_FINDERS: tuple[Callable[[Reading, _Known, Gazetteer], Iterable[News]], ...] = (
    _new_acts,
    _new_steps,
    _new_sums,
    _new_actors,
    _new_counts,
)
