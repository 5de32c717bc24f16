"""The weekly roll-up: the editions of a week as one page, each subject told once."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from newsletter.core.compose import compose, named_of
from newsletter.core.edition import DraftFigures
from newsletter.core.selection import Rules
from newsletter.core.story import Ranking
from newsletter.core.subject import subject_of
from newsletter.core.words import day_words

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from newsletter.core.beside import Correction
    from newsletter.core.edition import Draft
    from newsletter.core.story import Story

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
OPENING = "The week: "
_WEEK = timedelta(days=7)


def week_before(day: date, weekly_on: str, out: Collection[date]) -> date | None:
    """The day after which the roll-up that is due with the edition of `day` begins; None if none.

    It is due on its weekday, or with the first edition after it where that day had none. It begins
    after the one before it: a week ago, or when that one was late, later. Nothing is caught up
    before there was an edition at all. `out` are the dates of the editions that left in the three
    weeks before.
    """
    due = day - timedelta(days=(day.weekday() - WEEKDAYS.index(weekly_on)) % 7)
    if day != _rolled_up(due, [*out, day]):
        return None
    return _rolled_up(due - _WEEK, out) or due - _WEEK


def _rolled_up(due: date, out: Collection[date]) -> date | None:
    """The date of the edition with which the roll-up of a weekday left, of the week from it on."""
    first = min((one for one in out if due <= one < due + _WEEK), default=None)
    is_late = first is not None and first > due
    if is_late and not any(due - _WEEK <= one < due for one in out):
        return None
    return first


def roll_up(
    drafts: Sequence[Draft],
    since: date,
    rules: Rules = Rules(),  # noqa: B008 - frozen
    notice: str = "",
) -> Draft:
    """One draft of the editions after `since`, the latest of which gives it its date.

    Of a story, and of the stories of one thread, the latest telling that says something new
    stands, as it was told. The page is as large as an edition, the best by score within the same
    caps; what earned its place on a day keeps it whatever its age by now. `notice` is the
    operator's. `drafts` hold at least one after `since`.
    """
    week = sorted((one for one in drafts if one.date > since), key=lambda one: one.date)
    latest = week[-1]
    wide = replace(rules, least_score=0.0, least_also_score=0.0, oldest_hours=math.inf)
    composed = compose(
        Ranking(latest.made_at, tuple(_once(week)), ()),
        date=latest.date,
        made_at=latest.made_at,
        figures=_figures([one.figures for one in week]),
        rules=wide,
    )
    named = named_of(composed.picks[1:], composed.also, rules)
    return replace(
        composed,
        quiet="",
        subject=subject_of(composed.lead, named, OPENING),
        near_misses=(),
        beside=replace(latest.beside, corrections=_corrections(week)),
        notice=f"{notice} {_span(week)}".strip(),
    )


def _figures(days: Sequence[DraftFigures]) -> DraftFigures:
    """What the whole week was made of.

    Entries and stories are counted on the day they are new, so they add up; the sources are the
    same ones every day. One that answered later did answer.
    """
    return DraftFigures(
        entries_read=sum(one.entries_read for one in days),
        entries_relevant=sum(one.entries_relevant for one in days),
        stories_found=sum(one.stories_found for one in days),
        sources_read=max(one.sources_read for one in days),
        sources_failed=min(one.sources_failed for one in days),
    )


def _once(week: Sequence[Draft]) -> list[Story]:
    """The tellings that say something new, the latest of each subject, best first."""
    told = [story for draft in week for story in draft.stories if not story.is_stale]
    subjects: dict[str, str] = {}
    for story in told:
        subjects[story.id] = story.thread or subjects.get(story.id, story.id)
    latest = {subjects[story.id]: story for story in told}
    return sorted(latest.values(), key=lambda story: (-story.score, story.id))


def _corrections(week: Sequence[Draft]) -> tuple[Correction, ...]:
    """What any edition of the week corrected, each once and oldest first."""
    every = {one.id: one for draft in week for one in draft.beside.corrections}
    return tuple(every[number] for number in sorted(every))


def _span(week: Sequence[Draft]) -> str:
    first, last = day_words(week[0].date), day_words(week[-1].date)
    if first == last:
        return f"The roll-up of the week: what {last} told."
    return (
        f"The roll-up of the week: what the editions from {first} to {last} told, each story once."
    )
