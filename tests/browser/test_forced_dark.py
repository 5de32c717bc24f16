"""The model of forced dark mode beside the real thing: Chromium darkens a page, and we reckon."""

from __future__ import annotations

import io
import shutil
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from playwright.sync_api import Error, sync_playwright

from newsletter.core.forced_dark import darkened_ground, lightened_text
from tests.browser.conftest import CHROMIUM, QUIET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

GROUNDS = ("#ffffff", "#f3f1ec", "#fbf4e2", "#d0d0d0", "#c0c0c0", "#808080", "#0b5563", "#8a2b12")
INKS = ("#000000", "#1b1f22", "#565d63", "#8a4b08", "#0b5563", "#999999", "#ffffff")
SIDE = 40  # px of a patch
NEARLY = 10  # of 255: Chromium darkens near-blacks a little further, which the model leaves out


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        pytest.skip(f"no Chromium on this machine: none of {', '.join(CHROMIUM)} is in the path")
    forced = "--blink-settings=preferredColorScheme=1,forceDarkModeEnabled=true"
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(executable_path=program, args=[*QUIET, forced])
        except Error as error:
            pytest.skip(f"Chromium does not start here: {error.message.splitlines()[0]}")
        yield started.new_page(viewport={"width": 600, "height": 200})
        started.close()


def seen(page: Page, patches: list[str]) -> list[tuple[int, ...]]:
    """The colour in the middle of each patch, as it is on the screen."""
    page.set_content(f'<body style="margin:0;line-height:0">{"".join(patches)}</body>')
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    middles = [(SIDE * number + SIDE // 2, SIDE // 2) for number in range(len(patches))]
    return [picture.getpixel(middle) for middle in middles]  # type: ignore[misc]


def farthest(colour: str, pixel: tuple[int, ...]) -> int:
    reckoned = bytes.fromhex(colour.removeprefix("#"))
    return max(abs(one - other) for one, other in zip(reckoned, pixel, strict=True))


def test_grounds_become_what_chromium_makes_of_them(page: Page) -> None:
    style = f"display:inline-block;width:{SIDE}px;height:{SIDE}px;background-color:"
    pixels = seen(page, [f'<div style="{style}{ground}"></div>' for ground in GROUNDS])
    far = {
        ground: (darkened_ground(ground), pixel)
        for ground, pixel in zip(GROUNDS, pixels, strict=True)
        if farthest(darkened_ground(ground), pixel) > NEARLY
    }
    assert far == {}


def test_texts_become_what_chromium_makes_of_them(page: Page) -> None:
    """A full block (U+2588) is text that fills its patch."""
    style = f"display:inline-block;width:{SIDE}px;height:{SIDE}px;overflow:hidden;"
    big = f"font:{SIDE * 3}px/{SIDE}px monospace;"
    patches = [f'<div style="{style}{big}color:{ink}">\u2588\u2588</div>' for ink in INKS]
    far = {
        ink: (lightened_text(ink), pixel)
        for ink, pixel in zip(INKS, seen(page, patches), strict=True)
        if farthest(lightened_text(ink), pixel) > NEARLY
    }
    assert far == {}
