"""The market strip as a browser lays it out: narrow, with words of any length, without pictures."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

import pytest

from newsletter.core.beside import Beside, Point, Series
from newsletter.core.page import page_for
from newsletter.render import Renderer
from tests import drafts
from tests.browser.test_mail import Reader

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from newsletter.core.edition import Draft

pytestmark = pytest.mark.browser

NAMES = (
    "NdPr oxide",
    "Seltenerdpermanentmagnetwerkstoffausfuhrgenehmigungsverfahren",
    "氧化镨钕 / أكسيد النيوديميوم",
)
WITHOUT_PICTURES = "document.querySelectorAll('img').forEach(each => each.src = '/none.png')"


@cache
def page_values() -> tuple[str, ...]:
    page = page_for(strip(), drafts.brand())
    lines = ((one.name, one.value, one.standing, one.source) for one in page.market)
    return tuple(word for words in lines for word in words)


def strip() -> Draft:
    points = tuple(
        Point(drafts.DAY - timedelta(days=back), 123_456_789 + back % 7)
        for back in range(20, 0, -1)
    )
    series = tuple(
        Series(name, "USD/kg" * 4, name[:40] + " desk", points, drafts.MADE_AT) for name in NAMES
    )
    return replace(drafts.quiet(), beside=Beside(market=series))


@pytest.mark.parametrize("width", [320, 375, 600])
@pytest.mark.parametrize("script", ["null", WITHOUT_PICTURES], ids=["pictures", "no pictures"])
def test_the_strip_never_scrolls_sideways(browser: Browser, width: int, script: str) -> None:
    html = Renderer().edition(page_for(strip(), drafts.brand())).html
    mail = Reader(browser).opened(html)
    mail.page.set_viewport_size({"width": width, "height": 900})
    mail.page.evaluate(script)
    assert mail.page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_pictures_every_number_is_still_to_be_read(browser: Browser) -> None:
    html = Renderer().edition(page_for(strip(), drafts.brand())).html
    mail = Reader(browser).opened(html)
    mail.page.evaluate(WITHOUT_PICTURES)
    shown = mail.page.inner_text("body").replace("\u00a0", " ")
    assert [word for word in page_values() if word not in shown] == []
    assert mail.page.get_by_role("img").count() == len(NAMES)
