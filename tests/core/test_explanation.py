"""What is printed of a ranking: every story, near miss and rejection with its why."""

from __future__ import annotations

import json
import re
from typing import Any

from newsletter.core.ranking import rank
from newsletter.core.report import ranking_record, story_record
from newsletter.core.source import Publisher
from tests.core.entries import NOW, entry, field

TITLES = [
    "China imposes export controls on dysprosium and terbium",
    "Lynas pours its first terbium oxide in Malaysia",
    "Ucore starts drilling at its rare earth project in Alaska",
]


def record(top: int = 1) -> dict[str, Any]:
    entries = [entry(title, outlet=f"Paper {n}") for n, title in enumerate(TITLES)]
    entries.append(entry("Fridge magnets for the holidays", outlet="Shop", id="fridge"))
    return ranking_record(rank(entries, gazetteer=field(), now=NOW), top)


def test_a_story_is_explained_by_its_parts_and_their_numbers() -> None:
    (told,) = record()["stories"]
    words = told["explanation"]
    assert len(words) == len(told["parts"])
    assert all(re.match(r"[A-Z][a-z]+ \d\.\d\d: .", sentence) for sentence in words)
    assert any("1 independent outlet" in sentence for sentence in words)
    assert any("names Dysprosium, Terbium and China" in sentence for sentence in words)


def test_a_story_says_whom_and_what_it_is_about() -> None:
    (told,) = record()["stories"]
    assert told["event"] == "export control"
    assert told["elements"] == ["Dysprosium", "Terbium"]
    assert told["countries"] == ["China"]
    assert told["outlet_names"] == ["Paper 0"]
    assert told["titles"] == [TITLES[0]]
    assert (told["document"], told["told_on"], told["thread"]) == (None, None, None)


def test_the_document_is_named_with_its_address() -> None:
    notice = entry(
        "Notice 21: export controls on dysprosium and terbium of China",
        outlet="Ministry Gazette",
        publisher=Publisher.GOVERNMENT,
        hours=6,
    )
    article = entry(TITLES[0])
    (story,) = rank([notice, article], gazetteer=field(), now=NOW).stories
    assert story_record(story, 1)["document"] == {"title": notice.title, "url": notice.url}


def test_a_near_miss_says_the_gap_and_what_would_have_lifted_it() -> None:
    printed = record(top=1)
    missed = printed["also"][0]["near_miss"]
    lead = printed["stories"][0]
    assert missed["gap"] == round(lead["score"] - printed["also"][0]["score"], 4)
    assert re.search(
        r"below the last of the top; .+ would have (lifted it|helped)", missed["reason"]
    )


def test_a_rejected_entry_says_why() -> None:
    (rejected,) = record()["rejected"]
    assert (rejected["id"], rejected["outlet"]) == ("fridge", "Shop")
    assert rejected["reason"]


def test_what_is_printed_is_plain_json_in_any_case() -> None:
    assert json.loads(json.dumps(record(top=0)))["stories"] == []
    assert json.loads(json.dumps(record(top=9)))["also"] == []
