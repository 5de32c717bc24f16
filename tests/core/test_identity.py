"""Which items are one entry, over the days and in a document."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.core.entry import ParsedEntry, ParsedFeed
from newsletter.core.identity import MAX_KEYS, KnownEntry, content_hash
from newsletter.core.intake import Intake, decide, prepared
from newsletter.core.source import Source

NOW = datetime(2026, 4, 7, 6, 30, tzinfo=UTC)
SITE = Source("The Site", "https://site.example/feed")
OTHER = Source("Other", "https://other.example/feed")
LONG = "Dysprosium oxide left the separation plant at Kuantan for the first time. " * 4
ITEM = ParsedEntry(
    declared_id="1",
    url="https://site.example/2026/dysprosium",
    title="Dysprosium leaves the plant",
    content=f"<p>{LONG}</p>",
    published=NOW - timedelta(hours=3),
    published_raw="Tue, 07 Apr 2026 03:30:00 GMT",
)
NEXT_DAY: dict[str, Any] = {
    "published": NOW + timedelta(hours=20),
    "published_raw": "Wed, 08 Apr 2026 02:30:00 GMT",
}


def edited(item: ParsedEntry = ITEM, **changes: Any) -> ParsedEntry:
    return replace(item, **changes)


class Memory:
    """A store in a dictionary: the first to come keeps its key."""

    def __init__(self) -> None:
        self.known: dict[str, KnownEntry] = {}

    def read(self, *items: ParsedEntry, source: Source = SITE) -> Intake:
        """One reading of a document, remembered as the store would."""
        entries = prepared(ParsedFeed(items), source=source, now=NOW).entries
        known = {
            key: self.known[key] for entry in entries for key in entry.keys & self.known.keys()
        }
        intake = decide(entries, source=source, known=known)
        self._remember(intake, source)
        return intake

    def _remember(self, intake: Intake, source: Source) -> None:
        by_id = {memory.id: memory for memory in self.known.values()}
        for entry in intake.new:
            assert entry.id not in by_id
            by_id[entry.id] = KnownEntry(
                entry.id,
                entry.title,
                content_hash(entry),
                source.name,
                entry.url,
                entry.declared_id,
                entry.published_raw,
            )
        for entry in intake.revised:
            changes = {"title": entry.title, "content_hash": content_hash(entry)}
            by_id[entry.id] = replace(by_id[entry.id], **changes)
        for key, entry_id in intake.keys:
            self.known.setdefault(key, by_id[entry_id])
        self.known = {key: by_id[memory.id] for key, memory in self.known.items()}

    @property
    def entries(self) -> int:
        return len({memory.id for memory in self.known.values()})


@pytest.fixture
def memory() -> Memory:
    memory = Memory()
    memory.read(ITEM)
    return memory


class TestOverTheDays:
    def test_a_second_reading_changes_nothing(self, memory: Memory) -> None:
        (seen,) = {known.id for known in memory.known.values()}
        assert memory.read(ITEM) == Intake(seen_again=(seen,))

    def test_an_id_that_changes_daily_is_outweighed_by_the_link(self, memory: Memory) -> None:
        for day in "2345":
            assert memory.read(edited(declared_id=day)).new == ()

    def test_without_a_link_an_id_that_changes_daily_is_outweighed_by_the_words(self) -> None:
        memory = Memory()
        for day in "1234":
            memory.read(edited(url="", declared_id=day))
        assert memory.entries == 1

    @pytest.mark.parametrize(
        "url",
        [
            "https://site.example/2026/dysprosium-leaves-the-plant",
            "http://www.site.example/2026/dysprosium/",
            "https://new-site.example/a/dysprosium",
            "https://site.example/t/5dX0a/2026/dysprosium",
            "",
        ],
    )
    def test_a_link_that_changes_is_outweighed_by_the_id(self, memory: Memory, url: str) -> None:
        read = memory.read(edited(url=url))
        assert (read.new, len(read.seen_again)) == ((), 1)

    def test_an_edit_under_a_new_link_is_a_revision(self, memory: Memory) -> None:
        read = memory.read(edited(url="https://site.example/2026/x", title="Terbium leaves"))
        assert (read.new, [entry.title for entry in read.revised]) == ((), ["Terbium leaves"])

    def test_a_link_once_learned_is_remembered(self, memory: Memory) -> None:
        moved = edited(url="https://site.example/moved")
        memory.read(moved)
        assert memory.read(edited(moved, declared_id="7", title="New")).new == ()

    def test_a_new_date_is_neither_an_entry_nor_a_revision(self, memory: Memory) -> None:
        read = memory.read(edited(**NEXT_DAY))
        assert (read.new, read.revised) == ((), ())

    @pytest.mark.parametrize("content", [LONG, "Short."])
    def test_so_it_is_without_link_and_id(self, content: str) -> None:
        bare = edited(url="", declared_id="", content=content)
        memory = Memory()
        memory.read(bare)
        assert len(memory.read(edited(bare, **NEXT_DAY)).seen_again) == 1

    def test_an_edited_title_is_a_revision(self, memory: Memory) -> None:
        read = memory.read(edited(title="Dysprosium leaves Kuantan"))
        assert (read.new, [entry.title for entry in read.revised]) == (
            (),
            ["Dysprosium leaves Kuantan"],
        )
        assert read.revised[0].id in {known.id for known in memory.known.values()}

    def test_two_sources_with_one_link_make_one_entry(self, memory: Memory) -> None:
        read = memory.read(edited(declared_id="x9", title="Their own words"), source=OTHER)
        assert (read.new, read.revised, len(read.seen_again)) == ((), (), 1)

    def test_the_other_sources_id_is_remembered_too(self, memory: Memory) -> None:
        memory.read(ITEM, source=OTHER)
        moved = edited(url="https://site.example/moved", content="Short.")
        assert memory.read(moved, source=OTHER).new == ()

    def test_ids_and_words_of_two_sources_have_nothing_in_common(self, memory: Memory) -> None:
        elsewhere = edited(url="https://other.example/dysprosium")
        assert len(memory.read(elsewhere, source=OTHER).new) == 1

    def test_a_constant_id_with_all_else_new_is_another_entry(self) -> None:
        memory = Memory()
        latest = edited(declared_id="latest")
        memory.read(latest)
        today = edited(
            latest, url="https://site.example/b", title="Terbium", content="New.", **NEXT_DAY
        )
        assert len(memory.read(today).new) == 1
        assert len(memory.read(today).seen_again) == 1
        assert memory.entries == 2

    @pytest.mark.parametrize(
        "kept", [{"url": ITEM.url}, {"title": ITEM.title}, {"published_raw": ITEM.published_raw}]
    )
    def test_a_constant_id_with_anything_kept_is_the_same(
        self, memory: Memory, kept: dict[str, Any]
    ) -> None:
        changes: dict[str, Any] = {
            "url": "https://site.example/b",
            "title": "Terbium",
            "content": "",
            **NEXT_DAY,
        }
        assert memory.read(edited(**{**changes, **kept})).new == ()

    @pytest.mark.parametrize("url", ["", "https://site.example/"])
    def test_no_link_is_not_another_link(self, memory: Memory, url: str) -> None:
        assert memory.read(edited(url=url, title="X", content=f"{LONG} X", **NEXT_DAY)).new == ()

    def test_a_title_that_comes_daily_with_other_text_and_link(self) -> None:
        memory = Memory()
        daily = edited(declared_id="", title="Rare earth prices today")
        memory.read(daily)
        today = edited(daily, url="https://site.example/p2", content=f"{LONG} Down.", **NEXT_DAY)
        assert len(memory.read(today).new) == 1

    def test_a_title_that_comes_daily_without_link_and_id(self) -> None:
        memory = Memory()
        daily = edited(declared_id="", url="", title="Rare earth prices today", content="Up.")
        memory.read(daily)
        for day, content in enumerate((f"{LONG} Down.", "Flat.")):
            today = edited(daily, content=content, published_raw=f"2026-04-0{day}")
            assert len(memory.read(today).new) == 1
            assert len(memory.read(today).seen_again) == 1

    def test_a_bare_item_whose_text_is_edited_is_revised(self) -> None:
        memory = Memory()
        bare = edited(declared_id="", url="", content="Up.")
        memory.read(bare)
        assert len(memory.read(edited(bare, content="Up by 3%.")).revised) == 1

    def test_what_left_the_feed_is_known_when_it_comes_back(self, memory: Memory) -> None:
        assert memory.read() == Intake()
        assert memory.read(edited(declared_id="2", url="https://site.example/2", title="B")).new
        assert memory.read(ITEM).new == ()


class TestInADocument:
    def test_an_item_that_stands_twice_is_one(self) -> None:
        assert len(Memory().read(ITEM, ITEM, edited(declared_id="2")).new) == 1

    def test_of_two_versions_the_latest_counts(self) -> None:
        later = edited(title="Corrected", **{**NEXT_DAY, "published": NOW})
        for items in ((ITEM, later), (later, ITEM)):
            assert [entry.title for entry in Memory().read(*items).new] == ["Corrected"]

    def test_copies_that_hang_together_by_different_keys_are_one(self) -> None:
        by_id = edited(url="https://site.example/x")
        by_link = edited(declared_id="2")
        assert len(Memory().read(by_id, by_link, ITEM).new) == 1

    def test_an_id_that_several_items_carry_does_not_count(self) -> None:
        items = [edited(url=f"https://site.example/{n}", title=n, content=n) for n in "abc"]
        memory = Memory()
        assert len(memory.read(*items).new) == 3
        assert len(memory.read(items[1]).seen_again) == 1
        last = edited(items[2], url="https://site.example/d", title="d", content="d")
        assert len(memory.read(last).new) == 1

    def test_nor_does_one_without_links(self) -> None:
        items = [edited(url="", title=n, content=n) for n in "abc"]
        assert len(Memory().read(*items).new) == 3

    @pytest.mark.parametrize("ids", ["abc", ["", "", ""], ["1", "1", "1"]])
    def test_a_link_to_a_list_page_does_not_count(self, ids: list[str]) -> None:
        items = [edited(declared_id=i, title=f"T{n}", content="") for n, i in enumerate(ids)]
        memory = Memory()
        assert len(memory.read(*items).new) == 3
        assert memory.read(*reversed(items)).new == ()

    def test_a_list_page_stays_one_when_its_feed_shrinks(self) -> None:
        items = [edited(declared_id=n, title=n, content=n) for n in "ab"]
        memory = Memory()
        memory.read(*items)
        assert memory.read(items[0]).new == ()
        later = edited(declared_id="c", title="c", content="c", **NEXT_DAY)
        assert len(memory.read(later).new) == 1

    def test_bare_items_with_one_title_and_different_dates_stay_apart(self) -> None:
        bare = edited(url="", declared_id="", title="Prices", content="Up.")
        later = edited(bare, content="Down.", **NEXT_DAY)
        memory = Memory()
        assert len(memory.read(bare, later).new) == 2
        assert len(memory.read(later).seen_again) == 1

    def test_a_front_page_is_no_ones_link(self) -> None:
        items = [
            edited(url="https://site.example/", declared_id=n, title=n, content=n) for n in "ab"
        ]
        assert len(Memory().read(*items).new) == 2

    def test_copies_without_end_give_no_keys_without_end(self) -> None:
        items = [edited(declared_id=str(n)) for n in range(200)]
        (entry,) = prepared(ParsedFeed(tuple(items)), source=SITE, now=NOW).entries
        assert len(entry.keys) == MAX_KEYS

    def test_a_key_has_16_hexadecimal_characters(self) -> None:
        bare = edited(url="", declared_id="", content="")
        for item in (ITEM, bare):
            (entry,) = prepared(ParsedFeed((item,)), source=SITE, now=NOW).entries
            assert {len(bytes.fromhex(key)) for key in entry.keys} == {8}
            assert entry.id == entry.keys[0]


documents = st.lists(
    st.builds(
        ParsedEntry,
        declared_id=st.sampled_from(["", "1", "2", "latest"]),
        url=st.sampled_from(
            ["", "https://s.example/", "https://s.example/a", "http://s.example/b"]
        ),
        title=st.sampled_from(["Prices today", "Terbium", "A deal"]),
        content=st.sampled_from(["", "Short.", LONG]),
        published=st.none() | st.sampled_from([NOW, NOW - timedelta(days=1)]),
        published_raw=st.sampled_from(["", "today", "yesterday"]),
    ),
    max_size=8,
)


@settings(deadline=None)
@given(documents, st.randoms(use_true_random=False))
def test_the_order_of_items_changes_nothing(items: list[ParsedEntry], dice: object) -> None:
    shuffled = list(items)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (
        prepared(ParsedFeed(tuple(order)), source=SITE, now=NOW).entries
        for order in (items, shuffled)
    )
    assert {entry.keys: entry for entry in one} == {entry.keys: entry for entry in other}


@settings(deadline=None)
@given(documents)
def test_the_same_document_again_brings_nothing(items: list[ParsedEntry]) -> None:
    memory = Memory()
    memory.read(*items)
    again = memory.read(*items)
    assert (again.new, again.revised, again.keys) == ((), (), ())


@settings(deadline=None)
@given(st.lists(documents, max_size=4), documents)
def test_whatever_came_before_ids_stay_unique(
    days: list[list[ParsedEntry]], items: list[ParsedEntry]
) -> None:
    memory = Memory()
    for day in days:
        memory.read(*day)
    read = memory.read(*items)
    ids = [entry.id for entry in (*read.new, *read.revised)] + list(read.seen_again)
    assert len(ids) == len(set(ids))


mutations = st.fixed_dictionaries(
    {},
    optional={
        "declared_id": st.text(max_size=6),
        "published_raw": st.text(max_size=6),
        "published": st.none() | st.just(NOW),
        "title": st.sampled_from(["Corrected", "Dysprosium, corrected"]),
        "content": st.sampled_from(["", LONG + "More."]),
        "tracking": st.sampled_from(["?utm_source=x", "/", "/amp", "?fbclid=1#top", "?ref=rss"]),
    },
)


@settings(deadline=None)
@given(st.lists(mutations, max_size=6))
def test_no_mixture_of_changes_makes_a_second_entry(days: list[dict[str, Any]]) -> None:
    items = [
        edited(declared_id=str(n), url=f"https://site.example/{n}", title=f"Title {n}")
        for n in range(3)
    ]
    memory = Memory()
    memory.read(*items)
    for changes in days:
        day = dict(changes)
        tracking = day.pop("tracking", "")
        if "title" in day:
            day["title"] = f"{day['title']} "
        changed = [edited(item, **day, url=f"{item.url}{tracking}") for item in items]
        changed = [
            replace(item, title=f"{item.title} {n}", content=f"{item.content} {n}")
            for n, item in enumerate(changed)
        ]
        assert memory.read(*changed).new == ()
    assert memory.entries == 3
