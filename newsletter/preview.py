"""The edition as files that a browser and a pager open; written whole or not at all."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.core.personal import public_html, public_text
from newsletter.errors import NewsletterError
from newsletter.render import RenderedEdition

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

_REFRESHING = '<meta http-equiv="refresh" content="2">'


@dataclass(frozen=True)
class PreviewFiles:
    """Where the two parts of an edition were written."""

    html: Path
    text: Path


def write_preview(
    state: Path,
    day: date,
    rendered: RenderedEdition,
    name: str = "edition",
    *,
    refreshes: bool = False,
) -> PreviewFiles:
    """Write `editions/<date>/<name>.html` and `.txt` under the state folder.

    A page that `refreshes` is read again by the browser it is open in, every two seconds.
    """
    folder = state / "editions" / day.isoformat()
    files = PreviewFiles(folder / f"{name}.html", folder / f"{name}.txt")
    html = (
        rendered.html.replace("<head>", f"<head>{_REFRESHING}", 1) if refreshes else rendered.html
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(files.html, html)
        write_whole(files.text, rendered.text)
    except OSError as error:
        raise NewsletterError(
            f"{folder}: the preview cannot be written: {error.strerror};"
            " make the folder writable or make room on the disk"
        ) from error
    return files


def without_personal_links(rendered: RenderedEdition, home_url: str) -> RenderedEdition:
    """The edition as anybody may see it: personal links lead to the page that explains them."""
    explained = f"{home_url}/#change"
    html, text = public_html(rendered.html, explained), public_text(rendered.text, explained)
    return RenderedEdition(rendered.subject, html, text)


def write_whole(file: Path, text: str) -> None:
    """Write beside the file, then rename: a reader sees the old text or the new one, never half."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
