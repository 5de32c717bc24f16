"""Small mails that are owed to subscribers: written down, claimed once, settled once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from subscribers.values import NoticeKind, OwedNotice


def owe(
    subscriber_id: int, kind: NoticeKind, due_at: datetime, *, act_id: int | None = None
) -> None:
    """Write down that a small mail is owed from a moment on; nothing is sent."""
    raise NotImplementedError


def claim_due(now: datetime, most: int) -> list[OwedNotice]:
    """Move up to `most` due notices to in flight and return them; call it in a transaction.

    A notice whose reason is gone (confirmed meanwhile, erased, suppressed) is settled as
    `excluded` and not returned. What an earlier, dead run left in flight is not touched: it never
    leaves twice.
    """
    raise NotImplementedError


def record(notice_id: int, state: str, detail: str, now: datetime) -> None:
    """Write down what became of a claimed notice.

    `state` is accepted, rejected, unknown, or planned where nothing left and it is tried again.
    """
    raise NotImplementedError


def count_due(now: datetime) -> int:
    """How many notices wait to be sent."""
    raise NotImplementedError
