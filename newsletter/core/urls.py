"""Addresses: which may be linked or fetched, and when two of them are one."""

from __future__ import annotations

import ipaddress
import re
from base64 import urlsafe_b64decode
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

from newsletter.core.personal import names_personal_links

MAX_URL = 2048
"""Characters; longer addresses are refused (browsers and mail programs cut them)."""

_PORTS = {"http": 80, "https": 443}
_TRACKING = re.compile(
    r"(?:utm|mtm)_\w+|utm\w*"
    r"|(?:pk|piwik|matomo)_(?:campaign|kwd|keyword|source|medium|content|cid|cpn|group|placement)"
    r"|at_(?:medium|source|campaign|campaign_type|creation|variant|network|term|format|audience"
    r"|channel|platform|link_id|link_type|link_origin|ptr_name|bbc_team|custom\d|send_date"
    r"|recipient_id|recipient_list|affiliate|general_placement|detail_placement|identifier)"
    r"|hsa_(?:acc|cam|grp|ad|src|tgt|kw|mt|net|ver|la|ol)"
    r"|(?:itm|stm)_(?:source|medium|campaign|content|term|channel)"
    r"|ml_subscriber(?:_hash)?|vero_(?:id|conv)|oly_(?:anon|enc)_id|wt_(?:mc|zmc|mc_id|mc_ev)"
    r"|trk_(?:contact|msg|module|sid)|(?:gclid|gclsrc|gbraid|wbraid|dclid|fbclid|msclkid|twclid|ttclid|yclid|igshid|igsh"
    r"|mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|__hssc|__hstc|__hsfp|hsctatracking|s_cid|s_kwcid|cmpid"
    r"|ncid|ocid|cmp|cid_source|soc_src|soc_trk|smid|smtyp|sref|srnd|spm|scm|guccounter"
    r"|guce_referrer|guce_referrer_sig|_ga|_gl|zanpid|ref_src|ref_url|ftag|taid|__twitter_impression"
    r"|xtor|wt\.mc_id|ns_mchannel|ns_source|ns_campaign|ns_linkname"
    r"|ns_fee|reflink|st_source|share_source|share_medium|nsukey|isappinstalled|from_source"
    r"|outputtype|chksm|fb_action_ids|fb_action_types|li_fat_id|epik|sfmc_id|sc_campaign"
    r"|phpsessid|jsessionid|aspsessionid\w*)",
    re.IGNORECASE,
)
"""Query parameters that say how a reader came, not what is shown (lists of the ClearURLs and
Neat URL projects, and what feeds of the field carry). Whole names, where the beginning of one may
mean a page elsewhere (`pk_id`)."""

_TRACKING_ON = {
    "mod": ("wsj.com", "marketwatch.com", "barrons.com"),
    "feature": ("youtube.com",),
}
"""Parameters that track on these sites and lead to a page on others."""

_FLAGS = frozenset(("rss", "fromrss", "amp"))
_SET = frozenset(("", "0", "1", "y", "yes", "true", "on", "rss", "amp"))
"""Names that track where they are set like a flag; with another value they may name a page."""
_TRACKING_PAIRS = frozenset((("ref", "rss"), ("source", "rss"), ("src", "rss"), ("from", "rss")))
_WRAPPERS = {
    ("google.com", "/url"): ("url", "q"),
    ("facebook.com", "/l.php"): ("u",),
    ("bing.com", "/news/apiclick.aspx"): ("url",),
    ("t.umblr.com", "/redirect"): ("z",),
    ("out.reddit.com", "/"): ("url",),
    ("link.zhihu.com", "/"): ("target",),
    ("link.csdn.net", "/"): ("target",),
    ("weibo.cn", "/sinaurl"): ("u", "toasturl"),
    ("youtube.com", "/redirect"): ("q",),
    ("duckduckgo.com", "/l"): ("uddg",),
    ("safelinks.protection.outlook.com", "/"): ("url",),
    ("go.redirectingat.com", "/"): ("url",),
    ("slack-redir.net", "/link"): ("url",),
    ("t.me", "/iv"): ("url",),
}
"""Redirecting pages that carry the real address in a parameter: host, path -> its names."""

_REDIRECTING_PATH = re.compile(
    r".*/(?:redirect|redir|rd|out|outbound|away|leave|exit|go|goto|click|clk|track)"
    r"(?:\.php|\.aspx?|\.html?)?/?",
    re.IGNORECASE,
)
"""Paths of pages that do nothing but lead elsewhere."""

_USUAL_NAMES = (
    "url", "u", "to", "target", "dest", "destination", "redirect", "redirect_url", "link", "goto",
)  # fmt: skip
_WRAPS = re.compile(
    r"=https?(?::|%3a)|^https?://(?:[\w-]+\.){0,4}"
    r"(?:google\.[a-z.]+/|bing-amp\.com/|ampproject\.org/)",
    re.IGNORECASE,
)
"""What every address has that may hold another one: looked for first, because it is cheap."""

_GOOGLE_NEWS = re.compile(r"/(?:__i/)?(?:rss/)?(?:rd/)?(?:articles|read)/([\w-]{8,1400}={0,2})/?")
_MOBILE = re.compile(r"^(?:m|mobile|amp|touch|wap|3g)\.(?=[^.]+\.[^.])")
_MOBILE_INSIDE = re.compile(r"^([a-z]{2,3})\.m\.(?=[^.]+\.[^.])")
_AMP_PATH = re.compile(r"(?:/amp|/\?amp|\.amp)+(?=/?$|\.html?$)|^(?:/amp)+(?=/.)", re.IGNORECASE)
_AMP_CACHE = re.compile(
    r"^(?:www\.google\.[a-z.]+/amp|[^/]+\.(?:cdn\.ampproject\.org|bing-amp\.com)/(?:[cv]|wp))"
    r"/(?P<secure>s/)?(?P<address>[^/]+\..+)$"
)
_SESSION = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
_NOT_IN_LINKS = re.compile(r"[\x00-\x20\x7f-\xa0\\\ud800-\udfff]")
_WHOLE_HOST = re.compile(r"https?://[^/?#\s]{1,300}/")
_BREAKS = re.compile(r"[ \t]*+[\t\r\n]\s*+")
_UNSEEN_IN_LINKS = re.compile("[ \xa0\xad\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]")
_SIMPLE = re.compile(
    r"https?://(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)+)"
    r"(?P<path>(?:/[\w~-][\w.~-]*)*/?)(?:\?(?P<query>[\w.~=&-]*))?(?:#[\w-]*)?",
    re.ASCII,
)
"""Addresses that are written in one way only, but for their query's tracking."""


def mended_link(url: str) -> str:
    """The address as browsers read it (WHATWG URL, 4.4): without line breaks, blanks escaped.

    So are characters that cannot be seen, which make an address look like another. A host that is
    broken in two is left as it is: that is no slip of a feed's template.
    """
    url = url.strip()
    if not _WHOLE_HOST.match(url):
        return url
    return _UNSEEN_IN_LINKS.sub(lambda match: quote(match[0]), _BREAKS.sub("", url))


def is_web_link(url: str) -> bool:
    """True for an absolute http or https address that can be put before a reader.

    Not those with white space, control characters, backslashes or a user's name in them (each
    is read in two ways by different programs), with lone surrogates (which no file or store can
    hold), nor longer than `MAX_URL`, nor with the host in them that stands for readers' own links.
    """
    if len(url) > MAX_URL or _NOT_IN_LINKS.search(url) or names_personal_links(url):
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    is_plain = "@" not in parts.netloc and port != 0
    return parts.scheme in _PORTS and bool(parts.hostname) and is_plain


def host_of(url: str) -> str:
    """The host that a web address leads to, as a reader sees it: without `www.`; else nothing."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.") if parts.scheme in _PORTS else ""


def origin_of(url: str) -> str:
    """Scheme, host and port of a web address (RFC 6454, section 4), written in one way; else "".

    In small letters, without a user's name, and without the port where it is the scheme's own.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in _PORTS or not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    is_usual = port in (None, _PORTS[parts.scheme])
    return f"{parts.scheme}://{host}" if is_usual else f"{parts.scheme}://{host}:{port}"


def canonical_url(url: str) -> str:
    """One way to write an address, so that two of them can be compared.

    Case, escapes, order of the query and dot segments as w3lib settles them; without default
    port, fragment (unless it is a path, `#/…` or `#!…`), session and tracking parameters, AMP and
    mobile variants, redirecting wrappers and the slash at the end. Not for fetching: a site may
    answer only to the original. Short links stay: only a request could tell where they lead. An
    address that cannot be read or is longer than `MAX_URL` is returned as it is.
    """
    if len(url) > MAX_URL:
        return url
    try:
        return _settled(url.strip())
    except (ValueError, UnicodeError):
        return url


def _settled(url: str) -> str:
    """Canonical, repeated until nothing changes: wrappers hold wrappers."""
    for _ in range(_MOST_WRAPPERS):
        better = _canonical_once(_unwrapped(url))
        if better == url:
            break
        url = better
    return url


def _canonical_once(url: str) -> str:
    if simple := _canonical_simple(url):
        return simple
    from w3lib.url import canonicalize_url

    parts = urlsplit(canonicalize_url(url, keep_fragments=True))
    if parts.scheme not in _PORTS:
        return url
    fragment = parts.fragment if parts.fragment.startswith(("/", "!")) else ""
    host = _settled_host(parts.netloc, parts.scheme)
    path = _path(_SESSION.sub("", parts.path))
    query = _untracked(parts.query, parts.hostname or "")
    return urlunsplit((parts.scheme, host, path, query, fragment))


def _canonical_simple(url: str) -> str:
    """The canonical form of an address without anything to be settled by w3lib, else nothing."""
    match = _SIMPLE.fullmatch(url)
    if match is None or _untracked(match["query"] or "", match["host"]):
        return ""
    scheme = url[: url.index(":")]
    return f"{scheme}://{_settled_host(match['host'], scheme)}{_path(match['path'])}"


def _untracked(query: str, host: str) -> str:
    return "&".join(pair for pair in query.split("&") if pair and not _is_tracking(pair, host))


def _settled_host(netloc: str, scheme: str) -> str:
    host = netloc.lower().removesuffix(f":{_PORTS[scheme]}").removesuffix(".")
    while (shorter := _MOBILE_INSIDE.sub(r"\1.", _MOBILE.sub("", host))) != host:
        host = shorter
    return host


def _path(path: str) -> str:
    while (shorter := _AMP_PATH.sub("", path).rstrip("/")) != path:
        path = shorter
    return path or "/"


def _is_tracking(pair: str, host: str) -> bool:
    name, _, value = pair.partition("=")
    is_named = _TRACKING.fullmatch(unquote(name)) is not None
    is_flag = name.lower() in _FLAGS and value.lower() in _SET
    is_pair = is_flag or (name.lower(), value.lower()) in _TRACKING_PAIRS
    sites = _TRACKING_ON.get(name.lower(), ())
    return is_named or is_pair or any(f".{host}".endswith(f".{site}") for site in sites)


_MOST_WRAPPERS = 5


def _unwrapped(url: str) -> str:
    """The address inside a redirecting page's or an AMP cache's address, however often wrapped."""
    for _ in range(_MOST_WRAPPERS):
        inside = _inside(url) if _WRAPS.search(url) else ""
        if not is_web_link(inside):
            break
        url = inside
    return url


def _inside(url: str) -> str:
    parts = urlsplit(url)
    host, path = (parts.hostname or "").removeprefix("www."), parts.path or "/"
    if cached := _AMP_CACHE.match(parts.netloc.lower() + path):
        rest = f"?{parts.query}" if parts.query else ""
        return f"http{'s' if cached['secure'] else ''}://{cached['address']}{rest}"
    if host == "news.google.com" and (article := _GOOGLE_NEWS.fullmatch(path)):
        return _in_google_news(article[1])
    names = _WRAPPERS.get((_wrapper(host), path if path == "/" else path.rstrip("/")), ())
    if not names and _REDIRECTING_PATH.fullmatch(path):
        names = _USUAL_NAMES
    held = dict(parse_qsl(parts.query)) if names else {}
    return next((held[name] for name in names if is_web_link(held.get(name, ""))), "")


def _wrapper(host: str) -> str:
    """The name in `_WRAPPERS` of one of a redirecting site's many hosts."""
    if re.fullmatch(r"google\.[a-z]{2,3}(?:\.[a-z]{2})?", host):
        return "google.com"
    if host.endswith(".safelinks.protection.outlook.com"):
        return "safelinks.protection.outlook.com"
    return host.removeprefix("l.").removeprefix("lm.")


_GOOGLE_NEWS_HEAD = b"\x08\x13\x22"
_SEVEN_BITS = 0x7F


def _in_google_news(token: str) -> str:
    """The address in an older Google News token; nothing where Google alone can tell.

    A token is base64 (RFC 4648, section 5) of a protocol buffer: field 1 is 19, field 4 the
    address, its length before it in one or two bytes. In tokens since 2024 that field holds a key.
    """
    data = urlsafe_b64decode(token.rstrip("=") + "=" * (-len(token.rstrip("=")) % 4))
    body = data.removeprefix(_GOOGLE_NEWS_HEAD)
    if body == data or not body:
        return ""
    length, start = body[0], 1
    if length > _SEVEN_BITS and len(body) > 1:
        length, start = (length & _SEVEN_BITS) | body[1] << 7, 2
    address = body[start : start + length]
    return address.decode("ascii") if len(address) == length else ""


def untracked_url(url: str) -> str:
    """The address for a reader: unwrapped, without tracking parameters, otherwise as given."""
    if len(url) > MAX_URL:
        return url
    try:
        url = _unwrapped(url)
        if "?" not in url:
            return url
        parts = urlsplit(url)
        return urlunsplit(parts._replace(query=_untracked(parts.query, parts.hostname or "")))
    except ValueError:
        return url


def identity_of(url: str) -> str:
    """What stays the same between http and https, with and without `www.`; empty for a bare site.

    A site's front page does not tell its items apart, so it identifies none.
    """
    rest = canonical_url(url).split("//", 1)[-1].removeprefix("www.")
    return "" if rest.rstrip("/").find("/") < 0 and "?" not in rest and "#" not in rest else rest


_NOT_PUBLIC = tuple(
    ipaddress.ip_network(block)
    for block in (
        "64:ff9b::/96", "64:ff9b:1::/48",  # NAT64 (RFC 6052, RFC 8215): leads to an IPv4 address
        "2002::/16", "2001::/32",  # 6to4 and Teredo: the same
        "::/96", "::ffff:0:0:0/96",  # IPv4-compatible and IPv4-translated
        "fec0::/10", "5f00::/16", "100::/64", "2001:db8::/32", "3fff::/20",
        "192.88.99.0/24", "192.0.0.0/24", "100.64.0.0/10", "198.18.0.0/15",
        "168.63.129.16/32",  # a cloud's metadata service on a public-looking address
    )
)  # fmt: skip


def is_public_address(address: str) -> bool:
    """True for an IP address of the public Internet, to which a request may go.

    Private, loopback, link-local, multicast and reserved ranges are not, nor are IPv6 ranges that
    lead to an IPv4 address (`ipaddress.is_global` of Python 3.11 lets some of these pass).
    """
    try:
        ip = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    if mapped is not None:
        return is_public_address(str(mapped))
    is_special = ip.is_multicast or ip.is_reserved or ip.is_private or not ip.is_global
    return not is_special and not any(ip in block for block in _NOT_PUBLIC)
