"""The day seen with hindsight: what was carried widely and left out, what nobody followed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date, datetime

    from newsletter.core.edition import Draft
    from newsletter.core.entry import Entry
    from newsletter.core.story import Ranking, Rejection, Story

_MOST_REJECTIONS = 5


class Cause(StrEnum):
    """Why a story was left out of an edition."""

    LATER = "arrived later"
    DROPPED = "dropped"
    REJECTED = "rejected"
    CAPPED = "no place"
    TOLD = "told before"
    LOW = "score too low"
    NO_EDITION = "no edition"


@dataclass(frozen=True)
class Missed:
    """A widely carried story that the edition left out: why, and in words with the numbers."""

    story: Story
    cause: Cause
    reason: str


@dataclass(frozen=True)
class SourceYield:
    """What one source was good for on that day.

    `entries` are what it carried within reach, `relevant` those that stand in a story, `picked`
    those that stand in a story of the edition. `wide` counts the widely carried stories that it
    had, `first` those that it had before all others; `all_wide` is how many there were.
    """

    name: str
    entries: int
    relevant: int
    picked: int
    wide: int
    first: int
    all_wide: int

    @property
    def recall(self) -> float | None:
        """The share of the widely carried stories that it had; None where there were none."""
        return self.wide / self.all_wide if self.all_wide else None

    @property
    def relevant_share(self) -> float | None:
        """The share of its entries that are news of the field; None without entries."""
        return self.relevant / self.entries if self.entries else None

    @property
    def picked_share(self) -> float | None:
        """The share of its entries that reached the edition; None without entries."""
        return self.picked / self.entries if self.entries else None


@dataclass(frozen=True)
class Radar:
    """What is known of a date's edition by `until`.

    `wide` are the day's widely carried stories, the widest first; `missed` those of them that the
    edition left out; `unfollowed` its picks that stayed with one outlet and got no later entry.
    `rejected` are the entries that came nearest to being news of the field.
    """

    date: date
    has_edition: bool
    as_of: datetime
    until: datetime
    wide: tuple[Story, ...]
    missed: tuple[Missed, ...]
    unfollowed: tuple[Story, ...]
    sources: tuple[SourceYield, ...]
    rejected: tuple[Rejection, ...]


@dataclass(frozen=True)
class Hindsight:
    """What the radar looks at.

    `then` ranks what was known when the edition was made, `since` all the `entries` that came in
    up to `until`. `dropped` are the ids of the stories that the editor took off the page. `draft`
    is the edition's, None on a day without one; `as_of` is the moment it looked back from,
    `read_by` the moment up to which its entries had been read (later for one that was drafted when
    its date was over), `day_ends` when its date was over. `told_before` are the ids of the entries
    that earlier editions told, `last_told` the moment of the last one of them. `outlets` is from
    how many independent outlets on a story is widely carried.
    """

    date: date
    draft: Draft | None
    as_of: datetime
    read_by: datetime
    day_ends: datetime
    until: datetime
    then: Ranking
    since: Ranking
    entries: tuple[Entry, ...]
    dropped: frozenset[str]
    last_told: datetime | None
    sources: tuple[str, ...]
    outlets: int

    def was_known(self, entry: Entry) -> bool:
        """Whether the edition could draw on an entry: it was published and had been read."""
        return entry.published_at <= self.as_of and entry.first_seen_at <= self.read_by


def look_back(seen: Hindsight) -> Radar:
    """The radar's picture of a date."""
    told = _ids(seen.draft.stories if seen.draft else ())
    wide = tuple(
        sorted((s for s in seen.since.stories if _is_the_days(s, seen, told)), key=_widest)
    )
    missed = tuple(_missed(s, seen) for s in wide if not told & _ids((s,)))
    return Radar(
        date=seen.date,
        has_edition=seen.draft is not None,
        as_of=seen.as_of,
        until=seen.until,
        wide=wide,
        missed=missed,
        unfollowed=tuple(_unfollowed(seen)),
        sources=tuple(_yield(name, seen, wide, told) for name in seen.sources),
        rejected=seen.since.rejected[:_MOST_REJECTIONS],
    )


def _ids(stories: Iterable[Story]) -> frozenset[str]:
    return frozenset(entry.id for story in stories for entry in story.entries)


def _widest(story: Story) -> tuple[float, float, str]:
    return (-story.outlets, -story.score, story.id)


def _is_the_days(story: Story, seen: Hindsight, told: Collection[str]) -> bool:
    """Whether a story is widely carried and was this edition's to tell.

    It was where the edition told it. Else where it had begun before the date was over and became
    widely carried after the last edition before; one that was told before, where there is news.
    """
    if story.outlets < seen.outlets:
        return False
    if not _ids((story,)).isdisjoint(told):
        return True
    carried = _untold(story, seen)
    if story.is_stale or not carried or _first(carried).published_at > seen.day_ends:
        return False
    last = seen.last_told
    before = {e.outlet for e in carried if last is not None and e.published_at <= last}
    return len({e.outlet for e in carried}) >= seen.outlets > len(before)


def _untold(story: Story, seen: Hindsight) -> tuple[Entry, ...]:
    """The entries that tell what was to be told: of a story that was told before, those since."""
    if story.told_on is None or seen.last_told is None:
        return story.entries
    return tuple(e for e in story.entries if e.published_at > seen.last_told)


def _missed(story: Story, seen: Hindsight) -> Missed:
    if seen.draft is None:
        return Missed(story, Cause.NO_EDITION, "There was no edition of this date")
    untold = _untold(story, seen)
    known = [entry for entry in untold if seen.was_known(entry)]
    if not known:
        return Missed(story, Cause.LATER, _later(untold, seen.as_of))
    ids = {entry.id for entry in known}
    ranked = [s for s in seen.then.stories if ids & {entry.id for entry in s.entries}]
    if ranked:
        return _passed_over(story, ranked[0], seen, seen.draft)
    return Missed(story, Cause.REJECTED, _rejected(ids, seen.then.rejected))


def _later(entries: Sequence[Entry], as_of: datetime) -> str:
    first = _first(entries)
    if first.published_at > as_of:
        return f"It broke at {_moment(first.published_at)}, after the draft of {_moment(as_of)}"
    seen = min(entry.first_seen_at for entry in entries)
    return (
        f"Published at {_moment(first.published_at)}, but first read at {_moment(seen)},"
        f" after the draft of {_moment(as_of)}"
    )


def _moment(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %H:%M} UTC"


def _rejected(ids: Collection[str], rejections: Sequence[Rejection]) -> str:
    found = [one for one in rejections if one.entry_id in ids]
    if not found:
        return "Its entries were out of reach of the draft"
    nearest = found[0]
    told = f"{nearest.reason} (relevance {nearest.relevance:.2f})"
    return told if len(found) == 1 else f"{told}, and {len(found) - 1} more entries like it"


def _passed_over(story: Story, then: Story, seen: Hindsight, draft: Draft) -> Missed:
    """A story that was ranked and found no place: the draft's own words where it has some."""
    place = next(n for n, one in enumerate(seen.then.stories, 1) if one.id == then.id)
    about = f"place {place} with a score of {then.score:.2f}"
    if then.outlets < story.outlets:
        about += f"; {_outlets(then.outlets)} had it then, {story.outlets} since"
    last = min((one.score for one in draft.picks), default=0.0)
    if then.id in seen.dropped:
        return Missed(story, Cause.DROPPED, f"The editor dropped it ({about})")
    if then.is_stale:
        return Missed(
            story, Cause.TOLD, f"Told on {then.told_on}, and nothing was new in it ({about})"
        )
    cause = Cause.LOW if then.score < last else Cause.CAPPED
    near = [m for m in draft.near_misses if _ids((m.story,)) & _ids((then,))]
    if near:
        return Missed(story, cause, f"{near[0].reason} ({about})")
    if cause is Cause.LOW:
        return Missed(story, cause, f"{last - then.score:.2f} below the last pick ({about})")
    return Missed(story, cause, f"A cap or a rule kept it out ({about})")


def _outlets(count: int) -> str:
    return "one outlet" if count == 1 else f"{count} outlets"


def _unfollowed(seen: Hindsight) -> Iterable[Story]:
    """The picks that stayed with one outlet and got no entry after the edition."""
    for pick in seen.draft.picks if seen.draft else ():
        ids = _ids((pick,))
        now = [s for s in seen.since.stories if not ids.isdisjoint(_ids((s,)))]
        later = any(not seen.was_known(e) for s in now for e in s.entries)
        if pick.outlets == 1 and not later and all(story.outlets == 1 for story in now):
            yield pick


def _yield(name: str, seen: Hindsight, wide: Sequence[Story], told: Collection[str]) -> SourceYield:
    relevant = _ids(seen.since.stories)
    carried = [entry for entry in seen.entries if name in entry.sources]
    return SourceYield(
        name=name,
        entries=len(carried),
        relevant=sum(1 for entry in carried if entry.id in relevant),
        picked=sum(1 for entry in carried if entry.id in told),
        wide=sum(1 for story in wide if any(name in e.sources for e in story.entries)),
        first=sum(1 for story in wide if name in _first(story.entries).sources[:1]),
        all_wide=len(wide),
    )


def _first(entries: Sequence[Entry]) -> Entry:
    return min(entries, key=lambda e: (e.published_at, e.first_seen_at, e.id))
