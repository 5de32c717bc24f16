"""The field as data, compiled once: which words name which things.

The data is `newsletter/data/gazetteer.yaml`, whose comments say how words are matched. A thing is
known by its label, "kind:name" ("company:Lynas Rare Earths").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from newsletter.core.tokens import exact_words, flat, has_cjk, stems


@dataclass(frozen=True)
class EventKind:
    """A kind of event: how much it matters (0..1), its section, how it is told to a reader.

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
class Lexicon:
    """Words to labels: phrases by their first stem, exact words, pieces by first sign.

    An exact word in small letters stands for any capitals, others only for themselves. Names are
    exact runs of words, by their first word.
    """

    phrases: Mapping[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]]
    exact: Mapping[str, tuple[str, ...]]
    names: Mapping[str, tuple[tuple[str, str], ...]]
    pieces: Mapping[str, tuple[tuple[str, str], ...]]

    def find(self, text: str) -> frozenset[str]:
        """The labels of all things named in the text."""
        flattened = flat(text)
        return self.find_in(text, flattened, stems(flattened))

    def find_in(self, text: str, flattened: str, items: tuple[str, ...]) -> frozenset[str]:
        """As `find`, for a text that was flattened and stemmed already."""
        found = set(self._by_phrase(items))
        found.update(self._by_exact(text))
        if has_cjk(flattened):
            found.update(self._by_piece(flattened))
        return frozenset(found)

    def _by_phrase(self, items: tuple[str, ...]) -> Iterator[str]:
        known = self.phrases
        for place, item in enumerate(items):
            if item in known:
                for phrase, labels in known[item]:
                    if items[place : place + len(phrase)] == phrase:
                        yield from labels

    def _by_exact(self, text: str) -> Iterator[str]:
        words = exact_words(text)
        for word in (words | {word.casefold() for word in words}) & self.exact.keys():
            yield from self.exact[word]
        for word in words & self.names.keys():
            yield from (label for name, label in self.names[word] if name in text)

    def _by_piece(self, flattened: str) -> Iterator[str]:
        for first in set(flattened) & self.pieces.keys():
            for piece, label in self.pieces[first]:
                if piece in flattened:
                    yield label


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

    def owner(self, outlet: str) -> str:
        """The house an outlet belongs to, so that its titles count once; else the outlet itself."""
        name = " ".join(stems(flat(outlet)))
        return self.owners.get(name, name or outlet.casefold())


def names(labels: Iterable[str], kind: str) -> tuple[str, ...]:
    """The names of the things of one kind among labels, in alphabetical order."""
    prefix = f"{kind}:"
    return tuple(sorted(label.removeprefix(prefix) for label in labels if label.startswith(prefix)))


def gazetteer_from(data: Mapping[str, object]) -> Gazetteer:
    """The gazetteer compiled from the mapping that the YAML file holds.

    Missing parts are taken as empty, so that an operator's own file may be short.
    """
    parts = {key: value or {} for key, value in data.items()}
    events: Mapping[str, Any] = _part(parts, "events")
    negatives: Mapping[str, Any] = _part(parts, "negatives")
    companies: Mapping[str, Any] = _part(parts, "companies")
    places: Mapping[str, Any] = _part(parts, "places")
    return Gazetteer(
        lexicon=_lexicon(_labelled_words(parts)),
        outlets=_lexicon(
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
    for key in ("field", "near", "context", "soft"):
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


def _flattened(words: Iterable[Any]) -> Iterator[str]:
    for word in words:
        if isinstance(word, str):
            yield word
        else:
            yield from _flattened(word)


def _lexicon(labelled: Iterable[tuple[str, str]]) -> Lexicon:
    phrases: dict[tuple[str, ...], set[str]] = defaultdict(set)
    exact: dict[str, set[str]] = defaultdict(set)
    runs: dict[str, set[tuple[str, str]]] = defaultdict(set)
    pieces: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for word, label in labelled:
        if word.startswith("="):
            name = word[1:]
            if " " in name:
                runs[name.split(" ")[0]].add((name, label))
            else:
                exact[name].add(label)
            continue
        flattened = flat(word)
        if has_cjk(flattened) or not stems(flattened):
            pieces[flattened[:1]].add((flattened, label))
        else:
            phrases[stems(flattened)].add(label)
    return Lexicon(
        phrases=_by_first_stem(phrases),
        exact={key: tuple(sorted(value)) for key, value in exact.items()},
        names={key: tuple(sorted(value)) for key, value in runs.items()},
        pieces={key: tuple(sorted(value)) for key, value in pieces.items() if key},
    )


def _by_first_stem(
    phrases: Mapping[tuple[str, ...], set[str]],
) -> dict[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]]:
    found: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = defaultdict(list)
    for phrase, labels in phrases.items():
        found[phrase[0]].append((phrase, tuple(sorted(labels))))
    return {first: tuple(known) for first, known in found.items()}
