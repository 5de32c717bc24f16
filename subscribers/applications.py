"""Sign-ups as they come in: each is only written down, and looked at a moment later.

A page must answer the same bytes in the same time whoever an address belongs to, so it does the
same work for all: one row, nothing looked up. `settle` then decides, out of sight, and in one
transaction makes the subscriber and the notice that is owed. Budgets are counted from these rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from subscribers.values import Act


@dataclass(frozen=True)
class Budgets:
    """How many sign-ups are looked at, by whom they are for, where they come from, and in all."""

    per_address_day: int = 1
    per_address_month: int = 3
    per_domain_hour: int = 20
    per_large_domain_hour: int = 200
    per_network_hour: int = 10
    per_hour: int = 300


@dataclass(frozen=True)
class Settled:
    """What became of a batch: how many were looked at, and how many per outcome."""

    count: int
    outcomes: dict[str, int]


def apply(
    address: str, *, act: Act, name: str = "", language: str = "", source: str = "form"
) -> None:
    """Write a sign-up down; the same work whoever the address belongs to.

    Raises:
        AddressError: this is not an address we can mail.
    """
    raise NotImplementedError


def spent_budget(address: str, network: str, budgets: Budgets, now: datetime) -> str:
    """The budget that one more sign-up would overrun: `domain`, `network`, `all`, or "".

    It does not depend on who the address belongs to.

    Raises:
        AddressError: this is not an address we can mail.
    """
    raise NotImplementedError


def settle(now: datetime, budgets: Budgets, *, remind_after: timedelta, most: int = 100) -> Settled:
    """Look at the sign-ups that wait, oldest first: at most `most` in one transaction.

    Unknown address: a pending subscriber, and `confirm` is owed. Pending: `confirm` again. Left:
    `confirm`, and the status stays until it is pressed. Active or paused: `already` is owed.
    Suppressed, or over a budget: nothing.
    """
    raise NotImplementedError


def prune(now: datetime) -> int:
    """Forget sign-ups older than a month, and pending subscribers who never confirmed within it."""
    raise NotImplementedError
