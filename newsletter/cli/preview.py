"""`newsletter preview`: the stored edition as readers get it, in files, in pictures, on and on."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli.common import Options, config_file, date_option, shared_options
from newsletter.cli.day import opened, print_json, stored
from newsletter.errors import NewsletterError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from newsletter.core.edition import Edition
    from newsletter.ports import App
    from newsletter.preview import PreviewFiles
    from newsletter.render import RenderedEdition

_SECONDS_BETWEEN_LOOKS = 0.5
_MOST_DIGITS = 18


@dataclass(frozen=True)
class _Wanted:
    """What was asked for: whose version (an address, or ""), and in which forms."""

    day: date | None
    reader: str
    has_pictures: bool
    refreshes: bool


@dataclass(frozen=True)
class _Shown:
    """An edition that was written to files: its date, what there is to say of it, and where.

    `is_fixed` says that it is approved, so that no template changes it any more.
    """

    day: date
    words: str
    is_fixed: bool
    files: PreviewFiles
    pictures: Sequence[Path] = ()


@click.command()
@shared_options
@date_option
@click.option(
    "--open/--no-open",
    "opens",
    default=None,
    help="Open both files with the programs of this machine.  [default: where a person is there]",
)
@click.option("--watch", "watches", is_flag=True, help="Render anew whenever a template changes.")
@click.option(
    "--as",
    "reader",
    default="",
    metavar="SUBSCRIBER",
    help="The version of this reader: an address, or the number that a preview told.",
)
@click.option(
    "--png",
    "has_pictures",
    is_flag=True,
    help="Make pictures too: desktop and phone, light, dark and darkened by force.",
)
def preview(
    options: Options,
    day: date | None,
    opens: bool | None,
    watches: bool,
    reader: str,
    has_pictures: bool,
) -> int:
    """Write the stored edition as HTML and text files, and open them.

    A reader's own links (to leave, to change what they get) lead to the public page in a preview.
    """
    if watches and options.as_json:
        raise UsageError("--watch goes on and on, and --json prints one document: choose one")
    wanted = _Wanted(day, reader, has_pictures, refreshes=watches)
    app, _, _ = opened(options, (), needs_sources=False)
    shown = _show(app, wanted)
    _tell(options, shown)
    if watches and shown.is_fixed:
        raise UsageError(
            "--watch shows what templates change, and this edition is fixed: draft the next"
        )
    is_for_a_person = sys.stdout.isatty() and not options.as_json
    if is_for_a_person if opens is None else opens:
        for file in (shown.files.html, shown.files.text):
            click.launch(str(file))
    if watches:
        _watch(options, app, replace(wanted, day=shown.day))
    return 0


def _show(app: App, wanted: _Wanted) -> _Shown:
    """Render the edition as it was asked for, and write it."""
    from newsletter.preview import write_preview

    edition = stored(app, wanted.day)
    name, words, rendered = _version(app, edition, wanted.reader)
    files = write_preview(
        app.config.state, edition.date, rendered, name, refreshes=wanted.refreshes
    )
    pictures: Sequence[Path] = ()
    if wanted.has_pictures:
        from newsletter.screenshots import take_pictures

        pictures = take_pictures(rendered.html, files.html.parent, name)
    return _Shown(edition.date, words, edition.is_frozen, files, pictures)


def _version(app: App, edition: Edition, reader: str) -> tuple[str, str, RenderedEdition]:
    """The files' name, what there is to say, and the edition: everybody's or a reader's."""
    from newsletter.preview import without_personal_links
    from newsletter.review import review

    reviewed = review(app, edition, for_delivery=False).rendered
    if not reader:
        rendered = without_personal_links(reviewed, app.config.web.base_url)
        return "edition", f"The edition of {edition.date}{_fixed(edition)}.", rendered
    if not edition.is_frozen:  # a variant that is the edition itself is what was rendered just now
        edition = replace(edition, subject=reviewed.subject, html=reviewed.html, text=reviewed.text)
    return _of_reader(app, edition, reader)


def _of_reader(app: App, edition: Edition, reader: str) -> tuple[str, str, RenderedEdition]:
    from newsletter.cli.people_words import DEPTHS, faults_told
    from newsletter.preview import without_personal_links
    from newsletter.render import RenderedEdition
    from newsletter.variants import variants_of
    from subscribers import store
    from subscribers.values import MailFormat

    is_number = reader.isascii() and reader.isdecimal() and len(reader) <= _MOST_DIGITS
    with faults_told():
        person = store.load_subscriber(int(reader)) if is_number else store.find_subscriber(reader)
    if person is None:
        raise NewsletterError(
            "nobody on the list has this address or number; `newsletter subscribers list` has all"
        )
    variants = variants_of(app, edition)
    told = variants.told_to(person.preferences)
    if isinstance(told, str):
        raise NewsletterError(
            f"this reader gets nothing with the edition of {edition.date}: {told}"
        )
    variant = variants.looked_at(told)
    words = f"The edition of {edition.date} for reader {person.id}: {DEPTHS[variant.depth.value]}"
    words += ", the roll-up of the week" if told.is_roll_up else ""
    words += "; as plain text alone" if person.preferences.mail_format is MailFormat.TEXT else ""
    rendered = RenderedEdition(variant.subject, variant.html, variant.text)
    rendered = without_personal_links(rendered, app.config.web.base_url)
    return f"reader-{person.id}", f"{words}{_fixed(edition)}.", rendered


def _fixed(edition: Edition) -> str:
    """That templates and settings change this edition no more, where that is so."""
    if not edition.is_frozen:
        return ""
    return f"; it is {edition.state.value}: no template or setting changes it any more"


def _tell(options: Options, shown: _Shown) -> None:
    if options.as_json:
        files = {"html": str(shown.files.html), "text": str(shown.files.text)}
        pictures = {file.stem: str(file) for file in shown.pictures}
        print_json({"date": shown.day.isoformat(), "files": files, "pictures": pictures})
        return
    click.echo(shown.words)
    click.echo(f"  HTML  {shown.files.html}")
    click.echo(f"  text  {shown.files.text}")
    for file in shown.pictures:
        click.echo(f"  picture  {file}")


def _watch(options: Options, app: App, wanted: _Wanted) -> None:
    """Render again whenever a file changes, until Ctrl-C; a fault is told and waited out."""
    before = _look(options, app)
    click.echo("Watching the templates and the settings; Ctrl-C ends it.")
    try:
        while True:
            time.sleep(_SECONDS_BETWEEN_LOOKS)
            now = _look(options, app)
            if now == before:
                continue
            changed = sorted(str(file) for file, _ in set(now.items()) ^ set(before.items()))
            before = now
            try:
                app, _, _ = opened(options, (), needs_sources=False)
                _show(app, wanted)
                click.echo(f"Rendered again: {Path(changed[0]).name} changed.")
            except NewsletterError as error:
                click.echo(f"newsletter: {error}", err=True)
    except KeyboardInterrupt:
        click.echo("")


def _look(options: Options, app: App) -> dict[Path, int]:
    """Every file that the preview is made of, with the moment that it changed last."""
    from newsletter.render import template_folder

    folders = [template_folder(), *([app.config.templates] if app.config.templates else [])]
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    settings = config_file(options, may_be_missing=True)
    found = {}
    for file in (*files, *([settings] if settings else [])):
        try:
            found[file] = file.stat().st_mtime_ns
        except OSError:  # an editor is just replacing it
            continue
    return found
