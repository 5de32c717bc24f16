"""The edition as files that a browser and a pager open; written whole or not at all."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.errors import NewsletterError

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from newsletter.render import RenderedEdition


@dataclass(frozen=True)
class PreviewFiles:
    """Where the two parts of an edition were written."""

    html: Path
    text: Path


def write_preview(state: Path, day: date, rendered: RenderedEdition) -> PreviewFiles:
    """Write `editions/<date>/edition.html` and `.txt` under the state folder."""
    folder = state / "editions" / day.isoformat()
    files = PreviewFiles(folder / "edition.html", folder / "edition.txt")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(files.html, rendered.html)
        write_whole(files.text, rendered.text)
    except OSError as error:
        raise NewsletterError(
            f"{folder}: the preview cannot be written: {error.strerror};"
            " make the folder writable or make room on the disk"
        ) from error
    return files


def write_whole(file: Path, text: str) -> None:
    """Write beside the file, then rename: a reader sees the old text or the new one, never half."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
