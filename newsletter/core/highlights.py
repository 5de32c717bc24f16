"""Up to three sentences that tell a story, taken word for word from its entries."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from newsletter.core.headline import cut_tail
from newsletter.core.story import Highlight
from newsletter.core.tokens import features, flat, has_cjk, printed, stems

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from newsletter.core.entry import Entry

MOST = 3
LONGEST = 240
_SHORTEST, _SHORTEST_CJK = 40, 15
_READ_LENGTH = 2_400
_MOST_SENTENCES = 10
_MOST_ENTRIES = 4
_REPEATS = 0.6
_LONGEST_ABBREVIATION = 10

_ENDS = re.compile(
    r"(?<=[.!?])[\"'\u201d\u2019)\]]*\s+(?=[\"'\u201c\u2018(\[]?[A-Z0-9\u00c0-\u00de$€£₹])"
    r"|(?<=[\u3002\uff01\uff1f!?])[\u201d\u300d\u2019]?|\n+"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|Inc|Ltd|Co|Corp|vs|Gen|Sen|Rep|Gov|Lt|Col|approx|est|Jan|"
    r"Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|U\.S|U\.K|E\.U|a\.m|p\.m|i\.e|e\.g)|\b[A-Z])\.$"
)
_COMPLETE = re.compile(r"[.!?\u3002\uff01\uff1f][\"'\u201d\u2019\u300d)\]]*$")
_CUT = re.compile(r"(?:\.\.\.|\u2026|\[\u2026\]|\[\.\.\.\])[\"'\u201d)\]]*$")
_OPENS = re.compile(r"^[\"'\u201c\u2018(\[]?[A-Z0-9\u00c0-\u00de$€£₹¥\u3040-\u9fff\uac00-\ud7a3]")
_FURNITURE = (
    *("subscri", "sign up", "newsletter", "cookie", "privacy policy", "all rights reserved"),
    *("\u00a9", "copyright", "click here", "read more", "read the full", "continue reading"),
    *("read also", "also read", "see also", "advertisement", "sponsored", "share this"),
    *("follow us", "appeared first on", "the post ", "photo:", "image:", "photograph"),
    *("picture:", "getty images", "file photo", "reporting by", "editing by", "log in"),
    *("register", "terms of use", "contact us", "for more information", "press contact"),
    *("forward-looking statement", "media contact", "investor relations", "about the author"),
    *("about the company", "disclaimer", "whatsapp", "telegram channel", "download the app"),
    *("https://", "http://", "www.", "tags:", "tag:", "related articles", "related stories"),
    *("comments closed", "comments are closed", "listen to this", "watch:", "minute read"),
    *("责任编辑", "来源:", "来源\uff1a", "点击", "关注我们", "扫码", "版权", "원문보기", "무단"),
    *("기자 =", "구독", "저작권", "続きを読む", "無断転載"),
)
"""Pieces of page furniture, without capitals; a sentence with one of them is no highlight."""


def choose(entries: Sequence[Entry]) -> tuple[Highlight, ...]:
    """Up to three sentences of at most 240 characters, in reading order; none without a text.

    The entries' own highlights come first, in the entries' order (the shown one stands first);
    then the most telling sentences of summary and text. None repeats a headline or another, and
    none is of a source whose text may not be quoted.
    """
    entries = _of_one_language(entries)
    quotable = [entry for entry in entries if entry.is_quotable]
    known = [_words(cut_tail(entry.title, entry.outlet, entry.host)) for entry in entries[:20]]
    found: list[Highlight] = []
    for highlight in (*_published(quotable), *_extracted(quotable)):
        words = _words(highlight.text)
        if len(found) == MOST:
            break
        if words and not any(_repeats(words, other) for other in known):
            found.append(highlight)
            known.append(words)
    return tuple(found)


def _of_one_language(entries: Sequence[Entry]) -> list[Entry]:
    """The entries in the language of the shown one, so that a reader can read them all."""
    return [entry for entry in entries if entry.language[:2] == entries[0].language[:2]]


def _published(entries: Sequence[Entry]) -> Iterable[Highlight]:
    for entry in entries[:_MOST_ENTRIES]:
        for text in entry.highlights:
            plain = printed(text[: LONGEST * 4])
            if plain and len(plain) <= LONGEST and not _is_furniture(plain):
                yield Highlight(plain, entry.outlet)


def _extracted(entries: Sequence[Entry]) -> list[Highlight]:
    """Sentences by how telling they are: early, with numbers, of the shown entry first."""
    scored: list[tuple[float, int, int, Highlight]] = []
    for rank, entry in enumerate(entries[:_MOST_ENTRIES]):
        theme = _words(cut_tail(entry.title, entry.outlet, entry.host))
        for place, sentence in enumerate(_sentences(entry)):
            value = _value(sentence, theme, place) - 0.25 * rank
            scored.append((-value, rank, place, Highlight(sentence, entry.outlet)))
    best = sorted(scored, key=lambda item: item[:3])
    return [highlight for _, _, _, highlight in best]


def _value(sentence: str, theme: frozenset[str], place: int) -> float:
    words = _words(sentence)
    share = len(words & theme) / len(theme) if theme else 0.0
    number = 0.3 if re.search(r"\d", sentence) else 0.0
    return 1.0 / (1 + 0.25 * place) + 0.5 * share + number


def _sentences(entry: Entry) -> list[str]:
    """The full sentences of summary and text, furniture left out, each once."""
    fit = (
        sentence
        for raw in (entry.summary, entry.text)
        for sentence in split_sentences(raw[:_READ_LENGTH])
        if _is_fit(sentence)
    )
    return list(dict.fromkeys(islice(fit, _MOST_SENTENCES)))


def split_sentences(text: str) -> Iterator[str]:
    """A text in sentences; an abbreviation's full stop does not end one."""
    for line in text.splitlines():
        yield from _split_line(printed(line))


def _split_line(line: str) -> Iterator[str]:
    sentence = ""
    for piece in _pieces(line):
        if sentence and not _ABBREVIATION.search(sentence[-_LONGEST_ABBREVIATION:]):
            yield sentence
            sentence = piece
        else:
            sentence = f"{sentence} {piece}" if sentence else piece
    if sentence:
        yield sentence


def _pieces(line: str) -> Iterable[str]:
    start = 0
    for match in _ENDS.finditer(line):
        end = match.start() + len(match.group().rstrip())
        if piece := " ".join(line[start:end].split()):
            yield piece
        start = match.end()
    if piece := " ".join(line[start:].split()):
        yield piece


def _is_fit(sentence: str) -> bool:
    shortest = _SHORTEST_CJK if has_cjk(sentence) else _SHORTEST
    return (
        shortest <= len(sentence) <= LONGEST
        and bool(_COMPLETE.search(sentence))
        and not _CUT.search(sentence)
        and bool(_OPENS.search(sentence))
        and not _is_furniture(sentence)
    )


def _is_furniture(sentence: str) -> bool:
    plain = sentence.casefold()
    return any(piece in plain for piece in _FURNITURE)


@lru_cache(maxsize=4_096)
def _words(text: str) -> frozenset[str]:
    return frozenset(features(stems(flat(text[:1_000]))))


def _repeats(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether most of the shorter one's words stand in the other."""
    small = min(len(ours), len(theirs))
    return small > 0 and len(ours & theirs) / small >= _REPEATS
