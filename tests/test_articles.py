"""Articles are fetched where a feed carries little, politely and under the same bounds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter import models
from newsletter.articles import Articles, read_articles
from newsletter.core.source import Publisher
from tests.clock import FixedClock
from tests.collecting import Collector, collector, item, rss
from tests.loopback import hangs, loopback

pytestmark = pytest.mark.django_db

PARAGRAPHS = [
    f"The separation plant will make {n}00 tonnes of neodymium oxide a year, the company said,"
    f" and its owners expect the first delivery of magnets in quarter {n} of the coming year."
    for n in range(1, 6)
]
PAGE = (
    "<!doctype html><html lang='en'><head><title>Magnet plant opens - Outlet</title></head><body>"
    "<nav><a href='/'>Home</a></nav><article><h1>Magnet plant opens</h1>"
    "<h2>Highlights</h2><ul><li>It makes neodymium magnets.</li><li>It opens in June.</li></ul>"
    + "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    + "</article><footer>All rights reserved</footer></body></html>"
).encode()


@pytest.fixture
def desk(tmp_path: Path, clock: FixedClock) -> Iterator[Collector]:
    with loopback() as server:
        made = collector(tmp_path, server, clock)
        made.source("/feed")
        made.serve("/robots.txt", b"", 404)
        made.serve("/1", PAGE, Content_Type="text/html")
        made.serve("/feed", rss(thin(made)))
        yield made


def thin(desk: Collector, **changes: str) -> str:
    values = {
        "title": "Rare earth magnet plant opens",
        "link": desk.server.url("/1"),
        "description": "Short.",
    }
    return item(1, **(values | changes))


def read(desk: Collector) -> int:
    return attempt(desk).read


def attempt(desk: Collector) -> Articles:
    desk.collect()
    return read_articles(desk.app, list(desk.sources.values()))


def entry() -> models.Entry:
    return models.Entry.objects.get()


def test_a_thin_entry_gets_its_article(desk: Collector) -> None:
    assert read(desk) == 1
    found = entry()
    for text in PARAGRAPHS:
        assert text in found.text
    assert "All rights reserved" not in found.text
    assert found.highlights == ["It makes neodymium magnets.", "It opens in June."]


def test_the_next_reading_of_the_feed_sees_no_edit(desk: Collector) -> None:
    read(desk)
    desk.serve("/feed", rss(thin(desk), head="<!-- again -->"))
    again = desk.collect()
    assert (again.new, again.revised) == (0, 0)
    assert PARAGRAPHS[0] in entry().text


def test_an_article_is_fetched_once(desk: Collector) -> None:
    read(desk)
    assert read(desk) == 0
    assert len(desk.requests("/1")) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"description": f"Neodymium magnets. {'Much more of the same story. ' * 30}"},
        {"title": "Football results", "description": "Goals."},
        {"link": ""},
    ],
    ids=["long enough", "not of the field", "no link"],
)
def test_what_needs_none_gets_none(desk: Collector, changes: dict[str, str]) -> None:
    desk.serve("/feed", rss(thin(desk, **changes)))
    assert read(desk) == 0
    assert desk.requests("/1") == []


@pytest.mark.parametrize(
    "changes",
    [{"paywall": True}, {"has_articles": False}, {"publisher": Publisher.AGGREGATOR}],
    ids=["paywall", "the operator says no", "an aggregator's own pages"],
)
def test_what_is_not_ours_to_fetch_is_left_alone(
    desk: Collector, changes: dict[str, object]
) -> None:
    desk.source("/feed", **changes)
    assert read(desk) == 0
    assert desk.requests("/1") == []


def test_robots_txt_is_respected(desk: Collector) -> None:
    desk.serve("/robots.txt", b"User-agent: *\nDisallow: /1\n", Content_Type="text/plain")
    assert read(desk) == 0
    assert desk.requests("/1") == []


def test_off_is_off(tmp_path: Path, desk: Collector, clock: FixedClock) -> None:
    off = collector(tmp_path, desk.server, clock, collect__articles="false")
    off.sources = desk.sources
    assert read(off) == 0


def test_sources_named_for_this_time_cost_nobody_an_article(desk: Collector) -> None:
    desk.collect(are_others=True)
    assert read_articles(desk.app, list(desk.sources.values())) == Articles()


def test_a_page_that_is_late_is_tried_once_more_and_no_more(desk: Collector) -> None:
    desk.server.answers["/1"] = hangs
    for _ in range(3):
        read(desk)
    assert len(desk.requests("/1")) == 2
    assert entry().text == "Short."


def test_a_silent_host_is_waited_for_once_and_its_articles_are_counted(desk: Collector) -> None:
    links = [desk.server.url(f"/silent/{number}") for number in range(4)]
    for link in links:
        desk.server.answers[link.removeprefix(desk.server.url(""))] = hangs
    desk.serve(
        "/feed",
        rss(*(item(n, title=f"Rare earth magnets {n}", link=url) for n, url in enumerate(links))),
    )
    done = attempt(desk)
    assert len([path for path, _ in desk.server.requests if path.startswith("/silent")]) == 1
    (problem,) = done.problems
    assert problem.startswith(f"4 articles of 127.0.0.1:{desk.server.server_port} not read: ")
    assert "gave no answer within 2 s" in problem


def test_a_page_that_is_missing_is_asked_for_once(desk: Collector) -> None:
    desk.serve("/1", b"", 404)
    assert "answered 404" in attempt(desk).problems[0]
    read(desk)
    assert len(desk.requests("/1")) == 1


def test_a_page_that_no_database_takes_is_given_up_and_the_others_are_read(
    desk: Collector,
) -> None:
    strange = PAGE.replace(
        b"</head>",
        b'<script type="application/ld+json">{"@type": "NewsArticle",'
        b' "image": "https://x.example/\\ud800.jpg"}</script></head>',
    )
    desk.serve("/2", strange, Content_Type="text/html")
    other = item(2, title="Rare earth magnets two", link=desk.server.url("/2"))
    desk.serve("/feed", rss(thin(desk), other))
    assert read(desk) == 2
    assert models.Entry.objects.filter(article="wanted").count() == 0


def test_a_page_without_an_article_leaves_the_entry_as_it_is(desk: Collector) -> None:
    desk.serve("/1", b"<html><body>Please sign in.</body></html>", Content_Type="text/html")
    assert read(desk) == 0
    assert read(desk) == 0
    assert len(desk.requests("/1")) == 1
    assert entry().text == "Short."


def test_a_run_that_died_before_the_articles_is_continued(desk: Collector) -> None:
    desk.collect()
    desk.serve("/feed", b"", 304)
    assert read(desk) == 1
