"""A calendar of the operator's own, in YAML: a list of occasions, some of them repeated.

Only YAML's nodes are looked at, two levels deep: nothing is built from them, so neither a tag nor
an alias of an alias can do anything.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import yaml

from newsletter.core.beside import Occasion
from newsletter.core.link_hosts import outward_link
from newsletter.core.repeating import EVERY, is_within, repeated
from newsletter.core.text import clean_line
from newsletter.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MOST_BYTES = 1_000_000
MOST_EVENTS = 10_000
MOST_FAULTS = 100
_DEEPEST = 20
_YEARS = range(1990, 2200)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_NULL = "tag:yaml.org,2002:null"
_EXAMPLE = "expected a list of occasions such as `- {date: 2026-12-01, title: Quota notice}`"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(
    body: bytes, name: str, first: date, last: date, *, allowed: frozenset[str] = frozenset()
) -> tuple[tuple[Occasion, ...], tuple[str, ...]]:
    """What falls between two days, both included, and every fault of the file with its line.

    `name` is what faults call the file. An occasion with a fault is left out; one
    whose link no mail may have stands without it. `allowed` hosts may be of a private network.

    Raises:
        SourceError: it is something else altogether, or too large.
    """
    text = _text(body)
    try:
        nodes = _nodes(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        return (), (f"{name}:{line}: is not valid YAML: {error.problem or error.context}",)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return (), (f"{name}: is not valid YAML: {' '.join(str(error).split())[:200]}",)
    except _ShapeError as error:
        return (), (f"{name}:{error}",)
    faults = _Faults(name)
    items = (_Item(node, faults, allowed) for node in nodes)
    found = tuple(one for item in items for one in item.occasions(first, last))
    return found, faults.told()


def _text(body: bytes) -> str:
    if len(body) > MOST_BYTES:
        raise SourceError(f"has over {MOST_BYTES // 1_000_000} MB")
    if body[:200].lstrip().startswith(b"<"):
        raise SourceError("is a web page or XML; expected YAML or iCalendar")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError("is not UTF-8 text") from None


class _ShapeError(Exception):
    """The file is no list of occasions: the line, and what was expected."""


def _nodes(text: str) -> list[yaml.Node]:
    """The items of the list, or of the list under `events:`."""
    _refuse_depth(text)
    root = yaml.compose(text, Loader=_LOADER)
    if root is None or root.tag == _NULL:
        return []
    node = _under_events(root) if isinstance(root, yaml.MappingNode) else root
    if node.tag == _NULL:
        return []
    if not isinstance(node, yaml.SequenceNode):
        raise _ShapeError(f"{_line(node)}: {_EXAMPLE}")
    if len(node.value) > MOST_EVENTS:
        raise _ShapeError(f"{_line(node)}: has more than {MOST_EVENTS:,} occasions")
    return list(node.value)


def _refuse_depth(text: str) -> None:
    """The composer is written in C and recursive: what is nested too deep would end the program."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                line = event.start_mark.line + 1 if event.start_mark else 1
                raise _ShapeError(f"{line}: is nested too deep; {_EXAMPLE}")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _under_events(root: yaml.MappingNode) -> yaml.Node:
    for key, value in root.value:
        if key.value == "events":
            found: yaml.Node = value
            return found
    raise _ShapeError(f"{_line(root)}: {_EXAMPLE}")


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


@dataclass
class _Faults:
    """The faults of a file called `name`: the first `MOST_FAULTS` in words, the others counted."""

    name: str
    lines: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, line: int, key: str, words: Callable[[], str]) -> None:
        """One fault of a key, or of none; its words are only found if they are told."""
        self.count += 1
        if self.count <= MOST_FAULTS:
            shown = f"`{clean_line(key)[:40]}`: " if key else ""
            self.lines.append(f"{self.name}:{line}: {shown}{words()}")

    def told(self) -> tuple[str, ...]:
        """A line for each, and one for those that are counted only."""
        more = self.count - MOST_FAULTS
        return (*self.lines, *([f"{self.name}: {more} more faults"] if more > 0 else ()))


@dataclass
class _Item:
    """One item of the list: what it says, and whether it has a fault."""

    node: yaml.Node
    faults: _Faults
    allowed: frozenset[str]
    lines: dict[str, int] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    faulty: set[str] = field(default_factory=set)

    def occasions(self, first: date, last: date) -> Iterable[Occasion]:
        """What of it falls between two days; nothing where it has a fault."""
        if not isinstance(self.node, yaml.MappingNode):
            self._fault("", _EXAMPLE)
            return ()
        for key, value in self.node.value:
            self._take(key, value)
        self._look_together()
        return () if self.faulty else self._falling(first, last)

    def _falling(self, first: date, last: date) -> Iterator[Occasion]:
        said = self.said
        day = date.fromisoformat(said.get("date") or said["from"])
        until = date.fromisoformat(said["until"]) if "until" in said else None
        one = Occasion(
            day,
            said["title"],
            kind=said.get("kind", ""),
            at=said.get("time", ""),
            place=said.get("place", ""),
            url=said.get("link", ""),
        )
        if "every" in said:
            yield from repeated(one, said["every"], until, first, last)
        elif is_within(whole := replace(one, until=until), first, last):
            yield whole

    def _take(self, key: yaml.Node, value: yaml.Node) -> None:
        name = key.value if isinstance(key, yaml.ScalarNode) else ""
        if name in self.lines:
            self._fault(name, f"stands twice (first on line {self.lines[name]})", _line(key))
            return
        self.lines[name] = _line(key)
        reader = _KEYS.get(name)
        if reader is None:
            self._fault(name, partial(_unknown, name))
        elif not isinstance(value, yaml.ScalarNode):
            self._fault(name, "expected a single value")
        elif value.tag == _NULL:
            return
        elif name == "link":
            self._keep_link(value.value)
        else:
            self._keep(name, value.value, reader)

    def _keep(self, name: str, text: str, reader: Callable[[str], str]) -> None:
        try:
            self.said[name] = reader(text)
        except ValueError as error:
            self._fault(name, f"{error}, found {text[:60]!r}")

    def _keep_link(self, text: str) -> None:
        """A link may be wrong and the occasion still be true."""
        try:
            self.said["link"] = outward_link(text, self.allowed)
        except ValueError as error:
            words = f"{error}, found {text[:60]!r}; the occasion stands without it"
            self.faults.add(self.lines["link"], "link", lambda: words)

    def _look_together(self) -> None:
        """What no key shows by itself."""
        starts: list[str] = [key for key in ("date", "from") if key in self.lines]
        if len(starts) != 1:
            words = "stands beside `date`; one of them is enough" if starts else "is missing"
            self._fault("from" if starts else "date", words)
        if "title" not in self.lines:
            self._fault("title", "is missing")
        start, until = self.said.get((starts or [""])[0], ""), self.said.get("until", "")
        if start and until and until < start:  # dates written year first are in order as text
            self._fault("until", f"lies before {start}, found {until!r}")
        for key in ("title", "date", "from", "every"):
            if key in self.lines and key not in self.said and key not in self.faulty:
                self._fault(key, "is empty")

    def _fault(self, key: str, words: str | Callable[[], str], line: int | None = None) -> None:
        place = line or self.lines.get(key, _line(self.node))
        self.faulty.add(key)
        self.faults.add(place, key, words if callable(words) else lambda: words)


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name[:40], list(_KEYS), n=1, cutoff=0.5)
    known = f"did you mean `{near[0]}`?" if near else f"known here: {', '.join(_KEYS)}"
    return f"there is no such key; {known}"


def _day(text: str) -> str:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        day = None
    if day is None or day.year not in _YEARS or day.isoformat() != text.strip():
        raise ValueError("expected a date such as 2026-12-01")
    return day.isoformat()


def _time(text: str) -> str:
    if not _TIME.fullmatch(text.strip()):
        raise ValueError('expected a time of day such as "14:30"')
    return text.strip()


def _words(most: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        cleaned = clean_line(text)
        if len(cleaned) > most:
            raise ValueError(f"expected at most {most} characters")
        return cleaned

    return read


def _every(text: str) -> str:
    if text not in EVERY:
        raise ValueError(f"expected one of {', '.join(EVERY)}")
    return text


def _title(text: str) -> str:
    title = _words(200)(text)
    if not title:
        raise ValueError("expected a word; this one is empty")
    return title


_KEYS: dict[str, Callable[[str], str]] = {
    "date": _day,
    "from": _day,
    "until": _day,
    "title": _title,
    "kind": _words(30),
    "time": _time,
    "place": _words(100),
    "link": outward_link,
    "every": _every,
}
