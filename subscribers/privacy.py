"""A person's rights: everything we keep of them as JSON, and all of it gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from subscribers.values import Act


def data_of(subscriber_id: int) -> dict[str, object]:
    """Everything that is kept of a subscriber, as plain JSON values.

    Raises:
        NoSubscriberError: nobody has this number.
    """
    raise NotImplementedError


def erase_subscriber(subscriber_id: int, *, act: Act) -> None:
    """Delete a subscriber, and empty what is personal wherever else it stands.

    The keyed hash goes on the suppression list, the record of consent keeps what was agreed and
    when under a number that leads to nobody. Asked again, nothing changes.
    """
    raise NotImplementedError
