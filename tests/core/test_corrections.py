"""Corrections: the words that may stand, the story that is meant, and the box on a page."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.beside import Beside, Correction
from newsletter.core.corrections import (
    MOST_LETTERS,
    checked,
    corrected,
    correction_lines,
    in_short,
    story_named,
    with_box,
)
from newsletter.core.page import page_for
from newsletter.render import Renderer
from tests import drafts

MADE_AT = datetime(2026, 4, 7, 6, 30, tzinfo=UTC)
ONE = Correction(
    3, date(2026, 4, 6), "Oxide at a high", "78 dollars a tonne", "78 dollars a kilo", MADE_AT
)


def test_both_texts_stand_on_one_line_without_control_characters() -> None:
    assert checked(" 78\ndollars\x07 ", "79\u202e euros") == ("78 dollars", "79 euros")


@pytest.mark.parametrize(
    ("wrong", "right", "fault"),
    [
        ("", "x", "wrong are missing"),
        ("x", " \n\x00", "right are missing"),
        ("x" * (MOST_LETTERS + 1), "y", "501 letters"),
        ("x", "y" * (MOST_LETTERS + 1), "501 letters"),
        ("the same", " the  same ", "the same words"),
    ],
)
def test_texts_that_say_nothing_are_refused(wrong: str, right: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        checked(wrong, right)


def test_a_text_may_have_as_many_letters_as_are_promised() -> None:
    assert checked("x" * MOST_LETTERS, "y" * MOST_LETTERS)


def test_a_story_is_named_by_its_place_its_id_or_the_beginning_of_it() -> None:
    draft = drafts.normal()
    third = draft.stories[2]
    for name in ("3", third.id):
        assert story_named(name, draft) is third
    first = replace(third, id="abcd1234")
    assert story_named("abcd", replace(draft, lead=first)).id == "abcd1234"


@pytest.mark.parametrize("name", ["0", "99", "abc", "story-", "³", ""])  # all ids begin with story-
def test_a_story_that_is_not_one_is_refused_with_those_there_are(name: str) -> None:
    draft = drafts.normal()
    with pytest.raises(ValueError, match="it has: 1 ") as refused:
        story_named(name, draft)
    assert draft.stories[0].headline[:40] in str(refused.value)


def test_long_headlines_are_cut_at_a_word_where_they_are_listed() -> None:
    normal = drafts.normal()
    long = replace(normal.stories[0], headline="Oxide " + "prices " * 20)
    with pytest.raises(ValueError, match="has no story") as refused:
        story_named("99", replace(normal, lead=long))
    assert re.search(r"it has: 1 Oxide( prices)+…; 2 ", str(refused.value))


def test_short_texts_are_told_whole_and_leave_each_other_their_room() -> None:
    assert in_short("a tonne", "a kilo") == ("a tonne", "a kilo")
    short, long = in_short("a tonne", "x " * 100)
    assert short == "a tonne"
    assert 60 < len(long) <= 69


@pytest.mark.parametrize(
    ("same", "told"), [("The plant in Malaysia makes ", "…500 tonnes"), ("工厂在马来西亚", "…500")]
)
def test_long_texts_that_begin_alike_are_told_from_where_they_part(same: str, told: str) -> None:
    wrong, right = in_short(f"{same * 8}500 tonnes", f"{same * 8}700 tonnes")
    assert wrong.startswith(told)
    assert right.startswith(told.replace("5", "7"))


@given(st.text(min_size=1, max_size=MOST_LETTERS), st.text(min_size=1, max_size=MOST_LETTERS))
def test_both_in_short_are_never_too_long_for_a_preheader(wrong: str, right: str) -> None:
    assert sum(map(len, in_short(wrong, right))) <= 76


def test_a_line_names_the_day_the_story_and_where_the_edition_is_read() -> None:
    (line,) = correction_lines([ONE], "https://readers.example/")
    assert (line.of, line.headline) == ("Monday 6 April", "Oxide at a high")
    assert line.url == "https://readers.example/archive/2026-04-06"


def test_an_edition_of_another_year_is_named_with_it() -> None:
    (line,) = correction_lines([replace(ONE, day=date(2025, 12, 31))], "")
    assert line.of == "Wednesday 31 December 2025"


@pytest.mark.parametrize("home", ["", "ftp://readers.example", "javascript:alert(1)"])
def test_without_an_address_of_the_web_there_is_no_link(home: str) -> None:
    (line,) = correction_lines([ONE], home)
    assert line.url == ""


def test_a_draft_holds_each_correction_once() -> None:
    draft = replace(drafts.normal(), beside=Beside(corrections=(ONE,)))
    other = replace(ONE, id=4)
    assert corrected(draft, [other, ONE]).beside.corrections == (other, ONE)


@pytest.mark.parametrize(
    "body",
    [
        "<body>",
        '<body class="a" style="color:#111">',
        "<BODY\nonload=x>",
        "<body data-a=\"1 > 0\" data-b='<body>'>",
    ],
)
def test_the_box_stands_first_in_the_body(body: str) -> None:
    page = f"<!DOCTYPE html><html><head></head>{body}<h1>News</h1></body></html>"
    assert with_box(page, "<p>box</p>").endswith(f"{body}<p>box</p><h1>News</h1></body></html>")


@given(st.text(alphabet="<>body \"'=x\n", max_size=80))
def test_a_box_is_shown_whatever_the_page_is_like_and_nothing_is_lost(page: str) -> None:
    boxed = with_box(page, "[box]")
    assert boxed.count("[box]") == 1
    assert boxed.replace("[box]", "") == page


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.tags: set[str] = set()

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        self.tags.add(tag)


def edition_with(*corrections: Correction) -> tuple[str, str]:
    """HTML and text of an edition with these corrections in it."""
    draft = replace(drafts.normal(), beside=Beside(corrections=corrections))
    made = Renderer().edition(page_for(draft, drafts.brand()))
    return made.html, made.text


def words_of(html: str) -> str:
    read = _Text()
    read.feed(html)
    return " ".join("".join(read.parts).split())


def test_the_box_of_the_next_edition_says_what_was_wrong_and_what_is_right() -> None:
    html, text = edition_with(ONE)
    told = "In the edition of Monday 6 April (Oxide at a high) we wrote: “78 dollars a tonne”"
    for part in (words_of(html), " ".join(text.split())):
        assert told in part
        assert "It should read: “78 dollars a kilo”" in part
    for part in (html, text):
        assert "https://readers.example/archive/2026-04-06" in part


def test_without_corrections_there_is_no_box() -> None:
    html, text = edition_with()
    assert "Corrections" not in words_of(html)
    assert "CORRECTIONS" not in text


def test_markup_in_a_correction_is_shown_as_text() -> None:
    hostile = replace(
        ONE, headline="<script>1</script>", wrong="<img src=x> {{ 7*7 }}", right="</td></table>"
    )
    html, _ = edition_with(hostile)
    read = _Text()
    read.feed(html)
    assert not read.tags & {"script"}
    assert "<img src=x> {{ 7*7 }}" in words_of(html)
    assert "</td></table>" in words_of(html)
