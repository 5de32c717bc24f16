"""What kind of event a headline tells, and how much that kind matters."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.core.amounts import money_in, spoken
from newsletter.core.gazetteer import EventKind, Gazetteer, names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsletter.core.amounts import Amount
    from newsletter.core.reading import Reading

OTHER = EventKind("news", 0.32, "", "")
"""What a headline tells that matches no kind."""

_LEAST_SUM = 1e6
_PART = re.compile(
    r"[,;.]\s+|[\uff0c\uff1b\u3002\n]|\s[\u2013\u2014-]\s|\s+(?:as|after|while|but)\s+"
)
_OCCASION = re.compile(r"\s(?:as|amid|after|while|despite|ahead of|following)\s", re.IGNORECASE)
_IN_MAY = re.compile(r"\b(?:in|since|by|until|from|of|last|this) May\b", re.IGNORECASE)
_ASKS = re.compile("[?\uff1f]|\uae4c[\"\u201d\u2019']?$")
"""A question mark, or the Korean ending of a question."""

_MARKED = {
    "explainer": "explainer",
    "opinion": "opinion",
    "flashback": "look back",
    "reference": "reference",
    "promotion": "promotion",
    "follow-up": "follow-up",
    "academic": "study",
    "slogan": "slogan",
}
_SOFT = 0.8
_HEAPED = 0.3
_LEAST_WORD, _TOO_OFTEN, _TOO_MANY = 3, 3, 5
_TENTATIVE = "tentative:"
_ONLY_IN_LEAD = 0.75
_GOVERNMENT = 0.06
_LARGE_SUMS = ((500e6, 0.2, 0.84), (100e6, 0.12, 0.7), (10e6, 0.06, 0.6))
"""Dollars from which a sum lifts the importance, by how much, and to what at least.

$500 million and more leads an industry daily, $10 million and more is news of its day.
"""


@dataclass(frozen=True)
class Event:
    """The event of one entry: its kind, its importance 0..1, its section, the sum at stake.

    `told` names all the kinds that the entry tells, the event's own among them. `is_planned` says
    that the act is only considered, planned, urged or foretold.
    """

    kind: EventKind
    importance: float
    section: str
    sum: Amount | None = None
    told: frozenset[str] = frozenset()
    is_planned: bool = False


def event_of(reading: Reading, gazetteer: Gazetteer) -> Event:
    """The weightiest event the headline tells; a dull kind (explainer, opinion) holds it down."""
    kinds = kinds_of(reading, gazetteer)
    kind = _telling(_in_main_clause(kinds, reading, gazetteer) or kinds)
    largest = reading.money[0] if reading.money else None
    is_shown = kind is OTHER or kind.name in _kinds_in(reading.title_labels)
    importance = kind.importance * (1.0 if is_shown else _ONLY_IN_LEAD)
    if not kind.is_dull:
        importance = _lifted(importance, reading, largest)
    if _is_heaped(reading):
        importance = min(importance, _HEAPED)
    section = _section(kind, reading, gazetteer)
    told = frozenset(known.name for known in (kind, *kinds))
    planned = _is_planned(kind, reading, gazetteer)
    return Event(kind, round(min(1.0, importance), 3), section, largest, told, planned)


def happened(event: Event) -> tuple[str, ...]:
    """What happened and the sum at stake; nothing where the kind of event says nothing."""
    large = event.sum is not None and event.sum.dollars >= _LEAST_SUM
    at_stake = spoken(event.sum) if event.sum and large else ""
    act = event.kind.planned if event.is_planned and event.kind.planned else event.kind.reason
    if act and at_stake:
        return (f"{act}: {at_stake}",)
    return tuple(filter(None, (act or (at_stake and f"{at_stake} at stake"),)))


def mark_of(event: Event) -> tuple[str, ...]:
    """The label of an event that is no plain news."""
    return (_MARKED[event.kind.name],) if event.kind.name in _MARKED else ()


def _is_planned(kind: EventKind, reading: Reading, gazetteer: Gazetteer) -> bool:
    """Whether every part of the headline that tells the act (else of the lead) calls it a plan."""
    if not kind.planned:
        return False
    in_title = kind.name in _kinds_in(reading.title_labels)
    if _TENTATIVE not in (reading.title_labels if in_title else reading.lead_labels):
        return False
    text = _IN_MAY.sub("", reading.title if in_title else reading.lead)
    parts = [gazetteer.find(part) for part in _PART.split(text)]
    telling = [labels for labels in parts if kind.name in _kinds_in(labels)]
    return all(_TENTATIVE in labels for labels in telling or [gazetteer.find(text)])


def _in_main_clause(
    kinds: list[EventKind], reading: Reading, gazetteer: Gazetteer
) -> list[EventKind]:
    """The kinds told before "as", "amid" or "after", where what follows is only the occasion."""
    clause = _OCCASION.split(reading.title, maxsplit=1)[0]
    if len(kinds) < 2 or clause == reading.title:  # noqa: PLR2004 - nothing to choose
        return []
    found = _kinds_in(gazetteer.find(clause))
    return [kind for kind in kinds if kind.name in found and not kind.is_vague]


def _telling(kinds: list[EventKind]) -> EventKind:
    """The kind listed first: the gazetteer lists the most telling ones first."""
    return kinds[0] if kinds else OTHER


def kinds_of(reading: Reading, gazetteer: Gazetteer) -> list[EventKind]:
    """All kinds of event the headline tells, as listed; those of the lead where it tells none."""
    found = _kinds_in(reading.title_labels)
    if not found:
        found = {
            name
            for name in names(reading.lead_labels, "event")
            if not gazetteer.events[name].title_only
        }
    return [kind for name, kind in gazetteer.events.items() if name in found]


def _kinds_in(labels: frozenset[str]) -> set[str]:
    """The kinds that labels tell: by one word, or by both halves of a pair (0 and 1, 2 and 3)."""
    found: set[str] = set()
    for label in labels:
        if label.startswith("event:"):
            found.add(label.removeprefix("event:"))
        elif label.startswith("half:"):
            half, side = label.rsplit(":", 1)
            if int(side) % 2 and f"{half}:{int(side) - 1}" in labels:
                found.add(half.removeprefix("half:"))
    return found


def _lifted(importance: float, reading: Reading, largest: Amount | None) -> float:
    """The importance by the weight of who acts and of the sum; less where it is only talk."""
    if names(reading.title_labels, "agency"):
        importance += _GOVERNMENT
    if largest:
        importance = _with_sum(importance, largest, money_in(reading.title))
    return importance * (_SOFT if _is_talk(reading) else 1.0)


def _is_heaped(reading: Reading) -> bool:
    """Whether the headline repeats words or lists companies as none written for readers does."""
    words = Counter(item for item in reading.words if len(item) >= _LEAST_WORD)
    companies = names(reading.title_labels, "company")
    return max(words.values(), default=0) >= _TOO_OFTEN or len(companies) >= _TOO_MANY


def _is_talk(reading: Reading) -> bool:
    """Whether the headline threatens, hopes or asks rather than tells."""
    return "soft:" in reading.title_labels or _ASKS.search(reading.title) is not None


def _with_sum(importance: float, largest: Amount, in_title: Sequence[Amount]) -> float:
    """A sum lifts; one in the headline makes even an act of no known kind important."""
    lift = next((lift for least, lift, _ in _LARGE_SUMS if largest.dollars >= least), 0.0)
    named = in_title[0].dollars if in_title else 0.0
    floor = next((floor for least, _, floor in _LARGE_SUMS if named >= least), 0.0)
    return max(importance + lift, floor)


def _section(kind: EventKind, reading: Reading, gazetteer: Gazetteer) -> str:
    """The kind's section; a plant belongs where its stage of the chain does."""
    stages = names(reading.title_labels, "stage")
    by_stage = next((gazetteer.stages[s] for s in gazetteer.stages if s in stages), "")
    if kind.section == "stage":
        return by_stage or "Processing & magnets"
    return kind.section or by_stage or "Companies"
