"""A draft out of a ranking: stories in sections, subject, preheader, a sentence of the day."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsletter.core.edition import Draft, DraftFigures, Section
from newsletter.core.selection import Rules, is_readable, select

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from newsletter.core.story import Ranking, Story

__all__ = ["Rules", "compose"]

_SUBJECT_LEAST, _SUBJECT_MOST = 30, 70
_PREHEADER_LEAST, _PREHEADER_MOST = 80, 110
_NAMED_IN_SUMMARY = 3
_SUMMARY_HEADLINE = 90
_CLAUSE = re.compile(r"\s*(?:[:;,|]|\s[-\u2013\u2014])\s+")
_ELLIPSIS = "\u2026"


def compose(
    ranking: Ranking,
    *,
    date: dt.date,
    made_at: dt.datetime,
    figures: DraftFigures,
    rules: Rules = Rules(),  # noqa: B008 - frozen
    notice: str = "",
) -> Draft:
    """The draft for a date. An empty ranking gives a draft without a lead, never an error."""
    chosen = select(ranking, rules)
    sections = _sections(chosen.further, rules.sections)
    following = [story for section in sections for story in section.stories]
    by_score = sorted(following, key=lambda story: (-story.score, story.id))
    named = [s for s in (*by_score, *chosen.also) if is_readable(s, rules)]
    return Draft(
        date=date,
        made_at=made_at,
        subject=_subject(chosen.lead, named),
        preheader=_preheader(named),
        summary=_summary(named),
        lead=chosen.lead,
        sections=sections,
        also=chosen.also,
        near_misses=chosen.near_misses,
        figures=figures,
        notice=notice,
    )


def _sections(stories: Sequence[Story], names: Sequence[str]) -> tuple[Section, ...]:
    """Sections in their stated order; a section nobody named comes last. None is empty."""
    named = [*names, *sorted({story.section for story in stories} - set(names))]
    found = ((name, tuple(s for s in stories if s.section == name)) for name in named)
    return tuple(Section(name, members) for name, members in found if members)


def _subject(lead: Story | None, following: Sequence[Story]) -> str:
    """The lead's headline in 30 to 70 characters, cut at a clause or a word, never shouting."""
    if lead is None:
        return ""
    plain = _plain(lead.headline)
    if len(plain) < _SUBJECT_LEAST and following:
        plain = f"{plain}; {_plain(following[0].headline)}"
    return _fitted(plain, _SUBJECT_LEAST, _SUBJECT_MOST)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"!+", "", text)).strip().rstrip(".")


def _fitted(text: str, least: int, most: int) -> str:
    """The text up to a number of characters: whole, or to the end of a clause, or of a word."""
    if len(text) <= most:
        return text
    clauses = [match.start() for match in _CLAUSE.finditer(text)]
    end = max((place for place in clauses if least <= place <= most), default=0)
    return text[:end] if end else _cut(text, most)


def _cut(text: str, most: int) -> str:
    short = text[: most - 1]
    space = short.rfind(" ")
    return (short[:space] if space > most // 2 else short).rstrip(" ,;:-") + _ELLIPSIS


def _preheader(stories: Sequence[Story]) -> str:
    """The next headlines, as many as make 80 to 110 characters."""
    text = ""
    for story in stories:
        text = f"{text}; {_plain(story.headline)}" if text else _plain(story.headline)
        if len(text) >= _PREHEADER_LEAST:
            break
    return text if len(text) <= _PREHEADER_MOST else _cut(text, _PREHEADER_MOST)


def _summary(stories: Sequence[Story]) -> str:
    """One sentence of the day: "Also today: a; b; and c." Empty when the lead stands alone."""
    named = [
        _fitted(_plain(story.headline), _SUBJECT_LEAST, _SUMMARY_HEADLINE)
        for story in stories[:_NAMED_IN_SUMMARY]
    ]
    if not named:
        return ""
    joined = named[0] if len(named) == 1 else f"{'; '.join(named[:-1])}; and {named[-1]}"
    return f"Also today: {joined}."
