"""Worker processes: what hostile work does there stays there."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from newsletter.errors import ConfigError, FetchError, SourceError
from newsletter.workers import HereAndNow, Workers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def workers() -> Iterator[Workers]:
    with closing(Workers(2, seconds=10)) as made:
        yield made


def process_id(_: object = None) -> int:
    return os.getpid()


def complain(kind: str) -> None:
    if kind == "fetch":
        raise FetchError(
            "answered 503",
            status=503,
            retry_after=60,
            host="a.example:81",
            is_unreachable=True,
            is_detour=True,
            is_private=True,
            is_permanent=True,
        )
    if kind == "config":
        raise ConfigError(["one", "two"])
    raise RecursionError("deep \n down")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def echo(data: bytes) -> bytes:
    return data


def test_work_is_done_in_another_process(workers: Workers) -> None:
    assert workers.run(process_id) != os.getpid()
    assert workers.run(sorted, [3, 1, 2], reverse=True) == [3, 2, 1]


def test_a_process_is_started_only_when_it_is_needed(workers: Workers) -> None:
    assert len({workers.run(process_id) for _ in range(5)}) == 1


def test_many_threads_share_few_processes(workers: Workers) -> None:
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(workers.run(process_id))) for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 12
    assert len(set(found)) <= 2


def test_large_documents_go_both_ways(workers: Workers) -> None:
    data = os.urandom(12_000_000)
    assert workers.run(echo, data) == data


def test_our_errors_come_back_whole(workers: Workers) -> None:
    with pytest.raises(FetchError, match="answered 503") as caught:
        workers.run(complain, "fetch")
    assert vars(caught.value) == {
        "status": 503,
        "retry_after": 60,
        "host": "a.example:81",
        "is_unreachable": True,
        "is_detour": True,
        "is_private": True,
        "is_permanent": True,
        "exit_code": 1,
    }


def test_other_errors_come_back_in_words(workers: Workers) -> None:
    with pytest.raises(SourceError, match="could not be read: RecursionError"):
        workers.run(complain, "other")


def test_endless_work_is_ended_and_the_next_goes_on() -> None:
    impatient = Workers(1, seconds=0.5)
    with pytest.raises(SourceError, match=r"takes longer than 0\.5 s to read"):
        impatient.run(time.sleep, 30)
    impatient.close()
    with closing(Workers(1, seconds=10)) as workers:
        first = workers.run(process_id)
        with pytest.raises(SourceError, match="broke the program that reads it"):
            workers.run(die)
        assert workers.run(process_id) != first


def test_processes_end_with_close(workers: Workers) -> None:
    child = workers.run(process_id)
    workers.close()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_closed_workers_can_be_closed_and_used_again(workers: Workers) -> None:
    first = workers.run(process_id)
    workers.close()
    workers.close()
    assert workers.run(process_id) not in (first, os.getpid())


def test_a_document_cannot_take_the_memory_of_the_machine(workers: Workers) -> None:
    with pytest.raises(SourceError, match="is too large to be read"):
        workers.run(bytearray, 3_000_000_000)
    assert workers.run(process_id) > 0


def test_a_worker_sees_no_secret_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLETTER_SECRET", "hidden")
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:hidden@db/")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    with closing(Workers(1, seconds=10)) as workers:
        environment = workers.run(environment_of_the_worker)
    assert "hidden" not in repr(environment)
    assert environment["LC_ALL"] == "C.UTF-8"


def environment_of_the_worker() -> dict[str, str]:
    return dict(os.environ)


def test_a_process_ends_when_its_parent_is_killed() -> None:
    program = (
        "import os, signal, sys\n"
        "from newsletter.workers import Workers\n"
        "from tests.test_workers import stay_connected\n"
        "workers = Workers(1)\n"
        "workers.run(stay_connected, int(sys.argv[1]))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        port = listener.getsockname()[1]
        subprocess.run([sys.executable, "-c", program, str(port)], check=False)
        worker, _ = listener.accept()
        with worker:
            worker.settimeout(10)
            assert worker.recv(1) == b"", "the worker outlived its parent"


CONNECTIONS: list[socket.socket] = []


def stay_connected(port: int) -> None:
    """Hold a connection for as long as this process lives."""
    CONNECTIONS.append(socket.create_connection(("127.0.0.1", port)))


def test_modules_of_the_current_folder_are_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: Workers
) -> None:
    (tmp_path / "pickle.py").write_text("raise SystemExit('hijacked')")
    monkeypatch.chdir(tmp_path)
    assert workers.run(process_id) > 0


def test_a_worker_imports_neither_django_nor_a_network_library(workers: Workers) -> None:
    names = workers.run(loaded_modules)
    assert {"django", "httpcore2", "rich", "pydantic"} & names == set()


def loaded_modules() -> set[str]:
    import newsletter.visit  # noqa: F401 - what a worker reads documents with

    return {name.partition(".")[0] for name in sys.modules}


def test_without_processes_the_caller_works_itself() -> None:
    assert HereAndNow().run(process_id) == os.getpid()
