"""A fetcher without a network, for rehearsals and tests."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING

from newsletter.errors import FetchError, NewsletterError
from newsletter.fetch_words import place_of
from newsletter.hosts import host_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newsletter.ports import Fetched, FetchRequest


class MemoryFetcher:
    """Answers from memory: address -> what `get` returns or raises. Notes every request."""

    def __init__(self, answers: Mapping[str, Fetched | NewsletterError]) -> None:
        self.answers = dict(answers)
        self.requests: list[FetchRequest] = []

    def get(self, request: FetchRequest) -> Fetched:
        """The answer kept for the address, or 304 where the request's validators still hold."""
        self.requests.append(request)
        answer = self.answers.get(request.url)
        if answer is None:
            words = f"{place_of(request.url)} could not be reached"
            raise FetchError(words, host=host_of(request.url))
        if isinstance(answer, NewsletterError):
            raise _said_by(host_of(request.url), answer)
        if _is_current(request, answer):
            return replace(answer, status=304, body=b"")
        return answer if request.wants_body else replace(answer, body=b"")

    def close(self) -> None:
        """Nothing to let go of."""


def _said_by(host: str, error: NewsletterError) -> NewsletterError:
    """The error as the host asked raises it, unless it names another."""
    if not isinstance(error, FetchError) or error.host:
        return error
    said = copy(error)
    said.host = host
    return said


def _is_current(request: FetchRequest, answer: Fetched) -> bool:
    """RFC 9110, section 13.2.2: the entity tag decides where there is one, else the date."""
    if request.etag:
        return request.etag == answer.etag
    return bool(request.last_modified) and request.last_modified == answer.last_modified
