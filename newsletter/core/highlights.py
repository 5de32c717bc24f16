"""Up to three sentences that tell a story, taken word for word from its entries.

The publisher's own highlights come first. A sentence is the better the earlier it stands, the more
figures, dates and names it has, and the more outlets say the same; what the headline or another
highlight says already is left out (maximal marginal relevance: Carbonell and Goldstein, 1998).
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from newsletter.core.boilerplate import (
    is_boilerplate,
    is_credit,
    praises_itself,
    without_dateline,
)
from newsletter.core.headline import cut_tail
from newsletter.core.sentences import split_sentences
from newsletter.core.source import Publisher
from newsletter.core.story import Highlight
from newsletter.core.tokens import CJK, STOP_WORDS, flat, has_cjk, printed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from newsletter.core.entry import Entry

MOST = 3
LONGEST = 240
_SHORTEST, _SHORTEST_ASIAN = 40, 12
_READ_LENGTH = 2_400
_MOST_SENTENCES, _MOST_OF_ANOTHER = 12, 6
_MOST_ENTRIES = 5
_MOST_TITLES = 20
_REPEATS, _REPEATS_WITH_FIGURES, _SUPPORTS = 0.6, 0.4, 0.4
_LEAST_NEW, _LEAST_NEW_SHARE = 5, 0.4
_LEAST_VALUE = 0.3
_RANK_COSTS, _LIKENESS_COSTS = 0.1, 0.5
_ROOT = 6
_LEAST_SHARED = 3
_ASIAN = frozenset(("zh", "ja", "ko"))
_MAY_SPEAK_OF_THEMSELVES = frozenset(
    (Publisher.COMPANY, Publisher.GOVERNMENT, Publisher.EXCHANGE, Publisher.PRESS_WIRE)
)

_WORD = re.compile(rf"[{CJK}]+|\d+(?:[.,]\d+)*|[^\W\d_{CJK}]+")
_ENDS = re.compile(
    r"[.!?\u3002\uff01\uff1f\u061f\u0964][\"'\u201d\u2019\u00bb\u300d\u300f)\]\uff09]*$"
)
_CUT = re.compile(r"(?:\.\.\.|\u2026|\.\.)[\"'\u201d)\].]*$")
_PAIRS = ("()", "[]", "\u201c\u201d", "\u300c\u300d", "\uff08\uff09", "\u300a\u300b")
_ONLY_QUOTED = re.compile('(?:"[^"]*"|\u201c[^\u201d]*\u201d|\u300c[^\u300d]*\u300d)[.\u3002]?')
_FIGURE = re.compile(r"\d[\d.,]*(?<![.,])")
_SUM = re.compile(
    "[$\u20ac\u00a3\u20b9\u00a5]\\s?\\d"
    "|\\d\\s?(?:%|\uff05|per ?cent|million|billion|trillion|bn\\b|crore|tonnes|tons|mt\\b|kg"
    "|[\u4ebf\u4e07\u5428\u5428\uc5b5\ub9cc\ud1a4\u5104\u5186])",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[a-z,\u2019'] )[A-Z][\w&.-]+")
_WHEN = re.compile(
    r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\b20\d\d\b|\d\s?[\u6708\uc6d4]"
    r"|\b(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.? \d"
)
_LEANS = re.compile(
    r"[\"'\u201c]?(?:it|he|she|they|this|that|these|those|but|and|so|however|meanwhile|also|still"
    r"|yet|instead|such|there|here|then|another|both|for example|in addition|moreover|furthermore"
    r"|as a result|of that|of those|the (?:former|latter|move|result|report|study))\b"
    "|\u6b64\u5916|\u540c\u65f6|\u4f46|\u5176|\u4ed6|\u8fd9|\u800c|\u53e6\u5916|\u6b64\u4e3e"
    "|\uc774\ub294|\uadf8\ub7ec\ub098|\ud558\uc9c0\ub9cc|\ub610|\uc774\uc5b4|\u307e\u305f|\u3057\u304b\u3057|\u3053\u308c",
    re.IGNORECASE,
)
_OURS = re.compile(r"\b(?:[Ww]e|[Oo]ur|us|my|I|you|your)\b|\u6211\u4eec|\uc6b0\ub9ac\ub294")
_DEFINES = re.compile('\\((?:the |together |collectively )?["\u201c][^)]*\\)')
_SPOKEN = re.compile('["\u201c\u300c].+["\u201d\u300d]')
_BACKGROUND = re.compile(
    r"\b(?:is|are) (?:a|the) (?:leading|world['\u2019]s|largest|only|premier|global)\b"
    r"|\bare (?:used|essential|critical|key|vital|a group|17|seventeen)\b|\bis known (?:for|as)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Candidate:
    """A sentence, whose it is and where it stands, its words, and how telling it is by itself."""

    text: str
    outlet: str
    rank: int
    place: int
    words: frozenset[str]
    value: float = 0.0

    @property
    def figures(self) -> frozenset[str]:
        """The numbers in it."""
        return frozenset(word for word in self.words if word[0].isdigit())


def choose(
    entries: Sequence[Entry], repeated: frozenset[str] = frozenset()
) -> tuple[Highlight, ...]:
    """Up to three sentences of at most 240 characters, in reading order; none without text.

    The entries' own highlights come first, in the entries' order (the shown one stands first);
    then the most telling sentences of summary and text. None repeats a headline or another, and
    none is of a source whose text may not be quoted, in another language than the shown entry's,
    or in a line that is `repeated` from article to article (see `repeated_lines`).
    """
    spoken = [one for one in entries if one.language[:2] == entries[0].language[:2]]
    quotable = [entry for entry in spoken if entry.is_quotable][:_MOST_ENTRIES]
    if not quotable:
        return ()
    titles = [_words(cut_tail(one.title, one.outlet, one.host)) for one in spoken[:_MOST_TITLES]]
    own = _first_new(_published(quotable), titles)
    found = _extracted(quotable, titles[0], repeated) if len(own) < MOST else []
    new = [one for one in found if not any(_only_says(one.words, title) for title in titles)]
    chosen = _best(new, own, quotable)
    ordered = sorted(chosen, key=lambda one: (one.rank, one.place))
    return tuple(Highlight(one.text, one.outlet) for one in (*own, *ordered))


def repeated_lines(entries: Iterable[Entry]) -> frozenset[str]:
    """The lines that three or more different articles of one outlet share: no news of any."""
    where: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for entry in entries:
        for line in {*entry.summary.split("\n"), *entry.text.split("\n")}:
            if len(line) >= _SHORTEST_ASIAN:
                where[entry.outlet, line].add(entry.title)
    return frozenset(line for (_, line), titles in where.items() if len(titles) >= _LEAST_SHARED)


def adds_to(sentence: str, headline: str) -> bool:
    """Whether a sentence tells something that the headline does not."""
    return not _only_says(_words(sentence), _words(headline))


def _published(entries: Sequence[Entry]) -> Iterator[_Candidate]:
    for rank, entry in enumerate(entries):
        for place, text in enumerate(entry.highlights):
            plain = printed(text[: LONGEST * 4])
            is_fit = 0 < len(plain) <= LONGEST and not _CUT.search(plain)
            if is_fit and not is_boilerplate(plain):
                yield _Candidate(plain, entry.outlet, rank, place, _words(plain))


def _first_new(found: Iterator[_Candidate], titles: Sequence[frozenset[str]]) -> list[_Candidate]:
    """The first ones that repeat neither a title nor each other."""
    chosen: list[_Candidate] = []
    for one in found:
        known = [*titles, *(other.words for other in chosen)]
        if one.words and not any(_overlap(one.words, other) >= _REPEATS for other in known):
            chosen.append(one)
        if len(chosen) == MOST:
            break
    return chosen


def _extracted(
    entries: Sequence[Entry], theme: frozenset[str], repeated: frozenset[str]
) -> list[_Candidate]:
    found = []
    for rank, entry in enumerate(entries):
        most = _MOST_OF_ANOTHER if rank else _MOST_SENTENCES
        for place, sentence in enumerate(islice(_sentences(entry, repeated), most)):
            words = _words(sentence)
            value = _value(sentence, words, theme, place) - _RANK_COSTS * rank
            found.append(_Candidate(sentence, entry.outlet, rank, place, words, value))
    return [_supported(one, found) for one in found] if len(entries) > 1 else found


def _sentences(entry: Entry, repeated: frozenset[str]) -> Iterator[str]:
    """The fit sentences of summary and text, each once, without the place and agency before."""
    is_asian = entry.language[:2] in _ASIAN
    seen: set[str] = set()
    for text in dict.fromkeys((entry.summary, entry.text)):
        for place, sentence in enumerate(_whole(text, repeated)):
            plain = sentence if place else without_dateline(sentence)
            if plain not in seen and _is_fit(plain, is_asian=is_asian):
                seen.add(plain)
                yield plain


def _whole(text: str, repeated: frozenset[str]) -> list[str]:
    """The sentences of a text's beginning, without captions and repeated lines.

    Of a text that is longer the last one is cut, and left out.
    """
    lines = [line for line in text[:_READ_LENGTH].split("\n") if line not in repeated]
    found = list(split_sentences("\n".join(lines)))
    captions = [
        place
        for place, credit in enumerate(found[1:])
        if is_credit(credit) and any(f"{found[place]} {credit}" in line for line in lines)
    ]
    for place in reversed(captions):
        del found[place]
    return found if len(text) <= _READ_LENGTH else found[:-1]


def _is_fit(sentence: str, *, is_asian: bool) -> bool:
    """Whether a sentence is whole, and of the right size and language."""
    is_written_so = has_cjk(sentence)
    shortest = _SHORTEST_ASIAN if is_written_so else _SHORTEST
    return (
        shortest <= len(sentence) <= LONGEST
        and not (is_asian and not is_written_so)
        and _is_whole(sentence)
    )


def _tells_news(one: _Candidate, entries: Sequence[Entry]) -> bool:
    """Whether a sentence is no notice or advert; asked last, because it costs the most."""
    entry = entries[one.rank]
    outlet = "" if entry.publisher in _MAY_SPEAK_OF_THEMSELVES else entry.outlet
    return not is_boilerplate(one.text) and not praises_itself(one.text, outlet)


def _is_whole(sentence: str) -> bool:
    """Whether it begins and ends, with all its quotation marks, brackets and its speaker."""
    first = next((sign for sign in sentence if sign.isalnum()), "a")
    return (
        not first.islower()
        and _ENDS.search(sentence) is not None
        and not _CUT.search(sentence)
        and sentence.count('"') % 2 == 0
        and all(sentence.count(pair[0]) == sentence.count(pair[1]) for pair in _PAIRS)
        and not _ONLY_QUOTED.fullmatch(sentence)
    )


def _value(sentence: str, words: frozenset[str], theme: frozenset[str], place: int) -> float:
    """How telling a sentence is: early, on the theme, with figures, names and a date."""
    value = 0.8 / (1 + 0.2 * place)
    value += 0.3 * (len(words & theme) / len(theme) if theme else 0.0)
    value += 0.1 * min(2, len(_FIGURE.findall(sentence)))
    value += 0.2 * bool(_SUM.search(sentence)) + 0.1 * bool(_WHEN.search(sentence))
    value += 0.05 * min(3, len(_NAME.findall(sentence)))
    return value - _cost(sentence)


def _cost(sentence: str) -> float:
    """What makes a sentence worse alone: it leans on another, asks, praises or only introduces."""
    cost = 0.3 * bool(_LEANS.match(sentence)) + 0.2 * bool(_BACKGROUND.search(sentence))
    cost += 0.4 * bool(_DEFINES.search(sentence))
    cost += 0.5 * (sentence[-1] in "?\uff1f") + 0.3 * (sentence[-1] in "!\uff01")
    if _SPOKEN.search(sentence):
        return cost + 0.1
    return cost + 0.35 * bool(_OURS.search(sentence))


def _supported(one: _Candidate, found: Sequence[_Candidate]) -> _Candidate:
    """The sentence, worth more for each other outlet that says much the same."""
    others = {
        other.outlet
        for other in found
        if other.outlet != one.outlet and _overlap(one.words, other.words) >= _SUPPORTS
    }
    return replace(one, value=one.value + 0.15 * min(2, len(others))) if others else one


def _best(
    found: Sequence[_Candidate], told: Sequence[_Candidate], entries: Sequence[Entry]
) -> list[_Candidate]:
    """The most telling ones that are unlike those told already and each other."""
    chosen: list[_Candidate] = []
    left = [one for one in found if one.value >= _LEAST_VALUE]
    while left and len(told) + len(chosen) < MOST:
        known = (*told, *chosen)
        left = [one for one in left if not any(_repeats(one, other) for other in known)]
        if left:
            best = max(left, key=lambda one: _worth(one, known))
            left.remove(best)
            chosen += [best] if _tells_news(best, entries) else []
    return chosen


def _worth(one: _Candidate, known: Sequence[_Candidate]) -> tuple[float, int, int, str]:
    likeness = max((_overlap(one.words, other.words) for other in known), default=0.0)
    return (one.value - _LIKENESS_COSTS * likeness, -one.rank, -one.place, one.text)


def _repeats(one: _Candidate, other: _Candidate) -> bool:
    """Whether two sentences say the same: most words of the shorter, or many and a figure."""
    overlap = _overlap(one.words, other.words)
    if overlap >= _REPEATS:
        return True
    return overlap >= _REPEATS_WITH_FIGURES and not one.figures.isdisjoint(other.figures)


def _only_says(words: frozenset[str], title: frozenset[str]) -> bool:
    """Whether a sentence has hardly anything that is not in the title."""
    new = words - title
    return _overlap(words, title) >= _REPEATS and (
        len(new) < _LEAST_NEW or len(new) < _LEAST_NEW_SHARE * len(words)
    )


def _overlap(ours: frozenset[str], theirs: frozenset[str]) -> float:
    """The share of the shorter one's words that stand in the other."""
    small = min(len(ours), len(theirs))
    return len(ours & theirs) / small if small else 0.0


@lru_cache(maxsize=4_096)
def _words(text: str) -> frozenset[str]:
    """Roots of words without stop words, figures without commas, pairs of Asian characters."""
    found: set[str] = set()
    for word in _WORD.findall(flat(text[:1_000])):
        if word[0] > "\u3000":
            found.update(word[place : place + 2] for place in range(max(1, len(word) - 1)))
        elif word not in STOP_WORDS:
            found.add(word.replace(",", "") if word[0].isdigit() else word[:_ROOT])
    return frozenset(found)
