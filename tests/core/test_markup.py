"""Markup of feeds: what may stand in a page, and the text of it."""

from __future__ import annotations

import re
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from newsletter.core.markup import MAX_MARKUP, plain, sanitised
from newsletter.core.text import clean
from tests.core.payloads import hostile

BASE = "https://paper.example/2026/story"
PAYLOADS = hostile()
TAGS = frozenset(
    (
        *("p", "br", "a", "em", "i", "strong", "b", "ul", "ol", "li", "blockquote", "h2", "h3"),
        *("h4", "code", "pre", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
        *("sup", "sub", "figure", "figcaption", "hr", "img"),
    )
)
ATTRIBUTES = {
    "a": {"href", "rel"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
PIECES = st.lists(
    st.sampled_from(
        [
            *("<p>", "</p>", "<b>", "</b>", "<b a=1>", "<i>", "</i>", "<a href=x>", "</a>", "<li>"),
            *("<ul>", "</ul>", "<table>", "</table>", "<tr>", "<td>", "<h2>", "</h2>", "<pre>\n"),
            *("<pre>", "</pre>", "<blockquote>", "<figure>", "<svg>", "<math>", "</svg>", "<br>"),
            *("<style>", "</style>", "<!--", "-->", "<![CDATA[", "]]>", "<", ">", "&", "&amp;"),
            *("&lt;", "&#8238;", "\u202e", "\n", "\x00", "x", " ", '"', "'", "<img src=y alt='<'>"),
            *("<hr>", "<caption>", "<th>", "<sup>", "<code>", "</code>", "<div>", "<font color=x>"),
            *("<form>", "<select>", "<option>", "</p", "<a", "<ol>", "</td>", "&nbsp;", "\u00e9"),
        ]
    ),
    max_size=14,
).map("".join)


def faults(markup: str, *, with_images: bool = False) -> list[str]:
    """What stands in the markup, read as a page, that the allow-list does not name."""
    root = html.fragment_fromstring(markup, create_parent="main")
    return [fault for element in root.iterdescendants() for fault in _faults(element, with_images)]


def _faults(element: Any, with_images: bool) -> list[str]:
    if element.tag not in TAGS or (element.tag == "img" and not with_images):
        return [f"tag {element.tag}"]
    allowed = ATTRIBUTES.get(element.tag, set())
    found = [f"attribute {name}" for name in element.attrib if name not in allowed]
    for name in {"href", "src"} & set(element.attrib):
        address = element.attrib[name]
        parts = urlsplit(address)
        is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
        if not (is_web or (name == "href" and address.lower().startswith("mailto:"))):
            found.append(f"address {address}")
    sizes = {"width", "height", "colspan", "rowspan"} & set(element.attrib)
    return found + [name for name in sizes if not element.attrib[name].isdecimal()]


class TestHostileMarkup:
    def test_there_is_enough_of_it(self) -> None:
        assert len(PAYLOADS) >= 300

    @pytest.mark.parametrize("with_images", [False, True])
    @pytest.mark.parametrize("base", ["", BASE])
    def test_nothing_but_the_allow_list_comes_out(self, base: str, with_images: bool) -> None:
        left = {
            payload: found
            for payload in PAYLOADS
            if (
                found := faults(
                    sanitised(payload, base=base, with_images=with_images), with_images=with_images
                )
            )
        }
        assert left == {}

    def test_nor_of_all_of_it_at_once(self) -> None:
        assert faults(sanitised("".join(PAYLOADS), base=BASE)) == []

    def test_a_second_time_changes_nothing(self) -> None:
        once = [sanitised(payload, base=BASE, with_images=True) for payload in PAYLOADS]
        assert [sanitised(each, base=BASE, with_images=True) for each in once] == once

    @pytest.mark.parametrize(
        "markup",
        ["<script>x</script>", "<p onclick=x>", "<a href='javascript:x'>y</a>", "<img src=//x>",
         "<a href='/x'>y</a>", "<p style=x>", "<td colspan=1x>"],
    )  # fmt: skip
    def test_the_judge_would_notice(self, markup: str) -> None:
        assert faults(markup) != []


class TestSanitised:
    @pytest.mark.parametrize(
        ("markup", "result"),
        [
            ("", ""),
            ("plain & simple", "plain &amp; simple"),
            ("5 < 6, Dy <0.5%", "5 &lt; 6, Dy &lt;0.5%"),
            ("<p>x <y and z</p>", "<p>x &lt;y and z</p>"),
            ("<p class=a id=b>One<br/>two", "<p>One<br>two</p>"),
            ("<h1>Title</h1><div><span>t</span></div>", "Titlet"),
            ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
            ("H<sub>2</sub>O <code>x</code>", "H<sub>2</sub>O <code>x</code>"),
            ("x<!-- hidden -->y<?pi?>z", "xyz"),
            ("<![CDATA[text]]>", "text"),
            ("<style>a</style><script>b</script><noscript>c</noscript>d", "d"),
            ("<svg><text>a</text></svg><iframe>b</iframe><form>c<input></form>", "c"),
            ("<img src=x alt=y>", ""),
            ("a\u202eb&#8238;c", "abc"),
        ],
    )
    def test_markup_is_kept_or_goes(self, markup: str, result: str) -> None:
        assert sanitised(markup) == result

    @pytest.mark.parametrize(
        ("address", "kept"),
        [
            ("https://a.example/x?a=1&amp;b=2", "https://a.example/x?a=1&amp;b=2"),
            ("/x", "https://paper.example/x"),
            ("x", "https://paper.example/2026/x"),
            ("//other.example/x", "https://other.example/x"),
            ("#note", "https://paper.example/2026/story#note"),
            ("https:x", "https://paper.example/2026/x"),
            (" https://a.example/a b\n", "https://a.example/a%20b"),
            ("mailto:a@b.example", "mailto:a@b.example"),
        ],
    )
    def test_links_are_absolute(self, address: str, kept: str) -> None:
        found = sanitised(f'<a href="{address}">x</a>', base=BASE)
        assert found == f'<a href="{kept}" rel="noopener noreferrer nofollow">x</a>'

    @pytest.mark.parametrize(
        "base", ["", "javascript:x", "not an address", "x" * 10_000, "http://["]
    )
    def test_relative_links_go_where_there_is_no_base(self, base: str) -> None:
        assert "href" not in sanitised('<a href="/x">x</a><a href="https:x">x</a>', base=base)

    @pytest.mark.parametrize("address", ["https://u:p@a.example/", "https://a\\b/", "http://[x/"])
    def test_links_that_are_read_in_two_ways_go(self, address: str) -> None:
        assert "href" not in sanitised(f'<a href="{address}">x</a>', base=BASE)

    def test_pictures_come_on_request(self) -> None:
        markup = '<img src="/i.png" alt="a" width="10" height="1e9" srcset="x" onerror="y">'
        found = sanitised(markup, base=BASE, with_images=True)
        assert found == '<img src="https://paper.example/i.png" alt="a" width="10">'

    @pytest.mark.parametrize("colspan", ["0", "1000", "-1", "x"])
    def test_cells_keep_a_sane_size(self, colspan: str) -> None:
        assert sanitised(f"<table><tr><td colspan={colspan}>x").count("colspan") == 0

    @given(PIECES)
    def test_a_second_time_changes_nothing(self, markup: str) -> None:
        once = sanitised(markup, base=BASE, with_images=True)
        assert sanitised(once, base=BASE, with_images=True) == once
        assert faults(once, with_images=True) == []

    @given(st.text(max_size=80))
    def test_any_text_can_be_read(self, text: str) -> None:
        assert faults(sanitised(text)) == []


LONG = 1_000_000
STORMS = {
    **{unit: unit * (LONG // len(unit)) for unit in ("<", "&", "&lt;", "<a ", "<a '", "<div>")},
    **{unit: unit * (LONG // len(unit)) for unit in ("<ul><li>", "<b a=1>", "</p>", "<!--", "'")},
    **{unit: unit * (LONG // len(unit)) for unit in ("<table>", "<table><td>", "<svg>", "\u202e")},
    "unequal fonts": "".join(f"<font a={n}>" for n in range(3_000)) + "<p>x" * LONG,
    "unequal bolds": "".join(f"<b a={n}>" for n in range(199)) + "<p>x" * LONG,
    "links": "<a href=x>y</a>" * (LONG // 15),
    "attributes": "<a " + " ".join(f"x{n}=1" for n in range(100_000)) + ">",
}


@pytest.mark.parametrize("markup", STORMS.values(), ids=STORMS.keys())
def test_no_markup_takes_long_or_grows(markup: str) -> None:
    begun = time.process_time()
    found = sanitised(markup, base=f"{BASE}/{'x' * 1_500}/")
    assert time.process_time() - begun < 10  # seconds; it is well below one
    assert len(found) <= MAX_MARKUP
    assert sanitised(found, base=BASE) == found


def test_an_article_is_kept_to_its_last_word() -> None:
    article = "".join(f"<p>Paragraph {n} with <a href='/{n}'>a link</a>.</p>" for n in range(900))
    assert re.findall(r"Paragraph (\d+)", sanitised(article, base=BASE))[-1] == "899"


class TestPlainMarkup:
    """A parser, which an unclosed comment calls for, and the quick way agree on the text."""

    @pytest.mark.parametrize(
        "markup",
        [
            "<p>One &amp; two.</p><p>Three<br>four &#8217;</p>",
            "<P CLASS=x>One</P><UL><LI>a</LI><LI>b</LI></UL>",
            "<ul>\n<li>a</li>\n<li>b</li>\n</ul>x",
            "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
            "<div><h2>Title</h2>text <em>x</em><blockquote>q</blockquote>y</div>",
            "<p>One<p>Two <a href='a' title=\"it's\">x</a><img alt='a' src=b/>",
            "<p>&lt;b&gt; &nbsp;x\t\ty\n</p>",
            "<ul><li>a<li>b</ul>",
            "<p>x<li>y",
            "<table><tr><td>a<td>b</table>",
            "<img alt='a > b'>x",
        ],
    )
    def test_reads_the_same_as_by_the_parser(self, markup: str) -> None:
        assert clean(plain(markup)) == clean(plain(f"{markup}<!-- x -->"))
