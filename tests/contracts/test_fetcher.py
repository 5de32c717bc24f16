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
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

import pytest

from newsletter.config import load_config
from newsletter.core.urls import is_public_address
from newsletter.errors import FetchError
from newsletter.fetch import HttpFetcher, place_of
from newsletter.fetch_memory import MemoryFetcher
from newsletter.fetch_words import address_of, fresh_for, retry_after, unpacked
from newsletter.guard import Allowance, Guard, GuardedBackend, StopError
from newsletter.hosts import host_of
from newsletter.ports import Fetched, Fetcher, FetchRequest
from tests import loopback as lo

if TYPE_CHECKING:
    from collections.abc import Iterator

FEED = b"<rss version='2.0'><channel><title>t</title></channel></rss>"
MAX_BYTES = 1_000_000
NOON = 1_600_000_000.0  # Sun, 13 Sep 2020 12:26:40 GMT


def http_fetcher(
    *, total_timeout: float = 2, allow: str = "127.0.0.1", is_trusting: bool = True
) -> HttpFetcher:
    return HttpFetcher(
        user_agent="test/1 (+https://example.org)",
        connect_timeout=1,
        total_timeout=total_timeout,
        max_bytes=MAX_BYTES,
        allow_hosts=frozenset({allow}),
        resolve=offline,
        ssl_context=lo.trusted if is_trusting else None,
        wall_clock=lambda: NOON,
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


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)  # the same bytes, and test names, at every start


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def offline(host: str, port: int) -> list[str]:
    """The system's own reading of names, as far as it needs no name server."""
    if host.lower().rstrip(".") == "localhost":
        return ["127.0.0.1"]
    flags = socket.AI_NUMERICHOST
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return [str(address[0]) for *_, address in found]


def failure(fetcher: Fetcher, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetcher.get(FetchRequest(url))
    return caught.value


def problem(fetcher: Fetcher, url: str) -> str:
    return str(failure(fetcher, url))


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

    def test_gives_no_body_where_none_is_wanted(
        self, both: Fetcher, server: lo.LoopbackServer
    ) -> None:
        answer = both.get(FetchRequest(server.url("/feed"), wants_body=False))
        assert (answer.status, answer.body) == (200, b"")

    @pytest.mark.parametrize(
        "validators",
        [{"etag": '"1"'}, {"last_modified": "yesterday"}, {"etag": '"1"', "last_modified": "old"}],
    )
    def test_says_that_nothing_changed(
        self, both: Fetcher, server: lo.LoopbackServer, validators: dict[str, Any]
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

    def test_says_which_host_failed(self, both: Fetcher, server: lo.LoopbackServer) -> None:
        assert failure(both, server.url("/bad")).host == f"127.0.0.1:{server.server_port}"

    def test_says_which_host_could_not_be_reached(self, both: Fetcher) -> None:
        place = f"127.0.0.1:{lo.closed_port()}"
        assert failure(both, f"http://{place}/").host == place

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
            (404, "answered 404 Not Found; it has moved or ended"),
            (410, "answered 410 Gone; it has ended"),
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
            "/gzip": lo.says(gzipped(FEED), Content_Encoding="gzip"),
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
        code = (
            "import sys, newsletter.fetch; print({'httpcore2', 'h2', 'idna'} & sys.modules.keys())"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        assert done.stdout.strip() == b"set()"


class TestBounds:
    @pytest.mark.parametrize("answer", [lo.hangs, lo.drips, lo.drips_headers])
    def test_the_whole_answer_has_a_deadline(
        self, server: lo.LoopbackServer, answer: lo.Answer
    ) -> None:
        """The server never ends by itself: coming back at all is what the deadline leaves."""
        server.answers["/"] = answer
        told = problem(http_fetcher(total_timeout=0.3), server.url())
        assert "answer within 0.3 s" in told

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
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "no proper HTTP"),
            (b"HTTP/1.1 100 Continue\r\n\r\n" * 100, "broke it off"),
            (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "no proper HTTP"),
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
    "localhost", "LOCALHOST", "localhost.", "LocalHost.", "localhost..", "127.0.0.1.", "127.1",
    "127.1.", "127.0.1", "127.00.00.01", "127.000.000.001", "0", "0.0", "0.0.0", "0.0.0.0", "00",
    "2130706433", "2130706433.", "02130706433", "4294967295", "0x7f000001", "0X7F000001", "0x7f.1",
    "0x7f.0x0.0x0.0x1", "0x7f.0.0.0x1", "0177.0.0.1", "0177.1", "0177.0x0.0.1", "017700000001",
    "0x0", "0x00000000", "127.0.0.2", "127.255.255.254", "127.127", "[::1]", "[::]", "[0::1]",
    "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[::FFFF:7F00:0001]", "[::ffff:0:127.0.0.1]", "[::127.0.0.1]", "[::7f00:1]",
    "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]",
    "[2002:7f00:0001::1]", "[2001:0:7f00:1::]", "[::1%25lo]", "[::1%lo]", "[fe80::1%25lo]",
    "%6cocalhost", "127%2e0%2e0%2e1", "127.0.0%2e1", "%31%32%37.0.0.1", "127.0.0.1%00",
    "１２７.0.0.1", "１２７．０．０．１", "127。0。0。1", "127.0.0．1", "①②⑦.0.0.①",
    "ｌｏｃａｌｈｏｓｔ", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "loc\u00adalhost", "ok@127.0.0.1", "ok:ok@localhost",
    "example.org@127.0.0.1", "example.org:80@127.0.0.1", "@127.0.0.1", "a@b@127.0.0.1",
    "127.0.0.1\\", "\\127.0.0.1", "127.0.0.1\t", "127.0.\n0.1", " 127.0.0.1",
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
        assert server.connections == 0

    @pytest.mark.parametrize(
        "url",
        [
            "http://ok\\@127.0.0.1:{}/",
            "http://ok#@127.0.0.1:{}/",
            "http://127.0.0.1:{}\\@ok/",
            "http://127.0.0.1:{}#@ok/",
            "http://127.0.0.1:{}?@ok/",
            "http:\\\\127.0.0.1:{}/",
            "http:/127.0.0.1:{}/",
            "http:127.0.0.1:{}/",
            "http:///127.0.0.1:{}/",
        ],
    )
    def test_addresses_that_programs_read_differently(
        self, server: lo.LoopbackServer, stranger: HttpFetcher, url: str
    ) -> None:
        problem(stranger, url.format(server.server_port))
        assert server.connections == 0

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

    def test_the_way_to_allow_a_private_host_is_told_and_works(self) -> None:
        guard = Guard(frozenset(), lambda _host, _port: ["10.0.0.1"])
        with pytest.raises(StopError) as caught:
            guard.addresses("intern.example", 80, 1)
        told = str(caught.value)
        name, _, value = told.rpartition(" ")[2].partition("=")
        environment = {name: value.strip('"').replace("HOST", "intern.example")}
        assert load_config(None, environ=environment).collect.allow_hosts == ("intern.example",)
        assert "collect.allow_hosts" in told

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


class TestConnections:
    @pytest.mark.parametrize(
        "answer",
        [
            lo.says(FEED),
            lo.says(b"", 304),
            lo.says(b"not here", 404),
            lo.says(b"later", 503),
            lo.gzip_bomb(1000),
        ],
    )
    def test_one_serves_again_after_a_whole_answer(
        self, server: lo.LoopbackServer, answer: lo.Answer
    ) -> None:
        server.answers = {"/": answer, "/ok": lo.says(FEED)}
        fetcher = http_fetcher()
        with suppress(FetchError):
            fetcher.get(FetchRequest(server.url(), etag='"1"'))
        fetcher.get(FetchRequest(server.url("/ok")))
        fetcher.close()
        assert server.connections == 1

    def test_one_serves_again_after_a_redirect(self, server: lo.LoopbackServer) -> None:
        server.answers = {"/": lo.redirects("/ok"), "/ok": lo.says(FEED)}
        fetcher = http_fetcher()
        fetcher.get(FetchRequest(server.url()))
        fetcher.close()
        assert server.connections == 1

    def test_every_thread_has_its_own(self, server: lo.LoopbackServer) -> None:
        server.answers["/"] = lo.says(FEED)
        fetcher = http_fetcher()
        for _ in range(2):
            fetcher.get(FetchRequest(server.url()))
            thread = threading.Thread(target=fetcher.get, args=(FetchRequest(server.url()),))
            thread.start()
            thread.join()
        fetcher.close()
        assert server.connections == 3

    def test_threads_that_ended_leave_none_open(self, server: lo.LoopbackServer) -> None:
        server.answers["/"] = lo.says(FEED)
        fetcher = http_fetcher()
        for _ in range(5):
            thread = threading.Thread(target=fetcher.get, args=(FetchRequest(server.url()),))
            thread.start()
            thread.join()
        assert len(fetcher._connections._all) == 1
        fetcher.close()

    def test_one_that_the_server_closed_meanwhile_is_replaced(
        self, server: lo.LoopbackServer
    ) -> None:
        def last(exchange: lo.Exchange) -> None:
            exchange.answer(200, FEED)
            exchange.close_connection = True

        server.answers["/"] = last
        fetcher = http_fetcher()
        assert [fetcher.get(FetchRequest(server.url())).body for _ in range(3)] == [FEED] * 3
        fetcher.close()

    def test_one_that_breaks_when_used_again_is_replaced_once(
        self, server: lo.LoopbackServer
    ) -> None:
        def first_only(exchange: lo.Exchange) -> None:
            exchange.close_connection = len(server.requests) == 2
            if not exchange.close_connection:
                exchange.answer(200, FEED)

        server.answers["/"] = first_only
        fetcher = http_fetcher()
        assert [fetcher.get(FetchRequest(server.url())).body for _ in range(2)] == [FEED] * 2
        assert len(server.requests) == 3
        fetcher.close()

    def test_a_new_one_that_breaks_is_not_tried_again(self, server: lo.LoopbackServer) -> None:
        server.answers["/"] = lambda exchange: exchange.raw(b"")
        problem(http_fetcher(), server.url())
        assert len(server.requests) == 1

    def test_closing_reaches_the_connections_of_other_threads(
        self, server: lo.LoopbackServer
    ) -> None:
        server.answers["/"] = lo.says(FEED)
        fetcher = http_fetcher()
        is_read, is_closed = threading.Event(), threading.Event()

        def read() -> None:
            fetcher.get(FetchRequest(server.url()))
            is_read.set()
            is_closed.wait(5)

        thread = threading.Thread(target=read)
        thread.start()
        is_read.wait(5)
        ((_, kept),) = fetcher._connections._all
        connection = next(iter(kept.values())).connection
        fetcher.close()
        assert connection.is_closed()
        is_closed.set()
        thread.join()

    def test_a_closed_fetcher_can_be_used_again(self, server: lo.LoopbackServer) -> None:
        server.answers["/"] = lo.says(FEED)
        fetcher = http_fetcher()
        for _ in range(2):
            assert fetcher.get(FetchRequest(server.url())).body == FEED
            fetcher.close()

    def test_only_a_few_are_kept(self) -> None:
        fetcher = http_fetcher()
        with ExitStack() as stack:
            for _ in range(12):
                server = stack.enter_context(lo.loopback())
                server.answers["/"] = lo.says(FEED)
                fetcher.get(FetchRequest(server.url()))
            assert len(fetcher._connections._of_this_thread()) == 8
            fetcher.close()

    @pytest.mark.parametrize("answer", [lo.fails_slowly, lo.says(b"x" * 200_000, 404)])
    def test_the_body_of_an_error_is_not_waited_for(
        self, server: lo.LoopbackServer, answer: lo.Answer
    ) -> None:
        """The connection could serve again after the last byte: that a new one came says enough."""
        server.answers = {"/": answer, "/ok": lo.says(FEED)}
        fetcher = http_fetcher(total_timeout=20)
        assert "answered 404" in problem(fetcher, server.url())
        fetcher.get(FetchRequest(server.url("/ok")))
        fetcher.close()
        assert server.connections == 2

    def test_an_ip_address_needs_no_look_up(self, server: lo.LoopbackServer) -> None:
        server.answers["/"] = lo.says(FEED)
        fetcher = http_fetcher()
        looked_up: list[str] = []
        fetcher._guard._resolve = lambda host, _port: looked_up.append(host) or []  # type: ignore[func-returns-value]
        fetcher.get(FetchRequest(server.url()))
        fetcher.close()
        assert looked_up == []


class TestTls:
    def test_http_1_is_spoken_where_nothing_better_is_offered(self) -> None:
        with lo.loopback(tls=True) as server:
            server.answers["/"] = lo.says(FEED)
            fetcher = http_fetcher()
            url = server.url().replace("http:", "https:")
            assert [fetcher.get(FetchRequest(url)).body for _ in range(2)] == [FEED] * 2
            fetcher.close()
            assert server.connections == 1

    def test_a_certificate_that_nobody_vouches_for_is_refused(self) -> None:
        with lo.http2_loopback() as server:
            told = problem(http_fetcher(is_trusting=False), server.url())
            assert told.endswith("has a certificate that cannot be trusted; check it in a browser")
            assert server.requests == []

    def test_a_certificate_of_another_host_is_refused(self) -> None:
        def resolve(_host: str, _port: int) -> list[str]:
            return ["127.0.0.1"]

        with lo.http2_loopback() as server:
            fetcher = http_fetcher(allow="other.example")
            fetcher._guard._resolve = resolve
            told = problem(fetcher, server.url().replace("127.0.0.1", "other.example"))
            assert "has a certificate that cannot be trusted" in told

    def test_a_redirect_from_https_to_http_is_followed(self, server: lo.LoopbackServer) -> None:
        server.answers["/"] = lo.says(FEED)
        with lo.http2_loopback() as secure:
            secure.answers["/"] = lambda exchange: exchange.answer(302, location=server.url())
            fetcher = http_fetcher()
            assert fetcher.get(FetchRequest(secure.url())).url == server.url()
            fetcher.close()


class TestHttp2:
    @pytest.fixture
    def secure(self) -> Iterator[lo.Http2Server]:
        with lo.http2_loopback() as running:
            yield running

    @pytest.fixture
    def mine(self) -> Iterator[HttpFetcher]:
        made = http_fetcher()
        yield made
        made.close()

    def test_one_connection_serves_many_requests(
        self, secure: lo.Http2Server, mine: HttpFetcher
    ) -> None:
        secure.answers["/"] = lambda exchange: exchange.answer(200, FEED, etag='"1"')
        bodies = {mine.get(FetchRequest(secure.url())).body for _ in range(120)}
        assert (bodies, secure.connections) == ({FEED}, 1)

    def test_threads_do_not_share_a_connection(
        self, secure: lo.Http2Server, mine: HttpFetcher
    ) -> None:
        secure.answers["/"] = lambda exchange: exchange.answer(200, FEED)
        mine.get(FetchRequest(secure.url()))
        thread = threading.Thread(target=mine.get, args=(FetchRequest(secure.url()),))
        thread.start()
        thread.join()
        assert secure.connections == 2

    def test_nothing_changed_is_understood(self, secure: lo.Http2Server, mine: HttpFetcher) -> None:
        secure.answers["/"] = lambda exchange: exchange.answer(304)
        answer = mine.get(FetchRequest(secure.url(), etag='"1"'))
        assert (answer.is_unchanged, answer.etag) == (True, '"1"')
        assert secure.requests[0][1]["if-none-match"] == '"1"'

    def test_a_body_of_exactly_the_bound_is_read(
        self, secure: lo.Http2Server, mine: HttpFetcher
    ) -> None:
        secure.answers["/"] = lambda exchange: exchange.answer(200, b"x" * MAX_BYTES)
        assert len(mine.get(FetchRequest(secure.url())).body) == MAX_BYTES

    @pytest.mark.parametrize(
        ("body", "headers"),
        [
            (b"x" * (MAX_BYTES + 1), {}),
            (gzipped(bytes(200 * MAX_BYTES)), {"content_encoding": "gzip"}),
        ],
    )
    def test_too_much_is_stopped_and_the_next_request_goes_well(
        self, secure: lo.Http2Server, mine: HttpFetcher, body: bytes, headers: dict[str, str]
    ) -> None:
        secure.answers = {
            "/": lambda exchange: exchange.answer(200, body, **headers),
            "/ok": lambda exchange: exchange.answer(200, FEED),
        }
        assert problem(mine, secure.url()).endswith("sent more than 1 MB")
        assert mine.get(FetchRequest(secure.url("/ok"))).body == FEED

    @pytest.mark.parametrize("path", ["/headers", "/body", "/pings", "/settings"])
    def test_the_whole_answer_has_a_deadline(self, secure: lo.Http2Server, path: str) -> None:
        def drips(exchange: lo.Exchange2) -> None:
            exchange.begin(200)
            exchange.repeat(b"\x00\x00\x01\x00\x00" + exchange.stream.to_bytes(4) + b"x", 0.02)

        secure.answers = {
            "/headers": lambda exchange: exchange.repeat(b"", 0.02),
            "/body": drips,
            "/pings": lambda exchange: exchange.repeat(b"\x00\x00\x08\x06" + bytes(13), 0.02),
            "/settings": lambda exchange: exchange.repeat(b"\x00\x00\x00\x04" + bytes(5), 0.02),
        }
        assert "answer within 0.3 s" in problem(http_fetcher(total_timeout=0.3), secure.url(path))

    def test_endless_empty_frames_are_stopped(self, secure: lo.Http2Server) -> None:
        def answer(exchange: lo.Exchange2) -> None:
            exchange.begin(200)
            empty = b"\x00\x00\x00\x00\x00" + exchange.stream.to_bytes(4)
            exchange.repeat(empty * 1000)

        secure.answers["/"] = answer
        told = problem(http_fetcher(total_timeout=0.5), secure.url())
        assert "sent more than 1 MB" in told or "no full answer within" in told

    def test_endless_headers_are_stopped(self, secure: lo.Http2Server, mine: HttpFetcher) -> None:
        """A header block that goes on in CONTINUATION frames without end (RFC 9113, 10.5.1)."""

        def answer(exchange: lo.Exchange2) -> None:
            stream = exchange.stream.to_bytes(4)
            exchange.wire.sendall(b"\x00\x00\x01\x01\x00" + stream + b"\x88")
            exchange.repeat(b"\x00\x00\x03\x09\x00" + stream + b"\x00\x01a")

        secure.answers["/"] = answer
        assert "is no proper HTTP" in problem(mine, secure.url())

    def test_headers_that_unpack_into_very_many_are_stopped(
        self, secure: lo.Http2Server, mine: HttpFetcher
    ) -> None:
        """One long header in the table of HPACK, then a byte for each time it is repeated."""

        def answer(exchange: lo.Exchange2) -> None:
            entry = b"\x40\x01a\x7f" + b"\xd1\x1e" + b"b" * 4048
            block = b"\x88" + entry + b"\xbe" * 10_000
            head = len(block).to_bytes(3) + b"\x01\x05" + exchange.stream.to_bytes(4)
            exchange.wire.sendall(head + block)

        secure.answers["/"] = answer
        assert "is no proper HTTP" in problem(mine, secure.url())

    def test_a_stream_that_is_reset_is_told(
        self, secure: lo.Http2Server, mine: HttpFetcher
    ) -> None:
        def answer(exchange: lo.Exchange2) -> None:
            exchange.h2.reset_stream(exchange.stream)
            exchange.flush()

        secure.answers["/"] = answer
        assert "broke it off" in problem(mine, secure.url())

    def test_a_server_that_says_good_bye_is_asked_on_a_new_connection(
        self, secure: lo.Http2Server, mine: HttpFetcher
    ) -> None:
        def answer(exchange: lo.Exchange2) -> None:
            exchange.answer(200, FEED)
            exchange.h2.close_connection()
            exchange.flush()

        secure.answers["/"] = answer
        assert [mine.get(FetchRequest(secure.url())).body for _ in range(3)] == [FEED] * 3

    def test_a_request_that_meets_the_good_bye_is_sent_again(
        self, secure: lo.Http2Server, mine: HttpFetcher
    ) -> None:
        def answer(exchange: lo.Exchange2) -> None:
            if len(secure.requests) == 2:
                exchange.h2.close_connection(last_stream_id=1)
                exchange.flush()
            else:
                exchange.answer(200, FEED)

        secure.answers["/"] = answer
        assert [mine.get(FetchRequest(secure.url())).body for _ in range(2)] == [FEED] * 2
        assert secure.connections == 2

    def test_what_a_header_smuggles_is_not_kept(
        self, secure: lo.Http2Server, mine: HttpFetcher
    ) -> None:
        """HTTP/2 can carry line ends in values; sent back, they would be headers of ours."""
        secure.answers["/"] = lambda exchange: exchange.answer(200, FEED, etag='"1\r\nx: y"')
        assert mine.get(FetchRequest(secure.url())).etag == ""


class TestEncodings:
    @pytest.mark.parametrize(
        ("encoding", "body"),
        [
            ("deflate", zlib.compress(FEED)),
            ("deflate", raw_deflate(FEED)),
            ("deflate", gzipped(FEED)),
            ("x-gzip", gzipped(FEED)),
            ("GZIP", gzipped(FEED)),
            ("gzip", gzipped(FEED[:9]) + gzipped(FEED[9:])),
            ("gzip", gzipped(FEED) + bytes(100)),
            ("gzip, gzip", gzipped(gzipped(FEED))),
            ("deflate, gzip", gzipped(zlib.compress(FEED))),
            ("identity", FEED),
            ("identity, gzip", gzipped(FEED)),
            ("", FEED),
        ],
    )
    def test_are_undone(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher, encoding: str, body: bytes
    ) -> None:
        server.answers["/"] = lo.says(body, Content_Encoding=encoding)
        assert fetcher.get(FetchRequest(server.url())).body == FEED

    @pytest.mark.parametrize("size", [1, 2, 3, 1000])
    def test_are_undone_however_the_bytes_arrive(self, size: int) -> None:
        packed = gzipped(FEED) + gzipped(FEED)
        pieces = (packed[at : at + size] for at in range(0, len(packed), size))
        assert b"".join(unpacked(pieces, "gzip", 1000)) == FEED * 2

    @pytest.mark.parametrize("encoding", ["gzip", "deflate"])
    def test_an_empty_body_is_empty(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher, encoding: str
    ) -> None:
        server.answers["/"] = lo.says(b"", Content_Encoding=encoding)
        assert fetcher.get(FetchRequest(server.url())).body == b""

    @pytest.mark.parametrize(
        ("encoding", "body", "words"),
        [
            ("gzip", gzipped(FEED)[:-9], "damaged: it ends too early"),
            ("gzip", gzipped(FEED)[:1], "damaged: it ends too early"),
            ("deflate", zlib.compress(FEED)[:-5], "damaged: it ends too early"),
            ("gzip", FEED, "compressed data that is damaged"),
            ("gzip", gzipped(FEED)[:-4] + b"xxxx", "compressed data that is damaged"),
            ("br", FEED, "compressed in a way that was not offered"),
            (", ".join(["gzip"] * 6), FEED, "compressed in a way that was not offered"),
        ],
    )
    def test_damage_is_told(
        self,
        server: lo.LoopbackServer,
        fetcher: HttpFetcher,
        encoding: str,
        body: bytes,
        words: str,
    ) -> None:
        server.answers["/"] = lo.says(body, Content_Encoding=encoding)
        assert words in problem(fetcher, server.url())

    def test_only_what_is_understood_is_offered(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher
    ) -> None:
        server.answers["/"] = lo.says(FEED)
        fetcher.get(FetchRequest(server.url(), accept="text/plain"))
        _, headers = server.requests[0]
        assert (headers["accept-encoding"], headers["accept"]) == ("gzip, deflate", "text/plain")


class TestMoves:
    @pytest.mark.parametrize(
        ("statuses", "end"),
        [
            ((), ""),
            ((301,), "/1"),
            ((308, 301), "/2"),
            ((301, 302, 301), "/1"),
            ((302, 301), ""),
            ((307,), ""),
        ],
    )
    def test_the_leading_permanent_ones_are_told(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher, statuses: tuple[int, ...], end: str
    ) -> None:
        for at, status in enumerate(statuses):
            server.answers[f"/{at}"] = lo.redirects(f"/{at + 1}", status)
        server.answers[f"/{len(statuses)}"] = lo.says(FEED)
        answer = fetcher.get(FetchRequest(server.url("/0")))
        assert answer.permanent_url == (server.url(end) if end else "")

    def test_a_permanent_one_is_told_when_nothing_changed(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher
    ) -> None:
        server.answers = {"/": lo.redirects("/new", 301), "/new": lo.says(b"", 304)}
        answer = fetcher.get(FetchRequest(server.url(), etag='"1"'))
        assert answer.permanent_url == server.url("/new")

    def test_a_long_chain_ends(self, server: lo.LoopbackServer, fetcher: HttpFetcher) -> None:
        server.answers = {f"/{at}": lo.redirects(f"/{at + 1}") for at in range(50)}
        assert "redirects more than 5 times" in problem(fetcher, server.url("/0"))
        assert len(server.requests) == 6

    @pytest.mark.parametrize(
        ("location", "asked"),
        [
            ("//127.0.0.1:{port}/x", "/x"),
            ("/x#part", "/x"),
            ("x y", "/x%20y"),
            ("/caf\xc3\xa9?\xe9=1", "/caf%C3%A9?%EF%BF%BD=1"),
            ("/a%2Fb?c=%20", "/a%2Fb?c=%20"),
            ("?q", "/?q"),
        ],
    )
    def test_locations_are_read_as_they_come(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher, location: str, asked: str
    ) -> None:
        server.answers["/"] = lambda exchange: (
            exchange.answer(200, FEED)
            if "?" in exchange.path
            else exchange.answer(302, Location=location.format(port=server.server_port))
        )
        server.answers |= dict.fromkeys(("/x", "/x%20y", "/caf%C3%A9", "/a%2Fb"), lo.says(FEED))
        fetcher.get(FetchRequest(server.url()))
        assert server.requests[-1][0] == asked

    @pytest.mark.parametrize(
        ("location", "words"),
        [
            ("http://me:pass@127.0.0.1:{port}/in", "a user name in it, which is not followed"),
            ("//me@127.0.0.1:{port}/in", "a user name in it, which is not followed"),
            ("data:text/xml,x", "only http and https are read"),
            ("http://[::1", "not a web address"),
            ("https://localhost:{port}/in", "would lead to a private address"),
            ("http://169.254.169.254/latest/", "would lead to a private address"),
        ],
    )
    def test_locations_that_lead_astray_are_refused(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher, location: str, words: str
    ) -> None:
        target = location.format(port=server.server_port)
        server.answers = {"/": lo.redirects(target), "/in": lo.says(FEED)}
        told = problem(fetcher, server.url())
        assert words in told
        assert "pass" not in told
        assert len(server.requests) == 1


def told_by(**headers: str) -> dict[bytes, str]:
    return {name.replace("_", "-").encode(): value for name, value in headers.items()}


class TestFreshness:
    @pytest.mark.parametrize(
        ("headers", "seconds"),
        [
            ({}, 0),
            ({"cache_control": "max-age=600"}, 600),
            ({"cache_control": "public, Max-Age = 600, s-maxage=9"}, 600),
            ({"cache_control": 'max-age="600"'}, 600),
            ({"cache_control": "max-age=600, max-age=60"}, 60),
            ({"cache_control": "s-maxage=600"}, 0),
            ({"cache_control": "max-age=600", "age": "100"}, 500),
            ({"cache_control": "max-age=600", "age": "1000"}, 0),
            ({"cache_control": "max-age=600", "age": "-5"}, 600),
            ({"cache_control": "max-age=-600"}, 0),
            ({"cache_control": "max-age=soon"}, 0),
            ({"cache_control": "max-age=٣"}, 0),
            ({"cache_control": "max-age=" + "9" * 4000}, 30 * 86400),
            ({"cache_control": "no-cache, max-age=600"}, 0),
            ({"cache_control": "max-age=600, no-store"}, 0),
            ({"cache_control": 'no-cache="set-cookie", max-age=600'}, 0),
            ({"cache_control": "max-age=0", "expires": "Sun, 13 Sep 2020 12:36:40 GMT"}, 0),
            ({"expires": "Sun, 13 Sep 2020 12:36:40 GMT"}, 600),
            ({"expires": "Sunday, 13-Sep-20 12:36:40 GMT"}, 600),
            ({"expires": "Sun Sep 13 12:36:40 2020"}, 600),
            (
                {
                    "expires": "Sun, 13 Sep 2020 12:36:40 GMT",
                    "date": "Sun, 13 Sep 2020 12:35:40 GMT",
                },
                60,
            ),
            ({"expires": "Sun, 13 Sep 2019 12:36:40 GMT"}, 0),
            ({"expires": "0"}, 0),
            ({"expires": "Sun, 99 Sep 2020 99:36:40 GMT"}, 0),
            ({"expires": "x" * 100_000}, 0),
            ({"expires": "Fri, 31 Dec 9999 23:59:59 GMT"}, 30 * 86400),
        ],
    )
    def test_is_read_from_the_headers(self, headers: dict[str, str], seconds: float) -> None:
        assert fresh_for(told_by(**headers), NOON) == seconds

    def test_comes_with_the_answer(self, server: lo.LoopbackServer, fetcher: HttpFetcher) -> None:
        server.answers["/"] = lo.says(b"", 304, Cache_Control="max-age=60")
        assert fetcher.get(FetchRequest(server.url(), etag="1")).fresh_for == 60


class TestWaiting:
    @pytest.mark.parametrize(
        ("headers", "seconds"),
        [
            ({}, 0),
            ({"retry_after": "120"}, 120),
            ({"retry_after": "-120"}, 0),
            ({"retry_after": "1.5"}, 0),
            ({"retry_after": "9" * 400}, 7 * 86400),
            ({"retry_after": "Sun, 13 Sep 2020 13:26:40 GMT"}, 3600),
            ({"retry_after": "Sun, 13 Sep 2020 11:26:40 GMT"}, 0),
            (
                {
                    "retry_after": "Sun, 13 Sep 2020 13:26:40 GMT",
                    "date": "Sun, 13 Sep 2020 13:25:40 GMT",
                },
                60,
            ),
        ],
    )
    def test_is_read_from_the_headers(self, headers: dict[str, str], seconds: float) -> None:
        assert retry_after(told_by(**headers), NOON) == seconds

    @pytest.mark.parametrize(
        ("status", "wait", "words", "seconds"),
        [
            (429, "7200", "Too Many Requests; it asked us to come again in 2 h", 7200),
            (503, "90", "Service Unavailable; it asked us to come again in 90 s", 90),
            (503, "600", "it asked us to come again in 10 min", 600),
            (503, "604800", "it asked us to come again in 7 days", 604_800),
            (429, "", "we asked too often", 0),
            (300, "60", "it asked us to come again in 60 s", 60),
            (404, "60", "Not Found; it has moved or ended", 0),
            (500, "60", "Internal Server Error", 0),
        ],
    )
    def test_is_told_and_handed_on(
        self,
        server: lo.LoopbackServer,
        fetcher: HttpFetcher,
        status: int,
        wait: str,
        words: str,
        seconds: float,
    ) -> None:
        server.answers["/"] = lo.says(b"", status, **({"Retry_After": wait} if wait else {}))
        with pytest.raises(FetchError) as caught:
            fetcher.get(FetchRequest(server.url()))
        assert str(caught.value).endswith(words)
        assert (caught.value.status, caught.value.retry_after) == (status, seconds)

    def test_of_a_redirect_is_handed_on_when_it_leads_nowhere(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher
    ) -> None:
        server.answers["/"] = lo.says(b"", 302, Location="/", Retry_After="60")
        with pytest.raises(FetchError) as caught:
            fetcher.get(FetchRequest(server.url()))
        assert (caught.value.status, caught.value.retry_after) == (302, 60)

    def test_of_a_redirect_is_not_laid_to_who_comes_after_it(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher
    ) -> None:
        target = f"http://127.0.0.1:{lo.closed_port()}/"
        server.answers["/"] = lo.says(b"", 302, Location=target, Retry_After="60")
        assert failure(fetcher, server.url()).retry_after == 0

    def test_is_of_the_host_that_asks_for_it(self, fetcher: HttpFetcher) -> None:
        with lo.loopback() as first, lo.loopback() as busy:
            first.answers["/"] = lo.redirects(busy.url())
            busy.answers["/"] = lo.says(b"", 429, Retry_After="60")
            error = failure(fetcher, first.url())
            assert (error.host, error.retry_after) == (f"127.0.0.1:{busy.server_port}", 60)


class TestReach:
    def test_a_host_that_nobody_answers_for_is_unreachable(self, fetcher: HttpFetcher) -> None:
        with pytest.raises(FetchError) as caught:
            fetcher.get(FetchRequest(f"http://127.0.0.1:{lo.closed_port()}/"))
        assert (caught.value.is_unreachable, caught.value.status) == (True, 0)

    def test_an_error_status_is_an_answer(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher
    ) -> None:
        server.answers["/"] = lo.says(b"", 500)
        with pytest.raises(FetchError) as caught:
            fetcher.get(FetchRequest(server.url()))
        assert not caught.value.is_unreachable

    def test_a_host_redirected_to_may_be_unreachable_itself(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher
    ) -> None:
        place = f"127.0.0.1:{lo.closed_port()}"
        server.answers["/"] = lo.redirects(f"http://{place}/")
        error = failure(fetcher, server.url())
        assert (error.is_unreachable, error.host, error.status) == (True, place, 0)

    def test_a_host_for_which_no_time_was_left_is_not_called_unreachable(
        self, server: lo.LoopbackServer
    ) -> None:
        server.answers["/"] = lo.redirects("http://slow.example/")
        over = threading.Event()

        def resolve(_host: str, _port: int) -> list[str]:
            over.wait(10)
            return []

        fetcher = http_fetcher(total_timeout=0.3)
        fetcher._guard._resolve = resolve
        error = failure(fetcher, server.url())
        fetcher.close()
        over.set()
        assert (error.is_unreachable, error.host) == (False, "slow.example")

    def test_a_private_address_is_held_against_the_host_that_has_it(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher
    ) -> None:
        server.answers["/"] = lo.redirects("http://LOCALHOST/in")
        error = failure(fetcher, server.url())
        assert (error.is_unreachable, error.host) == (True, "localhost")

    def test_a_redirect_that_leads_nowhere_is_held_against_its_author(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher
    ) -> None:
        server.answers["/"] = lo.redirects("ftp://elsewhere.example/")
        error = failure(fetcher, server.url())
        assert (error.is_unreachable, error.host) == (False, f"127.0.0.1:{server.server_port}")

    def test_nobody_is_named_where_nobody_was_asked(self, fetcher: HttpFetcher) -> None:
        assert failure(fetcher, "http://me:pass@[::1/").host == ""

    @pytest.mark.parametrize(
        "url", ["http://me:pass@127.0.0.1:{}/", "HTTP://127.0.0.1:{}/?a=b", "http://127.0.0.1:{}"]
    )
    def test_a_host_is_named_as_it_is_for_politeness(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher, url: str
    ) -> None:
        server.answers["/"] = lo.says(b"", 500)
        url = url.format(server.server_port)
        assert failure(fetcher, url).host == host_of(url)


class TestEnds:
    @pytest.mark.parametrize(
        ("statuses", "is_gone"),
        [
            ((), True),
            ((301,), True),
            ((308, 301), True),
            ((302,), False),
            ((307, 301), False),
            ((301, 303), False),
        ],
    )
    def test_an_address_has_ended_only_where_every_redirect_was_permanent(
        self,
        server: lo.LoopbackServer,
        fetcher: HttpFetcher,
        statuses: tuple[int, ...],
        is_gone: bool,
    ) -> None:
        for at, status in enumerate(statuses):
            server.answers[f"/{at}"] = lo.redirects(f"/{at + 1}", status)
        server.answers[f"/{len(statuses)}"] = lo.says(b"", 410)
        error = failure(fetcher, server.url("/0"))
        assert (error.status, error.is_gone) == (410, is_gone)

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 451, 499])
    def test_a_refusal_is_permanent(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher, status: int
    ) -> None:
        server.answers["/"] = lo.says(b"", status)
        assert lasts(failure(fetcher, server.url()))

    @pytest.mark.parametrize("status", [204, 304, 408, 425, 429, 500, 503, 599])
    def test_another_status_may_pass(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher, status: int
    ) -> None:
        server.answers["/"] = lo.says(b"", status)
        assert not lasts(failure(fetcher, server.url()))

    @pytest.mark.parametrize(
        "url", ["", "ftp://x.example/", "http://[::1", "http://a b/", "http://localhost/"]
    )
    def test_an_address_that_is_not_read_is_permanent(
        self, stranger: HttpFetcher, url: str
    ) -> None:
        assert lasts(failure(stranger, url))

    @pytest.mark.parametrize(
        "target",
        ["/", "http://localhost/", "ftp://x.example/", "http://[::1", "http://me@x.example/"],
    )
    def test_a_redirect_that_is_not_followed_is_permanent(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher, target: str
    ) -> None:
        server.answers["/"] = lo.redirects(target)
        assert lasts(failure(fetcher, server.url()))

    def test_a_certificate_that_nobody_vouches_for_is_permanent(self) -> None:
        with lo.http2_loopback() as secure:
            assert lasts(failure(http_fetcher(is_trusting=False), secure.url()))

    def test_nobody_there_may_pass(self, fetcher: HttpFetcher) -> None:
        assert not lasts(failure(fetcher, f"http://127.0.0.1:{lo.closed_port()}/"))

    def test_no_encryption_there_may_pass(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher
    ) -> None:
        assert not lasts(failure(fetcher, f"https://127.0.0.1:{server.server_port}/"))


def lasts(error: FetchError) -> bool:
    """Whether it says of itself, and to the shell, that trying again is of no use."""
    assert error.exit_code == (1 if error.is_permanent else 75)
    return error.is_permanent


class TestWhatIsAsked:
    @pytest.mark.parametrize(
        ("url", "host", "target"),
        [
            ("http://bücher.example/ü?ü=1", "xn--bcher-kva.example", "/%C3%BC?%C3%BC=1"),
            ("HTTP://EXAMPLE.org", "example.org", "/"),
            ("http://example.org.:8080/a#b", "example.org:8080", "/a"),
            ("http://example.org:80/a%20b/%zz", "example.org", "/a%20b/%zz"),
            ("https://[2606:4700::1111]:443/", "[2606:4700::1111]", "/"),
            ("http://a_b.example/x|y\\z", "a_b.example", "/x|y%5Cz"),
            ("http://example.org?a=b", "example.org", "/?a=b"),
        ],
    )
    def test_an_address_is_put_into_ascii(self, url: str, host: str, target: str) -> None:
        address = address_of(url)
        assert (address.place, address.target) == (host, target)

    def test_conditions_that_would_be_headers_are_left_out(
        self, server: lo.LoopbackServer, fetcher: HttpFetcher
    ) -> None:
        server.answers["/"] = lo.says(FEED)
        fetcher.get(FetchRequest(server.url(), etag="1\r\nX-Evil: 1", last_modified="\u20ac"))
        assert not {"x-evil", "if-none-match", "if-modified-since"} & server.requests[0][1].keys()


def test_every_exception_of_the_library_has_words(fetcher: HttpFetcher) -> None:
    import h2.exceptions
    import httpcore2

    allowance = Allowance(time.monotonic() + 1, 1, 1000, 1000)
    for library in (httpcore2, h2.exceptions):
        for kind in vars(library).values():
            if isinstance(kind, type) and issubclass(kind, Exception):
                error = kind.__new__(kind)
                Exception.__init__(error, "x")
                assert isinstance(fetcher._in_words(error, allowance), StopError)


@pytest.mark.parametrize("coding", ["none", "binary", "UTF-8", "identity"])
def test_a_coding_that_is_none_leaves_the_body_as_it_is(
    server: lo.LoopbackServer, fetcher: HttpFetcher, coding: str
) -> None:
    server.answers["/"] = lo.says(FEED, Content_Encoding=coding)
    assert fetcher.get(FetchRequest(server.url())).body == FEED


def test_an_answer_that_a_proxy_has_changed_is_an_answer(
    server: lo.LoopbackServer, fetcher: HttpFetcher
) -> None:
    server.answers["/"] = lo.says(FEED, 203)
    assert fetcher.get(FetchRequest(server.url())).body == FEED


@pytest.mark.parametrize("password", ["pa/ss", "pa?ss", "pa#ss", "p@/ss"])
def test_a_password_however_it_is_written_is_in_no_message(password: str) -> None:
    told = place_of(f"http://ada:{password}@outlet.example/feed")
    assert told == "outlet.example/feed"
    assert place_of("https://medium.com/@rare/feed") == "medium.com/@rare/feed"
    assert place_of("http://outlet.example:8080/@rare") == "outlet.example:8080/@rare"


def test_a_request_may_have_less_time_than_the_fetcher_gives(
    fetcher: HttpFetcher, server: lo.LoopbackServer
) -> None:
    server.answers["/hangs"] = lo.hangs
    with pytest.raises(FetchError, match=r"no answer within 0\.2 s"):
        fetcher.get(FetchRequest(server.url("/hangs"), seconds=0.2))


def test_a_large_body_that_nobody_wants_is_not_read(
    fetcher: HttpFetcher, server: lo.LoopbackServer
) -> None:
    server.answers["/large"] = lo.says(b"x" * (2 * MAX_BYTES))
    assert fetcher.get(FetchRequest(server.url("/large"), wants_body=False)).status == 200


def test_an_error_says_that_it_would_have_led_into_a_private_network(
    stranger: HttpFetcher, server: lo.LoopbackServer
) -> None:
    assert failure(stranger, server.url("/")).is_private
    assert not failure(stranger, "https://").is_private
