"""How surely two readings tell one event: what they share, kind by kind, less what contradicts.

The score is a sum of stated terms, in log-odds: 0 is as likely as not. A table holds the evidence
of all readings of a run as rows of numbers, so that a row is compared with many at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from newsletter.core.evidence import (
    ACT,
    ACTOR,
    COMPANY,
    COUNT,
    COUNTRY,
    ELEMENT,
    EVENT,
    GOODS,
    HEADING,
    KINDS,
    LAND,
    MONTH,
    NAME,
    PARTY,
    PLACE,
    REPORT,
    SENSE,
    STATE,
    SUM,
    TEXT,
    THEME,
    WAY,
    WORD,
)
from newsletter.core.evidence_table import table_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsletter.core.evidence_table import Floats, Places, Table

__all__ = ["WEIGHTS", "log_odds", "pairs", "table_of", "terms"]

WEIGHTS = {
    "constant": 0.4,
    "words": 3.6,
    "who": 0.9,
    "where": 3.6,
    "how much": 6.0,
    "sense": 1.2,
    "element": 2.5,
    "who and what": 2.75,
    "share": 1.6,
    "other script": 0.5,
    "other actors": -2.0,
    "words of others": -2.5,
    "other acts": -2.0,
    "act of others": -1.5,
    "act unknown": -2.0,
    "other month": -15.0,
    "other goods": -6.0,
    "other way": -4.0,
    "later price": -8.0,
    "other partners": -6.0,
    "other state": -6.0,
    "other report": -3.0,
    "standing title": -5.0,
    "one is stuffed": -15.0,
    "one comments": -0.75,
    "second and third day": -0.75,
    "fourth to seventh day": -0.9,
    "crowd": -0.9,
}
"""Log-odds of each term, fitted on labelled pairs of headlines and rounded; signs were held.

"words" is the cosine of the words by rarity, "share" the shared evidence against all that the text
with less of it has. Two scripts have no words to share: less is asked of them. "other" says that
both name some and share none.
A month, goods, partners, a state, a way or numbers of a price, or a report that differ are each
another event, whatever else is shared; a stuffed headline tells none. "standing title" is one over
many texts, which proves nothing.
"words of others" and "act of others" are what two texts on different names have in common all the
same, as in a season of results. "crowd" counts per e-fold of entries within two days: in a crowd
the same words prove less.
"""

_LONGEST_DAYS = 21.0  # LABELLING_GUIDE: an event is told for 21 days at the longest
_MOST_KEYS, _MOST_AFTER, _MOST_PAIRS = 48, 48, 32
_WIDEST = 20_000
_AT_ONCE = 2_000
_OTHERS = 0.25


def pairs(table: Table) -> Iterator[tuple[Places, Places, Floats]]:
    """Pairs worth comparing, in parts: the earlier rows, the later rows, their log-odds."""
    index = _Index(table)
    for start in range(0, table.size, _AT_ONCE):
        places = range(start, min(table.size, start + _AT_ONCE))
        found = [(place, index.alike(place)) for place in places]
        one, other, shared = _shared(table, [pair for pair in found if len(pair[1])])
        yield one, other, log_odds(table, one, other, shared)


class _Index:
    """Where each key stands, to find the later rows that share the most with a row."""

    def __init__(self, table: Table) -> None:
        order = np.argsort(table.keys, kind="stable").astype(np.int32)
        rows = np.repeat(np.arange(table.size, dtype=np.int32), np.diff(table.starts))
        self.table = table
        self.rows = rows[order]
        self.values = (table.values * _worth(table.kinds)[table.keys])[order]
        self.ends = np.cumsum(np.bincount(table.keys, minlength=table.width))
        self.place = np.empty(len(order), dtype=np.int32)
        self.place[order] = np.arange(len(order), dtype=np.int32)
        self.until = np.searchsorted(table.days, table.days + _LONGEST_DAYS, side="right")

    def alike(self, row: int) -> Places:
        """The later rows, at most 32, that share the most of their rare keys with this one."""
        span = slice(self.table.starts[row], self.table.starts[row + 1])
        first = self.place[span] + 1
        counts = self.ends[self.table.keys[span]] - first
        values = self.table.values[span]
        if len(values) > _MOST_KEYS:
            rare = np.argsort(-values, kind="stable")[:_MOST_KEYS]
            first, counts, values = first[rare], counts[rare], values[rare]
        counts = np.minimum(counts, _MOST_AFTER)
        places = _ranges(first, counts)
        rows = self.rows[places]
        weights = self.values[places] * np.repeat(values, counts)
        near = rows < self.until[row]
        return _best(rows[near], weights[near])


def _worth(kinds: Places) -> Floats:
    """What an index counts a key of each kind as; what only contradicts counts nothing."""
    return np.where(kinds <= NAME, 1.0, np.where(kinds < ACTOR, _OTHERS, 0.0)).astype(np.float32)


def _ranges(first: Places, counts: Places) -> Places:
    """The numbers `first[k]` and up, `counts[k]` of them, for each k in turn."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(first - ends + counts, counts) + np.arange(total)


def _best(rows: Places, weights: Floats) -> Places:
    """The rows with the largest sums of weights, in order of their places."""
    if not len(rows):
        return rows
    least = int(rows.min())
    if int(rows.max()) - least < _WIDEST:
        sums = np.bincount(rows - least, weights=weights)
        found = np.flatnonzero(sums)
        sums, found = sums[found], found + least
    else:
        found, inverse = np.unique(rows, return_inverse=True)
        sums = np.bincount(inverse, weights=weights)
    if len(found) <= _MOST_PAIRS:
        return found
    return np.sort(found[np.argsort(-sums, kind="stable")[:_MOST_PAIRS]])


def _shared(table: Table, found: Sequence[tuple[int, Places]]) -> tuple[Places, Places, Floats]:
    """For each pair of rows what they share of each kind, one column a kind."""
    if not found:
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty, np.zeros((0, KINDS))
    own = np.zeros(table.width, dtype=np.float32)
    parts: list[Floats] = []
    for row, others in found:
        span = slice(table.starts[row], table.starts[row + 1])
        own[table.keys[span]] = table.values[span]
        counts = table.starts[others + 1] - table.starts[others]
        places = _ranges(table.starts[others], counts)
        cells = (
            np.repeat(np.arange(0, len(others) * KINDS, KINDS), counts)
            + table.kinds[table.keys[places]]
        )
        products = own[table.keys[places]] * table.values[places]
        sums = np.bincount(cells, weights=products, minlength=len(others) * KINDS)
        parts.append(np.asarray(sums, dtype=np.float64))
        own[table.keys[span]] = 0.0
    one = np.repeat([row for row, _ in found], [len(others) for _, others in found])
    other = np.concatenate([others for _, others in found])
    return one, other, np.concatenate(parts).reshape(-1, KINDS)


def log_odds(table: Table, one: Places, other: Places, shared: Floats) -> Floats:
    """The log-odds that the pairs of rows tell one event, out of what they share."""
    total = np.full(len(one), WEIGHTS["constant"])
    for name, term in terms(table, one, other, shared).items():
        total += WEIGHTS[name] * term
    return total


def terms(table: Table, one: Places, other: Places, shared: Floats) -> dict[str, Floats]:
    """The terms of the score by their names, one value a pair."""
    return _agreeing(table, one, other, shared) | _contradicting(table, one, other, shared)


def _agreeing(table: Table, one: Places, other: Places, shared: Floats) -> dict[str, Floats]:
    who = np.minimum(_upto(1.0, shared[:, COMPANY]) + _upto(1.0, shared[:, PLACE]), 1.3)
    where, much = _upto(1.0, shared[:, COUNTRY]), _upto(1.5, shared[:, SUM])
    theme, sense = _upto(1.2, shared[:, THEME]), _upto(2.0, shared[:, SENSE])
    element = _upto(1.2, shared[:, ELEMENT])
    least = np.minimum(table.total[one], table.total[other])
    return {
        "words": shared[:, WORD],
        "who": who,
        "where": np.maximum(0.0, where - 0.5 * who),
        "how much": much,
        "sense": sense,
        "element": element,
        "who and what": who * _upto(1.2, shared[:, EVENT] + 0.5 * (theme + sense)),
        "share": shared[:, COMPANY:ACTOR].sum(axis=1) / np.maximum(1.0, least),
        "other script": (table.script[one] != table.script[other]).astype(np.float64),
    }


def _upto(most: float, values: Floats) -> Floats:
    return np.minimum(values, most)


def _contradicting(table: Table, one: Places, other: Places, shared: Floats) -> dict[str, Floats]:
    least = np.minimum(table.counts[one], table.counts[other])
    differs = (least > 0.0) & (shared == 0.0)
    known = table.has_event[one] & table.has_event[other]
    days = np.abs(table.days[one] - table.days[other])
    others = differs[:, ACTOR] | differs[:, LAND] | differs[:, PLACE]
    found = {
        "other actors": differs[:, ACTOR],
        "act of others": others * (shared[:, EVENT] + (shared[:, THEME] + shared[:, SENSE]) / 2.0),
        "words of others": others * shared[:, WORD],
        "other acts": known & differs[:, ACT],
        "act unknown": ~known,
        "other month": differs[:, MONTH],
        "other goods": differs[:, GOODS],
        "other way": differs[:, WAY],
        "later price": differs[:, COUNT] & (days > 1.0),
        "other partners": (shared[:, PARTY] > 0.0) & (least > shared)[:, PARTY],
        "other state": differs[:, STATE],
        "other report": differs[:, REPORT],
        "standing title": (shared[:, HEADING] > 0.0) & differs[:, TEXT],
        "one is stuffed": table.is_stuffed[one] | table.is_stuffed[other],
        "one comments": table.is_dull[one] != table.is_dull[other],
        "second and third day": np.clip(days - 1.0, 0.0, 2.0),
        "fourth to seventh day": np.clip(days - 3.0, 0.0, 4.0),
        "crowd": (table.crowd[one] + table.crowd[other]) / 2.0,
    }
    return {name: np.asarray(term, dtype=np.float64) for name, term in found.items()}
