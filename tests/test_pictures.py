"""The sparkline: small, the same for the same values, and to be seen on light and on dark."""

from __future__ import annotations

import io
from base64 import b64decode

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from newsletter.core.colour import contrast
from newsletter.core.pictures import split_pictures
from newsletter.pictures import SPARK_COLOUR, SPARK_HEIGHT, SPARK_WIDTH, sparkline

MOST_BYTES = 1500
THIRTY = [58.1 + (place * 7 % 11) / 5 for place in range(30)]


def picture(values: list[float]) -> Image.Image:
    return Image.open(io.BytesIO(png(values)))


def png(values: list[float]) -> bytes:
    address = sparkline(values)
    assert address.startswith("data:image/png;base64,")
    return b64decode(address.split(",", 1)[1])


def opacity(values: list[float]) -> Image.Image:
    return picture(values).convert("RGBA").getchannel("A")


def test_a_picture_has_twice_the_pixels_that_it_is_shown_in() -> None:
    assert picture(THIRTY).size == (2 * SPARK_WIDTH, 2 * SPARK_HEIGHT)


def test_the_same_values_are_drawn_once() -> None:
    assert sparkline([4.0, 2.0, 3.0]) is sparkline((4.0, 2.0, 3.0))


def test_its_colour_stands_out_from_the_sheet_in_light_and_in_dark() -> None:
    assert min(contrast(SPARK_COLOUR, ground) for ground in ("#ffffff", "#1c2225")) >= 3
    pixels = picture(THIRTY).convert("RGBA").tobytes()
    tones = {pixels[place : place + 3].hex() for place in range(0, len(pixels), 4)}
    assert tones == {SPARK_COLOUR.removeprefix("#")}


def test_its_ground_is_transparent_and_its_edges_are_smooth() -> None:
    shades = {shade for _, shade in opacity(THIRTY).getcolors() or []}
    assert {0, 255} < shades


def test_level_values_make_a_level_line_in_the_middle() -> None:
    line = opacity([5.0] * 10)
    rows = [y for y in range(line.height) if line.getpixel((line.width // 2, y))]
    assert rows
    assert (rows[0] + rows[-1]) / 2 == (line.height - 1) / 2


def test_a_rise_ends_above_where_it_began_and_a_fall_below() -> None:
    def heights(values: list[float]) -> tuple[int, int]:
        line = opacity(values)
        columns = (16, line.width - 9)
        first, last = (
            next(y for y in range(line.height) if line.getpixel((x, y))) for x in columns
        )
        return first, last

    (low, high), (top, bottom) = heights([1.0, 2.0, 3.0]), heights([3.0, 2.0, 1.0])
    assert low > high
    assert top < bottom


def test_fewer_than_two_values_make_no_picture() -> None:
    assert sparkline([]) == sparkline([1.0]) == ""


def test_a_mail_carries_it_as_a_part_and_asks_no_host() -> None:
    html, parts = split_pictures(f'<img src="{sparkline(THIRTY)}" alt="">', "n.example")
    assert [part.media_type for part in parts] == ["image/png"]
    assert 'src="cid:' in html


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 1e12), min_size=2, max_size=30))
def test_it_is_small_and_the_same_for_the_same_values(values: list[float]) -> None:
    assert len(png(values)) <= MOST_BYTES
    assert sparkline(values) == sparkline(values)
