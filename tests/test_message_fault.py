"""Why an edition cannot become a message is told where it can be mended."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from newsletter.config import Config, load_config
from newsletter.core.mail import PERSONAL_URL
from newsletter.messages import message_fault
from newsletter.render import RenderedEdition

if TYPE_CHECKING:
    from pathlib import Path

WHEN = datetime(2026, 4, 7, 6, 30, tzinfo=UTC)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return load_config(None, environ={}, folder=tmp_path)


def test_a_link_that_an_edition_does_not_have_is_the_templates_fault(config: Config) -> None:
    html = f'<a href="{PERSONAL_URL}export">All you keep of me</a>'
    fault = message_fault(RenderedEdition("s", html, "t\n"), config, WHEN)
    assert f"{PERSONAL_URL}export" in fault
    assert "take that link out of your templates" in fault
    assert "base_url" not in fault


def test_words_that_hold_an_address_are_nobodys_fault(config: Config) -> None:
    told = f"see {PERSONAL_URL}export"
    assert message_fault(RenderedEdition("s", f"<p>{told}</p>", f"{told}\n"), config, WHEN) == ""
