"""Texts in communities, each with its own use of words.

A community is a bag of words out of which its texts are drawn (a Dirichlet compound multinomial
around the use of words in all texts; Yin and Wang's mixture for short texts, KDD 2014, but without
sampling and with common words counting little). Two are one where one bag explains the words of
both better than two: a criterion of the two alone, whatever the number of the others.

By turns, communities grow together along the graph of the texts' neighbours, each pair that is
the best of both at once, and each text moves to the neighbouring community that explains it best.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]
from scipy.special import gammaln  # type: ignore[import-untyped]

from newsletter.core.vectors import sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from newsletter.core.vectors import Matrix

    Floats = NDArray[np.float64]
    Places = NDArray[np.int64]

_SPREAD = 1_700.0
"""Words that a bag holds from the general use of words before it holds any of its own.

The one number that sets how coarse communities are. Measured on three public sets: between 1,400
and 2,000 the figures hardly change.
"""
_VOTE = 2.0
"""What a neighbour with cosine 1 counts for when a text chooses, as a logarithm of odds."""
_OWN = 1e-9
_LEAST_SHARE = 0.3
"""The least votes that make a community worth a look, as a share of the most."""
_TURNS = 3
_MOST_JOINS = 8
"""Rounds of joining in a turn: what is still too small then is sorted better text by text."""
_MOST_MOVES = 6
_FEW_MOVES = 0.001
_PAIRS_AT_ONCE = 20_000


@dataclass(frozen=True)
class _Bags:
    """Communities while they grow.

    `words` are their counts (a row each), `sizes` their numbers of words, `texts` of texts;
    `ones` and `others` the neighbouring pairs, each once, the smaller number first; `gains` how
    much better (in logarithms of odds) one bag explains the pair than two.
    """

    words: Matrix
    sizes: Floats
    texts: Floats
    ones: Places
    others: Places
    gains: Floats


def communities(counts: Matrix, graph: Matrix) -> Places:
    """The number of the community of each text, from 0.

    `counts` are the words of the texts, `graph` how near each is to its neighbours (symmetric).
    """
    general = _SPREAD * sums(counts, 0) / max(1.0, float(counts.sum()))
    labels = np.arange(counts.shape[0])
    for _ in range(_TURNS):
        labels = _grown(counts, graph, labels, general)
        labels = _settled(counts, graph, labels, general)
    return labels


def _grown(counts: Matrix, graph: Matrix, labels: Places, general: Floats) -> Places:
    """Communities grown together, surest pairs first, while it pays."""
    bags = _bags(counts, graph, labels, general)
    for _ in range(_MOST_JOINS):
        into = _joining(bags)
        if (into == np.arange(len(into))).all():
            break
        labels = into[labels]
        bags = _joined(bags, into, general)
    return _numbered(labels)


def _bags(counts: Matrix, graph: Matrix, labels: Places, general: Floats) -> _Bags:
    """The communities that the labels say, and the pairs that have neighbouring texts."""
    member = _membership(labels)
    words = (member.T @ counts).tocsr()
    pairs = sparse.triu(graph, 1).tocoo()
    ones, others, _ = _once(labels[pairs.row], labels[pairs.col], member.shape[1])
    bags = _Bags(words, sums(words, 1), sums(member, 0), ones, others, np.zeros(len(ones)))
    return replace(bags, gains=_gains(bags, ones, others, general))


def _membership(labels: Places) -> Matrix:
    """A row a text, a column a community: 1 where the text is in it."""
    count = len(labels)
    shape = (count, int(labels.max()) + 1)
    return sparse.csr_matrix((np.ones(count), (np.arange(count), labels)), shape)


def _joining(bags: _Bags) -> Places:
    """For each community the one that it becomes part of, or itself."""
    count = len(bags.sizes)
    paying = bags.gains > 0
    ones, others = bags.ones[paying], bags.others[paying]
    likeness = bags.gains[paying] / np.sqrt(bags.texts[ones] * bags.texts[others])
    most = np.zeros(count)
    np.maximum.at(most, ones, likeness)
    np.maximum.at(most, others, likeness)
    best = np.full(count, count)
    for here, there in ((ones, others), (others, ones)):
        is_best = likeness == most[here]
        np.minimum.at(best, here[is_best], there[is_best])
    alone = np.arange(count)
    best = np.where(best == count, alone, best)
    return np.where(best[best] == alone, np.minimum(alone, best), alone)


def _joined(bags: _Bags, into: Places, general: Floats) -> _Bags:
    """The communities after joining; gains are found anew only where one of a pair has changed."""
    count = len(into)
    adder = sparse.csr_matrix((np.ones(count), (into, np.arange(count))), (count, count))
    is_changed = np.zeros(count, bool)
    is_changed[into[into != np.arange(count)]] = True
    ones, others, kept = _once(into[bags.ones], into[bags.others], count)
    joined = _Bags(
        words=(adder @ bags.words).tocsr(),
        sizes=_added(bags.sizes, into, count),
        texts=_added(bags.texts, into, count),
        ones=ones,
        others=others,
        gains=bags.gains[kept],
    )
    stale = is_changed[ones] | is_changed[others]
    joined.gains[stale] = _gains(joined, ones[stale], others[stale], general)
    return joined


def _once(ones: Places, others: Places, count: int) -> tuple[Places, Places, Places]:
    """Each pair of different communities once, and the place where it stood."""
    apart = np.flatnonzero(ones != others)
    ones, others = ones[apart], others[apart]
    keys = np.minimum(ones, others) * count + np.maximum(ones, others)
    unique, first = np.unique(keys, return_index=True)
    return unique // count, unique % count, apart[first]


def _gains(bags: _Bags, ones: Places, others: Places, general: Floats) -> Floats:
    """How much better one bag explains the words of each pair than two bags do."""
    size, other = bags.sizes[ones], bags.sizes[others]
    cost: Floats = gammaln(_SPREAD + size) + gammaln(_SPREAD + other)
    cost -= gammaln(_SPREAD) + gammaln(_SPREAD + size + other)
    for some in _blocks(len(ones)):
        cost[some] += _shared(bags.words[ones[some]], bags.words[others[some]], general)
    return cost


def _blocks(count: int) -> list[slice]:
    """The places below `count` in blocks, so that memory does not grow with them."""
    return [slice(at, at + _PAIRS_AT_ONCE) for at in range(0, count, _PAIRS_AT_ONCE)]


def _shared(ours: Matrix, theirs: Matrix, general: Floats) -> Floats:
    """What the words that two rows share speak for one bag, row by row."""
    mine = ours.multiply(_pattern(theirs)).tocsr()
    others = theirs.multiply(_pattern(ours)).tocsr()
    base = general[mine.indices]
    gain = gammaln(base + mine.data + others.data) + gammaln(base)
    gain -= gammaln(base + mine.data) + gammaln(base + others.data)
    rows = np.repeat(np.arange(mine.shape[0]), np.diff(mine.indptr))
    return _added(gain, rows, mine.shape[0])


def _pattern(matrix: Matrix) -> Matrix:
    """1 where something stands."""
    shape, ones = matrix.shape, np.ones_like(matrix.data)
    return sparse.csr_matrix((ones, matrix.indices, matrix.indptr), shape)


def _settled(counts: Matrix, graph: Matrix, labels: Places, general: Floats) -> Places:
    """Each text in the community, of those of its neighbours, that explains it best, or alone.

    Texts choose in two halves, one after the other, so that two do not change places for ever.
    """
    count = counts.shape[0]
    halves = [np.arange(start, count, 2) for start in (0, 1)]
    for _ in range(_MOST_MOVES):
        before = labels
        for half in halves:
            labels = _moved(counts, graph, _numbered(labels), half, general)
        if (_numbered(before) != _numbered(labels)).sum() <= _FEW_MOVES * count:
            break
    return _numbered(labels)


def _moved(counts: Matrix, graph: Matrix, labels: Places, half: Places, general: Floats) -> Places:
    """The labels after the texts of one half chose; a text that stands alone gets a new one."""
    member = _membership(labels)
    rows, choices, votes = _choices(graph[half] @ member, labels[half])
    rows = half[rows]
    words, odds = (member.T @ counts).tocsr(), _VOTE * votes
    for some in _blocks(len(rows)):
        odds[some] += _odds(counts, words, labels, rows[some], choices[some], general)
    order = np.lexsort((choices, choices != labels[rows], -odds, rows))
    first = order[np.flatnonzero(np.diff(rows[order], prepend=-1))]
    chosen = labels.copy()
    chosen[rows[first]] = np.where(odds[first] > 0, choices[first], len(labels) + rows[first])
    return chosen


def _choices(votes: Matrix, own: Places) -> tuple[Places, Places, Floats]:
    """What each row may choose: row, community, votes. Its own, and those with votes enough."""
    places = np.arange(len(own))
    votes = (
        votes + sparse.csr_matrix((np.full(len(own), _OWN), (places, own)), votes.shape)
    ).tocoo()
    most = np.zeros(len(own))
    np.maximum.at(most, votes.row, votes.data)
    kept = (votes.data >= _LEAST_SHARE * most[votes.row]) | (votes.col == own[votes.row])
    return votes.row[kept].astype(np.int64), votes.col[kept].astype(np.int64), votes.data[kept]


def _odds(
    counts: Matrix, words: Matrix, labels: Places, rows: Places, choices: Places, general: Floats
) -> Floats:
    """How much better each choice explains the text than a bag of its own; without the text."""
    is_own = labels[rows] == choices
    sizes = sums(counts, 1)[rows]
    rest = np.maximum(sums(words, 1)[choices] - sizes * is_own, 0)
    texts = np.maximum(np.bincount(labels)[choices] - is_own, 1e-9)
    pair, column, count = _words_of(counts, rows)
    held = np.asarray(words[choices[pair], column]).ravel() - count * is_own[pair]
    gain = count * np.log1p(np.maximum(held, 0) / general[column])
    explained = _added(gain, pair, len(rows))
    odds: Floats = explained - sizes * np.log1p(rest / _SPREAD) + np.log(texts)
    return odds


def _added(values: Floats, places: Places, count: int) -> Floats:
    """The sums of the values that have the same place, for places below `count`."""
    return np.bincount(places, values, count).astype(np.float64)


def _words_of(counts: Matrix, rows: Places) -> tuple[Places, Places, Floats]:
    """The words of the rows one after another: place in `rows`, column, count."""
    found = counts[rows].tocoo()
    return found.row.astype(np.int64), found.col.astype(np.int64), found.data.astype(np.float64)


def _numbered(labels: Places) -> Places:
    """The labels as numbers from 0, in the order of the first text of each."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse].astype(np.int64)
