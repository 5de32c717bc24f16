"""The two pages behind the links in every mail: leave, and preferences.

The token in the path is the whole authority. These pages set no cookie and read none, so a foreign
site has nothing to borrow from the reader's browser: it could only forge a POST whose address it
knows, and whoever knows that address can send the POST without the reader. That is why Django's
form token is left out here: it would need a cookie, which mailbox providers do not carry, and it
would refuse browsers that send `Origin: null` because of our own `Referrer-Policy: no-referrer`.
Whatever cookie later sign-in pages set is SameSite and is not looked at here.

GET and HEAD change nothing, for link scanners open every link. A POST changes something only with
the exact words of a button, or of RFC 8058.

After a button the browser is sent to the same page with one fixed word, such as `?done=back`, and
the page says what happened. It says so only where the subscription stands accordingly; any other
word is as good as none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsletter.web.templating import show, signing_keys
from subscribers import moves, signup, store
from subscribers.errors import (
    NoSubscriberError,
    PauseError,
    StatusError,
    SuppressedError,
    TokenError,
)
from subscribers.tokens import Purpose, read_token
from subscribers.values import Act, How, Status, Subscriber

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest

    _Button = tuple[Callable[["_Visit"], Subscriber], str]  # what it does, and the word for it

ONE_CLICK = ("List-Unsubscribe", "One-Click")  # RFC 8058, section 3.1

# What the buttons say, and what the record of consent keeps.
WORDS = {
    "leave": "Leave the newsletter",
    "come_back": "Come back",
    "pause": "Pause",
    "resume": "Resume now",
}
# The word in the address after a button, and the one standing in which the page repeats it. A page
# after leaving needs none: "You have left" is all it says.
_DONE = {"back": Status.ACTIVE, "paused": Status.PAUSED, "resumed": Status.ACTIVE}
_PROPOSED_PAUSE = timedelta(days=14)


@dataclass(frozen=True)
class _Visit:
    """A request with a good token: who, by which page, and when on the newsletter's clock."""

    request: HttpRequest
    person: Subscriber
    page: str
    now: datetime
    done: str = ""

    @property
    def today(self) -> date:
        return self.now.date()

    def act(self, button: str) -> Act:
        return Act(How.FORM, self.now, self.page, WORDS[button])


class _SeeOther(HttpResponseRedirect):
    status_code = 303  # the browser asks again by GET (RFC 9110, section 15.4.4)


def personal(view: Callable[[HttpRequest, str], HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that nobody may keep, index, or learn the address of; every bad token is one page."""

    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        try:
            response = view(request, token)
        except (TokenError, NoSubscriberError):
            response = show(request, "bad-link.html", status=404)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return csrf_exempt(require_http_methods(["GET", "HEAD", "POST"])(guarded))


@personal
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """GET: a page with one button. POST: out at once, by the button or by RFC 8058's one click."""
    visit = _visit(request, token, Purpose.LEAVE, "/u/")
    if request.method != "POST":
        return _leave_page(_after(request, visit))
    if request.POST.getlist(ONE_CLICK[0]) == [ONE_CLICK[1]]:
        return _one_click(visit)
    return _pressed(request, visit, {"leave": (_leave, ""), "come-back": (_come_back, "back")})


@personal
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """GET: where the subscription stands, in words. POST: pause, resume, leave, come back."""
    visit = _visit(request, token, Purpose.PREFERENCES, "/p/")
    if request.method != "POST":
        return _preferences_page(_after(request, visit))
    if request.POST.get("act") == "pause":
        return _pause(request, visit)
    buttons: Mapping[str, _Button] = {
        "leave": (_leave, ""),
        "come-back": (_come_back, "back"),
        "resume": (_resume, "resumed"),
    }
    return _pressed(request, visit, buttons)


def _visit(request: HttpRequest, token: str, purpose: Purpose, page: str) -> _Visit:
    number = read_token(token, purpose, signing_keys())
    person = store.load_subscriber(number)
    if person is None:
        raise NoSubscriberError("the subscriber of this link is gone")
    return _Visit(request, person, page, timezone.now().astimezone(settings.CONFIG.zone))


def _after(request: HttpRequest, visit: _Visit) -> _Visit:
    """The visit with the word in its address, where that is true of the subscription now."""
    done, person = request.GET.get("done", ""), visit.person
    is_true = _DONE.get(done) is person.status_on(visit.today) and not person.suppression
    return replace(visit, done=done if is_true else "")


def _pressed(request: HttpRequest, visit: _Visit, buttons: Mapping[str, _Button]) -> HttpResponse:
    """What a button asks for, then the page again, so that reloading it repeats nothing.

    A button of a page that is out of date may ask for what no longer fits; the page says how
    things stand now.
    """
    button = buttons.get(request.POST.get("act", ""))
    if button is None:
        return show(request, "bad-request.html", status=400)
    press, done = button
    try:
        press(visit)
    except (StatusError, SuppressedError):
        done = ""
    return _page_again(request, done)


def _one_click(visit: _Visit) -> HttpResponse:
    """RFC 8058 forbids a redirect: the page is the answer."""
    act = Act(How.ONE_CLICK, visit.now, visit.page, "=".join(ONE_CLICK))
    person = signup.leave(visit.person.id, act=act)
    return _leave_page(replace(visit, person=person))


def _leave(visit: _Visit) -> Subscriber:
    return signup.leave(visit.person.id, act=visit.act("leave"))


def _come_back(visit: _Visit) -> Subscriber:
    return signup.come_back(visit.person.id, act=visit.act("come_back"))


def _resume(visit: _Visit) -> Subscriber:
    return signup.resume(visit.person.id, act=visit.act("resume"))


def _pause(request: HttpRequest, visit: _Visit) -> HttpResponse:
    given = request.POST.get("until", "").strip()
    try:
        _pause_until(visit, date.fromisoformat(given))
    except (ValueError, PauseError):
        return _preferences_page(visit, wrong_date=given, status=422)
    except StatusError:
        return _page_again(request)  # they left meanwhile, in another window: the page says so
    return _page_again(request, "paused")


def _pause_until(visit: _Visit, until: date) -> None:
    signup.pause_until(visit.person.id, until, act=visit.act("pause"))


def _page_again(request: HttpRequest, done: str = "") -> HttpResponse:
    return _SeeOther(f"{request.path}?done={done}" if done else request.path)


def _leave_page(visit: _Visit) -> HttpResponse:
    return show(
        visit.request, "leave.html", _standing(visit), language=visit.person.preferences.language
    )


def _preferences_page(
    visit: _Visit, *, wrong_date: str | None = None, status: int = 200
) -> HttpResponse:
    first, last = visit.today + timedelta(days=1), visit.today + moves.LONGEST_PAUSE
    values = {
        "wrong_date": wrong_date,
        "first_day": first,
        "last_day": last,
        "first_day_in_words": _in_words(first),
        "last_day_in_words": _in_words(last),
        "proposed_day": visit.person.paused_until or visit.today + _PROPOSED_PAUSE,
    }
    return show(
        visit.request,
        "preferences.html",
        {**_standing(visit), **values},
        status,
        language=visit.person.preferences.language,
    )


def _standing(visit: _Visit) -> dict[str, object]:
    """Where a subscription stands, as both pages tell it. The address is never shown in full."""
    person = visit.person
    return {
        "words": WORDS,
        "done": visit.done,
        "address": person.masked_address,
        "status": person.status_on(visit.today).value,
        "suppression": person.suppression.value if person.suppression else "",
        "paused_until": _in_words(person.paused_until),
        "may_return": moves.may_return(person, visit.now) and not person.suppression,
        "return_until": _in_words(_local_day(person.changed_at + moves.RETURN_WINDOW)),
    }


def _local_day(moment: datetime) -> date:
    return moment.astimezone(settings.CONFIG.zone).date()


def _in_words(day: date | None) -> str:
    return f"{day:%A}, {day.day} {day:%B} {day.year}" if day else ""
