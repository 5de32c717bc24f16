"""Colours: any accent an operator names can be read."""

from __future__ import annotations

import pytest

from newsletter.core.colour import DARK_GROUND, LIGHT_GROUND, contrast, is_colour, palette_for


@pytest.mark.parametrize(
    "accent", ["#0b5563", "#ffffff", "#000000", "#ffd400", "#7f7f7f", "#c0392b", "#e9e6de"]
)
def test_any_accent_can_be_read_on_light_and_on_dark(accent: str) -> None:
    palette = palette_for(accent)
    assert contrast(palette.accent, LIGHT_GROUND) >= 4.5
    assert contrast(palette.accent_on_dark, DARK_GROUND) >= 4.5


def test_an_accent_that_is_readable_is_left_alone() -> None:
    assert palette_for("#0b5563").accent == "#0b5563"


def test_black_on_white_has_a_contrast_of_twenty_one() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21


@pytest.mark.parametrize("text", ["red", "#fff", "#0b556g", "#0b5563;}", "", "#0b5563\n"])
def test_only_six_digits_are_a_colour(text: str) -> None:
    assert is_colour("#8A2b12")
    assert not is_colour(text)
