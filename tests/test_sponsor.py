"""The sponsor's line: when it stands, how it is marked, and what it may not do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from lxml import html as markup

from newsletter.beside import beside
from newsletter.build import build
from newsletter.config import Config, load_config
from newsletter.core.beside import Beside, Sponsor
from newsletter.core.page import page_for
from newsletter.core.sponsor import sponsor_line
from newsletter.errors import ConfigError
from newsletter.render import RenderedEdition, Renderer
from tests import drafts
from tests.clock import FixedClock

if TYPE_CHECKING:
    from pathlib import Path

SECRET = {"NEWSLETTER_SECRET_KEY": "a key of the tests, long enough to be one"}
LINE = Sponsor("Example Magnets", "Small lots, on the same day.", "https://www.magnets.example/x")


def configured(folder: Path, *records: str) -> Config:
    file = folder / "newsletter.yaml"
    file.write_text("sponsors:\n" + "".join(f"  - {{{one}}}\n" for one in records), "utf-8")
    return load_config(file, environ=SECRET)


def refused(folder: Path, record: str) -> str:
    with pytest.raises(ConfigError) as failed:
        configured(folder, record)
    (line,) = failed.value.faults
    return line


def rendered(sponsor: Sponsor | None) -> RenderedEdition:
    draft = replace(drafts.normal(), beside=Beside(sponsor=sponsor))
    return Renderer().edition(page_for(draft, drafts.brand()))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-11-30", None),
        ("2026-12-01", "First"),
        ("2026-12-31", "First"),
        ("2027-01-01", "Second"),
        ("2027-01-02", None),
    ],
)
def test_a_line_stands_between_its_dates_both_included(
    tmp_path: Path, clock: FixedClock, day: str, name: str | None
) -> None:
    config = configured(
        tmp_path,
        "name: First, text: One., since: 2026-12-01, until: 2026-12-31",
        "name: Second, text: Two., since: 2026-12-01, until: 2027-01-01",
    )
    held, _ = beside(build(config, clock=clock), date.fromisoformat(day))
    assert (held.sponsor.name if held.sponsor else None) == name


def test_dates_that_never_hold_are_refused(tmp_path: Path) -> None:
    line = refused(tmp_path, "name: A, text: b, since: 2026-12-02, until: 2026-12-01")
    assert "newsletter.yaml:2: `sponsors[0].until`" in line
    assert "before `since`, 2026-12-02" in line


@pytest.mark.parametrize(
    "record",
    [
        f"name: A, text: {'b' * 301}",
        f"name: {'A' * 81}, text: b",
        'name: A, text: ""',
        "name: A, text: b, link: ftp://a.example",
        "name: A, text: b, link: 'https://bank.example@evil.example/'",
        "name: A, text: b, link: 'https://a.example:0/'",
        "name: A, text: b, link: 'https://a.example/\\b'",
        "name: A, text: b, until: soon",
    ],
)
def test_a_line_that_cannot_be_printed_is_refused_with_its_place(
    tmp_path: Path, record: str
) -> None:
    assert "newsletter.yaml:2: `sponsors[0]." in refused(tmp_path, record)


@pytest.mark.parametrize("host", ["10.0.0.1", "intranet", "desk.local", "127.1"])
def test_a_link_into_a_private_network_is_refused(tmp_path: Path, host: str) -> None:
    line = refused(tmp_path, f"name: A, text: b, link: 'http://{host}/'")
    assert f"`sponsors[0].link`: {host} is of a private network" in line


def test_a_private_host_that_is_allowed_may_be_linked(tmp_path: Path) -> None:
    file = tmp_path / "newsletter.yaml"
    record = "sponsors:\n  - {name: A, text: b, link: 'http://intranet/'}\n"
    file.write_text(f"{record}collect: {{allow_hosts: [intranet]}}\n", "utf-8")
    assert load_config(file, environ=SECRET).sponsors[0].link == "http://intranet"


def test_the_mail_says_whose_line_it_is_and_where_it_leads() -> None:
    edition = rendered(LINE)
    (frame,) = markup.document_fromstring(edition.html).find_class("sponsored")
    words = " ".join(frame.text_content().split())
    assert words == "From our sponsor: Example Magnets Small lots, on the same day. magnets.example"
    assert [link.get("href") for link in frame.iter("a")] == [LINE.url]


def test_the_text_part_says_it_as_well() -> None:
    told = rendered(LINE).text.split("FROM OUR SPONSOR\n", 1)[1]
    assert told.splitlines()[1:4] == ["Example Magnets", LINE.text, LINE.url]


def test_it_never_stands_among_the_stories() -> None:
    body = rendered(LINE).html
    assert body.index("From our sponsor") > body.rindex('class="story')
    assert body.index("From our sponsor") > body.index("Also today")


def test_without_a_sponsor_there_is_no_frame() -> None:
    edition = rendered(None)
    assert markup.document_fromstring(edition.html).find_class("sponsored") == []
    assert "SPONSOR" not in edition.text


def test_what_a_sponsor_writes_cannot_leave_its_frame() -> None:
    bad = Sponsor("<b>A</b>", "</td></table>\u202e<script>alert(1)</script>", "javascript:alert(1)")
    body = rendered(bad).html
    tree = markup.document_fromstring(body)
    assert tree.findall(".//script") == []
    assert "javascript:" not in body
    assert "\u202e" not in body


def test_what_is_empty_once_cleaned_is_not_printed() -> None:
    assert sponsor_line(Sponsor("A", "\u202e ")) is None
