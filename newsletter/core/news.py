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
from newsletter.core.steps import (
    DEATHS,
    FIRM,
    FIRST_STEP,
    clauses_of,
    in_digits,
    small_numbers,
    steps_in,
    tells_another,
)
from newsletter.core.tokens import STOP_WORDS, stem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from newsletter.core.reading import Reading

_LEAST_ACT, _LIGHTER = 0.4, 0.1
_LEAST_SUM, _LARGE_SUM = 1e6, 500e6
_SAME_SUM = 0.15
_MOST_TOLD, _SHARE = 2, 3
_TOLL_WEIGHT, _STEP_WEIGHT, _ACTOR_WEIGHT, _COUNT_WEIGHT = 0.5, 0.4, 0.3, 0.2
_COUNTED = re.compile(r"(?<![\w.,$€£¥₹])(\d{1,4}(?:,\d{3})*)\s+([A-Za-z][a-z]{2,})")
_UNITS = frozenset(
    {"million", "billion", "trillion", "crore", "lakh", "percent", "year", "month", "week", "day"}
)
_SAME_SHARE = 0.5
_FIGURE_WEIGHT, _ANOTHER_WEIGHT = 0.3, 0.35
_LONGEST_QUOTE, _LEAST_CLAUSE = 90, 3
_HARM = frozenset({DEATHS, "injuries"})
_QUOTED = ("\u201c", "\u201d")
_CLAUSES = re.compile(r"[,;:]\s+|\s[\u2013\u2014-]\s|\s(?:as|while)\s")
_LOOSE = re.compile(
    r"\b(?:or|acts|stops|felt|moves?|speaks?|changes?|spends|deal|partnership|discovery|answers)\b"
)
"""Words of a kind that say too little of what happened: its headline says more."""

_SAID = frozenset({"a refusal", "a denial", "a delay", "an end", "an agreement", "an approval"})
"""Steps whose name says enough."""


@dataclass(frozen=True)
class News:
    """New facts in words ("a sum of $315 million"), and how weighty the weightiest is, 0..1."""

    words: str = ""
    weight: float = 0.0


@dataclass(frozen=True)
class _Known:
    """What was told: families of acts, acts only planned, steps, sums, names, numbers of things.

    `shares` are percentages, `numbers` the small numbers of any text; `has_another` says that the
    story was of a further one already.

    `importance` is that of the weightiest act.
    """

    families: frozenset[str]
    planned: frozenset[str]
    importance: float
    steps: frozenset[str]
    sums: tuple[Amount, ...]
    labels: frozenset[str]
    counts: Mapping[str, set[str]]
    shares: tuple[float, ...]
    numbers: frozenset[str]
    has_another: bool


def news_in(later: Sequence[Reading], told: Sequence[Reading], gazetteer: Gazetteer) -> News:
    """What the headlines of `later` tell that `told` did not; at most two facts, weightiest first.

    A fact is a kind of act not told before, or one that was only planned then; a further step in
    it, such as an approval or a halt; a sum of money, a percentage; a company or country that acts
    where others did; "another", "again"; another number of what was counted before, or of the dead
    and hurt. A third of the later headlines must tell it: what one of many says is no news yet.
    Where the name of the act says little, the headline is quoted, and nothing else is said.
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
    return News(_in_words(ordered), ordered[0].weight) if ordered else News()


def _in_words(facts: Sequence[News]) -> str:
    """The weightiest facts; a quotation stands alone, since it holds the others."""
    words = list(dict.fromkeys(fact.words for fact in facts))
    plain = [one for one in words if not one.endswith(_QUOTED[1])]
    return words[0] if words[0] not in plain else "; ".join(plain[:_MOST_TOLD])


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
        steps=frozenset(step for reading in told for step in steps_in(_text(reading))),
        sums=tuple(amount for reading in told for amount in reading.money),
        labels=labels,
        counts=counts,
        shares=tuple(share for reading in told for share in _shares(reading, with_lead=True)),
        numbers=frozenset(number for one in told for number in small_numbers(_text(one))),
        has_another=any(tells_another(_text(one)) for one in told),
    )


def _text(reading: Reading) -> str:
    return f"{reading.title}\n{reading.lead}"


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
            yield News(_told_as(kind, reading, gazetteer), kind.importance)


def _told_as(kind: EventKind, reading: Reading, gazetteer: Gazetteer) -> str:
    """The act within a sentence; the headline's own clause where the kind says little."""
    if kind.reason and not _LOOSE.search(kind.reason):
        return kind.reason[:1].lower() + kind.reason[1:]
    return _quoted(reading.title, lambda part: f"event:{kind.name}" in gazetteer.find(part))


def _quoted(title: str, tells: Callable[[str], bool]) -> str:
    """The first clause that tells it, else the headline, cut at a word."""
    parts = (part for part in _CLAUSES.split(title) if len(part.split()) >= _LEAST_CLAUSE)
    text = " ".join(next(filter(tells, parts), title).split())
    if len(text) > _LONGEST_QUOTE:
        text = text[:_LONGEST_QUOTE].rsplit(" ", 1)[0].rstrip(" ,;:") + "\u2026"
    return f"{_QUOTED[0]}{text.strip()}{_QUOTED[1]}"


def _is_dull(reading: Reading, gazetteer: Gazetteer) -> bool:
    return any(kind.is_dull for kind in kinds_of(reading, gazetteer))


def _new_steps(reading: Reading, known: _Known, gazetteer: Gazetteer) -> Iterable[News]:
    """A step further on: any but the first in an act of which a step was told, else a firm one."""
    if _is_dull(reading, gazetteer):
        return
    for step in steps_in(reading.title) - known.steps - {FIRST_STEP}:
        if known.steps or step in FIRM:
            yield News(_step_as(step, reading), _STEP_WEIGHT)


def _step_as(step: str, reading: Reading) -> str:
    return step if step in _SAID else _quoted(reading.title, lambda part: step in steps_in(part))


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
            yield News(_actor_as(named[0], acts[0], reading, gazetteer), _ACTOR_WEIGHT)


def _actor_as(name: str, act: EventKind, reading: Reading, gazetteer: Gazetteer) -> str:
    words = _told_as(act, reading, gazetteer)
    return words if words.endswith(_QUOTED[1]) else f"{name}: {words}"


def _new_shares(reading: Reading, known: _Known, gazetteer: Gazetteer) -> Iterable[News]:
    """A percentage, more than a rounding away from those told."""
    if not _is_dull(reading, gazetteer):
        for share in _shares(reading, with_lead=False):
            if all(abs(share - one) > _SAME_SHARE for one in known.shares):
                yield News(f"{share:g}%", _FIGURE_WEIGHT)


def _shares(reading: Reading, *, with_lead: bool) -> list[float]:
    figures = reading.figures | (reading.lead_figures if with_lead else frozenset())
    return sorted(float(one[:-1]) for one in figures if one.endswith("%"))


def _another(reading: Reading, known: _Known, gazetteer: Gazetteer) -> Iterable[News]:
    """A headline that says of itself that it tells a further one."""
    if not known.has_another and tells_another(reading.title) and _acts(reading, gazetteer):
        yield News(_quoted(reading.title, tells_another), _ANOTHER_WEIGHT)


def _new_toll(reading: Reading, known: _Known, gazetteer: Gazetteer) -> Iterable[News]:
    """Another number of dead or hurt people than any that was told."""
    if not _is_dull(reading, gazetteer) and known.steps & _HARM:
        for part in clauses_of(reading.title):
            if steps_in(part) & _HARM and small_numbers(part) - known.numbers:
                yield News(_quoted(reading.title, part.__contains__), _TOLL_WEIGHT)


def _new_counts(reading: Reading, known: _Known, _gazetteer: Gazetteer) -> Iterable[News]:
    for number, thing, words in _counts(reading):
        if thing in known.counts and number not in known.counts[thing]:
            yield News(words, _COUNT_WEIGHT)


def _counts(reading: Reading) -> list[tuple[str, str, str]]:
    """Plain numbers of the headline with the stem of what they count, and both as they stand."""
    return [
        (number, stem(thing.casefold()), f"{number} {thing}")
        for number, thing in _COUNTED.findall(in_digits(reading.title))
        if stem(thing.casefold()) not in _UNITS and thing.casefold() not in STOP_WORDS
    ]


_FINDERS: tuple[Callable[[Reading, _Known, Gazetteer], Iterable[News]], ...] = (
    _new_acts,
    _new_steps,
    _new_sums,
    _new_actors,
    _new_counts,
    _new_shares,
    _another,
    _new_toll,
)
