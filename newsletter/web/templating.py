"""Pages from templates/web, through the same sandbox that renders the mails."""

from __future__ import annotations

from email.utils import parseaddr
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from newsletter.catalogue import LANGUAGES, catalogue, supported
from newsletter.render import Renderer, template_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from django.http import HttpRequest

    from newsletter.catalogue import Catalogue


def show(
    request: HttpRequest,
    name: str,
    values: Mapping[str, object] | None = None,
    status: int = 200,
    *,
    language: str = "",
) -> HttpResponse:
    """The page `templates/web/<name>` as an answer, in the language that suits the request.

    `language` is the one that the subscriber chose, where somebody did.

    Raises:
        TemplateError: the template is missing, broken, or uses what nobody gave.
    """
    spoken = language_of(request, language)
    page = rendered(name, {**_everywhere(request, spoken), **(values or {})}, spoken)
    response = HttpResponse(page, status=status)
    response["Content-Language"] = spoken
    patch_vary_headers(response, ["Accept-Language"])
    return response


def rendered(name: str, values: Mapping[str, object] | None = None, language: str = "en") -> str:
    """The text of `templates/web/<name>`."""
    return _renderer(settings.CONFIG.templates, language).render(f"web/{name}", values or {})


class SeeOther(HttpResponseRedirect):
    """After a press: the browser asks again by GET (RFC 9110, section 15.4.4)."""

    status_code = 303


def words(language: str) -> Catalogue:
    """The catalogue of a language, for words that Python itself says."""
    own = settings.CONFIG.templates
    return catalogue(language, *([own] if own else []), template_folder())


def language_of(request: HttpRequest, chosen: str = "") -> str:
    """The language of a page: asked for in the address, chosen earlier, the browser's, ours."""
    asked = supported(request.GET.get("lang", "")) or supported(chosen)
    return asked or _accepted(request) or supported(settings.CONFIG.newsletter.language) or "en"


def _accepted(request: HttpRequest) -> str:
    """The best of the browser's languages that we have (RFC 9110, 12.5.4)."""
    wanted = parse_accept_lang_header(request.headers.get("Accept-Language", "")[:500])
    return next(filter(None, (supported(tag) for tag, _ in wanted)), "")


def _everywhere(request: HttpRequest, language: str) -> dict[str, object]:
    """What every page may use. The style's version lets browsers keep it until it changes."""
    identity = settings.CONFIG.newsletter
    return {
        "newsletter": identity,
        "tagline": words(language).gettext(identity.tagline),
        "contact": parseaddr(identity.reply_to or identity.sender)[1],
        "style_version": _style_version(settings.CONFIG.templates),
        "language": language,
        "languages": LANGUAGES,
        "path": request.path,
    }


def signing_keys() -> tuple[bytes, ...]:
    """The keys of personal links: the one that signs, then those that were."""
    return tuple(key.encode() for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@cache
def _style_version(folder: Path | None) -> str:
    sheet = _renderer(folder, "en").render("web/style.css", {})
    return sha256(sheet.encode()).hexdigest()[:12]


@cache
def _renderer(folder: Path | None, language: str) -> Renderer:
    return Renderer(*([folder] if folder else []), language=language)
