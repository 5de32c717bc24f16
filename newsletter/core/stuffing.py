"""Headlines that heap up keywords: what no editor writes and a search engine is meant to find."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

from newsletter.core.gazetteer import Gazetteer, names
from newsletter.core.tokens import STOP_WORDS, flat

if TYPE_CHECKING:
    from newsletter.core.reading import Reading

_MOST_OF_ONE_WORD = 3
_LEAST_NAMES = 6
_LEAST_WORDS = 8
_LEAST_COMMAS = 3
_LEAST_SHARE = 0.88

_TELLING = (
    "field:",
    "element:",
    "company:",
    "mineral:",
    "magnet:",
    "place:",
    "country:",
    "stage:",
    "concept:",
    "context:",
    "near:",
    "agency:",
    "law:",
    "event:",
)
_FIELD = {"rare", "earth", "earths"}
_WORDS = re.compile(r"[^\s,;|/·、,]+")


def is_stuffed(reading: Reading, gazetteer: Gazetteer) -> bool:
    """One word again and again, names and nothing that happens, or keywords without a sentence."""
    repeated = any(count > _MOST_OF_ONE_WORD for count in Counter(reading.words).values())
    return repeated or _is_list_of_names(reading) or _is_heap(reading, gazetteer)


def _is_list_of_names(reading: Reading) -> bool:
    labels = reading.title_labels
    named = sum(label.startswith(("element:", "company:", "mineral:")) for label in labels)
    return named >= _LEAST_NAMES and not names(labels, "event")


def _is_heap(reading: Reading, gazetteer: Gazetteer) -> bool:
    """Whether nearly every word of a long headline is a keyword, and none a small word.

    A comma or two, or a colon, part a sentence; a list has none or many.
    """
    words = _WORDS.findall(flat(reading.title))
    is_parted = ":" in reading.title or 0 < reading.title.count(",") < _LEAST_COMMAS
    if is_parted or len(words) < _LEAST_WORDS or not STOP_WORDS.isdisjoint(words):
        return False
    return _are_keywords(words, gazetteer)


def _are_keywords(words: list[str], gazetteer: Gazetteer) -> bool:
    """Whether nearly all of the words are keywords; most headlines show at once that they are not.

    A word is one alone, or where it makes one with a neighbour.
    """
    others = len(words) - ceil(_LEAST_SHARE * len(words))
    for place in range(len(words)):
        others -= not _is_keyword(words, place, gazetteer)
        if others < 0:
            return False
    return True


def _is_keyword(words: list[str], place: int, gazetteer: Gazetteer) -> bool:
    word = words[place]
    if word in _FIELD or _names_thing(_labels(word, gazetteer)):
        return True
    pairs = pairwise(words[max(0, place - 1) : place + 2])
    return any(_names_more(one, other, gazetteer) for one, other in pairs)


def _names_more(one: str, other: str, gazetteer: Gazetteer) -> bool:
    """Whether two words together name what neither names alone."""
    alone = _labels(one, gazetteer) | _labels(other, gazetteer)
    return not _labels(f"{one} {other}", gazetteer) <= alone


def _names_thing(labels: frozenset[str]) -> bool:
    """Whether a word names a thing; one that tells an event alone is a verb."""
    return any(not label.startswith("event:") for label in labels)


def _labels(text: str, gazetteer: Gazetteer) -> frozenset[str]:
    return frozenset(label for label in gazetteer.find(text) if label.startswith(_TELLING))
