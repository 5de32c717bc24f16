"""What a reading brings to the question whether two readings tell one event.

Evidence comes in kinds: who, where, what, how much, and the words. Two readings are compared kind
by kind; `core.pairing` weighs what they share against what they contradict.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

from newsletter.core.events import kinds_of
from newsletter.core.gazetteer import names
from newsletter.core.senses import senses_of
from newsletter.core.source import Publisher
from newsletter.core.stuffing import is_stuffed
from newsletter.core.tokens import features, stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from newsletter.core.gazetteer import EventKind, Gazetteer
    from newsletter.core.reading import Reading

WORD, NAME, COMPANY, PLACE, SUM, COUNTRY, EVENT, THEME, SENSE, ELEMENT = range(10)
ACTOR, LAND, ACT, MONTH, GOODS, PARTY, STATE, COUNT, WAY, REPORT, HEADING, TEXT = range(10, 22)
"""The kinds. A name is a word of one. From actors on they only contradict: actors, lands, acts, the
month of statistics, the goods of a price, the parties of a headline, whose state spends, the
numbers of a price, its way up or down, which figures are reported, a title that names nobody, and
the text below it.
"""

KINDS = 22

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

_LANDS = {
    sign: land
    for land, signs in {
        "Australia": "濠豪",
        "Canada": "加",
        "China": "中",
        "France": "佛仏",
        "Germany": "獨独德",
        "India": "印",
        "Japan": "日",
        "Russia": "露俄",
        "South Korea": "韓韩",
        "United Kingdom": "英",
        "United States": "美米",
        "Vietnam": "越",
    }.items()
    for sign in signs
}
_SIGN = re.compile(
    f"(?<![\u3040-\u30ff\u4e00-\u9fff])[{''.join(_LANDS)}](?![\u3040-\u30ff\u4e00-\u9fff])"
)

_NAMES = frozenset({"company", "place", "country", "region", "agency"})
_COUNTED = frozenset({"trade figures", "production figures", "price move", "record price"})
_REPORTS = frozenset({"price move", "results", "trade figures"})
_PRICES = frozenset({"price move", "record price"})
_SINCE = re.compile(r"\b(?:since|from|than in|against)\s+([A-Z][a-z]+)")
"""A month that only serves to compare: "the lowest since February"."""

_SPENDING = frozenset({"stockpile", "state programme"})
_LAND_OF = {
    "aud": "Australia",
    "cad": "Canada",
    "cny": "China",
    "gbp": "United Kingdom",
    "inr": "India",
    "jpy": "Japan",
    "krw": "South Korea",
}
"""Whose state spends in a currency; in dollars and euros any sum is told."""

_WAYS = frozenset({"rise", "fall"})
_CONCENTRATE = frozenset({stem("concentrate"), stem("concentrates"), "精矿", "精鉱", "정광"})
_ROUND_SUM = re.compile(r"money:[a-z]+:1\.0e")
_ROUND = 0.4
_IN_LEAD = 0.4
_BY_OWNER = 0.45
_SENSE_IN_LEAD = 0.5


@dataclass(frozen=True)
class Evidence:
    """The marks of a reading: key to kind and strength (0..1).

    `has_event` says that its kind of event is known, `is_dull` that it only comments, `is_stuffed`
    that it heaps up keywords.
    """

    marks: dict[str, tuple[int, float]]
    has_event: bool
    is_dull: bool
    is_stuffed: bool


def evidence_of(reading: Reading, gazetteer: Gazetteer, in_names: frozenset[str]) -> Evidence:
    """The evidence of one reading; what the title says counts in full, the lead's for less.

    `in_names` are the words that stand in names (`words_of_names`).
    """
    kinds = _told(reading, gazetteer)
    marks = _words(reading, in_names)
    lead = _named(reading.lead_labels)
    title = _named(reading.title_labels.union(_lands_by_one_sign(reading.title)))
    _add(marks, lead, sorted(reading.lead_numbers), _IN_LEAD)
    _add(marks, title, sorted(reading.numbers), 1.0)
    for kind in kinds:
        marks[f"event:{kind.name}"] = (EVENT, 1.0)
    for key, kind_of_key, strength in _implied(lead, title, gazetteer):
        marks.setdefault(key, (kind_of_key, strength))
    known = [kind for kind in kinds if not kind.is_vague]
    acts = {word for kind in known for word in (kind.family, kind.name)}
    acts.update(lead.get("event", ()), title.get("event", ()))
    marks.update((key, (kind, 1.0)) for key, kind in _counting(reading, lead, title, acts))
    if not acts.isdisjoint(_SPENDING):
        states = _states(reading, gazetteer)
        marks.update((f"state {name}", (STATE, 1.0)) for name in sorted(states))
    marks.update((f"act {name}", (ACT, 1.0)) for name in sorted(acts))
    marks.update((key, (kind, 1.0)) for key, kind in _contradicting(reading, title, gazetteer))
    is_dull = any(kind.is_dull for kind in kinds)
    return Evidence(marks, bool(known), is_dull, is_stuffed(reading, gazetteer))


def _told(reading: Reading, gazetteer: Gazetteer) -> list[EventKind]:
    """The kinds of event it tells; a price set for a quarter is no result of that quarter."""
    kinds = kinds_of(reading, gazetteer)
    told = {kind.name for kind in kinds}
    if "results" in told or not told & _PRICES:
        return kinds
    return [kind for kind in kinds if kind.name != "results of a major"]


def _counting(
    reading: Reading, lead: Mapping[str, list[str]], title: Mapping[str, list[str]], acts: set[str]
) -> Iterator[tuple[str, int]]:
    """Of prices and statistics the month; of prices the goods, the numbers, and up or down too."""
    yield from ((f"report {name}", REPORT) for name in sorted(_REPORTS & acts))
    ships = "export" in senses_of(reading.words) and reading.numbers and "a rule" not in acts
    if acts.isdisjoint(_COUNTED) and not ships:
        return
    compared = _SINCE.findall(f"{reading.title}\n{reading.lead}")
    months = [name for name in title.get("month") or () if name not in compared]
    for name in months or lead.get("month") or ():
        yield f"month of {name}", MONTH
    if not acts.isdisjoint(_PRICES):
        yield from ((f"goods {name}", GOODS) for name in title.get("element", ()))
        if not _CONCENTRATE.isdisjoint(reading.words):
            yield "goods concentrate", GOODS
        numbers = sorted(reading.numbers | reading.lead_numbers)
        yield from ((f"count {number}", COUNT) for number in numbers)
        yield from ((f"way {way}", WAY) for way in _ways(reading))


def _ways(reading: Reading) -> frozenset[str]:
    """Whether the headline, else the lead, tells a rise or a fall; nothing where it tells both."""
    for words in (reading.words, reading.lead_words):
        if found := _WAYS.intersection(senses_of(words)):
            return found if len(found) == 1 else frozenset()
    return frozenset()


def _states(reading: Reading, gazetteer: Gazetteer) -> set[str]:
    """Whose state spends: the headline's countries, those of agencies and of the currencies."""
    agencies = (gazetteer.agencies.get(name) for name in reading.names("agency"))
    currencies = (_LAND_OF.get(amount.currency) for amount in reading.money)
    countries = reading.names_in_title("country")
    return {name for name in (*countries, *agencies, *currencies) if name}


def _lands_by_one_sign(title: str) -> list[str]:
    """Labels of countries that a headline names by one sign that stands alone: "中, 수출 통제"."""
    return [] if title.isascii() else [f"country:{_LANDS[sign]}" for sign in _SIGN.findall(title)]


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
        marks[number] = (place, weight * share * (_ROUND if _ROUND_SUM.match(number) else 1.0))


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
    reading: Reading, title: Mapping[str, list[str]], gazetteer: Gazetteer
) -> Iterator[tuple[str, int]]:
    """Whom and which country it names: two readings of one event do not name all different."""
    yield from ((f"actor {name}", ACTOR) for name in sorted(actors_of(reading, gazetteer)))
    parties = {gazetteer.companies[name].group or name for name in title.get("company", ())}
    yield from ((f"party {name}", PARTY) for name in sorted(parties))
    if "agency" in title:
        yield "party of state", PARTY
    if reading.lead and not reading.figures and title.keys().isdisjoint(_NAMES):
        yield f"heading {' '.join(reading.title_items)}", HEADING
        yield f"text {crc32(reading.lead.encode('utf-8', 'replace'))}", TEXT
    for name in title.get("country", ()):
        yield f"land {name}", LAND
        for member in gazetteer.unions.get(name, ()):
            yield f"land {member}", LAND


def actors_of(reading: Reading, gazetteer: Gazetteer) -> frozenset[str]:
    """The companies, by their houses, of the headline; where it names none those of the lead.

    A company's own outlet does not name it in each headline: where the text names none either, it
    is the outlet's.
    """
    found = reading.names_in_title("company") or reading.names("company")
    if not found and reading.entry.publisher is Publisher.COMPANY:
        found = names(gazetteer.find(reading.entry.outlet), "company")
    return frozenset(gazetteer.companies[name].group or name for name in found)


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
