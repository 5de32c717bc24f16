"""The transport `memory`: messages stay in a list; for tests and rehearsals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.core.delivery import DeliveryState, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from newsletter.core.delivery import Message
    from newsletter.errors import NewsletterError


class MemoryTransport:
    """Keeps what it is given in `sent`, one copy for each key.

    `answers` gives recipients another fate than being accepted. Of these only `UNKNOWN` may have
    been sent; here it was, which is the case that hurts. `failure`, while it is set, is raised
    in place of any outcome.
    """

    name = "memory"
    is_idempotent = True
    largest_batch = 1000

    def __init__(
        self,
        *,
        answers: Mapping[str, DeliveryState] | None = None,
        failure: NewsletterError | None = None,
    ) -> None:
        self._kept: dict[str, Message] = {}
        self.answers = answers or {}
        self.failure = failure

    @property
    def sent(self) -> list[Message]:
        """What was taken, in the order in which each key first came."""
        return list(self._kept.values())

    def send(self, messages: Sequence[Message]) -> list[Outcome]:
        """Take the messages; one outcome for each, in order."""
        if self.failure:
            raise self.failure
        return [self._outcome(message) for message in messages]

    def diagnose(self) -> str:
        """A line that says that messages will be kept."""
        return f"memory: {len(self._kept)} messages kept"

    def close(self) -> None:
        """Nothing to let go of."""

    def _outcome(self, message: Message) -> Outcome:
        state = self.answers.get(message.recipient, DeliveryState.ACCEPTED)
        if state in {DeliveryState.ACCEPTED, DeliveryState.UNKNOWN}:
            self._kept.setdefault(message.key, message)
        detail = "" if state is DeliveryState.ACCEPTED else f"memory: told to answer {state}"
        return Outcome(message.delivery_id, state, detail)
