"""Checks of the day: enough to tell, well founded, told once, and not told before."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from newsletter.core.proof import Proof, block, passed, warn
from newsletter.core.words import day_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.core.check import Finding
    from newsletter.core.edition import Draft
    from newsletter.core.story import Story


def enough_stories(proof: Proof) -> Iterator[Finding]:
    """A day with too few stories is held, never padded; with nothing at all, always."""
    told = len(proof.draft.picks)
    least = proof.thresholds.least_stories
    if told == 0 and (least or proof.draft.is_empty):
        yield block("enough stories", _nothing(proof.draft))
    elif told < least:
        words = f"only {told} of at least {least} stories; lower `edition.least_stories` to send it"
        yield block("enough stories", words)


def _nothing(draft: Draft) -> str:
    words = "nothing to tell: no story of the field was found today"
    if draft.is_empty:
        return words
    return f"{words}; with `edition.least_stories: 0` what stands beside them goes out"


def corroborated(proof: Proof) -> Iterator[Finding]:
    """A day that rests on single outlets alone is worth a second look."""
    picks = proof.draft.picks
    found = sum(1 for story in picks if story.outlets > 1 or story.primary)
    least = min(proof.thresholds.corroborated, len(picks))
    words = f"{found} of {len(picks)} stories have a second outlet or a primary document"
    if found < least:
        yield warn("corroborated", f"{words}; `checks.corroborated` wants {least}")
    elif picks:
        yield passed("corroborated", words)


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
        ids = {story.best.id for story in stories if story.headline == headline}
        if times > 1:
            says = block if len(ids) < times else warn
            yield says("each story once", f"the headline {headline!r} stands {times} times")
    for url, times in Counter(story.url for story in stories if story.url).items():
        if times > 1:
            yield warn("each story once", f"{times} stories lead to {url}")


def not_told_before(proof: Proof) -> Iterator[Finding]:
    """What readers were told comes back only with something new.

    The choice of stories leaves such ones out: one that says when it was told was put there by the
    editor, who is reminded; one that does not say so slipped through, and must not leave in full.
    """
    known = {one.best.id for earlier in proof.earlier[:1] for one in earlier.stories}
    for stories, says in ((proof.draft.picks, block), (proof.draft.also, warn)):
        for story in stories:
            if story.is_stale:
                yield warn("told before", _again(story))
            elif story.told_on is None and story.best.id in known:
                yield says("told before", _again(story))


def _again(story: Story) -> str:
    when = f"on {day_words(story.told_on)}" if story.told_on else "in the edition before"
    words = f"{story.headline!r} was told {when}, and nothing is new"
    return f"{words}: `newsletter decide drop` takes it out"


def wording(proof: Proof) -> Iterator[Finding]:
    """What a model wrote and could not be used, so that the editor knows whose words these are."""
    for note in proof.draft.notes:
        yield warn("wording", note)
