"""A mail carries the pictures of its templates, and nothing that a text says is one."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import escape

from newsletter.core.pictures import mailed_size, split_pictures
from newsletter.render import inline_styles

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 30


def address(content: bytes, kind: str = "png") -> str:
    return f"data:image/{kind};base64,{b64encode(content).decode()}"


@pytest.mark.parametrize(
    "words",
    [
        'src="data:image/png;base64,A" and more',
        'src="data:image/gif;base64,TVqQAAMAAAAEAAAA//8="',
        f'<img src="{address(PNG)}">',
        f'" src="{address(PNG)}"',
        f'x" > <img src="{address(PNG)}"',
    ],
)
def test_a_text_or_another_attribute_that_looks_like_a_picture_is_left_alone(words: str) -> None:
    html = inline_styles(
        f'<html><body><p title="{escape(words)}">{escape(words)}</p>'
        f'<img alt="{escape(words)}" src="https://a.example/x.png"></body></html>'
    )
    assert split_pictures(html, "n.example") == (html, ())


@pytest.mark.parametrize(
    "source",
    [
        "data:image/png;base64,A",
        "data:image/png;base64,AAAAA",
        "data:image/png;base64,AA=A",
        address(b"MZ\x90\0\x03"),
        address(PNG, "gif"),
        address(PNG, "jpeg"),
        address(PNG, "svg+xml"),
    ],
)
def test_what_is_not_the_picture_that_it_says_it_is_is_not_sent(source: str) -> None:
    html = f'<img src="{source}">'
    assert split_pictures(html, "n.example") == (html, ())
    assert mailed_size(html) == len(html)


def test_a_picture_is_found_behind_words_with_signs_of_markup() -> None:
    html = f"""<img class="logo" alt='5" > 4"' src="{address(PNG)}" width="9">"""
    shown, [picture] = split_pictures(html, "n.example")
    assert picture.content == PNG
    assert shown == f"""<img class="logo" alt='5" > 4"' src="cid:{picture.content_id}" width="9">"""


@given(st.text(st.sampled_from("<>\"'= imgsrcdat:/;bases64,A+"), max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_text_stops_it(text: str) -> None:
    assert mailed_size(text) == len(text)
