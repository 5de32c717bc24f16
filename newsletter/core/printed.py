"""Whether words were printed: what a page and a story say, compared as people compare texts."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from newsletter.core.anatomy import anatomy_of
from newsletter.core.depth import MEASURES, Depth
from newsletter.core.links import linkable
from newsletter.core.page import page_for
from newsletter.core.story_block import Setting, story_block
from newsletter.core.words import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from newsletter.core.brand import Brand
    from newsletter.core.edition import Draft, Edition
    from newsletter.core.story import Story

_QUOTES = re.compile(r"[\"'`\u00ab\u00b4\u00bb\u2018-\u201f\u2039\u203a\u300c-\u300f]")
_DASHES = re.compile(r"[\u2010-\u2014\u2212]")
_INVISIBLE = re.compile(r"[\u00ad\u034f\u200b-\u200f\u2060\ufeff]")
_BROKEN = re.compile(r"(?<=-) ")
_LETTER = "[0-9a-z]"  # others may be written without gaps between words
_ALL = MEASURES[Depth.FULL]


def words_of_frozen(edition: Edition) -> tuple[str, ...]:
    """What was frozen of an edition, as text: both parts, each cell and paragraph by itself."""
    # cells and paragraphs may stand side by side without a gap
    return edition.text, anatomy_of(edition.html.replace("<", " <")).text


def is_printed(words: str, texts: Iterable[str]) -> bool:
    """Whether one of the texts has the words, whole.

    White space, kinds of dash, capitals and quotation marks are not compared.
    """
    wanted = _folded(words)
    before = f"(?<!{_LETTER})" if re.match(_LETTER, wanted) else ""
    after = f"(?!{_LETTER})" if re.search(rf"{_LETTER}\Z", wanted) else ""
    pattern = re.compile(before + re.escape(wanted) + after)
    return any(pattern.search(_folded(text)) for text in texts)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", clean(text))).casefold()
    plain = _DASHES.sub("-", _QUOTES.sub("", plain))
    return _BROKEN.sub("", " ".join(plain.split()))  # a line of plain text may end in a hyphen


def words_of_page(draft: Draft, brand: Brand) -> str:
    """All that the page of a draft says to readers of the fullest depth."""
    page = asdict(page_for(draft, brand, Depth.FULL))
    said = [value for name, value in page.items() if name not in ("brand", "palette")]
    return " ".join(_strings(said))


def words_of_story(story: Story, draft: Draft, brand: Brand) -> str:
    """All that a story of a draft says to readers of the fullest depth."""
    setting = Setting(
        draft.made_at, ZoneInfo(brand.time_zone), brand.language, linkable(brand.home_url), _ALL
    )
    return " ".join(_strings(asdict(story_block(story, setting, _ALL.lead, _ALL.lead_reasons))))


def _strings(value: object) -> Iterator[str]:
    """Every text in a tree of lists and dictionaries, in order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)
