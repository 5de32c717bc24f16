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


def checked(data: object) -> Mapping[str, Any]:
    """The parts of a gazetteer in their long form, the empty ones left out.

    ValueError, with one line for a reader, where the data is no gazetteer.
    """
    if not isinstance(data, Mapping):
        raise _fault("it holds nothing" if data is None else f"{_shown(data)} is no mapping")
    for key in data:
        if key not in _ENTRIES:
            near = get_close_matches(str(key), _ENTRIES, n=1, cutoff=0.0)[0]
            raise _fault(f"unknown part {_shown(key)}; did you mean {near!r}?")
    parts = {key: _checked_part(key, part) for key, part in data.items() if part is not None}
    named = ("elements", "companies")
    if not any(facts["words"] for key in named for facts in parts.get(key, {}).values()):
        raise _fault("it names no words for any element or company")
    return parts


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
        return _from_short(where, facts)
    if not isinstance(facts, Mapping):
        raise _fault(f"{where}: must be a mapping, not {_shown(facts)}")
    for key, kinds in _ENTRIES[part].items():
        if key not in facts:
            raise _fault(f"{where}: {key!r} is missing")
        if not isinstance(facts[key], kinds):
            raise _fault(f"{where}: {key!r} cannot be {_shown(facts[key])}")
    return {**facts, **_word_facts(where, facts)}


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


def _from_short(where: str, text: str) -> dict[str, Any]:
    """A company or a place out of "country, core | words"."""
    head, bar, words = text.partition("|")
    if not bar:
        raise _fault(f"{where}: must be a mapping, or a text like 'Australia | lynas, =LYC'")
    said = [part.strip() for part in head.split(",")]
    flags = dict.fromkeys(_FLAGS.intersection(said), True)
    country = next((part for part in said if part not in _FLAGS), "")
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


def _fault(words: str) -> ValueError:
    return ValueError(words)


def _shown(value: object) -> str:
    """A value in one short line."""
    return repr(value)[:_LONGEST_SHOWN]
