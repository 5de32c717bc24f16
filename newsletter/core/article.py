"""An article as its page tells it, and the way there from a page saved as plain text.

A saved page is lines: a title, a few about the article, its paragraphs, and what the site puts
around them. One walk over the lines, in order, knows at each of them in which part it stands.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import pairwise
from typing import TYPE_CHECKING

from newsletter.core import article_lines as line_is
from newsletter.core.language import language_of
from newsletter.core.text import clean, clean_line, repair, without_furniture
from newsletter.errors import SourceError

if TYPE_CHECKING:
    from datetime import datetime

MAX_TEXT = 400_000
"""Characters of a page's text that are read."""
MAX_RECENT = 20
MAX_POINTS = 12
_MAX_TITLE = 500
_MAX_AUTHORS = 20
_LEAST = 80
"""Bytes of the least text that is an article: a Chinese character says as much as three letters."""
_TEASER = 300
_LONG = 250
_HEAD = 2
"""Paragraphs within which a line about the article is taken for one: a standfirst comes first."""

_WALL = re.compile(
    r"\b(?:subscribe|sign in|log ?in|register|join) (?:now )?to "
    r"(?:continue|read|keep|unlock|access)"
    r"|(?:for|to) (?:our )?(?:paying )?(?:subscribers|members) only"
    r"|\b(?:enable|turn on) javascript|verify (?:that )?you are (?:a )?human|are you a robot"
    r"|checking your browser|unusual traffic|\baccess denied\b|page not found",
    re.IGNORECASE,
)
NO_ARTICLE = "holds no article: too little text is left without menus, forms and lists of links"
WALLED = "shows no article: it asks readers to sign in, to subscribe or to prove themselves"


@dataclass(frozen=True)
class Article:
    """What an article's page tells; what it does not tell is empty.

    `published_at` is in UTC, `published_raw` the same as the page writes it. `image` is an absolute
    web address. `highlights` are the publisher's own points; `text` holds paragraphs, subheadings
    among them, an empty line apart; `recent` are other articles' headlines on the page.
    """

    title: str
    url: str
    byline: tuple[str, ...]
    published_at: datetime | None
    published_raw: str
    image: str
    highlights: tuple[str, ...]
    text: str
    recent: tuple[str, ...]
    site: str
    language: str


def article_of_text(text: str) -> Article:
    """The article on a page saved as plain text: its first line is the title.

    Raises:
        SourceError: there is no article in it.
    """
    text = text[:MAX_TEXT]
    page = _Page.of(_lines(text))
    body = page.text
    if is_walled(body, text):
        raise SourceError(WALLED)
    if not page.title or len(body.encode()) < _LEAST:
        raise SourceError(NO_ARTICLE)
    return Article(
        title=page.title,
        url="",
        byline=tuple(page.names),
        published_at=page.about.date,
        published_raw=page.about.raw_date,
        image="",
        highlights=tuple(page.highlights)[:MAX_POINTS],
        text=body,
        recent=tuple(page.recent),
        site="",
        language=language_of(f"{page.title}\n{body}", None),
    )


def is_walled(body: str, page: str) -> bool:
    """True where a page asks for something before it shows its article, of which little is left."""
    return len(body) < _TEASER and _WALL.search(page) is not None


def _lines(text: str) -> list[str]:
    """The page's lines that hold anything, repaired and clean; wrapped paragraphs on one line."""
    blocks = [block.split("\n") for block in clean(repair(text)).split("\n\n")]
    width = max((len(line) for block in blocks for line in block), default=0)
    joined = (_unwrapped(block, width) for block in blocks)
    return [line for block in joined for line in map(line_is.without_marks, block) if line]


_WRAPPED = range(40, 101)
_NEARLY_FULL = 0.6


def _unwrapped(block: list[str], width: int) -> list[str]:
    """The block's lines, joined where the page breaks all its lines near one width."""
    if width not in _WRAPPED:
        return block
    lines = block[:1]
    for before, line in pairwise(block):
        if len(before) > _NEARLY_FULL * width and not line_is.is_bullet(line):
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    return lines


def _prose_below(lines: list[str]) -> list[int]:
    below = [0] * len(lines)
    for place in range(len(lines) - 1, 0, -1):
        line = lines[place]
        is_end = line_is.is_heading_of_recent(line) or line_is.is_comment_form(line)
        size = len(line) if line_is.is_prose(line) else 0
        below[place - 1] = 0 if is_end else below[place] + size
    return below


class _Part(Enum):
    """Where on the page the walk stands."""

    BODY = auto()
    HIGHLIGHTS = auto()
    RECENT = auto()
    REST = auto()
    """Below the article: an author's biography, comments, forms."""


@dataclass
class _Page:
    """The walk over the lines, and what it has found so far."""

    lines: list[str]
    counts: Counter[str]
    following: list[int]
    """For each line, the characters of prose below it, up to the next list or form."""
    title: str = ""
    about: line_is.About = field(default_factory=line_is.About)
    names: list[str] = field(default_factory=list)
    highlights: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    recent: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    size: int = 0

    @classmethod
    def of(cls, lines: list[str]) -> _Page:
        """What the lines hold."""
        page = cls(lines, Counter(lines), _prose_below(lines))
        part = _Part.BODY
        for place in range(len(lines)):
            part = page._step(part, place)
        return page

    @property
    def text(self) -> str:
        """The paragraphs; the points of a list stand on lines of their own."""
        text = "\n\n".join(self.body)
        return re.sub(r"(?m)(^[•‣▪◦●-] .*)\n\n(?=[•‣▪◦●-] )", r"\1\n", text)

    def _step(self, part: _Part, place: int) -> _Part:
        """Take one line; the part that it belongs to."""
        line = self.lines[place]
        if not self.title:
            self._take_title(line)
            return part
        if started := self._started(part, place):
            return started
        if part is _Part.HIGHLIGHTS and line_is.is_bullet(line):
            self.highlights.append(self._kept(line_is.without_bullet(line)))
            return part
        if part is _Part.REST:
            return part
        if part is _Part.RECENT and not self._goes_on(place):
            self._take_recent(place)
            return part
        self._take(place)
        return _Part.BODY

    def _started(self, part: _Part, place: int) -> _Part | None:
        """The part that begins with this line, if one does."""
        line, following = self.lines[place], self._line(place + 1)
        if line_is.is_heading_of_recent(line) and not line_is.is_prose(following):
            return _Part.RECENT
        if line_is.is_heading_of_highlights(line) and line_is.is_bullet(following):
            return None if self.highlights else _Part.HIGHLIGHTS
        if not self.body or part is _Part.REST:
            return None
        if self._is_author(line) and self._is_over(place):
            is_in_list = part is _Part.RECENT and not line_is.ends_a_sentence(following)
            return None if is_in_list else self._ended_by(line)
        is_over = line_is.is_comments(line) and self._is_over(place)
        return _Part.REST if line_is.is_comment_form(line) or is_over else None

    def _is_author(self, line: str) -> bool:
        about = line_is.about_line(line)
        is_byline = about is not None and bool(about.names) and not about.raw_date
        return is_byline or line_is.is_about_author(line)

    def _ended_by(self, line: str) -> _Part:
        """The author's name below the article is its byline, unless one stood above."""
        about = line_is.about_line(line)
        self.names = self.names or list(about.names if about else ())
        return _Part.REST

    def _is_over(self, place: int) -> bool:
        """True where what follows, up to the next list or form, is little beside what was."""
        return self.following[place] <= self.size // 2

    def _goes_on(self, place: int) -> bool:
        """True where the article's paragraphs go on below a list: not an item's one sentence."""
        line = self.lines[place]
        is_long = len(line) >= _LONG or line_is.is_prose(self._line(place + 1))
        return line_is.is_prose(line) and is_long and bool(self._kept(line))

    def _take_title(self, line: str) -> None:
        kept = self._kept(line)
        if kept and len(kept) <= _MAX_TITLE and not line_is.is_passage(line):
            self.title = clean_line(kept)
            self.seen.add(line)

    def _take_recent(self, place: int) -> None:
        line = self.lines[place]
        about = line_is.about_line(line)
        if about and not self.body:
            self._take_about(about)
        headline = "" if about else self._kept(line_is.without_bullet(line))
        is_headline = 0 < len(headline) <= line_is.MAX_HEADLINE and not line_is.is_prose(line)
        is_wanted = is_headline and len(self.recent) < MAX_RECENT and headline not in self.recent
        if is_wanted and not self._is_over_sign_up(place):
            self.recent.append(clean_line(headline))

    def _take(self, place: int) -> None:
        """Take a line of the article itself."""
        line = self.lines[place]
        about = line_is.about_line(line) if len(self.body) < _HEAD else None
        if about:
            self._take_about(about)
        elif line not in self.seen and not line_is.is_comments(line):
            kept = self._kept(line)
            if kept and not self._is_over_sign_up(place):
                self.body.append(kept)
                self.size += len(kept)
            self.seen.add(line)

    def _take_about(self, about: line_is.About) -> None:
        names = dict.fromkeys((*self.names, *about.names))
        self.names = list(names)[:_MAX_AUTHORS]
        if about.raw_date and (self.about.is_again or not self.about.raw_date):
            self.about = about

    def _is_over_sign_up(self, place: int) -> bool:
        """True for the heading of a form that asks for the reader's address."""
        heading, following = self.lines[place], self._line(place + 1)
        return line_is.is_short_heading(heading) and line_is.is_sign_up(following)

    def _kept(self, line: str) -> str:
        """What is left of a line without furniture; one that repeats is judged as such."""
        if len(line) < _LONG and _WALL.search(line):
            return ""
        return without_furniture("\n".join([line] * min(2, self.counts[line] or 1)), "")

    def _line(self, place: int) -> str:
        return self.lines[place] if place < len(self.lines) else ""
