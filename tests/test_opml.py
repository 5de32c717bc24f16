"""Lists of feeds: read from anybody, written as the specification wants them."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from newsletter.errors import SourceError
from newsletter.opml import MAX_FEEDS, MAX_GROUPS, FeedOutline, read_opml, write_opml

MADE = datetime(2026, 4, 7, 6, 30, tzinfo=UTC)


def opml(body: str, head: str = "") -> bytes:
    return f'{head}<opml version="2.0"><head/><body>{body}</body></opml>'.encode()


ONE = b'<opml><body><outline text="A" xmlUrl="https://a.example/"/></body></opml>'


def test_nested_outlines_are_groups_and_the_category_is_split() -> None:
    body = """
      <outline text="News"><outline title="Mining">
        <outline type="rss" text="A &amp; B" xmlUrl="https://a.example/f?x=1&amp;y=2"
                 htmlUrl="https://a.example/" category="/Metals/Rare, magnets,magnets"/>
      </outline></outline>
      <outline text="Alone" xmlUrl="https://b.example/f"/>"""
    assert read_opml(opml(body)) == (
        FeedOutline(
            "A & B",
            "https://a.example/f?x=1&y=2",
            "https://a.example/",
            ("News", "Mining"),
            ("Metals/Rare", "magnets"),
        ),
        FeedOutline("Alone", "https://b.example/f"),
    )


@pytest.mark.parametrize(
    "body",
    [
        b'<OPML version="1.0"><Body><Outline TEXT="A" XMLURL="https://a.example/"/></Body></OPML>',
        b'<opml><body><outline text="A" xmlUrl="https://a.example/"></body></opml>',
        b'\xef\xbb\xbf<?xml version="1.0" encoding="latin-1"?>' + ONE,
        ('<?xml version="1.0" encoding="utf-16"?>' + ONE.decode()).encode("utf-16"),
        b'<opml><body><outline text="A&#2;&nbsp;" xmlUrl="https://a.example/"/></body></opml>',
    ],
    ids=["capitals", "left open", "wrong encoding", "utf-16", "faulty references"],
)  # fmt: skip
def test_careless_lists_are_read_all_the_same(body: bytes) -> None:
    assert read_opml(body) == (FeedOutline("A", "https://a.example/"),)


GROWING = (f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9))
BOMB = f"<!DOCTYPE o [<!ENTITY a 'ha'>{''.join(GROWING)}]>"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (opml('<outline text="&j;" xmlUrl="https://a.example"/>', BOMB), "entities"),
        (opml("", "<!DOCTYPE o [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"), "entities"),
        (opml("", "<!DOCTYPE o [<!ENTITY x 'y'>]>").decode().encode("utf-16"), "entities"),
        (b"<!doctype html><html><body><outline/></body></html>", "<html>"),
        (b"<rss><channel/></rss>", "<rss>"),
        (b"<opml><head/></opml>", "without a body"),
        (ONE.removesuffix(b"</opml>"), "breaks off"),
        (ONE[:-30], "breaks off"),
        (b"", "no OPML"),
        (b"\x00\x01\x02", "no OPML"),
        (b"<opml>" + b" " * 5_000_000, "larger than 5 MB"),
        (opml('<outline text="a" xmlUrl="b"/>' * (MAX_FEEDS + 1)), "more than 5000"),
    ],
    ids=[
        "bomb",
        "file",
        "utf-16",
        "page",
        "feed",
        "no body",
        "no end",
        "cut off",
        "nothing",
        "bytes",
        "large",
        "many",
    ],
)
def test_what_is_no_list_is_refused_in_words(body: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read_opml(body)


def test_a_document_type_outside_is_not_fetched(tmp_path: Path) -> None:
    dtd = tmp_path / "o.dtd"
    dtd.write_text('<!ATTLIST outline xmlUrl CDATA "https://evil.example/">')
    body = opml('<outline text="A"/>', f'<!DOCTYPE opml SYSTEM "{dtd.as_uri()}">')
    assert read_opml(body) == ()


def test_depth_has_a_bound() -> None:
    deep = '<outline text="g">' * 100_000 + '<outline text="A" xmlUrl="https://a.example/"/>'
    try:
        found = read_opml(opml(deep))
    except SourceError:
        return
    assert len(found) <= 1


def test_a_long_name_is_cut() -> None:
    assert len(read_opml(opml(f'<outline text="{"x" * 9000}" xmlUrl="u"/>'))[0].name) == 120


def test_what_is_written_has_what_the_specification_wants() -> None:
    feeds = [FeedOutline("A <&> B", "https://a.example/?x=1&y=2", "", ("G",), ("one", "two"))]
    tree = etree.fromstring(write_opml("Mine", feeds, MADE))
    assert (tree.tag, tree.get("version")) == ("opml", "2.0")
    assert tree.findtext("head/title") == "Mine"
    assert parsedate_to_datetime(tree.findtext("head/dateCreated")) == MADE
    assert dict(tree.find("body/outline[@text='G']/outline").attrib) == {
        "type": "rss",
        "text": "A <&> B",
        "title": "A <&> B",
        "xmlUrl": "https://a.example/?x=1&y=2",
        "category": "one,two",
    }


NAMES = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=30
)
WORDS = NAMES.filter(lambda word: "," not in word and word == word.strip("/"))
FEEDS = st.builds(
    FeedOutline,
    name=NAMES,
    url=NAMES.map("https://a.example/{}".format),
    html_url=st.sampled_from(["", "https://a.example/"]),
    groups=st.sampled_from([("One",), ("Two & a half",), ()]),
    categories=st.lists(WORDS, max_size=3, unique=True).map(tuple),
)


@settings(max_examples=100, deadline=None)
@given(feeds=st.lists(FEEDS, max_size=6))
def test_what_is_written_reads_back_identically(feeds: list[FeedOutline]) -> None:
    back = read_opml(write_opml("T", feeds, MADE))

    def by_group(listed: tuple[FeedOutline, ...] | list[FeedOutline]) -> list[FeedOutline]:
        return sorted(listed, key=lambda feed: feed.groups)

    from newsletter.core.text import clean_line

    cleaned = [
        FeedOutline(
            clean_line(feed.name),
            clean_line(feed.url),
            feed.html_url,
            feed.groups,
            tuple(dict.fromkeys(filter(None, map(clean_line, feed.categories)))),
        )
        for feed in feeds
    ]
    assert by_group(back) == by_group(cleaned)


def test_bare_ampersands_and_names_of_html_damage_nothing() -> None:
    body = (
        '<outline text="Caf&eacute;" xmlUrl="https://a.example/?a=1&b=2"/>'
        '<outline text="B &amp; C" xmlUrl="https://b.example/?a=1&amp;b=2"/>'
    )
    found = [(feed.name, feed.url) for feed in read_opml(opml(body))]
    assert found == [
        ("Café", "https://a.example/?a=1&b=2"),
        ("B & C", "https://b.example/?a=1&b=2"),
    ]


def test_a_tag_without_end_is_refused() -> None:
    attributes = " ".join(f'a{number}="x"' for number in range(200_000))
    with pytest.raises(SourceError, match="a tag without end"):
        read_opml(opml(f"<outline {attributes}/>"))


def test_only_the_outer_groups_of_a_deep_nest_are_told() -> None:
    nest = "".join(f'<outline text="g{number}">' for number in range(100))
    feed = '<outline text="A" xmlUrl="https://a.example/"/>'
    (found,) = read_opml(opml(nest + feed + "</outline>" * 100))
    assert found.groups == tuple(f"g{number}" for number in range(MAX_GROUPS))
