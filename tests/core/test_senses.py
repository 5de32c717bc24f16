"""Words of the trade that mean the same have one sense, in one language or in two."""

from __future__ import annotations

import pytest

from newsletter.core.senses import senses_of
from newsletter.core.tokens import features, flat, stems


def senses(text: str) -> set[str]:
    return set(senses_of(features(stems(flat(text)))))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mill suspended", "Mill idled"),
        ("Shares soar", "Stock jumps"),
        ("Miner bought", "Takeover of the miner"),
        ("Exports halted", "出口暂停"),
        ("Plant opens", "공장 가동"),
        ("Prices fall", "価格が下落"),
    ],
)
def test_the_same_said_otherwise_shares_a_sense(one: str, other: str) -> None:
    assert senses(one) & senses(other)


def test_opposites_share_no_sense() -> None:
    assert not senses("rises") & senses("falls")
    assert not senses("approves") & senses("rejects")


def test_what_is_no_word_of_the_trade_has_none() -> None:
    assert senses("purple umbrella 雨伞") == set()
