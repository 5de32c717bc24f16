"""A delivery: one edition to one subscriber, and the only moves it may make."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime


class DeliveryState(StrEnum):
    """Where a delivery stands in the ledger."""

    PLANNED = "planned"  # waiting to be handed over
    IN_FLIGHT = "in_flight"  # claimed; may be on the wire
    ACCEPTED = "accepted"  # the transport took it
    REJECTED = "rejected"  # the transport refused this recipient for good
    EXCLUDED = "excluded"  # never handed over, with a reason (suppressed, left, paused)
    UNKNOWN = "unknown"  # handed over, answer lost: never silently sent again


MOVES: dict[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.PLANNED: frozenset({DeliveryState.IN_FLIGHT, DeliveryState.EXCLUDED}),
    DeliveryState.IN_FLIGHT: frozenset(
        {
            DeliveryState.ACCEPTED,
            DeliveryState.REJECTED,
            DeliveryState.EXCLUDED,
            DeliveryState.UNKNOWN,
            DeliveryState.PLANNED,  # the transport said for certain that nothing left
        }
    ),
    DeliveryState.UNKNOWN: frozenset(
        {DeliveryState.ACCEPTED, DeliveryState.PLANNED}  # settled by an event or by the operator
    ),
    DeliveryState.ACCEPTED: frozenset(),
    DeliveryState.REJECTED: frozenset(),
    DeliveryState.EXCLUDED: frozenset(),
}


@dataclass(frozen=True)
class Delivery:
    """A claimed row of the ledger: what a message must be made for."""

    id: int
    subscriber_id: int
    address: str
    name: str
    attempt: int


class Message(NamedTuple):
    """One finished mail for one recipient: complete RFC 5322 bytes with CRLF line ends.

    `key` is the same for every copy of the same delivery; transports use it as an idempotency key
    or a file name. It holds no personal data. One is made for every reader: a tuple, since making a
    dataclass costs as much as a tenth of the whole copy.
    """

    key: str
    delivery_id: int
    sender: str
    recipient: str
    content: bytes


@dataclass(frozen=True)
class Outcome:
    """What a transport says of one message: a state and, where it did not go well, why."""

    delivery_id: int
    state: DeliveryState
    detail: str = ""


@dataclass(frozen=True)
class LedgerCount:
    """How many deliveries of an edition stand where. `planned` is the number ever planned.

    `later` are those of the waiting whose hour is still to come, the first of them at `next_due`.
    """

    planned: int
    accepted: int
    rejected: int
    excluded: int
    unknown: int
    waiting: int
    later: int = 0
    next_due: datetime | None = None

    @property
    def is_balanced(self) -> bool:
        """True when every planned delivery is accounted for exactly once."""
        parts = self.accepted + self.rejected + self.excluded + self.unknown + self.waiting
        return parts == self.planned
