"""The editor's decisions on a date's draft, and the draft as they make it.

Most are on a story; two are on the edition's own words, its subject and its preheader.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from newsletter.core.arrangement import Places, arrange
from newsletter.core.compose import compose
from newsletter.core.highlights import choose
from newsletter.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from newsletter.core.edition import Draft
    from newsletter.core.selection import Rules
    from newsletter.core.story import Ranking, Story

_LONGEST_HEADLINE, _LONGEST_IN_LIST = 200, 150
_ALSO = "also "
_DIGITS = 4


class Act(StrEnum):
    """What an editor may do to a story, or to the words of the edition."""

    PIN = "pin"
    DROP = "drop"
    LEAD = "lead"
    MOVE = "move"
    REWRITE = "rewrite"
    SUBJECT = "subject"
    PREHEADER = "preheader"

    @property
    def kind(self) -> str:
        """What it decides on, a story's place or certain words: of one kind the last word holds."""
        return self.value if self.is_wording else "place"

    @property
    def is_wording(self) -> bool:
        """True for what changes the words and not the place."""
        return self is Act.REWRITE or self.is_on_edition

    @property
    def is_on_edition(self) -> bool:
        """True for what is decided on the edition itself and on no story."""
        return self in (Act.SUBJECT, Act.PREHEADER)


@dataclass(frozen=True)
class Decision:
    """One act of the editor on a story, by its id; `story` is empty where it is on the edition.

    `value` is the headline of a rewrite, the text of a subject or a preheader, and the place of a
    move: "3" is the third story told in full (the lead is the first), "also 2" the second headline
    below. Else it is empty.
    """

    story: str
    act: Act
    value: str = ""


@dataclass(frozen=True)
class Judgement:
    """A decision as it is kept: with what the story scored, part by part, when it was made.

    `headline` is what the story was called then, `place` where it stood on the page (the lead is
    1, the headlines below count on), 0 where it stood nowhere.
    """

    date: date
    decision: Decision
    headline: str
    parts: Mapping[str, float]
    place: int
    made_at: datetime


def in_force(judgements: Sequence[Judgement]) -> tuple[Judgement, ...]:
    """What holds of a date's judgements, given in the order in which they were made.

    Of a story, the last word on its place and the last on its headline hold. There is one lead:
    a story that was made the lead before another stays pinned.
    """
    latest = {_kind(one.decision): one for one in judgements}
    held = [one for one in judgements if latest[_kind(one.decision)] is one]
    leads = [one for one in held if one.decision.act is Act.LEAD]
    return tuple(_pinned(one) if one in leads[:-1] else one for one in held)


def _kind(decision: Decision) -> tuple[str, str]:
    return decision.story, decision.act.kind


def _pinned(one: Judgement) -> Judgement:
    return replace(one, decision=replace(one.decision, act=Act.PIN))


def checked(decision: Decision, draft: Draft) -> Decision:
    """The decision in the form in which it is kept, whatever the draft looks like later.

    A move's place is counted as the page numbers its stories, through the headlines; a move to the
    first place makes a story the lead.

    Raises:
        UsageError: its value makes no sense on this draft.
    """
    if decision.act is Act.REWRITE:
        return replace(decision, value=_line(decision.value, "headline", _LONGEST_HEADLINE))
    if decision.act.is_on_edition:
        words = _line(decision.value, decision.act.value, _LONGEST_IN_LIST)
        return replace(decision, story="", value=words)
    if decision.act is Act.MOVE:
        return _move(decision, draft)
    return replace(decision, value="")


def _line(text: str, what: str, most: int) -> str:
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not words:
        raise UsageError(f"a {what} needs words")
    if len(words) > most:
        raise UsageError(f"a {what} has at most {most} characters; this one has {len(words)}")
    return words


def _move(decision: Decision, draft: Draft) -> Decision:
    last, full = len(draft.stories), len(draft.picks)
    text = decision.value.strip()
    if _also_place(text):
        return replace(decision, value=text)
    place = _full_place(text)
    if not 1 <= place <= max(1, last):
        raise UsageError(f"{text!r} is no place of this draft; it has the places 1 to {last}")
    if place == 1:
        return replace(decision, act=Act.LEAD, value="")
    return replace(decision, value=str(place) if place <= full else f"{_ALSO}{place - full}")


def _full_place(value: str) -> int:
    """The place among the stories told in full; 0 where the value names none."""
    return int(value) if value.isascii() and value.isdecimal() and len(value) <= _DIGITS else 0


def _also_place(value: str) -> int:
    """The number in "also 2", the place among the headlines; 0 for anything else."""
    return _full_place(value.removeprefix(_ALSO)) if value.startswith(_ALSO) else 0


def apply(
    draft: Draft,
    ranking: Ranking,
    judgements: Sequence[Judgement],
    rules: Rules,
    *,
    notice: str = "",
) -> Draft:
    """The date's draft as its ranking and the editor's judgements make it.

    A dropped story is gone and the next one moves up; a pinned one is told in full whatever it
    scores; the lead leads, a moved one stands in its place, a rewritten one has the editor's
    headline. The page keeps its size: the weakest story that nobody decided on gives way. A
    decision on a story that the ranking does not hold (any more) does nothing. A subject and a
    preheader of the editor's stand whatever leads. `notice` is the operator's, as `compose` takes
    it.
    """
    decided = decisions_on(ranking, judgements)
    arranged = _arranged(draft, ranking, decided, rules, notice) if decided else draft
    return _worded(arranged, judgements)


def _worded(draft: Draft, judgements: Sequence[Judgement]) -> Draft:
    """The draft with the subject and the preheader that the editor wrote for it."""
    words = {
        one.decision.act: one.decision.value
        for one in in_force(judgements)
        if one.decision.act.is_on_edition
    }
    return replace(
        draft,
        subject=words.get(Act.SUBJECT, draft.subject),
        preheader=words.get(Act.PREHEADER, draft.preheader),
        has_own_subject=Act.SUBJECT in words,
        has_own_preheader=Act.PREHEADER in words,
    )


def _arranged(
    draft: Draft,
    ranking: Ranking,
    decided: Sequence[tuple[Story, Decision]],
    rules: Rules,
    notice: str,
) -> Draft:
    places = {story.id: decision for story, decision in decided if not decision.act.is_wording}
    words = {story.id: d.value for story, d in decided if d.act.is_wording}
    stories = tuple(
        replace(
            story,
            headline=words.get(story.id, story.headline),
            section=rules.section_of.get(story.event, story.section),
            highlights=story.highlights or choose(story.entries if story.id in places else ()),
        )
        for story in ranking.stories
    )
    composed = _composed(draft, replace(ranking, stories=stories), rules, places)
    return arrange(replace(composed, notes=draft.notes), stories, _places(places), rules, notice)


def _places(decided: Mapping[str, Decision]) -> Places:
    """What was decided on places, by what there is to do."""
    full = {name: _full_place(d.value) for name, d in decided.items()}
    also = {name: _also_place(d.value) for name, d in decided.items()}
    acts = [(name, decision.act) for name, decision in sorted(decided.items())]
    return Places(
        pinned=tuple(name for name, act in acts if act is Act.PIN),
        lead=next((name for name, act in acts if act is Act.LEAD), None),
        full=tuple(sorted((place, name) for name, place in full.items() if place)),
        also=tuple(sorted((place, name) for name, place in also.items() if place)),
    )


def _composed(
    draft: Draft, ranking: Ranking, rules: Rules, places: Mapping[str, Decision]
) -> Draft:
    """The page of what may stand on it by itself: nothing dropped, nothing that is moved below."""
    out = {name for name, decision in places.items() if _leaves(decision)}
    while True:
        left = tuple(story for story in ranking.stories if story.id not in out)
        composed = compose(
            replace(ranking, stories=left),
            date=draft.date,
            made_at=draft.made_at,
            figures=draft.figures,
            rules=rules,
            before=draft.subjects_before,
        )
        lead = composed.lead
        if lead is None or lead.id not in places or not _full_place(places[lead.id].value):
            return composed
        out.add(lead.id)  # it leads no more: another does


def _leaves(decision: Decision) -> bool:
    return decision.act is Act.DROP or (
        decision.act is Act.MOVE and _also_place(decision.value) > 0
    )


def keep_wording(draft: Draft, before: Draft) -> Draft:
    """The draft with the highlights that a model had written for its stories before."""
    written = {
        story.id: story.highlights
        for story in before.stories
        if any(highlight.is_written for highlight in story.highlights)
    }

    def worded(story: Story) -> Story:
        return replace(story, highlights=written.get(story.id, story.highlights))

    return replace(
        draft,
        lead=worded(draft.lead) if draft.lead else None,
        sections=tuple(
            replace(section, stories=tuple(worded(story) for story in section.stories))
            for section in draft.sections
        ),
    )


def decisions_on(
    ranking: Ranking, judgements: Sequence[Judgement]
) -> tuple[tuple[Story, Decision], ...]:
    """The stories of a ranking with what was decided on each.

    A story is known by its id, else by its headline: an older entry that comes in late gives it
    another id.
    """
    by_id = {story.id: story for story in ranking.stories}
    by_title = {title: s for s in reversed(ranking.stories) for title in _titles(s)}
    found = []
    for one in in_force(judgements):
        if one.decision.act.is_on_edition:
            continue
        story = by_id.get(one.decision.story) or by_title.get(one.headline)
        if story is not None:
            found.append((story, replace(one.decision, story=story.id)))
    return tuple(found)


def _titles(story: Story) -> tuple[str, ...]:
    return story.headline, *(entry.title for entry in story.entries)
