"""A draft out of a ranking: stories in sections, subject, preheader, a sentence of the day."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsletter.core.edition import Draft, DraftFigures, Section
from newsletter.core.headline import clauses, explains, headline
from newsletter.core.selection import Rules, Selection, is_readable, select
from newsletter.core.source import Publisher
from newsletter.core.tokens import features, flat, stems

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from newsletter.core.story import Ranking, Story

__all__ = ["Rules", "compose"]

_SUBJECT_LEAST, _SUBJECT_MOST = 30, 70
_PREHEADER_LEAST, _PREHEADER_MOST = 80, 110
_NAMED_IN_SUMMARY = 3
_LEAST_WHOLE = 3
"""With fewer stories told in full an edition says that it is a short one."""

_CLAUSE_MOST = 90
_SAME_WORDS = 0.75
_PRESS = frozenset({Publisher.TRADE_PRESS, Publisher.GENERAL_PRESS})
_CLAUSE = re.compile(r"\s*(?:[:;,|]|\s[-\u2013\u2014])\s+")
_DANGLING = re.compile(
    r"(?:\s+(?:an?|the|and|or|but|as|at|by|for|from|in|into|of|on|over|to|with|rs|worth|[^\sA-Za-z]*\d\S*))+$",
    re.IGNORECASE,
)
_VOICE = re.compile(r"(?:\s*:|\s[-\u2013\u2014])\s+[^\s:]+(?:\s+[^\s:]+){0,4}$")
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
        subject=subject_of(chosen.lead, named),
        preheader=preheader_of(named),
        summary=summary_of(chosen.lead, named, rules),
        lead=chosen.lead,
        sections=sections,
        also=chosen.also,
        near_misses=chosen.near_misses,
        figures=figures,
        notice=notice_of(chosen, notice),
    )


def notice_of(chosen: Selection, notice: str) -> str:
    """The operator's notice, and on a thin day a word that the edition is a short one."""
    told = len(chosen.further) + (chosen.lead is not None)
    if not 0 < told < _LEAST_WHOLE:
        return notice
    counted = "one story is" if told == 1 else f"{told} stories are"
    return f"{notice} A short edition: only {counted} worth telling today.".strip()


def _sections(stories: Sequence[Story], names: Sequence[str]) -> tuple[Section, ...]:
    """Sections in their stated order; a section nobody named comes last. None is empty."""
    named = [*names, *sorted({story.section for story in stories} - set(names))]
    found = ((name, tuple(s for s in stories if s.section == name)) for name in named)
    return tuple(Section(name, members) for name, members in found if members)


def subject_of(lead: Story | None, following: Sequence[Story], opening: str = "") -> str:
    """The lead's headline in 30 to 70 characters, cut at a clause or a word, never shouting.

    The words of an `opening` count.
    """
    if lead is None:
        return ""
    plain = _plain(lead.headline)
    if len(plain) < _SUBJECT_LEAST and following:
        plain = f"{plain}; {_plain(following[0].headline)}"
    return opening + _fitted(plain, _SUBJECT_LEAST, _SUBJECT_MOST - len(opening))


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"!+", "", text)).strip().rstrip(".")


def _fitted(text: str, least: int, most: int) -> str:
    """The text up to a number of characters: whole, or to the end of a clause, or of a word.

    Who says so, after the last colon, is never cut off.
    """
    if len(text) <= most:
        return text
    if _voice(text)[1]:
        return _cut(text, most)
    clauses = [match.start() for match in _CLAUSE.finditer(text)]
    end = max((place for place in clauses if least <= place <= most), default=0)
    return text[:end] if end else _cut(text, most)


def _voice(text: str) -> tuple[str, str]:
    """A headline in two: what is said, and the few words after the last colon or dash.

    They mostly say who says so ("curbs considered: newspapers").
    """
    found = _VOICE.search(text)
    return (text[: found.start()], text[found.start() :]) if found else (text, "")


def _cut(text: str, most: int) -> str:
    """The text cut at a word; who says so is kept where there is room."""
    head, voice = _voice(text)
    if len(voice) > most // 2:
        head, voice = text, ""
    short = head[: most - len(voice) - 1]
    space = short.rfind(" ")
    whole = short[:space] if space > len(short) // 2 else short
    return _DANGLING.sub("", whole).rstrip(" ,;:-") + _ELLIPSIS + voice


def preheader_of(stories: Sequence[Story]) -> str:
    """The next headlines, as many whole ones as 110 characters hold; one that is longer is cut."""
    text = ""
    for story in stories:
        told = _told(story.headline)
        longer = f"{text}; {told}" if text else told
        if len(longer) > _PREHEADER_MOST:
            return text if len(text) >= _PREHEADER_LEAST else _cut(longer, _PREHEADER_MOST)
        text = longer
    return text


def summary_of(lead: Story | None, stories: Sequence[Story], rules: Rules) -> str:
    """The day in one sentence, "a; b; and c.", of the lead and the next two headlines.

    It stands above the lead, so the lead is told in another outlet's words; where there are none,
    the sentence names the next stories only. Empty when the lead stands alone.
    """
    if lead is None or not stories:
        return ""
    other = _other_wording(lead, rules)
    named = [_told(story.headline) for story in stories[: _NAMED_IN_SUMMARY - bool(other)]]
    told = [other, *named] if other else named
    joined = told[0] if len(told) == 1 else f"{'; '.join(told[:-1])}; and {told[-1]}"
    return f"{joined}." if other else f"In brief: {joined}."


def _told(headline: str) -> str:
    """A headline as part of a sentence: its first clause if that says enough, and who says so."""
    plain = _plain(headline)
    head, voice = _voice(plain)
    first = next(iter(clauses(head)), head)
    short = f"{first}{voice}" if len(first) >= _SUBJECT_LEAST else plain
    return _fitted(short, _SUBJECT_LEAST, _CLAUSE_MOST)


def _other_wording(lead: Story, rules: Rules) -> str:
    """Another outlet's headline that tells the lead plainly, in words of its own; "" if none."""
    shown = _words(lead.headline)
    for entry in lead.entries[1:]:
        title = _plain(headline(entry.title, entry.outlet, entry.host))
        words = _words(title)
        is_whole = _SUBJECT_LEAST <= len(title) <= _CLAUSE_MOST and len(clauses(title)) == 1
        is_press = entry.publisher in _PRESS and entry.language.startswith(rules.language)
        if is_whole and is_press and not explains(title) and _differ(words, shown):
            return title
    return ""


def _words(text: str) -> frozenset[str]:
    return frozenset(features(stems(flat(text))))


def _differ(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether two headlines tell one event in other words, with something in common."""
    return 0 < len(ours & theirs) < _SAME_WORDS * min(len(ours), len(theirs))
