"""The missed-story radar: a date's edition seen with the entries of the days after it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from newsletter.core.decisions import Act
from newsletter.core.radar import Hindsight, look_back
from newsletter.core.ranking import Weights, rank
from newsletter.draft import as_of, entries_for
from newsletter.errors import UsageError
from newsletter.gazetteer import load_gazetteer
from newsletter.store import decisions, editions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

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
    entries = _seen(app, day, sources)
    read_by = _read_by(draft, moment)
    earlier = _earlier(app, day)
    told = [draft_before.made_at for draft_before in earlier]
    return look_back(
        Hindsight(
            date=day,
            draft=draft,
            as_of=moment,
            read_by=read_by,
            day_ends=datetime.combine(day, time.max, tzinfo=zone),
            until=until,
            then=_ranked(app, _at_hand(app, entries, moment, read_by), moment),
            since=_ranked(app, entries, until),
            entries=entries,
            dropped=_dropped(day),
            told_before=frozenset(_entry_ids(earlier)),
            last_told=max(told, default=None),
            sources=tuple(source.name for source in sources),
            outlets=outlets,
        )
    )


def _seen(app: App, day: date, sources: Sequence[Source]) -> tuple[Entry, ...]:
    """The entries that this edition and those of the days of hindsight could draw on."""
    days = [day + timedelta(days=number) for number in range(DAYS_AFTER + 1)]
    found = {entry.id: entry for each in days for entry in entries_for(app, each, sources)}
    return tuple(found.values())


def _read_by(draft: Draft | None, moment: datetime) -> datetime:
    """When the draft was really made: not before its entries had come in."""
    stories = draft.stories if draft else ()
    return max([moment, *(e.first_seen_at for story in stories for e in story.entries)])


def _at_hand(
    app: App, entries: Iterable[Entry], moment: datetime, read_by: datetime
) -> list[Entry]:
    """The entries that were read when the edition was made, and young enough for it."""
    oldest = moment - timedelta(hours=app.config.edition.window_hours)
    return [e for e in entries if oldest < e.published_at <= moment and e.first_seen_at <= read_by]


def _ranked(app: App, entries: Sequence[Entry], moment: datetime) -> Ranking:
    return rank(
        entries,
        gazetteer=load_gazetteer(app.config),
        now=moment,
        weights=Weights(**app.config.edition.weights.model_dump()),
        language=app.config.newsletter.language,
    )


def _dropped(day: date) -> frozenset[str]:
    judgements = decisions.load_judgements(day)
    return frozenset(one.decision.story for one in judgements if one.decision.act is Act.DROP)


def _earlier(app: App, day: date) -> tuple[Draft, ...]:
    since = day - timedelta(days=app.config.edition.memory_days)
    return editions.load_told(since=since, before=day)


def _entry_ids(drafts: Iterable[Draft]) -> Iterable[str]:
    return (entry.id for draft in drafts for story in draft.stories for entry in story.entries)
