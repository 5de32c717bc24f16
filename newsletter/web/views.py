"""The pages for everybody: nothing here knows who is looking, and GET changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from newsletter.web.templating import rendered, show

if TYPE_CHECKING:
    from django.http import HttpRequest

_FIVE_MINUTES = "public, max-age=300"
_A_YEAR = "public, max-age=31536000, immutable"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this newsletter is, and the way to its latest edition."""
    from newsletter.store.editions import load_last_page

    values = {"has_edition": load_last_page() is not None, "schedule": settings.CONFIG.schedule}
    return _kept(show("home.html", values), _FIVE_MINUTES)


# A finished mail carries its styles in itself; still no script, no frame and no foreign picture.
@csp_update({"style-src": ["'unsafe-inline'"]})
@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    """The last edition that was sent, without any personal link."""
    from newsletter.store.editions import load_last_page

    page = load_last_page()
    if page is None:
        return show("no-edition.html", status=404)
    return _kept(HttpResponse(page), _FIVE_MINUTES)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """A sign of life for whatever watches this process."""
    return _kept(_plain("ok\n"), "no-store")


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """The one style sheet; pages ask for it with its version, so it may be kept for a year."""
    return _kept(
        HttpResponse(rendered("style.css"), content_type="text/css; charset=utf-8"), _A_YEAR
    )


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """The mark in the browser's tab."""
    return _kept(HttpResponse(rendered("favicon.svg"), content_type="image/svg+xml"), _A_YEAR)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Search engines keep to the public pages."""
    return _kept(_plain("User-agent: *\nDisallow: /u/\nDisallow: /p/\n"), _FIVE_MINUTES)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """There is nothing at this address."""
    return show("not-found.html", status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The browser sent something that is not a form of ours."""
    return show("bad-request.html", status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke on our side."""
    return show("server-error.html", status=500)


def _plain(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _kept(response: HttpResponse, how_long: str) -> HttpResponse:
    response["Cache-Control"] = how_long
    return response
