"""Step 1b: for entries whose feed carries little, fetch the article and keep what it tells.

The entries marked in the table are the to-do list: a run that dies leaves them marked, and the
next one goes on. An article is asked for under the same bounds and manners as a feed, and only
where its host's robots.txt lets programs read it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import DataError, transaction

from newsletter import PRODUCT
from newsletter.core.text import clean_line
from newsletter.errors import NewsletterError
from newsletter.extract import article_of
from newsletter.hosts import host_of, over_hosts
from newsletter.ports import FetchRequest
from newsletter.store import articles as store
from newsletter.visit import RefusedError, Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsletter.core.article import Article
    from newsletter.core.source import Source
    from newsletter.ports import App
    from newsletter.store.articles import WantedArticle

OLDEST = timedelta(days=3)
"""First seen longer ago than that, an entry is no news any more, and its article not worth it."""

MOST_TRIES = 2


MOST_TOLD = 3


@dataclass(frozen=True)
class Articles:
    """How many articles were read, and why others could not be, in words."""

    read: int = 0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Look:
    """What one look at an article brought: the article, or why not and whether to look again."""

    wanted: WantedArticle
    article: Article | None = None
    problem: str = ""
    may_pass: bool = False


def read_articles(app: App, sources: Sequence[Source]) -> Articles:
    """Fetch the articles that are wanted, the newest first, at most `collect.most_articles`.

    One that cannot be had leaves its entry as the feed gave it, and its reason is told.
    """
    since = app.clock.now() - OLDEST
    names = [source.name for source in sources if source.has_articles]
    limit = app.config.collect.most_articles
    wanted = store.load_wanted_articles(names, since=since, limit=limit)
    looks: list[_Look] = []
    for batch in _looks(app, wanted):
        looks += [_saved(look) for look in batch]
        app.progress.advance(len(looks), len(wanted), host_of(looks[-1].wanted.url))
    return Articles(sum(1 for look in looks if look.article is not None), _told(looks))


def _told(looks: Sequence[_Look]) -> tuple[str, ...]:
    """For the hosts with the most failures: how many articles were not read, and one reason."""
    reasons: defaultdict[str, list[str]] = defaultdict(list)
    for look in looks:
        if look.problem:
            reasons[host_of(look.wanted.url)].append(look.problem)
    worst = sorted(reasons.items(), key=lambda item: -len(item[1]))[:MOST_TOLD]
    return tuple(
        f"{len(found)} article{'s' * (len(found) > 1)} of {host} not read: {found[0]}"
        for host, found in worst
    )


def _looks(app: App, wanted: Sequence[WantedArticle]) -> Iterator[list[_Look]]:
    """Looks at articles as they come in, with the manners of `collect`.

    A host that was silent once is not asked again: an article is worth no long wait.
    """
    visitor = Visitor(app, PRODUCT, is_impatient=True)
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
        fetched = visitor.get_page(FetchRequest(wanted.url))
        article = app.workers.run(
            article_of, fetched.body, content_type=fetched.content_type, url=fetched.url
        )
    except RefusedError:
        return _Look(wanted, problem="it asks to be left alone for now", may_pass=True)
    except NewsletterError as error:
        return _Look(wanted, problem=clean_line(str(error)), may_pass=not error.is_permanent)
    except Exception as error:  # noqa: BLE001 - one strange page must not stop the edition
        return _Look(wanted, problem=f"could not be read: {type(error).__name__}")
    return _Look(wanted, article if len(article.text) > wanted.length else None)


def _saved(look: _Look) -> _Look:
    """The look once it is stored; an article that cannot be is given up."""
    try:
        with transaction.atomic():
            _save(look)
    except (DataError, ValueError, TypeError) as error:
        store.give_up_article(look.wanted.id)
        return _Look(look.wanted, problem=f"cannot be stored: {type(error).__name__}")
    return look


def _save(look: _Look) -> None:
    if look.article is not None:
        store.save_article(look.wanted.id, look.article)
    elif look.may_pass and look.wanted.tries + 1 < MOST_TRIES:
        store.save_article_try(look.wanted.id)
    else:
        store.give_up_article(look.wanted.id)
