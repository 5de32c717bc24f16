"""A headline without what only wants to be clicked: labels, teasing clauses, emoji, shouting."""

from __future__ import annotations

import re

from newsletter.core.headline import explains
from newsletter.core.tokens import printed

_LABELS = (
    r"breaking(?: news)?|exclusive|just in|watch(?: live| now)?|live(?: updates?| blog)?|videos?|"
    r"photos?|alert|urgent|must[- ]read|updated?(?: \d{1,2})?|flash|developing"
)
_LABEL = re.compile(
    rf"^(?:[\[(](?:{_LABELS})[\])]\s*[|:\u2013-]?|"
    rf"(?:{_LABELS})(?:\s*[|:\u2013\u2014]|\s+-\s|\s*!+)|(?:exclusive|breaking)-)\s*",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"(\s*[:;]\s+|\s+[|\u2013\u2014-]\s+|\u2014|[.?]\s+|,?\s+(?:and|but)\s+(?=here(?:['\u2019]?s|\s+is)\b)"
    r"|,\s+(?=here(?:['\u2019]?s|\s+is)\b))"
)
_TEASES = re.compile(
    r"""
    \byou\ (?:won't|wont|will\ not|will\ never|can't)\ believe\b
    | \b(?:this\ is|that's)\ (?:why|what|how|where|who|when|the\ reason)\b
    | \bhere(?:'s|s|\ is|\ are)\ (?:why|what|how|where|who|when|the|all|everything)\b
    | ^here(?:'s|\ is|\ are)\b
    | \b(?:all|everything|what)\ (?:you|we|investors?|readers)\ (?:need|should|have)\ to\ know\b
    | ^what\ (?:you\ should|to)\ know\b
    | ^(?:the\ )?(?:top\ )?\d{1,2}\ (?:\w+\ )?(?:things|reasons|ways|facts|tips|charts)\b
    | ^(?:the\ )?(?:top\ )?\d{1,2}\ (?:\w+\ )?(?:takeaways|secrets|signs|questions)\b
    | \bwill\ (?:shock|surprise|amaze|astonish|blow)\b
    | \bwhat\ happen(?:ed|s)\ next\b
    | \b(?:don't|do\ not)\ miss\b
    | ^find\ out\b
    | \bthe\ (?:one|real|shocking|surprising|hidden)\ (?:reason|truth|secret)\b
    | \b(?:shocking|jaw-dropping|mind-blowing|unbelievable|must-see)\b
    | \bclick\ here\b
    | \bexplained$
    """,
    re.IGNORECASE | re.VERBOSE,
)
_EMOJI = re.compile(
    "[\u20e3\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff]+"
)
_SHOUTS = re.compile("[!\u00a1\uff01\u203c\u2049]+")
_ASKED = re.compile(r"\?{2,}")
_LEAST_WORDS = 3
_ENDS = " .,;:-\u2013\u2014|"


def plain(text: str) -> str:
    """The headline on one line, calmly: no label, emoji or exclamation, no clause that teases.

    Where nothing else is said, the teasing words stay; see `is_bait`.
    """
    bare = _ASKED.sub("?", _EMOJI.sub(" ", printed(text)))
    while (shorter := _LABEL.sub("", bare.strip())) not in ("", bare):
        bare = shorter
    calm = " ".join(_SHOUTS.sub("", bare).split()).strip(" ,;:|")
    return _without_teasing(calm).rstrip(_ENDS)


def is_bait(text: str) -> bool:
    """Whether a plain headline teases, asks or explains instead of telling what happened."""
    return bool(_teases(text)) or explains(text)


def _teases(clause: str) -> bool:
    return _TEASES.search(clause.replace("\u2019", "'").strip()) is not None


def _without_teasing(text: str) -> str:
    parts = _CLAUSE.split(text)
    clauses = list(zip(parts[::2], (*parts[1::2], ""), strict=True))
    kept = [(clause, after) for clause, after in clauses if not _teases(clause)]
    if len(kept) == len(clauses):
        return text
    told = "".join(clause + after for clause, after in kept[:-1])
    if kept:
        last, after = kept[-1]
        told += last + ("?" if after.startswith("?") else "")
    return told if len(told.split()) >= _LEAST_WORDS else text
