"""What the steps of an import hand to each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from subscribers.errors import SubscriberError
from subscribers.limits import Budgets

if TYPE_CHECKING:
    from collections.abc import Mapping


class ImportBusyError(SubscriberError):
    """Another run is reading the same file at this moment."""

    exit_code = 75


class Standing(StrEnum):
    """Where another platform says that somebody stands, from the loosest to the strictest."""

    ACTIVE = "active"
    PAUSED = "paused"
    PENDING = "pending"
    LEFT = "left"
    BLOCKED = "by-hand"
    COMPLAINED = "complained"
    BOUNCED = "bounced"

    @property
    def strictness(self) -> int:
        """Of two lines about one address, the higher one counts."""
        return _STRICTNESS[self]

    @property
    def is_suppression(self) -> bool:
        """True where the address must never be mailed; the value is the reason then."""
        return self in (Standing.BLOCKED, Standing.COMPLAINED, Standing.BOUNCED)


_STRICTNESS = {standing: number for number, standing in enumerate(Standing)}


class WithoutProof(StrEnum):
    """What becomes of people for whom the file has no date of consent."""

    REFUSE = "refuse"
    CONFIRM = "confirm"  # they are pending, and each gets a confirmation mail
    ACCEPT = "accept"  # on the operator's written word


class DateOrder(StrEnum):
    """How dates such as 03/04/2023 are to be read."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


class Verdict(StrEnum):
    """What becomes of a line."""

    NEW = "new"
    HERE = "here"
    LEFT = "left"  # left this newsletter, and stays so
    SUPPRESSED = "suppressed"
    INVALID = "invalid"
    DUPLICATE = "duplicate"
    UNPROVEN = "unproven"


@dataclass(frozen=True)
class ImportOptions:
    """How a file is to be read and taken.

    `columns` maps email, name, first_name, last_name, consented_at, network and status to the
    file's own column names; empty for a platform that is recognised. `wording` is what the
    operator states of those who agreed elsewhere. `encoding` is empty to find it out. Without
    `dates` an ambiguous date proves nothing. Of `budgets` those for one hour spread the
    confirmation mails.
    """

    now: datetime
    by: str
    wording: str
    columns: Mapping[str, str] = field(default_factory=dict)
    without_proof: WithoutProof = WithoutProof.REFUSE
    encoding: str = ""
    dates: DateOrder | None = None
    keeps_networks: bool = True
    budgets: Budgets = field(default_factory=Budgets)
    page: str = "newsletter subscribers import"


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Staged(NamedTuple):
    """A line as it waits in the staging table; the names are those of its columns."""

    part: int
    line: int
    verdict: str = "new"
    reason: str = ""
    address: str = ""
    address_hash: str = ""
    name: str = ""
    status: str = ""  # empty where no subscriber is made
    suppression: str = ""
    strictness: int = 0
    is_unproven: bool = False
    created_at: datetime = EPOCH
    changed_at: datetime = EPOCH
    activated_at: datetime | None = None
    paused_until: date | None = None
    source: str = ""
    language: str = ""
    rhythm: str = "daily"
    depth: str = "standard"
    sections: str = ""
    follows: str = ""
    hour: int | None = None
    time_zone: str = ""
    mail_format: str = "html"
    attributes: str = "{}"
    proof: str = "{}"
