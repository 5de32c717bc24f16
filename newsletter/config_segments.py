"""The settings of segments: named parts of the audience, looked up when an edition is sent."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic reads it
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from newsletter.config_values import Settings, Word

_OneOrMore = BeforeValidator(lambda given: (given,) if isinstance(given, str) else given)


class SegmentSettings(Settings):
    """Who belongs to a segment: everyone for whom each of the given conditions holds.

    A list holds for those to whom any of its words applies.
    """

    rhythm: tuple[Literal["daily", "weekdays", "weekly", "big"], ...] = ()
    depth: tuple[Literal["headlines", "standard", "full"], ...] = ()
    mail_format: tuple[Literal["html", "text"], ...] = ()
    language: tuple[Word, ...] = ()
    time_zone: tuple[Word, ...] = ()
    sections: tuple[Word, ...] = ()
    follows: tuple[Word, ...] = ()
    source: tuple[Word, ...] = ()
    domains: tuple[Word, ...] = ()
    addresses: tuple[Word, ...] = ()
    joined_since: date | None = None
    joined_before: date | None = None
    joined_within_days: int | None = Field(None, ge=1, le=36500)
    attributes: dict[Word, Annotated[tuple[Word, ...], Field(min_length=1), _OneOrMore]] = Field(
        default_factory=dict
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not any(value not in (None, (), {}) for value in self.model_dump().values()):
            raise ValueError("expected at least one condition")
        return self
