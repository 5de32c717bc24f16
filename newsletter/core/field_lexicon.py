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

from newsletter.core.tokens import Lexicon, flat, has_cjk, lexicon, stems

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_WORD = re.compile("[a-z0-9]+")
_FIRST = re.compile(r"[a-z0-9]+(?:[.,]\d+)*")
_PLAIN = re.compile("[a-z0-9][a-z0-9 ]*")
_ASIAN = re.compile("[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]+")
_OWNING = 5
_BUCKET = 2
_IRREGULAR = {"dying": "di", "lying": "li", "tying": "ti"}

_Words = tuple[str, ...]
_Labelled = list[tuple[str, str]]
_ByFirst = dict[str, list[tuple[_Words, str]]]


@dataclass(frozen=True)
class FieldLexicon:
    """Words by their stem, Latin names as they are written, exact words and pieces of text.

    `waiting` holds flattened phrases by their bucket; `stemmed` remembers the buckets that were
    asked for, as phrases of stems by their first stem.
    """

    others: Lexicon
    names: _ByFirst
    waiting: Mapping[str, _Labelled]
    stemmed: dict[str, _ByFirst] = field(default_factory=dict, compare=False, repr=False)

    def find(self, text: str) -> frozenset[str]:
        """The labels of all things named in the text."""
        flattened = flat(text)
        return self.find_in(text, flattened, stems(flattened))

    def find_in(self, text: str, flattened: str, items: _Words) -> frozenset[str]:
        """As `find`, for a text that was flattened and stemmed already."""
        found = set(self.others.find_in(text, flattened, ()))
        found.update(self._by_name(tuple(_WORD.findall(flattened))))
        found.update(self._by_phrase(items))
        return frozenset(found)

    def _by_name(self, words: _Words) -> Iterator[str]:
        for place, word in enumerate(words):
            if word in self.names:
                for name, label in self.names[word]:
                    if words[place : place + len(name)] == name:
                        yield label

    def _by_phrase(self, items: _Words) -> Iterator[str]:
        for place, item in enumerate(items):
            known = self.stemmed.get(item[:_BUCKET])
            if known is None:
                known = self._stem_bucket(item[:_BUCKET])
            if item in known:
                for phrase, label in known[item]:
                    if items[place : place + len(phrase)] == phrase:
                        yield label

    def _stem_bucket(self, key: str) -> _ByFirst:
        phrases = [(stems(phrase), label) for phrase, label in self.waiting.get(key, ())]
        return self.stemmed.setdefault(key, _by_first(phrases))


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
    return FieldLexicon(_pieced(others + more), _by_first(names), dict(waiting))


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
        pieces[word[0]].add((word, label))
    return replace(found, pieces={key: tuple(sorted(known)) for key, known in pieces.items()})


def _bucket(phrase: str) -> str:
    """The first letters of the first word's stem."""
    found = _FIRST.search(phrase)
    first = found[0] if found else ""
    return _IRREGULAR.get(first, first[:_BUCKET])


def _without_s(words: _Words) -> _Words:
    """A name as it stands in "MP Materials' loss": flattening takes the whole "s'" away."""
    last = words[-1]
    return (*words[:-1], last[:-1]) if last.endswith("s") and len(last) >= _OWNING else words


def _by_first(phrases: Iterable[tuple[_Words, str]]) -> _ByFirst:
    found: _ByFirst = {}
    for words, label in phrases:
        found.setdefault(words[0], []).append((words, label))
    return found
