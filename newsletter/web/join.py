"""Joining: the form, what its button does, and the page that says what comes next.

Whoever an address belongs to, the answer is the same bytes after the same work: the sign-up is
written down, and looked at later. Nothing is written unless the button of one of our own pages was
pressed by hand, as far as a page without cookies and scripts can tell: the browser says that the
form came from here, its stamp is fresh, the field that nobody sees is empty. Where the stamp or the
browser says otherwise (a form on another site, a page that lay open for days), the visitor gets
the form again, filled in, with one button to press.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from newsletter.catalogue import supported
from newsletter.notices_mail import Shape, letter_for
from newsletter.render import one_line
from newsletter.store import editions
from newsletter.web import admission
from newsletter.web.challenge import ANSWER, challenge
from newsletter.web.stamp import is_ripe, make_stamp
from newsletter.web.templating import SeeOther, language_of, rendered, show, signing_keys, words
from newsletter.web.visitor import act_of, network_of
from subscribers import applications
from subscribers.address import NAME_LENGTH, normal_address, plain_name
from subscribers.errors import AddressError
from subscribers.values import How, NoticeKind

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE = "/subscribe"
NEXT = "/subscribed"
TRAP = "website"
"""The field that nobody sees and only robots fill in."""
SOURCE = re.compile(r"[A-Za-z0-9_-]{1,40}")
"""What a form on another site may call itself."""
_LONGEST_ADDRESS = 254
_FIVE_MINUTES = "public, max-age=300"


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """GET: the form. POST: the sign-up is written down, or the form comes back and says why not."""
    is_sent = request.method == "POST"
    response = _received(request) if is_sent else _form(request)
    response["Cache-Control"] = "no-store" if is_sent else _FIVE_MINUTES
    return response


@require_safe
def subscribed(request: HttpRequest) -> HttpResponse:
    """What comes next; the same for everybody."""
    config = settings.CONFIG
    sender_name, sender_address = parseaddr(config.newsletter.sender)
    mail = letter_for(Shape(NoticeKind.CONFIRM, language_of(request)), config)
    values = {
        "subject": mail.subject,
        "sender_name": sender_name,
        "sender_address": sender_address,
        "schedule": config.schedule,
        "has_edition": editions.load_last_sent() is not None,
    }
    response = show(request, "subscribed.html", values)
    response["Cache-Control"] = _FIVE_MINUTES
    return response


@require_safe
def embed(request: HttpRequest) -> HttpResponse:
    """A form for other people's sites: the HTML to copy, and what it looks like."""
    language = language_of(request)
    values = {
        "newsletter": settings.CONFIG.newsletter,
        "tagline": words(language).gettext(settings.CONFIG.newsletter.tagline),
        "action": f"{settings.CONFIG.web.base_url}{PAGE}?lang={language}",
        "source": _source_in(request.GET.get("source", "")),
        "consent": consent(language),
    }
    snippet = rendered("snippet.html", values, language)
    response = show(request, "embed.html", {"snippet": snippet})
    response["Cache-Control"] = _FIVE_MINUTES
    return response


def consent(language: str) -> str:
    """What somebody agrees to by pressing the button, word for word as it is shown and kept."""
    config = settings.CONFIG
    values = {"newsletter": config.newsletter, "schedule": config.schedule}
    return one_line(rendered("consent.txt", values, language))


def form_values(request: HttpRequest, *, backdated: bool = False) -> dict[str, object]:
    """What `form.html` needs; what was typed stands in it again.

    `backdated` is for a form whose button counts at once, since the visitor waited already.
    """
    signup, typed = settings.CONFIG.signup, request.POST
    waited = timedelta(seconds=signup.least_seconds if backdated else 0)
    return {
        "action": f"{PAGE}?lang={language_of(request)}",
        "email": typed.get("email", "").strip()[:_LONGEST_ADDRESS],
        "name": plain_name(typed.get("name", "")),
        "name_length": NAME_LENGTH,
        "source": _source_in(typed.get("source", request.GET.get("source", ""))),
        "stamp": make_stamp(timezone.now() - waited, signing_keys()[0]),
        "consent": consent(language_of(request)),
        "keeps_network": signup.network != "none",
        "challenge": _asked(request) if signup.challenge.when == "always" else None,
        "problem": "",
        "step": "form",
    }


def _received(request: HttpRequest) -> HttpResponse:
    if request.POST.get(TRAP):
        return _next(request)
    typed = request.POST.get("email", "")
    try:
        address = normal_address(typed)
    except AddressError:
        return _form(request, status=422, problem=_problem_of(typed))
    now = timezone.now()
    if not (_is_from_here(request) and _is_ripe(request, now)):
        return _form(request, step="press")
    return _admitted(request, address, now)


def _admitted(request: HttpRequest, address: str, now: datetime) -> HttpResponse:
    """The sign-up is taken; or there is a challenge to meet, or there are too many."""
    when = settings.CONFIG.signup.challenge.when
    is_spent = admission.is_spent(request, address, now)
    if is_spent and (when == "never" or admission.is_closed(request, address, now)):
        return _too_many(request)
    if not (is_spent or when == "always"):
        return _taken(request, address)
    if challenge().is_met(request.POST.dict(), network_of(request)):
        return _taken(request, address, answered=True)
    if ANSWER in request.POST:
        return _form(request, status=422, challenge=_asked(request), problem="answer")
    return _form(request, challenge=_asked(request), step="question")


def _taken(request: HttpRequest, address: str, *, answered: bool = False) -> HttpResponse:
    language = language_of(request)
    source = _source_in(request.POST.get("source", ""))
    applications.apply(
        address,
        act=act_of(request, How.FORM, PAGE, consent(language)),
        name=plain_name(request.POST.get("name", "")),
        language=language,
        source=f"form:{source}" if source else "form",
        counted_network=network_of(request),
        answered=answered,
    )
    return _next(request)


def _form(request: HttpRequest, *, status: int = 200, **values: object) -> HttpResponse:
    shown = form_values(request, backdated=request.method == "POST")
    return show(request, "subscribe.html", {**shown, **values}, status)


def _next(request: HttpRequest) -> HttpResponse:
    asked = supported(request.GET.get("lang", ""))
    return SeeOther(f"{NEXT}?lang={asked}" if asked else NEXT)


def _too_many(request: HttpRequest) -> HttpResponse:
    response = show(request, "too-many.html", status=429)
    response["Retry-After"] = str(admission.RETRY_AFTER)
    return response


def _asked(request: HttpRequest) -> dict[str, str]:
    return dict(challenge().fields(request))


def _problem_of(typed: str) -> str:
    """What is wrong with an address, as the page words it: `missing`, `letters`, `address`."""
    if not typed.strip():
        return "missing"
    return "address" if typed.rpartition("@")[0].isascii() else "letters"


def _is_ripe(request: HttpRequest, now: datetime) -> bool:
    least = timedelta(seconds=settings.CONFIG.signup.least_seconds)
    return is_ripe(request.POST.get("stamp", ""), now, least, signing_keys())


def _is_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that the form was on a page of ours (W3C Fetch Metadata; Origin).

    A stamp alone does not tell: another site can fetch one of our forms and submit it unseen in the
    name of its own visitors.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or _host_of(origin) in (
        _host_of(settings.CONFIG.web.base_url),
        request.get_host().lower(),
    )


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def _source_in(text: str) -> str:
    return text if SOURCE.fullmatch(text) else ""
