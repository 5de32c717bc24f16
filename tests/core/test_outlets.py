"""Who tells a story: independence, authority, the best article, the document."""

from __future__ import annotations

from newsletter.core.entry import Entry
from newsletter.core.outlets import authority, best, coverage, document, is_at_home
from newsletter.core.reading import Reading, read
from newsletter.core.source import Publisher
from tests.core.entries import entry, field

TITLE = "Lynas pours its first terbium oxide in Malaysia"


def readings(*entries: Entry) -> list[Reading]:
    return [read(one, field()) for one in entries]


def test_the_titles_of_one_house_count_once() -> None:
    told = readings(
        entry(TITLE, outlet="Reuters"),
        entry("Terbium oxide made by Lynas for the first time", outlet="Thomson Reuters"),
    )
    assert coverage(told, field()).outlets == 1


def test_what_only_promoters_tell_is_one_outlet() -> None:
    told = readings(entry(TITLE, outlet="Zacks"), entry("Lynas and terbium", outlet="Benzinga"))
    assert coverage(told, field()).outlets == 1


def test_an_operators_topics_are_matched_by_their_words() -> None:
    (told,) = readings(entry(TITLE))
    assert is_at_home(told, "Markets & prices", ("terbium oxide",))
    assert is_at_home(told, "Markets & prices", ("prices and markets",))
    assert not is_at_home(told, "Markets & prices", ("recycling", ""))


def test_a_promoter_gains_nothing_by_topics() -> None:
    (told,) = readings(entry(TITLE, outlet="Motley Fool"))
    assert authority(told, "", ("terbium",)) == authority(told)


def test_the_original_report_is_preferred_to_a_later_copy() -> None:
    first, copy = readings(entry(TITLE, outlet="A", hours=9), entry(TITLE, outlet="B", hours=2))
    assert best([copy, first], field(), "en") is first


def test_a_free_article_is_preferred_to_one_behind_a_paywall() -> None:
    closed, free = readings(
        entry(TITLE, outlet="A", paywall=True),
        entry("Lynas makes terbium oxide in Malaysia", outlet="B"),
    )
    assert best([closed, free], field(), "en") is free


def test_the_filing_stands_beside_the_article() -> None:
    filing, article = readings(
        entry("LYC: first terbium oxide", outlet="ASX", publisher=Publisher.EXCHANGE),
        entry(TITLE, outlet="B"),
    )
    assert document([filing, article], article) == filing.entry
    assert document([article], article) is None
