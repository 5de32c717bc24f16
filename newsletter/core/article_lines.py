"""What one line of an article's page is: a date, an author, a heading of a list, furniture."""

# ruff: noqa: RUF001 - words of several languages, with their own punctuation

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.core.dates import EARLIEST, parse_date
from newsletter.core.text import without_furniture

if TYPE_CHECKING:
    from datetime import datetime

MAX_HEADLINE = 250
"""Characters; a longer line is no headline, name or date."""
_LONG = 200
_SENTENCE = 60

_HIGHLIGHTS = re.compile(
    r"(?:(?:article |story |news )?highlights?|key (?:points?|takeaways?|facts?|highlights?)"
    r"|takeaways|summary points|at a glance|in brief|das wichtigste(?: in kürze)?|auf einen blick"
    r"|points clés|l[’']essentiel|puntos clave|lo esencial|pontos[- ]chave|要点|核心要点)\s*[:：]?",
    re.IGNORECASE,
)
_RECENT = re.compile(
    r"(?:(?:our |the )?(?:most )?(?:recent|latest|related|popular|trending|more|other|further|top)"
    r"(?: [\w&'’.-]+){0,4} (?:news|posts?|articles?|stories|headlines|insights|coverage|reports)"
    r"|(?:the )?latest|related|trending(?: now)?|most (?:read|popular)|more (?:from|on|in) .{2,40}"
    r"|(?:read|see) (?:also|next|more)|(?:up|what to read) next|you (?:may|might) also like"
    r"|recommended(?: for you)?|weitere (?:nachrichten|artikel|meldungen)|mehr zum thema"
    r"|neueste (?:nachrichten|artikel|beiträge)|à lire aussi|articles (?:récents|liés)"
    r"|artículos (?:recientes|relacionados)|noticias (?:recientes|relacionadas)|lea también"
    r"|últimas noticias|notícias relacionadas|leia também"
    r"|相关(?:新闻|文章|阅读)|最新(?:新闻|文章|资讯)"
    r")\s*[:：]?",
    re.IGNORECASE,
)
_ABOUT_AUTHOR = re.compile(
    r"(?:about|meet) the authors?|author bio(?:graphy)?|written by"
    r"|über (?:den autor|die autorin)|à propos de l[’']auteure?|sobre (?:el|la|o|a) autora?",
    re.IGNORECASE,
)
_COMMENT_FORM = re.compile(
    r"(?:submit|leave|post|add|write) a (?:comment|reply)|leave a reply(?: cancel reply)?"
    r"|your e-?mail address will not be published.{0,120}|join the (?:conversation|discussion)"
    r"|(?:schreibe|hinterlasse) einen kommentar|laisser un commentaire|deja (?:un comentario|una"
    r" respuesta)|deixe um comentário|发表评论",
    re.IGNORECASE,
)
_COMMENTS = re.compile(r"(?:(?:\d{1,5}|no) )?comments?(?: \(\d{1,5}\))?", re.IGNORECASE)
_SIGN_UP = re.compile(
    r"\b(?:inbox|newsletter|e-?mail|subscri\w{1,8}|sign(?:ing)? up|news update)\b", re.IGNORECASE
)
_PASSAGE = re.compile(
    r"(?:home|start(?:seite)?|accueil|inicio|首页)\s*[>›»/|→].{0,200}", re.IGNORECASE
)
_BULLET = re.compile(r"(?:[•‣▪◦●○■·∙⁃–—*+-]|\d{1,2}[.)])\s+(?=\S)")
_SENTENCE_END = re.compile(r"[.。！!…][\"'”’»)\]]{0,2}$")
_MAX_HEADING_WORDS = 5

_HEADING_MARK = re.compile(r"#{1,6} +(?=\S)")
_UNDERSCORES = re.compile(r"(?<!\w)(_{1,3})(?=[^\s_])([^_\n]{1,400})(?<=\S)\1(?!\w)")
_STARS = re.compile(r"(?<![\w*])(\*{1,3})(?=[^\s*])([^*\n]{1,400})(?<=\S)\1(?![\w*])")

_LABEL = re.compile(
    r"(?:(?P<again>(?:last )?(?:updated|modified|revised)|aktualisiert|geändert|mis(?:e)? à jour"
    r"|actualizado|atualizado|aggiornato|更新(?:时间)?)"
    r"|published|posted|first published|publication date|released|date|veröffentlicht|erschienen"
    r"|stand|datum|publiée?|publicado|pubblicato|gepubliceerd|发布(?:时间|日期)?|日期|时间)"
    r"(?: (?:on|at|am|le|el|em|il|op))?\s*[:：]?\s*",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?<![\d.])(?:\d{1,2}(?:st|nd|rd|th|º|er|\.)?(?:\s+de|\s+of)?[\s-]+[^\W\d]{3,10}\.?,?(?:\s+de)?"
    r"[\s-]+(?:19|20)\d{2}|[^\W\d]{3,10}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+(?:19|20)\d{2}"
    r"|(?:19|20)\d{2}\s*[-/.年년]\s*\d{1,2}\s*[-/.月월]\s*\d{1,2}[日일号]?"
    r"|\d{1,2}[./]\d{1,2}[./](?:19|20)\d{2})(?!\d)"
    r"(?:[\sT,]{1,3}(?:at |um |à |às |klo )?\d{1,2}[:时時시h]\d{2}(?:[:分]\d{2})?(?:[.,]\d{1,6})?"
    r"(?:\s?[ap]\.?m\b\.?)?(?:\s?(?:Z|UTC|GMT|[A-Z]{3,4}|[+-]\d{1,2}:?\d{2})\b)?)?",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_MAX_WORDS_BESIDE = 2
_BEFORE_DATE = re.compile(r"\s(?:on|am|le|el|em|at)$", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:[|｜·•]|\s[–—-]\s)\s*|,?\s+(?=(?:last )?updated\b)", re.IGNORECASE)
_BY = re.compile(
    r"(?:(?:written |posted |published |reported )?by|authors?|von|autor(?:in)?|par|por|di|door"
    r"|作者|记者|文)(?:\s*[:：/]\s*|\s+(?!the numbers))",
    re.IGNORECASE,
)
_NAMES_APART = re.compile(r"\s*(?:[,;&]|\s(?:and|und|et|y|e|en)\s)\s*")
_NAME = re.compile(
    r"(?:(?:[^\W\d_a-zß-öø-ÿ][\w.'’-]*|d[aeiou]s?|de[lnr]|van|von|der|den|al|el|la|le|bin|ibn|ter)"
    r"(?:\s+|$)){1,6}"
)
_ROLE = re.compile(
    r"\b(?:editor|reporter|writer|correspondent|staff|analyst|contributor|columnist|redaktion)\b",
    re.IGNORECASE,
)
_SIDE_NOTE = re.compile(r"\d{1,3} min(?:ute)?s?(?: read)?|[^.!?]{1,40}", re.IGNORECASE)


def is_heading_of_highlights(line: str) -> bool:
    """True for "Highlights", "Key points" and the like, which a list of points follows."""
    return len(line) <= MAX_HEADLINE and _HIGHLIGHTS.fullmatch(line) is not None


def is_heading_of_recent(line: str) -> bool:
    """True for "Recent … News", "Related" and the like, which other articles' headlines follow."""
    return len(line) <= MAX_HEADLINE and _RECENT.fullmatch(line) is not None


def is_about_author(line: str) -> bool:
    """True for the heading of an author's biography."""
    return len(line) <= MAX_HEADLINE and _ABOUT_AUTHOR.fullmatch(line.rstrip(":")) is not None


def is_comment_form(line: str) -> bool:
    """True for what stands over the form in which readers write comments."""
    return len(line) <= MAX_HEADLINE and _COMMENT_FORM.fullmatch(line) is not None


def is_comments(line: str) -> bool:
    """True for "3 Comments": the heading of the comments, or a count in the article's head."""
    return len(line) <= MAX_HEADLINE and _COMMENTS.fullmatch(line) is not None


def is_sign_up(line: str) -> bool:
    """True for furniture that wants the reader's address."""
    return len(line) <= _LONG and bool(_SIGN_UP.search(line)) and not without_furniture(line, "")


def is_passage(line: str) -> bool:
    """True for the way from the front page to here: "Home > News > Magnets"."""
    return _PASSAGE.fullmatch(line) is not None


def is_prose(line: str) -> bool:
    """True for a sentence or more, false for a headline or a label."""
    return len(line) >= _LONG or (len(line) >= _SENTENCE and ends_a_sentence(line))


def ends_a_sentence(line: str) -> bool:
    """True where the last word is followed by a full stop; headlines end without."""
    return _SENTENCE_END.search(line[-4:]) is not None


def is_short_heading(line: str) -> bool:
    """True for a few words without a sentence's end."""
    return len(line.split()) <= _MAX_HEADING_WORDS and not ends_a_sentence(line)


def is_bullet(line: str) -> bool:
    """True for a point of a list."""
    return _BULLET.match(line) is not None


def without_bullet(line: str) -> str:
    """A point without the sign before it."""
    return _BULLET.sub("", line, count=1)


def without_marks(line: str) -> str:
    """Without the signs that stand for emphasis and headings where a page is saved as text."""
    line = _HEADING_MARK.sub("", line, count=1) if line.startswith("#") else line
    if "_" in line:
        line = _UNDERSCORES.sub(r"\2", line)
    return _STARS.sub(r"\2", line) if "*" in line else line


@dataclass(frozen=True)
class About:
    """What a line says about the article: its authors, its date in UTC and as it is written.

    `is_again` marks the date of a later change.
    """

    names: tuple[str, ...] = ()
    raw_date: str = ""
    date: datetime | None = None
    is_again: bool = False


def about_line(line: str) -> About | None:
    """The facts of a line that holds nothing else: "By Jane Doe | 3 May 2026"; None for others."""
    if len(line) > MAX_HEADLINE:
        return None
    pieces = list(filter(None, _BETWEEN.split(line)))[:8]
    read = [_about(piece) for piece in pieces]
    facts = [about for about in read if about]
    rest = [piece for piece, about in zip(pieces, read, strict=True) if not about]
    if not facts or not all(_SIDE_NOTE.fullmatch(piece) for piece in rest):
        return None
    dated = sorted((about for about in facts if about.raw_date), key=lambda about: about.is_again)
    names = tuple(name for about in facts for name in about.names)
    first = dated[0] if dated else About()
    return About(names, first.raw_date, first.date, first.is_again)


def names_in(text: str) -> tuple[str, ...]:
    """The names in "Jane Doe, John Roe and Ann Poe"; none where one of them cannot be a name."""
    pieces = list(filter(None, _NAMES_APART.split(text.strip(" .:,"))))
    named = [piece for piece in pieces if not _ROLE.search(piece)] or pieces
    return tuple(dict.fromkeys(named)) if all(map(_NAME.fullmatch, named)) else ()


def without_by(line: str) -> str:
    """An author's line without the "By" before the name."""
    by = _BY.match(line)
    return line[by.end() :] if by else line


def moment_of(raw: str) -> datetime | None:
    """A date as it is written, in UTC; None for what is no date, or none of an article."""
    moment = parse_date(raw)
    return moment if moment and moment >= EARLIEST else None


def _about(piece: str) -> About | None:
    """One piece of a line: an author, a date, both ("By Jane Doe on 3 May 2026"), or neither."""
    match = _DATE.search(piece)
    rest = f"{piece[: match.start()].rstrip()} {piece[match.end() :]}" if match else piece
    rest = rest.strip(" ,:–—-")
    label = _LABEL.match(rest)
    rest = rest[label.end() :] if label else rest
    by = _BY.match(rest)
    names = names_in(_BEFORE_DATE.sub("", rest[by.end() :])) if by else ()
    if match and (names or len(_WORD.findall(rest)) <= _MAX_WORDS_BESIDE):
        raw = match[0].strip()
        return About(names, raw, moment_of(raw), is_again=bool(label and label["again"]))
    return About(names) if names else None
