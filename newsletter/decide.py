"""The editor's decision on a story: recorded as a judgement, and the open draft made anew."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import transaction

from newsletter.core.decisions import Judgement, apply, checked, keep_wording
from newsletter.core.edition import EditionState
from newsletter.core.source import Source
from newsletter.draft import draft as draft_step
from newsletter.errors import UsageError
from newsletter.store import decisions as store
from newsletter.store import editions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from newsletter.core.decisions import Decision
    from newsletter.core.edition import Draft, Edition
    from newsletter.core.story import Ranking, Story
    from newsletter.ports import App

_SHORTEST_BEGINNING = 4
_MOST_NEAREST = 3


@dataclass(frozen=True)
class _DraftsClock:
    """The moment at which a draft was made: what came in since is for the next draft."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


@transaction.atomic
def decide(app: App, edition: Edition, decision: Decision) -> Edition:
    """Record the decision and put the draft that it makes in the place of the stored one.

    `decision.story` is a story's id, the beginning of one, or its place in the draft. A later
    decision on a story replaces the earlier one; a headline and a place are decided on separately.

    Raises:
        UsageError: the edition is frozen or skipped, there is no such story, or the value makes no
            sense.
    """
    refuse_if_closed(edition)
    drafted, ranking = _drafted(app, edition)
    story = find_story(decision.story, edition.draft, ranking)
    wanted = checked(replace(decision, story=story.id), edition.draft)
    store.save_judgement(_judgement(app, edition, wanted, story, ranking))
    return _recomposed(app, edition, drafted, ranking)


@transaction.atomic
def clear(app: App, edition: Edition, story: str) -> Edition:
    """Forget what was decided on a story, named as for `decide`, and make the draft anew.

    Raises:
        UsageError: the edition is frozen or skipped, or nothing was decided on such a story.
    """
    refuse_if_closed(edition)
    judged = {one.decision.story: one.headline for one in store.load_judgements(edition.date)}
    places = [one.id for one in edition.draft.stories]
    named = places[int(story) - 1] if _is_place(story, len(places)) else story
    found = [name for name in judged if name == named or _begins(name, named)]
    if len(found) != 1:
        known = "; ".join(f"{name} {title}" for name, title in judged.items())
        told = f"decided on are: {known}" if known else "nothing was decided on yet"
        raise UsageError(f"nothing was decided on a story {story!r}; {told}")
    store.clear_judgements(edition.date, found[0])
    drafted, ranking = _drafted(app, edition)
    return _recomposed(app, edition, drafted, ranking)


def refuse_if_closed(edition: Edition) -> None:
    """Only an open draft is decided on.

    Raises:
        UsageError: what leaves is fixed already, or nothing leaves on that date.
    """
    if edition.is_frozen:
        raise UsageError(
            f"the edition of {edition.date} is {edition.state.value}: what readers get is fixed"
            " and no decision changes it"
        )
    if edition.state is EditionState.SKIPPED:
        raise UsageError(f"the edition of {edition.date} is skipped; there is nothing to decide on")


def _drafted(app: App, edition: Edition) -> tuple[Edition, Ranking]:
    """The date's draft as the stored entries alone make it, seen from when it was made."""
    names = store.load_source_names(edition)
    then = replace(app, clock=_DraftsClock(edition.draft.made_at))
    reason = edition.reason if edition.state is EditionState.DRAFTED else ""
    return draft_step(then, edition.date, sources_called(app, names), reason=reason)


def sources_called(app: App, names: Sequence[str]) -> tuple[Source, ...]:
    """The sources of these names; one that is not configured (any more) stands by its name."""
    known = {source.name: source.as_source() for source in app.config.sources}
    return tuple(known.get(name) or Source(name=name, url="", is_unnamed=True) for name in names)


def _judgement(
    app: App, edition: Edition, decision: Decision, story: Story, ranking: Ranking
) -> Judgement:
    places = [one.id for one in edition.draft.stories]
    headline = next(one.headline for one in ranking.stories if one.id == story.id)
    return Judgement(
        date=edition.date,
        decision=decision,
        headline=headline,
        parts=story.parts,
        place=places.index(story.id) + 1 if story.id in places else 0,
        made_at=app.clock.now(),
    )


def _recomposed(app: App, edition: Edition, drafted: Edition, ranking: Ranking) -> Edition:
    judgements = store.load_judgements(edition.date)
    base = replace(drafted.draft, notes=edition.draft.notes)
    identity = app.config.newsletter
    rules = app.config.edition.rules(identity.language)
    wanted = apply(base, ranking, judgements, rules, notice=identity.notice)
    worded = keep_wording(wanted, edition.draft)
    return editions.save_draft(worded, store.load_source_names(drafted), drafted.reason)


def find_story(wanted: str, draft: Draft, ranking: Ranking) -> Story:
    """The story meant by an id, the beginning of one that only it has, or a place in the draft.

    Raises:
        UsageError: there is none; with the nearest places.
    """
    ids = {story.id: story for story in (*draft.stories, *ranking.stories)}
    if wanted in ids:
        return _as_ranked(ids[wanted], ranking)
    if _is_place(wanted, len(draft.stories)):
        return _as_ranked(draft.stories[int(wanted) - 1], ranking)
    begun = [story for name, story in ids.items() if _begins(name, wanted)]
    if len(begun) == 1:
        return _as_ranked(begun[0], ranking)
    raise UsageError(
        f"there is no story {wanted!r} in the draft of {draft.date}{_near(wanted, draft)}"
    )


def _as_ranked(story: Story, ranking: Ranking) -> Story:
    """The story under the id that it has in the ranking.

    Raises:
        UsageError: its entries are not stored any more.
    """
    known = {entry.id: one for one in ranking.stories for entry in one.entries}
    found = known.get(story.best.id)
    if found is None:
        raise UsageError(f"the entries of {story.headline!r} are not stored any more; draft anew")
    return found


def _is_place(text: str, last: int) -> bool:
    return (
        text.isascii()
        and text.isdecimal()
        and len(text) <= len(str(last))
        and 1 <= int(text) <= last
    )


def _begins(name: str, text: str) -> bool:
    return len(text) >= _SHORTEST_BEGINNING and name.startswith(text)


def _near(wanted: str, draft: Draft) -> str:
    """The places nearest to what was asked for: by number, by id, or by the headline's words."""
    rows = [f"{n} ({story.headline})" for n, story in enumerate(draft.stories, 1)]
    if not rows:
        return "; it is empty"
    if wanted.isascii() and wanted.isdecimal():
        near = rows[-_MOST_NEAREST:] if int(wanted[:9]) > 0 else rows[:_MOST_NEAREST]
    else:
        small = wanted.casefold()
        inside = [row for row in rows if small in row.casefold()]
        ids = {story.id: row for story, row in zip(draft.stories, rows, strict=True)}
        alike = [ids[name] for name in difflib.get_close_matches(small, ids, n=_MOST_NEAREST)]
        near = (inside or alike or rows)[:_MOST_NEAREST]
    return f"; it has the places 1 to {len(rows)}, nearest are: {'; '.join(near)}"
