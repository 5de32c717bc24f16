"""Quality of choosing on the development data beside the project, where it is there.

    python bench/quality.py [FOLDER]     default: ../shared/rank

The figures are those of the data's own `evaluate.py`; the program is called in this process.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsletter.core.entry import Entry
from newsletter.core.ranking import rank
from newsletter.core.source import Publisher
from newsletter.gazetteer import load_gazetteer

if TYPE_CHECKING:
    from types import ModuleType

    from newsletter.core.gazetteer import Gazetteer
    from newsletter.core.story import Ranking, Story

ROOT = Path(__file__).resolve().parent.parent


def entry_from(item: dict[str, Any]) -> Entry:
    """An entry out of an item of a JSON Feed, as the data's README describes it."""
    published = datetime.fromisoformat(item["date_published"])
    return Entry(
        id=item["id"],
        declared_id=item["id"],
        url=item["url"],
        title=item["title"],
        summary=item.get("summary", ""),
        text=item.get("content_text", ""),
        highlights=(),
        published_at=published.astimezone(UTC),
        date_is_known=True,
        first_seen_at=published.astimezone(UTC),
        language=item.get("language", "en"),
        outlet=item["_source"]["title"],
        publisher=Publisher.GENERAL_PRESS,
        weight=1.0,
    )


def ranked(feed: dict[str, Any], now: str, field: Gazetteer, *, takes_all: bool) -> Ranking:
    moment = datetime.fromisoformat(now)
    entries = [entry_from(item) for item in feed["items"]]
    return rank(entries, gazetteer=field, now=moment, takes_all=takes_all)


def _as_answer(story: Story) -> dict[str, object]:
    return {"title": story.headline, "entries": [entry.id for entry in story.entries]}


def evaluator(folder: Path) -> ModuleType:
    """The data's own scorer, answered by this process instead of a command."""
    spec = importlib.util.spec_from_file_location("evaluate", folder / "evaluate.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"{folder}/evaluate.py cannot be read")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    field = load_gazetteer()

    def answer(_command: str, items: list[Any], now: str, *options: str) -> tuple[Any, Any]:
        ranking = ranked(module.as_feed(items), now, field, takes_all="--all" in options)
        stories = [_as_answer(story) for story in ranking.stories]
        rejected = [{"id": rejection.entry_id} for rejection in ranking.rejected]
        return {"stories": stories[:10], "also": stories[10:], "rejected": rejected}, stories

    module.rank = answer  # type: ignore[attr-defined]
    return module


def main(folder: Path | None = None) -> None:
    """Print the figures of the development data, where it is there."""
    folder = folder or ROOT.parent / "shared" / "rank"
    if not (folder / "evaluate.py").exists():
        print(f"no development data in {folder}")
        return
    score = evaluator(folder)
    begun = time.perf_counter()
    show("items", score.score_items("", score.load(folder / "dev" / "items.jsonl")))
    for day in sorted((folder / "dev").glob("*.gold.json")):
        items = score.load(day.with_name(day.name.replace(".gold.json", ".jsonl")))
        show(day.stem, score.score_day("", items, json.loads(day.read_text(encoding="utf-8"))))
    print(f"{time.perf_counter() - begun:.2f} s")


def show(name: str, scores: dict[str, Any]) -> None:
    print(name)
    for key, value in scores.items():
        print(f"  {key:22} {value:.3f}" if isinstance(value, float) else f"  {key:22} {value}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
