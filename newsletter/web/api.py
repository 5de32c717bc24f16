"""Sign-ups from other sites' own forms, as JSON: `POST /api/subscribe`.

The answer is the same bytes whoever an address belongs to, and nothing comes of it without the
press in the mail. Every refusal is `{"error": {"code", "message", "field"}}`. A browser may ask
from the pages of `signup.origins` only: JSON always makes it ask first (Fetch, CORS preflight).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from newsletter.catalogue import supported
from newsletter.web import admission
from newsletter.web.join import SOURCE
from newsletter.web.visitor import act_of, network_of
from subscribers import applications
from subscribers.address import normal_address, plain_name
from subscribers.errors import AddressError
from subscribers.values import How

if TYPE_CHECKING:
    from django.http import HttpRequest

PAGE = "/api/subscribe"
LARGEST_BODY = 8 * 1024
_METHODS = "POST, OPTIONS"
_KEYS = ("email", "name", "language", "source")
_ACCEPTED = {
    "status": "accepted",
    "message": "If this address can be signed up, a mail with a button to confirm is on its way.",
}


@dataclass
class _RefusedError(Exception):
    """A request that is not taken: what the program at the other end is told."""

    status: int
    code: str
    message: str
    field: str = ""


@csrf_exempt
def subscribe(request: HttpRequest) -> HttpResponse:
    """202 for every sign-up in good form, 4xx with the reason for the others."""
    try:
        response = _answer(request)
    except _RefusedError as refused:
        response = _refusal(refused)
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["Origin"])
    return _for_browsers(request, response)


def _answer(request: HttpRequest) -> HttpResponse:
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": _METHODS})
    if request.method != "POST":
        _refuse(405, "method", f"send a POST to {PAGE}")
    _check_origin(request)
    given = _fields(_document(_body(request)))
    address = _address(given["email"])
    _check_budget(request, address)
    applications.apply(
        address,
        act=act_of(request, How.API, PAGE),
        name=plain_name(given["name"]),
        language=supported(given["language"]),
        source=f"api:{given['source']}" if given["source"] else "api",
        counted_network=network_of(request),
    )
    return JsonResponse(_ACCEPTED, status=202)


def _check_origin(request: HttpRequest) -> None:
    origin = request.headers.get("Origin")
    if origin is not None and origin not in settings.CONFIG.signup.origins:
        _refuse(403, "origin", "this site is not one of `signup.origins` in the newsletter's file")


def _body(request: HttpRequest) -> bytes:
    """The bytes of the document.

    Raises:
        _RefusedError: not JSON by its name, packed, or larger than `LARGEST_BODY`.
    """
    if request.content_type != "application/json" or "Content-Encoding" in request.headers:
        _refuse(415, "media-type", "send plain JSON with Content-Type: application/json")
    body = request.read(LARGEST_BODY + 1)
    if len(body) > LARGEST_BODY:
        _refuse(413, "too-large", f"send at most {LARGEST_BODY} bytes")
    return body


def _document(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(body.decode(), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        _refuse(400, "json", "the body is not JSON in UTF-8")
    if not isinstance(found, dict):
        _refuse(400, "json", 'send one object, such as {"email": "ann@example.org"}')
    return found


def _fields(found: dict[str, object]) -> dict[str, str]:
    """The four values, empty where one was left out."""
    if found.keys() - set(_KEYS):
        _refuse(422, "unknown-key", f"the keys are {', '.join(_KEYS)}; there is another")
    values = {name: found.get(name, "") for name in _KEYS}
    for name, value in values.items():
        if not isinstance(value, str):
            _refuse(422, "not-a-text", f"`{name}` must be a text", name)
    texts = {name: str(value) for name, value in values.items()}
    if texts["source"] and not SOURCE.fullmatch(texts["source"]):
        _refuse(422, "source", "letters, digits, - and _, at most 40 of them", "source")
    return texts


def _address(text: str) -> str:
    if not text.strip():
        _refuse(422, "missing", "an e-mail address is needed", "email")
    try:
        return normal_address(text)
    except AddressError as error:
        _refuse(422, "address", str(error), "email")


def _check_budget(request: HttpRequest, address: str) -> None:
    """A program cannot answer a challenge: where there is one, people go to the form."""
    form = f"{settings.CONFIG.web.base_url}/subscribe"
    if settings.CONFIG.signup.challenge.when == "always":
        _refuse(403, "challenge", f"a question must be answered: send people to {form}")
    if admission.is_spent(request, address, timezone.now()):
        _refuse(429, "too-many", f"too many sign-ups: try again later, or send people to {form}")


def _refuse(status: int, code: str, message: str, field: str = "") -> NoReturn:
    raise _RefusedError(status, code, message, field)


def _refusal(refused: _RefusedError) -> HttpResponse:
    error = {"code": refused.code, "message": refused.message, "field": refused.field}
    response = JsonResponse({"error": error}, status=refused.status)
    if refused.status == 429:  # noqa: PLR2004
        response["Retry-After"] = str(admission.RETRY_AFTER)
    if refused.status == 405:  # noqa: PLR2004
        response["Allow"] = _METHODS
    return response


def _for_browsers(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """What lets a page of a site that we know read the answer; no cookie is ever part of it."""
    origin = request.headers.get("Origin", "")
    if origin not in settings.CONFIG.signup.origins:
        return response
    response["Access-Control-Allow-Origin"] = origin
    response["Access-Control-Expose-Headers"] = "Retry-After"
    if request.method == "OPTIONS":
        response["Access-Control-Allow-Methods"] = "POST"
        response["Access-Control-Allow-Headers"] = "Content-Type"
        response["Access-Control-Max-Age"] = "600"
    return response


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object whose keys are named once each; two readers may take a different one of twins."""
    found = dict(pairs)
    if len(found) < len(pairs):
        _refuse(400, "duplicate-key", "a key stands twice")
    return found


def _no_number(_name: str) -> NoReturn:
    raise ValueError
