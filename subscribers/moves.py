"""What an act does to a subscriber, decided without touching anything. Pure.

Each function answers with the move to make, or None where the subscriber already stands there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from subscribers.errors import LeftError, PauseError, StatusError
from subscribers.values import ConsentKind, Status, Subscriber

if TYPE_CHECKING:
    from datetime import datetime

RETURN_WINDOW = timedelta(days=30)
CONFIRM_WINDOW = timedelta(days=30)
LONGEST_PAUSE = timedelta(days=366)


@dataclass(frozen=True)
class Move:
    """The status to take, and the kind of consent to record."""

    status: Status
    kind: ConsentKind
    paused_until: date | None = None
    detail: str = ""


def joining(person: Subscriber, *, bring_back: bool) -> Move | None:
    """The operator adds an address that is here already.

    Raises:
        LeftError: the person left, and the operator did not say that they come back.
    """
    if person.status in (Status.ACTIVE, Status.PAUSED):
        return None
    if person.status is Status.LEFT and not bring_back:
        raise LeftError("this subscriber left; add them again only if they asked for it themselves")
    return Move(Status.ACTIVE, ConsentKind.AGREED)


def confirming(person: Subscriber, now: datetime) -> Move | None:
    """The press in the mail that a sign-up led to.

    Raises:
        StatusError: no sign-up waits, or it is older than 30 days.
    """
    if person.status in (Status.ACTIVE, Status.PAUSED):
        return None
    if not may_confirm(person, now):
        raise StatusError("this link no longer confirms anything; please sign up once more")
    return Move(Status.ACTIVE, ConsentKind.CONFIRMED)


def may_confirm(person: Subscriber, now: datetime) -> bool:
    """True while a sign-up of the subscriber waits to be confirmed."""
    is_out = person.status in (Status.PENDING, Status.LEFT)
    return is_out and person.asked_at is not None and now - person.asked_at <= CONFIRM_WINDOW


def leaving(person: Subscriber, reason: str = "") -> Move | None:
    """Out, from wherever they stand; a sign-up that waits is withdrawn with it."""
    if person.status is Status.LEFT and person.asked_at is None:
        return None
    return Move(Status.LEFT, ConsentKind.WITHDRAWN, detail=reason)


def returning(person: Subscriber, now: datetime) -> Move | None:
    """Back again: "I left by mistake", for 30 days.

    After that an old link, perhaps in a mail that was passed on, must not sign anybody up.

    Raises:
        StatusError: too late, or the subscriber never confirmed in the first place.
    """
    if person.status in (Status.ACTIVE, Status.PAUSED):
        return None
    if not may_return(person, now):
        raise StatusError("this link can no longer bring the subscription back")
    return Move(Status.ACTIVE, ConsentKind.RETURNED)


def may_return(person: Subscriber, now: datetime) -> bool:
    """True while "I left by mistake" works."""
    is_fresh = now - person.changed_at <= RETURN_WINDOW
    return person.status is Status.LEFT and person.activated_at is not None and is_fresh


def pausing(person: Subscriber, until: date, today: date) -> Move | None:
    """No mail before `until`; on that day it comes again.

    Raises:
        StatusError: the subscriber gets no mail that could be paused.
        PauseError: the date is not after today, or more than a year away.
    """
    refuse_unless_in(person, "pause")
    if not today < until <= today + LONGEST_PAUSE:
        raise PauseError("a pause ends on a day after today and within a year")
    if person.paused_until == until:
        return None
    return Move(Status.PAUSED, ConsentKind.PAUSED, until, f"until {until.isoformat()}")


def resuming(person: Subscriber) -> Move | None:
    """The end of a pause, at once.

    Raises:
        StatusError: the subscriber left or never confirmed.
    """
    refuse_unless_in(person, "resume")
    is_active = person.status is Status.ACTIVE
    return None if is_active else Move(Status.ACTIVE, ConsentKind.RESUMED)


def refuse_unless_in(person: Subscriber, act: str) -> None:
    """Raise StatusError for someone who is not on the list: who left, who never confirmed."""
    if person.status not in (Status.ACTIVE, Status.PAUSED):
        raise StatusError(f"a subscriber who is {person.status.value} cannot {act}")
