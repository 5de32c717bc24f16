"""What is new in a feed."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.core import intake
from newsletter.core.entry import Entry, ParsedEntry, ParsedFeed
from newsletter.core.intake import (
    MAX_TEXT,
    MAX_TITLE,
    Intake,
    KnownEntry,
    Prepared,
    clean_entry,
    content_hash,
    decide,
    prepared,
)
from newsletter.core.source import Publisher, Source

NOW = datetime(2026, 4, 7, 6, 30, tzinfo=UTC)
SOURCE = Source("The Site", "https://site.example/feed", language="en", paywall=True)
ITEM = ParsedEntry(
    declared_id="1",
    url="https://site.example/a?utm_source=rss",
    title="Dysprosium <b>rises</b> &amp; falls - The Site",
    summary="<p>Chinaโ€™s licences. The post X appeared first on The Site.</p>",
    content="<h3>Highlights</h3><ul><li>One</li></ul><p>Chinaโ€™s licences.</p><p>More.</p>",
    published=NOW - timedelta(hours=3),
    published_raw="Tue, 07 Apr 2026\n03:30:00 GMT",
    authors=(" Ada  L. ", "Ada L.", ""),
    image="https://site.example/a.jpg",
)


def cleaned(**changes: object) -> Entry:
    return clean_entry(replace(ITEM, **changes), source=SOURCE, now=NOW)  # type: ignore[arg-type]


def read(*items: ParsedEntry, source: Source = SOURCE) -> Prepared:
    return prepared(ParsedFeed(items), source=source, now=NOW)


def known(item: ParsedEntry, source: str = "") -> dict[str, KnownEntry]:
    (entry,) = read(item).entries
    memory = KnownEntry(entry.id, entry.title, content_hash(entry), source, entry.url)
    return dict.fromkeys(entry.keys, memory)


def texts_of(entry: Entry) -> str:
    """All texts of an entry, one after the other."""
    parts = [getattr(entry, field.name) for field in fields(entry)]
    lists = (part if isinstance(part, tuple) else (part,) for part in parts)
    return "".join(text for part in lists for text in part if isinstance(text, str))


def taken(*items: ParsedEntry, memory: dict[str, KnownEntry] | None = None) -> Intake:
    return decide(read(*items).entries, source=SOURCE, known=memory or {})


class TestCleanEntry:
    def test_makes_an_entry_of_an_item(self) -> None:
        assert cleaned() == Entry(
            id="",
            declared_id="1",
            url="https://site.example/a",
            title="Dysprosium rises & falls",
            summary="China’s licences.",
            text="China’s licences.\n\nMore.",
            highlights=("One",),
            published_at=NOW - timedelta(hours=3),
            date_is_known=True,
            first_seen_at=NOW,
            language="en",
            outlet="The Site",
            publisher=Publisher.TRADE_PRESS,
            weight=1.0,
            paywall=True,
            authors=("Ada L.",),
            sources=("The Site",),
            published_raw="Tue, 07 Apr 2026 03:30:00 GMT",
            html="<h3>Highlights</h3><ul><li>One</li></ul><p>China’s licences.</p><p>More.</p>",
            image="https://site.example/a.jpg",
        )

    def test_an_item_may_name_its_own_outlet(self) -> None:
        entry = cleaned(
            title="A deal - Reuters", outlet="Reuters", publisher=Publisher.PRESS_WIRE, weight=9.0
        )
        assert (entry.title, entry.outlet, entry.weight) == ("A deal", "Reuters", 2.0)
        assert entry.publisher is Publisher.PRESS_WIRE

    @pytest.mark.parametrize(
        "url",
        ["javascript:alert(1)", "data:text/html,x", "//evil", "https://e.example\r\nX:", "", "x"],
    )
    def test_a_link_that_is_none_goes_and_the_item_stays(self, url: str) -> None:
        entry = cleaned(url=url)
        assert (entry.url, entry.title) == ("", "Dysprosium rises & falls")

    @pytest.mark.parametrize(
        ("title", "result"),
        [
            ("<script>alert(1)</script>Deal", "Deal"),
            ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>"),
            ("a\r\nBcc: v@x.example", "a Bcc: v@x.example"),
            ("\u202eevil\u200b", "evil"),
        ],
    )
    def test_titles_are_one_plain_line(self, title: str, result: str) -> None:
        assert cleaned(title=title).title == result

    def test_a_missing_title_is_the_beginning_of_the_text(self) -> None:
        entry = cleaned(title="", summary="", content="<p>A short note on magnets.</p>")
        assert entry.title == "A short note on magnets."

    @pytest.mark.parametrize("summary", ["A deal", "A deal&nbsp;&nbsp;<font>The Site</font>", ""])
    def test_a_summary_that_repeats_the_title_is_none(self, summary: str) -> None:
        entry = cleaned(title="A deal - The Site", summary=summary, content="")
        assert (entry.summary, entry.text) == ("", "")

    def test_lengths_are_bounded(self) -> None:
        entry = cleaned(title="t" * 1_000_000, summary="s" * 1_000_000, content="c " * 500_000)
        assert len(entry.title) <= MAX_TITLE
        assert len(entry.text) <= MAX_TEXT

    def test_an_id_and_a_date_in_words_are_bounded(self) -> None:
        ids = {cleaned(declared_id="x" * 9_000 + tail).declared_id for tail in "ab"}
        assert len(ids) == 2
        assert max(map(len, ids)) <= 500
        assert len(cleaned(published_raw="1" * 9_000).published_raw) == 100

    def test_an_id_is_kept_to_the_letter_but_for_what_no_store_takes(self) -> None:
        assert cleaned(declared_id="tag:e,2026:A  b").declared_id == "tag:e,2026:A  b"
        assert cleaned(declared_id="a\x00b").declared_id == "ab"

    @pytest.mark.parametrize("year", [1970, 2099])
    def test_an_impossible_date_is_the_moment_of_first_sight(self, year: int) -> None:
        entry = cleaned(published=datetime(year, 1, 1, tzinfo=UTC))
        assert (entry.published_at, entry.date_is_known) == (NOW, False)

    @settings(deadline=None)
    @given(
        st.builds(
            ParsedEntry,
            declared_id=st.text(max_size=9),
            url=st.text(max_size=30),
            title=st.text(max_size=40),
            summary=st.text(max_size=80),
            content=st.text(max_size=80),
            outlet=st.none() | st.text(max_size=9),
            weight=st.none() | st.floats(),
            published=st.none() | st.datetimes(timezones=st.just(UTC)),
        )
    )
    def test_any_item_can_be_cleaned(self, item: ParsedEntry) -> None:
        entry = clean_entry(item, source=SOURCE, now=NOW)
        assert "\n" not in entry.title
        assert 0 <= entry.weight <= 2


class TestMarkup:
    PICTURED = replace(
        ITEM, content='<p onclick="x()">Text <img src="/p.png"> <a href="/b">b</a></p>'
    )

    def test_is_allow_listed_and_its_links_are_whole(self) -> None:
        (entry,) = read(self.PICTURED).entries
        assert "https://site.example/b" in entry.html
        assert "onclick" not in entry.html
        assert "<img" not in entry.html

    def test_has_pictures_on_request(self) -> None:
        feed = ParsedFeed((self.PICTURED,))
        (entry,) = prepared(feed, source=SOURCE, now=NOW, with_images=True).entries
        assert "https://site.example/p.png" in entry.html

    def test_is_the_summary_where_there_is_no_content(self) -> None:
        assert cleaned(content="", summary="<p>Short <b>words</b></p>").html == (
            "<p>Short <b>words</b></p>"
        )

    def test_is_repaired_as_the_text_is(self) -> None:
        assert "China’s" in cleaned().html

    @pytest.mark.parametrize("image", ["javascript:x", "/p.png", "https://e.example/a b.png"])
    def test_an_image_that_is_no_web_address_goes(self, image: str) -> None:
        assert cleaned(image=image).image == ""

    def test_a_source_that_may_not_be_quoted_marks_its_entries(self) -> None:
        (entry,) = read(ITEM, source=replace(SOURCE, is_quotable=False)).entries
        assert not entry.is_quotable


class TestPrepared:
    def test_entries_stand_in_the_documents_order_with_their_keys(self) -> None:
        items = [replace(ITEM, declared_id=n, url=f"https://site.example/{n}") for n in "cab"]
        entries = read(*items).entries
        assert [entry.declared_id for entry in entries] == ["c", "a", "b"]
        assert len({key for entry in entries for key in entry.keys}) == 6

    def test_an_item_without_title_and_text_is_refused(self) -> None:
        empty = ParsedEntry(declared_id="9", url="", title="<b></b>", summary="\u200b")
        result = read(ITEM, empty)
        assert [entry.title for entry in result.entries] == ["Dysprosium rises & falls"]
        assert result.refused == (("9", "has neither a title nor text"),)

    def test_one_item_that_cannot_be_read_does_not_cost_the_others(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fragile(item: ParsedEntry, **rest: object) -> Entry:
            if item.title == "Bad\x1b":
                raise RecursionError
            return clean_entry(item, **rest)  # type: ignore[arg-type]

        monkeypatch.setattr(intake, "clean_entry", fragile)
        result = read(replace(ITEM, title="Bad\x1b"), ITEM)
        assert [entry.title for entry in result.entries] == ["Dysprosium rises & falls"]
        assert result.refused == (("Bad", "cannot be read (RecursionError)"),)

    def test_an_unnamed_source_has_the_feeds_title_as_its_outlet(self) -> None:
        feed = ParsedFeed((ITEM,), title="The <b>Feed</b>")
        unnamed = replace(SOURCE, is_unnamed=True)
        assert prepared(feed, source=unnamed, now=NOW).entries[0].outlet == "The Feed"
        assert prepared(feed, source=SOURCE, now=NOW).entries[0].outlet == "The Site"

    @settings(deadline=None)
    @given(
        st.lists(
            st.builds(
                ParsedEntry,
                declared_id=st.text(max_size=9),
                url=st.text(max_size=30),
                title=st.text(max_size=40),
                content=st.text(max_size=80),
                published_raw=st.text(max_size=200),
                image=st.text(max_size=20),
            ),
            max_size=4,
        )
    )
    def test_any_document_can_be_prepared_and_decided(self, items: list[ParsedEntry]) -> None:
        result = read(*items)
        assert len(result.entries) + len(result.refused) <= len(items)
        assert decide(result.entries, source=SOURCE, known={}).new == result.entries

    @settings(deadline=None)
    @given(st.lists(st.text(st.sampled_from("a <&\x00\ud800\udfff\uffff\x1b稀"), max_size=20)))
    def test_every_text_of_an_entry_can_be_stored(self, texts: list[str]) -> None:
        """PostgreSQL takes no NUL, UTF-8 no lone surrogate."""
        for text in texts:
            url = f"https://site.example/{text}"
            item = ParsedEntry(
                text, url, text, text, text, None, text, text, (text,), text, None, None, url
            )
            for entry in read(replace(item, title=f"A {text}")).entries:
                assert b"\x00" not in texts_of(entry).encode()


class TestFilters:
    TERBIUM = replace(
        ITEM, declared_id="2", url="https://site.example/b", title="Terbium", summary="Magnets."
    )

    @pytest.mark.parametrize(
        ("allow", "deny", "titles"),
        [
            ((), (), ["Dysprosium rises & falls", "Terbium"]),
            (("TERB",), (), ["Terbium"]),
            (("magnet",), (), ["Terbium"]),
            (("example/b$",), (), ["Terbium"]),
            (("terb", "dyspr"), (), ["Dysprosium rises & falls", "Terbium"]),
            ((), ("^terb",), ["Dysprosium rises & falls"]),
            (("terb", "dyspr"), ("magnets",), ["Dysprosium rises & falls"]),
            (("nothing",), (), []),
        ],
    )
    def test_allow_lets_in_and_deny_keeps_out(
        self, allow: tuple[str, ...], deny: tuple[str, ...], titles: list[str]
    ) -> None:
        result = read(ITEM, self.TERBIUM, source=replace(SOURCE, allow=allow, deny=deny))
        assert [entry.title for entry in result.entries] == titles
        assert result.filtered == 2 - len(titles)

    def test_a_pattern_sees_a_bounded_part_of_a_field(self) -> None:
        long = replace(ITEM, summary="x " * 600 + "magnet")
        assert read(long, source=replace(SOURCE, deny=("magnet",))).filtered == 0

    def test_what_is_left_out_still_shows_that_a_link_is_shared(self) -> None:
        listed = replace(self.TERBIUM, url=ITEM.url)
        (entry,) = read(ITEM, listed, source=replace(SOURCE, deny=("terbium",))).entries
        (alone,) = read(ITEM).entries
        assert len(entry.keys) == len(alone.keys) - 1


class TestDecide:
    def test_what_nobody_knows_is_new(self) -> None:
        (entry,) = read(ITEM).entries
        keys = tuple((key, entry.id) for key in entry.keys)
        assert taken(ITEM) == Intake(new=(entry,), keys=keys)

    def test_what_is_known_is_seen_again(self) -> None:
        (entry,) = read(ITEM).entries
        assert taken(ITEM, memory=known(ITEM)) == Intake(seen_again=(entry.id,))

    @pytest.mark.parametrize("changes", [{"title": "New title"}, {"summary": "New", "content": ""}])
    def test_an_edit_is_a_revision(self, changes: dict[str, object]) -> None:
        edited = replace(ITEM, **changes)  # type: ignore[arg-type]
        assert taken(edited, memory=known(ITEM)) == Intake(revised=read(edited).entries)

    def test_a_revision_has_the_id_by_which_the_entry_is_known(self) -> None:
        moved = replace(ITEM, url="https://site.example/moved", title="New")
        (revised,) = taken(moved, memory=known(ITEM)).revised
        assert revised.id == read(ITEM).entries[0].id != read(moved).entries[0].id

    def test_another_sources_words_are_no_revision(self) -> None:
        memory = known(replace(ITEM, title="The first source's title"), source="First")
        assert taken(ITEM, memory=memory) == Intake(seen_again=(read(ITEM).entries[0].id,))

    def test_two_items_that_turn_out_to_be_one_known_entry_count_once(self) -> None:
        by_link = replace(ITEM, declared_id="")
        by_id = replace(ITEM, url="https://site.example/x", title="Changed")
        intake = taken(by_link, by_id, memory=known(ITEM))
        assert (len(intake.seen_again), intake.revised, intake.new) == (1, (), ())

    def test_an_empty_feed_changes_nothing(self) -> None:
        assert taken(memory=known(ITEM)) == Intake()
