"""Whether one more sign-up is taken, by what was asked for before; never by whose address it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from newsletter import alarms
from newsletter.budgets import budgets_of
from newsletter.web.visitor import network_of
from subscribers import applications

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

RETRY_AFTER = 3600
"""Seconds after which a spent budget is whole again: all of them count the last hour."""
_CAP = 10
"""At so many times a budget nothing more is taken, whatever challenge is met."""


def is_spent(request: HttpRequest, address: str, now: datetime) -> bool:
    """Whether the budget of the address's domain, of the visitor's network, or of all is spent."""
    return _is_over(request, address, now, 1)


def is_closed(request: HttpRequest, address: str, now: datetime) -> bool:
    """Whether so much came in that not even an answered challenge is enough."""
    return _is_over(request, address, now, _CAP)


def _is_over(request: HttpRequest, address: str, now: datetime, times: int) -> bool:
    spent = applications.spent_budget(
        address, network_of(request), budgets_of(settings.CONFIG, times), now
    )
    if spent and times == 1:
        alarms.add_refusals(settings.CONFIG.state, {spent: 1}, now)
    return bool(spent)
