"""Keeps the tokens of personal links out of every log line that Django or waitress writes."""

from __future__ import annotations

import logging
import re

_TOKEN = re.compile(r"(/[up]/)[^\s\"'>]+")
_LOGGERS = ("django.request", "django.security.csrf", "django.server", "waitress")


class HideTokens(logging.Filter):
    """Writes `/u/…` for any personal link, and takes the request off the record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true: the line stays, the token goes."""
        record.msg = _TOKEN.sub(r"\1…", record.getMessage())
        record.args = ()
        record.__dict__.pop("request", None)
        return True


def hide_tokens() -> None:
    """Put the filter on every logger that may be told the path of a request."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(given, HideTokens) for given in logger.filters):
            logger.addFilter(HideTokens())
