"""What all commands share: their options, and the way from a configuration file to an `App`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from newsletter import CONFIG_FILE
from newsletter.core.source import STDIN, Source, is_on_the_web
from newsletter.errors import ConfigError, NewsletterError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from newsletter.config import Config
    from newsletter.ports import App, Progress

    Command = TypeVar("Command", bound=Callable[..., Any])

DEFAULT_FILE = Path(CONFIG_FILE)
CONFIG_VARIABLE = "NEWSLETTER_CONFIG"
YEARS = range(1990, 2200)


@dataclass(frozen=True)
class Options:
    """The options every command has."""

    config: Path | None
    as_json: bool
    is_debug: bool


def shared_options(command: Command) -> Command:
    """`--config`, `--json` and `--debug`, handed to the command as one `options`."""

    @click.option(
        "--config",
        "config",
        type=click.Path(path_type=Path, dir_okay=False),
        help="The configuration file.  [default: ./newsletter.yaml]",
    )
    @click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON document and nothing else."
    )
    @click.option("--debug", "is_debug", is_flag=True, help="Show where a fault happened.")
    def with_options(config: Path | None, as_json: bool, is_debug: bool, **rest: Any) -> Any:  # noqa: ANN401
        return command(Options(config, as_json, is_debug), **rest)

    with_options.__name__ = command.__name__
    with_options.__doc__ = command.__doc__
    with_options.__click_params__ = [  # type: ignore[attr-defined]
        *getattr(command, "__click_params__", []),
        *with_options.__click_params__,  # type: ignore[attr-defined]
    ]
    return with_options  # type: ignore[return-value]


def date_option(command: Command) -> Command:
    """`--date`: the edition's date."""
    return click.option(
        "--date",
        "day",
        metavar="YYYY-MM-DD",
        callback=_as_date,
        help="The edition's date in the newsletter's time zone.  [default: today]",
    )(command)


def date_argument(command: Command) -> Command:
    """`DATE`: the edition's date; None is today."""
    return click.argument("day", metavar="DATE", callback=_as_date)(command)


def source_option(command: Command) -> Command:
    """`--source`: read these instead of the configured sources."""
    return click.option(
        "--source",
        "addresses",
        multiple=True,
        metavar="FILE_OR_URL",
        help="Read this feed (- is standard input) instead of the configured sources; may be given"
        " again.",
    )(command)


def _as_date(_context: click.Context, _parameter: click.Parameter, text: str | None) -> date | None:
    if text is None or text == "today":
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.year not in YEARS or day.isoformat() != text:
        raise click.BadParameter(f"{text!r} is no date; write it as 2026-04-07")
    return day


def config_file(options: Options, *, may_be_missing: bool = False) -> Path | None:
    """The configuration file in force; None where defaults may serve instead."""
    named = options.config or _from_environment()
    if named is not None:
        return named
    if DEFAULT_FILE.exists():
        return DEFAULT_FILE
    if may_be_missing:
        return None
    raise ConfigError(
        ["there is no newsletter.yaml here: make one with `newsletter init`, or give --config"]
    )


def _from_environment() -> Path | None:
    named = os.environ.get(CONFIG_VARIABLE)
    return Path(named) if named else None


def open_config(options: Options, *, may_be_missing: bool = False) -> Config:
    """Read the configuration and set Django up with it."""
    from newsletter.config import load_config
    from newsletter.secret import ensure_secret

    file = config_file(options, may_be_missing=may_be_missing)
    config = load_config(file)
    make_private(config.state)
    ensure_secret(config)  # before Django: its settings sign with the same key
    _set_up_django(file)
    return config


def make_private(folder: Path) -> None:
    """Make the state folder, for its owner only: readers' addresses lie in it.

    Raises:
        NewsletterError: it cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise NewsletterError(f"{folder}: cannot be made: {error.strerror}") from error


def _set_up_django(file: Path | None) -> None:
    import django

    if file is not None:
        os.environ[CONFIG_VARIABLE] = str(file.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = "newsletter.settings"
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        if "psycopg" in str(error):
            raise ConfigError(
                ["`database`: PostgreSQL needs the extra `postgres`: pip install 'psycopg[binary]'"]
            ) from error
        raise


def open_app(config: Config, progress: Progress | None = None) -> App:
    """An `App` over a database that is up to date."""
    from newsletter.build import build
    from newsletter.store.schema import prepare_database

    app = build(config, progress=progress)
    prepare_database(config.state)
    return app


def sources_in_force(config: Config, addresses: Sequence[str]) -> tuple[Source, ...]:
    """The sources named on the command line, else the configured ones.

    Raises:
        UsageError: a named file is missing.
        ConfigError: nothing is named and nothing is configured.
    """
    if not addresses:
        if not config.enabled_sources():
            raise ConfigError(["no source is configured; add some under `sources:`"])
        return config.enabled_sources()
    for address in dict.fromkeys(addresses):
        is_known_kind = is_on_the_web(address) or address == STDIN
        if not is_known_kind and not Path(address).is_file():
            what = "is no file" if Path(address).exists() else "there is no such file"
            raise UsageError(f"--source {address}: {what}")
    return tuple(
        Source(name=_source_name(address), url=address, is_unnamed=True)
        for address in dict.fromkeys(addresses)
    )


def _source_name(address: str) -> str:
    """What reports call it: a web address without credentials and query, a file by its path."""
    if address == STDIN:
        return "standard input"
    if not is_on_the_web(address):
        return str(Path(address).resolve())[-120:]
    from hashlib import sha256

    from newsletter.fetch import place_of

    return f"{place_of(address)[:100]} {sha256(address.encode()).hexdigest()[:8]}"
