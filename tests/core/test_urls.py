"""Addresses: which are web links, and when two are one."""

from __future__ import annotations

from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.urls import (
    canonical_url,
    host_of,
    identity_of,
    is_web_link,
    origin_of,
    untracked_url,
)

A = "https://example.com/a"


@pytest.mark.parametrize(
    "url",
    [
        "HTTPS://Example.COM:443/a",
        "https://example.com/a/",
        "https://example.com/x/../a",
        "https://example.com/a#part",
        "https://example.com/a?",
        "https://example.com/a?utm_source=rss&utm_medium=feed",
        "https://example.com/a?fbclid=1&gclid=2&mc_cid=3",
        "https://example.com/a?ref=rss",
        "https://example.com/a/amp",
        "https://example.com/a/amp/",
        "https://example.com/amp/a",
        "https://example.com/a?amp=1",
        "https://m.example.com/a",
        "https://mobile.example.com/a",
        "https://amp.example.com/a",
        "https://www.google.com/url?rct=j&url=https://example.com/a&ct=ga",
        "https://www.google.com/amp/s/example.com/a",
        "https://example-com.cdn.ampproject.org/c/s/example.com/a",
        "https://www.bing.com/news/apiclick.aspx?ref=x&url=https%3a%2f%2fexample.com%2fa",
        "https://example.com./a",
        "https://3g.example.com/a",
        "https://example.com/a;jsessionid=0A1B?PHPSESSID=3",
        "https://example-com.bing-amp.com/c/s/example.com/a",
        "https://www.google.com/amp/s/example.com/a/amp?utm_source=x",
        "https://go.example.net/redirect?url=https%3A%2F%2Fexample.com%2Fa&id=9",
        "https://news.example.net/out.php?to=https://example.com/a",
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.com%2Fa&data=0",
        "https://link.csdn.net/?target=https%3A%2F%2Fexample.com%2Fa",
        "https://www.google.co.uk/url?q=https://www.google.com/url?q%3Dhttps://example.com/a",
        " https://example.com/a\n",
    ],
)
def test_ways_to_write_one_address(url: str) -> None:
    assert canonical_url(url) == A


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/A",
        "https://example.com/a/b",
        "https://example.com/a?id=2",
        "https://example.com/a.amp.html?id=1",
        "https://news.example.com/a",
        "https://m.com/a",
        "https://example.com:8443/a",
        "https://example.com/champ",
        "https://example.com/#/a",
        "https://example.com/a?reference=1",
        "https://example.com/?attachment_id=5",
        "https://example.com/login?url=https://example.com/a",
        "https://share.example.net/post?url=https://example.com/a",
        "https://example.net/redirect?url=javascript:alert(1)",
        "https://example.net/redirect?page=https://example.com/a",
        "https://feedproxy.google.com/~r/feed/~3/x1Y2/",
        "https://t.co/AbC",
    ],
)
def test_other_addresses_stay_apart(url: str) -> None:
    assert canonical_url(url) != A
    assert identity_of(url) not in ("", identity_of(A))


def google_news(inside: bytes) -> str:
    """A link of Google News around the rest of a token."""
    token = urlsafe_b64encode(b"\x08\x13\x22" + inside).decode().rstrip("=")
    return f"https://news.google.com/rss/articles/{token}?oc=5"


def test_an_older_link_of_google_news_holds_the_address() -> None:
    amp = b"\xd2\x01\x1bhttps://example.com/amp/abc"
    assert canonical_url(google_news(b"\x15https://example.com/a" + amp)) == A
    assert untracked_url(google_news(b"\x15https://example.com/a\xd2\x01\x00")) == A


def test_a_long_address_in_google_news_has_its_length_in_two_bytes() -> None:
    long = A + "b" * 180
    size = bytes([len(long) & 0x7F | 0x80, len(long) >> 7])
    assert canonical_url(google_news(size + long.encode())) == long


@pytest.mark.parametrize(
    "url",
    [
        google_news(b"\x0eAU_yqLOpaqueKey"),
        google_news(b"\x7fhttps://example.com/a"),
        google_news(b"\x13javascript:alert(1)"),
        google_news(b"\x16https://example.com/\xff\xfe"),
        google_news(b""),
        "https://news.google.com/rss/articles/CBMi",
        "https://news.google.com/rss/articles/AAAAAAAAA",
        "https://news.google.com/topics/CBMiFWh0dHBzOi8vZXhhbXBsZS5jb20vYQ",
    ],
)
def test_a_link_of_google_news_that_holds_no_address_stays(url: str) -> None:
    assert untracked_url(url) == url
    assert identity_of(url).startswith("news.google.com/")


def test_the_order_of_the_query_does_not_matter() -> None:
    assert canonical_url(A + "?b=2&a=1") == canonical_url(A + "?a=1&b=2") == A + "?a=1&b=2"


def test_international_hosts_and_paths_are_encoded() -> None:
    encoded = "https://xn--mller-kva.de/%C3%A4"
    assert canonical_url("https://müller.de/ä") == canonical_url(encoded) == encoded


@pytest.mark.parametrize(
    "url",
    ["http://example.com/a", "https://www.example.com/a", "http://www.example.com:80/a/?utm_id=1"],
)
def test_scheme_and_www_are_no_part_of_the_identity(url: str) -> None:
    assert identity_of(url) == identity_of(A) == "example.com/a"


@pytest.mark.parametrize("url", ["https://example.com", "http://www.example.com/#top"])
def test_a_front_page_identifies_nothing(url: str) -> None:
    assert identity_of(url) == ""


@pytest.mark.parametrize(
    ("url", "result"),
    [
        ("https://m.example.com/A/?b=1&utm_source=x&a=2#c", "https://m.example.com/A/?b=1&a=2#c"),
        ("https://www.google.com/url?q=https://e.example/x%3Fa%3D1", "https://e.example/x?a=1"),
        ("https://example.com/?q=a%20b", "https://example.com/?q=a%20b"),
        ("https://go.example.net/click?u=https://e.example/x%3Futm_id%3D1", "https://e.example/x"),
        ("https://example.com/A/#utm_source=x", "https://example.com/A/#utm_source=x"),
        ("https://www.wsj.com/a?mod=rss_markets_main", "https://www.wsj.com/a"),
        ("https://m.youtube.com/watch?v=1&feature=share", "https://m.youtube.com/watch?v=1"),
        ("https://e.example/a?at_medium=RSS&at_campaign=KARANGA&pk_kwd=1", "https://e.example/a"),
        ("https://e.example/a?mtm_any=1&utm_any=2&ml_subscriber=3", "https://e.example/a"),
    ],
)
def test_a_reader_gets_the_original_without_tracking(url: str, result: str) -> None:
    assert untracked_url(url) == result


@pytest.mark.parametrize(
    "url",
    [
        "", "/a", "//example.com/a", "javascript:alert(1)", "java\nscript:x", "data:text/html,x",
        "vbscript:x", "file:///etc/passwd", "mailto:a@b.example", "ftp://example.com/",
        "http://", "http:///a", "https://user@example.com/", "https://a:b@example.com/",
        "https://e.example/\r\nX: y", "https://e.example/a b", "https://ok\\@e.example/",
        "https://[::1", "https://e.example:99999/", "https://e.example/" + "a" * 2048,
        "https://e.example/\ud800", "https://e.example/?q=\udfff", "https://\udc80.example/",
    ],
)  # fmt: skip
def test_what_is_no_web_link(url: str) -> None:
    assert not is_web_link(url)


@pytest.mark.parametrize("url", [A, "http://127.0.0.1:8000/x", "https://müller.de/ä?q=稀土#x"])
def test_what_is_a_web_link(url: str) -> None:
    assert is_web_link(url)


urls = st.builds(
    "{}://{}{}{}{}".format,
    st.sampled_from(["http", "https", "HTTP", "ftp"]),
    st.sampled_from(
        ["example.com", "m.m.example.com:443", "WWW.google.com", "en.m.x.org", "[::1]"]
    ),
    st.text("/.ampABä% \\x:;@", max_size=20),
    st.one_of(st.just(""), st.text("?&=abutm_mp%20+/", max_size=20).map("?{}".format)),
    st.text("#/!a", max_size=4),
)


@given(st.one_of(urls, st.text(max_size=60)))
def test_canonical_twice_is_canonical_once(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once


@given(st.text(max_size=60))
def test_any_text_can_be_asked_about(text: str) -> None:
    identity_of(text)
    untracked_url(text)
    is_web_link(text)


simple_paths = st.text("/aA0._~-", max_size=16).map("/{}".format)


@given(st.sampled_from(["https://a.example", "http://m.a-b.example"]), simple_paths)
def test_a_simple_address_is_written_as_any_other(site: str, path: str) -> None:
    assert canonical_url(site + path) == canonical_url(f"{site.upper()}{path}?utm_x=%20")


@pytest.mark.parametrize("part", ["&at", "/amp", "m."])
def test_an_address_too_long_to_link_is_not_looked_at(part: str) -> None:
    """Some of the rules would take minutes over it."""
    url = "https://www.google.com/amp/s/e.example/?utm_id=" + part * 100_000
    assert canonical_url(url) == untracked_url(url) == url


@pytest.mark.parametrize(
    "query",
    ["mod=document&uid=1", "feature=12", "pk_id=12", "at_id=3", "ml_id=4", "wt_page=5", "trk_id=6",
     "oly_year=2026", "matomo_id=7", "itm_no=8", "vero_page=9", "hsa_page=1"],
)  # fmt: skip
def test_a_parameter_that_names_the_page_stays(query: str) -> None:
    url = f"https://board.example/view?{query}"
    assert untracked_url(url) == url
    assert query.partition("&")[0] in canonical_url(url)


def test_a_site_that_only_ends_like_another_keeps_its_parameters() -> None:
    url = "https://notwsj.com/a?mod=1"
    assert untracked_url(url) == url


@pytest.mark.parametrize(
    ("url", "host", "origin"),
    [
        ("https://www.E.example/a?b#c", "e.example", "https://www.e.example"),
        ("http://e.example:80/", "e.example", "http://e.example"),
        ("https://e.example:8443/", "e.example", "https://e.example:8443"),
        ("https://trusted.example@www.other.example/x", "other.example",
         "https://www.other.example"),
        ("http://[::1]:8000/", "::1", "http://[::1]:8000"),
        ("ftp://e.example/", "", ""),
        ("a/file.xml", "", ""),
        ("https://", "", ""),
        ("https://[bad", "", ""),
        ("", "", ""),
    ],
)  # fmt: skip
def test_the_host_and_the_origin_of_an_address(url: str, host: str, origin: str) -> None:
    assert (host_of(url), origin_of(url)) == (host, origin)


def test_an_origin_with_an_impossible_port_is_none() -> None:
    assert origin_of("https://e.example:99999/") == ""


def test_a_flag_tracks_but_a_number_under_its_name_is_a_page() -> None:
    assert canonical_url("https://a.example/x?rss=1&amp=") == "https://a.example/x"
    assert canonical_url("https://a.example/x?rss=101") != canonical_url(
        "https://a.example/x?rss=102"
    )
