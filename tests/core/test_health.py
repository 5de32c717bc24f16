"""How a source is doing, and when it is read again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.health import (
    LONGEST_BACK_OFF,
    LONGEST_HINT,
    LONGEST_ORDER,
    Answer,
    Failure,
    SourceHealth,
    SourceState,
    Wait,
    after_answer,
    after_failure,
    after_refusal,
    failing_days,
    health_of,
    is_told_now,
    why_not_now,
)
from newsletter.core.source import Source

NOW = datetime(2026, 4, 7, 6, 30, tzinfo=UTC)  # a Tuesday
URL = "https://site.example/feed"
NEW = health_of(Source("Site", URL), None)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def answer(**changes: object) -> Answer:
    usual = Answer(etag='"1"', last_modified="", body_hash="aa", entries=3, wait=Wait())
    return replace(usual, **changes)  # type: ignore[arg-type]


def failed(times: int, *, every: timedelta = DAY) -> SourceHealth:
    health = after_answer(NEW, answer(), now=NOW - DAY)
    for number in range(times):
        health = after_failure(health, Failure("answered 500"), now=NOW + number * every)
    return health


class TestWhenItIsDue:
    def test_a_source_never_read_is_due(self) -> None:
        assert why_not_now(NEW, NOW) == ""

    def test_a_good_answer_that_asks_for_nothing_leaves_it_due(self) -> None:
        assert why_not_now(after_answer(NEW, answer(), now=NOW), NOW) == ""

    @pytest.mark.parametrize("wait", [Wait(fresh_for=HOUR), Wait(ttl=HOUR)])
    def test_it_waits_as_long_as_server_or_document_ask(self, wait: Wait) -> None:
        health = after_answer(NEW, answer(wait=wait), now=NOW)
        assert why_not_now(health, NOW + HOUR - MINUTE) == "waits until 2026-04-07 07:30 UTC"
        assert why_not_now(health, NOW + HOUR) == ""

    def test_the_longer_of_two_hints_counts(self) -> None:
        health = after_answer(NEW, answer(wait=Wait(fresh_for=MINUTE, ttl=HOUR)), now=NOW)
        assert health.due_at == NOW + HOUR

    def test_a_hint_of_days_does_not_cost_a_day(self) -> None:
        health = after_answer(NEW, answer(wait=Wait(fresh_for=30 * DAY)), now=NOW)
        assert health.due_at == NOW + LONGEST_HINT

    def test_the_operators_schedule_counts_with_five_minutes_grace(self) -> None:
        health = after_answer(NEW, answer(), now=NOW, every=DAY)
        assert why_not_now(health, NOW + DAY - 6 * MINUTE)
        assert why_not_now(health, NOW + DAY - 4 * MINUTE) == ""

    def test_hours_and_days_to_skip_are_kept(self) -> None:
        asks = Wait(skip_hours=(7,), skip_days=(2,))
        health = after_answer(NEW, answer(wait=asks), now=NOW)
        assert why_not_now(health, NOW) == ""
        assert why_not_now(health, NOW + HOUR) == "asks not to be read at this hour"
        early_wednesday = datetime(2026, 4, 8, 0, 5, tzinfo=UTC)
        read_late = after_answer(NEW, answer(wait=asks), now=early_wednesday - HOUR)
        assert why_not_now(read_late, early_wednesday)

    def test_a_clock_that_was_ahead_silences_nobody(self) -> None:
        health = after_answer(NEW, answer(wait=Wait(fresh_for=HOUR)), now=NOW + 3650 * DAY)
        assert why_not_now(health, NOW) == ""
        assert failing_days(replace(failed(1), failing_since=NOW + DAY), NOW) == 1

    def test_a_daily_run_in_an_hour_to_skip_still_reads(self) -> None:
        health = after_answer(NEW, answer(wait=Wait(skip_hours=(6,))), now=NOW)
        assert why_not_now(health, NOW + DAY) == ""


class TestFailures:
    def test_the_first_failure_does_not_wait(self) -> None:
        assert why_not_now(failed(1), NOW) == ""

    def test_further_failures_wait_twice_as_long_each(self) -> None:
        waits = [(h.due_at or NOW) - (h.tried_at or NOW) for h in map(failed, (2, 3, 4))]
        assert waits == [10 * MINUTE, 20 * MINUTE, 40 * MINUTE]

    @given(st.integers(2, 5_000))
    def test_a_failing_source_is_tried_twice_a_day_for_ever(self, failures: int) -> None:
        health = after_failure(replace(NEW, failures=failures), Failure("no"), now=NOW)
        assert health.due_at is not None
        assert timedelta(0) < health.due_at - NOW <= LONGEST_BACK_OFF

    def test_a_servers_retry_after_counts_even_the_first_time(self) -> None:
        health = after_failure(NEW, Failure("answered 429", retry_after=2 * HOUR), now=NOW)
        assert health.due_at == NOW + 2 * HOUR

    def test_a_retry_after_of_weeks_costs_no_second_daily_run(self) -> None:
        late = NOW + timedelta(seconds=40)
        health = after_failure(NEW, Failure("answered 503", retry_after=30 * DAY), now=late)
        assert health.due_at == late + LONGEST_ORDER
        assert why_not_now(health, NOW + DAY) == ""

    def test_a_source_whose_host_wants_to_be_left_alone_has_not_failed(self) -> None:
        health = after_refusal(NEW, 2 * HOUR, now=NOW)
        assert (health.failures, health.problem, health.due_at) == (0, "", NOW + 2 * HOUR)

    def test_a_failure_forgets_nothing(self) -> None:
        before = after_answer(NEW, answer(), now=NOW - DAY)
        after = after_failure(before, Failure("answered 500"), now=NOW)
        kept = ("etag", "last_modified", "body_hash", "entries", "succeeded_at", "newest_at")
        assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]

    def test_an_answer_ends_the_failure(self) -> None:
        health = after_answer(failed(5), answer(), now=NOW + 9 * DAY)
        assert (health.failures, health.problem, health.failing_since) == (0, "", None)
        assert why_not_now(health, NOW + 9 * DAY) == ""

    def test_gone_retires_it(self) -> None:
        health = after_failure(NEW, Failure("answered 410", is_gone=True), now=NOW)
        assert health.state is SourceState.RETIRED
        assert why_not_now(health, NOW + 365 * DAY) == "retired: answered 410"


class TestTelling:
    def test_a_lasting_failure_is_told_once_on_its_day(self) -> None:
        health, told = after_answer(NEW, answer(), now=NOW - DAY), []
        for day in range(6):
            moment = NOW + day * DAY
            health = after_failure(health, Failure("answered 500"), now=moment)
            if is_told_now(health, now=moment, after_days=3):
                told.append(day + 1)
                health = replace(health, told_at=moment)
        assert told == [3]

    def test_many_failures_on_one_day_are_one_day(self) -> None:
        health = failed(9, every=10 * MINUTE)
        assert failing_days(health, NOW + HOUR) == 1
        assert not is_told_now(health, now=NOW + HOUR, after_days=3)

    def test_the_next_lasting_failure_is_told_again(self) -> None:
        told = replace(failed(3), told_at=NOW)
        again = after_failure(after_answer(told, answer(), now=NOW), Failure("x"), now=NOW)
        assert is_told_now(again, now=NOW + 2 * DAY, after_days=3)

    def test_an_end_is_told_at_once(self) -> None:
        health = after_failure(NEW, Failure("answered 410", is_gone=True), now=NOW)
        assert is_told_now(health, now=NOW, after_days=3)

    def test_a_healthy_source_is_not_told(self) -> None:
        assert not is_told_now(after_answer(NEW, answer(), now=NOW), now=NOW, after_days=1)


class TestMoving:
    def test_a_permanent_redirect_that_holds_moves_the_address(self) -> None:
        health, addresses = NEW, []
        for _ in range(4):
            there = answer(permanent_url="https://new.example/feed")
            health = after_answer(health, there, now=NOW)
            addresses.append(health.address)
        assert addresses == [URL, URL, "https://new.example/feed", "https://new.example/feed"]

    def test_a_redirect_that_changes_its_mind_starts_again(self) -> None:
        health = NEW
        for place in ("a", "a", "b", "b"):
            there = answer(permanent_url=f"https://{place}.example/feed")
            health = after_answer(health, there, now=NOW)
        assert (health.address, health.moving_to) == (URL, "https://b.example/feed")

    def test_a_run_without_the_redirect_starts_again(self) -> None:
        health = NEW
        for place in ("https://a.example/feed", "https://a.example/feed", ""):
            health = after_answer(health, answer(permanent_url=place), now=NOW)
        assert (health.address, health.moving_to, health.moving_runs) == (URL, "", 0)

    def test_a_failure_between_does_not_break_the_row(self) -> None:
        there = answer(permanent_url="https://a.example/feed")
        health = after_answer(after_answer(NEW, there, now=NOW), there, now=NOW)
        health = after_answer(after_failure(health, Failure("x"), now=NOW), there, now=NOW)
        assert health.address == "https://a.example/feed"

    def test_a_new_address_in_the_configuration_begins_anew(self) -> None:
        old = replace(failed(3), state=SourceState.RETIRED)
        fresh = health_of(Source("Site", "https://other.example/feed"), old)
        assert fresh == SourceHealth(
            "Site", "https://other.example/feed", address="https://other.example/feed"
        )
