"""Web pages without a feed, read by selectors."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from newsletter.core.entry import ParsedEntry
from newsletter.core.source import Selectors
from newsletter.errors import SourceError
from newsletter.kinds import bounds
from newsletter.kinds.selecting import picker
from newsletter.kinds.web_page import tree_of
from tests.kinds.reading import problem, whole

PAGE = """<!doctype html><html lang="de"><head><meta charset="utf-8"><title>News | Firm</title>
<base href="https://firm.example/press/"></head><body><script>"<li class=news>"</script>
<ul>
<li class="news"><img data-src="/i.png" src="data:x"><a href="one.html">One &lt;1</a>
  <span class="d">7. April 2026</span><p>First.</p></li>
<li class="news"><a href="/two"><img alt="pic"></a><h3>Two</h3>
  <time datetime="2026-04-07T12:00:00Z">gestern</time></li>
</ul></body></html>"""
ALL = Selectors("li.news", title="h3, a", link="a", date=".d, time", summary="p")


def read(page: str, selectors: Selectors) -> tuple[ParsedEntry, ...]:
    return whole(page, kind="page", selectors=selectors).entries


def test_selectors_pick_every_part() -> None:
    found, _ = read(PAGE, ALL)
    assert found == ParsedEntry(
        declared_id="",
        url="https://firm.example/press/one.html",
        title="One &lt;1",
        summary="First.",
        published=datetime(2026, 4, 7, tzinfo=UTC),
        published_raw="7. April 2026",
        language="de",
        image="https://firm.example/i.png",
    )


def test_what_has_no_selector_is_guessed() -> None:
    found = read(PAGE, Selectors("li.news"))
    assert [(item.title, item.url, item.published_raw) for item in found] == [
        ("One &lt;1", "https://firm.example/press/one.html", "7. April 2026"),
        ("Two", "https://firm.example/two", "2026-04-07T12:00:00Z"),
    ]


def test_there_is_no_summary_without_a_selector() -> None:
    assert {item.summary for item in read(PAGE, Selectors("li"))} == {""}


def test_the_page_s_title_is_the_feed_s() -> None:
    assert whole(PAGE, kind="page", selectors=ALL).title == "News | Firm"


def test_without_a_base_links_are_relative_to_the_page() -> None:
    (found,) = read("<div><a href='?id=1'>t</a></div>", Selectors("div"))
    assert found.url == "https://feeds.example/rss/all.xml?id=1"


def test_items_without_a_link_are_left_out() -> None:
    page = "<p>x</p><p><a href='#top'>y</a></p><p><a href='/z'>z</a></p>"
    assert [item.title for item in read(page, Selectors("p"))] == ["z"]


def test_an_item_may_be_a_link_itself() -> None:
    (found,) = read("<a class=x href=/z>z</a>", Selectors("a.x"))
    assert found.url == "https://feeds.example/z"


def test_what_lies_in_an_item_is_no_item_of_its_own() -> None:
    assert len(read("<div><div><a href=/1>1</a></div></div>", Selectors("div"))) == 1


def test_items_are_bounded() -> None:
    page = "".join(f"<p><a href=/{n}>{n}</a></p>" for n in range(bounds.MAX_ITEMS + 9))
    assert len(read(page, Selectors("p"))) == bounds.MAX_ITEMS


@pytest.mark.parametrize(
    ("selectors", "named"),
    [
        (Selectors("article.story"), "`item: article.story` matches nothing in the page"),
        (Selectors("li", title="h9"), "`title: h9` matches in none of the items"),
        (Selectors("li", link="a.more"), "`link: a.more` matches in none of the items"),
    ],
)
def test_a_selector_that_finds_nothing_is_named(selectors: Selectors, named: str) -> None:
    """It may be wrong from the start, or the page may have changed."""
    words = problem(PAGE, kind="page", selectors=selectors)
    assert named in words
    assert "either it is wrong, or the page's layout has changed" in words


def test_a_selector_that_finds_something_in_one_item_is_good() -> None:
    assert [item.title for item in read(PAGE, Selectors("li", title="h3"))] == ["", "Two"]


def test_a_date_or_summary_may_be_in_no_item() -> None:
    assert len(read(PAGE, Selectors("li", date=".when", summary=".what"))) == 2


def test_items_that_all_lack_a_link_are_told() -> None:
    assert "none with a link" in problem(PAGE, kind="page", selectors=Selectors("p"))


@pytest.mark.parametrize(
    ("selectors", "words"),
    [
        (None, "has no selectors"),
        (Selectors(""), "has no selectors"),
        (Selectors("li["), "`li[` among its selectors"),
        (Selectors("li", date="::"), "`::` among its selectors"),
        (Selectors("li:nth-child(x)"), "among its selectors"),
    ],
)
def test_missing_and_broken_selectors_are_told(selectors: Selectors | None, words: str) -> None:
    assert words in problem(PAGE, kind="page", selectors=selectors)


@pytest.mark.parametrize("page", ["", "   ", "\x00"])
def test_an_empty_page_is_told(page: str) -> None:
    assert "is empty" in problem(page, kind="page", selectors=ALL)


@pytest.mark.parametrize("page", ["nothing here", "<!-- -->", '{"a": 1}'])
def test_what_is_no_page_has_no_items(page: str) -> None:
    with pytest.raises(SourceError):
        read(page, Selectors("p"))


TREE = (
    "<div id=a><p id=b></p><p id=c><b id=d></b></p><i id=e></i></div><div id=f><b id=g></b></div>"
)


@pytest.mark.parametrize(
    "selector",
    ["div b", "div > b", "p + p", "p ~ *", "div p > b, i", "div ~ div b", ":not(p) > b",
     "div:nth-child(2) b", "#a > *", "div *", "[id=e], #a", "body > div > :last-child"],
)  # fmt: skip
def test_selectors_mean_what_lxml_says(selector: str) -> None:
    from lxml.cssselect import CSSSelector

    root = tree_of(TREE)
    assert root is not None
    expected = [element.get("id") for element in CSSSelector(selector, translator="html")(root)]
    assert [element.get("id") for element in picker(selector)(root)] == expected


@pytest.mark.parametrize(
    ("tag", "attributes"),
    [
        ("<p a=it's b=\"x>y\" c='\"' d>", {"a": "it's", "b": "x>y", "c": '"', "d": ""}),
        ('<p a="1"b=2/>', {"a": "1", "b": "2/"}),
        ("<p a = '&amp;lt;' =x>", {"a": "&lt;"}),
    ],
)
def test_tags_are_read_as_browsers_read_them(tag: str, attributes: dict[str, str]) -> None:
    root = tree_of(f"<html>{tag}x")
    assert root is not None
    kept = dict(root.find(".//p").attrib)
    assert {name: kept.get(name) for name in attributes} == attributes


MANY = Selectors("div", title="div div", link="* a", date="*:nth-child(3)", summary="div ~ div")


@pytest.mark.parametrize(
    "selectors",
    [Selectors("div"), Selectors("div div div div div"), Selectors("div ~ div"),
     Selectors("li:nth-child(2n)"), MANY],
    ids=["div", "descendants", "siblings", "nth", "all"],
)  # fmt: skip
@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 100_000 + "<a href=/x>t</a>",
        "<div><a href=/x>t 2026</a></div><li>x</li>" * 250_000,
        ("<div>" * 100 + "<a href=x>t</a>" + "</div>" * 100) * 3000,
        f"<div {' '.join(f'a{n}=x' for n in range(200_000))}><a href=x>t</a>",
        f"<div \" a=' \" > ' {' '.join(f'a{n}=x' for n in range(200_000))}>",
        "<div a='" * 1_000_000,
        "<script>" * 1_000_000,
        "<!--" * 1_000_000,
    ],
    ids=["deep", "wide", "both", "attributes", "quotes", "open", "scripts", "comments"],
)
def test_a_hostile_page_is_bounded(selectors: Selectors, body: str) -> None:
    begun = time.process_time()
    with suppress(SourceError):
        assert len(read(f"<html><body>{body}", selectors)) <= bounds.MAX_ITEMS
    assert time.process_time() - begun < 10  # seconds of a busy machine; unbounded it takes minutes
