"""CSS selectors in time that grows with the page and not with its square.

lxml turns a whole selector into one XPath, and libxml2 takes minutes for `div ~ div` or for five
`div`s in a row on a page made for it. Here only the parts between combinators become XPath.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newsletter.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable

    Pick = Callable[[Any], list[Any]]


def picker(selector: str) -> Pick:
    """The function that finds what a selector means in an element, itself included, in order.

    Raises:
        SourceError: it is no CSS selector, or one that needs more than a document.
    """
    from cssselect import SelectorError, parse

    try:
        picks = [_of_tree(parsed.parsed_tree) for parsed in parse(selector)]
    except SelectorError as error:
        raise SourceError(f"has `{selector}` among its selectors, which is none in CSS") from error
    if len(picks) == 1:
        return picks[0]
    return lambda root: _in_order(root, {e for pick in picks for e in pick(root)})


def _in_order(root: Any, found: set[Any]) -> list[Any]:  # noqa: ANN401 - lxml has no types
    return [element for element in root.iter() if element in found]


def _of_tree(tree: Any) -> Pick:  # noqa: ANN401 - cssselect's trees are not public types
    from cssselect.parser import CombinedSelector

    if not isinstance(tree, CombinedSelector):
        return _simple(tree)
    left, right = _of_tree(tree.selector), _simple(tree.subselector)
    near = _NEAR[tree.combinator]

    def found(root: Any) -> list[Any]:  # noqa: ANN401
        candidates = right(root)
        reached = near(left(root), root) if candidates else set()
        return [element for element in candidates if element in reached]

    return found


def _simple(tree: Any) -> Pick:  # noqa: ANN401
    """What a selector without combinators means."""
    from cssselect import HTMLTranslator
    from cssselect.parser import Selector
    from lxml.etree import XPath, XPathError

    find = XPath(HTMLTranslator().selector_to_xpath(Selector(tree)))

    def found(root: Any) -> list[Any]:  # noqa: ANN401
        try:
            return list(find(root))
        except XPathError as error:
            raise SourceError("has a selector that cannot be followed; make it simpler") from error

    return found


def _below(elements: list[Any], _root: Any) -> set[Any]:  # noqa: ANN401
    """All descendants; what lies in one already counted is not walked again."""
    below: set[Any] = set()
    for element in elements:
        if element not in below:
            below.update(element.iterdescendants())
    return below


def _children(elements: list[Any], _root: Any) -> set[Any]:  # noqa: ANN401
    return {child for element in elements for child in element}


def _next(elements: list[Any], root: Any) -> set[Any]:  # noqa: ANN401
    return {element.getnext() for element in elements if element is not root}


def _later(elements: list[Any], root: Any) -> set[Any]:  # noqa: ANN401
    """All later siblings; after one already counted nothing is new. The root's lie outside."""
    later: set[Any] = set()
    for element in elements:
        if element not in later and element is not root:
            later.update(element.itersiblings())
    return later


_NEAR = {" ": _below, ">": _children, "+": _next, "~": _later}
