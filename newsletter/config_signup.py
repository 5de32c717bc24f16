"""The settings of signing up: what is kept of it, and the budgets that guard against abuse."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from newsletter.config_values import Address, Duration, Settings, WebAddress, Word


def _networks(written: tuple[str, ...]) -> tuple[str, ...]:
    for one in written:
        try:
            ip_network(one)
        except ValueError:
            raise ValueError(
                f"expected addresses or networks such as 10.0.0.0/8; {one!r} is none"
            ) from None
    return written


def _origins(written: tuple[str, ...]) -> tuple[str, ...]:
    for one in written:
        if one.count("/") != 2:  # noqa: PLR2004 - https://host and no path
            raise ValueError(f"expected https://host without a path; {one!r} is none")
    return written


Networks = Annotated[tuple[str, ...], AfterValidator(_networks)]
Origins = Annotated[tuple[WebAddress, ...], AfterValidator(_origins)]


class BudgetSettings(Settings):
    """How many sign-ups are looked at: what is above waits for nobody."""

    per_address_day: int = Field(1, ge=1, le=10)
    per_address_month: int = Field(3, ge=1, le=100)
    per_domain_hour: int = Field(20, ge=1)
    per_large_domain_hour: int = Field(200, ge=1)
    per_network_hour: int = Field(10, ge=1)
    per_hour: int = Field(300, ge=1)


class ChallengeSettings(Settings):
    """A question that a person can answer and a robot does not, or a program of your own."""

    when: Literal["never", "over-budget", "always"] = "over-budget"
    question: str = "What is the chemical symbol of neodymium?"
    answers: tuple[Word, ...] = ("Nd",)
    adapter: str = Field("", pattern=r"^([A-Za-z_][\w.]*:[A-Za-z_]\w*)?$")

    @model_validator(mode="after")
    def _can_be_answered(self) -> Self:
        if self.when != "never" and not self.adapter and not (self.question and self.answers):
            raise ValueError("expected a question and its answers, or an adapter")
        return self


class SignupSettings(Settings):
    """The form, the JSON address, and what follows."""

    network: Literal["full", "part", "none"] = "full"
    least_seconds: float = Field(2, ge=0, le=60)
    remind_after: Duration = timedelta(days=1)
    origins: Origins = ()
    budgets: BudgetSettings = BudgetSettings()
    challenge: ChallengeSettings = ChallengeSettings()
    alarms_to: Address | None = None
