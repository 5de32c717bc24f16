"""What the checks look at: an edition, its rendering, and how it would leave."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from newsletter.core.anatomy import Anatomy, anatomy_of
from newsletter.core.check import Finding, Level
from newsletter.core.client_support import DEFAULT_CLIENTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newsletter.core.client_support import Support
    from newsletter.core.edition import Draft


@dataclass(frozen=True)
class Thresholds:
    """What counts as too much or too little. Sizes in kilobytes of 1,000 bytes.

    `corroborated` is how many stories told in full need a second outlet or a primary document;
    `dead_links_block` the share of links (0..1) that must be dead to block. `clients` are the
    families of mail programs that the mail is made for, by caniemail's names. `levels` maps a
    check's name to what a complaint of it counts as: "off", "warn", "block".
    """

    least_stories: int = 1
    warn_kilobytes: float = 80
    block_kilobytes: float = 95
    warn_picture_kilobytes: float = 100
    corroborated: int = 1
    dead_links_block: float = 0.5
    spam_score: float = 0.5
    spam_block: float = 5.0
    clients: tuple[str, ...] = DEFAULT_CLIENTS
    levels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LinkAnswer:
    """What asking a link came to: `problem` is empty where somebody answers.

    `is_private` marks a name that leads into a private network, `is_gone` a page of which its own
    server says that it is not there; any other problem may be over in a minute.
    """

    url: str
    problem: str = ""
    is_private: bool = False
    is_gone: bool = False


@dataclass(frozen=True)
class LinkAnswers:
    """The links that were asked, and those for which `seconds` were not enough."""

    given: tuple[LinkAnswer, ...]
    unasked: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class SpamRating:
    """What SpamAssassin says of the message: points, and the names of the rules that gave any.

    `score` is None where it gave no answer, and `note` says why.
    """

    score: float | None
    rules: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Proof:
    """Everything a check may look at: the draft, its rendering, and how it would leave.

    `unsubscribe` and `preferences` are the literal links that stand for the personal ones.
    `message_fault` says why it cannot become a message, empty where it can.
    `recipients` is None where nobody asks for delivery (a preview, a rehearsal).
    `earlier` are the editions that left before this one, the newest first. `allowed_hosts` may lead
    to a private network. `answers` and `spam` are None where nobody asked. `support` is what mail
    programs are known to show (None: unknown).
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
    earlier: tuple[Draft, ...] = ()
    allowed_hosts: frozenset[str] = frozenset()
    answers: LinkAnswers | None = None
    spam: SpamRating | None = None
    support: Support | None = None

    @cached_property
    def anatomy(self) -> Anatomy:
        """What the HTML consists of; read once for all checks."""
        return anatomy_of(self.html)

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


def passed(check: str, message: str) -> Finding:
    """What a check looked at, where it has no complaint."""
    return Finding(check, Level.PASS, message)
