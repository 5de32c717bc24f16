"""The list: moving in, signing up, one-click leaving, and the audience of an edition.

Each figure stands beside a floor measured in the same run on the same machine: a bare loop from
CSV into SQLite, a WSGI application that only answers, the plainest INSERT … SELECT. Trust the
ratios, not the seconds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import fmean, variance
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from bench import subscribers_import

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CLIENTS = 4
REQUESTS = 2_000
PAIRS = 2_000
PEOPLE = 1_000_000
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

_HELLO = """
from waitress import create_server
def hello(environ, start_response):
    environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "3")])
    return [b"ok\\n"]
server = create_server(hello, host="127.0.0.1", port=0, threads=8)
print(f"http://127.0.0.1:{server.effective_port}", flush=True)
server.run()
"""
_OURS = """
import json, sys
from pathlib import Path
from newsletter.cli.common import Options, open_app, open_config
app = open_app(open_config(Options(Path(sys.argv[1]), False, False)))
from newsletter.web.server import serve
from subscribers import signup
from subscribers.tokens import Purpose, make_token
from subscribers.values import Act, How
from django.db import transaction
act = Act(How.COMMAND, app.clock.now())
with transaction.atomic():
    ids = [signup.add(f"r{n}@example.org", act=act).id for n in range(int(sys.argv[2]))]
tokens = [make_token(one, Purpose.LEAVE, app.signing_key) for one in ids]
print(json.dumps(tokens), flush=True)
serve("127.0.0.1", 0, lambda address: print(address, flush=True))
"""
_SETTINGS = {
    "signup": {
        "least_seconds": 0,
        "budgets": dict.fromkeys(
            ("per_domain_hour", "per_large_domain_hour", "per_network_hour", "per_hour"), 10**9
        ),
    }
}


def main() -> None:
    subscribers_import.main()
    _requests()
    _audience()


def _requests() -> None:
    print(f"\nRequests: {CLIENTS} clients, {REQUESTS} POSTs each case, SQLite with full")
    print("synchronisation; `answers only` is the same server without an application")
    print(f"  {'case':34} {'per s':>7} {'p50 ms':>7} {'p95':>7} {'p99':>7} {'of floor':>9}")
    with _running(_HELLO) as (_, address):
        floor = _row("answers only", address, lambda _: ("/", b"email=a"), {200}, 0.0)
    with tempfile.TemporaryDirectory(prefix="newsletter-bench-") as folder:
        file = Path(folder) / "newsletter.yaml"
        file.write_text(json.dumps(_SETTINGS), encoding="utf-8")
        with _running(_OURS, str(file), str(REQUESTS)) as (tokens, address):
            token = _form_token(address)

            def signing_up(number: int) -> tuple[str, bytes]:
                fields = {**token, "email": f"new{number}@example.net", "name": "", "website": ""}
                return "/subscribe", urlencode(fields).encode()

            def one_click(number: int) -> tuple[str, bytes]:
                return f"/u/{tokens[number]}", b"List-Unsubscribe=One-Click"

            _row("one-click unsubscribe", address, one_click, {200}, floor)
            _row("the same again (idempotent)", address, one_click, {200}, floor)
            _row("sign-up", address, signing_up, {303}, floor)
            _fairness(address, token)


def _fairness(address: str, token: dict[str, str]) -> None:
    """Whether the time of an answer tells known addresses from unknown ones (Welch's t)."""
    known: list[float] = []
    unknown: list[float] = []
    connection = HTTPConnection(address.removeprefix("http://"), timeout=60)
    for number in range(PAIRS):
        asked = [(known, f"r{number}@example.org"), (unknown, f"never{number}@example.org")]
        for times, email in asked if number % 2 else reversed(asked):
            body = urlencode({**token, "email": email, "name": "", "website": ""}).encode()
            began = time.perf_counter()
            connection.request("POST", "/subscribe", body, FORM)
            connection.getresponse().read()
            times.append(time.perf_counter() - began)
    connection.close()
    spread = (variance(known) + variance(unknown)) / PAIRS
    t = (fmean(known) - fmean(unknown)) / spread**0.5
    print(f"  sign-up of known against unknown, {PAIRS} pairs: |t| = {abs(t):.1f} (4.5 would tell)")


def _form_token(address: str) -> dict[str, str]:
    """The hidden fields of the form, as a browser sends them back."""
    from lxml import html

    connection = HTTPConnection(address.removeprefix("http://"), timeout=30)
    connection.request("GET", "/")
    page = html.fromstring(connection.getresponse().read())
    hidden = page.xpath("//form[starts-with(@action, '/subscribe')]//input[@type='hidden']")
    return {one.get("name"): one.get("value", "") for one in hidden}


def _row(
    name: str,
    address: str,
    request: Callable[[int], tuple[str, bytes]],
    expected: set[int],
    floor: float,
) -> float:
    latencies, took = _fired(address, request, expected)
    rate = len(latencies) / took
    ordered = sorted(latencies)
    p50, p95, p99 = (ordered[int(len(ordered) * part)] * 1000 for part in (0.5, 0.95, 0.99))
    share = f"{rate / floor:9.2f}" if floor else f"{1:9.2f}"
    print(f"  {name:34} {rate:7.0f} {p50:7.1f} {p95:7.1f} {p99:7.1f} {share}")
    return rate


def _fired(
    address: str, request: Callable[[int], tuple[str, bytes]], expected: set[int]
) -> tuple[list[float], float]:
    latencies: list[float] = []
    wrong: list[int] = []

    def client(first: int) -> None:
        connection = HTTPConnection(address.removeprefix("http://"), timeout=60)
        for number in range(first, REQUESTS, CLIENTS):
            path, body = request(number)
            began = time.perf_counter()
            connection.request("POST", path, body, FORM)
            answer = connection.getresponse()
            answer.read()
            latencies.append(time.perf_counter() - began)
            if answer.status not in expected:
                wrong.append(answer.status)
        connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise SystemExit(f"{len(wrong)} answers were not {expected}: {sorted(set(wrong))}")
    return latencies, time.perf_counter() - began


@contextmanager
def _running(program: str, *arguments: str) -> Iterator[tuple[list[str], str]]:
    """A server in a process of its own: what it printed first (a list, or none), its address."""
    environ = {name: value for name, value in os.environ.items() if "NEWSLETTER" not in name}
    environ.pop("DJANGO_SETTINGS_MODULE", None)
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, text=True, env=environ
    )
    assert process.stdout
    try:
        first = process.stdout.readline().strip()
        tokens = json.loads(first) if first.startswith("[") else []
        address = process.stdout.readline().strip() if tokens else first
        if not address:
            raise SystemExit("the server did not start")
        yield tokens, address
    finally:
        process.terminate()
        process.wait(timeout=30)


def _audience() -> None:
    print(f"\nThe audience of an edition at {PEOPLE:,} subscribers, one INSERT … SELECT")
    done = subprocess.run(
        [sys.executable, "-m", "bench.subscribers_audience", str(PEOPLE)], check=False
    )
    if done.returncode:
        raise SystemExit("the audience could not be measured")
