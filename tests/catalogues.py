"""The texts that the subscriber's pages and small mails say, and the catalogues that hold them.

In templates they stand in `_` or `ngettext`, in Python in `N_`.

`python -m tests.catalogues` brings templates/words/*.po up to date: texts that are new stand in
them untranslated, texts that nobody says any more are gone.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from newsletter.catalogue import LANGUAGES
from newsletter.config import Config
from newsletter.core.selection import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
WORDS = TEMPLATES / "words"
TRANSLATED = tuple(sorted(LANGUAGES.keys() - {"en"}))

_WRITTEN = datetime(2026, 11, 24, tzinfo=UTC)
"""One date for all, so that nothing changes where no text does."""

Text = str | tuple[str, str]
"""A text, or its forms for one and for many."""


def texts() -> dict[Text, list[str]]:
    """Every text that templates say through `_` or `ngettext`, and the templates that say it."""
    found: dict[Text, list[str]] = {}
    templates = [file for file in TEMPLATES.rglob("*") if file.suffix in (".html", ".txt")]
    for file in sorted(templates) + sorted((ROOT / "newsletter").rglob("*.py")):
        for text in _said(file):
            found.setdefault(text, []).append(str(file.relative_to(ROOT)))
    own, challenge = Config().newsletter, Config().signup.challenge
    for setting in (own.tagline, own.why, challenge.question, *SECTIONS):
        found.setdefault(setting, []).append("newsletter/config.py")
    return found


def _said(file: Path) -> Iterator[Text]:
    stream = BytesIO(file.read_bytes())
    for message in _python(stream) if file.suffix == ".py" else _template(stream):
        one, *more = message if isinstance(message, tuple) else (message,)
        many = next((text for text in more if isinstance(text, str)), None)
        if isinstance(one, str):
            yield (one, many) if many else one


def _python(stream: BytesIO) -> Iterator[object]:
    return (message for _, _, message, _ in extract_python(stream, {"N_": None}, (), {}))


def _template(stream: BytesIO) -> Iterator[object]:
    options = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
    names = ("_", "gettext", "ngettext")
    return (message for _, _, message, _ in babel_extract(stream, names, (), options))


def catalogue_of(language: str) -> Catalog:
    """A language's catalogue as it stands; an empty one where there is none."""
    file = WORDS / f"{language}.po"
    if not file.exists():
        return Catalog(locale=language)
    with file.open("rb") as stream:
        return read_po(stream, locale=language, abort_invalid=True)


def update(language: str) -> tuple[int, int]:
    """Bring a catalogue up to date; how many texts it has, and how many wait to be translated."""
    old, new = catalogue_of(language), _empty(language)
    for text, files in texts().items():
        key = text if isinstance(text, str) else text[0]
        known = old.get(key)
        new.add(text, known.string if known else None, locations=[(one, 0) for one in files])
    with (WORDS / f"{language}.po").open("wb") as stream:
        write_po(stream, new, width=100, sort_output=True, omit_header=False, include_lineno=False)
    waiting = [one for one in new if one.id and not (one.string and all(one.string))]
    return len(new), len(waiting)


def _empty(language: str) -> Catalog:
    return Catalog(
        locale=language,
        charset="utf-8",
        header_comment="# The words of the subscriber's pages and of the small mails.",
        project="Straight Into Your Inbox",
        creation_date=_WRITTEN,
        revision_date=_WRITTEN,
        version="0",
        last_translator="the developers",
        language_team="the developers",
        msgid_bugs_address="the developers",
        fuzzy=False,
    )


def main() -> int:
    WORDS.mkdir(exist_ok=True)
    for language in TRANSLATED:
        count, waiting = update(language)
        print(f"{language}: {count} texts, {waiting} to translate")
    return 0


if __name__ == "__main__":
    sys.exit(main())
