"""Addresses: which may be linked or fetched, and when two of them are one."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

MAX_URL = 2048
"""Characters; longer addresses are refused (browsers and mail programs cut them)."""

_PORTS = {"http": 80, "https": 443}
_TRACKING = re.compile(
    r"(?:utm|mtm|pk|piwik|matomo|hsa|ml|vero|oly|stm|itm|at|wt|trk|xtor|__hs|_hs)_?[a-z_]*_(?:\w+)"
    r"|utm\w*|(?:gclid|gclsrc|gbraid|wbraid|dclid|fbclid|msclkid|twclid|ttclid|yclid|igshid|igsh"
    r"|mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|__hssc|__hstc|__hsfp|hsctatracking|s_cid|s_kwcid|cmpid"
    r"|ncid|ocid|cmp|cid_source|soc_src|soc_trk|smid|smtyp|sref|srnd|spm|scm|guccounter"
    r"|guce_referrer|guce_referrer_sig|_ga|_gl|zanpid|ref_src|ref_url|ftag|taid|__twitter_impression"
    r"|feature|fromrss|rss|cmpid|xtor|wt\.mc_id|wt_mc|at_medium|at_campaign|ns_mchannel|ns_source"
    r"|ns_campaign|ns_linkname|ns_fee|mod|reflink|st_source|share_source|share_medium|nsukey"
    r"|isappinstalled|from_source|amp|outputtype)",
    re.IGNORECASE,
)
"""Query parameters that say how a reader came, not what is shown (lists of the ClearURLs and
Neat URL projects, and what feeds of the field carry)."""

_TRACKING_PAIRS = frozenset((("ref", "rss"), ("source", "rss"), ("src", "rss"), ("from", "rss")))
_WRAPPERS = {
    ("google.com", "/url"): ("url", "q"),
    ("facebook.com", "/l.php"): ("u",),
    ("bing.com", "/news/apiclick.aspx"): ("url",),
    ("t.umblr.com", "/redirect"): ("z",),
    ("out.reddit.com", "/"): ("url",),
    ("link.zhihu.com", "/"): ("target",),
}
"""Redirecting pages that carry the real address in a parameter: host, path -> its names."""

_MOBILE = re.compile(r"^(?:m|mobile|amp|touch|wap)\.(?=[^.]+\.[^.])")
_MOBILE_INSIDE = re.compile(r"^([a-z]{2,3})\.m\.(?=[^.]+\.[^.])")
_AMP_PATH = re.compile(r"(?:/amp|/\?amp|\.amp)(?=/?$|\.html?$)|^/amp(?=/.)", re.IGNORECASE)
_AMP_CACHE = re.compile(r"^(?:www\.google\.[a-z.]+/amp|[^/]+\.cdn\.ampproject\.org/[cv])/s/(.+)$")
_CONTROLS = re.compile(r"[\x00-\x20\x7f-\xa0\\]")


def is_web_link(url: str) -> bool:
    """True for an absolute http or https address that can be put before a reader.

    Not those with white space, control characters, backslashes or a user's name in them (each
    is read in two ways by different programs), nor longer than `MAX_URL`.
    """
    if len(url) > MAX_URL or _CONTROLS.search(url):
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    is_plain = "@" not in parts.netloc and port != 0
    return parts.scheme in _PORTS and bool(parts.hostname) and is_plain


def canonical_url(url: str) -> str:
    """One way to write an address, so that two of them can be compared.

    Case, escapes, order of the query and dot segments as w3lib settles them; without default
    port, fragment (unless it is a path, `#/…` or `#!…`), tracking parameters, AMP and mobile
    variants, redirecting wrappers and the slash at the end. Not for fetching: a site may answer
    only to the original. An address that cannot be read is returned as it is.
    """
    try:
        return _settled(url.strip())
    except (ValueError, UnicodeError):
        return url


def _settled(url: str) -> str:
    """Canonical, repeated until nothing changes: wrappers hold wrappers."""
    for _ in range(5):
        better = _canonical_once(_unwrapped(url))
        if better == url:
            break
        url = better
    return url


def _canonical_once(url: str) -> str:
    parts = urlsplit(canonicalize_url(url, keep_fragments=True))
    if parts.scheme not in _PORTS:
        return url
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _is_tracking(pair))
    fragment = parts.fragment if parts.fragment.startswith(("/", "!")) else ""
    return urlunsplit(
        (parts.scheme, _host(parts.netloc, parts.scheme), _path(parts.path), query, fragment)
    )


def _host(netloc: str, scheme: str) -> str:
    host = netloc.lower().removesuffix(f":{_PORTS[scheme]}").removesuffix(".")
    while (shorter := _MOBILE_INSIDE.sub(r"\1.", _MOBILE.sub("", host))) != host:
        host = shorter
    return host


def _path(path: str) -> str:
    while (shorter := _AMP_PATH.sub("", path).rstrip("/")) != path:
        path = shorter
    return path or "/"


def _is_tracking(pair: str) -> bool:
    name, _, value = pair.partition("=")
    is_named = _TRACKING.fullmatch(unquote(name)) is not None
    return is_named or (name.lower(), value.lower()) in _TRACKING_PAIRS


def _unwrapped(url: str) -> str:
    """The address inside a redirecting page's or an AMP cache's address."""
    parts = urlsplit(url)
    if cached := _AMP_CACHE.match(parts.netloc.lower() + parts.path):
        return "https://" + cached[1]
    host = (parts.hostname or "").removeprefix("www.").removeprefix("l.").removeprefix("lm.")
    host = "google.com" if re.fullmatch(r"google\.[a-z]{2,3}(?:\.[a-z]{2})?", host) else host
    names = _WRAPPERS.get((host, parts.path or "/"), ())
    inside = dict(parse_qsl(parts.query)) if names else {}
    return next((inside[name] for name in names if is_web_link(inside.get(name, ""))), url)


def untracked_url(url: str) -> str:
    """The address for a reader: unwrapped, without tracking parameters, otherwise as given."""
    try:
        parts = urlsplit(_unwrapped(url))
        kept = "&".join(pair for pair in parts.query.split("&") if not _is_tracking(pair))
        return urlunsplit(parts._replace(query=kept))
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
