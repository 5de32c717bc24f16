"""A story's place in an editor's words: its parts with their numbers, and what it lacked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsletter.core.story import Story

_MOST_ELEMENTS = 3
_VISIBLE_GAP, _SMALL_GAP = 0.005, 0.06
_DEMOTED = 0.7


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: "a, b and c"."""
    if len(names) < 2:  # noqa: PLR2004 - nothing to join
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def explained(story: Story) -> tuple[str, ...]:
    """The story's parts in sentences with their numbers: for an editor, not for readers."""
    parts = {name: f"{value:.2f}" for name, value in story.parts.items()}
    kind = story.event or "news"
    named = [*story.elements[:_MOST_ELEMENTS], *story.companies[:1], *story.countries[:1]]
    words = {
        "relevance": f"names {listed(named)}" if named else "by its words",
        "importance": f"a story of the kind {kind!r}, by the gazetteer's weight and what it tells",
        "coverage": f"{story.outlets} independent outlet{'s' * (story.outlets != 1)}",
        "authority": f"the best regarded of {listed(story.outlet_names[:2]) or 'its outlets'}",
        "freshness": f"first told {_when(story)}",
        "novelty": f"told on {story.told_on.isoformat()}" if story.told_on else "not told before",
        "distinctness": _apart(story),
    }
    return tuple(
        f"{name.capitalize()} {value}: {words[name]}"
        for name, value in parts.items()
        if name in words
    )


def _apart(story: Story) -> str:
    if story.close_to:
        return f"close to a story above it: {story.close_to}"
    return "apart from the stories above it"


def _when(story: Story) -> str:
    first = min(story.entries, key=lambda entry: entry.published_at, default=story.best)
    return f"{first.published_at:%Y-%m-%d %H:%M} UTC"


def gap_in_words(story: Story, least: float, mark: str) -> str:
    """By how much a story's score missed a mark, and what would have lifted it over."""
    gap = least - story.score
    far = f"{gap:.2f} below" if gap >= _VISIBLE_GAP else "Level with"
    return f"{far} {mark}; {_lift(story, gap)}"


def _lift(story: Story, gap: float) -> str:
    """What would have lifted the story over a gap, or helped it: its weakest part."""
    if story.parts.get("distinctness", 1.0) <= _DEMOTED:
        needed = "news that no story above it tells"
    elif story.outlets == 1:
        needed = "a second outlet"
    else:
        weakest = min(_LIFTS, key=lambda part: (story.parts.get(part, 0.0), part))
        needed = _LIFTS[weakest]
    return f"{needed} would have {'lifted it' if gap <= _SMALL_GAP else 'helped'}"


_LIFTS = {
    "coverage": "one more outlet",
    "importance": "a weightier event",
    "freshness": "fresher news",
    "authority": "a better-known outlet",
}
