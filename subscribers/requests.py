"""What a subscriber asks for on a page and confirms by a press in a mail: within a day, once.

A new address is confirmed at the new one. An export and an erasure are confirmed at the present
one, since the preferences link stands in every mail and mails are passed on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from subscribers.values import Act, ActKind, Subscriber


def ask_new_address(subscriber_id: int, address: str, *, act: Act) -> None:
    """Owe the new address a mail to confirm it; nothing moves before.

    The answer is the same where the new address is somebody else's or suppressed: then no mail is
    owed (somebody else: `already` to them, within their budget). One of them a day.

    Raises:
        AddressError: this is not an address we can mail.
        NoSubscriberError, StatusError, SuppressedError
    """
    raise NotImplementedError


def ask(subscriber_id: int, kind: ActKind, *, act: Act) -> None:
    """Owe the present address a mail that leads to an export or an erasure; one of each an hour.

    Raises:
        NoSubscriberError, SuppressedError
    """
    raise NotImplementedError


def person_of(act_id: int, kind: ActKind, now: datetime) -> Subscriber:
    """Whose request it is, while it can be confirmed.

    Raises:
        StatusError: too old, or done already.
        NoSubscriberError: the subscriber is gone, or there is no such request.
    """
    raise NotImplementedError


def confirm_new_address(act_id: int, *, act: Act) -> Subscriber:
    """Move the subscription to the new address; `moved` is owed to the old one.

    Raises:
        StatusError, NoSubscriberError: as for `person_of`.
        SuppressedError: the new address must never be mailed, or is somebody else's by now.
    """
    raise NotImplementedError


def export(act_id: int, *, act: Act) -> dict[str, object]:
    """Everything that is kept of the subscriber, as plain JSON values; may be fetched again.

    Raises:
        StatusError, NoSubscriberError: as for `person_of`.
    """
    raise NotImplementedError


def erase(act_id: int, *, act: Act) -> None:
    """Erase whoever asked; see `privacy.erase_subscriber`.

    Raises:
        StatusError, NoSubscriberError: as for `person_of`.
    """
    raise NotImplementedError
