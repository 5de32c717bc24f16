"""What all ways out tell of their messages alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsletter.core.delivery import DeliveryState, Outcome
from newsletter.errors import NewsletterError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from newsletter.core.delivery import Message

_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>]+")  # the ledger holds numbers, not people
_DETAIL = 300  # letters of an answer that are worth keeping


def one_by_one(messages: Sequence[Message], deliver: Callable[[Message], Outcome]) -> list[Outcome]:
    """The outcomes of delivering the messages, in order; an error in the middle ends the work.

    Those that were delivered before it keep their outcomes, and the rest stays planned.

    Raises:
        NewsletterError: what `deliver` raised for the first message; nothing has left.
    """
    outcomes: list[Outcome] = []
    for message in messages:
        try:
            outcomes.append(deliver(message))
        except NewsletterError as error:
            if not outcomes:
                raise
            return outcomes + waiting(messages[len(outcomes) :], error)
    return outcomes


def waiting(messages: Sequence[Message], error: NewsletterError) -> list[Outcome]:
    """The outcomes of messages that keep their place until what `error` says is over."""
    return [Outcome(message.delivery_id, DeliveryState.PLANNED, str(error)) for message in messages]


def one_line(text: object) -> str:
    """What another program said, short, on one line, and without anybody's address."""
    return _ADDRESS.sub("…", " ".join(str(text).split()))[:_DETAIL]


def reason(error: object) -> str:
    """Why something failed, in the error's own words or, where it has none, its name."""
    return one_line(error) or type(error).__name__
