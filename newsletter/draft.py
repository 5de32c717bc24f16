"""Step 2: group, rank, select, compose; save the date's draft."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from newsletter.core.compose import compose
from newsletter.core.edition import DraftFigures
from newsletter.core.ranking import ToldStory, Weights, rank
from newsletter.core.selection import Rules
from newsletter.gazetteer import load_gazetteer
from newsletter.store import editions, entries
from newsletter.store.sources import load_health

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from newsletter.config import Config
    from newsletter.core.edition import Draft, Edition
    from newsletter.core.entry import Entry
    from newsletter.core.source import Source
    from newsletter.core.story import Ranking
    from newsletter.ports import App


def draft(
    app: App, day: date, sources: Sequence[Source], *, reason: str = ""
) -> tuple[Edition, Ranking]:
    """Compose the date's edition from what the named sources carried, and save it.

    `reason` is kept beside it.

    Raises:
        StoreError: the date's edition is frozen or skipped.
    """
    config = app.config
    moment = as_of(day, app.clock.now(), config.zone)
    names = [source.name for source in sources]
    read = entries_for(app, day, sources)
    ranking = rank(
        read,
        gazetteer=load_gazetteer(config),
        now=moment,
        weights=Weights(**config.edition.weights.model_dump()),
        told=_told(app, day),
        language=config.newsletter.language,
    )
    figures = _figures(ranking, names, len(read))
    composed = _composed(config, ranking, day, moment, figures)
    return editions.save_draft(composed, names, reason), ranking


def entries_for(app: App, day: date, sources: Sequence[Source]) -> tuple[Entry, ...]:
    """The stored entries that the date's edition can draw on, oldest first."""
    moment = as_of(day, app.clock.now(), app.config.zone)
    hours = app.config.edition.window_hours
    by_name = {source.name: source for source in sources}
    since = moment - timedelta(hours=hours)
    found = entries.load_entries(since=since, until=moment, sources=list(by_name))
    return tuple(_as_configured(entry, by_name) for entry in found)


def _as_configured(entry: Entry, sources: Mapping[str, Source]) -> Entry:
    """What the configuration says of a source holds for its stored entries as well."""
    source = sources.get(entry.sources[0])
    if source is None or entry.outlet != source.name:
        return entry
    return replace(
        entry,
        publisher=source.publisher,
        weight=source.weight,
        paywall=source.paywall,
        is_quotable=source.is_quotable,
    )


def as_of(day: date, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment a date's edition looks back from: now for today, else the end of that day."""
    if day == now.astimezone(zone).date():
        return now
    return datetime.combine(day, time(23, 59, 59), tzinfo=zone).astimezone(UTC)


def _told(app: App, day: date) -> tuple[ToldStory, ...]:
    since = day - timedelta(days=app.config.edition.memory_days)
    return tuple(
        ToldStory(
            date=told.date,
            headline=story.headline,
            entry_ids=tuple(entry.id for entry in story.entries),
            urls=tuple(entry.url for entry in story.entries),
            texts=tuple(entry.title for entry in story.entries),
        )
        for told in editions.load_told(since=since, before=day)
        for story in told.stories
    )


def _figures(ranking: Ranking, names: Sequence[str], read: int) -> DraftFigures:
    health = load_health(names)
    failed = sum(1 for name in names if name in health and health[name].problem)
    return DraftFigures(
        entries_read=read,
        entries_relevant=read - len(ranking.rejected),
        stories_found=len(ranking.stories),
        sources_read=sum(1 for name in names if name in health) - failed,
        sources_failed=failed,
    )


def _composed(
    config: Config, ranking: Ranking, day: date, moment: datetime, figures: DraftFigures
) -> Draft:
    wanted = config.edition
    rules = Rules(
        stories=wanted.stories,
        also=wanted.also,
        per_outlet=wanted.per_outlet,
        per_section=wanted.per_section,
        language=config.newsletter.language,
    )
    return compose(
        ranking,
        date=day,
        made_at=moment,
        rules=rules,
        figures=figures,
        notice=config.newsletter.notice,
    )
