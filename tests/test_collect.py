"""Collecting: real feeds over HTTP into a real database, run after run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from newsletter import models
from newsletter.core.health import SourceState
from newsletter.core.source import Selectors, Source
from newsletter.store.sources import load_health
from tests.clock import FixedClock
from tests.collecting import Collector, collector, item, rss
from tests.loopback import closed_port, loopback, redirects, says

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(tmp_path: Path, clock: FixedClock) -> Iterator[Collector]:
    with loopback() as server:
        yield collector(tmp_path, server, clock)


class TestManners:
    def test_validators_are_sent_back_and_an_unchanged_feed_costs_nothing(
        self, desk: Collector
    ) -> None:
        desk.source("/a")
        desk.serve("/a", rss(item(1)), ETag='"v1"', Last_Modified="Tue, 07 Apr 2026 06:00:00 GMT")
        assert desk.collect().new == 1
        desk.serve("/a", b"", 304)
        again = desk.collect()
        assert (again.new, again.revised, desk.report("a", again).problem) == (0, 0, "")
        headers = desk.requests("/a")[1]
        assert headers["if-none-match"] == '"v1"'
        assert headers["if-modified-since"] == "Tue, 07 Apr 2026 06:00:00 GMT"

    def test_validators_stay_after_304_and_after_a_failure(self, desk: Collector) -> None:
        desk.source("/a")
        desk.serve("/a", rss(item(1)), ETag='"v1"')
        desk.collect()
        for status in (304, 500, 304):
            desk.serve("/a", b"", status)
            desk.collect()
        assert [headers.get("if-none-match") for headers in desk.requests("/a")] == [
            None,
            '"v1"',
            '"v1"',
            '"v1"',
        ]

    def test_the_same_bytes_are_not_parsed_again(self, desk: Collector) -> None:
        desk.source("/a")
        desk.serve("/a", rss(item(1)))
        assert desk.report("a", desk.collect()).entries == 1
        assert desk.report("a", desk.collect()).entries == 0

    @pytest.mark.parametrize(
        ("headers", "head"),
        [
            ({"Cache_Control": "max-age=3600"}, ""),
            ({}, "<ttl>60</ttl>"),
        ],
    )
    def test_a_source_that_asks_for_an_hour_gets_it(
        self, desk: Collector, headers: dict[str, str], head: str
    ) -> None:
        desk.source("/a")
        desk.serve("/a", rss(item(1), head=head), 200, **headers)
        desk.collect()
        desk.clock.move(minutes=59)
        waiting = desk.report("a", desk.collect())
        assert "waits until" in waiting.waiting
        assert waiting.problem == ""
        assert len(desk.requests("/a")) == 1
        desk.clock.move(minutes=1)
        desk.collect()
        assert len(desk.requests("/a")) == 2

    def test_a_ttl_is_kept_over_an_unchanged_answer(self, desk: Collector) -> None:
        desk.source("/a")
        desk.serve("/a", rss(item(1), head="<ttl>60</ttl>"), ETag='"1"')
        desk.collect()
        desk.serve("/a", b"", 304)
        desk.clock.move(hours=1)
        desk.collect()
        desk.clock.move(minutes=30)
        desk.collect()
        assert len(desk.requests("/a")) == 2

    def test_hours_to_skip_are_kept(self, desk: Collector) -> None:
        desk.source("/a")
        desk.serve("/a", rss(item(1), head="<skipHours><hour>7</hour></skipHours>"))
        desk.collect()
        desk.clock.move(hours=1)
        assert desk.report("a", desk.collect()).waiting == "asks not to be read at this hour"

    @pytest.mark.parametrize("status", [429, 503])
    def test_retry_after_is_obeyed(self, desk: Collector, status: int) -> None:
        desk.source("/a")
        desk.serve("/a", b"", status, Retry_After="7200")
        desk.collect()
        desk.clock.move(minutes=119)
        desk.collect()
        assert len(desk.requests("/a")) == 1
        desk.serve("/a", rss(item(1)))
        desk.clock.move(minutes=2)
        assert desk.collect().new == 1

    def test_a_host_that_asks_us_to_wait_is_left_alone_with_all_its_sources(
        self, tmp_path: Path, clock: FixedClock
    ) -> None:
        with loopback() as server:
            desk = collector(tmp_path, server, clock, collect__per_host="1")
            for path in ("/a", "/b", "/c"):
                desk.source(path)
                desk.serve(path, b"", 429, Retry_After="600")
            collected = desk.collect()
            assert len(server.requests) == 1
            failed = [report for report in collected.reports if report.problem]
            assert [report.name for report in failed] == ["a"]
            waiting = [report for report in collected.reports if not report.problem]
            assert all(report.waiting == "waits until 2026-04-07 06:40 UTC" for report in waiting)
            health = load_health(["a", "b", "c"])
            assert [health[name].failures for name in ("a", "b", "c")] == [1, 0, 0]

    def test_a_host_is_not_blamed_for_what_the_target_of_a_redirect_asks(
        self, tmp_path: Path, clock: FixedClock
    ) -> None:
        with loopback() as server, loopback() as other:
            desk = collector(tmp_path, server, clock, collect__per_host="1")
            desk.source("/a")
            desk.source("/b")
            other.answers["/x"] = says(b"", 503, Retry_After="3600")
            server.answers["/a"] = redirects(other.url("/x"))
            desk.serve("/b", rss(item(2)))
            assert desk.collect().new == 1

    def test_a_host_that_cannot_be_reached_is_tried_once_a_run(
        self, tmp_path: Path, clock: FixedClock
    ) -> None:
        with loopback() as server:
            desk = collector(tmp_path, server, clock, collect__per_host="1")
            port = closed_port()
            for name in ("a", "b"):
                desk.sources[name] = Source(name, f"http://127.0.0.1:{port}/{name}")
            problems = [report.problem for report in desk.collect().reports]
        assert "refused the connection" in problems[0]
        assert problems[1].startswith("was not asked: a moment ago")

    def test_the_operator_may_read_a_source_that_is_not_due(self, desk: Collector) -> None:
        desk.source("/a")
        desk.serve("/a", rss(item(1)), Cache_Control="max-age=3600", ETag='"1"')
        desk.collect()
        desk.collect(is_now=True)
        assert desk.requests("/a")[1]["if-none-match"] == '"1"'

    def test_the_operators_own_schedule_is_kept(self, desk: Collector) -> None:
        desk.source("/a", every=timedelta(hours=6))
        desk.serve("/a", rss(item(1)))
        desk.collect()
        desk.clock.move(hours=5)
        desk.collect()
        assert len(desk.requests("/a")) == 1

    def test_sources_named_for_this_time_are_read_whole_whatever_they_wait_for(
        self, desk: Collector
    ) -> None:
        desk.source("/a")
        desk.serve("/a", rss(item(1)), Cache_Control="max-age=3600", ETag='"1"')
        desk.collect()
        again = desk.collect(are_others=True)
        assert desk.report("a", again).entries == 1
        assert "if-none-match" not in desk.requests("/a")[1]

    def test_the_user_agent_is_truthful_and_names_a_contact(
        self, tmp_path: Path, clock: FixedClock
    ) -> None:
        with loopback() as server:
            desk = collector(tmp_path, server, clock, collect__contact="ops@news.example.org")
            desk.source("/a")
            desk.serve("/a", rss(item(1)))
            desk.collect()
        agent = desk.requests("/a")[0]["user-agent"]
        assert agent.startswith("straight-into-your-inbox/")
        assert "ops@news.example.org" in agent


class TestMovesAndEnds:
    @pytest.mark.parametrize("status", [301, 308])
    def test_a_permanent_redirect_that_holds_over_three_runs_moves_the_address(
        self, desk: Collector, status: int
    ) -> None:
        desk.source("/old")
        desk.server.answers["/old"] = redirects(desk.server.url("/new"), status)
        desk.serve("/new", rss(item(1)))
        for _ in range(5):
            desk.collect()
        assert len(desk.requests("/old")) == 3
        assert len(desk.requests("/new")) == 5
        assert load_health(["old"])["old"].address == desk.server.url("/new")
        assert desk.titles == ["Rare earth story 1"]

    @pytest.mark.parametrize("status", [302, 303, 307])
    def test_a_temporary_redirect_never_moves_it(self, desk: Collector, status: int) -> None:
        desk.source("/old")
        desk.server.answers["/old"] = redirects(desk.server.url("/new"), status)
        desk.serve("/new", rss(item(1)))
        for _ in range(5):
            desk.collect()
        assert len(desk.requests("/old")) == 5

    def test_a_temporary_redirect_to_something_gone_retires_nothing(self, desk: Collector) -> None:
        desk.source("/a")
        desk.server.answers["/a"] = redirects("/b")
        desk.serve("/b", b"", 410)
        desk.collect()
        assert load_health(["a"])["a"].state is SourceState.ACTIVE

    def test_the_run_in_which_a_source_moves_says_so(self, desk: Collector) -> None:
        desk.source("/old")
        desk.server.answers["/old"] = redirects("/new", 301)
        desk.serve("/new", rss(item(1)))
        told = [desk.report("old", desk.collect()).moved_to for _ in range(4)]
        assert told == ["", "", desk.server.url("/new"), ""]

    def test_validators_go_to_the_new_address(self, desk: Collector) -> None:
        desk.source("/old")
        desk.server.answers["/old"] = redirects("/new", 301)
        desk.serve("/new", rss(item(1)), ETag='"1"')
        for _ in range(4):
            desk.collect()
        assert desk.requests("/new")[3]["if-none-match"] == '"1"'

    def test_gone_retires_a_source_and_says_so_once(self, desk: Collector) -> None:
        desk.source("/a")
        desk.serve("/a", b"", 410)
        first = desk.report("a", desk.collect())
        assert first.is_lasting
        assert "410" in first.problem
        desk.clock.move(days=40)
        later = desk.report("a", desk.collect())
        assert later.was_told
        assert "retired" in later.waiting
        assert len(desk.requests("/a")) == 1


class TestFailures:
    def test_the_reason_is_told_and_the_others_go_on(self, desk: Collector) -> None:
        desk.source("/bad")
        desk.source("/good")
        desk.serve("/bad", b"", 500)
        desk.serve("/good", rss(item(1)))
        collected = desk.collect()
        assert "answered 500" in desk.report("bad", collected).problem
        assert collected.new == 1

    def test_a_failing_source_backs_off(self, desk: Collector) -> None:
        desk.source("/a")
        desk.serve("/a", b"", 500)
        for _ in range(20):
            desk.collect()
            desk.clock.move(minutes=5)
        assert 3 <= len(desk.requests("/a")) <= 6

    def test_a_failure_forgets_nothing_that_was_seen(self, desk: Collector) -> None:
        desk.source("/a")
        desk.serve("/a", rss(item(1), item(2)))
        desk.collect()
        for status in (500, 404, 503):
            desk.serve("/a", b"", status)
            desk.clock.move(days=1)
            desk.collect()
        desk.serve("/a", rss(item(1), item(2), head="<!-- back -->"))
        desk.clock.move(days=1)
        back = desk.collect()
        assert (back.new, back.revised) == (0, 0)

    def test_a_lasting_failure_is_told_once(self, desk: Collector) -> None:
        desk.source("/a")
        desk.serve("/a", b"", 500)
        told = []
        for day in range(1, 8):
            report = desk.report("a", desk.collect())
            told.append((day, report.is_lasting, report.was_told))
            desk.clock.move(days=1)
        assert [day for day, is_lasting, _ in told if is_lasting] == [3]
        assert [day for day, _, was_told in told if was_told] == [4, 5, 6, 7]

    def test_a_feed_that_shrinks_to_nothing_is_well_and_forgets_nothing(
        self, desk: Collector
    ) -> None:
        desk.source("/a")
        desk.serve("/a", rss(item(1)))
        desk.collect()
        desk.serve("/a", rss())
        empty = desk.collect()
        assert desk.report("a", empty).problem == ""
        desk.serve("/a", rss(item(1), head="<!-- again -->"))
        assert desk.collect().new == 0
        assert desk.titles == ["Rare earth story 1"]


class TestEntries:
    def test_changed_guids_dates_and_titles_make_no_second_entry(self, desk: Collector) -> None:
        desk.source("/a")
        desk.serve("/a", rss(item(1)))
        desk.collect()
        changed = item(
            1, guid="other", title="Another title", pubDate="Wed, 08 Apr 2026 06:00:00 GMT"
        )
        desk.serve("/a", rss(changed))
        collected = desk.collect()
        assert (collected.new, collected.revised) == (0, 1)
        assert desk.titles == ["Another title"]

    def test_an_edit_is_kept_as_a_revision(self, desk: Collector) -> None:
        desk.source("/a")
        for title in ("First words", "Second words", "Third words"):
            desk.serve("/a", rss(item(1, title=title)))
            desk.collect()
        kept = models.Revision.objects.order_by("id").values_list("title", flat=True)
        assert list(kept) == ["First words", "Second words"]

    def test_two_sources_with_one_link_are_one_entry_with_two_sightings(
        self, desk: Collector
    ) -> None:
        desk.source("/a")
        desk.source("/b")
        link = "https://outlet.example/1"
        desk.serve("/a", rss(item(1, link=link)))
        desk.serve("/b", rss(item(2, link=f"{link}/?utm_source=rss", guid="b")))
        assert desk.collect().new == 1
        entry = models.Entry.objects.get()
        assert sorted(entry.sightings.values_list("source", flat=True)) == ["a", "b"]

    def test_only_the_first_source_edits_an_entry(self, desk: Collector) -> None:
        desk.source("/a")
        desk.source("/b")
        desk.serve("/a", rss(item(1)))
        desk.collect("a")
        desk.serve("/b", rss(item(1, title="As b tells it")))
        assert desk.collect("b").revised == 0

    def test_the_dates_own_words_are_kept_beside_utc(self, desk: Collector) -> None:
        desk.source("/a")
        desk.serve("/a", rss(item(1, pubDate="Tue, 07 Apr 2026 02:00:00 -0330")))
        desk.collect()
        entry = models.Entry.objects.get()
        assert entry.published_raw == "Tue, 07 Apr 2026 02:00:00 -0330"
        assert entry.published_at.isoformat() == "2026-04-07T05:30:00+00:00"

    def test_items_that_the_source_denies_are_left_out(self, desk: Collector) -> None:
        desk.source("/a", allow=("magnet|oxide",), deny=("sponsored",))
        desk.serve(
            "/a",
            rss(
                item(1, title="Magnet plant"),
                item(2, title="Football", description="Goals."),
                item(3, title="SPONSORED: magnet offers"),
            ),
        )
        desk.collect()
        assert desk.titles == ["Magnet plant"]

    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("https://outlet.example/Press Release 1.pdf", "Press%20Release%201.pdf"),
            ("https://outlet.example/\n    press/1", "press/1"),
            ("https://outlet.example/a\u202eb", "a%E2%80%AEb"),
        ],
    )
    def test_a_link_is_read_as_browsers_read_it(
        self, desk: Collector, written: str, read: str
    ) -> None:
        desk.source("/a")
        desk.serve("/a", rss(item(1, link=written)))
        desk.collect()
        assert models.Entry.objects.get().url == f"https://outlet.example/{read}"

    def test_patterns_that_change_are_seen_in_an_unchanged_feed(self, desk: Collector) -> None:
        desk.source("/a", allow=("nothing",))
        desk.serve("/a", rss(item(1)), ETag='"1"')
        first = desk.collect()
        assert (first.new, desk.report("a", first).left_out) == (0, 1)
        desk.source("/a")
        assert desk.collect().new == 1

    def test_a_link_that_one_source_gains_and_another_brings_is_one_entry(
        self, desk: Collector
    ) -> None:
        desk.source("/a")
        desk.source("/b")
        desk.serve("/a", rss(item(1, link="https://outlet.example/draft")))
        desk.serve("/b", rss(item(9)))
        desk.collect()
        final = "https://outlet.example/final"
        desk.serve("/a", rss(item(1, link=final)))
        desk.serve("/b", rss(item(9), item(1, link=final, guid="b")))
        desk.collect()  # both in one batch: they come within a moment of each other
        assert models.Entry.objects.count() == 2

    def test_a_feed_with_too_many_items_gives_the_newest_and_says_so(
        self, tmp_path: Path, clock: FixedClock
    ) -> None:
        with loopback() as server:
            desk = collector(tmp_path, server, clock, collect__max_entries="2")
            desk.source("/a")
            days = [f"Sun, {day:02d} Apr 2026 06:00:00 GMT" for day in (3, 4, 5)]
            desk.serve("/a", rss(*(item(n, pubDate=day) for n, day in enumerate(days))))
            assert desk.report("a", desk.collect()).is_cut
        assert desk.titles == ["Rare earth story 1", "Rare earth story 2"]

    def test_a_page_is_read_only_where_robots_txt_allows(self, desk: Collector) -> None:
        page = Selectors(item="li")
        desk.source("/news", kind="page", selectors=page)
        desk.serve("/news", b"<ul><li><a href='/1'>One</a></li></ul>", Content_Type="text/html")
        desk.serve("/robots.txt", b"User-agent: *\nDisallow: /news\n", Content_Type="text/plain")
        assert "robots.txt" in desk.report("news", desk.collect()).problem
        assert desk.requests("/news") == []
        desk.serve("/robots.txt", b"", 404)
        assert desk.collect().new == 1

    def test_a_redirect_does_not_lead_past_robots_txt(self, desk: Collector) -> None:
        with loopback() as other:
            desk.source("/news", kind="page", selectors=Selectors(item="li"))
            desk.serve("/robots.txt", b"", 404)
            desk.server.answers["/news"] = redirects(other.url("/news"))
            other.answers["/news"] = says(b"<li><a href='/1'>One</a></li>")
            other.answers["/robots.txt"] = says(b"User-agent: *\nDisallow: /\n")
            assert "robots.txt" in desk.report("news", desk.collect()).problem

    def test_a_name_that_moves_to_another_address_keeps_its_entries(self, desk: Collector) -> None:
        desk.source("/a")
        desk.serve("/a", rss(item(1)), ETag='"1"')
        desk.collect()
        desk.sources["a"] = Source("a", desk.server.url("/b"))
        desk.serve("/b", rss(item(1)))
        assert desk.collect().new == 0
        assert "if-none-match" not in desk.requests("/b")[0]
