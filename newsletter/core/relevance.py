"""Is an entry news of the rare-earth industry? A sum of stated pieces of evidence.

Every kind of evidence counts once, so that repeating words cannot raise a score.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.core.gazetteer import Gazetteer, names
from newsletter.core.reading import Reading, read

if TYPE_CHECKING:
    from newsletter.core.entry import Entry

THRESHOLD = 0.5
"""The score from which an entry is taken as relevant."""

_DOUBTFUL = 0.3

_FIELD_IN_TITLE = 0.62
_ELEMENT_IN_TITLE = 0.5
_MAGNET_IN_TITLE = 0.3
_BARE_MAGNET_IN_TITLE = 0.2
_MOST_FOR_NAMES = 0.75
_ALONE = 0.15
_CORE_COMPANY = 0.5
_OTHER_COMPANY = 0.12
_NEAR_IN_TITLE = 0.28
_FIELD_IN_LEAD = 0.34
_FIELD_IN_BODY = 0.12
_CONTEXT = 0.12
_MORE_CONTEXT = 0.08
_POLICY = 0.14
_EVENT = 0.1
_PLACE = 0.22
_STUFFED = 0.6
_MOST_OF_ONE_WORD = 3
_LEAST_STUFFED_NAMES = 6
_IN_LEAD_ONLY = 0.3


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
    evidence = _evidence(reading, gazetteer)
    objections = _objections(reading, gazetteer)
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
        is_doubtful=_DOUBTFUL <= score < THRESHOLD and not _is_objected_to(reading, gazetteer),
    )


def _evidence(reading: Reading, gazetteer: Gazetteer) -> dict[str, float]:
    """What speaks for the entry, in words, with its weight."""
    found = _capped(_naming(reading, gazetteer))
    title = reading.title_labels
    if not found:
        return {}
    context = names(title | reading.lead_labels, "context")
    if context:
        found[f"speaks of {_few(context)}"] = _CONTEXT + _MORE_CONTEXT * (len(context) > 1)
    if names(title, "event"):
        found["tells of an event"] = _EVENT
    if _names_country_or_office(title):
        found["names a country or its government"] = _POLICY
    return found


def _capped(found: dict[str, float]) -> dict[str, float]:
    """Names count up to a limit, so that listing them cannot outweigh an objection."""
    total = sum(found.values())
    share = min(1.0, _MOST_FOR_NAMES / total) if total else 1.0
    return {words: weight * share for words, weight in found.items()}


def _names_country_or_office(labels: frozenset[str]) -> bool:
    return any(label.startswith(("agency:", "law:", "country:", "region:")) for label in labels)


def _naming(reading: Reading, gazetteer: Gazetteer) -> dict[str, float]:
    """The names of the field in title, lead and body."""
    title, found = reading.title_labels, dict[str, float]()
    if "field:" in title:
        found["rare earths in the headline"] = _FIELD_IN_TITLE
    elif named := names(title & gazetteer.sure, "element"):
        found[f"{_few(named)} in the headline"] = _ELEMENT_IN_TITLE
    if magnets := names(title, "magnet"):
        sure = any(f"magnet:{name}" in gazetteer.sure for name in magnets)
        found[f"{magnets[0]} in the headline"] = _ELEMENT_IN_TITLE if sure else _MAGNET_IN_TITLE
    elif "stage:magnet" in title:
        found["magnets in the headline"] = _BARE_MAGNET_IN_TITLE
    if place := names(title & gazetteer.sure, "place") or names(title & gazetteer.sure, "mineral"):
        found[f"{place[0]} in the headline"] = _ELEMENT_IN_TITLE
    elif place := names(title, "place"):
        found[f"{place[0]} in the headline"] = _PLACE
    found.update(_companies(reading, gazetteer))
    if near := names(title, "near"):
        found[f"{near[0]} in the headline"] = _NEAR_IN_TITLE
    found.update(_below_the_title(reading, gazetteer))
    return found


def _companies(reading: Reading, gazetteer: Gazetteer) -> dict[str, float]:
    found = names(reading.title_labels, "company")
    core = [name for name in found if gazetteer.companies[name].is_core]
    if core:
        return {f"{core[0]} in the headline": _CORE_COMPANY}
    return {f"{found[0]} in the headline": _OTHER_COMPANY} if found else {}


def _below_the_title(reading: Reading, gazetteer: Gazetteer) -> dict[str, float]:
    if reading.lead_labels & gazetteer.sure:
        return {"rare earths in the first lines": _FIELD_IN_LEAD}
    if reading.body_labels & gazetteer.sure:
        return {"rare earths further down": _FIELD_IN_BODY}
    return {}


def _objections(reading: Reading, gazetteer: Gazetteer) -> dict[str, float]:
    """What speaks against the entry, in words, with its weight."""
    outlet = gazetteer.find(reading.entry.outlet)
    lead_counts = not _title_names_field(reading, gazetteer)
    found: dict[str, float] = {}
    for name in names(reading.title_labels | reading.lead_labels | outlet, "negative"):
        negative, label = gazetteer.negatives[name], f"negative:{name}"
        if label in reading.title_labels or (label in outlet and negative.title_only):
            found[f"reads like {negative.reason}"] = negative.weight
        elif label in reading.lead_labels and not negative.title_only:
            share = 1.0 if lead_counts else _IN_LEAD_ONLY
            found[f"reads like {negative.reason}"] = negative.weight * share
    if _names_and_nothing_else(reading):
        found["the name and nothing else"] = _ALONE
    if _is_stuffed(reading):
        found["stuffed with keywords"] = _STUFFED
    return found


def _is_objected_to(reading: Reading, gazetteer: Gazetteer) -> bool:
    """Whether the headline or the outlet itself looks like something else than news."""
    return bool(names(reading.title_labels | gazetteer.find(reading.entry.outlet), "negative"))


def _title_names_field(reading: Reading, gazetteer: Gazetteer) -> bool:
    title = reading.title_labels
    core = (gazetteer.companies[name].is_core for name in names(title, "company"))
    return bool(title & gazetteer.sure) or "stage:magnet" in title or any(core)


def _names_and_nothing_else(reading: Reading) -> bool:
    """Whether no word of industry, country or event stands near: often the band Rare Earth."""
    labels = {label.split(":", 1)[0] for label in reading.labels}
    return reading.script == "latin" and not labels - {"field", "half", "negative", "tentative"}


def _is_stuffed(reading: Reading) -> bool:
    """One word again and again, or names and nothing that happens."""
    words = Counter(reading.words)
    repeated = any(count > _MOST_OF_ONE_WORD for count in words.values())
    labels = reading.title_labels
    named = sum(label.startswith(("element:", "company:", "mineral:")) for label in labels)
    return repeated or (named >= _LEAST_STUFFED_NAMES and not names(labels, "event"))


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
