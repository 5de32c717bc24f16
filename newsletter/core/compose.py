"""A draft out of a ranking: stories in sections, subject, preheader, a sentence of the day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.core.edition import Draft, DraftFigures, Section
from newsletter.core.headline import clauses, headline
from newsletter.core.plain_headline import is_bait, plain
from newsletter.core.quiet import quiet_subject, quiet_words
from newsletter.core.selection import Rules, is_readable, select
from newsletter.core.source import Publisher
from newsletter.core.subject import LEAST, preheader_of, subject_of, told, words_in

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from newsletter.core.story import Ranking, Story

__all__ = ["Rules", "compose"]

_NAMED_IN_SUMMARY = 3
_CLAUSE_MOST = 90
_SAME_WORDS = 0.75
_PRESS = frozenset({Publisher.TRADE_PRESS, Publisher.GENERAL_PRESS})


@dataclass(frozen=True)
class Morning:
    """What an edition's words depend on beside its stories; `quiet` as on the draft."""

    day: dt.date
    subjects_before: tuple[str, ...]
    quiet: str


@dataclass(frozen=True)
class Words:
    """What an edition says of itself: in the inbox list, and above its first story."""

    subject: str
    preheader: str
    summary: str


def compose(
    ranking: Ranking,
    *,
    date: dt.date,
    made_at: dt.datetime,
    figures: DraftFigures,
    rules: Rules = Rules(),  # noqa: B008 - frozen
    notice: str = "",
    before: Sequence[str] = (),
) -> Draft:
    """The draft for a date. An empty ranking gives a draft without a lead, never an error.

    `before` are the subjects of the editions before it, which its own does not repeat.
    """
    chosen = select(ranking, rules)
    sections = _sections(chosen.further, rules.sections)
    following = [story for section in sections for story in section.stories]
    named = named_of(following, chosen.also, rules)
    quiet = quiet_words(len(following) + (chosen.lead is not None))
    words = words_of(Morning(date, tuple(before), quiet), chosen.lead, named, rules)
    return Draft(
        date=date,
        made_at=made_at,
        subject=words.subject,
        preheader=words.preheader,
        summary=words.summary,
        lead=chosen.lead,
        sections=sections,
        also=chosen.also,
        near_misses=chosen.near_misses,
        figures=figures,
        notice=notice,
        quiet=quiet,
        subjects_before=tuple(before),
    )


def named_of(further: Sequence[Story], also: Sequence[Story], rules: Rules) -> list[Story]:
    """The stories that an edition may name beside its lead, in order: readable, best first."""
    by_score = sorted(further, key=lambda story: (-story.score, story.id))
    return [story for story in (*by_score, *also) if is_readable(story, rules)]


def words_of(morning: Morning, lead: Story | None, named: Sequence[Story], rules: Rules) -> Words:
    """The words of an edition of that lead, which names the other stories in their order."""
    before = morning.subjects_before
    subject = subject_of(lead, named, before=before) if lead else quiet_subject(morning.day)
    preheader = preheader_of(named, subject) or morning.quiet
    return Words(subject, preheader, summary_of(lead, named, rules))


def _sections(stories: Sequence[Story], names: Sequence[str]) -> tuple[Section, ...]:
    """Sections in their stated order; a section nobody named comes last. None is empty."""
    named = [*names, *sorted({story.section for story in stories} - set(names))]
    found = ((name, tuple(s for s in stories if s.section == name)) for name in named)
    return tuple(Section(name, members) for name, members in found if members)


def summary_of(lead: Story | None, stories: Sequence[Story], rules: Rules) -> str:
    """The day in one sentence, "a; b; and c.", of the lead and the next two headlines.

    It stands above the lead, so the lead is told in another outlet's words; where there are none,
    the sentence names the next stories only. Empty when the lead stands alone.
    """
    if lead is None or not stories:
        return ""
    other = _other_wording(lead, rules)
    named = [told(story) for story in stories[: _NAMED_IN_SUMMARY - bool(other)]]
    parts = [other, *named] if other else named
    joined = parts[0] if len(parts) == 1 else f"{'; '.join(parts[:-1])}; and {parts[-1]}"
    return f"{joined}." if other else f"In brief: {joined}."


def _other_wording(lead: Story, rules: Rules) -> str:
    """Another outlet's headline that tells the lead plainly, in words of its own; "" if none."""
    shown = words_in(lead.headline)
    for entry in lead.entries[1:]:
        title = plain(headline(entry.title, entry.outlet, entry.host))
        words = words_in(title)
        is_whole = LEAST <= len(title) <= _CLAUSE_MOST and len(clauses(title)) == 1
        is_press = entry.publisher in _PRESS and entry.language.startswith(rules.language)
        if is_whole and is_press and not is_bait(title) and _differ(words, shown):
            return title
    return ""


def _differ(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether two headlines tell one event in other words, with something in common."""
    return 0 < len(ours & theirs) < _SAME_WORDS * min(len(ours), len(theirs))
