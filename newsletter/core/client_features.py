"""Which features of HTML and CSS a mail uses, by the names that caniemail.com gives them.

Its names are like "css-padding" and "html-table"; many properties and elements share one, which the
tables below say. What it has never tested gets a name made the same way. Conditional comments are
read by Outlook's Word engine alone and hold its own dialect, so they are no feature here; nor are
properties with a maker's prefix, which other makers' clients leave out.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from newsletter.core.css import Declaration, declarations, rules
from newsletter.core.tree import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.core.css import Rule

_ELEMENTS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "html-h1-h6"),
    **dict.fromkeys(("ul", "ol", "li", "dl", "dt", "dd"), "html-lists"),
    **dict.fromkeys(
        ("table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption", "col", "colgroup"),
        "html-table",
    ),
    **dict.fromkeys(
        (
            *("article", "aside", "details", "figcaption", "figure", "footer", "header", "main"),
            *("mark", "nav", "section", "summary", "time"),
        ),
        "html-semantics",
    ),
    **dict.fromkeys(("map", "area"), "html-image-maps"),
}
_ATTRIBUTES = {
    **{
        name: f"html-{name}"
        for name in (
            *("align", "valign", "width", "height", "cellpadding", "cellspacing", "background"),
            *("lang", "dir", "role", "target", "hidden", "popover", "required", "srcset"),
            *("aria-describedby", "aria-hidden", "aria-label", "aria-labelledby", "aria-live"),
        )
    },
    "loading": "html-loading-attribute",
    "inert": "css-inert-attribute",
    "sizes": "html-srcset",
}
_PROPERTIES = {
    **dict.fromkeys(("left", "right", "top", "bottom"), "left-right-top-bottom"),
    **dict.fromkeys(("row-gap", "column-gap"), "gap"),
    **dict.fromkeys(("overflow-x", "overflow-y"), "overflow"),
    **dict.fromkeys(("flex", "flex-flow", "flex-grow", "flex-shrink"), "display-flex"),
    **dict.fromkeys(("grid-template-columns", "grid-template-rows"), "grid-template"),
    **{f"{box}-{side}": box for box in ("margin", "padding", "border") for side in
       ("top", "right", "bottom", "left")},
    **{f"border-{side}-{part}": "border" for side in ("top", "right", "bottom", "left")
       for part in ("color", "style", "width")},
    **{f"border-{part}": "border" for part in ("color", "style", "width")},
    **{f"border-{corner}-radius": "border-radius" for corner in
       ("top-left", "top-right", "bottom-left", "bottom-right")},
    **{f"outline-{part}": "outline" for part in ("color", "style", "width")},
}  # fmt: skip
_UNITS = "px|em|rem|%|pt|vh|vw|vmin|vmax|ch|cm|mm|in|pc|ex"
_UNIT = re.compile(rf"(?<![\w#-])[+-]?(?:\d+\.?\d*|\.\d+)({_UNITS})(?![\w])", re.IGNORECASE)
_UNREAD = re.compile(r"\"[^\"]*\"|'[^']*'|url\([^)]*\)")  # the words of a value, not its grammar
_VALUES = (
    (re.compile(r"\bcalc\("), "css-unit-calc"),
    (re.compile(r"\b(clamp|min|max|light-dark)\("), "css-function-{}"),
    (re.compile(r"\b(linear|radial|conic)-gradient\("), "css-{}-gradient"),
    (re.compile(r"\b(rgba?)\("), "css-{}"),
    (re.compile(r"\b(?:oklch|lch|oklab|lab)\("), "css-modern-color"),
    (re.compile(r"\bvar\("), "css-variables"),
    (re.compile(r"\binitial\b"), "css-unit-initial"),
    (re.compile(r"(?:system-ui|\bui-(?:serif|sans-serif|rounded|monospace))\b"), "css-sytem-ui"),
)
_MEDIA = (
    ("prefers-color-scheme", "css-at-media-prefers-color-scheme"),
    ("prefers-reduced-motion", "css-at-media-prefers-reduced-motion"),
    ("orientation", "css-at-media-orientation"),
    ("hover", "css-at-media-hover"),
    ("device-pixel-ratio", "css-at-media-device-pixel-ratio"),
)
_BRACKETS = re.compile(r"\[[^\]]*\]|\([^()]*\)")
_COMBINATORS = re.compile(r"\s*([>+~])\s*|\s+")
_COMBINED = {">": "child", "+": "adjacent-sibling", "~": "general-sibling", "": "descendant"}
_PSEUDO = re.compile(r"(::?)([a-z-]+)")
_OLD_ELEMENTS = ("after", "before", "first-letter", "first-line")  # once written with one colon
_PICTURE = re.compile(r"\Adata:image/([a-z+]+)|\.([a-z]+)(?:[?#]|\Z)", re.IGNORECASE)
_FORMATS = {"jpeg": "jpg", "svg+xml": "svg", "tif": "tiff", "heic": "heif", "x-icon": "ico"}


def features_of(html: str) -> frozenset[str]:
    """The names of all features that a finished mail uses; each is told once."""
    root = tree_of(html)
    found = {"html-doctype"} if html.lstrip().lower().startswith("<!doctype html>") else set()
    styles = set()
    for element in root.iter():
        if isinstance(element.tag, str):
            found.update(_of_element(element))
            styles.add(element.get("style", ""))
            if element.tag == "style":
                found.update(_of_sheet(element.text or ""))
        elif "[if " not in (element.text or ""):
            found.add("html-comments")
    for style in styles:
        found.update(_of_declarations(declarations(style)))
    return frozenset(found)


def _of_element(element: Any) -> Iterator[str]:  # noqa: ANN401 - lxml has no types
    tag = element.tag
    if tag in ("input", "button"):
        yield f"html-{tag}-{element.get('type', 'text' if tag == 'input' else 'submit')}"
    else:
        yield _ELEMENTS.get(tag, f"html-{tag}")
    for name in element.keys():  # noqa: SIM118 - an element is no mapping
        if name in _ATTRIBUTES:
            yield _ATTRIBUTES[name]
    if tag == "a":
        yield from _of_link(element.get("href", ""))
    elif tag == "img":
        yield from _of_picture(element.get("src", ""))
    elif tag == "meta" and element.get("name") == "color-scheme":
        yield "html-meta-color-scheme"


def _of_link(target: str) -> Iterator[str]:
    if target.startswith("#"):
        yield "html-anchor-links"
    elif target.startswith("mailto:"):
        yield "html-mailto-links"


def _of_picture(address: str) -> Iterator[str]:
    """A `data:` address is no feature: such a picture travels as a part of the message."""
    found = _PICTURE.search(address)
    if found:
        name = (found[1] or found[2]).lower()
        yield f"image-{_FORMATS.get(name, name)}"


def _of_sheet(sheet: str) -> Iterator[str]:
    if "/*" in sheet:
        yield "css-comments"
    for rule in rules(sheet):
        for around in rule.inside:
            yield from _of_at_rule(around)
        yield from _of_rule(rule)


def _of_rule(rule: Rule) -> Iterator[str]:
    """What stands in an at-rule's own block, such as `src` in @font-face, is no property."""
    if rule.selector.startswith("@"):
        yield from _of_at_rule(rule.selector)
        return
    if not any(around.startswith("@keyframes") for around in rule.inside):
        yield from _of_selectors(rule.selector)
    yield from _of_declarations(rule.declarations)


def _of_at_rule(prelude: str) -> Iterator[str]:
    name = re.split(r"[\s(]", prelude, maxsplit=1)[0]
    yield f"css-at-{name.removeprefix('@')}"
    if name == "@media":
        yield from (slug for words, slug in _MEDIA if words in prelude)


def _of_selectors(text: str) -> Iterator[str]:
    if "[" in text:
        yield "css-selector-attribute"
    plain = _BRACKETS.sub(lambda found: "[]" if found[0][0] == "[" else "", text)
    selectors = [each.strip() for each in plain.split(",")]
    if len(selectors) > 1:
        yield "css-selector-grouping"
    for selector in selectors:
        yield from (
            f"css-selector-{_COMBINED[found[1] or '']}" for found in _COMBINATORS.finditer(selector)
        )
        for compound in _COMBINATORS.sub(" ", selector).split():
            yield from _of_compound(compound)


def _of_compound(compound: str) -> Iterator[str]:
    for colons, name in _PSEUDO.findall(compound):
        kind = "element" if colons == "::" or name in _OLD_ELEMENTS else "class"
        yield f"css-pseudo-{kind}-{name}"
    bare = _PSEUDO.sub("", compound)
    named = bare.count(".") + bare.count("#")
    if named > 1:
        yield "css-selector-chaining"
    kinds = ((".", "class"), ("#", "id"), ("*", "universal"))
    yield from (f"css-selector-{kind}" for sign, kind in kinds if sign in bare)
    if bare[:1].isalpha():
        yield "css-selector-type"


def _of_declarations(declared: tuple[Declaration, ...]) -> Iterator[str]:
    for each in declared:
        yield from _of_declaration(each)


@lru_cache(maxsize=2048)
def _of_declaration(declared: Declaration) -> frozenset[str]:
    if declared.name.startswith("--"):
        return frozenset({"css-variables"})
    if declared.name.startswith(("-", "mso-")):
        return frozenset()
    found = set(_of_value(_UNREAD.sub("", declared.value.lower())))
    found.add(f"css-{_PROPERTIES.get(declared.name, declared.name)}")
    if declared.name == "display" and declared.value in ("none", "flex", "grid"):
        found.add(f"css-display-{declared.value}")
        found.discard("css-display")
    if declared.is_important:
        found.add("css-important")
    return frozenset(found)


def _of_value(value: str) -> Iterator[str]:
    for unit in _UNIT.findall(value):
        yield "css-unit-percent" if unit == "%" else f"css-unit-{unit}"
    for pattern, slug in _VALUES:
        yield from (slug.format(found) for found in pattern.findall(value))
