"""Is an entry news of the rare-earth industry? A sum of stated pieces of evidence.

Every kind of evidence counts once, so that repeating words cannot raise a score.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.core.gazetteer import Gazetteer, names
from newsletter.core.look_alikes import LookAlike, look_alikes, names_field
from newsletter.core.reading import Reading, read
from newsletter.core.stuffing import is_stuffed
from newsletter.core.tokens import flat

if TYPE_CHECKING:
    from newsletter.core.entry import Entry

THRESHOLD = 0.5
"""The score from which an entry is taken as relevant."""

_DOUBTFUL = 0.3

_FIELD_IN_TITLE = 0.62
_ELEMENT_IN_TITLE = 0.46
_MORE = 0.06
_SURE_MAGNET_IN_TITLE = 0.5
_MAGNET_IN_TITLE = 0.4
_BARE_MAGNET_IN_TITLE = 0.28
_MOST_FOR_NAMES = 0.75
_ALONE = 0.26
_CORE_COMPANY = 0.5
_ACTIVE_COMPANY = 0.16
_OTHER_COMPANY = 0.12
_NEAR_IN_TITLE = 0.3
_OF_THE_FIELDS_OWN = 0.3
_FIELD_IN_LEAD = 0.34
_NEAR_IN_LEAD = 0.2
_FIELD_IN_BODY = 0.12
_CONTEXT = (0.14, 0.22, 0.24)
_POLICY = 0.14
_POLICY_IN_LEAD = 0.07
_MOST_AROUND = 2.0
_EVENT = 0.1
_MONEY = 0.08
_PLACE = 0.16
_SURE_PLACE = 0.5
_STUFFED = 0.9
_MOST_OF_A_HEADING = 4
_IN_CAPITALS = re.compile(r"\b(Rare|RARE)[ -](Earth|EARTH)\b")
_TELLING_NOTHING = {"field", "magnet", "half", "negative", "against", "hint", "tentative"}


@dataclass(frozen=True)
class Relevance:
    """The verdict on one entry: score 0..1, why in words, and what it names.

    A doubtful entry is not relevant by itself, but is taken where it tells a relevant one's event.
    """

    score: float
    is_relevant: bool
    reason: str
    elements: tuple[str, ...]
    companies: tuple[str, ...]
    countries: tuple[str, ...]
    is_doubtful: bool = False


def judge(entry: Entry, gazetteer: Gazetteer) -> Relevance:
    """Whether the entry is news of the field; never raises, whatever the text."""
    return judge_reading(read(entry, gazetteer), gazetteer)


def judge_reading(reading: Reading, gazetteer: Gazetteer) -> Relevance:
    """As `judge`, for an entry that has been read already."""
    outlet = gazetteer.find(reading.entry.outlet)
    evidence = _evidence(reading, outlet, gazetteer)
    title = flat(reading.title) if evidence else ""
    found = _look_alikes(reading, title, outlet, gazetteer)
    objections = _objections(reading, found, gazetteer)
    total = sum(evidence.values()) - sum(objections.values())
    score = round(min(1.0, max(0.0, total)), 3)
    is_relevant = score >= THRESHOLD
    return Relevance(
        score=score,
        is_relevant=is_relevant,
        reason=_reason(evidence, objections, is_relevant=is_relevant),
        elements=reading.names("element"),
        companies=reading.names("company"),
        countries=reading.names("country"),
        is_doubtful=_DOUBTFUL <= score < THRESHOLD and not any(one.is_loud for one in found),
    )


def _evidence(reading: Reading, outlet: frozenset[str], gazetteer: Gazetteer) -> dict[str, float]:
    """What speaks for the entry, in words, with its weight; `outlet` are its outlet's labels."""
    found = _capped(_naming(reading, outlet, gazetteer))
    around = _around(reading)
    share = min(1.0, _MOST_AROUND * sum(found.values()) / (sum(around.values()) or 1.0))
    return found | {words: weight * share for words, weight in around.items()} if found else {}


def _around(reading: Reading) -> dict[str, float]:
    """What stands around the names: words of the industry, an event, a government.

    It counts at most twice what the names do, so that a passing name does not carry it.
    """
    title, found = reading.title_labels, dict[str, float]()
    if context := _context(reading.labels):
        found[f"speaks of {_few(context)}"] = _CONTEXT[min(len(context), len(_CONTEXT)) - 1]
    if names(title, "event"):
        found["tells of an event"] = _EVENT
    if reading.money:
        found["names a sum of money"] = _MONEY
    if _names_country_or_office(title):
        found["names a country or its government"] = _POLICY
    elif _names_country_or_office(reading.lead_labels):
        found["names a country in the first lines"] = _POLICY_IN_LEAD
    return found


def _context(labels: frozenset[str]) -> tuple[str, ...]:
    """The words of industry and trade, the stages of the chain, what acts are about."""
    stages = [name for name in names(labels, "stage") if name != "magnet"]
    return (*names(labels, "context"), *names(labels, "concept"), *stages)


def _capped(found: dict[str, float]) -> dict[str, float]:
    """Names count up to a limit, so that listing them cannot outweigh an objection."""
    total = sum(found.values())
    share = min(1.0, _MOST_FOR_NAMES / total) if total else 1.0
    return {words: weight * share for words, weight in found.items()}


def _names_country_or_office(labels: frozenset[str]) -> bool:
    return any(label.startswith(("agency:", "law:", "country:", "region:")) for label in labels)


def _naming(reading: Reading, outlet: frozenset[str], gazetteer: Gazetteer) -> dict[str, float]:
    """The names of the field in title, outlet, lead and body."""
    title, found = reading.title_labels, dict[str, float]()
    if "field:" in title:
        found["rare earths in the headline"] = _FIELD_IN_TITLE
    elif named := names(title, "element"):
        found[f"{_few(named)} in the headline"] = _ELEMENT_IN_TITLE + _MORE * (len(named) > 1)
    found.update(_magnets(title, gazetteer))
    found.update(_places(title, gazetteer))
    found.update(_companies(title, gazetteer))
    if near := names(title, "near") or _hints(title, gazetteer):
        found[f"{near[0]} in the headline"] = _NEAR_IN_TITLE
    if "field:" in outlet or _names_core_company(outlet, gazetteer):
        found[f"published by {reading.entry.outlet}"] = _OF_THE_FIELDS_OWN
    found.update(_below_the_title(reading, gazetteer))
    return found


def _hints(title: frozenset[str], gazetteer: Gazetteer) -> tuple[str, ...]:
    """What two words of the headline mean together that neither means alone."""
    return tuple(name for name, halves in gazetteer.hints.items() if halves <= title)


def _magnets(title: frozenset[str], gazetteer: Gazetteer) -> dict[str, float]:
    if named := names(title, "magnet"):
        sure = any(f"magnet:{name}" in gazetteer.sure for name in named)
        return {f"{named[0]} in the headline": _SURE_MAGNET_IN_TITLE if sure else _MAGNET_IN_TITLE}
    return {"magnets in the headline": _BARE_MAGNET_IN_TITLE} if "stage:magnet" in title else {}


def _places(title: frozenset[str], gazetteer: Gazetteer) -> dict[str, float]:
    sure = title & gazetteer.sure
    if named := names(sure, "place"):
        return {f"{named[0]} in the headline": _SURE_PLACE}
    if named := names(sure, "mineral"):
        return {f"{named[0]} in the headline": _ELEMENT_IN_TITLE}
    return {f"{named[0]} in the headline": _PLACE} if (named := names(title, "place")) else {}


def _companies(title: frozenset[str], gazetteer: Gazetteer) -> dict[str, float]:
    """The company that is nearest to the field."""
    weights = {name: _of_company(name, gazetteer) for name in names(title, "company")}
    best = max(weights, key=lambda name: weights[name], default=None)
    return {f"{best} in the headline": weights[best]} if best else {}


def _of_company(name: str, gazetteer: Gazetteer) -> float:
    company = gazetteer.companies[name]
    if company.is_core:
        return _CORE_COMPANY
    return _ACTIVE_COMPANY if company.is_active else _OTHER_COMPANY


def _names_core_company(labels: frozenset[str], gazetteer: Gazetteer) -> bool:
    return any(gazetteer.companies[name].is_core for name in names(labels, "company"))


def _below_the_title(reading: Reading, gazetteer: Gazetteer) -> dict[str, float]:
    lead = reading.lead_labels
    if lead & gazetteer.sure:
        return {"rare earths in the first lines": _FIELD_IN_LEAD}
    if _names_core_company(lead, gazetteer):
        return {"a company of the field in the first lines": _FIELD_IN_LEAD}
    if near := names(lead, "magnet") + names(lead, "near"):
        return {f"{near[0]} in the first lines": _NEAR_IN_LEAD}
    if reading.body_labels & gazetteer.sure:
        return {"rare earths further down": _FIELD_IN_BODY}
    return {}


def _look_alikes(
    reading: Reading, title: str, outlet: frozenset[str], gazetteer: Gazetteer
) -> tuple[LookAlike, ...]:
    labels = reading.title_labels
    is_close = names_field(labels, gazetteer) or _names_core_company(labels, gazetteer)
    return tuple(look_alikes(reading, title, outlet, gazetteer, is_close=is_close))


def _objections(
    reading: Reading, found: tuple[LookAlike, ...], gazetteer: Gazetteer
) -> dict[str, float]:
    """What speaks against the entry, in words, with its weight."""
    objections = {f"reads like {one.reason}": one.weight for one in found}
    if _is_bare_name(reading):
        objections["the name and nothing else"] = _ALONE
    if is_stuffed(reading, gazetteer):
        objections["stuffed with keywords"] = _STUFFED
    return objections


def _is_bare_name(reading: Reading) -> bool:
    """A heading rather than a headline; or "Rare Earth" as a name, often a band's or a book's."""
    is_short = len(reading.title.split()) <= _MOST_OF_A_HEADING
    is_name = is_short or _IN_CAPITALS.search(reading.title)
    return bool(is_name) and reading.script == "latin" and not _telling(reading.labels)


def _telling(labels: frozenset[str]) -> bool:
    """Whether a label is a word of industry, a country, an event: more than the field's name."""
    kinds = {label.split(":", 1)[0] for label in labels - {"stage:magnet"}}
    return not kinds <= _TELLING_NOTHING


def _few(words: tuple[str, ...]) -> str:
    return " and ".join(words[:2])


def _reason(evidence: dict[str, float], objections: dict[str, float], *, is_relevant: bool) -> str:
    """The weightiest pieces as one sentence."""
    against = [words for words, _ in _by_weight(objections)]
    pro = [words for words, _ in _by_weight(evidence)]
    if is_relevant:
        return _sentence(pro[:2])
    if against:
        return _sentence([f"{against[0]}"] + ([f"though {pro[0]}"] if pro else []))
    if pro:
        return _sentence([f"only {pro[0]}", "nothing else of the field"])
    return "Names nothing of the field"


def _by_weight(pieces: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(pieces.items(), key=lambda piece: (-piece[1], piece[0]))


def _sentence(parts: list[str]) -> str:
    text = ", ".join(parts)
    return text[:1].upper() + text[1:]
