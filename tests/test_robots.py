"""Which pages robots.txt lets programs read (RFC 9309)."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest

from newsletter.errors import FetchError
from newsletter.fetch import HttpFetcher
from newsletter.fetch_memory import MemoryFetcher
from newsletter.ports import Fetched, FetchRequest
from newsletter.robots import Robots
from newsletter.workers import Workers
from tests import loopback as lo

SITE = "https://example.org"
FILE = f"{SITE}/robots.txt"


def robots(text: str | bytes, url: str = FILE) -> Robots:
    """Ours, on a host with this file."""
    body = text if isinstance(text, bytes) else text.encode()
    return Robots(MemoryFetcher({url: Fetched(url, 200, body, "text/plain")}), "our-reader/1.2")


def judged(text: str, url: str) -> bool:
    return robots(text).allows(url)


def failing(status: int) -> Robots:
    return Robots(MemoryFetcher({FILE: FetchError("no", status=status)}), "our-reader")


class TestRules:
    @pytest.mark.parametrize(
        ("text", "path", "is_allowed"),
        [
            ("", "/a", True),
            ("User-agent: *\nDisallow: /a", "/a", False),
            ("User-agent: *\nDisallow: /a", "/b", True),
            ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b", True),
            ("User-agent: *\nDisallow:", "/a", True),
            ("User-agent: *\nDisallow: /*?print=", "/a?print=1", False),
            ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False),
            ("User-agent: *\nDisallow: /caf%C3%A9", "/café", False),
            ("User-agent: other\nDisallow: /", "/a", True),
            ("User-agent: our-reader\nDisallow: /", "/a", False),
            ("User-agent: OUR-READER/9\nDisallow: /", "/a", False),
            ("User-agent: our\nDisallow: /", "/a", True),
            ("User-agent: *\nDisallow: /\n\nUser-agent: our-reader\nAllow: /", "/a", True),
            ("User-agent: x\nUser-agent: our-reader\nUser-agent: y\nDisallow: /", "/a", False),
            ("User-agent: x\n\nUser-agent: y\nDisallow: /", "/a", True),
            ("User-agent: * # all\nDisallow: / # of it", "/a", False),
            ("\ufeffUser-agent: *\r\nDisallow: /\r\n", "/a", False),
            ("User-agent: *\nDisallow: /", "/robots.txt", True),
            ("<html><body>User-agent: *</body></html>", "/a", True),
        ],
    )
    def test_are_followed(self, text: str, path: str, is_allowed: bool) -> None:
        assert robots(text).allows(SITE + path) is is_allowed

    def test_bytes_that_are_no_text_do_no_harm(self) -> None:
        assert robots(b"\xff\xfe\x00User-agent\x00: *\nDisallow: /").allows(f"{SITE}/a")

    def test_what_lies_beyond_the_bound_is_not_read(self) -> None:
        filler = "# a comment\n" * 50_000
        assert robots(f"User-agent: *\n{filler}Disallow: /").allows(f"{SITE}/a")

    def test_a_line_cut_by_the_bound_is_no_rule(self) -> None:
        head = "User-agent: *\n"
        filler = "#" * (500 * 1024 - len(head) - len("\nDisallow: /")) + "\n"
        assert robots(f"{head}{filler}Disallow: /private").allows(f"{SITE}/a")

    @pytest.mark.parametrize("line", ["User-agent: a{}", "User agent a{}", "User-agent a{}:b"])
    def test_a_file_written_to_take_long_does_not(self, line: str) -> None:
        names = "".join(line.format(n) + "\n" for n in range(12_000))
        text = names + "User-agent: *\n" + "Disallow: /*a*b*c\n" * 12_000
        with closing(Workers(1, seconds=60)) as workers:
            assert workers.run(judged, text, f"{SITE}/{'a' * 2000}")


class TestFailures:
    @pytest.mark.parametrize("status", [401, 403, 404, 410, 204, 302])
    def test_no_file_means_no_rules(self, status: int) -> None:
        assert failing(status).allows(f"{SITE}/a")

    @pytest.mark.parametrize("status", [0, 200, 429, 500, 503, 599])
    def test_a_file_that_cannot_be_read_forbids_all(self, status: int) -> None:
        assert not failing(status).allows(f"{SITE}/a")

    @pytest.mark.parametrize("url", ["", "/var/feed.xml", "ftp://example.org/", "http://[::1"])
    def test_what_is_no_web_address_has_nobody_to_ask(self, url: str) -> None:
        assert failing(500).allows(url)


class TestAsking:
    @pytest.mark.parametrize(
        ("url", "file"),
        [
            ("https://example.org/a/b?c#d", "https://example.org/robots.txt"),
            ("HTTPS://EXAMPLE.ORG:443/a", "https://example.org/robots.txt"),
            ("http://example.org:8080/a", "http://example.org:8080/robots.txt"),
            ("http://me:pass@example.org/a", "http://example.org/robots.txt"),
            ("http://[2606:4700::1]:81/", "http://[2606:4700::1]:81/robots.txt"),
        ],
    )
    def test_the_file_lies_at_the_root_of_the_site(self, url: str, file: str) -> None:
        fetcher = MemoryFetcher({})
        Robots(fetcher, "our-reader").allows(url)
        assert [request.url for request in fetcher.requests] == [file]

    @pytest.mark.parametrize("answer", [FetchError("no"), Fetched(FILE, 200, b"", "text/plain")])
    def test_each_site_is_asked_once(self, answer: Fetched | FetchError) -> None:
        fetcher = MemoryFetcher({FILE: answer})
        ours = Robots(fetcher, "our-reader")
        for page in ("a", "b", "c"):
            ours.allows(f"{SITE}/{page}")
        assert len(fetcher.requests) == 1

    def test_http_and_https_are_two_sites(self) -> None:
        fetcher = MemoryFetcher({})
        ours = Robots(fetcher, "our-reader")
        ours.allows("http://example.org/a")
        ours.allows("https://example.org/a")
        assert len(fetcher.requests) == 2

    def test_threads_that_ask_together_read_it_once(self) -> None:
        class Slow(MemoryFetcher):
            def get(self, request: FetchRequest) -> Fetched:
                together.wait(5)
                return super().get(request)

        together = threading.Event()
        fetcher = Slow({FILE: Fetched(FILE, 200, b"User-agent: *\nDisallow: /", "text/plain")})
        ours = Robots(fetcher, "our-reader")
        said: list[bool] = []
        threads = [
            threading.Thread(target=lambda: said.append(ours.allows(f"{SITE}/a"))) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        together.set()
        for thread in threads:
            thread.join()
        assert (said, len(fetcher.requests)) == ([False] * 8, 1)


@pytest.mark.parametrize(
    ("answer", "is_allowed"),
    [
        (lo.says(b"User-agent: *\nDisallow: /a"), False),
        (lo.says(b"User-agent: *\nDisallow: /b"), True),
        (lo.redirects("/moved", 301), False),
        (lo.redirects("/robots.txt", 302), True),
        (lo.says(b"", 404), True),
        (lo.says(b"", 429), False),
        (lo.says(b"", 500), False),
        (lambda exchange: exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nU"), False),
    ],
)
def test_a_real_server_is_understood(answer: lo.Answer, is_allowed: bool) -> None:
    fetcher = HttpFetcher(
        user_agent="our-reader/1",
        connect_timeout=1,
        total_timeout=2,
        max_bytes=1_000_000,
        allow_hosts=frozenset({"127.0.0.1"}),
    )
    with lo.loopback() as server:
        server.answers = {
            "/robots.txt": answer,
            "/moved": lo.says(b"User-agent: our-reader\nDisallow: /"),
        }
        assert Robots(fetcher, "our-reader").allows(server.url("/a")) is is_allowed
        fetcher.close()
