"""What the checks look at: an edition, its rendering, and how it would leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.core.check import Finding, Level

if TYPE_CHECKING:
    from newsletter.core.edition import Draft


@dataclass(frozen=True)
class Thresholds:
    """What counts as too much or too little. Sizes in kilobytes of 1,000 bytes."""

    least_stories: int = 3
    warn_kilobytes: float = 80
    block_kilobytes: float = 95


@dataclass(frozen=True)
class Proof:
    """Everything a check may look at: the draft, its rendering, and how it would leave.

    `unsubscribe` and `preferences` are the literal links that stand for the personal ones.
    `message_fault` says why it cannot become a message, empty where it can.
    `recipients` is None where nobody asks for delivery (a preview, a rehearsal).
    """

    draft: Draft
    subject: str
    html: str
    text: str
    unsubscribe: str
    preferences: str
    sender: str
    postal_address: str
    base_url: str
    transport: str
    recipients: int | None
    message_fault: str = ""
    thresholds: Thresholds = Thresholds()

    @property
    def leaves_this_machine(self) -> bool:
        """True where the transport would mail real people."""
        return self.transport != "files"


def block(check: str, message: str) -> Finding:
    """A finding that keeps the edition from leaving."""
    return Finding(check, Level.BLOCK, message)


def warn(check: str, message: str) -> Finding:
    """A finding that the editor is told."""
    return Finding(check, Level.WARN, message)
