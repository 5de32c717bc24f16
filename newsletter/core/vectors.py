"""Texts as sparse rows of numbers, and the nearest neighbours of each without comparing all pairs.

A row is a text, a column a word.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Matrix: TypeAlias = Any
"""A `scipy.sparse.csr_matrix`: rows of numbers of which few are not zero."""

NEIGHBOURS = 20
"""Neighbours of a text that are kept."""

_LEAST_COSINE = 0.1
_MOST_SHARING = 4_000
"""Texts that a text is compared with, counted by the words they share with it: the rarest first."""
_BLOCK = 250
_LEAST_SEEN = 2


def counted(texts: Sequence[Sequence[str]]) -> Matrix:
    """How often each word stands in each text; words in the order in which they are met."""
    places: dict[str, int] = {}
    columns = [places.setdefault(word, len(places)) for word in chain.from_iterable(texts)]
    starts = np.cumsum([0, *map(len, texts)])
    shape = (len(texts), len(places))
    found = sparse.csr_matrix((np.ones(len(columns), np.float32), columns, starts), shape=shape)
    found.sum_duplicates()
    return found


def shortened(counts: Matrix, most: float) -> Matrix:
    """The counts, scaled down in each text of more than `most` words to `most` in all."""
    lengths = np.maximum(sums(counts, 1), most)
    return scaled_rows(counts, most / lengths)


def sums(matrix: Matrix, axis: int) -> NDArray[np.float64]:
    """The sums of the columns (axis 0) or rows (axis 1)."""
    return np.asarray(matrix.sum(axis), np.float64).ravel()


def scaled_rows(matrix: Matrix, factors: NDArray[Any]) -> Matrix:
    """Each row times its factor."""
    data = matrix.data * np.repeat(factors, np.diff(matrix.indptr)).astype(matrix.dtype)
    return sparse.csr_matrix((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def weighed(counts: Matrix) -> Matrix:
    """Rows of length 1: words weighed by how rare they are (TF-IDF, sublinear).

    A word that stands in one text only is left out: it connects nothing.
    """
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    kept = counts[:, frequency >= _LEAST_SEEN]
    frequency = frequency[frequency >= _LEAST_SEEN]
    rarity = np.log((1 + counts.shape[0]) / (1 + frequency)) + 1
    data = (1 + np.log(kept.data)) * rarity[kept.indices].astype(np.float32)
    rows = sparse.csr_matrix((data, kept.indices, kept.indptr), shape=kept.shape)
    lengths = np.sqrt(sums(rows.multiply(rows), 1))
    return scaled_rows(rows, 1 / np.where(lengths > 0, lengths, 1.0))


def neighbours(vectors: Matrix, most: int = NEIGHBOURS) -> Matrix:
    """The graph of the texts: the cosine of each with its `most` nearest, either way round.

    Only texts that share one of a text's rarer words are looked at, so that the work grows with
    the number of texts and not with its square.
    """
    telling, columns = _telling(vectors), vectors.T.tocsr()
    blocks = range(0, vectors.shape[0], _BLOCK)
    found = [_nearest(telling[at : at + _BLOCK] @ columns, at, most) for at in blocks]
    graph = sparse.vstack(found, format="csr")
    return graph.maximum(graph.T).tocsr()


def _telling(vectors: Matrix) -> Matrix:
    """The rarest words of each text, as many as are shared with `_MOST_SHARING` texts at most."""
    frequency = np.bincount(vectors.indices, minlength=vectors.shape[1])
    rows = np.repeat(np.arange(vectors.shape[0]), np.diff(vectors.indptr))
    sharing = frequency[vectors.indices]
    order = np.lexsort((vectors.indices, sharing, rows))
    running = np.cumsum(sharing[order])
    before = np.concatenate(([0], running))[vectors.indptr[:-1]]
    is_telling = running - before[rows] <= _MOST_SHARING
    kept = order[is_telling]
    values = (vectors.data[kept], (rows[is_telling], vectors.indices[kept]))
    return sparse.csr_matrix(values, shape=vectors.shape)


def _nearest(cosines: Matrix, first: int, most: int) -> Matrix:
    """The largest values of each row; row 0 is text number `first`, which is not its own."""
    found = cosines.tocoo()
    kept = (found.data >= _LEAST_COSINE) & (found.col != found.row + first)
    rows, columns, values = found.row[kept], found.col[kept], found.data[kept]
    order = np.argsort(rows - values / 2.0, kind="stable")  # by row, the largest first
    rows, columns, values = rows[order], columns[order], values[order]
    begin = np.searchsorted(rows, np.arange(found.shape[0]))
    near = np.arange(len(rows)) - begin[rows] < most
    return sparse.csr_matrix((values[near], (rows[near], columns[near])), shape=found.shape)
