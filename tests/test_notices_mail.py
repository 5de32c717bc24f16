"""The words of the small mails: whole in every language, and honest about what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newsletter.catalogue import LANGUAGES
from newsletter.config import load_config
from newsletter.core.depth import Depth
from newsletter.core.mail import PERSONAL_URL, Letter
from newsletter.core.page import page_for
from newsletter.messages import brand_of
from newsletter.notices_mail import Latest, Shape, letter_for
from subscribers.values import NoticeKind
from tests import drafts

if TYPE_CHECKING:
    from pathlib import Path

    from newsletter.config import Config

LINKS = {
    NoticeKind.CONFIRM: {"confirm"},
    NoticeKind.REMIND: {"confirm"},
    NoticeKind.WELCOME: {"preferences", "unsubscribe"},
    NoticeKind.ALREADY: {"preferences", "unsubscribe"},
    NoticeKind.NEW_ADDRESS: {"new-address"},
    NoticeKind.MOVED: {"new-address"},
    NoticeKind.EXPORT: {"export"},
    NoticeKind.ERASE: {"erase"},
}


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return load_config(None, environ={}, folder=tmp_path)


def flat(text: str) -> str:
    return " ".join(text.split())


def latest(config: Config, depth: Depth = Depth.STANDARD) -> Latest:
    page = page_for(drafts.normal(), brand_of(config), depth)
    return Latest(page, "https://news.example.org/archive/2026-04-07")


def with_catalogue(
    config: Config, tmp_path: Path, language: str, *pairs: tuple[str, str]
) -> Config:
    """A newsletter whose own folder has these words of a language and no others."""
    words = tmp_path / "own" / "words"
    words.mkdir(parents=True)
    entries = "".join(f'msgid "{one}"\nmsgstr "{other}"\n\n' for one, other in pairs)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    (words / f"{language}.po").write_text(head + entries, encoding="utf-8")
    return config.model_copy(update={"templates": tmp_path / "own"})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", NoticeKind)
def test_each_mail_is_whole_in_each_language(
    config: Config, kind: NoticeKind, language: str
) -> None:
    letter = letter_for(Shape(kind, language), config)
    assert config.newsletter.name in letter.subject
    assert f'<html lang="{language}" dir="ltr"' in letter.html
    for part in (letter.html, letter.text):
        assert config.newsletter.name in flat(part)
        assert config.newsletter.postal_address in flat(part)
        assert "daily@news.example.org" in part
        for odd in ("{{", "%(", "None", "Undefined"):
            assert odd not in part


@pytest.mark.parametrize("kind", NoticeKind)
def test_each_mail_has_its_links_and_no_others(config: Config, kind: NoticeKind) -> None:
    letter = letter_for(Shape(kind, "en"), config)
    lines = letter.text.splitlines()
    for name in LINKS[kind]:
        assert lines.count(PERSONAL_URL + name) == 1
        assert f'href="{PERSONAL_URL}{name}"' in letter.html
    for part in (letter.html, letter.text):
        assert {
            piece
            for piece in LINKS[NoticeKind.WELCOME] | {"confirm", "export", "erase"}
            if PERSONAL_URL + piece in part
        } == LINKS[kind] - {"new-address"}
        assert part.count("://") == part.count(PERSONAL_URL) + part.count("http://www.w3.org")


def test_an_operators_words_come_first_and_the_others_are_the_shipped_ones(
    config: Config, tmp_path: Path
) -> None:
    config = with_catalogue(
        config, tmp_path, "de", ("Please confirm your address", "Bitte bestätigen")
    )
    letter = letter_for(Shape(NoticeKind.CONFIRM, "de"), config)
    for part in (letter.html, letter.text):
        assert "Bitte bestätigen" in part
        assert "If that was not you, do nothing" not in flat(part)


def test_values_in_translated_words_cannot_become_markup(config: Config, tmp_path: Path) -> None:
    identity = config.newsletter.model_copy(update={"name": "<b>Rare & {{ 7 * 7 }}</b>"})
    config = config.model_copy(update={"newsletter": identity})
    letter = letter_for(Shape(NoticeKind.CONFIRM, "en"), config)
    assert "<b>Rare" not in letter.html
    assert "&lt;b&gt;Rare &amp; {{ 7 * 7 }}" in letter.html
    assert "<b>Rare & {{ 7 * 7 }}</b>" in letter.subject


def test_the_confirmation_says_that_doing_nothing_is_enough(config: Config) -> None:
    first = flat(letter_for(Shape(NoticeKind.CONFIRM, "en"), config).text)
    reminder = flat(letter_for(Shape(NoticeKind.REMIND, "en"), config).text)
    assert "do nothing: nothing will start. You will get one reminder" in first
    assert "This is the only reminder." in reminder
    assert "you will get no further mail" in reminder


def test_no_reminder_is_promised_where_none_is_sent(tmp_path: Path) -> None:
    environ = {"NEWSLETTER_SIGNUP__REMIND_AFTER": "0h"}
    config = load_config(None, environ=environ, folder=tmp_path)
    text = flat(letter_for(Shape(NoticeKind.CONFIRM, "en"), config).text)
    assert "reminder" not in text
    assert "you will get no further mail" in text


def test_the_welcome_puts_the_greeting_above_the_whole_edition(config: Config) -> None:
    letter = letter_for(Shape(NoticeKind.WELCOME, "en"), config, latest(config))
    lead = drafts.normal().lead
    assert lead
    text = flat(letter.text)
    assert text.startswith("Welcome Thank you for confirming")
    assert text.index("here is the latest edition") < text.index(lead.headline)
    assert f'href="{PERSONAL_URL}unsubscribe"' in letter.html
    assert "https://news.example.org/archive/2026-04-07" in letter.html


def test_the_welcome_tells_as_much_as_its_reader_chose(config: Config) -> None:
    def welcome(depth: Depth) -> Letter:
        shape = Shape(NoticeKind.WELCOME, "en", depth=depth)
        return letter_for(shape, config, latest(config, depth))

    assert len(welcome(Depth.HEADLINES).text) < len(welcome(Depth.FULL).text)


def test_a_greeting_in_another_language_than_the_edition_says_so(config: Config) -> None:
    letter = letter_for(Shape(NoticeKind.WELCOME, "ja"), config, latest(config))
    assert '<html lang="en"' in letter.html
    assert 'lang="ja"' in letter.html


def test_a_mail_of_plain_text_has_no_html(config: Config) -> None:
    letter = letter_for(Shape(NoticeKind.EXPORT, "en", has_html=False), config)
    assert letter.html == ""
    assert PERSONAL_URL + "export" in letter.text.splitlines()


def test_no_line_of_text_is_wider_than_a_terminal(config: Config) -> None:
    for kind in NoticeKind:
        for line in letter_for(Shape(kind, "en"), config).text.splitlines():
            assert len(line) <= 72 or "://" in line
