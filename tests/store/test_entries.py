"""Entries and editions: what is stored comes back as it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from newsletter.core.edition import Edition, EditionState
from newsletter.core.entry import Entry
from newsletter.core.intake import Intake
from newsletter.core.source import Publisher
from newsletter.errors import StoreError
from newsletter.sample.edition import sample_draft
from newsletter.store import editions, entries

NOW = datetime(2026, 4, 7, 6, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def entry(number: int, **changes: object) -> Entry:
    values: dict[str, object] = {
        "id": f"{number:016x}",
        "declared_id": f"guid-{number}",
        "url": f"https://a.example/{number}",
        "title": f"Title {number}: 北方稀土",
        "summary": "Summary",
        "text": "Text",
        "highlights": ("One.", "Two."),
        "published_at": NOW - timedelta(hours=number),
        "date_is_known": True,
        "first_seen_at": NOW,
        "language": "en",
        "outlet": "A",
        "publisher": Publisher.GOVERNMENT,
        "weight": 1.25,
        "paywall": True,
        "authors": ("Ann",),
        "sources": ("A",),
    }
    return Entry(**{**values, **changes})  # type: ignore[arg-type]


def window(hours: int = 48, *, sources: tuple[str, ...] = ("A",)) -> tuple[Entry, ...]:
    return entries.load_entries(since=NOW - timedelta(hours=hours), until=NOW, sources=sources)


def test_an_entry_comes_back_as_it_was_stored() -> None:
    entries.save_intake(Intake(new=(entry(1),)), "A", NOW)
    assert window() == (entry(1),)


def test_only_entries_of_the_window_come_back_oldest_first() -> None:
    entries.save_intake(Intake(new=tuple(entry(n) for n in (1, 5, 30, 60))), "A", NOW)
    assert [found.id for found in window()] == [entry(n).id for n in (30, 5, 1)]


def test_only_entries_of_the_sources_in_force_come_back() -> None:
    entries.save_intake(Intake(new=(entry(1),)), "A", NOW)
    assert window(sources=("B",)) == ()


def test_an_entry_of_two_sources_is_one_with_two_sightings() -> None:
    entries.save_intake(Intake(new=(entry(1),)), "A", NOW)
    entries.save_intake(Intake(seen_again=(entry(1).id,)), "B", NOW + timedelta(minutes=1))
    (found,) = window(sources=("A", "B"))
    assert found.sources == ("A", "B")


def test_the_same_intake_twice_stores_nothing_twice() -> None:
    for _ in range(2):
        entries.save_intake(Intake(new=(entry(1),)), "A", NOW)
    assert len(window()) == 1


def test_a_revision_replaces_the_words_and_keeps_date_and_first_sight() -> None:
    entries.save_intake(Intake(new=(entry(1),)), "A", NOW)
    edited = entry(1, title="New", published_at=NOW, first_seen_at=NOW + timedelta(hours=1))
    entries.save_intake(Intake(revised=(edited,)), "A", NOW)
    (found,) = window()
    assert found.title == "New"
    assert found.published_at == NOW - timedelta(hours=1)
    assert found.first_seen_at == NOW


def test_what_is_known_is_found_by_id_and_nothing_else_is() -> None:
    entries.save_intake(Intake(new=(entry(1),)), "A", NOW)
    known = entries.load_known([entry(1).id, entry(2).id])
    assert list(known) == [entry(1).id]
    assert known[entry(1).id].source == "A"


def test_a_draft_comes_back_as_it_was_composed() -> None:
    draft = sample_draft(NOW, UTC)
    editions.save_draft(draft, ["A"])
    edition = editions.load_edition(date(2026, 4, 7))
    assert edition is not None
    assert edition.draft == draft
    assert edition.state is EditionState.DRAFTED


def test_a_second_draft_takes_the_place_of_the_first() -> None:
    first = editions.save_draft(sample_draft(NOW, UTC), ["A"])
    second = editions.save_draft(sample_draft(NOW + timedelta(minutes=1), UTC), ["A"])
    assert first.id == second.id


def approved(edition: Edition) -> Edition:
    words = {"subject": "S", "html": "H", "text": "T", "content_hash": "0" * 64}
    return editions.save_approval(edition, **words, reason="", now=NOW)


def state_now(edition: Edition) -> EditionState:
    found = editions.load_edition(edition.date)
    assert found is not None
    return found.state


def test_an_edition_that_is_still_being_sent_counts_as_told() -> None:
    edition = editions.save_draft(sample_draft(NOW, UTC), ["A"])
    editions.save_sending(approved(edition))
    told = editions.load_told(since=date(2026, 4, 1), before=date(2026, 4, 8))
    assert told == (edition.draft,)


def test_an_edition_that_has_not_wholly_left_is_remembered() -> None:
    edition = editions.save_draft(sample_draft(NOW, UTC), ["A"])
    assert editions.load_unfinished(date(2026, 4, 8)) == ()
    editions.save_sending(approved(edition))
    assert editions.load_unfinished(date(2026, 4, 8)) == (edition.date,)
    assert editions.load_unfinished(edition.date) == ()
    editions.save_sent(edition, NOW)
    assert editions.load_unfinished(date(2026, 4, 8)) == ()


def test_a_frozen_edition_is_never_drafted_again() -> None:
    approved(editions.save_draft(sample_draft(NOW, UTC), ["A"]))
    with pytest.raises(StoreError, match="is approved; it is not drafted again"):
        editions.save_draft(sample_draft(NOW, UTC), ["A"])


def test_only_the_moves_that_the_state_allows_are_made() -> None:
    edition = editions.save_draft(sample_draft(NOW, UTC), ["A"])
    editions.save_sent(edition, NOW)
    editions.save_sending(edition)
    assert state_now(edition) is EditionState.DRAFTED
    approved(edition)
    editions.save_hold(edition, "too late")
    assert state_now(edition) is EditionState.APPROVED


def test_only_sent_editions_were_told_to_readers() -> None:
    edition = editions.save_draft(sample_draft(NOW, UTC), ["A"])
    span = {"since": date(2026, 4, 1), "before": date(2026, 4, 8)}
    assert editions.load_told(**span) == ()
    approved(edition)
    editions.save_sent(edition, NOW)
    assert editions.load_told(**span) == (edition.draft,)
    assert editions.load_told(since=date(2026, 4, 1), before=date(2026, 4, 7)) == ()
