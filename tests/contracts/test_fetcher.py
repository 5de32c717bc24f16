"""What every fetcher promises, and what the one over HTTP holds against the world."""

from __future__ import annotations

import gzip
import socket
import subprocess
import sys
import threading
import time
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import pytest

from newsletter.core.urls import is_public_address
from newsletter.errors import FetchError
from newsletter.fetch import HttpFetcher
from newsletter.fetch_memory import MemoryFetcher
from newsletter.guard import Allowance, Guard, GuardedBackend, StopError
from newsletter.ports import Fetched, Fetcher, FetchRequest
from tests import loopback as lo

if TYPE_CHECKING:
    from collections.abc import Iterator

FEED = b"<rss version='2.0'><channel><title>t</title></channel></rss>"
MAX_BYTES = 1_000_000


def http_fetcher(*, total_timeout: float = 2, allow: str = "127.0.0.1") -> HttpFetcher:
    return HttpFetcher(
        user_agent="test/1 (+https://example.org)",
        connect_timeout=1,
        total_timeout=total_timeout,
        max_bytes=MAX_BYTES,
        allow_hosts=frozenset({allow}),
        resolve=offline,
    )


@pytest.fixture
def server() -> Iterator[lo.LoopbackServer]:
    with lo.loopback() as running:
        yield running


@pytest.fixture(scope="module")
def fetcher() -> Iterator[HttpFetcher]:
    """One for all, because that is how it is used: no failure may spoil it for the next request."""
    made = http_fetcher()
    yield made
    made.close()


@pytest.fixture(scope="module")
def stranger() -> Iterator[HttpFetcher]:
    """One that may not go to this machine."""
    made = http_fetcher(allow="elsewhere.example")
    yield made
    made.close()


def offline(host: str, port: int) -> list[str]:
    """The system's own reading of names, as far as it needs no name server."""
    if host.lower().rstrip(".") == "localhost":
        return ["127.0.0.1"]
    flags = socket.AI_NUMERICHOST
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return [str(address[0]) for *_, address in found]


def problem(fetcher: Fetcher, url: str) -> str:
    with pytest.raises(FetchError) as caught:
        fetcher.get(FetchRequest(url))
    return str(caught.value)


class TestEveryFetcher:
    @pytest.fixture(params=["http", "memory"])
    def both(
        self, request: pytest.FixtureRequest, server: lo.LoopbackServer, fetcher: HttpFetcher
    ) -> Fetcher:
        url = server.url("/feed")
        kept = Fetched(url, 200, FEED, "text/xml", etag='"1"', last_modified="yesterday")
        if request.param == "memory":
            return MemoryFetcher({url: kept, server.url("/bad"): FetchError("answered 500")})

        def conditional(exchange: lo.Exchange) -> None:
            asked = exchange.headers
            is_current = asked["If-None-Match"] == '"1"' or (
                not asked["If-None-Match"] and asked["If-Modified-Since"] == "yesterday"
            )
            validators = {"ETag": '"1"', "Last_Modified": "yesterday", "Content_Type": "text/xml"}
            exchange.answer(304 if is_current else 200, FEED, **validators)

        server.answers = {"/feed": conditional, "/bad": lo.says(b"", 500)}
        return fetcher

    def test_gives_the_body_and_its_validators(
        self, both: Fetcher, server: lo.LoopbackServer
    ) -> None:
        answer = both.get(FetchRequest(server.url("/feed")))
        assert answer == Fetched(
            server.url("/feed"), 200, FEED, "text/xml", etag='"1"', last_modified="yesterday"
        )

    @pytest.mark.parametrize(
        "validators",
        [{"etag": '"1"'}, {"last_modified": "yesterday"}, {"etag": '"1"', "last_modified": "old"}],
    )
    def test_says_that_nothing_changed(
        self, both: Fetcher, server: lo.LoopbackServer, validators: dict[str, str]
    ) -> None:
        answer = both.get(FetchRequest(server.url("/feed"), **validators))
        assert (answer.is_unchanged, answer.body, answer.etag) == (True, b"", '"1"')

    def test_reads_again_when_the_validators_are_old(
        self, both: Fetcher, server: lo.LoopbackServer
    ) -> None:
        answer = both.get(FetchRequest(server.url("/feed"), etag='"0"', last_modified="yesterday"))
        assert answer.body == FEED

    def test_raises_a_fetch_error_for_a_bad_answer(
        self, both: Fetcher, server: lo.LoopbackServer
    ) -> None:
        assert "answered 500" in problem(both, server.url("/bad"))

    def test_can_be_used_after_a_failure(self, both: Fetcher, server: lo.LoopbackServer) -> None:
        problem(both, server.url("/bad"))
        assert both.get(FetchRequest(server.url("/feed"))).body == FEED


class TestAnswers:
    def test_tells_who_asks_and_nothing_else(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher
    ) -> None:
        server.answers["/"] = lo.says(FEED, Set_Cookie="id=1")
        fetcher.get(FetchRequest(server.url()))
        fetcher.get(FetchRequest(server.url()))
        _, headers = server.requests[1]
        assert headers["user-agent"] == "test/1 (+https://example.org)"
        assert not {"cookie", "referer", "authorization"} & headers.keys()

    @pytest.mark.parametrize(
        ("status", "words"),
        [
            (204, "answered 204 No Content"),
            (403, "answered 403 Forbidden"),
            (404, "answered 404 Not Found; the feed has moved or ended"),
            (410, "answered 410 Gone"),
            (429, "answered 429 Too Many Requests"),
            (500, "answered 500 Internal Server Error"),
            (599, "answered 599"),
            (304, "answered 304 Not Modified"),
        ],
    )
    def test_a_status_is_told_in_words(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher, status: int, words: str
    ) -> None:
        server.answers["/a/b"] = lo.says(b"", status)
        told = problem(fetcher, server.url("/a/b?key=secret"))
        assert told.startswith(f"127.0.0.1:{server.server_port}/a/b {words}")
        assert "secret" not in told

    def test_credentials_are_used_and_never_told(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher
    ) -> None:
        server.answers = {"/": lo.says(FEED), "/bad": lo.says(b"", 500)}
        host = f"me:pass@127.0.0.1:{server.server_port}"
        assert "pass" not in fetcher.get(FetchRequest(f"http://{host}/")).url
        assert server.requests[0][1]["authorization"].startswith("Basic ")
        assert "pass" not in problem(fetcher, f"http://{host}/bad")

    def test_gzip_and_deflate_are_undone(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher
    ) -> None:
        server.answers = {
            "/gzip": lo.says(gzip.compress(FEED), Content_Encoding="gzip"),
            "/deflate": lo.says(zlib.compress(FEED), Content_Encoding="deflate"),
        }
        bodies = {fetcher.get(FetchRequest(server.url(path))).body for path in server.answers}
        assert bodies == {FEED}

    def test_threads_share_one_fetcher(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher
    ) -> None:
        server.answers = {f"/{n}": lo.says(str(n).encode()) for n in range(40)}
        got: dict[int, bytes] = {}

        def read(number: int) -> None:
            got[number] = fetcher.get(FetchRequest(server.url(f"/{number}"))).body

        threads = [threading.Thread(target=read, args=(n,)) for n in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert got == {n: str(n).encode() for n in range(40)}

    def test_importing_it_loads_no_http_library(self) -> None:
        code = "import sys, newsletter.fetch; print('httpx2' in sys.modules)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        assert done.stdout.strip() == b"False"


class TestBounds:
    @pytest.mark.parametrize("answer", [lo.hangs, lo.drips, lo.drips_headers])
    def test_the_whole_answer_has_a_deadline(
        self, server: lo.LoopbackServer, answer: lo.Answer
    ) -> None:
        server.answers["/"] = answer
        begun = time.monotonic()
        told = problem(http_fetcher(total_timeout=0.3), server.url())
        assert "answer within 0.3 s" in told
        assert time.monotonic() - begun < 1.5

    def test_the_deadline_counts_redirects_in(self, server: lo.LoopbackServer) -> None:
        server.answers = {"/": lo.redirects("/slow"), "/slow": lo.hangs}
        told = problem(http_fetcher(total_timeout=0.3), server.url())
        assert "redirected to" in told
        assert "answer within 0.3 s" in told

    @pytest.mark.parametrize(
        "answer", [lo.floods, lo.says(b"x" * (MAX_BYTES + 1)), lo.gzip_bomb(200 * MAX_BYTES)]
    )
    def test_too_much_is_stopped(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher, answer: lo.Answer
    ) -> None:
        server.answers["/"] = answer
        assert problem(fetcher, server.url()).endswith("sent more than 1 MB")

    @pytest.mark.parametrize("layers", [1, 2, 3])
    def test_a_gzip_bomb_takes_no_memory(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher, layers: int
    ) -> None:
        server.answers = {"/": lo.gzip_bomb(50 * MAX_BYTES, layers=layers), "/ok": lo.says(FEED)}
        fetcher.get(FetchRequest(server.url("/ok")))
        tracemalloc.start()
        problem(fetcher, server.url())
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 10 * MAX_BYTES

    def test_a_body_of_exactly_the_bound_is_read(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher
    ) -> None:
        server.answers["/"] = lo.says(b"x" * MAX_BYTES)
        assert len(fetcher.get(FetchRequest(server.url())).body) == MAX_BYTES

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"", "is no proper HTTP, or broke it off"),
            (b"SSH-2.0-OpenSSH_9.2\r\n", "is no proper HTTP"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", "broke it off"),
            (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1_000_000 + b"\r\n\r\n", "is no proper HTTP"),
            (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000 + b"\r\n", "is no proper HTTP"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "is no proper HTTP"),
            (
                b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
                "compressed data that is damaged",
            ),
        ],
    )
    def test_broken_answers_are_told_in_words(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher, data: bytes, words: str
    ) -> None:
        server.answers["/"] = lambda exchange: exchange.raw(data)
        assert words in problem(fetcher, server.url())

    def test_nobody_there(self, fetcher: HttpFetcher) -> None:
        told = problem(fetcher, f"http://127.0.0.1:{lo.closed_port()}/feed")
        assert told.endswith("/feed refused the connection")

    def test_no_tls_there(self, server: lo.LoopbackServer, fetcher: HttpFetcher) -> None:
        told = problem(fetcher, f"https://127.0.0.1:{server.server_port}/")
        assert told.endswith("failed to set up an encrypted connection")


class TestRedirects:
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_are_followed_and_the_end_is_named(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher, status: int
    ) -> None:
        server.answers = {"/old": lo.redirects("new", status), "/new": lo.says(FEED)}
        answer = fetcher.get(FetchRequest(server.url("/old"), etag='"1"'))
        assert (answer.url, answer.body) == (server.url("/new"), FEED)
        assert server.requests[1][1]["if-none-match"] == '"1"'

    def test_a_loop_ends(self, server: lo.LoopbackServer, fetcher: HttpFetcher) -> None:
        server.answers["/"] = lo.redirects("/")
        assert "redirects more than 5 times" in problem(fetcher, server.url())
        assert len(server.requests) == 6

    @pytest.mark.parametrize(
        "target",
        ["http://localhost:{port}/in", "http://[::1]:{port}/in", "http://2130706433:{port}/in"],
    )
    def test_into_the_private_network_are_refused(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher, target: str
    ) -> None:
        server.answers = {
            "/": lo.redirects(target.format(port=server.server_port)),
            "/in": lo.says(FEED),
        }
        assert "would lead to a private address" in problem(fetcher, server.url())
        assert [path for path, _ in server.requests] == ["/"]

    @pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://x/"])
    def test_to_other_schemes_are_refused(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher, target: str
    ) -> None:
        server.answers["/"] = lo.redirects(target)
        assert "only http and https are read" in problem(fetcher, server.url())

    def test_credentials_do_not_go_along(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher
    ) -> None:
        server.answers = {"/": lo.redirects(server.url("/new")), "/new": lo.says(FEED)}
        fetcher.get(FetchRequest(f"http://me:pass@127.0.0.1:{server.server_port}/"))
        assert "authorization" not in server.requests[1][1]


SPELLINGS = [
    "localhost", "LOCALHOST", "localhost.", "127.1", "127.0.1", "0", "0.0.0.0", "2130706433",
    "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "127.0.0.2", "[::1]", "[::]",
    "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "%6cocalhost",
    "１２７.0.0.1", "127。0。0。1", "ok@127.0.0.1", "ok:ok@localhost",
]  # fmt: skip
PRIVATE = [
    "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "198.18.0.1",
    "192.0.0.192", "192.0.2.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "168.63.129.16", "192.88.99.1", "0.1.2.3", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1",
    "fc00::1", "fec0::1", "ff02::1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::",
    "2001::1", "2001:db8::1", "::ffff:10.0.0.1", "::ffff:0:7f00:1", "::7f00:1", "100::1",
    "3fff::1", "5f00::1", "not-an-address", "",
]  # fmt: skip


class TestAddresses:
    @pytest.mark.parametrize("host", SPELLINGS)
    def test_no_spelling_of_this_machine_is_connected_to(
        self, server: lo.LoopbackServer, stranger: HttpFetcher, host: str
    ) -> None:
        server.answers["/"] = lo.says(FEED)
        problem(stranger, f"http://{host}:{server.server_port}/")
        assert server.requests == []

    @pytest.mark.parametrize("url", ["http://ok\\@127.0.0.1:{}/", "http://ok#@127.0.0.1:{}/"])
    def test_addresses_that_programs_read_differently(
        self, server: lo.LoopbackServer, stranger: HttpFetcher, url: str
    ) -> None:
        problem(stranger, url.format(server.server_port))
        assert server.requests == []

    @pytest.mark.parametrize("address", PRIVATE)
    def test_private_addresses_are_known(self, address: str) -> None:
        assert not is_public_address(address)

    @pytest.mark.parametrize(
        "address", ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "::ffff:8.8.8.8"]
    )
    def test_public_addresses_are_known(self, address: str) -> None:
        assert is_public_address(address)

    @pytest.mark.parametrize("address", [a for a in PRIVATE if a and a != "not-an-address"])
    def test_a_name_that_leads_to_one_is_refused(self, address: str) -> None:
        guard = Guard(frozenset(), lambda _host, _port: ["93.184.215.14", address])
        with pytest.raises(StopError, match="would lead to a private address"):
            guard.addresses("feeds.example", 80, 1)

    def test_the_address_that_was_checked_is_the_one_connected_to(self) -> None:
        """DNS rebinding: a second look-up would give another address, so there is none."""
        lookups: list[str] = []
        connected: list[str] = []

        def resolve(host: str, _port: int) -> list[str]:
            lookups.append(host)
            return ["93.184.215.14"] if len(lookups) == 1 else ["127.0.0.1"]

        class Recorder:
            def connect_tcp(self, host: str, *_rest: object) -> object:
                connected.append(host)
                return object()

        guard = Guard(frozenset(), resolve)
        backend = GuardedBackend(guard)
        backend._plain = Recorder()  # type: ignore[assignment]
        with guard.limited(Allowance(time.monotonic() + 1, 1, 1000, 1000)):
            backend.connect_tcp("feeds.example", 80, timeout=1)
        assert (lookups, connected) == (["feeds.example"], ["93.184.215.14"])

    @pytest.mark.parametrize("allowed", ["Intern.Example", "intern.example:80"])
    def test_a_host_that_is_allowed_by_name_may_be_private(self, allowed: str) -> None:
        guard = Guard(frozenset({allowed.lower()}), lambda _host, _port: ["10.0.0.1"])
        assert guard.addresses("intern.example", 80, 1) == ["10.0.0.1"]
        with pytest.raises(StopError):
            guard.addresses("other.example", 80, 1)

    def test_a_resolver_that_hangs_is_given_up(self) -> None:
        over = threading.Event()

        def resolve(_host: str, _port: int) -> list[str]:
            over.wait(5)
            return []

        guard = Guard(frozenset(), resolve)
        with pytest.raises(StopError, match=r"no answer from DNS within 0\.05 s"):
            guard.addresses("slow.example", 80, 0.05)
        over.set()

    def test_every_connection_of_the_pool_goes_through_the_guard(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher
    ) -> None:
        """The backend has no public argument: when httpx2 moves it, this fails first."""
        server.answers["/"] = lo.says(FEED)
        fetcher.get(FetchRequest(server.url()))
        pool = fetcher._ready_client()._transport._pool  # type: ignore[attr-defined]
        assert isinstance(pool._network_backend, GuardedBackend)

    def test_a_proxy_in_the_environment_is_not_used(
        self,
        server: lo.LoopbackServer,
        fetcher: HttpFetcher,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        server.answers["/"] = lo.says(FEED)
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{lo.closed_port()}")
        assert fetcher.get(FetchRequest(server.url())).body == FEED

    @pytest.mark.parametrize(
        "url",
        [
            "", "/etc/passwd", "file:///etc/passwd", "gopher://x/", "ftp://x/", "data:text/xml,x",
            "http://", "http:///x", "http://[::1", "http://127.0.0.1:99999/", "http://a b/",
            "http://x\x00y/", "http://" + "a" * 300 + "/", "http://\ud800/", "//x/", "http://.",
            "http://xn--a/", "http://a..b/", "http://127.0.0.1:0/",
        ],
    )  # fmt: skip
    def test_what_is_no_web_address_is_refused_in_words(
        self, stranger: HttpFetcher, url: str
    ) -> None:
        assert problem(stranger, url).isprintable()

    def test_a_name_without_address_is_told(self) -> None:
        def unknown(_host: str, _port: int) -> list[str]:
            raise OSError(-2, "Name or service not known")

        guard = Guard(frozenset(), unknown)
        with pytest.raises(StopError, match="has no address in DNS"):
            guard.addresses("feeds.example", 80, 1)


def test_every_exception_of_httpx2_has_words() -> None:
    import httpx2

    from newsletter.fetch import _in_words

    allowance = Allowance(time.monotonic() + 1, 1, 1000, 1000)
    for name in dir(httpx2):
        kind = getattr(httpx2, name)
        if not (isinstance(kind, type) and issubclass(kind, Exception)) or name.endswith("Warning"):
            continue
        error = kind.__new__(kind)
        Exception.__init__(error, "x")
        with pytest.raises(StopError), _in_words(allowance, 1):
            raise error
