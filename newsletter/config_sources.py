"""The settings of sources: what stands under `sources:`."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, model_validator

from newsletter.config_values import Duration, Pattern, Place, Selector, Settings
from newsletter.core.source import Publisher, Selectors, Source


class SelectorSettings(Settings):
    """How the items of a page without a feed are picked."""

    item: Annotated[Selector, Field(min_length=1)]
    title: Selector = ""
    link: Selector = ""
    date: Selector = ""
    summary: Selector = ""


class SourceSettings(Settings):
    """One place to read."""

    name: str = Field(min_length=1, max_length=120)
    url: Place
    kind: Literal["auto", "feed", "jsonfeed", "sitemap", "page", "file"] = "auto"
    group: str = "Trade press"
    publisher: Publisher = Publisher.TRADE_PRESS
    weight: float = Field(1.0, ge=0, le=3)
    language: str | None = Field(None, pattern=r"^[a-z]{2}$")
    topics: tuple[Annotated[str, Field(min_length=1, max_length=60)], ...] = ()
    allow: tuple[Pattern, ...] = ()
    deny: tuple[Pattern, ...] = ()
    every: Duration = timedelta(0)
    quotable: bool = True
    articles: bool = True
    paywall: bool = False
    selectors: SelectorSettings | None = None
    enabled: bool = True

    @model_validator(mode="after")
    def _page_has_selectors(self) -> SourceSettings:
        if self.kind == "page" and self.selectors is None:
            raise ValueError("a source of kind `page` needs `selectors` with at least `item`")
        return self

    def as_source(self) -> Source:
        """The same as the core knows it."""
        values = self.model_dump(exclude={"quotable", "articles", "selectors"})
        picked = self.selectors.model_dump() if self.selectors else None
        return Source(
            **values,
            is_quotable=self.quotable,
            has_articles=self.articles,
            selectors=Selectors(**picked) if picked else None,
        )


def different_names(sources: tuple[SourceSettings, ...]) -> tuple[SourceSettings, ...]:
    """The sources, if no two have one name."""
    names = [source.name for source in sources]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"two sources are called {twice[0]!r}; give each its own name")
    return sources
