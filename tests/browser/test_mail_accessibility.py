"""Every golden edition against axe: WCAG 2.2 A and AA, wide and narrow, light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.goldens import MAKERS, golden

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

    from newsletter.core.edition import Draft

pytestmark = pytest.mark.browser

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
RULES: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
}


def faults(page: Page) -> list[str]:
    """What axe finds, in words: the rule and the element."""
    return [
        f"{fault['id']}: {node['html'][:120]}"
        for fault in Axe().run(page, options=RULES).response["violations"]
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_axe_finds_nothing_in_a_golden_edition(browser: Browser, make: Callable[[], Draft]) -> None:
    page = browser.new_page()
    page.set_content(golden(make).html)
    for width in (600, 375):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            assert faults(page) == [], (width, scheme)
    page.close()


def test_axe_would_notice(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content('<html><body><img src="data:,"><p style="color:#ccc">faint</p></body></html>')
    assert {fault.partition(":")[0] for fault in faults(page)} >= {
        *("color-contrast", "document-title", "html-has-lang", "image-alt"),
    }
    page.close()
