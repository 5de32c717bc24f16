"""Step 2: group, rank, select, compose; save the date's draft."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from newsletter.core.compose import compose
from newsletter.core.decisions import apply
from newsletter.core.edition import DraftFigures
from newsletter.core.memory import ToldStory
from newsletter.core.ranking import Weights, rank
from newsletter.core.threads import THREAD_DAYS, threaded
from newsletter.gazetteer import load_gazetteer
from newsletter.store import decisions, editions, entries, stories
from newsletter.store.sources import load_health

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from newsletter.config import Config
    from newsletter.core.edition import Draft, Edition
    from newsletter.core.entry import Entry
    from newsletter.core.source import Source
    from newsletter.core.story import Ranking, Story
    from newsletter.ports import App

JOINABLE = timedelta(days=7)
"""How far back stories are that an entry of today can join."""


def draft(
    app: App, day: date, sources: Sequence[Source], *, reason: str = ""
) -> tuple[Edition, Ranking]:
    """Compose the date's edition from what the named sources carried, and save it.

    The stories and their threads are saved with it. `reason` is kept beside it.

    Raises:
        StoreError: the date's edition is frozen or skipped.
    """
    config = app.config
    moment = as_of(day, app.clock.now(), config.zone)
    names = [source.name for source in sources]
    read = entries_for(app, day, sources)
    whole = _ranked(app, day, moment, read, sources)
    ranking = _of(whole, read)
    figures = _figures(ranking, names, len(read))
    drafted = _composed(config, ranking, day, moment, figures)
    composed = _as_decided(config, drafted, ranking)
    with transaction.atomic():
        stories.save_stories(whole.stories, [one.entry_id for one in whole.rejected])
        return editions.save_draft(composed, names, reason), ranking


def entries_for(app: App, day: date, sources: Sequence[Source]) -> tuple[Entry, ...]:
    """The stored entries that the date's edition can draw on, oldest first."""
    moment = as_of(day, app.clock.now(), app.config.zone)
    since = moment - timedelta(hours=app.config.edition.window_hours)
    return _load(since, moment, sources)


def _load(since: datetime, until: datetime, sources: Sequence[Source]) -> tuple[Entry, ...]:
    by_name = {source.name: source for source in sources}
    found = entries.load_entries(since=since, until=until, sources=list(by_name))
    return tuple(_as_configured(entry, by_name) for entry in found)


def _ranked(
    app: App, day: date, moment: datetime, read: Sequence[Entry], sources: Sequence[Source]
) -> Ranking:
    """The ranking of what was read, together with the stories of the last days it may join."""
    config = app.config
    field = load_gazetteer(config)
    known = stories.load_known(moment - JOINABLE)
    opened = moment - timedelta(hours=config.edition.window_hours)
    older = _load(moment - JOINABLE, opened, sources) if known else ()
    ranking = rank(
        [*read, *(entry for entry in older if entry.id in known)],
        gazetteer=field,
        now=moment,
        weights=Weights(**config.edition.weights.model_dump()),
        told=_told(app, day),
        known=known,
        topics={source.name: source.topics for source in sources},
        language=config.newsletter.language,
    )
    return threaded(ranking, stories.load_past(moment - timedelta(days=THREAD_DAYS)), field)


def _of(ranking: Ranking, read: Sequence[Entry]) -> Ranking:
    """The ranking without the stories, and the rejected entries, that nothing was read of."""
    ids = {entry.id for entry in read}
    return replace(
        ranking,
        stories=tuple(s for s in ranking.stories if any(entry.id in ids for entry in s.entries)),
        rejected=tuple(one for one in ranking.rejected if one.entry_id in ids),
    )


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
        _told_story(story, told)
        for told in editions.load_told(since=since, before=day)
        for story in told.stories
    )


def _told_story(story: Story, told: Draft) -> ToldStory:
    return ToldStory(
        date=told.date,
        headline=story.headline,
        entry_ids=tuple(entry.id for entry in story.entries),
        urls=tuple(entry.url for entry in story.entries),
        texts=tuple(entry.title for entry in story.entries),
        leads=tuple(entry.summary or entry.text[:_LEAD] for entry in story.entries),
        id=story.id,
        made_at=told.made_at,
        published_at=story.published_at,
    )


_LEAD = 600


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
    return compose(
        ranking,
        date=day,
        made_at=moment,
        rules=config.edition.rules(config.newsletter.language),
        figures=figures,
        notice=config.newsletter.notice,
    )


def _as_decided(config: Config, drafted: Draft, ranking: Ranking) -> Draft:
    """The draft with what the editor has decided on the date's stories so far."""
    judgements = decisions.load_judgements(drafted.date)
    rules = config.edition.rules(config.newsletter.language)
    return apply(drafted, ranking, judgements, rules, notice=config.newsletter.notice)
