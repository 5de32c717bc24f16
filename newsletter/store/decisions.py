"""The editor's decisions as they are kept: judgements, by date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter import models
from newsletter.core.decisions import Act, Decision, Judgement

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from newsletter.core.edition import Edition


def save_judgement(judgement: Judgement) -> None:
    """Keep a judgement in the place of the earlier one on the same story, of the same kind.

    For the kinds see `Act.kind`; what is decided on the edition itself is on no story.
    """
    decision = judgement.decision
    _rows(judgement.date, decision.story, decision.act.kind).delete()
    models.Decision.objects.create(
        date=judgement.date,
        story=decision.story,
        act=decision.act.value,
        value=decision.value,
        headline=judgement.headline,
        parts=dict(judgement.parts),
        place=judgement.place,
        made_at=judgement.made_at,
    )


def _rows(day: date, story: str, kind: str) -> QuerySet[models.Decision]:
    acts = [act.value for act in Act if act.kind == kind]
    return models.Decision.objects.filter(date=day, story=story, act__in=acts)


def clear_judgements(day: date, story: str) -> int:
    """Forget what was decided on a story on that date; how many decisions that were."""
    return models.Decision.objects.filter(date=day, story=story).delete()[0]


def clear_words(day: date, act: Act) -> int:
    """Forget the subject or the preheader that was written for that date; 0 where none was."""
    return _rows(day, "", act.kind).delete()[0]


def load_judgements(day: date) -> tuple[Judgement, ...]:
    """The date's judgements, in the order in which they were made; see `in_force`."""
    return load_judgements_since(day, until=day)


def load_judgements_since(since: date, *, until: date) -> tuple[Judgement, ...]:
    """The judgements on the editions of `[since, until]`, by date and then as they were made."""
    rows = models.Decision.objects.filter(date__gte=since, date__lte=until)
    known = [act.value for act in Act]
    return tuple(
        Judgement(
            date=row.date,
            decision=Decision(row.story, Act(row.act), row.value),
            headline=row.headline,
            parts=row.parts,
            place=row.place,
            made_at=row.made_at,
        )
        for row in rows.filter(act__in=known).order_by("date", "id")
    )


def load_source_names(edition: Edition) -> tuple[str, ...]:
    """The names of the sources that the edition was drafted from."""
    row = models.Edition.objects.only("sources").get(id=edition.id)
    return tuple(row.sources)
