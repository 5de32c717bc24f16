"""What an item's elements mean, as feeds really use them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from newsletter.core.markup import plain
from tests.kinds.reading import ATOM, entry, item, read, rss, whole

MEDIA = 'xmlns:media="http://search.yahoo.com/mrss/"'
ITUNES = 'xmlns:itunes="http://www.itunes.com/DTDs/PodCast-1.0.dtd"'
BURNER = 'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
SY = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
NOON = datetime(2026, 4, 7, 12, tzinfo=UTC)


class TestFormats:
    def test_rss_0_91(self) -> None:
        (found,) = read(
            '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"'
            ' "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel>'
            "<title>F</title><item><title>T</title><link>https://e.example/1</link>"
            "<description>D</description></item></channel></rss>"
        )
        assert (found.title, found.url, found.summary) == ("T", "https://e.example/1", "D")

    def test_rss_0_90(self) -> None:
        (found,) = read(
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
            ' xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>F</title></channel>'
            "<item><title>T</title><link>https://e.example/1</link></item></rdf:RDF>"
        )
        assert (found.title, found.url) == ("T", "https://e.example/1")

    def test_atom_0_3(self) -> None:
        (found,) = read(
            '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>F</title><entry>'
            '<title>T</title><link rel="alternate" type="text/html" href="https://e.example/1"/>'
            "<issued>2026-04-07T12:00:00Z</issued>"
            '<content type="text/html" mode="escaped">&lt;p&gt;x&lt;/p&gt;</content>'
            "</entry></feed>"
        )
        assert (found.url, found.published, found.content) == (
            "https://e.example/1", NOON, "<p>x</p>",
        )  # fmt: skip

    def test_cdf(self) -> None:
        (found,) = read(
            '<CHANNEL HREF="https://e.example/"><TITLE>F</TITLE><ITEM HREF="https://e.example/1">'
            "<TITLE>T</TITLE><ABSTRACT>A</ABSTRACT></ITEM></CHANNEL>"
        )
        assert (found.title, found.url, found.summary) == ("T", "https://e.example/1", "A")


class TestLinks:
    def test_the_address_before_a_redirecting_service_is_the_link(self) -> None:
        found = item(
            "<link>https://burner.example/~r/1</link>"
            "<feedburner:origLink>https://site.example/1</feedburner:origLink>",
            root=BURNER,
        )
        assert found.url == "https://site.example/1"

    def test_a_page_comes_before_other_formats(self) -> None:
        found = entry(
            "<title>t</title><id>1</id>"
            '<link rel="alternate" type="application/pdf" href="/a.pdf"/>'
            '<link rel="alternate" type="text/html" href="/a.html"/>'
        )
        assert found.url == "https://feeds.example/a.html"

    @pytest.mark.parametrize("rel", ["self", "edit", "enclosure", "related", "replies"])
    def test_only_an_alternate_is_a_link(self, rel: str) -> None:
        assert entry(f'<title>t</title><id>1</id><link rel="{rel}" href="/a"/>').url == ""

    def test_an_enclosure_is_no_link(self) -> None:
        assert item('<enclosure url="https://e.example/a.mp3" type="audio/mpeg"/>').url == ""

    @pytest.mark.parametrize(
        "guid",
        ["<guid>17</guid>", "<guid>tag:e.example,2026:1</guid>",
         '<guid isPermaLink="false">https://e.example/1</guid>'],
    )  # fmt: skip
    def test_a_guid_that_is_no_address_or_denies_it_is_no_link(self, guid: str) -> None:
        assert item(guid).url == ""

    def test_a_guid_without_address_stays_as_it_is(self) -> None:
        assert item("<guid>17</guid>").declared_id == "17"

    def test_an_atom_id_is_no_link(self) -> None:
        assert entry("<title>t</title><id>https://e.example/1</id>").url == ""

    def test_the_base_of_an_entry_is_relative_to_that_of_its_feed(self) -> None:
        found = entry(
            '<title>t</title><id>1</id><link xml:base="c/" href="d"/>',
            root='xml:base="/a/b/"',
        )
        assert found.url == "https://feeds.example/a/b/c/d"

    def test_a_file_s_links_are_relative_to_the_feed_s_own_link(self) -> None:
        (found,) = read(rss("<item><title>t</title><link>/1</link></item>"), url="")
        assert found.url == "https://feeds.example/1"

    def test_links_in_content_are_made_whole(self) -> None:
        found = entry(
            '<title>t</title><id>1</id><content type="html" xml:base="https://o.example/x/">'
            "&lt;a href=\"y?a=1&amp;amp;b\"&gt;&lt;img src='/z.png'&gt;"
            '&lt;a href="https://p.example/"&gt;&lt;a href="#n"&gt;</content>'
        )
        assert found.content == (
            '<a href="https://o.example/x/y?a=1&amp;b"><img src="https://o.example/z.png">'
            '<a href="https://p.example/"><a href="#n">'
        )


class TestImages:
    @pytest.mark.parametrize(
        ("inside", "image"),
        [
            ('<media:content url="/a.jpg" medium="image"/>', "/a.jpg"),
            ('<media:content url="/a" type="image/png"/>', "/a"),
            ('<media:content url="/a.webp?w=1"/>', "/a.webp?w=1"),
            ('<media:content url="/a.mp4" type="video/mp4"/>', ""),
            ('<media:thumbnail url="/t.jpg"/>', "/t.jpg"),
            ('<media:group><media:thumbnail url="/g.jpg"/></media:group>', "/g.jpg"),
            (('<media:content url="/s.jpg" medium="image" width="90"/>'
             '<media:content url="/l.jpg" medium="image" width="900"/>'), "/l.jpg"),
            ('<enclosure url="/e.jpg" type="image/jpeg" length="1"/>', "/e.jpg"),
            ('<enclosure url="/e.mp3" type="audio/mpeg" length="1"/>', ""),
            ('<itunes:image href="/i.jpg"/>', "/i.jpg"),
            ('<media:thumbnail url="javascript:x"/>', ""),
        ],
    )  # fmt: skip
    def test_the_picture_of_an_item(self, inside: str, image: str) -> None:
        found = item(f"<link>/1</link>{inside}", root=f"{MEDIA} {ITUNES}")
        assert found.image == (f"https://feeds.example{image}" if image else "")

    @pytest.mark.parametrize(
        ("fields", "image"),
        [
            ({"image": "/a", "banner_image": "/b"}, "https://feeds.example/a"),
            ({"banner_image": "/b"}, "https://feeds.example/b"),
            ({"attachments": [{"url": "/c", "mime_type": "image/png"}]}, "https://feeds.example/c"),
            ({"attachments": [{"url": "/c", "mime_type": "audio/mpeg"}, 5]}, ""),
        ],
    )
    def test_the_picture_of_a_json_item(self, fields: dict[str, object], image: str) -> None:
        (found,) = read(json.dumps({"items": [{"id": "1", "title": "t", **fields}]}))
        assert found.image == image


class TestTexts:
    @pytest.mark.parametrize("name", ["title", "summary", "content"])
    def test_an_atom_text_that_says_it_is_text_is_decoded_once(self, name: str) -> None:
        found = entry(f'<id>1</id><{name} type="text">a &lt;b&gt; &amp;amp; c</{name}>')
        assert plain(getattr(found, name)) == "a <b> &amp; c"

    def test_a_summary_copied_from_plain_content_is_text_too(self) -> None:
        found = entry("<id>1</id><title>t</title><content>a &lt;b&gt; c</content>")
        assert plain(found.summary) == "a <b> c"

    def test_the_longest_of_several_contents_is_read(self) -> None:
        found = item(
            "<content:encoded>short</content:encoded><content:encoded>much longer</content:encoded>"
        )
        assert found.content == "much longer"

    def test_content_that_is_no_text_is_left_out(self) -> None:
        found = entry('<id>1</id><title>t</title><content type="image/png">aGVsbG8=</content>')
        assert found.content == ""

    @pytest.mark.parametrize("is_first", [True, False])
    def test_a_picture_s_caption_is_not_the_item_s_text(self, is_first: bool) -> None:
        caption = (
            '<media:content url="/a.jpg" medium="image">'
            '<media:description type="plain">A mine.</media:description></media:content>'
        )
        text = "<description>What happened.</description>"
        found = item(caption + text if is_first else text + caption, root=MEDIA)
        assert (found.summary, found.content) == ("What happened.", "")

    def test_a_video_s_description_stands_in_for_a_summary(self) -> None:
        found = entry(
            "<id>1</id><title>Real</title><media:group><media:title>Other</media:title>"
            "<media:description>One &lt; two\nlines</media:description></media:group>",
            root=MEDIA,
        )
        assert (found.title, found.summary) == ("Real", "One &lt; two<br>lines")

    @pytest.mark.parametrize("line_break", ["<br>", "<br/>", "<br></br>"])
    def test_a_line_break_that_is_an_element_is_one(self, line_break: str) -> None:
        assert item(f"<description>a{line_break}b</description>").summary == "a<br>b"

    def test_escaped_markup_of_any_length_means_the_same(self) -> None:
        text = "&lt;p&gt;A &amp;amp; B]]&gt; &eacute;&#8217;&unknown; &amp;lt;x " + "y " * 50
        found = item(f"<description>{text}</description>")
        assert found.summary == f"<p>A &amp; B]]> é’&unknown; &lt;x {'y ' * 50}".strip()


class TestPeopleAndLanguages:
    def test_an_atom_source_names_the_outlet(self) -> None:
        found = entry("<id>1</id><title>t</title><source><title>The Outlet</title></source>")
        assert found.outlet == "The Outlet"

    def test_the_language_nearest_to_the_title_counts(self) -> None:
        found = entry('<id>1</id><title xml:lang="fr">t</title>', root='xml:lang="de"')
        assert found.language == "fr"

    def test_an_item_s_own_language_counts_before_the_feed_s(self) -> None:
        assert item("<dc:language>ja</dc:language>").language == "ja"

    def test_all_authors_are_named(self) -> None:
        found = item("<dc:creator>Ada</dc:creator><dc:creator>Bo</dc:creator>")
        assert found.authors == ("Ada", "Bo")


class TestWhatIsNotRead:
    @pytest.mark.parametrize(
        "inside",
        [
            "<category>x</category>",
            "<category><![CDATA[x & y]]></category>",
            '<category domain="d"/>',
            "<comments>https://e.example/c</comments>",
            "<category>x<b>y</b></category>",
            "<category>",
            "</category></category>",
        ],
    )
    def test_an_element_that_nobody_reads_changes_nothing(self, inside: str) -> None:
        found = item(f"<description>D</description>{inside}<link>/1</link>")
        assert (found.title, found.summary, found.url) == ("t", "D", "https://feeds.example/1")


class TestDates:
    @pytest.mark.parametrize(
        "inside",
        [
            "<pubDate>Tue, 07 Apr 2026 12:00:00 GMT</pubDate><dc:date>2020-01-01</dc:date>",
            "<dc:date>2026-04-07T12:00:00Z</dc:date>",
            "<pubdate>Tue, 07 Apr 2026 12:00:00 GMT</pubdate>",
            "<PubDate>Tue, 07 Apr 2026 12:00:00 GMT</PubDate>",
            "<publicationDate>2026-04-07T12:00:00Z</publicationDate>",
            "<publishDate>2026-04-07T12:00:00Z</publishDate>",
            "<pub_date>2026-04-07 12:00</pub_date>",
            "<date>2026-04-07T12:00:00Z</date>",
            "<pubDate>soon</pubDate><dc:date>2026-04-07T12:00:00Z</dc:date>",
            (
                '<pubDate></pubDate><x:updated xmlns:x="http://www.w3.org/2005/Atom">'
                "2026-04-07T12:00:00Z</x:updated>"
            ),
        ],
    )
    def test_the_first_that_is_a_date_counts(self, inside: str) -> None:
        assert item(inside).published == NOON

    def test_words_that_are_no_date_are_kept(self) -> None:
        found = item("<pubDate>den 32. juli</pubDate>")
        assert (found.published, found.published_raw) == (None, "den 32. juli")


class TestHints:
    def test_minutes_to_live(self) -> None:
        assert whole(rss("<ttl>90</ttl>")).ttl == timedelta(minutes=90)

    @pytest.mark.parametrize(
        ("head", "wait"),
        [
            ("<sy:updatePeriod>hourly</sy:updatePeriod>", timedelta(hours=1)),
            (
                (
                    "<sy:updatePeriod> daily </sy:updatePeriod>"
                    "<sy:updateFrequency>4</sy:updateFrequency>"
                ),
                timedelta(hours=6),
            ),
            ("<sy:updatePeriod>often</sy:updatePeriod>", timedelta(0)),
            ("<ttl>-5</ttl>", timedelta(0)),
            ("<ttl>soon</ttl>", timedelta(0)),
            (f"<ttl>{'9' * 5000}</ttl>", timedelta(0)),
            ("<ttl>999999</ttl>", timedelta(days=366)),
        ],
    )
    def test_other_ways_to_say_how_long(self, head: str, wait: timedelta) -> None:
        assert whole(rss(head, root=SY)).ttl == wait

    def test_hours_to_skip(self) -> None:
        hours = "".join(f"<hour>{hour}</hour>" for hour in (" 7 ", "24", "23", "25", "x"))
        assert whole(rss(f"<skipHours>{hours}</skipHours>")).skip_hours == (0, 7, 23)

    def test_days_to_skip(self) -> None:
        days = "<day>Sunday</day><day>monday</day><day>Noday</day>"
        assert whole(rss(f"<skipDays>{days}</skipDays>")).skip_days == (0, 6)

    def test_a_feed_that_says_nothing_asks_for_nothing(self) -> None:
        feed = whole(f"<feed {ATOM}><title>F</title></feed>")
        assert (feed.ttl, feed.skip_hours, feed.skip_days) == (timedelta(0), (), ())
