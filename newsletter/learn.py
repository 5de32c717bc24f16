"""What the editor's judgements of the last weeks say of the weights. Nothing is applied here."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from newsletter.config_weights import weights_in_force
from newsletter.core import learning
from newsletter.store import decisions, editions

if TYPE_CHECKING:
    from newsletter.core.learning import Learned
    from newsletter.ports import App


def learn(app: App, days: int) -> Learned:
    """Fit the weights to the judgements on the editions of the last `days` days, today's included.

    The weights in force are those of the configuration; the fit is compared with them.
    """
    since = app.today - timedelta(days=days - 1)
    judgements = decisions.load_judgements_since(since, until=app.today)
    found = {day: editions.load_edition(day) for day in {one.date for one in judgements}}
    drafts = {day: edition.draft for day, edition in found.items() if edition is not None}
    return learning.learn(judgements, drafts, weights_in_force(app.config))
