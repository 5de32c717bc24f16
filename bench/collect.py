"""Collecting: N feeds of 30 long items from loopback, cold and unchanged, beside other ways.

Every case runs in a process of its own against the same server, one after another in one run.
Trust the ratios, not the seconds. `reader` is a Python feed library (`make bench` installs it).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZES = (50, 300, 1000)
READER_UP_TO = 300
"""The library takes minutes for more."""

Measure = dict[str, Any]


@contextmanager
def _server(count: int) -> Iterator[list[str]]:
    command = [sys.executable, "-m", "bench.feed_server", str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.communicate(b"")


def _case(name: str, urls: list[str], folder: str) -> Measure:
    command = [sys.executable, "-m", "bench.collect_cases", name, folder]
    done = subprocess.run(
        command, input=json.dumps(urls), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr.strip().splitlines()[-1:]}")
    found: Measure = json.loads(done.stdout)
    return found


def _has_reader() -> bool:
    from importlib.util import find_spec

    return find_spec("reader") is not None


def _line(name: str, count: int, found: Measure, base: dict[str, float]) -> str:
    ratios = "  ".join(f"{found['cpu'] / cpu:6.2f}" for cpu in base.values())
    memory = f"{found['mb']:.0f}" + (f" + {found['child']:.0f} each" if found["child"] else "")
    return (
        f"  {name:26} {found['wall']:7.2f} {found['cpu']:7.2f} {count / found['wall']:8.0f}"
        f" {found['cpu'] / count * 1e3:8.1f}  {ratios}  {memory}"
    )


def _measured(count: int) -> None:
    with _server(count) as urls, tempfile.TemporaryDirectory() as folder:
        found = {
            "download alone": _case("download", urls, folder),
            "feedparser alone": _case("feedparser", urls, folder),
            "ours, cold": _case("ours", urls, folder),
            "ours, unchanged": _case("ours", urls, folder),
        }
        if count <= READER_UP_TO and _has_reader():
            found["reader, cold"] = _case("reader", urls, folder)
            found["reader, unchanged"] = _case("reader", urls, folder)
    base = {name: found[name]["cpu"] for name in ("download alone", "feedparser alone")}
    print(f"\n{count} feeds of 30 items")
    print(
        f"  {'':26} {'wall s':>7} {'CPU s':>7} {'feeds/s':>8} {'ms/feed':>8}"
        f"  {'x down':>6}  {'x fp':>6}  peak MB"
    )
    for name, measure in found.items():
        print(_line(name, count, measure, base), flush=True)
    _compare(found)


def _compare(found: dict[str, Measure]) -> None:
    for state in ("cold", "unchanged"):
        if theirs := found.get(f"reader, {state}"):
            mine = found[f"ours, {state}"]
            print(
                f"  {state}: {mine['wall'] / theirs['wall']:.2f} of reader's time,"
                f" {mine['cpu'] / theirs['cpu']:.2f} of its CPU"
            )


def main() -> None:
    print("Collecting from a loopback server (x: CPU against downloading and feedparser alone)")
    if not _has_reader():
        print("the library `reader` is not installed: that comparison is left out")
    for count in SIZES:
        _measured(count)


if __name__ == "__main__":
    main()
