"""Asking the links of an edition: what counts as an answer, in how much time, and how often."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from newsletter.build import build
from newsletter.config import load_config
from newsletter.link_answers import FILE, ask_links
from tests import loopback as lo
from tests.clock import FixedClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from newsletter.ports import App

NOON = datetime(2026, 4, 7, 12, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[lo.LoopbackServer]:
    with lo.loopback() as running:
        yield running


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


def app_for(folder: Path, clock: FixedClock, **settings: str) -> App:
    environ = {
        "NEWSLETTER_COLLECT__ALLOW_HOSTS": "[127.0.0.1]",
        "NEWSLETTER_SECRET_KEY": "a key of the tests, long enough to be one",
        **settings,
    }
    return build(load_config(None, environ=environ, folder=folder), clock=clock)


@pytest.fixture
def app(tmp_path: Path, clock: FixedClock) -> App:
    return app_for(tmp_path, clock)


def problems(app: App, *urls: str, seconds: float = 10) -> dict[str, str]:
    return {one.url: one.problem for one in ask_links(app, urls, seconds).given}


@pytest.mark.parametrize("status", [200, 204, 401, 402, 403, 405, 429, 451, 999])
def test_who_refuses_is_there(app: App, server: lo.LoopbackServer, status: int) -> None:
    server.answers["/a"] = lo.says(b"", status)
    assert problems(app, server.url("/a")) == {server.url("/a"): ""}


@pytest.mark.parametrize("status", [404, 410, 500, 502, 503])
def test_what_is_gone_or_broken_does_not_answer(
    app: App, server: lo.LoopbackServer, status: int
) -> None:
    server.answers["/a"] = lo.says(b"", status)
    assert f"answered {status}" in problems(app, server.url("/a"))[server.url("/a")]


def test_a_redirect_is_followed_to_whoever_answers(app: App, server: lo.LoopbackServer) -> None:
    server.answers |= {"/old": lo.redirects("/new"), "/new": lo.says(b"x")}
    server.answers |= {"/lost": lo.redirects("/gone"), "/gone": lo.says(b"", 404)}
    found = problems(app, server.url("/old"), server.url("/lost"))
    assert found[server.url("/old")] == ""
    assert "404" in found[server.url("/lost")]


def test_a_host_that_refuses_or_says_nothing_does_not_answer(app: App) -> None:
    with lo.loopback() as gone:
        url = gone.url("/")
    assert "refused the connection" in problems(app, url)[url]


def test_a_name_that_leads_into_a_private_network_is_marked(
    tmp_path: Path, clock: FixedClock, server: lo.LoopbackServer
) -> None:
    stranger = app_for(tmp_path, clock, NEWSLETTER_COLLECT__ALLOW_HOSTS="[]")
    (answer,) = ask_links(stranger, [server.url("/")], 10).given
    assert answer.is_private
    assert server.requests == []


def test_the_links_of_one_host_are_asked_one_after_another(
    app: App, server: lo.LoopbackServer
) -> None:
    at_once: list[int] = []
    busy: list[None] = []

    def counts(exchange: lo.Exchange) -> None:
        busy.append(None)
        at_once.append(len(busy))
        busy.pop()
        exchange.answer(200, b"x")

    urls = [server.url(f"/{number}") for number in range(6)]
    server.answers = {f"/{number}": counts for number in range(6)}
    assert set(problems(app, *urls).values()) == {""}
    assert at_once == [1] * 6
    assert server.connections == 1


def test_what_did_not_get_its_turn_in_time_is_left_unasked(
    app: App, server: lo.LoopbackServer
) -> None:
    server.answers = {f"/{number}": lo.hangs for number in range(4)}
    urls = [server.url(f"/{number}") for number in range(4)]
    found = ask_links(app, urls, 1)
    assert (found.given, found.unasked, found.seconds) == ((), tuple(urls), 1)
    assert not (app.config.state / FILE).exists()


def test_only_the_beginning_of_a_page_is_read(app: App, server: lo.LoopbackServer) -> None:
    sent: list[int] = []

    def endless(exchange: lo.Exchange) -> None:
        exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        for _ in range(4000):
            exchange.wfile.write(b"x" * 10_000)
            sent.append(10_000)

    server.answers["/"] = endless
    assert problems(app, server.url("/")) == {server.url("/"): ""}
    assert sum(sent) < 20_000_000


@pytest.mark.parametrize(
    ("status", "hours", "asked"), [(200, 23, 1), (200, 24, 2), (404, 0.9, 1), (404, 1, 2)]
)
def test_good_answers_are_remembered_for_a_day_and_bad_ones_for_an_hour(
    app: App, clock: FixedClock, server: lo.LoopbackServer, status: int, hours: float, asked: int
) -> None:
    server.answers["/a"] = lo.says(b"", status)
    first = problems(app, server.url("/a"))
    clock.move(hours=hours)
    assert problems(app, server.url("/a")) == first
    assert len(server.requests) == asked


def test_what_is_no_longer_fresh_leaves_the_file(
    app: App, clock: FixedClock, server: lo.LoopbackServer
) -> None:
    server.answers = {"/a": lo.says(b"x"), "/b": lo.says(b"x")}
    problems(app, server.url("/a"))
    clock.move(hours=30)
    problems(app, server.url("/b"))
    rows = json.loads((app.config.state / FILE).read_text(encoding="utf-8"))
    assert [row["url"] for row in rows] == [server.url("/b")]


@pytest.mark.parametrize(
    "content", ["", "{", "[1]", '[{"url": 1}]', "\x00", '{"a": 1}', "null", "[" * 200_000]
)
def test_a_damaged_file_is_as_good_as_none(
    app: App, server: lo.LoopbackServer, content: str
) -> None:
    app.config.state.mkdir(parents=True, exist_ok=True)
    (app.config.state / FILE).write_text(content)
    server.answers["/a"] = lo.says(b"x")
    assert problems(app, server.url("/a")) == {server.url("/a"): ""}


def test_what_may_be_over_in_a_minute_is_asked_about_again(
    app: App, server: lo.LoopbackServer
) -> None:
    url = server.url("/story")
    server.answers = {"/story": lo.says(b"", 503)}
    assert "503" in problems(app, url)[url]
    server.answers = {"/story": lo.says(b"", 200)}
    assert problems(app, url)[url] == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("at", "2026-04-07T11:59:00"),
        ("at", "0001-01-01T00:00:00+14:00"),
        ("at", "noon"),
        ("at", 5),
        ("url", ["x"]),
        ("problem", 5),
        ("problem", None),
        ("problem", "\x1b"),
    ],
)
def test_a_row_that_is_no_answer_is_left_out_and_the_others_hold(
    app: App, server: lo.LoopbackServer, field: str, value: object
) -> None:
    good, bad = server.url("/good"), server.url("/bad")
    server.answers = {"/good": lo.says(b"", 404), "/bad": lo.says(b"", 404)}
    row = {"problem": "", "at": "2026-04-07T11:59:00+00:00"}
    rows = [{**row, "url": good}, {**row, "url": bad, field: value}]
    app.config.state.mkdir(parents=True, exist_ok=True)
    (app.config.state / FILE).write_text(json.dumps(rows))
    found = problems(app, good, bad)
    assert found[good] == ""
    assert "answered 404" in found[bad]


def test_words_of_the_file_reach_nobody_with_control_characters(app: App) -> None:
    url = "https://a.dev/"
    row = {"problem": "\x1b[31ma.dev\nsays \u202eno\ud800"}
    rows = [{**row, "url": url, "at": "2026-04-07T11:59:00+00:00"}]
    app.config.state.mkdir(parents=True, exist_ok=True)
    (app.config.state / FILE).write_text(json.dumps(rows))
    assert problems(app, url) == {url: "[31ma.dev says no"}


def test_a_link_with_secrets_in_it_is_told_without_them(
    app: App, server: lo.LoopbackServer
) -> None:
    server.answers["/a"] = lo.says(b"", 404)
    url = server.url("/a?token=of-mine")
    assert "of-mine" not in problems(app, url)[url]


def test_no_links_ask_nobody_and_write_nothing(app: App) -> None:
    found = ask_links(app, [], 10)
    assert (found.given, found.unasked) == ((), ())
    assert not (app.config.state / FILE).exists()
