"""Documents as sources really serve them, read into items."""

from __future__ import annotations

import gzip
import json
import random
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.core.entry import ParsedEntry, ParsedFeed
from newsletter.core.intake import prepared
from newsletter.core.source import Publisher, Selectors, Source
from newsletter.core.text import clean, clean_line, plain
from newsletter.errors import SourceError
from newsletter.kinds import bounds, feed, jsonfeed
from newsletter.kinds.charset import decoded
from newsletter.kinds.table import KINDS
from tests.kinds.reading import URL, problem, read, rss, whole

if TYPE_CHECKING:
    from collections.abc import Callable

NOON = datetime(2026, 4, 7, 12, tzinfo=UTC)
ITEM = (
    "<item><title>Dysprosium at a high</title><link>https://feeds.example/a</link>"
    '<guid isPermaLink="false">a1</guid><pubDate>Tue, 07 Apr 2026 12:00:00 GMT</pubDate>'
    "<description>Short.</description><dc:creator>Ada</dc:creator>"
    "<content:encoded><![CDATA[<p>Long &amp; full.</p>]]></content:encoded></item>"
)


class TestFormats:
    def test_rss_2(self) -> None:
        (item,) = read(rss(ITEM))
        assert item == ParsedEntry(
            declared_id="a1",
            url="https://feeds.example/a",
            title="Dysprosium at a high",
            summary="Short.",
            content="<p>Long &amp; full.</p>",
            published=NOON,
            published_raw="Tue, 07 Apr 2026 12:00:00 GMT",
            language="en-gb",
            authors=("Ada",),
        )

    def test_atom_1(self) -> None:
        (item,) = read(
            '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>F</title><entry>'
            '<title type="html">Preis &amp;amp; Menge</title><id>urn:1</id>'
            '<link href="https://feeds.example/1"/><updated>2026-04-07T14:00:00+02:00</updated>'
            "<author><name>Eva</name></author><summary>Kurz.</summary>"
            '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Lang.</p></div>'
            "</content></entry></feed>"
        )
        assert (item.declared_id, item.url) == ("urn:1", "https://feeds.example/1")
        assert (item.published, item.language, item.authors) == (NOON, "de", ("Eva",))
        assert (item.title, item.summary) == ("Preis &amp; Menge", "Kurz.")
        assert "Lang." in item.content

    def test_an_atom_title_that_says_it_is_text_keeps_its_brackets(self) -> None:
        (item,) = read(
            '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>a &lt;b&gt; c</title>'
            "<id>1</id></entry></feed>"
        )
        assert item.title == "a &lt;b&gt; c"

    def test_rss_1(self) -> None:
        (item,) = read(
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
            ' xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            '<channel rdf:about="https://feeds.example/"><title>F</title></channel>'
            '<item rdf:about="https://feeds.example/1"><title>T</title>'
            "<link>https://feeds.example/1</link><dc:date>2026-04-07T12:00:00Z</dc:date></item>"
            "</rdf:RDF>"
        )
        assert (item.url, item.title, item.published) == ("https://feeds.example/1", "T", NOON)

    def test_the_outlet_that_an_aggregator_names(self) -> None:
        origin = '<source url="https://outlet.example">The Outlet</source>'
        own = '<source url="https://feeds.example/">Feed</source>'
        items = read(
            rss(f"<item><title>a</title>{origin}</item><item><title>b</title>{own}</item>")
        )
        assert [item.outlet for item in items] == ["The Outlet", None]

    @pytest.mark.parametrize(
        ("item", "url"),
        [
            ("<link>/news/1</link>", "https://feeds.example/news/1"),
            ("<link>1.html</link>", "https://feeds.example/rss/1.html"),
            ("<guid>https://feeds.example/g</guid>", "https://feeds.example/g"),
            ('<guid isPermaLink="false">17</guid>', ""),
        ],
    )
    def test_links_are_made_whole(self, item: str, url: str) -> None:
        (found,) = read(rss(f"<item><title>t</title>{item}</item>"))
        assert found.url == url

    def test_links_follow_xml_base(self) -> None:
        (item,) = read(
            '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://other.example/a/">'
            '<entry><title>t</title><id>1</id><link href="b"/></entry></feed>'
        )
        assert item.url == "https://other.example/a/b"

    def test_an_empty_feed_is_a_feed(self) -> None:
        assert read(rss("")) == ()

    @pytest.mark.parametrize(
        ("raw", "moment"),
        [
            ("Tue, 7 Apr 2026 07:00:00 -0500", NOON),
            ("Tue, 07 Apr 2026 08:00:00 EDT", NOON),
            ("2026-04-07 20:00:00 +0800", NOON),
            ("2026年4月7日 12:00", NOON),
            ("7 avril 2026 12:00", NOON),
            ("no idea", None),
            ("", None),
        ],
    )
    def test_dates(self, raw: str, moment: datetime | None) -> None:
        (item,) = read(rss(f"<item><title>t</title><pubDate>{raw}</pubDate></item>"))
        assert (item.published, item.published_raw) == (moment, raw)


class TestJsonFeed:
    def test_1_1_with_a_source_of_its_own(self) -> None:
        (item,) = read(
            json.dumps(
                {
                    "version": "https://jsonfeed.org/version/1.1",
                    "title": "F",
                    "language": "en",
                    "items": [
                        {
                            "id": "1",
                            "url": "/1",
                            "title": "稀土 <5%",
                            "content_text": "a < b\nc",
                            "date_published": "2026-04-07T12:00:00Z",
                            "language": "zh",
                            "authors": [{"name": "Li"}, {"url": "x"}, 7],
                            "_source": {"title": "新华社", "kind": "state-media", "weight": 1.2},
                        }
                    ],
                }
            )
        )
        assert item == ParsedEntry(
            declared_id="1",
            url="https://feeds.example/1",
            title="稀土 &lt;5%",
            summary="a &lt; b<br>c",
            content="a &lt; b<br>c",
            published=NOON,
            published_raw="2026-04-07T12:00:00Z",
            language="zh",
            authors=("Li",),
            outlet="新华社",
            publisher=Publisher.STATE_MEDIA,
            weight=1.2,
        )

    def test_1_0(self) -> None:
        (item,) = read(
            '{"version": "https://jsonfeed.org/version/1", "items": [{"id": 7, "external_url":'
            ' "https://e.example/7", "content_html": "<p>x</p>", "author": {"name": "Al"}}]}'
        )
        assert (item.declared_id, item.url, item.title) == ("7", "https://e.example/7", "")
        assert (item.content, item.authors) == ("<p>x</p>", ("Al",))

    def test_strange_values_are_left_out(self) -> None:
        source = {"title": 5, "kind": "prophet", "weight": True}
        strange = {"id": None, "title": ["x"], "url": {}, "authors": "x", "_source": source}
        (item,) = read(json.dumps({"items": [strange, 5, None]}))
        assert item == ParsedEntry(declared_id="", url="", title="")

    @pytest.mark.parametrize(
        ("document", "words"),
        [
            ("{", "broken JSON in line 1"),
            ('{"items": 5}', 'no list of "items"'),
            ("[1]", 'no list of "items"'),
            ("[" * 100_000, "nested too deeply"),
            ('{"a":' * 100_000, "nested too deeply"),
        ],
    )
    def test_what_is_none_is_told(self, document: str, words: str) -> None:
        assert words in problem(document)

    def test_a_weight_beyond_all_numbers_is_left_out(self) -> None:
        source = '{"weight": ' + "9" * 4000 + "}"
        (item,) = read('{"items": [{"id": "1", "title": "t", "_source": ' + source + "}]}")
        assert item.weight is None

    def test_raw_tabs_and_line_ends_in_its_texts_are_read(self) -> None:
        (item,) = read('{"items": [{"id": "1", "title": "a\tb", "content_text": "c\nd"}]}')
        assert (item.title, item.content) == ("a\tb", "c<br>d")

    @pytest.mark.parametrize("number", ["9" * 5_000, "1." + "9" * 5_000, "-" + "9" * 2_000_000])
    def test_a_number_of_any_length_costs_no_item(self, number: str) -> None:
        begun = time.process_time()
        source = f'{{"weight": {number}}}'
        (item,) = read(f'{{"items": [{{"id": "1", "title": "t", "_source": {source}}}]}}')
        assert (item.title, item.weight) == ("t", None)
        assert time.process_time() - begun < 5

    @pytest.mark.parametrize(
        ("published", "modified", "expected"),
        [
            ("soon", "2026-04-07T12:00:00Z", ("2026-04-07T12:00:00Z", NOON)),
            ("2026-04-07T12:00:00Z", "2020-01-01", ("2026-04-07T12:00:00Z", NOON)),
            ("soon", "later", ("soon", None)),
        ],
    )
    def test_the_first_readable_date_counts(
        self, published: str, modified: str, expected: tuple[str, datetime | None]
    ) -> None:
        dates = {"date_published": published, "date_modified": modified}
        (item,) = read(json.dumps({"items": [{"id": "1", "title": "t", **dates}]}))
        assert (item.published_raw, item.published) == expected

    def test_its_items_are_bounded(self) -> None:
        items = [{"id": str(n), "title": "t"} for n in range(jsonfeed.MAX_ITEMS + 5)]
        found = whole(json.dumps({"items": items}))
        assert len(found.entries) == jsonfeed.MAX_ITEMS
        assert found.is_cut
        assert not whole(json.dumps({"items": items[:-5]})).is_cut

    @pytest.mark.parametrize(
        ("addresses", "url", "link"),
        [
            ({"feed_url": "https://f.example/x/f.json"}, URL, "https://f.example/x/1"),
            ({"home_page_url": "https://h.example/"}, URL, "https://feeds.example/rss/1"),
            ({"home_page_url": "https://h.example/"}, "", "https://h.example/1"),
            ({"home_page_url": "https://h.example/"}, "a/file.json", "https://h.example/1"),
            ({"feed_url": "f.json"}, URL, "https://feeds.example/rss/1"),
            ({"feed_url": "javascript:x"}, "", ""),
        ],
    )
    def test_what_its_links_are_relative_to(
        self, addresses: dict[str, str], url: str, link: str
    ) -> None:
        document = json.dumps({"items": [{"id": "1", "title": "t", "url": "1"}], **addresses})
        assert whole(document, url=url).entries[0].url == link


class TestWhatIsNoFeed:
    @pytest.mark.parametrize(
        ("document", "words"),
        [
            (b"", "is empty"),
            (b"  \n\xef\xbb\xbf ", "is empty"),
            ("<!DOCTYPE html><html><body>Not found</body></html>", "is a web page, not a feed"),
            ("\n<!-- x --><HTML><head></head></HTML>", "is a web page, not a feed"),
            ("<?xml version='1.0'?><html xmlns='x'><body/></html>", "is a web page, not a feed"),
            ("<opml><body/></opml>", "is a web page"),
            ("<svg><a/></svg>", "is XML, but not a feed"),
            ("Service unavailable", "is not a feed"),
            ("%PDF-1.7", "is not a feed"),
        ],
    )
    def test_is_told_in_words(self, document: str | bytes, words: str) -> None:
        assert words in problem(document)

    def test_the_feed_that_a_page_names_is_told(self) -> None:
        words = problem(
            "<!doctype html><head><link rel='alternate' type='application/rss+xml'"
            " href='/feed.xml'></head>"
        )
        assert words == "is a web page, not a feed; its feed is https://feeds.example/feed.xml"

    @pytest.mark.parametrize(
        "link",
        [
            '<link title="Wire &raquo; Comments Feed" type="application/rss+xml" href="/c">',
            '<link type="application/rss+xml" href="/comments/feed/">',
            "<link href=/x type=text/css>",
            '<link type="application/rss+xml" href="https://u:secret@e.example/f">',
            '<link type="application/rss+xml" href="/a\x1b[2J">',
            '<link type="application/rss+xml" href="/a\u202eb">',
            '<link type="application/rss+xml" href="javascript:x">',
        ],
    )
    def test_a_feed_of_comments_or_a_strange_address_is_not_told(self, link: str) -> None:
        page = "<!doctype html><head>{}</head>"
        assert problem(page.format(link)).endswith("look for the page's feed address")
        other = '<link rel="alternate" type="application/atom+xml" href="/atom?a=1&amp;b=2">'
        words = problem(page.format(link + other))
        assert words.endswith("; its feed is https://feeds.example/atom?a=1&b=2")

    def test_a_site_with_comment_in_its_name_has_a_feed(self) -> None:
        link = '<link type="application/rss+xml" href="https://comment.example/commentary/rss">'
        assert "/commentary/rss" in problem(f"<!doctype html><head>{link}</head>")

    def test_a_sitemap_under_a_wrong_kind(self) -> None:
        assert "is XML, but not a feed" in problem("<urlset><url/></urlset>", kind="feed")

    def test_json_under_a_wrong_kind(self) -> None:
        assert 'set its kind to "jsonfeed"' in problem('{"items": []}', kind="feed")

    def test_an_unknown_kind(self) -> None:
        assert 'the kind "telex"' in problem(rss(""), kind="telex")


class TestCharsets:
    TEXT = "Präsident – “Česko” 稀土 ราคา"

    def document(self, charset: str) -> str:
        return (
            f'<?xml version="1.0" encoding="{charset}"?><rss version="2.0"><channel>'
            "<item><title>{}</title></item></channel></rss>"
        )

    @pytest.mark.parametrize(
        ("declared", "header", "actual", "text"),
        [
            ("utf-8", "", "utf-8", TEXT),
            ("iso-8859-1", "text/xml; charset=iso-8859-1", "utf-8", TEXT),
            ("utf-8", "text/xml", "utf-8", TEXT),
            ("utf-8", "", "utf-8-sig", TEXT),
            ("utf-16", "", "utf-16", TEXT),
            ("utf-16", "", "utf-16-le", TEXT),
            ("utf-16", "", "utf-16-be", TEXT),
            ("utf-16", "", "utf-16-le-bom", TEXT),
            ("utf-32", "", "utf-32", TEXT),
            ("utf-32", "", "utf-32-le", TEXT),
            ("utf-32", "", "utf-32-be", TEXT),
            ("utf-16", "text/xml; charset=utf-16", "utf-8", TEXT),
            ("windows-1251", "text/xml; charset=iso-8859-1", "windows-1251", "Редкие земли"),
            ("utf-8", "text/xml; charset=windows-1251", "windows-1251", "Редкие земли"),
            ("iso-8859-1", "", "windows-1252", "Präsident – “so”"),
            ("us-ascii", "", "windows-1252", "Präsident – “so”"),
            ("iso-8859-9", "", "windows-1254", "Şırnak – “so”"),
            ("iso-8859-15", "", "iso-8859-15", "5 € più"),
            ("big5", "", "big5", "稀土出口許可"),
            ("euc-jp", "", "euc-jp", "レアアースの価格"),
            ("koi8-r", "", "koi8-r", "Редкие земли"),
            ("gb2312", "", "gb18030", "中国稀土出口许可"),
            ("utf-8", "text/xml; charset=GBK", "gbk", "中国稀土出口许可"),
            ("shift_jis", "", "shift_jis", "レアアースの価格"),
            ("iso-2022-jp", "", "iso-2022-jp", "レアアースの価格"),
            ("euc-kr", "", "euc-kr", "희토류 가격"),
            ("windows-1251", "", "windows-1251", "Редкие земли"),
            ("windows-1252", "", "windows-1252", "Präsident – “so”"),
            ("utf-8", "", "windows-1252", "Präsident – “so”"),
            ("windows-874", "", "cp874", "ราคาแร่หายาก"),
            ("nonsense", "", "utf-8", TEXT),
        ],
    )
    def test_the_text_comes_out(self, declared: str, header: str, actual: str, text: str) -> None:
        document = self.document(declared).format(text)
        if actual.endswith("-bom"):
            document, actual = f"\ufeff{document}", actual.removesuffix("-bom")
        body = document.encode(actual)
        assert [item.title for item in read(body, content_type=header)] == [text]

    def test_a_few_stray_bytes_do_not_spoil_the_rest(self) -> None:
        body = self.document("utf-8").format(self.TEXT * 3).encode() + b"\x93x\x94"
        assert self.TEXT in decoded(body, "")
        assert decoded(body, "").endswith("“x”")

    def test_utf_8_among_windows_1252_is_read_as_such(self) -> None:
        body = "“ä” – ".encode("cp1252") * 5 + "“ä” – ".encode() * 5
        assert decoded(body, "") == "“ä” – " * 10

    @pytest.mark.parametrize(
        "meta",
        [
            "<meta charset=windows-1251>",
            '<META CHARSET="windows-1251"/>',
            '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">',
        ],
    )
    @pytest.mark.parametrize("header", ["", "text/html; charset=iso-8859-1"])
    def test_a_page_names_its_charset_in_a_meta(self, meta: str, header: str) -> None:
        page = f"<!doctype html><head>{meta}<title>Редкие земли</title></head>"
        assert "Редкие земли" in decoded(page.encode("windows-1251"), header)

    def test_a_header_comes_before_what_the_document_says(self) -> None:
        body = '<?xml version="1.0" encoding="windows-1252"?>Редкие'.encode("windows-1251")
        assert decoded(body, "text/xml; charset=windows-1251").endswith("Редкие")

    def test_nul_and_control_characters_are_dropped(self) -> None:
        assert read(rss("<item><title>a\x00b\x08c</title></item>"))[0].title == "abc"

    @given(
        st.binary(max_size=300), st.sampled_from(["", "text/xml; charset=utf-16", "a;charset=x"])
    )
    def test_any_bytes_become_text(self, body: bytes, header: str) -> None:
        decoded(body, header).encode()


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


class TestHostile:
    @pytest.mark.parametrize(
        "document",
        [
            rss(
                "<item><title>&a9;</title></item>", head=f'<!DOCTYPE r [<!ENTITY a0 "ha">{LAUGHS}]>'
            ),
            rss(
                f"<item><title>{'&a;' * 50_000}</title></item>",
                head=f'<!DOCTYPE r [<!ENTITY a "{"x" * 50_000}">]>',
            ),
            rss(
                "<item><title>&a;</title></item>",
                head='<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
            ),
            rss(
                "<item><title>&a;</title></item>",
                head='<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd">%p;]>',
            ),
        ],
        ids=["billion laughs", "quadratic", "external", "parameter"],
    )
    def test_entities_do_not_expand(self, document: str) -> None:
        (item,) = read(document)
        assert len(item.title) < 200_000
        assert "root:" not in item.title
        assert item.title.startswith("&a")

    @pytest.mark.parametrize(
        "items",
        [
            "<item><title>t</title></item>" * 50_000,
            f"<item><title>t</title><description>{'a &lt;p&gt; ' * 500_000}</description></item>",
            f"<item><title>t</title>{'<a>' * 100_000}{'</a>' * 100_000}</item>",
            f"<item><title>t</title>{'<a>' * 100_000}",
            f"<item><title>t</title>{'<' * 300_000}",
            f"<item><title>t</title>{'<![CDATA[' * 300_000}",
            f"<item><title>t</title>{'<!--' * 300_000}",
            f"<item><title>t{'&' * 1_000_000}</title></item>",
            f"<item><title>t</title><x {' '.join(f'a{n}=x' for n in range(100_000))}/></item>",
            f"<item><title>t</title><x a='{'y' * 1_000_000}'/></item>",
            f"<item><title>{'t' * 1_000_000}</title></item>",
            f"<item><title>t</title>{'<a' * 2_000_000}",
            f"<item><title>t</title>{'< ' * 2_000_000}",
            f"<item><title>t</title>{'<a>' * 190}{'</b>' * 1_000_000}",
            f"<item><title>t</title>{'<category>' * 500_000}",
            f"<item><title>t</title><category>{'x<![CDATA[y]]>' * 300_000}",
            f"<item><title>t</title>{'<author>x</author>' * 200_000}</item>",
            f"<item><title>t</title>{'<a>x</a>' * 500_000}</item>",
            f"<item><title>t</title><description>{'&eacute;&#233;' * 400_000}</description></item>",
            f"<item><title>t</title></item>{'<a>' * 190}<item>{'<b><c></b>' * 400_000}",
            f"<item><title>t</title></item>{'<a>' * 196}{'<item><b><c></e></e>' * 200_000}",
            "<item><title>t</title></item>" + '<!D"" "<"' * 400_000,
        ],
        ids=["items", "long", "deep", "open", "<", "cdata", "comments", "&", "attributes", "value",
             "title", "<a", "< ", "ends", "categories", "sections", "authors", "tags", "entities",
             "deep item", "deep items", "declarations"],
    )  # fmt: skip
    def test_too_much_of_anything_is_cut_off(self, items: str) -> None:
        begun = time.process_time()
        found = read(rss(items))
        assert found[0].title.startswith("t")
        assert len(found) <= bounds.MAX_ITEMS
        assert time.process_time() - begun < 10  # seconds; unbounded, some take minutes

    def test_the_first_items_are_kept(self) -> None:
        items = "".join(f"<item><title>{n}</title></item>" for n in range(600))
        titles = [item.title for item in read(rss(items))]
        assert titles == [str(n) for n in range(bounds.MAX_ITEMS)]

    @pytest.mark.parametrize(
        "end", ["", "<item", "<item><title>Half a ti", "<item><title>t</title><description>Half a"]
    )
    def test_a_feed_that_breaks_off_keeps_its_whole_items_and_says_so(self, end: str) -> None:
        found = whole(rss(ITEM * 2).partition("</channel>")[0] + end)
        assert [item.title for item in found.entries] == ["Dysprosium at a high"] * 2
        assert found.is_cut

    def test_the_only_item_of_a_feed_that_breaks_off_is_kept(self) -> None:
        (item,) = read(rss(ITEM).partition("<content:encoded>")[0])
        assert item.title == "Dysprosium at a high"

    def test_items_that_never_end_are_kept(self) -> None:
        sloppy = ITEM.replace("</item>", "")
        assert len(read(rss(sloppy * 3))) == 3

    def test_the_last_item_of_a_whole_feed_may_lack_its_end(self) -> None:
        found = whole(rss(ITEM + ITEM.replace("</item>", "")))
        assert len(found.entries) == 2
        assert not found.is_cut

    def test_the_item_that_a_bound_cuts_in_two_is_left_out(self) -> None:
        more = "<x>y</x>" * bounds.MAX_ELEMENTS
        found = whole(rss(f"{ITEM}<item><title>Half</title>{more}</item>{ITEM}"))
        assert [item.title for item in found.entries] == ["Dysprosium at a high"]
        assert found.is_cut

    @pytest.mark.parametrize(("count", "is_cut"), [(0, False), (1, True)])
    def test_a_feed_of_more_items_than_are_read_says_so(self, count: int, is_cut: bool) -> None:
        items = "<item><title>t</title></item>" * (bounds.MAX_ITEMS + count)
        assert whole(rss(items)).is_cut is is_cut

    @pytest.mark.parametrize(
        "head",
        [
            '<!DOCTYPE rss [<!ENTITY a "b">]\n>',
            '<!DOCTYPE rss [<!ENTITY a "b">] >',
            '<!DOCTYPE rss SYSTEM "http://e.example/[x].dtd">',
            "<!DOCTYPE rss [<!ENTITY a ']>'><!-- it's ]> --><?x ]>?> ]>",
            "<!DOCTYPE rss [<!ENTITY a '<item><title>No</title></item>'>]>",
        ],
    )
    def test_a_document_type_of_any_form_is_left_out(self, head: str) -> None:
        assert [item.title for item in read(rss(ITEM, head=head))] == ["Dysprosium at a high"]

    @pytest.mark.parametrize(
        "markup",
        ["line<br>" * 250, "line<BR></BR>" * 250, "<p>line" * 210, "<div>line" * 250,
         f"{'<div>line' * 250}{'</div>' * 250}"],
        ids=["void", "void with end", "unclosed", "deep", "nested"],
    )  # fmt: skip
    @pytest.mark.parametrize("end", ["</description>", ""])
    def test_tags_inside_one_item_cost_no_other(self, markup: str, end: str) -> None:
        deep = f"<item><title>Deep</title><description>{markup}{end}<link>/1</link></item>"
        found = whole(rss(f"{ITEM}{deep}{ITEM}"))
        titles = [item.title for item in found.entries]
        assert titles == ["Dysprosium at a high", "Deep", "Dysprosium at a high"]
        assert not found.is_cut

    def test_what_follows_a_text_that_nests_too_deeply_is_read(self) -> None:
        text = f"<description>{'<p>line' * 210}</description>"
        (found,) = read(rss(f"<item><title>t</title>{text}<link>/1</link></item>"))
        assert found.url == "https://feeds.example/1"
        assert "line" in found.summary

    def test_many_items_that_never_end_are_read(self) -> None:
        found = read(rss("<item><title>t</title>" * 300))
        assert len(found) == 300

    def test_an_item_that_cannot_be_converted_costs_only_itself(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def entry(item: dict[str, str], *_: object, **__: object) -> ParsedEntry:
            if item["title"] == "bad":
                raise AttributeError
            return ParsedEntry(declared_id="", url="", title=item["title"])

        monkeypatch.setattr(feed, "entry", entry)
        titles = ("a", "bad", "b")
        items = "".join(f"<item><title>{title}</title></item>" for title in titles)
        assert [found.title for found in read(rss(items))] == ["a", "b"]

    def test_markup_that_is_broken_still_gives_items(self) -> None:
        (item,) = read(
            rss("<item><title>AT&T & Sons &nbsp;caf&eacute; <b>x</title><link>/1</link></item>")
        )
        assert plain(item.title) == "AT&T & Sons \xa0café x"

    def test_text_of_a_broken_atom_feed_is_decoded_once(self) -> None:
        (item,) = read(
            '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>AT&T &lt;5%</title><x:y>'
            "<id>1</id></entry></feed>"
        )
        assert plain(item.title) == "AT&T <5%"

    def test_content_full_of_links_is_bounded(self) -> None:
        links = "href='a' src=\"/b\" " * 5_000
        item = (
            f"<item><title>t</title><content:encoded><![CDATA[{links}]]></content:encoded></item>"
        )
        begun = time.process_time()
        assert len(read(rss(item * 60))) > 30
        assert time.process_time() - begun < 10

    @pytest.mark.parametrize("size", [10, 10_000_000])
    def test_garbage_is_told(self, size: int) -> None:
        begun = time.process_time()
        assert "is not a feed" in problem(random.Random(1).randbytes(size))
        assert time.process_time() - begun < 10

    @given(st.data())
    @settings(max_examples=120, deadline=None)
    def test_mutated_feeds_raise_nothing_but_source_errors(self, data: st.DataObject) -> None:
        """And whatever comes out of them can be taken in, as clean text with safe links."""
        body = bytearray(data.draw(st.sampled_from(SEEDS)))
        for _ in range(data.draw(st.integers(1, 12))):
            _mutate(body, data)
        kind = data.draw(st.sampled_from(["auto", "auto", *KINDS]))
        begun = time.process_time()
        feed = ParsedFeed(())
        with suppress(SourceError):
            feed = whole(bytes(body), kind=kind, selectors=Selectors("li, item, url"))
        assert time.process_time() - begun < 5
        for entry in prepared(feed, source=Source("S", URL), now=NOON).entries:
            assert entry.title == clean_line(entry.title)
            assert (entry.summary, entry.text) == (clean(entry.summary), clean(entry.text))
            assert entry.url == "" or entry.url.startswith(("http://", "https://"))


SEEDS = [
    rss(ITEM * 2 + "<item><title>&lt;script&gt;alert(1)&lt;/script&gt;</title></item>").encode(),
    rss(ITEM, head='<!DOCTYPE r [<!ENTITY a "b">]>').encode("utf-16"),
    (
        b'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://[x"><entry>'
        b'<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><b>t</b></div></title>'
        b'<link href="javascript:x"/><updated>2026-04-07T12:00:00Z</updated></entry></feed>'
    ),
    b'{"items": [{"id": "1", "title": "t", "url": "http://e.example", "weight": 1e999}]}',
    (
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        b' xmlns="http://purl.org/rss/1.0/"><channel><skipHours><hour>1</hour></skipHours>'
        b"<ttl>5</ttl></channel><item><title>T</title><link>/1</link></item></rdf:RDF>"
    ),
    (
        b'<CHANNEL HREF="http://e.example"><ITEM HREF="http://e.example/1"><TITLE>T</TITLE></ITEM>'
        b"</CHANNEL>"
    ),
    (
        b'<urlset xmlns:n="x"><url><loc>http://e.example/a-b-c</loc><n:news><n:title>T</n:title>'
        b"<n:publication_date>2026-04-07</n:publication_date></n:news></url></urlset>"
    ),
    b"<sitemapindex><sitemap><loc>http://e.example/a</loc></sitemap></sitemapindex>",
    gzip.compress(b"<urlset><url><loc>http://e.example/a-b-c</loc></url></urlset>"),
    (
        b"<!doctype html><html lang=en><head><base href='http://e.example/'><title>T</title></head>"
        b"<body><ul><li><a href=1>One</a> <time datetime='2026-04-07'>x</time><img src=i></ul>"
    ),
]
_TOKENS: list[bytes] = [
    b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!--", b"<item>", b"</item>", b"\x00", b"\xff", b'"',
    b"<!DOCTYPE x [", b"&#0;", b"&#xD800;", b"&nbsp;", b"<script>", b"{", b"[", b"</channel>",
    b"xmlns:a='b'", b"\xe2\x80", b"<?xml", b" encoding='utf-7'", b"<a:b>", b"https://[", b"\x1b$B",
]  # fmt: skip


def _mutate(body: bytearray, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(body)))
    actions: list[Callable[[], object]] = [
        lambda: body.__setitem__(slice(place, place), data.draw(st.sampled_from(_TOKENS))),
        lambda: body.__delitem__(slice(place, place + data.draw(st.integers(1, 40)))),
        lambda: body.__setitem__(slice(place, place), bytes(body[place : place + 30])),
        lambda: body.__setitem__(slice(place, place + 1), data.draw(st.binary(max_size=3))),
    ]
    data.draw(st.sampled_from(actions))()
