"""Pages from templates/web, through the same sandbox that renders the mails."""

from __future__ import annotations

from email.utils import parseaddr
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse

from newsletter.render import Renderer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def show(name: str, values: Mapping[str, object] | None = None, status: int = 200) -> HttpResponse:
    """The page `templates/web/<name>` as an answer.

    Raises:
        TemplateError: the template is missing, broken, or uses what nobody gave.
    """
    return HttpResponse(rendered(name, {**_everywhere(), **(values or {})}), status=status)


def rendered(name: str, values: Mapping[str, object] | None = None) -> str:
    """The text of `templates/web/<name>`."""
    return _renderer(settings.CONFIG.templates).render(f"web/{name}", values or {})


def _everywhere() -> dict[str, object]:
    """What every page may use. The style's version lets browsers keep it until it changes."""
    identity = settings.CONFIG.newsletter
    return {
        "newsletter": identity,
        "contact": parseaddr(identity.reply_to or identity.sender)[1],
        "style_version": sha256(rendered("style.css").encode()).hexdigest()[:12],
    }


@cache
def _renderer(folder: Path | None) -> Renderer:
    return Renderer(*([folder] if folder else []))
