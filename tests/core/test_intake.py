"""What is new in a feed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.entry import Entry, ParsedEntry
from newsletter.core.intake import (
    MAX_TEXT,
    MAX_TITLE,
    Intake,
    KnownEntry,
    clean_entry,
    content_hash,
    decide,
    identities,
    identity,
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
    authors=(" Ada  L. ", "Ada L.", ""),
)


def cleaned(**changes: object) -> Entry:
    return clean_entry(replace(ITEM, **changes), source=SOURCE, now=NOW)  # type: ignore[arg-type]


def known(entry: Entry, source: str = "") -> dict[str, KnownEntry]:
    return {entry.id: KnownEntry(entry.id, entry.title, content_hash(entry), source)}


def taken(*items: ParsedEntry, memory: dict[str, KnownEntry] | None = None) -> Intake:
    return decide(items, source=SOURCE, known=memory or {}, now=NOW)


class TestCleanEntry:
    def test_makes_an_entry_of_an_item(self) -> None:
        assert cleaned() == Entry(
            id=identity(ITEM, SOURCE),
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

    @pytest.mark.parametrize("year", [1970, 2099])
    def test_an_impossible_date_is_the_moment_of_first_sight(self, year: int) -> None:
        entry = cleaned(published=datetime(year, 1, 1, tzinfo=UTC))
        assert (entry.published_at, entry.date_is_known) == (NOW, False)

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
        assert entry.id == identity(item, SOURCE)
        assert "\n" not in entry.title
        assert 0 <= entry.weight <= 2


class TestIdentity:
    @pytest.mark.parametrize(
        "changes",
        [
            {"declared_id": "other"},
            {"title": "Corrected"},
            {"published": None},
            {"url": "http://www.site.example/a/"},
            {"url": "https://m.site.example/a?fbclid=2#c"},
        ],
    )
    def test_survives_what_feeds_change(self, changes: dict[str, object]) -> None:
        assert cleaned(**changes).id == cleaned().id

    def test_is_shared_by_two_sources_with_one_link(self) -> None:
        assert identity(ITEM, Source("Other", "https://other.example")) == identity(ITEM, SOURCE)

    def test_without_a_link_it_is_the_sources_own(self) -> None:
        bare = replace(ITEM, url="")
        assert identity(bare, SOURCE) == identity(replace(bare, title="x"), SOURCE)
        assert identity(bare, SOURCE) != identity(bare, Source("Other", "https://other.example"))

    def test_without_either_it_is_the_title(self) -> None:
        bare = replace(ITEM, url="", declared_id="")
        again = replace(bare, title="Dysprosium  rises &amp; falls - The Site", content="new")
        assert identity(bare, SOURCE) == identity(again, SOURCE)
        assert identity(bare, SOURCE) != identity(replace(bare, title="x"), SOURCE)

    def test_a_front_page_is_nobodys_identity(self) -> None:
        one = replace(ITEM, url="https://site.example/")
        assert identity(one, SOURCE) != identity(replace(one, declared_id="2"), SOURCE)

    def test_has_16_hexadecimal_characters(self) -> None:
        assert len(bytes.fromhex(identity(ITEM, SOURCE))) == 8


class TestDecide:
    def test_what_nobody_knows_is_new(self) -> None:
        assert taken(ITEM) == Intake(new=(cleaned(),))

    def test_what_is_known_is_seen_again(self) -> None:
        assert taken(ITEM, memory=known(cleaned())) == Intake(seen_again=(cleaned().id,))

    @pytest.mark.parametrize("changes", [{"title": "New title"}, {"summary": "New", "content": ""}])
    def test_an_edit_is_a_revision(self, changes: dict[str, object]) -> None:
        edited = replace(ITEM, **changes)  # type: ignore[arg-type]
        entry = clean_entry(edited, source=SOURCE, now=NOW)
        assert taken(edited, memory=known(cleaned())) == Intake(revised=(entry,))

    def test_a_new_date_is_no_revision(self) -> None:
        moved = replace(ITEM, published=NOW)
        assert taken(moved, memory=known(cleaned())).revised == ()

    def test_another_sources_words_are_no_revision(self) -> None:
        memory = known(cleaned(title="The first source's title"), source="First")
        assert taken(ITEM, memory=memory) == Intake(seen_again=(cleaned().id,))

    def test_twice_in_one_feed_is_once(self) -> None:
        same_title = replace(ITEM, declared_id="2")
        same_id = replace(ITEM, title="Again")
        assert taken(ITEM, same_title).new == (cleaned(),)
        assert taken(ITEM, same_id).new == (cleaned(),)

    def test_items_that_link_to_one_list_page_stay_apart(self) -> None:
        items = [replace(ITEM, declared_id=n, title=f"Title {n}") for n in "abc"]
        new = taken(*items).new
        assert [entry.title for entry in new] == ["Title a", "Title b", "Title c"]
        assert {entry.url for entry in new} == {"https://site.example/a"}

    def test_so_do_items_without_an_id_of_their_own(self) -> None:
        items = [replace(ITEM, declared_id="", title=f"Title {n}") for n in "ab"]
        assert len(taken(*items).new) == 2

    def test_the_ids_are_known_before_anything_is_decided(self) -> None:
        items = [ITEM, replace(ITEM, declared_id="2", title="x"), replace(ITEM, url="")]
        new = taken(*items).new
        assert {entry.id for entry in new} == set(identities(items, SOURCE))

    def test_an_item_without_title_and_text_is_refused(self) -> None:
        empty = ParsedEntry(declared_id="9", url="", title="<b></b>", summary="\u200b")
        assert taken(ITEM, empty) == Intake(
            new=(cleaned(),), refused=(("9", "has neither a title nor text"),)
        )

    def test_an_empty_feed_changes_nothing(self) -> None:
        assert taken(memory=known(cleaned())) == Intake()
