"""Step 2: group, rank, select, compose; save the date's draft."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction

from newsletter.beside import beside
from newsletter.choose import as_of, choose, entries_for, page, save_grouping
from newsletter.core.edition import DraftFigures
from newsletter.core.legible import note_of
from newsletter.store import decisions, editions
from newsletter.store.corrections import load_unprinted
from newsletter.store.sources import load_health

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from newsletter.choose import Choice
    from newsletter.core.edition import Edition
    from newsletter.core.source import Source
    from newsletter.core.story import Ranking
    from newsletter.ports import App


def draft(
    app: App, day: date, sources: Sequence[Source], *, reason: str = ""
) -> tuple[Edition, Ranking]:
    """Compose the date's edition from what the named sources carried, and save it.

    The stories and their threads are saved with it. `reason` is kept beside it. What the editor
    decides while the stories are ranked holds for the draft.

    Raises:
        StoreError: the date's edition is frozen or skipped.
    """
    names = [source.name for source in sources]
    moment = as_of(day, app.clock.now(), app.config.zone)
    choice = choose(app, day, sources, read=entries_for(app, day, sources), moment=moment)
    figures = _figures(choice, names)
    held, notes = beside(app, day)
    notes = (*note_of(choice.ranking.rejected), *notes)
    with transaction.atomic():
        editions.lock_edition(day)
        composed = page(app.config, choice, figures, decisions.load_judgements(day))
        save_grouping(choice)
        # what is corrected or withdrawn while the stories are ranked holds for the draft too
        held = replace(held, corrections=load_unprinted(day))
        whole = replace(composed, beside=held, notes=(*composed.notes, *notes))
        return editions.save_draft(whole, names, reason), choice.ranking


def _figures(choice: Choice, names: Sequence[str]) -> DraftFigures:
    health = load_health(names)
    failed = sum(1 for name in names if name in health and health[name].problem)
    return DraftFigures(
        entries_read=len(choice.read),
        entries_relevant=len(choice.read) - len(choice.ranking.rejected),
        stories_found=len(choice.ranking.stories),
        sources_read=sum(1 for name in names if name in health) - failed,
        sources_failed=failed,
    )
