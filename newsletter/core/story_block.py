"""A story as it stands on the page: headline, source line, quotations, document, reasons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from newsletter.core.highlights import LONGEST
from newsletter.core.link_hosts import is_allowed, is_private, misleads
from newsletter.core.links import linkable
from newsletter.core.quote import Phrase, Quote
from newsletter.core.returning import told_label, told_url
from newsletter.core.sentences import split_sentences
from newsletter.core.story import Highlight
from newsletter.core.urls import host_of
from newsletter.core.words import (
    WORDS_A_MINUTE,
    age_words,
    clean,
    count_words,
    direction_of,
    language_name,
    language_tag,
    list_words,
    outlet_name,
    reading_words,
    reason_words,
    root_language,
    word_count,
)

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from newsletter.core.depth import Measure
    from newsletter.core.entry import Entry
    from newsletter.core.story import Story

OUTLETS_NAMED = 4


@dataclass(frozen=True)
class DocumentLink:
    """The filing, notice or release itself. `url` is empty where it must not be linked."""

    title: Phrase
    url: str
    host: str
    outlet: str


@dataclass(frozen=True)
class StoryBlock:
    """One story as it stands on the page.

    `facts` are the words of the source line after the outlet: age, outlets, reading time,
    language. `url` and `host` are empty where the link is none that a mail may hold. `update` is
    the label of a story that was told before, with what is new, and `update_url` the edition that
    told it; every other text may be empty too.
    """

    headline: Phrase
    url: str
    host: str
    outlet: str
    facts: tuple[str, ...]
    marks: tuple[str, ...]
    section: str
    quotes: tuple[Quote, ...]
    also_covered: str
    primary: DocumentLink | None
    why: str
    update: str
    update_url: str = ""


@dataclass(frozen=True)
class Setting:
    """What every story of an edition is written against: moment, place, language, home, depth.

    `near_hosts` are those within a private network that a story may lead to.
    """

    now: datetime
    zone: ZoneInfo
    language: str
    home_url: str
    measure: Measure
    near_hosts: frozenset[str] = frozenset()


def headline_block(story: Story, setting: Setting) -> StoryBlock:
    """A story of which the headline is told; that a single outlet has it goes unsaid."""
    block = story_block(story, setting, setting.measure.below, 0)
    single = count_words(1, "outlet")
    return replace(block, facts=tuple(fact for fact in block.facts if fact != single))


def story_block(story: Story, setting: Setting, highlights: int, reasons: int | None) -> StoryBlock:
    """A story with its first `highlights` quotations and `reasons` reasons (None: all of them)."""
    headline = _headline_phrase(story, setting)
    url = _link(story.url, headline.text, setting)
    return StoryBlock(
        headline=headline,
        url=url,
        host=host_of(url),
        outlet=outlet_name(story.best.outlet),
        facts=_facts(story, setting),
        marks=tuple(clean(mark) for mark in story.marks),
        section=clean(story.section),
        quotes=_quotes(story, setting, highlights),
        also_covered=_also_covered(story),
        primary=_primary(story, setting),
        why=_why(story, reasons),
        update=told_label(story),
        update_url=told_url(story, setting.home_url),
    )


def _link(url: str, words: str, setting: Setting) -> str:
    """The address where a mail may link to it under these words, else "".

    Not into a private network, and not under the words of another site's address.
    """
    found = linkable(url)
    is_ours = bool(setting.home_url) and found.startswith(f"{setting.home_url}/")
    is_meant = is_ours or not is_private(found) or is_allowed(found, setting.near_hosts)
    return found if is_meant and not misleads(words, found) else ""


def _facts(story: Story, setting: Setting) -> tuple[str, ...]:
    best = story.best
    words = word_count(best.text)
    origin = "translated from" if translation(story, setting) else "in"
    is_foreign = bool(_foreign(best.language, setting))
    facts = (
        _age(best, setting),
        count_words(story.outlets, "outlet"),
        reading_words(words) if words >= WORDS_A_MINUTE else "",
        f"{origin} {language_name(best.language)}" if is_foreign else "",
        "the document itself" if _is_the_document(story) else "",
    )
    return tuple(fact for fact in facts if fact)


def _age(entry: Entry, setting: Setting) -> str:
    age = age_words(entry.published_at, setting.now, setting.zone)
    return age if entry.date_is_known else f"first seen {age}"


def _foreign(language: str, setting: Setting) -> str:
    """The tag of a language that is not the edition's own, else ""."""
    tag = language_tag(language)
    return "" if root_language(tag) == root_language(setting.language) else tag


def _phrase(text: str, language: str, setting: Setting) -> Phrase:
    foreign = _foreign(language, setting)
    return Phrase(clean(text), foreign, direction_of(foreign or setting.language))


def _headline_phrase(story: Story, setting: Setting) -> Phrase:
    translated = translation(story, setting)
    if translated:
        return _phrase(translated, setting.language, setting)
    return _phrase(story.headline, _headline_language(story, setting), setting)


def translation(story: Story, setting: Setting) -> str:
    """The headline in the edition's language, where it is a foreign title that was translated."""
    best = story.best
    is_its_title = story.headline in best.title
    return best.translated_title if is_its_title and _foreign(best.language, setting) else ""


def _headline_language(story: Story, setting: Setting) -> str:
    """The language of the entry whose title it is; a rewritten one is in the edition's own."""
    titled = [entry.language for entry in story.entries if story.headline in entry.title]
    return titled[0] if titled else setting.language


def _quotes(story: Story, setting: Setting, most: int) -> tuple[Quote, ...]:
    """The first highlights; where all stand in the outlet named above, it is named once more.

    Under a translated headline stands the translated summary: its reader cannot read the original.
    """
    quotes = [_quote(highlight, story, setting) for highlight in told(story, setting, most)]
    if len({quote.outlet for quote in quotes} | {outlet_name(story.best.outlet)}) == 1:
        quotes[:-1] = [replace(quote, outlet="") for quote in quotes[:-1]]
    return tuple(quotes)


def told(story: Story, setting: Setting, most: int) -> tuple[Highlight, ...]:
    """The sentences below the headline: the story's own, or those of its translation."""
    if is_written(story) or not translation(story, setting):
        return story.highlights[:most]
    best = story.best
    sentences = split_sentences(best.translated_summary if best.is_quotable else "")
    fit = (sentence for sentence in sentences if len(sentence) <= LONGEST)
    return tuple(Highlight(sentence, best.outlet) for sentence in islice(fit, most))


def is_written(story: Story) -> bool:
    """Whether a model wrote the sentences below the headline, in the edition's language."""
    return any(highlight.is_written for highlight in story.highlights)


def _quote(highlight: Highlight, story: Story, setting: Setting) -> Quote:
    outlet = outlet_name(highlight.outlet)
    if highlight.is_written:
        words = _phrase(highlight.text, setting.language, setting)
        return Quote(words, f"{outlet}, summarised by a model", is_written=True)
    if translation(story, setting):
        return Quote(_phrase(highlight.text, setting.language, setting), f"{outlet}, translated")
    spoken = [entry.language for entry in story.entries if entry.outlet == highlight.outlet]
    language = spoken[0] if spoken else setting.language
    return Quote(_phrase(highlight.text, language, setting), outlet)


def _also_covered(story: Story) -> str:
    others = [outlet_name(name) for name in story.outlet_names if name != story.best.outlet]
    named = others[:OUTLETS_NAMED]
    left = max(story.outlets - 1, len(others)) - len(named)
    return f"Also covered by {list_words(named, left)}." if named else ""


def _primary(story: Story, setting: Setting) -> DocumentLink | None:
    if story.primary is None or _is_the_document(story):
        return None
    title = _phrase(story.primary.title, story.primary.language, setting)
    url = _link(story.primary.url, title.text, setting)
    return DocumentLink(
        title=title,
        url=url,
        host=host_of(url),
        outlet=outlet_name(story.primary.outlet),
    )


def _is_the_document(story: Story) -> bool:
    return story.primary is not None and story.primary.url == story.best.url


def _why(story: Story, most: int | None) -> str:
    names = (*story.outlet_names, *story.companies, *story.countries)
    return reason_words(story.reasons[:most], names)
