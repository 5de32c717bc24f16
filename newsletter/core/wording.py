"""Whether a model's words are borne out: every name, number and quotation stands in a source.

It finds what was invented or taken from elsewhere, whatever the texts told the model to write. It
cannot see a wrong relation between right names and numbers.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.core.boilerplate import is_boilerplate
from newsletter.core.figures import untold
from newsletter.core.highlights import LONGEST, MOST
from newsletter.core.story import Highlight
from newsletter.core.tokens import STOP_WORDS, flat, has_cjk, printed, stems

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsletter.core.entry import Entry
    from newsletter.core.gazetteer import Gazetteer
    from newsletter.core.story import Story

SOURCE_LENGTH = 6_000
"""Characters of one source that are looked at, by the model and by the check."""
MOST_SOURCES = 6
_KINDS = ("company:", "place:", "country:", "agency:", "element:", "mineral:", "law:", "region:")
_WORD = re.compile(r"[^\W_]+(?:[.,]\d+|['\u2019.&-][^\W_]+)*")
_QUOTED = re.compile(
    '"([^"]{3,})"|\u201c([^\u201d]{3,})\u201d|\u300c([^\u300d]{2,})\u300d|\u300a([^\u300b]{2,})\u300b'
)
_ASIAN_NAME = re.compile(
    "[\u4e00-\u9fff]{2}(?=公司|集团|股份|省|市|县|州|部|局|矿|大学|研究|社|先生|女士)|[가-힣]{2,6}(?=그룹|전자|전선|그룹|산업부|장관|대표|회장|사장)"
)
_ASIAN_RUN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+")
_UNFIT = re.compile(r"https?:|www\.|[<>{}\[\]|`\u202a-\u202e\u2066-\u2069]|\*\*")
_NAMES_OF_MONTHS = (
    "january february march april may june july august september october november december"
)
_MONTHS = {name: str(number) for number, name in enumerate(_NAMES_OF_MONTHS.split(), start=1)}
_COMMON_OPENERS = (
    "according additional after all although among analysts another any as at because before both "
    "buyers by companies company customers demand despite during each exporters exports few five "
    "following four further government imports in industry investors its last later less many "
    "makers meanwhile miners more most much nearly new next no none now officials on once one only "
    "other output over plans prices producers production sales several shares shipments since six "
    "some sources such supply talks ten three traders two under until week when while with work "
    "year"
)
_OPENERS = frozenset(_COMMON_OPENERS.split()) | STOP_WORDS
"""Words that begin a sentence without naming anybody."""
_SENTENCE_END = re.compile(
    r"(\w*)[.!?:;\u2026][\"'\u201d\u2019)]*\s+[\"'\u201c\u2018(]*$|[\"\u201c(]$"
)
_SHORT_WORDS = (
    "co corp dr gen gov inc lt ltd mr mrs ms mt no nos plc prof rep rs sen st s u vs sept"
)
_SHORT_MONTH = 3
_SHORTENED = frozenset(_SHORT_WORDS.split()).union(name[:_SHORT_MONTH] for name in _MONTHS)
"""Words whose full stop ends no sentence."""
_LONGEST_NAME = 6
"""Words of a name, in the way that the gazetteer finds it."""


@dataclass(frozen=True)
class _Known:
    """What the sources hold, in the ways it is looked for.

    `roots` are the stems of all words, `capitals` those of words with a capital letter; the names
    of the things named are in both. `labels` are those things, and `small` the things that
    words in small letters would name if they had capitals.
    """

    texts: tuple[str, ...]
    flat: str
    roots: frozenset[str]
    capitals: frozenset[str]
    labels: frozenset[str]
    small: frozenset[str]


def sources_of(story: Story) -> tuple[Entry, ...]:
    """The entries whose text may be used to write about a story, the shown one first."""
    return tuple(entry for entry in story.entries if entry.is_quotable)[:MOST_SOURCES]


def source_text(entry: Entry) -> str:
    """All that an entry says, without markup."""
    parts = (entry.title, entry.summary, *entry.highlights, entry.text)
    return "\n".join(part for part in parts if part)[:SOURCE_LENGTH]


def worded(
    sentences: Sequence[str], entries: Sequence[Entry], gazetteer: Gazetteer
) -> tuple[tuple[Highlight, ...], str]:
    """A model's sentences as highlights, or none and why they cannot be used.

    Each names the first outlet whose text bears it out alone; else the first of all.
    """
    if not sentences or not entries:
        return (), "the model wrote nothing new"
    texts = [source_text(entry) for entry in entries]
    everything = _known(texts, gazetteer)
    each = [_known([text], gazetteer) for text in texts]
    found: list[Highlight] = []
    for sentence in sentences[:MOST]:
        plain = printed(sentence[: LONGEST * 4])
        fault = _misfit(plain, found) or _invented(plain, everything, gazetteer)
        if fault:
            return (), fault
        alone = (n for n, known in enumerate(each) if not _invented(plain, known, gazetteer))
        found.append(Highlight(plain, entries[next(alone, 0)].outlet, is_written=True))
    return tuple(found), ""


def _misfit(sentence: str, before: Sequence[Highlight]) -> str:
    """Why a sentence is none to print, whatever it says; empty where it is."""
    if not sentence or len(sentence) > LONGEST:
        return f"a sentence has {len(sentence)} characters, of at most {LONGEST}"
    if _UNFIT.search(sentence) or is_boilerplate(sentence):
        return "a sentence has links, markup or a notice in it"
    if sentence.lstrip("\"'\u201c\u2018(")[:1].islower():
        return "a sentence begins with a small letter"
    if any(flat(one.text) == flat(sentence) for one in before):
        return "a sentence stands there twice"
    return ""


def _known(texts: Sequence[str], gazetteer: Gazetteer) -> _Known:
    whole = "\n".join(texts)
    labels = gazetteer.find(whole)
    named = " ".join(label.partition(":")[2] for label in labels if label.startswith(_KINDS))
    flattened, names = _even(whole), stems(flat(named))
    return _Known(
        texts=tuple(texts),
        flat=flattened,
        roots=frozenset((*stems(flattened), *names)),
        capitals=frozenset(stems(flat(" ".join(_capitalised(whole))))).union(names),
        labels=labels,
        small=_small_names(whole, gazetteer),
    )


def _capitalised(text: str) -> list[str]:
    """The words with a capital letter; of one with hyphens, its parts."""
    return [part for word in _WORD.findall(text) for part in word.split("-") if _is_name(part)]


def _small_names(text: str, gazetteer: Gazetteer) -> frozenset[str]:
    """What the words in small letters would name with capitals: a company in "bought by ford"."""
    return _named(_WORD.sub(lambda word: _raised(word[0]), text), gazetteer)


def _raised(word: str) -> str:
    """A word in small letters with a capital; a mark that names nothing for any other."""
    return word.capitalize() if word.islower() else "|"


def _named(text: str, gazetteer: Gazetteer) -> frozenset[str]:
    return frozenset(label for label in gazetteer.find(text) if label.startswith(_KINDS))


def _even(text: str) -> str:
    return " ".join(flat(text).translate(_QUOTES).split())


_QUOTES = str.maketrans({"\u201c": '"', "\u201d": '"', "\u2013": " ", "\u2014": " "})


def _invented(sentence: str, known: _Known, gazetteer: Gazetteer) -> str:
    """The first number, quotation or name that the sources do not have, in words; else empty."""
    for number in untold(sentence, known.texts):
        return f"the number \u201c{number}\u201d is in no source"
    for quoted in _QUOTED.findall(sentence):
        words = "".join(quoted)
        if _even(words).strip(" ,.") not in known.flat:
            return f"the quotation \u201c{words[:60]}\u201d is in no source"
    for name in _unknown_names(sentence, known, gazetteer):
        return f"the name \u201c{name[:60]}\u201d is in no source"
    return ""


def _unknown_names(sentence: str, known: _Known, gazetteer: Gazetteer) -> Iterator[str]:
    """Things of the field in any letters, words with capitals, and Asian names."""
    yield from _unknown_asian(sentence, known)
    yield from (label.partition(":")[2] for label in _unknown_things(sentence, known, gazetteer))
    for match in _WORD.finditer(sentence):
        opens = _opens(sentence[: match.start()])
        if _is_name(match[0]) and not _is_known(match[0], known, gazetteer, opens=opens):
            yield match[0]


def _unknown_things(sentence: str, known: _Known, gazetteer: Gazetteer) -> list[str]:
    """The things of the field that the sources neither name nor have the words of."""
    named = _named(sentence, gazetteer) - known.labels
    if has_cjk(sentence):
        return sorted(named)
    small = _small_names(sentence, gazetteer) - named - known.labels - known.small
    words = _WORD.findall(sentence)
    raised = [_raised(word) for word in words]
    naming = [_naming(label, words, gazetteer) for label in named]
    naming += [_naming(label, raised, gazetteer) for label in small]
    return [
        label
        for label, places in sorted(zip((*named, *small), naming, strict=True))
        if not places or not all(_has(words[place], known) for place in places)
    ]


def _naming(label: str, words: Sequence[str], gazetteer: Gazetteer) -> list[int]:
    """The places of the words that name a thing: of the shortest runs in which it is found."""
    for length in range(1, _LONGEST_NAME + 1):
        runs = [range(start, start + length) for start in range(len(words) - length + 1)]
        found = [run for run in runs if label in gazetteer.find(" ".join(words[n] for n in run))]
        if found:
            return [place for run in found for place in run]
    return []


def _has(word: str, known: _Known) -> bool:
    """Whether the sources have the word; where it has a capital letter, with one."""
    items = stems(flat(word))
    return (known.capitals if _is_name(word) else known.roots).issuperset(items)


def _opens(before: str) -> bool:
    """Whether a word begins a sentence or a quotation, by what stands before it."""
    if not before.strip(" \"'\u201c\u2018("):
        return True
    end = _SENTENCE_END.search(before[-80:])
    return end is not None and (end[1] or "").casefold() not in _SHORTENED


def _unknown_asian(sentence: str, known: _Known) -> Iterator[str]:
    """In a Latin sentence every Asian run is a name; in an Asian one, what a title follows."""
    runs = _ASIAN_RUN.findall(sentence)
    is_asian = 2 * sum(map(len, runs)) > len(sentence)
    found = _ASIAN_NAME.findall(sentence) if is_asian else runs
    yield from (name for name in found if unicodedata.normalize("NFKC", name) not in known.flat)


def _is_name(word: str) -> bool:
    """Whether a word has a capital letter, anywhere."""
    return any(sign.isupper() for sign in word)


def _is_known(word: str, known: _Known, gazetteer: Gazetteer, *, opens: bool) -> bool:
    """Whether the sources have the word with a capital, or name the same thing in another way.

    A word that begins a sentence may stand there in small letters, but for one that the field
    knows by its capitals: a ford is not Ford.
    """
    is_plain = opens and not _is_name(word[1:]) and word not in gazetteer.lexicon.others.exact
    if is_plain and word.casefold() in _OPENERS:
        return True
    items = stems(flat(word if is_plain else " ".join(_capitalised(word))))
    if items and known.roots.issuperset(items) if is_plain else known.capitals.issuperset(items):
        return True
    bare = flat(word)
    if bare in _MONTHS:
        return _has_month(bare, known)
    named = _named(word, gazetteer)
    return bool(named) and named <= known.labels


def _has_month(name: str, known: _Known) -> bool:
    """Whether a month stands in the sources in another way: "Nov", "11月", "2026-11-24"."""
    if any(len(one) >= _SHORT_MONTH and name.startswith(one) for one in known.capitals):
        return True
    pattern = rf"(?<!\d)0?{_MONTHS[name]}\s?[月월]|\d{{4}}[ /.-]0?{_MONTHS[name]}\b"
    return re.search(pattern, known.flat) is not None
