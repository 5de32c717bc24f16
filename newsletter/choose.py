"""What a date's edition can draw on, its ranking and its page: what several steps share.

The draft step makes a date's page first; the editor's decisions make it anew, and the radar looks
back on it. All three have to see the same stories under the same ids, so they ask here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from newsletter.config_weights import weights_in_force
from newsletter.core.compose import compose
from newsletter.core.decisions import apply
from newsletter.core.legible import legible
from newsletter.core.memory import ToldStory
from newsletter.core.ranking import rank
from newsletter.core.threads import THREAD_DAYS, threaded
from newsletter.gazetteer import load_gazetteer
from newsletter.store import editions, entries, stories

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from newsletter.config import Config
    from newsletter.core.decisions import Judgement
    from newsletter.core.edition import Draft, DraftFigures
    from newsletter.core.entry import Entry
    from newsletter.core.source import Source
    from newsletter.core.story import Ranking, Story
    from newsletter.ports import App

JOINABLE = timedelta(days=7)
"""How far back stories are that an entry of today can join."""

_LEAD = 600
_MOST_SUBJECTS = 7
"""How many subjects of earlier editions a new one does not repeat."""


def as_of(day: date, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment a date's edition looks back from: now for today, else the end of that day."""
    return now if day == now.astimezone(zone).date() else end_of(day, zone)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The last second of a date where the newsletter lives, in UTC."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=zone).astimezone(UTC)


def entries_for(app: App, day: date, sources: Sequence[Source]) -> tuple[Entry, ...]:
    """The stored entries that the date's edition can draw on, oldest first."""
    return entries_within(app, as_of(day, app.clock.now(), app.config.zone), sources)


def entries_within(app: App, moment: datetime, sources: Sequence[Source]) -> tuple[Entry, ...]:
    """The stored entries that an edition which looks back from a moment can draw on."""
    return _load(moment - _window(app), moment, sources)


def _window(app: App) -> timedelta:
    return timedelta(hours=app.config.edition.window_hours)


def _load(since: datetime, until: datetime, sources: Sequence[Source]) -> tuple[Entry, ...]:
    by_name = {source.name: source for source in sources}
    found = entries.load_entries(since=since, until=until, sources=list(by_name))
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


@dataclass(frozen=True)
class Choice:
    """The stories that a date's edition chooses from, as they look at a moment.

    `ranking` holds what was read; `whole` also the stories of the days before that it could join.
    """

    day: date
    moment: datetime
    read: tuple[Entry, ...]
    ranking: Ranking
    whole: Ranking


def choose(
    app: App,
    day: date,
    sources: Sequence[Source],
    *,
    read: Sequence[Entry],
    moment: datetime,
    read_by: datetime | None = None,
) -> Choice:
    """Rank what was read for a date's edition, as it looks at a moment.

    Known are the stories of the last days, which keep their ids, and what earlier editions told.
    Of the days before, only entries that had been read by `read_by` join; None sets no bound.
    """
    whole = _ranked(app, day, sources, read, moment, read_by)
    return Choice(day, moment, tuple(read), _of(whole, read), whole)


def _ranked(
    app: App,
    day: date,
    sources: Sequence[Source],
    read: Sequence[Entry],
    moment: datetime,
    read_by: datetime | None,
) -> Ranking:
    """The ranking of what was read, together with the stories of the last days it may join."""
    field = load_gazetteer(app.config)
    known = stories.load_known(moment - JOINABLE)
    older = _load(moment - JOINABLE, moment - _window(app), sources) if known else ()
    joining = (entry for entry in seen_by(read_by, older) if entry.id in known)
    whole, damaged = legible([*read, *joining])
    ranking = rank(
        whole,
        gazetteer=field,
        now=moment,
        weights=weights_in_force(app.config),
        told=told_before(app, day),
        known=known,
        topics={source.name: source.topics for source in sources},
        language=app.config.newsletter.language,
    )
    past = stories.load_past(moment - timedelta(days=THREAD_DAYS))
    return threaded(replace(ranking, rejected=(*ranking.rejected, *damaged)), past, field)


def seen_by(read_by: datetime | None, found: Sequence[Entry]) -> tuple[Entry, ...]:
    """The entries that had been read by a moment; all of them where there is none."""
    return tuple(one for one in found if read_by is None or one.first_seen_at <= read_by)


def _of(ranking: Ranking, read: Sequence[Entry]) -> Ranking:
    """The ranking without the stories, and the rejected entries, that nothing was read of."""
    ids = {entry.id for entry in read}
    return replace(
        ranking,
        stories=tuple(s for s in ranking.stories if any(entry.id in ids for entry in s.entries)),
        rejected=tuple(one for one in ranking.rejected if one.entry_id in ids),
    )


def told_before(app: App, day: date) -> tuple[ToldStory, ...]:
    """What the editions before a date told, as far back as the memory goes."""
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


def page(
    config: Config, choice: Choice, figures: DraftFigures, judgements: Sequence[Judgement]
) -> Draft:
    """The date's draft as its ranking makes it, with what the editor has decided on it."""
    rules = config.edition.rules(config.newsletter.language)
    notice = config.newsletter.notice
    drafted = compose(
        choice.ranking,
        date=choice.day,
        made_at=choice.moment,
        rules=rules,
        figures=figures,
        notice=notice,
        before=editions.load_subjects(before=choice.day, most=_MOST_SUBJECTS),
    )
    return apply(drafted, choice.ranking, judgements, rules, notice=notice)


def save_grouping(choice: Choice) -> None:
    """Note the stories and the threads of a choice, so that later entries can join them."""
    stories.save_stories(choice.whole.stories, [one.entry_id for one in choice.whole.rejected])
