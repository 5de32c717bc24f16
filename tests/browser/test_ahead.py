"""The week ahead and the sponsor's line as a browser lays them out, with words of any length."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from newsletter.core.beside import Beside, Occasion, Sponsor
from newsletter.core.page import page_for
from newsletter.render import Renderer
from tests import drafts
from tests.browser.test_mail_accessibility import SCHEMES, faults

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

LONG = "Seltenerdpermanentmagnetwerkstoffausfuhrgenehmigungsverfahrensbeschleunigungsgesetz"


def html() -> str:
    day = drafts.DAY
    ahead = (
        Occasion(day, LONG, "hearing", at="14:30", place=LONG, url="https://hearing.example/"),
        Occasion(day, "مؤتمر المعادن 2026", "conference", until=day + timedelta(days=2)),
        Occasion(day + timedelta(days=3), "出口许可证申请截止" * 9, LONG[:30]),
    )
    sponsor = Sponsor(LONG[:80], LONG * 3, f"https://{LONG[:60].lower()}.example/")
    draft = replace(drafts.quiet(), beside=Beside(ahead=ahead, sponsor=sponsor))
    return Renderer().edition(page_for(draft, drafts.brand())).html


@pytest.mark.parametrize("width", [320, 375, 600])
def test_neither_scrolls_sideways(browser: Browser, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.set_content(html())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_axe_finds_nothing_in_either(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(html())
    for width in (600, 375):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            assert faults(page) == [], (width, scheme)
    page.close()
