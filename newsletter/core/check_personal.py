"""The check of readers' own links: each stands whole, and no story leads to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.core.personal import names_personal_links, public_html, public_text
from newsletter.core.proof import block
from newsletter.core.words import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.core.check import Finding
    from newsletter.core.edition import Draft
    from newsletter.core.proof import Proof


def personal_links(proof: Proof) -> Iterator[Finding]:
    """A reader's own link stands where a copy fills it in, and under no words from outside."""
    parts = (("HTML", public_html(proof.html, "")), ("text", public_text(proof.text, "")))
    for part, rest in parts:
        if names_personal_links(rest):
            words = f"the {part} part names a reader's own link where no copy can fill it in"
            yield block("personal links", f"{words}; {_PLACES}")
    told = _told(proof.draft)
    for link in proof.anatomy.links:
        if names_personal_links(link.url) and clean(link.text) in told:
            words = f"{clean(link.text)[:60]!r} leads to the reader's own link"
            yield block("personal links", f"{words}; only words of a template may")


_PLACES = (
    "in a template it stands alone: as the target of a link in HTML, on a line of its own in text"
)


def _told(draft: Draft) -> frozenset[str]:
    """The words from outside that templates make links of."""
    beside = draft.beside
    texts = [story.headline for story in draft.stories]
    texts += [story.best.translated_title for story in draft.stories]
    texts += [story.primary.title for story in draft.stories if story.primary]
    texts += [one.title for one in beside.ahead] + [one.source for one in beside.market]
    texts += [beside.sponsor.text, beside.sponsor.name] if beside.sponsor else []
    return frozenset(filter(None, map(clean, texts)))
