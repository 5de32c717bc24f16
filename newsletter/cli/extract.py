"""`newsletter extract`: one article's page as clean data."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli.common import Options, config_file, shared_options
from newsletter.cli.day import print_json
from newsletter.core.source import STDIN, is_on_the_web
from newsletter.errors import SourceError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.config import Config
    from newsletter.core.article import Article
    from newsletter.ports import Fetched

_PLAIN_NAMES = (".txt", ".md", ".text")


@click.command()
@shared_options
@click.argument("address", metavar="URL_OR_FILE")
def extract(options: Options, address: str) -> int:
    """Show the article of a page: a web address, a saved page (HTML or text), or - for stdin.

    Prints its title, date, authors, highlights and text without what the site puts around them.
    """
    from contextlib import closing

    from newsletter.config import load_config
    from newsletter.extract import article_of
    from newsletter.workers import Workers

    config = load_config(config_file(options, may_be_missing=True))
    page = _fetched(config, address) if is_on_the_web(address) else _read(config, address)
    if _is_json_feed(page.body):
        raise SourceError(
            f"{_place(address)}: is a JSON Feed, not an article's page; name it under `sources:`"
        )
    try:
        with closing(Workers(1)) as workers:
            article = workers.run(
                article_of, page.body, content_type=page.content_type, url=page.url
            )
    except SourceError as error:
        raise SourceError(f"{_place(address)}: {error}") from error
    if options.as_json:
        print_json(as_document(article))
    else:
        _show(article)
    return 0


def _is_json_feed(body: bytes) -> bool:
    """By the look of it (jsonfeed.org/version/1.1: `version` and `items` are required)."""
    start = body[:100].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"{") and b"jsonfeed.org" in body and b'"items"' in body


def as_document(article: Article) -> dict[str, object]:
    """The article as plain JSON values; names as in JSON Feed 1.1 where it has them."""
    published = article.published_at
    return {
        "title": article.title,
        "url": article.url,
        "date_published": published.strftime("%Y-%m-%dT%H:%M:%SZ") if published else None,
        "date_published_raw": article.published_raw,
        "authors": [{"name": name} for name in article.byline],
        "image": article.image,
        "highlights": list(article.highlights),
        "content_text": article.text,
        "recent": list(article.recent),
        "site": article.site,
        "language": article.language,
    }


def _fetched(config: Config, url: str) -> Fetched:
    from newsletter.build import fetcher_of
    from newsletter.ports import FetchRequest
    from newsletter.visit import ACCEPT_PAGE

    return fetcher_of(config).get(FetchRequest(url, accept=ACCEPT_PAGE))


def _read(config: Config, address: str) -> Fetched:
    """A file's or standard input's bytes, as if they had been fetched; no more than a page's."""
    from newsletter.ports import Fetched

    most = int(config.collect.max_megabytes * 1_000_000)
    if address == STDIN:
        return Fetched(url="", status=200, body=sys.stdin.buffer.read(most), content_type="")
    file = Path(address)
    if not address.strip():
        raise UsageError("the address is empty; give a web address, a saved page or -")
    if not file.exists() or file.is_dir():
        what = "is a folder, no file" if file.is_dir() else "there is no such file"
        raise UsageError(f"{address}: {what}; give a web address, a saved page or -")
    with file.open("rb") as opened:
        body = opened.read(most)
    kind = "text/plain" if file.suffix.lower() in _PLAIN_NAMES else ""
    return Fetched(url="", status=200, body=body, content_type=kind)


def _place(address: str) -> str:
    if address == STDIN:
        return "standard input"
    if not is_on_the_web(address):
        return address
    from newsletter.fetch import place_of

    return place_of(address)


def _show(article: Article) -> None:
    """A page to read: wrapped on a terminal, a line for a paragraph elsewhere."""
    from newsletter.cli.watch import stdout_console

    console = stdout_console()
    is_flowing = not console.is_terminal
    console.print(article.title, style="bold", markup=False, soft_wrap=is_flowing)
    for line in _page(article):
        console.print(line, markup=False, soft_wrap=is_flowing)


def _page(article: Article) -> Iterator[str]:
    published = article.published_at
    day = f"{published.day} {published:%B %Y}" if published else article.published_raw
    about = " · ".join(filter(None, (", ".join(article.byline), day, article.site)))
    yield from filter(None, (about, article.url))
    if article.highlights:
        yield from ("\nHighlights", *(f"  • {point}" for point in article.highlights))
    yield f"\n{article.text}"
    if article.recent:
        yield from ("\nAlso on the page", *(f"  • {headline}" for headline in article.recent))
