"""What the pages behind the links in mails share: who it is, the rules of a press, the answer.

The token in the path is the whole authority. These pages set no cookie and read none, so a foreign
site has nothing to borrow from the reader's browser: it could only forge a POST whose address it
knows, and whoever knows that address can send the POST without the reader. That is why Django's
form token is left out here: it would need a cookie, which mailbox providers do not carry, and it
would refuse browsers that send `Origin: null` because of our own `Referrer-Policy: no-referrer`.
Whatever cookie later sign-in pages set is SameSite and is not looked at here.

GET and HEAD change nothing, for link scanners open every link. A POST changes something only with
the exact words of a button, or of RFC 8058.

After a button the browser is sent to the same page with one fixed word, such as `?done=back`, and
the page says what happened. Where the subscription shows whether that is true, it says so only
then; any other word is as good as none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsletter.catalogue import supported
from newsletter.web.templating import SeeOther, language_of, show, signing_keys, words
from newsletter.web.visitor import act_of
from subscribers import moves, signup, store
from subscribers.errors import NoSubscriberError, StatusError, SuppressedError, TokenError
from subscribers.tokens import Purpose, make_token, read_token
from subscribers.values import How, Rhythm, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest, HttpResponse

    from subscribers.values import Act, Subscriber

    Button = tuple[Callable[["Visit"], object], str]  # what it does, and the word for it


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for a text that is translated later
    """Mark a text for the catalogues."""
    return text


# What the buttons say, and what the record of consent keeps, in the language of the page.
WORDS = {
    "leave": N_("Leave the newsletter"),
    "come_back": N_("Come back"),
    "weekly": N_("Send it once a week instead"),
    "pause": N_("Pause"),
    "resume": N_("Resume now"),
    "confirm": N_("Yes, send me the newsletter"),
    "save": N_("Save these choices"),
    "move": N_("Send it to this address"),
    "moved": N_("Yes, send it to this address"),
    "export": N_("Send me a link to my data"),
    "fetch": N_("Download my data"),
    "ask_erase": N_("Send me a link to erase my data"),
    "erase": N_("Erase everything now"),
}
_COPIED = " .,)>;"  # what stands after a link in a text, and is copied with it
PROPOSED_PAUSE = timedelta(days=14)
_RECEIVING = (Status.ACTIVE, Status.PAUSED)


@dataclass(frozen=True)
class Visit:
    """A request with a good token: who, by which page, and when on the newsletter's clock.

    `number` is what the token holds: the subscriber's id, or that of a pending act. `page` is the
    path without the token. `done` is the word of the button that led here, where it is true.
    """

    request: HttpRequest
    person: Subscriber
    page: str
    now: datetime
    number: int
    done: str = ""

    @property
    def today(self) -> date:
        """The date on the newsletter's clock."""
        return self.now.date()

    @property
    def status(self) -> Status:
        """Where the subscription stands today."""
        return self.person.status_on(self.today)

    @property
    def gets_mail(self) -> bool:
        """True for those who are mailed, now or after a pause."""
        return self.status in _RECEIVING and not self.person.suppression

    @property
    def language(self) -> str:
        """The language of the page."""
        return language_of(self.request, self.person.preferences.language)

    def act(self, button: str) -> Act:
        """The circumstances of a press, with the words that the button showed."""
        return act_for(self, words(self.language).gettext(WORDS[button]))


def act_for(visit: Visit, wording: str, how: How = How.FORM) -> Act:
    """The circumstances of an act on one of these pages."""
    return act_of(visit.request, how, visit.page, wording)


def personal(view: Callable[[HttpRequest, str], HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that nobody may keep, index, or learn the address of; every bad token is one page."""

    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        try:
            response = view(request, token.rstrip(_COPIED))
        except (TokenError, NoSubscriberError):
            response = show(request, "bad-link.html", status=404)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return csrf_exempt(require_http_methods(["GET", "HEAD", "POST"])(guarded))


def visit_of(request: HttpRequest, token: str, purpose: Purpose, page: str) -> Visit:
    """The visit of a subscriber's own link.

    Raises:
        TokenError: damaged, forged or made for another page.
        NoSubscriberError: the subscriber is gone.
    """
    context_of = _round_of if purpose is Purpose.CONFIRM else _no_context
    number = read_token(token, purpose, signing_keys(), context_of)
    person = store.load_subscriber(number)
    if person is None:
        raise NoSubscriberError("the subscriber of this link is gone")
    return Visit(request, person, page, clock(), number)


def _round_of(number: int) -> str:
    """A link that confirmed once is dead after leaving: the next sign-up has its own."""
    person = store.load_subscriber(number)
    return str(person.leavings) if person else ""


def _no_context(_number: int) -> str:
    return ""


def clock() -> datetime:
    """This moment on the newsletter's clock."""
    return timezone.now().astimezone(settings.CONFIG.zone)


def after(visit: Visit, truths: Mapping[str, Callable[[Visit], bool]]) -> Visit:
    """The visit with the word in its address, where that is true of the subscription now."""
    done = visit.request.GET.get("done", "")
    is_true = truths.get(done)
    return replace(visit, done=done if is_true and is_true(visit) else "")


def is_active(visit: Visit) -> bool:
    """True while the next edition goes to them."""
    return visit.status is Status.ACTIVE and not visit.person.suppression


def is_paused(visit: Visit) -> bool:
    """True while a pause lasts."""
    return visit.status is Status.PAUSED and not visit.person.suppression


def is_weekly(visit: Visit) -> bool:
    """True for those who are mailed once a week."""
    return visit.gets_mail and visit.person.preferences.rhythm is Rhythm.WEEKLY


def pressed(visit: Visit, buttons: Mapping[str, Button]) -> HttpResponse:
    """What a button asks for, then the page again, so that reloading it repeats nothing.

    A button of a page that is out of date may ask for what no longer fits; the page says how
    things stand now.
    """
    button = buttons.get(visit.request.POST.get("act", ""))
    if button is None:
        return bad_request(visit.request)
    press, done = button
    try:
        press(visit)
    except (StatusError, SuppressedError):
        done = ""
    return page_again(visit.request, done)


def bad_request(request: HttpRequest) -> HttpResponse:
    """The page for a POST that no button of ours sends."""
    return show(request, "bad-request.html", status=400)


def leave(visit: Visit) -> Subscriber:
    """The button that takes them out."""
    return signup.leave(visit.person.id, act=visit.act("leave"))


def come_back(visit: Visit) -> Subscriber:
    """The button for who left by mistake."""
    return signup.come_back(visit.person.id, act=visit.act("come_back"))


def pause(visit: Visit, until: str) -> None:
    """Pause until a day that was typed.

    Raises:
        ValueError: that is no day.
        PauseError: it is not after today, or more than a year away.
        StatusError: they left meanwhile.
    """
    signup.pause_until(visit.person.id, date.fromisoformat(until), act=visit.act("pause"))


def page_again(
    request: HttpRequest, done: str = "", path: str = "", *, keeps_language: bool = True
) -> HttpResponse:
    """Off to the same page (or another of ours) by GET; the language asked for stays."""
    asked = supported(request.GET.get("lang", "")) if keeps_language else ""
    query = urlencode({name: word for name, word in (("lang", asked), ("done", done)) if word})
    target = path or request.path
    return SeeOther(f"{target}?{query}" if query else target)


def preferences_path(person: Subscriber) -> str:
    """The subscriber's own preferences, as a path."""
    return f"/p/{make_token(person.id, Purpose.PREFERENCES, signing_keys()[0])}"


def shown(
    visit: Visit, template: str, values: Mapping[str, object] | None = None, status: int = 200
) -> HttpResponse:
    """A page of a visit, in the subscriber's language."""
    given = {**standing(visit), **(values or {})}
    return show(visit.request, template, given, status, language=visit.person.preferences.language)


def standing(visit: Visit) -> dict[str, object]:
    """Where a subscription stands, as the pages tell it. The address is never shown in full."""
    person = visit.person
    return {
        "words": _buttons(visit.language),
        "done": visit.done,
        "address": person.masked_address,
        "status": visit.status.value,
        "suppression": person.suppression.value if person.suppression else "",
        "gets_mail": visit.gets_mail,
        "paused_until": person.paused_until,
        "may_return": moves.may_return(person, visit.now) and not person.suppression,
        "return_until": _local_day(person.changed_at + moves.RETURN_WINDOW),
        "preferences": person.preferences,
        "schedule": settings.CONFIG.schedule,
    }


def pause_values(visit: Visit, wrong_date: str | None) -> dict[str, object]:
    """The days that a pause may end on; `wrong_date` is what was typed instead of one."""
    return {
        "wrong_date": wrong_date,
        "first_day": visit.today + timedelta(days=1),
        "last_day": visit.today + moves.LONGEST_PAUSE,
        "proposed_day": visit.person.paused_until or visit.today + PROPOSED_PAUSE,
    }


def _buttons(language: str) -> dict[str, str]:
    catalogue = words(language)
    return {name: catalogue.gettext(text) for name, text in WORDS.items()}


def _local_day(moment: datetime) -> date:
    return moment.astimezone(settings.CONFIG.zone).date()
