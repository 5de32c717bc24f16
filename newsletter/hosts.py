"""Many jobs at once, polite to each host: concurrent over hosts, few at a time on one."""

from __future__ import annotations

import queue
import threading
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Job = TypeVar("Job")
Result = TypeVar("Result")

ROW = 4
ROOM = 32
_MOMENT = 0.05  # seconds; so many results are worth one transaction
_PATIENCE = 0.2  # seconds between two looks at whether anybody still wants results


def host_of(url: str) -> str:
    """The host and port that a request would go to; a file is a host of its own."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower() or url
    except ValueError:
        return url


def over_hosts(
    jobs: Sequence[Job],
    work: Callable[[Job], Result],
    *,
    host: Callable[[Job], str],
    threads: int,
    per_host: int,
) -> Iterator[list[Result]]:
    """The jobs' results as they come in: each time all of the moment, at least one.

    A host's jobs are done by at most `per_host` threads, each one after another, so that
    connections can be kept; a second thread is worth it above `ROW` jobs. No more than `ROOM`
    results wait to be taken: memory stays flat however many jobs there are. `work` must not raise.
    The threads are daemons: Ctrl-C never waits for a server.
    """
    lanes = _lanes(jobs, host, per_host)
    crew = _Crew(work, lanes)
    try:
        for _ in range(min(threads, len(lanes))):
            threading.Thread(target=crew.work_off, daemon=True, name="collect").start()
        yield from crew.results(len(jobs))
    finally:
        crew.is_over.set()


def _lanes(jobs: Sequence[Job], host: Callable[[Job], str], per_host: int) -> list[list[Job]]:
    """The jobs in rows to be done one after another, the longest row first."""
    hosts: defaultdict[str, list[Job]] = defaultdict(list)
    for job in jobs:
        hosts[host(job)].append(job)
    lanes = []
    for same in hosts.values():
        count = min(per_host, 1 + (len(same) - 1) // ROW)
        lanes += [same[start::count] for start in range(count)]
    return sorted(lanes, key=len, reverse=True)


class _Crew(Generic[Job, Result]):
    """The threads' common desk: rows to do, results to hand in."""

    def __init__(self, work: Callable[[Job], Result], lanes: list[list[Job]]) -> None:
        self._work = work
        self._lanes: queue.SimpleQueue[list[Job]] = queue.SimpleQueue()
        for lane in lanes:
            self._lanes.put(lane)
        self._done: queue.Queue[Result] = queue.Queue(maxsize=ROOM)
        self.is_over = threading.Event()

    def work_off(self) -> None:
        """What one thread does: row after row, job after job."""
        while True:
            try:
                lane = self._lanes.get_nowait()
            except queue.Empty:
                return
            for job in lane:
                if not self._hand_in(self._work(job)):
                    return

    def _hand_in(self, result: Result) -> bool:
        """Wait for room; False where nobody wants results any more."""
        while not self.is_over.is_set():
            try:
                self._done.put(result, timeout=_PATIENCE)
            except queue.Full:
                continue
            return True
        return False

    def results(self, expected: int) -> Iterator[list[Result]]:
        """All that come in within a moment of each other, until as many as expected have come."""
        while expected > 0:
            batch = self._batch(min(expected, ROOM))
            expected -= len(batch)
            yield batch

    def _batch(self, most: int) -> list[Result]:
        batch = [self._done.get()]
        deadline = time.monotonic() + _MOMENT
        while len(batch) < most:
            try:
                batch.append(self._done.get(timeout=max(0.0, deadline - time.monotonic())))
            except queue.Empty:
                break
        return batch
