"""Keeps tokens and addresses out of every log line that Django or waitress writes."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from django.core.exceptions import SuspiciousOperation

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(r"(/[cunpxe]/)[^\s\"'>]+")
_SIGN = r"[^\s\"'<>()=&?,;:/@]"
_ADDRESS = re.compile(rf"{_SIGN}+(?:@|%40){_SIGN}+", re.IGNORECASE)
_LOGGERS = (
    *("django.request", "django.security", "django.security.csrf", "django.server"),
    *("django.template", "django.db.backends", "waitress", "waitress.queue"),
)


class HideTokens(logging.Filter):
    """Writes `/u/…` for any personal link, `…@…` for an address; takes the request off."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true: the line stays, what is personal goes, in a traceback as well."""
        record.msg = _hidden(record.getMessage())
        record.args = ()
        if record.exc_info:
            record.exc_text = _hidden(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        for name in ("request", "params", "sql"):
            record.__dict__.pop(name, None)
        return True


def hide_tokens() -> None:
    """Put the filter on every logger that may be told the path of a request."""
    for name in (*_LOGGERS, *_refusals()):
        logger = logging.getLogger(name)
        if not any(isinstance(given, HideTokens) for given in logger.filters):
            logger.addFilter(HideTokens())


def _hidden(text: str) -> str:
    return _ADDRESS.sub("…@…", _TOKEN.sub(r"\1…", text))


def _refusals(kind: type[Exception] = SuspiciousOperation) -> Iterator[str]:
    """Django logs each kind of request that it refuses by a name of its own."""
    yield f"django.security.{kind.__name__}"
    for narrower in kind.__subclasses__():
        yield from _refusals(narrower)
