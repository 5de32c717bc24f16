"""What the tests of joining share: a form as a person would send it, and what was written down."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter.web.stamp import make_stamp
from subscribers.models import Application

if TYPE_CHECKING:
    from collections.abc import Iterator

_VALUES = re.compile(r"'(?:[^']|'')*'|\"s\d+_x\d+\"|\b\d+\b")  # texts, savepoints, numbers


def configure(settings: Any, group: str, **changes: object) -> None:
    """Another value in one group of the newsletter's settings."""
    given = getattr(settings.CONFIG, group)
    settings.CONFIG = settings.CONFIG.model_copy(update={group: given.model_copy(update=changes)})


def configure_budgets(settings: Any, **changes: int) -> None:
    budgets = settings.CONFIG.signup.budgets.model_copy(update=changes)
    configure(settings, "signup", budgets=budgets)


def configure_challenge(settings: Any, **changes: object) -> None:
    challenge = settings.CONFIG.signup.challenge.model_copy(update=changes)
    configure(settings, "signup", challenge=challenge)


def stamp(age: float = 10, key: str = "") -> str:
    """The stamp of a form that was shown so many seconds ago."""
    shown_at = timezone.now() - timedelta(seconds=age)
    return make_stamp(shown_at, (key or django_settings.SECRET_KEY).encode())


def form(email: str = "eve@example.org", **more: str) -> dict[str, str]:
    return {"email": email, "name": "", "website": "", "stamp": stamp(), **more}


def join(client: Client, email: str = "eve@example.org", **more: str) -> Any:
    return client.post("/subscribe", form(email, **more))


def text(response: Any) -> str:
    return str(response.content.decode())


def written() -> list[Application]:
    return list(Application.objects.order_by("id"))


@contextmanager
def statements() -> Iterator[list[str]]:
    """What the database is asked meanwhile, without the values."""
    seen: list[str] = []
    with CaptureQueriesContext(connection) as asked:
        yield seen
    seen += [_VALUES.sub("?", query["sql"]) for query in asked.captured_queries]
