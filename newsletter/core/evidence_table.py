"""The evidence of all readings of a run as one table of numbers, so that many compare at once."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from newsletter.core.evidence import ACTOR, KINDS, NAME, evidence_of, words_of_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from newsletter.core.gazetteer import Gazetteer
    from newsletter.core.reading import Reading

    Floats = NDArray[np.floating]
    Places = NDArray[np.signedinteger]

_SMOOTHING = 6.0
_LEAST_RARITY = 0.05
_CROWD_DAYS, _LARGEST_CROWD = 2.0, math.log(45)
_DAY = 86_400.0


@dataclass(frozen=True)
class Table:
    """The evidence of readings in order of time: rows of keys with their values.

    Row `i` is `keys[starts[i]:starts[i + 1]]`, with `values` beside them; what only one row has is
    left out. `kinds` are by key. Words of a row have length one together; of all else the product
    of two values is what both share of it. `total` is what a row has in all besides words,
    `counts` how many of each kind, `script`
    a number for what its words are written in.
    """

    keys: Places
    values: Floats
    kinds: Places
    starts: Places
    days: Floats
    crowd: Floats
    total: Floats
    counts: Places
    script: Places
    has_event: NDArray[np.bool_]
    is_dull: NDArray[np.bool_]
    is_stuffed: NDArray[np.bool_]

    @property
    def size(self) -> int:
        """How many rows there are."""
        return len(self.days)

    @property
    def width(self) -> int:
        """How many different keys there are."""
        return len(self.kinds)


def table_of(readings: Sequence[Reading], gazetteer: Gazetteer) -> Table:
    """The table of readings, which must stand in order of time."""
    rows = _rows(readings, gazetteer)
    size = len(readings)
    frequency = np.bincount(rows.keys, minlength=len(rows.kinds))
    row_of = np.repeat(np.arange(size, dtype=np.int32), np.diff(rows.starts))
    kinds = rows.kinds[rows.keys]
    values = _valued(rows.strengths * _rarity(frequency, size)[rows.keys], kinds, row_of, size)
    counts = np.bincount(row_of * np.int32(KINDS) + kinds, minlength=size * KINDS)
    is_telling = (kinds > NAME) & (kinds < ACTOR)
    total = np.bincount(row_of[is_telling], weights=values[is_telling] ** 2, minlength=size)
    shared = frequency[rows.keys] > 1
    starts = np.zeros(size + 1, dtype=np.int64)
    np.cumsum(np.bincount(row_of[shared], minlength=size), out=starts[1:])
    days = np.array([reading.entry.published_at.timestamp() / _DAY for reading in readings])
    return Table(
        keys=rows.keys[shared],
        values=values[shared],
        kinds=rows.kinds,
        starts=starts,
        days=days,
        crowd=_crowd(days),
        total=np.asarray(total, dtype=np.float64),
        counts=counts.reshape(-1, KINDS).astype(np.int16),
        script=_numbered(reading.script for reading in readings),
        has_event=rows.has_event,
        is_dull=rows.is_dull,
        is_stuffed=rows.is_stuffed,
    )


def _numbered(values: Iterable[str]) -> Places:
    """A number for each value, the same for the same."""
    number: dict[str, int] = {}
    return np.array([number.setdefault(value, len(number)) for value in values], dtype=np.int32)


@dataclass(frozen=True)
class _Rows:
    """The marks of all readings in a row; `kinds` are those of the keys, by their number."""

    keys: Places
    strengths: Floats
    starts: Places
    kinds: Places
    has_event: NDArray[np.bool_]
    is_dull: NDArray[np.bool_]
    is_stuffed: NDArray[np.bool_]


def _rows(readings: Sequence[Reading], gazetteer: Gazetteer) -> _Rows:
    """One reading after the other, so that no more than numbers is held of each."""
    in_names = words_of_names(readings, gazetteer)
    number: dict[str, int] = {}
    kinds, keys, strengths = array("i"), array("i"), array("f")
    starts, has_event, is_dull, is_stuffed = [0], array("b"), array("b"), array("b")
    for reading in readings:
        found = evidence_of(reading, gazetteer, in_names)
        known = len(number)
        keys.extend([number.setdefault(key, len(number)) for key in found.marks])
        strengths.extend([strength for _, strength in found.marks.values()])
        kinds.extend([mark[0] for key, mark in found.marks.items() if number[key] >= known])
        starts.append(len(keys))
        has_event.append(found.has_event)
        is_dull.append(found.is_dull)
        is_stuffed.append(found.is_stuffed)
    return _Rows(
        np.asarray(keys, dtype=np.int32),
        np.asarray(strengths, dtype=np.float32),
        np.array(starts, dtype=np.int64),
        np.array(kinds, dtype=np.int32),
        np.array(has_event, dtype=bool),
        np.array(is_dull, dtype=bool),
        np.array(is_stuffed, dtype=bool),
    )


def _rarity(frequency: Places, size: int) -> Floats:
    """How rare each key is: 1 for one reading, towards 0 for all of them."""
    scale = math.log((size + _SMOOTHING) / 1.5)
    rarity = np.log((size + _SMOOTHING) / (frequency + 0.5)) / scale
    return np.asarray(np.maximum(_LEAST_RARITY, rarity), dtype=np.float32)


def _valued(weights: Floats, kinds: Places, rows: Places, size: int) -> Floats:
    is_word = kinds <= NAME
    squares = np.bincount(rows[is_word], weights=weights[is_word] ** 2, minlength=size)
    length = np.sqrt(squares).astype(np.float32)
    length[length == 0.0] = 1.0
    values = np.where(is_word, weights / length[rows], np.sqrt(weights))
    return np.where(kinds >= ACTOR, np.float32(1.0), values)


def _crowd(days: Floats) -> Floats:
    """The logarithm of the number of readings within two days, up to a bound."""
    after = np.searchsorted(days, days + _CROWD_DAYS, side="right")
    before = np.searchsorted(days, days - _CROWD_DAYS, side="left")
    return np.asarray(np.minimum(np.log(1.0 + after - before), _LARGEST_CROWD))
