"""HTML to text."""

# ruff: noqa: SIM905 - lists of tags read better as words

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_PARAGRAPHS = frozenset(
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr main nav ol p pre section summary table ul".split()
)
_LINES = frozenset(("br", "li", "tr"))
_DROPPED = (
    "script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "math", "head",
    "title", "button", "select", "textarea", "input", "audio", "video", "canvas",
)  # fmt: skip
_INLINE = (
    "a abbr acronym area article aside b bdi bdo big base basefont blink cite code col colgroup "
    "data datalist del dfn dir em fencedframe font frame frameset html i img ins kbd label legend "
    "link map mark marquee menu meta meter nobr optgroup option output param picture progress q rb "
    "rp rt rtc ruby s samp slot small source span strike strong sub sup tbody td tfoot th thead "
    "time track tt u var wbr xmp plaintext portal"
).split()
_TAGS = frozenset((*_PARAGRAPHS, *_LINES, *_DROPPED, *_INLINE))
_LESS_THAN = re.compile(r"<(?:/?([A-Za-z][A-Za-z0-9]*)(?=[\s/>])|(/?[A-Za-z]\w*[:-]\w|!--|\?))?")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_EMPTY_LINE = re.compile(r"\n[ \t\r]*\n")
_MARKUP_SPACE = re.compile(r"[ \t\r\n\v\f]+")
MAX_MARKUP = 200_000
"""Characters of one fragment that are looked at; an item longer than that is cut."""


def plain(fragment: str) -> str:
    """The text of an HTML fragment: entities decoded once, blocks apart by an empty line.

    Scripts, styles, embedded objects and forms' controls go with their content. A `<` that opens
    no tag stays a character. Needs `clean` afterwards, for white space and invisible characters.
    """
    if "<" not in fragment:
        paragraphs = _EMPTY_LINE.split(unescape(fragment[:MAX_MARKUP]))
        return "\n\n".join(paragraph.replace("\n", " ") for paragraph in paragraphs)
    root = _tree(fragment)
    return "" if root is None else _text_of(root)


def _tree(fragment: str) -> Any | None:  # noqa: ANN401 - lxml has no types
    """The fragment as an lxml tree, or None where there is nothing in it."""
    from lxml import etree

    markup = _LESS_THAN.sub(_tag_or_character, _MARKUP_SPACE.sub(" ", fragment[:MAX_MARKUP]))
    markup = _NOT_TEXT.sub("", markup)
    parser = etree.HTMLParser(
        no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    root = etree.fromstring(f"<body><div>{markup}</div></body>", parser)
    if root is not None:
        etree.strip_elements(root, *_DROPPED, with_tail=False)
    return root


def _tag_or_character(match: re.Match[str]) -> str:
    """A `<` as it is where it opens a tag of HTML or of a namespace, else as a character."""
    is_tag = match[2] or (match[1] or "").lower() in _TAGS
    return match[0] if is_tag else "&lt;" + match[0][1:]


def _text_of(root: Any) -> str:  # noqa: ANN401 - lxml has no types
    for element in root.iter(*_PARAGRAPHS):
        element.text = "\n\n" + (element.text or "")
        element.tail = "\n\n" + (element.tail or "")
    for element in root.iter(*_LINES):
        element.tail = "\n" + (element.tail or "")
    for element in root.iter("td", "th"):
        element.tail = " " + (element.tail or "")
    return "".join(root.itertext()).strip()


_HIGHLIGHTS = re.compile(
    r"\s*(?:(?:article |story |news )?highlights?|key (?:points?|takeaways?|facts?|highlights?)"
    r"|takeaways|at a glance|in brief|要点|核心要点)\s*[::]?\s*",
    re.IGNORECASE,
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "p", "strong", "b", "div", "span", "dt")
_MAX_HIGHLIGHTS = 12


def highlights_in(fragment: str) -> tuple[str, ...]:
    """The publisher's own points: the list right after a heading such as "Highlights"."""
    return split_highlights(fragment)[0]


def split_highlights(fragment: str) -> tuple[tuple[str, ...], str]:
    """The publisher's own points, and the plain text of the rest (see `plain`)."""
    if "<li" not in fragment.lower() or not _HIGHLIGHTS.search(fragment):
        return (), plain(fragment)
    root = _tree(fragment)
    for heading, points in [] if root is None else list(_heading_and_list(root)):
        found = tuple(filter(None, (" ".join("".join(li.itertext()).split()) for li in points)))
        if found:
            for element in (heading, points):
                _remove(element)
            return found[:_MAX_HIGHLIGHTS], _text_of(root)
    return (), "" if root is None else _text_of(root)


def _heading_and_list(root: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - lxml has no types
    for heading in root.iter(*_HEADINGS):
        if _HIGHLIGHTS.fullmatch("".join(heading.itertext())):
            following = _next_element(heading)
            if following is not None and following.tag not in ("ul", "ol"):
                following = next(following.iter("ul", "ol"), None)
            if following is not None:
                yield heading, following


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
