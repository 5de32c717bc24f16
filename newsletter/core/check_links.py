"""Checks of the links: safe, public, honest about where they lead, and answered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from newsletter.core.link_hosts import host, is_allowed, is_private, misleads, punycode
from newsletter.core.links import linkable
from newsletter.core.proof import Proof, block, passed, warn
from newsletter.core.words import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.core.check import Finding
    from newsletter.core.proof import LinkAnswer
    from newsletter.core.story import Story

_EXAMPLES = re.compile(r"(?:^|\.)(?:example(?:\.(?:com|net|org))?|invalid|test)\Z")
"""Names that lead nowhere for ever (RFC 2606, RFC 6761)."""


def safe_links(proof: Proof) -> Iterator[Finding]:
    """Links go to the web or to a mailbox; a story that may not be linked is told without one."""
    for target in sorted({link.url for link in proof.anatomy.links}):
        if not target.lower().startswith(("https://", "http://", "mailto:", "#")):
            yield block("safe links", f"a link leads to {target[:60]!r}")
    shown = {unquote(link.url) for link in proof.anatomy.links}
    for story in proof.draft.stories:
        if story.url and unquote(story.url) not in shown:
            words = f"{clean(story.headline)[:60]!r} stands without its link"
            yield warn("safe links", f"{words}: {_fault(story, proof)}")


def _fault(story: Story, proof: Proof) -> str:
    """Why a story has no link to where it stands."""
    if not linkable(story.url):
        return "the address is none that a mail may hold"
    if _is_known(story.url, proof):
        return f"{_shown(story.url)} is a private address"
    if misleads(clean(story.headline), story.url):
        return f"it names another site than {_shown(story.url)}, where it leads"
    return f"the templates do not place {_shown(story.url)} here"


def public_links(proof: Proof) -> Iterator[Finding]:
    """No link leads into a private network: what readers find there is not what was meant.

    Whoever has a name may let it lead anywhere, at any time: of a story's name that is only told.
    """
    for url in _outward(proof):
        if is_private(url) and not _is_allowed(url, proof):
            yield block("private links", f"a link leads to the private address {_shown(url)}")
    stories = proof.draft.stories
    told = {entry.url for one in stories for entry in (one.best, one.primary) if entry}
    for answer in proof.answers.given if proof.answers else ():
        if answer.is_private:
            words = f"{_shown(answer.url)} leads to a private address"
            yield (warn if answer.url in told else block)("private links", words)


def honest_links(proof: Proof) -> Iterator[Finding]:
    """Words that are an address lead there: else they are how people are robbed of passwords."""
    for link in proof.anatomy.links:
        if misleads(link.text, link.url):
            words = f"the words {link.text[:60]!r} lead to {host(link.url)}"
            yield block("honest links", f"{words}; name the host that it is")


def plain_hosts(proof: Proof) -> Iterator[Finding]:
    """A host in letters beyond ASCII may look like another one: its bare form is shown."""
    for name in sorted({host(url) for url in _outward(proof)}):
        if not name.isascii() or "xn--" in name:
            words = (
                f"a link leads to {_lettered(name)} ({punycode(name)}): is it who it looks like?"
            )
            yield warn("host names", words)


def links_answer(proof: Proof) -> Iterator[Finding]:
    """Somebody answers at every link; a few dead ones are told.

    The lead's blocks where its own server says that it is gone, and so does it when most of all do
    not answer. That a server is busy, or shuts programs out, holds no edition.
    """
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
        says = block if is_lead and one.is_gone else warn
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


def _is_allowed(url: str, proof: Proof) -> bool:
    """Whether the configuration says that a host is meant, private or not."""
    return is_allowed(url, proof.allowed_hosts)


def _lettered(name: str) -> str:
    """A host as a browser may show it."""
    try:
        return punycode(name).encode("ascii").decode("idna")
    except UnicodeError:
        return name


def _shown(url: str) -> str:
    return host(url) or url[:60]
