"""What an edition holds: how many stories, within which caps, in which sections."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from newsletter.config_values import Settings, Word
from newsletter.core.selection import SECTIONS, Rules


def _no_more_than_stories(least: int, info: ValidationInfo) -> int:
    most = info.data.get("stories", least)
    if least > most:
        raise ValueError(f"expected no more than `edition.stories`, which is {most}")
    return least


def _with_names(sections: object) -> object:
    """A section may be written as its bare name."""
    if not isinstance(sections, (list, tuple)):
        return sections
    return [{"name": one} if isinstance(one, str) else one for one in sections]


def _different_sections(sections: tuple[SectionSettings, ...]) -> tuple[SectionSettings, ...]:
    names = [section.name for section in sections]
    kinds = [kind for section in sections for kind in section.kinds]
    for what, listed in (("section", names), ("kind of event", kinds)):
        twice = next((one for one in listed if listed.count(one) > 1), None)
        if twice:
            raise ValueError(f"the {what} {twice!r} stands twice")
    return sections


class WeightSettings(Settings):
    """How much each part of a story's score counts; they are brought to a sum of one."""

    relevance: float = Field(0.04, ge=0)
    importance: float = Field(0.44, ge=0)
    coverage: float = Field(0.09, ge=0)
    authority: float = Field(0.03, ge=0)
    freshness: float = Field(0.05, ge=0)
    novelty: float = Field(0.07, ge=0)
    distinctness: float = Field(0.28, ge=0)

    @model_validator(mode="after")
    def _some_count(self) -> Self:
        if not any(self.model_dump().values()):
            raise ValueError("at least one weight must be above 0")
        return self


class SectionSettings(Settings):
    """A section, and the kinds of event that stand in it beside those that do so anyway."""

    name: Annotated[Word, Field(max_length=60)]
    kinds: tuple[Word, ...] = ()


class EditionSettings(Settings):
    """What an edition holds."""

    window_hours: float = Field(72, gt=0, le=24 * 14)
    stories: int = Field(6, ge=1, le=40)
    also: int = Field(10, ge=0, le=60)
    least_stories: Annotated[int, AfterValidator(_no_more_than_stories)] = Field(1, ge=0)
    memory_days: int = Field(14, ge=0, le=365)
    big_news: float = Field(0.9, ge=0, le=1)
    per_outlet: int = Field(3, ge=1)
    per_section: int = Field(4, ge=1)
    per_company: int = Field(2, ge=1)
    per_country: int = Field(5, ge=1)
    most_paywalled: int = Field(3, ge=0)
    most_state_media: int = Field(2, ge=0)
    most_press_releases: int = Field(2, ge=0)
    most_promotion: int = Field(0, ge=0)
    most_foreign: int = Field(2, ge=0)
    sections: Annotated[
        tuple[SectionSettings, ...],
        BeforeValidator(_with_names),
        AfterValidator(_different_sections),
    ] = tuple(SectionSettings(name=name) for name in SECTIONS)
    weights: WeightSettings = WeightSettings()

    def rules(self, language: str) -> Rules:
        """How the page is filled, for an edition in a language."""
        return Rules(
            stories=self.stories,
            also=self.also,
            per_outlet=self.per_outlet,
            per_section=self.per_section,
            per_company=self.per_company,
            per_country=self.per_country,
            max_paywalled=self.most_paywalled,
            max_state_media=self.most_state_media,
            max_press_releases=self.most_press_releases,
            max_promotion=self.most_promotion,
            max_foreign=self.most_foreign,
            sections=tuple(section.name for section in self.sections),
            section_of={kind: one.name for one in reversed(self.sections) for kind in one.kinds},
            language=language,
        )
