"""HTML to text."""

from __future__ import annotations

import re
from html import unescape
from itertools import islice
from typing import TYPE_CHECKING, Any

from newsletter.core.sanitiser import BLOCKS, DROPPED, INLINE, MAX_MARKUP, sanitised, tags_alone

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MAX_MARKUP", "highlights_in", "plain", "sanitised", "split_highlights"]

_LINES = frozenset(("br", "li", "tr"))
_CELLS = frozenset(("td", "th"))
_EMPTY_LINE = re.compile(r"\n[ \t\r]*\n")
_TAG = re.compile(r"<(/?[A-Za-z][A-Za-z0-9]*+)(?=[\s/>])(?:[^<>\"']++|\"[^\"<>]*+\"|'[^'<>]*+')*+>")


def _gaps() -> dict[str, str]:
    """Tag, as `p` or `/p`, in small or in capital letters -> what stands for it in a text."""
    gaps = {name: "" for tag in (*INLINE, "li", "tr") for name in (tag, f"/{tag}")}
    gaps |= {name: "\n\n" for tag in BLOCKS for name in (tag, f"/{tag}")}
    gaps |= {"br": "\n", "/br": "\n", "/li": "\n", "/tr": "\n", "/td": " ", "/th": " "}
    return gaps | {name.upper(): gap for name, gap in gaps.items()}


_GAPS = _gaps()
_PARENTS = {
    "li": ("ul", "ol"),
    "tr": ("table",),
    "td": ("table",),
    "th": ("table",),
    "LI": ("UL", "OL"),
    "TR": ("TABLE",),
    "TD": ("TABLE",),
    "TH": ("TABLE",),
}
"""Elements whose end means something, and may be left out; and what they stand in."""


def plain(fragment: str) -> str:
    """The text of an HTML fragment: entities decoded once, blocks apart by an empty line.

    Scripts, styles, embedded objects and forms' controls go with their content. A `<` that opens
    no tag stays a character. Needs `clean` afterwards, for white space and invisible characters.
    """
    fragment = fragment[:MAX_MARKUP]
    if "<" not in fragment:
        paragraphs = _EMPTY_LINE.split(unescape(fragment))
        return "\n\n".join(paragraph.replace("\n", " ") for paragraph in paragraphs)
    text = _simple_text(fragment)
    if text is not None:
        return text
    root = _tree(fragment)
    return "" if root is None else _text_of(root)


def _simple_text(fragment: str) -> str | None:
    """The text of plain, well-formed markup, in a tenth of a parser's time; None for any other."""
    pieces = _TAG.split(_on_one_line(fragment))
    tags = pieces[1::2]
    if not _is_simple(tags):
        return None
    pieces[1::2] = [_GAPS[tag] for tag in tags]
    text = "".join(pieces)
    return None if "<" in text else unescape(text).strip()


def _is_simple(tags: list[str]) -> bool:
    """True where every tag's gap is known, and no end of a cell or of a list's point left out."""
    kinds = set(tags)
    return kinds <= _GAPS.keys() and all(
        tags.count(tag) == tags.count(f"/{tag}") and not kinds.isdisjoint(_PARENTS[tag])
        for tag in kinds & _PARENTS.keys()
    )


def _on_one_line(markup: str) -> str:
    for blank in "\n\r\t\v\f":
        markup = markup.replace(blank, " ")
    return markup


def _tree(fragment: str) -> Any | None:  # noqa: ANN401 - lxml has no types
    """The fragment as an lxml tree, or None where there is nothing in it."""
    from lxml import etree

    markup = tags_alone(_on_one_line(fragment))
    parser = etree.HTMLParser(
        no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    root = etree.fromstring(f"<body><div>{markup}</div></body>", parser)
    if root is not None:
        etree.strip_elements(root, *DROPPED, with_tail=False)
    return root


def _text_of(root: Any) -> str:  # noqa: ANN401 - lxml has no types
    for element in root.iter(*BLOCKS):
        element.text = "\n\n" + (element.text or "")
        element.tail = "\n\n" + (element.tail or "")
    for element in root.iter(*_LINES):
        element.tail = "\n" + (element.tail or "")
    for element in root.iter(*_CELLS):
        element.tail = " " + (element.tail or "")
    return "".join(root.itertext()).strip()


_HIGHLIGHTS = re.compile(
    r"\s*(?:(?:article |story |news )?highlights?|key (?:points?|takeaways?|facts?|highlights?)"
    r"|takeaways|at a glance|in brief|要点|核心要点)\s*[::]?\s*",
    re.IGNORECASE,
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "p", "strong", "b", "div", "span", "dt")
_MAX_HIGHLIGHTS = 12
_MOST_HEADINGS = 30
"""Headings of highlights in one item that are looked at: one is usual."""
_MOST_IN_A_HEADING = 10
"""Elements of a heading, itself included; what is larger is none."""
_HINTS = (
    *("highlight", "key point", "key takeaway", "key fact", "takeaways", "at a glance"),
    *("in brief", "要点"),
)
"""One of these stands in every heading that `_HIGHLIGHTS` matches."""


def highlights_in(fragment: str) -> tuple[str, ...]:
    """The publisher's own points: the list right after a heading such as "Highlights"."""
    return split_highlights(fragment)[0]


def split_highlights(fragment: str) -> tuple[tuple[str, ...], str]:
    """The publisher's own points, and the plain text of the rest (see `plain`)."""
    if not _may_hold_highlights(fragment[:MAX_MARKUP].lower()):
        return (), plain(fragment)
    root = _tree(fragment)
    for heading, points in [] if root is None else list(_heading_and_list(root)):
        found = tuple(filter(None, (" ".join("".join(li.itertext()).split()) for li in points)))
        if found:
            for element in (heading, points):
                _remove(element)
            return found[:_MAX_HIGHLIGHTS], _text_of(root)
    return (), "" if root is None else _text_of(root)


def _may_hold_highlights(lower: str) -> bool:
    return "<li" in lower and any(hint in lower for hint in _HINTS)


def _heading_and_list(root: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - lxml has no types
    named = (one for one in root.iter(*_HEADINGS) if _HIGHLIGHTS.fullmatch(_short_text(one)))
    for heading in islice(named, _MOST_HEADINGS):
        following = _next_element(heading)
        if following is not None and following.tag not in ("ul", "ol"):
            following = next(following.iter("ul", "ol"), None)
        if following is not None:
            yield heading, following


def _short_text(element: Any) -> str:  # noqa: ANN401 - lxml has no types
    """The text of an element, or nothing where it holds more than a heading does."""
    inside = list(islice(element.iter(), _MOST_IN_A_HEADING + 1))
    if len(inside) > _MOST_IN_A_HEADING:
        return ""
    return "".join(islice(element.itertext(), 2 * _MOST_IN_A_HEADING))


def _next_element(element: Any) -> Any | None:  # noqa: ANN401 - lxml has no types
    """The element after this one, or after the parent that it fills alone (`<p><b>…</b></p>`)."""
    while element is not None:
        if (element.tail or "").strip():
            return None
        if element.getnext() is not None:
            return element.getnext()
        element = element.getparent()
    return None


def _remove(element: Any) -> None:  # noqa: ANN401 - lxml has no types
    tail = element.tail
    for child in list(element):
        element.remove(child)
    element.text, element.tail = None, tail
