"""One case of the collect benchmark, in a process of its own, so that CPU and memory are its own.

`python -m bench.collect_cases CASE FOLDER` reads a JSON list of addresses on standard input and
prints its measures as JSON. A case that works in two rounds (cold, unchanged) keeps its state in
FOLDER.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsletter.ports import App


def _app(urls: list[str], folder: Path) -> App:
    """An app whose sources are the addresses, over a database in the folder."""
    import feedparser  # noqa: F401 - the library beside us is imported before it is timed, too
    import httpcore2  # noqa: F401

    hosts = sorted({urlsplit(url).hostname or "" for url in urls})
    lines = ["state: state", "collect:", f"  allow_hosts: {json.dumps(hosts)}", "sources:"]
    lines += [f"  - {{name: feed {n}, url: '{url}'}}" for n, url in enumerate(urls)]
    file = folder / "newsletter.yaml"
    file.write_text("\n".join(lines))
    os.environ["NEWSLETTER_CONFIG"] = str(file)
    os.environ["DJANGO_SETTINGS_MODULE"] = "newsletter.settings"
    import django

    from newsletter.config import load_config

    config = load_config(file)
    config.state.mkdir(exist_ok=True)
    django.setup()
    from newsletter.build import build
    from newsletter.store.schema import prepare_database

    prepare_database(config.state)
    return build(config)


def ours(urls: list[str], folder: Path) -> Callable[[], int]:
    """This program's collect step, everything stored."""
    app = _app(urls, folder)
    from newsletter.collect import collect

    sources = app.config.enabled_sources()

    def work() -> int:
        collected = collect(app, sources)
        failed = [report for report in collected.reports if report.problem]
        assert not failed, failed[:3]
        app.workers.close()
        return collected.new

    return work


def download(urls: list[str], folder: Path) -> Callable[[], int]:
    """The addresses fetched by this program's fetcher and threads; nothing is parsed or stored."""
    app = _app(urls, folder)
    from newsletter.hosts import host_of, over_hosts
    from newsletter.ports import FetchRequest

    def work() -> int:
        answers = over_hosts(
            urls,
            lambda url: app.fetcher.get(FetchRequest(url)).status,
            host=host_of,
            threads=app.config.collect.workers,
            per_host=app.config.collect.per_host,
        )
        return sum(len(batch) for batch in answers)

    return work


def feedparser_alone(urls: list[str], _folder: Path) -> Callable[[], int]:
    """The same bytes through feedparser with its defaults, in one process, nothing stored."""
    import feedparser

    from bench.feed_server import MARK, VARIANTS, feed

    variants = [feed(variant) for variant in range(VARIANTS)]

    def work() -> int:
        count = 0
        for number in range(len(urls)):
            body = variants[number % VARIANTS].replace(MARK, b"%d" % number)
            count += len(feedparser.parse(body)["entries"])
        return count

    return work


def reader(urls: list[str], folder: Path) -> Callable[[], int]:
    """The library `reader`, everything stored, eight workers."""
    library = import_module("reader").make_reader(str(folder / "reader.db"))
    for url in urls:
        library.add_feed(url, exist_ok=True)

    def work() -> int:
        library.update_feeds(workers=8)
        return int(library.get_entry_counts().total)

    return work


CASES = {
    "ours": ours,
    "download": download,
    "feedparser": feedparser_alone,
    "reader": reader,
}


def _cpu() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, kinds))


def main(case: str, folder: str) -> None:
    urls = json.load(sys.stdin)
    work = CASES[case](urls, Path(folder))
    cpu, wall = _cpu(), time.perf_counter()
    count = work()
    wall, cpu = time.perf_counter() - wall, _cpu() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(
        json.dumps({"wall": wall, "cpu": cpu, "mb": peak / 1e3, "child": child / 1e3, "n": count})
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
