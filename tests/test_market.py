"""The market step: series from files and from real servers on loopback, well-behaved and not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from newsletter import daily
from newsletter.beside import beside
from newsletter.build import build
from newsletter.config import load_config
from newsletter.core.beside import Series
from newsletter.core.market import market_lines
from newsletter.core.page import page_for
from newsletter.errors import ConfigError
from newsletter.market import read_market
from newsletter.ports import App
from newsletter.render import Renderer
from tests import drafts
from tests.clock import FixedClock
from tests.collecting import SETTINGS
from tests.loopback import LoopbackServer, hangs, loopback, says
from tests.test_cli import newsletter

pytestmark = pytest.mark.django_db

DAY = date(2026, 4, 7)  # the tests' clock
PRICES = "date,ndpr,dy\n2026-04-02,58.1,250\n2026-04-06,61.2,262\n"


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with loopback() as running:
        yield running


def one(name: str = "NdPr oxide", read: str = "prices.csv", **more: Any) -> dict[str, Any]:
    return {"name": name, "source": "Price desk", "unit": "USD/kg", "read": read, **more}


def app_of(folder: Path, clock: FixedClock, *series: dict[str, Any], **environment: str) -> App:
    file = folder / "newsletter.yaml"
    file.write_text(yaml.safe_dump({"market": {"series": list(series)}}), encoding="utf-8")
    return build(load_config(file, environ=SETTINGS | environment), clock=clock)


def shown(app: App) -> list[tuple[str, str, str]]:
    lines = market_lines(stored(app), app.today, app.config.zone)
    return [(line.name, line.value, line.standing) for line in lines]


def stored(app: App) -> tuple[Series, ...]:
    return beside(app, app.today)[0].market


def test_a_plain_file_beside_the_configuration_is_read(tmp_path: Path, clock: FixedClock) -> None:
    (tmp_path / "prices.csv").write_text(PRICES)
    app = app_of(tmp_path, clock, one(value="ndpr"), one("Dysprosium oxide", value="dy"))
    read = read_market(app)
    assert (read.read, read.problems) == (2, ())
    assert shown(app) == [
        ("NdPr oxide", "61.20", "as of 6 Apr"),
        ("Dysprosium oxide", "262.00", "as of 6 Apr"),
    ]


def test_two_series_of_one_document_ask_for_it_once(
    tmp_path: Path, clock: FixedClock, server: LoopbackServer
) -> None:
    server.answers["/p"] = says(PRICES.encode(), Content_Type="text/csv; charset=utf-8")
    url = server.url("/p")
    app = app_of(tmp_path, clock, one(read=url, value="ndpr"), one("Dy", url, value="dy"))
    assert read_market(app).read == 2
    assert len(server.requests) == 1
    assert server.requests[0][1]["accept"].startswith("text/csv, application/json")


def test_json_over_http_is_known_by_its_type(
    tmp_path: Path, clock: FixedClock, server: LoopbackServer
) -> None:
    body = json.dumps({"rates": {"2026-04-06": {"CNY": 7.08}}}).encode()
    server.answers["/r"] = says(body, Content_Type="application/json")
    app = app_of(tmp_path, clock, one("USD/CNY", server.url("/r"), rows="rates", value="CNY"))
    assert read_market(app).problems == ()
    assert shown(app) == [("USD/CNY", "7.08", "as of 6 Apr")]


def test_a_series_that_fails_keeps_what_it_had_and_says_since_when(
    tmp_path: Path, clock: FixedClock
) -> None:
    (tmp_path / "prices.csv").write_text(PRICES)
    app = app_of(tmp_path, clock, one(value="ndpr"))
    read_market(app)
    (tmp_path / "prices.csv").write_text("date,price\n2026-04-06,1\n")
    assert read_market(app).problems == (
        "market: NdPr oxide: prices.csv has no column `ndpr`; it has: date, price",
    )
    assert shown(app) == [("NdPr oxide", "61.20", "stale since 6 Apr")]
    (tmp_path / "prices.csv").write_text(PRICES + "2026-04-07,62,263\n")
    assert read_market(app).problems == ()
    assert shown(app) == [("NdPr oxide", "62.00", "as of 7 Apr")]


def test_each_way_of_failing_is_told_and_stops_nothing(
    tmp_path: Path, clock: FixedClock, server: LoopbackServer
) -> None:
    server.answers["/hangs"] = hangs
    server.answers["/gone"] = says(b"", 404)
    server.answers["/login"] = says(b"<!doctype html><p>Sign in", Content_Type="text/html")
    server.answers["/large"] = says(b"date,value\n" + b"2026-04-06,1\n" * 40_000)
    (tmp_path / "prices.csv").write_text(PRICES)
    (tmp_path / "folder").mkdir()
    paths = ("hangs", "gone", "login", "large")
    series = [one(path, f"{server.url('/' + path)}?key=s3cret") for path in paths]
    series += [one("none", "none.csv"), one("folder", "folder"), one(value="ndpr")]
    settings = {"COLLECT__TOTAL_TIMEOUT": "0.5", "COLLECT__MAX_MEGABYTES": "0.2"}
    environment = {f"NEWSLETTER_{name}": value for name, value in settings.items()}
    app = app_of(tmp_path, clock, *series, **environment)
    read = read_market(app)
    told = "\n".join(read.problems)
    assert (read.read, len(read.problems)) == (1, 6)
    for words in (
        *(
            "/hangs gave no answer",
            "/gone answered 404",
            "/login is a page",
            "/large sent more than",
        ),
        *("none.csv cannot be read: there is no such file", "folder cannot be read"),
    ):
        assert words in told
    assert "s3cret" not in told
    assert [name for name, _, _ in shown(app)] == ["NdPr oxide"]


def test_a_private_address_is_not_asked_unless_it_is_allowed(
    tmp_path: Path, clock: FixedClock, server: LoopbackServer
) -> None:
    server.answers["/p"] = says(PRICES.encode())
    app = app_of(tmp_path, clock, one(read=server.url("/p")), NEWSLETTER_COLLECT__ALLOW_HOSTS="[]")
    [problem] = read_market(app).problems
    assert "private" in problem
    assert server.requests == []


def test_rows_that_are_left_out_are_counted_and_the_rest_stands(
    tmp_path: Path, clock: FixedClock
) -> None:
    (tmp_path / "prices.csv").write_text("date,value\n2026-04-02,58\nsoon,59\n2026-04-06,60\n")
    app = app_of(tmp_path, clock, one())
    read = read_market(app)
    assert read.read == 1
    assert read.problems[0].startswith(
        "market: NdPr oxide: prices.csv has 1 of 3 rows left out; row 2: `soon` is no date"
    )
    assert shown(app) == [("NdPr oxide", "60.00", "as of 6 Apr")]


def test_a_number_without_a_date_never_passes_as_new(tmp_path: Path, clock: FixedClock) -> None:
    file = tmp_path / "now.json"
    app = app_of(tmp_path, clock, one(read="now.json", date="", value="price"))

    def told(price: float) -> str:
        file.write_text(json.dumps({"price": price}))
        read_market(app)
        return shown(app)[0][2]

    assert told(61.2) == "as read on 7 Apr"
    clock.move(days=1)
    assert told(61.2) == "as read on 8 Apr, unchanged since at least 7 Apr"
    clock.move(days=1)
    assert told(62.0) == "as read on 9 Apr"
    clock.move(days=6)
    assert told(62.0) == "as read on 15 Apr, unchanged since 9 Apr"
    assert [point.day.day for point in stored(app)[0].points] == [7, 9]


def test_a_series_that_is_read_otherwise_begins_anew(tmp_path: Path, clock: FixedClock) -> None:
    (tmp_path / "prices.csv").write_text(PRICES)
    read_market(app_of(tmp_path, clock, one(value="ndpr")))
    app = app_of(tmp_path, clock, one(read="yuan.csv", value="ndpr", unit="CNY/t"))
    read_market(app)
    assert stored(app) == ()  # dollars are not shown as yuan
    (tmp_path / "yuan.csv").write_text("date,ndpr\n2026-04-06,441000\n")
    read_market(app)
    assert [point.value for point in stored(app)[0].points] == [441000]


def test_a_series_that_is_no_longer_configured_is_not_shown(
    tmp_path: Path, clock: FixedClock
) -> None:
    (tmp_path / "prices.csv").write_text(PRICES)
    read_market(app_of(tmp_path, clock, one(value="ndpr"), one("Dy", value="dy")))
    assert [name for name, _, _ in shown(app_of(tmp_path, clock, one("Dy", value="dy")))] == ["Dy"]


def test_two_series_of_one_name_are_refused(tmp_path: Path, clock: FixedClock) -> None:
    with pytest.raises(ConfigError, match="two series are called 'ndpr OXIDE'"):
        app_of(tmp_path, clock, one(), one("ndpr OXIDE"))


def test_a_days_collecting_tells_of_the_market_too(tmp_path: Path, clock: FixedClock) -> None:
    app = app_of(tmp_path, clock, one(read="none.csv"))
    collected = daily.gather(app, ())
    assert collected.notes == (
        "market: NdPr oxide: none.csv cannot be read: there is no such file",
    )


def test_names_are_shown_as_words_whatever_is_in_them(tmp_path: Path, clock: FixedClock) -> None:
    (tmp_path / "prices.csv").write_text(PRICES)
    name = "<script>alert(1)</script>"
    app = app_of(tmp_path, clock, one(name, value="ndpr", unit="<b>", source="</td><img src=x>"))
    read_market(app)
    draft = replace(drafts.quiet(), beside=beside(app, DAY)[0])
    mail = Renderer().edition(page_for(draft, drafts.brand()))
    assert "<script>alert" not in mail.html
    assert "<img src=x" not in mail.html
    assert name in mail.text


def test_without_series_nothing_is_printed() -> None:
    mail = Renderer().edition(page_for(drafts.quiet(), drafts.brand()))
    assert 'class="series' not in mail.html
    assert "\nMARKET\n" not in mail.text


def test_every_number_of_the_strip_stands_in_words_as_well_as_in_the_picture() -> None:
    page = page_for(drafts.normal(), drafts.brand())
    mail = Renderer().edition(page)
    words = mail.html.replace("\u00a0", " ")
    for line in page.market:
        for told in (line.value, line.day_change, line.week_change, line.standing, line.source):
            assert told in words
            assert told in mail.text
        assert line.alt in words
    assert max(len(row) for row in mail.text.splitlines() if "://" not in row) <= 72


def test_the_command_shows_the_strip(tmp_path: Path) -> None:
    settings = {"market": {"series": [one(value="ndpr", every="month"), one("Dy", "none.csv")]}}
    (tmp_path / "newsletter.yaml").write_text(yaml.safe_dump(settings))
    (tmp_path / "prices.csv").write_text("date,ndpr\n2020-01-06,58\n")
    told = newsletter(tmp_path, "market", COLUMNS="140")
    assert told.returncode == 0
    assert "stale since 6 Jan 2020" in told.stdout
    assert "market: Dy: none.csv cannot be read: there is no such file" in told.stdout
    document = json.loads(newsletter(tmp_path, "market", "--json").stdout)
    assert document["read"] == 1
    assert document["series"][0]["as_of"] == "2020-01-06"


def test_the_command_without_series_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "newsletter.yaml").write_text("{}\n")
    told = newsletter(tmp_path, "market")
    assert told.returncode == 2
    assert "docs/market.md" in told.stderr
