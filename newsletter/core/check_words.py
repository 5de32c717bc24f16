"""Checks of the words: subject and preheader, nothing left over, nothing damaged, a whole text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from newsletter.core.damage import damage_in
from newsletter.core.plain_headline import is_bait
from newsletter.core.proof import Proof, block, warn
from newsletter.core.subject import LEAST, MOST, is_repeated, length
from newsletter.core.words import clean, count_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.core.check import Finding
    from newsletter.core.story import Story

_LEFT_OVER = re.compile(r"\{\{|\}\}|\{%|%\}")
_SHOUTS = re.compile(r"[!\u00a1\uff01]{2,}|\?{2,}|[!?]{3,}")
_PREHEADER_BOUNDS = range(30, 141)
"""Inbox lists show 40 to 140 characters beside a subject."""


def subject_line(proof: Proof) -> Iterator[Finding]:
    """The subject is one readable line, of 30 to 70 characters."""
    subject = proof.subject
    if not proof.draft.stories:
        return  # another check says that there is nothing to tell
    if "\n" in subject or "\r" in subject or not subject.strip():
        yield block("subject", "the subject is empty or has a line break")
        return
    if not LEAST <= length(subject) <= MOST:
        yield warn("subject", f"the subject has {length(subject)} characters; 30 to 70 read best")
    yield from _manner(subject, proof)


def _manner(subject: str, proof: Proof) -> Iterator[Finding]:
    """What makes readers pass over a subject: shouting, teasing, and the same as the days before.

    An editor's own subject may ask or explain.
    """
    if subject.isupper():
        yield warn("subject", "the subject is all capitals")
    if _SHOUTS.search(subject):
        yield warn("subject", "the subject shouts: one sign of exclamation is more than enough")
    if is_bait(subject) and not proof.draft.has_own_subject:
        yield warn("subject", "the subject teases instead of telling what happened")
    before = [earlier.subject for earlier in proof.earlier] + [*proof.draft.subjects_before]
    if is_repeated(subject, before):
        yield warn("subject", "the subject nearly repeats that of an edition before")


def preheader(proof: Proof) -> Iterator[Finding]:
    """The line beside the subject in the inbox list: there, of a fit length, and no repetition."""
    words = clean(proof.draft.preheader)
    if not proof.draft.stories:
        return
    if not words:
        yield warn("preheader", "there is none: mail programs show whatever stands first")
    elif words not in proof.anatomy.text:
        yield warn("preheader", "the preheader does not stand in the mail; see templates/email")
    elif words.casefold() == clean(proof.subject).casefold():
        yield warn("preheader", "the preheader repeats the subject")
    elif length(words) not in _PREHEADER_BOUNDS:
        yield warn(
            "preheader", f"the preheader has {length(words)} characters; 30 to 140 are shown"
        )


def nothing_left_over(proof: Proof) -> Iterator[Finding]:
    """No placeholder of a template reaches a reader."""
    told = repr(proof.draft)  # a headline may say {{ or }}; that is no fault of a template
    for part, body in (("HTML", proof.html), ("text", proof.text)):
        left = {mark for mark in _LEFT_OVER.findall(body) if mark not in told}
        if left:
            yield block("placeholders", f"the {part} part still has {min(left)!r} in it")


def no_damage(proof: Proof) -> Iterator[Finding]:
    """No text that went through a wrong charset. What a story brought is told, and leaves."""
    found = damage_in(proof.subject + proof.html + proof.text)
    if found:
        says = warn if any(found in text for text in _brought(proof)) else block
        yield says("damaged text", f"the edition has damaged characters: {found!r}")


def _brought(proof: Proof) -> Iterator[str]:
    """Every text of the stories' entries, and their addresses."""
    stories = proof.draft.stories
    for entry in (entry for story in stories for entry in (story.best, *story.entries)):
        yield from (entry.title, entry.summary, entry.text, entry.outlet, entry.url)
        yield from (*entry.highlights, entry.translated_title, entry.translated_summary)


def whole_text_part(proof: Proof) -> Iterator[Finding]:
    """The plain-text part is a full edition, not an excuse."""
    linked = {unquote(link.url) for link in proof.anatomy.links}
    stories = [story for story in proof.draft.stories if unquote(story.url) in linked]
    missing = [story for story in stories if story.url not in proof.text]
    if missing:
        yield block("text part", f"{len(missing)} stories have no link in the text part")
    told, shown = "".join(proof.text.split()), proof.anatomy.text
    unnamed = [story.headline for story in proof.draft.stories if _is_missing(story, shown, told)]
    if unnamed:
        yield warn(
            "text part",
            f"the text part lacks {count_words(len(unnamed), 'headline')}: {unnamed[0]!r}",
        )


def _is_missing(story: Story, shown: str, told: str) -> bool:
    """Whether a headline that the HTML shows is nowhere in the text, wherever its lines break."""
    words = clean(story.headline)
    return words in shown and "".join(words.split()) not in told
