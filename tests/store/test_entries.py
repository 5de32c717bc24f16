"""Entries and editions: what is stored comes back as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from newsletter import models
from newsletter.core.article import Article
from newsletter.core.edition import Edition, EditionState
from newsletter.core.entry import Entry
from newsletter.core.health import SourceHealth, SourceState
from newsletter.core.intake import Intake, KnownEntry, content_hash
from newsletter.core.source import Publisher
from newsletter.errors import BusyError, StoreError
from newsletter.sample.edition import sample_draft
from newsletter.store import articles, editions, entries, sources

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
        "published_raw": "yesterday",
        "image": "https://a.example/i.png",
        "is_quotable": False,
        "sources": ("A",),
    }
    return Entry(**{**values, **changes})  # type: ignore[arg-type]


def window(hours: int = 48, *, names: tuple[str, ...] = ("A",)) -> tuple[Entry, ...]:
    return entries.load_entries(since=NOW - timedelta(hours=hours), until=NOW, sources=names)


def test_an_entry_comes_back_as_it_was_stored() -> None:
    entries.save_intake(Intake(new=(entry(1),)), "A", NOW)
    assert window() == (entry(1),)


def test_only_entries_of_the_window_come_back_oldest_first() -> None:
    entries.save_intake(Intake(new=tuple(entry(n) for n in (1, 5, 30, 60))), "A", NOW)
    assert [found.id for found in window()] == [entry(n).id for n in (30, 5, 1)]


def test_only_entries_of_the_sources_in_force_come_back() -> None:
    entries.save_intake(Intake(new=(entry(1),)), "A", NOW)
    assert window(names=("B",)) == ()


def test_an_entry_of_two_sources_is_one_with_two_sightings() -> None:
    entries.save_intake(Intake(new=(entry(1),)), "A", NOW)
    entries.save_intake(Intake(seen_again=(entry(1).id,)), "B", NOW + timedelta(minutes=1))
    (found,) = window(names=("A", "B"))
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


def test_a_revision_keeps_what_was_said_before() -> None:
    entries.save_intake(Intake(new=(entry(1),)), "A", NOW)
    entries.save_intake(Intake(revised=(entry(1, title="New", text="Other"),)), "A", NOW)
    kept = models.Revision.objects.values_list("title", "text", "entry__key")
    assert list(kept) == [(entry(1).title, "Text", entry(1).id)]


def test_an_entry_is_known_by_each_of_its_keys_and_no_other() -> None:
    first = entry(1)
    keys = (("link", first.id), ("guid", first.id))
    entries.save_intake(Intake(new=(first,), keys=keys), "A", NOW)
    known = entries.load_known(["link", "guid", "other"])
    assert sorted(known) == ["guid", "link"]
    assert known["guid"] == KnownEntry(
        id=first.id,
        title=first.title,
        content_hash=content_hash(first),
        source="A",
        url=first.url,
        declared_id="guid-1",
        published_raw="yesterday",
    )


def test_a_key_stays_with_the_entry_that_had_it_first() -> None:
    entries.save_intake(Intake(new=(entry(1),), keys=(("guid", entry(1).id),)), "A", NOW)
    entries.save_intake(Intake(new=(entry(2),), keys=(("guid", entry(2).id),)), "A", NOW)
    assert entries.load_known(["guid"])["guid"].id == entry(1).id


def test_more_entries_than_one_statement_takes_are_stored_and_known() -> None:
    many = tuple(entry(number) for number in range(1, 1_302))
    keys = tuple((f"k{number.id[1:]}", number.id) for number in many)
    entries.save_intake(Intake(new=many, keys=keys), "A", NOW)
    assert len(entries.load_known(key for key, _ in keys)) == 1_301


def article(**changes: object) -> Article:
    usual = Article(
        title="Title",
        url="https://a.example/1",
        byline=("Bo",),
        published_at=NOW - timedelta(hours=9),
        published_raw="",
        image="https://a.example/1.jpg",
        highlights=(),
        text="The whole article.",
        recent=(),
        site="A",
        language="en",
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def store(stored: Entry) -> None:
    entries.save_intake(Intake(new=(stored,)), "A", NOW, wanted=frozenset((stored.id,)))


def wanted() -> list[str]:
    return [one.id for one in articles.load_wanted_articles(["A"], since=NOW, limit=10)]


def test_an_article_that_is_wanted_is_on_the_list_until_it_is_read() -> None:
    store(entry(1))
    assert wanted() == [entry(1).id]
    articles.save_article(entry(1).id, article())
    assert wanted() == []
    (found,) = window()
    assert found.text == "The whole article."


def test_what_the_feed_says_better_than_the_article_stays() -> None:
    store(entry(1))
    articles.save_article(entry(1).id, article())
    (found,) = window()
    assert (found.authors, found.highlights) == (("Ann",), ("One.", "Two."))
    assert found.image == entry(1).image
    assert found.published_at == entry(1).published_at


def test_the_article_fills_in_what_the_feed_leaves_out() -> None:
    store(entry(1, authors=(), image=""))
    articles.save_article(entry(1).id, article())
    (found,) = window()
    assert (found.authors, found.image) == (("Bo",), "https://a.example/1.jpg")


def test_an_article_dates_an_entry_that_has_no_date() -> None:
    store(entry(1, date_is_known=False, published_at=NOW))
    articles.save_article(entry(1).id, article())
    (found,) = window()
    assert (found.published_at, found.date_is_known) == (NOW - timedelta(hours=9), True)


def test_an_article_is_no_edit_of_the_feeds_entry() -> None:
    store(entry(1))
    entries.save_intake(Intake(keys=(("k", entry(1).id),)), "A", NOW)
    articles.save_article(entry(1).id, article())
    assert entries.load_known(["k"])["k"].content_hash == content_hash(entry(1))


def test_an_article_is_tried_again_or_given_up() -> None:
    store(entry(1))
    articles.save_article_try(entry(1).id)
    (again,) = articles.load_wanted_articles(["A"], since=NOW, limit=10)
    assert again.tries == 1
    articles.give_up_article(entry(1).id)
    assert wanted() == []


def test_old_news_and_other_sources_articles_are_not_wanted_any_more() -> None:
    store(entry(1))
    assert articles.load_wanted_articles(["B"], since=NOW, limit=10) == ()
    later = NOW + timedelta(seconds=1)
    assert articles.load_wanted_articles(["A"], since=later, limit=10) == ()


def test_a_translation_stands_beside_the_original() -> None:
    entries.save_intake(Intake(new=(entry(1, language="zh"), entry(2))), "A", NOW)
    (foreign,) = entries.load_untranslated(["A"], "en", since=NOW)
    entries.save_translation(foreign.id, "In English", "All of it")
    assert entries.load_untranslated(["A"], "en", since=NOW) == ()
    found = next(one for one in window() if one.id == foreign.id)
    assert (found.title, found.translated_title) == (foreign.title, "In English")


def health(name: str = "A", **changes: object) -> SourceHealth:
    usual = SourceHealth(
        name,
        "https://a.example/feed",
        address="https://b.example/feed",
        state=SourceState.RETIRED,
        etag='"1"',
        failures=2,
        problem="answered 410",
        tried_at=NOW,
        failing_since=NOW,
        told_at=NOW,
        due_at=NOW,
        ttl=timedelta(minutes=30),
        skip_hours=(1, 2),
        skip_days=(6,),
        moving_to="https://c.example/feed",
        moving_runs=2,
        newest_at=NOW,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def test_health_comes_back_as_it_was_saved_and_the_last_word_counts() -> None:
    sources.save_health([health(), health("B")])
    sources.save_health([health(failures=3)])
    assert sources.load_health(["A", "B", "C"]) == {"A": health(failures=3), "B": health("B")}


def test_a_source_that_begins_anew_keeps_nothing_but_its_past() -> None:
    sources.save_health([health()])
    sources.forget_state("A")
    found = sources.load_health(["A"])["A"]
    assert (found.state, found.failures, found.problem) == (SourceState.ACTIVE, 0, "")
    assert (found.address, found.etag, found.due_at, found.moving_to) == ("", "", None, "")
    assert found.newest_at == NOW


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
    return editions.save_approval(
        edition, subject="S", html="H", text="T", content_hash="0" * 64, reason="", now=NOW
    )


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
    for move in (approved, lambda one: editions.save_hold(one, "too late")):
        with pytest.raises(BusyError, match="is approved by now; run it again"):
            move(edition)
    assert state_now(edition) is EditionState.APPROVED


def test_a_draft_that_changed_since_it_was_looked_at_is_neither_approved_nor_held() -> None:
    looked_at = editions.save_draft(sample_draft(NOW, UTC), ["A"])
    reworded = editions.save_wording(replace(looked_at.draft, subject="Other words"))
    for move in (approved, lambda one: editions.save_hold(one, "why")):
        with pytest.raises(BusyError, match="the draft of 2026-04-07 changed"):
            move(looked_at)
    assert state_now(looked_at) is EditionState.DRAFTED
    assert approved(reworded).subject == "S"


def test_of_what_was_told_the_last_edition_is_the_newest_before_a_day() -> None:
    for days in range(3):
        made = sample_draft(NOW + timedelta(days=days), UTC)
        editions.save_sending(approved(editions.save_draft(made, ["A"])))
    found = editions.load_last_told(since=date(2026, 4, 1), before=date(2026, 4, 9))
    assert found is not None
    assert found.date == date(2026, 4, 8)
    assert editions.load_last_told(since=date(2026, 4, 1), before=date(2026, 4, 7)) is None


def test_only_sent_editions_were_told_to_readers() -> None:
    edition = editions.save_draft(sample_draft(NOW, UTC), ["A"])
    span = {"since": date(2026, 4, 1), "before": date(2026, 4, 8)}
    assert editions.load_told(**span) == ()
    approved(edition)
    editions.save_sent(edition, NOW)
    assert editions.load_told(**span) == (edition.draft,)
    assert editions.load_told(since=date(2026, 4, 1), before=date(2026, 4, 7)) == ()
