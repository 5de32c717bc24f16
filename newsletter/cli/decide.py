"""`newsletter decide`: the editor's decisions on the open draft, without the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.common import Options, date_option, shared_options
from newsletter.cli.day import opened, print_json, tell
from newsletter.errors import NewsletterError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from rich.console import Console

    from newsletter.core.decisions import Judgement
    from newsletter.core.edition import Draft, Edition
    from newsletter.ports import App


@click.group()
def decide() -> None:
    """Pin, drop, move and rewrite stories of the open draft.

    STORY is a story's id, or its place in the draft; `decide show` has both. What was decided holds
    until `decide clear`; a later decision on a story replaces the earlier one.
    """


@decide.command()
@shared_options
@date_option
@click.argument("story")
def pin(options: Options, day: date | None, story: str) -> int:
    """Tell STORY in full, whatever it scores."""
    return _decided(options, day, "pin", story)


@decide.command()
@shared_options
@date_option
@click.argument("story")
def drop(options: Options, day: date | None, story: str) -> int:
    """Take STORY off the page; the next one moves up."""
    return _decided(options, day, "drop", story)


@decide.command()
@shared_options
@date_option
@click.argument("story")
def lead(options: Options, day: date | None, story: str) -> int:
    """Make STORY the lead."""
    return _decided(options, day, "lead", story)


@decide.command()
@shared_options
@date_option
@click.argument("story")
@click.argument("place")
def move(options: Options, day: date | None, story: str, place: str) -> int:
    """Put STORY in another PLACE of the page, counted as the draft numbers its stories."""
    return _decided(options, day, "move", story, place)


@decide.command()
@shared_options
@date_option
@click.argument("story")
@click.argument("headline")
def rewrite(options: Options, day: date | None, story: str, headline: str) -> int:
    """Give STORY another HEADLINE."""
    return _decided(options, day, "rewrite", story, headline)


@decide.command()
@shared_options
@date_option
@click.argument("story")
def clear(options: Options, day: date | None, story: str) -> int:
    """Forget what was decided on STORY."""
    app, _, _ = opened(options, (), needs_sources=False)
    from newsletter.decide import clear as step
    from newsletter.store.locks import hold_lock

    with hold_lock(app.config.state):
        edition = step(app, _stored(app, day), story)
    return _told(options, app, edition)


@decide.command()
@shared_options
@date_option
def show(options: Options, day: date | None) -> int:
    """List the draft's stories with their places and ids, and what was decided."""
    app, _, _ = opened(options, (), needs_sources=False)
    from newsletter.cli.watch import stdout_console
    from newsletter.store.decisions import load_judgements

    edition = _stored(app, day)
    judgements = load_judgements(edition.date)
    if options.as_json:
        print_json(_as_document(edition, judgements))
    else:
        _show(edition.draft, judgements, stdout_console())
    return 0


def _decided(options: Options, day: date | None, act: str, story: str, value: str = "") -> int:
    app, _, _ = opened(options, (), needs_sources=False)
    from newsletter.core.decisions import Act, Decision
    from newsletter.decide import decide as step
    from newsletter.store.locks import hold_lock

    with hold_lock(app.config.state):
        edition = step(app, _stored(app, day), Decision(story, Act(act), value))
    return _told(options, app, edition)


def _stored(app: App, day: date | None) -> Edition:
    from newsletter.store import editions

    wanted = day or app.today
    edition = editions.load_edition(wanted)
    if edition is None:
        raise NewsletterError(
            f"there is no edition of {wanted} yet: `newsletter draft --date {wanted}` makes one"
        )
    return edition


def _told(options: Options, app: App, edition: Edition) -> int:
    """The draft as it is now: its stories, what the checks say of it, its preview."""
    from newsletter.cli.results import Result
    from newsletter.preview import write_preview
    from newsletter.review import review

    reviewed = review(app, edition, for_delivery=False)
    files = None
    if edition.draft.stories:
        files = write_preview(app.config.state, edition.date, reviewed.rendered)
    tell(options, Result(edition=edition, findings=reviewed.findings, files=files))
    return 0


def _as_document(edition: Edition, judgements: Sequence[Judgement]) -> dict[str, Any]:
    draft = edition.draft
    missed = [miss.story for miss in draft.near_misses]
    return {
        "date": edition.date.isoformat(),
        "state": edition.state.value,
        "stories": [
            {"place": place, "id": story.id, "title": story.headline, "score": story.score}
            for place, story in enumerate(draft.stories, 1)
        ],
        "near_misses": [
            {"id": story.id, "title": story.headline, "score": story.score} for story in missed
        ],
        "decisions": [_as_record(one) for one in judgements],
    }


def _as_record(one: Judgement) -> dict[str, Any]:
    decision = one.decision
    return {
        "story": decision.story,
        "act": decision.act.value,
        "value": decision.value,
        "title": one.headline,
        "place": one.place,
        "made_at": one.made_at.isoformat(),
    }


def _show(draft: Draft, judgements: Sequence[Judgement], console: Console) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table("#", "Id", "Score", "Story", title_justify="left")
    table.title = f"The draft of {draft.date}"
    for place, story in enumerate(draft.stories, 1):
        kind = "" if place <= len(draft.picks) else "  [dim](headline)[/dim]"
        table.add_row(str(place), story.id, f"{story.score:.2f}", escape(story.headline) + kind)
    for miss in draft.near_misses:
        words = f"[dim]{escape(miss.story.headline)} ({escape(miss.reason)})[/dim]"
        table.add_row("-", miss.story.id, f"{miss.story.score:.2f}", words)
    console.print(table)
    for one in judgements:
        decision = one.decision
        words = f"{decision.act.value} {decision.value}".strip()
        console.print(f"{decision.story}  {words}  {one.headline}", markup=False, soft_wrap=True)
    if not judgements:
        console.print("Nothing was decided on it yet.")
