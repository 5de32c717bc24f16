"""Text as a reader should see it: repaired, plain, clean, without a site's furniture.

The front door of four small modules: `damage`, `markup` and `furniture` stand beside it, the
characters themselves are its own.
"""

from __future__ import annotations

import re
import unicodedata

from newsletter.core.damage import repair
from newsletter.core.furniture import without_furniture, without_outlet_suffix
from newsletter.core.markup import highlights_in, plain, split_highlights

__all__ = [
    "clean",
    "clean_line",
    "cut",
    "highlights_in",
    "plain",
    "repair",
    "split_highlights",
    "without_furniture",
    "without_outlet_suffix",
]

_LINE_ENDS = "\r\x0b\x0c\x85\u2028"
_CONTROLS = dict.fromkeys((*range(0x09), *range(0x0E, 0x20), 0x7F))
"""Those of ASCII, for `str.translate`, which is ten times as fast as a regular expression."""
_JOINED = "\u0600-\u06ff\u0900-\u0dff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff"
_NEEDLESS_JOINER = re.compile(f"[\u200c\u200d](?:(?<![{_JOINED}].)|(?![{_JOINED}]))")
_UNSEEN = (
    r"\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b"
    r"\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff"
    r"\ud800-\udfff\ue000-\uf8ff\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff"
)
_MARKS = r"\u0300-\u036f\u0483-\u0489\u20d0-\u20ff"
_INVISIBLE = re.compile(f"[{_UNSEEN}]")
_PILED_MARKS = re.compile(f"([{_MARKS}]{{3}})[{_MARKS}]+")
_COMBINING = (
    r"\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0730-\u074a"
    r"\u07eb-\u07f3\u0816-\u082d\u0859-\u085b\u0898-\u08ff\u093c\u094d\u0951-\u0954\u0eb8-\u0ecd\u0f18-\u0fc6"
    r"\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u2cef-\u2cf1\u2de0-\u2dff\u302a-\u302f\u3099\u309a"
    r"\ua66f-\ua67d\ua69e\ua69f\ua6f0\ua6f1\ufe20-\ufe2f"
)
_LONG_RUN = re.compile(f"([{_COMBINING}]{{30}})[{_COMBINING}]+")
"""More marks in a row than any script has (UAX 15, stream-safe text): sorting them is quadratic."""
_NEEDS_CARE = re.compile(f"[{_UNSEEN}{_MARKS}\u200c\u200d]")


def clean(text: str) -> str:
    """Without invisible, control and bidi characters; white space normalised; NFC.

    Keeps joiners where a script or an emoji needs them, at most three combining marks on a letter,
    line breaks, and paragraphs (an empty line apart).
    """
    text = text.replace("\r\n", "\n").replace("\u2029", "\n\n")
    for line_end in _LINE_ENDS:
        text = text.replace(line_end, "\n")
    text = text.translate(_CONTROLS) if text.isascii() else _clean_characters(text)
    text = "\n".join([" ".join(line.split()) for line in text.split("\n")])
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.strip()


def _clean_characters(text: str) -> str:
    text = _LONG_RUN.sub(r"\1", text)
    if not _NEEDS_CARE.search(text):
        return unicodedata.normalize("NFC", text)
    text = _NEEDLESS_JOINER.sub("", _INVISIBLE.sub("", text))
    return _PILED_MARKS.sub(r"\1", unicodedata.normalize("NFC", text))


def clean_line(text: str) -> str:
    """`clean`, on one line: for titles, names and points."""
    return " ".join(clean(text).split())


def cut(text: str, limit: int) -> str:
    """The text within `limit` characters: to the last sentence if it fills half, else to a word."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    sentence = max(head.rfind(mark) for mark in (". ", "! ", "? ", "。", "\n"))
    if sentence > limit // 2:
        return head[: sentence + 1].strip()
    return cut_at_word(text, limit)


def cut_at_word(text: str, limit: int) -> str:
    """The text within `limit` characters: to a word that fills half of them, with an ellipsis."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    word = head.rfind(" ")
    return (head[:word] if word > limit // 2 else head).rstrip(" ,;:-–—") + "…"
