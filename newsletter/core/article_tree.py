"""What surrounds an article in its page's tree: found, read for what it tells, and taken out."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from newsletter.core import article_lines as line_is
from newsletter.core.article import MAX_POINTS, MAX_RECENT
from newsletter.core.text import clean, clean_line, repair, without_furniture
from newsletter.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_ELEMENTS = 10_000
"""Elements of a page that are read, the first ones; a page full of things has half of that."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_DECLARATION = re.compile(r"\A\s*+<\?xml[^>]{0,300}>")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "p", "strong", "b", "div", "span", "dt", "summary")
_NO_TEXT = (
    "style", "noscript", "template", "iframe", "object", "embed", "svg", "math", "button", "select",
    "textarea", "input", "dialog", "audio", "video", "canvas",
)  # fmt: skip
_AROUND = frozenset(("nav", "footer", "aside", "form"))
_AROUND_NAME = re.compile(
    r"(?:^|[\s_-])(?:newsletters?|sign-?up|opt-?in|subscri\w{1,8}|mailing"
    r"|mailchimp|mc4wp|author[-_]?(?:bio|box|info|card|profile|about|description|area)"
    r"|about[-_](?:the[-_])?author|bio[-_]?box|shar(?:e|ing)|social|related|recommend\w{0,8}"
    r"|breadcrumbs?|cookies?|consent|popup|modal|sidebar|promo|sponsor\w{0,4}|advert\w{0,8}"
    r"|paywall|skip-link|screen-reader-text)(?:$|[\s_-])",
    re.IGNORECASE,
)
_COMMENTS_NAME = re.compile(r"(?:^|[\s_-])(?:comments?|respond|disqus)(?:$|[\s_-])", re.IGNORECASE)
_MAX_NAME = 300
_MOST_SHARE = 0.3
_MOST_COMMENTS = 0.8
_PROSE = 80
_MAX_SIBLINGS = 60
_MAX_ITEMS = 200
_MAX_HEADINGS = 30
_MIN_HEADLINE = 12
_LINK_SHARE = 0.3
_NEAR_HEADING = 80


def tree_of(html: str) -> Any:  # noqa: ANN401 - lxml has no types
    """A page as an lxml tree of bounded size; libxml2 ends it where 256 elements are open.

    Raises:
        SourceError: there is no markup in it.
    """
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    markup = _DECLARATION.sub("", _CONTROLS.sub("", html), count=1)
    parser = HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = document_fromstring(markup, parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise SourceError("holds no article: the page is empty") from error
    etree.strip_elements(root, *_NO_TEXT, with_tail=False)
    for surplus in reversed(list(islice(root.iter(), MAX_ELEMENTS, None))):
        surplus.getparent().remove(surplus)
    return root


def text_of(element: Any, limit: int = line_is.MAX_HEADLINE) -> str:  # noqa: ANN401
    """The element's text on one line; nothing where it is longer than the limit."""
    pieces: list[str] = []
    size = 0
    for piece in element.itertext():
        size += len(piece)
        if size > 2 * limit:
            return ""
        pieces.append(piece)
    line = clean_line(repair("".join(pieces)))
    return line if len(line) <= limit else ""


class Surrounded:
    """An article's tree, and what is around the article in it.

    The elements that hold the main heading or the main text are never taken out.
    """

    def __init__(self, root: Any) -> None:  # noqa: ANN401
        from lxml import etree

        etree.strip_elements(root, "script", "head", with_tail=False)
        self._root = root
        self._heading = next(root.iter("h1"), None)
        anchors = [*islice(root.iter("main"), 3), *islice(root.iter("h1"), 1)]
        anchors += islice(root.iterfind(".//*[@itemprop='articleBody']"), 3)
        self._kept = {root} | {at for one in anchors for at in (one, *one.iterancestors())}

    def take_highlights(self) -> tuple[str, ...]:
        """The publisher's own points: the list after a heading such as "Highlights"."""
        for heading in self._headings(line_is.is_heading_of_highlights):
            after = next(_following(heading), None)
            points = next(after.iter("ul", "ol"), None) if after is not None else None
            items = islice(points.iter("li"), _MAX_ITEMS) if points is not None else ()
            texts = [_point(item) for item in items]
            if points not in self._kept and any(texts):
                _take_out(points)
                _take_out(heading)
                return tuple(filter(None, texts))[:MAX_POINTS]
        return ()

    def take_recent(self) -> tuple[str, ...]:
        """Other articles' headlines: the links after a heading such as "Recent News"."""
        found: dict[str, None] = {}
        for heading in self._headings(line_is.is_heading_of_recent):
            taken = list(islice(self._list_after(heading), _MAX_SIBLINGS))
            for element in taken:
                found.update(dict.fromkeys(_headlines(element)))
                _take_out(element)
            if taken:
                _take_out(heading)
        return tuple(found)[:MAX_RECENT]

    def about(self) -> line_is.About:
        """Authors and date in the lines around the main heading and in elements named for them."""
        names: tuple[str, ...] = ()
        dated = line_is.About()
        for element in self._near_heading():
            line = text_of(element, 120) if len(element) <= _MAX_SIBLINGS else ""
            told = line_is.about_line(line) if line else None
            if told and (not dated.raw_date or dated.is_again):
                dated = told if told.raw_date else dated
            names = names or (told.names if told else ())
        if not dated.raw_date or dated.is_again:
            dated = self._time() or dated
        return line_is.About(names or self._author(), dated.raw_date, dated.date)

    def drop_surroundings(self) -> None:
        """Take out menus, forms, comments, biographies and the like, and the main heading."""
        prose = _prose(self._root)
        for element in list(self._root.iter()):
            share = prose.get(element, 0) / max(1, prose[self._root])
            if element not in self._kept and _is_around(element, share):
                _take_out(element)
        if self._heading is not None:
            _take_out(self._heading)

    def _headings(self, is_heading: Any) -> list[Any]:  # noqa: ANN401
        found = (one for one in self._root.iter(*_HEADINGS) if len(one) <= 3)  # noqa: PLR2004
        return list(islice((one for one in found if is_heading(text_of(one, 80))), _MAX_HEADINGS))

    def _list_after(self, heading: Any) -> Iterator[Any]:  # noqa: ANN401
        """The elements after a heading that hold links or points rather than sentences."""
        for element in _following(heading):
            is_next = element.tag in ("h1", "h2") or element in self._kept
            if is_next or not _is_list(element):
                return
            yield element

    def _near_heading(self) -> Iterator[Any]:
        if self._heading is not None:
            yield from islice(self._heading.itersiblings(preceding=True), 3)
            yield from islice(self._heading.xpath("following::*"), _NEAR_HEADING)

    def _time(self) -> line_is.About | None:
        """The first `time` with a date; one that is marked as the publication's goes before."""
        times = list(islice(self._root.iter("time"), _MAX_ITEMS))
        marked = [one for one in times if "publish" in f"{_name(one)} {one.get('itemprop', '')}"]
        for one in (*marked, *times):
            raw = (one.get("datetime") or text_of(one, 60)).strip()[:60]
            if moment := line_is.moment_of(raw):
                return line_is.About((), raw, moment)
        return None

    def _author(self) -> tuple[str, ...]:
        marked = "//*[@rel='author' or @itemprop='author' or contains(@class, 'author')]"
        for element in islice(self._root.xpath(marked), _MAX_ITEMS):
            if names := line_is.names_in(line_is.without_by(text_of(element, 80))):
                return names
        return ()


def _name(element: Any) -> str:  # noqa: ANN401
    """The element's classes and id."""
    return f"{element.get('class', '')[:_MAX_NAME]} {element.get('id', '')[:_MAX_NAME]}"


def _point(item: Any) -> str:  # noqa: ANN401
    text = clean(repair("".join(item.itertext())[: 4 * line_is.MAX_HEADLINE]))
    return clean_line(line_is.without_marks(without_furniture(text, "")))


def _following(heading: Any) -> Iterator[Any]:  # noqa: ANN401
    """The elements after this one, or after the parent that it fills alone."""
    element = heading
    while element is not None and not (element.tail or "").strip():
        if element.getnext() is not None:
            yield from islice(element.itersiblings(), _MAX_SIBLINGS)
            return
        element = element.getparent()


def _is_list(element: Any) -> bool:  # noqa: ANN401
    """True where links fill a good part of the element's text."""
    text = sum(map(len, element.itertext()))
    links = [element] if element.tag == "a" else list(islice(element.iter("a"), _MAX_ITEMS))
    linked = sum(len(piece) for link in links for piece in link.itertext())
    return linked > 0 and linked >= _LINK_SHARE * text


def _headlines(element: Any) -> Iterator[str]:  # noqa: ANN401
    """The texts of the element's links that are long enough for a headline."""
    links = [element] if element.tag == "a" else islice(element.iter("a"), _MAX_ITEMS)
    for link in links:
        line = without_furniture(text_of(link), "")
        is_side_note = line_is.about_line(line) or line_is.is_sign_up(line)
        if len(line.encode()) >= _MIN_HEADLINE and not is_side_note:
            yield clean_line(line)


def _is_around(element: Any, share: float) -> bool:  # noqa: ANN401
    """True by tag or name, unless so much of the page's prose is in it that it is the article."""
    name = _name(element)
    if _COMMENTS_NAME.search(name):
        return share <= _MOST_COMMENTS
    return share <= _MOST_SHARE and (element.tag in _AROUND or bool(_AROUND_NAME.search(name)))


def _prose(root: Any) -> dict[Any, int]:  # noqa: ANN401
    """Each element's characters in pieces long enough for a sentence, all that is in it counted."""
    prose: dict[Any, int] = {}
    for element in reversed(list(root.iter())):
        pieces = (element.text or "", *(child.tail or "" for child in element))
        own = sum(len(piece) for piece in pieces if len(piece) >= _PROSE)
        prose[element] = own + sum(prose[child] for child in element)
    return prose


def _take_out(element: Any) -> None:  # noqa: ANN401
    """Remove an element; the text after it stays."""
    if element.getparent() is not None:
        element.drop_tree()
