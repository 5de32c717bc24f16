"""Checks of the HTML: its size, its structure, its pictures, and that it holds nothing alive."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from newsletter.core.pictures import mailed_size, split_pictures
from newsletter.core.proof import Proof, block, passed, warn
from newsletter.core.words import count_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.core.anatomy import Fault, Image
    from newsletter.core.check import Finding

_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.IGNORECASE | re.DOTALL)
_GMAIL_STYLE_LIMIT = 16 * 1024  # caniemail: Gmail drops a style block above 16 KB
_MOST_FAULTS = 5
_MOST_ALT = 160


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


def doctype(proof: Proof) -> Iterator[Finding]:
    """Without a doctype clients fall into quirks mode; and a screen reader wants the language."""
    if not proof.html.lstrip().lower().startswith("<!doctype html"):
        yield block("HTML", "the doctype is missing")
    if not proof.anatomy.language:
        yield warn("HTML", "the html element names no language (lang=)")
    if proof.anatomy.direction not in ("ltr", "rtl"):
        yield warn("HTML", "the html element names no direction (dir=ltr or rtl)")
    if not proof.anatomy.title:
        yield warn("HTML", "the title is missing; screen readers open with it")


def valid_html(proof: Proof) -> Iterator[Finding]:
    """The HTML is what the standard wants; each kind of fault is told once."""
    faults: dict[str, Fault] = {}
    for fault in proof.anatomy.faults:
        faults.setdefault(fault.kind, fault)
    for fault in list(faults.values())[:_MOST_FAULTS]:
        says = block if fault.loses_content else warn
        yield says("valid HTML", f"line {fault.line}: {fault.kind}")
    if len(faults) > _MOST_FAULTS:
        yield warn("valid HTML", f"and {len(faults) - _MOST_FAULTS} more kinds of fault")
    for name, times in Counter(proof.anatomy.ids).items():
        if times > 1:
            yield warn("valid HTML", f"the id {name!r} stands {times} times")


def headings(proof: Proof) -> Iterator[Finding]:
    """One first heading, none empty, and no level left out: screen readers jump by them."""
    found = proof.anatomy.headings
    firsts = sum(1 for one in found if one.level == 1)
    if firsts != 1:
        yield warn("headings", f"there are {firsts} headings of the first level, not one")
    if any(not one.text for one in found):
        yield warn("headings", "a heading is empty")
    for before, after in pairwise(found):
        if after.level > before.level + 1:
            words = f"{after.text[:60]!r} jumps from level {before.level} to {after.level}"
            yield warn("headings", words)
            return


def alt_texts(proof: Proof) -> Iterator[Finding]:
    """Every picture says in words what it shows (or `alt=""` where it only decorates)."""
    images = proof.anatomy.images
    silent = [one for one in images if one.alt is None]
    if silent:
        yield block("alt texts", f"without an alt text: {count_words(len(silent), 'picture')}")
    long = [one for one in images if one.alt and len(one.alt) > _MOST_ALT]
    if long:
        yield warn(
            "alt texts", f"an alt text has over {_MOST_ALT} characters: {long[0].alt!r:.60}…"
        )
    unlinked = [link.url for link in proof.anatomy.links if not link.text and not link.alt]
    if unlinked:
        yield warn("alt texts", f"a link has no words: {unlinked[0][:60]!r}")


def picture_sizes(proof: Proof) -> Iterator[Finding]:
    """Outlook wants a picture's width and height in its element, in pixels."""
    unsized = [one for one in proof.anatomy.images if not _has_size(one)]
    if unsized:
        yield warn(
            "picture sizes", f"without width and height: {count_words(len(unsized), 'picture')}"
        )


def _has_size(image: Image) -> bool:
    return image.width.isdecimal() and image.height.isdecimal()


def picture_weight(proof: Proof) -> Iterator[Finding]:
    """What the pictures weigh that travel in the mail."""
    pictures = split_pictures(proof.html, "pictures.invalid")[1]
    kilobytes = sum(len(one.content) for one in pictures) / 1000
    words = f"{len(pictures)} pictures of {kilobytes:.0f} kB"
    if kilobytes > proof.thresholds.warn_picture_kilobytes:
        most = proof.thresholds.warn_picture_kilobytes
        yield warn("picture weight", f"{words}; `checks.warn_picture_kilobytes` is {most:g}")
    elif pictures:
        yield passed("picture weight", words)


def nothing_remote(proof: Proof) -> Iterator[Finding]:
    """An opened mail asks no host for anything: that would tell who opened it, and when."""
    for address in sorted(set(proof.anatomy.loaded)):
        if address and not address.startswith(("data:image/", "cid:", "#")):
            words = f"opening the mail would ask for {address[:80]!r}"
            yield block("remote pictures", f"{words}; put the picture into the mail, or link to it")


def nothing_active(proof: Proof) -> Iterator[Finding]:
    """No script, form or frame: mail programs take them out, and filters take the mail for bad."""
    for name, times in Counter(proof.anatomy.active).items():
        yield block(
            "active content",
            f"{name} stands in the mail ({count_words(times, 'time')}); take it out",
        )
