"""The pages and small mails are said in every language, whole."""

from __future__ import annotations

import re

import pytest

from newsletter.catalogue import LANGUAGES, catalogue, supported
from tests.catalogues import TEMPLATES, TRANSLATED, catalogue_of, texts

VALUE = re.compile(r"%\((\w+)\)s")


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language: str) -> None:
    found = catalogue_of(language)
    missing = [text for text in texts() if not _translations(found, text)]
    assert missing == [], "run `python -m tests.catalogues`, then translate what is empty"


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_of_a_text_that_nobody_says(language: str) -> None:
    said = {text if isinstance(text, str) else text[0] for text in texts()}
    known = {m.id if isinstance(m.id, str) else m.id[0] for m in catalogue_of(language) if m.id}
    assert known - said == set()


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_holds_the_same_values(language: str) -> None:
    found = catalogue_of(language)
    for text in texts():
        forms = {text} if isinstance(text, str) else set(text)
        expected = {name for form in forms for name in VALUE.findall(form)}
        for translation in _translations(found, text):
            assert set(VALUE.findall(translation)) <= expected, text
            assert expected - {"num", "count"} <= set(VALUE.findall(translation)), text


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_is_text_and_no_markup(language: str) -> None:
    for text in texts():
        for translation in _translations(catalogue_of(language), text):
            assert not re.search(r"<[a-z/]", translation), text


def test_every_language_has_a_name_of_its_own() -> None:
    assert set(LANGUAGES) == {"en", *TRANSLATED}


@pytest.mark.parametrize(
    ("asked", "given"),
    [("de-CH", "de"), ("zh_TW", "zh"), ("JA", "ja"), ("fr", ""), ("", ""), ("../de", "")],
)
def test_a_language_is_known_by_its_root(asked: str, given: str) -> None:
    assert supported(asked) == given


def test_what_a_catalogue_lacks_is_said_in_english() -> None:
    assert catalogue("de", TEMPLATES).gettext("No such text") == "No such text"


def _translations(found: object, text: str | tuple[str, str]) -> tuple[str, ...]:
    """What a catalogue says for a text; empty where a form is missing."""
    message = found.get(text if isinstance(text, str) else text[0])  # type: ignore[attr-defined]
    if message is None or not message.string:
        return ()
    strings = (message.string,) if isinstance(message.string, str) else tuple(message.string)
    return strings if all(strings) else ()
