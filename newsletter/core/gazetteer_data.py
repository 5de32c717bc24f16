"""The gazetteer's data as people write it: checked, and brought into one form.

Two short forms save an operator's typing and the program's time. Words may stand as one text with
commas instead of a list; a company or a place may be one text, "Australia, core | lynas, =LYC".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

WORD_MAPS = {
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
"""The parts whose entries are named things, with the kind that stands in their labels."""

WORD_LISTS = ("field", "near", "context", "soft", "tentative")
"""The parts that are plain lists of words."""

_LONGEST_SHOWN = 60
_BARE = {*WORD_MAPS, "unions", "outlets", "owners"} - {"companies", "places", "magnets", "stages"}
_SHORT = frozenset({"companies", "places"})
_FLAGS = frozenset({"core", "active", "house", "sure"})
_ENTRIES: Mapping[str, Mapping[str, Any]] = {
    **{key: {"words": object} for key in (*WORD_MAPS, *WORD_LISTS, *_BARE)},
    "stages": {"words": object, "section": str},
    "events": {"importance": int | float, "section": str},
    "negatives": {"weight": int | float},
    "hints": {"both": list},
}
"""The parts of a gazetteer, and what an entry of each needs; a bare one may be a list of words."""
_KEYS: Mapping[str, frozenset[str]] = {
    "elements": frozenset({"words", "symbol"}),
    "magnets": frozenset({"words", "sure"}),
    "companies": frozenset({"words", "country", "group", "core", "active", "house"}),
    "places": frozenset({"words", "country", "sure"}),
    "regions": frozenset({"words", "hides"}),
    "agencies": frozenset({"words", "country"}),
    "stages": frozenset({"words", "section"}),
    "hints": frozenset({"both", "means"}),
    "events": frozenset(
        {"importance", "section", "reason", "family", "dull", "vague", "title_only", "planned"}
        | {"any", "both"}
    ),
    "negatives": frozenset(
        {"weight", "reason", "title", "any", "both", "patterns", "with", "unless", "unless_named"}
    ),
}
"""What may stand in an entry of a part; elsewhere its words alone."""
_COUNTRY_KEYS = (
    ("companies", "country"),
    ("places", "country"),
    ("agencies", "country"),
    ("regions", "hides"),
)
_WORDS_ALONE = frozenset({"words"})
_PART_OF = {kind: part for part, kind in WORD_MAPS.items()}


def checked(data: object) -> Mapping[str, Any]:
    """The parts of a gazetteer in their long form, the empty ones left out.

    ValueError, with one line for a reader, where the data is no gazetteer.
    """
    if not isinstance(data, Mapping):
        raise _fault("it holds nothing" if data is None else f"{_shown(data)} is no mapping")
    for key in data:
        if key not in _ENTRIES:
            raise _unknown("unknown part", key, _ENTRIES)
    parts = {key: _checked_part(key, part) for key, part in data.items() if part is not None}
    named = ("elements", "companies")
    if not any(facts["words"] for key in named for facts in parts.get(key, {}).values()):
        raise _fault("it names no words for any element or company")
    _check_countries(parts)
    _check_meanings(parts)
    return parts


def _check_countries(parts: Mapping[str, Any]) -> None:
    """Every country that is stated is known; a short gazetteer may list none."""
    known: Mapping[str, Any] = parts.get("countries", {})
    for where, country in _stated_countries(parts) if known else ():
        if country not in known:
            raise _unknown(f"{where}: unknown country", country, known)


def _stated_countries(parts: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Where a country is stated, and which."""
    for part, key in _COUNTRY_KEYS:
        for name, facts in parts.get(part, {}).items():
            if country := facts.get(key):
                yield f"{part}: {name}", country
    for name, facts in parts.get("unions", {}).items():
        for country in facts["words"]:
            yield f"unions: {name}", country


def _check_meanings(parts: Mapping[str, Any]) -> None:
    """What two words mean together is an entry of another part, "company:MP Materials"."""
    for name, facts in parts.get("hints", {}).items():
        if "means" in facts:
            kind, _, thing = str(facts["means"]).partition(":")
            where = f"hints: {name}: means"
            if kind not in _PART_OF:
                raise _unknown(f"{where}: unknown kind", kind, _PART_OF)
            known = parts.get(_PART_OF[kind], {})
            if thing not in known:
                raise _unknown(f"{where}: unknown {kind}", thing, known)


def _checked_part(key: str, part: object) -> Any:  # noqa: ANN401 - a list or a mapping
    if key in WORD_LISTS:
        return _words(key, part)
    if not isinstance(part, Mapping):
        raise _fault(f"{key}: must be a mapping, not {_shown(part)}")
    return {name: _entry(key, name, facts) for name, facts in part.items()}


def _entry(part: str, name: object, facts: object) -> dict[str, Any]:
    """One entry of a part in its long form."""
    where = f"{part}: {name}"
    if not isinstance(name, str):
        raise _fault(f"{where}: must be text, in quotes")
    if part in _BARE and not isinstance(facts, Mapping):
        return {"words": _words(where, facts)}
    if part in _SHORT and isinstance(facts, str):
        return _from_short(part, where, facts)
    if not isinstance(facts, Mapping):
        raise _fault(f"{where}: must be a mapping, not {_shown(facts)}")
    for key, kinds in _ENTRIES[part].items():
        if key not in facts:
            raise _fault(f"{where}: {key!r} is missing")
        if not isinstance(facts[key], kinds):
            raise _fault(f"{where}: {key!r} cannot be {_shown(facts[key])}")
    _check_keys(where, facts, _KEYS.get(part, _WORDS_ALONE))
    return {**facts, **_word_facts(where, facts)}


def _check_keys(where: str, facts: Mapping[str, Any], known: frozenset[str]) -> None:
    for key in facts:
        if key not in known:
            raise _unknown(f"{where}: unknown key", key, known)


def _word_facts(where: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        key: _words(f"{where}: {key}", facts[key]) for key in ("words", "any") if key in facts
    }
    if "both" in facts:
        if not isinstance(facts["both"], list):
            raise _fault(f"{where}: both: must be a list of two lists of words")
        found["both"] = [_words(f"{where}: both", words) for words in facts["both"]]
    if "patterns" in facts:
        found["patterns"] = _patterns(f"{where}: patterns", facts["patterns"])
    return found


def _patterns(where: str, patterns: object) -> tuple[re.Pattern[str], ...]:
    if not isinstance(patterns, list) or not all(isinstance(one, str) for one in patterns):
        raise _fault(f"{where}: must be a list of regular expressions, not {_shown(patterns)}")
    try:
        return tuple(re.compile(one) for one in patterns)
    except re.error as error:
        raise _fault(f"{where}: no regular expression: {error}") from error


def _from_short(part: str, where: str, text: str) -> dict[str, Any]:
    """A company or a place out of "country, core | words"."""
    head, bar, words = text.partition("|")
    if not bar:
        raise _fault(f"{where}: must be a mapping, or a text like 'Australia | lynas, =LYC'")
    said = [part.strip() for part in head.split(",")]
    known = _FLAGS & _KEYS[part]
    flags = dict.fromkeys(known.intersection(said), True)
    country, *others = [word for word in said if word not in known] or [""]
    if others:
        raise _unknown(f"{where}: unknown flag", others[0], known)
    return {"country": country, **flags, "words": _words(where, words)}


def _words(where: str, words: object) -> tuple[str, ...]:
    """Words out of a list, which may hold lists, or out of one text with commas."""
    if isinstance(words, str):
        return tuple(word.strip() for word in words.split(",") if word.strip())
    if not isinstance(words, list):
        raise _fault(f"{where}: must be a list of words, not {_shown(words)}")
    return tuple(_flattened(where, words))


def _flattened(where: str, words: Iterable[object]) -> Iterator[str]:
    for word in words:
        if isinstance(word, list):
            yield from _flattened(where, word)
        elif not isinstance(word, str) or not word.strip():
            raise _fault(f"{where}: {_shown(word)} is no word; put it in quotes")
        else:
            yield word


def _unknown(fault: str, word: object, known: Iterable[str]) -> ValueError:
    """The fault with the word, and the known one that is nearest to it."""
    near = get_close_matches(str(word), sorted(map(str, known)), n=1, cutoff=0.0)
    return _fault(f"{fault} {_shown(word)}" + (f"; did you mean {near[0]!r}?" if near else ""))


def _fault(words: str) -> ValueError:
    return ValueError(words)


def _shown(value: object) -> str:
    """A value in one short line."""
    return repr(value)[:_LONGEST_SHOWN]
