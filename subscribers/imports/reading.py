"""A file's tables, row by row, with little memory: plain text, or the .csv files in a ZIP.

Nothing is ever extracted: members of a ZIP are read as streams, so their names cannot lead
anywhere, and how large they may become is bounded before the first byte.
"""

from __future__ import annotations

import csv
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import islice
from typing import TYPE_CHECKING, cast

from subscribers.errors import ImportFileError
from subscribers.imports.cells import clean
from subscribers.imports.detect import MOST_LINE, delimiter_of, encoding_of, first_undecodable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path
    from typing import BinaryIO

MOST_MEMBERS = 20
MOST_BYTES = 2 * 1024**3  # of all members of a ZIP together, unpacked
_ZIP_MARK = b"PK\x03\x04"
_PEEKED_LINES = 40
_LONGEST_NAME = 120
_BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class Table:
    """A table of text. `name` is empty for a plain file, else that of the ZIP's member."""

    name: str
    opened: Callable[[], BinaryIO]
    encoding: str = "utf-8"
    delimiter: str = ","
    lines: int = 0

    def at(self, line: int) -> str:
        """A place in the file, for a person."""
        return f"{self.name} line {line}" if self.name else f"line {line}"


def tables_of(path: Path, encoding: str = "") -> list[Table]:
    """The tables of a file, with their encodings and delimiters.

    Raises:
        ImportFileError: it is empty, broken, too large, or in no encoding that we can prove.
    """
    with _named_faults(), path.open("rb") as file:
        is_zip = file.read(4) == _ZIP_MARK
        tables = _members(path) if is_zip else [Table("", lambda: path.open("rb"))]
        return [_examined(table, encoding) for table in tables]


def rows_of(table: Table) -> Generator[tuple[int, list[str]], None, None]:
    """Each row with the line it begins on (from 1), the header first; blank lines are left out.

    Raises:
        ImportFileError: a quote, a byte or the number of columns is wrong; says on which line.
    """
    with _named_faults(), table.opened() as file:
        text = TextIOWrapper(file, table.encoding, newline="")
        reader = csv.reader(_bounded(text, table), delimiter=table.delimiter, strict=True)
        try:
            yield from _rows(reader, table)
        except csv.Error as error:
            place = table.at(reader.line_num)
            raise ImportFileError(f"{place}: {_fault(error)}; nothing was taken") from None
        except UnicodeError:
            line, byte = first_undecodable(table.opened, table.encoding)
            raise ImportFileError(
                f"{table.at(line)}, byte {byte} is not {table.encoding}; save the file as UTF-8."
                " Nothing was taken"
            ) from None


def _rows(reader: Iterator[list[str]], table: Table) -> Iterator[tuple[int, list[str]]]:
    width, begins = 0, 1
    for row in reader:
        if row:
            width = width or len(row)
            if len(row) > width and not "".join(row[width:]).strip():
                del row[width:]  # commas at the end of a line add nothing
            if len(row) != width:
                raise ImportFileError(
                    f"{table.at(begins)} has {_columns(len(row))} where the first line has {width};"
                    " nothing was taken: repair that line"
                )
            yield begins, row
        begins = reader.line_num + 1  # type: ignore[attr-defined]


def _columns(number: int) -> str:
    return "1 column" if number == 1 else f"{number} columns"


def _fault(error: csv.Error) -> str:
    told = str(error)
    if "field larger" in told:
        return "a field is far too long (is a quote missing?)"
    if "end of data" in told:
        return "a quote is opened and never closed"
    return "a quote is in the wrong place"


def _bounded(text: TextIOWrapper, table: Table) -> Iterator[str]:
    number = 0
    while line := text.readline(MOST_LINE):
        number += 1
        if len(line) == MOST_LINE:
            raise ImportFileError(f"{table.at(number)} is far too long for a table of text")
        if "\0" in line:
            raise ImportFileError(
                f"{table.at(number)} holds a NUL byte, which text does not; export the file again,"
                " or name its encoding (--encoding utf-16-le). Nothing was taken"
            )
        yield line


def _examined(table: Table, given: str) -> Table:
    encoding, lines = encoding_of(table.opened, given)
    with table.opened() as file:
        text = TextIOWrapper(file, encoding, errors="replace", newline="")
        head = list(islice(_bounded(text, table), _PEEKED_LINES))
    return Table(table.name, table.opened, encoding, delimiter_of(head), lines)


def _members(path: Path) -> list[Table]:
    with zipfile.ZipFile(path) as archive:
        found = [one for one in archive.infolist() if _is_table(one)]
    if not found:
        raise ImportFileError(
            "there is no .csv file in this ZIP; an Excel workbook must be saved as CSV first"
        )
    if len(found) > MOST_MEMBERS or sum(one.file_size for one in found) > MOST_BYTES:
        raise ImportFileError(
            f"this ZIP holds more than {MOST_MEMBERS} tables or more than 2 GiB of text; unpack it"
            " and import its files one by one"
        )
    return [Table(clean(one.filename)[-_LONGEST_NAME:], _opener(path, one)) for one in found]


def _is_table(member: zipfile.ZipInfo) -> bool:
    hidden = member.filename.startswith("__MACOSX/")
    return member.filename.lower().endswith(".csv") and not member.is_dir() and not hidden


def _opener(path: Path, member: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    def opened() -> BinaryIO:
        with zipfile.ZipFile(path) as archive:
            return cast("BinaryIO", archive.open(member))

    return opened


@contextmanager
def _named_faults() -> Iterator[None]:
    try:
        yield
    except _BROKEN_ZIP as error:
        if isinstance(error, RuntimeError) and "password" not in str(error):
            raise
        what = "is locked with a password" if "password" in str(error) else "is damaged"
        raise ImportFileError(f"this ZIP {what}; nothing was taken: export it again") from None
