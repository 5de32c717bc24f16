"""Style sheets of mails, read as far as checks need: rules, their selectors and declarations.

The grammar is that of CSS Syntax Level 3 cut down to what a mail holds: blocks of declarations, and
at-rules around them. What cannot be read is left out, as in a browser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_WHOLE = r"\"[^\"]*\"|'[^']*'|\([^()]*\)"  # strings and brackets, in which signs mean nothing
_PIECE = re.compile(rf"((?:{_WHOLE}|[^{{}};])*)([{{}};]|\Z)")
_DECLARATION = re.compile(rf"(?:{_WHOLE}|[^;])+")
_IMPORTANT = re.compile(r"\s*!\s*important\s*\Z", re.IGNORECASE)
_GROUPING = ("@media", "@supports", "@layer", "@container")


@dataclass(frozen=True)
class Declaration:
    """A property and its value; the property in small letters."""

    name: str
    value: str
    is_important: bool = False


@dataclass(frozen=True)
class Rule:
    """Declarations and what they are for: a selector list, or an at-rule such as "@font-face".

    `inside` are the at-rules around it, outermost first ("@media (prefers-color-scheme: dark)").
    """

    selector: str
    declarations: tuple[Declaration, ...]
    inside: tuple[str, ...] = ()


def declarations(text: str) -> tuple[Declaration, ...]:
    """What a `style` attribute or the block of a rule declares, in its order."""
    found = map(_declaration, _DECLARATION.findall(_COMMENT.sub(" ", text)))
    return tuple(each for each in found if each is not None)


def rules(sheet: str) -> Iterator[Rule]:
    """The rules of a style sheet in its order; an at-rule without a block has no declarations."""
    around: list[str] = []
    held = ""
    for text, end in _PIECE.findall(_COMMENT.sub(" ", sheet)):
        if end == "{":
            around.append(" ".join(text.split()))
            held = ""
        elif end == ";" and around:
            held += f"{text};"
        elif end == ";" and text.strip():
            yield Rule(" ".join(text.split()), ())
        elif end == "}" and around:
            selector = around.pop()
            if not selector.startswith(_GROUPING):
                yield Rule(selector, declarations(held + text), tuple(around))
            held = ""


def _declaration(text: str) -> Declaration | None:
    name, colon, value = text.partition(":")
    plain = _IMPORTANT.sub("", value)
    if not (colon and name.strip() and plain.strip()):
        return None
    return Declaration(name.strip().lower(), " ".join(plain.split()), plain != value)
