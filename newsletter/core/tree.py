"""A finished mail as a tree of elements."""

from __future__ import annotations

from typing import Any


def tree_of(html: str) -> Any:  # noqa: ANN401 - lxml has no types
    """The `html` element of a document, mended as a browser would; of nothing, an empty one."""
    from lxml import etree
    from lxml import html as lxml_html

    parser = lxml_html.HTMLParser(encoding="utf-8")
    try:
        return lxml_html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:
        return lxml_html.document_fromstring("<html></html>")
