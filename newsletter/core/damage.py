"""Undoing text that was read in the wrong charset."""

# ruff: noqa: RUF001, RUF002 - damaged characters are the subject

from __future__ import annotations

import re
import unicodedata


def _windows_874_bytes() -> dict[str, int]:
    """Character -> the byte it was; what windows-874 lacks went through windows-1252 or C1."""
    table: dict[str, int] = {}
    for byte in range(0x80, 0x100):
        for charset in ("cp874", "cp1252", "latin-1"):
            character = bytes((byte,)).decode(charset, "ignore")
            if character and (charset == "cp874" or byte < 0xA0):  # noqa: PLR2004 - C1 ends here
                table.setdefault(character, byte)
    return table


_BYTE_OF = _windows_874_bytes()


def _class(first: int, last: int) -> str:
    """A regular expression's class: the characters that stand for the bytes first..last."""
    members = (re.escape(char) for char, byte in _BYTE_OF.items() if first <= byte <= last)
    return "[" + "".join(members) + "]"


_TAIL = _class(0x80, 0xBF)
_FOREIGN = _class(0x80, 0xA0)
_THAI = "[\u0e00-\u0e7f]"
_LOST_QUOTE = re.compile(rf"โ€(?:\ufffd|(?!{_TAIL}))")
_IMPOSSIBLE_THAI = re.compile(rf"[เแโใไ]{_class(0x80, 0x9F)}{_TAIL}")
_TWO, _THREE, _FOUR = _class(0xC2, 0xDF), _class(0xE0, 0xEF), _class(0xF0, 0xF4)
_SEQUENCE = rf"(?:{_TWO}{_TAIL}|{_THREE}{_TAIL}{{2}}|{_FOUR}{_TAIL}{{3}})"
_DAMAGED_RUN = re.compile(
    rf"{_class(0xC2, 0xF4)}(?<!{_THAI}.)"
    rf"(?:(?<={_TWO}){_TAIL}|(?<={_THREE}){_TAIL}{{2}}|(?<={_FOUR}){_TAIL}{{3}})"
    rf"{_SEQUENCE}*(?!{_THAI})",
    re.DOTALL,
)
"""Begins with a class of characters, which is what makes a search for it fast."""
_LONE_SPACE = re.compile(rf"ย(?<!{_THAI}.)(?:\xa0| |(?=\s|$))(?!{_THAI})", re.DOTALL)
_ANY_THAI = re.compile(_THAI)
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_LEADS = "\u00c2-\u00f4ĂăĹĀāĆćβΒ"
_DRAWN = "√ÿ├┬╪┘╬╧╕╣Γ"
_MADE_OF = re.compile(f"[\u0080-\u009f\u00ac{_LEADS}{_DRAWN}\u0410-\u0444‚\u0e00-\u0e7f]")
"""In all damage that is known here one of these stands, and in most texts none."""
_SUSPECT = re.compile(
    rf"[\u0080-\u009fÃ{_DRAWN}]"
    rf"|[{_LEADS}][\u00a0-\u00bf\u0152-\u0192\u02c6-\u02dd\u0384-\u0388\u2013-\u203a€™]"
    r"|[РС][\u00a0-\u00b7\u00b9\u00ba\u0401-\u040f\u0450\u0452-\u045f\u0490\u0491\u2013-\u203a€™№]"
    r"|[Вв][\u00a0-\u00bb\u0402\u0452\u201a-\u203a€]"
    r"|[\u0430-\u0444][\u0402\u0403\u0409-\u040f\u0452\u0453\u0459-\u045f†‡‰]"
    r"|‚Ä|¬†"
)
"""Pairs that damage by a charset of Europe puts together, and writers hardly ever."""
_LEFT = re.compile(rf"โ€|â€|(?<!{_THAI})ย[\u00a0บ](?!{_THAI})|Ã[\u00a0-\u00bf]|\ufffd")
"""UTF-8 read as windows-874 or windows-1252, and the replacement character."""
_ENOUGH = 4
_ROUNDS = 8


def damage_in(text: str) -> str:
    """The first characters of a text that no writer put there, beyond repair or not; else ""."""
    found = None if text.isascii() else _LEFT.search(text)
    return found[0] if found else ""


def repair(text: str) -> str:
    """Undo text read in the wrong charset: `Chinaโ€™s` and `Chinaâ€™s` become `China’s`.

    UTF-8 read as windows-874 is reversed strictly: only what decodes as UTF-8 and cannot be
    Thai is touched. A lost byte after `โ€` is taken for the closing quotation mark, the only
    common one whose last byte (9D) neither charset has. Everything else is left to ftfy, asked only
    when its own measure finds the text bad. Repairing twice changes nothing more.
    """
    if text.isascii() or not _MADE_OF.search(text):
        return text
    for _ in range(_ROUNDS):
        better = _repaired_latin(_repaired_thai(text))
        if better == text:
            break
        text = better
    return text


def _repaired_thai(text: str) -> str:
    """Windows-874 undone, as far as what is there cannot be Thai.

    Thai that no damage explains means that the text is Thai: then no guessing. Where damage
    explains all of it, and some of it beyond doubt, the rest is damage too.
    """
    if not _ANY_THAI.search(text):
        return text
    certain = _IMPOSSIBLE_THAI.sub(_reversed, _LOST_QUOTE.sub("โ€\x9d", text))
    if not _ANY_THAI.search(certain):
        return certain
    if _ANY_THAI.search(_LONE_SPACE.sub("", _DAMAGED_RUN.sub("", certain))):
        return certain
    likely = _LONE_SPACE.sub("\xa0", _DAMAGED_RUN.sub(_reversed_run, certain))
    whole = _LONE_SPACE.sub("\xa0", _DAMAGED_RUN.sub(_reversed, certain))
    return whole if likely != text or _is_one_script(certain) else likely


def _is_one_script(text: str) -> bool:
    """True when the damaged runs are, all of them, letters of scripts beyond Latin, and enough."""
    letters = "".join(_reversed(match) for match in _DAMAGED_RUN.finditer(text))
    return len(letters) >= _ENOUGH and min(letters) >= "\u0370"


def _reversed(match: re.Match[str]) -> str:
    try:
        return bytes(_BYTE_OF[char] for char in match[0]).decode()
    except UnicodeDecodeError:
        return match[0]


def _reversed_run(match: re.Match[str]) -> str:
    """The run as UTF-8, if it holds characters foreign to Thai or stands in a Latin word."""
    result = _reversed(match)
    if any(unicodedata.category(char) == "Cc" for char in result):
        return match[0]
    is_foreign = re.search(_FOREIGN, match[0]) is not None
    return result if is_foreign or _touches_latin(match) else match[0]


def _touches_latin(match: re.Match[str]) -> bool:
    text, start, end = match.string, match.start(), match.end()
    return bool(_LATIN.match(text[start - 1 : start]) or _LATIN.match(text[end : end + 1]))


def _repaired_latin(text: str) -> str:
    if not _SUSPECT.search(text):
        return text
    from ftfy import TextFixerConfig, fix_encoding
    from ftfy.badness import is_bad

    if not is_bad(text):
        return text
    return fix_encoding(text, TextFixerConfig(uncurl_quotes=False, explain=False))
