"""What the commands about people share: their argument, their faults, their words."""

from __future__ import annotations

import getpass
from contextlib import contextmanager
from datetime import UTC
from typing import TYPE_CHECKING, Any, TypeVar

import click

from newsletter.core.words import clean
from newsletter.errors import NewsletterError, TemporaryError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from newsletter.config import Config
    from subscribers.segments import Segment
    from subscribers.values import Preferences

    Command = TypeVar("Command", bound=Callable[..., Any])

LONGEST_ACTOR = 100  # of the column
RHYTHMS = {
    "daily": "every day",
    "weekdays": "Monday to Friday",
    "weekly": "a roll-up once a week",
    "big": "only big news",
}
DEPTHS = {"headlines": "headlines", "standard": "standard", "full": "in full"}
FORMATS = {"html": "HTML with a text part", "text": "plain text"}


def address_argument(command: Command) -> Command:
    """`ADDRESS`: exactly one, which no message repeats."""
    return click.argument("address", nargs=-1, required=True, metavar="ADDRESS", callback=_one)(
        command
    )


def _one(_context: click.Context, _parameter: click.Parameter, words: tuple[str, ...]) -> str:
    if len(words) != 1:
        raise click.UsageError(
            f"expected one address, not {len(words)} words; put quotes around one with spaces"
        )
    return words[0]


def by_option(command: Command) -> Command:
    """`--by`: who acts, for the record."""
    return click.option(
        "--by",
        "actor",
        default=_user,
        metavar="NAME",
        callback=_kept_name,
        help="Who decided this, for the record.  [default: you, as this machine knows you]",
    )(command)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def _kept_name(_context: click.Context, _parameter: click.Parameter, name: str) -> str:
    return clean(name)[:LONGEST_ACTOR]


def segment_option(command: Command) -> Command:
    """`--segment`: one of those in newsletter.yaml."""
    return click.option(
        "--segment", "segment_name", metavar="NAME", help="Only those in this segment."
    )(command)


def segment_or_everybody(config: Config, name: str | None) -> Segment | None:
    """The segment that was asked for.

    Raises:
        UsageError: there is none of this name.
    """
    from newsletter.segments import segment_named

    return None if name is None else segment_named(config, name)


@contextmanager
def faults_told() -> Iterator[None]:
    """The subscribers' errors as ours, with their exit codes."""
    from subscribers.errors import SubscriberError

    kinds = {2: UsageError, TemporaryError.exit_code: TemporaryError}
    try:
        yield
    except SubscriberError as error:
        raise kinds.get(error.exit_code, NewsletterError)(str(error)) from error


def preference_words(preferences: Preferences, config: Config) -> dict[str, str]:
    """What somebody chose, in words, by the name of the choice."""
    zone = preferences.time_zone or f"the newsletter's own ({config.schedule.timezone})"
    hour = "when the edition leaves" if preferences.hour is None else f"{preferences.hour:02}:00"
    own = f"the newsletter's own ({config.newsletter.language})"
    return {
        "rhythm": RHYTHMS[preferences.rhythm],
        "depth": DEPTHS[preferences.depth],
        "sections": ", ".join(map(clean, preferences.sections)) or "all",
        "follows": ", ".join(map(clean, preferences.follows)) or "nobody in particular",
        "hour": hour,
        "time zone": zone,
        "format": FORMATS[preferences.mail_format],
        "language": preferences.language or own,
    }


def moment_words(moment: datetime, zone: ZoneInfo) -> str:
    """A moment in UTC, and on the newsletter's clock where that differs."""
    utc = moment_iso(moment)
    local = moment.astimezone(zone)
    return f"{utc} ({local:%Y-%m-%d %H:%M} {zone.key})" if local.utcoffset() else utc


def moment_iso(moment: datetime) -> str:
    """A moment as programs read it: ISO 8601, UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").removesuffix("+00:00") + "Z"


def count_line(counts: Mapping[str, int]) -> str:
    """`10 active, 2 left`."""
    return ", ".join(f"{number:,} {word}" for word, number in counts.items())
