"""Whether words were printed: as people compare texts, and whole."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.printed import is_printed, words_of_page, words_of_story
from newsletter.core.words import clean
from tests import drafts


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("78 dollars a tonne", "It costs 78\n  dollars a\u00a0tonne."),
        ("the 'big' deal", "The “big” deal"),
        ("China's list", "china’s list"),
        ("2024-2026", "2024–2026"),
        ("rare-earth oxide", "the rare-\nearth oxide"),
        ("dysprosium", "dys\u00adpro\u200bsium"),
        ("稀土", "中国稀土出口"),
    ],
)
def test_gaps_quotes_dashes_and_capitals_do_not_matter(words: str, text: str) -> None:
    assert is_printed(words, ["nothing", text])


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("78 dollars", "178 dollars"),
        ("ton", "tonne"),
        ("oxide", "dioxide"),
        ("78", "780"),
        ("a", ""),
    ],
)
def test_a_piece_of_a_word_or_of_a_number_is_not_the_words(words: str, text: str) -> None:
    assert not is_printed(words, [text])


WORDS = st.text(min_size=1, max_size=60).filter(clean)


@given(WORDS)
def test_any_text_has_its_own_words(words: str) -> None:
    assert is_printed(words, [f"before {words} after"])


def test_a_page_says_what_each_of_its_stories_says_and_a_story_not_what_another_does() -> None:
    draft, brand = drafts.normal(), drafts.brand()
    page = words_of_page(draft, brand)
    for one in draft.stories:
        assert is_printed(one.headline, [page])
        assert is_printed(one.headline, [words_of_story(one, draft, brand)])
    first, second = draft.stories[:2]
    assert not is_printed(second.headline, [words_of_story(first, draft, brand)])


def test_the_text_of_an_article_that_no_page_tells_was_not_printed() -> None:
    draft, brand = drafts.normal(), drafts.brand()
    first = draft.stories[0]
    hidden = replace(first, best=replace(first.best, text="cadmium telluride"))
    whole = replace(draft, lead=hidden)
    assert not is_printed("cadmium telluride", [words_of_page(whole, brand)])
    assert not is_printed("cadmium telluride", [words_of_story(hidden, whole, brand)])
