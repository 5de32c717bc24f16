"""The field as data, compiled once: which words name which things.

The data is `newsletter/data/gazetteer.yaml`, whose comments say how words are matched. A thing is
known by its label, "kind:name" ("company:Lynas Rare Earths").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from newsletter.core.tokens import Lexicon, flat, lexicon, stems


@dataclass(frozen=True)
class EventKind:
    """A kind of event: how much it matters (0..1), its section, how it is told to a reader.

    `planned` is how it is told while it is only considered or planned.

    Kinds of one `family` may be two views of one act. A vague kind is a theme rather than an act:
    it neither joins two texts nor keeps them apart.
    """

    name: str
    importance: float
    section: str
    reason: str
    family: str = ""
    is_dull: bool = False
    is_vague: bool = False
    title_only: bool = False
    planned: str = ""


@dataclass(frozen=True)
class Negative:
    """A look-alike of the field: what it takes from the score and why."""

    name: str
    weight: float
    needs: int
    reason: str
    title_only: bool = False


@dataclass(frozen=True)
class Company:
    """A company: whether rare earths are its main business, its home, its house."""

    name: str
    is_core: bool = False
    country: str = ""
    group: str = ""
    is_house: bool = False


@dataclass(frozen=True)
class Gazetteer:
    """The compiled field. `find` gives the labels of the things a text names."""

    lexicon: Lexicon
    outlets: Lexicon
    companies: Mapping[str, Company]
    places: Mapping[str, str]
    agencies: Mapping[str, str]
    unions: Mapping[str, tuple[str, ...]]
    sure: frozenset[str]
    events: Mapping[str, EventKind]
    event_pairs: Mapping[str, tuple[str, str]]
    negatives: Mapping[str, Negative]
    stages: Mapping[str, str]
    owners: Mapping[str, str] = field(default_factory=dict)

    def find(self, text: str) -> frozenset[str]:
        """The labels of all things named in the text, whatever the language."""
        return self.lexicon.find(text)

    def kinds_of_outlet(self, name: str, host: str = "") -> frozenset[str]:
        """What an outlet is known as: "aggregator", "press wire", "trusted" and the like."""
        found = self.outlets.find(f"{name} | {host.replace('.', ' ')}")
        return frozenset(label.split(":", 1)[1] for label in found if label.startswith("outlet:"))

    def houses(self, companies: Iterable[str]) -> tuple[str, ...]:
        """The groups of companies, each once; a company of no group stands for itself."""
        return tuple(dict.fromkeys(self.companies[name].group or name for name in companies))

    def owner(self, outlet: str) -> str:
        """The house an outlet belongs to, so that its titles count once; else the outlet itself."""
        name = " ".join(stems(flat(outlet)))
        return self.owners.get(name, name or outlet.casefold())


def names(labels: Iterable[str], kind: str) -> tuple[str, ...]:
    """The names of the things of one kind among labels, in alphabetical order."""
    prefix = f"{kind}:"
    return tuple(sorted(label.removeprefix(prefix) for label in labels if label.startswith(prefix)))


def gazetteer_from(data: object) -> Gazetteer:
    """The gazetteer compiled from the mapping that the YAML file holds.

    An operator's own file may be short, but names elements or companies. ValueError, with one
    line for a reader, where the data is no gazetteer.
    """
    parts = _checked(data)
    events: Mapping[str, Any] = _part(parts, "events")
    negatives: Mapping[str, Any] = _part(parts, "negatives")
    companies: Mapping[str, Any] = _part(parts, "companies")
    places: Mapping[str, Any] = _part(parts, "places")
    return Gazetteer(
        lexicon=lexicon(_labelled_words(parts)),
        outlets=lexicon(
            (word, f"outlet:{kind}")
            for kind, words in _part(parts, "outlets").items()
            for word in words
        ),
        companies={name: _company(name, facts) for name, facts in companies.items()},
        places={name: str(facts.get("country", "")) for name, facts in places.items()},
        agencies={
            name: str(facts.get("country", "")) if isinstance(facts, Mapping) else ""
            for name, facts in _part(parts, "agencies").items()
        },
        unions={name: tuple(members) for name, members in _part(parts, "unions").items()},
        sure=frozenset(_sure(parts)),
        events={name: _event(name, facts) for name, facts in events.items()},
        event_pairs={
            name: (f"half:{name}:0", f"half:{name}:1")
            for name, facts in events.items()
            if facts.get("both")
        },
        negatives={name: _negative(name, facts) for name, facts in negatives.items()},
        stages={name: facts["section"] for name, facts in _part(parts, "stages").items()},
        owners={
            " ".join(stems(flat(title))): house
            for house, titles in _part(parts, "owners").items()
            for title in titles
        },
    )


def _checked(data: object) -> Mapping[str, Any]:
    """The parts of a gazetteer, each of its type, the empty ones left out."""
    if not isinstance(data, Mapping):
        raise _fault("it holds nothing" if data is None else f"{_shown(data)} is no mapping")
    for key, part in data.items():
        if key not in _ENTRIES:
            near = get_close_matches(str(key), _ENTRIES, n=1, cutoff=0.0)[0]
            raise _fault(f"unknown part {_shown(key)}; did you mean {near!r}?")
        if part is None:
            continue
        if key in _LISTS:
            _check_words(key, part)
        elif not isinstance(part, Mapping):
            raise _fault(f"{key}: must be a mapping, not {_shown(part)}")
        else:
            for name, facts in part.items():
                _check_entry(key, name, facts)
    parts = {key: part for key, part in data.items() if part}
    if not any(label.startswith(("element:", "company:")) for _, label in _labelled_words(parts)):
        raise _fault("it names no words for any element or company")
    return parts


def _check_entry(part: str, name: object, facts: object) -> None:
    """ValueError where one entry of a part lacks something or has a wrong type."""
    where, needs = f"{part}: {name}", _ENTRIES[part]
    if not isinstance(name, str):
        raise _fault(f"{where}: must be text, in quotes")
    if part in _BARE and not isinstance(facts, Mapping):
        return _check_words(where, facts)
    if not isinstance(facts, Mapping):
        raise _fault(f"{where}: must be a mapping, not {_shown(facts)}")
    for key, kinds in needs.items():
        if key not in facts:
            raise _fault(f"{where}: {key!r} is missing")
        if not isinstance(facts[key], kinds):
            raise _fault(f"{where}: {key!r} cannot be {_shown(facts[key])}")
    for key in ("words", "any", "both"):
        _check_words(f"{where}: {key}", facts.get(key, []))
    return None


def _check_words(where: str, words: object) -> None:
    if not isinstance(words, list):
        raise _fault(f"{where}: must be a list of words, not {_shown(words)}")
    for word in words:
        if isinstance(word, list):
            _check_words(where, word)
        elif not isinstance(word, str) or not word.strip():
            raise _fault(f"{where}: {_shown(word)} is no word; put it in quotes")


def _fault(words: str) -> ValueError:
    return ValueError(words)


def _shown(value: object) -> str:
    """A value in one short line."""
    return repr(value)[:_LONGEST_SHOWN]


def _part(parts: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = parts.get(name) or {}
    return found if isinstance(found, Mapping) else {}


def _company(name: str, facts: Mapping[str, Any]) -> Company:
    return Company(
        name=name,
        is_core=bool(facts.get("core")),
        country=str(facts.get("country", "")),
        group=str(facts.get("group", "")),
        is_house=bool(facts.get("house")),
    )


def _event(name: str, facts: Mapping[str, Any]) -> EventKind:
    return EventKind(
        name=name,
        importance=float(facts["importance"]),
        section=str(facts["section"]),
        reason=str(facts.get("reason", name)),
        family=str(facts.get("family", name)),
        is_dull=bool(facts.get("dull")),
        is_vague=bool(facts.get("vague") or facts.get("dull")),
        title_only=bool(facts.get("title_only")),
        planned=str(facts.get("planned", "")),
    )


def _negative(name: str, facts: Mapping[str, Any]) -> Negative:
    return Negative(
        name=name,
        weight=float(facts["weight"]),
        needs=int(facts.get("needs", 1)),
        reason=str(facts.get("reason", name)),
        title_only=bool(facts.get("title")),
    )


def _sure(parts: Mapping[str, Any]) -> Iterator[str]:
    """Labels that name the field by themselves."""
    yield "field:"
    for name in _part(parts, "elements"):
        yield f"element:{name}"
    for name in _part(parts, "minerals"):
        yield f"mineral:{name}"
    for kind, key in (("magnets", "magnet"), ("places", "place")):
        for name, facts in _part(parts, kind).items():
            if facts.get("sure", kind == "magnets"):
                yield f"{key}:{name}"


def _labelled_words(parts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in ("field", "near", "context", "soft", "tentative"):
        for word in _flattened(parts.get(key) or ()):
            yield word, f"{key}:{word if key in {'near', 'context'} else ''}"
    for key, kind in _WORD_MAPS.items():
        for name, words in _part(parts, key).items():
            listed = words["words"] if isinstance(words, Mapping) else words
            yield from ((word, f"{kind}:{name}") for word in listed)
    for name, facts in _part(parts, "events").items():
        yield from ((word, f"event:{name}") for word in facts.get("any", ()))
        for side, words in enumerate(facts.get("both", ())):
            yield from ((word, f"half:{name}:{side}") for word in words)
    for name, facts in _part(parts, "negatives").items():
        yield from ((word, f"negative:{name}") for word in facts["any"])


_WORD_MAPS = {
    "elements": "element",
    "minerals": "mineral",
    "magnets": "magnet",
    "companies": "company",
    "places": "place",
    "countries": "country",
    "regions": "region",
    "months": "month",
    "agencies": "agency",
    "laws": "law",
    "concepts": "concept",
    "stages": "stage",
}

_LONGEST_SHOWN = 60
_LISTS = frozenset({"field", "near", "context", "soft", "tentative"})
_BARE = {*_WORD_MAPS, "unions", "outlets", "owners"} - {"companies", "places", "magnets", "stages"}
_ENTRIES: Mapping[str, Mapping[str, Any]] = {
    **{key: {"words": object} for key in (*_WORD_MAPS, *_LISTS, *_BARE)},
    "stages": {"words": object, "section": str},
    "events": {"importance": int | float, "section": str},
    "negatives": {"weight": int | float, "any": object},
}
"""The parts of a gazetteer, and what an entry of each needs; a bare one may be a list of words."""


def _flattened(words: Iterable[Any]) -> Iterator[str]:
    for word in words:
        if isinstance(word, str):
            yield word
        else:
            yield from _flattened(word)
