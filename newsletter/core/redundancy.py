"""A story close to one above it stands lower: readers mind the same news twice.

Grouping joins only what is surely one event. Where two stories are probably one, the lower of them
loses by how probable that is; it is never left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from newsletter.core.events import kinds_of
from newsletter.core.similarity import Profile, likeness, profiles, together
from newsletter.core.telling import score

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.core.gazetteer import Gazetteer
    from newsletter.core.reading import Reading
    from newsletter.core.story import Story
    from newsletter.core.telling import Weights

Told = tuple["Story", Sequence["Reading"]]

_MOST_COMPARED = 40
_MOST_READINGS = 6
_SURELY_ONE = 0.27
_LIKENESS, _ANY_FAMILY, _MAIN_FAMILY, _ACTOR = 0.4, 0.24, 0.18, 0.18
_UNTOLD = 0.5
"""How alike two stories of one kind count whose languages share no words."""

_UNREMARKABLE = 0.3
_TOLD_CLOSENESS = 0.3
_ACTORS = ("company:", "country:", "place:", "agency:")


@dataclass(frozen=True)
class _Seen:
    """What two stories are compared by."""

    story: Story
    profile: Profile
    families: frozenset[str]
    family: str
    actors: frozenset[str]
    languages: frozenset[str]


def set_apart(told: Sequence[Told], weights: Weights, gazetteer: Gazetteer) -> tuple[Story, ...]:
    """The stories in order, best first; one that is close to a story above it stands lower.

    Each place goes to the story with the best score as it stands beside those placed before it.
    Only the first 40 by their own score are compared.
    """
    ordered = sorted(told, key=lambda one: (-one[0].score, one[0].id))
    waiting = {one.story.id: one for one in _seen(ordered[:_MOST_COMPARED], gazetteer)}
    found = [story for story, _ in ordered[_MOST_COMPARED:]]
    while waiting:
        placed = min(waiting.values(), key=lambda one: (-one.story.score, one.story.id))
        del waiting[placed.story.id]
        found.append(placed.story)
        for one in waiting.values():
            waiting[one.story.id] = _beside(one, placed, weights)
    return tuple(sorted(found, key=lambda story: (-story.score, story.id)))


def _seen(told: Sequence[Told], gazetteer: Gazetteer) -> Iterator[_Seen]:
    shown = [list(readings)[:_MOST_READINGS] for _, readings in told]
    found = iter(profiles([reading for members in shown for reading in members], gazetteer))
    for (story, _), members in zip(told, shown, strict=True):
        own = [next(found) for _ in members]
        kind = gazetteer.events.get(story.event)
        yield _Seen(
            story=story,
            profile=together(own) if len(own) > 1 else own[0],
            families=frozenset(_families(members, gazetteer)),
            family=kind.family if kind and not kind.is_vague else "",
            languages=frozenset(one.entry.language[:2] for one in members),
            actors=frozenset(
                label for one in members for label in one.title_labels if label.startswith(_ACTORS)
            ),
        )


def _families(readings: Sequence[Reading], gazetteer: Gazetteer) -> Iterator[str]:
    for reading in readings:
        yield from (kind.family for kind in kinds_of(reading, gazetteer) if not kind.is_vague)


def _beside(one: _Seen, placed: _Seen, weights: Weights) -> _Seen:
    """The story as it stands below another one, with the reason where it stands clearly lower."""
    story, distinct = one.story, round(1.0 - _closeness(one, placed), 3)
    if distinct >= story.parts["distinctness"]:
        return one
    parts = {**story.parts, "distinctness": distinct}
    close_to = placed.story.headline if distinct <= 1.0 - _TOLD_CLOSENESS else ""
    return replace(
        one, story=replace(story, parts=parts, score=score(parts, weights), close_to=close_to)
    )


def _closeness(ours: _Seen, theirs: _Seen) -> float:
    """How probably two stories are one, 0..1, by wording, kind of act and who acts."""
    is_one_kind = ours.family == theirs.family != ""
    share_actor = bool(ours.actors & theirs.actors)
    may_share = share_actor or not (ours.actors and theirs.actors)
    alike = min(1.0, likeness(ours.profile, theirs.profile) / _SURELY_ONE)
    if is_one_kind and may_share and ours.languages.isdisjoint(theirs.languages):
        alike = max(alike, _UNTOLD)
    evidence = (
        _LIKENESS * alike
        + _ANY_FAMILY * bool(ours.families & theirs.families)
        + _MAIN_FAMILY * is_one_kind
        + _ACTOR * share_actor
    )
    return max(0.0, evidence - _UNREMARKABLE) / (1.0 - _UNREMARKABLE)
