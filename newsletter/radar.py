"""The missed-story radar: a date's edition seen with the entries of the days after it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from newsletter.choose import as_of, choose, end_of, entries_within, seen_by
from newsletter.core.decisions import Act, decisions_on
from newsletter.core.radar import Hindsight, look_back
from newsletter.errors import UsageError
from newsletter.store import decisions, editions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from newsletter.core.edition import Draft
    from newsletter.core.entry import Entry
    from newsletter.core.radar import Radar
    from newsletter.core.source import Source
    from newsletter.core.story import Ranking
    from newsletter.ports import App

DAYS_AFTER = 2
"""How many days of hindsight are enough: what nobody picked up by then is no news any more."""


def radar(app: App, day: date, sources: Sequence[Source], *, outlets: int) -> Radar:
    """What the sources carried widely on a date and its edition left out, and the rest of it.

    `outlets` is from how many independent ones on a story is widely carried. A date without an
    edition is seen as it was at its end.

    Raises:
        UsageError: the date is not over yet.
    """
    if day >= app.today:
        raise UsageError(
            f"{day} is not over yet: the radar looks back, from the day after an edition on"
        )
    edition = editions.load_edition(day)
    draft = edition.draft if edition else None
    now, zone = app.clock.now(), app.config.zone
    moment = draft.made_at if draft else as_of(day, now, zone)
    until = min(now, as_of(day + timedelta(days=DAYS_AFTER), now, zone))
    read_by = _read_by(draft, moment)
    known_then = seen_by(read_by, entries_within(app, moment, sources))
    then = choose(app, day, sources, read=known_then, moment=moment, read_by=read_by).ranking
    ends = [end_of(day + timedelta(days=more), zone) for more in range(DAYS_AFTER + 1)]
    entries = _seen(app, sources, {moment, *(min(end, until) for end in ends)})
    return look_back(
        Hindsight(
            date=day,
            draft=draft,
            as_of=moment,
            read_by=read_by,
            day_ends=end_of(day, zone),
            until=until,
            then=then,
            since=choose(app, day, sources, read=entries, moment=until).ranking,
            entries=entries,
            dropped=_dropped(day, then),
            last_told=_last_told(app, day),
            sources=tuple(source.name for source in sources),
            outlets=outlets,
        )
    )


def _seen(app: App, sources: Sequence[Source], moments: Iterable[datetime]) -> tuple[Entry, ...]:
    """The entries that editions which look back from these moments could draw on."""
    found = (one for each in sorted(moments) for one in entries_within(app, each, sources))
    return tuple({one.id: one for one in found}.values())


def _read_by(draft: Draft | None, moment: datetime) -> datetime:
    """When the draft was really made: not before its entries had come in."""
    stories = draft.stories if draft else ()
    return max([moment, *(e.first_seen_at for story in stories for e in story.entries)])


def _dropped(day: date, then: Ranking) -> frozenset[str]:
    """The ids of the stories that the editor took off the page."""
    decided = decisions_on(then, decisions.load_judgements(day))
    return frozenset(story.id for story, decision in decided if decision.act is Act.DROP)


def _last_told(app: App, day: date) -> datetime | None:
    """The moment of the last edition before a date, as far back as the memory goes."""
    since = day - timedelta(days=app.config.edition.memory_days)
    told = editions.load_told(since=since, before=day)
    return max((draft.made_at for draft in told), default=None)
