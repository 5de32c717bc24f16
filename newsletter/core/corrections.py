"""Corrections of editions that were sent: what may be one, and how it is shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from newsletter.core.links import archive_url
from newsletter.core.story import is_id_meant
from newsletter.core.text import cut_at_word
from newsletter.core.words import clean, date_words, day_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from newsletter.core.beside import Correction
    from newsletter.core.edition import Draft
    from newsletter.core.story import Story

MOST_LETTERS = 500
"""How long what was wrong and what is right may be."""
_MOST_TOLD = 60  # letters of each headline, where they are listed in a complaint
_MOST_BESIDE = 76  # letters of both texts together in a preheader of 110
_BODY = re.compile(r"<body(?:\s(?:\"[^\"]*\"|'[^']*'|[^>\"'])*)?>", re.IGNORECASE)


@dataclass(frozen=True)
class CorrectionLine:
    """One correction on the page: of which edition and story, what was said, what is right.

    `of` is the edition's day in words; `url` is where the edition is found, or empty.
    """

    of: str
    headline: str
    wrong: str
    right: str
    url: str


def correction_lines(
    corrections: Sequence[Correction], home_url: str
) -> tuple[CorrectionLine, ...]:
    """The lines of the correction box, in the given order."""
    return tuple(_line(one, home_url) for one in corrections)


def _line(one: Correction, home_url: str) -> CorrectionLine:
    has_year = one.day.year != one.made_at.year
    return CorrectionLine(
        of=date_words(one.day) if has_year else day_words(one.day),
        headline=clean(one.headline),
        wrong=clean(one.wrong),
        right=clean(one.right),
        url=archive_url(home_url, one.day),
    )


def checked(wrong: str, right: str) -> tuple[str, str]:
    """Both texts on one line each, cleaned.

    Raises:
        ValueError: one is empty or too long, or both say the same.
    """
    cleaned = (clean(wrong), clean(right))
    for name, text in zip(("wrong", "right"), cleaned, strict=True):
        if not text:
            raise ValueError(f"the words of what is {name} are missing")
        if len(text) > MOST_LETTERS:
            raise ValueError(
                f"what is {name} has {len(text)} letters; a correction has at most {MOST_LETTERS}"
            )
    if cleaned[0] == cleaned[1]:
        raise ValueError("what is wrong and what is right are the same words")
    return cleaned


def in_short(wrong: str, right: str) -> tuple[str, str]:
    """Both texts, cut at a word so that one short sentence holds them.

    A short one leaves its room to the other; long ones that begin alike begin where they part.
    """
    short = _cut_both(wrong, right)
    return short if short[0] != short[1] else _cut_both(*_from_where_they_part(wrong, right))


def _from_where_they_part(wrong: str, right: str) -> tuple[str, str]:
    pairs = enumerate(zip(wrong, right, strict=False))
    same = next((place for place, (a, b) in pairs if a != b), min(len(wrong), len(right)))
    begin = wrong.rfind(" ", 0, same) + 1 or same
    return f"…{wrong[begin:]}", f"…{right[begin:]}"


def _cut_both(wrong: str, right: str) -> tuple[str, str]:
    half = _MOST_BESIDE // 2
    return (
        cut_at_word(wrong, max(half, _MOST_BESIDE - len(right))),
        cut_at_word(right, max(half, _MOST_BESIDE - len(wrong))),
    )


def story_named(wanted: str, draft: Draft) -> Story:
    """The story of an edition meant by its place, its id, or the beginning of its id.

    Raises:
        ValueError: there is none, or more than one; with those there are.
    """
    places = {str(number): story for number, story in enumerate(draft.stories, 1)}
    begun = [one for one in draft.stories if is_id_meant(one.id, wanted)]
    found = places.get(wanted) or (begun[0] if len(begun) == 1 else None)
    if found is None:
        told = "; ".join(
            f"{number} {cut_at_word(clean(one.headline), _MOST_TOLD)}"
            for number, one in places.items()
        )
        raise ValueError(f"the edition of {draft.date} has no story {wanted!r}; it has: {told}")
    return found


def corrected(draft: Draft, corrections: Iterable[Correction]) -> Draft:
    """The draft with these corrections before those that it holds, each once."""
    every = {one.id: one for one in (*corrections, *draft.beside.corrections)}
    return replace(draft, beside=replace(draft.beside, corrections=tuple(every.values())))


def with_box(html: str, box: str) -> str:
    """A page with a box at the very top of its body, whatever templates it was made from."""
    found = _BODY.search(html)
    at = found.end() if found else 0
    return html[:at] + box + html[at:]
