"""Reads every request in one way, whatever it claims about itself: our pages speak UTF-8 only.

Django decodes a query and a form by the character set that the request names, and some of Python's
codecs (`rot13`, `idna`) are none for text: one header would break any page, before any view. A
query of more parts than Django reads would break even the page that says so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_CHARSET = re.compile(r""";\s*charset\s*\*?\s*=\s*("[^"]*"?|[^;]*)""", re.IGNORECASE)


def plain_requests(application: WSGIApplication) -> WSGIApplication:
    """The application, told of no character set, and of no query that cannot be one of ours."""

    def plain(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["CONTENT_TYPE"] = _CHARSET.sub("", environ.get("CONTENT_TYPE", ""))
        most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS or 0
        if environ.get("QUERY_STRING", "").count("&") >= most:
            environ["QUERY_STRING"] = ""
        return application(environ, start_response)

    return plain
