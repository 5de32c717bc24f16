"""A story close to one above it stands lower: readers mind the same news twice.

Grouping joins only what is surely one event. Where two stories are probably one, by the same
evidence, the lower of them loses by how probable that is; it is never left out.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from newsletter.core.evidence_table import table_of
from newsletter.core.pairing import pairs
from newsletter.core.telling import score

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newsletter.core.gazetteer import Gazetteer
    from newsletter.core.reading import Reading
    from newsletter.core.story import Story
    from newsletter.core.telling import Weights

Told = tuple["Story", Sequence["Reading"]]
Pair = tuple[int, int]

_MOST_COMPARED = 40
_MOST_READINGS = 6
_CROWD = 2.5
"""As in a usual day of some ten entries at least: a quiet one must not make words prove more."""

_SUREST, _UNSURE = 3.0, -3.0
_SHARE_OF_BEST = 0.7
_SURELY_TWO, _SURELY_ONE = -1.5, -0.25
"""Log-odds of the two stories, from which they cost the lower one something, and all there is."""

_SAME_FAMILY, _OTHER_FAMILY = 0.4, -0.8
_SAME_COMPANY, _OTHER_COMPANIES = 0.8, -0.9
_KEPT_APART, _MANY = -1.0, -0.25
"""Per e-fold of readings in the smaller and in the larger story: of more pairs the surest is surer,
and grouping had more of them to join the two by.
"""

_TOLD_CLOSENESS = 0.3


def set_apart(told: Sequence[Told], weights: Weights, gazetteer: Gazetteer) -> tuple[Story, ...]:
    """The stories in order, best first; one that is close to a story above it stands lower.

    Those that were told already, without news since, come last and push no other down. Each place
    goes to the story with the best score as it stands beside those placed before it.
    Only the first 40 by their own score are compared.
    """
    ordered = sorted(told, key=lambda one: _order(one[0]))
    closeness = _closeness(ordered[:_MOST_COMPARED], gazetteer)
    waiting = {place: story for place, (story, _) in enumerate(ordered[:_MOST_COMPARED])}
    found = [story for story, _ in ordered[_MOST_COMPARED:]]
    while waiting:
        best = min(waiting, key=lambda place: _order(waiting[place]))
        placed = waiting.pop(best)
        found.append(placed)
        for place, story in waiting.items():
            close = closeness.get((min(best, place), max(best, place)), 0.0)
            waiting[place] = _beside(story, placed, close, weights)
    return tuple(sorted(found, key=_order))


def _order(story: Story) -> tuple[bool, float, str]:
    return (story.is_stale, -story.score, story.id)


def _beside(story: Story, placed: Story, close: float, weights: Weights) -> Story:
    """The story as it stands below another one, with the reason where it stands clearly lower."""
    distinct = round(1.0 - close, 3)
    if distinct >= story.parts["distinctness"]:
        return story
    parts = {**story.parts, "distinctness": distinct}
    close_to = placed.headline if close >= _TOLD_CLOSENESS else ""
    return replace(story, parts=parts, score=score(parts, weights), close_to=close_to)


def _closeness(told: Sequence[Told], gazetteer: Gazetteer) -> dict[Pair, float]:
    """How close two stories are, 0..1, by their places; pairs that share nothing are left out.

    The odds are a share of the surest pair of their readings and the mean of all pairs, as in
    grouping, and what the stories as wholes add.
    """
    shown = [list(readings)[:_MOST_READINGS] for _, readings in told]
    found: dict[Pair, float] = {}
    for (one, other), held in _compared(shown, gazetteer).items():
        sizes = len(shown[one]), len(shown[other])
        mean = sum(held) / (sizes[0] * sizes[1]) + _UNSURE
        odds = _SHARE_OF_BEST * (max(held) + _UNSURE) + (1 - _SHARE_OF_BEST) * mean
        by_family = _by_family(told[one][0], told[other][0], gazetteer)
        odds += min(0.0, by_family) if _are_apart(shown[one], shown[other]) else by_family
        odds += _by_company(told[one][0], told[other][0])
        odds += _KEPT_APART * math.log(min(sizes)) + _MANY * math.log(max(sizes))
        close = (odds - _SURELY_TWO) / (_SURELY_ONE - _SURELY_TWO)
        found[one, other] = min(1.0, max(0.0, close))
    return found


def _by_family(ours: Story, theirs: Story, gazetteer: Gazetteer) -> float:
    """What it adds to the odds that the kinds of act may be two views of one, or may not."""
    family, other = _family(ours, gazetteer), _family(theirs, gazetteer)
    if not family or not other:
        return 0.0
    return _SAME_FAMILY if family == other else _OTHER_FAMILY


def _are_apart(ours: Sequence[Reading], theirs: Sequence[Reading]) -> bool:
    """Whether the headlines name companies, and no common one: like acts of two firms are two."""
    mine = {name for one in ours for name in one.names_in_title("company")}
    others = {name for one in theirs for name in one.names_in_title("company")}
    return bool(mine and others) and not mine & others


def _family(story: Story, gazetteer: Gazetteer) -> str:
    kind = gazetteer.events.get(story.event)
    return kind.family if kind and not kind.is_vague else ""


def _by_company(ours: Story, theirs: Story) -> float:
    """What the companies add: two firms' plants are two stories."""
    if not ours.companies or not theirs.companies:
        return 0.0
    shared = set(ours.companies) & set(theirs.companies)
    return _SAME_COMPANY if shared else _OTHER_COMPANIES


def _compared(
    shown: Sequence[Sequence[Reading]], gazetteer: Gazetteer
) -> Mapping[Pair, list[float]]:
    """The log-odds of pairs of readings of two stories, counted up from the unsurest."""
    rows = [(reading, place) for place, members in enumerate(shown) for reading in members]
    rows.sort(key=lambda row: (row[0].entry.published_at, row[0].entry.id, row[0].title))
    found: dict[Pair, list[float]] = defaultdict(list)
    table = table_of([reading for reading, _ in rows], gazetteer)
    usual = replace(table, crowd=np.maximum(table.crowd, _CROWD))
    for ones, others, odds in pairs(usual):
        for one, other, value in zip(*(a.tolist() for a in (ones, others, odds)), strict=True):
            ours, theirs = sorted((rows[one][1], rows[other][1]))
            if ours != theirs:
                found[ours, theirs].append(min(max(value, _UNSURE), _SUREST) - _UNSURE)
    return found
