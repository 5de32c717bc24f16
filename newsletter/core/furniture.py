"""What a site adds to every page, and no reader of a newsletter wants to see."""

# ruff: noqa: RUF001 - phrases of several languages, with their own punctuation

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache


def _any_of(*phrases: str) -> str:
    return "(?:" + "|".join(phrases) + ")"


_READ_MORE = _any_of(
    "read more", "read on", "read the full (?:story|article|post)", "read full (?:story|article)",
    "read the rest of (?:the|this) (?:story|article|post|entry)", "continue reading",
    "keep reading", "view (?:full|original) (?:article|post)", "click here to read more",
    "learn more", "full story", "weiterlesen", "mehr lesen", "lire la suite", "seguir leyendo",
    "leer más", "leia mais", "continue lendo", "continua a leggere", "lees verder", "阅读全文",
    "查看全文", "閱讀全文", "続きを読む", "더 ?보기", "자세히 보기",
)  # fmt: skip
_THE_POST = _any_of(
    "The post", "This (?:article|post|story|entry)", "Der Beitrag", "L[’']artic(?:le|olo)",
    "El post", "La entrada", "O post", "Het bericht",
)  # fmt: skip
_NAME_FOLLOWS = r"(?=[^\W\d_a-z]|the [A-Z]|[\w-]+\.[a-z])"
_APPEARED = _any_of(
    "appeared first (?:on|at|in) ",
    f"(?:first appeared on|was (?:first|originally) published (?:on|by|at|in)) {_NAME_FOLLOWS}",
    "erschien zuerst auf ", "est apparu en premier sur ", "se publicó primero en ",
    "apareció primero en ", "apareceu primeiro em ", "proviene da ", "verscheen eerst op ",
)  # fmt: skip
_NEW_TAB = _any_of(
    "(?:opens?|opening) in (?:a )?new (?:tab|window)",
    "(?:öffnet|wird)(?: sich)? in (?:einem )?neue[mn] (?:tab|fenster)(?: geöffnet)?",
    "(?:s[’']ouvre|ouverture) dans (?:un nouvel onglet|une nouvelle fenêtre)",
    "(?:se )?abre en (?:una )?(?:nueva (?:pestaña|ventana)|(?:pestaña|ventana) nueva)",
    "abre(?:-se)? (?:em|num|numa) (?:uma )?(?:nova (?:aba|guia|janela)|novo separador)",
    "si apre in una nuova (?:scheda|finestra)",
)


@dataclass(frozen=True)
class _Phrase:
    """What goes: its pattern, and its hints.

    One of the hints is in every text in which the pattern can be found: they are looked for first,
    because that is ten times as fast. In small letters for what stands at a line's end.
    """

    pattern: re.Pattern[str]
    hints: tuple[str, ...]

    def without(self, text: str, place: str) -> str:
        return self.pattern.sub("", text) if any(hint in place for hint in self.hints) else text


_NEW_TAB_OPENS = re.compile(rf"\({_NEW_TAB}\)", re.IGNORECASE)
"""Begins with a character, which makes the search fast."""
_NEW_TAB_AFTER = re.compile(rf" ?\({_NEW_TAB}\)", re.IGNORECASE)
_ANYWHERE = (
    _Phrase(
        re.compile(r" ?[((]在?新(?:标签页?|窗口|視窗|分頁)中?(?:打开|打開|開啟|开启)[))]"),
        ("新标签", "新窗口", "新視窗", "新分頁"),
    ),
    _Phrase(re.compile(r"[ ]?\[\+\d+ chars\]"), (" chars]",)),
)
_AT_THE_END = (
    _Phrase(
        re.compile(r" (?<=[.…!?。！？»”\"'] )(?:\d+|no) comments?$", re.IGNORECASE | re.MULTILINE),
        (" comment",),
    ),
    _Phrase(
        re.compile(
            rf"(?:^|[ ])(?:{_THE_POST} [^\n]{{0,400}}?{_APPEARED}"
            rf"|This (?:article|post|story|entry) first appeared (?:in|at) {_NAME_FOLLOWS})"
            r"[^\n]{0,200}$",
            re.MULTILINE,
        ),
        ("first", "published", "erschien", "apparu en", "primero", "primeiro", "proviene", "eerst"),
    ),
    _Phrase(
        re.compile(
            r"(?:^|(?<=[.…!?。!?»”\"'\])]) ?|[ ](?:»|›|>|→|\|) ?)"
            rf"{_READ_MORE}(?: (?:about|on|at|in|“|\")[^\n]{{0,120}})?[ »›>→….:]*$",
            re.IGNORECASE | re.MULTILINE,
        ),
        (
            *(
                "read more",
                "read on",
                "read the",
                "read full",
                "reading",
                "view full",
                "learn more",
            ),
            *("view original", "full story", "weiterlesen", "mehr lesen", "la suite", "leyendo"),
            *("leer más", "leia mais", "lendo", "leggere", "verder", "全文", "続きを読む", "보기"),
        ),
    ),
    _Phrase(
        re.compile(r"[ ]?[\[(](?:…|\.\.\.)[\])]$", re.MULTILINE), ("[…]", "[...]", "(…)", "(...)")
    ),
)

_NETWORK = _any_of(
    "facebook", "twitter", "x", "linkedin", "whatsapp", "telegram", "reddit", "pinterest",
    "tumblr", "e-?mail", "print", "pocket", "instagram", "youtube", "threads", "bluesky",
    "mastodon", "wechat", "weibo", "copy link", "copy", "link", "tweet", "share", "like", "pin",
    "save", "more", "sms", "flipboard", "messenger", "line", "微信", "微博", "qq", "朋友圈",
)  # fmt: skip
_ELSEWHERE = (
    "related|see also|tags?|filed under|recommended|also read|read also|read next|read more"
    "|you may also like|more on this|lesen sie auch|mehr zum thema|à lire aussi|lire aussi"
    "|lea también|lee también|leia também|相关阅读|延伸阅读|推荐阅读"
)
_COOKIES = _any_of(
    r"this (?:web)?site uses cookies\b[^\n]*",
    r"we (?:and our partners )?use cookies (?:to|on|and|for)[^\n]*(?:experience|site|browsing"
    r"|traffic|consent|content)[^\n]*",
    r"by (?:continuing|using|clicking)[^\n]{0,80}you (?:agree|consent|accept)[^\n]*cookies?[^\n]*",
    r"(?:accept|reject|manage)(?: all)? cookies|cookie (?:settings|policy|preferences|notice)",
    r"(?:diese (?:web)?seite|diese website|wir) verwende(?:t|n) cookies\b[^\n]*",
    r"(?:ce site|nous) utilis(?:e|ons) des cookies\b[^\n]*",
    r"(?:este sitio(?: web)?|este site) (?:utiliza|usa) cookies\b[^\n]*",
    r"(?:utilizamos|usamos) cookies\b[^\n]*",
    r"本(?:网站|站)使用\s*cookies?[^\n]*",
)
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
        rf"(?:{_ELSEWHERE})(?: (?:articles?|posts?|stor(?:y|ies)|news|reading))?"
        r"(?: for you)?\s*[::][^\n]{0,200}",
        r"(?:recommended|suggested)(?: (?:articles?|posts?|stories|reading))?(?: for you)?",
        r"(?:you (?:may|might) (?:also )?like|more from this author|most (?:read|popular))",
        r"advertisement(?: - (?:scroll|story|continue)[^\n]{0,60})?|advertorial|anzeige|publicité",
        r"sponsored(?: content)?|publicidad|publicidade|广告",
        _COOKIES,
        r"(?:required fields are marked|save my name, e-?mail)[^\n]{0,120}",
        r"you must be logged in to (?:post a )?comment|comments (?:are )?closed",
        r"(?:abonnez-vous|suscríbete|assine|jetzt)[^\n]{0,40} newsletter[^\n]{0,40}",
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
        r"(?:in|to|into) your inbox",
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
_SIGN_UP_HINTS = (
    *("subscribe", "sign up", "our ", "inbox", "newsletter", "update", "digest", "alert"),
    *("e-mail address", "email address"),
)
_COMMENTS = re.compile(
    r"(?:\d+|no) comments?|(?:submit|leave|post|add) a (?:comment|reply)"
    r"|leave a reply(?: cancel reply)?|your e-?mail address will not be published\b.*"
    r"|deine e-?mail-adresse wird nicht veröffentlicht\b.*"
    r"|votre adresse e-?mail ne sera pas publiée\b.*"
    r"|tu dirección de correo electrónico no será publicada\b.*"
    r"|o seu endereço de e-?mail não será publicado\b.*"
    r"|(?:schreibe einen kommentar|laisser un commentaire|deja una respuesta|发表评论)",
    re.IGNORECASE,
)
_LONGEST_END = 240
"""Characters from the end of a line in which a hint of what can go there stands."""
_LONG = 300
"""Characters from which a line is taken for text of the article."""


def without_furniture(text: str, outlet: str) -> str:
    """A clean text without what the site adds to every page.

    Gone are "The post … appeared first on …", "(opens in a new tab)", "Read more", share bars,
    cookie notices, comment counts and all below the comment form, sign-up blocks, and lines that
    repeat. Only whole lines or exact phrases go, never a part of a sentence.
    """
    lines = [line.rstrip() for line in _before_comments(_without_phrases(text).split("\n"))]
    asking = "\n".join([line for line in lines if len(line) < _LONG]).lower()
    may_ask = any(hint in asking for hint in _SIGN_UP_HINTS)
    counts = Counter(lines)
    kept = [
        line
        for line in counts
        if line and not _is_furniture(line, outlet, is_repeated=counts[line] > 1, may_ask=may_ask)
    ]
    return _in_order(lines, set(kept))


def _without_phrases(text: str) -> str:
    if _NEW_TAB_OPENS.search(text):
        text = _NEW_TAB_AFTER.sub("", text)
    for phrase in _ANYWHERE:
        text = phrase.without(text, text)
    ends = "\n".join([line[-_LONGEST_END:] for line in text.split("\n")]).lower()
    for phrase in _AT_THE_END:
        text = phrase.without(text, ends)
    return text


def _in_order(lines: list[str], kept: set[str]) -> str:
    """The kept lines, each once, with the empty ones between them."""
    result = []
    for line in lines:
        if not line or line in kept:
            result.append(line)
            kept.discard(line)
    text = "\n".join(result)
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.strip()


def _before_comments(lines: list[str]) -> list[str]:
    """What stands above the comment form, unless that is nothing or the article goes on below."""
    for place, line in enumerate(lines):
        if _COMMENTS.fullmatch(line.strip()) and any(map(str.strip, lines[:place])):
            is_end = all(len(later) < _LONG for later in lines[place + 1 :])
            return lines[:place] if is_end else lines
    return lines


_BETWEEN = re.compile(r"\s*[|·•]\s*")
_READ_MORE_ALONE = re.compile(rf"{_READ_MORE}[ »›>→….:]*", re.IGNORECASE)


def _is_bar(line: str) -> bool:
    """True for "Read more | Share this | 0 Comments": all of its parts are furniture."""
    is_joined = any(mark in line for mark in "|·•")
    parts = list(filter(None, _BETWEEN.split(line))) if is_joined else [line]
    return bool(parts) and all(
        _LINE.fullmatch(part) or _COMMENTS.fullmatch(part) or _READ_MORE_ALONE.fullmatch(part)
        for part in parts
    )


def _is_furniture(line: str, outlet: str, *, is_repeated: bool, may_ask: bool) -> bool:
    if len(line) >= _LONG:
        return False
    if _LINE.fullmatch(line) or _is_bar(line):
        return True
    if not may_ask or not _SIGN_UP.search(line):
        return False
    is_self_praise = bool(outlet) and line.casefold().startswith(outlet.casefold())
    return is_repeated or is_self_praise or bool(_ASKS.match(line))


_SUFFIX = re.compile(
    r"(?P<title>.*\S)\s*(?:\s[-–—|·•»:]|[||_])\s*(?P<outlet>[^||\n]{1,80})", re.DOTALL
)
_MIN_TITLE = 4


def without_outlet_suffix(title: str, outlet: str) -> str:
    """The title without " - Outlet", " | outlet.com" and the like at its end."""
    while (match := _SUFFIX.fullmatch(title)) and outlet:
        is_outlet = _name_key(match["outlet"]) == _name_key(outlet)
        if not is_outlet or len(match["title"]) < _MIN_TITLE:
            break
        title = match["title"]
    return title


_DOMAIN = re.compile(r"\.(?:com|org|net|cn|co\.uk|com\.au|com\.cn|de|fr|io|news)$")


@lru_cache(maxsize=4096)
def _name_key(name: str) -> str:
    """What two ways to write one outlet's name have in common."""
    short = name.strip().casefold().removeprefix("www.").removeprefix("the ")
    return re.sub(r"\W+", "", _DOMAIN.sub("", short))
