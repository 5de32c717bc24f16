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
_SOFT, _ASKING = 0.88, 0.8
_DENIED = 0.8
_NOT = re.compile(
    r"\b(?:do|does|did|will|would|is|are|has|have|must|should)(?:\s+not|n['\u2019]t)\b"
    r"|\bwon['\u2019]t\b|\bno (?:plans?|intention|need|talks|reason|decision)\b"
    r"|\brul(?:es?|ed|ing) out\b"
    r"|\bdenie[sd]\b|\bdeny\b|\b(?:not|never) (?:to|going to|plan\w*)\b"
    r"|不会|不打算|不考虑|无意|没有计划|否认|keine?\b|nicht\b",
    re.IGNORECASE,
)
"""What denies the act that follows."""

_NOT_AFTER = re.compile(r"않|계획 없|없다|부인|しない|せず|否定")
"""What denies the act before it."""

_FIRST = re.compile(
    r"\b(?:first|1st)\b(?![\s-](?:half|quarter|principles?|months?|weeks?|days?|time|year|nine|six|"
    r"three|two|solar|place|glance|look|phase|stage|tranche|round|ministers?|"
    r"\d))(?!$|[,;:.!?])"
    r"|首次|首个|首座|首条|首批|最初|최초|첫|初めて|初の|世界初|\berste[rnms]?\b",
    re.IGNORECASE,
)
_ENDS_MONOPOLY = re.compile(
    r"\b(?:end|ends|ending|ended|break|breaks|breaking|broke)\s+(?:\S+\s+){0,4}?(?:monopoly|stranglehold)\b"
    r"|\bworld['\u2019]?s first\b|\bfirst[\s-]ever\b|打破.{0,6}垄断|世界初|세계 최초|全球首",
    re.IGNORECASE,
)
_A_FIRST, _A_TURN = 0.08, 0.14
"""What a first of its kind adds to an act, and one that ends a monopoly or is the world's first."""

_ONLY_EXPECTED = re.compile(
    r"\b(?:expect\w*|estimat\w*|forecast\w*|project(?:ed|ions?)|need(?:s|ed)?|require[sd]?"
    r"|market cap\w*|up to|could|would|may|might)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"\u201c])|(?<=[\u3002\uff01\uff1f])|\n")
_HEAPED = 0.3
_LEAST_WORD, _TOO_OFTEN, _TOO_MANY = 3, 3, 5
_TENTATIVE = "tentative:"
_ONLY_IN_LEAD = 0.9
_LARGE_SUMS = ((500e6, 0.12, 0.84), (100e6, 0.06, 0.6), (10e6, 0.03, 0.57))
"""Dollars from which a sum lifts the importance, by how much, and to what at least.

$500 million and more leads an industry daily, $10 million and more is news of its day.
"""


@dataclass(frozen=True)
class Event:
    """The event of one entry: its kind, its importance 0..1, its section.

    `told` names all the kinds that the entry tells, the event's own among them, and `in_title`
    those that its headline does. `is_planned` says that the act is only considered, planned, urged
    or foretold, `is_denied` that it is said not to happen. `lift` is what it is worth more, 0..1,
    as a first of its kind.
    """

    kind: EventKind
    importance: float
    section: str
    told: frozenset[str] = frozenset()
    in_title: frozenset[str] = frozenset()
    is_planned: bool = False
    is_denied: bool = False
    lift: float = 0.0


def event_of(reading: Reading, gazetteer: Gazetteer) -> Event:
    """The weightiest event the headline tells; a dull kind (explainer, opinion) holds it down."""
    kinds = kinds_of(reading, gazetteer)
    kind = _telling(_in_main_clause(kinds, reading, gazetteer) or kinds)
    in_title = frozenset(_kinds_in(reading.title_labels))
    importance = kind.importance
    importance *= 1.0 if kind is OTHER or kind.name in in_title else _ONLY_IN_LEAD
    denied = kind.name in in_title and _is_denied(kind, reading.title, gazetteer)
    if not kind.is_dull:
        importance = _lifted(importance, reading)
    importance *= _DENIED if denied else 1.0
    if _is_heaped(reading):
        importance = min(importance, _HEAPED)
    return Event(
        kind,
        round(min(1.0, importance), 3),
        _section(kind, reading, gazetteer),
        frozenset(known.name for known in (kind, *kinds)),
        in_title,
        _is_planned(kind, reading, gazetteer),
        denied,
        _of_a_first(reading.title) if kind.name in in_title and not kind.is_dull else 0.0,
    )


def happened(event: Event, shown: Reading, gazetteer: Gazetteer) -> tuple[str, ...]:
    """What happened by a headline, and the sum where it is said of the act itself.

    Another sum of the headline is only at stake; one of the text below is not told.
    """
    if event.is_denied:
        return ()
    act = event.kind.planned if event.is_planned and event.kind.planned else event.kind.reason
    if event.kind.is_dull:
        return (act,)
    in_title = [part for part in _PART.split(shown.title) if _sum_in(part)]
    beside = [part for part in in_title if _tells(part, event.kind, gazetteer)]
    if not in_title:
        sentences = (part for part in _SENTENCE.split(shown.lead) if _sum_in(part))
        beside = [part for part in sentences if _tells(part, event.kind, gazetteer)]
    if act and beside:
        return (f"{act}: {_sum_in(beside[0])}",)
    at_stake = f"{_sum_in(in_title[0])} at stake" if in_title else ""
    return tuple(filter(None, (act, at_stake)))


def _sum_in(text: str) -> str:
    """The largest sum in a text in words, from a million dollars on; not one only expected."""
    sums = money_in(text)
    large = sums and sums[0].dollars >= _LEAST_SUM and not _ONLY_EXPECTED.search(text)
    return spoken(sums[0]) if large else ""


def _tells(part: str, kind: EventKind, gazetteer: Gazetteer) -> bool:
    return kind.name in _kinds_in(gazetteer.find(part))


def _is_denied(kind: EventKind, title: str, gazetteer: Gazetteer) -> bool:
    """Whether every part of a headline that tells an act says that it will not be."""
    if not kind.planned or not (_NOT.search(title) or _NOT_AFTER.search(title)):
        return False
    telling = [part for part in _PART.split(title) if _tells(part, kind, gazetteer)]
    return bool(telling) and all(_denies(part, kind, gazetteer) for part in telling)


def _denies(part: str, kind: EventKind, gazetteer: Gazetteer) -> bool:
    after = (part[found.end() :] for found in _NOT.finditer(part))
    before = (part[: found.start()] for found in _NOT_AFTER.finditer(part))
    return any(_tells(text, kind, gazetteer) for text in (*after, *before))


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


def _lifted(importance: float, reading: Reading) -> float:
    """The importance by the weight of the sum at stake; less where it is only talk."""
    if reading.money:
        importance = _with_sum(importance, reading.money[0], money_in(reading.title))
    return importance * _firmness(reading)


def _of_a_first(title: str) -> float:
    if _ENDS_MONOPOLY.search(title):
        return _A_TURN
    return _A_FIRST if _FIRST.search(title) else 0.0


def _is_heaped(reading: Reading) -> bool:
    """Whether the headline repeats words or lists companies as none written for readers does."""
    words = Counter(item for item in reading.words if len(item) >= _LEAST_WORD)
    companies = names(reading.title_labels, "company")
    return max(words.values(), default=0) >= _TOO_OFTEN or len(companies) >= _TOO_MANY


def _firmness(reading: Reading) -> float:
    """1 where the headline tells; less where it threatens or hopes, and less again if it asks."""
    if _ASKS.search(reading.title):
        return _ASKING
    return _SOFT if "soft:" in reading.title_labels else 1.0


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
