"""Many jobs at once, few on one host."""

from __future__ import annotations

import threading
import time
from collections import Counter
from itertools import chain

import pytest

from newsletter.hosts import ROOM, ROW, host_of, over_hosts


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://A.example/x", "a.example"),
        ("http://127.0.0.1:8000/x", "127.0.0.1:8000"),
        ("https://user:word@a.example/x", "a.example"),
        ("feeds/local.xml", "feeds/local.xml"),
        ("http://[::1", "http://[::1"),
    ],
)
def test_a_host_is_where_the_request_goes(url: str, host: str) -> None:
    assert host_of(url) == host


def first_letter(job: str) -> str:
    return job[0]


def test_every_job_is_done_once() -> None:
    jobs = [f"{host}{number}" for host in "abc" for number in range(20)]
    batches = over_hosts(jobs, str.upper, host=first_letter, threads=4, per_host=2)
    assert sorted(chain(*batches)) == sorted(job.upper() for job in jobs)


def test_without_jobs_there_is_nothing() -> None:
    assert list(over_hosts([], str, host=first_letter, threads=4, per_host=2)) == []


class Crowd:
    """Counts how many are at work, overall and on each host."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.now: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    def work(self, job: str) -> str:
        for name in (job[0], "all"):
            self._count(name, 1)
        time.sleep(0.002)
        for name in (job[0], "all"):
            self._count(name, -1)
        return job

    def _count(self, name: str, by: int) -> None:
        with self.lock:
            self.now[name] += by
            self.most[name] = max(self.most[name], self.now[name])


def test_at_most_so_many_are_on_one_host_and_hosts_are_done_at_the_same_time() -> None:
    crowd = Crowd()
    jobs = [f"{host}{number}" for host in "abcd" for number in range(25)]
    list(over_hosts(jobs, crowd.work, host=first_letter, threads=8, per_host=2))
    assert max(crowd.most[host] for host in "abcd") <= 2
    assert crowd.most["all"] > 2


def test_a_hosts_jobs_are_done_by_as_few_threads() -> None:
    jobs = [f"a{number}" for number in range(30)]
    found = over_hosts(
        jobs, lambda _: threading.current_thread(), host=first_letter, threads=8, per_host=2
    )
    assert len(set(chain(*found))) <= 2


def test_a_few_jobs_on_a_host_share_one_connection() -> None:
    jobs = [f"a{number}" for number in range(ROW)]
    found = over_hosts(
        jobs, lambda _: threading.current_thread(), host=first_letter, threads=8, per_host=4
    )
    assert len(set(chain(*found))) == 1


def test_a_slow_taker_holds_the_work_back() -> None:
    done: list[str] = []

    def work(job: str) -> str:
        done.append(job)
        return job

    jobs = [f"{number}" for number in range(500)]
    batches = over_hosts(jobs, work, host=str, threads=2, per_host=1)
    next(batches)
    time.sleep(0.2)
    assert len(done) <= 2 * ROOM + 2
    assert len(list(chain(*batches))) > 400


def test_threads_end_when_nobody_wants_results_any_more() -> None:
    before = set(threading.enumerate())
    batches = over_hosts([str(n) for n in range(100)], str, host=str, threads=2, per_host=1)
    next(batches)
    batches.close()  # type: ignore[attr-defined]
    ours = set(threading.enumerate()) - before
    for thread in ours:
        thread.join(5)
    assert not any(thread.is_alive() for thread in ours)
