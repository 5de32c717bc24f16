"""A reader with both personal links, and a look at everything the database holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from django.apps import apps
from django.conf import settings

from newsletter.render import PREFERENCES_URL, UNSUBSCRIBE_URL
from newsletter.store import editions
from subscribers import signup, store
from subscribers.tokens import Purpose, make_token
from subscribers.values import Act, How, Subscriber
from tests import drafts

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsletter.core.edition import Edition


@dataclass(frozen=True)
class Reader:
    """Someone on the list and the paths of their own two links."""

    id: int

    @property
    def leave(self) -> str:
        return f"/u/{make_token(self.id, Purpose.LEAVE, settings.SECRET_KEY.encode())}"

    @property
    def preferences(self) -> str:
        return f"/p/{make_token(self.id, Purpose.PREFERENCES, settings.SECRET_KEY.encode())}"

    @property
    def now(self) -> Subscriber:
        found = store.load_subscriber(self.id)
        assert found is not None
        return found

    @property
    def history(self) -> list[str]:
        return [f"{record.kind} by {record.how}" for record in store.load_history(self.id)]


def add_reader(address: str, when: datetime | None = None) -> Reader:
    now = when or datetime.now(UTC)
    person = signup.add(address, "", act=Act(How.COMMAND, now, wording="asked for it"))
    return Reader(person.id)


@pytest.fixture
def reader(db: None) -> Reader:
    return add_reader("ann.lee@example.org")


@pytest.fixture
def sent_edition(db: None) -> Edition:
    now = datetime.now(UTC)
    edition = editions.save_draft(drafts.normal(), [])
    editions.save_approval(
        edition,
        subject="Dysprosium up",
        html='<!DOCTYPE html>\n<html lang="en"><head><title>Dysprosium up</title></head>'
        '<body style="color:#111"><h1>Dysprosium up</h1>'
        f'<a href="{PREFERENCES_URL}">Change</a> <a href="{UNSUBSCRIBE_URL}">Unsubscribe</a>'
        "</body></html>",
        text="Dysprosium up",
        content_hash="0" * 64,
        reason="",
        now=now,
    )
    editions.save_sent(edition, now)
    return edition


@pytest.fixture
def everything(db: None) -> Callable[[], dict[str, list[object]]]:
    """Every row of every table, to see that nothing changed."""

    def rows() -> dict[str, list[object]]:
        models = apps.get_models()
        return {m._meta.label: list(m._default_manager.order_by("pk").values()) for m in models}

    return rows
