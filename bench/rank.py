"""Choosing: time, growth and memory beside two libraries, and quality where the data is.

Every case runs in a process of its own, one after another in one run: trust the ratios, not the
seconds. The public sets and the development data lie beside the project (`../shared/rank`); the
libraries are scikit-learn (TF-IDF, nearest neighbours, single link) and datasketch (MinHash LSH),
each at the best of several thresholds, chosen by looking at the answers. Ours has one preset.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from bench import quality
from bench.synthetic import titles_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import ModuleType

SIZES = (1_000, 10_000, 100_000)
LIBRARIES_UP_TO = 10_000
"""Scikit-learn compares all pairs: for more it takes minutes."""
MOST_TITLES = 4_000
"""Titles of a public set that the libraries group, the first ones."""
MOST_SECONDS = 90.0
LIBRARIES = {"scikit-learn": "sklearn", "MinHash LSH": "datasketch"}
SETS = ("googlenews_T", "googlenews_TS", "uci_dev")

Measure = dict[str, Any]


def _case(name: str, titles: Sequence[str]) -> dict[str, Measure]:
    """The case's measures, by threshold."""
    command = [sys.executable, "-m", "bench.rank_cases", name]
    done = subprocess.run(
        command, input=json.dumps(titles), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr.strip().splitlines()[-1:]}")
    found: dict[str, Measure] = json.loads(done.stdout)
    return found


def _installed() -> list[str]:
    return [name for name, module in LIBRARIES.items() if find_spec(module) is not None]


def _growth() -> None:
    """The whole command, by the number of entries; a size that would take too long is left out."""
    print("\nAll of rank: entries with 2 kB of text, from the file on")
    print(f"  {'entries':>8} {'wall s':>8} {'CPU s':>8} {'ms each':>8} {'peak MB':>8}")
    expected = 0.0
    for count in SIZES:
        if expected > MOST_SECONDS:
            print(f"  {count:8} left out: it would take about {expected:.0f} s")
            return
        found = _case("whole", titles_of(count))[""]
        print(_row(count, found), flush=True)
        expected = found["wall"] * 10


def _row(count: int, found: Measure) -> str:
    each = found["cpu"] / count * 1e3
    return f"  {count:8} {found['wall']:8.2f} {found['cpu']:8.2f} {each:8.2f} {found['mb']:8.0f}"


def _side_by_side() -> None:
    """Grouping alone: titles in, groups out."""
    print("\nGrouping made-up titles (x: our CPU time against the library's)")
    print(f"  {'titles':>8} {'':14} {'wall s':>8} {'CPU s':>8} {'x':>6} {'peak MB':>8}")
    for count in SIZES:
        titles = titles_of(count)
        mine = _case("ours", titles)[""]
        _show_case(count, "ours", mine, mine)
        for name in _installed() if count <= LIBRARIES_UP_TO else ():
            _show_case(count, name, next(iter(_case(name, titles).values())), mine)


def _show_case(count: int, name: str, found: Measure, mine: Measure) -> None:
    ratio = mine["cpu"] / found["cpu"]
    print(
        f"  {count:8} {name:14} {found['wall']:8.2f} {found['cpu']:8.2f} {ratio:6.2f}"
        f" {found['mb']:8.0f}",
        flush=True,
    )


def _public(folder: Path, score: ModuleType) -> None:
    """Public sets: figures of all of a set, then of its first titles beside the libraries."""
    print("\nPublic sets, one preset")
    print(f"  {'':14} {'titles':>7} {'':24} {'NMI':>6} {'BCubed F1':>10} {'CPU s':>8} {'x':>6}")
    for name in SETS:
        items = score.load(folder / "public" / f"{name}.jsonl")
        _show_set(score, name, items, ["ours"])
        _show_set(score, name, items[:MOST_TITLES], ["ours", *_installed()])


def _show_set(score: ModuleType, name: str, items: list[Any], cases: Sequence[str]) -> None:
    titles = [item["title"] for item in items]
    gold = {str(place): item["event"] for place, item in enumerate(items)}
    mine = 0.0
    for case in cases:
        threshold, found, nmi, f1 = _best(score, gold, _case(case, titles))
        mine = mine or found["cpu"]
        told = f"{case} at {threshold}" if threshold else case
        print(
            f"  {name:14} {len(items):7} {told:24} {nmi:6.3f} {f1:10.3f} {found['cpu']:8.2f}"
            f" {mine / found['cpu']:6.2f}",
            flush=True,
        )


def _best(
    score: ModuleType, gold: dict[str, str], runs: dict[str, Measure]
) -> tuple[str, Measure, float, float]:
    """The run with the best BCubed F1."""
    figures = []
    for threshold, found in runs.items():
        labels = {str(place): label for place, label in enumerate(found["found"])}
        f1, nmi = score.bcubed(gold, labels)[2], score.nmi(gold, labels)
        figures.append((f1, threshold, found, nmi))
    f1, threshold, found, nmi = max(figures, key=lambda figure: figure[0])
    return threshold, found, nmi, f1


def main() -> None:
    print("Choosing stories (every case in a process of its own; trust the ratios)")
    for name in LIBRARIES.keys() - set(_installed()):
        print(f"{name} is not installed: that comparison is left out")
    _growth()
    _side_by_side()
    folder = quality.ROOT.parent / "shared" / "rank"
    if (folder / "evaluate.py").exists():
        _public(folder, quality.evaluator(folder))
    quality.main(folder)


if __name__ == "__main__":
    main()
