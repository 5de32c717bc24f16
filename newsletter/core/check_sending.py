"""Checks of how the edition would leave: the way out, who sends, to whom, and as what message."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from newsletter.core.check import Finding, Level
from newsletter.core.proof import Proof, block, passed, warn

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXAMPLE = re.compile(r"[@.]example\.(?:org|com|net)>?$")
_MOST_RULES = 6


def way_out(proof: Proof) -> Iterator[Finding]:
    """Every reader can leave and change their choices, from the mail and from its text part."""
    for name, link in (("unsubscribe", proof.unsubscribe), ("preferences", proof.preferences)):
        for part, body in (("HTML", proof.html), ("text", proof.text)):
            if link not in body:
                yield block("way out", f"the {part} part has no {name} link; see templates/email")


def postal_address(proof: Proof) -> Iterator[Finding]:
    """The law of most readers' countries wants a postal address in every mail (CAN-SPAM, CASL)."""
    first_line = proof.postal_address.split(",", maxsplit=1)[0].strip()
    if first_line not in unescape(proof.html):
        yield block("postal address", "the postal address is missing from the mail")
    if "example" in proof.postal_address.lower():
        yield _for_real(proof, "postal address", "`newsletter.postal_address` is still the example")


def real_sender(proof: Proof) -> Iterator[Finding]:
    """Mail to real people comes from a real address."""
    if _EXAMPLE.search(proof.sender):
        yield _for_real(proof, "sender", "`newsletter.sender` is still the example")


def reachable_site(proof: Proof) -> Iterator[Finding]:
    """Mail to real people links to a site that they can reach."""
    host = proof.base_url.split("//", 1)[-1].split("/")[0]
    is_here = host.split(":")[0] in ("127.0.0.1", "localhost", "[")
    if is_here or proof.base_url.startswith("http://"):
        words = f"`web.base_url` is {proof.base_url}: readers' links must start with https://"
        yield _for_real(proof, "links to us", words)


def audience(proof: Proof) -> Iterator[Finding]:
    """There is somebody to send to."""
    if proof.recipients == 0:
        words = "nobody has subscribed yet: `newsletter subscribers add ADDRESS`"
        yield block("audience", words)


def can_be_mailed(proof: Proof) -> Iterator[Finding]:
    """The edition and its sender can be written as a message (RFC 5322)."""
    if proof.message_fault:
        yield block("message", proof.message_fault)


def spam_score(proof: Proof) -> Iterator[Finding]:
    """What SpamAssassin says of the finished message, where it is installed and was asked."""
    rating, most = proof.spam, proof.thresholds
    if rating is None or rating.score is None:
        yield passed("spam score", rating.note if rating else "not asked")
        return
    named = ", ".join(rating.rules[:_MOST_RULES])
    words = f"SpamAssassin gives {rating.score:g} points" + (f": {named}" if named else "")
    if rating.score > most.spam_block:
        yield block("spam score", f"{words}; mailboxes would take it for spam")
    elif rating.score > most.spam_score:
        yield warn("spam score", f"{words}; `checks.spam_score` is {most.spam_score:g}")
    else:
        yield passed("spam score", words)


def _for_real(proof: Proof, check: str, message: str) -> Finding:
    """Examples are fine while mail stays on this machine, and never when it leaves."""
    is_real = proof.leaves_this_machine and proof.recipients is not None
    return Finding(check, Level.BLOCK if is_real else Level.WARN, message)
