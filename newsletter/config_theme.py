"""How an edition looks: colours that can be read, safe names, and nothing twice."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from newsletter.config_values import Folder, Settings
from newsletter.core.colour import CONTRAST, contrast
from newsletter.core.theme import BLOCKS, Theme

_COLOUR = r"^#[0-9a-fA-F]{6}$"
_FONTS = (
    r"^[A-Za-z0-9 ,'-]+$"  # it stands in a style sheet, and in attributes between double quotes
)
_BLOCK = r"^[a-z][a-z0-9-]*$"
_BESIDE = frozenset(BLOCKS) - {"lead", "sections", "also"}  # an operator's own may tell stories
_PLAIN = Theme()


def _one_tells(blocks: tuple[str, ...]) -> tuple[str, ...]:
    if set(blocks) <= _BESIDE:
        raise ValueError("expected at least one block that tells stories: lead, sections or also")
    return blocks


def _each_once(blocks: tuple[str, ...]) -> tuple[str, ...]:
    twice = sorted({name for name in blocks if blocks.count(name) > 1})
    if twice:
        raise ValueError(f"expected each block once, but {', '.join(twice)} stands there again")
    return blocks


def _closed_quotes(fonts: str) -> str:
    if fonts.count("'") % 2:
        raise ValueError("expected every quotation mark in pairs, such as 'Times New Roman', serif")
    return fonts


Fonts = Annotated[str, Field(pattern=_FONTS, max_length=200), AfterValidator(_closed_quotes)]
Block = Annotated[str, Field(pattern=_BLOCK, max_length=40)]


class ThemeSettings(Settings):
    """Colours, fonts, logo, and the order of the blocks."""

    ground: str = Field(_PLAIN.ground, pattern=_COLOUR)
    card: str = Field(_PLAIN.card, pattern=_COLOUR)
    ink: str = Field(_PLAIN.ink, pattern=_COLOUR)
    muted: str = Field(_PLAIN.muted, pattern=_COLOUR)
    heading_font: Fonts = _PLAIN.heading_font
    text_font: Fonts = _PLAIN.text_font
    logo: Folder | None = None
    logo_alt: str = ""
    logo_width: int = Field(0, ge=0, le=600)
    blocks: Annotated[tuple[Block, ...], AfterValidator(_each_once), AfterValidator(_one_tells)] = (
        BLOCKS
    )

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        faults = [
            f"`{text}` ({colour}) on `{ground}` ({below}) has a contrast of"
            f" {contrast(colour, below):.1f} to 1"
            for text, colour in (("ink", self.ink), ("muted", self.muted))
            for ground, below in (("card", self.card), ("ground", self.ground))
            if contrast(colour, below) < CONTRAST
        ]
        if faults:
            raise ValueError(f"expected colours that can be read, 4.5 to 1: {'; '.join(faults)}")
        return self
