"""What the subscribers' functions take and return: frozen, without a database behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
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
    CHANGED = "changed"  # preferences, name or address
    IMPORTED = "imported"  # moved in from elsewhere; `proof` has what was agreed there
    ERASED = "erased"


class How(StrEnum):
    """The way an act reached us."""

    COMMAND = "command"  # the operator, at a terminal
    FORM = "form"  # a button on one of our pages
    ONE_CLICK = "one-click"  # a mailbox provider, RFC 8058
    IMPORT = "import"
    API = "api"  # a form of another site, through our JSON address


class Rhythm(StrEnum):
    """How often a subscriber is mailed."""

    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"  # a roll-up, each story once
    BIG = "big"  # only when something big happens


class Depth(StrEnum):
    """How much of each story a subscriber reads."""

    HEADLINES = "headlines"
    STANDARD = "standard"
    FULL = "full"


class MailFormat(StrEnum):
    """What a mail is made of."""

    HTML = "html"  # with a plain-text part beside it
    TEXT = "text"


class ActKind(StrEnum):
    """What a subscriber asks for that a press in a mail must confirm."""

    ADDRESS = "address"
    EXPORT = "export"
    ERASE = "erase"
    UNDO = "undo"  # back to the address before a move


class NoticeKind(StrEnum):
    """The small mails."""

    CONFIRM = "confirm"  # press here to join
    REMIND = "remind"  # the same, once, after a day
    WELCOME = "welcome"  # with the latest edition
    ALREADY = "already"  # somebody signed up an address that is on the list
    NEW_ADDRESS = "new-address"  # to the new address: press here to move
    MOVED = "moved"  # to the old address: the subscription moved
    EXPORT = "export"  # press here to fetch your data
    ERASE = "erase"  # press here to be erased


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
class Preferences:
    """How a subscriber wants to be mailed; the defaults are what a new one gets.

    `sections` are names of sections, empty for all of them. `follows` are `company:<name>` and
    `thread:<id>`. Both are sorted. `hour` (0..23) is on the clock of `time_zone` (an IANA name);
    None is whenever the edition leaves. An empty `language` is the newsletter's own.
    """

    rhythm: Rhythm = Rhythm.DAILY
    depth: Depth = Depth.STANDARD
    sections: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    hour: int | None = None
    time_zone: str = ""
    mail_format: MailFormat = MailFormat.HTML
    language: str = ""


@dataclass(frozen=True)
class Subscriber:
    """An address and where it stands.

    `suppression` is empty for those who may be mailed. `activated_at` is when the subscriber was
    first active: None for someone who never confirmed. `asked_at` is when a sign-up was asked for
    that waits to be confirmed; `leavings` counts how often they left. `source` is where they came
    from (`form`, `api:<page>`, `command`, `import:<platform>`). `is_new` is true only in the answer
    of the very act that made the subscriber.
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
    asked_at: datetime | None = None
    leavings: int = 0
    source: str = ""
    preferences: Preferences = Preferences()
    attributes: Mapping[str, object] = field(default_factory=dict)
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
class Act:
    """The circumstances of an act, as the record of consent keeps them.

    `how` says the way it reached us, `page` the form or the command (never a token), `wording` the
    words that were on the screen, `network` the address it came from (empty where it is not kept),
    `actor` who acted, where that is not the subscriber. `now` is an aware moment; its date, in its
    own time zone, is today.
    """

    how: How
    now: datetime
    page: str = ""
    wording: str = ""
    network: str = ""
    actor: str = ""


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
    network: str = ""
    actor: str = ""
    proof: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Recipient:
    """Someone to be mailed now."""

    id: int
    address: str
    name: str
    preferences: Preferences = Preferences()


@dataclass(frozen=True)
class OwedNotice:
    """A claimed notice: what a small mail must be made for.

    `address` is where it goes: the subscriber's, or for `new-address` the new one. `act` is the
    number of the pending act that its link confirms (0 without one), `leavings` the subscriber's.
    """

    id: int
    kind: NoticeKind
    subscriber_id: int
    address: str
    name: str
    language: str
    act: int = 0
    leavings: int = 0


@dataclass(frozen=True)
class SuppressionRecord:
    """One line of what happened to an address on the suppression list: `suppressed`, `lifted`."""

    act: str
    reason: SuppressionReason
    actor: str
    note: str
    happened_at: datetime
