"""What kind of event a headline tells, and how much that kind matters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.core.amounts import spoken
from newsletter.core.gazetteer import EventKind, Gazetteer, names

if TYPE_CHECKING:
    from newsletter.core.amounts import Amount
    from newsletter.core.reading import Reading

OTHER = EventKind("news", 0.32, "", "")
"""What a headline tells that matches no kind."""

_LEAST_SUM = 1e6
_PART = re.compile(
    r"[,;.]\s+|[\uff0c\uff1b\u3002\n]|\s[\u2013\u2014-]\s|\s+(?:as|after|while|but)\s+"
)
_IN_MAY = re.compile(r"\b(?:in|since|by|until|from|of|last|this) May\b", re.IGNORECASE)
_MARKED = {
    "explainer": "explainer",
    "opinion": "opinion",
    "flashback": "look back",
    "reference": "reference",
    "promotion": "promotion",
}
_SOFT = 0.9
_TENTATIVE = "tentative:"
_ONLY_IN_LEAD = 0.75
_GOVERNMENT = 0.06
_LARGE_SUMS = ((500e6, 0.2), (100e6, 0.12), (10e6, 0.06))
"""Dollars from which a sum lifts the importance, and by how much ($500 m and more leads)."""


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
    kind = _telling(kinds)
    largest = reading.money[0] if reading.money else None
    is_shown = kind is OTHER or kind.name in _kinds_in_title(reading, gazetteer)
    importance = kind.importance * (1.0 if is_shown else _ONLY_IN_LEAD)
    if not kind.is_dull:
        importance = _lifted(importance, reading, largest)
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
    in_title = kind.name in _kinds_in_title(reading, gazetteer)
    if _TENTATIVE not in (reading.title_labels if in_title else reading.lead_labels):
        return False
    text = _IN_MAY.sub("", reading.title if in_title else reading.lead)
    parts = [gazetteer.find(part) for part in _PART.split(text)]
    telling = [labels for labels in parts if _tells(labels, kind, gazetteer)]
    return all(_TENTATIVE in labels for labels in telling or [gazetteer.find(text)])


def _tells(labels: frozenset[str], kind: EventKind, gazetteer: Gazetteer) -> bool:
    halves = gazetteer.event_pairs.get(kind.name, ())
    return f"event:{kind.name}" in labels or (bool(halves) and labels.issuperset(halves))


def _telling(kinds: list[EventKind]) -> EventKind:
    dull = [kind for kind in kinds if kind.is_dull]
    if dull:
        return min(dull, key=lambda kind: (kind.importance, kind.name))
    return max(kinds, key=lambda kind: (kind.importance, kind.name), default=OTHER)


def kinds_of(reading: Reading, gazetteer: Gazetteer) -> list[EventKind]:
    """All kinds of event the headline tells, by name; those of the lead where it tells none."""
    found = _kinds_in_title(reading, gazetteer)
    if not found:
        found = {
            name
            for name in names(reading.lead_labels, "event")
            if not gazetteer.events[name].title_only
        }
    return [gazetteer.events[name] for name in sorted(found)]


def _kinds_in_title(reading: Reading, gazetteer: Gazetteer) -> set[str]:
    found = set(names(reading.title_labels, "event"))
    for name, halves in gazetteer.event_pairs.items():
        if all(half in reading.title_labels for half in halves):
            found.add(name)
    return found


def _lifted(importance: float, reading: Reading, largest: Amount | None) -> float:
    if "soft:" in reading.title_labels:
        importance *= _SOFT
    if names(reading.title_labels, "agency"):
        importance += _GOVERNMENT
    dollars = largest.dollars if largest else 0.0
    return importance + next((lift for least, lift in _LARGE_SUMS if dollars >= least), 0.0)


def _section(kind: EventKind, reading: Reading, gazetteer: Gazetteer) -> str:
    """The kind's section; a plant belongs where its stage of the chain does."""
    stages = names(reading.title_labels, "stage")
    by_stage = next((gazetteer.stages[s] for s in gazetteer.stages if s in stages), "")
    if kind.section == "stage":
        return by_stage or "Processing & magnets"
    return kind.section or by_stage or "Companies"
