"""Feeds that escape twice are read as they were meant; all others are decoded once."""

from __future__ import annotations

from newsletter.core.entry import ParsedEntry
from newsletter.core.escapes import escaped_once
from newsletter.core.markup import plain


def titles(*raw: str) -> list[str]:
    items = [ParsedEntry(str(number), "", title) for number, title in enumerate(raw)]
    return [plain(item.title) for item in escaped_once(items)]


def test_a_feed_that_escapes_twice_is_read_as_it_was_meant() -> None:
    assert titles("India&amp;#8217;s plan", "Up &amp;amp; down", "A &amp;ndash; B") == [
        "India’s plan",
        "Up & down",
        "A – B",
    ]


def test_a_feed_that_escapes_once_is_decoded_once() -> None:
    assert titles("AT&amp;amp;T", "Q&amp;A", "India&#8217;s") == ["AT&amp;T", "Q&A", "India’s"]


def test_one_item_that_quotes_html_does_not_change_a_feed() -> None:
    assert titles("Write &amp;rsquo; in HTML", "Q&amp;A") == ["Write &rsquo; in HTML", "Q&A"]


def test_no_tag_comes_of_it() -> None:
    raw = "&amp;lt;script&amp;gt; &amp;#60;b&amp;#62; &amp;mdash;"
    assert titles(raw, "x &amp;mdash;")[0] == "&lt;script&gt; &#60;b&#62; —"
