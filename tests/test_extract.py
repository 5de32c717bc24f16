"""An article from a web page: its own data out of all that a site puts around it."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from newsletter.core.article import Article, article_of_text
from newsletter.errors import SourceError
from newsletter.extract import article_of, article_of_page
from tests.loopback import closed_port, loopback, says

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
SEED = ROOT.parent / "shared" / "seed" / "article.txt"
URL = "https://metals.example/2026/05/second-furnace/"
STORY = """\
A smelter in the north started its second furnace on Monday, two months later than planned, and the\
 operator expects full output before the winter.
The furnace was built by a contractor from Finland. It uses hydrogen for a third of its heat, which\
 the company says saves forty thousand tonnes of carbon dioxide a year.
A late start
Deliveries of bricks for the lining were held up in a port for six weeks, and a strike of the\
 electricians took another ten days in March.
The next report on production is due in the last week of October.
Metals Example is an independent service that follows the smelters of the north."""
PARAGRAPHS = tuple(STORY.split("\n"))
OWN = Article(
    title="Northern smelter lights its second furnace",
    url=URL,
    byline=("Jane Doe",),
    published_at=datetime(2026, 5, 3, 8, 30, tzinfo=UTC),
    published_raw="2026-05-03T10:30:00+02:00",
    image="https://metals.example/pictures/furnace.jpg",
    highlights=("The second furnace started on Monday.", "Hydrogen gives a third of its heat."),
    text="\n\n".join(PARAGRAPHS),
    recent=(
        "Lithium carbonate slips for a fifth week",
        "Copper stocks at the exchange fall to a ten-year low",
        "Can tungsten find its buyers again?",
    ),
    site="Metals Example",
    language="en",
)
SIGN_UP = """
<div class="et_pb_module et_pb_signup"><form action="/subscribe" method="post">
<h2>Straight to you</h2><p>Straight to you</p>
<p>Receive a daily news update on furnaces, smelters and metals of the north, free of charge.</p>
<input name="email" placeholder="Email"><button>Subscribe</button>
<div class="success"><p>Fantastic! Thanks for subscribing, you will like it.</p></div></form></div>
"""


def linked_data(article: Article) -> str:
    """JSON-LD as a common plugin of WordPress writes it: nodes that refer to each other."""
    graph = [
        {
            "@type": "Article",
            "headline": article.title,
            "datePublished": article.published_raw,
            "author": {"@id": "/#person"},
            "image": {"@id": "/#picture"},
            "publisher": {"@id": "/#us"},
        },
        {"@type": "Person", "@id": "/#person", "name": article.byline[0]},
        {"@type": "ImageObject", "@id": "/#picture", "url": "/pictures/furnace.jpg"},
        {"@type": "Organization", "@id": "/#us", "name": article.site},
    ]
    return json.dumps({"@context": "https://schema.org", "@graph": graph})


def paragraph(text: str) -> str:
    is_heading = len(text) < 40
    text = escape(text).replace("started its", '<a href="/x">started its</a>')
    return f"<h3>{text}</h3>" if is_heading else f"<p>{text}</p>"


def page_of(article: Article, *, head: str | None = None) -> str:
    """A page as WordPress would show the article."""
    data = f'<script type="application/ld+json">{linked_data(article)}</script>'
    points = "".join(f"<li>{escape(point)}</li>" for point in article.highlights)
    body = "\n".join(map(paragraph, article.text.split("\n\n")))
    recent = "".join(f'<li><a href="/n">{escape(line)}</a></li>' for line in article.recent)
    title = escape(article.title)
    return f"""<!DOCTYPE html>
<html lang="en-US"><head><meta charset="utf-8"><title>{title} - {article.site}</title>
{data if head is None else head}
<style>p {{ color: red }}</style><script>document.write("<p>never shown</p>")</script></head>
<body class="post-template single-post has-sidebar">
<header id="main-header"><a href="/" class="logo">{article.site}</a>
<nav><ul class="menu"><li><a href="/news">News</a></li><li><a href="/prices">Prices</a></li>
<li><a href="/about">About us</a></li></ul></nav>
<form role="search"><input name="s"></form></header>
<div id="content-area" class="clearfix"><article id="post-77" class="post type-post">
<h1 class="entry-title">{title}</h1>
<p class="post-meta"><span class="published">May 3, 2026</span></p>
<div class="entry-content">
<h2>Highlights</h2><ul>{points}</ul>
{body}
</div></article>
<div class="sharing"><a href="/fb">Facebook</a> <a href="/x">X</a> <a href="/in">LinkedIn</a></div>
<aside id="sidebar"><form class="search"><label>Search</label><input name="s"></form>
<div class="widget"><h4>Recent Furnace News</h4><ul>{recent}</ul></div></aside>
<div class="author-box"><h4>By <a rel="author" href="/author/jane">Jane Doe</a></h4>
<p>Jane has been fond of furnaces since her childhood beside one, and has written about nothing
else for twenty years.</p></div>
<section id="comment-wrap"><h3 id="comments">0 Comments</h3><div id="respond">
<h3>Submit a Comment</h3><form><p>Your email address will not be published. Required fields are
marked *</p><textarea></textarea></form></div></section></div>
{SIGN_UP * 3}
<footer><p>&copy; 2026 {article.site}. All rights reserved.</p></footer>
<script>var tracking = {{"a": "<div>"}};</script></body></html>"""


def test_a_page_gives_everything_that_is_the_articles_own() -> None:
    assert article_of_page(page_of(OWN), URL) == OWN


def test_the_same_page_saved_as_text_gives_the_same() -> None:
    points = "\n".join(f"  • {point}" for point in OWN.highlights)
    recent = "\n\n".join(OWN.recent)
    form = "Straight to you\n\nStraight to you\n\nReceive a daily news update on all furnaces.\n\n"
    text = (
        f"{OWN.title}\n\nMay 3, 2026\n\nHighlights\n\n{points}\n\n{OWN.text}\n\nSearch\n"
        f"Recent Furnace News\n\n{recent}\n\nBy Jane Doe\n\nJane has been fond of furnaces"
        f" since her childhood.\n\n0 Comments\n\nSubmit a Comment\n\n{form * 3}"
    )
    saved = article_of(text.encode(), content_type="text/plain", url=URL)
    day = datetime(2026, 5, 3, tzinfo=UTC)
    assert saved == replace(
        OWN, published_at=day, published_raw="May 3, 2026", image="", site="metals.example"
    )


def test_the_real_page_as_html_gives_what_its_text_gives() -> None:
    if not SEED.is_file():
        pytest.skip(f"{SEED} lies only beside the development checkout")
    real = article_of_text(SEED.read_text(encoding="utf-8"))
    whole = replace(OWN, **{name: getattr(real, name) for name in ("title", "text", "byline")})
    whole = replace(whole, highlights=real.highlights, recent=real.recent)
    assert article_of_page(page_of(whole), URL) == whole


def test_what_stands_on_the_page_serves_where_the_head_says_nothing() -> None:
    article = article_of_page(page_of(OWN, head=""), URL)
    assert (article.title, article.byline) == (OWN.title, ("Jane Doe",))
    assert (article.published_at, article.published_raw) == (
        datetime(2026, 5, 3, tzinfo=UTC),
        "May 3, 2026",
    )
    assert (article.site, article.image) == ("metals.example", "")


def test_meta_elements_serve_where_there_is_no_linked_data() -> None:
    head = """<meta property="article:published_time" content="2026-05-03T08:30:00Z">
    <meta property="og:site_name" content="Metals Example"><meta name="author" content="Ann Poe">
    <meta property="og:image" content="https://metals.example/og.png">
    <meta property="og:title" content="Northern smelter lights its second furnace | Metals Example">
    """
    article = article_of_page(page_of(OWN, head=head), URL)
    assert article.published_at == OWN.published_at
    assert article.byline == ("Ann Poe",)
    assert article.image == "https://metals.example/og.png"
    assert (article.title, article.site) == (OWN.title, "Metals Example")


@pytest.mark.parametrize(
    "image",
    [
        "javascript:alert(1)",
        "data:image/png;base64,xx",
        "http://[",
        "https://a@b.example/x",
        "ftp://x/y",
    ],
)
def test_a_picture_is_a_web_address_or_none(image: str) -> None:
    head = f'<meta property="og:image" content="{image}">'
    assert article_of_page(page_of(OWN, head=head), URL).image == ""


@pytest.mark.parametrize(
    ("canonical", "url"),
    [
        ("https://metals.example/clean", "https://metals.example/clean"),
        ("https://other.example/stolen", URL),
        ("javascript:alert(1)", URL),
    ],
)
def test_a_page_may_name_its_address_on_its_own_host_only(canonical: str, url: str) -> None:
    head = f'<link rel="canonical" href="{canonical}">'
    assert article_of_page(page_of(OWN, head=head), URL).url == url


def test_an_authors_name_comes_without_the_by_before_it() -> None:
    head = '<meta name="author" content="Von Ann Poe und John Roe">'
    assert article_of_page(page_of(OWN, head=head), URL).byline == ("Ann Poe", "John Roe")


def test_a_name_that_sounds_like_furniture_does_not_lose_the_article() -> None:
    page = page_of(OWN).replace('"entry-content"', '"entry-content share has-sidebar newsletter"')
    assert article_of_page(page, URL).text == OWN.text


def test_mail_addresses_of_authors_are_left_out() -> None:
    head = '<meta name="author" content="jane@metals.example">'
    assert "@" not in "".join(article_of_page(page_of(OWN, head=head), URL).byline)


@pytest.mark.parametrize(
    "data",
    ["{", "[" * 100_000, '{"a":' * 50_000, "null", '"text"', "1" * 100_000, '{"@type": {"a": 1}}',
     '{"@type": "Article", "headline": 7, "author": [[[]]], "datePublished": {}, "image": [null]}'],
)  # fmt: skip
def test_broken_linked_data_is_as_good_as_none(data: str) -> None:
    head = f'<script type="application/ld+json">{data}</script>'
    article = article_of_page(page_of(OWN, head=head), URL)
    assert (article.title, article.text) == (OWN.title, OWN.text)


PROSE = f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>"
HOSTILE = {
    "nothing": "",
    "NULs": "<html>" + "\0" * 100_000,
    "no body": "<html><head><title>Only a head</title></head></html>",
    "scripts only": "<html><title>App</title><body><div id=root></div>"
    + "<script>x()</script>" * 9,
    "nested": "<h1>Title</h1>" + "<div>" * 100_000 + PROSE,
    "menus": "<h1>Title</h1><ul>" + '<li><a href="/x">One more link</a></li>' * 3_000 + "</ul>",
}


@pytest.mark.parametrize("page", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_page_without_an_article_is_refused_in_words(page: str) -> None:
    with pytest.raises(SourceError, match="holds no article"):
        article_of_page(page, URL)


HUGE = {
    "10 MB of paragraphs": PROSE * 30_000,
    "10 MB of one paragraph": f"<p>{PARAGRAPHS[0] * 60_000}</p>",
    "10 MB of markers": "<p>Recent news</p><p>By Jane Doe</p><p>3 Comments</p>" * 200_000,
    "10 MB of list headings": "<h4>Latest</h4><p><a href=/x>A headline that leads away</a></p>"
    * 150_000,
    "10 MB of attributes": f"<p {'a=1 ' * 2_500_000}>{PARAGRAPHS[0]}</p>",
    "10 MB of links": '<a href="/x">A headline that leads away</a> ' * 200_000,
    "10 MB of angle brackets": "<" * 10_000_000,
    "10 MB of entities": "&amp;&lt;" * 1_000_000,
    "lists in lists": ("<ul><li>Point" * 120 + "</li></ul>" * 120) * 1_000,
    "tables in tables": ("<table><tr><td>Cell" * 60 + "</td></tr></table>" * 60) * 1_000,
    "headings in headings": "<div><b>Latest</b><div>" * 120 + PROSE * 3_000,
}


@pytest.mark.parametrize("page", HUGE.values(), ids=HUGE.keys())
def test_a_huge_page_ends_as_an_article_or_in_words(page: str) -> None:
    try:
        article: object = article_of_page(f"<html><body><h1>A fine title</h1>{page}", URL)
    except SourceError as error:
        article = error
    assert pickle.loads(pickle.dumps(article)) is not None


def test_a_login_wall_is_named_as_such() -> None:
    page = """<html><title>A fine title</title><body><h1>A fine title</h1><main>
    <p>Subscribe to continue reading.</p><p>Already a member? Log in.</p></main></body></html>"""
    with pytest.raises(SourceError, match="asks readers to sign in"):
        article_of_page(page, URL)


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b"%PDF-1.7\n" + bytes(range(256)) * 40, "application/pdf", "neither a web page nor text"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "", "neither a web page nor text"),
        (b'<?xml version="1.0"?><rss version="2.0"><channel/></rss>', "text/xml", "is a feed"),
    ],
)
def test_what_is_no_page_is_named(body: bytes, kind: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        article_of(body, content_type=kind, url=URL)


def test_the_charset_is_found_in_the_page() -> None:
    page = (
        page_of(OWN).replace("utf-8", "windows-1252").replace("of the north, free", "of the nörth")
    )
    page = page.replace("A late start", "A laté start")
    article = article_of(page.encode("cp1252"), content_type="text/html", url=URL)
    assert "A laté start" in article.text


def newsletter(folder: Path, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "newsletter", *words],
        cwd=folder,
        env={"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "PYTHONPATH": str(ROOT)},
        input=given,
        capture_output=True,
        timeout=60,
        check=False,
    )


def document(done: subprocess.CompletedProcess[bytes]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def allow(folder: Path, port: int) -> None:
    (folder / "newsletter.yaml").write_text(f"collect: {{allow_hosts: ['127.0.0.1:{port}']}}\n")


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    file = tmp_path / "page.html"
    file.write_text(page_of(OWN), encoding="utf-8")
    return file


def test_the_command_prints_one_document_of_a_saved_page(saved: Path) -> None:
    done = newsletter(saved.parent, "extract", saved.name, "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    assert document(done) == {
        "title": OWN.title,
        "url": "",
        "date_published": "2026-05-03T08:30:00Z",
        "date_published_raw": OWN.published_raw,
        "authors": [{"name": "Jane Doe"}],
        "image": "",
        "highlights": list(OWN.highlights),
        "content_text": OWN.text,
        "recent": list(OWN.recent),
        "site": OWN.site,
        "language": "en",
    }


def test_the_command_leaves_nothing_behind(saved: Path) -> None:
    newsletter(saved.parent, "extract", saved.name)
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]


def test_the_command_shows_a_page_to_read(saved: Path) -> None:
    shown = newsletter(saved.parent, "extract", saved.name).stdout.decode()
    assert shown.startswith(f"{OWN.title}\nJane Doe · 3 May 2026 · Metals Example\n")
    assert f"\n{PARAGRAPHS[1]}\n" in shown
    assert f"  • {OWN.recent[0]}\n" in shown


def test_the_command_reads_standard_input(tmp_path: Path) -> None:
    done = newsletter(tmp_path, "extract", "-", "--json", given=page_of(OWN).encode())
    assert document(done)["content_text"] == OWN.text


@pytest.fixture
def fetched_page(tmp_path: Path) -> Iterator[tuple[subprocess.CompletedProcess[bytes], str, str]]:
    with loopback() as server:
        server.answers["/story"] = says(page_of(OWN).encode(), content_type="text/html")
        allow(tmp_path, server.server_port)
        done = newsletter(tmp_path, "extract", server.url("/story"), "--json")
        yield done, server.url("/story"), server.requests[0][1]["accept"]


def test_the_command_fetches_a_page_as_the_configuration_allows(
    fetched_page: tuple[subprocess.CompletedProcess[bytes], str, str],
) -> None:
    done, url, accept = fetched_page
    found = document(done)
    assert (found["content_text"], found["url"]) == (OWN.text, url)
    assert found["image"] == f"{url.removesuffix('/story')}/pictures/furnace.jpg"
    assert accept.startswith("text/html,application/xhtml+xml")


def test_a_page_inside_the_own_network_is_not_fetched_unless_allowed(tmp_path: Path) -> None:
    with loopback() as server:
        server.answers["/story"] = says(page_of(OWN).encode(), content_type="text/html")
        done = newsletter(tmp_path, "extract", server.url("/story"))
    assert done.returncode == 1
    assert server.requests == []


def test_a_page_that_cannot_be_reached_is_a_passing_failure(tmp_path: Path) -> None:
    port = closed_port()
    allow(tmp_path, port)
    done = newsletter(tmp_path, "extract", f"http://127.0.0.1:{port}/story?key=secret")
    assert done.returncode == 75
    assert b"refused the connection" in done.stderr
    assert b"secret" not in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("nowhere.html",), 2, b"nowhere.html: there is no such file"),
        (("/",), 2, b"/: is a folder"),
        ((), 2, b"URL_OR_FILE"),
        (("empty.html",), 1, b"empty.html: holds no article"),
        (("",), 2, b"the address is empty"),
        (("feed.json",), 1, b"feed.json: is a JSON Feed, not an article's page"),
    ],
)
def test_wrong_words_and_pages_end_in_one_line(
    tmp_path: Path, words: tuple[str, ...], code: int, said: bytes
) -> None:
    (tmp_path / "empty.html").write_text("<html><body></body></html>")
    version = "https://jsonfeed.org/version/1.1"
    (tmp_path / "feed.json").write_text(json.dumps({"items": [], "version": version}))
    done = newsletter(tmp_path, "extract", *words)
    assert done.returncode == code
    assert said in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_page_of_blanks_is_read_at_once() -> None:
    page = f"<html><h1>A title here</h1><p>{PARAGRAPHS[0]}{' ' * 300_000}x</p></html>"
    assert article_of_page(page, "https://outlet.example/1").title == "A title here"
