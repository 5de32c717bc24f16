"""A headline in capitals brought to sentence case, names and short forms as the story spells them.

How a word is written is learnt from the prose and the other headlines of the same story: there a
name keeps its capital in the middle of a sentence, and a common word has none.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from newsletter.core.tokens import has_cjk
from newsletter.core.words import MONTHS, WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from newsletter.core.story import Story

_SHOUTED_SHARE = 0.8
_LEAST_SHOUTED = 6
_LEAST_RUN, _LONG_WORD = 3, 5
_TITLED_SHARE = 0.7
_MOST_PROSE = 2000
_LONGEST_MARK = 5
_SENTENCES = re.compile(r"(?<=[.!?])\s+|\n+")
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_INITIALS = re.compile(r"(?:[A-Z]\.){2,}$")
_POSSESSIVE = re.compile(r"['\u2019][Ss]$")
_SHORT_FORMS = """
US USA UK EU UN UAE DRC G7 G20 NATO WTO OPEC BRICS ASEAN IEA IMF USGS NASA DOE DOD NDAA EPA SEC FTC
ASX TSX NYSE LME CEO CFO LOI MOU JV IPO AI EV EVs PMI GDP R&D MP REE REEs REO REOs TREO HREE HREEs
LREE LREEs NdPr NdFeB SmCo Nd Dy Tb Gd Sm II III IV
"""
_PLACES = """
Africa Africans Africa's African America American Americas Arab Asia Asian Australia Australian
Baotou Beijing Berlin Brazil Brazilian Britain British Brussels Burundi Canada Canadian Canberra
Chile China Chinese Delhi Estonia Estonian Europe European France French Ganzhou German Germany
Greenland India Indian Indonesia Indonesian Iran Israel Italy Italian Japan Japanese Jiangxi
Kazakhstan Kenya Korea Korean London Madagascar Malawi Malaysia Malaysian Moscow Mongolia Mongolian
Myanmar Namibia Norway Ottawa Paris Pentagon Poland Russia Russian Saudi Seoul Shanghai Sichuan
Singapore Sweden Swedish Taiwan Tanzania Texas Thailand Thai Tokyo Turkey Uganda Ukraine Ukrainian
Vietnam Vietnamese Washington Western Zambia
"""
_ALWAYS = {word.casefold(): word for word in (*_PLACES.split(), *_SHORT_FORMS.split())}
_ALWAYS |= {word.casefold(): word for word in (*WEEKDAYS, *MONTHS) if word not in ("March", "May")}
_NOT_ALONE = frozenset({"rare", "american", "general", "new", "the", "first", "energy", "critical"})
"""First words of companies' names that stand for nothing by themselves."""


def is_shouted(text: str) -> bool:
    """Whether a text is in capitals, by four of five of its letters. Asian scripts have none."""
    cased = [character for character in text if character.isupper() or character.islower()]
    capitals = sum(character.isupper() for character in cased)
    return (
        len(cased) >= _LEAST_SHOUTED
        and not has_cjk(text)
        and capitals / len(cased) >= _SHOUTED_SHARE
    )


def calmed(text: str, spellings: Mapping[str, str], names: Iterable[str] = ()) -> str:
    """The text with what is shouted in sentence case: all of it, or a run of words in capitals.

    `spellings` are how words are written, by their small letters; `names` are written as given.
    """
    known = _ALWAYS | dict(spellings)
    words = text.split(" ")
    loud = range(len(words)) if is_shouted(text) else _runs(words)
    if not loud:
        return text
    calm = [_calm(word, known) if n in loud else word for n, word in enumerate(words)]
    told = _opened(" ".join(calm))
    for name in sorted(names):
        told = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE).sub(name, told)
    return told


def _runs(words: list[str]) -> frozenset[int]:
    """The places of words that stand in capitals, three or more in a row, one of them long."""
    found: set[int] = set()
    run: list[int] = []
    for place, word in enumerate([*words, ""]):
        letters = "".join(filter(str.isalpha, word))
        if letters and letters.isupper():
            run.append(place)
            continue
        if len(run) >= _LEAST_RUN and any(len(words[n]) >= _LONG_WORD for n in run):
            found.update(run)
        run = []
    return frozenset(found)


def _calm(word: str, known: Mapping[str, str]) -> str:
    return _WORD.sub(lambda found: _spelt(found[0], known), word) if _is_loud(word) else word


def _is_loud(word: str) -> bool:
    """Whether a word in capitals is one, and not initials or a short mark with a figure in it."""
    marks = sum(character.isalpha() for character in word)
    has_figure = any(character.isdigit() for character in word)
    return not _INITIALS.match(word) and not (has_figure and marks <= _LONGEST_MARK)


def _spelt(word: str, known: Mapping[str, str]) -> str:
    ending = _POSSESSIVE.search(word)
    bare = word[: ending.start()] if ending else word
    told = known.get(bare.casefold(), "I" if bare == "I" else bare.lower())
    return told + (ending[0].lower() if ending else "")


def _opened(text: str) -> str:
    """The text with a capital at its beginning, unless its first word has one inside."""
    first = _WORD.search(text)
    if first is None or not first[0].islower():
        return text
    at = first.start()
    return text[:at] + text[at].upper() + text[at + 1 :]


def spellings_of(story: Story) -> dict[str, str]:
    """How the story's words are written, by their small letters: the commonest way of each."""
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for entry in story.entries:
        for text in (entry.title, entry.summary, entry.text[:_MOST_PROSE]):
            for word in _telling_words(text):
                counted[word.casefold()][word] += 1
    spelt = {key: min(ways, key=lambda w: (-ways[w], w)) for key, ways in counted.items()}
    firsts = (name.split(" ")[0] for name in (*story.companies, *story.countries) if name)
    return spelt | {one.casefold(): one for one in firsts if one.casefold() not in _NOT_ALONE}


def _telling_words(text: str) -> Iterator[str]:
    """The words whose capitals mean something: not a sentence's first, and of titles few."""
    for sentence in _SENTENCES.split(text):
        if is_shouted(sentence) or _runs(sentence.split(" ")):
            continue
        words = [found[0] for found in _WORD.finditer(sentence)][1:]
        is_titled = _is_titled(words)
        for word in words:
            if not is_titled or any(character.isupper() for character in word[1:]):
                yield word


def _is_titled(words: list[str]) -> bool:
    """Whether nearly all longer words begin with a capital, as in headlines of some papers."""
    longer = [word for word in words if len(word) >= _LONG_WORD - 1]
    return sum(word[0].isupper() for word in longer) > _TITLED_SHARE * len(longer)
