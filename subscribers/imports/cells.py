"""Cells of a table: safe in a spreadsheet on the way out, bounded and clean on the way in."""

from __future__ import annotations

import json
import re
import unicodedata
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_ATTRIBUTES = 30
LONGEST_ATTRIBUTE = 500
LONGEST_NAME = 100
_MARKS = r"[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]"  # the last four are full-width
_FORMULA = re.compile(rf"'*{_MARKS}")
_GUARDED = re.compile(rf"'+{_MARKS}")
_KEPT = frozenset("\n\t\u200c\u200d")


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, "CSV Injection"): ' goes before it.

    What begins with ' and such a mark gets one more, so that `unguarded` has one answer.
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """The cell as it was before `guarded`."""
    return cell[1:] if _GUARDED.match(cell) else cell


def clean(text: str) -> str:
    """The text without control characters and lone surrogates, which databases do not take."""
    if text.isprintable():
        return text
    return "".join(one for one in text if one in _KEPT or unicodedata.category(one)[0] != "C")


def attributes_of(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """At most 30 attributes, each of at most 500 characters."""
    kept = {clean(name)[:LONGEST_NAME]: _bounded(value) for name, value in pairs}
    return dict(list(kept.items())[:MOST_ATTRIBUTES])


def written_texts(pairs: Iterable[tuple[str, str]]) -> str:
    """Attributes that are all texts, as JSON: a few times faster than by way of a dictionary.

    The names are clean, different from each other, and at most 30.
    """
    kept = (
        f"{encode_basestring(name)}: {encode_basestring(clean(text)[:LONGEST_ATTRIBUTE])}"
        for name, text in pairs
        if text
    )
    return f"{{{', '.join(kept)}}}"


def document_of(cell: str, name: str) -> list[tuple[str, Any]]:
    """The members of a JSON object in a cell; what is none stays a text under the column's name."""
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        found = None
    return list(found.items()) if isinstance(found, dict) else [(name, cell)]


def _bounded(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """A value as it is where it is short, else the beginning of it as a text."""
    if isinstance(value, str):
        return clean(value)[:LONGEST_ATTRIBUTE]
    written = json.dumps(value, ensure_ascii=False)
    if len(written) > LONGEST_ATTRIBUTE or "NaN" in written or "Infinity" in written:
        return clean(written)[:LONGEST_ATTRIBUTE]
    return _cleaned(value)


def _cleaned(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    if isinstance(value, dict):
        return {clean(name): _cleaned(one) for name, one in value.items()}
    return value
