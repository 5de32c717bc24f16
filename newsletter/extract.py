"""From an article's web page to an `Article`: trafilatura for the body, the page's own word first.

What surrounds the article (lists of other headlines, an author's biography, comments, forms) is
taken out of the page's tree before trafilatura looks for the body, and the rules for pages saved as
text (`core.article`) look over what it finds. trafilatura never fetches, and its search for a date
is not used: it costs more than all else here and guesses.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from newsletter.core.article import (
    MAX_TEXT,
    NO_ARTICLE,
    WALLED,
    Article,
    article_of_text,
    is_walled,
)
from newsletter.core.article_facts import facts_of
from newsletter.core.article_tree import Surrounded, text_of, tree_of
from newsletter.core.language import language_of
from newsletter.core.text import clean_line, repair, without_furniture, without_outlet_suffix
from newsletter.core.urls import host_of, is_web_link
from newsletter.errors import SourceError
from newsletter.kinds.charset import decoded

if TYPE_CHECKING:
    from newsletter.core.article_facts import Facts

MAX_PAGE = 4_000_000
"""Characters of a page that are read."""
MAX_BYTES = 3 * MAX_PAGE
_MOST_COMPARED = 2_000
"""Elements up to which trafilatura compares its body with other programs' (in quadratic time)."""
_MOST_SHARE = 0.5

_MARKUP = re.compile(r"<(?:!doctype html|html|head|body|article|div|p|h1)[\s>]", re.IGNORECASE)
_FEED = re.compile(r"\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:rss|feed|rdf:RDF|urlset)\b")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\ufffd]")
_HEAD = 20_000
_MOST_NOISE = 0.02


def article_of(body: bytes, *, content_type: str, url: str) -> Article:
    """The article of a page, HTML or saved as text, as it came over the wire or from a file.

    Raises:
        SourceError: there is no article in it.
    """
    text = decoded(body[:MAX_BYTES], content_type)
    head = text[:_HEAD]
    if _FEED.match(head):
        raise SourceError("is a feed, not an article's page; name it under `sources:`")
    if len(_NOT_TEXT.findall(head)) > _MOST_NOISE * len(head):
        raise SourceError("holds no article: it is neither a web page nor text")
    is_plain = content_type.partition(";")[0].strip().lower() == "text/plain"
    if head.lstrip().startswith("<") or (not is_plain and _MARKUP.search(head)):
        return article_of_page(text, url)
    return replace(article_of_text(text), url=url, site=host_of(url))


def article_of_page(html: str, url: str) -> Article:
    """The article of a web page; `url` is where the page was found, for relative addresses.

    Raises:
        SourceError: there is no article in it, or it is built so that no reader can take it.
    """
    try:
        return _article(html, url)
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
        raise SourceError("holds no article: its markup cannot be read") from error


def _article(html: str, url: str) -> Article:
    root = tree_of(html[:MAX_PAGE])
    facts = facts_of(root, url)
    title = _title(root, facts, facts.site or host_of(url))
    if not title:
        raise SourceError("holds no article: the page has no title")
    page = Surrounded(root)
    highlights, recent = page.take_highlights(), page.take_recent()
    about = page.about()
    page.drop_surroundings()
    read = _read(title, root)
    return replace(
        read,
        title=title,
        url=_address(facts.url, url),
        byline=facts.byline or about.names or read.byline,
        published_at=facts.published_at or about.date or read.published_at,
        published_raw=facts.published_raw or about.raw_date or read.published_raw,
        image=facts.image,
        highlights=highlights or read.highlights,
        recent=tuple(line for line in recent or read.recent if line != title),
        site=facts.site or host_of(url),
        language=language_of(f"{title}\n{read.text}", facts.language),
    )


def _address(canonical: str, url: str) -> str:
    """The address that the page calls its own, where it is on the host that was asked."""
    is_own = canonical and (not is_web_link(url) or host_of(canonical) == host_of(url))
    return canonical if is_own else url


def _title(root: Any, facts: Facts, site: str) -> str:  # noqa: ANN401 - lxml has no types
    """The headline: as readers see it, where the page's head says much the same."""
    told = [*facts.titles, *(text_of(one) for one in islice(root.iter("title"), 3))]
    titles = [without_outlet_suffix(repair(text), site) for text in told if text]
    seen = [repair(text_of(one)) for one in islice(root.iter("h1"), 10)]
    headings = [text for text in seen if text]
    likely = [text for text in headings if any(_is_alike(text, title) for title in titles)]
    alone = headings if len(headings) == 1 and not facts.titles else []
    best = next(iter([*likely, *alone, *titles, *headings]), "")
    return clean_line(without_furniture(best, "")) or best


def _is_alike(heading: str, title: str) -> bool:
    ours, theirs = (set(re.findall(r"\w+", text.lower())) for text in (heading, title))
    return bool(ours) and len(ours & theirs) >= _MOST_SHARE * max(len(ours), min(len(theirs), 3))


def _read(title: str, root: Any) -> Article:  # noqa: ANN401
    """The body, without what may still stand around it."""
    from trafilatura import bare_extraction

    shown = "".join(root.itertext())[:MAX_TEXT]
    is_large = sum(1 for _ in root.iter()) > _MOST_COMPARED
    found: Any = bare_extraction(
        root, favor_precision=True, include_comments=False, with_metadata=False, fast=is_large
    )
    text = (found.text if found else None) or ""
    try:
        return article_of_text(f"{title}\n\n" + text.replace("\n", "\n\n"))
    except SourceError:
        raise SourceError(WALLED if is_walled("", shown) else NO_ARTICLE) from None
