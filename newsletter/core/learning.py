"""Weights out of the editor's judgements: which story was preferred to which, and what fits that.

The fit is a logistic regression on differences of parts (Bradley and Terry's model), drawn towards
the weights that the program ships with, on the simplex: no weight is negative and their sum is one.
(Were it drawn towards those in force, a fit once applied would be the ground of the next, and the
same judgements would count again and again.) It is solved by projected gradient; the projection is
that of Duchi et al., "Efficient projections onto the l1-ball" (ICML 2008), figure 1.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from newsletter.core.decisions import Act, in_force
from newsletter.core.telling import Weights, score

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from newsletter.core.decisions import Judgement
    from newsletter.core.edition import Draft
    from newsletter.core.story import Story

    Parts = Mapping[str, float]
    Vector = NDArray[np.float64]

NAMES = tuple(field.name for field in fields(Weights))
SHIPPED = Weights()
LEAST_PAIRS = 10
LEAST_JUDGEMENTS = 5
_STEEPNESS = 20.0  # a lead of 0.05 in score is a preference of three to one
_PULL = 15.0  # what the shipped weights weigh, in judgements a unit of squared distance
_STEPS = 3000
_PARTS = 1000
_LEAST_LEAD = 1e-9
_STILL = 1e-7


@dataclass(frozen=True)
class Lesson:
    """What a judgement says of the order: pairs of parts, the preferred story's first."""

    judgement: Judgement
    pairs: tuple[tuple[Parts, Parts], ...]

    @cached_property
    def differences(self) -> Vector:
        """A row for each pair: by how much the preferred story is higher, part by part."""
        return np.array([_difference(*pair) for pair in self.pairs]).reshape(-1, len(NAMES))


@dataclass(frozen=True)
class Move:
    """A story that stands elsewhere on a past day's list by score: the first place is 1."""

    headline: str
    before: int
    after: int


@dataclass(frozen=True)
class PastDay:
    """How far the order of a day agrees with what the editor decided on it.

    `before` and `after` count its judgements that the weights in force, and weights fitted to the
    other days only, agree with: in more than half of their pairs. The same of single pairs. Where
    there is no other day, those are the shipped weights, and `Learned.is_tested` is false.
    `moves` are by the weights fitted to all days.
    """

    date: date
    judgements: int
    before: int
    after: int
    pairs: int
    pairs_before: int
    pairs_after: int
    moves: tuple[Move, ...]


@dataclass(frozen=True)
class Learned:
    """What there is to learn. `after` is None where the judgements are too few: `needed` says so.

    `before` are the weights in force. `lessons` hold every judgement; those without pairs say
    nothing of the order.
    """

    lessons: tuple[Lesson, ...]
    before: Weights
    after: Weights | None
    days: tuple[PastDay, ...]
    needed: str = ""

    @property
    def is_in_force(self) -> bool:
        """Whether the fitted weights are those in force already."""
        return self.after == self.before

    @property
    def is_tested(self) -> bool:
        """Whether there was a day to test on that the weights were not fitted to."""
        return len(self.days) > 1

    @property
    def is_better(self) -> bool:
        """Whether fitted weights agree better with days that they were not fitted to."""
        gained = sum(day.pairs_after - day.pairs_before for day in self.days)
        return self.is_tested and gained > 0


def learn(
    judgements: Sequence[Judgement], drafts: Mapping[date, Draft], weights: Weights
) -> Learned:
    """Fit weights to judgements; `drafts` are those days' drafts, `weights` those in force.

    Judgements come in the order in which they were made. The weights in force are only compared
    with: what is fitted depends on the judgements alone.
    """
    lessons = lessons_of(judgements, drafts)
    before = _as_weights(_as_vector(asdict(weights)))
    needed = _needed(lessons)
    after = None if needed else fit(lessons, SHIPPED)
    days = () if after is None else tuple(_past_days(lessons, drafts, before, after))
    return Learned(lessons, before, after, days, needed)


def lessons_of(judgements: Sequence[Judgement], drafts: Mapping[date, Draft]) -> tuple[Lesson, ...]:
    """What each judgement in force on a story prefers to what.

    A day without a draft teaches nothing, and neither do the words of an edition.
    """
    days = sorted({one.date for one in judgements})
    found = []
    for day in days:
        made = [one for one in judgements if one.date == day]
        held = [one for one in in_force(made) if not one.decision.act.is_on_edition]
        decided = {one.decision.story for one in held if not one.decision.act.is_wording}
        draft = drafts.get(day)
        found += [Lesson(one, _pairs(one, draft, decided) if draft else ()) for one in held]
    return tuple(found)


def _pairs(one: Judgement, draft: Draft, decided: set[str]) -> tuple[tuple[Parts, Parts], ...]:
    """A story against those that nobody decided on, and that it was put above or below."""
    above, below = _put_above(one, draft)
    better = [s for s in above if s.id not in decided]
    worse = [s for s in below if s.id not in decided]
    return (
        *((story.parts, one.parts) for story in better),
        *((one.parts, story.parts) for story in worse),
    )


def _put_above(one: Judgement, draft: Draft) -> tuple[tuple[Story, ...], tuple[Story, ...]]:
    """The stories that the editor left above the judged one, and those it was put above."""
    missed = tuple(miss.story for miss in draft.near_misses)
    act = one.decision.act
    if act is Act.DROP:
        return draft.stories, ()
    if act is Act.PIN:
        return (), (*draft.also, *missed)
    if act is Act.LEAD:
        return (), draft.picks
    if act is Act.MOVE:
        return _passed(one, draft)
    return (), ()


def _passed(one: Judgement, draft: Draft) -> tuple[tuple[Story, ...], tuple[Story, ...]]:
    """What a moved story passed on its way: up past what is below it now, or down."""
    ids = [story.id for story in draft.stories]
    if one.decision.story not in ids:
        return (), ()
    now = ids.index(one.decision.story) + 1
    came_from = one.place or len(ids) + 1
    if now <= came_from:
        return (), draft.stories[now:came_from]
    return draft.stories[came_from - 1 : now - 1], ()


def _needed(lessons: Sequence[Lesson]) -> str:
    """What is missing before anything can be fitted, in words; empty when nothing is."""
    telling = sum(1 for lesson in lessons if lesson.pairs)
    pairs = sum(len(lesson.pairs) for lesson in lessons)
    if telling >= LEAST_JUDGEMENTS and pairs >= LEAST_PAIRS:
        return ""
    return (
        f"{LEAST_JUDGEMENTS} judgements on the order, with {LEAST_PAIRS} comparisons in them, are"
        f" the least to learn from; there are {telling}, with {pairs}"
    )


def fit(lessons: Iterable[Lesson], towards: Weights) -> Weights:
    """The weights nearest to `towards` and to the lessons; each judgement weighs the same."""
    telling = [lesson for lesson in lessons if lesson.pairs]
    if not telling:
        return towards
    rows = np.concatenate([lesson.differences for lesson in telling])
    shares = np.concatenate([np.full(len(one.pairs), 1.0 / len(one.pairs)) for one in telling])
    return _as_weights(_fitted(rows * _STEEPNESS, shares, _as_vector(asdict(towards))))


def _fitted(rows: Vector, shares: Vector, base: Vector) -> Vector:
    """Projected gradient with the momentum for strongly convex functions (Nesterov, 2004, 2.2.1).

    The gradient changes by no more than `steepest` a unit of distance, so no step overshoots.
    """
    pull = 2 * _PULL
    steepest = pull + 0.25 * float(np.linalg.norm((rows.T * shares) @ rows, 2))
    ratio = (pull / steepest) ** 0.5
    momentum = (1 - ratio) / (1 + ratio)
    weights = ahead = base
    for _ in range(_STEPS):
        doubt = 1.0 / (1.0 + np.exp(np.clip(rows @ ahead, -50.0, 50.0)))
        slope = pull * (ahead - base) - rows.T @ (shares * doubt)
        moved = _projected(ahead - slope / steepest)
        step = moved - weights
        weights, ahead = moved, moved + momentum * step
        if float(np.abs(step).max()) < _STILL:
            break
    return weights


def _difference(ours: Parts, theirs: Parts) -> Vector:
    """By how much each part is higher; a part that one of them was not yet judged by says nothing.

    Judgements outlive versions of the program, and so the parts that it knew.
    """
    shared = ours.keys() & theirs.keys()
    return np.array([ours[name] - theirs[name] if name in shared else 0.0 for name in NAMES])


def _projected(point: Vector) -> Vector:
    """The nearest point with no negative part and a sum of one."""
    ordered = np.sort(point)[::-1]
    excess = (np.cumsum(ordered) - 1.0) / np.arange(1, len(point) + 1)
    last = int(np.nonzero(ordered > excess)[0][-1])
    nearest: Vector = np.maximum(point - excess[last], 0.0)
    return nearest


def _as_vector(parts: Parts) -> Vector:
    return np.array([float(parts.get(name, 0.0)) for name in NAMES])


def _as_weights(vector: Vector) -> Weights:
    """Weights in thousandths whose sum is exactly one, so that the file gives back the same.

    What rounding down leaves over goes to the largest remainders.
    """
    whole = float(vector.sum())
    if whole <= 0:
        return _as_weights(_as_vector(asdict(SHIPPED)))
    exact = np.round(vector / whole * _PARTS, 6)
    counts = np.floor(exact).astype(int)
    largest = np.argsort(counts - exact, kind="stable")
    counts[largest[: _PARTS - int(counts.sum())]] += 1
    return Weights(*(int(count) / _PARTS for count in counts))


def _past_days(
    lessons: Sequence[Lesson], drafts: Mapping[date, Draft], before: Weights, after: Weights
) -> Iterable[PastDay]:
    for day in sorted({lesson.judgement.date for lesson in lessons if lesson.pairs}):
        own = [one for one in lessons if one.judgement.date == day and one.pairs]
        unseen = fit([one for one in lessons if one.judgement.date != day], SHIPPED)
        agreed = [_agreed(one, before) for one in own]
        learned = [_agreed(one, unseen) for one in own]
        yield PastDay(
            date=day,
            judgements=len(own),
            before=_met(own, agreed),
            after=_met(own, learned),
            pairs=sum(len(one.pairs) for one in own),
            pairs_before=sum(agreed),
            pairs_after=sum(learned),
            moves=_moves(own, drafts[day], before, after),
        )


def _agreed(lesson: Lesson, weights: Weights) -> int:
    """How many of a judgement's pairs the scores agree with."""
    leads = lesson.differences @ _as_vector(asdict(weights))
    return int(np.count_nonzero(leads > _LEAST_LEAD))


def _met(lessons: Sequence[Lesson], agreed: Sequence[int]) -> int:
    return sum(2 * n > len(one.pairs) for one, n in zip(lessons, agreed, strict=True))


def _moves(
    lessons: Sequence[Lesson], draft: Draft, before: Weights, after: Weights
) -> tuple[Move, ...]:
    """The stories of a day that stand elsewhere by the new weights, the farthest moved first."""
    known: dict[str, tuple[str, Parts]] = {}
    for one in lessons:
        judgement = one.judgement
        known[judgement.decision.story] = (judgement.headline, judgement.parts)
    for story in (*draft.stories, *(miss.story for miss in draft.near_misses)):
        known[story.id] = (story.headline, story.parts)
    old, new = _places(known, before), _places(known, after)
    moves = [Move(known[name][0], old[name], new[name]) for name in known]
    moved = [move for move in moves if move.before != move.after]
    return tuple(sorted(moved, key=lambda m: (-abs(m.before - m.after), m.after, m.headline)))


def _places(known: Mapping[str, tuple[str, Parts]], weights: Weights) -> dict[str, int]:
    scores = {name: score(_still_known(parts), weights) for name, (_, parts) in known.items()}
    ordered = sorted(known, key=lambda name: (-scores[name], name))
    return {name: place for place, name in enumerate(ordered, 1)}


def _still_known(parts: Parts) -> Parts:
    return {name: value for name, value in parts.items() if name in NAMES}
