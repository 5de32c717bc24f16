"""The words of the inbox list: an edition's subject, and the preheader beside it.

The subject tells the lead in 30 to 70 characters as readers see them: no clickbait, no capitals,
no exclamation, and no morning looks like one of the days before.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from newsletter.core.headline import clauses, cut_tail, headline
from newsletter.core.letter_case import calmed, is_shouted, spellings_of
from newsletter.core.plain_headline import is_bait, plain
from newsletter.core.tokens import features, flat, stems

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsletter.core.story import Story

LEAST, MOST = 30, 70
"""Characters of a subject."""

_PREHEADER_LEAST, _PREHEADER_MOST = 80, 110
_CLAUSE_MOST = 90
_SAME = 0.8
"""From this share of common words on, two subjects look the same in a list."""

_CLAUSE = re.compile(r"\s*(?:[:;,|]|\s[-\u2013\u2014])\s+")
_DANGLING = re.compile(
    r"(?:\s+(?:an?|the|and|or|but|as|at|by|for|from|in|into|of|on|over|to|with|rs|worth|[^\sA-Za-z]*\d\S*))+$",
    re.IGNORECASE,
)
_VOICE = re.compile(r"(?:\s*:|\s[-\u2013\u2014])\s+[^\s:]+(?:\s+[^\s:]+){0,4}$")
_QUOTED = re.compile("\u201c([^\u201d]+)\u201d")
_ELLIPSIS = "\u2026"
_UNSEEN = frozenset({"Mn", "Me", "Cf"})


def subject_of(
    lead: Story | None,
    following: Sequence[Story],
    opening: str = "",
    before: Sequence[str] = (),
) -> str:
    """The lead told in 30 to 70 characters, completed by the next story or cut at a clause or word.

    Where that looks like one of the subjects `before`, it is written from what is new in the lead,
    from another outlet's headline of it, or from the next story that was in none of them. The words
    of an `opening` count. Empty without a lead.
    """
    if lead is None:
        return ""
    candidates = _candidates(lead, following, MOST - length(opening), before)
    first = next(candidates)
    fresh = (one for one in (first, *candidates) if one and not is_repeated(one, before))
    return opening + (_new(lead, first, before) or next(fresh, first))


def _new(lead: Story, first: str, before: Sequence[str]) -> str:
    """What is new in a lead whose headline was in the list before; empty where that is not so."""
    if not lead.news or not is_repeated(first, before):
        return ""
    quoted = _QUOTED.search(lead.news)
    said = plain(quoted[1]) if quoted else f"New: {plain(lead.news)}"
    text = _fitted(said if length(said) >= LEAST else f"{said}; {wording_of(lead)}", LEAST, MOST)
    return "" if text in before else text


def _candidates(
    lead: Story, following: Sequence[Story], most: int, before: Sequence[str]
) -> Iterator[str]:
    for text in _wordings(lead):
        yield _completed(text, following, most)
    for place, story in enumerate(following if before else ()):
        yield _completed(wording_of(story), following[place + 1 :], most)


def _completed(text: str, following: Sequence[Story], most: int) -> str:
    """The text, with the next headlines where it is too short, in as many characters as may be."""
    for story in following:
        if length(text) >= LEAST:
            break
        text = "; ".join(filter(None, (text, told(story))))
    return _fitted(text, LEAST, most)


def is_repeated(subject: str, before: Sequence[str]) -> bool:
    """Whether a subject is, or nearly is, one of those before: the same words in any order."""
    ours = words_in(subject)
    return any(
        subject.casefold() == one.casefold() or _are_alike(ours, words_in(one)) for one in before
    )


def _are_alike(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    return bool(ours) and len(ours & theirs) >= _SAME * max(len(ours), len(theirs))


def words_in(text: str) -> frozenset[str]:
    """The stems that two headlines are compared by."""
    return frozenset(features(stems(flat(text))))


def wording_of(story: Story) -> str:
    """The story's headline as a subject may say it; another outlet's where its own teases."""
    return next(_wordings(story))


def _wordings(story: Story) -> Iterator[str]:
    """The headlines that tell the story plainly, the best first; at least its own."""
    own = _calmed(story, _raw(story))
    if not (is_bait(own) and _is_an_outlets(story)):
        yield own
    others = [_calmed(story, _cut_title(story, n)) for n in range(len(story.entries))]
    tongue = story.best.language
    plainly = [
        text
        for text, entry in zip(others, story.entries, strict=True)
        if text != own and entry.language == tongue and not is_bait(text) and length(text) >= LEAST
    ]
    yield from sorted(plainly, key=lambda text: length(text) > MOST)
    yield own


def _is_an_outlets(story: Story) -> bool:
    """Whether the headline is an outlet's: one that the editor wrote is told as it is."""
    return any(headline(e.title, e.outlet, e.host) == story.headline for e in story.entries)


def _raw(story: Story) -> str:
    """The headline as its outlet spelt it, where that was in capitals; else as it is shown."""
    for place, entry in enumerate(story.entries):
        title = _cut_title(story, place)
        if is_shouted(title) and headline(entry.title, entry.outlet, entry.host) == story.headline:
            return title
    return story.headline


def _cut_title(story: Story, place: int) -> str:
    entry = story.entries[place]
    return cut_tail(entry.title, entry.outlet, entry.host)


def _calmed(story: Story, text: str) -> str:
    told = plain(text)
    calm = calmed(told, {}, ())
    return told if calm == told else calmed(told, spellings_of(story), story.companies)


def preheader_of(stories: Sequence[Story], subject: str = "") -> str:
    """The next headlines, as many whole ones as 110 characters hold; one that is longer is cut.

    What the subject beside it tells is left out.
    """
    text = ""
    for story in stories:
        said = told(story)
        if not said or _is_told_in(said, subject):
            continue
        longer = f"{text}; {said}" if text else said
        if length(longer) > _PREHEADER_MOST:
            return text if length(text) >= _PREHEADER_LEAST else _cut(longer, _PREHEADER_MOST)
        text = longer
    return text


def _is_told_in(said: str, subject: str) -> bool:
    """Whether a part of the subject, which may be cut, says the same."""
    words = words_in(said)
    for part in (subject, *subject.split("; ")):
        theirs = words_in(part)
        if theirs and len(words & theirs) >= _SAME * min(len(words), len(theirs)):
            return True
    return False


def told(story: Story) -> str:
    """A headline as part of a sentence: its first clause if that says enough, and who says so."""
    text = wording_of(story)
    head, voice = _voice(text)
    first = next(iter(clauses(head)), head)
    short = f"{first}{voice}" if length(first) >= LEAST else text
    return _fitted(short, LEAST, _CLAUSE_MOST)


def length(text: str) -> int:
    """How many characters a reader sees: accents set apart and invisible signs count nothing."""
    if text.isascii():
        return len(text)
    return sum(unicodedata.category(character) not in _UNSEEN for character in text)


def _first(text: str, most: int) -> str:
    """As much of the text as has so many characters for a reader."""
    short = text[:most]
    while length(short) < most and len(short) < len(text):
        short = text[: len(short) + most - length(short)]
    return short


def _fitted(text: str, least: int, most: int) -> str:
    """The text up to a number of characters: whole, or to the end of a clause, or of a word.

    Who says so, after the last colon, is never cut off.
    """
    if length(text) <= most:
        return text
    if _voice(text)[1]:
        return _cut(text, most)
    ends = [text[: match.start()] for match in _CLAUSE.finditer(text)]
    fit = [end for end in ends if least <= length(end) <= most]
    return fit[-1] if fit else _cut(text, most)


def _voice(text: str) -> tuple[str, str]:
    """A headline in two: what is said, and the few words after the last colon or dash.

    They mostly say who says so ("curbs considered: newspapers").
    """
    found = _VOICE.search(text)
    return (text[: found.start()], text[found.start() :]) if found else (text, "")


def _cut(text: str, most: int) -> str:
    """The text cut at a word; who says so is kept where there is room."""
    head, voice = _voice(text)
    if length(voice) > most // 2:
        head, voice = text, ""
    short = _first(head, most - length(voice) - 1)
    space = short.rfind(" ")
    whole = short[:space] if space > len(short) // 2 else short
    ended = _DANGLING.sub("", whole).rstrip(" ,;:-")
    if length(ended) < min(LEAST, length(short) // 2):
        ended = short.rstrip()
    return ended + _ELLIPSIS + voice
