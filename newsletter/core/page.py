"""The page: everything an edition's templates show, worked out from a draft in words.

Templates only place what stands here; they compute nothing. All text is cleaned of control
characters, links are http or https or empty, and colours are safe to put into a style sheet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from newsletter.core.brand import Brand
from newsletter.core.colour import Palette, palette_for
from newsletter.core.depth import MEASURES, Depth, Measure
from newsletter.core.highlights import LONGEST
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
    date_words,
    direction_of,
    figures_words,
    is_unwanted,
    language_name,
    language_tag,
    list_words,
    made_words,
    outlet_name,
    reading_words,
    reason_words,
    root_language,
    word_count,
)

if TYPE_CHECKING:
    from datetime import datetime

    from newsletter.core.edition import Draft, Section
    from newsletter.core.entry import Entry
    from newsletter.core.story import Story

__all__ = ["Brand", "Depth", "EditionPage", "StoryBlock", "linkable", "page_for"]

OUTLETS_NAMED = 4

_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"\\^`{|}]+", re.IGNORECASE)


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
class SectionBlock:
    """A heading and the stories under it."""

    name: str
    stories: tuple[StoryBlock, ...]


@dataclass(frozen=True)
class EditionPage:
    """An edition, ready to be placed by the templates."""

    brand: Brand
    language: str
    direction: str
    palette: Palette
    home_url: str
    subject: str
    preheader: str
    title: str
    date_line: str
    reading: str
    facts: str
    made: str
    summary: str
    notice: str
    lead: StoryBlock | None
    sections: tuple[SectionBlock, ...]
    also: tuple[StoryBlock, ...]

    @property
    def is_empty(self) -> bool:
        """True when there is no story at all to show."""
        return self.lead is None and not self.sections and not self.also


@dataclass(frozen=True)
class _Setting:
    """What every story of an edition is written against: moment, place, language, home, depth."""

    now: datetime
    zone: ZoneInfo
    language: str
    home_url: str
    measure: Measure


def page_for(draft: Draft, brand: Brand, depth: Depth = Depth.STANDARD) -> EditionPage:
    """The view model of a draft: pure, no clock; ages are reckoned from `draft.made_at`.

    `depth` sets how many highlights and reasons are told of each story.
    """
    zone = ZoneInfo(brand.time_zone)
    home_url = linkable(brand.home_url)
    setting = _Setting(draft.made_at, zone, brand.language, home_url, MEASURES[depth])
    return EditionPage(
        brand=brand,
        language=language_tag(brand.language) or "en",
        direction=direction_of(brand.language),
        palette=palette_for(brand.accent),
        home_url=setting.home_url,
        subject=clean(draft.subject),
        preheader=clean(draft.preheader),
        title=f"{clean(brand.name)}, {date_words(draft.date)}",
        date_line=date_words(draft.date),
        reading=reading_words(_told_words(draft, setting)),
        facts=figures_words(draft.figures),
        made=_made(draft, setting),
        summary=clean(draft.summary),
        notice=clean(draft.notice),
        lead=_lead(draft.lead, setting),
        sections=tuple(_section(section, setting) for section in draft.sections),
        also=tuple(_headline(story, setting) for story in draft.also),
    )


def linkable(url: str) -> str:
    """The address if a mail may link to it (http or https, a host, nothing odd), else ""."""
    if not _WEB_ADDRESS.fullmatch(url) or any(map(is_unwanted, url)):
        return ""
    return url if host_of(url) else ""


def _lead(story: Story | None, setting: _Setting) -> StoryBlock | None:
    most = setting.measure
    return _block(story, setting, most.lead, most.lead_reasons) if story else None


def _section(section: Section, setting: _Setting) -> SectionBlock:
    most = (setting.measure.story, setting.measure.story_reasons)
    stories = tuple(_block(story, setting, *most) for story in section.stories)
    return SectionBlock(clean(section.name), stories)


def _headline(story: Story, setting: _Setting) -> StoryBlock:
    """A story of which the headline is told; that a single outlet has it goes unsaid."""
    block = _block(story, setting, setting.measure.below, 0)
    single = count_words(1, "outlet")
    return replace(block, facts=tuple(fact for fact in block.facts if fact != single))


def _block(story: Story, setting: _Setting, highlights: int, reasons: int | None) -> StoryBlock:
    url = linkable(story.url)
    return StoryBlock(
        headline=_headline_phrase(story, setting),
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


def _facts(story: Story, setting: _Setting) -> tuple[str, ...]:
    best = story.best
    words = word_count(best.text)
    origin = "translated from" if _translation(story, setting) else "in"
    is_foreign = bool(_foreign(best.language, setting))
    facts = (
        _age(best, setting),
        count_words(story.outlets, "outlet"),
        reading_words(words) if words >= WORDS_A_MINUTE else "",
        f"{origin} {language_name(best.language)}" if is_foreign else "",
        "the document itself" if _is_the_document(story) else "",
    )
    return tuple(fact for fact in facts if fact)


def _age(entry: Entry, setting: _Setting) -> str:
    age = age_words(entry.published_at, setting.now, setting.zone)
    return age if entry.date_is_known else f"first seen {age}"


def _foreign(language: str, setting: _Setting) -> str:
    """The tag of a language that is not the edition's own, else ""."""
    tag = language_tag(language)
    return "" if root_language(tag) == root_language(setting.language) else tag


def _phrase(text: str, language: str, setting: _Setting) -> Phrase:
    foreign = _foreign(language, setting)
    return Phrase(clean(text), foreign, direction_of(foreign or setting.language))


def _headline_phrase(story: Story, setting: _Setting) -> Phrase:
    translated = _translation(story, setting)
    if translated:
        return _phrase(translated, setting.language, setting)
    return _phrase(story.headline, _headline_language(story, setting), setting)


def _translation(story: Story, setting: _Setting) -> str:
    """The headline in the edition's language, where it is a foreign title that was translated."""
    best = story.best
    is_its_title = story.headline in best.title
    return best.translated_title if is_its_title and _foreign(best.language, setting) else ""


def _headline_language(story: Story, setting: _Setting) -> str:
    """The language of the entry whose title it is; a rewritten one is in the edition's own."""
    titled = [entry.language for entry in story.entries if story.headline in entry.title]
    return titled[0] if titled else setting.language


def _quotes(story: Story, setting: _Setting, most: int) -> tuple[Quote, ...]:
    """The first highlights; where all stand in the outlet named above, it is named once more.

    Under a translated headline stands the translated summary: its reader cannot read the original.
    """
    quotes = [_quote(highlight, story, setting) for highlight in _told(story, setting, most)]
    if len({quote.outlet for quote in quotes} | {outlet_name(story.best.outlet)}) == 1:
        quotes[:-1] = [replace(quote, outlet="") for quote in quotes[:-1]]
    return tuple(quotes)


def _told(story: Story, setting: _Setting, most: int) -> tuple[Highlight, ...]:
    """The sentences below the headline: the story's own, or those of its translation."""
    if _is_written(story) or not _translation(story, setting):
        return story.highlights[:most]
    best = story.best
    sentences = split_sentences(best.translated_summary if best.is_quotable else "")
    fit = (sentence for sentence in sentences if len(sentence) <= LONGEST)
    return tuple(Highlight(sentence, best.outlet) for sentence in islice(fit, most))


def _is_written(story: Story) -> bool:
    """Whether a model wrote the sentences below the headline, in the edition's language."""
    return any(highlight.is_written for highlight in story.highlights)


def _quote(highlight: Highlight, story: Story, setting: _Setting) -> Quote:
    outlet = outlet_name(highlight.outlet)
    if highlight.is_written:
        words = _phrase(highlight.text, setting.language, setting)
        return Quote(words, f"{outlet}, summarised by a model", is_written=True)
    if _translation(story, setting):
        return Quote(_phrase(highlight.text, setting.language, setting), f"{outlet}, translated")
    spoken = [entry.language for entry in story.entries if entry.outlet == highlight.outlet]
    language = spoken[0] if spoken else setting.language
    return Quote(_phrase(highlight.text, language, setting), outlet)


def _also_covered(story: Story) -> str:
    others = [outlet_name(name) for name in story.outlet_names if name != story.best.outlet]
    named = others[:OUTLETS_NAMED]
    left = max(story.outlets - 1, len(others)) - len(named)
    return f"Also covered by {list_words(named, left)}." if named else ""


def _primary(story: Story, setting: _Setting) -> DocumentLink | None:
    if story.primary is None or _is_the_document(story):
        return None
    url = linkable(story.primary.url)
    return DocumentLink(
        title=_phrase(story.primary.title, story.primary.language, setting),
        url=url,
        host=host_of(url),
        outlet=outlet_name(story.primary.outlet),
    )


def _is_the_document(story: Story) -> bool:
    return story.primary is not None and story.primary.url == story.best.url


def _why(story: Story, most: int | None) -> str:
    names = (*story.outlet_names, *story.companies, *story.countries)
    return reason_words(story.reasons[:most], names)


def _made(draft: Draft, setting: _Setting) -> str:
    quoting = [story for story, told in _telling(draft, setting) if told]
    written = [story for story in quoting if _is_written(story)]
    translated = [story for story in quoting if _translation(story, setting)]
    translated = [story for story in translated if story not in written]
    return made_words(
        draft.figures,
        draft.made_at,
        setting.zone,
        has_quotes=len(quoting) > len(translated) + len(written),
        has_translations=bool(translated),
        has_summaries=bool(written),
    )


def _told_words(draft: Draft, setting: _Setting) -> int:
    texts = [draft.summary, *(story.headline for story in draft.stories)]
    texts += [one.text for _, told in _telling(draft, setting) for one in told]
    return sum(word_count(text) for text in texts)


def _telling(draft: Draft, setting: _Setting) -> list[tuple[Story, tuple[Highlight, ...]]]:
    """Every story with the sentences that it is told in, as many as the lead has at most."""
    most = ((draft.picks, setting.measure.lead), (draft.also, setting.measure.below))
    return [(one, _told(one, setting, n)) for stories, n in most for one in stories]
