"""Articles that are to be fetched for entries, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F

from newsletter import models

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from newsletter.core.article import Article


@dataclass(frozen=True)
class WantedArticle:
    """An entry whose article is to be fetched; `length` is of the text it has so far."""

    id: str
    url: str
    length: int
    tries: int


def load_wanted_articles(
    sources: Sequence[str], *, since: datetime, limit: int
) -> tuple[WantedArticle, ...]:
    """The entries of the named sources, first seen since then, whose article is wanted."""
    rows = (
        models.Entry.objects.filter(
            article="wanted", first_seen_at__gte=since, source__in=list(sources)
        )
        .order_by("-published_at", "key")
        .values_list("key", "url", "text", "article_tries")[:limit]
    )
    return tuple(WantedArticle(key, url, len(text), tries) for key, url, text, tries in rows)


def save_article(entry_id: str, article: Article) -> None:
    """Keep what the article tells beyond the feed: text, points, authors, picture, date.

    The feed's own content stays the measure of what is an edit.
    """
    row = models.Entry.objects.get(key=entry_id)
    row.text = article.text
    row.highlights = list(article.highlights) or row.highlights
    row.authors = row.authors or list(article.byline)
    row.image = row.image or article.image
    if not row.date_is_known and article.published_at and article.published_at <= row.first_seen_at:
        row.published_at, row.date_is_known = article.published_at, True
    row.article = "read"
    row.save()


def save_article_try(entry_id: str) -> None:
    """The article could not be had this time; it stays wanted."""
    models.Entry.objects.filter(key=entry_id).update(article_tries=F("article_tries") + 1)


def give_up_article(entry_id: str) -> None:
    """The article cannot be had; the entry stays as its feed gave it."""
    models.Entry.objects.filter(key=entry_id).update(article="failed")
