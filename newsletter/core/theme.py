"""How an edition looks: colours, fonts, logo, and the order of its blocks."""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.core.colour import INK, LIGHT_CARD, LIGHT_GROUND

BLOCKS = (
    *("notice", "summary", "quiet", "lead", "sections", "also", "market", "ahead", "sponsor"),
    "corrections",
)
"""The blocks of an edition between masthead and footer, in the order in which they stand."""


@dataclass(frozen=True)
class Theme:
    """What an operator may change without a template. Colours are like #1b1f22.

    `logo` is a picture as a `data:` address, or empty; `logo_alt` its words, `logo_width` and
    `logo_height` what it takes on the sheet, in pixels. `blocks` names the templates in
    `email/blocks/` in order.
    """

    ground: str = LIGHT_GROUND
    card: str = LIGHT_CARD
    ink: str = INK
    muted: str = "#565d63"
    heading_font: str = "Georgia, 'Times New Roman', Times, serif"
    text_font: str = (
        "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
    )
    logo: str = ""
    logo_alt: str = ""
    logo_width: int = 0
    logo_height: int = 0
    blocks: tuple[str, ...] = BLOCKS
