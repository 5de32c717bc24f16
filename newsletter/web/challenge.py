"""What a visitor must show before a sign-up that exceeds a budget is taken.

The one that comes along is a question in the operator's words. `signup.challenge.adapter` names
another, `package.module:Class`: a class without arguments that does what `Challenge` says. It is
the same for everybody: nothing here learns whose address was typed.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from django.conf import settings

from newsletter.errors import ConfigError
from newsletter.web.templating import language_of, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from newsletter.config_signup import ChallengeSettings

ANSWER = "answer"
"""The field of the form that takes the answer."""


class Challenge(Protocol):
    """Something that a person can do and a robot does not."""

    def fields(self, request: HttpRequest) -> Mapping[str, str]:
        """What the form shows: `question`, the label of the field `answer`, as plain text.

        `markup`, where given, is HTML that stands before that field: made by the adapter alone,
        never from what a visitor sent.
        """

    def is_met(self, form: Mapping[str, str], network: str) -> bool:
        """Whether the form that came back, from this network address, shows it."""


class QuestionChallenge:
    """A question, and the answers that are taken, whatever their case and spaces."""

    def __init__(self, question: str, answers: tuple[str, ...]) -> None:
        self._question = question
        self._answers = frozenset(map(_plain, answers))

    def fields(self, request: HttpRequest) -> Mapping[str, str]:
        """The question, in the page's language where its catalogue has it."""
        return {"question": words(language_of(request)).gettext(self._question)}

    def is_met(self, form: Mapping[str, str], network: str) -> bool:  # noqa: ARG002
        """Whether one of the answers was given."""
        return _plain(form.get(ANSWER, "")) in self._answers


def challenge() -> Challenge:
    """The challenge of the settings; an adapter is loaded once.

    Raises:
        ConfigError: the adapter cannot be loaded.
    """
    return _loaded(settings.CONFIG.signup.challenge)


@cache
def _loaded(given: ChallengeSettings) -> Challenge:
    if not given.adapter:
        return QuestionChallenge(given.question, given.answers)
    module, _, name = given.adapter.partition(":")
    try:
        return cast("Challenge", getattr(import_module(module), name)())
    except (ImportError, AttributeError, TypeError) as error:
        fault = f"signup.challenge.adapter: {given.adapter} cannot be loaded: {error}"
        raise ConfigError([fault]) from error


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
