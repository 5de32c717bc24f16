"""Kind of source -> the function that reads its documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.core.escapes import escaped_once
from newsletter.errors import SourceError
from newsletter.kinds import feed, jsonfeed
from newsletter.kinds.charset import decoded

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsletter.core.entry import ParsedEntry

KINDS: dict[str, Callable[[str, str], tuple[ParsedEntry, ...]]] = {
    "feed": feed.parse,
    "jsonfeed": jsonfeed.parse,
}
"""A new kind is one module with `parse(document, url)`, and one line here."""

AUTO = "auto"


def parse(body: bytes, *, content_type: str, url: str, kind: str) -> tuple[ParsedEntry, ...]:
    """The items of a document, in its order; `url` is where it came from, for relative links.

    `kind` is a name of `KINDS`, or "auto": JSON Feed or XML, by the look of it.

    Raises:
        SourceError: the document is none of that kind; the message begins with a verb, to stand
            after the source's name ("is a web page, not a feed").
    """
    document = decoded(body, content_type).strip("\x00\ufeff \t\r\n")
    if not document:
        raise SourceError("is empty: it answered with no content")
    return escaped_once(_reader(kind, document)(document, url))


def _reader(kind: str, document: str) -> Callable[[str, str], tuple[ParsedEntry, ...]]:
    if kind == AUTO:
        kind = "jsonfeed" if document[0] in "{[" else "feed"
    if kind not in KINDS:
        names = ", ".join((AUTO, *KINDS))
        raise SourceError(f'has the kind "{kind}", which is none of {names}')
    return KINDS[kind]
