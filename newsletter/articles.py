"""Step 1b: for entries whose feed carries little, fetch the article and keep what it tells.

The entries marked in the table are the to-do list: a run that dies leaves them marked, and the
next one goes on. An article is asked for under the same bounds and manners as a feed, and only
where its host's robots.txt lets programs read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from newsletter import PRODUCT
from newsletter.errors import NewsletterError
from newsletter.extract import article_of
from newsletter.hosts import host_of, over_hosts
from newsletter.ports import FetchRequest
from newsletter.store import articles as store
from newsletter.visit import ACCEPT_PAGE, Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsletter.core.article import Article
    from newsletter.core.source import Source
    from newsletter.ports import App
    from newsletter.store.articles import WantedArticle

OLDEST = timedelta(days=3)
"""First seen longer ago than that, an entry is no news any more, and its article not worth it."""

MOST_TRIES = 2


@dataclass(frozen=True)
class _Look:
    """What one look at an article brought: the article, or whether to look again another time."""

    wanted: WantedArticle
    article: Article | None = None
    may_pass: bool = False


def read_articles(app: App, sources: Sequence[Source]) -> int:
    """Fetch the articles that are wanted, the newest first, at most `collect.most_articles`.

    Returns how many were read. An article that cannot be had leaves its entry as the feed gave it.
    """
    bounds = app.config.collect
    since = app.clock.now() - OLDEST
    names = [source.name for source in sources if source.has_articles]
    wanted = store.load_wanted_articles(names, since=since, limit=bounds.most_articles)
    read = done = 0
    for batch in _looks(app, wanted):
        with transaction.atomic():
            for look in batch:
                _save(look)
                read += look.article is not None
        done += len(batch)
        app.progress.advance(done, len(wanted), "")
    return read


def _looks(app: App, wanted: Sequence[WantedArticle]) -> Iterator[list[_Look]]:
    """Looks at articles as they come in, with the manners of `collect`."""
    visitor = Visitor(app, PRODUCT)
    bounds = app.config.collect
    try:
        yield from over_hosts(
            wanted,
            lambda entry: _look(app, visitor, entry),
            host=lambda entry: host_of(entry.url),
            threads=bounds.workers,
            per_host=bounds.per_host,
        )
    finally:
        app.fetcher.close()


def _look(app: App, visitor: Visitor, wanted: WantedArticle) -> _Look:
    """Fetch and read one article; never raises."""
    try:
        if not visitor.may_read_page(wanted.url):
            return _Look(wanted)
        fetched = visitor.get(FetchRequest(wanted.url, accept=ACCEPT_PAGE))
        article = app.workers.run(
            article_of, fetched.body, content_type=fetched.content_type, url=fetched.url
        )
    except NewsletterError as error:
        return _Look(wanted, may_pass=not error.is_permanent)
    except Exception:  # noqa: BLE001 - one strange page must not stop the edition
        return _Look(wanted)
    return _Look(wanted, article if len(article.text) > wanted.length else None)


def _save(look: _Look) -> None:
    if look.article is not None:
        store.save_article(look.wanted.id, look.article)
    elif look.may_pass and look.wanted.tries + 1 < MOST_TRIES:
        store.save_article_try(look.wanted.id)
    else:
        store.give_up_article(look.wanted.id)
