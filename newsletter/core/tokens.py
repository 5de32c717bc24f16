"""Words out of text: one spelling for every way a word is written, in any script.

A lexicon finds the labels of the words that a text holds.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from operator import add
from sys import intern
from typing import TYPE_CHECKING

from newsletter.core.stemmer import stem_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
_HAS_CJK = re.compile(f"[{CJK}]")
_BREAKS = "\n\r\t\x0b\x0c\x85\u2028\u2029"
_CONTROL = re.compile("[\x00-\x1f\x7f]+")
# Unicode's categories Cf, Cc, Co and Cs as far as they turn up in text.
_UNSEEN = re.compile(
    "[\x80-\x84\x86-\x9f\u00ad\u0600-\u0605\u061c\u070f\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ud800-\uf8ff\ufe00-\ufe0f\ufeff\ufff9-\uffff\U000e0000-\U0010ffff]+"
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});", re.IGNORECASE)
_US = re.compile(r"\bU(?:\.\s?S\.(?:A\.)?|S\b)")
_DASHES = re.compile("[\u00ad\u2010-\u2015\u2212-]+")
_QUOTES = "\u2018\u2019\u201a\u02bc\u2032`"
_ACCENTED = re.compile("[\u00c0-\u024f]")
_POSSESSIVE = re.compile(r"'s\b|s'(?=\s|$)")
_WORD = re.compile(rf"[a-z0-9]+(?:[.,]\d+)*|[{CJK}]+")
_LATIN = re.compile(r"[A-Za-z0-9]+")
_LONGEST_WORD = 40
_MOST_WORDS = 100_000

_COMMON = (
    "a an and are as at be been but by can for from had has have he her his how i if in into is it "
    "its more most new no not of on or our over said says say she so than that the their them then "
    "there these they this to was we were what when where which while who why will with would you "
    "your after amid about all also up out off via per vs s t re news report reports"
)
STOP_WORDS = frozenset(_COMMON.split())


def visible(text: str) -> str:
    """The text with control and invisible characters gone and compatible forms folded (NFKC).

    Invisible characters inside a word must neither hide it from a reader of words nor make it new.
    """
    text = _resolved(text)
    spaced = text.replace("\n", " ")
    if spaced.isascii() and spaced.isprintable():
        return spaced
    return _without_controls(text) if text.isascii() else _folded(text)


@lru_cache(maxsize=16)
def _folded(text: str) -> str:
    """What `visible` makes of a text: one is looked at several times in a row."""
    return _without_controls(_UNSEEN.sub("", unicodedata.normalize("NFKC", text)))


def _without_controls(text: str) -> str:
    spaced = _replaced(text, _BREAKS, " ")
    return spaced if spaced.isprintable() else _CONTROL.sub("", spaced)


def printed(text: str) -> str:
    """The text as it is printed: spaces evened, invisible signs gone, all others as they are."""
    spaced = _replaced(_resolved(text), _BREAKS, " ")
    if not spaced.isascii():
        spaced = _UNSEEN.sub("", spaced)
    if not spaced.isprintable():
        spaced = _CONTROL.sub("", spaced)
    return " ".join(spaced.split())


def _replaced(text: str, signs: str, by: str) -> str:
    """The text with one sign instead of several; `str.translate` takes many times as long."""
    for sign in signs:
        text = text.replace(sign, by)
    return text


def _resolved(text: str) -> str:
    """The text without the entities that a feed escaped twice leaves in it."""
    return _ENTITY.sub(lambda found: unescape(found[0]), text) if "&" in text else text


def has_cjk(text: str) -> bool:
    """Whether Chinese, Japanese or Korean characters stand in the text."""
    return not text.isascii() and _HAS_CJK.search(text) is not None


def flat(text: str) -> str:
    """One spelling: no capitals, no accents on quotes, hyphens as spaces, US written out."""
    plain = visible(text)
    if "US" in plain or "U." in plain:
        plain = _US.sub("united states", plain)
    if not plain.isascii():
        plain = _without_accents(_DASHES.sub(" ", _replaced(plain, _QUOTES, "'")))
    lowered = plain.replace("-", " ").casefold()
    return _POSSESSIVE.sub("", lowered) if "'" in lowered else lowered


def _without_accents(text: str) -> str:
    """Latin letters without accents; other scripts as they are (Korean must stay composed)."""
    return _ACCENTED.sub(lambda found: unicodedata.normalize("NFD", found[0])[0], text)


class _Stems(dict[str, str]):
    """Words to their stems: each is found once, and is the same text in all readings."""

    def __missing__(self, word: str) -> str:
        short = word[:_LONGEST_WORD]
        found = stem_of(short) if short.isascii() and short.isalpha() else short
        if word.isascii() and len(word) <= _LONGEST_WORD:
            if len(self) >= _MOST_WORDS:
                self.clear()
            self[word] = found
        return found


_STEMS = _Stems()


def stem(word: str) -> str:
    """The stem of one lower-case Latin word (Snowball, English); numbers as they are."""
    return _STEMS[word]


def stems(flattened: str) -> tuple[str, ...]:
    """The stems of flattened text in order; a run of Asian characters stands as one item.

    Of a word or a run the first 40 characters count.
    """
    return tuple(map(_STEMS.__getitem__, _WORD.findall(flattened)))


def exact_words(text: str) -> frozenset[str]:
    """The words of the text with their capitals, for tickers and symbols."""
    return frozenset(_LATIN.findall(visible(text)))


def features(items: tuple[str, ...]) -> list[str]:
    """What two texts are compared by: stems without stop words, pairs of Asian characters."""
    if max(items, default="") < "\u3000":
        return [item for item in items if item not in STOP_WORDS]
    found: list[str] = []
    for item in items:
        if item[0] > "\u3000":
            found.extend(_pairs(item))
        elif item not in STOP_WORDS:
            found.append(item)
    return found


def _pairs(run: str) -> list[str]:
    """Each held once, since the same few thousand stand in all texts."""
    return list(map(intern, map(add, run, run[1:]))) or [run]


@dataclass(frozen=True)
class Lexicon:
    """Words to labels: phrases by their first stem, exact words, pieces by their first two signs.

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
        for word in words.union(map(str.casefold, words)) & self.exact.keys():
            yield from self.exact[word]
        for word in words & self.names.keys():
            yield from (label for name, label in self.names[word] if name in text)

    def _by_piece(self, flattened: str) -> Iterator[str]:
        pairs = set(map(add, flattened, flattened[1:]))
        for start in pairs.union(flattened) & self.pieces.keys():
            for piece, label in self.pieces[start]:
                if piece in flattened:
                    yield label


def lexicon(labelled: Iterable[tuple[str, str]]) -> Lexicon:
    """The lexicon of words with their labels; the gazetteer says how words are written."""
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
            pieces[flattened[:2]].add((flattened, label))
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
