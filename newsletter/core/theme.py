"""How an edition looks: colours, fonts, logo, and the order of its blocks."""

from __future__ import annotations

from dataclasses import dataclass

BLOCKS = (
    *("notice", "summary", "lead", "sections", "also", "market", "ahead", "sponsor"),
    "corrections",
)
"""The blocks of an edition between masthead and footer, in the order in which they stand."""


@dataclass(frozen=True)
class Theme:
    """What an operator may change without a template. Colours are like #1b1f22.

    `logo` is a picture as a `data:` address, or empty; `logo_alt` its words, `logo_width` its
    width in pixels. `blocks` names the templates in `email/blocks/` in order.
    """

    ground: str = "#f3f1ec"
    card: str = "#ffffff"
    ink: str = "#1b1f22"
    muted: str = "#565d63"
    heading_font: str = "Georgia, 'Times New Roman', Times, serif"
    text_font: str = (
        "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
    )
    logo: str = ""
    logo_alt: str = ""
    logo_width: int = 0
    blocks: tuple[str, ...] = BLOCKS
