"""What a file of text is made of: its encoding and its delimiter, proven by its bytes.

UTF-16 is known by its mark. A file that is not UTF-8 is one of three others only where its
characters are plausible in exactly one of them; a guess would spoil names for ever.
"""

from __future__ import annotations

import codecs
import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from subscribers.errors import ImportFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import BinaryIO

DELIMITERS = ",;\t|"
MOST_LINE = 1_000_000  # bytes or characters; a longer line is no line of a table
_MOST_SAMPLES = 2000
_CHUNK = 1 << 16
_FEWEST_PLAUSIBLE = 0.8
_WESTERN = frozenset(
    bytes([0x80, 0x85, 0x8A, 0x8C, 0x8E, *range(0x91, 0x98), 0x9A, 0x9C, 0x9E, 0x9F]).decode(
        "cp1252"
    )
    + bytes([0xA0, 0xA9, 0xAA, 0xAB, 0xAE, 0xB0, 0xBA, 0xBB, *range(0xC0, 0x100)]).decode("cp1252")
)


@dataclass
class _Lines:
    """The lines of a file that are not plain ASCII, and how many of them are UTF-8."""

    number: int = 0
    good: int = 0
    bad: int = 0
    samples: list[bytes] = field(default_factory=list)

    def take(self, line: bytes) -> None:
        self.number += 1
        if line.isascii():
            return
        if _decoded(line, "utf-8") is None:
            self.bad += 1
        else:
            self.good += 1
        if len(self.samples) < _MOST_SAMPLES:
            self.samples.append(line)


def encoding_of(opened: Callable[[], BinaryIO], given: str = "") -> tuple[str, int]:
    """The encoding, and about how many lines there are.

    Raises:
        ImportFileError: the bytes fit none, or more than one, of the encodings we know.
    """
    lines = _Lines()
    with opened() as file:
        first = file.readline(MOST_LINE)
        mark = _marked(first)
        while first:
            lines.take(first)
            first = file.readline(MOST_LINE)
    if given:
        return _known(given), lines.number
    if mark:
        return mark, lines.number
    return _encoding(lines, opened), lines.number


def _marked(head: bytes) -> str:
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    return "utf-16" if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ""


def _known(name: str) -> str:
    try:
        is_text = codecs.lookup(name)._is_text_encoding  # noqa: SLF001 - no public way to ask
    except LookupError:
        is_text = False
    if not is_text:
        raise ImportFileError(f"there is no encoding {name!r}; try utf-8, cp1252 or gb18030")
    return name


def _encoding(lines: _Lines, opened: Callable[[], BinaryIO]) -> str:
    if not lines.bad:
        return "utf-8"
    found = [] if lines.good >= lines.bad else _plausible(b"".join(lines.samples))
    if len(found) == 1:
        return found[0]
    line, byte = first_undecodable(opened, "utf-8")
    raise ImportFileError(
        f"line {line}, byte {byte} is not UTF-8, and the file as a whole is not plainly in another"
        " encoding either; save it as UTF-8, or name its encoding with --encoding"
    )


def _plausible(sample: bytes) -> list[str]:
    tests = {"cp1252": _is_western, "gb18030": _is_chinese, "cp932": _is_japanese}
    return [
        encoding
        for encoding, fits in tests.items()
        if (text := _decoded(sample, encoding)) is not None and fits(text)
    ]


def _decoded(line: bytes, encoding: str) -> str | None:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is_western(text: str) -> bool:
    """Letters with accents stand alone between plain ones; two bytes of a character do not."""
    alone = [
        before.isascii() and after.isascii() and one in _WESTERN
        for before, one, after in zip(" " + text, text, text[1:] + " ", strict=False)
        if not one.isascii()
    ]
    return _share(alone) >= _FEWEST_PLAUSIBLE


def _is_chinese(text: str) -> bool:
    """Nearly all characters are among the 6,763 of GB 2312."""
    return _share([_fits(one, "gb2312") for one in text if not one.isascii()]) >= _FEWEST_PLAUSIBLE


def _is_japanese(text: str) -> bool:
    """Nearly all are kana, punctuation or kanji of the first level (JIS X 0208, to row 47)."""
    lead = [one.encode("cp932", "replace") for one in text if not one.isascii()]
    usual = [len(code) == 2 and 0x81 <= code[0] <= 0x98 for code in lead]  # noqa: PLR2004
    return _share(usual) >= _FEWEST_PLAUSIBLE


def _fits(character: str, encoding: str) -> bool:
    try:
        return bool(character.encode(encoding))
    except UnicodeEncodeError:
        return False


def _share(claims: Sequence[bool]) -> float:
    return sum(claims) / len(claims) if claims else 0.0


def first_undecodable(opened: Callable[[], BinaryIO], encoding: str) -> tuple[int, int]:
    """The line, and the byte of the file (both from 1), where it stops being this encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, read = 1, 0
    with opened() as file:
        while True:
            chunk = file.read(_CHUNK)
            read += len(chunk)
            try:
                line += decoder.decode(chunk, final=not chunk).count("\n")
            except UnicodeDecodeError as error:
                good = error.object[: error.start].decode(encoding, "ignore")
                return line + good.count("\n"), read - len(error.object) + error.start + 1
            if not chunk:
                return line, read


def delimiter_of(lines: Sequence[str]) -> str:
    """What separates the columns: the mark that gives the first line the most of them."""
    return max(DELIMITERS, key=lambda mark: _columns(lines, mark))


def _columns(lines: Sequence[str], mark: str) -> int:
    try:
        return len(next(csv.reader(lines, delimiter=mark), ()))
    except csv.Error:
        return 0
