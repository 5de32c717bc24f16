"""Text in sentences, whatever stands between two of them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.core.sentences import split_sentences
from newsletter.core.tokens import printed


@pytest.mark.parametrize(
    "parts",
    [
        ("The U.S. Army and Mr. Smith agreed.", "A new plant follows."),
        ("It was made in the U.S.", "The price rose."),
        ("Sales rose 3.5 per cent to $1.2 bn.", "No. 61 takes effect on Dec. 1.", "It names five."),
        ("Lynas Rare Earths Ltd. said J. P. Smith had left.", "Nobody follows."),
        ("The scheme costs Rs. 7,280 crore.", "Bids close at 5 p.m. on Friday."),
        ("Funds come from Ore Pty Ltd.", "Shares were sold at a discount."),
        ("Ore Inc. Chief Executive Ann Lee left.", "Nobody follows."),
        ("Am 9. Oktober kam die z. B. in Hanau bekannte Regel.", "Dr. Müller wartet."),
        ("商务部周三公布了新规。", "企业须逐批申请！", "何时施行？"),
        ("희토류 수출이 3.5% 늘었다.", "정부는 31일 발표했다."),
        ("輸出は三割増えた。", "経産省は9日に発表した。"),
        ("What follows?", "Nobody knows!", "Work goes on."),
    ],
)
def test_a_text_is_parted_where_a_reader_would_pause(parts: tuple[str, ...]) -> None:
    is_spaced = not parts[0].endswith("。")
    assert tuple(split_sentences((" " if is_spaced else "").join(parts))) == parts


@pytest.mark.parametrize(
    "quotation",
    [
        '"We will build. It is decided," the minister said.',
        "\u201cThe line works. We go on,\u201d she told investors.",
        "\u201cIt works.\u201d Energy minister Ann Lee said on Monday.",
        "商务部说：\u201c我们将审批。不会停止。\u201d他表示。",
    ],
)
def test_a_quotation_stays_whole_with_its_speaker(quotation: str) -> None:
    assert next(iter(split_sentences(f"{quotation} Prices rose."))) == quotation


def test_a_list_is_read_point_by_point_without_its_bullets() -> None:
    text = "\u2022 Exports fell by half.\n- Prices rose.\n1. The first rule is old."
    assert list(split_sentences(text)) == [
        "Exports fell by half.",
        "Prices rose.",
        "1. The first rule is old.",
    ]


def test_a_sentence_that_was_wrapped_goes_on_in_the_next_line() -> None:
    text = (
        "The plant in Texas will make magnets for three carmakers\nand one maker of drones.\nPrices"
    )
    assert list(split_sentences(text)) == [
        "The plant in Texas will make magnets for three carmakers and one maker of drones.",
        "Prices",
    ]


@pytest.mark.parametrize(
    "piece",
    [
        "A. ",
        '"a. ',
        "\u201cA. ",
        ".",
        "。",
        "!",
        "x\n",
        '." ',
        "U.S. ",
        "一！",
        "- ",
        "\u201c",
        "a said ",
    ],
)
def test_a_megabyte_of_anything_is_parted_in_time_that_grows_with_its_length(piece: str) -> None:
    began = time.perf_counter()
    assert sum(len(one) for one in split_sentences(piece * (1_000_000 // len(piece)))) >= 0
    assert time.perf_counter() - began < 60


@settings(deadline=None)
@given(st.text(max_size=400))
def test_every_sentence_stands_in_the_text_and_nothing_but_bullets_is_lost(text: str) -> None:
    found = list(split_sentences(text))
    whole = " ".join(filter(None, map(printed, text.splitlines())))
    place = 0
    for sentence in found:
        assert sentence.strip() == sentence
        place = whole.index(sentence, place) + len(sentence)
