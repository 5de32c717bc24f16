"""The operator's own program translates; off by default."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter import models
from newsletter.translate import translate
from tests.clock import FixedClock
from tests.collecting import Collector, collector, item, rss
from tests.loopback import loopback

pytestmark = pytest.mark.django_db

PROGRAM = """
import json, sys
asked = json.load(sys.stdin)
answer = [f"{asked['from']}>{asked['to']}: {len(text)} signs" for text in asked["texts"]]
print(json.dumps({"texts": answer}))
"""
CHINESE = "中国稀土出口管制：商务部公布钕铁硼磁体新规"


@pytest.fixture
def desk(tmp_path: Path, clock: FixedClock) -> Iterator[Collector]:
    with loopback() as server:
        yield desk_with(tmp_path, server, clock, PROGRAM)


def desk_with(tmp_path: Path, server: object, clock: FixedClock, program: str) -> Collector:
    file = tmp_path / "translator.py"
    file.write_text(program)
    desk = collector(
        tmp_path,
        server,  # type: ignore[arg-type]
        clock,
        translation__command=f"['{sys.executable}', '{file}']",
        translation__timeout="20",
    )
    desk.source("/a")
    desk.serve(
        "/a", rss(item(1, title=CHINESE, description="稀土磁体出口许可证。"), item(2), item(3))
    )
    desk.collect()
    return desk


def sources(desk: Collector) -> list[object]:
    return list(desk.sources.values())


def test_foreign_news_of_the_field_is_translated_once(desk: Collector) -> None:
    assert translate(desk.app, sources(desk)).count == 1  # type: ignore[arg-type]
    entry = models.Entry.objects.get(language="zh")
    assert entry.title == CHINESE
    assert entry.translated_title == f"zh>en: {len(CHINESE)} signs"
    assert translate(desk.app, sources(desk)).count == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("raise SystemExit(3)", "ended with code 3"),
        ("print('not json')", "did not answer with as many texts"),
        ('print(\'{"texts": ["one"]}\')', "did not answer with as many texts"),
    ],
)
def test_a_program_that_fails_is_reported_and_nothing_is_lost(
    tmp_path: Path, clock: FixedClock, program: str, said: str
) -> None:
    with loopback() as server:
        desk = desk_with(tmp_path, server, clock, program)
        done = translate(desk.app, sources(desk))  # type: ignore[arg-type]
    assert done.count == 0
    assert said in done.problems[0]
    assert models.Entry.objects.get(language="zh").translated_title == ""


def test_a_program_that_is_missing_is_named(tmp_path: Path, clock: FixedClock) -> None:
    with loopback() as server:
        desk = collector(tmp_path, server, clock, translation__command="[no-such-program]")
        desk.source("/a")
        desk.serve("/a", rss(item(1, title=CHINESE)))
        desk.collect()
        done = translate(desk.app, sources(desk))  # type: ignore[arg-type]
    assert "no-such-program cannot be started" in done.problems[0]
