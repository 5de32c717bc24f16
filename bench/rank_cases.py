"""One case of the rank benchmark, in a process of its own, so that time and memory are its own.

`python -m bench.rank_cases CASE` reads a JSON list of titles on standard input, and prints its
measures with the groups it found. A case that has a threshold is run at several; the clock runs
over one of them.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.synthetic import feed_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Labels = list[int]
NOW = datetime(2026, 4, 7, 12, tzinfo=UTC)
NEIGHBOURS = 20
PERMUTATIONS = 128
_WARM = 100


def ours(titles: Sequence[str]) -> dict[str, Callable[[], Labels]]:
    """This program's topics, from the words on."""
    from newsletter.core.tokens import features, flat, stems
    from newsletter.core.topics import topics_of

    return {"": lambda: topics_of([features(stems(flat(title))) for title in titles])}


def scikit_learn(titles: Sequence[str]) -> dict[str, Callable[[], Labels]]:
    """TF-IDF and nearest neighbours by cosine; what is near enough is one group (single link)."""
    text = import_module("sklearn.feature_extraction.text")
    near = import_module("sklearn.neighbors")
    parts = import_module("scipy.sparse.csgraph")

    def work(most: float) -> Labels:
        rows = text.TfidfVectorizer(stop_words="english", sublinear_tf=True).fit_transform(titles)
        count = min(NEIGHBOURS, rows.shape[0])
        graph = near.NearestNeighbors(n_neighbors=count, metric="cosine").fit(rows)
        distances = graph.kneighbors_graph(mode="distance")
        distances.data = distances.data <= most
        distances.eliminate_zeros()
        return [int(label) for label in parts.connected_components(distances, directed=False)[1]]

    return {f"{most:.2f}": partial(work, most) for most in (0.4, 0.5, 0.6, 0.7)}


def minhash(titles: Sequence[str]) -> dict[str, Callable[[], Labels]]:
    """MinHash of the words, locality-sensitive hashing; what shares a bucket is one group."""
    library = import_module("datasketch")

    def work(least: float) -> Labels:
        index = library.MinHashLSH(threshold=least, num_perm=PERMUTATIONS)
        labels = list(range(len(titles)))
        for place, title in enumerate(titles):
            mark = library.MinHash(num_perm=PERMUTATIONS)
            mark.update_batch([word.encode() for word in title.lower().split()])
            found = [_root(labels, other) for other in index.query(mark)]
            index.insert(place, mark)
            for other in found:
                labels[_root(labels, other)] = min([*found, place])
            labels[place] = min([*found, place])
        return [_root(labels, place) for place in range(len(titles))]

    return {f"{least:.2f}": partial(work, least) for least in (0.3, 0.5)}


def _root(labels: Labels, place: int) -> int:
    while labels[place] != place:
        place = labels[place]
    return place


def whole(titles: Sequence[str]) -> dict[str, Callable[[], Labels]]:
    """All of `newsletter rank` but its start: a feed read, judged, grouped, told."""
    from newsletter.config import load_config
    from newsletter.rank import ranked, read_entries

    def work() -> Labels:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "feed.json"
            file.write_text(json.dumps(feed_of(titles, NOW)))
            entries, _ = read_entries([str(file)], NOW)
        ranking = ranked(entries, load_config(None), now=NOW)
        return [len(ranking.stories), len(ranking.rejected)]

    return {"": work}


CASES = {"ours": ours, "scikit-learn": scikit_learn, "MinHash LSH": minhash, "whole": whole}


def _measured(work: Callable[[], Labels]) -> dict[str, Any]:
    cpu, wall = time.process_time(), time.perf_counter()
    found = work()
    return {
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
        "found": found,
    }


def main(case: str) -> None:
    titles = json.load(sys.stdin)
    next(iter(CASES[case](titles[:_WARM]).values()))()  # what is imported late is not timed
    works = CASES[case](titles)
    print(json.dumps({name: _measured(work) for name, work in works.items()}))


if __name__ == "__main__":
    main(sys.argv[1])
