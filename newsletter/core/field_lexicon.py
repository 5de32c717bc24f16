"""Thousands of words of the field to labels: ready at once, and found by hash.

Stemming every word of a large gazetteer would take longer than judging a day's entries. Phrases
therefore wait in buckets by the first two letters of their first word, which stemming leaves as
they are, and a bucket is stemmed when a text first holds a word of it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from newsletter.core.tokens import Lexicon, flat, has_cjk, lexicon, stem, stems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_WORD = re.compile("[a-z0-9]+")
_FIRST = re.compile(r"[a-z0-9]+(?:[.,]\d+)*")
_PLAIN = re.compile("[a-z0-9][a-z0-9 ]*")
_ASIAN = re.compile("[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]+")
_OWNING = 5
_BUCKET = 2

_MOST_STEMS = 100_000
_MOST_TEXTS, _SHORT = 20_000, 60

_Words = tuple[str, ...]
_Labelled = list[tuple[str, str]]
_Phrased = list[tuple[_Words, str]]
_Ways = tuple[tuple[str, ...], dict[str, _Phrased]]
"""How a phrase may go on after its first word: the labels of that word alone; longer phrases with
their labels, by the second word."""


class _Phrases(dict[str, "_Ways | None"]):
    """Phrases of stems by their first: `waiting` holds flattened ones by their bucket."""

    def __init__(self, waiting: Mapping[str, _Labelled]) -> None:
        super().__init__()
        self.waiting = waiting
        self.stemmed: set[str] = set()

    def __missing__(self, first: str) -> _Ways | None:
        bucket = first[:_BUCKET]
        if bucket not in self.stemmed:
            known = self.waiting.get(bucket, ())
            self.update(_by_first((stems(phrase), label) for phrase, label in known))
            self.stemmed.add(bucket)
        found = self.get(first)
        if first.isascii() and len(self) < _MOST_STEMS:
            self[first] = found
        return found


@dataclass(frozen=True)
class FieldLexicon:
    """Words by their stem, Latin names as they are written, exact words and pieces of text.

    `names` are listed by their first word, and `ways` are the same in the form that is searched.
    `texts` remembers what short texts name: an outlet's name comes again and again.
    """

    others: Lexicon
    names: Mapping[str, _Phrased]
    ways: Mapping[str, _Ways]
    phrases: _Phrases
    texts: dict[str, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)

    def find(self, text: str) -> frozenset[str]:
        """The labels of all things named in the text."""
        if len(text) > _SHORT:
            return self._find(text)
        found = self.texts.get(text)
        if found is None:
            if len(self.texts) >= _MOST_TEXTS:
                self.texts.clear()
            found = self.texts[text] = self._find(text)
        return found

    def _find(self, text: str) -> frozenset[str]:
        flattened = flat(text)
        return self.find_in(text, flattened, stems(flattened))

    def find_in(self, text: str, flattened: str, items: _Words) -> frozenset[str]:
        """As `find`, for a text that was flattened and stemmed already."""
        found = set(self.others.find_in(text, flattened, ()))
        found.update(_labels_in(tuple(_WORD.findall(flattened)), self.ways.get))
        found.update(_labels_in(items, self.phrases.__getitem__))
        return frozenset(found)


def _labels_in(words: _Words, ways_of: Callable[[str], _Ways | None]) -> list[str]:
    found: list[str] = []
    for place, ways in enumerate(map(ways_of, words)):
        if ways:
            alone, longer = ways
            found += alone
            if longer and place + 1 < len(words):
                for phrase, label in longer.get(words[place + 1], ()):
                    if words[place : place + len(phrase)] == phrase:
                        found.append(label)
    return found


def field_lexicon(
    labelled: Iterable[tuple[str, str]], named: Iterable[tuple[str, str]]
) -> FieldLexicon:
    """The lexicon of words with their labels; Latin words of `named` are not stemmed."""
    phrases, others = _parted(labelled)
    known, more = _parted(named)
    waiting = defaultdict[str, _Labelled](list)
    for phrase, label in phrases:
        waiting[_bucket(phrase)].append((phrase, label))
    names = list[tuple[_Words, str]]()
    for phrase, label in known:
        words = tuple(_WORD.findall(phrase))
        names.extend((form, label) for form in {words, _without_s(words)})
    by_first = defaultdict[str, _Phrased](list)
    for words, label in names:
        by_first[words[0]].append((words, label))
    return FieldLexicon(_pieced(others + more), dict(by_first), _by_first(names), _Phrases(waiting))


def _parted(labelled: Iterable[tuple[str, str]]) -> tuple[_Labelled, _Labelled]:
    """Latin words, flattened, and the others: exact words and pieces of Asian text."""
    latin, others = _Labelled(), _Labelled()
    for word, label in labelled:
        if _PLAIN.fullmatch(word):
            latin.append((word, label))
        elif word.startswith("=") or has_cjk(word) or not _WORD.search(flat(word)):
            others.append((word, label))
        else:
            latin.append((flat(word), label))
    return latin, others


def _pieced(labelled: _Labelled) -> Lexicon:
    """A lexicon of exact words and pieces; plain Asian words need no flattening."""
    plain = [each for each in labelled if _ASIAN.fullmatch(each[0])]
    found = lexicon(each for each in labelled if not _ASIAN.fullmatch(each[0]))
    pieces = defaultdict[str, set[tuple[str, str]]](set)
    for first, known in found.pieces.items():
        pieces[first].update(known)
    for word, label in plain:
        pieces[word[:2]].add((word, label))
    return replace(found, pieces={key: tuple(sorted(known)) for key, known in pieces.items()})


def _bucket(phrase: str) -> str:
    """The first letters of the first word's stem."""
    found = _FIRST.search(phrase)
    first = found[0] if found else ""
    return (stem(first) if first.endswith("ying") else first)[:_BUCKET]  # "lying" has "lie"


def _without_s(words: _Words) -> _Words:
    """A name as it stands in "MP Materials' loss": flattening takes the whole "s'" away."""
    last = words[-1]
    return (*words[:-1], last[:-1]) if last.endswith("s") and len(last) >= _OWNING else words


def _by_first(phrases: Iterable[tuple[_Words, str]]) -> dict[str, _Ways]:
    alone, longer = defaultdict[str, list[str]](list), dict[str, dict[str, _Phrased]]()
    for words, label in phrases:
        if len(words) == 1:
            alone[words[0]].append(label)
        else:
            longer.setdefault(words[0], {}).setdefault(words[1], []).append((words, label))
    firsts = alone.keys() | longer.keys()
    return {first: (tuple(alone.get(first, ())), longer.get(first, {})) for first in firsts}
