"""The segments of newsletter.yaml, as the subscribers' queries take them."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, NamedTuple

from newsletter.errors import ConfigError, UsageError
from subscribers import audience
from subscribers.address import normal_address
from subscribers.errors import AddressError
from subscribers.segments import Segment, condition

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django.db.models import Q

    from newsletter.config import Config
    from newsletter.config_segments import SegmentSettings


def segment_named(config: Config, name: str) -> Segment:
    """The segment of a name.

    Raises:
        UsageError: there is none; with the names there are.
        ConfigError: an address in it is none.
    """
    settings = config.segments.get(name)
    if settings is None:
        raise UsageError(f"there is no segment called {name!r}; {_those_there_are(config)}")
    return _segment(name, settings, config)


class Aim(NamedTuple):
    """Whom an edition goes to, as conditions on subscribers: `only` these, `without` those."""

    only: Q | None
    without: list[tuple[str, Q]]

    def count(self, day: date, **rhythms: Any) -> int:  # noqa: ANN401 - as `audience.size` takes
        """How many would be mailed the edition of a day."""
        return audience.size(day, only=self.only, without=self.without, **rhythms)


def aim_of(
    config: Config, today: date, only: Sequence[str] = (), without: Sequence[str] = ()
) -> Aim:
    """Whom the named segments mean together with those of `delivery`.

    Raises:
        UsageError: there is no such segment.
    """
    delivery = config.delivery
    wanted = only or ((delivery.only,) if delivery.only else ())
    unwanted = (*delivery.exclude, *without)
    conditions = [condition(segment_named(config, name), today) for name in wanted]
    return Aim(
        reduce(or_, conditions) if conditions else None,
        [(name, condition(segment_named(config, name), today)) for name in unwanted],
    )


def _those_there_are(config: Config) -> str:
    if not config.segments:
        return "none is configured: write some under `segments:` in newsletter.yaml"
    return f"there are {', '.join(sorted(config.segments))}"


def _segment(name: str, settings: SegmentSettings, config: Config) -> Segment:
    values = settings.model_dump() | {
        "language": _with_default(settings.language, config.newsletter.language),
        "time_zone": _with_default(settings.time_zone, config.schedule.timezone),
        "domains": tuple(_in_punycode(domain) for domain in settings.domains),
        "zone": config.zone,
    }
    _refuse_bad_addresses(name, settings.addresses)
    return Segment(**values)


def _with_default(patterns: tuple[str, ...], own: str) -> tuple[str, ...]:
    """Who chose none of their own has the newsletter's: an empty text in the table."""
    is_meant = any(fnmatchcase(own.lower(), pattern.lower()) for pattern in patterns)
    return (*patterns, "") if is_meant else patterns


def _in_punycode(domain: str) -> str:
    """As addresses are kept; a pattern and what is no domain stay as they are."""
    import idna

    bare = domain.strip().removeprefix("@").rstrip(".")
    try:
        return idna.encode(bare, uts46=True).decode()
    except idna.IDNAError:
        return bare


def _refuse_bad_addresses(name: str, addresses: tuple[str, ...]) -> None:
    for number, address in enumerate(addresses, 1):
        try:
            normal_address(address)
        except AddressError as error:
            fault = f"`segments.{name}.addresses`: number {number}: {error}"
            raise ConfigError([fault]) from error
