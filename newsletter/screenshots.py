"""Pictures of a page as a browser lays it out: a Chromium on this machine takes them.

The page stands in a frame of the wanted width, since a window cannot be as narrow as a phone, and
everything outside the frame is cut off. The browser reaches no host; in the frame no script runs,
and nothing is shown but what the page itself holds.
"""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from newsletter.errors import NewsletterError, UsageError
from newsletter.program import plain_environment

BROWSERS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    "microsoft-edge",
)
_SECONDS = 60
_NARROWEST_WINDOW = 500
_TALLEST_AT_DOUBLE = 8000
"""A taller page is taken at one pixel a point: Chromium paints at most 16,384 pixels."""
_TALLEST = 16000

_WRAPPER = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>0</title>
<body style="margin:0"><iframe style="border:0;display:block;width:{width}px;height:{height}px"
 sandbox="allow-same-origin"
 onload="document.title = this.contentDocument.documentElement.scrollHeight"
 srcdoc="{page}"></iframe></body></html>"""
_ALONE = (
    '<meta http-equiv="Content-Security-Policy"'
    """ content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">"""
)
"""Ahead of a page, where nothing can come before it: an operator's template may hold anything."""
_TITLE = re.compile(r"<title>(\d+)</title>")


@dataclass(frozen=True)
class Look:
    """How a page is looked at. `is_forced` darkens it as clients do that know no dark version."""

    name: str
    width: int
    is_dark: bool = False
    is_forced: bool = False


LOOKS = tuple(
    Look(f"{device}-{scheme}", width, is_dark=scheme == "dark", is_forced=scheme == "forced-dark")
    for device, width in (("desktop", 600), ("phone", 375))
    for scheme in ("light", "dark", "forced-dark")
)


def take_pictures(page: str, folder: Path, beginning: str) -> tuple[Path, ...]:
    """Write a PNG of the page for every one of `LOOKS`, its name after a beginning.

    Raises:
        UsageError: there is no Chromium on this machine.
        NewsletterError: it takes no picture, or one cannot be written.
    """
    browser = _browser()
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    with TemporaryDirectory(prefix="newsletter-") as scratch:
        heights = {
            width: _height(browser, page, width, Path(scratch))
            for width in dict.fromkeys(look.width for look in LOOKS)
        }
        for look in LOOKS:
            files.append(folder / f"{beginning}-{look.name}.png")
            _take(browser, page, look, heights[look.width], Path(scratch), files[-1])
    return tuple(files)


def _browser() -> str:
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    raise UsageError(
        "pictures need a Chromium or Chrome on this machine, and none of"
        f" {', '.join(BROWSERS)} was found; install one, or open the preview in your own browser"
    )


def _height(browser: str, page: str, width: int, scratch: Path) -> int:
    """How many points the page needs at that width."""
    options = [*_window(width, 900), _scaled(2), "--dump-dom"]
    shown = _run(browser, options, page, (width, 900), scratch)
    title = _TITLE.search(shown)
    if title is None or not int(title[1]):
        raise NewsletterError(f"{browser} did not lay the page out; is it a Chromium that works?")
    return min(int(title[1]), _TALLEST)


def _take(browser: str, page: str, look: Look, height: int, scratch: Path, file: Path) -> None:
    scale = 2 if height <= _TALLEST_AT_DOUBLE else 1
    taken = scratch / "taken.png"
    options = [
        *_window(look.width, height),
        _scaled(scale),
        f"--screenshot={taken}",
        f"--blink-settings={_scheme(look)}",
    ]
    _run(browser, options, page, (look.width, height), scratch)
    if not taken.is_file():
        raise NewsletterError(f"{browser} took no picture; is it a Chromium that works?")
    _cut_out(taken, look.width * scale, height * scale, file)


def _scheme(look: Look) -> str:
    if look.is_forced:
        return "preferredColorScheme=1,forceDarkModeEnabled=true"
    return f"preferredColorScheme={0 if look.is_dark else 1}"


def _window(width: int, height: int) -> list[str]:
    return [f"--window-size={max(width, _NARROWEST_WINDOW)},{height}"]


def _scaled(pixels: int) -> str:
    """So many pixels a point; letters are spaced a little differently at each."""
    return f"--force-device-scale-factor={pixels}"


def _run(browser: str, options: list[str], page: str, size: tuple[int, int], scratch: Path) -> str:
    """What the browser prints when it has opened the page in a frame of that size."""
    wrapper = scratch / "page.html"
    width, height = size
    wrapper.write_text(
        _WRAPPER.format(page=html.escape(_ALONE + page), width=width, height=height),
        encoding="utf-8",
    )
    command = [
        browser,
        *("--headless", "--disable-gpu", "--hide-scrollbars", "--no-first-run"),
        *("--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={scratch / 'profile'}"),
        *(("--no-sandbox",) if os.geteuid() == 0 else ()),  # as root it does not start with one
        *options,
        wrapper.as_uri(),
    ]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program with our own words
            command,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
            env=plain_environment(),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NewsletterError(f"{browser} does not answer: {type(error).__name__}") from error
    return done.stdout


def _cut_out(taken: Path, width: int, height: int, file: Path) -> None:
    from PIL import Image

    try:
        with Image.open(taken) as whole:
            whole.crop((0, 0, width, min(height, whole.height))).save(file, "PNG", optimize=True)
    except OSError as error:
        raise NewsletterError(f"{file}: the picture cannot be written: {error}") from error
