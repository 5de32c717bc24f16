"""What looks like news of the field and is not: the gazetteer's negatives, found in an entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.core.gazetteer import Gazetteer, Negative, names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.core.reading import Reading

_IN_LEAD_ONLY = 0.3


@dataclass(frozen=True)
class LookAlike:
    """A look-alike found: in words, what it takes, whether the headline or the outlet shows it."""

    reason: str
    weight: float
    is_loud: bool


def look_alikes(
    reading: Reading, title: str, outlet: frozenset[str], gazetteer: Gazetteer, *, is_close: bool
) -> Iterator[LookAlike]:
    """The look-alikes of an entry: `title` is flattened, `outlet` the labels of its outlet's name.

    `is_close`: the headline names the field or a core company: what only the first lines show
    weighs little then, and what says nothing against the field's name says nothing.
    """
    share, labels = _IN_LEAD_ONLY if is_close else 1.0, reading.title_labels
    for negative in gazetteer.negatives.values():
        if _is_overruled(negative, labels, is_named=is_close):
            continue
        if _shows(negative, labels) or _is_written(negative, title):
            yield LookAlike(negative.reason, negative.weight, is_loud=True)
        elif negative.title_only:
            if negative.label in outlet and not negative.unless_named:
                yield LookAlike(negative.reason, negative.weight, is_loud=True)
        elif _shows(negative, reading.lead_labels):
            yield LookAlike(negative.reason, negative.weight * share, is_loud=False)


def _shows(negative: Negative, labels: frozenset[str]) -> bool:
    """Whether a word of a look-alike was found, or one out of each of its two lists."""
    return negative.label in labels or (bool(negative.halves) and negative.halves <= labels)


def _is_written(negative: Negative, title: str) -> bool:
    patterns = negative.patterns  # few have any, and every entry is asked about all
    return bool(patterns) and any(pattern.search(title) for pattern in patterns)


def _is_overruled(negative: Negative, labels: frozenset[str], *, is_named: bool) -> bool:
    """Whether the headline names what makes a look-alike say nothing, or lacks what it needs."""
    if negative.kinds and not any(names(labels, kind) for kind in negative.kinds):
        return True
    return (negative.unless_named and is_named) or not negative.unless.isdisjoint(labels)


def names_field(labels: frozenset[str], gazetteer: Gazetteer) -> bool:
    """Whether a headline names the field itself, rather than a company of it."""
    return not gazetteer.sure.isdisjoint(labels) or "stage:magnet" in labels
