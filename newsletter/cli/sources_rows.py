"""The configured sources with what reading them has told us; names as people type them."""

from __future__ import annotations

import difflib
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from newsletter.core.source import is_on_the_web, without_user
from newsletter.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from newsletter.cli.common import Options
    from newsletter.config_sources import SourceSettings
    from newsletter.core.health import SourceHealth
    from newsletter.ports import App

MOST_SHOWN = 5


@dataclass(frozen=True)
class SourceRow:
    """A source: its settings, its address as the file says it, its health, why it is not read now.

    `address` has no user's name or password in it, nor what came from the environment.
    `moved_to` is the address that is read instead, where a redirect that held has moved it.
    """

    settings: SourceSettings
    address: str
    health: SourceHealth
    is_known: bool
    waiting: str

    @property
    def state(self) -> str:
        """One word: paused, retired, failing, never read or active."""
        from newsletter.core.health import SourceState

        if not self.settings.enabled:
            return "paused"
        if self.health.state is SourceState.RETIRED:
            return "retired"
        if self.health.failures:
            return "failing"
        return "active" if self.is_known else "never read"

    @property
    def is_failing(self) -> bool:
        """True for one that the operator should look at."""
        return self.state in ("failing", "retired")

    @property
    def moved_to(self) -> str:
        """Where it is read instead of its configured address; empty where it has not moved."""
        return self._shown(self.health.address)

    @property
    def moving_to(self) -> str:
        """Where a permanent redirect leads that has not held long enough yet."""
        return self._shown(self.health.moving_to)

    def _shown(self, url: str) -> str:
        if url in ("", self.settings.url):
            return ""
        has_secret = self.address != without_user(self.settings.url)
        return without_user(url.split("?", maxsplit=1)[0] if has_secret else url)


def states(app: App, file: Path | None) -> list[SourceRow]:
    """The configured sources, in the file's order."""
    from newsletter.core.health import health_of, why_not_now
    from newsletter.store.sources import load_health

    settings = app.config.sources
    health = load_health(one.name for one in settings)
    now = app.clock.now()
    rows = []
    for one, address in zip(settings, addresses(settings, file), strict=True):
        known = health.get(one.name)
        current = health_of(one.as_source(), known)
        waiting = why_not_now(current, now) if one.enabled else "paused in the configuration"
        is_known = known is not None and current.tried_at is not None
        rows.append(SourceRow(one, address, current, is_known, waiting))
    return rows


def addresses(settings: Sequence[SourceSettings], file: Path | None) -> list[str]:
    """The addresses as the file has them: `${KEY}` is not filled in.

    One that does not stand in the file comes from the environment, and loses its query.
    """
    from newsletter.config_text import read_text

    listed = read_text(file).data.get("sources") if file else None
    written = [str(one.get("url")) for one in listed] if isinstance(listed, list) else []
    if len(written) != len(settings):
        written = [""] * len(settings)
    return [
        without_user(_as_written(raw, one.url)) for raw, one in zip(written, settings, strict=True)
    ]


def _as_written(raw: str, url: str) -> str:
    if "${" in raw:
        return raw
    return url if raw == url or not is_on_the_web(url) else url.split("?", maxsplit=1)[0]


def matched(names: Iterable[str], wanted: str) -> str:
    """The name that is meant: as it is, whatever its case, or by a beginning only it has.

    Raises:
        UsageError: none or several are meant; with the nearest names.
    """
    names = list(names)
    if wanted in names:
        return wanted
    small = wanted.casefold()
    same = [name for name in names if name.casefold() == small]
    begun = [name for name in names if small and name.casefold().startswith(small)]
    found = same or begun
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{wanted!r} may be {_listed(found)}; write more of the name")
    raise UsageError(f"there is no source called {wanted!r}{_nearest(names, small)}")


def _nearest(names: Sequence[str], small: str) -> str:
    by_fold = {name.casefold(): name for name in names}
    inside = [fold for fold in by_fold if small and small in fold]
    near = inside or difflib.get_close_matches(small, by_fold, n=3, cutoff=0.5)
    if not near:
        return "; `newsletter sources list` shows them all"
    return f"; did you mean {_listed([by_fold[fold] for fold in near])}?"


def _listed(names: Sequence[str]) -> str:
    shown = [repr(name) for name in names[:MOST_SHOWN]]
    rest = len(names) - len(shown)
    return " or ".join(shown) + (f" (and {rest} more)" if rest else "")


def may_go_on(options: Options, question: str, is_sure: bool) -> bool:
    """Whether the person at the terminal agrees.

    Raises:
        UsageError: there is nobody to ask.
    """
    if is_sure:
        return True
    if not sys.stdin.isatty() or options.as_json:
        raise UsageError(f"{question} There is nobody to ask here; --yes answers it")
    return click.confirm(question, err=True)
