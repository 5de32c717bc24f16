"""Checks of the links: safe, public, honest about where they lead, and answered."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newsletter.core.proof import Proof, block, passed, warn
from newsletter.core.urls import is_public_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.core.anatomy import Link
    from newsletter.core.check import Finding
    from newsletter.core.proof import LinkAnswer

_HREF = re.compile(r'href="([^"]*)"', re.IGNORECASE)
_EXAMPLES = re.compile(r"(?:^|\.)(?:example(?:\.(?:com|net|org))?|invalid|test)\Z")
"""Names that lead nowhere for ever (RFC 2606, RFC 6761)."""

_NEAR = re.compile(r"(?:^|\.)(?:localhost|local|lan|internal|intranet|home\.arpa)\Z")
"""Names that the public Internet does not have (RFC 6761, 6762, 8375; by ICANN, 2024)."""

_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_ADDRESS = re.compile(r"https?://(?:[^\s/?#@]*@)?([^\s/?#:@]+)", re.IGNORECASE)
_BARE_HOST = re.compile(
    r"((?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,24})\.?(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE
)
_FILES = frozenset(("csv", "doc", "docx", "htm", "html", "js", "pdf", "ppt", "txt", "xls", "xlsx"))
_MIDDLES = frozenset(("ac", "co", "com", "edu", "gob", "gov", "go", "gv", "net", "or", "org", "ne"))
"""What stands before a country's ending where names are given below both (`co.uk`, `gov.cn`)."""


def safe_links(proof: Proof) -> Iterator[Finding]:
    """Links go to the web or to a mailbox; nothing else is in a mail."""
    for target in sorted(set(_HREF.findall(proof.html))):
        if not target.startswith(("https://", "http://", "mailto:", "#")):
            yield block("safe links", f"a link leads to {target[:60]!r}")


def public_links(proof: Proof) -> Iterator[Finding]:
    """No link leads into a private network: what readers find there is not what was meant."""
    for url in _outward(proof):
        if is_private(url) and not _is_allowed(url, proof):
            yield block("private links", f"a link leads to the private address {_shown(url)}")
    for answer in proof.answers.given if proof.answers else ():
        if answer.is_private:
            words = f"{_shown(answer.url)} leads to a private address"
            yield block("private links", words)


def honest_links(proof: Proof) -> Iterator[Finding]:
    """Words that are an address lead there: else they are how people are robbed of passwords."""
    for link in proof.anatomy.links:
        leads_to = host(link.url)
        for claimed in _claims(link):
            if leads_to and site_of(claimed) != site_of(leads_to):
                words = f"the words {link.text[:60]!r} lead to {leads_to}"
                yield block("honest links", f"{words}; name the host that it is")


def plain_hosts(proof: Proof) -> Iterator[Finding]:
    """A host in letters beyond ASCII may look like another one: its bare form is shown."""
    for name in sorted({host(url) for url in _outward(proof)}):
        if not name.isascii() or "xn--" in name:
            words = (
                f"a link leads to {_lettered(name)} ({_punycode(name)}): is it who it looks like?"
            )
            yield warn("host names", words)


def links_answer(proof: Proof) -> Iterator[Finding]:
    """Somebody answers at every link; a few dead ones are told, the lead's or most of all block."""
    examples = sum(1 for url in _outward(proof) if is_example(url))
    if examples:
        yield warn("links answer", f"{examples} links lead to example names, where nobody is")
    answers = proof.answers
    if answers is None:
        yield passed("links answer", "not asked")
        return
    dead = [one for one in answers.given if one.problem and not one.is_private]
    yield from _dead(proof, dead, len(answers.given))
    if answers.unasked:
        words = f"{len(answers.unasked)} links were not asked within {answers.seconds:g} s"
        yield warn("links answer", f"{words}; `checks.link_seconds` gives more")
    elif not dead and not examples:
        yield passed("links answer", f"{len(answers.given)} links answer")


def _dead(proof: Proof, dead: list[LinkAnswer], asked: int) -> Iterator[Finding]:
    lead = proof.draft.lead
    share = proof.thresholds.dead_links_block
    for one in dead:
        is_lead = lead is not None and one.url == lead.url
        says = block if is_lead else warn
        yield says("links answer", f"{'the lead: ' if is_lead else ''}{one.problem}")
    if len(dead) > share * asked:
        words = f"{len(dead)} of {asked} links do not answer: is this machine online?"
        yield block("links answer", words)


def links_to_ask(proof: Proof) -> tuple[str, ...]:
    """The links of the edition that somebody else must answer at, each once, in reading order."""
    return tuple(
        url for url in _outward(proof) if not is_example(url) and not _is_known(url, proof)
    )


def _is_known(url: str, proof: Proof) -> bool:
    """Whether it needs no asking to know that no reader gets there."""
    return is_private(url) and not _is_allowed(url, proof)


def _outward(proof: Proof) -> list[str]:
    """Distinct web addresses that are neither ours nor a reader's own."""
    known = (proof.base_url.rstrip("/"), proof.unsubscribe, proof.preferences)
    urls = dict.fromkeys(link.url for link in proof.anatomy.links if _is_web(link.url))
    return [url for url in urls if not any(_is_under(url, one) for one in known)]


def _is_under(url: str, ours: str) -> bool:
    return url == ours or url.startswith((f"{ours}/", f"{ours}?", f"{ours}#"))


def _is_web(url: str) -> bool:
    return url.lower().startswith(("https://", "http://"))


def is_example(url: str) -> bool:
    """Whether an address is one of those kept for examples and tests."""
    return _EXAMPLES.search(host(url)) is not None


def is_private(url: str) -> bool:
    """Whether an address says by itself that it is of a private network, in whatever spelling."""
    name = host(url)
    if ":" in name or _NUMBER.fullmatch(name.rpartition(".")[2]):
        return not _is_public_ip(name)
    return "." not in name or _NEAR.search(name) is not None


def _is_public_ip(name: str) -> bool:
    """True for a public address in its one usual spelling; `0x7f.1` is read by some and is none."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return is_public_address(name)


def _is_allowed(url: str, proof: Proof) -> bool:
    """Whether the configuration says that a host is meant, private or not."""
    try:
        port = urlsplit(url).port or (443 if url.lower().startswith("https") else 80)
    except ValueError:
        return False
    return not proof.allowed_hosts.isdisjoint((host(url), f"{host(url)}:{port}"))


def host(url: str) -> str:
    """The host of a web address in small letters, without the dot at its end; "" for others."""
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").rstrip(".") if parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""


def site_of(name: str) -> str:
    """The part of a host's name that somebody registered, as near as names alone tell."""
    labels = _punycode(name.lower().rstrip(".")).split(".")
    is_below = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _MIDDLES  # noqa: PLR2004
    return ".".join(labels[-3:] if is_below else labels[-2:])


def _claims(link: Link) -> Iterator[str]:
    """The hosts that a link's words name as where they lead."""
    yield from _ADDRESS.findall(link.text)
    found = _BARE_HOST.fullmatch(link.text)
    if found and found[1].rpartition(".")[2].lower() not in _FILES:
        yield found[1]


def _punycode(name: str) -> str:
    """A host as DNS has it."""
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name.encode("ascii", "backslashreplace").decode("ascii")


def _lettered(name: str) -> str:
    """A host as a browser may show it."""
    try:
        return _punycode(name).encode("ascii").decode("idna")
    except UnicodeError:
        return name


def _shown(url: str) -> str:
    return host(url) or url[:60]
