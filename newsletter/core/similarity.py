"""How alike two readings are: words weighed by rarity, things named, numbers and time.

Words only compare texts of one script; things and numbers compare texts in any language.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.core.events import kinds_of
from newsletter.core.gazetteer import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from newsletter.core.gazetteer import EventKind, Gazetteer
    from newsletter.core.reading import Reading

_THINGS = {
    "company": 3.5,
    "group": 0.6,
    "place": 2.4,
    "money": 3.0,
    "figure": 1.6,
    "law": 1.5,
    "act": 1.5,
    "concept": 1.2,
    "element": 1.2,
    "agency": 0.8,
    "country": 1.0,
    "region": 1.4,
    "month": 0.8,
    "stage": 0.7,
    "event": 1.2,
}
"""How much a shared thing of each kind says about two texts telling the same event."""

_TELLING = frozenset({"company", "place", "money", "law", "act"})
_WHO_AND_WHAT = ({"country", "event", "stage"}, {"country", "event", "concept"})
_LEAD_SHARE = 0.35
_WORDS_SHARE = 0.7
_SMOOTHING = 6.0
_FAR, _NEAR, _NEAR_DAYS = 0.5, 0.6, 3.0
_OTHER_COMPANY, _OTHER_COUNTRY, _OTHER_MONEY = 0.3, 0.45, 0.8
_OTHER_LIST = 0.85
_ENOUGH = 2.0
_SAME_SUM = 0.25
_OTHER_EVENT, _UNKNOWN_EVENT, _DULL = 0.5, 0.8, 0.8


@dataclass(frozen=True)
class Profile:
    """A reading, or several together, as weighed words and things, each of length one."""

    scripts: frozenset[str]
    words: Mapping[str, float]
    things: Mapping[str, float]
    named: float
    companies: frozenset[str]
    countries: frozenset[str]
    money: frozenset[str]
    sums: frozenset[str]
    events: frozenset[str]
    families: frozenset[str]
    touched: frozenset[str]
    is_dull: bool
    published_at: datetime
    size: int = 1


def profiles(readings: Sequence[Reading], gazetteer: Gazetteer) -> tuple[Profile, ...]:
    """Profiles of readings that are compared with one another; rarity is rarity among them."""
    counted = [_words(reading) for reading in readings]
    kinds = [kinds_of(reading, gazetteer) for reading in readings]
    named = [
        _things(reading, told, gazetteer) for reading, told in zip(readings, kinds, strict=True)
    ]
    rarity = _rarity(counted)
    rarity_of_things = _rarity(named)
    return tuple(
        _profile(
            reading,
            _weighed(words, rarity),
            {thing: weight * rarity_of_things[thing] for thing, weight in things.items()},
            told,
            gazetteer,
        )
        for reading, words, things, told in zip(readings, counted, named, kinds, strict=True)
    )


def _profile(
    reading: Reading,
    words: Mapping[str, float],
    things: Mapping[str, float],
    kinds: Sequence[EventKind],
    gazetteer: Gazetteer,
) -> Profile:
    companies = names(reading.title_labels, "company") or reading.names("company")
    return Profile(
        scripts=frozenset({reading.script}),
        words=words,
        things=things,
        named=math.fsum(things.values()),
        companies=frozenset(gazetteer.companies[name].group or name for name in companies),
        countries=_countries(reading.title_labels, gazetteer) or _countries(things, gazetteer),
        money=frozenset(amount.label for amount in reading.money),
        sums=reading.unusual,
        events=frozenset(kind.name for kind in kinds if not kind.is_vague),
        families=frozenset(kind.family for kind in kinds if not kind.is_vague),
        touched=frozenset(names(reading.lead_labels, "event")),
        is_dull=any(kind.is_dull for kind in kinds),
        published_at=reading.entry.published_at,
    )


def _countries(labels: Iterable[str], gazetteer: Gazetteer) -> frozenset[str]:
    """The countries that act; a union stands for its members too."""
    named = names(labels, "country")
    return frozenset(named).union(*(gazetteer.unions.get(name, ()) for name in named))


def together(members: Sequence[Profile]) -> Profile:
    """Several profiles as one: the sum of their words and things, the middle of their times."""
    times = sorted(member.published_at for member in members)
    things = _most([member.things for member in members])
    return Profile(
        scripts=frozenset().union(*(member.scripts for member in members)),
        words=_sum([member.words for member in members]),
        things=things,
        named=math.fsum(things.values()),
        companies=frozenset().union(*(member.companies for member in members)),
        countries=_common([member.countries for member in members]),
        money=frozenset().union(*(member.money for member in members)),
        sums=frozenset().union(*(member.sums for member in members)),
        events=frozenset().union(*(member.events for member in members)),
        families=frozenset().union(*(member.families for member in members)),
        touched=frozenset().union(*(member.touched for member in members)),
        is_dull=all(member.is_dull for member in members),
        published_at=times[len(times) // 2],
        size=sum(member.size for member in members),
    )


def _common(named: Sequence[frozenset[str]]) -> frozenset[str]:
    """What a third of the members name: a country that one of many mentions does not act."""
    counted = Counter(name for names in named for name in names)
    return frozenset(name for name, times in counted.items() if times * 3 >= len(named))


def _sum(vectors: Sequence[Mapping[str, float]]) -> dict[str, float]:
    total: dict[str, float] = defaultdict(float)
    for vector in vectors:
        for word, value in vector.items():
            total[word] += value
    return _unit(total)


def _most(vectors: Sequence[Mapping[str, float]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for vector in vectors:
        for thing, weight in vector.items():
            found[thing] = max(weight, found.get(thing, 0.0))
    return found


def _words(reading: Reading) -> dict[str, float]:
    """The words with their shares: those of the title in full, those of the lead for less."""
    found: dict[str, float] = dict.fromkeys(reading.lead_words, _LEAD_SHARE)
    found.update(dict.fromkeys(reading.words, 1.0))
    return found


def _things(reading: Reading, kinds: Sequence[EventKind], gazetteer: Gazetteer) -> dict[str, float]:
    """The things named, each with the weight of its kind; those of the lead count for less."""
    found: dict[str, float] = {}
    less, full = reading.lead_labels | reading.lead_numbers, reading.title_labels | reading.numbers
    for labels, share in ((less, _LEAD_SHARE), (full, 1.0)):
        for label in labels:
            weight = _THINGS.get(label.split(":", 1)[0], 0.0) * share
            if weight:
                found[label] = weight
    found.update({f"event:{kind.name}": _THINGS["event"] for kind in kinds})
    for name in reading.names("agency"):
        if country := gazetteer.agencies.get(name):
            found.setdefault(f"country:{country}", _THINGS["country"] * 0.5)
    _weigh_companies(found, reading.names("company"), gazetteer)
    return found


def _weigh_companies(
    found: dict[str, float], companies: Sequence[str], gazetteer: Gazetteer
) -> None:
    """Many companies say less each; a house says less than a daughter; each stands in a country."""
    for name in companies:
        company = gazetteer.companies[name]
        found[f"company:{name}"] /= math.sqrt(len(companies))
        if company.is_house:
            del found[f"company:{name}"]
        if company.country:
            found.setdefault(f"country:{company.country}", _THINGS["country"] * 0.5)
        if company.group:
            found[f"group:{company.group}"] = _THINGS["group"]


def _rarity(counted: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """How rare each word is: 1 for one text, towards 0 for all of them."""
    frequency = Counter(word for words in counted for word in words)
    scale = math.log((len(counted) + _SMOOTHING) / (1 + 0.5))
    return {
        word: max(0.05, math.log((len(counted) + _SMOOTHING) / (count + 0.5)) / scale)
        for word, count in frequency.items()
    }


def _weighed(weights: Mapping[str, float], rarity: Mapping[str, float]) -> dict[str, float]:
    return _unit({word: weight * rarity[word] for word, weight in weights.items()})


def _unit(vector: Mapping[str, float]) -> dict[str, float]:
    length = math.sqrt(math.fsum(value * value for value in vector.values()))
    return {word: value / length for word, value in sorted(vector.items())} if length else {}


def _product(ours: Mapping[str, float], theirs: Mapping[str, float]) -> float:
    return math.fsum(ours[word] * theirs[word] for word in ours.keys() & theirs.keys())


def _overlap(ours: Profile, theirs: Profile) -> float:
    """The weight of the shared things against all of the text that names fewer.

    What the longer text names beyond that is no contradiction; but few things prove little, so
    the whole is taken as at least `_ENOUGH`.
    """
    shared = ours.things.keys() & theirs.things.keys()
    weight = math.fsum(min(ours.things[thing], theirs.things[thing]) for thing in shared)
    return weight / max(_ENOUGH, min(ours.named, theirs.named))


def likeness(ours: Profile, theirs: Profile) -> float:
    """How surely two profiles tell the same event, 0..1; the same either way round."""
    nearness = _nearness(ours, theirs)
    if not nearness:
        return 0.0
    things = _overlap(ours, theirs)
    same_sum = _SAME_SUM if ours.sums & theirs.sums else 0.0
    if ours.scripts & theirs.scripts:
        words = _product(ours.words, theirs.words)
        base = _WORDS_SHARE * words + (1 - _WORDS_SHARE) * things
    else:
        base = things if same_sum or _is_telling(ours, theirs) else 0.0
    return (base + same_sum) * nearness * _agreement(ours, theirs)


def _is_telling(ours: Profile, theirs: Profile) -> bool:
    """Whether what two languages share names one event: a company or sum, or who, what and when."""
    shared = {thing.split(":", 1)[0] for thing in ours.things.keys() & theirs.things.keys()}
    return bool(shared & _TELLING) or any(shared >= kinds for kinds in _WHO_AND_WHAT)


def _nearness(ours: Profile, theirs: Profile) -> float:
    """1.1 on the same day, 0.8 after two days, falling to 0.5; 0 beyond three weeks."""
    days = abs((ours.published_at - theirs.published_at).total_seconds()) / 86_400
    if days > 21:  # noqa: PLR2004 - LABELLING_GUIDE: an event is told for 21 days at the longest
        return 0.0
    return _FAR + _NEAR * math.exp(-days / _NEAR_DAYS)


def _agreement(ours: Profile, theirs: Profile) -> float:
    """What speaks against one event: other companies, countries, sums, another kind of event."""
    factor = 1.0
    for mine, others, share in (
        (ours.companies, theirs.companies, _company_share(ours, theirs)),
        (ours.countries, theirs.countries, _OTHER_COUNTRY),
        (ours.money, theirs.money, _OTHER_MONEY),
    ):
        if mine and others and not mine & others:
            factor *= share
    if not ours.events & theirs.events:
        known = ours.events and theirs.events and not _may_be_one_act(ours, theirs)
        factor *= _OTHER_EVENT if known else _UNKNOWN_EVENT
    if ours.is_dull != theirs.is_dull:
        factor *= _DULL
    return factor


def _may_be_one_act(ours: Profile, theirs: Profile) -> bool:
    """Whether the kinds are two views of one act, or one text's lead tells the other's act."""
    families = ours.families & theirs.families
    return bool(families or ours.events & theirs.touched or theirs.events & ours.touched)


def _company_share(ours: Profile, theirs: Profile) -> float:
    """Other companies mean another event, except where both list several that take part in one."""
    if ours.money & theirs.money:
        return 1.0
    both_list = min(len(ours.companies), len(theirs.companies)) > 1
    return _OTHER_LIST if both_list else _OTHER_COMPANY
