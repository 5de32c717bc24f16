"""The market step: read the configured series and keep their points.

A document that holds several series is fetched once. Whatever goes wrong with one series is told
and leaves the others, and what it had before, as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.db import transaction

from newsletter.core.market_reading import Columns
from newsletter.core.source import is_on_the_web
from newsletter.core.words import clean
from newsletter.errors import NewsletterError
from newsletter.fetch import place_of
from newsletter.hosts import host_of, over_hosts
from newsletter.ports import FetchRequest
from newsletter.series_document import read_series
from newsletter.store.market import save_points, save_problem
from newsletter.visit import read_file

if TYPE_CHECKING:
    from newsletter.config_beside import SeriesSettings
    from newsletter.ports import App, Fetched

ACCEPT = "text/csv, application/json, text/plain;q=0.8, */*;q=0.5"
_LONGEST = 400


@dataclass(frozen=True)
class MarketRead:
    """How many series were read, and a line for each that could not be, or not wholly."""

    read: int = 0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Answer:
    """What came of asking for a document: itself, or why not."""

    address: str
    fetched: Fetched | None = None
    problem: str = ""


def read_market(app: App) -> MarketRead:
    """Read every configured series and keep its points; one that fails keeps what it had."""
    series = app.config.market.series
    answers = _fetched(app, sorted({one.read for one in series}))
    read, problems = 0, []
    for place, one in enumerate(series, 1):
        is_read, problem = _read(app, one, answers[one.read])
        read += is_read
        problems += [f"market: {clean(one.name)}: {problem}"] if problem else []
        app.progress.advance(place, len(series), clean(one.name))
    return MarketRead(read, tuple(problems))


def _fetched(app: App, addresses: list[str]) -> dict[str, _Answer]:
    """The documents at these addresses; each host is asked by few threads, all hosts at a time."""
    bounds = app.config.collect

    def ask(address: str) -> _Answer:
        try:
            return _Answer(address, _document(app, address))
        except NewsletterError as error:
            return _Answer(address, problem=str(error))
        except Exception as error:  # noqa: BLE001 - one strange server must not stop the edition
            words = f"{shown(app, address)} could not be read: {type(error).__name__}"
            return _Answer(address, problem=words)

    batches = over_hosts(
        addresses, ask, host=host_of, threads=bounds.workers, per_host=bounds.per_host
    )
    try:
        return {answer.address: answer for batch in batches for answer in batch}
    finally:
        app.fetcher.close()


def _document(app: App, address: str) -> Fetched:
    if is_on_the_web(address):
        return app.fetcher.get(FetchRequest(address, accept=ACCEPT))
    try:
        return read_file(address, app.config.collect.max_megabytes)
    except NewsletterError as error:
        raise NewsletterError(f"{shown(app, address)} {error}") from None


def _read(app: App, one: SeriesSettings, answer: _Answer) -> tuple[bool, str]:
    """Whether a series could be read, and what is to be told of it."""
    if answer.fetched is None:
        return False, _failed(one, answer.problem)
    columns = Columns(one.format, one.rows, one.date, one.value, one.decimal)
    fetched, place = answer.fetched, shown(app, one.read)
    try:
        reading = app.workers.run(
            read_series, fetched.body, fetched.content_type, _ending(one.read), columns, app.today
        )
    except NewsletterError as error:
        return False, _failed(one, f"{place} {error}")
    except Exception as error:  # noqa: BLE001 - as above
        return False, _failed(one, f"{place} could not be read: {type(error).__name__}")
    with transaction.atomic():
        save_points(one, reading.points, app.clock.now())
    return True, f"{place} has {reading.note}" if reading.note else ""


def _failed(one: SeriesSettings, problem: str) -> str:
    words = clean(problem)[:_LONGEST]
    with transaction.atomic():
        save_problem(one, words)
    return words


def shown(app: App, address: str) -> str:
    """A document for messages: a file from the newsletter's folder on, an address without keys."""
    if is_on_the_web(address):
        return place_of(address)
    path, folder = Path(address), app.config.state.parent
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)


def _ending(address: str) -> str:
    path = urlsplit(address).path if is_on_the_web(address) else address
    return PurePosixPath(path).suffix
