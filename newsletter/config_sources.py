"""The settings of sources: what stands under `sources:`."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, model_validator

from newsletter.config_values import Duration, Pattern, Place, Selector, Settings, Word
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

    name: Annotated[Word, Field(max_length=120)]
    url: Place
    kind: Literal["auto", "feed", "jsonfeed", "sitemap", "page", "file"] = "auto"
    group: Word = "Trade press"
    publisher: Publisher = Publisher.TRADE_PRESS
    weight: float = Field(1.0, ge=0, le=3)
    language: str | None = Field(None, pattern=r"^[a-z]{2}$")
    topics: tuple[Annotated[Word, Field(max_length=60)], ...] = ()
    allow: tuple[Pattern, ...] = ()
    deny: tuple[Pattern, ...] = ()
    every: Duration = timedelta(0)
    quotable: bool = True
    articles: bool = True
    paywall: bool = False
    selectors: SelectorSettings | None = None
    enabled: bool = True

    @model_validator(mode="after")
    def _only_pages_have_selectors(self) -> SourceSettings:
        if self.kind == "page" and self.selectors is None:
            raise ValueError("a source of kind `page` needs `selectors` with at least `item`")
        if self.kind != "page" and self.selectors is not None:
            raise ValueError(f"`selectors` go with `kind: page`, not with `kind: {self.kind}`")
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
    """The sources, if no two have one name; large and small letters do not tell names apart."""
    seen: set[str] = set()
    for source in sources:
        if same_name(source.name) in seen:
            raise ValueError(f"two sources are called {source.name!r}; give each its own name")
        seen.add(same_name(source.name))
    return sources


def same_name(name: str) -> str:
    """One way to write a name, so that two of them can be compared."""
    return " ".join(name.split()).casefold()


def none_as_empty(listed: object) -> object:
    """`sources:` with nothing under it is a list that nobody has filled yet."""
    return () if listed is None else listed
