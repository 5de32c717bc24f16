"""Which colour each text of a mail has, and on which ground, as a client paints it.

Read are `style` attributes, `bgcolor`, and the rules of style blocks that a look heeds: plain ones,
those for `prefers-color-scheme: dark`, and those for Outlook's dark mode. Pictures behind text are
not seen, nor rules for phones, which change no colour.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from newsletter.core.css import Declaration, declarations, rules
from newsletter.core.css_colour import colour_in, over
from newsletter.core.tree import tree_of

_COLOURS = frozenset({"color", "background-color"})
_READ = frozenset({*_COLOURS, "background", "display", "font-size", "font-weight"})
_NO_COLOUR = frozenset({"inherit", "initial", "unset", "revert", "currentcolor"})
_SIZE = re.compile(r"(\d+(?:\.\d+)?)(px|pt|em|rem|%)")
_SIZES = {"h1": 32.0, "h2": 24.0, "h3": 18.72}  # px, of a browser's own style sheet
_ROOT_SIZE = 16.0
_BOLD_ELEMENTS = frozenset({"b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"})
_BOLD_FROM = 600
_UNPAINTED = frozenset({"head", "style", "script", "title"})
_ABOVE_ALL = re.compile(r"\[data-ogs[cb]\]\s+")  # Outlook sets these above all that it painted
_WORD = re.compile(r"\w")

Element = Any  # lxml has no types
Declared = Mapping[str, str]
_NOTHING: Declared = {}


@dataclass(frozen=True)
class Text:
    """Words as they are painted; colours as #rrggbb, `size` in px."""

    words: str
    colour: str
    ground: str
    size: float
    is_bold: bool


@dataclass(frozen=True)
class Look:
    """A way to paint a mail: the kinds of rules it heeds, and what it makes of colours.

    `kinds` are of "plain", "dark" and "outlook". Colours of elements and plain rules go
    through `text` and `ground`; those that the other two choose stay as they are. `ink`, `link` and
    `paper` stand where a mail names no colour.
    """

    name: str
    kinds: frozenset[str]
    text: Callable[[str], str] = str
    ground: Callable[[str], str] = str
    ink: str = "#000000"
    link: str = "#0000ee"
    paper: str = "#ffffff"


@dataclass(frozen=True)
class _Block:
    """Declarations of a rule and what they are for."""

    kind: str
    declared: tuple[Declaration, ...]
    elements: tuple[Element, ...]
    specificity: tuple[int, int, int]


@dataclass(frozen=True)
class _Brush:
    """What texts are painted with; children take it over where they say nothing else."""

    colour: str
    ground: str
    size: float = _ROOT_SIZE
    is_bold: bool = False


class Mail:
    """A finished mail, read once, to be looked at in several ways."""

    def __init__(self, html: str) -> None:
        self._root = tree_of(html)
        self._blocks = sorted(_blocks(self._root), key=lambda block: block.specificity)

    def texts(self, look: Look) -> Iterator[Text]:
        """All texts that are seen, with their colours; pictures stand as their alternative text."""
        cascade = _Cascade(self._blocks, look)
        start = _Brush(look.text(look.ink), look.ground(look.paper))
        waiting: list[tuple[Element, _Brush]] = [(self._root, start)]
        while waiting:
            element, above = waiting.pop()
            if not isinstance(element.tag, str) or element.tag in _UNPAINTED:
                continue
            said, chosen = cascade.of(element)
            if {**said, **chosen}.get("display") == "none":
                continue
            brush = _brush(element, above, said, chosen, look)
            yield from _painted(element, brush)
            waiting += [(child, brush) for child in element]

    def strange_colours(self) -> frozenset[str]:
        """Values of colours that cannot be read, so that texts of them are seen in another."""
        styles = {element.get("style", "") for element in self._root.iter("*")}
        said = [one for style in styles for one in declarations(style)]
        said += [one for block in self._blocks for one in block.declared]
        return frozenset(
            one.value
            for one in said
            if one.name in _COLOURS
            and one.value.lower() not in _NO_COLOUR
            and colour_in(one.value) is None
        )


class _Cascade:
    """What is declared for elements under a look, in the order of CSS Cascade Level 4."""

    def __init__(self, blocks: list[_Block], look: Look) -> None:
        self._rules: dict[tuple[str, bool], dict[Element, dict[str, str]]] = {}
        for block in blocks:
            if block.kind in look.kinds:
                self._hold(block)

    def of(self, element: Element) -> tuple[Declared, Declared]:
        """What it and plain rules say, and what is chosen for the dark by rules of a look."""
        style = element.get("style", "")
        said = {
            **self._found("plain", element, important=False),
            **_inline(style, important=False),
            **self._found("plain", element, important=True),
            **_inline(style, important=True),
        }
        dark = self._found("dark", element, important=True)
        return said, {**dark, **self._found("outlook", element, important=True)}

    def _hold(self, block: _Block) -> None:
        for one in block.declared:
            held = self._rules.setdefault((block.kind, one.is_important), {})
            for element in block.elements:
                held.setdefault(element, {})[one.name] = one.value

    def _found(self, kind: str, element: Element, *, important: bool) -> Declared:
        return self._rules.get((kind, important), {}).get(element, _NOTHING)


def _blocks(root: Element) -> Iterator[_Block]:
    find = lru_cache(maxsize=None)(partial(_found_by, root))  # many rules are of the same elements
    for style in root.iter("style"):
        for rule in rules(style.text or ""):
            said = tuple(one for one in rule.declarations if one.name in _READ)
            for selector in map(str.strip, rule.selector.split(",") if said else ()):
                kind = _kind(selector, rule.inside)
                elements = find(_ABOVE_ALL.sub("", selector)) if kind else ()
                if elements:
                    yield _Block(kind, said, elements, _compiled(selector)[1])


def _kind(selector: str, inside: tuple[str, ...]) -> str:
    """What a rule is for; empty where no look heeds it."""
    if inside:
        is_dark = "prefers-color-scheme:dark" in inside[-1].lower().replace(" ", "")
        return "dark" if is_dark else ""
    return "outlook" if _ABOVE_ALL.match(selector) else "plain"


def _found_by(root: Element, selector: str) -> tuple[Element, ...]:
    """None where a selector cannot be read, or is of what stands on no paper, as `:hover`."""
    from cssselect import SelectorError

    try:
        return tuple(_compiled(selector)[0](root))
    except SelectorError:
        return ()


@lru_cache(maxsize=512)
def _compiled(selector: str) -> tuple[Callable[[Element], list[Element]], tuple[int, int, int]]:
    from cssselect import parse
    from lxml.cssselect import CSSSelector

    return CSSSelector(selector, translator="html"), parse(selector)[0].specificity()


@lru_cache(maxsize=4096)
def _inline(style: str, *, important: bool) -> Declared:
    return {
        one.name: one.value
        for one in declarations(style)
        if one.name in _READ and one.is_important is important
    }


def _brush(element: Element, above: _Brush, said: Declared, chosen: Declared, look: Look) -> _Brush:
    ground = _ground(element, above.ground, said, chosen, look)
    return _Brush(
        colour=_colour(element, above.colour, ground, said, chosen, look),
        ground=ground,
        size=_size(element.tag, above.size, {**said, **chosen}.get("font-size", "")),
        is_bold=_is_bold(element.tag, {**said, **chosen}.get("font-weight", ""), above),
    )


def _ground(element: Element, below: str, said: Declared, chosen: Declared, look: Look) -> str:
    choice = colour_in(_background(chosen))
    if choice:
        return over(*choice, below)
    own = colour_in(_background(said) or element.get("bgcolor", ""))
    if own is None:
        return below
    return over(look.ground(own[0]), own[1], below)


def _background(declared: Declared) -> str:
    return declared.get("background-color") or declared.get("background", "")


def _colour(
    element: Element, above: str, ground: str, said: Declared, chosen: Declared, look: Look
) -> str:
    choice = colour_in(chosen.get("color", ""))
    if choice:
        return over(*choice, ground)
    own = colour_in(said.get("color", "") or element.get("color", ""))
    if own:
        return over(look.text(own[0]), own[1], ground)
    is_bare_link = element.tag == "a" and element.get("href") and "color" not in said
    return look.text(look.link) if is_bare_link else above


def _size(tag: str, above: float, value: str) -> float:
    found = _SIZE.match(value)
    if not found:
        return _SIZES.get(tag, above)
    of = {"px": 1.0, "pt": 4 / 3, "em": above, "rem": _ROOT_SIZE, "%": above / 100}
    return float(found[1]) * of[found[2]]


def _is_bold(tag: str, value: str, above: _Brush) -> bool:
    if value.isdigit():
        return int(value) >= _BOLD_FROM
    if value in ("normal", "bold", "bolder", "lighter"):
        return value.startswith("bold")
    return above.is_bold or tag in _BOLD_ELEMENTS


def _painted(element: Element, brush: _Brush) -> Iterator[Text]:
    """An element's own words; those after a child are the element's, not the child's."""
    parts = (element.text, *(child.tail for child in element), element.get("alt"))
    for words in parts:
        if words and _WORD.search(words):
            line = " ".join(words.split())
            yield Text(line, brush.colour, brush.ground, brush.size, brush.is_bold)
