"""The subject and the preheader: readable, calm, and never twice the same."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.core.letter_case import is_shouted
from newsletter.core.plain_headline import is_bait, plain
from newsletter.core.story import Story
from newsletter.core.subject import is_repeated, length, preheader_of, subject_of
from tests import drafts

LEAD = "China adds seven magnet products to its export licence list"
NEXT = "Lynas pours its first terbium oxide at the plant in Malaysia"
THIRD = "Dysprosium prices jump 40 per cent in Europe within one week"


def told(title: str, *others: str, summary: str = "", **changes: object) -> Story:
    """A story under its best entry's title, with the titles of other outlets beside it."""
    best = replace(drafts.entry(title, "Oxide Desk"), summary=summary)
    entries = [drafts.entry(other, f"Paper {n}") for n, other in enumerate(others)]
    made = drafts.story(best)
    return replace(made, entries=(best, *entries), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("BREAKING: Pentagon buys a stake in a mine", "Pentagon buys a stake in a mine"),
        ("WATCH: Lynas opens a heavy rare earth line", "Lynas opens a heavy rare earth line"),
        ("[Exclusive] Baotou mills halt neodymium output", "Baotou mills halt neodymium output"),
        ("Exclusive-Baotou mills halt neodymium output", "Baotou mills halt neodymium output"),
        ("LIVE UPDATES: Beijing names the licence holders", "Beijing names the licence holders"),
        ("Beijing halts its exports of dysprosium!!!", "Beijing halts its exports of dysprosium"),
        ("\U0001f525\U0001f6a8 Beijing bans exports \U0001f4c8", "Beijing bans exports"),
        (
            "Beijing halts exports of heavy rare earths: here's why it matters",
            "Beijing halts exports of heavy rare earths",
        ),
        (
            "Beijing halts exports of heavy rare earths, and here\u2019s what happens next",
            "Beijing halts exports of heavy rare earths",
        ),
        ("Live-streamed auction sells Dong Pao", "Live-streamed auction sells Dong Pao"),
    ],
)  # fmt: skip
def test_a_subject_has_no_label_no_teasing_no_exclamation_and_no_emoji(
    title: str, wanted: str
) -> None:
    assert subject_of(told(title), ()) == wanted


@pytest.mark.parametrize(
    "title",
    [
        *("You won't believe what China did to rare earths", "5 things to know about neodymium"),
        *("Here's why China halts its dysprosium exports", "Why Beijing halts its exports"),
        *("Rare earth curbs explained", "Will Beijing really halt its terbium exports?!"),
    ],
)
def test_a_teasing_or_explaining_headline_gives_way_to_a_plain_one_of_the_same_story(
    title: str,
) -> None:
    assert is_bait(plain(title))
    assert subject_of(told(title, "What it means for us all, explained", LEAD), ()) == LEAD


def test_what_the_editor_wrote_is_told_as_it_is() -> None:
    asked = "Who is to mine the seabed off Norway, and when?"
    assert subject_of(told(LEAD, NEXT, headline=asked), ()) == asked.rstrip(".")


def test_capitals_become_a_sentence_with_names_as_the_story_spells_them() -> None:
    assert (
        subject_of(told("CHINA HALTS NDPR EXPORTS TO US"), ()) == "China halts NdPr exports to US"
    )
    shouted = "USA RARE EARTH AND NOVEON SIGN STILLWATER DEAL, SAYS HUMPTON"
    prose = "The deal at Stillwater was signed on Monday, said Barbara Humpton for Noveon."
    story = told(shouted, summary=prose, companies=("USA Rare Earth", "Noveon Magnetics"))
    wanted = "USA Rare Earth and Noveon sign Stillwater deal, says Humpton"
    assert subject_of(story, ()) == wanted


def test_a_headline_in_title_case_teaches_no_capitals_but_those_inside_words() -> None:
    story = told(
        "IREL HALTS EXPORTS OF NDFEB SCRAP", "India's IREL Halts Its Exports of NdFeB Scrap"
    )
    assert subject_of(story, ()) == "IREL halts exports of NdFeB scrap"


def test_a_run_of_capitals_in_a_headline_is_calmed_and_tickers_are_not() -> None:
    loud = told("Beijing HALTS ALL DYSPROSIUM EXPORTS for ninety days")
    assert subject_of(loud, ()) == "Beijing halts all dysprosium exports for ninety days"
    tickers = "ASX LYC and NYSE MP rise on the news from Beijing"
    assert subject_of(told(tickers), ()) == tickers


def test_a_short_subject_is_completed_by_the_next_story_and_a_long_one_is_cut() -> None:
    assert subject_of(told("Baotou mills stop"), [told(NEXT)]).startswith(
        "Baotou mills stop; Lynas"
    )
    long = subject_of(told(f"{LEAD}, effective on the first of May for all buyers"), ())
    assert long == LEAD


def test_characters_are_counted_as_readers_see_them() -> None:
    accents = "e\u0301" * 70
    assert length(accents) == 70
    assert subject_of(told("Le\u0301 " + "me\u0301tal rare " * 5), ()).count("\u2026") == 0


def test_a_subject_that_was_there_in_the_last_days_is_not_written_again() -> None:
    lead, following = told(LEAD), [told(NEXT), told(THIRD)]
    assert subject_of(lead, following) == LEAD
    assert subject_of(lead, following, before=[LEAD]) == NEXT
    assert subject_of(lead, following, before=[NEXT, LEAD]) == THIRD
    other = "Beijing puts magnets under licence from the first of May"
    assert subject_of(told(LEAD, other), following, before=[LEAD]) == other


def test_the_same_words_in_another_order_are_the_same_subject() -> None:
    turned = "Seven magnet products added to China's export licence list"
    assert is_repeated(turned, [LEAD])
    assert not is_repeated(NEXT, [LEAD, THIRD])
    assert not is_repeated(
        "NdPr oxide rises 4 per cent to 97 dollars", ["NdPr oxide rises 6 per cent to 101 dollars"]
    )


def test_a_lead_that_comes_back_is_told_by_what_is_new() -> None:
    clause = "\u201cMalaysian court orders Lynas to stop its plant\u201d"
    back = told(LEAD, news=clause)
    assert subject_of(back, [told(NEXT)], before=[LEAD]) == clause.strip("\u201c\u201d")
    sum_of = subject_of(told(LEAD, news="a sum of $315 million"), [told(NEXT)], before=[LEAD])
    assert sum_of.startswith("New: a sum of $315 million; China adds seven")
    assert subject_of(back, [told(NEXT)]) == LEAD


def test_where_everything_was_told_the_lead_is_told_all_the_same() -> None:
    assert subject_of(told(LEAD), [told(NEXT)], before=[LEAD, NEXT]) == LEAD


def test_the_preheader_leaves_out_what_the_subject_tells() -> None:
    subject = subject_of(told("Baotou mills stop"), [told(NEXT), told(THIRD)])
    assert preheader_of([told(NEXT), told(THIRD)], subject) == THIRD
    assert preheader_of([told(NEXT), told(THIRD)], LEAD).startswith(NEXT)
    assert preheader_of([told(LEAD)], LEAD) == ""


def test_a_preheader_fills_eighty_to_a_hundred_and_ten_characters() -> None:
    following = [told(f"Mill number {n} starts to separate heavy oxides") for n in range(9)]
    assert 80 <= len(preheader_of(following, LEAD)) <= 110


WORDS = st.sampled_from(
    [
        *("CHINA", "halts", "NdPr", "EXPORTS!", "to", "the", "US:", "here's", "why", "5", "things"),
        *("\u7a00\u571f", "e\u0301lite", "mine;", "at", "7,280", "of", "and", "BREAKING:", "won't"),
        *(
            "believe?",
            "WATCH",
            "\U0001f525",
            "A-B",
            "U.S.",
            "(\u062e\u0627\u0645)",
            "-",
            "|",
            "\u2014",
        ),
        *("\u2026", "!!!", "?!", "\u201cquoted\u201d"),
    ]
)
TITLES = st.one_of(
    st.lists(WORDS, max_size=30).map(" ".join),
    st.text(max_size=250),
    st.text("ABCDEFG !?:;-", max_size=200),
)


@given(TITLES, st.lists(TITLES, max_size=3), st.lists(TITLES, max_size=2))
@example("!!!", [], [])
@example("\ud800\nBcc: x", ["a"], [])
@example("A" * 200, [], [])
@example("a " * 100, [], [])
def test_whatever_a_headline_is_the_subject_is_one_calm_line_that_fits(
    title: str, following: list[str], others: list[str]
) -> None:
    lead, rest = told(title, *others), [told(one) for one in following]
    subject = subject_of(lead, rest)
    assert length(subject) <= 70
    assert subject == " ".join(subject.split())
    assert not any(unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") for one in subject)
    assert "!" not in subject
    shouted = [word for word in subject.split() if len(word) > 9 and word.isupper()]
    assert not (is_shouted(subject) and shouted)
    said = "; ".join(text for text in map(plain, (title, *following)) if text)
    if length(said) >= 60 and not is_bait(plain(title)):
        assert length(subject) >= 30
    assert length(preheader_of(rest, subject)) <= 110


@given(TITLES, st.lists(TITLES, max_size=3), st.lists(TITLES, max_size=4))
def test_a_subject_is_repeated_only_where_nothing_else_is_there_to_tell(
    title: str, following: list[str], before: list[str]
) -> None:
    rest = [told(one) for one in following]
    subject = subject_of(told(title), rest, before=before)
    if subject and is_repeated(subject, before):
        alone = [subject_of(one, rest[n + 1 :]) for n, one in enumerate(rest)]
        assert all(not one or is_repeated(one, before) for one in alone)
