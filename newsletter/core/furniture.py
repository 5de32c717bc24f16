"""What a site adds to every page, and no reader of a newsletter wants to see."""

# ruff: noqa: RUF001 - phrases of several languages, with their own punctuation

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

_READ_MORE = (
    "read more", "read on", "read the full (?:story|article|post)", "read full (?:story|article)",
    "read the rest of (?:the|this) (?:story|article|post|entry)", "continue reading",
    "keep reading", "view (?:full|original) (?:article|post)", "click here to read more",
    "learn more", "full story", "weiterlesen", "mehr lesen", "lire la suite", "seguir leyendo",
    "leer más", "leia mais", "阅读全文", "查看全文", "閱讀全文", "続きを読む", "더 ?보기",
    "자세히 보기",
)  # fmt: skip
_THE_POST = (
    "the post", "this (?:article|post|story|entry)", "der beitrag", "l[’']article", "el post",
    "la entrada",
)  # fmt: skip
_APPEARED = (
    "(?:first )?appeared (?:first )?(?:on|at|in)",
    "was (?:first|originally) published (?:on|by|at|in)",
    "erschien zuerst auf",
    "est apparu en premier sur",
    "se publicó primero en",
    "apareció primero en",
)


def _any_of(*phrases: str) -> str:
    return "(?:" + "|".join(phrases) + ")"


_PHRASES = re.compile(
    r"[ ]?\((?:opens?|opening) in (?:a )?new (?:tab|window)\)"
    r"|[ ]?\[\+\d+ chars\]"
    r"|(?<=[.…!?。！？»”\"']) (?:\d+|no) comments?$"
    rf"|[ ]?[\[(](?:…|\.\.\.)[\])](?=$| {_any_of(*_THE_POST, *_READ_MORE)})"
    rf"|(?:^|[ ]){_any_of(*_THE_POST)} [^\n]{{0,400}}?{_any_of(*_APPEARED)} [^\n]{{0,200}}$"
    r"|(?:^|(?<=[.…!?。!?»”\"'\])]) ?|[ ](?:»|›|>|→|\|) ?)"
    rf"{_any_of(*_READ_MORE)}(?: (?:about|on|at|in|“|\")[^\n]{{0,120}})?[ »›>→….:]*$",
    re.IGNORECASE | re.MULTILINE,
)
"""Inside a line or at its end."""
_HINTS = (
    " comment",
    "new tab", "new window", " chars]", "[…]", "[...]", "(…)", "(...)", "appeared", "published",
    "erschien", "apparu en", "primero en", "read ", "reading", "full ", "original ", "learn more",
    "weiterlesen", "mehr lesen", "la suite", "leyendo", "leer más", "leia mais", "全文", "続きを",
    "보기",
)  # fmt: skip
"""Some of these stand in every text in which `_PHRASES` can find anything: looked for first,
because that is ten times as fast."""

_NETWORK = _any_of(
    "facebook", "twitter", "x", "linkedin", "whatsapp", "telegram", "reddit", "pinterest",
    "tumblr", "e-?mail", "print", "pocket", "instagram", "youtube", "threads", "bluesky",
    "mastodon", "wechat", "weibo", "copy link", "copy", "link", "tweet", "share", "like", "pin",
    "save", "more", "sms", "flipboard", "messenger", "line", "微信", "微博", "qq", "朋友圈",
)  # fmt: skip
_GAP = r"(?:[\s,|/·•]| and )+"
_LINE = re.compile(
    _any_of(
        r"(?:please )?(?:share|tweet|post|follow us|like|分享到|分享)(?: this)?"
        r"(?: (?:article|post|story|page|entry))?(?: (?:on|via|with|to))?\s*[::]?"
        rf"(?:{_GAP}{_NETWORK})*",
        rf"{_NETWORK}(?:{_GAP}{_NETWORK}){{2,}}",
        r"click to (?:share|e-?mail|print)[^\n]{0,120}",
        r"(?:\d+|no) (?:comments?|shares?|likes?|views?)",
        r"comments? \(\d+\)",
        r"\d+ min(?:ute)?s? read",
        r"(?:like )?loading(?:\.\.\.|…)?",
        r"(?:related|recent|popular|more)(?: (?:articles|posts|stories|news))",
        r"(?:related|see also|tags?|filed under)[::][^\n]{0,200}",
        r"advertisement|advertorial|sponsored(?: content)?",
        r"skip to (?:main )?content|back to top|(?:previous|next) (?:article|post)",
        r"search|menu|log ?in|sign ?in|sign ?up|subscribe(?: now| today)?|read (?:also|next)",
        r"(?:©|copyright)[^\n]{0,160}|all rights reserved",
        r"fantastic! thanks for subscribing[^\n]{0,120}",
        r"thank(?:s| you) for (?:subscribing|signing up)[^\n]{0,120}",
        r"责任编辑[::][^\n]{0,60}|本文(?:来源|转自)[::][^\n]{0,80}",
    )
    + r"[\s.!:|]*",
    re.IGNORECASE,
)
"""A line of its own."""

_SIGN_UP = re.compile(
    r"\b"
    + _any_of(
        r"subscribe (?:to|for|now)", r"sign up (?:for|to|now)",
        r"(?:join|get) our (?:free )?(?:newsletter|mailing list)",
        r"(?:straight |directly )?(?:in)?to your inbox",
        r"(?:daily|weekly|free) (?:e-?mail |news )?(?:newsletter|news update|digest|alerts?)",
        r"your e-?mail address",
    )
    + r"\b",
    re.IGNORECASE,
)  # fmt: skip
_ASKS = re.compile(
    r"(?:subscribe|sign up|join|get|receive|enter|stay|want|don[’']t miss|never miss|like what"
    r"|straight into|your e-?mail)\b",
    re.IGNORECASE,
)
_COMMENTS = re.compile(
    r"(?:\d+|no) comments?|(?:submit|leave|post|add) a (?:comment|reply)"
    r"|leave a reply(?: cancel reply)?|your e-?mail address will not be published\.?.*",
    re.IGNORECASE,
)
_LONG = 300
"""Characters from which a line is taken for text of the article."""


def without_furniture(text: str, outlet: str) -> str:
    """A clean text without what the site adds to every page.

    Gone are "The post … appeared first on …", "(opens in a new tab)", "Read more", share bars,
    comment counts and all below the comment form, sign-up blocks, and lines that repeat.
    """
    lines = [line.rstrip() for line in _before_comments(_without_phrases(text).split("\n"))]
    counts = Counter(lines)
    seen: set[str] = set()
    kept = []
    for line in lines:
        is_repeated = counts[line] > 1
        if not line or not (line in seen or _is_furniture(line, outlet, is_repeated=is_repeated)):
            kept.append(line)
            seen.add(line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _without_phrases(text: str) -> str:
    lower = text.lower()
    return _PHRASES.sub("", text) if any(hint in lower for hint in _HINTS) else text


def _before_comments(lines: list[str]) -> list[str]:
    """What stands above the comment form, unless that is nothing or the article goes on below."""
    for place, line in enumerate(lines):
        if _COMMENTS.fullmatch(line.strip()) and any(map(str.strip, lines[:place])):
            is_end = all(len(later) < _LONG for later in lines[place + 1 :])
            return lines[:place] if is_end else lines
    return lines


_BETWEEN = re.compile(r"\s*[|·•]\s*")
_READ_MORE_ALONE = re.compile(rf"{_any_of(*_READ_MORE)}[ »›>→….:]*", re.IGNORECASE)


def _is_bar(line: str) -> bool:
    """True for "Read more | Share this | 0 Comments": all of its parts are furniture."""
    parts = list(filter(None, _BETWEEN.split(line)))
    return bool(parts) and all(
        _LINE.fullmatch(part) or _COMMENTS.fullmatch(part) or _READ_MORE_ALONE.fullmatch(part)
        for part in parts
    )


def _is_furniture(line: str, outlet: str, *, is_repeated: bool) -> bool:
    if len(line) >= _LONG:
        return False
    if _LINE.fullmatch(line) or _is_bar(line):
        return True
    if not _SIGN_UP.search(line):
        return False
    is_self_praise = bool(outlet) and line.casefold().startswith(outlet.casefold())
    return is_repeated or is_self_praise or bool(_ASKS.match(line))


_SUFFIX = re.compile(
    r"(?P<title>.*\S)\s*(?:\s[-–—|·•»:]|[||_])\s*(?P<outlet>[^||\n]{1,80})", re.DOTALL
)
_MIN_TITLE = 4


def without_outlet_suffix(title: str, outlet: str) -> str:
    """The title without " - Outlet", " | outlet.com" and the like at its end."""
    match = _SUFFIX.fullmatch(title)
    if not match or not outlet or len(match["title"]) < _MIN_TITLE:
        return title
    is_outlet = _name_key(match["outlet"]) == _name_key(outlet)
    return without_outlet_suffix(match["title"], outlet) if is_outlet else title


_DOMAIN = re.compile(r"\.(?:com|org|net|cn|co\.uk|com\.au|com\.cn|de|fr|io|news)$")


@lru_cache(maxsize=4096)
def _name_key(name: str) -> str:
    """What two ways to write one outlet's name have in common."""
    short = name.strip().casefold().removeprefix("www.").removeprefix("the ")
    return re.sub(r"\W+", "", _DOMAIN.sub("", short))
