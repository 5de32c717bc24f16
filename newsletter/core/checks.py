"""The checks an edition passes before it leaves. Adding one is a function and a line in `CHECKS`.

A check looks at a `Proof` and answers with findings; none means that it passed. `block` keeps an
edition from leaving by itself, `warn` is told to the editor.
"""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from typing import TYPE_CHECKING

from newsletter.core.check import Finding, Level
from newsletter.core.pictures import mailed_size
from newsletter.core.proof import Proof, block, warn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_HREF = re.compile(r'href="([^"]*)"', re.IGNORECASE)
_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.IGNORECASE | re.DOTALL)
_LEFT_OVER = re.compile(r"\{\{|\}\}|\{%|%\}")
# UTF-8 read as windows-874 or windows-1252, and the replacement character.
_DAMAGED = re.compile("\u0e42\u20ac|\u00e2\u20ac|\u0e22[\u00a0\u0e1a]|\u00c3[\u00a0-\u00bf]|\ufffd")
_EXAMPLE = re.compile(r"[@.]example\.(?:org|com|net)>?$")
_GMAIL_STYLE_LIMIT = 16 * 1024  # caniemail: Gmail drops a style block above 16 KB
_SUBJECT_BOUNDS = range(15, 91)


def enough_stories(proof: Proof) -> Iterator[Finding]:
    """An empty or nearly empty day is held, never padded."""
    told = len(proof.draft.picks)
    least = proof.thresholds.least_stories
    if told == 0:
        yield block("enough stories", "nothing to tell: no story of the field was found today")
    elif told < least:
        words = f"only {told} of at least {least} stories; lower `edition.least_stories` to send it"
        yield block("enough stories", words)


def sources_answered(proof: Proof) -> Iterator[Finding]:
    """When most sources fail, the day's news is not what we think it is."""
    figures = proof.draft.figures
    total = figures.sources_read + figures.sources_failed
    if total and figures.sources_failed * 2 > total:
        words = f"{figures.sources_failed} of {total} sources could not be read"
        yield block("sources answered", f"{words}; `newsletter status` lists them")
    elif figures.sources_failed:
        words = f"{figures.sources_failed} of {total} sources could not be read"
        yield warn("sources answered", words)


def stories_once(proof: Proof) -> Iterator[Finding]:
    """No story stands twice. Two stories may share a link: some outlets link a list of news."""
    stories = proof.draft.stories
    for headline, times in Counter(story.headline for story in stories).items():
        if times > 1:
            yield block("each story once", f"the headline {headline!r} stands {times} times")
    for url, times in Counter(story.url for story in stories if story.url).items():
        if times > 1:
            yield warn("each story once", f"{times} stories lead to {url}")


def safe_links(proof: Proof) -> Iterator[Finding]:
    """Links go to the web or to a mailbox; nothing else is in a mail."""
    for target in sorted(set(_HREF.findall(proof.html))):
        if not target.startswith(("https://", "http://", "mailto:", "#")):
            yield block("safe links", f"a link leads to {target[:60]!r}")


def subject_line(proof: Proof) -> Iterator[Finding]:
    """The subject is one readable line."""
    subject = proof.subject
    if not proof.draft.stories:
        return  # another check says that there is nothing to tell
    if "\n" in subject or "\r" in subject or not subject.strip():
        yield block("subject", "the subject is empty or has a line break")
    elif len(subject) not in _SUBJECT_BOUNDS:
        yield warn("subject", f"the subject has {len(subject)} characters; 30 to 70 read best")
    elif subject.isupper():
        yield warn("subject", "the subject is all capitals")


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
    """Mail to real people comes from a real address and links to a reachable site."""
    if _EXAMPLE.search(proof.sender):
        yield _for_real(proof, "sender", "`newsletter.sender` is still the example")
    host = proof.base_url.split("//", 1)[-1].split("/")[0]
    if host.split(":")[0] in ("127.0.0.1", "localhost", "[") or proof.base_url.startswith(
        "http://"
    ):
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


def size(proof: Proof) -> Iterator[Finding]:
    """Gmail cuts a mail near 102 kB, and the unsubscribe link with it."""
    kilobytes = mailed_size(proof.html) / 1000
    words = f"the HTML has {kilobytes:.0f} kB; Gmail cuts mails near 102 kB"
    if kilobytes > proof.thresholds.block_kilobytes:
        yield block("size", words)
    elif kilobytes > proof.thresholds.warn_kilobytes:
        yield warn("size", words)
    for style in _STYLE.findall(proof.html):
        if len(style.encode()) > _GMAIL_STYLE_LIMIT:
            yield warn("size", "a style block has over 16 kB; Gmail drops it whole")


def nothing_left_over(proof: Proof) -> Iterator[Finding]:
    """No placeholder of a template reaches a reader."""
    told = repr(proof.draft)  # a headline may say {{ or }}; that is no fault of a template
    for part, body in (("HTML", proof.html), ("text", proof.text)):
        left = {mark for mark in _LEFT_OVER.findall(body) if mark not in told}
        if left:
            yield block("placeholders", f"the {part} part still has {min(left)!r} in it")


def no_damage(proof: Proof) -> Iterator[Finding]:
    """No text that went through a wrong charset."""
    found = _DAMAGED.search(proof.subject + proof.html + proof.text)
    if found:
        yield block("damaged text", f"the edition has damaged characters: {found[0]!r}")


def whole_text_part(proof: Proof) -> Iterator[Finding]:
    """The plain-text part is a full edition, not an excuse."""
    missing = [story for story in proof.draft.stories if story.url not in proof.text]
    if missing:
        yield block("text part", f"{len(missing)} stories have no link in the text part")


def doctype(proof: Proof) -> Iterator[Finding]:
    """Without a doctype clients fall into quirks mode; and a screen reader wants the language."""
    if not proof.html.lstrip().lower().startswith("<!doctype html"):
        yield block("HTML", "the doctype is missing")
    if "<html lang=" not in proof.html[:400]:
        yield warn("HTML", "the html element names no language")


def wording(proof: Proof) -> Iterator[Finding]:
    """What a model wrote and could not be used, so that the editor knows whose words these are."""
    for note in proof.draft.notes:
        yield warn("wording", note)


CHECKS: tuple[tuple[str, Callable[[Proof], Iterator[Finding]]], ...] = (
    ("enough stories", enough_stories),
    ("sources answered", sources_answered),
    ("each story once", stories_once),
    ("safe links", safe_links),
    ("subject", subject_line),
    ("way out", way_out),
    ("postal address", postal_address),
    ("sender", real_sender),
    ("audience", audience),
    ("message", can_be_mailed),
    ("size", size),
    ("placeholders", nothing_left_over),
    ("damaged text", no_damage),
    ("text part", whole_text_part),
    ("HTML", doctype),
    ("wording", wording),
)


def examine(proof: Proof) -> tuple[Finding, ...]:
    """All findings in the order of `CHECKS`; a check without a complaint gives one `pass`."""
    findings: list[Finding] = []
    for name, check in CHECKS:
        found = list(check(proof))
        findings += found or [Finding(name, Level.PASS, "")]
    return tuple(findings)


def blocks(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings that keep an edition from leaving."""
    return tuple(finding for finding in findings if finding.level is Level.BLOCK)


def _for_real(proof: Proof, check: str, message: str) -> Finding:
    """Examples are fine while mail stays on this machine, and never when it leaves."""
    is_real = proof.leaves_this_machine and proof.recipients is not None
    return Finding(check, Level.BLOCK if is_real else Level.WARN, message)
