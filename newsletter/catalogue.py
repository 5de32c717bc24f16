"""The words of pages and small mails in the reader's language: gettext's catalogues, as text.

English stands in the templates and in Python as it is read. `templates/words/<language>.po` has the
others; Babel reads them as they are, so nothing has to be compiled. An operator's own folder may
hold catalogues of the same name, whose words come first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from newsletter.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

LANGUAGES = {"en": "English", "de": "Deutsch", "ja": "日本語", "zh": "中文"}
"""The languages of the subscriber's pages, and what each calls itself."""
LANGUAGE = "language:"
"""Before the code of a language, where a template asks for its name by the filter `said`."""


@dataclass(frozen=True)
class Catalogue:
    """The words of one language; what it lacks is said in English."""

    language: str
    words: Mapping[str, str] = field(default_factory=dict)
    plurals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    plural_of: Callable[[int], int] = field(default=lambda number: int(number != 1))

    def gettext(self, text: str) -> str:
        """The text in this language; `language:<code>` is what that language is called."""
        if text.startswith(LANGUAGE):
            return self.language_name(text.removeprefix(LANGUAGE))
        return self.words.get(text) or text

    def ngettext(self, one: str, many: str, number: int) -> str:
        """The form of the text for a number."""
        forms = self.plurals.get(one) or (one, many)
        return forms[min(self.plural_of(number), len(forms) - 1)]

    def day(self, day: date) -> str:
        """A date in words, with its weekday."""
        if self.language == "en":
            return f"{day:%A}, {day.day} {day:%B} {day.year}"
        from babel.dates import format_date

        return format_date(day, "full", locale=self.language)

    def language_name(self, code: str) -> str:
        """What a language is called in this one (CLDR), its region left out; else the code."""
        from babel import Locale

        root = code.replace("_", "-").partition("-")[0].lower()
        return str(Locale.parse(self.language).languages.get(root, code))


def supported(language: str) -> str:
    """The language itself where the pages have it, else "": `de-CH` is `de`, `zh-TW` is `zh`."""
    root = language.replace("_", "-").partition("-")[0].lower()
    return root if root in LANGUAGES else ""


@cache
def catalogue(language: str, *folders: Path) -> Catalogue:
    """The catalogue of a language out of these template folders; the first that has a word wins.

    Raises:
        TemplateError: a catalogue cannot be read.
    """
    found = [_read(folder / "words" / f"{language}.po", language) for folder in folders]
    words: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    plural_of = Catalogue(language).plural_of
    for one in reversed([one for one in found if one]):
        words |= one.words
        plurals |= one.plurals
        plural_of = one.plural_of
    return Catalogue(language, words, plurals, plural_of)


def _read(file: Path, language: str) -> Catalogue | None:
    if not file.is_file():
        return None
    from babel.messages.pofile import PoFileError, read_po

    try:
        with file.open("rb") as stream:
            read = read_po(stream, locale=language, abort_invalid=True)
    except (OSError, PoFileError, ValueError) as error:
        raise TemplateError(f"{file}: it cannot be read as a catalogue: {error}") from error
    told = [message for message in read if message.id and not message.fuzzy]
    return Catalogue(
        language,
        {str(one.id): str(one.string) for one in told if not one.pluralizable and one.string},
        {one.id[0]: tuple(one.string or ()) for one in told if one.pluralizable},
        _plural_of(language),
    )


def _plural_of(language: str) -> Callable[[int], int]:
    """Which form a number takes: Chinese and Japanese have one for all."""
    return (lambda _number: 0) if language in ("ja", "zh") else (lambda number: int(number != 1))
