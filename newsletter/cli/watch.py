"""Progress on stderr: bars on a terminal, plain lines elsewhere; and how long each stage took."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

_WORDS = {
    "install": "Preparing",
    "collect": "Reading sources",
    "articles": "Fetching articles",
    "translate": "Translating",
    "draft": "Choosing stories",
    "wording": "Writing highlights",
    "review": "Rendering and checking",
    "send": "Sending",
}


class Watch:
    """A `Progress` for people. Give it a console on stderr, or None to stay silent."""

    def __init__(self, console: Console | None) -> None:
        self.console = console
        self.timings: dict[str, float] = {}
        self._bars: Bars | None = None
        self._task: TaskID | None = None

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Show a stage while it works, and note its time in seconds."""
        began = time.perf_counter()
        with self._shown(_WORDS.get(name, name)):
            yield
        self.timings[name] = self.timings.get(name, 0.0) + time.perf_counter() - began

    def advance(self, done: int, total: int, note: str = "") -> None:
        """Move the bar; on a terminal the note stands beside it."""
        if self._bars is not None and self._task is not None:
            self._bars.update(self._task, completed=done, total=total, note=note[:60])

    @contextmanager
    def _shown(self, words: str) -> Iterator[None]:
        if self.console is None:
            yield
            return
        if not self.console.is_terminal:
            self.console.print(f"{words} …", highlight=False)
            yield
            return
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

        columns = (
            SpinnerColumn(finished_text="[green]✓[/green]"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[note]}", style="dim", markup=False),
        )
        with Progress(*columns, console=self.console) as bars:
            self._bars, self._task = bars, bars.add_task(words, total=None, note="")
            try:
                yield
                bars.update(self._task, total=1, completed=1, note="")
            finally:
                self._bars = self._task = None


def stderr_console() -> Console:
    """Where progress and notes go."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def stdout_console() -> Console:
    """Where results for people go."""
    from rich.console import Console

    return Console(highlight=False)
