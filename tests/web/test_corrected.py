"""The archive shows an edition as it was sent, below what it got wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from newsletter.store import corrections, editions

if TYPE_CHECKING:
    from django.test import Client

    from newsletter.core.edition import Edition

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 8, 6, 30, tzinfo=UTC)
BODY = '<body style="color:#111">'


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return str(response.content.decode())


def correct(edition: Edition, wrong: str = "a tonne", right: str = "a kilo") -> None:
    corrections.save_correction(edition, edition.draft.lead, wrong, right, NOW)


@pytest.fixture(params=["/latest", "/archive/{}"])
def path(request: Any, sent_edition: Edition) -> str:
    return str(request.param.format(sent_edition.date))


def test_an_edition_without_corrections_has_no_box(
    client: Client, sent_edition: Edition, path: str
) -> None:
    assert "This edition was corrected" not in page(client, path)


def test_a_correction_stands_at_the_top_of_the_page(
    client: Client, sent_edition: Edition, path: str
) -> None:
    correct(sent_edition)
    told = page(client, path)
    assert sent_edition.draft.lead is not None
    top, _, sheet = told.partition("<h1>Dysprosium up</h1>")
    before, _, box = top.partition(BODY)
    assert before.startswith("<!DOCTYPE html>")
    assert "<p" not in before
    for words in ("This edition was corrected", "a tonne", "a kilo", "Under “"):
        assert words in box.replace("&ldquo;", "“")
    assert "It should read:</b> &ldquo;" in box
    assert sent_edition.draft.lead.headline[:20] in box
    assert sheet.endswith("</body></html>")


def test_what_was_mailed_stays_as_it_was(client: Client, sent_edition: Edition, path: str) -> None:
    before = editions.load_edition(sent_edition.date)
    correct(sent_edition)
    page(client, path)
    assert editions.load_edition(sent_edition.date) == before


def test_markup_in_a_correction_is_shown_as_text(
    client: Client, sent_edition: Edition, path: str
) -> None:
    correct(sent_edition, "<script>alert(1)</script>", '"><img src=x onerror=alert(2)>')
    told = page(client, path)
    assert "<script" not in told
    assert "<img" not in told
    assert "&lt;script&gt;" in told


def test_the_box_is_of_this_edition_only(client: Client, sent_edition: Edition) -> None:
    draft = replace(sent_edition.draft, date=sent_edition.date - timedelta(days=1))
    correct(editions.save_draft(draft, []))
    assert "This edition was corrected" not in page(client, f"/archive/{sent_edition.date}")


def test_pictures_that_an_edition_carries_are_shown_and_none_is_fetched(
    client: Client, sent_edition: Edition, path: str
) -> None:
    policy = client.get(path)["Content-Security-Policy"]
    (images,) = [one.strip() for one in policy.split(";") if "img-src" in one]
    assert sorted(images.split()) == ["'self'", "data:", "img-src"]


def test_other_pages_show_no_picture_of_an_address_of_its_own(client: Client) -> None:
    assert "data:" not in client.get("/")["Content-Security-Policy"]
