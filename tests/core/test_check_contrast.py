"""The check of contrast: each text can be read in light, in dark, and where the dark is forced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.config import load_config
from newsletter.core.check import Finding, Level
from newsletter.core.check_contrast import DRAWN, FORCED, contrast_findings
from newsletter.core.colour import contrast
from newsletter.core.css_colour import colour_in, over
from newsletter.core.forced_dark import (
    DARK_LIGHTNESS,
    darkened_ground,
    from_lab,
    lab,
    lightened_text,
    turned_over,
)
from newsletter.core.page import page_for
from newsletter.core.paint import Look, Mail
from newsletter.notices_mail import Shape, letter_for
from newsletter.render import Renderer
from subscribers.values import NoticeKind
from tests import drafts
from tests.goldens import MAKERS, golden

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from newsletter.core.edition import Draft

LIGHT, DARK = DRAWN
OUTLOOK, ALL_TURNED, SOME_TURNED = FORCED
DARK_RULES = "@media (prefers-color-scheme: dark) { %s }"

channel = st.integers(0, 255)
colours = st.builds(lambda r, g, b: "#" + bytes((r, g, b)).hex(), channel, channel, channel)
greys = st.builds(lambda value: "#" + bytes((value,) * 3).hex(), channel)


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_our_editions_can_be_read_in_every_look(make: Callable[[], Draft]) -> None:
    assert list(contrast_findings(golden(make).html)) == []


@pytest.mark.parametrize("accent", ["#ffee00", "#000000", "#ff0000", "#00a0ff", "#0b5563"])
def test_our_editions_can_be_read_with_any_accent(accent: str) -> None:
    html = Renderer().edition(page_for(drafts.normal(), drafts.brand(accent=accent))).html
    assert list(contrast_findings(html)) == []


@pytest.mark.parametrize("kind", NoticeKind)
def test_our_small_mails_can_be_read_in_every_look(tmp_path: Path, kind: NoticeKind) -> None:
    config = load_config(None, environ={}, folder=tmp_path)
    assert list(contrast_findings(letter_for(Shape(kind, "en"), config).html)) == []


def mail(style: str, sheet: str = "", words: str = "Words to be read") -> str:
    return (
        f"<!DOCTYPE html><html><head><style>{sheet}</style></head>"
        f'<body style="background-color: #ffffff; color: #000000">'
        f'<p class="a" style="{style}">{words}</p></body></html>'
    )


def found(html: str) -> dict[str, Finding]:
    """Findings by the look that they are of."""
    looks = [look.name for look in (*DRAWN, *FORCED)]
    said = list(contrast_findings(html))
    return {look: one for look in looks for one in said if f" in {look}: " in one.message}


def test_a_faint_text_is_told_with_its_words_and_colours() -> None:
    html = mail("color: #999999", words="These are more than forty letters, as anybody can count")
    finding = found(html)["light"]
    assert finding.level is Level.BLOCK
    assert "'These are more than forty letters, as a…'" in finding.message
    assert "#999999 on #ffffff is 2.85 to 1, and needs 4.5" in finding.message


def test_texts_of_the_same_colours_are_told_once() -> None:
    html = mail("color: #999999", words="One<br>two<br>three")
    assert len([one for one in contrast_findings(html) if "in light" in one.message]) == 1


def test_a_text_that_only_the_dark_rules_make_faint_is_told() -> None:
    faint = found(mail("", DARK_RULES % ".a { color: #999999 !important }"))
    assert faint.keys() == {"dark"}
    assert faint["dark"].level is Level.BLOCK


def test_a_ground_turned_dark_whose_text_is_forgotten_is_told() -> None:
    html = mail("", DARK_RULES % "body { background-color: #13171a !important }")
    assert found(html).keys() == {"dark"}


def test_outlooks_own_rules_are_held_against_what_outlook_turns() -> None:
    html = mail("", "[data-ogsc] .a { color: #333333 !important }")
    faint = found(html)
    assert faint.keys() == {"Outlook's dark"}
    assert faint["Outlook's dark"].level is Level.BLOCK


def test_a_grey_that_is_just_enough_in_light_is_too_little_turned_over_and_told_only() -> None:
    faint = found(mail("color: #767676"))
    assert faint.keys() == {"Outlook's dark", "forced dark, all colours turned"}
    assert {one.level for one in faint.values()} == {Level.WARN}


def test_a_ground_too_dark_to_be_turned_under_text_that_is_turned_blocks() -> None:
    faint = found(mail("background-color: #c0c0c0; color: #1b1f22"))
    assert faint.keys() == {"forced dark, light grounds turned"}
    assert faint["forced dark, light grounds turned"].level is Level.BLOCK


def test_a_colour_that_cannot_be_read_is_told_and_not_passed_over() -> None:
    (finding,) = contrast_findings(mail("color: hsl(0 0% 60%)"))
    assert finding.level is Level.WARN
    assert "'hsl(0 0% 60%)' cannot be reckoned with" in finding.message


@pytest.mark.parametrize(
    "style",
    [
        "display: none; color: #eeeeee",
        "color: #949494; font-size: 24px",
        "color: #949494; font-size: 18pt",
        "color: #949494; font-size: 19px; font-weight: 700",
        "color: #949494; font-size: 1.2rem; font-weight: bold",
    ],
)
def test_hidden_text_needs_no_contrast_and_large_text_less(style: str) -> None:
    assert "light" not in found(mail(style))


@pytest.mark.parametrize(
    "style", ["font-size: 23px", "font-size: 23px; font-weight: 500", "font-weight: bold"]
)
def test_text_is_not_large_before_it_is(style: str) -> None:
    assert "light" in found(mail(f"color: #949494; {style}"))


def painted(html: str, look: Look = LIGHT) -> dict[str, tuple[str, str]]:
    return {text.words: (text.colour, text.ground) for text in Mail(html).texts(look)}


@pytest.mark.parametrize(
    ("body", "colours"),
    [
        ("x1", ("#000000", "#ffffff")),
        ('<a href="https://a.example">x1</a>', ("#0000ee", "#ffffff")),
        ('<a style="color: inherit" href="https://a.example">x1</a>', ("#000000", "#ffffff")),
        ("<table bgcolor=#112233><tr><td>x1</table>", ("#000000", "#112233")),
        ('<p style="background: url(x.png) #123">x1</p>', ("#000000", "#112233")),
        ('<p style="color: red"><b>y</b>x1</p>', ("#ff0000", "#ffffff")),
        ('<p style="color: rgb(1, 2, 3)"><b>x1</b></p>', ("#010203", "#ffffff")),
        ('<p style="color: rgba(0,0,0,.5)">x1</p>', ("#808080", "#ffffff")),
        ('<p style="background-color: transparent">x1</p>', ("#000000", "#ffffff")),
        ('<img style="color: navy" alt="x1" src="a.png">', ("#000080", "#ffffff")),
    ],
)
def test_colours_are_those_that_a_client_paints(body: str, colours: tuple[str, str]) -> None:
    assert painted(f"<html><body>{body}</body></html>")["x1"] == colours


@pytest.mark.parametrize(
    ("sheet", "style", "colour"),
    [
        (".a { color: #111111 }", "", "#111111"),
        (".a { color: #111111 }", "color: #222222", "#222222"),
        (".a { color: #111111 !important }", "color: #222222", "#111111"),
        (".a { color: #111111 !important }", "color: #222222 !important", "#222222"),
        ("p.a { color: #111111 } .a { color: #222222 }", "", "#111111"),
        (".a { color: #111111 } .a { color: #222222 }", "", "#222222"),
        (".a:hover { color: #111111 } .a ! { color: #333333 }", "", "#000000"),
        ("@media (max-width: 1px) { .a { color: #111111 } }", "", "#000000"),
    ],
)
def test_of_several_rules_the_one_holds_that_does_in_a_browser(
    sheet: str, style: str, colour: str
) -> None:
    assert painted(mail(style, sheet))["Words to be read"][0] == colour


@pytest.mark.parametrize(
    "html", ["", " ", "<!-- c -->", "plain", '<?xml version="1.0" encoding="utf-8"?><p>x']
)
def test_what_is_hardly_a_document_has_no_faint_text(html: str) -> None:
    assert list(contrast_findings(html)) == []


def test_only_words_are_texts() -> None:
    html = "<html><head><title>t1</title></head><body>&nbsp;<p>&middot;</p><!-- c1 -->w1</body>"
    assert painted(html).keys() == {"w1"}


@given(colours)
def test_a_colour_comes_back_from_lab(colour: str) -> None:
    assert from_lab(lab(colour)) == colour


def test_lab_agrees_with_published_values() -> None:
    # CIE 15:2004 by Lindbloom's calculator, sRGB under D65
    for colour, expected in {
        "#ff0000": (53.24, 80.09, 67.20),
        "#333333": (DARK_LIGHTNESS, 0.0, 0.0),
        "#ffffff": (100.0, 0.0, 0.0),
    }.items():
        assert lab(colour) == pytest.approx(expected, abs=0.06)


def test_turned_over_white_is_outlooks_ground_and_black_is_white() -> None:
    assert turned_over("#ffffff") == "#333333"
    assert turned_over("#000000") == "#ffffff"


@given(greys, greys)
def test_of_two_greys_turned_over_the_darker_is_the_lighter(one: str, other: str) -> None:
    darker, lighter = sorted((one, other))
    assert turned_over(darker) >= turned_over(lighter) >= "#333333"


@given(colours)
def test_a_ground_that_was_turned_dark_is_not_turned_again(colour: str) -> None:
    assert darkened_ground(darkened_ground(colour)) == darkened_ground(colour)


@given(greys)
def test_black_text_turned_over_is_never_less_readable_on_a_dark_ground(grey: str) -> None:
    if contrast(grey, "#ffffff") >= 4.5:
        assert contrast(lightened_text(grey), darkened_ground("#ffffff")) >= 4.5


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("#abc", ("#aabbcc", 1.0)),
        ("#AABBCC80", ("#aabbcc", pytest.approx(0.502, abs=0.001))),
        ("rgb(10% 20% 30% / 50%)", ("#1a334c", 0.5)),
        ("rgba(300,-1,0,2)", ("#ff0000", 1.0)),
        ("no-repeat white", ("#ffffff", 1.0)),
        ("hsl(1 2% 3%)", None),
        ("rgb(a, b, c)", None),
        ("#ab", None),
        ("inherit", None),
    ],
)
def test_colours_are_read_as_style_sheets_write_them(value: str, read: object) -> None:
    assert colour_in(value) == read


@given(colours, colours)
def test_what_is_opaque_hides_and_what_is_not_shows_what_lies_below(top: str, below: str) -> None:
    assert over(top, 1.0, below) == top
    assert over(top, 0.0, below) == below
