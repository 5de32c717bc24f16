"""Two days of real headlines, where they lie beside the checkout: each event once, nothing else.

The files hold other people's headlines, so they are no part of the project.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from newsletter import daily
from newsletter.build import build
from newsletter.config import load_config
from newsletter.core.edition import Draft
from newsletter.core.source import Source

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "real"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="the real days are not beside this checkout"),
]


def draft_of(day: str, tmp_path: Path) -> Draft:
    app = build(load_config(None, environ={"NEWSLETTER_COLLECT__PROCESSES": "0"}, folder=tmp_path))
    source = Source("real", str(FOLDER / f"{day}.json"))
    done = daily.run(app, date.fromisoformat(day), (source,), is_rehearsal=True)
    return done.edition.draft


def telling(draft: Draft, *words: str) -> list[str]:
    """The headlines of the stories that tell of all of these words, in any of their entries."""
    return [
        story.headline
        for story in draft.stories
        if all(any(word in entry.title for entry in story.entries) for word in words)
    ]


def test_india_and_korea_on_7_april_2026(tmp_path: Path) -> None:
    draft = draft_of("2026-04-07", tmp_path)
    assert draft.lead is not None
    assert "India" in draft.lead.countries or "7,280" in draft.lead.headline
    assert len(telling(draft, "pre-bid")) == 1
    assert len(telling(draft, "LS Cable")) == 1
    assert telling(draft, "LS Cable") == telling(draft, "LS Cable", "LS전선")
    assert len(telling(draft, "recycler")) == 1
    shown = " ".join(story.headline for story in draft.stories)
    for noise in ("Get Ready", "ETFs", "Market Size", "Top Rare Earth Companies", "protest"):
        assert noise not in shown


def test_the_trade_war_on_30_may_2019(tmp_path: Path) -> None:
    draft = draft_of("2019-05-30", tmp_path)
    assert draft.lead is not None
    lead = {entry.title for entry in draft.lead.entries}
    assert any("ready to hit back" in title for title in lead)
    assert len(telling(draft, "reasonable rare earth demand")) == 1
    assert len(telling(draft, "Lynas")) == 1
    shown = " ".join(story.headline for story in draft.stories)
    for noise in ("Renault", "FLASHBACK", "Huawei", "Tesla", "jobless"):
        assert noise not in shown
    told_in_full = " ".join(story.headline for story in draft.picks)
    assert "Explainer" not in told_in_full
