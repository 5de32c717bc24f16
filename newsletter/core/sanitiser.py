"""Markup of feeds, made fit to stand in our own pages."""

# ruff: noqa: SIM905 - lists of tags read better as words

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from newsletter.core.urls import MAX_URL, is_web_link

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_MARKUP = 200_000
"""Characters of one fragment that are looked at; an item longer than that is cut."""
MAX_TAGS = 8_000
"""Opening angle brackets that are looked at: parsers take time by the square of the depth."""

BLOCKS = frozenset(
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr main nav ol p pre section summary table ul".split()
)
DROPPED = frozenset(
    "script style noscript template iframe object embed svg math head title button select textarea "
    "input audio video canvas".split()
)
"""Elements that go with their content."""
INLINE = frozenset(
    "a abbr acronym area b base basefont bdi bdo big blink caption cite code col colgroup data "
    "datalist del dfn dir em font html i img ins kbd label legend link map mark meta meter nobr "
    "optgroup option output param picture progress q rb rp rt rtc ruby s samp slot small source "
    "span strike strong sub sup tbody td tfoot th thead time track tt u var wbr".split()
)
_RARE = frozenset(
    "applet bgsound fencedframe frame frameset marquee menu noembed noframes plaintext xmp".split()
)
_ELEMENTS = BLOCKS | DROPPED | INLINE | _RARE | {"br", "li", "tr"}

_KEPT = frozenset(
    "p br a em i strong b ul ol li blockquote h2 h3 h4 code pre table caption thead tbody tfoot tr "
    "th td sup sub figure figcaption hr".split()
)
_GONE = DROPPED | {"noembed", "noframes", "frameset", "applet"}
_REL = "noopener noreferrer nofollow"
_LESS_THAN = re.compile(
    r"<(?:/?([A-Za-z][A-Za-z0-9]*)(?=[\s/>])|(/?[A-Za-z]\w*[:-]\w|!--|![A-Za-z]|\?))?"
)
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)
"""Control characters, and those that turn the direction of what follows."""
_CONTROLS = dict.fromkeys((*range(0x09), *range(0x0B, 0x20), 0x7F))
_NAME = re.compile(r"<(/?[^\s/<>]*+[\s/>]?)")
_NAMES = frozenset(
    f"{slash}{tag}{end}" for slash in ("", "/") for tag in _ELEMENTS for end in " >/\n\t\r"
)
_CLEAN_TAG = re.compile(r"<(/?)([a-z0-9]+)")
_VOID = frozenset(("br", "hr", "img"))
_LISTS = frozenset(("ul", "ol"))
_PLAIN_INLINE = frozenset("a em i strong b code sup sub br img".split())
_PLAIN_BLOCKS = frozenset("p ul ol li blockquote h2 h3 h4 hr".split())
_PLAIN_PARENTS = frozenset(("", "blockquote", "li"))
_REST = r"[\w.~!$()*+,;:=@%/?&#-]*"
_PLAIN_ADDRESS = re.compile(rf"https?://[a-zA-Z0-9][a-zA-Z0-9.-]*/{_REST}", re.ASCII)
_PLAIN_PATH = re.compile(rf"(?!.*/[/.])/{_REST}", re.ASCII)
_MAX_PLAIN = 500
"""Characters of an address in which nothing needs a closer look."""
_FORMATTING = re.compile(
    r"<(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/])", re.IGNORECASE
)
_MUCH_FORMATTING = 200
_MAIL_LINK = re.compile(r"mailto:[^\s<>\"'\\`\x00-\x20\x7f-\xa0]{1,500}", re.IGNORECASE)
_LINE_ENDS = str.maketrans("", "", "\t\r\n")
_UNSAFE = str.maketrans({" ": "%20", "<": "%3C", ">": "%3E", '"': "%22", "'": "%27", "`": "%60"})
_SPAN, _SIZE = re.compile(r"[1-9][0-9]?"), re.compile(r"[1-9][0-9]{0,3}")
_ROUNDS = 6


def sanitised(fragment: str, *, base: str = "", with_images: bool = False) -> str:
    """The HTML of a feed through an allow-list, fit to stand in a page as it is.

    Kept are text, paragraphs, headings, lists, quotations, tables, figures, and links to http,
    https and mailto; pictures only on request. Gone are scripts, styles, forms, embedded objects
    and comments with their content, and any attribute but a link's or picture's address and the
    size of cells and pictures. Relative addresses are made absolute by `base`, else left out.
    At most `MAX_MARKUP` characters come out; sanitising them again changes nothing. Never raises.
    """
    clean = _cleaner(base if is_web_link(base) else "", with_images=with_images)
    markup, share = fragment, 1.0
    for _ in range(_ROUNDS):
        cleaned = clean(tags_alone(markup, share))
        if len(cleaned) > MAX_MARKUP or cleaned.count("<") > MAX_TAGS:
            share *= 0.7
        elif cleaned == markup or _is_settled(cleaned):
            return cleaned
        markup = cleaned
    return _text_alone(markup)


def tags_alone(markup: str, share: float = 1.0) -> str:
    """The markup with every `<` that opens no tag as a character.

    Cut to `share` of `MAX_MARKUP` characters and of `MAX_TAGS` angle brackets.
    """
    markup = _without(_NOT_TEXT, markup[: int(share * MAX_MARKUP)])
    if "<![CDATA[" in markup:
        markup = markup.replace("<![CDATA[", "").replace("]]>", "")
    most = int(share * MAX_TAGS)
    if markup.count("<") > most:
        markup = "<".join(markup.split("<", most + 1)[: most + 1])
    has_only_tags = set(_NAME.findall(markup)) <= _NAMES
    return markup if has_only_tags else _LESS_THAN.sub(_tag_or_character, markup)


def _without(pattern: re.Pattern[str], text: str) -> str:
    """Without those characters; control characters are all that a text in ASCII can have."""
    return text.translate(_CONTROLS) if text.isascii() else pattern.sub("", text)


def _tag_or_character(match: re.Match[str]) -> str:
    """A `<` as it is where it opens a tag of HTML or of a namespace, else as a character."""
    is_tag = match[2] or (match[1] or "").lower() in _ELEMENTS
    return match[0] if is_tag else "&lt;" + match[0][1:]


def _cleaner(base: str, *, with_images: bool) -> Callable[[str], str]:
    from nh3 import Cleaner

    images = {"img": {"src", "alt", "width", "height"}} if with_images else {}
    span = {"colspan", "rowspan"}
    cleaner = Cleaner(
        tags=_KEPT | images.keys(),
        clean_content_tags=_GONE,
        attributes={"*": set(), "a": {"href"}, "td": span, "th": span, **images},
        attribute_filter=partial(_attribute, base=base, origin=urljoin(base, "/").rstrip("/")),
        url_schemes={"http", "https", "mailto"},
        url_relative="pass_through",  # none is left by `_attribute`
        link_rel=_REL,
    )
    return lambda markup: _without(_UNSEEN, cleaner.clean(_without_much_formatting(markup)))


def _is_settled(markup: str) -> bool:
    """True for clean markup whose elements are nested so plainly that parsing it again keeps it.

    It spares the second reading for nearly all articles; tables and the like are not looked at.
    """
    open_tags = [""]
    for slash, tag in _CLEAN_TAG.findall(markup):
        if slash:
            open_tags.pop()
        elif not _may_stand_in(tag, open_tags):
            return False
        elif tag not in _VOID:
            open_tags.append(tag)
    return len(open_tags) == 1


def _may_stand_in(tag: str, open_tags: list[str]) -> bool:
    if tag in _PLAIN_INLINE:
        return tag != "a" or "a" not in open_tags
    return open_tags[-1] in (_LISTS if tag == "li" else _PLAIN_PARENTS) and tag in _PLAIN_BLOCKS


def _without_much_formatting(markup: str) -> str:
    """Bold and the like with attributes as spans, where there is so much that it is an attack.

    Each one that is left open comes again in every later paragraph (HTML, 13.2.4.3), up to three
    of a kind with equal attributes, but any number of unequal ones.
    """
    if len(_FORMATTING.findall(markup)) <= _MUCH_FORMATTING:
        return markup
    return _FORMATTING.sub("<span", markup)


def _attribute(tag: str, name: str, value: str, *, base: str, origin: str) -> str | None:
    """The value as it may stand; those that are not on the list are left out later, by `nh3`."""
    match tag, name:
        case ("a", "href") | ("img", "src"):
            if len(value) <= _MAX_PLAIN and _PLAIN_ADDRESS.fullmatch(value):
                return value
            if origin and len(value) <= _MAX_PLAIN and _PLAIN_PATH.fullmatch(value):
                return origin + value
            return _address(value, base, is_mail_fit=tag == "a")
        case _, "width" | "height":
            return value if _SIZE.fullmatch(value) else None
        case _, "colspan" | "rowspan":
            return value if _SPAN.fullmatch(value) else None
        case _:
            return value.replace("<", "").replace(">", "")


def _address(value: str, base: str, *, is_mail_fit: bool) -> str | None:
    """The address as a browser reads it, absolute; None where it may not be linked."""
    url = value[: 2 * MAX_URL].translate(_LINE_ENDS).strip().translate(_UNSAFE)
    if is_mail_fit and _MAIL_LINK.fullmatch(url):
        return url
    try:
        absolute = urljoin(base, url) if url else ""
    except ValueError:
        return None
    return absolute if is_web_link(absolute) else None


def _text_alone(markup: str) -> str:
    from nh3 import Cleaner

    cleaner = Cleaner(tags=set(), clean_content_tags=_GONE)
    return cleaner.clean(markup[: MAX_MARKUP // 6])
