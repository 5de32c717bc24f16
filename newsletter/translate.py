"""Step 1c, off by default: a program of the operator's translates titles and summaries.

The program is started once for each language, without a shell. It reads one JSON document on
standard input, `{"from": "zh", "to": "en", "texts": [...]}`, and writes `{"texts": [...]}` of the
same length on standard output. What it is, a local model or a paid service, is the operator's.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from newsletter import program
from newsletter.core.intake import MAX_SUMMARY, MAX_TITLE
from newsletter.core.relevance import judge
from newsletter.core.text import clean, clean_line, cut
from newsletter.errors import TemporaryError
from newsletter.gazetteer import load_gazetteer
from newsletter.store import entries as store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsletter.core.entry import Entry
    from newsletter.core.source import Source
    from newsletter.ports import App

OLDEST = timedelta(days=3)
MOST = 100
"""Entries of one language that are translated in one run."""


@dataclass(frozen=True)
class Translated:
    """How many entries were translated, and what went wrong, in words."""

    count: int = 0
    problems: tuple[str, ...] = ()


def translate(app: App, sources: Sequence[Source]) -> Translated:
    """Translate the field's news in other languages than the newsletter's.

    A program that fails is reported; the entries stay as they are and are tried again.
    """
    target = app.config.newsletter.language
    since = app.clock.now() - OLDEST
    names = [source.name for source in sources]
    by_language: defaultdict[str, list[Entry]] = defaultdict(list)
    gazetteer = load_gazetteer(app.config)
    for entry in store.load_untranslated(names, target, since=since):
        if judge(entry, gazetteer).is_relevant:
            by_language[entry.language].append(entry)
    count, problems = 0, []
    for language, entries in by_language.items():
        try:
            count += _translate(app, language, entries[:MOST])
        except TemporaryError as error:
            problems.append(str(error))
    return Translated(count, tuple(problems))


def _translate(app: App, language: str, entries: list[Entry]) -> int:
    texts = [text for entry in entries for text in (entry.title, entry.summary)]
    answers = _asked(app, language, texts)
    with transaction.atomic():
        for place, entry in enumerate(entries):
            title, summary = answers[2 * place : 2 * place + 2]
            store.save_translation(
                entry.id,
                cut(clean_line(title), MAX_TITLE),
                cut(clean(summary), MAX_SUMMARY),
            )
    return len(entries)


def _asked(app: App, language: str, texts: list[str]) -> list[str]:
    """The program's answer: as many texts as it was given."""
    settings = app.config.translation
    question = {"from": language, "to": app.config.newsletter.language, "texts": texts}
    answer = program.ask(
        settings.command, question, timeout=settings.timeout, setting="translation.command"
    )
    answers = answer.get("texts") if isinstance(answer, dict) else None
    if not isinstance(answers, list) or len(answers) != len(texts):
        name = settings.command[0]
        raise TemporaryError(f"translation: {name} did not answer with as many texts as it got")
    return [str(one) for one in answers]
