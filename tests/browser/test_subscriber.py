"""A subscriber's whole way, in a real browser, against a running server and its Maildir."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.site import Site, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

ADDRESS, NEW_ADDRESS = "ada@example.org", "ada@example.net"
PHONE, DESK = 375, 1200
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
RULES = {"runOnly": {"type": "tag", "values": list(WCAG)}}
LANGUAGES = ("en", "de", "ja", "zh")

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, Scheme] = ("light", "dark")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    with opened(browser, site) as page:
        yield page


@contextmanager
def opened(
    browser: Browser, site: Site, *, width: int = PHONE, scheme: Scheme = "light"
) -> Iterator[Page]:
    """A page without memory. Whatever it asks of another host fails the test."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, locale="en-GB"
    )
    page, asked = context.new_page(), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    try:
        yield page
    finally:
        context.close()
    assert [url for url in asked if not url.startswith(site.url)] == []


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def standing(site: Site, address: str) -> dict[str, Any]:
    found = json.loads(site.command("subscribers", "show", address, "--json"))
    known: dict[str, Any] = found["subscriber"]
    return known


def joined(site: Site, page: Page, address: str) -> str:
    """Join with an address; the link to its preferences."""
    page.goto(site.url)
    page.get_by_label("E-mail address").fill(address)
    press(page, "Sign me up")
    page.goto(site.link_in(site.wait_for_mail(address, 1), "/c/"))
    press(page, "Yes, send me the newsletter")
    return site.link_in(site.wait_for_mail(address, 2), "/p/")


def test_a_whole_way_from_joining_to_being_erased(site: Site, page: Page) -> None:
    join_and_confirm(site, page)
    welcome = site.wait_for_mail(ADDRESS, 2)
    preferences = site.link_in(welcome, "/p/")
    page.goto(preferences)
    choose(site, page)
    pause_and_resume(site, page)
    page.goto(site.link_in(welcome, "/u/"))
    leave_and_come_back(site, page)
    page.goto(preferences)
    export(site, page)
    page.goto(preferences)
    move_and_take_it_back(site, page)
    page.goto(preferences)
    erase(site, page)
    page.goto(preferences)
    assert heading(page) == "This link does not work"
    assert "ada" not in site.command("subscribers", "list", "--json")


def join_and_confirm(site: Site, page: Page) -> None:
    page.goto(site.url)
    page.get_by_label("E-mail address").fill(ADDRESS)
    page.get_by_label("Name (optional)").fill("Ada")
    press(page, "Sign me up")
    assert page.url.startswith(f"{site.url}/subscribed")
    page.goto(site.link_in(site.wait_for_mail(ADDRESS, 1), "/c/"))
    assert standing(site, ADDRESS)["status"] == "pending"
    press(page, "Yes, send me the newsletter")
    assert "Thank you" in heading(page)
    assert standing(site, ADDRESS)["status"] == "active"


def choose(site: Site, page: Page) -> None:
    page.get_by_label("Once a week").check()
    page.get_by_label("Headlines").check()
    page.get_by_label("Hour of the day").select_option("9")
    page.get_by_label("Time zone").select_option("Asia/Tokyo")
    page.get_by_label("Plain text").check()
    page.get_by_label("Other companies").fill("Lynas, MP Materials")
    press(page, "Save these choices")
    assert "saved" in page.get_by_role("status").inner_text()
    chosen = standing(site, ADDRESS)["preferences"]
    assert (chosen["rhythm"], chosen["depth"], chosen["hour"]) == ("weekly", "headlines", 9)
    assert (chosen["time_zone"], chosen["mail_format"]) == ("Asia/Tokyo", "text")
    assert chosen["follows"] == ["company:Lynas", "company:MP Materials"]


def move_and_take_it_back(site: Site, page: Page) -> None:
    """A new address is confirmed there; the old one is told, and has a week to take it back."""
    page.get_by_label("Your new e-mail address").fill(NEW_ADDRESS)
    press(page, "Send it to this address")
    assert standing(site, ADDRESS)["status"] == "active"
    page.goto(site.link_in(site.wait_for_mail(NEW_ADDRESS, 1), "/n/"))
    press(page, "Yes, send it to this address")
    assert standing(site, NEW_ADDRESS)["preferences"]["rhythm"] == "weekly"
    page.goto(site.link_in(site.wait_for_mail(ADDRESS, 4), "/n/"))
    press(page, "Yes, send it to this address")
    assert standing(site, ADDRESS)["status"] == "active"


def pause_and_resume(site: Site, page: Page) -> None:
    until = datetime.now(UTC).date() + timedelta(days=10)
    page.get_by_label("First day to get it again").fill(until.isoformat())
    press(page, "Pause")
    assert standing(site, ADDRESS)["status"] == "paused"
    press(page, "Resume now")
    assert standing(site, ADDRESS)["status"] == "active"


def leave_and_come_back(site: Site, page: Page) -> None:
    assert standing(site, ADDRESS)["status"] == "active"
    page.get_by_label("Too many mails").check()
    press(page, "Leave the newsletter")
    assert heading(page) == "You have left"
    assert standing(site, ADDRESS)["status"] == "left"
    press(page, "Come back")
    assert standing(site, ADDRESS)["status"] == "active"


def export(site: Site, page: Page) -> None:
    """By a mail to the address on record."""
    press(page, "Send me a link to my data")
    page.goto(site.link_in(site.wait_for_mail(ADDRESS, 3), "/x/"))
    with page.expect_download() as download:
        press(page, "Download my data")
    data = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert ADDRESS in json.dumps(data)
    assert [one["kind"] for one in data["history"]][:2] == ["agreed", "confirmed"]


def erase(site: Site, page: Page) -> None:
    """By a mail, too."""
    press(page, "Send me a link to erase my data")
    page.goto(site.link_in(site.wait_for_mail(ADDRESS, 5), "/e/"))
    press(page, "Erase everything now")
    assert heading(page) == "Your data is erased"


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_no_page_breaks_a_rule_of_accessibility_or_scrolls_sideways(
    browser: Browser, site: Site, scheme: Scheme, width: int
) -> None:
    with opened(browser, site, width=width, scheme=scheme) as page:
        address = f"axe-{scheme}-{width}@example.org"
        preferences = joined(site, page, address)
        leave = site.link_in(site.mails(address)[1], "/u/")
        confirm = site.link_in(site.mails(address)[0], "/c/")
        public = ["/", "/subscribe", "/subscribed", "/embed", "/privacy"]
        public += ["/no-such-page", "/p/damaged"]
        for url in [*(site.url + path for path in public), preferences, leave, confirm]:
            page.goto(url)
            _sound(page)
        page.goto(f"{site.url}/subscribe")
        page.get_by_label("E-mail address").fill("nobody@nowhere")
        press(page, "Sign me up")
        assert page.title().startswith("Error:")
        _sound(page)
        page.goto(preferences)
        page.get_by_label("Other companies").fill("x" * 300)
        press(page, "Save these choices")
        assert page.title().startswith("Error:")
        _sound(page)
        page.goto(leave)
        press(page, "Leave the newsletter")
        _sound(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_speak_the_language_that_was_asked_for(
    browser: Browser, site: Site, language: str
) -> None:
    with opened(browser, site) as page:
        said = {}
        for path in ("/", "/subscribe", "/subscribed", "/p/damaged"):
            page.goto(f"{site.url}{path}?lang={language}")
            assert page.locator("html").get_attribute("lang") == language
            said[path] = page.locator("main").inner_text()
            _sound(page)
        english = {}
        for path in said:
            page.goto(f"{site.url}{path}?lang=en")
            english[path] = page.locator("main").inner_text()
        if language != "en":
            assert all(said[path] != english[path] for path in said)


def test_a_whole_way_by_keyboard_alone(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/subscribe")
    _tab_to(page, "email")
    page.keyboard.type("keys@example.org")
    page.keyboard.press("Enter")
    page.wait_for_url("**/subscribed*")
    page.goto(site.link_in(site.wait_for_mail("keys@example.org", 1), "/c/"))
    _tab_to(page, "act")
    page.keyboard.press("Enter")
    page.wait_for_url("**done=confirmed*")
    assert standing(site, "keys@example.org")["status"] == "active"


def test_a_page_does_nothing_by_itself_even_where_scripts_run(site: Site, page: Page) -> None:
    """Mail scanners open links in a whole browser and let the page run."""
    preferences = joined(site, page, "scanned@example.org")
    mails = site.mails("scanned@example.org")
    before = standing(site, "scanned@example.org")
    for url in (site.link_in(mails[0], "/c/"), site.link_in(mails[1], "/u/"), preferences):
        page.goto(url)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(500)
    assert standing(site, "scanned@example.org") == before


def test_no_page_runs_a_script(site: Site, page: Page) -> None:
    page.goto(site.url)
    assert page.locator("script").count() == 0
    policy = page.request.get(site.url).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def _tab_to(page: Page, name: str) -> None:
    """Press Tab until the control of that name has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == name:
            return
    raise AssertionError(f"no Tab leads to {name}")


def _sound(page: Page) -> None:
    found = Axe().run(page, options=RULES)
    told = [(one["id"], one["nodes"][0]["html"]) for one in found.response["violations"]]
    assert told == [], page.url.rpartition("/")[0]
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"], page.url.rpartition("/")[0]  # type: ignore[index]
