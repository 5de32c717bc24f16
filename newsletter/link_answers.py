"""Asks the links of an edition whether anybody answers there: bounded, polite, remembered."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from newsletter.core.proof import LinkAnswer, LinkAnswers
from newsletter.core.urls import is_web_link
from newsletter.core.words import clean
from newsletter.errors import FetchError
from newsletter.hosts import host_of, over_hosts
from newsletter.ports import FetchRequest
from newsletter.preview import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from newsletter.ports import App

FILE = "link-answers.json"
_ACCEPT = "text/html, application/xhtml+xml, application/pdf;q=0.9, */*;q=0.8"
_SOMEBODY = frozenset((*range(200, 300), 401, 402, 403, 405, 406, 407, 418, 425, 429, 451, 999))
"""What only somebody who is there can say: paywalls too, and those who keep programs out."""

_GONE = frozenset({404, 410})
_GOOD_FOR, _BAD_FOR = timedelta(hours=24), timedelta(hours=1)
_MOST_SECONDS = 10.0
"""For one link: who needs longer than that to begin an answer has lost the reader."""

_LEAST_SECONDS = 0.5
_A_MOMENT = 0.1
_PER_HOST = 1
_MOST_WORDS = 200


@dataclass(frozen=True)
class _Kept:
    """An answer of before, and when it was given."""

    answer: LinkAnswer
    at: datetime

    def is_fresh(self, now: datetime) -> bool:
        age = now - self.at
        return timedelta(0) <= age < (_BAD_FOR if self.answer.problem else _GOOD_FOR)


def ask_links(app: App, urls: Sequence[str], seconds: float) -> LinkAnswers:
    """Whether somebody answers at each of the addresses, in at most so many seconds together.

    Each host is asked for one after another, and for nothing but whether it answers. Good answers
    are remembered for a day, pages that are gone for an hour, in the state folder; any other
    problem may be ours, or over in a minute, and is asked about again.
    """
    now = app.clock.now()
    file = app.config.state / FILE
    known = {one.answer.url: one for one in _load(file) if one.is_fresh(now)}
    fresh = _asked(app, [url for url in urls if url not in known], seconds)
    if fresh:
        lasting = (one for one in fresh if one.is_gone or not one.problem)
        _save(file, [*known.values(), *(_Kept(answer, now) for answer in lasting)])
    found = {one.answer.url: one.answer for one in known.values()}
    found |= {answer.url: answer for answer in fresh}
    return LinkAnswers(
        given=tuple(found[url] for url in urls if url in found),
        unasked=tuple(url for url in urls if url not in found),
        seconds=seconds,
    )


def _asked(app: App, urls: Sequence[str], seconds: float) -> list[LinkAnswer]:
    """The answers that came within the time; links whose turn did not come are left out."""
    deadline = time.monotonic() + seconds

    def ask(url: str) -> LinkAnswer | None:
        left = deadline - time.monotonic()
        return _ask(app, url, left) if left > _LEAST_SECONDS else None

    batches = over_hosts(
        urls, ask, host=host_of, threads=app.config.collect.workers, per_host=_PER_HOST
    )
    answers = [answer for batch in batches for answer in batch if answer is not None]
    app.fetcher.close()
    return answers


def _ask(app: App, url: str, left: float) -> LinkAnswer | None:
    """One link's answer; None where it was cut short because the time of all was up."""
    began, seconds = time.monotonic(), min(left, _MOST_SECONDS)
    request = FetchRequest(url, accept=_ACCEPT, wants_body=False, seconds=seconds)
    try:
        app.fetcher.get(request)
    except FetchError as error:
        if error.status in _SOMEBODY:
            return LinkAnswer(url)
        was_cut = not error.status and time.monotonic() - began > seconds - _A_MOMENT
        if was_cut and seconds < _MOST_SECONDS:
            return None
        words = clean(str(error))[:_MOST_WORDS]
        is_gone = error.status in _GONE
        return LinkAnswer(url, words, is_private=error.is_private, is_gone=is_gone)
    except Exception as error:  # noqa: BLE001 - one strange host must not stop the edition
        return LinkAnswer(url, f"{host_of(url)} could not be asked ({type(error).__name__})")
    return LinkAnswer(url)


def _load(file: Path) -> list[_Kept]:
    """What was answered before; nothing where the file is missing, damaged or of another make."""
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return []
    found = map(_kept, rows) if isinstance(rows, list) else ()
    return [one for one in found if one is not None]


def _kept(row: object) -> _Kept | None:
    """A row of the file as an answer, its words cleaned; None where it is none."""
    match row:
        case {"url": str(url), "problem": str(problem), "at": str(at)}:
            words, moment = clean(problem)[:_MOST_WORDS], _moment(at)
            is_whole = is_web_link(url) and bool(words) == bool(problem)
            answer = LinkAnswer(url, words, is_gone=bool(words))
            return _Kept(answer, moment) if is_whole and moment else None
        case _:
            return None


def _moment(written: str) -> datetime | None:
    """A moment as it was written, in UTC; None where it is none, or in no stated zone."""
    try:
        moment = datetime.fromisoformat(written)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _save(file: Path, kept: Iterable[_Kept]) -> None:
    """Written whole; where it cannot be written, the links are asked again the next time."""
    rows = [
        {
            "url": one.answer.url,
            "problem": one.answer.problem,
            "at": one.at.isoformat(),
        }
        for one in kept
    ]
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    except OSError:
        return
