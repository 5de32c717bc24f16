"""The pages for everybody: nothing here knows who is looking, and GET changes nothing."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from newsletter.core.corrections import correction_lines, with_box
from newsletter.core.edition import EditionState
from newsletter.core.personal import public_html
from newsletter.store import corrections, editions
from newsletter.web.join import form_values
from newsletter.web.templating import rendered, show

if TYPE_CHECKING:
    from django.http import HttpRequest

    from newsletter.core.edition import Edition

_CHANGE = "/#change"  # the home page's words on leaving and preferences
_PRIVATE = ("/c/", "/u/", "/p/", "/n/", "/x/", "/e/", "/api/", "/subscribed")
_AS_MAILED = {"style-src": ["'unsafe-inline'"], "img-src": ["data:"]}
"""A finished mail carries its styles and pictures in itself; still no script and no frame."""

_FIVE_MINUTES = "public, max-age=300"
_A_DAY = "public, max-age=86400"
_A_YEAR = "public, max-age=31536000, immutable"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this newsletter is, the form to join, and the way to its latest edition."""
    values = {
        **form_values(request),
        "has_edition": editions.load_last_sent() is not None,
        "schedule": settings.CONFIG.schedule,
    }
    return _kept(show(request, "home.html", values), _FIVE_MINUTES)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept of readers and why, as the settings have it, or where the operator says it."""
    config = settings.CONFIG
    if config.web.privacy_url:
        return HttpResponseRedirect(config.web.privacy_url)
    values = {"network": config.signup.network, "transport": config.delivery.transport}
    return _kept(show(request, "privacy.html", values), _FIVE_MINUTES)


@csp_update(_AS_MAILED)
@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    """The last edition that was sent, without any personal link."""
    return _edition(request, editions.load_last_sent())


@csp_update(_AS_MAILED)  # type: ignore[arg-type]  # it knows no arguments
@require_safe
def archived(request: HttpRequest, day: str) -> HttpResponse:
    """The edition of a date, once it has begun to leave: where "read in your browser" leads."""
    try:
        asked = date.fromisoformat(day)
    except ValueError:
        return show(request, "not-found.html", status=404)
    edition = editions.load_edition(asked)
    is_out = edition and edition.state in (EditionState.SENDING, EditionState.SENT)
    return _edition(request, edition if is_out else None, asked)


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """A sign of life for whatever watches this process."""
    return _kept(_plain("ok\n"), "no-store")


@require_safe
def style(_request: HttpRequest) -> HttpResponse:
    """The one style sheet; pages ask for it with its version, so it may be kept for a year."""
    sheet = HttpResponse(rendered("style.css"), content_type="text/css; charset=utf-8")
    return _kept(sheet, _A_YEAR)


@require_safe
def favicon(_request: HttpRequest) -> HttpResponse:
    """The mark in the browser's tab."""
    return _kept(HttpResponse(rendered("favicon.svg"), content_type="image/svg+xml"), _A_DAY)


@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    """Search engines keep to the public pages."""
    rules = "".join(f"Disallow: {start}\n" for start in _PRIVATE)
    return _kept(_plain(f"User-agent: *\n{rules}"), _FIVE_MINUTES)


def page_not_found(
    request: HttpRequest,
    exception: Exception,  # noqa: ARG001 - Django passes it by this name
) -> HttpResponse:
    """There is nothing at this address."""
    return show(request, "not-found.html", status=404)


def bad_request(
    request: HttpRequest,
    exception: Exception,  # noqa: ARG001 - Django passes it by this name
) -> HttpResponse:
    """The browser sent something that is not a form of ours."""
    return show(request, "bad-request.html", status=400)


def foreign_form(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """A form that no page of ours sent (Django's CSRF_FAILURE_VIEW)."""
    return show(request, "bad-request.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke on our side."""
    return show(request, "server-error.html", status=500)


def _edition(
    request: HttpRequest, edition: Edition | None, day: date | None = None
) -> HttpResponse:
    """An edition's HTML as it was sent, below what it got wrong.

    Where a mail has personal links, this page says how to find them.
    """
    if edition is None:
        values = {"asked": day, "has_edition": editions.load_last_sent() is not None}
        return show(request, "no-edition.html", values, status=404)
    page = public_html(edition.html, _CHANGE)
    lines = correction_lines(corrections.load_of(edition.date), settings.CONFIG.web.base_url)
    if lines:
        page = with_box(page, rendered("corrected.html", {"lines": lines}))
    return _kept(HttpResponse(page), _FIVE_MINUTES)


def _plain(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _kept(response: HttpResponse, how_long: str) -> HttpResponse:
    response["Cache-Control"] = how_long
    return response
