"""What a mail's HTML consists of: read once by the HTML standard, looked at by many checks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr")
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_UNSEEN = frozenset(("style", "script", "title", "head", "template"))
_ACTIVE = frozenset(
    ("script", "iframe", "frame", "object", "embed", "form", "base", "applet", "svg", "math")
)
_LOADING = ("src", "background", "poster", "srcset", "data")
_CSS_URL = re.compile(r"url\(\s*['\"]?([^'\")]*)|@import\s+['\"]([^'\"]*)", re.IGNORECASE)


@dataclass(frozen=True)
class Link:
    """Where a link leads, as it is written, and the words that a reader sees.

    `alt` are the words of the pictures in it.
    """

    url: str
    text: str
    alt: str = ""


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 to 6."""

    level: int
    text: str


@dataclass(frozen=True)
class Image:
    """A picture: its address, its words (None where it has no `alt`), width and height as written.

    `width` and `height` are empty where the element does not say them.
    """

    url: str
    alt: str | None
    width: str
    height: str


@dataclass(frozen=True)
class Fault:
    """Where HTML breaks the standard. `loses_content` says that a reader would miss something."""

    kind: str
    line: int
    loses_content: bool = False


@dataclass(frozen=True)
class Anatomy:
    """The parts of a mail's HTML, each in document order.

    `ids` hold repeats. `loaded` are the addresses that a mail program would ask without a click,
    `active` the elements and attributes that run, embed or send something. `text` is all that a
    reader may see, the preheader included, on one line.
    """

    language: str = ""
    direction: str = ""
    title: str = ""
    text: str = ""
    links: tuple[Link, ...] = ()
    headings: tuple[Heading, ...] = ()
    images: tuple[Image, ...] = ()
    ids: tuple[str, ...] = ()
    loaded: tuple[str, ...] = ()
    active: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


def anatomy_of(html: str) -> Anatomy:
    """The parts of a document; never raises, whatever the HTML."""
    from justhtml import JustHTML

    document = JustHTML(html, sanitize=False, collect_errors=True)
    elements = [node for node in _nodes(document.root) if getattr(node, "attrs", None) is not None]
    by_name: dict[str, list[Any]] = {}
    for element in elements:
        by_name.setdefault(element.name, []).append(element)
    root = _attributes(by_name["html"][0]) if "html" in by_name else {}
    return Anatomy(
        language=root.get("lang", ""),
        direction=root.get("dir", ""),
        title=" ".join(_words(one) for one in by_name.get("title", ())),
        text=_words(document.root, _UNSEEN),
        links=tuple(_links(one for one in elements if one.name in {"a", "area"})),
        headings=tuple(
            Heading(int(one.name[1]), _words(one)) for one in elements if one.name in _HEADINGS
        ),
        images=tuple(_image(_attributes(one)) for one in by_name.get("img", ())),
        ids=tuple(one.attrs["id"] or "" for one in elements if "id" in one.attrs),
        loaded=tuple(address for one in elements for address in _loaded(one)),
        active=tuple(name for one in elements for name in _active(one)),
        faults=(*_standard_faults(document.errors), *_Balance.faults_of(html)),
    )


def _nodes(root: Any) -> Iterator[Any]:  # noqa: ANN401 - justhtml's nodes share no base
    """All nodes below one, in document order; no recursion, however deep they lie."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(_children(node)))


def _children(node: Any) -> Sequence[Any]:  # noqa: ANN401
    return getattr(node, "children", None) or ()


def _words(root: Any, without: frozenset[str] = frozenset()) -> str:  # noqa: ANN401
    """The text of a node on one line, without that of some elements."""
    pieces, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        if node.name == "#text":
            pieces.append(node.data or "")
        elif node.name not in without or node is root:
            waiting.extend(reversed(_children(node)))
    return " ".join("".join(pieces).split())


def _attributes(element: Any) -> dict[str, str]:  # noqa: ANN401
    return {name: value or "" for name, value in (element.attrs or {}).items()}


def _links(anchors: Any) -> Iterator[Link]:  # noqa: ANN401
    for one in anchors:
        if "href" in one.attrs:
            pictures = (node for node in _nodes(one) if node.name == "img")
            alt = " ".join(_attributes(each).get("alt", "") for each in pictures).strip()
            yield Link((one.attrs["href"] or "").strip(), _words(one), alt)


def _image(attributes: dict[str, str]) -> Image:
    return Image(
        url=attributes.get("src", "").strip(),
        alt=attributes.get("alt"),
        width=attributes.get("width", ""),
        height=attributes.get("height", ""),
    )


def _loaded(element: Any) -> Iterator[str]:  # noqa: ANN401
    """The addresses that showing an element asks for."""
    attributes = _attributes(element)
    for name in _LOADING:
        if name in attributes:
            yield attributes[name].strip()
    if element.name == "link":
        yield attributes.get("href", "").strip()
    css = attributes.get("style", "")
    if element.name == "style":
        css += _words(element)
    for found in _CSS_URL.finditer(css):
        yield (found[1] or found[2] or "").strip()


def _active(element: Any) -> Iterator[str]:  # noqa: ANN401
    attributes = _attributes(element)
    if element.name in _ACTIVE:
        yield f"<{element.name}>"
    if element.name == "meta" and attributes.get("http-equiv", "").lower() == "refresh":
        yield '<meta http-equiv="refresh">'
    for name in attributes:
        if name.startswith("on") or name in {"formaction", "srcdoc"}:
            yield f"{name}="


def _standard_faults(errors: Any) -> Iterator[Fault]:  # noqa: ANN401
    for error in errors:
        code = str(error.code)
        yield Fault(str(error.message), error.line or 1, loses_content=code.startswith("eof-in"))


@dataclass
class _Open:
    name: str
    line: int


@dataclass
class _Balance(HTMLParser):
    """Whether every element is closed where it should be.

    The standard lets end tags be left out; a mail program's cleaner may see it in another way.
    """

    stack: list[_Open] = field(default_factory=list)
    found: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    @classmethod
    def faults_of(cls, html: str) -> tuple[Fault, ...]:
        balance = cls()
        balance.feed(html)
        balance.close()
        for left in balance.stack:
            balance.found.append(Fault(f"<{left.name}> is never closed", left.line))
        return tuple(balance.found)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        if tag == "a" and any(one.name == "a" for one in self.stack):
            self.found.append(Fault("a link stands in a link", line, loses_content=True))
        names = [name for name, _ in attrs]
        for name in {name for name in names if names.count(name) > 1}:
            self.found.append(Fault(f"<{tag}> has {name}= twice", line))
        if tag not in _VOID:
            self.stack.append(_Open(tag, line))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """`<br/>`, and `<path/>` within a drawing: opened and closed at once."""
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        line = self.getpos()[0]
        if tag in _VOID:
            return
        if not any(one.name == tag for one in self.stack):
            self.found.append(Fault(f"</{tag}> closes nothing", line))
            return
        while (last := self.stack.pop()).name != tag:
            words = f"<{last.name}> of line {last.line} is not closed before </{tag}>"
            self.found.append(Fault(words, line, loses_content=_holds_layout(last.name, tag)))


def _holds_layout(name: str, closing: str) -> bool:
    """Whether a missing end tag tears the tables apart that a mail's layout is made of."""
    tables = {"table", "tr", "td", "th"}
    return name in tables or (closing in tables and name == "div")
