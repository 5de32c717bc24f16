"""What a press in a mail confirms: a new address, a copy of one's data, an erasure.

The tokens hold the number of a request that was made on the preferences page. It works for a day;
the page of one that is older, or has done its work, says so.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.http import HttpResponse

from newsletter.store import kept
from newsletter.store.schema import forget_on_disk
from newsletter.web.personal import (
    Visit,
    bad_request,
    clock,
    page_again,
    personal,
    preferences_path,
    shown,
)
from newsletter.web.templating import show, signing_keys
from subscribers import requests
from subscribers.errors import StatusError, SuppressedError
from subscribers.tokens import Purpose, read_token
from subscribers.values import ActKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

EXPORT_NAME = "my-newsletter-data.json"
_PURPOSES = {
    ActKind.ADDRESS: Purpose.NEW_ADDRESS,
    ActKind.EXPORT: Purpose.EXPORT,
    ActKind.ERASE: Purpose.ERASE,
}


@personal
def new_address(request: HttpRequest, token: str) -> HttpResponse:
    """GET: a page with one button. POST: the newsletter goes to the new address from now on."""
    return _answer(request, token, "/n/", ActKind.ADDRESS, _move)


@personal
def fetch(request: HttpRequest, token: str) -> HttpResponse:
    """GET: a page with one button. POST: everything that is kept of them, as a JSON file."""
    return _answer(request, token, "/x/", ActKind.EXPORT, _export)


@personal
def erase(request: HttpRequest, token: str) -> HttpResponse:
    """GET: what goes and what stays, and a button. POST: everything that is personal is gone."""
    return _answer(request, token, "/e/", ActKind.ERASE, _erase)


_PAGES = {
    ActKind.ADDRESS: ("new-address.html", "move"),
    ActKind.EXPORT: ("export.html", "export"),
    ActKind.ERASE: ("erase.html", "erase"),
}


def _answer(
    request: HttpRequest,
    token: str,
    page: str,
    kind: ActKind,
    press: Callable[[Visit], HttpResponse],
) -> HttpResponse:
    """The page of a request that waits, or what its button does."""
    number = read_token(token, _PURPOSES[kind], signing_keys())
    template, word = _PAGES[kind]
    now = clock()
    try:
        visit = Visit(request, requests.person_of(number, kind, now), page, now, number)
        if request.method != "POST":
            return shown(visit, template)
        is_pressed = request.POST.get("act") == word
        return press(visit) if is_pressed else bad_request(request)
    except (StatusError, SuppressedError):
        return show(request, "too-old.html", status=410)


def _move(visit: Visit) -> HttpResponse:
    moved = requests.confirm_new_address(visit.number, act=visit.act("moved"))
    return page_again(visit.request, "moved", preferences_path(moved))


def _export(visit: Visit) -> HttpResponse:
    also = {
        "deliveries": kept.load_deliveries(visit.person.id),
        "corrections": kept.load_correction_mails(visit.person.id),
    }
    data = requests.export(visit.number, act=visit.act("fetch"), also=also)
    file = json.dumps(data, ensure_ascii=False, indent=2)
    return HttpResponse(
        file,
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{EXPORT_NAME}"'},
    )


def _erase(visit: Visit) -> HttpResponse:
    """The answer is the page: no link of somebody erased leads anywhere any more."""
    language = visit.language
    requests.erase(visit.number, act=visit.act("erase"))
    forget_on_disk()
    return show(visit.request, "erased.html", language=language)
