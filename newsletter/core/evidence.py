"""What a reading brings to the question whether two readings tell one event.

Evidence comes in kinds: who, where, what, how much, and the words. Two readings are compared kind
by kind; `core.pairing` weighs what they share against what they contradict.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.core.events import kinds_of
from newsletter.core.senses import senses_of
from newsletter.core.tokens import features, stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from newsletter.core.gazetteer import Gazetteer
    from newsletter.core.reading import Reading

WORD, NAME, COMPANY, PLACE, SUM, COUNTRY, EVENT, THEME, SENSE, ELEMENT, ACTOR, LAND, ACT = range(13)
"""The kinds. A name is a word of one; the last three only contradict: actors, lands, acts."""

KINDS = 13

_KIND_OF = {
    "company": (COMPANY, 1.0),
    "place": (PLACE, 1.0),
    "money": (SUM, 1.0),
    "figure": (SUM, 0.6),
    "act": (SUM, 0.8),
    "country": (COUNTRY, 1.0),
    "region": (COUNTRY, 1.0),
    "agency": (COUNTRY, 0.5),
    "event": (EVENT, 1.0),
    "law": (EVENT, 0.8),
    "concept": (THEME, 1.0),
    "element": (ELEMENT, 1.0),
    "mineral": (ELEMENT, 0.5),
    "magnet": (ELEMENT, 0.5),
    "month": (ELEMENT, 0.5),
}
"""Kind of label to the kind of evidence it is, and how much one of it counts."""

_NAMES = frozenset({"company", "place", "country", "region", "agency"})
_IN_LEAD = 0.4
_BY_OWNER = 0.45
_SENSE_IN_LEAD = 0.5


@dataclass(frozen=True)
class Evidence:
    """The marks of a reading: key to kind and strength (0..1).

    `has_event` says that its kind of event is known, `is_dull` that it only comments.
    """

    marks: dict[str, tuple[int, float]]
    has_event: bool
    is_dull: bool


def evidence_of(reading: Reading, gazetteer: Gazetteer, in_names: frozenset[str]) -> Evidence:
    """The evidence of one reading; what the title says counts in full, the lead's for less.

    `in_names` are the words that stand in names (`words_of_names`).
    """
    kinds = kinds_of(reading, gazetteer)
    marks = _words(reading, in_names)
    lead, title = _named(reading.lead_labels), _named(reading.title_labels)
    _add(marks, lead, sorted(reading.lead_numbers), _IN_LEAD)
    _add(marks, title, sorted(reading.numbers), 1.0)
    for kind in kinds:
        marks[f"event:{kind.name}"] = (EVENT, 1.0)
    for key, kind_of_key, strength in _implied(lead, title, gazetteer):
        marks.setdefault(key, (kind_of_key, strength))
    known = [kind for kind in kinds if not kind.is_vague]
    acts = {word for kind in known for word in (kind.family, kind.name)}
    acts.update(lead.get("event", ()), title.get("event", ()))
    marks.update((f"act {name}", (ACT, 1.0)) for name in sorted(acts))
    marks.update((key, (kind, 1.0)) for key, kind in _contradicting(lead, title, gazetteer))
    return Evidence(marks, bool(known), any(kind.is_dull for kind in kinds))


def _words(reading: Reading, in_names: frozenset[str]) -> dict[str, tuple[int, float]]:
    marks: dict[str, tuple[int, float]] = {}
    for words, share, sense_share in (
        (reading.lead_words, _IN_LEAD, _SENSE_IN_LEAD),
        (reading.words, 1.0, 1.0),
    ):
        as_word, as_name = (WORD, share), (NAME, share)
        for word in words:
            marks[word] = as_name if word in in_names else as_word
        for sense in senses_of(words):
            marks[f"sense:{sense}"] = (SENSE, sense_share)
    return marks


def _named(labels: Iterable[str]) -> dict[str, list[str]]:
    """Names by their kind, in alphabetical order."""
    found: dict[str, list[str]] = {}
    for label in sorted(labels):
        kind, _, name = label.partition(":")
        found.setdefault(kind, []).append(name)
    return found


def _add(
    marks: dict[str, tuple[int, float]],
    named: Mapping[str, Iterable[str]],
    numbers: Iterable[str],
    share: float,
) -> None:
    for kind, given in named.items():
        if kind in _KIND_OF:
            place, weight = _KIND_OF[kind]
            for name in given:
                marks[f"{kind}:{name}"] = (place, weight * share)
    for number in numbers:
        place, weight = _KIND_OF[number.partition(":")[0]]
        marks[number] = (place, weight * share)


def _implied(
    lead: Mapping[str, list[str]], title: Mapping[str, list[str]], gazetteer: Gazetteer
) -> Iterator[tuple[str, int, float]]:
    """A company stands for its house and country, a place and an agency for their country."""
    for named, share in ((title, 1.0), (lead, _IN_LEAD)):
        for kind, countries in (("agency", gazetteer.agencies), ("place", gazetteer.places)):
            for name in named.get(kind, ()):
                if country := countries.get(name):
                    yield f"country:{country}", COUNTRY, 0.5
        for name in named.get("company", ()):
            company = gazetteer.companies[name]
            if company.group:
                yield f"company:{company.group}", COMPANY, share
            if company.country:
                yield f"country:{company.country}", COUNTRY, _BY_OWNER


def _contradicting(
    lead: Mapping[str, list[str]], title: Mapping[str, list[str]], gazetteer: Gazetteer
) -> Iterator[tuple[str, int]]:
    """Whom and which country it names: two readings of one event do not name all different."""
    for name in title.get("company") or lead.get("company") or ():
        yield f"actor {gazetteer.companies[name].group or name}", ACTOR
    for name in title.get("country", ()):
        yield f"land {name}", LAND
        for member in gazetteer.unions.get(name, ()):
            yield f"land {member}", LAND


def words_of_names(readings: Iterable[Reading], gazetteer: Gazetteer) -> frozenset[str]:
    """The stems and pairs of signs that stand in the names which these readings give."""
    given = frozenset(
        label
        for label in frozenset().union(*(reading.labels for reading in readings))
        if label.partition(":")[0] in _NAMES
    )
    lexicon = gazetteer.lexicon
    latin = (words for known in lexicon.names.values() for words, label in known if label in given)
    signs = (
        features((piece,))
        for known in lexicon.others.pieces.values()
        for piece, label in known
        if label in given
    )
    return frozenset({stem(word) for words in latin for word in words}.union(*signs))
