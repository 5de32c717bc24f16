"""The field as data, compiled once: which words name which things.

The data are the files of `newsletter/data/gazetteer/`; `docs/gazetteer.md` says how words are
matched. A thing is known by its label, "kind:name" ("company:Lynas Rare Earths").
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from newsletter.core.field_lexicon import FieldLexicon, field_lexicon
from newsletter.core.gazetteer_data import WORD_LISTS, WORD_MAPS, checked
from newsletter.core.tokens import Lexicon, flat, lexicon, stems

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator, Mapping

_HALVED = (
    ("events", "event", "half"),
    ("negatives", "negative", "against"),
    ("hints", "hint", "hint"),
)
_UNSTEMMED = frozenset({"companies", "places", "elements", "minerals", "countries", "regions"})
"""The parts whose Latin words are names: found as they are written, never by their stem."""


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
    """A look-alike of the field: what it takes from the score and why.

    Its label shows it, or all of its `halves` together.

    `patterns` are for the flattened headline. `kinds`: one of these kinds of
    thing must stand in the headline too. `unless_named`: it says nothing against a headline that
    names the field outright, nor against one that holds a label of `unless`.
    """

    name: str
    weight: float
    reason: str
    title_only: bool = False
    label: str = ""
    halves: frozenset[str] = frozenset()
    patterns: tuple[re.Pattern[str], ...] = ()
    kinds: tuple[str, ...] = ()
    unless_named: bool = False
    unless: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Company:
    """A company: whether rare earths are its main business, or one of several; home and house."""

    name: str
    is_core: bool = False
    is_active: bool = False
    country: str = ""
    group: str = ""
    is_house: bool = False


@dataclass(frozen=True)
class Gazetteer:
    """The compiled field. `find` gives the labels of the things a text names."""

    lexicon: FieldLexicon
    outlets: Lexicon
    companies: Mapping[str, Company]
    places: Mapping[str, str]
    agencies: Mapping[str, str]
    unions: Mapping[str, tuple[str, ...]]
    sure: frozenset[str]
    events: Mapping[str, EventKind]
    event_pairs: Mapping[str, tuple[str, str]]
    negatives: Mapping[str, Negative]
    hints: Mapping[str, frozenset[str]]
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
    """The gazetteer compiled from the mapping that the YAML files hold.

    An operator's own file may be short, but names elements or companies. ValueError, with one
    line for a reader, where the data is no gazetteer.
    """
    parts = checked(data)
    events, negatives = _part(parts, "events"), _part(parts, "negatives")
    return Gazetteer(
        lexicon=field_lexicon(_labelled_words(parts), _names(parts)),
        outlets=lexicon(
            (word, f"outlet:{kind}")
            for kind, facts in _part(parts, "outlets").items()
            for word in facts["words"]
        ),
        companies={
            name: _company(name, facts) for name, facts in _part(parts, "companies").items()
        },
        places=_countries(parts, "places"),
        agencies=_countries(parts, "agencies"),
        unions={name: facts["words"] for name, facts in _part(parts, "unions").items()},
        sure=frozenset(_sure(parts)),
        events={name: _event(name, facts) for name, facts in events.items()},
        event_pairs={
            name: (f"half:{name}:0", f"half:{name}:1")
            for name, facts in events.items()
            if facts.get("both")
        },
        negatives={name: _negative(name, facts) for name, facts in negatives.items()},
        hints={name: _halves("hint", name, facts) for name, facts in _part(parts, "hints").items()},
        stages={name: facts["section"] for name, facts in _part(parts, "stages").items()},
        owners={
            " ".join(stems(flat(title))): house
            for house, facts in _part(parts, "owners").items()
            for title in facts["words"]
        },
    )


def _countries(parts: Mapping[str, Any], key: str) -> dict[str, str]:
    return {name: str(facts.get("country", "")) for name, facts in _part(parts, key).items()}


def _part(parts: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = parts.get(name, {})
    return found


def _company(name: str, facts: Mapping[str, Any]) -> Company:
    return Company(
        name=name,
        is_core=bool(facts.get("core")),
        is_active=bool(facts.get("active")),
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
        reason=str(facts.get("reason", name)),
        title_only=bool(facts.get("title")),
        label=f"negative:{name}",
        halves=_halves("against", name, facts),
        patterns=facts.get("patterns", ()),
        kinds=tuple(facts.get("with", ())),
        unless_named=bool(facts.get("unless_named")),
        unless=frozenset(_as_label(word) for word in facts.get("unless", ())),
    )


def _as_label(word: str) -> str:
    """A label; a name without a kind is an event's."""
    return word if ":" in word else f"event:{word}"


def _halves(kind: str, name: str, facts: Mapping[str, Any]) -> frozenset[str]:
    """The labels that a text holds together where it has one word out of each list."""
    return frozenset(f"{kind}:{name}:{side}" for side in range(len(facts.get("both", ()))))


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
    """The words that are matched by their stem, with their labels."""
    for key in WORD_LISTS:
        for word in parts.get(key, ()):
            yield word, f"{key}:{word if key in {'near', 'context'} else ''}"
    for key in WORD_MAPS.keys() - _UNSTEMMED:
        for name, facts in _part(parts, key).items():
            yield from ((word, f"{WORD_MAPS[key]}:{name}") for word in facts["words"])
    for part, kind, half in _HALVED:
        for name, facts in _part(parts, part).items():
            yield from ((word, f"{kind}:{name}") for word in facts.get("any", ()))
            for side, words in enumerate(facts.get("both", ())):
                yield from ((word, f"{half}:{name}:{side}") for word in words)


def _names(parts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The words that are matched as they are written, with their labels."""
    for key in _UNSTEMMED:
        for name, facts in _part(parts, key).items():
            yield from ((word, f"{WORD_MAPS[key]}:{name}") for word in facts["words"])
