"""What a page says about its article in its head: `meta`, Open Graph and JSON-LD.

schema.org's Article and its kin (https://schema.org/Article), the Open Graph protocol
(https://ogp.me) and the names that older systems use. Read in time linear in the page, with bounds.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from newsletter.core.article_lines import moment_of, names_in, without_by
from newsletter.core.text import clean_line, plain, repair
from newsletter.core.urls import is_web_link

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_MAX_METAS = 500
_MAX_SCRIPTS = 20
_MAX_SCRIPT = 500_000
_MAX_NODES = 5_000
_MAX_VALUE = 1_000
_MAX_AUTHORS = 20
_MAX_NAME = 80

_TITLES = ("og:title", "twitter:title", "dc.title", "parsely-title")
_DATES = (
    "article:published_time", "og:published_time", "og:article:published_time", "datepublished",
    "article.published", "parsely-pub-date", "publishdate", "publish-date", "publish_date",
    "pubdate", "dc.date.issued", "dcterms.issued", "dc.date", "dcterms.created", "sailthru.date",
    "date",
)  # fmt: skip
_AUTHORS = ("author", "article:author", "parsely-author", "dc.creator", "sailthru.author")
_IMAGES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")
_SITES = ("og:site_name", "application-name", "dc.publisher")
_LANGUAGES = ("og:locale", "content-language", "dc.language", "language")


@dataclass(frozen=True)
class Facts:
    """What the head says; what it does not say is empty. `titles` are the best first."""

    titles: tuple[str, ...] = ()
    byline: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_raw: str = ""
    image: str = ""
    site: str = ""
    language: str = ""
    url: str = ""


def facts_of(root: Any, url: str) -> Facts:  # noqa: ANN401 - lxml has no types
    """What an lxml tree of a page says about the article; `url` is where it was found."""
    metas = _metas(root)
    linked = _LinkedData.of(root)
    written = map(clean_line, (*linked.dates(), *_named(metas, _DATES)))
    dates = [text for text in written if moment_of(text)]
    addresses = (_joined(url, text) for text in (*_named(metas, _IMAGES), *linked.images()))
    declared = [root.get("lang", ""), *_named(metas, _LANGUAGES), *linked.texts("inLanguage")]
    return Facts(
        titles=tuple(map(_line, (*_named(metas, _TITLES), *linked.texts("headline")))),
        byline=_names((*linked.authors(), *_named(metas, _AUTHORS))),
        published_at=moment_of(dates[0]) if dates else None,
        published_raw=dates[0] if dates else "",
        image=next(filter(is_web_link, addresses), ""),
        site=next(filter(None, map(_line, (*_named(metas, _SITES), *linked.publishers()))), ""),
        language=next(filter(None, declared), ""),
        url=_canonical(root, metas, url),
    )


def _line(text: str) -> str:
    return clean_line(repair(plain(text[:_MAX_VALUE])))


def _names(written: tuple[str, ...]) -> tuple[str, ...]:
    """Authors without addresses: some systems put a mail or a profile there."""
    lines = [without_by(line) for line in map(_line, written)]
    plain_ones = [line for line in lines if line and "@" not in line and "//" not in line]
    names = (name for line in plain_ones for name in names_in(line) or (line,))
    return tuple(dict.fromkeys(name for name in names if len(name) <= _MAX_NAME))[:_MAX_AUTHORS]


def _metas(root: Any) -> dict[str, str]:  # noqa: ANN401
    """Name, property or itemprop -> content, the first of each."""
    found: dict[str, str] = {}
    for meta in islice(root.iter("meta"), _MAX_METAS):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        name = name or meta.get("http-equiv") or ""
        if content := (meta.get("content") or "").strip()[:_MAX_VALUE]:
            found.setdefault(name.strip().lower(), content)
    return found


def _named(metas: dict[str, str], names: tuple[str, ...]) -> list[str]:
    return [metas[name] for name in names if name in metas]


def _canonical(root: Any, metas: dict[str, str], url: str) -> str:  # noqa: ANN401
    links = islice(root.iter("link"), _MAX_METAS)
    canonical = (link.get("href") for link in links if link.get("rel") == "canonical")
    found = (_joined(url, text.strip()) for text in (*canonical, metas.get("og:url", "")) if text)
    return next(filter(is_web_link, found), "")


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


@dataclass(frozen=True)
class _LinkedData:
    """The page's JSON-LD: the node of the article, that of the page, and all nodes by their id."""

    article: dict[str, Any]
    page: dict[str, Any]
    by_id: dict[str, dict[str, Any]]

    @classmethod
    def of(cls, root: Any) -> _LinkedData:  # noqa: ANN401
        nodes = list(islice(_nodes(root), _MAX_NODES))
        by_id: dict[str, dict[str, Any]] = {}
        for node in nodes:
            name = node.get("@id")
            if isinstance(name, str) and len(node) > 1:
                by_id.setdefault(name, node)
        article = next(filter(_is_article, nodes), {})
        page = next((node for node in nodes if "WebPage" in _types(node)), {})
        return cls(article, page, by_id)

    def texts(self, name: str) -> list[str]:
        """A property's text, of the article first."""
        return [value for value in (self.article.get(name),) if isinstance(value, str) and value]

    def dates(self) -> list[str]:
        """When it was published; some systems say so of the page alone."""
        values = (self.article.get("datePublished"), self.page.get("datePublished"))
        return [value.strip()[:_MAX_VALUE] for value in values if isinstance(value, str)]

    def authors(self) -> list[str]:
        """The authors' names."""
        return self._all("author", "name") or self._all("creator", "name")

    def publishers(self) -> list[str]:
        """The publisher's names."""
        return self._all("publisher", "name")

    def images(self) -> list[str]:
        """The addresses of the article's pictures."""
        return self._all("image", "url") + self._all("image", "contentUrl")

    def _all(self, name: str, part: str) -> list[str]:
        """The texts of a property that may be a text, a node, a reference to one, or a list."""
        value = self.article.get(name)
        values = value if isinstance(value, list) else [value]
        return [text for one in values[:_MAX_AUTHORS] for text in self._text(one, part)]

    def _text(self, value: object, part: str) -> Iterator[str]:
        if isinstance(value, dict):
            named = self.by_id.get(str(value.get("@id", "")), {})
            value = value.get(part) or named.get(part)
        if isinstance(value, str) and value.strip():
            yield value.strip()


def _nodes(root: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    """Every JSON object of the page's JSON-LD, outer ones first."""
    scripts = (one for one in root.iter("script") if "ld+json" in (one.get("type") or "").lower())
    for script in islice(scripts, _MAX_SCRIPTS):
        waiting = [_parsed(script.text or "")]
        while waiting:
            value = waiting.pop()
            if isinstance(value, dict):
                yield value
                waiting += reversed(value.values())
            elif isinstance(value, list):
                waiting += reversed(value[:_MAX_NODES])


def _parsed(text: str) -> object:
    if len(text) > _MAX_SCRIPT:
        return None
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _types(node: dict[str, Any]) -> str:
    kind = node.get("@type")
    names = kind if isinstance(kind, list) else [kind]
    return " ".join(name for name in names[:10] if isinstance(name, str))


def _is_article(node: dict[str, Any]) -> bool:
    kinds = _types(node).split()
    return any(kind.endswith(("Article", "Posting", "Report")) for kind in kinds) and (
        "headline" in node or "datePublished" in node
    )
