"""Confirm, from the link in the first mail: nobody is on the list before this press."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.store import editions
from newsletter.web.personal import (
    after,
    is_active,
    personal,
    preferences_path,
    pressed,
    shown,
    visit_of,
)
from subscribers import moves, signup
from subscribers.tokens import Purpose

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from newsletter.web.personal import Visit
    from subscribers.values import Subscriber


@personal
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET: a page with one button. POST: on the list from now on."""
    visit = visit_of(request, token, Purpose.CONFIRM, "/c/")
    if request.method == "POST":
        return pressed(visit, {"confirm": (_confirm, "confirmed")})
    visit = after(visit, {"confirmed": is_active})
    return shown(visit, "confirm.html", _values(visit))


def _confirm(visit: Visit) -> Subscriber:
    return signup.confirm(visit.person.id, act=visit.act("confirm"))


def _values(visit: Visit) -> dict[str, object]:
    """The link to the preferences is theirs: only their mailbox holds the link to this page."""
    return {
        "has_edition": editions.load_last_sent() is not None,
        "may_confirm": moves.may_confirm(visit.person, visit.now),
        "preferences_path": preferences_path(visit.person) if visit.gets_mail else "",
    }
