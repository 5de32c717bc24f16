"""How an edition looks."""

from __future__ import annotations

from pydantic import Field

from newsletter.config_values import Folder, Settings, Word
from newsletter.core.theme import BLOCKS, Theme

_COLOUR = r"^#[0-9a-fA-F]{6}$"
_PLAIN = Theme()


class ThemeSettings(Settings):
    """Colours, fonts, logo, and the order of the blocks."""

    ground: str = Field(_PLAIN.ground, pattern=_COLOUR)
    card: str = Field(_PLAIN.card, pattern=_COLOUR)
    ink: str = Field(_PLAIN.ink, pattern=_COLOUR)
    muted: str = Field(_PLAIN.muted, pattern=_COLOUR)
    heading_font: str = _PLAIN.heading_font
    text_font: str = _PLAIN.text_font
    logo: Folder | None = None
    logo_alt: str = ""
    logo_width: int = Field(0, ge=0, le=600)
    blocks: tuple[Word, ...] = BLOCKS
