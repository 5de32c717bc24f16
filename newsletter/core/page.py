"""The page: everything an edition's templates show, worked out from a draft in words.

Templates only place what stands here; they compute nothing. All text is cleaned of control
characters, links are http or https or empty, and colours are safe to put into a style sheet. A
story's link is public and says honestly where it leads, or is empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from newsletter.core.ahead import AheadLine, ahead_lines
from newsletter.core.brand import Brand
from newsletter.core.corrections import CorrectionLine, correction_lines
from newsletter.core.depth import MEASURES, Depth
from newsletter.core.links import linkable
from newsletter.core.market import MarketLine, market_lines
from newsletter.core.sponsor import SponsorLine, sponsor_line
from newsletter.core.story_block import (
    Setting,
    StoryBlock,
    headline_block,
    is_written,
    story_block,
    told,
    translation,
)
from newsletter.core.words import (
    clean,
    date_words,
    direction_of,
    figures_words,
    language_tag,
    made_words,
    reading_words,
    word_count,
)

if TYPE_CHECKING:
    from newsletter.core.colour import Palette
    from newsletter.core.edition import Draft, Section
    from newsletter.core.story import Highlight, Story

__all__ = ["Brand", "Depth", "EditionPage", "StoryBlock", "linkable", "page_for"]


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
    quiet: str
    notice: str
    lead: StoryBlock | None
    sections: tuple[SectionBlock, ...]
    also: tuple[StoryBlock, ...]
    market: tuple[MarketLine, ...]
    ahead: tuple[AheadLine, ...]
    ahead_more: str
    corrections: tuple[CorrectionLine, ...]
    sponsor: SponsorLine | None

    @property
    def is_empty(self) -> bool:
        """True when there is no story at all to show."""
        return self.lead is None and not self.sections and not self.also


def page_for(draft: Draft, brand: Brand, depth: Depth = Depth.STANDARD) -> EditionPage:
    """The view model of a draft: pure, no clock; ages are reckoned from `draft.made_at`.

    `depth` sets how many highlights and reasons are told of each story.
    """
    zone = ZoneInfo(brand.time_zone)
    home_url = linkable(brand.home_url)
    setting = Setting(
        draft.made_at, zone, brand.language, home_url, MEASURES[depth], brand.near_hosts
    )
    ahead, ahead_more = ahead_lines(draft.beside.ahead, draft.date, zone)
    return EditionPage(
        brand=brand,
        language=language_tag(brand.language) or "en",
        direction=direction_of(brand.language),
        palette=brand.palette,
        home_url=setting.home_url,
        subject=clean(draft.subject),
        preheader=clean(draft.preheader),
        title=f"{clean(brand.name)}, {date_words(draft.date)}",
        date_line=date_words(draft.date),
        reading=reading_words(_told_words(draft, setting)),
        facts=figures_words(draft.figures),
        made=_made(draft, setting),
        summary=clean(draft.summary),
        quiet=clean(draft.quiet),
        notice=clean(draft.notice),
        lead=_lead(draft.lead, setting),
        sections=tuple(_section(section, setting) for section in draft.sections),
        also=tuple(headline_block(story, setting) for story in draft.also),
        market=market_lines(draft.beside.market, draft.date, zone),
        ahead=ahead,
        ahead_more=ahead_more,
        corrections=correction_lines(draft.beside.corrections, home_url),
        sponsor=sponsor_line(draft.beside.sponsor),
    )


def _lead(story: Story | None, setting: Setting) -> StoryBlock | None:
    most = setting.measure
    return story_block(story, setting, most.lead, most.lead_reasons) if story else None


def _section(section: Section, setting: Setting) -> SectionBlock:
    most = (setting.measure.story, setting.measure.story_reasons)
    stories = tuple(story_block(story, setting, *most) for story in section.stories)
    return SectionBlock(clean(section.name), stories)


def _made(draft: Draft, setting: Setting) -> str:
    quoting = [story for story, told in _telling(draft, setting) if told]
    written = [story for story in quoting if is_written(story)]
    translated = [story for story in quoting if translation(story, setting)]
    translated = [story for story in translated if story not in written]
    return made_words(
        draft.figures,
        draft.made_at,
        setting.zone,
        has_quotes=len(quoting) > len(translated) + len(written),
        has_translations=bool(translated),
        has_summaries=bool(written),
    )


def _told_words(draft: Draft, setting: Setting) -> int:
    texts = [draft.summary, *(story.headline for story in draft.stories)]
    texts += [one.text for _, told in _telling(draft, setting) for one in told]
    return sum(word_count(text) for text in texts)


def _telling(draft: Draft, setting: Setting) -> list[tuple[Story, tuple[Highlight, ...]]]:
    """Every story with the sentences that it is told in, as many as the lead has at most."""
    most = ((draft.picks, setting.measure.lead), (draft.also, setting.measure.below))
    return [(one, told(one, setting, n)) for stories, n in most for one in stories]
