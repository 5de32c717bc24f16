"""What nobody sane publishes: it gets a sensible rank or a stated rejection, never an exception."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.core.ranking import rank
from tests.core.entries import NOW, entry, field

if TYPE_CHECKING:
    from newsletter.core.entry import Entry
    from newsletter.core.story import Ranking

HONEST = "Japan lends a Vietnamese refiner money for a dysprosium separation line"
STUFFING = (
    "rare earth rare earths neodymium dysprosium terbium magnets export controls price stocks",
    "RARE EARTHS RARE EARTHS RARE EARTHS RARE EARTHS RARE EARTHS RARE EARTHS",
    "neodymium praseodymium samarium europium gadolinium terbium dysprosium holmium erbium yttrium",
    "Lynas MP Materials Iluka Arafura Ucore Energy Fuels rare earth magnet export control quota",
    "China export ban rare earth China export ban magnet China export ban dysprosium China quota",
)


def ranked(*entries: Entry) -> Ranking:
    return rank(entries, gazetteer=field(), now=NOW)


def ids_in(ranking: Ranking) -> list[str]:
    told = [one.id for story in ranking.stories for one in story.entries]
    return sorted([*told, *(rejection.entry_id for rejection in ranking.rejected)])


STRANGE = {
    "no text": entry(HONEST),
    "a title of one word": entry("Dysprosium"),
    "one sign": entry("."),
    "a title of spaces": entry("   "),
    "an empty title": entry(""),
    "1 MB of text": entry(HONEST, text="Magnets need terbium. " * 48_000),
    "1 MB without a space": entry(HONEST, text="terbium" * 150_000),
    "a title of 100,000 signs": entry("rare earths " * 9_000),
    "an unknown language": entry("Harvinaisten maametallien hinta nousi", language="und"),
    "an invented language": entry(HONEST, language="x-klingon"),
    "a date in year 1": replace(entry(HONEST), published_at=datetime(1, 1, 1, tzinfo=UTC)),
    "a date in year 9999": replace(entry(HONEST), published_at=datetime(9999, 12, 31, tzinfo=UTC)),
    "no date": replace(entry(HONEST), date_is_known=False),
    "invisible signs only": entry("\u200b\u200d\u2060\ufeff"),
    "half a surrogate pair": entry("Rare earths \ud83d quota"),
    "right to left": entry("\u202eateuq shtrae erar\u202c"),
    "combining marks": entry("R" + "\u0301" * 5_000 + "are earths"),
    "digits only": entry("1234567890 " * 40),
    "a pattern": entry("(((((.*)*)*)*)*[rare earth]{99999}"),
    "markup": entry("<script>alert(1)</script> rare earths &lt;b&gt;"),
    "no outlet, no link": replace(entry(HONEST), outlet="", url=""),
    "an absurd weight": replace(entry(HONEST), weight=float("inf")),
    "a weight that is no number": replace(entry(HONEST), weight=float("nan")),
}


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_entry_stands_exactly_once_beside_a_plain_one(name: str) -> None:
    plain = entry("Lynas opens a refinery in Malaysia", outlet="Zinc Post")
    strange = replace(STRANGE[name], id="strange")
    ranking = ranked(plain, strange)
    assert ids_in(ranking) == sorted([plain.id, "strange"])
    assert all(0.0 <= story.score <= 1.0 for story in ranking.stories)
    assert all(rejection.reason for rejection in ranking.rejected)


def test_all_the_strange_entries_together_are_ranked() -> None:
    entries = [replace(one, id=name) for name, one in STRANGE.items()]
    assert ids_in(ranked(*entries)) == sorted(STRANGE)


def test_the_same_entry_ten_thousand_times_is_one_story_of_one_outlet() -> None:
    copies = [replace(entry(HONEST), id=str(number)) for number in range(10_000)]
    stories = ranked(*copies).stories
    assert [(len(story.entries), story.outlets) for story in stories] == [(10_000, 1)]


@pytest.mark.parametrize("stuffed", STUFFING)
def test_keywords_heaped_up_do_not_rank_above_an_honest_headline(stuffed: str) -> None:
    honest = entry(HONEST, outlet="Zinc Post")
    ranking = ranked(honest, entry(stuffed, outlet="Trick Times"))
    assert ranking.stories[0].best == honest


@pytest.mark.parametrize("stuffed", STUFFING)
def test_keywords_heaped_up_in_the_text_lift_no_score_above_that_of_a_plain_text(
    stuffed: str,
) -> None:
    [plain] = ranked(entry(HONEST, text="The line will part heavy rare earths.")).stories
    [heaped] = ranked(entry(HONEST, text=f"{stuffed} " * 50)).stories
    assert heaped.score <= plain.score


@pytest.mark.parametrize("sign", ["\u200b", "\u00ad", "\u2060", "\ufeff", "\u200d"])
def test_invisible_signs_change_neither_relevance_nor_story(sign: str) -> None:
    hidden = sign.join(HONEST)
    [story] = ranked(entry(HONEST), entry(hidden, outlet="Zinc Post")).stories
    assert len(story.entries) == 2
    assert ranked(entry(hidden)).stories[0].parts == ranked(entry(HONEST)).stories[0].parts


def test_letters_of_another_script_do_not_make_a_word_of_the_field() -> None:
    lookalike = entry("\u0420\u0430re \u0435arths boost your savings")  # Cyrillic letters
    assert [one.entry_id for one in ranked(lookalike).rejected] == [lookalike.id]


TEXT = st.text(max_size=120)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(TEXT, TEXT, st.floats(-1e4, 1e4)), max_size=12), st.randoms())
def test_whatever_the_text_each_entry_stands_once_and_order_plays_no_part(
    items: list[tuple[str, str, float]], random: object
) -> None:
    entries = [
        replace(entry(title, text=text), id=str(n), published_at=NOW + timedelta(hours=hours))
        for n, (title, text, hours) in enumerate(items)
    ]
    ranking = ranked(*entries)
    assert ids_in(ranking) == sorted(one.id for one in entries)
    random.shuffle(entries)  # type: ignore[attr-defined]
    assert ranked(*entries) == ranking
