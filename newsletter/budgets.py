"""The budgets of the settings as the subscribers' own functions take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from subscribers.limits import Budgets

if TYPE_CHECKING:
    from newsletter.config import Config


def budgets_of(config: Config, times: int = 1) -> Budgets:
    """The configured budgets of sign-ups, so many times over."""
    given = config.signup.budgets.model_dump()
    return Budgets(**{name: times * most for name, most in given.items()})
