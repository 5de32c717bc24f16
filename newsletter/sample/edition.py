"""A made-up draft, so that templates can be tried before there is any news."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from newsletter.core.edition import Draft, DraftFigures, Section
from newsletter.core.entry import Entry
from newsletter.core.source import Publisher
from newsletter.core.story import Highlight, Story

if TYPE_CHECKING:
    from datetime import tzinfo


def sample_draft(now: datetime, zone: tzinfo) -> Draft:
    """A lead, two more stories and a headline, dated today."""
    stories = tuple(_story(number, now) for number in range(4))
    return Draft(
        date=now.astimezone(zone).date(),
        made_at=now,
        subject="A sample subject line to try the templates with",
        preheader="Nothing here is news: it shows that every template finds what it needs",
        summary="A made-up day to try the templates with.",
        lead=stories[0],
        sections=(Section("Processing & magnets", stories[1:3]),),
        also=stories[3:],
        near_misses=(),
        figures=DraftFigures(4, 4, 4, 1, 0),
    )


def _story(number: int, now: datetime) -> Story:
    entry = Entry(
        id=f"{number:016x}",
        declared_id=str(number),
        url=f"https://oxide-ledger.example/sample/{number}",
        title=f"Sample headline number {number + 1}",
        summary="A sentence that stands for a summary.",
        text="",
        highlights=(),
        published_at=now - timedelta(hours=number + 1),
        date_is_known=True,
        first_seen_at=now,
        language="en",
        outlet="The Oxide Ledger",
        publisher=Publisher.TRADE_PRESS,
        weight=1.0,
        sources=("The Oxide Ledger",),
    )
    return Story(
        id=entry.id,
        entries=(entry,),
        best=entry,
        primary=None,
        headline=entry.title,
        section="Processing & magnets",
        event="plant opening",
        outlets=1,
        outlet_names=(entry.outlet,),
        score=0.5,
        parts={"relevance": 0.5},
        reasons=("It shows what a reason looks like",),
        highlights=(Highlight(entry.summary, entry.outlet),),
        marks=(),
        elements=(),
        companies=(),
        countries=(),
        published_at=entry.published_at,
    )
