"""The field as data, compiled once: which words name which things.

The data are the files of `newsletter/data/gazetteer/`; `docs/gazetteer.md` says how words are
matched. A thing is known by its label, "kind:name" ("company:Lynas Rare Earths").
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
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
_MOST_OUTLETS = 20_000
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
class MeaningLexicon(FieldLexicon):
    """A lexicon that reads names together.

    `meant`: labels that stand together name a further thing, "=Neo" with "magnet" the company; by
    the first of the labels. `halves`: all these, which no text keeps. `hiding`: the words of a
    region, flattened, hold the name of a country that is not meant ("Inner Mongolia"); by the
    region's label, with the country's.
    """

    meant: Mapping[str, tuple[frozenset[str], str]] = field(default_factory=dict)
    halves: frozenset[str] = frozenset()
    hiding: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    def find_in(self, text: str, flattened: str, items: tuple[str, ...]) -> frozenset[str]:
        """As its parent's, with what the found labels say together."""
        found = super().find_in(text, flattened, items)
        pairs = map(self.meant.__getitem__, self.meant.keys() & found)
        meant = [label for halves, label in pairs if halves <= found]
        regions = map(self.hiding.__getitem__, self.hiding.keys() & found)
        hidden = [
            country
            for country, words in regions
            if country in found and not self._is_told(country, flattened, words)
        ]
        return found.difference(self.halves, hidden).union(meant)

    def _is_told(self, country: str, flattened: str, words: tuple[str, ...]) -> bool:
        """Whether the country is also named outside the region's name."""
        for word in words:
            flattened = flattened.replace(word, " ")
        return country in super().find_in(flattened, flattened, ())


@dataclass(frozen=True)
class Gazetteer:
    """The compiled field. `find` gives the labels of the things a text names.

    `sure` are the labels that name the field by themselves; `sure_lexicon` knows only their words.
    """

    lexicon: FieldLexicon
    sure_lexicon: FieldLexicon
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
    outlet_kinds: dict[tuple[str, str], frozenset[str]] = field(
        default_factory=dict, compare=False, repr=False
    )
    """What `kinds_of_outlet` found, since most entries are of an outlet that came before."""

    def find(self, text: str) -> frozenset[str]:
        """The labels of all things named in the text, whatever the language."""
        return self.lexicon.find(text)

    def kinds_of_outlet(self, name: str, host: str = "") -> frozenset[str]:
        """What an outlet is known as: "aggregator", "press wire", "trusted" and the like."""
        found = self.outlet_kinds.get((name, host))
        if found is None:
            if len(self.outlet_kinds) >= _MOST_OUTLETS:
                self.outlet_kinds.clear()
            labels = self.outlets.find(f"{name} | {host.replace('.', ' ')}")
            found = frozenset(label.removeprefix("outlet:") for label in labels)
            self.outlet_kinds[name, host] = found
        return found

    def houses(self, companies: Iterable[str]) -> tuple[str, ...]:
        """The groups of companies, each once; a company of no group stands for itself."""
        return tuple(dict.fromkeys(self.companies[name].group or name for name in companies))

    def owner(self, outlet: str) -> str:
        """The house an outlet belongs to, so that its titles count once; else the outlet itself."""
        name = " ".join(stems(flat(outlet)))
        return self.owners.get(name, name or outlet.casefold())


def names(labels: Iterable[str], kind: str) -> tuple[str, ...]:
    """The names of the things of one kind among labels, in alphabetical order."""
    return _by_kind(frozenset(labels)).get(kind, ())


@lru_cache(maxsize=1_000)
def _by_kind(labels: frozenset[str]) -> Mapping[str, tuple[str, ...]]:
    """The names of each kind in order; an entry's labels are asked for many kinds in a row."""
    found = defaultdict[str, list[str]](list)
    for label in sorted(labels):
        kind, _, name = label.partition(":")
        found[kind].append(name)
    return {kind: tuple(known) for kind, known in found.items()}


def gazetteer_from(data: object) -> Gazetteer:
    """The gazetteer compiled from the mapping that the YAML files hold.

    An operator's own file may be short, but names elements or companies. ValueError, with one
    line for a reader, where the data is no gazetteer.
    """
    parts = checked(data)
    events, negatives = _part(parts, "events"), _part(parts, "negatives")
    words, named, sure = [*_labelled_words(parts)], [*_names(parts)], frozenset(_sure(parts))
    return Gazetteer(
        lexicon=_meaning(field_lexicon(words, named), parts),
        sure_lexicon=field_lexicon(_of(words, sure), _of(named, sure)),
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
        sure=sure,
        events={name: _event(name, facts) for name, facts in events.items()},
        event_pairs={
            name: (f"half:{name}:0", f"half:{name}:1")
            for name, facts in events.items()
            if facts.get("both")
        },
        negatives={name: _negative(name, facts) for name, facts in negatives.items()},
        hints={name: halves for name, halves, meant in _hints(parts) if not meant},
        stages={name: facts["section"] for name, facts in _part(parts, "stages").items()},
        owners={
            " ".join(stems(flat(title))): house
            for house, facts in _part(parts, "owners").items()
            for title in facts["words"]
        },
    )


def _meaning(plain: FieldLexicon, parts: Mapping[str, Any]) -> MeaningLexicon:
    meant = {f"hint:{name}:0": (halves, label) for name, halves, label in _hints(parts) if label}
    return MeaningLexicon(
        plain.others,
        plain.names,
        plain.ways,
        plain.phrases,
        meant=meant,
        halves=frozenset().union(*(halves for halves, _ in meant.values())),
        hiding={
            f"region:{name}": (f"country:{facts['hides']}", tuple(map(flat, facts["words"])))
            for name, facts in _part(parts, "regions").items()
            if "hides" in facts
        },
    )


def _hints(parts: Mapping[str, Any]) -> Iterator[tuple[str, frozenset[str], str]]:
    """Each hint's name, its halves, and the label that they mean together, if they name a thing."""
    for name, facts in _part(parts, "hints").items():
        yield name, _halves("hint", name, facts), str(facts.get("means", ""))


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


def _of(words: Iterable[tuple[str, str]], labels: frozenset[str]) -> list[tuple[str, str]]:
    return [each for each in words if each[1] in labels]


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
