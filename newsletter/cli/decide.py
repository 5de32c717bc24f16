"""`newsletter decide`: the editor's decisions on the open draft, without the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.common import Options, date_option, shared_options
from newsletter.cli.day import opened, print_json, stored, tell

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from rich.console import Console

    from newsletter.core.decisions import Judgement
    from newsletter.core.edition import Draft, Edition
    from newsletter.ports import App


_DONE = {
    "pin": "Pinned",
    "drop": "Dropped",
    "lead": "Made the lead",
    "move": "Moved",
    "rewrite": "Reworded",
    "subject": "The subject is yours",
    "preheader": "The preheader is yours",
}
_WORDS = ("subject", "preheader")


@click.group()
def decide() -> None:
    """Pin, drop, move and rewrite stories of the open draft; write its subject and preheader.

    STORY is a story's place in the draft, its id, or the first four or more letters of the id;
    `decide show` lists the places and the ids, those of the near misses too. What was decided holds
    until `decide clear`; a later decision on a story replaces the earlier one.
    """


@decide.command()
@shared_options
@date_option
@click.argument("story")
def pin(options: Options, day: date | None, story: str) -> int:
    """Tell STORY in full, whatever it scores; a near miss is named by its id."""
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
    """Make STORY the lead; the earlier lead stays on the page."""
    return _decided(options, day, "lead", story)


@decide.command()
@shared_options
@date_option
@click.argument("story")
@click.argument("place")
def move(options: Options, day: date | None, story: str, place: str) -> int:
    """Put STORY in another PLACE of the page, counted as the draft numbers its stories.

    Place 1 is the lead; a place among the headlines makes it a headline.
    """
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
@click.argument("text")
def subject(options: Options, day: date | None, text: str) -> int:
    """Write the edition's subject: TEXT stands whatever leads. 30 to 70 characters read best."""
    return _decided(options, day, "subject", "", text)


@decide.command()
@shared_options
@date_option
@click.argument("text")
def preheader(options: Options, day: date | None, text: str) -> int:
    """Write the edition's preheader, the line beside the subject in the inbox list."""
    return _decided(options, day, "preheader", "", text)


@decide.command()
@shared_options
@date_option
@click.argument("story")
def clear(options: Options, day: date | None, story: str) -> int:
    """Forget what was decided on STORY; `subject` or `preheader` forgets that of the edition."""
    app, _, _ = opened(options, (), needs_sources=False)
    from newsletter import decide as step
    from newsletter.core.decisions import Act
    from newsletter.store.decisions import load_judgements
    from newsletter.store.locks import hold_lock

    with hold_lock(app.config.state):
        before = load_judgements((current := stored(app, day)).date)
        is_on_edition = story in _WORDS
        edition = (
            step.clear_words(app, current, Act(story))
            if is_on_edition
            else step.clear(app, current, story)
        )
        held = load_judgements(edition.date)
    gone = next(one for one in before if one not in held)
    return _told(options, app, edition, "Forgotten what was decided on", gone)


@decide.command()
@shared_options
@date_option
def show(options: Options, day: date | None) -> int:
    """List the draft's stories with their places and ids, and what was decided."""
    app, _, _ = opened(options, (), needs_sources=False)
    from newsletter.cli.watch import stdout_console
    from newsletter.core.decisions import in_force
    from newsletter.store.decisions import load_judgements

    edition = stored(app, day)
    judgements = in_force(load_judgements(edition.date))
    if options.as_json:
        print_json(_as_document(edition, judgements))
    else:
        _show(edition.draft, judgements, stdout_console())
    return 0


def _decided(options: Options, day: date | None, act: str, story: str, value: str = "") -> int:
    app, _, _ = opened(options, (), needs_sources=False)
    from newsletter.core.decisions import Act, Decision
    from newsletter.decide import decide as step
    from newsletter.store.decisions import load_judgements
    from newsletter.store.locks import hold_lock

    with hold_lock(app.config.state):
        edition = step(app, stored(app, day), Decision(story, Act(act), value))
        made = load_judgements(edition.date)[-1]
    return _told(options, app, edition, _DONE[made.decision.act.value], made)


def _told(options: Options, app: App, edition: Edition, done: str, on: Judgement) -> int:
    """The draft as it is now: its stories, checks and preview; last, what was done on a story."""
    from newsletter.cli.results import Result
    from newsletter.cli.watch import stdout_console
    from newsletter.preview import write_preview
    from newsletter.review import review

    reviewed = review(app, edition, for_delivery=False)
    files = None
    if not edition.draft.is_empty:
        files = write_preview(app.config.state, edition.date, reviewed.rendered)
    tell(options, Result(edition=edition, findings=reviewed.findings, files=files))
    if not options.as_json:
        stdout_console().print(_outcome(done, on, edition.draft), markup=False, soft_wrap=True)
    return 0


def _outcome(done: str, on: Judgement, draft: Draft) -> str:
    """What was done, and what of it a reader sees."""
    if on.decision.act.is_on_edition:
        name = on.decision.act.value
        return f"{done}. The {name} of the edition: {getattr(draft, name)}"
    return f"{done}: {on.headline}. {_standing(on.decision.story, draft)}"


def _standing(story: str, draft: Draft) -> str:
    """Where a story stands now, in words."""
    places = [one.id for one in draft.stories]
    if story not in places:
        return "It is not on the page."
    place = places.index(story) + 1
    if place == 1:
        return "It is the lead, place 1."
    form = "told in full" if place <= len(draft.picks) else "a headline"
    return f"It stands in place {place} of {len(places)}, {form}."


def _as_document(edition: Edition, judgements: Sequence[Judgement]) -> dict[str, Any]:
    draft = edition.draft
    missed = [miss.story for miss in draft.near_misses]
    return {
        "date": edition.date.isoformat(),
        "state": edition.state.value,
        "subject": draft.subject,
        "preheader": draft.preheader,
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
    for name in _WORDS:
        words = f"{name.capitalize()}: {getattr(draft, name)}"
        console.print(words, markup=False, soft_wrap=True)
    for one in judgements:
        decision = one.decision
        words = f"{decision.act.value} {decision.value}".strip()
        line = f"{decision.story}  {words}  {one.headline}".strip()
        console.print(line, markup=False, soft_wrap=True)
    if not judgements:
        console.print("Nothing was decided on it yet.")
