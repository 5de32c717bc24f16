"""The check that every text can be read: in light, in dark, and where a client forces the dark.

WCAG 2.2, success criterion 1.4.3: 4.5 to 1, and 3 to 1 for large text (24 px, or bold 18.66 px). A
client's own dark colours are not ours to choose, so there only what falls under 3 to 1 blocks; how
they come about is told in `core/forced_dark.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.core.colour import CONTRAST
from newsletter.core.colour import contrast as ratio_of
from newsletter.core.forced_dark import darkened_ground, lightened_text, turned_over
from newsletter.core.paint import Look, Mail
from newsletter.core.proof import Proof, block, warn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.core.check import Finding
    from newsletter.core.paint import Text

CHECK = "contrast"
LARGE_CONTRAST = 3.0
LARGE, LARGE_BOLD = 24.0, 18.66  # px; 18 and 14 points

DRAWN = (
    Look("light", frozenset({"plain"})),
    Look("dark", frozenset({"plain", "dark"}), ink="#ffffff", link="#9e9eff", paper="#121212"),
)
"""What we draw ourselves. Colours that a mail names nowhere are a browser's in that scheme."""

FORCED = (
    Look("Outlook's dark", frozenset({"plain", "outlook"}), turned_over, turned_over),
    Look("forced dark, all colours turned", frozenset(), turned_over, turned_over),
    Look("forced dark, light grounds turned", frozenset(), lightened_text, darkened_ground),
)
"""What clients draw by themselves, the latter two without our style blocks."""

_SHOWN = 40


def contrast(proof: Proof) -> Iterator[Finding]:
    """Every text stands out from its ground, whatever the client does with the colours."""
    yield from contrast_findings(proof.html)


def contrast_findings(html: str) -> Iterator[Finding]:
    """The faint texts of an HTML part, one finding for each pair of colours in each look."""
    mail = Mail(html)
    for value in sorted(mail.strange_colours()):
        yield warn(CHECK, f"the colour {value!r} cannot be reckoned with; write it as #rrggbb")
    for look in DRAWN:
        for text, ratio in _faint(mail, look):
            yield block(CHECK, _told(text, ratio, look))
    for look in FORCED:
        for text, ratio in _faint(mail, look):
            level = block if ratio < LARGE_CONTRAST else warn
            yield level(CHECK, _told(text, ratio, look))


def _faint(mail: Mail, look: Look) -> Iterator[tuple[Text, float]]:
    seen: dict[tuple[str, str, float], Text] = {}
    for text in mail.texts(look):
        seen.setdefault((text.colour, text.ground, _needed(text)), text)
    for (colour, ground, needed), text in seen.items():
        ratio = ratio_of(colour, ground)
        if ratio < needed:
            yield text, ratio


def _needed(text: Text) -> float:
    is_large = text.size >= (LARGE_BOLD if text.is_bold else LARGE)
    return LARGE_CONTRAST if is_large else CONTRAST


def _told(text: Text, ratio: float, look: Look) -> str:
    shown = text.words if len(text.words) <= _SHOWN else f"{text.words[: _SHOWN - 1]}…"
    return (
        f"{shown!r} in {look.name}: {text.colour} on {text.ground} is {ratio:.2f} to 1,"
        f" and needs {_needed(text):g};"
        " change a colour in `theme`, or in email/_base of your templates folder"
    )
