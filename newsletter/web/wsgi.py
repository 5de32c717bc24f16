"""The web application for a WSGI server: `gunicorn newsletter.web.wsgi:application`.

A foreign server's own access log is not ours to filter: leave it off, or without paths.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application

from newsletter.web.discretion import hide_tokens
from newsletter.web.plain_requests import plain_requests

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication


def _made() -> WSGIApplication:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.settings")
    made = get_wsgi_application()
    hide_tokens()
    return plain_requests(made)


application = _made()
