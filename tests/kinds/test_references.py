"""References of an XML document, repaired before a parser sees them."""

from __future__ import annotations

import time

import pytest

from newsletter.kinds.references import with_whole_references


@pytest.mark.parametrize(
    ("document", "repaired"),
    [
        ("<a>x</a>", "<a>x</a>"),
        ("<a>AT&T &</a>", "<a>AT&amp;T &amp;</a>"),
        ("<a b='?a=1&b=2'/>", "<a b='?a=1&amp;b=2'/>"),
        ("&amp;&lt;&gt;&quot;&apos;", "&amp;&lt;&gt;&quot;&apos;"),
        ("Caf&eacute;&#233;&#xe9;", "Cafééé"),
        ("&#60;&#x26;&#34;", "&lt;&amp;&quot;"),
        ("x&#0;&#xD800;&#xFFFF;y", "x\ufffd\ufffdy"),
        ("&unknown;", "&amp;unknown;"),
        ("&<![CDATA[a & &eacute;]]>&", "&amp;<![CDATA[a & &eacute;]]>&amp;"),
        ("&<!-- & <![CDATA[ -->&", "&amp;<!-- & <![CDATA[ -->&amp;"),
        ("&<![CDATA[ & <a>", "&amp;<![CDATA[ & <a>"),
    ],
)
def test_a_document_keeps_its_meaning(document: str, repaired: str) -> None:
    assert with_whole_references(document) == repaired


@pytest.mark.parametrize("piece", ["&", "<!--", "<![CDATA[", "<![CDATA[]]>&", "&#", "&eacute;"])
def test_it_takes_linear_time(piece: str) -> None:
    begun = time.process_time()
    with_whole_references("&" + piece * 500_000)
    assert time.process_time() - begun < 5  # seconds of a busy machine; squared, it takes hours
