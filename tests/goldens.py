"""The golden editions: what they look like is kept beside the tests, and a change of it is seen.

`python -m tests.goldens` writes them anew; look at the difference before you commit it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.core.page import page_for
from newsletter.render import RenderedEdition, Renderer
from tests import drafts

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsletter.core.edition import Draft

FOLDER = Path(__file__).resolve().parent / "golden"
VIEW = "https://readers.example/archive/2026-04-07"
ACCENT = "#8a2b12"

MAKERS: tuple[Callable[[], Draft], ...] = (
    *(drafts.normal, drafts.quiet, drafts.empty, drafts.forty_stories, drafts.foreign_names),
    *(drafts.long_titles, drafts.no_images, drafts.one_outlet, drafts.hostile),
)


@cache
def golden(make: Callable[[], Draft]) -> RenderedEdition:
    """A golden edition, rendered by the templates as they are."""
    return Renderer().edition(page_for(make(), drafts.brand(accent=ACCENT)), view_url=VIEW)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for make in MAKERS:
        rendered = golden(make)
        (FOLDER / f"{make.__name__}.html").write_text(rendered.html, encoding="utf-8")
        (FOLDER / f"{make.__name__}.txt").write_text(rendered.text, encoding="utf-8")


if __name__ == "__main__":
    main()
