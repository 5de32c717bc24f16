"""The editor's decisions: recorded as judgements, and the open draft made anew."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction

from newsletter.choose import choose, end_of, entries_within, page, save_grouping, seen_by
from newsletter.core.decisions import Judgement, checked, keep_wording
from newsletter.core.edition import EditionState
from newsletter.core.source import Source
from newsletter.core.story import is_id_meant
from newsletter.errors import BusyError, UsageError
from newsletter.store import decisions as store
from newsletter.store import editions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from newsletter.choose import Choice
    from newsletter.core.decisions import Act, Decision
    from newsletter.core.edition import Draft, Edition
    from newsletter.core.story import Ranking, Story
    from newsletter.ports import App

_MOST_NEAREST = 3


def decide(app: App, edition: Edition, decision: Decision) -> Edition:
    """Record the decision and put the draft that it makes in the place of the stored one.

    `edition` is the one that the editor looked at; `decision.story` is a story's id, the beginning
    of one, or its place in that draft, and counts for nothing where the act is on the edition. A
    later decision on a story replaces the earlier one; a headline and a place are decided on
    separately. What others decided meanwhile holds too.

    Raises:
        UsageError: the edition is frozen or skipped, there is no such story, or the value makes no
            sense.
        BusyError: the edition is being drafted anew.
    """
    stored = _open(edition.date)
    choice = _chosen(app, stored)
    judgement = _judgement(app, edition, decision, choice.ranking)
    return _recomposed(app, stored, choice, lambda: store.save_judgement(judgement))


def clear(app: App, edition: Edition, story: str) -> Edition:
    """Forget what was decided on a story, named as for `decide`, and make the draft anew.

    Raises:
        UsageError: the edition is frozen or skipped, or nothing was decided on such a story.
        BusyError: the edition is being drafted anew.
    """
    stored = _open(edition.date)
    choice = _chosen(app, stored)

    def forget() -> None:
        store.clear_judgements(edition.date, _decided_on(edition, story))

    return _recomposed(app, stored, choice, forget)


def clear_words(app: App, edition: Edition, act: Act) -> Edition:
    """Forget the subject or the preheader that the editor wrote, and make the draft anew.

    Raises:
        UsageError: the edition is frozen or skipped, or no such words were written.
        BusyError: the edition is being drafted anew.
    """
    stored = _open(edition.date)
    choice = _chosen(app, stored)

    def forget() -> None:
        if not store.clear_words(edition.date, act):
            raise UsageError(
                f"no {act.value} was written for the edition of {edition.date}; nothing to forget"
            )

    return _recomposed(app, stored, choice, forget)


def _decided_on(edition: Edition, story: str) -> str:
    """The id of the one story that was decided on and is meant.

    Raises:
        UsageError: there is none.
    """
    judged = {
        one.decision.story: one.headline
        for one in store.load_judgements(edition.date)
        if not one.decision.act.is_on_edition
    }
    places = [one.id for one in edition.draft.stories]
    named = places[int(story) - 1] if _is_place(story, len(places)) else story
    found = [name for name in judged if is_id_meant(name, named)]
    if len(found) != 1:
        known = "; ".join(f"{name} {title}" for name, title in judged.items())
        told = f"decided on are: {known}" if known else "nothing was decided on yet"
        raise UsageError(f"nothing was decided on a story {story!r}; {told}")
    return found[0]


def _open(day: date) -> Edition:
    """The date's edition as it is stored by now, which must be open."""
    edition = editions.load_edition(day)
    if edition is None:
        raise UsageError(f"there is no draft of {day} to decide on")
    refuse_if_closed(edition)
    return edition


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


def _chosen(app: App, edition: Edition) -> Choice:
    """The stories as they looked when the draft was made: what came in since is for the next."""
    made_at = edition.draft.made_at
    was_over = made_at >= end_of(edition.date, app.config.zone)
    read_by = None if was_over else made_at
    sources = sources_called(app, store.load_source_names(edition))
    read = seen_by(read_by, entries_within(app, made_at, sources))
    return choose(app, edition.date, sources, read=read, moment=made_at, read_by=read_by)


def sources_called(app: App, names: Sequence[str]) -> tuple[Source, ...]:
    """The sources of these names; one that is not configured (any more) stands by its name."""
    known = {source.name: source.as_source() for source in app.config.sources}
    return tuple(known.get(name) or Source(name=name, url="", is_unnamed=True) for name in names)


def _judgement(app: App, edition: Edition, decision: Decision, ranking: Ranking) -> Judgement:
    """The decision as it is kept, with what it is on.

    Raises:
        UsageError: there is no such story, or the value makes no sense.
    """
    if decision.act.is_on_edition:
        wanted = checked(decision, edition.draft)
        return Judgement(edition.date, wanted, "", {}, 0, app.clock.now())
    story = find_story(decision.story, edition.draft, ranking)
    wanted = checked(replace(decision, story=story.id), edition.draft)
    places = [one.id for one in edition.draft.stories]
    headline = next(one.headline for one in ranking.stories if one.id == story.id)
    return Judgement(
        date=edition.date,
        decision=wanted,
        headline=headline,
        parts=story.parts,
        place=places.index(story.id) + 1 if story.id in places else 0,
        made_at=app.clock.now(),
    )


def _recomposed(app: App, ranked: Edition, choice: Choice, change: Callable[[], None]) -> Edition:
    """Change the judgements and make the draft anew, while nobody else touches the edition.

    `choice` was made for the draft of `ranked`.
    """
    with transaction.atomic():
        current = editions.lock_edition(ranked.date) or ranked
        refuse_if_closed(current)
        names = store.load_source_names(current)
        if current.draft.made_at != ranked.draft.made_at:
            raise BusyError(f"the edition of {current.date} was drafted anew meanwhile; look again")
        change()
        save_grouping(choice)
        draft = _worded(app, current, choice)
        return editions.save_draft(draft, names, _reason(current))


def _worded(app: App, current: Edition, choice: Choice) -> Draft:
    """The page as it is decided on, with what the draft before has beside its stories."""
    before = current.draft
    made = page(app.config, choice, before.figures, store.load_judgements(current.date))
    return keep_wording(replace(made, notes=before.notes, beside=before.beside), before)


def _reason(edition: Edition) -> str:
    """A reason for being held is gone with the decision; any other stays."""
    return edition.reason if edition.state is EditionState.DRAFTED else ""


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
    begun = [story for name, story in ids.items() if is_id_meant(name, wanted)]
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


def _near(wanted: str, draft: Draft) -> str:
    """What is nearest to what was asked for: by number, by id, or by the headline's words."""
    rows = [f"{n} ({story.headline})" for n, story in enumerate(draft.stories, 1)]
    if not rows:
        return "; it is empty"
    if wanted.isascii() and wanted.isdecimal():
        near = rows[-_MOST_NEAREST:] if int(wanted[:9]) > 0 else rows[:_MOST_NEAREST]
    else:
        near = _alike(wanted.casefold(), draft, rows) or rows[:_MOST_NEAREST]
    return f"; it has the places 1 to {len(rows)}, nearest are: {'; '.join(near)}"


def _alike(wanted: str, draft: Draft, rows: Sequence[str]) -> list[str]:
    """The stories whose headline has the words, else those of a similar id; near misses too."""
    named = {story.id: row for story, row in zip(draft.stories, rows, strict=True)}
    for miss in draft.near_misses:
        named.setdefault(miss.story.id, f"{miss.story.id} ({miss.story.headline}), a near miss")
    inside = [row for row in named.values() if wanted in row.casefold()]
    ids = difflib.get_close_matches(wanted, named, n=_MOST_NEAREST)
    return (inside or [named[name] for name in ids])[:_MOST_NEAREST]
