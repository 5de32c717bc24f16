"""Stories and drafts in which what readers choose by can be set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from newsletter.core.compose import Morning, named_of, words_of
from newsletter.core.edition import Draft, Section
from newsletter.core.selection import Rules
from newsletter.core.story import Story
from tests import drafts

RULES = Rules()
SECTIONS = RULES.sections


def story(  # noqa: PLR0913 - each test names the few that it is about
    name: str,
    section: str = SECTIONS[0],
    *,
    importance: float = 0.4,
    score: float = 0.6,
    outlets: int = 2,
    companies: Sequence[str] = (),
    thread: str = "",
    told_on: date | None = None,
    news: str = "",
) -> Story:
    """A story known by its name, which is its id too."""
    best = drafts.entry(f"Headline of the story called {name}", f"Outlet of {name}")
    made = drafts.story(
        best,
        section,
        highlights=tuple((f"{name} says sentence {n}.", best.outlet) for n in range(3)),
        reasons=(f"{name} is told by one outlet", "It is new", "It is near"),
    )
    parts = {"importance": importance, "freshness": 0.9, "novelty": 1.0}
    return replace(
        made,
        id=name,
        score=score,
        parts=parts,
        outlets=outlets,
        companies=tuple(companies),
        thread=thread,
        told_on=told_on,
        news=news,
    )


def draft(
    lead: Story | None,
    full: Sequence[Story] = (),
    also: Sequence[Story] = (),
    *,
    day: date = drafts.DAY,
) -> Draft:
    """A draft as compose words it: the full stories under their sections."""
    names = [*SECTIONS, *sorted({one.section for one in full} - set(SECTIONS))]
    sections = ((name, tuple(one for one in full if one.section == name)) for name in names)
    words = words_of(Morning(day, (), ""), lead, named_of(full, also, RULES), RULES)
    return replace(
        drafts.draft(lead, tuple(Section(*each) for each in sections if each[1]), tuple(also)),
        date=day,
        made_at=datetime.combine(day, drafts.MADE_AT.timetz()),
        subject=words.subject,
        preheader=words.preheader,
        summary=words.summary,
    )
