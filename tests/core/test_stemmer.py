"""Our stems are the Snowball algorithm's."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from snowballstemmer import stemmer

from newsletter.core.stemmer import stem_of

SNOWBALL = stemmer("english").stemWord
ROOT = Path(__file__).resolve().parents[2]
WORDS = re.compile("[a-z]{1,30}")

_ENDINGS = (
    "s es ies ied ed ing ingly edly eed eedly y ly ful fully ness ousness iveness ational tional "
    "ation ator alism ality ally ously izer ization ible able ability ment ement ent ence ance ic "
    "ical icate iciti ative alize ogy ogist ion sion tion ism ate ous ive ize e l ll"
)
_BEGINNINGS = (
    "mine export licens separat magnet control refiner hop fil add general organ inter commun past "
    "univers emerg later arsen tie di sk new atlas stop plan agre propos settl tab gel"
)
ENDINGS, BEGINNINGS = st.sampled_from(_ENDINGS.split()), st.sampled_from(_BEGINNINGS.split())


def test_the_words_of_our_own_pages_have_the_librarys_stems() -> None:
    pages = [*ROOT.glob("docs/*.md"), *ROOT.glob("newsletter/data/gazetteer/*.yaml")]
    words = {word for page in pages for word in WORDS.findall(page.read_text("utf-8").lower())}
    assert len(words) > 500
    assert {word: stem_of(word) for word in words} == {word: SNOWBALL(word) for word in words}


def test_a_word_like_lying_has_the_stem_of_lie() -> None:
    words = [f"{letter}ying" for letter in "abcdefghijklmnopqrstuvwxyz"]
    assert stem_of("vying") == "vie"
    assert {word: stem_of(word) for word in words} == {word: SNOWBALL(word) for word in words}


@given(BEGINNINGS, ENDINGS, ENDINGS)
def test_any_endings_are_taken_as_the_library_takes_them(first: str, one: str, other: str) -> None:
    word = first + one + other
    assert stem_of(word) == SNOWBALL(word)


@given(st.text("abcdefghijklmnopqrstuvwxyz", max_size=50))
def test_no_word_is_too_odd(word: str) -> None:
    assert len(stem_of(word)) <= len(word) + 1
