"""A text in sentences: abbreviations, initials, decimals, quotations and Asian marks considered.

Every sentence is a piece of the text as it is printed; time grows with the length of the text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsletter.core.tokens import CJK, printed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_CLOSERS = "\"'\u201d\u2019\u00bb)\\]\u300d\u300f\uff09\u300b"
_MARK = re.compile(
    rf"(?<![.!?\u2026])[.!?\u2026]++[{_CLOSERS}]*+(?=\s)|[\u3002\uff01\uff1f]++[{_CLOSERS}]*+"
    rf"|(?<=[{CJK}])[!?]++[{_CLOSERS}]*+"
)
_ASIAN_MARKS = frozenset("\u3002\uff01\uff1f!?")
_OPENERS = "\"'\u201c\u2018\u00ab([\u300c\u300e\uff08\u300a\u2022*- \u2013\u2014"
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_BULLET = re.compile(r"^(?:[\u2022\u00b7\u25aa\u25cf\u25a0\u25ba\u2023\u2013\u2014*-]\s+)+")
_QUOTATION_LENGTH = 400
_WRAPPED = 50
_SAYS = re.compile(
    r"\s(?:(?:[A-Z][\w.'\u2019-]*|of|the|an?|and|its|spokes\w+|minister|chief|analyst)\s){1,6}"
    r"(?:said|says|told|adds?|added|wrote|writes)\b"
)
_SAYS_ASIAN = re.compile(
    "[^\u3002\uff01\uff1f\u201c\u300c]{0,24}(?:说|表示|称|指出|透露|认为|述べ|語っ|話し)"
)


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_NEVER_LAST = _listed(
    "mr mrs ms mx dr prof st sts messrs hon rev capt sgt lt col maj gen adm sen rep reps gov pres "
    "supt insp vs approx est ca cf e.g i.e viz fig figs eq vol eds "
    "hr fr frau nr bzw d.h z.b u.a sog inkl zzgl mme mlle mm sr sra srta dra "
    "núm n.º p.ej pág ggf vgl"
)
"""What stands before a name or a number; in small letters, without the last full stop."""
_BEFORE_A_FIGURE = _listed(
    "no nos p pp ch art sec para ed jan feb mar apr jun jul aug sep sept oct nov dec rs fy tk"
)
_SELDOM_LAST = _listed(
    "bros cos pty pte sdn jr sr etc u.s u.k e.u u.n u.s.a d.c p.r.c "
    "u.a.e a.m p.m al dept univ assn intl natl govt ft mt mio mrd usw ee uu ee.uu s.a n.v b.v"
)
"""What may end a sentence; it does where a word follows that mostly begins one."""
_HOUSES = _listed("inc ltd co corp bhd llc plc")
"""After the end of a company's name a title may follow, "Inc. Chief Executive Ann Lee"."""
_STARTERS = _listed(
    "the a an it its he she they we i you this that these those there but and in on at for from "
    "by with as if when while after before since however meanwhile also although though under "
    "according both some most many all one two three such his her their our no not now last next "
    "what why how who analysts officials shares prices chinese beijing washington "
    "der die das ein eine es er sie wir in im am auf doch le la les un une il elle ce cette el los "
    "las una o os um uma em"
)
_MONTHS = _listed(
    "januar februar märz april mai juni juli august september oktober november dezember "
    "quartal halbjahr jahrhundert"
)
"""What follows an ordinal in German (DIN 5008: "am 9. Oktober")."""


def split_sentences(text: str) -> Iterator[str]:
    """The sentences of a text in order, each without line breaks and a bullet before it.

    A quotation stays whole, with who says it. A line that ends in the middle of a sentence goes on
    in the next one; any other line break ends a sentence.
    """
    for line in _whole_lines(text.splitlines()):
        yield from _split(_BULLET.sub("", line))


def _whole_lines(lines: Iterable[str]) -> Iterator[str]:
    """Lines as they are printed; one that was wrapped in the middle of a sentence is joined."""
    held: list[str] = []
    for raw in lines:
        line = printed(raw)
        if not line:
            continue
        if held and not (_is_wrapped(held[-1]) and line[0].islower()):
            yield " ".join(held)
            held = []
        held.append(line)
    if held:
        yield " ".join(held)


def _is_wrapped(line: str) -> bool:
    return len(line) >= _WRAPPED and (line[-1].isalnum() or line[-1] in ",;-")


def _split(line: str) -> Iterator[str]:
    start, seen, is_open = 0, 0, False
    for mark in _MARK.finditer(line):
        is_open = _is_open(line[seen : mark.end()], before=is_open)
        seen = mark.end()
        if is_open and _closes_soon(line, mark.end()):
            continue
        if _ends_there(line, start, mark):
            if sentence := line[start : mark.end()].strip():
                yield sentence
            start, is_open = mark.end(), False
    if rest := line[start:].strip():
        yield rest


def _is_open(piece: str, *, before: bool) -> bool:
    """Whether a quotation stands open after the piece."""
    last_open = max(piece.rfind(sign) for sign in "\u201c\u300c\u201e")
    last_close = max(piece.rfind(sign) for sign in "\u201d\u300d")
    if last_open >= 0 or last_close >= 0:
        return last_open > last_close
    return before != (piece.count('"') % 2 == 1)


def _closes_soon(line: str, place: int) -> bool:
    end = place + _QUOTATION_LENGTH
    return any(line.find(sign, place, end) >= 0 for sign in '"\u201d\u300d')


def _ends_there(line: str, start: int, mark: re.Match[str]) -> bool:
    signs = mark[0]
    is_quoted = signs[-1] in '"\u201d\u300d\u300f'
    follows_at_once = not line[mark.end() : mark.end() + 1].isspace()
    if signs[0] in _ASIAN_MARKS and (signs[0] > "\u3000" or follows_at_once):
        return not (is_quoted and _SAYS_ASIAN.match(line, mark.end()))
    if is_quoted and _SAYS.match(line, mark.end()):
        return False
    following = line[mark.end() : mark.end() + 40].lstrip().lstrip(_OPENERS)
    if not following or following[0].islower():
        return not following
    return signs != "." or _is_full_stop(
        line[max(start, mark.start() - 40) : mark.start()], following
    )


def _is_full_stop(before: str, following: str) -> bool:
    """Whether a full stop between these is more than an abbreviation's."""
    word = (before.split() or [""])[-1].lstrip(_OPENERS)
    plain = word.lower().rstrip(".")
    first = _FIRST_WORD.match(following)
    next_word = first[0].lower() if first else ""
    then = following[first.end() :].lstrip()[:1] if first else ""
    if word.isdigit():
        is_ordinal = len(word) <= len("31") and next_word in _MONTHS
        return before.strip() != word and not is_ordinal
    if plain in _NEVER_LAST or (plain in _BEFORE_A_FIGURE and following[0].isdigit()):
        return False
    is_initial = len(word) == 1 and word.isascii()
    if plain in _HOUSES:
        return next_word in _STARTERS or then.islower()
    if is_initial or plain in _SELDOM_LAST:
        return next_word in _STARTERS
    return True
