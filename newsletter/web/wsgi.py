"""The web application for a WSGI server: `gunicorn newsletter.web.wsgi:application`.

A foreign server's own access log is not ours to filter: leave it off, or without paths.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application

from newsletter.web.discretion import hide_tokens

if TYPE_CHECKING:
    from django.core.handlers.wsgi import WSGIHandler


def _made() -> WSGIHandler:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.settings")
    made = get_wsgi_application()
    hide_tokens()
    return made


application = _made()
