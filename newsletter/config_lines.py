"""The lines of newsletter.yaml: `sources:` edited in its text, every other character kept.

YAML's own nodes say where each item begins and ends; new lines are written so that they can be
read in one way only.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from newsletter.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Value = str | float | bool | Sequence[str] | Mapping[str, str]
    Record = Mapping[str, Value]

_KEY = "sources"
_DASH = re.compile(r"[ ]*-[ ]+")
_PLAIN = re.compile(r"[A-Za-z][^#\"'\\{}\[\]`|>*%@!\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff]*")
_NOT_PLAIN = re.compile(r":(?:\s|$)|\s$|,")
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
_OTHER_LINE_ENDS = re.compile("\r(?!\n)|[\x85\u2028\u2029]")


class UneditableError(Exception):
    """The text is written in a way that a program should not touch; says in which."""


def with_sources(text: str, records: Sequence[Record]) -> str:
    """The text with further sources after its last one, indented as that one is.

    Raises:
        UneditableError: `sources:` is written in a way that has no place for them.
    """
    lines, end = split_lines(text)
    place = _place(text, lines)
    if place.items:
        last = place.items[-1]
        at = _after_comments(lines, last.last + 1, last.dash)
        new = [line for record in records for line in block(record, last.dash, last.gap)]
    else:
        new = [line for record in records for line in block(record, 2)]
        at = _opened(lines, place)
    lines[at:at] = new
    return end.join(lines)


def without_source(text: str, index: int) -> str:
    """The text without the lines of one item of `sources:`, comments between them included.

    Raises:
        UneditableError: the item does not stand on lines of its own.
    """
    lines, end = split_lines(text)
    place = _place(text, lines)
    item = place.items[index]
    del lines[item.first : item.last + 1]
    if len(place.items) == 1:
        line, column = place.after_key
        lines[line] = f"{lines[line][:column]} []{lines[line][column:]}"
    return end.join(lines)


def with_key(text: str, index: int, key: str, value: Value) -> str:
    """The text with one key of one item set to a plain value; its comment stays.

    Raises:
        UneditableError: the item, or the key's present value, is not written on lines of its own.
    """
    lines, end = split_lines(text)
    item = _place(text, lines).items[index]
    if item.node.flow_style:
        raise UneditableError("the source is written in one line, in { }")
    for name, node in item.node.value:
        if name.value == key:
            _replace(lines, node, scalar(value))
            return end.join(lines)
    column = item.node.value[0][0].start_mark.column
    lines.insert(item.last + 1, f"{' ' * column}{key}: {scalar(value)}")
    return end.join(lines)


@dataclass(frozen=True)
class _Item:
    """One source in the text: its node, its lines from first to last, where its dash stands."""

    node: Any
    first: int
    last: int
    dash: int
    gap: int


@dataclass(frozen=True)
class _Place:
    """Where `sources:` stands: its items, the end of its key, its empty value if it has one.

    `after_key` and `empty` are lines and columns; without the key, `after_key` is (-1, 0).
    """

    items: tuple[_Item, ...] = ()
    after_key: tuple[int, int] = (-1, 0)
    empty: tuple[int, int] | None = None


def _place(text: str, lines: Sequence[str]) -> _Place:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if root is None:
        return _Place()
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        raise UneditableError("its settings do not stand on lines of their own")
    found = next(((k, v) for k, v in root.value if k.value == _KEY), None)
    if found is None:
        return _Place()
    key, value = found
    mark = key.end_mark
    colon = lines[mark.line].find(":", mark.column)
    if colon < 0:
        raise UneditableError("the colon of `sources` stands on another line")
    after = (mark.line, colon + 1)
    if isinstance(value, yaml.SequenceNode) and value.value:
        if value.flow_style:
            raise UneditableError("`sources` is a list in one line, in [ ]")
        return _Place(tuple(_item(node, lines) for node in value.value), after)
    return _Place((), after, _empty(value, after))


def _empty(value: yaml.Node, after: tuple[int, int]) -> tuple[int, int]:
    """The columns of an empty list or of nothing at all, behind the key on its line."""
    is_nothing = value.tag == "tag:yaml.org,2002:null" or isinstance(value, yaml.SequenceNode)
    start, end = value.start_mark, value.end_mark
    if not is_nothing or start.line != after[0] or end.line != after[0]:
        raise UneditableError("`sources` is no list")
    return start.column, end.column


def _item(node: yaml.Node, lines: Sequence[str]) -> _Item:
    first = node.start_mark.line
    before = lines[first][: node.start_mark.column]
    if not isinstance(node, yaml.MappingNode) or not _DASH.fullmatch(before):
        raise UneditableError(f"the source on line {first + 1} is not written as `- name: …`")
    dash = before.index("-")
    return _Item(node, first, max(_ends(node, first, lines)), dash, len(before) - dash - 1)


def _ends(node: Any, first: int, lines: Sequence[str]) -> Iterator[int]:  # noqa: ANN401
    """The last line of each value in an item; an alias's value stands elsewhere, before it."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style:
        for key, value in node.value:
            yield key.end_mark.line
            yield from _ends(value, first, lines)
    elif isinstance(node, yaml.SequenceNode) and not node.flow_style:
        for value in node.value:
            yield from _ends(value, first, lines)
    else:
        yield max(first, _last_line(node, lines))


def _last_line(node: Any, lines: Sequence[str]) -> int:  # noqa: ANN401
    """Where a value ends. YAML counts the blank lines behind a text in lines as part of it."""
    mark = node.end_mark
    last: int = mark.line - (1 if mark.column == 0 else 0)
    if getattr(node, "style", None) in ("|", ">") and not node.value.endswith("\n\n"):
        while not lines[last].strip():
            last -= 1
    return last


def _after_comments(lines: Sequence[str], at: int, dash: int) -> int:
    """Past the comments that follow an item without a gap and are indented like its keys."""
    while at < len(lines) and re.match(rf"[ ]{{{dash + 1},}}#", lines[at]):
        at += 1
    return at


def _opened(lines: list[str], place: _Place) -> int:
    """Make `sources:` ready for its first item; the line where that goes."""
    line, _ = place.after_key
    if line < 0:
        at = len(lines) - (1 if lines[-1] == "" else 0)
        lines.insert(at, f"{_KEY}:")
        return at + 1
    start, end = place.empty or (0, 0)
    lines[line] = lines[line][:start].rstrip(" ") + lines[line][end:]
    return line + 1


def _replace(lines: list[str], node: yaml.Node, written: str) -> None:
    start, end = node.start_mark, node.end_mark
    if not isinstance(node, yaml.ScalarNode) or start.line != end.line or node.style in ("|", ">"):
        raise UneditableError("its present value takes more than one line")
    line = lines[start.line]
    head = line[: start.column]
    lines[start.line] = head + (" " if head.endswith(":") else "") + written + line[end.column :]


def split_lines(text: str) -> tuple[list[str], str]:
    """The lines of a text without their ends, and what ends them (joined by it, they are `text`).

    Raises:
        UneditableError: there are line ends of other kinds, which YAML counts as well.
    """
    if _OTHER_LINE_ENDS.search(text):
        raise UneditableError("it has line ends of an unusual kind")
    is_windows = "\r\n" in text and text.count("\r\n") == text.count("\n")
    end = "\r\n" if is_windows else "\n"
    return text.split(end), end


def block(record: Record, indent: int, gap: int = 1) -> list[str]:
    """The lines of one item of a list: its dash after `indent` blanks, its keys after `gap` more.

    Raises:
        UsageError: a value cannot be written.
    """
    lines = [line for key, value in record.items() for line in _lines(key, value)]
    head = f"{' ' * indent}-{' ' * gap}"
    below = " " * len(head)
    return [f"{below if number else head}{line}" for number, line in enumerate(lines)]


def _lines(key: str, value: Value) -> Iterator[str]:
    if hasattr(value, "items"):
        yield f"{key}:"
        for name, inner in value.items():
            yield f"  {name}: {scalar(inner)}"
    else:
        yield f"{key}: {scalar(value)}"


def scalar(value: Value) -> str:
    """A value on one line, quoted where YAML would take it for something else.

    Raises:
        UsageError: it has a line break or a control character in it, or `${`, which the
            configuration fills in from the environment.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return _text(value)
    return "[" + ", ".join(_text(one) for one in value) + "]"


def _text(text: str) -> str:
    if not text.isprintable():
        raise UsageError(f"{text[:60]!r} has a line break or an invisible character in it")
    if "${" in text:
        raise UsageError(f"{text[:60]!r}: `${{` would be filled in from the environment")
    is_plain = _PLAIN.fullmatch(text) and not _NOT_PLAIN.search(text)
    if is_plain and text.lower() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)
