"""The mail as a real browser lays it out: wide and narrow, light and dark, whatever is in it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Literal

import pytest

from newsletter.core.page import page_for
from newsletter.core.theme import Theme
from newsletter.render import PREFERENCES_URL, UNSUBSCRIBE_URL, Renderer
from tests import drafts

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Dialog, Page, Route

    from newsletter.core.edition import Draft

pytestmark = pytest.mark.browser

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, Scheme] = ("light", "dark")

ADDRESS = "https://mail.example/"  # answered by the test itself; nothing goes out
VIEW = "https://readers.example/archive/2026-04-07"
ACCENT = "#8a2b12"
DARK = "rgb(19, 23, 26)"
PHONE, SHEET = 375, 600
EVERY_DRAFT = [
    *(drafts.normal, drafts.no_images, drafts.one_outlet, drafts.quiet, drafts.forty_stories),
    *(drafts.foreign_names, drafts.long_titles, drafts.hostile),
]
every_draft = pytest.mark.parametrize("make", EVERY_DRAFT, ids=lambda make: make.__name__)
light_and_dark = pytest.mark.parametrize("scheme", SCHEMES)

CONTRASTS = """() => {
  const channels = colour => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b]
    .map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const [r, g, b, alpha = 1] = channels(getComputedStyle(at).backgroundColor);
      if (alpha > 0) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim() || !element.getClientRects().length) continue;
    const text = luminance(channels(getComputedStyle(element).color));
    const back = luminance(ground(element));
    const ratio = (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
    found.push([node.textContent.trim().slice(0, 40), ratio]);
  }
  return found;
}"""

HEADINGS = "[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(each => each.tagName)"

SIZES = """selector => [...document.querySelectorAll(selector)]
  .filter(element => element.getClientRects().length)
  .map(element => parseFloat(getComputedStyle(element).fontSize))"""


@dataclass
class Opened:
    """A mail that lies open, and all it did while it was opened."""

    page: Page
    asked: list[str] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def reader(browser: Browser) -> Reader:
    return Reader(browser)


@cache
def html_of(make: Callable[[], Draft]) -> str:
    page = page_for(make(), drafts.brand(accent=ACCENT))
    return Renderer().edition(page, view_url=VIEW).html


class Reader:
    """Opens mails in one browser; a mail that is only looked at is opened once."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._open: dict[Callable[[], Draft], Opened] = {}

    def mail(
        self, make: Callable[[], Draft], *, width: int = SHEET, scheme: Scheme = "light"
    ) -> Opened:
        """The mail of a draft in a window of that width, under that colour scheme."""
        if make not in self._open:
            self._open[make] = self.opened(html_of(make))
        page = self._open[make].page
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        return self._open[make]

    def opened(self, html: str) -> Opened:
        """The HTML in a window of its own; nothing but itself is answered."""
        mail = Opened(self._browser.new_page(service_workers="block"))

        def answer(route: Route) -> None:
            if route.request.url == ADDRESS:
                route.fulfill(body=html, content_type="text/html; charset=utf-8")
            else:
                route.abort()

        def dismiss(dialog: Dialog) -> None:
            mail.ran.append(dialog.message)
            dialog.dismiss()

        mail.page.route("**/*", answer)
        mail.page.on("request", lambda request: mail.asked.append(request.url))
        mail.page.on("dialog", dismiss)
        mail.page.on("console", lambda message: mail.ran.append(message.text))
        mail.page.on("pageerror", lambda error: mail.ran.append(error.message))
        mail.page.goto(ADDRESS, wait_until="load")
        return mail


@pytest.mark.parametrize("width", [320, PHONE, SHEET])
@every_draft
def test_a_mail_never_scrolls_sideways(
    reader: Reader, make: Callable[[], Draft], width: int
) -> None:
    mail = reader.mail(make, width=width)
    assert mail.page.evaluate("document.documentElement.scrollWidth") <= width


@every_draft
def test_opening_a_mail_contacts_no_host(reader: Reader, make: Callable[[], Draft]) -> None:
    for width, scheme in itertools.product((PHONE, SHEET), SCHEMES):
        assert reader.mail(make, width=width, scheme=scheme).asked == [ADDRESS]


def test_a_picture_in_a_mail_would_be_noticed(reader: Reader) -> None:
    picture = '<img src="https://tracker.example/pixel.gif" alt=""><img src="/own.gif" alt="">'
    mail = reader.opened(html_of(drafts.quiet).replace("</body>", f"{picture}</body>"))
    assert mail.asked == [ADDRESS, "https://tracker.example/pixel.gif", f"{ADDRESS}own.gif"]


def test_no_script_of_a_feed_runs(reader: Reader) -> None:
    mail = reader.mail(drafts.hostile)
    mail.page.mouse.move(300, 300)
    assert mail.page.evaluate("document.scripts.length") == 0
    assert mail.ran == []


def test_a_script_in_a_mail_would_be_noticed(reader: Reader) -> None:
    script = "<script>console.log('here'); alert(1)</script>"
    mail = reader.opened(html_of(drafts.quiet).replace("</body>", f"{script}</body>"))
    assert mail.ran == ["here", "1"]


def test_every_link_of_a_hostile_mail_leads_to_the_web(reader: Reader) -> None:
    mail = reader.mail(drafts.hostile)
    links = mail.page.evaluate("[...document.links].map(link => link.href)")
    forward = [link for link in links if link.startswith("mailto:?subject=")]
    assert len(forward) == 1
    assert {link.partition("/")[0] for link in links if link not in forward} == {"https:"}


@light_and_dark
@every_draft
def test_every_word_can_be_read_on_its_ground(
    reader: Reader, make: Callable[[], Draft], scheme: Scheme
) -> None:
    mail = reader.mail(make, scheme=scheme)
    found = mail.page.evaluate(CONTRASTS)
    assert len(found) > 10
    assert [(text, ratio) for text, ratio in found if ratio < 4.5] == []


def test_every_word_can_be_read_where_outlook_darkens(reader: Reader) -> None:
    mail = reader.opened(html_of(drafts.normal))
    mail.page.evaluate(
        "for (const mark of ['ogsc', 'ogsb']) document.documentElement.dataset[mark] = ''"
    )
    assert mail.page.evaluate("getComputedStyle(document.body).backgroundColor") == DARK
    assert [each for each in mail.page.evaluate(CONTRASTS) if each[1] < 4.5] == []


def test_faint_words_would_be_noticed(reader: Reader) -> None:
    faint = '<p style="color: #999">faint</p>'
    mail = reader.opened(html_of(drafts.quiet).replace("</body>", f"{faint}</body>"))
    found = mail.page.evaluate(CONTRASTS)
    assert [text for text, ratio in found if ratio < 4.5] == ["faint"]


def test_dark_mode_darkens_the_sheet(reader: Reader) -> None:
    mail = reader.mail(drafts.normal, scheme="dark")
    assert mail.page.evaluate("getComputedStyle(document.body).backgroundColor") == DARK


def test_links_of_the_footer_are_large_enough_for_a_thumb(reader: Reader) -> None:
    mail = reader.mail(drafts.normal, width=PHONE)
    for address in (PREFERENCES_URL, f"{PREFERENCES_URL}#pause", UNSUBSCRIBE_URL, VIEW, "mailto:"):
        box = mail.page.locator(f'a.tap[href^="{address}"]').last.bounding_box()
        assert box is not None
        assert box["height"] >= 44


@light_and_dark
def test_where_pictures_are_off_the_name_stands_in_the_logos_place(
    reader: Reader, scheme: Scheme
) -> None:
    off = Theme(logo="data:image/png;base64,AAAA", logo_alt="The Inbox", logo_width=220)
    page = page_for(drafts.no_images(), drafts.brand(theme=off))
    mail = reader.opened(Renderer().edition(page).html)
    mail.page.emulate_media(color_scheme=scheme)
    name = mail.page.get_by_role("heading", level=1)
    assert mail.page.evaluate("document.images[0].naturalWidth") == 0
    assert mail.page.evaluate("parseFloat(getComputedStyle(document.images[0]).fontSize)") >= 28
    assert name.get_by_role("img", name="The Inbox").is_visible()


@pytest.mark.parametrize("make", [*EVERY_DRAFT, drafts.empty], ids=lambda make: make.__name__)
def test_the_sheet_ends_below_its_last_words(reader: Reader, make: Callable[[], Draft]) -> None:
    mail = reader.mail(make)
    last = mail.page.evaluate(
        """() => {
          const sheet = document.querySelector('table.card').getBoundingClientRect();
          const words = [...document.querySelectorAll('.card p, .card h2, .card h3')];
          return sheet.bottom - Math.max(...words.map(each => each.getBoundingClientRect().bottom));
        }"""
    )
    assert 24 <= last <= 60


@every_draft
def test_body_copy_is_large_enough_on_a_phone(reader: Reader, make: Callable[[], Draft]) -> None:
    mail = reader.mail(make, width=PHONE)
    sizes = mail.page.evaluate(SIZES, ".summary, .notice, .quote, .line, .item")
    assert sizes
    assert min(sizes) >= 15


@every_draft
def test_no_text_on_a_phone_is_smaller_than_fourteen_pixels(
    reader: Reader, make: Callable[[], Draft]
) -> None:
    mail = reader.mail(make, width=PHONE)
    assert min(mail.page.evaluate(SIZES, "h1, h2, h3, p, a, b, span")) >= 14


@every_draft
def test_a_mail_says_its_language(reader: Reader, make: Callable[[], Draft]) -> None:
    mail = reader.mail(make)
    assert mail.page.evaluate("document.documentElement.lang") == "en"


@every_draft
def test_headings_are_in_order_without_a_gap(reader: Reader, make: Callable[[], Draft]) -> None:
    mail = reader.mail(make)
    levels = [int(tag[1]) for tag in mail.page.evaluate(HEADINGS)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
