"""One hostile or odd item among honest ones: the edition leaves, nothing misleads, all is told."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from newsletter import daily
from newsletter.build import build
from newsletter.config import load_config
from newsletter.core.edition import EditionState
from newsletter.core.source import Source
from subscribers import signup
from subscribers.values import Act, How
from tests.clock import FixedClock

if TYPE_CHECKING:
    from pathlib import Path

    from newsletter.daily import Day

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 7, 6, 30, tzinfo=UTC)
EVENT = "China adds terbium metal to its export control list"
ODD = "https://odd.example/story"
HONEST = {
    "Lynas opens a heavy rare earth separation line in Malaysia": "Output starts this quarter.",
    "MP Materials signs a ten-year NdFeB magnet offtake for $500 million": "It starts in 2028.",
    "India awards rare earth magnet plants under its 7,280 crore scheme": "Five firms won.",
}
LAW = "The ministry said that exports of terbium metal need a licence from the first of May."


def item(number: int, title: str, text: str, url: str) -> dict[str, object]:
    return {
        "id": f"item-{number}",
        "url": url,
        "title": title,
        "content_text": text,
        "date_published": (NOW - timedelta(hours=1 + number)).isoformat(),
        "_source": {"title": f"Outlet {number}"},
    }


def day_with(
    folder: Path, title: str, url: str = ODD, *, text: str = LAW, near: str = "127.0.0.1"
) -> Day:
    """A day of four stories, the odd one the freshest, from a file to the outbox."""
    signup.add("ada@example.org", act=Act(How.COMMAND, NOW, wording="a test"))
    honest = [
        item(number, headline, words, f"https://outlet-{number}.example/story")
        for number, (headline, words) in enumerate(HONEST.items(), 1)
    ]
    version = "https://jsonfeed.org/version/1.1"
    document = {"version": version, "title": "T", "items": [item(0, title, text, url), *honest]}
    (folder / "feed.json").write_text(json.dumps(document), encoding="utf-8")
    environ = {
        "NEWSLETTER_COLLECT__ARTICLES": "false",
        "NEWSLETTER_COLLECT__PROCESSES": "0",
        "NEWSLETTER_COLLECT__ALLOW_HOSTS": f"[{near}]",
        "NEWSLETTER_CHECKS__LINKS": "false",  # nobody is asked in a private network
        "NEWSLETTER_SECRET_KEY": "a key of the tests, long enough to be one",
    }
    app = build(load_config(None, environ=environ, folder=folder), clock=FixedClock(NOW))
    return daily.run(app, NOW.date(), [Source("File", str(folder / "feed.json"))])


def sent(day: Day) -> tuple[list[str], list[str]]:
    """The addresses that the sent edition links to, and what the editor was told."""
    assert day.review is not None
    assert (day.edition.state, day.held_because) == (EditionState.SENT, "")
    hrefs = re.findall(r'<a [^>]*href="([^"]*)"', day.edition.html)
    return hrefs, [f"{one.check}: {one.message}" for one in day.review.findings if one.message]


@pytest.mark.parametrize(
    ("title", "url"),
    [
        (f'{EVENT}: href="x"', ODD),
        (f"{EVENT}: HREF='javascript:x'", ODD),
        (EVENT, "HTTPS://ODD.example/story"),
        (EVENT, "https://odd.example/%7B%7Bx%7D%7D?a=1&b=é"),
        (f"{EVENT}, says lynas.com", ODD),
        (f"{EVENT} {{{{ name }}}} {{% x %}}", ODD),
    ],
)
def test_an_odd_item_is_told_with_its_link(tmp_path: Path, title: str, url: str) -> None:
    hrefs, told = sent(day_with(tmp_path, title, url))
    assert any("odd.example/" in href.lower() for href in hrefs)
    assert not any("stands without its link" in words for words in told)


@pytest.mark.parametrize(
    ("title", "url", "why"),
    [
        (EVENT, "http://10.0.0.5/odd.example", "private address"),
        (EVENT, "http://[::ffff:10.0.0.5]/odd.example", "private address"),
        (EVENT, "http://0x7f.1/odd.example", "private address"),
        (EVENT, "http://wiki.internal/odd.example", "private address"),
        (EVENT, "https://odd.example/{{x}}", "none that a mail may hold"),
        (EVENT, "https://odd.example/â€x", "none that a mail may hold"),
        (f"{EVENT}: https://www.lynas.com/login", ODD, "names another site than odd.example"),
    ],
)
def test_an_item_that_may_not_be_linked_is_told_without_its_link(
    tmp_path: Path, title: str, url: str, why: str
) -> None:
    day = day_with(tmp_path, title, url)
    hrefs, told = sent(day)
    assert not any("odd.example" in href for href in hrefs)
    assert title in [story.headline for story in day.edition.draft.stories]
    assert any(
        words.startswith("safe links: ") and "stands without its link" in words and why in words
        for words in told
    )


def test_a_private_host_that_the_configuration_names_is_linked_to(tmp_path: Path) -> None:
    hrefs, _ = sent(day_with(tmp_path, EVENT, "http://10.0.0.5/odd", near="10.0.0.5"))
    assert "http://10.0.0.5/odd" in hrefs


@pytest.mark.parametrize("damage", ["\ufffd", "\ufffd\ufffdâ€\ufffd", "Ã\ufffdÃ¼"])
def test_an_item_with_a_damaged_title_is_left_out_with_a_note(tmp_path: Path, damage: str) -> None:
    day = day_with(tmp_path, f"{damage} {EVENT}")
    _, told = sent(day)
    assert not any(EVENT in story.headline for story in day.edition.draft.stories)
    assert any("left out, with damaged characters in the title" in words for words in told)


def test_a_damaged_sentence_is_left_out_and_the_others_stay(tmp_path: Path) -> None:
    day = day_with(tmp_path, EVENT, text=f"{LAW} Exporters of \ufffd magnets must apply by June.")
    sent(day)
    told = " ".join(day.edition.text.split())
    assert LAW in told
    assert "apply by June" not in told


def test_a_thai_word_is_no_damage(tmp_path: Path) -> None:
    day = day_with(tmp_path, f"{EVENT} (นโยบาย)")
    sent(day)
    assert any("นโยบาย" in story.headline for story in day.edition.draft.stories)


def test_two_outlets_with_one_headline_do_not_hold_the_day(tmp_path: Path) -> None:
    headline = next(iter(HONEST))
    sent(day_with(tmp_path, headline, text="Quite another matter of terbium and its prices."))
