"""A variant: an edition as the readers of one choice get it.

What a reader chose names stories, never an order: the page keeps the order of the edition, and
only its words about itself (subject, preheader, summary) are made anew where a story is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import blake2b
from typing import TYPE_CHECKING

from newsletter.core.compose import Morning, named_of, words_of
from newsletter.core.depth import Depth
from newsletter.core.edition import Section

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from newsletter.core.edition import Draft
    from newsletter.core.selection import Rules
    from newsletter.core.story import Story

COMPANY, THREAD = "company:", "thread:"
BIG_NEWS = 0.9
"""The importance (0..1) from which a story is big news, where the configuration does not say."""

NO_BIG_NEWS = "no big news"
NOTHING_CHOSEN = "nothing in the chosen sections today"
NOT_TODAY = "not on this day, by the rhythm they chose"


class Rhythm(StrEnum):
    """How often a reader is mailed."""

    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"
    BIG = "big"


@dataclass(frozen=True)
class Choice:
    """What a reader wants of an edition.

    No `sections` are all of them. `follows` are `company:<name>` and `thread:<id>`: what they name
    is told whatever section it stands in, and however big it is.
    """

    depth: Depth = Depth.STANDARD
    sections: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    rhythm: Rhythm = Rhythm.DAILY

    @property
    def reason_for_none(self) -> str:
        """Why a reader of this choice gets no mail when no story is left."""
        return NO_BIG_NEWS if self.rhythm is Rhythm.BIG else NOTHING_CHOSEN


@dataclass(frozen=True)
class Variant:
    """A variant as it was rendered; `key` is what `key_of` makes of its page."""

    key: str
    depth: Depth
    subject: str
    html: str
    text: str


def chosen_ids(
    draft: Draft, choice: Choice, known_sections: Collection[str], big: float = BIG_NEWS
) -> frozenset[str]:
    """The ids of the stories that the choice names.

    Sections that exist no more count as not chosen, and if none of the chosen is left, all are.
    """
    sections = _sections_in_force(draft, choice, known_sections)
    companies = {one.removeprefix(COMPANY).casefold() for one in _with(choice.follows, COMPANY)}
    threads = {one.removeprefix(THREAD) for one in _with(choice.follows, THREAD)} - {""}
    found = set()
    for heading, story in _placed(draft):
        is_followed = story.thread in threads or not companies.isdisjoint(
            name.casefold() for name in story.companies
        )
        is_in = not sections or heading in sections or story.section in sections
        is_wanted = is_in and (choice.rhythm is not Rhythm.BIG or is_big(story, big))
        if is_followed or is_wanted:
            found.add(story.id)
    return frozenset(found)


def is_big(story: Story, big: float = BIG_NEWS) -> bool:
    """Whether the event is weighty enough, and told by more than one, for readers of big news."""
    return story.parts.get("importance", 0.0) >= big and story.outlets > 1


def has_big_news(draft: Draft, big: float = BIG_NEWS) -> bool:
    """Whether any story of the edition is big news."""
    return any(is_big(story, big) for story in draft.stories)


def reduced(draft: Draft, ids: Collection[str], rules: Rules) -> Draft | None:
    """The draft with these stories only; None without any.

    Where its lead is not among them, the best of those told in full leads, else the best headline.
    """
    if all(story.id in ids for story in draft.stories):
        return draft if draft.stories else None
    picks = [story for story in draft.picks if story.id in ids]
    also = [story for story in draft.also if story.id in ids]
    if not picks and not also:
        return None
    lead = picks[0] if draft.lead in picks else _best(picks or also)
    return _worded(draft, lead, ids, rules)


def key_of(draft: Draft, depth: Depth) -> str:
    """Sixteen hexadecimal digits that name what a page shows: the same for all choices of it."""
    shown = [(story.id, story.told_on, story.headline) for story in draft.stories]
    headings = [(section.name, len(section.stories)) for section in draft.sections]
    told = (depth.value, draft.date, draft.subject, draft.notice, len(draft.also), headings, shown)
    return blake2b(repr(told).encode(), digest_size=8).hexdigest()


def _worded(draft: Draft, lead: Story, ids: Collection[str], rules: Rules) -> Draft:
    def left(stories: Sequence[Story]) -> tuple[Story, ...]:
        return tuple(one for one in stories if one.id in ids and one.id != lead.id)

    sections = tuple(Section(one.name, left(one.stories)) for one in draft.sections)
    named = named_of(left(draft.picks), left(draft.also), rules)
    morning = Morning(draft.date, draft.subjects_before, draft.quiet)
    words = words_of(morning, lead, named, rules)
    is_led_the_same = lead == draft.lead
    has_own_subject = draft.has_own_subject and is_led_the_same
    has_own_preheader = draft.has_own_preheader and is_led_the_same
    return replace(
        draft,
        lead=lead,
        sections=tuple(section for section in sections if section.stories),
        also=left(draft.also),
        subject=draft.subject if has_own_subject else words.subject,
        preheader=draft.preheader if has_own_preheader else words.preheader,
        summary=words.summary,
        has_own_subject=has_own_subject,
        has_own_preheader=has_own_preheader,
    )


def _best(stories: Sequence[Story]) -> Story:
    return min(stories, key=lambda story: (-story.score, story.id))


def _placed(draft: Draft) -> list[tuple[str, Story]]:
    """Every story with the heading it stands under; an editor may place one under another's."""
    told = [(one.name, story) for one in draft.sections for story in one.stories]
    others = (*([draft.lead] if draft.lead else []), *draft.also)
    return [*told, *((story.section, story) for story in others)]


def _sections_in_force(
    draft: Draft, choice: Choice, known_sections: Collection[str]
) -> frozenset[str]:
    known = {*known_sections, *(heading for heading, _ in _placed(draft))}
    return frozenset(choice.sections) & known


def _with(follows: Sequence[str], kind: str) -> list[str]:
    return [one for one in follows if one.startswith(kind)]
