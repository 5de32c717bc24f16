"""Leave, from the link in every mail: a button for people, one click for mailbox providers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from newsletter.web.personal import (
    act_for,
    after,
    come_back,
    is_active,
    is_paused,
    is_weekly,
    page_again,
    pause,
    pause_values,
    personal,
    pressed,
    shown,
    visit_of,
)
from subscribers import signup
from subscribers.address import plain_name
from subscribers.errors import PauseError, StatusError
from subscribers.tokens import Purpose
from subscribers.values import How, Rhythm, Subscriber

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from newsletter.web.personal import Button, Visit

ONE_CLICK = ("List-Unsubscribe", "One-Click")  # RFC 8058, section 3.1
REASONS = ("too-many", "not-relevant", "never-signed-up", "other")
_DONE = {"back": is_active, "paused": is_paused, "weekly": is_weekly}


@personal
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """GET: a page with the button first. POST: out at once, by it or by RFC 8058's one click.

    Less mail and a pause are offered below the button and nowhere else.
    """
    visit = visit_of(request, token, Purpose.LEAVE, "/u/")
    if request.method != "POST":
        return _page(after(visit, _DONE))
    if request.POST.getlist(ONE_CLICK[0]) == [ONE_CLICK[1]]:
        return _one_click(visit)
    if request.POST.get("act") == "pause":
        return _pause(visit)
    buttons: Mapping[str, Button] = {
        "leave": (_leave, ""),
        "come-back": (come_back, "back"),
        "weekly": (_weekly, "weekly"),
    }
    return pressed(visit, buttons)


def _one_click(visit: Visit) -> HttpResponse:
    """RFC 8058 forbids a redirect: the page is the answer."""
    act = act_for(visit, "=".join(ONE_CLICK), How.ONE_CLICK)
    return _page(replace(visit, person=signup.leave(visit.person.id, act=act)))


def _leave(visit: Visit) -> Subscriber:
    return signup.leave(visit.person.id, act=visit.act("leave"), reason=_reason(visit))


def _reason(visit: Visit) -> str:
    """Why they leave, if they told: one of our words, and their own line. Nothing is refused."""
    given = visit.request.POST.get("reason", "")
    typed = plain_name(visit.request.POST.get("own_words", ""))
    known = given if given in REASONS else ""
    return f"{known or 'other'}: {typed}" if typed else known


def _weekly(visit: Visit) -> Subscriber:
    wanted = replace(visit.person.preferences, rhythm=Rhythm.WEEKLY)
    return signup.change(visit.person.id, wanted, act=visit.act("weekly"))


def _pause(visit: Visit) -> HttpResponse:
    given = visit.request.POST.get("until", "").strip()
    try:
        pause(visit, given)
    except (ValueError, PauseError):
        return _page(visit, wrong_date=given, status=422)
    except StatusError:
        return page_again(visit.request)  # they left meanwhile, in another window
    return page_again(visit.request, "paused")


def _page(visit: Visit, *, wrong_date: str | None = None, status: int = 200) -> HttpResponse:
    return shown(visit, "leave.html", pause_values(visit, wrong_date), status)
