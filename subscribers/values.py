"""What the subscribers' functions take and return: frozen, without a database behind them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime


class Status(StrEnum):
    """Where a subscriber stands."""

    PENDING = "pending"  # asked, not yet confirmed: gets nothing but the confirmation
    ACTIVE = "active"
    PAUSED = "paused"  # until a date, then mailed again without any act
    LEFT = "left"


class ConsentKind(StrEnum):
    """What was agreed or withdrawn."""

    AGREED = "agreed"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"  # took a withdrawal back
    PAUSED = "paused"
    RESUMED = "resumed"


class How(StrEnum):
    """The way an act reached us."""

    COMMAND = "command"  # the operator, at a terminal
    FORM = "form"  # a button on one of our pages
    ONE_CLICK = "one-click"  # a mailbox provider, RFC 8058
    IMPORT = "import"


class SuppressionReason(StrEnum):
    """Why an address is never mailed."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"
    ERASED = "erased"
    BY_HAND = "by-hand"


class Exclusion(StrEnum):
    """Why a subscriber does not get an edition; the empty text means that they do."""

    NONE = ""
    SUPPRESSED = "suppressed"
    PENDING = "pending"
    PAUSED = "paused"
    LEFT = "left"
    GONE = "gone"  # erased, or never was


@dataclass(frozen=True)
class Subscriber:
    """An address and where it stands.

    `suppression` is empty for those who may be mailed. `activated_at` is when the subscriber was
    first active: None for someone who never confirmed. `is_new` is true only in the answer of the
    very act that made the subscriber.
    """

    id: int
    address: str
    name: str
    status: Status
    created_at: datetime
    changed_at: datetime
    activated_at: datetime | None = None
    paused_until: date | None = None
    suppression: SuppressionReason | None = None
    is_new: bool = False

    def status_on(self, day: date) -> Status:
        """The status as it holds on a day: a pause ends by itself on `paused_until`."""
        pause_is_over = self.paused_until is not None and self.paused_until <= day
        if self.status is Status.PAUSED and pause_is_over:
            return Status.ACTIVE
        return self.status

    @property
    def masked_address(self) -> str:
        """The address as a page may show it to whoever holds the link: a••••@example.org."""
        return f"{self.address[:1]}••••@{self.address.rpartition('@')[2]}"


@dataclass(frozen=True)
class ConsentRecord:
    """One line of a subscriber's history. `page` names a form or a command, never a token."""

    subscriber_id: int
    kind: ConsentKind
    happened_at: datetime
    how: How
    page: str
    wording: str
    wording_version: str
    detail: str


@dataclass(frozen=True)
class Recipient:
    """Someone to be mailed now."""

    id: int
    address: str
    name: str
