"""Hostile markup of feeds, sanitised, in a real browser: it asks for nothing and runs nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from newsletter.core.markup import sanitised
from tests.core.payloads import hostile

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page, Route

pytestmark = pytest.mark.browser

ADDRESS = "https://desk.example/"  # answered by the test itself; nothing goes out
HEAD = (
    "<!doctype html><html lang=en><title>x</title>"
    "<script>window.hits = 0; window.hit = () => { window.hits += 1 }</script><body>"
)
BASE = "https://paper.example/2026/story"


@dataclass
class Shown:
    """A page that lies open, and all it did since."""

    page: Page
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


def shown(browser: Browser, body: str) -> Shown:
    """The body in a page of its own, with every link, cell and picture touched once."""
    seen = Shown(browser.new_page(service_workers="block"))

    def answer(route: Route) -> None:
        if route.request.url == ADDRESS:
            route.fulfill(body=HEAD + body, content_type="text/html; charset=utf-8")
        else:
            route.abort()

    def dismiss(dialog: Dialog) -> None:
        seen.said.append(dialog.message)
        dialog.dismiss()

    seen.page.route("**/*", answer)
    seen.page.on("request", lambda request: seen.asked.append(request.url))
    seen.page.on("dialog", dismiss)
    seen.page.on("console", lambda message: seen.said.append(message.text))
    seen.page.on("pageerror", lambda error: seen.said.append(error.message))
    seen.page.goto(ADDRESS, wait_until="load")
    seen.page.evaluate(TOUCH)
    return seen


TOUCH = """async () => {
  for (const element of document.body.querySelectorAll('*')) {
    element.focus();
    for (const name of ['mouseover', 'focus', 'toggle', 'animationstart', 'click'])
      element.dispatchEvent(new Event(name, {bubbles: false}));
  }
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""


@pytest.fixture(scope="module")
def tame(browser: Browser) -> Shown:
    pieces = (sanitised(each, base=BASE) for each in hostile())
    return shown(browser, "\n".join(f"<section>{piece}</section>" for piece in pieces))


def test_no_script_runs(tame: Shown) -> None:
    assert tame.page.evaluate("window.hits") == 0
    assert tame.page.evaluate("document.scripts.length") == 1  # the test's own


def test_no_dialog_opens_and_nothing_fails(tame: Shown) -> None:
    assert tame.said == []


def test_nothing_is_asked_for(tame: Shown) -> None:
    assert tame.asked == [ADDRESS]


def test_every_piece_stays_in_its_place(tame: Shown) -> None:
    """No piece closes the page's own elements, or opens one that swallows the next."""
    inside = "[...document.body.children].every(each => each.localName === 'section')"
    assert tame.page.evaluate(inside) is True
    assert tame.page.evaluate("document.body.children.length") == len(hostile())


def test_links_lead_to_the_web_or_to_a_mail(tame: Shown) -> None:
    schemes = tame.page.evaluate("[...document.links].map(link => link.protocol)")
    assert set(schemes) <= {"https:", "http:", "mailto:"}


def test_pictures_come_from_where_they_are_named_when_asked_for(browser: Browser) -> None:
    picture = sanitised('<img src="/i.png" onerror="hit()">', base=BASE, with_images=True)
    seen = shown(browser, picture)
    assert seen.asked == [ADDRESS, "https://paper.example/i.png"]
    assert seen.page.evaluate("window.hits") == 0


def test_what_is_not_sanitised_would_be_noticed(browser: Browser) -> None:
    seen = shown(browser, '<img src="/x" onerror="hit()"><script>alert(1)</script>')
    assert seen.page.evaluate("window.hits") == 1
    assert "1" in seen.said
    assert f"{ADDRESS}x" in seen.asked
