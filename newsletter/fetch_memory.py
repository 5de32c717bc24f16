"""A fetcher without a network, for rehearsals and tests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from newsletter.errors import FetchError, NewsletterError
from newsletter.fetch_words import place_of

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
            raise FetchError(f"{place_of(request.url)} could not be reached")
        if isinstance(answer, NewsletterError):
            raise answer
        return replace(answer, status=304, body=b"") if _is_current(request, answer) else answer

    def close(self) -> None:
        """Nothing to let go of."""


def _is_current(request: FetchRequest, answer: Fetched) -> bool:
    """RFC 9110, section 13.2.2: the entity tag decides where there is one, else the date."""
    if request.etag:
        return request.etag == answer.etag
    return bool(request.last_modified) and request.last_modified == answer.last_modified
